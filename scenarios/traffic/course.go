package traffic

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Check reports the first thing that keeps the journey's requests from being
// sent, or its replies from being understood.
func (j Journey) Check() error {
	if err := j.Request.Check(j.more()...); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	if err := j.CheckUser(); err != nil {
		return err
	}
	_, err := newCourse("http://localhost", j)
	return err
}

// more are the placeholders that the journey's requests know besides.
func (j Journey) more() []string {
	if j.Login.Token == "" {
		return nil
	}
	return []string{TokenName}
}

// course is a journey made ready: everything that is the same for each of its
// requests.
type course struct {
	*form
	finder
	degraded, restart, expects *match
	deferred, progress         *match
	deliver                    Deliver
	delivery                   *form  // nil: no answer is put off
	ticket                     *query // nil: none is needed
	impatience                 Impatience
	login                      *course // nil: nobody logs in
	cookies                    bool
	turns                      int // of a session
	expect                     *Expect
	timeout                    time.Duration
}

func newCourse(target string, j Journey) (*course, error) {
	c := &course{
		timeout: cmp.Or(j.Timeout, DefaultTimeout), expect: j.Expect, deliver: j.Deliver, impatience: j.Impatience,
		cookies: j.Cookies, turns: j.Sessions.Turns,
	}
	var err error
	if c.form, err = newForm(target, j.Request); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if !j.Login.none() {
		if c.login, err = j.Login.ready(target); err != nil {
			return nil, fmt.Errorf("login: %w", err)
		}
	}
	if c.finder, err = newFinder(j.Answer); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if c.expects, err = j.Expect.match(); err != nil {
		return nil, fmt.Errorf("expect: %w", err)
	}
	for _, rule := range []struct {
		name string
		from *Matcher
		to   **match
	}{
		{"degraded", j.Degraded, &c.degraded},
		{"restart", j.Restart, &c.restart},
		{"deferred", j.Deferred, &c.deferred},
		{"progress", j.Progress, &c.progress},
	} {
		if *rule.to, err = newMatch(rule.from); err != nil {
			return nil, fmt.Errorf("%s: %w", rule.name, err)
		}
	}
	if c.restart != nil && !c.restart.looksInside() {
		return nil, errors.New("restart: every event of a reply has the same status and header; give json, event, contains or matches too")
	}
	return c, c.deliverable(target, j.more())
}

// deliverable makes ready what an answer is asked for with that was put off.
func (c *course) deliverable(target string, more []string) (err error) {
	d := c.deliver
	if c.deferred == nil {
		return nil
	}
	if d.Every <= 0 || d.Within <= 0 {
		return fmt.Errorf("deliver: every %v within %v; both take some time", d.Every, d.Within)
	}
	ask := Request{Method: http.MethodGet, Path: d.Path, Header: d.Header}
	if err = ask.checkHead(append(more, ticketName)...); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	if c.delivery, err = newForm(target, ask); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	if c.ticket, err = newQuery(d.Ticket); err != nil {
		return fmt.Errorf("deliver: ticket: %w", err)
	}
	return nil
}
