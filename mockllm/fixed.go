package mockllm

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fixed is an answer that is always the same, for apps that make something of what
// they get: a class, a plan, a query. The first of a spec's that fits is given.
type Fixed struct {
	Prompt string // stands somewhere in the prompt, word for word; "": whatever does
	Model  string // is asked for; "": whichever is
	// Tool makes it a call of this tool, for requests that offer it and that would be
	// answered with a call, of whichever tool. Without one it is a text, also where a
	// tool might have been called, but not where one must be.
	Tool string
	// Text is what it says; JSON, compact, is for documents and for the arguments of a
	// call. Either can have [AnswerMark] in it once. A call can do without: then its
	// arguments are made as always.
	Text string
	JSON string
}

// AnswerMark stands in a fixed answer for the text that proves who answered. Without
// it the answer proves nothing.
const AnswerMark = "{{answer}}"

// maxFixed bounds a fixed answer, in bytes.
const maxFixed = 1 << 16

func (f Fixed) validate() error {
	said := f.Text + f.JSON
	var o object
	switch {
	case f.Text != "" && f.JSON != "":
		return errors.New("text and json: only one of them")
	case said == "" && f.Tool == "":
		return errors.New("neither text nor json")
	case f.Tool != "" && f.Text != "":
		return errors.New("a call has arguments, in json, and no text")
	case f.JSON != "" && !json.Valid([]byte(f.JSON)):
		return errors.New("json: not valid")
	case f.Tool != "" && f.JSON != "" && (json.Unmarshal([]byte(f.JSON), &o) != nil || o == nil):
		return errors.New("json: the arguments of a tool; an object is allowed")
	case strings.Count(said, AnswerMark) > 1:
		return fmt.Errorf("%s twice; once is allowed", AnswerMark)
	case len(said) > maxFixed:
		return fmt.Errorf("longer than %d bytes", maxFixed)
	}
	return nil
}

// fixed finds the answer that is given to a request whatever else; false: none is.
func (s Spec) fixed(req Request, w *wanted) (Fixed, bool) {
	_, call := w.next()
	i := slices.IndexFunc(s.Answers, func(f Fixed) bool {
		offered := !call || !w.must
		if f.Tool != "" {
			_, known := w.called(f.Tool)
			offered = call && known && !slices.Contains(w.turn.called, f.Tool)
		}
		return offered && (f.Model == "" || f.Model == req.Model) && strings.Contains(req.Prompt, f.Prompt)
	})
	if i < 0 {
		return Fixed{}, false
	}
	return s.Answers[i], true
}
