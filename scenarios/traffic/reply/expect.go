package reply

import "unicode/utf8"

// Expect is what a reply has to match to be an answer at all. For answers that
// cannot carry brownout's text, a class or extracted fields, it is all that is
// known of them.
type Expect struct {
	Matcher       // may have no part when MaxLength is given
	MaxLength int // characters of the answer's text at most; 0: any
}

// meets says that a reply is what the journey expects: the rule matched it and
// its text is not too long.
func (e *Expect) meets(w *watch, text string) bool {
	if e == nil {
		return true
	}
	short := e.MaxLength == 0 || utf8.RuneCountInString(text) <= e.MaxLength
	return short && (w.match == nil || w.held())
}

// Check reports the first thing that keeps the expectation from meaning anything.
func (e Expect) Check() error {
	_, err := e.match()
	return err
}

// match is its matcher made ready, nil when the length is all that is asked.
func (e *Expect) match() (*match, error) {
	if e == nil || e.MaxLength > 0 && e.empty() {
		return nil, nil
	}
	return newMatch(&e.Matcher)
}
