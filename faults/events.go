package faults

// maxEvent bounds what is held back of an event that does not end.
const maxEvent = 1 << 20

// An events splits a server-sent stream at its blank lines, however it is
// written. Lines end in LF or CRLF.
type events struct {
	buf   []byte
	seen  int  // bytes of buf that were looked at
	blank bool // the line so far is empty
}

// add takes what is written next.
func (e *events) add(p []byte) { e.buf = append(e.buf, p...) }

// next takes the next whole event, with its blank line; nil when there is none.
// An event that grows beyond maxEvent comes in pieces.
func (e *events) next() []byte {
	for e.seen < len(e.buf) {
		c := e.buf[e.seen]
		e.seen++
		switch {
		case c == '\n' && e.blank:
			return e.take()
		case c == '\n':
			e.blank = true
		case c != '\r':
			e.blank = false
		}
	}
	if len(e.buf) > maxEvent {
		return e.take()
	}
	return nil
}

// take cuts off what was looked at.
func (e *events) take() []byte {
	ev := e.buf[:e.seen:e.seen]
	e.buf = e.buf[e.seen:]
	e.seen, e.blank = 0, false
	return ev
}
