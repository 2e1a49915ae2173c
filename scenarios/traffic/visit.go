package traffic

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// Impatience is of users who do not wait: when nothing of an answer has come for
// so long, they leave and send the same again. The last time they stay.
type Impatience struct {
	After time.Duration // from when it was sent to the first content token, or the first that the progress rule accepts
	Again int           // how often at most
}

// Deliver is how an answer is had that the app put off: by asking for it, with
// GET, until it comes with a success that is not put off again.
type Deliver struct {
	Path   string            // as a request's; it and the headers know {{ticket}} too
	Header map[string]string // beside those that every request has
	Ticket string            // JSONPath into the reply that put it off, to what {{ticket}} stands for
	Every  time.Duration     // from one answer to the next question
	Within time.Duration     // from due; what is not there then is lost
}

// question is the request that asks for it.
func (d Deliver) question() ask.Request {
	return ask.Request{Method: http.MethodGet, Path: d.Path, Header: d.Header}
}

// errLeft is why a try ended whose user left.
var errLeft = errors.New("the user left")

// A visit is one planned request from its first try to what the user is left
// with.
type visit struct {
	*link
	*course
	due   Due
	words ask.Words
	hand  *hand
	// account is what the user has got of the app before; nil: nothing is kept.
	account *account
}

// pay makes the visit. What the result tells is of the last try, but for when
// the first was sent.
func (v visit) pay() Result {
	ctx, cancel := context.WithDeadline(v.ctx, v.start.Add(v.due.At+v.timeout))
	defer cancel()
	sent := time.Duration(-1)
	if v.login != nil {
		sent = v.since() // from now on it is the app that is waited for
		if shut := v.enter(ctx); shut != nil {
			shut.Sent = sent
			return *shut
		}
	}
	res := v.try(ctx, v.form, v.impatience.Again > 0)
	if sent < 0 {
		sent = res.Sent
	}
	var again []time.Duration
	for errors.Is(res.Err, errLeft) {
		again = append(again, v.since())
		res = v.try(ctx, v.form, len(again) < v.impatience.Again)
	}
	res.Sent, res.SentAgain = sent, again
	if v.login != nil && unauthorized(&res) {
		v.refused()
	}
	if res.Deferred != nil && res.How == complete {
		v.await(&res)
	}
	return res
}

// try sends a request of the visit once; leaves says whether the user does when
// there is no sign of life.
func (v visit) try(ctx context.Context, f *ask.Form, leaves bool) Result {
	res := unsent(v.due, "")
	v.hand.asked, v.hand.wire = false, nil
	under := flight{link: v.link, hand: v.hand, reader: v.reader}
	if leaves {
		var leave context.CancelCauseFunc
		ctx, leave = context.WithCancelCause(ctx)
		defer leave(nil)
		patience := time.AfterFunc(v.impatience.After, func() { leave(errLeft) })
		defer patience.Stop()
		under.alive = func() { patience.Stop() }
	}
	req, err := f.Fill(httptrace.WithClientTrace(ctx, &v.hand.trace), v.words, v.due.N)
	if err != nil {
		res.How, res.Err = invalid, err
		return res
	}
	if v.account != nil && v.account.jar != nil {
		under.jar = v.account.jar
		under.jar.put(req.Header)
	}
	res.Sent = v.since()
	err = under.fly(req)
	res.Ended = v.since()
	res.Seen, res.How, res.Err = under.seen, under.how(ctx, err), err
	if err != nil && errors.Is(context.Cause(ctx), errLeft) {
		res.Err = errLeft
	}
	return res
}

// await asks for an answer that was put off until it is there, or lost. The
// request is under way for so long.
func (v visit) await(res *Result) {
	ctx, cancel := context.WithDeadline(v.ctx, v.start.Add(v.due.At+v.deliver.Within))
	defer cancel()
	v.words.Ticket = res.Ticket
	alarm := time.NewTimer(v.deliver.Every)
	defer alarm.Stop()
	for v.deliver.Ticket == "" || res.Ticket != "" {
		select {
		case <-alarm.C:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		if v.login != nil {
			v.words.Token = v.account.holds()
		}
		got := v.try(ctx, v.delivery, false)
		if v.login != nil && unauthorized(&got) {
			v.refused()
		}
		if got.How == complete && got.Status >= 200 && got.Status < 300 && got.Deferred == nil && got.Text != "" {
			res.Delivered, res.First, res.Ended, res.Text, res.Body = true, got.First, got.Ended, got.Text, got.Body
			res.Degraded, res.Unmet = got.Degraded, got.Unmet
			return
		}
		alarm.Reset(v.deliver.Every)
	}
	res.Ended = v.since()
	if v.ctx.Err() != nil {
		res.How, res.Err = stopped, v.ctx.Err()
	}
}
