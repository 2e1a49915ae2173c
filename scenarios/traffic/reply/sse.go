package reply

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"iter"
)

// maxEvent bounds a line, and the data of an event that has many.
const maxEvent = 1 << 20

// ErrTooLong says that a line or an event is over 1 MiB.
var ErrTooLong = errors.New("line or event over 1 MiB")

// byteOrderMark may stand at the beginning of a stream and is no part of it.
const byteOrderMark = "\xef\xbb\xbf"

// An Event is one server-sent event. Data is valid until the next one is asked
// for.
type Event struct {
	Name string // "message" when the stream does not name it
	Data []byte // the data lines, joined by line feeds
}

// Events reads a text/event-stream as browsers do (WHATWG HTML, 9.2.6). Each
// event is there as soon as its blank line is, also when that ends with a
// carriage return and a line feed could follow. What stands after the last
// blank line is no event. It ends at the end of r, or with the error that
// keeps it from going on: that of r, or [ErrTooLong].
func Events(r io.Reader) iter.Seq2[Event, error] {
	return events(bufio.NewReader(r))
}

func events(r *bufio.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		var name string
		var data []byte
		has := false // data may be there and empty
		lines := lineReader{r: r}
		for {
			line, err := lines.next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(Event{}, err)
				return
			case len(line) > 0:
				field, value, _ := bytes.Cut(line, []byte(":"))
				value = bytes.TrimPrefix(value, []byte(" "))
				switch string(field) {
				case "event":
					name = string(value)
				case "data":
					if has {
						data = append(data, '\n')
					}
					data, has = append(data, value...), true
				}
				if len(data) > maxEvent {
					yield(Event{}, ErrTooLong)
					return
				}
			default: // a blank line: an event ends, if it was one
				if has && !yield(Event{cmp.Or(name, "message"), data}, nil) {
					return
				}
				name, data, has = "", data[:0], false
			}
		}
	}
}

// A lineReader reads lines that end with CR, LF or both.
type lineReader struct {
	r       *bufio.Reader
	long    []byte // the beginning of a line that did not come in one read
	begun   bool
	afterCR bool // a line feed that follows belongs to the line before
}

// next is the next line, without its end, valid until the one after it. At an
// error, such as io.EOF, it is the unfinished line, maybe empty.
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		if _, err := l.r.Peek(1); err != nil {
			return l.long, err
		}
		b, _ := l.r.Peek(l.r.Buffered())
		if l.afterCR && b[0] == '\n' {
			l.afterCR = false
			l.skip(1)
			continue
		}
		end := lineEnd(b)
		l.afterCR = end >= 0 && b[end] == '\r'
		if end < 0 {
			l.long = append(l.long, b...)
			l.skip(len(b))
		} else {
			l.skip(end + 1) // b stays as it is until the next read
		}
		switch {
		case len(l.long)+max(end, 0) > maxEvent:
			return nil, ErrTooLong
		case end >= 0 && len(l.long) == 0:
			return l.begin(b[:end]), nil
		case end >= 0:
			l.long = append(l.long, b[:end]...)
			return l.begin(l.long), nil
		}
	}
}

// lineEnd is where the first line of b ends, or −1. Looking for one byte at a
// time is several times as fast as looking for either.
func lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// skip drops bytes that were looked at; they are there, so it cannot fail.
func (l *lineReader) skip(n int) { _, _ = l.r.Discard(n) }

// begin takes the byte order mark from the first line.
func (l *lineReader) begin(line []byte) []byte {
	if !l.begun {
		l.begun = true
		line = bytes.TrimPrefix(line, []byte(byteOrderMark))
	}
	return line
}
