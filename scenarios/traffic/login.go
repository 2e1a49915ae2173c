package traffic

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// Login is how users of a journey get in: by a request of its own before their
// first, and with what they find in the reply to it. Each session logs in once.
// Requests without sessions are all one user's, who logs in once, too.
//
// It is part of the request that it is made for: that user waits for it, and when
// it fails has got nothing. Then the next one tries again.
//
// What they find runs out. So they log in once more beside their requests when Renew
// says so, and when the app answers one with 401: that request keeps its outcome, and
// those that are due meanwhile go by what there is. When it fails, all stays as it is
// until the time or the next 401 says so again, 10 s later at least.
type Login struct {
	Request ask.Request   // the zero Request: nobody logs in
	Token   string        // JSONPath into the reply, to what {{token}} stands for; "": cookies are all that is had
	Renew   time.Duration // after which users who still ask log in once more; 0: only 401 makes them
}

func (l Login) none() bool { return l.Request.Path == "" }

// errNoToken is what a login lacks that was answered well.
var errNoToken = errors.New("the reply has no token")

// An account is what a user has got of the app: one for each session, or one for
// all requests of a journey without sessions.
type account struct {
	jar  *jar          // nil: cookies are not kept
	left chan struct{} // closed when the session's last turn has come
	turn chan struct{} // whoever has it may log in, and alone touches the rest

	in         bool
	first      Due // what the first login was made for: another is in the same words
	token      string
	had, tried time.Time // when the last login succeeded, and when it began
	used       bool      // since then
	renewing   bool
	kept       bool // somebody sees to it that it is renewed in time
}

func newAccount(cookies bool) *account {
	a := &account{turn: make(chan struct{}, 1), left: make(chan struct{})}
	if cookies {
		a.jar = new(jar)
	}
	return a
}

// accounts are those that are in use. The zero accounts is empty.
type accounts struct {
	mu  sync.Mutex
	all map[seatKey]*account
}

type seatKey struct{ journey, session int }

// of is the account that a request is made with; nil where there is nothing to keep.
func (a *accounts) of(c *course, d Due) *account {
	if c.login == nil && !c.cookies {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	key := seatKey{d.Journey, d.Session}
	found := a.all[key]
	if found == nil {
		found = newAccount(c.cookies)
		if a.all == nil {
			a.all = map[seatKey]*account{}
		}
		a.all[key] = found
	}
	if c.turns > 0 && d.Turn == c.turns-1 {
		delete(a.all, key) // the session's last; those before it still have theirs
		close(found.left)
	}
	return found
}

// enter logs the visit's user in, who may be just at it with another request. What it
// returns is nil when that has been done, else what the visit comes to.
func (v *visit) enter(ctx context.Context) *Result {
	res := unsent(v.due, "")
	select {
	case v.account.turn <- struct{}{}:
		defer func() { <-v.account.turn }()
	case <-ctx.Done():
		res.Ended, res.How, res.Err = v.since(), timeout, fmt.Errorf("login: %w", ctx.Err())
		if v.ctx.Err() != nil {
			res.How = stopped
		}
		return &res
	}
	a := v.account
	if !a.in {
		if shut := v.logIn(ctx); shut != nil {
			return shut
		}
	}
	v.words.Token, a.used = a.token, true
	if v.aside != nil && v.renew > 0 && !a.kept {
		a.kept = true
		user := visit{link: v.link, course: v.course, due: v.due, account: a}
		v.aside.wg.Go(user.stayIn)
	}
	return nil
}

// logIn makes the request. A reply is all right when it is a success or, as of forms
// that lead on to a page, a redirect; and when it has the token.
func (v *visit) logIn(ctx context.Context) *Result {
	defer v.logging()()
	began := time.Now()
	entry := visit{link: v.link, course: v.login, due: v.due, words: v.words, hand: v.hand, account: v.account}
	got := entry.try(ctx, v.login.form, false)
	token := got.Ticket
	if token != "" {
		v.secret(token)
	}
	switch {
	case got.How != complete:
	case got.Status < 200 || got.Status >= 400:
		got.Err = fmt.Errorf("status %d", got.Status)
	case v.login.token && token == "":
		got.How, got.Err = invalid, errNoToken
	default:
		a := v.account
		a.in, a.token, a.had, a.tried = true, token, time.Now(), began
		a.first = v.due
		return nil
	}
	// Of its reply nothing is told: it is no answer, and may hold what opens doors.
	res := unsent(v.due, "")
	res.Ended, res.How, res.Status, res.Told = got.Ended, got.How, got.Status, got.Told
	res.Err = fmt.Errorf("login: %w", got.Err)
	return &res
}

// Check reports the first thing that keeps the login from being made.
func (l Login) Check() error {
	_, err := l.ready("http://localhost")
	return err
}

// ready makes a login ready.
func (l Login) ready(target string) (*course, error) {
	if err := l.Request.Check(); err != nil {
		return nil, err
	}
	f, err := ask.NewForm(target, l.Request)
	if err != nil {
		return nil, err
	}
	r, err := reply.Rules{Ticket: l.Token}.Ready()
	return &course{form: f, reader: r, token: l.Token != ""}, err
}

// CheckUser reports what a user is to keep and nobody keeps, or nobody needs.
func (j Journey) CheckUser() error {
	switch {
	case j.Cookies && j.Login.none() && j.Sessions.Turns == 0:
		return errors.New("cookies: each request is a user of its own, who has no next one to send them with; add sessions or login")
	case j.Login.none():
		return nil
	case j.Login.Token == "" && !j.Cookies:
		return errors.New("login: nothing of its reply is kept; add token or, to the journey, cookies: true")
	case j.Login.Token != "" && !j.Request.Holds(ask.TokenName) && !j.Deliver.question().Holds(ask.TokenName):
		return errors.New("login: no string of the request has {{token}}; add one, like Authorization: \"Bearer {{token}}\" to its header")
	}
	return nil
}
