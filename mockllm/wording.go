package mockllm

import (
	"iter"
	"strings"
)

// wording is a text cut into tokens, or a stretch of one. It takes less than the tokens
// by themselves would, and streams hold theirs for as long as they last.
type wording struct {
	whole string
	begin int32
	ends  []int32 // of the tokens, in the whole
}

// tokens cuts a text into what counts as its tokens: words with the space before
// them, and whatever stands between words. Joined they are the text.
func tokens(text string) wording {
	w := wording{whole: text, ends: make([]int32, 0, strings.Count(text, " ")+1)} // as many as words, of most texts
	for at := 0; at < len(text); {
		at += token(text[at:])
		w.ends = append(w.ends, int32(at))
	}
	return w
}

// len is how many tokens there are.
func (w wording) len() int { return len(w.ends) }

// String is the text.
func (w wording) String() string {
	if len(w.ends) == 0 {
		return ""
	}
	return w.whole[w.begin:w.ends[len(w.ends)-1]]
}

// cut parts the first n tokens from the rest.
func (w wording) cut(n int) (first, rest wording) {
	first, rest = w, w
	first.ends, rest.ends = w.ends[:n], w.ends[n:]
	if n > 0 {
		rest.begin = w.ends[n-1]
	}
	return first, rest
}

// each are the tokens.
func (w wording) each() iter.Seq[string] {
	return func(yield func(string) bool) {
		begin := w.begin
		for _, end := range w.ends {
			if !yield(w.whole[begin:end]) {
				return
			}
			begin = end
		}
	}
}
