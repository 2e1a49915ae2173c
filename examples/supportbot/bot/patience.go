package bot

import (
	"context"
	"fmt"
	"net"
	"time"
)

// Patience is how long the resilient style waits for what.
type Patience struct {
	Connect    time.Duration // a connection, and its TLS handshake
	FirstToken time.Duration // from asking to the first words of a streamed answer
	Idle       time.Duration // silence within a streamed answer; keep-alives are no words
	Answer     time.Duration // from asking to a whole JSON answer
	LookUp     time.Duration // the help page that fits
	// Again is until when, from the user's request, the same provider may be asked
	// again while another one might answer.
	Again time.Duration
	// Total is from the user's request to the end of the answer. What is not done
	// by then gets the prepared text.
	Total time.Duration
}

// DefaultPatience suits users who wait some ten seconds and models that
// usually begin to answer within one.
func DefaultPatience() Patience {
	return Patience{
		Connect:    time.Second,
		FirstToken: 2 * time.Second,
		Idle:       2 * time.Second,
		Answer:     3 * time.Second,
		LookUp:     time.Second,
		Again:      800 * time.Millisecond,
		Total:      8 * time.Second,
	}
}

// halved is the patience with a probe: a provider that is only just alive is
// not yet well, and the user of a probe shall not wait long for it.
func (p Patience) halved() Patience {
	p.FirstToken /= 2
	p.Idle /= 2
	p.Answer /= 2
	return p
}

// A watch cancels an attempt that keeps its user waiting.
type watch struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

// newWatch returns a context for the attempt and the watch over it, which has
// no deadline yet. The caller must stop it.
func newWatch(ctx context.Context) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, &watch{cancel: cancel}
}

// expect sets the deadline, in place of the one before, for what is awaited
// next.
func (w *watch) expect(what string, within time.Duration) {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.timer = time.AfterFunc(within, func() {
		w.cancel(&failure{reason: fmt.Sprintf("%s in %v", what, within)})
	})
}

// stop ends the attempt.
func (w *watch) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.cancel(nil)
}

// dialWithin gives each connection so long to come about.
func dialWithin(limit time.Duration, dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return dial(ctx, network, addr)
	}
}

// pause waits, but not beyond the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
