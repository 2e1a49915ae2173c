// Package synth makes up the logs that judging is tested on: a drill is written down
// in a few lines, an app as a function that handles one request, and what their log
// would be is known to the microsecond. It has the apps and drills that several
// packages' tests judge, and what such tests ask of a card.
package synth

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Drill is a drill that never ran: setup, an app written down in a few lines,
// and the log that this app would leave. Everything in it happens when the app
// says so, to the microsecond, so what the judge must find is known.
//
//	d := synth.New("calm 15", "surge 30", "after 30")
//	d.Fault("surge", "primary", "server_error", 1)
//	log := d.Play(func(q *synth.Ask) {
//		if q.Try("primary").OK || q.Try("secondary").OK {
//			q.Answer()
//		} else {
//			q.Fail(502)
//		}
//	})
type Drill struct {
	Setup record.Setup
	Waits map[string]float64 // fault kind → Retry-After, s
	Lines []record.Line
	Luck  *rand.Rand // draws which requests meet a fault
	// FirstOnly spares all but the first attempt of a request at a provider.
	FirstOnly bool
}

// What healthy mocks take, s.
const (
	TTFT    = 0.2
	Total   = 0.5
	refusal = 0.01
)

// New makes a drill of two providers, primary and secondary, and one
// journey, chat, at 10 requests a second. Phases are "NAME SECONDS".
func New(phases ...string) *Drill {
	d := &Drill{Waits: map[string]float64{}, Luck: rand.New(rand.NewPCG(1, 2))}
	d.Setup = record.Setup{
		Schema: record.Schema, Brownout: "test", App: "synth",
		Scenario:  record.Scenario{Name: "synth", Hash: "0", Seed: 1},
		StartedAt: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC),
		Warmup:    Secs(2), Healthy: 0.99,
		Providers: []record.Provider{{Name: "primary", Dialect: "openai"}, {Name: "secondary", Dialect: "anthropic"}},
	}
	d.Journey("chat", 10)
	at := 0.0
	for _, p := range phases {
		var name string
		var length float64
		if _, err := fmt.Sscanf(p, "%s %g", &name, &length); err != nil {
			panic(err)
		}
		d.Setup.Phases = append(d.Setup.Phases, record.Phase{Name: name, Start: Secs(at), End: Secs(at + length)})
		at += length
	}
	d.Setup.Length = Secs(at)
	return d
}

// Journey adds a journey, or changes the rate of one that is there.
func (d *Drill) Journey(name string, rate float64) *record.Journey {
	for i := range d.Setup.Journeys {
		if j := &d.Setup.Journeys[i]; j.Name == name {
			j.Rate = rate
			return j
		}
	}
	d.Setup.Journeys = append(d.Setup.Journeys, record.Journey{
		Name: name, Priority: "critical", Rate: rate, Timeout: Secs(20), Stream: true,
	})
	return &d.Setup.Journeys[len(d.Setup.Journeys)-1]
}

// Fault opens a window on a provider for the whole of a phase.
func (d *Drill) Fault(phase, provider, kind string, share float64) {
	i := slices.IndexFunc(d.Setup.Phases, func(p record.Phase) bool { return p.Name == phase })
	p := &d.Setup.Phases[i]
	p.Faults = append(p.Faults, fmt.Sprintf("%s: %s %g%%", provider, kind, share*100))
	d.Setup.Windows = append(d.Setup.Windows, record.Window{
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

// Bar adds a bar: "availability", "min", 0.95, "surge".
func (d *Drill) Bar(metric, op string, threshold float64, phase string) {
	d.Setup.Bars = append(d.Setup.Bars, record.Bar{Metric: metric, Op: op, Threshold: threshold, Phase: phase})
}

// Play sends every request of every journey to the app and returns the log.
func (d *Drill) Play(app func(*Ask)) []byte {
	d.Lines = []record.Line{{Kind: "setup", Setup: &d.Setup}}
	for _, p := range d.Setup.Phases {
		d.Lines = append(d.Lines, record.Line{T: p.Start, Kind: "phase", Phase: &record.Change{Name: p.Name}})
	}
	var due []*Ask
	for i, j := range d.Setup.Journeys {
		for k := range int(math.Round(j.Rate * d.Setup.Length.Float())) {
			at := (float64(k) + float64(i+1)/10) / j.Rate
			due = append(due, &Ask{Drill: d, Journey: j, Due: at, At: at})
		}
	}
	slices.SortStableFunc(due, func(a, b *Ask) int { return cmp.Compare(a.Due, b.Due) })
	for n, q := range due {
		q.U = &record.User{
			N: n, Journey: q.Journey.Name, Nonce: NonceWord(n),
			Due: Secs(q.Due), Sent: Moment(q.Due), How: "complete",
		}
		app(q)
		q.settleUp()
	}
	return d.Log()
}

// Log writes the lines down as a drill would: each when it was over.
func (d *Drill) Log() []byte { return Written(d.Whole()) }

// Whole is the log's lines, the end among them.
func (d *Drill) Whole() []record.Line {
	lines := slices.Clone(d.Lines)
	slices.SortStableFunc(lines, func(a, b record.Line) int { return cmp.Compare(a.T, b.T) })
	end := max(d.Setup.Length, lines[len(lines)-1].T)
	return append(lines, record.Line{T: end, Kind: "end", End: &record.End{Reason: "done"}})
}

// Written is a log of these lines as they stand.
func Written(lines []record.Line) []byte {
	var b bytes.Buffer
	w := record.NewWriter(&b)
	for _, l := range lines {
		if err := w.Write(l); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

// Mark adds a mark at a moment.
func (d *Drill) Mark(kind string, at float64, note string) {
	m := &record.Mark{Kind: kind, At: Secs(at), Note: note}
	d.Lines = append(d.Lines, record.Line{T: m.At, Kind: "mark", Mark: m})
}

// An Ask is one user request while the app works on it.
type Ask struct {
	*Drill
	Journey record.Journey
	Due     float64      // s
	At      float64      // now, s
	U       *record.User // what the user gets, as far as it has come
	Last    Reply        // of the last attempt
	tries   map[string]int
}

// A Reply is what a mock made of an attempt.
type Reply struct {
	Provider string
	OK       bool // answered whole
	Begun    bool // 200, and words came
	Status   int
	wait     float64         // Retry-After, 0: none
	Line     *record.Attempt // nil: no mock saw it
}

// Try makes an attempt at a provider now, and the time passes that it takes.
func (q *Ask) Try(provider string) Reply { return q.TryWithin(provider, math.Inf(1)) }

// TryWithin gives up on the attempt after so many seconds.
func (q *Ask) TryWithin(provider string, patience float64) Reply {
	w := q.Drawn(provider)
	r, first, took := q.fate(provider, w)
	if w != nil && (w.Family == "transport" && w.Kind != "latency" || w.Family == "tls") {
		began := q.At
		q.At += min(took, patience)
		q.Last = r
		q.lose(w, began)
		return r // the mock never sees it
	}
	if q.tries == nil {
		q.tries = map[string]int{}
	}
	q.tries[provider]++
	a := &record.Attempt{
		Provider: provider, Dialect: "openai", Endpoint: "chat", Model: "gpt-4o", Stream: q.Journey.Stream,
		Nonce: q.U.Nonce, Print: "of " + q.U.Nonce, Nth: q.tries[provider],
		Arrived: Secs(q.At), Status: r.Status, TokensIn: 20, Agent: "synth/1",
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
		a.RetryAfter = Moment(r.wait)
	}
	if r.OK {
		a.TokensOut, a.Finish = 40, "stop"
	}
	if first >= 0 {
		a.First = Moment(q.At + first)
	}
	if took > patience {
		took, r.OK = patience, false
		a.Left = Moment(q.At + patience)
		if r.Status == 0 || first < 0 || first > patience {
			a.Status, a.First = 499, nil
		}
	}
	if took > 1e6 {
		took = q.Journey.Timeout.Float() // the user goes, and the app with him
		a.Left = Moment(q.At + took)
	}
	if r.Begun && q.U.First == nil {
		q.U.First = a.First
	}
	q.At += took
	a.Ended = Secs(q.At)
	r.Line = a
	q.Lines = append(q.Lines, record.Line{T: a.Ended, Kind: "attempt", Attempt: a})
	q.Last = r
	return r
}

// Drawn is the fault that an attempt meets, nil for none.
func (q *Ask) Drawn(provider string) *record.Window {
	if q.FirstOnly && q.tries[provider] > 0 {
		return nil
	}
	if q.Setup.Control {
		return nil
	}
	for i := range q.Setup.Windows {
		w := &q.Setup.Windows[i]
		if w.Provider == provider && w.Start <= Secs(q.At) && Secs(q.At) < w.End && q.Luck.Float64() < w.ShareFrom {
			return w
		}
	}
	return nil
}

// lose writes the line of the connection that an attempt went by in vain; a refused
// one leaves none.
func (q *Ask) lose(w *record.Window, began float64) {
	if w.Kind == "refuse" {
		return
	}
	ended := max(began, min(q.At, q.Due+q.Journey.Timeout.Float()))
	q.Lines = append(q.Lines, record.Line{T: Secs(ended), Kind: "conn", Conn: &record.Conn{
		Provider: w.Provider, Opened: Secs(began), Struck: Secs(began), Ended: Secs(ended),
		Fault: w.Key, Kind: w.Kind, At: "request", Unheard: 400,
	}})
}

// fate is what a mock does with an attempt that met a fault, or none.
func (q *Ask) fate(provider string, w *record.Window) (r Reply, first, took float64) {
	r = Reply{Provider: provider, Status: 200, OK: true, Begun: true}
	if w == nil {
		return r, TTFT, Total
	}
	refuse := func(status int) (Reply, float64, float64) {
		return Reply{Provider: provider, Status: status, wait: q.Waits[w.Kind]}, -1, refusal
	}
	switch w.Kind {
	case "weaker_model":
		return r, TTFT, Total
	case "slow":
		return r, 12 * TTFT, 12 * Total
	case "latency":
		return r, TTFT + 4, Total + 4
	case "truncate", "cut", "abort", "stream_error":
		r.OK = false
		return r, TTFT, Total / 2
	case "stall":
		r.OK = false
		return r, TTFT, math.Inf(1)
	case "gibberish", "broken_json", "refusal", "malformed", "duplicate", "error_in_200":
		r.OK = false
		return r, TTFT, Total
	case "hang", "blackhole":
		return Reply{Provider: provider}, -1, math.Inf(1)
	case "refuse", "cert_expired":
		return Reply{Provider: provider}, -1, refusal
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

// Answer hands the last attempt's answer to the user, whole.
func (q *Ask) Answer() {
	q.U.Status = 200
	q.U.Answer = &record.Answer{
		Provider: q.Last.Provider, Nonces: []string{q.U.Nonce}, Begins: true, Complete: true, Pieces: 1, Words: 40,
	}
	if q.U.First == nil || *q.U.First < Secs(q.At-Total) {
		q.U.First = Moment(q.At - Total + TTFT)
	}
}

// Half passes on half an answer as if it were whole.
func (q *Ask) Half() {
	q.Answer()
	q.U.Answer.Complete, q.U.Answer.Words = false, 20
}

// Fail tells the user so.
func (q *Ask) Fail(status int) {
	q.At += 0.001
	q.U.Status, q.U.Told, q.U.First, q.U.Answer = status, true, nil, nil
}

// Lesser is an answer of the app's own, declared.
func (q *Ask) Lesser() {
	q.At += 0.001
	q.U.Status, q.U.Degraded, q.U.First, q.U.Answer = 200, true, Moment(q.At), nil
}

// NonceWord is a word of consonants and vowels that no other n has.
func NonceWord(n int) string {
	word := []byte("ba")
	for range 5 {
		word = append(word, "bdfgklmnprstvz"[n%14], "aeiou"[n/14%5])
		n /= 70
	}
	return string(word)
}

// settleUp closes the request: users leave when their patience ends.
func (q *Ask) settleUp() {
	ended := q.At
	if timeout := q.Journey.Timeout.Float(); ended-q.Due >= timeout {
		ended = q.Due + timeout
		q.U.How, q.U.Answer = "timeout", nil
	}
	q.U.Ended = Moment(ended)
	q.Lines = append(q.Lines, record.Line{T: *q.U.Ended, Kind: "user", User: q.U})
}

// Secs is a moment, or a span, of so many seconds.
func Secs(s float64) record.Seconds {
	return record.Of(time.Duration(math.Round(s*1e6)) * time.Microsecond)
}

// Moment is [Secs], where none is possible.
func Moment(s float64) *record.Seconds {
	m := Secs(s)
	return &m
}
