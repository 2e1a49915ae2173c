package drill_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

const wayOutScenario = `
version: 1
name: left
providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}
traffic:
  journeys: {chat: {rate: 5/s, request: {path: "/?q={{nonce}}"}, timeout: 5s}}
phases:
  - {name: baseline, for: 5s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: hang}]}
  - {name: recovery, for: 5s}
`

// A wayOut is a way in which a drill can end while its faults are open, or before.
type wayOut struct {
	name   string
	reason string // of the log's end; "": the drill never began
	opts   func(*drill.Options)
	leave  func(stop context.CancelFunc, live *drill.Live, died chan<- error) // 10 s into the drill
}

func waysOut() []wayOut {
	return []wayOut{
		{name: "its end", reason: "done"},
		{name: "Ctrl-C", reason: "interrupted", leave: func(stop context.CancelFunc, _ *drill.Live, _ chan<- error) { stop() }},
		{name: "a stop", reason: "stopped", leave: func(_ context.CancelFunc, live *drill.Live, _ chan<- error) {
			_, _ = live.Control().Stop(drill.By{Actor: "test"}, "enough")
		}},
		{name: "the last phase ended", reason: "done", leave: func(_ context.CancelFunc, live *drill.Live, _ chan<- error) {
			_, _ = live.Control().Next(drill.By{})
			_, _ = live.Control().Next(drill.By{})
		}},
		{name: "the app died", reason: "done", leave: func(_ context.CancelFunc, _ *drill.Live, died chan<- error) {
			died <- errors.New("exit status 1")
		}},
		{name: "a full disk", opts: func(o *drill.Options) { o.Log = &fullDisk{disk: o.Log, room: 5000} }},
		{name: "an appointment that was missed", opts: func(o *drill.Options) { o.At = time.Now().Add(time.Millisecond) }},
		{name: "a target that is nobody's", opts: func(o *drill.Options) { o.App = drill.Running("http://127.0.0.1:9") }},
	}
}

// However a drill ends, nothing of it is left: no fault that is open, for no provider
// listens, and no connection.
func TestNothingIsLeftOfADrill(t *testing.T) {
	plan, problems := load(t, wayOutScenario)
	if plan == nil {
		t.Fatal(problems)
	}
	for _, way := range waysOut() {
		synctest.Test(t, func(t *testing.T) {
			network := memnet.New()
			var started, called time.Time
			var provider string
			var log bytes.Buffer
			died := make(chan error, 1)
			app := lateApp(network, 0, &started, &called)
			start := app.Start
			app.Start = func(ctx context.Context, place drill.Place) (*drill.Started, error) {
				if u, err := url.Parse(variable(place.Env, "OPENAI_BASE_URL")); err == nil {
					provider = u.Host
				}
				s, err := start(ctx, place)
				if err == nil {
					s.Died = died
				}
				return s, err
			}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			opts := drill.Options{App: app, Log: &log, Net: drill.Net{Listen: network.Listen, Dial: network.Dial}}
			if way.opts != nil {
				way.opts(&opts)
			}
			opts.Watch = func(ctx context.Context, live *drill.Live) {
				time.Sleep(10 * time.Second)
				if way.leave != nil {
					way.leave(stop, live, died)
				}
				<-ctx.Done()
			}
			err := drill.Run(ctx, plan, opts)
			if (err == nil) != (way.reason != "") {
				t.Errorf("%s: err = %v", way.name, err)
			}
			if got := endOf(t, log.Bytes()); got != way.reason {
				t.Errorf("%s: the log ends with %q, want %q", way.name, got, way.reason)
			}
			if conn, err := network.Dial(t.Context(), "tcp", provider); err == nil {
				conn.Close()
				t.Errorf("%s: the provider still answers at %s", way.name, provider)
			}
			synctest.Wait()
			if open := network.Open(); len(open) > 0 {
				t.Errorf("%s: left open: %v", way.name, open)
			}
		})
	}
}

// endOf is why a log ends, "" when it does not say.
func endOf(t *testing.T, log []byte) string {
	t.Helper()
	reason := ""
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Line.End != nil {
			reason = e.Line.End.Reason
		}
	}
	return reason
}

// fullDisk takes so many bytes, and then no line any more.
type fullDisk struct {
	disk io.Writer
	room int
}

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, syscall.ENOSPC
	}
	return d.disk.Write(b)
}
