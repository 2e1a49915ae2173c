package scenarios

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// answers checks the fixed answers of a provider. The mock itself knows which it can
// give.
func (b *builder) answers(p *providerDraft) []mockllm.Fixed {
	var all []mockllm.Fixed
	for i := range p.answers {
		f := &p.answers[i]
		fixed := f.Fixed
		fixed.JSON = f.document()
		all = append(all, fixed)
		alone := mockllm.Spec{Dialect: mockllm.Dialects()[0].Name, Answers: []mockllm.Fixed{fixed}}
		if err := alone.Validate(); err != nil && f.Sound() {
			if inner := errors.Unwrap(err); inner != nil {
				err = inner
			}
			b.problems.Error(f.Pos, "impossible", "answer %d of %s: %v", i+1, p.name, err)
		}
	}
	return all
}

// document is the JSON of an answer, "" when it has none.
func (f *fixedDraft) document() string {
	if !f.Has("json") || !f.Sound() {
		return ""
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(f.json) != nil {
		return "" // what YAML can say and JSON cannot was refused where it stands
	}
	return strings.TrimSpace(out.String())
}
