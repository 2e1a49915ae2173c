package traffic

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

// reply takes what a result tells from the reply to one request.
type reply struct {
	*course
	res  *Result
	now  func() time.Duration // since the start of the drill
	text text
	last time.Duration // content token

	degraded, expected, deferred, progress watch
	alive                                  func() // told of the first sign of life; nil: nobody is
	restartHead                            bool   // what the rule's head says of this reply's
}

func newReply(c *course, res *Result, now func() time.Duration) reply {
	return reply{
		course: c, res: res, now: now,
		degraded: watch{match: c.degraded}, expected: watch{match: c.expects},
		deferred: watch{match: c.deferred}, progress: watch{match: c.progress},
	}
}

// head takes the status line and the header.
func (r *reply) head(resp *http.Response) {
	r.res.Status = resp.StatusCode
	r.res.Told = resp.StatusCode >= 400
	r.restartHead = r.restart.head(resp.StatusCode, resp.Header)
	for _, w := range r.watches() {
		w.begin(resp, r.now())
	}
	if r.progress.held() {
		r.live()
	}
}

// watches are the rules that say something of the whole reply once any part of
// it matches.
func (r *reply) watches() [4]*watch {
	return [...]*watch{&r.degraded, &r.expected, &r.deferred, &r.progress}
}

// close says what the rules made of the reply.
func (r *reply) close() {
	r.res.Text = r.text.String()
	r.res.Degraded = r.degraded.held()
	if r.deferred.held() {
		ended := r.res.Ended
		r.res.Deferred = &ended
	}
	if r.progress.held() {
		r.res.Progress = &r.progress.at
	}
	r.res.Unmet = !r.expect.meets(&r.expected, r.res.Text)
}

// read takes the body. The scratch is for reading, nothing of it is kept.
func (r *reply) read(body io.Reader, how framing, s *scratch) error {
	switch how {
	case eventual:
		return r.events(s.reader(body))
	case perLine:
		return r.lines(s.reader(body))
	case whole, perhaps:
		return r.whole(body, how, s)
	}
	return r.chunks(body, s)
}

func (r *reply) events(body *bufio.Reader) error {
	for e, err := range events(body) {
		if err != nil {
			return tooLong(err)
		}
		// Data need not be JSON: streams end with words such as [DONE].
		_ = r.take(&unit{event: e.Name, data: e.Data, part: true})
	}
	return nil
}

func (r *reply) lines(body *bufio.Reader) error {
	lines := lineReader{r: body}
	for {
		line, err := lines.next()
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return tooLong(err)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if err := r.take(&unit{data: line, part: true}); err != nil {
				return fmt.Errorf("%w: line: %w", errInvalid, err)
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
		return fmt.Errorf("%w: %w", errInvalid, err)
	}
	return err
}

func (r *reply) whole(body io.Reader, how framing, s *scratch) error {
	data, err := s.readAll(io.LimitReader(body, maxJSON+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxJSON:
		return fmt.Errorf("%w: JSON over %d MiB", errInvalid, maxJSON>>20)
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
		return fmt.Errorf("%w: %w", errInvalid, err)
	}
	return nil
}

func (r *reply) chunks(body io.Reader, s *scratch) error {
	buf := s.chunk()
	for {
		n, err := body.Read(buf)
		r.add("", string(buf[:n]))
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
func (r *reply) take(u *unit) error {
	r.look(u)
	if r.restartHead && r.restart.inside(u) {
		r.res.Restarts++
		r.text.forget()
	}
	if u.event == "error" || !r.finder.text && u.failure() {
		r.res.Told = true
		return nil // what it says is no part of the answer
	}
	return r.find(u, r.add)
}

// look holds the rules against a unit.
func (r *reply) look(u *unit) {
	for _, w := range r.watches() {
		w.look(u, r.now())
	}
	if r.progress.held() {
		r.live()
	}
	if r.ticket != nil && r.res.Ticket == "" {
		r.res.Ticket = r.ticket.first(u)
	}
}

// live tells that there is a sign of life.
func (r *reply) live() {
	if r.alive != nil {
		r.alive()
		r.alive = nil
	}
}

// add adds to the answer's text, and so is a content token.
func (r *reply) add(place, s string) {
	if s == "" {
		return
	}
	r.text.add(place, s)
	at := r.now()
	r.live()
	if r.res.First < 0 {
		r.res.First = at
	} else {
		r.res.MaxGap = max(r.res.MaxGap, at-r.last)
	}
	r.last = at
}
