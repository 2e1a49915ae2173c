package drill_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// switched is a drill whose scenario throws the app's switches, and looks at a page
// that tells of them.
const switched = `
version: 1
name: switched
providers:
  primary:
    dialect: openai
    models: {gpt-4o: {ttft: {p50: 100ms, p99: 100ms}, gap: {p50: 1ms, p99: 1ms}, tokens: {p50: 20, p99: 20}}}
traffic:
  journeys: {chat: {rate: 10/s, request: {path: /, text: "{{prompt}}"}}}
phases:
  - {name: baseline, for: 10s}
  - name: surge
    for: 10s
    faults: [{provider: primary, kind: server_error}]
    do:
      - {after: 5500ms, request: {path: /safe-mode, text: "on"}, expect: {status: 200, contains: "it is on"}, note: templates}
      - {after: 1s, request: {path: "/missing?token=t0p"}}
      - {after: 2s, request: {path: /safe-mode, text: "?"}, expect: {contains: "it is on"}}
  - name: recovery
    for: 20s
    do: [{after: 2500ms, request: {path: /safe-mode, text: "off"}}]
bars:
  - {metric: status_time, max: 6s}
  - {metric: all_clear_time, max: 2s}
watch: {status: {url: /status, expect: {contains: investigating}}}
`

// switchable is an app with a safe mode that its status page tells of.
func switchable(d *desk) http.Handler {
	var safe atomic.Bool
	mux := http.NewServeMux()
	mux.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) {
		if safe.Load() {
			_, _ = io.WriteString(w, "we are investigating")
		}
	})
	mux.HandleFunc("POST /safe-mode", func(w http.ResponseWriter, r *http.Request) {
		to, _ := io.ReadAll(r.Body)
		if string(to) != "?" {
			safe.Store(string(to) == "on")
		}
		_, _ = io.WriteString(w, "it is "+map[bool]string{true: "on", false: "off"}[safe.Load()])
	})
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		text, status := d.ask(r.Context(), "PRIMARY", string(prompt))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	})
	return mux
}

func marksOf(t *testing.T, log []byte) []record.Mark {
	t.Helper()
	var marks []record.Mark
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Line.Mark != nil {
			marks = append(marks, *e.Line.Mark)
		}
	}
	return marks
}

// Steps are made when they are due, and each is a mark with what came back; the
// page's turns are marks, and judged.
func TestStepsAndStatus(t *testing.T) {
	log := performed(t, switched, switchable)
	at := func(s float64) record.Seconds { return record.Of(time.Duration(s * float64(time.Second))) }
	want := []record.Mark{
		{Kind: "do", At: at(11), Note: "GET /missing: status 404 in 0s: 404 page not found", Failed: true},
		{Kind: "do", At: at(12), Note: "POST /safe-mode: status 200 in 0s, which is not what the step expects: it is off", Failed: true},
		{Kind: "do", At: at(15.5), Note: "POST /safe-mode (templates): status 200 in 0s"},
		{Kind: "status", At: at(16), Actor: "watch", Note: "GET /status tells of an outage"},
		{Kind: "do", At: at(22.5), Note: "POST /safe-mode: status 200 in 0s"},
		{Kind: "all_clear", At: at(23), Actor: "watch", Note: "GET /status tells of no outage any more"},
	}
	if diff := cmp.Diff(want, marksOf(t, log)); diff != "" {
		t.Error(diff)
	}
	card := judge(t, log)
	for i, want := range []scorecard.Verdict{scorecard.Pass, scorecard.Fail} {
		if b := card.Bars[i]; b.Verdict != want {
			t.Errorf("%s: %s (%s), want %s", b.Metric, b.Verdict, b.Reason, want)
		}
	}
	if limits := strings.Join(card.Limits, "\n"); strings.Count(limits, "a step of the scenario failed") != 2 {
		t.Errorf("the card does not tell of the two failed steps:\n%s", limits)
	}
}

// A page that goes away says neither, and is told of once.
func TestStatusPageGone(t *testing.T) {
	gone := func(d *desk) http.Handler {
		app := switchable(d)
		began := time.Now()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if since := time.Since(began); r.URL.Path == "/status" && since > 17*time.Second && since < 30*time.Second {
				http.Error(w, "no page", http.StatusBadGateway)
				return
			}
			app.ServeHTTP(w, r)
		})
	}
	var told []string
	for _, m := range marksOf(t, performed(t, switched, gone)) {
		if m.Actor == "watch" {
			told = append(told, m.Kind+" "+time.Duration(m.At).String())
		}
	}
	if len(told) != 3 || !strings.HasPrefix(told[0], "status") || !strings.HasPrefix(told[1], "note") || told[2] <= "all_clear 29s" {
		t.Errorf("marks of the page: %q; want status, a note that it is gone, and all_clear when it is back", told)
	}
}

// A status page that is not there, and hosts that are not this machine, keep the
// drill from starting.
func TestCallsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		from, to, want string
	}{
		"page down":   {"url: /status", `url: "http://127.0.0.1:1/"`, "shows no status page: GET http://127.0.0.1:1/: refused"},
		"page away":   {"url: /status", `url: "http://status.example.com/"`, `target "http://status.example.com" is not on this machine`},
		"step away":   {"path: /safe-mode, text: \"on\"", `url: "http://10.0.0.1/x"`, `target "http://10.0.0.1" is not on this machine`},
		"to provider": {"path: /safe-mode, text: \"on\"", `url: "https://api.openai.com/x"`, "belongs to a real provider"},
	} {
		files := fstest.MapFS{"x.yaml": {Data: []byte(strings.Replace(switched, tt.from, tt.to, 1))}}
		plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
		if plan == nil {
			t.Fatal(name, problems)
		}
		synctest.Test(t, func(t *testing.T) {
			network := memnet.New()
			err := drill.Run(t.Context(), plan, drill.Options{
				App: drill.Handler("desk", func(drill.Place) (http.Handler, func(), error) {
					return switchable(nil), func() {}, nil
				}),
				Log: io.Discard,
				Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %q", name, err, tt.want)
			}
		})
	}
}
