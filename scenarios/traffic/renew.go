package traffic

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// calm is the least time between two logins of one user. An app that passes on the 401
// of its provider would else be asked for as many tokens as it gives such answers.
const calm = 10 * time.Second

// An aside is what goes on beside the schedule, which never waits for it: users who are
// in log in once more. Those who are due meanwhile go by what they have.
type aside struct {
	ctx    context.Context // done: the last request has ended, or the drill stops
	wg     sync.WaitGroup
	failed func(Due, error)
}

// refused is told that the app answered the visit with 401. The visit is over with that;
// whoever comes next is to have a token that the app knows.
func (v *visit) refused() {
	if v.aside != nil && v.account.begin(v.words.Token) {
		user := visit{link: v.link, course: v.course, due: v.due, account: v.account}
		v.aside.wg.Go(user.logInAnew)
	}
}

// stayIn logs the visit's user in again and again, until the drill ends or the user's
// session. Of a user who has asked for nothing since the last time nobody knows whether
// more is to come: the next request is waited for.
func (v visit) stayIn() {
	alarm := time.NewTimer(v.renew)
	defer alarm.Stop()
	for {
		select {
		case <-alarm.C:
		case <-v.account.left:
			return
		case <-v.aside.ctx.Done():
			return
		}
		if v.account.due(v.renew) {
			v.logInAnew()
		}
		alarm.Reset(v.account.rest(v.renew))
	}
}

// logInAnew makes the login once more, in the words of the user's first and without any
// cookie: of an old one the app would say that all is well. What comes of it replaces
// what the user has; when nothing does, that stays.
func (v visit) logInAnew() {
	ctx, cancel := context.WithTimeout(v.aside.ctx, v.timeout)
	defer cancel()
	fresh, first := newAccount(v.cookies), v.account.first
	as := visit{link: v.link, course: v.course, due: first, words: v.link.words(first), hand: newHand(), account: fresh}
	shut := as.logIn(ctx)
	v.account.renewed(fresh)
	if shut != nil && v.aside.ctx.Err() == nil {
		v.aside.failed(v.due, shut.Err)
	}
}

// begin says whether the user is to log in anew after a 401 for a token, and if so that
// this begins. It does not when the token has been replaced, or soon will be.
func (a *account) begin(token string) bool {
	defer a.lock()()
	if a.token != token || a.renewing || time.Since(a.tried) < calm {
		return false
	}
	a.renewing, a.tried = true, time.Now()
	return true
}

// due is begin by time.
func (a *account) due(renew time.Duration) bool {
	defer a.lock()()
	if !a.used || a.renewing || time.Since(a.had) < renew || time.Since(a.tried) < calm {
		return false
	}
	a.renewing, a.tried = true, time.Now()
	return true
}

// rest is how long the next look at the time may be put off.
func (a *account) rest(renew time.Duration) time.Duration {
	defer a.lock()()
	return max(renew-time.Since(a.had), calm)
}

// renewed takes over what a login beside the schedule came to.
func (a *account) renewed(fresh *account) {
	defer a.lock()()
	a.renewing = false
	if !fresh.in {
		return
	}
	a.token, a.had, a.used = fresh.token, time.Now(), false
	if a.jar != nil {
		a.jar.adopt(fresh.jar)
	}
}

// holds is the token that the user has now.
func (a *account) holds() string {
	defer a.lock()()
	return a.token
}

// lock takes the turn, and gives what hands it on. Of a user who is in nobody keeps it
// for long.
func (a *account) lock() (unlock func()) {
	a.turn <- struct{}{}
	return func() { <-a.turn }
}

// unauthorized says that the app no longer knows who asks.
func unauthorized(r *Result) bool { return r.How == complete && r.Status == http.StatusUnauthorized }
