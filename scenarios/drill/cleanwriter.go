package drill

import (
	"bytes"
	"io"
	"sync"
)

// cleanWriter passes text on line by line with every key hashed, so that what
// an app prints about its environment does not end up in app.log. Safe for
// concurrent use.
type cleanWriter struct {
	to      io.Writer
	secrets *secrets

	mu   sync.Mutex
	line []byte // what came since the last line's end
}

// maxLine is how much of an unfinished line is held back.
const maxLine = 64 << 10

func (w *cleanWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = append(w.line, b...)
	end := bytes.LastIndexByte(w.line, '\n') + 1
	if end == 0 && len(w.line) > maxLine {
		// What has come of a secret whose rest is to come stays back.
		w.line = []byte(w.secrets.clean(string(w.line)))
		end = max(0, len(w.line)-max(w.secrets.longest(), maxLine/2))
	}
	if end == 0 {
		return len(b), nil
	}
	if _, err := io.WriteString(w.to, w.secrets.clean(string(w.line[:end]))); err != nil {
		return 0, err
	}
	w.line = append(w.line[:0], w.line[end:]...)
	return len(b), nil
}

// Flush passes on the last line, which has no end.
func (w *cleanWriter) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := io.WriteString(w.to, w.secrets.clean(string(w.line)))
	w.line = nil
	return err
}
