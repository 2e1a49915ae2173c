package reply

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxJSON bounds a body that is held whole, for JSON means nothing before its
// end. A longer one is invalid.
const maxJSON = 4 << 20

// framing is how a body is cut into units.
type framing int

const (
	chunks   framing = iota // text as it comes
	whole                   // JSON
	perhaps                 // JSON, if the rule is right about it and the Content-Type is not
	eventual                // server-sent events
	perLine                 // JSON lines
)

func framingOf(contentType string, f finder) framing {
	media, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch media = strings.TrimSpace(media); {
	case media == "text/event-stream":
		return eventual
	case strings.HasSuffix(media, "ndjson"), strings.HasSuffix(media, "jsonl"),
		strings.HasSuffix(media, "jsonlines"), media == "application/stream+json":
		return perLine
	case strings.HasSuffix(media, "/json"), strings.HasSuffix(media, "+json"):
		return whole
	case f.json != nil:
		return perhaps
	}
	return chunks
}

// Seen is what was seen of a reply. Moments are by the clock that it was read with.
type Seen struct {
	// First is when the first content token was there, one that the answer rule
	// finds: no role, ping or comment. Of a JSON body nothing is there before all
	// of it is. −1: none.
	First    time.Duration
	Status   int           // 0: no response head came
	Bytes    int64         // of the body, as they came
	MaxGap   time.Duration // longest silence between two content tokens
	Degraded bool          // the degraded rule matched
	Restarts int           // how often the restart rule matched
	Unmet    bool          // the reply is not what is expected
	// Progress is when the progress rule first matched, Deferred when a reply ended
	// that put the answer off; nil: neither did.
	Progress, Deferred *time.Duration
	Told               bool   // an explicit error: status ≥ 400, an SSE event named error, or an event or line with an error in it
	Text               string // the answer's text after the last restart, its first 64 KiB
	Body               string // the beginning of the raw reply, for raw-error and key checks
	Ticket             string // what the ticket's path found in it
}

// By is with what one reply is read.
type By struct {
	Now     func() time.Duration
	Alive   func()   // told of the first sign of life: progress, or a content token; nil: nobody is
	Keep    int      // bytes of the body's beginning that Seen.Body holds
	Scratch *Scratch // that nobody else uses meanwhile
}

// reading takes what is seen from one reply as it comes.
type reading struct {
	*Reader
	By
	seen Seen
	text text
	last time.Duration // content token

	degraded, expected, deferred, progress watch
	restartHead                            bool // what the rule's head says of this reply's
}

// Read reads a reply to its end, which it does not close. The error says why what was
// seen is not all of it: that of the body, or [ErrInvalid].
func (r *Reader) Read(resp *http.Response, by By) (Seen, error) {
	under := reading{
		Reader: r, By: by, seen: Seen{First: -1},
		degraded: watch{match: r.degraded}, expected: watch{match: r.expects},
		deferred: watch{match: r.deferred}, progress: watch{match: r.progress},
	}
	under.head(resp)
	body, err := open(resp, by.Keep, by.Scratch)
	if err == nil {
		err = under.read(body.plain, framingOf(resp.Header.Get("Content-Type"), r.finder))
	}
	by.Scratch.begin = body.plain.begin
	under.seen.Bytes, under.seen.Body = body.wire.n, string(body.plain.begin)
	under.end()
	return under.seen, err
}

// None is what is seen where no reply came.
func (r *Reader) None() Seen { return Seen{First: -1, Unmet: r.expects != nil} }

// head takes the status line and the header.
func (r *reading) head(resp *http.Response) {
	r.seen.Status = resp.StatusCode
	r.seen.Told = resp.StatusCode >= 400
	r.restartHead = r.restart.head(resp.StatusCode, resp.Header)
	for _, w := range r.watches() {
		w.begin(resp, r.Now())
	}
	if r.progress.held() {
		r.live()
	}
}

// watches are the rules that say something of the whole reply once any part of
// it matches.
func (r *reading) watches() [4]*watch {
	return [...]*watch{&r.degraded, &r.expected, &r.deferred, &r.progress}
}

// end says what the rules made of the reply.
func (r *reading) end() {
	r.seen.Text = r.text.String()
	r.seen.Degraded = r.degraded.held()
	if r.deferred.held() {
		ended := r.Now()
		r.seen.Deferred = &ended
	}
	if r.progress.held() {
		at := r.progress.at
		r.seen.Progress = &at
	}
	r.seen.Unmet = !r.expect.meets(&r.expected, r.seen.Text)
}

// read takes the body.
func (r *reading) read(body io.Reader, how framing) error {
	switch how {
	case eventual:
		return r.events(r.Scratch.reader(body))
	case perLine:
		return r.lines(r.Scratch.reader(body))
	case whole, perhaps:
		return r.whole(body, how)
	}
	return r.chunks(body)
}

func (r *reading) events(body *bufio.Reader) error {
	for e, err := range events(body) {
		if err != nil {
			return tooLong(err)
		}
		// Data need not be JSON: streams end with words such as [DONE].
		_ = r.take(&unit{event: e.Name, data: e.Data, part: true})
	}
	return nil
}

func (r *reading) lines(body *bufio.Reader) error {
	lines := lineReader{r: body}
	for {
		line, err := lines.next()
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return tooLong(err)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if err := r.take(&unit{data: line, part: true}); err != nil {
				return fmt.Errorf("%w: line: %w", ErrInvalid, err)
			}
		}
		if last {
			return nil
		}
	}
}

// tooLong counts a line or event over its bound as invalid.
func tooLong(err error) error {
	if errors.Is(err, ErrTooLong) {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return err
}

func (r *reading) whole(body io.Reader, how framing) error {
	data, err := r.Scratch.readAll(io.LimitReader(body, maxJSON+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxJSON:
		return fmt.Errorf("%w: JSON over %d MiB", ErrInvalid, maxJSON>>20)
	}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	err = r.take(&unit{data: data})
	if err != nil && how == perhaps {
		r.add("", string(data))
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

func (r *reading) chunks(body io.Reader) error {
	buf := r.Scratch.chunk()
	for {
		n, err := body.Read(buf)
		if n > 0 {
			r.text.addBytes(buf[:n])
			r.token()
		}
		if err == nil {
			continue
		}
		r.look(&unit{data: []byte(r.text.String())})
		if err == io.EOF {
			return nil
		}
		return err
	}
}

// take takes one unit: first what the rules say of it, then its text. The error
// says that it is no JSON where it has to be.
func (r *reading) take(u *unit) error {
	r.look(u)
	if r.restartHead && r.restart.inside(u) {
		r.seen.Restarts++
		r.text.forget()
	}
	if u.event == "error" || !r.finder.text && u.failure() {
		r.seen.Told = true
		return nil // what it says is no part of the answer
	}
	return r.find(u, r.add)
}

// look holds the rules against a unit.
func (r *reading) look(u *unit) {
	for _, w := range r.watches() {
		w.look(u, r.Now())
	}
	if r.progress.held() {
		r.live()
	}
	if r.ticket != nil && r.seen.Ticket == "" {
		r.seen.Ticket = r.ticket.first(u)
	}
}

// live tells that there is a sign of life.
func (r *reading) live() {
	if r.Alive != nil {
		r.Alive()
		r.Alive = nil
	}
}

// add adds to the answer's text.
func (r *reading) add(place, s string) {
	if s != "" {
		r.text.add(place, s)
		r.token()
	}
}

// token notes the moment of a content token.
func (r *reading) token() {
	at := r.Now()
	r.live()
	if r.seen.First < 0 {
		r.seen.First = at
	} else {
		r.seen.MaxGap = max(r.seen.MaxGap, at-r.last)
	}
	r.last = at
}
