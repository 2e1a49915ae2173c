package drilltest

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"
	"sync"
)

// An orderly log holds the lines of a drill until it ends, and then has them in
// an order that they give themselves. In a bubble many things happen at the same
// instant, and in which order their goroutines come to write is chance; the log
// of two drills alike shall be alike.
//
// Holding back would lose a log to a kill. A drill in a test is not worth
// keeping then; one in real time is, and its log is written as it happens.
type orderly struct {
	mu    sync.Mutex
	lines [][]byte
}

// Write takes whole lines, one a call.
func (o *orderly) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, bytes.Clone(line))
	return len(line), nil
}

// bytes are the lines by time, and by their text where they have the same time.
// The setup stays first and the end last.
func (o *orderly) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := slices.Clone(o.lines)
	if n := len(lines); n > 2 {
		slices.SortStableFunc(lines[1:n-1], func(a, b []byte) int {
			return cmp.Or(cmp.Compare(writtenAt(a), writtenAt(b)), bytes.Compare(a, b))
		})
	}
	return bytes.Join(lines, nil)
}

func (o *orderly) writeTo(w io.Writer) error {
	_, err := w.Write(o.bytes())
	return err
}

// writtenAt reads the number that each line begins with: {"t":12.5,…
func writtenAt(line []byte) float64 {
	text, found := bytes.CutPrefix(line, []byte(`{"t":`))
	end := bytes.IndexByte(text, ',')
	if !found || end < 0 {
		return 0
	}
	t, err := strconv.ParseFloat(string(text[:end]), 64)
	if err != nil {
		return 0
	}
	return t
}
