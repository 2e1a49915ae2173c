package child

import (
	"bytes"
	"sync"
)

// tail keeps the last lines that an app printed, for the error message.
type tail struct {
	mu   sync.Mutex
	last []byte
}

// tailSize is enough for a stack trace's interesting end.
const tailSize = 2048

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, b...)
	if extra := len(t.last) - tailSize; extra > 0 {
		// From a line's beginning on: the end of a key would not be known for one.
		if i := bytes.IndexByte(t.last[extra-1:], '\n'); i >= 0 {
			extra += i
		}
		t.last = append(t.last[:0], t.last[extra:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.ToValidUTF8(t.last, []byte("�")))
}
