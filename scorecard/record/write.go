package record

import (
	"fmt"
	"io"
	"sync"
)

// A Writer writes log.jsonl: one line of JSON per call, in one write to what is
// below, so that a process killed in the middle leaves at most its last line
// torn. It is safe for concurrent use.
type Writer struct {
	codec codec
	mu    sync.Mutex
	out   io.Writer
	line  []byte // room for one, guarded by mu
}

// NewWriter returns a Writer to out. It does not buffer.
func NewWriter(out io.Writer) *Writer { return &Writer{codec: newCodec(), out: out} }

// Write writes one line. A line that [Read] would not take back is refused.
func (w *Writer) Write(l Line) error {
	if err := l.check(); err != nil {
		return fmt.Errorf("write a log line: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	b, err := w.codec.appendLine(w.line[:0], l)
	if err != nil {
		return fmt.Errorf("write a log line: %w", err)
	}
	if len(b) > maxLine {
		return fmt.Errorf("write a log line: %d bytes, the most is %d", len(b), maxLine)
	}
	w.line = append(b, '\n')
	if _, err := w.out.Write(w.line); err != nil {
		return fmt.Errorf("write a log line: %w", err)
	}
	return nil
}

// check reports whether the line holds what its kind says, and that alone.
func (l *Line) check() error {
	contents := [...]struct {
		kind string
		held bool
	}{
		{"setup", l.Setup != nil},
		{"phase", l.Phase != nil},
		{"course", l.Course != nil},
		{"user", l.User != nil},
		{"attempt", l.Attempt != nil},
		{"conn", l.Conn != nil},
		{"mark", l.Mark != nil},
		{"end", l.End != nil},
	}
	known, fits := false, true
	for _, c := range contents {
		known = known || c.kind == l.Kind
		fits = fits && c.held == (c.kind == l.Kind)
	}
	switch {
	case !known:
		return fmt.Errorf("%q is no kind of line", l.Kind)
	case !fits:
		return fmt.Errorf("a line of kind %q holds something else", l.Kind)
	}
	return nil
}
