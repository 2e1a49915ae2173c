package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// maxLine bounds a line of the log, in bytes. The longest that a drill writes is
// its setup, a few kilobytes for each phase.
const maxLine = 1 << 20

// ErrNewer says that a log or card has a schema that this version does not know.
var ErrNewer = errors.New("written by a newer version of brownout")

// An Entry is one line of a log and its number, from 1.
type Entry struct {
	No   int
	Line Line
}

// A LineError is a line of a log that is none of ours. The reader goes on after
// it.
type LineError struct {
	No  int
	Cut bool // the last line, without its end: the writer was stopped in the middle
	Err error
}

func (e *LineError) Error() string {
	if e.Cut {
		return fmt.Sprintf("line %d is cut off", e.No)
	}
	return fmt.Sprintf("line %d: %v", e.No, e.Err)
}

func (e *LineError) Unwrap() error { return e.Err }

// Read reads the lines of a log.jsonl as they stand. Each line is yielded
// with a nil error, or is a [*LineError] after which the reading goes on; empty
// lines are passed over. Any other error is the last thing yielded: what r said,
// or [ErrNewer] with the number of the line that says so.
func Read(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		in := lineReader{in: bufio.NewReaderSize(r, 64<<10)}
		parser := newLineParser()
		for no := 1; ; no++ {
			raw, err := in.next()
			last := errors.Is(err, io.EOF)
			if err != nil && !last && !errors.Is(err, errLong) {
				yield(Entry{No: no}, fmt.Errorf("line %d: %w", no, err))
				return
			}
			if last && len(raw) == 0 {
				return
			}
			if !errors.Is(err, errLong) && len(bytes.TrimSpace(raw)) == 0 {
				continue
			}
			e, bad := Entry{No: no}, err
			if !errors.Is(err, errLong) {
				e.Line, bad = parser.line(raw)
			}
			switch {
			case errors.Is(bad, ErrNewer):
				yield(e, fmt.Errorf("line %d: %w", no, bad))
				return
			case bad != nil:
				bad = &LineError{No: no, Cut: last, Err: bad}
			}
			if !yield(e, bad) || last {
				return
			}
		}
	}
}

// line reads one line without its end.
func (p *lineParser) line(raw []byte) (Line, error) {
	if l, ok := p.usual(raw); ok {
		return l, nil
	}
	var l Line
	if err := json.Unmarshal(raw, &l); err != nil {
		// A newer setup may well not fit, but must not pass for a foreign line.
		var head struct {
			Setup struct {
				Schema int `json:"schema"`
			} `json:"setup"`
		}
		_ = json.Unmarshal(raw, &head) // as far as it goes
		if head.Setup.Schema > Schema {
			return Line{}, newer(head.Setup.Schema)
		}
		return Line{}, err
	}
	if err := l.check(); err != nil {
		return Line{}, err
	}
	switch s := l.Setup; {
	case s == nil:
	case s.Schema > Schema:
		return Line{}, newer(s.Schema)
	case s.Schema < 1:
		return Line{}, fmt.Errorf("schema %d is none", s.Schema)
	}
	return l, nil
}

func newer(schema int) error {
	return fmt.Errorf("schema %d, this version reads up to %d: %w", schema, Schema, ErrNewer)
}

// errLong says that a line is longer than maxLine. The rest of it was skipped.
var errLong = fmt.Errorf("longer than %d bytes", maxLine)

// lineReader splits its input into lines and never holds more than maxLine of one.
type lineReader struct {
	in  *bufio.Reader
	buf []byte
}

// next returns a line without its end, valid until the next call. With io.EOF
// the line, if any, had no end.
func (r *lineReader) next() ([]byte, error) {
	r.buf = r.buf[:0]
	long := false
	for {
		part, err := r.in.ReadSlice('\n')
		if len(r.buf)+len(part) > maxLine+1 {
			long = true
		}
		if !long {
			r.buf = append(r.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case long && (err == nil || errors.Is(err, io.EOF)):
			// At the end of the input the next call says so.
			return nil, errLong
		case err != nil:
			return r.buf, err
		default:
			return r.buf[:len(r.buf)-1], nil
		}
	}
}
