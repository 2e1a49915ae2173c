package measure_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// withTools is a drill with a service of tools, which has the fault in the surge.
func withTools(kind string, share float64) *synth.Drill {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Setup.Providers = append(d.Setup.Providers, record.Provider{Name: "tools", Dialect: "tools", Effects: true})
	d.Fault("surge", "tools", kind, share)
	return d
}

// call calls a tool and says whether the app was told that it is done. What the
// gateway gave up was done; what the service refused was not.
func call(q *synth.Ask, tool string, executed bool) (told bool) {
	a := &record.Attempt{
		Provider: "tools", Dialect: "tools", Endpoint: "tool", Tool: tool, Model: tool, Nonce: q.U.Nonce,
		Print: "of " + q.U.Nonce, Arrived: synth.Secs(q.At), Status: 200, Finish: "done", Executed: executed,
	}
	if w := q.Drawn("tools"); w != nil {
		a.Fault, a.Kind, a.At = w.Key, w.Kind, "headers"
		a.Status, a.Finish = 504, ""
		if w.Kind != "gateway_timeout" {
			a.Status, a.Executed = 500, false
		}
	}
	q.At += 0.05
	a.Ended = synth.Secs(q.At)
	q.Lines = append(q.Lines, record.Line{T: a.Ended, Kind: "attempt", Attempt: a})
	return a.Status == 200
}

// mailing sends a mail before it answers, with up to three calls. The service knows
// repeated ones when they have a key.
func mailing(key bool, repeats *int) func(*synth.Ask) {
	return func(q *synth.Ask) {
		done := false
		for range 3 {
			first := !done
			told := call(q, "send_mail", first || !key)
			a := q.Lines[len(q.Lines)-1].Attempt
			if a.Executed && done {
				*repeats++
			}
			done = done || a.Executed
			if told {
				break
			}
		}
		synth.Resilient(q)
	}
}

func TestDuplicateEffects(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		key        bool
		found      []string
	}{
		{"repeated with no key", "gateway_timeout", false, []string{"duplicate_effect"}},
		{"repeated with a key", "gateway_timeout", true, []string{}},
		{"repeated what was refused", "server_error", false, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			repeats := 0
			d := withTools(c.kind, 0.3)
			card := synth.Judge(t, d.Play(mailing(c.key, &repeats)))
			if diff := cmp.Diff(c.found, synth.Codes(card)); diff != "" {
				t.Errorf("findings (-planted +found):\n%s", diff)
			}
			m := synth.Measure(t, card, "duplicate_effects", "", "")
			if m.Value == nil || *m.Value != float64(repeats) {
				t.Errorf("got %v of %d intents, planted are %d", m.Value, m.N, repeats)
			}
			if len(c.found) > 0 {
				f := card.Findings[0]
				if want := fmt.Sprintf("%d calls of tools did again what had been done for the same request (send_mail: %d)", repeats, repeats); f.Sentence != want || f.Count != repeats {
					t.Errorf("it says %q (%d); want %q", f.Sentence, f.Count, want)
				}
			}
			lines := slices.Clone(d.Lines[1:])
			slices.Reverse(lines)
			back := synth.Judge(t, synth.Written(append([]record.Line{d.Lines[0]}, lines...)))
			if got := synth.Measure(t, back, "duplicate_effects", "", ""); got.Value == nil || *got.Value != *m.Value {
				t.Errorf("from back to front it is %v", got.Value)
			}
		})
	}
}

// What befalls a service is no outage of a model: nobody fails over from it, and its
// calls are nobody's attempts. Of the 750 requests the 300 in the surge fail, but for
// the last, whose third call comes after it.
func TestAServiceIsNoModel(t *testing.T) {
	d := withTools("server_error", 1)
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		told := false
		for range 3 {
			if told = call(q, "book", true); told {
				break
			}
		}
		if !told {
			q.Fail(503)
			return
		}
		q.Try("primary")
		q.Answer()
	}))
	if got := synth.Codes(card); len(got) > 0 {
		t.Errorf("found %v", got)
	}
	if m := synth.Measure(t, card, "retry_amplification", "surge", ""); m.Value != nil && *m.Value != 1 {
		t.Errorf("the calls of tools amplify: %g", *m.Value)
	}
	if card.Join.Attempts != 451 || card.Join.Share != 1 {
		t.Errorf("joined are %+v; want the 451 attempts at the primary", card.Join)
	}
	for _, m := range card.Metrics {
		if m.Provider == "tools" && m.Name != "duplicate_effects" {
			t.Errorf("%s of tools is on the card", m.Name)
		}
	}
	if m := synth.Measure(t, card, "availability", "surge", ""); m.Value == nil || *m.Value != 1.0/300 {
		t.Errorf("availability is %v: the phase's faults count, whosever they are", m.Value)
	}
	i := slices.IndexFunc(card.Providers, func(r account.ProviderRow) bool { return r.Name == "tools" })
	want := account.ProviderRow{
		Name: "tools", Dialect: "tools", Effects: true, Attempts: 1330, Faulted: 899,
		Statuses: map[string]int{"200": 431, "500": 899}, Faults: map[string]int{"server_error": 899},
	}
	if diff := cmp.Diff(want, card.Providers[i]); diff != "" {
		t.Errorf("the row of tools (-want +got):\n%s", diff)
	}
}

// An intent is known by the nonce, else by the trace, else by the key; by nothing it
// is not known, and the card says so.
func TestIntents(t *testing.T) {
	for name, c := range map[string]struct {
		know      func(*record.Attempt, string)
		value     float64
		n, limits int
	}{
		"nonce":     {func(a *record.Attempt, own string) { a.Nonce, a.Idempotency = own, fmt.Sprint(a.Arrived) }, 20, 20, 0},
		"trace":     {func(a *record.Attempt, own string) { a.Trace = own }, 20, 20, 0},
		"key":       {func(a *record.Attempt, own string) { a.Idempotency = own }, 20, 20, 0},
		"two tools": {func(a *record.Attempt, own string) { a.Nonce, a.Tool = own, fmt.Sprint("t", a.Nth) }, 0, 40, 0},
		"nothing":   {func(*record.Attempt, string) {}, -1, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := withTools("server_error", 0)
			card := synth.Judge(t, d.Play(func(q *synth.Ask) {
				for nth := range 2 {
					if q.Due < 20 || q.Due >= 22 {
						break
					}
					call(q, "send_mail", true)
					a := q.Lines[len(q.Lines)-1].Attempt
					a.Nonce, a.Print, a.Nth = "", "", nth
					c.know(a, q.U.Nonce)
				}
				synth.Resilient(q)
			}))
			m := synth.Measure(t, card, "duplicate_effects", "", "")
			if c.value < 0 != (m.Value == nil) || m.Value != nil && *m.Value != c.value || m.N != c.n {
				t.Errorf("got %v of %d; want %g of %d", m.Value, m.N, c.value, c.n)
			}
			said := 0
			for _, l := range card.Limits {
				if strings.HasPrefix(l, "40 calls of tools carried neither") {
					said++
				}
			}
			if said != c.limits {
				t.Errorf("said %d times in %q", said, card.Limits)
			}
		})
	}
}

func TestWithoutAServiceThereAreNoEffects(t *testing.T) {
	card, err := scorecard.Judge(record.Read(bytes.NewReader(synth.Surge("server_error", 0.5).Play(synth.Resilient))))
	if err != nil {
		t.Fatal(err)
	}
	m := synth.Measure(t, card, "duplicate_effects", "", "")
	if m.Measured || m.Reason != "no provider is a service with effects" {
		t.Errorf("got %+v", m)
	}
}
