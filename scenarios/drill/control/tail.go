package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
)

// What a Tail keeps at most.
const (
	tailLines = 10_000
	tailBytes = 16 << 20
)

// A Tail passes a drill's log on and keeps its last lines. To look at them costs who
// writes next to nothing: lines are kept as they were written, and read by whoever
// wants to see them.
type Tail struct {
	mu    sync.Mutex
	lines [][]byte // oldest first, from head on
	head  int
	size  int
	first int64 // the number of the oldest
}

// NewTail makes a tail of no log yet.
func NewTail() *Tail { return &Tail{first: 1} }

// Onto begins another log. What is written to the result, a line per call as
// [record.Writer] does it, goes on to w, and is kept when that went well.
func (t *Tail) Onto(w io.Writer) io.Writer {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.first += int64(len(t.lines) - t.head)
	t.lines, t.head, t.size = nil, 0, 0
	return tailed{t, w}
}

type tailed struct {
	tail *Tail
	to   io.Writer
}

func (t tailed) Write(line []byte) (int, error) {
	n, err := t.to.Write(line)
	if err == nil {
		t.tail.keep(line)
	}
	return n, err
}

func (t *Tail) keep(line []byte) {
	kept := bytes.Clone(bytes.TrimRight(line, "\n"))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, kept)
	t.size += len(kept)
	for len(t.lines)-t.head > tailLines || t.size > tailBytes {
		t.size -= len(t.lines[t.head])
		t.head++
		t.first++
	}
	if t.head > len(t.lines)/2 { // in an array of its own, for somebody may look at this one
		t.lines = slices.Clone(t.lines[t.head:])
		t.head = 0
	}
}

// kept are the lines that there are, and the number of the first.
func (t *Tail) kept() (lines [][]byte, first int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines[t.head:len(t.lines):len(t.lines)], t.first
}

// A Filter picks lines of the log; empty fields pick all.
type Filter struct {
	Kind     string // of line: user, attempt, mark, …
	Journey  string // that the line names
	Provider string // that the line names: of an attempt, or of an answer that a user got
}

// needles are what a line holds that the filter picks. Lines are JSON without space
// between the tokens, in which a quote inside of a text is escaped: that what they name
// stands there as text is proof enough, and thousands are looked through in a moment.
func (f Filter) needles() [][]byte {
	var all [][]byte
	for _, n := range []struct{ key, value string }{{"kind", f.Kind}, {"journey", f.Journey}, {"provider", f.Provider}} {
		if n.value != "" {
			text, _ := json.Marshal(n.value) // a string can always be
			all = append(all, fmt.Appendf(nil, "%q:%s", n.key, text))
		}
	}
	return all
}

// Page gives up to so many lines that were written after the one numbered after, or
// with after < 0 the last of them.
func (t *Tail) Page(after int64, most int, filter Filter) Page {
	lines, first := t.kept()
	page := Page{Lines: []Line{}, Next: first + int64(len(lines)) - 1}
	needles := filter.needles()
	picked := func(line []byte) bool {
		return !slices.ContainsFunc(needles, func(n []byte) bool { return !bytes.Contains(line, n) })
	}
	if after < 0 {
		for i := len(lines) - 1; i >= 0 && len(page.Lines) < most; i-- {
			if picked(lines[i]) {
				page.Lines = append(page.Lines, Line{No: first + int64(i), Line: lines[i]})
			}
		}
		slices.Reverse(page.Lines)
		return page
	}
	page.Lost = max(first-1-after, 0)
	for i := max(after+1-first, 0); i < int64(len(lines)); i++ {
		if !picked(lines[i]) {
			continue
		}
		page.Lines = append(page.Lines, Line{No: first + i, Line: lines[i]})
		if len(page.Lines) == most {
			page.Next = first + i
			break
		}
	}
	return page
}
