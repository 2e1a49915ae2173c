package reply

import (
	"bufio"
	"errors"
	"io"
)

// Scratch is memory for reading that is used for one reply after another; nothing of
// it is kept. The zero Scratch is ready.
type Scratch struct {
	r     *bufio.Reader
	buf   []byte
	begin []byte // of the body
}

const scratchSize = 4 << 10

func (s *Scratch) reader(r io.Reader) *bufio.Reader {
	if s.r == nil {
		s.r = bufio.NewReaderSize(r, scratchSize)
	}
	s.r.Reset(r)
	return s.r
}

// chunk is a buffer of some KiB.
func (s *Scratch) chunk() []byte {
	if cap(s.buf) < scratchSize {
		s.buf = make([]byte, scratchSize)
	}
	return s.buf[:cap(s.buf)]
}

// readAll reads to the end of r. The bytes are valid until the next call.
func (s *Scratch) readAll(r io.Reader) ([]byte, error) {
	if cap(s.buf) > 16*scratchSize {
		s.buf = nil // one big reply need not be paid for by all that follow
	}
	buf := s.chunk()[:0]
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		s.buf = buf
		switch {
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) == cap(buf):
			buf = append(buf, 0)[:len(buf)]
		}
	}
}
