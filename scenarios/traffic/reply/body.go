package reply

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxBody is how much of a body is read, both as it comes and as it is when
// unpacked. A reply that has more is given up.
const maxBody = 64 << 20

// ErrInvalid marks a reply that came but cannot be taken for one: too much of it, or
// not what its own head says.
var ErrInvalid = errors.New("invalid reply")

// body is a reply's body: as it comes and as it is when unpacked, which are the
// same thing most of the time.
type body struct{ wire, plain *meter }

// open reads a reply's body, of whose beginning it keeps so much, in the scratch. We
// ask for no compression, but gzip is what a server may send without being asked.
func open(resp *http.Response, keep int, s *Scratch) (body, error) {
	wire := &meter{r: resp.Body, keep: keep, begin: s.begin[:0]}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// What follows is no body: reading it would not even end with the request.
		return body{wire, wire}, fmt.Errorf("%w: another protocol, which was not asked for", ErrInvalid)
	}
	switch encoding := strings.ToLower(resp.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		return body{wire, wire}, nil
	case "gzip", "x-gzip":
		wire.keep = 0
		return body{wire, &meter{r: &gunzip{wire: wire}, keep: keep, begin: wire.begin}}, nil
	default:
		return body{wire, wire}, fmt.Errorf("%w: content encoding %q, which was not asked for", ErrInvalid, encoding)
	}
}

// meter counts what is read, up to maxBody, and keeps its beginning.
type meter struct {
	r     io.Reader
	keep  int // of the beginning
	n     int64
	begin []byte
	err   error // what r ended with
}

func (m *meter) Read(p []byte) (int, error) {
	if m.n > maxBody {
		return 0, fmt.Errorf("%w: body over %d MiB", ErrInvalid, maxBody>>20)
	}
	n, err := m.r.Read(p)
	m.n += int64(n)
	m.begin = append(m.begin, p[:min(n, m.keep-len(m.begin))]...)
	if err != nil {
		m.err = err
	}
	return n, err
}

// gunzip unpacks what wire has. Its errors are those of wire, or ErrInvalid
// where wire is sound and what it holds is not.
type gunzip struct {
	wire *meter
	r    *gzip.Reader // made by the first read, for that waits for the first bytes
}

func (g *gunzip) Read(p []byte) (n int, err error) {
	if g.r == nil {
		if g.r, err = gzip.NewReader(g.wire); err != nil {
			g.r = nil
			return 0, g.blame(err)
		}
	}
	n, err = g.r.Read(p)
	return n, g.blame(err)
}

func (g *gunzip) blame(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, ErrInvalid):
		return err
	case g.wire.err != nil && !errors.Is(g.wire.err, io.EOF):
		return g.wire.err
	}
	return fmt.Errorf("%w: %w", ErrInvalid, err)
}
