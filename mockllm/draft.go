package mockllm

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/shape"
)

// draft is an answer before it is sent, in tokens: a text, or calls of tools.
type draft struct {
	thoughts wording
	text     wording
	calls    []toolCall // if any, there is no text
	stop     string     // what ended it, of what the request wants it to end at
	cut      bool       // it has as many tokens as the request allows, and is not at its end
}

// toolCall is a tool with its arguments, a JSON object.
type toolCall struct {
	name string
	args wording
}

// tokens is how many tokens a draft has.
func (d *draft) tokens() int {
	n := d.thoughts.len() + d.text.len()
	for _, c := range d.calls {
		n += c.args.len()
	}
	return n
}

const (
	// shortest is the shortest answer in words that proves anything and says something:
	// tag, nonce, a word, checksum.
	shortest = 4
	// enough is the least number of tokens that a request can allow and still get an
	// answer that proves anything.
	enough = 12
)

// draft makes the answer and draws its pace; with the defect that it shall have, if
// any.
func (x *exchange) draft(w *wanted) *draft {
	x.begin()
	d := x.sound(w)
	x.spoil(d, w)
	return d
}

// sound makes the answer as it should be. It has the drawn length, or as many
// tokens as the request allows: an answer that ends early for that is shorter, not
// broken off, so that nobody takes it for a truncated one. Where not even the
// shortest verifiable answer fits, it is cut; then, when it is stopped, and when the
// request has no nonce, it is of words that claim nothing.
func (x *exchange) sound(w *wanted) *draft {
	words := max(x.timing.Tokens, shortest)
	p := page{room: x.req.MaxTokens, says: x.says}
	d := &draft{}
	if w.think > 0 {
		d.thoughts = tokens(plain(min(words, w.think)))
		p.room = max(p.room-d.thoughts.len(), min(p.room, 1))
	}
	fixed, ok := x.spec.fixed(x.req, w)
	if t, due := w.next(); due && (!ok || fixed.Tool != "") {
		d.calls, d.cut = x.calls(p, w, t, fixed)
		return d
	}
	p.form = w.form()
	if ok {
		p.form = fixed.form()
	}
	d.text, d.cut = p.write(words)
	if at, _ := ending(d.text, w.stops); at >= 0 {
		p.says = says // what is stopped is not whole, and shall not say it is
		d.text, d.cut = p.write(words)
		if at, d.stop = ending(d.text, w.stops); at >= 0 {
			d.text, d.cut = tokens(d.text.String()[:at]), false
		}
	}
	return d
}

// begin draws the pace of the answer.
func (x *exchange) begin() {
	if x.key = x.req.Nonce; x.key == "" {
		x.key = strconv.FormatUint(x.strange.Add(1), 10)
	}
	x.slow = slowOf(x.r.Context())
	x.served.TokensIn = x.req.tokens()
	x.timing = x.spec.timing(x.req.Model, x.served.TokensIn, draw.Answer{Seed: x.opts.Seed, Stream: x.name, Key: x.key})
	x.timing.Tokens = x.opts.tokens(x.req.Nonce, x.timing.Tokens)
}

// calls drafts a call of a tool, or two. The arguments of a tool that has to be called
// are the answer, to apps that ask for JSON in that way: they are as long as one.
// Others are as short as can be.
func (x *exchange) calls(p page, w *wanted, t tool, fixed Fixed) (calls []toolCall, cut bool) {
	words := shortest
	if w.must {
		words = max(x.timing.Tokens, shortest)
	}
	if fixed.Tool != "" {
		t, _ = w.called(fixed.Tool)
	}
	if p.form = t.form(); fixed.JSON != "" {
		p.form = fixed.form()
	}
	args, cut := p.write(words)
	calls = []toolCall{{t.name, args}}
	if w.pair && !cut {
		second := w.other(t)
		calls = append(calls, toolCall{second.name, second.form().fill(nil)})
	}
	return calls, cut
}

// form is what an answer has around its text. It is told how to make the text; nil:
// there is none. A nil form is that of a text alone.
type form func(shape.Text) string

// fill makes the answer.
func (f form) fill(text shape.Text) wording {
	if f == nil {
		return tokens(text(0, 0))
	}
	return tokens(f(text))
}

// form is that of a text, or of a document, or of a choice: a document that is a
// string, without its quotes.
func (w *wanted) form() form {
	if !w.json && !w.choice {
		return nil
	}
	return func(text shape.Text) string {
		v, _ := shape.Value(w.schema, text)
		if word := ""; w.choice && json.Unmarshal(v, &word) == nil {
			return word
		}
		return string(v)
	}
}

// form is that of a tool's arguments.
func (t tool) form() form {
	return func(text shape.Text) string {
		if t.schema == nil {
			return "{}"
		}
		v, _ := shape.Value(t.schema, text)
		return string(v)
	}
}

// form is that of a fixed answer.
func (f Fixed) form() form {
	return func(text shape.Text) string {
		said := f.Text + f.JSON
		before, after, marked := strings.Cut(said, AnswerMark)
		if !marked {
			return said
		}
		return before + text(0, 0) + after
	}
}

// page is a form to be filled with a text, and the tokens that there is room for; 0 is
// no bound.
type page struct {
	form form
	room int
	says func(words int) shape.Text
}

// write fills the form with a text of so many words, or of as many as there is room
// for, and says whether it had to be cut.
func (p page) write(words int) (text wording, cut bool) {
	if p.room > 0 && p.room >= enough {
		words = min(words, p.room-p.frame())
	}
	if words >= shortest && (p.room == 0 || p.room >= enough) {
		text = p.form.fill(p.says(words))
		if p.room == 0 || text.len() <= p.room {
			return text, false
		}
	}
	text = p.form.fill(says(max(words, enough)))
	if text.len() <= p.room {
		return text, false
	}
	text, _ = text.cut(p.room)
	return text, true
}

// frame is how many tokens there are besides those of the text.
func (p page) frame() int {
	if p.form == nil {
		return 0
	}
	return p.form.fill(p.says(shortest)).len() - shortest
}

// says makes texts of about so many words that prove where they come from.
func (x *exchange) says(words int) shape.Text {
	if x.req.Nonce == "" {
		return says(words)
	}
	text := func(words int) string { return answer.Text(x.name, x.req.Nonce, words) }
	return func(least, most int) string {
		n := max(words-3, 0) // without the three that are always there
		if least > 0 || most > 0 {
			frame := len(text(0))
			each := len(text(1)) - frame
			n = max(n, (least-frame+each-1)/each)
			if most > 0 {
				n = min(n, (most-frame)/each)
			}
			if n < shortest-3 {
				return ""
			}
		}
		return text(n)
	}
}

// says makes texts of about so many words that claim nothing.
func says(words int) shape.Text {
	return func(least, most int) string {
		t := plain(max(words, least/2+1)) // a word and its space are two characters at least
		if most > 0 && len(t) > most {
			t = strings.TrimRight(t[:most], " ")
		}
		return t
	}
}

func plain(words int) string { return strings.Join(answer.Plain(words), " ") }

// ending is where a text has the first of what ends it, and which that is; -1: it
// has none.
func ending(text wording, stops []string) (at int, stop string) {
	at = -1
	if len(stops) == 0 {
		return at, ""
	}
	all := text.String()
	for _, s := range slices.Compact(slices.Clone(stops)) {
		if i := strings.Index(all, s); s != "" && i >= 0 && (at < 0 || i < at) {
			at, stop = i, s
		}
	}
	return at, stop
}
