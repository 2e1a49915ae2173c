package drill_test

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// ledSeeds is how many drills are led at random, each by 250 actions or until it ends.
// .ci/nightly asks for more.
var ledSeeds = flag.Int("led-seeds", usualLed, "how many drills to lead at random")

// randomLed is what the random leaders find: faults of each form that a timeline can cut
// in pieces.
const randomLed = `
version: 1
name: random
providers: {primary: {dialect: openai}, secondary: {dialect: openai}}
traffic: {journeys: {chat: {rate: 2/s, request: {path: /, text: "{{prompt}}"}}}}
phases:
  - {name: baseline, for: 20s}
  - name: surge
    for: 30s
    faults:
      - {provider: primary, kind: server_error, share: {from: 80%, to: 20%}}
      - {provider: primary, kind: slow, factor: {from: 1, to: 3}}
      - {provider: secondary, kind: overloaded, after: 5s, until: 20s}
      - {provider: [primary, secondary], kind: rate_limit, share: 30%, ramp: 10s, cycle: {bad: 2s, ok: 3s}}
  - {name: pause, for: 10s}
  - {name: wires, for: 20s, faults: [{provider: primary, kind: latency, delay: 5ms}, {provider: secondary, kind: refuse, after: 2s}]}
  - {name: recovery, for: 20s}
bars: [{metric: error_rate, max: 90%}]
`

// A heard is a proxy that passes nothing on, for clients are told to connect to what is
// behind it; what it is to play is kept.
type heard struct {
	upstream string
	mu       sync.Mutex
	start    time.Time
	windows  []faults.Window
}

func (h *heard) Addr() string { return h.upstream }
func (h *heard) Close() error { return nil }

func (h *heard) Play(start time.Time, windows []faults.Window) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.start, h.windows = start, slices.Clone(windows)
}

// open counts the transport faults that are open.
func (h *heard) open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, n := time.Since(h.start), 0
	for _, w := range h.windows {
		if w.Fault.Transport() && w.From <= now && now < w.To {
			n++
		}
	}
	return n
}

// A stroller leads a drill at random and holds it to what is always so.
type stroller struct {
	*testing.T
	seed    uint64
	luck    *rand.Rand
	c       *drill.Control
	proxies *[]*heard
	done    int // actions that were done
	before  drill.State
}

// Whatever leaders do, in whatever order: nothing wedges or leaks, what was played stays
// as it was, heal leaves nothing open, and every request that is due is sent once, when
// it is due by the one schedule.
func TestLedAtRandom(t *testing.T) {
	done := 0
	for seed := range uint64(*ledSeeds) {
		var proxies []*heard
		opts := drill.Options{MaxLength: time.Hour, Proxied: []string{"primary", "secondary"}}
		opts.Net.Proxy = func(_, upstream string, _ faults.ProxyOptions) (drill.Proxy, error) {
			proxies = append(proxies, &heard{upstream: upstream})
			return proxies[len(proxies)-1], nil
		}
		s := &stroller{T: t, seed: seed, luck: rand.New(rand.NewPCG(seed, 8)), proxies: &proxies}
		log := led(t, randomLed, opts, func(c *drill.Control) {
			s.c = c
			s.before = c.State()
			for range 250 {
				time.Sleep(time.Duration(s.luck.IntN(3000)) * time.Millisecond)
				s.step()
			}
			must(t)(c.Heal(ann))
			s.healed()
			if s.luck.IntN(2) == 0 {
				must(t)(c.Stop(ann, "that is all"))
			}
		})
		s.check(log)
		done += s.done
	}
	if done < *ledSeeds*100 {
		t.Errorf("only %d actions were done", done)
	}
}

// step does one thing, and looks whether all is as it should be.
func (s *stroller) step() {
	by := drill.By{Actor: fmt.Sprint("leader ", s.luck.IntN(3))}
	before := s.c.State()
	s.kept(s.before, before)
	if s.luck.IntN(4) == 0 {
		by.State = before.Number - s.luck.IntN(2)
	}
	what, act := s.pick(by)
	number, err := act()
	after := s.c.State()
	switch {
	case after.Elapsed != before.Elapsed && !errors.Is(err, drill.ErrOver):
		s.Fatalf("seed %d, %s: it took %v", s.seed, what, after.Elapsed-before.Elapsed)
	case by.State != 0 && by.State != before.Number && !errors.Is(err, drill.ErrStale):
		s.Fatalf("seed %d, %s: in state %d, meant for %d: %v", s.seed, what, before.Number, by.State, err)
	case err != nil && after.Number != before.Number, err == nil && what != "mark" && number <= before.Number, number != after.Number:
		s.Fatalf("seed %d, %s: state %d, then %d, answered %d: %v", s.seed, what, before.Number, after.Number, number, err)
	}
	if err == nil {
		s.done++
	}
	s.sound(what, after)
	s.kept(before, after)
	if what == "heal" && err == nil {
		s.healed()
	}
	s.before = after
}

// pick picks an action. Those that would end the drill are left out: it is to be led on.
func (s *stroller) pick(by drill.By) (string, func() (int, error)) {
	names := []string{"baseline", "surge", "pause", "wires", "recovery", "surgery"}
	last := s.c.State().PhaseNo+1 == len(s.c.State().Phases)
	switch k := s.luck.IntN(10); {
	case k == 0 && !last:
		return "next", func() (int, error) { return s.c.Next(by) }
	case k <= 1 || last && s.luck.IntN(2) == 0:
		return "jump", func() (int, error) { return s.c.Jump(by, names[s.luck.IntN(len(names))]) }
	case k == 2:
		return "hold", func() (int, error) { return s.c.Hold(by) }
	case k == 3:
		return "release", func() (int, error) { return s.c.Release(by) }
	case k == 4:
		return "extend", func() (int, error) { return s.c.Extend(by, time.Duration(s.luck.IntN(20)-2)*time.Second) }
	case k <= 6:
		return "open", func() (int, error) { return s.c.Open(by, s.opening()) }
	case k == 7:
		open, key := s.c.State().Open(), "nothing"
		if len(open) > 0 {
			key = open[s.luck.IntN(len(open))].Fault.Key
		}
		return "shut", func() (int, error) { return s.c.Shut(by, key) }
	case k == 8:
		return "heal", func() (int, error) { return s.c.Heal(by) }
	}
	return "mark", func() (int, error) { return s.c.Mark(by, drill.Mark{Kind: "note", At: -1}) }
}

// opening is a fault of one form or another.
func (s *stroller) opening() scenarios.Opening {
	f := faults.Fault{Kind: "overloaded", Providers: []string{"primary"}, Share: faults.Share{From: 1, To: s.luck.Float64()}}
	switch s.luck.IntN(4) {
	case 0:
		f.Kind, f.Share, f.Params = "latency", faults.Share{From: 1, To: 1}, faults.Params{"delay": time.Millisecond}
	case 1:
		f.Providers = []string{"primary", "secondary"}
	case 2:
		f.Share = faults.Share{From: 1, To: 1, Rise: time.Duration(1+s.luck.IntN(20)) * time.Second}
	}
	return scenarios.Opening{
		Fault: f, After: time.Duration(s.luck.IntN(3)) * time.Second, Until: time.Duration(s.luck.IntN(2)*(4+s.luck.IntN(20))) * time.Second,
	}
}

// sound wants phases that follow each other to the end of the drill, and windows in them.
func (s *stroller) sound(what string, now drill.State) {
	s.Helper()
	at := time.Duration(0)
	names := map[string]bool{}
	for _, p := range now.Phases {
		if p.From != at || p.To <= p.From || names[p.Name] {
			s.Fatalf("seed %d, %s: phases %v", s.seed, what, now.Phases)
		}
		at, names[p.Name] = p.To, true
	}
	if at != now.Length || now.Length > now.Ceiling {
		s.Fatalf("seed %d, %s: the phases end at %v, the drill at %v of %v", s.seed, what, at, now.Length, now.Ceiling)
	}
	if p := now.Phases[now.PhaseNo]; now.Elapsed < p.From || now.Elapsed >= p.To && !now.Over {
		s.Fatalf("seed %d, %s: at %v in %v", s.seed, what, now.Elapsed, p)
	}
	for _, w := range now.Windows {
		in := func(p scenarios.Phase) bool { return p.From <= w.From && w.From < w.To && w.To <= p.To }
		if !slices.ContainsFunc(now.Phases, in) {
			s.Fatalf("seed %d, %s: %s from %v to %v is in none of %v", s.seed, what, w.Fault.Key, w.From, w.To, now.Phases)
		}
	}
}

// kept wants everything that was played to be as it was: at each moment the same faults
// took the same share, and the same phase was on.
func (s *stroller) kept(before, after drill.State) {
	s.Helper()
	for range 20 {
		t := time.Duration(s.luck.Int64N(int64(before.Elapsed) + 1))
		was, is := sharesAt(before, t), sharesAt(after, t)
		if t == before.Elapsed { // of now it is not said yet
			continue
		}
		if len(was) != len(is) {
			s.Fatalf("seed %d: at %v there were %v, and now were %v", s.seed, t, was, is)
		}
		for key, share := range was {
			if math.Abs(share-is[key]) > 1e-6 {
				s.Fatalf("seed %d: at %v there were %v, and now were %v", s.seed, t, was, is)
			}
		}
	}
}

// sharesAt are the shares of what is open at a moment, by fault and provider. Of cycles
// it is left out when they are on, for they begin anew with each piece.
func sharesAt(state drill.State, t time.Duration) map[string]float64 {
	all := map[string]float64{}
	for _, w := range state.Windows {
		if w.From <= t && t < w.To && w.Fault.Cycle == (faults.Cycle{}) {
			all[w.Provider+" "+w.Fault.Key] = w.ShareAt(t)
		}
	}
	for _, p := range state.Phases {
		if p.From <= t && t < p.To {
			all["phase "+p.Name] = 1
		}
	}
	return all
}

// healed wants nothing open, on the wires neither, and nothing to come in this phase.
func (s *stroller) healed() {
	s.Helper()
	now := s.c.State()
	if open := now.Open(); len(open) > 0 {
		s.Fatalf("seed %d: open after heal: %v", s.seed, open)
	}
	for _, p := range *s.proxies {
		if n := p.open(); n > 0 {
			s.Fatalf("seed %d: %d open on the wires after heal", s.seed, n)
		}
	}
	end := now.Phases[now.PhaseNo].To
	for _, w := range now.Windows {
		if w.From >= now.Elapsed && w.From < end {
			s.Fatalf("seed %d: %s opens at %v, in the phase that was healed", s.seed, w.Fault.Key, w.From)
		}
	}
}

// check holds the log against the course that it ends with.
func (s *stroller) check(log []byte) {
	s.Helper()
	card, lines := judged(s.T, log), linesOf(s.T, log)
	var due []time.Duration
	var last *record.Course
	for _, l := range lines {
		switch {
		case l.User != nil && l.User.Dropped == "":
			due = append(due, l.User.Due.Duration())
		case l.Course != nil:
			last = l.Course
		}
	}
	slices.Sort(due)
	for i := 1; i < len(due); i++ {
		if due[i]-due[i-1] != 500*time.Millisecond {
			s.Fatalf("seed %d: requests are due at %v and %v", s.seed, due[i-1], due[i])
		}
	}
	end := lines[len(lines)-1]
	if end.End == nil || last == nil || card.LengthS != last.Length.Float() {
		s.Fatalf("seed %d: the log ends with %+v, the card has %v s", s.seed, end, card.LengthS)
	}
	if n := int(math.Round(card.LengthS * 2)); end.End.Reason == "done" && (len(due) < n-1 || len(due) > n+1) {
		s.Errorf("seed %d: %d requests in %v s", s.seed, len(due), card.LengthS)
	}
	s.served(lines, last)
}

// served wants whoever asked while nothing was open to have been answered, of those that
// no window was near.
func (s *stroller) served(lines []record.Line, course *record.Course) {
	s.Helper()
	for _, l := range lines {
		if l.User == nil || l.User.How == "stopped" || l.User.Dropped != "" {
			continue
		}
		due, ended := l.User.Due, *l.User.Ended
		open := slices.ContainsFunc(course.Windows, func(w record.Window) bool { return w.Start <= ended && due < w.End })
		if !open && l.User.Status != http.StatusOK {
			s.Errorf("seed %d: request %d at %v has status %d, and nothing was open", s.seed, l.User.N, due.Duration(), l.User.Status)
			return
		}
	}
}
