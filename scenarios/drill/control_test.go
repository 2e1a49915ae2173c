package drill_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// ledScenario is what the leaders of these tests find: 10 requests a second, of which
// every one fails from 10 s to 20 s.
const ledScenario = `
version: 1
name: led
providers: {primary: {dialect: openai}, secondary: {dialect: openai}}
traffic:
  journeys:
    chat: {rate: 10/s, request: {path: /, text: "{{prompt}}"}}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 50%}]
`

// led performs a scenario in a bubble under a leader, who starts with the clock, and
// gives its log.
func led(t *testing.T, scenario string, opts drill.Options, leader func(*drill.Control)) []byte {
	t.Helper()
	files := fstest.MapFS{"x.yaml": {Data: []byte(scenario)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		opts.Net = drill.Net{Listen: network.Listen, Dial: network.Dial, Proxy: opts.Net.Proxy}
		opts.Log = &log
		opts.App = drill.Handler("desk", func(place drill.Place) (http.Handler, func(), error) {
			d := &desk{env: map[string]string{}, transport: &http.Transport{DialContext: place.Net.Dial}}
			for _, v := range place.Env {
				name, value, _ := strings.Cut(v, "=")
				d.env[name] = value
			}
			return passing(d), d.transport.CloseIdleConnections, nil
		})
		opts.Watch = func(_ context.Context, live *drill.Live) { leader(live.Control()) }
		if err := drill.Run(t.Context(), plan, opts); err != nil {
			t.Fatal(err)
		}
	})
	return log.Bytes()
}

// judged is the card of a log.
func judged(t *testing.T, log []byte) *scorecard.Card {
	t.Helper()
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func linesOf(t *testing.T, log []byte) []record.Line {
	t.Helper()
	var lines []record.Line
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Line)
	}
	return lines
}

// spans are phases as "name from-to".
func spans(card *scorecard.Card) []string {
	var all []string
	for _, p := range card.Phases {
		all = append(all, p.Name+" "+p.Start.Duration().String()+"-"+p.End.Duration().String())
	}
	return all
}

// failing are the seconds in which requests were due that failed.
func failing(lines []record.Line) []int {
	var all []int
	for _, l := range lines {
		if l.User != nil && l.User.Status != http.StatusOK {
			if s := int(l.User.Due.Float()); !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	slices.Sort(all)
	return all
}

// seconds from one to before another.
func seconds(from, to int) []int {
	var all []int
	for s := from; s < to; s++ {
		all = append(all, s)
	}
	return all
}

// must gives a leader's action that has to succeed.
func must(t *testing.T) func(int, error) int {
	return func(state int, err error) int {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return state
	}
}

var ann = drill.By{Actor: "ann"}

// Whatever a leader does to the course, the phases are where the leader put them, what
// goes wrong goes wrong while its window is open and not a moment longer, and requests
// are due by the same law to the end.
func TestLed(t *testing.T) {
	for name, test := range map[string]struct {
		lead    func(c *drill.Control, must func(int, error) int)
		phases  []string
		failing []int
	}{
		"next": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(4 * time.Second)
				must(c.Next(ann))
				time.Sleep(3 * time.Second)
				must(c.Next(ann))
			},
			[]string{"baseline 0s-4s", "surge 4s-7s", "recovery 7s-17s"},
			seconds(4, 7),
		},
		"next to the end": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(21 * time.Second)
				must(c.Next(ann))
			},
			[]string{"baseline 0s-10s", "surge 10s-20s", "recovery 20s-21s"},
			seconds(10, 20),
		},
		"hold and release": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(12 * time.Second)
				must(c.Hold(ann))
				time.Sleep(90 * time.Second)
				must(c.Release(ann))
			},
			[]string{"baseline 0s-10s", "surge 10s-1m50s", "recovery 1m50s-2m0s"},
			seconds(10, 110),
		},
		"hold and next": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(12 * time.Second)
				must(c.Hold(ann))
				time.Sleep(20 * time.Second)
				must(c.Next(ann))
			},
			[]string{"baseline 0s-10s", "surge 10s-32s", "recovery 32s-42s"},
			seconds(10, 32),
		},
		"extend": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(12 * time.Second)
				must(c.Extend(ann, 15*time.Second))
			},
			[]string{"baseline 0s-10s", "surge 10s-35s", "recovery 35s-45s"},
			seconds(10, 35),
		},
		"jump on": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(5 * time.Second)
				must(c.Jump(ann, "recovery"))
			},
			[]string{"baseline 0s-5s", "recovery 5s-15s"},
			nil,
		},
		"jump back": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(22 * time.Second)
				must(c.Jump(ann, "surge"))
			},
			[]string{"baseline 0s-10s", "surge 10s-20s", "recovery 20s-22s", "surge 2 22s-32s", "recovery 2 32s-42s"},
			append(seconds(10, 20), seconds(22, 32)...),
		},
		"heal": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(13 * time.Second)
				must(c.Heal(ann))
				if open := c.State().Open(); len(open) > 0 {
					t.Errorf("open after heal: %v", open)
				}
			},
			[]string{"baseline 0s-10s", "surge 10s-20s", "recovery 20s-30s"},
			seconds(10, 13),
		},
		"open and shut": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(2 * time.Second)
				must(c.Open(ann, scenarios.Opening{Fault: faults.Fault{Kind: "overloaded", Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}}}))
				time.Sleep(3 * time.Second)
				must(c.Shut(ann, c.State().Open()[0].Fault.Key))
				time.Sleep(time.Second)
				must(c.Open(ann, scenarios.Opening{Fault: faults.Fault{Kind: "overloaded", Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}}, Until: 2 * time.Second}))
				time.Sleep(14 * time.Second) // in the recovery: it closes with its phase
				must(c.Open(ann, scenarios.Opening{Fault: faults.Fault{Kind: "overloaded", Providers: []string{"primary", "secondary"}, Share: faults.Share{From: 1, To: 1}}, Until: time.Hour}))
			},
			[]string{"baseline 0s-10s", "surge 10s-20s", "recovery 20s-30s"},
			slices.Concat(seconds(2, 5), seconds(6, 8), seconds(10, 30)),
		},
		"mark": {
			func(c *drill.Control, must func(int, error) int) {
				time.Sleep(2 * time.Second)
				must(c.Mark(ann, drill.Mark{Kind: "note", Note: "hello", At: -1}))
			},
			[]string{"baseline 0s-10s", "surge 10s-20s", "recovery 20s-30s"},
			seconds(10, 20),
		},
	} {
		log := led(t, ledScenario, drill.Options{}, func(c *drill.Control) { test.lead(c, must(t)) })
		card, lines := judged(t, log), linesOf(t, log)
		if diff := cmp.Diff(test.phases, spans(card)); diff != "" {
			t.Errorf("%s: phases (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(test.failing, failing(lines)); diff != "" {
			t.Errorf("%s: seconds with failures (-want +got):\n%s", name, diff)
		}
		var due []time.Duration
		for _, l := range lines {
			if l.User != nil {
				due = append(due, l.User.Due.Duration())
			}
		}
		slices.Sort(due)
		if want := int(math.Round(card.LengthS * 10)); len(due) != want {
			t.Errorf("%s: %d requests in %v s, want %d", name, len(due), card.LengthS, want)
		}
		for i := 1; i < len(due); i++ {
			if due[i]-due[i-1] != 100*time.Millisecond {
				t.Errorf("%s: requests due at %v and %v", name, due[i-1], due[i])
				break
			}
		}
		if end := lines[len(lines)-1].End; end == nil || end.Reason != "done" || end.SenderLateMax != 0 {
			t.Errorf("%s: the log ends with %+v", name, end)
		}
		if card.Verdict == scorecard.Aborted {
			t.Errorf("%s: %s: %q", name, card.Verdict, card.Reasons)
		}
	}
}

// A share that changes over its window stays in a hold what it is, and goes on from
// there afterwards.
func TestHeldShare(t *testing.T) {
	const easing = `
version: 1
name: easing
providers: {primary: {dialect: openai}}
traffic: {journeys: {chat: {rate: 10/s, request: {path: /, text: "{{prompt}}"}}}}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 20s, faults: [{provider: primary, kind: server_error, share: {from: 80%, to: 0%}}]}
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 90%}]
`
	card := judged(t, led(t, easing, drill.Options{}, func(c *drill.Control) {
		time.Sleep(15 * time.Second)
		must(t)(c.Hold(ann))
		time.Sleep(30 * time.Second)
		must(t)(c.Release(ann))
	}))
	type piece struct{ Start, End, From, To float64 }
	var got []piece
	for _, w := range card.Windows {
		got = append(got, piece{w.Start.Float(), w.End.Float(), math.Round(w.ShareFrom*100) / 100, math.Round(w.ShareTo*100) / 100})
	}
	want := []piece{{10, 15, 0.8, 0.6}, {15, 45, 0.6, 0.6}, {45, 60, 0.6, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("windows (-want +got):\n%s", diff)
	}
}

// What cannot be done is refused with the reason, and nothing has changed.
func TestLeaderRefused(t *testing.T) {
	log := led(t, ledScenario, drill.Options{MaxLength: 40 * time.Second}, func(c *drill.Control) {
		refused := func(want error, says string) func(int, error) {
			return func(state int, err error) {
				t.Helper()
				if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
					t.Errorf("error %v, want one that says %q", err, says)
				}
				if state != 1 {
					t.Errorf("state %d after a refusal, want 1", state)
				}
			}
		}
		time.Sleep(time.Second)
		refused(drill.ErrUnknown, `no phase "surgery" in scenario "led"; there are baseline, surge, recovery`)(c.Jump(ann, "surgery"))
		refused(drill.ErrUnknown, `no fault "x" is open, and no other`)(c.Shut(ann, "x"))
		refused(nil, "not held")(c.Release(ann))
		refused(nil, "more than nothing")(c.Extend(ann, 0))
		refused(nil, "at most, which leaves 10s")(c.Extend(ann, 11*time.Second))
		refused(nil, `no provider "tertiary"`)(c.Open(ann, scenarios.Opening{Fault: faults.Fault{Kind: "overloaded", Providers: []string{"tertiary"}, Share: faults.Share{From: 1, To: 1}}}))
		refused(nil, "has no proxy")(c.Open(ann, scenarios.Opening{Fault: faults.Fault{Kind: "refuse", Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}}}))
		refused(nil, "in the future")(c.Mark(ann, drill.Mark{Kind: "note", At: 2 * time.Second}))
		refused(drill.ErrStale, "it is 1, not 7")(c.Next(drill.By{Actor: "ann", State: 7}))
	})
	if card := judged(t, log); !slices.Equal(spans(card), []string{"baseline 0s-10s", "surge 10s-20s", "recovery 20s-30s"}) {
		t.Errorf("phases %q", spans(card))
	}
	if bytes.Contains(log, []byte(`"kind":"course"`)) {
		t.Error("a refused action is in the log")
	}
}

// Of two leaders who saw the same state the first acts, and the second is told. A phase
// that begins by itself is another state, too.
func TestTwoLeaders(t *testing.T) {
	led(t, ledScenario, drill.Options{}, func(c *drill.Control) {
		time.Sleep(time.Second)
		seen := c.State().Number
		if state := must(t)(c.Extend(drill.By{Actor: "ann", State: seen}, time.Second)); state != seen+1 {
			t.Errorf("state %d after %d", state, seen)
		}
		if _, err := c.Next(drill.By{Actor: "ben", State: seen}); !errors.Is(err, drill.ErrStale) {
			t.Errorf("the second leader gets %v", err)
		}
		seen = c.State().Number
		time.Sleep(15 * time.Second)
		if _, err := c.Next(drill.By{Actor: "ben", State: seen}); !errors.Is(err, drill.ErrStale) {
			t.Errorf("a leader who did not see the phase begin gets %v", err)
		}
	})
}

// A drill that is stopped says so, ends at once, and lets nothing more be done.
func TestStopped(t *testing.T) {
	log := led(t, ledScenario, drill.Options{}, func(c *drill.Control) {
		time.Sleep(14 * time.Second)
		must(t)(c.Stop(drill.By{Actor: "dead man"}, "nobody held the button"))
		if open := c.State().Open(); len(open) > 0 {
			t.Errorf("open after the stop: %v", open)
		}
		for _, err := range []error{
			second(c.Jump(ann, "recovery")), second(c.Stop(ann, "again")), second(c.Hold(ann)),
			second(c.Mark(ann, drill.Mark{Kind: "note"})),
		} {
			if !errors.Is(err, drill.ErrOver) {
				t.Errorf("while it stops: %v", err)
			}
		}
	})
	card, lines := judged(t, log), linesOf(t, log)
	if card.Verdict != scorecard.Aborted || !card.Stopped ||
		!slices.Equal(card.Reasons, []string{"stopped by dead man at 14 s: nobody held the button"}) {
		t.Errorf("verdict %s, stopped %t, reasons %q", card.Verdict, card.Stopped, card.Reasons)
	}
	last := lines[len(lines)-1]
	if last.End == nil || last.End.Reason != "stopped" || last.T.Duration() > 15*time.Second {
		t.Errorf("the log ends with %+v at %v", last.End, last.T.Duration())
	}
	// What came due has a line; of the rest its number is told, however much it is.
	due, planned := 0, 10*int(lines[0].Setup.Length.Float())
	for _, l := range lines {
		if l.User != nil {
			due++
		}
	}
	if due < 139 || due > 141 || due+last.End.Unsent != planned {
		t.Errorf("%d requests have lines and %d are counted alone, of %d", due, last.End.Unsent, planned)
	}
	told := fmt.Sprintf("%d planned requests were not due yet when it was broken off, and count nowhere", last.End.Unsent)
	if !slices.Contains(card.Limits, told) || len(card.Outcomes["recovery"]) > 0 {
		t.Errorf("limits %q; outcomes after it: %v", card.Limits, card.Outcomes["recovery"])
	}
}

func second(_ int, err error) error { return err }

// A phase that is held for ever ends when there is only time left for the rest.
func TestHeldForEver(t *testing.T) {
	slow := strings.Replace(ledScenario, "10/s", "30/min", 1)
	for _, most := range []time.Duration{0, 5 * time.Minute} {
		card := judged(t, led(t, slow, drill.Options{MaxLength: most}, func(c *drill.Control) {
			time.Sleep(12 * time.Second)
			must(t)(c.Hold(ann))
		}))
		want := most
		if most == 0 {
			want = time.Hour + 30*time.Second
		}
		if got := time.Duration(card.LengthS * float64(time.Second)); got != want || card.Phases[1].End.Duration() != want-10*time.Second {
			t.Errorf("it lasts %v in phases %q, want %v", got, spans(card), want)
		}
	}
}

// The log names each actor, and the judge goes by the last course, wherever it stands.
func TestCourseInTheLog(t *testing.T) {
	log := led(t, ledScenario, drill.Options{}, func(c *drill.Control) {
		time.Sleep(4 * time.Second)
		must(t)(c.Next(ann))
		must(t)(c.Extend(drill.By{Actor: "ben"}, 2*time.Second))
		must(t)(c.Mark(drill.By{Actor: "pager"}, drill.Mark{Kind: "alert", Note: "p1", At: 3 * time.Second}))
	})
	type entry struct {
		T           float64
		State       int
		Actor, What string
	}
	var got []entry
	lines := linesOf(t, log)
	for _, l := range lines {
		switch {
		case l.Course != nil:
			got = append(got, entry{l.T.Float(), l.Course.State, l.Course.Actor, l.Course.Action})
		case l.Mark != nil:
			got = append(got, entry{l.Mark.At.Float(), 0, l.Mark.Actor, l.Mark.Kind + " " + l.Mark.Note})
		}
	}
	want := []entry{{4, 2, "ann", "next"}, {4, 4, "ben", "extend 2s"}, {3, 0, "pager", "alert p1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was written down (-want +got):\n%s", diff)
	}
	slices.Reverse(lines[1 : len(lines)-1])
	var b bytes.Buffer
	w := record.NewWriter(&b)
	for _, l := range lines {
		if err := w.Write(l); err != nil {
			t.Fatal(err)
		}
	}
	card := judged(t, b.Bytes())
	if got := spans(card); !slices.Equal(got, []string{"baseline 0s-4s", "surge 4s-16s", "recovery 16s-26s"}) {
		t.Errorf("phases %q", got)
	}
}

// Providers that serve alone are led from phase to phase, each for as long as it is
// wanted.
func TestLedAlone(t *testing.T) {
	plan, problems := load(t, ledScenario)
	if plan == nil {
		t.Fatal(problems)
	}
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		transport := &http.Transport{DialContext: network.Dial}
		defer transport.CloseIdleConnections()
		url := ""
		status := func() int {
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/chat/completions",
				strings.NewReader(`{"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}`))
			req.Header.Set("Authorization", "Bearer sk-test")
			resp, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			return resp.StatusCode
		}
		err := drill.Serve(t.Context(), plan, drill.ServeOptions{
			Net:   drill.Net{Listen: network.Listen, Dial: network.Dial},
			Ready: func(list []drill.Endpoint) error { url = list[0].URL; return nil },
			Watch: func(_ context.Context, live *drill.Live) {
				c := live.Control()
				var got []int
				for _, act := range []func() (int, error){
					func() (int, error) { return c.Mark(ann, drill.Mark{Kind: "note", At: -1}) },
					func() (int, error) { return c.Jump(ann, "surge") },
					func() (int, error) { return c.Heal(ann) },
					func() (int, error) { return c.Jump(ann, "surge") },
					func() (int, error) { return c.Jump(ann, "recovery") },
					func() (int, error) {
						return c.Open(ann, scenarios.Opening{Fault: faults.Fault{Kind: "overloaded", Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}}})
					},
				} {
					must(t)(act())
					time.Sleep(100 * time.Hour)
					got = append(got, status())
				}
				if diff := cmp.Diff([]int{200, 500, 200, 500, 200, 503}, got); diff != "" {
					t.Errorf("statuses (-want +got):\n%s", diff)
				}
				if _, err := c.Next(ann); err == nil || !strings.Contains(err.Error(), "last phase") {
					t.Errorf("next: %v", err)
				}
				must(t)(c.Stop(ann, "enough"))
			},
		})
		if err != nil {
			t.Error(err)
		}
	})
}
