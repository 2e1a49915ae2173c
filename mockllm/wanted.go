package mockllm

import (
	"encoding/json"
	"slices"
)

// wanted is what a request wants its answer to be like, in no dialect's words. The
// zero value wants a text.
type wanted struct {
	json   bool            // the text is a JSON document
	choice bool            // the text is a word of the schema's
	schema json.RawMessage // that satisfies this; nil: an object
	tools  []tool          // that can be called; none if it says that none shall be
	must   bool            // one has to be called
	pair   bool            // two calls at once are asked for in so many words
	turn   standing
	stops  []string // what ends the answer before it
	think  int      // so many tokens of thinking go before it at most
}

// tool is something that the app offers to do for the model.
type tool struct {
	name   string
	schema json.RawMessage // of its arguments; nil: it has none
}

// standing is where a conversation stands.
type standing struct {
	asked  bool     // the user spoke last
	called []string // the tools called since the user spoke last
}

// next is the tool to call now; false: the answer is a text. A model calls as it
// likes, and a mock as one can foresee: where it may, once after each word of the
// user's, the first tool; where it must, one after the other, each of them once. Then
// it answers in text, whatever it must: so every loop of calls and results ends.
func (w *wanted) next() (tool, bool) {
	for _, t := range w.tools {
		if w.must && !slices.Contains(w.turn.called, t.name) || w.turn.asked {
			return t, true
		}
	}
	return tool{}, false
}

// called finds a tool by its name.
func (w *wanted) called(name string) (tool, bool) {
	i := slices.IndexFunc(w.tools, func(t tool) bool { return t.name == name })
	if i < 0 {
		return tool{}, false
	}
	return w.tools[i], true
}

// other is the second of two tools called at once: another one, if there is any.
func (w *wanted) other(first tool) tool {
	for _, t := range w.tools {
		if t.name != first.name {
			return t
		}
	}
	return first
}
