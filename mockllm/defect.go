package mockllm

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/shape"
)

// Defect is what is wrong with the words of an answer that is otherwise good: its
// status, its framing and its bill are those of a sound one.
type Defect struct {
	// Kind is gibberish, wrong_language, refusal, short, repeat, weaker_model,
	// broken_json, broken_tool_call, empty or early_finish. Any other is none.
	Kind string
	Seed uint64 // of what is drawn
	// Token and Share say where early_finish ends the answer: after so many tokens,
	// or, when that is 0, after a share of them.
	Token int
	Share float64
}

// defectKey is where a request's context keeps its defect.
type defectKey struct{}

// WithDefect makes the answer to a request with this context defective.
func WithDefect(ctx context.Context, d Defect) context.Context {
	return context.WithValue(ctx, defectKey{}, d)
}

// spoil puts the defect into a draft that the request's context asks for. What the
// defect cannot be in is left alone: a text has no arguments to break.
func (x *exchange) spoil(d *draft, w *wanted) {
	f, ok := x.r.Context().Value(defectKey{}).(Defect)
	if !ok {
		return
	}
	switch f.Kind {
	case "empty":
		*d = draft{}
		return
	case "early_finish":
		d.end(f)
		return
	case "broken_json":
		if w.json && len(d.calls) == 0 {
			d.text = broken(d.text)
		}
		return
	case "broken_tool_call":
		for i := range d.calls {
			d.calls[i].args = broken(d.calls[i].args)
		}
		return
	}
	if says := x.misspoken(f, d.text.len()); says != nil && len(d.calls) == 0 {
		room := d.text.len()
		d.text = w.form().fill(says)
		if x.req.MaxTokens > 0 && d.text.len() > room {
			d.text, _ = d.text.cut(room)
			d.cut = true
		}
	}
}

// end ends a draft early, and says so. At least its last token is missing.
func (d *draft) end(f Defect) {
	at := f.Token
	if at == 0 {
		at = int(math.Round(f.Share * float64(d.tokens())))
	}
	at = min(at, d.tokens()-1)
	keep := func(from wording) wording {
		n := max(min(at, from.len()), 0)
		at -= n
		kept, _ := from.cut(n)
		return kept
	}
	d.thoughts, d.text = keep(d.thoughts), keep(d.text)
	for i := range d.calls {
		d.calls[i].args = keep(d.calls[i].args)
	}
	d.stop, d.cut = "", true
}

// broken is JSON without its end.
func broken(text wording) wording {
	all := strings.TrimRight(text.String(), "}] \n")
	if n := len(all) * 3 / 4; n > 0 {
		all = strings.ToValidUTF8(all[:n], "")
	}
	return tokens(all)
}

// misspoken makes defective texts in place of one of so many words; nil: the defect is
// none of the text.
func (x *exchange) misspoken(f Defect, words int) shape.Text {
	rng := rand.New(rand.NewPCG(f.Seed, 0))
	sound := func() []string { return strings.Fields(x.says(words)(0, 0)) }
	var text []string
	switch f.Kind {
	case "gibberish":
		text = salad(rng, words)
	case "wrong_language":
		text = foreign(rng, sound())
	case "refusal":
		text = []string{"I'm sorry, but I can't help with that."}
	case "short":
		text = answer.Plain(3)
	case "weaker_model":
		text = answer.Plain(max(words/2, 1))
	case "repeat":
		text = looped(sound())
	default:
		return nil
	}
	return bounded(strings.Join(text, " "))
}

// bounded is a text that is cut, or said again, to fit.
func bounded(text string) shape.Text {
	return func(least, most int) string {
		t := []rune(text)
		for len(t) < least {
			t = append(append(t, ' '), []rune(text)...)
		}
		if most > 0 && len(t) > most {
			t = t[:most]
		}
		return string(t)
	}
}

// salad is words that mean nothing together.
func salad(rng *rand.Rand, words int) []string {
	from := strings.Fields("the of sky seven banana under table if glass north maybe thirty blue engine salt " +
		"whose quietly pretend river invoice toward copper nine soft parade unless window ending crow of a")
	text := make([]string, words)
	for i := range text {
		text[i] = from[rng.IntN(len(from))]
	}
	return text
}

// foreign is a text of which every fourth word is of another script.
func foreign(rng *rand.Rand, text []string) []string {
	from := []string{"สวัสดี", "ขอบคุณ", "อย่างไร", "数据", "然后", "因为", "系统"}
	for i := 3; i < len(text); i += 4 {
		text[i] = from[rng.IntN(len(from))]
	}
	return text
}

// looped is a text that comes to one word and stays there.
func looped(text []string) []string {
	at := len(text) / 3
	for i := at; i < len(text); i++ {
		text[i] = text[at]
	}
	return text
}
