package secrets

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// A Writer passes text on line by line without secrets, so that what an app prints
// about its environment does not end up in app.log. Lines that come while users log in
// are held back until what they are given is known. Safe for concurrent use.
type Writer struct {
	to      io.Writer
	secrets *Set

	mu   sync.Mutex
	line []byte    // what came since the last line's end
	held []pending // lines, in order
	size int       // bytes of those
}

// pending are lines that wait until so many logins have ended.
type pending struct {
	logins int
	text   string
}

const (
	// maxLine is how much of an unfinished line is held back.
	maxLine = 64 << 10

	// maxHeld is how much is held back for logins; what is more is left out.
	maxHeld = 4 << 20
)

// NewWriter writes to what is given, without the secrets that a set knows by then.
func NewWriter(to io.Writer, known *Set) *Writer { return &Writer{to: to, secrets: known} }

// Write never says that less than b was written. Its error is that of the writer below.
func (w *Writer) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = append(w.line, b...)
	end := bytes.LastIndexByte(w.line, '\n') + 1
	if end == 0 && len(w.line) > maxLine {
		// What has come of a secret whose rest is to come stays back.
		w.line = []byte(w.secrets.Clean(string(w.line)))
		end = max(0, len(w.line)-max(w.secrets.longest(), maxLine/2))
	}
	begun, over := w.secrets.logins.begun()
	if end > 0 {
		w.hold(begun, string(w.line[:end]))
		w.line = append(w.line[:0], w.line[end:]...)
	}
	return len(b), w.release(over)
}

func (w *Writer) hold(logins int, text string) {
	w.held, w.size = append(w.held, pending{logins, text}), w.size+len(text)
	if w.size <= maxHeld {
		return
	}
	left := 0
	for w.size > maxHeld/2 && len(w.held) > 1 {
		left, w.size, w.held = left+len(w.held[0].text), w.size-len(w.held[0].text), w.held[1:]
	}
	note := fmt.Sprintf("[%d bytes left out, written while a login did not end]\n", left)
	w.held = append([]pending{{0, note}}, w.held...)
	w.size += len(note)
}

// release passes on what waits for no more logins than have ended.
func (w *Writer) release(over int) error {
	for len(w.held) > 0 && w.held[0].logins <= over {
		text := w.held[0].text
		w.held, w.size = w.held[1:], w.size-len(text)
		if _, err := io.WriteString(w.to, w.secrets.Clean(text)); err != nil {
			return err
		}
	}
	return nil
}

// Flush passes on what is held back, and the last line, which has no end. Its error is
// that of the writer below.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	begun, _ := w.secrets.logins.begun()
	w.hold(begun, string(w.line))
	w.line = nil
	return w.release(begun)
}
