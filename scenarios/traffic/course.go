package traffic

import (
	"cmp"
	"fmt"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
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
	return []string{ask.TokenName}
}

// course is a journey made ready: everything that is the same for each of its
// requests.
type course struct {
	form       *ask.Form
	reader     *reply.Reader
	deliver    Deliver
	delivery   *ask.Form // nil: no answer is put off
	impatience Impatience
	login      *course // nil: nobody logs in
	token      bool    // of a login: its reply is to have one
	renew      time.Duration
	cookies    bool
	turns      int // of a session
	timeout    time.Duration
}

func newCourse(target string, j Journey) (*course, error) {
	c := &course{
		timeout: cmp.Or(j.Timeout, DefaultTimeout), deliver: j.Deliver, impatience: j.Impatience,
		cookies: j.Cookies, turns: j.Sessions.Turns,
	}
	var err error
	if c.form, err = ask.NewForm(target, j.Request); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if !j.Login.none() {
		if c.login, err = j.Login.ready(target); err != nil {
			return nil, fmt.Errorf("login: %w", err)
		}
		c.renew = j.Login.Renew
	}
	rules, err := j.rules()
	if err == nil {
		c.reader, err = rules.Ready()
	}
	if err == nil && j.Deferred != nil {
		err = c.deliverable(target, j.more())
	}
	return c, err
}

// rules are what the journey says of its replies.
func (j Journey) rules() (reply.Rules, error) {
	r := reply.Rules{
		Answer: j.Answer, Expect: j.Expect, Degraded: j.Degraded, Restart: j.Restart,
		Deferred: j.Deferred, Progress: j.Progress,
	}
	if j.Deferred == nil || j.Deliver.Ticket == "" {
		return r, nil
	}
	r.Ticket = j.Deliver.Ticket
	if err := reply.CheckPath(r.Ticket); err != nil {
		return r, fmt.Errorf("deliver: ticket: %w", err)
	}
	return r, nil
}

// deliverable makes ready what an answer is asked for with that was put off.
func (c *course) deliverable(target string, more []string) (err error) {
	d := c.deliver
	if d.Every <= 0 || d.Within <= 0 {
		return fmt.Errorf("deliver: every %v within %v; both take some time", d.Every, d.Within)
	}
	question := d.question()
	if err = question.CheckHead(append(more, ask.TicketName)...); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	if c.delivery, err = ask.NewForm(target, question); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	return nil
}
