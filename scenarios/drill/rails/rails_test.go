package rails_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/rails"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

const scenario = `
version: 1
name: railed
providers: {primary: {dialect: openai}}
traffic:
  journeys:
    chat: {rate: 10/s, request: {path: "/?q={{nonce}}"}}
phases:
  - {name: baseline, for: 20s}
  - {name: surge, for: 20s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 20s}
`

// played is a drill under rails: what its log says of its end, and what the app met
// at the primary at last.
type played struct {
	end  record.End
	mark record.Mark // by which it was stopped
	last int         // status
}

// play plays the scenario in a bubble. Beside runs with it.
func play(t *testing.T, under func() rails.Rails, beside func(context.Context, *drill.Live)) played {
	t.Helper()
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{
		FS: fstest.MapFS{"x.yaml": {Data: []byte(scenario)}}, HaveApp: true, AnyPorts: true,
	})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	var p played
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: drill.Handler("relay", relay), Log: &log,
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			Watch: func(ctx context.Context, live *drill.Live) {
				var wg sync.WaitGroup
				r := under()
				wg.Go(func() { r.Watch(ctx, live) })
				if beside != nil {
					beside(ctx, live)
				}
				wg.Wait()
			},
		})
		if err != nil {
			t.Error(err)
		}
	})
	for e, err := range record.Read(&log) {
		if err != nil {
			t.Fatal(err)
		}
		switch l := e.Line; {
		case l.End != nil:
			p.end = *l.End
		case l.Mark != nil && l.Mark.Kind == "stopped":
			p.mark = *l.Mark
		case l.Attempt != nil:
			p.last = l.Attempt.Status
		}
	}
	return p
}

// relay asks the primary what it is asked.
func relay(place drill.Place) (http.Handler, func(), error) {
	transport := &http.Transport{DialContext: place.Net.Dial}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := `{"model":"gpt-4o","messages":[{"role":"user","content":"` + r.URL.Query().Get("q") + `"}]}`
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, place.Fill("{{primary.base_url}}")+"/chat/completions", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Authorization", "Bearer "+place.Fill("{{primary.key}}"))
		resp, err := transport.RoundTrip(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
	}), transport.CloseIdleConnections, nil
}

// stoppedAt wants a drill stopped by a rail, within its quarter of a second.
func (p played) stoppedAt(t *testing.T, actor, reason string, at time.Duration) {
	t.Helper()
	late := p.mark.At.Duration() - at
	if p.end.Reason != "stopped" || p.mark.Actor != actor || !strings.Contains(p.mark.Note, reason) || late < 0 || late > 250*time.Millisecond {
		t.Errorf("the end is %q, by %s at %v: %q; want it stopped by %s at %v: %q",
			p.end.Reason, p.mark.Actor, p.mark.At.Duration(), p.mark.Note, actor, at, reason)
	}
}

func TestNoRails(t *testing.T) {
	if p := play(t, func() rails.Rails { return rails.Rails{} }, nil); p.end.Reason != "done" || p.last != http.StatusOK {
		t.Errorf("a drill without rails ends as %q, its last attempt with %d", p.end.Reason, p.last)
	}
}

func TestStopFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "STOP")
	r := rails.Rails{StopFile: path}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	p := play(t, func() rails.Rails { return r }, func(context.Context, *drill.Live) {
		time.Sleep(25 * time.Second)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Error(err)
		}
	})
	p.stoppedAt(t, "--stop-file", path+" is there", 25*time.Second)
	if err := r.Check(); !errors.Is(err, rails.ErrStopFile) {
		t.Errorf("with the file there, Check says %v", err)
	}
	// What cannot be looked at may be there.
	if err := (rails.Rails{StopFile: filepath.Join(path, "below")}).Check(); err == nil || errors.Is(err, rails.ErrStopFile) {
		t.Errorf("below a file, Check says %v", err)
	}
}

func TestUntil(t *testing.T) {
	p := play(t, func() rails.Rails {
		return rails.Rails{Until: time.Now().Add(30 * time.Second), Window: "10:00-12:00"}
	}, nil)
	p.stoppedAt(t, "--window", "10:00-12:00 is over", 30*time.Second)
}

// The leader says something until 15 s, and then nothing: ten seconds later it is over.
func TestDeadMan(t *testing.T) {
	pulse := new(rails.Pulse)
	p := play(t, func() rails.Rails { return rails.Rails{DeadMan: 10 * time.Second, Pulse: pulse} }, func(context.Context, *drill.Live) {
		for range 3 {
			time.Sleep(5 * time.Second)
			pulse.Beat()
		}
	})
	p.stoppedAt(t, "--dead-man", "nobody who leads the drill was heard of for 10s", 25*time.Second)
	// One who never comes has as long, and one who keeps coming is not stopped.
	p = play(t, func() rails.Rails { return rails.Rails{DeadMan: 10 * time.Second, Pulse: new(rails.Pulse)} }, nil)
	p.stoppedAt(t, "--dead-man", "", 10*time.Second)
	p = play(t, func() rails.Rails { return rails.Rails{DeadMan: 10 * time.Second, Pulse: pulse} }, func(ctx context.Context, _ *drill.Live) {
		for ctx.Err() == nil {
			pulse.Beat()
			time.Sleep(9 * time.Second)
		}
	})
	if p.end.Reason != "done" {
		t.Errorf("with a leader it ends as %q: %q", p.end.Reason, p.mark.Note)
	}
}
