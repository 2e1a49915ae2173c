package drill

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// write writes the log: what was played as the first line, and then the lines of
// what was due before the end.
func (s *Session) write(length time.Duration) error {
	var lines []record.Line
	surplus := map[string]bool{} // nonces of what was due after the end
	for e, err := range record.Read(&s.lines.raw) {
		if err != nil {
			return err
		}
		lines = append(lines, e.Line)
		if u := e.Line.User; u != nil && u.Due.Duration() >= length {
			surplus[u.Nonce] = true
		}
	}
	setup := s.setup(length)
	out := record.NewWriter(s.drill.opts.Log)
	if err := out.Write(s.drill.ledger.cleaned(record.Line{Kind: "setup", Setup: &setup})); err != nil {
		return err
	}
	for _, l := range lines {
		if l.Setup != nil || l.User != nil && surplus[l.User.Nonce] || l.Attempt != nil && surplus[l.Attempt.Nonce] ||
			l.Conn != nil && l.Conn.Struck.Duration() >= length {
			continue
		}
		if err := out.Write(l); err != nil {
			return err
		}
	}
	p99, worst := s.drill.sender.Lateness()
	end := record.End{Reason: "done", SenderLateP99: record.Of(p99), SenderLateMax: record.Of(worst)}
	return out.Write(record.Line{T: record.Of(time.Since(s.start)), Kind: "end", End: &end})
}

// setup is the plan as it was played.
func (s *Session) setup(length time.Duration) record.Setup {
	played := *s.drill.plan
	played.Phases, played.Windows, played.Length = s.phases, s.windows, length
	setup, own := played.Setup(), s.drill.setup(s.start)
	setup.Brownout, setup.App, setup.StartedAt = own.Brownout, own.App, own.StartedAt
	return setup
}

// held keeps what is written. It is read when nobody writes any more.
type held struct {
	mu  sync.Mutex
	raw bytes.Buffer
}

func (h *held) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.raw.Write(b)
}

// ended knows which requests have ended, and lets somebody wait for some of them.
type ended struct {
	mu       sync.Mutex
	ends     map[int]bool  // by number
	from, to int           // that are waited for, without to
	all      chan struct{} // closed when they have; nil: nobody waits
}

func (e *ended) note(r traffic.Result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ends == nil {
		e.ends = map[int]bool{}
	}
	e.ends[r.N] = true
	e.tell()
}

// tell is called with the lock held.
func (e *ended) tell() {
	if e.all == nil {
		return
	}
	for n := e.from; n < e.to; n++ {
		if !e.ends[n] {
			return
		}
	}
	close(e.all)
	e.all = nil
}

// await returns when the requests from one number up to another, which is not
// among them, have ended, or ctx has.
func (e *ended) await(ctx context.Context, from, to int) error {
	all := make(chan struct{})
	e.mu.Lock()
	e.from, e.to, e.all = from, to, all
	e.tell()
	e.mu.Unlock()
	select {
	case <-all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
