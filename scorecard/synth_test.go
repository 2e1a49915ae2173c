package scorecard_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A synth is a drill that never ran: setup, an app written down in a few lines,
// and the log that this app would leave. Everything in it happens when the app
// says so, to the microsecond, so what the judge must find is known.
//
//	d := newSynth("calm 15", "surge 30", "after 30")
//	d.fault("surge", "primary", "server_error", 1)
//	log := d.play(func(q *ask) {
//		if q.try("primary").ok || q.try("secondary").ok {
//			q.answer()
//		} else {
//			q.fail(502)
//		}
//	})
type synth struct {
	setup record.Setup
	waits map[string]float64 // fault kind → Retry-After, s
	lines []record.Line
	luck  *rand.Rand
	// firstOnly spares all but the first attempt of a request at a provider.
	firstOnly bool
}

// What healthy mocks take, s.
const (
	synthTTFT  = 0.2
	synthTotal = 0.5
	synthError = 0.01
)

// newSynth makes a drill of two providers, primary and secondary, and one
// journey, chat, at 10 requests a second. Phases are "NAME SECONDS".
func newSynth(phases ...string) *synth {
	d := &synth{waits: map[string]float64{}, luck: rand.New(rand.NewPCG(1, 2))}
	d.setup = record.Setup{
		Schema: record.Schema, Brownout: "test", App: "synth",
		Scenario:  record.Scenario{Name: "synth", Hash: "0", Seed: 1},
		StartedAt: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC),
		Warmup:    secs(2), Healthy: 0.99,
		Providers: []record.Provider{{Name: "primary", Dialect: "openai"}, {Name: "secondary", Dialect: "anthropic"}},
	}
	d.journey("chat", 10)
	at := 0.0
	for _, p := range phases {
		var name string
		var length float64
		if _, err := fmt.Sscanf(p, "%s %g", &name, &length); err != nil {
			panic(err)
		}
		d.setup.Phases = append(d.setup.Phases, record.Phase{Name: name, Start: secs(at), End: secs(at + length)})
		at += length
	}
	d.setup.Length = secs(at)
	return d
}

// journey adds a journey, or changes the rate of one that is there.
func (d *synth) journey(name string, rate float64) *record.Journey {
	for i := range d.setup.Journeys {
		if j := &d.setup.Journeys[i]; j.Name == name {
			j.Rate = rate
			return j
		}
	}
	d.setup.Journeys = append(d.setup.Journeys, record.Journey{
		Name: name, Priority: "critical", Rate: rate, Timeout: secs(20), Stream: true,
	})
	return &d.setup.Journeys[len(d.setup.Journeys)-1]
}

// fault opens a window on a provider for the whole of a phase.
func (d *synth) fault(phase, provider, kind string, share float64) {
	i := slices.IndexFunc(d.setup.Phases, func(p record.Phase) bool { return p.Name == phase })
	p := &d.setup.Phases[i]
	p.Faults = append(p.Faults, fmt.Sprintf("%s: %s %g%%", provider, kind, share*100))
	d.setup.Windows = append(d.setup.Windows, record.Window{
		Key: phase + "/" + provider + "/" + kind, Kind: kind, Family: familyOf(kind), Provider: provider, Phase: phase,
		Start: p.Start, End: p.End, ShareFrom: share, ShareTo: share,
		Slows:  slices.Contains([]string{"slow", "delay", "latency", "bandwidth", "slow_close", "split"}, kind),
		Breaks: slices.Contains([]string{"stall", "keepalive_only", "cut", "abort", "truncate", "stream_error", "limit_data"}, kind),
	})
}

func familyOf(kind string) string {
	switch kind {
	case "slow", "hang":
		return "time"
	case "stall", "truncate", "cut", "abort", "stream_error", "malformed", "duplicate":
		return "stream"
	case "gibberish", "broken_json", "refusal":
		return "content"
	case "limits", "capacity":
		return "load"
	case "refuse", "latency", "blackhole":
		return "transport"
	case "cert_expired":
		return "tls"
	}
	return "http"
}

// bar adds a bar: "availability", "min", 0.95, "surge".
func (d *synth) bar(metric, op string, threshold float64, phase string) {
	d.setup.Bars = append(d.setup.Bars, record.Bar{Metric: metric, Op: op, Threshold: threshold, Phase: phase})
}

// play sends every request of every journey to the app and returns the log.
func (d *synth) play(app func(*ask)) []byte {
	d.lines = []record.Line{{Kind: "setup", Setup: &d.setup}}
	for _, p := range d.setup.Phases {
		d.lines = append(d.lines, record.Line{T: p.Start, Kind: "phase", Phase: &record.Change{Name: p.Name}})
	}
	var due []*ask
	for i, j := range d.setup.Journeys {
		for k := range int(math.Round(j.Rate * d.setup.Length.Float())) {
			at := (float64(k) + float64(i+1)/10) / j.Rate
			due = append(due, &ask{synth: d, journey: j, Due: at, at: at})
		}
	}
	slices.SortStableFunc(due, func(a, b *ask) int { return cmp.Compare(a.Due, b.Due) })
	for n, q := range due {
		q.u = &record.User{
			N: n, Journey: q.journey.Name, Nonce: nonceWord(n),
			Due: secs(q.Due), Sent: moment(q.Due), How: "complete",
		}
		app(q)
		q.settleUp()
	}
	return d.log()
}

// log writes the lines down as a drill would: each when it was over.
func (d *synth) log() []byte { return written(d.whole()) }

// whole is the log's lines, the end among them.
func (d *synth) whole() []record.Line {
	lines := slices.Clone(d.lines)
	slices.SortStableFunc(lines, func(a, b record.Line) int { return cmp.Compare(a.T, b.T) })
	end := max(d.setup.Length, lines[len(lines)-1].T)
	return append(lines, record.Line{T: end, Kind: "end", End: &record.End{Reason: "done"}})
}

func written(lines []record.Line) []byte {
	var b bytes.Buffer
	w := record.NewWriter(&b)
	for _, l := range lines {
		if err := w.Write(l); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

// mark adds a mark at a moment.
func (d *synth) mark(kind string, at float64, note string) {
	m := &record.Mark{Kind: kind, At: secs(at), Note: note}
	d.lines = append(d.lines, record.Line{T: m.At, Kind: "mark", Mark: m})
}

// An ask is one user request while the app works on it.
type ask struct {
	*synth
	journey record.Journey
	Due     float64
	at      float64 // now, s
	u       *record.User
	tries   map[string]int
	last    reply
}

// A reply is what a mock made of an attempt.
type reply struct {
	provider string
	ok       bool // answered whole
	begun    bool // 200, and words came
	status   int
	wait     float64 // Retry-After, 0: none
	line     *record.Attempt
}

// try makes an attempt at a provider now, and the time passes that it takes.
func (q *ask) try(provider string) reply { return q.tryWithin(provider, math.Inf(1)) }

// tryWithin gives up on the attempt after so many seconds.
func (q *ask) tryWithin(provider string, patience float64) reply {
	w := q.drawn(provider)
	r, first, took := q.fate(provider, w)
	if w != nil && (w.Family == "transport" && w.Kind != "latency" || w.Family == "tls") {
		q.at += min(took, patience)
		q.last = r
		return r // the mock never sees it
	}
	if q.tries == nil {
		q.tries = map[string]int{}
	}
	q.tries[provider]++
	a := &record.Attempt{
		Provider: provider, Dialect: "openai", Endpoint: "chat", Model: "gpt-4o", Stream: q.journey.Stream,
		Nonce: q.u.Nonce, Print: "of " + q.u.Nonce, Nth: q.tries[provider],
		Arrived: secs(q.at), Status: r.status, TokensIn: 20, Agent: "synth/1",
	}
	if provider != "primary" {
		a.Dialect, a.Endpoint, a.Model = "anthropic", "messages", "claude-sonnet-4-5"
	}
	switch {
	case w == nil || w.Family == "transport":
	case w.Family == "load": // the mock's own doing, and no fault of the attempt
		a.Refused = "rate_limit"
	default:
		a.Fault, a.Kind, a.At = w.Key, w.Kind, "headers"
	}
	if r.wait > 0 {
		a.RetryAfter = moment(r.wait)
	}
	if r.ok {
		a.TokensOut, a.Finish = 40, "stop"
	}
	if first >= 0 {
		a.First = moment(q.at + first)
	}
	if took > patience {
		took, r.ok = patience, false
		a.Left = moment(q.at + patience)
		if r.status == 0 || first < 0 || first > patience {
			a.Status, a.First = 499, nil
		}
	}
	if took > 1e6 {
		took = q.journey.Timeout.Float() // the user goes, and the app with him
		a.Left = moment(q.at + took)
	}
	if r.begun && q.u.First == nil {
		q.u.First = a.First
	}
	q.at += took
	a.Ended = secs(q.at)
	r.line = a
	q.lines = append(q.lines, record.Line{T: a.Ended, Kind: "attempt", Attempt: a})
	q.last = r
	return r
}

// drawn is the fault that an attempt meets, nil for none.
func (q *ask) drawn(provider string) *record.Window {
	if q.firstOnly && q.tries[provider] > 0 {
		return nil
	}
	if q.setup.Control {
		return nil
	}
	for i := range q.setup.Windows {
		w := &q.setup.Windows[i]
		if w.Provider == provider && w.Start <= secs(q.at) && secs(q.at) < w.End && q.luck.Float64() < w.ShareFrom {
			return w
		}
	}
	return nil
}

// fate is what a mock does with an attempt that met a fault, or none.
func (q *ask) fate(provider string, w *record.Window) (r reply, first, took float64) {
	r = reply{provider: provider, status: 200, ok: true, begun: true}
	if w == nil {
		return r, synthTTFT, synthTotal
	}
	refuse := func(status int) (reply, float64, float64) {
		return reply{provider: provider, status: status, wait: q.waits[w.Kind]}, -1, synthError
	}
	switch w.Kind {
	case "weaker_model":
		return r, synthTTFT, synthTotal
	case "slow":
		return r, 12 * synthTTFT, 12 * synthTotal
	case "latency":
		return r, synthTTFT + 4, synthTotal + 4
	case "truncate", "cut", "abort", "stream_error":
		r.ok = false
		return r, synthTTFT, synthTotal / 2
	case "stall":
		r.ok = false
		return r, synthTTFT, math.Inf(1)
	case "gibberish", "broken_json", "refusal", "malformed", "duplicate", "error_in_200":
		r.ok = false
		return r, synthTTFT, synthTotal
	case "hang", "blackhole":
		return reply{provider: provider}, -1, math.Inf(1)
	case "refuse", "cert_expired":
		return reply{provider: provider}, -1, synthError
	case "rate_limit", "quota_exhausted", "limits":
		return refuse(429)
	case "unauthorized":
		return refuse(401)
	case "bad_request":
		return refuse(400)
	case "server_error":
		return refuse(500)
	case "bad_gateway":
		return refuse(502)
	case "gateway_timeout":
		return refuse(504)
	case "overloaded":
		return refuse(529)
	}
	panic("no fate for " + w.Kind)
}

// answer hands the last attempt's answer to the user, whole.
func (q *ask) answer() {
	q.u.Status = 200
	q.u.Answer = &record.Answer{
		Provider: q.last.provider, Nonces: []string{q.u.Nonce}, Begins: true, Complete: true, Pieces: 1, Words: 40,
	}
	if q.u.First == nil || *q.u.First < secs(q.at-synthTotal) {
		q.u.First = moment(q.at - synthTotal + synthTTFT)
	}
}

// half passes on half an answer as if it were whole.
func (q *ask) half() {
	q.answer()
	q.u.Answer.Complete, q.u.Answer.Words = false, 20
}

// fail tells the user so.
func (q *ask) fail(status int) {
	q.at += 0.001
	q.u.Status, q.u.Told, q.u.First, q.u.Answer = status, true, nil, nil
}

// lesser is an answer of the app's own, declared.
func (q *ask) lesser() {
	q.at += 0.001
	q.u.Status, q.u.Degraded, q.u.First, q.u.Answer = 200, true, moment(q.at), nil
}

// nonceWord is a word of consonants and vowels that no other n has.
func nonceWord(n int) string {
	word := []byte("ba")
	for range 5 {
		word = append(word, "bdfgklmnprstvz"[n%14], "aeiou"[n/14%5])
		n /= 70
	}
	return string(word)
}

// settleUp closes the request: users leave when their patience ends.
func (q *ask) settleUp() {
	ended := q.at
	if timeout := q.journey.Timeout.Float(); ended-q.Due >= timeout {
		ended = q.Due + timeout
		q.u.How, q.u.Answer = "timeout", nil
	}
	q.u.Ended = moment(ended)
	q.lines = append(q.lines, record.Line{T: *q.u.Ended, Kind: "user", User: q.u})
}

func secs(s float64) record.Seconds {
	return record.Of(time.Duration(math.Round(s*1e6)) * time.Microsecond)
}

func moment(s float64) *record.Seconds {
	m := secs(s)
	return &m
}

// judge makes the card of a log that must not be refused.
func judge(t testing.TB, log []byte) *scorecard.Card {
	t.Helper()
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatalf("Judge: %v", err)
	}
	return card
}

// measureOf finds one metric of a card.
func measureOf(t testing.TB, card *scorecard.Card, name, phase, journey string) measure.Measure {
	t.Helper()
	for _, m := range card.Metrics {
		if m.Name == name && m.Phase == phase && m.Journey == journey && m.Provider == "" {
			return m
		}
	}
	t.Fatalf("the card has no %s in %q of %q", name, phase, journey)
	return measure.Measure{}
}

// codes gives the findings of a card.
func codes(card *scorecard.Card) []string {
	found := []string{}
	for _, f := range card.Findings {
		found = append(found, f.Code)
	}
	slices.Sort(found)
	return found
}
