package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// played is a drill of an app with traits: what the card says, and what the app
// says that it did.
type played struct {
	*drilltest.Card
	did map[string]int
}

func play(t *testing.T, scenario string, traits ...string) played {
	t.Helper()
	var log bytes.Buffer
	card := drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		return build(t, config(env, traits...))
	}, drilltest.AppLog(&log))
	notBeyondPar(t, card)
	p := played{card, didSay(t, log.Bytes())}
	p.reactsAsItSays(t)
	return p
}

func config(env drilltest.Env, traits ...string) app.Config {
	return app.Config{
		Providers: []app.Provider{
			{Name: "primary", URL: env.BaseURL("primary"), Key: env.Key("primary")},
			{Name: "secondary", URL: env.BaseURL("secondary"), Key: env.Key("secondary")},
		},
		Tools: env.Getenv("BROWNOUT_TOOLS_URL"), Traits: traits, Client: env.Client(), Log: slog.New(slog.NewJSONHandler(env.Log(), nil)),
	}
}

func build(t *testing.T, cfg app.Config) *app.App {
	a, err := app.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// didSay counts what the app logged, by trait.
func didSay(t *testing.T, log []byte) map[string]int {
	t.Helper()
	did := map[string]int{}
	for in := bufio.NewScanner(bytes.NewReader(log)); in.Scan(); {
		var line struct{ Msg, Trait string }
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatalf("the app logged %q: %v", in.Text(), err)
		}
		if line.Msg == "trait" {
			did[line.Trait]++
		}
	}
	return did
}

// codes are the findings, sorted.
func (p played) codes() []string {
	codes := []string{}
	for _, f := range p.Findings {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return codes
}

// figure finds what the card says: how often a finding was seen, or the app reacted
// to a signal in that way, or a metric of the drill's outage, of what comes after it,
// or of the whole.
func (p played) figure(name, drill string) (value float64, ok bool) {
	if signal, deed, ok := strings.Cut(name, ": "); ok {
		return float64(p.deeds(signal, deed)), true
	}
	for _, f := range p.Findings {
		if f.Code == name {
			return float64(f.Count), true
		}
	}
	phase := map[string]string{"window": drill, "outage": drill, "after": "after-" + drill}[scope(name)]
	m := p.Metric(name, drilltest.Phase(phase))
	if m.Value == nil {
		return 0, false
	}
	return *m.Value, true
}

// scope is that of a metric, "" when there is none of that name.
func scope(metric string) string {
	for _, m := range measure.Metrics() {
		if m.Name == metric {
			return m.Scope
		}
	}
	return ""
}

// planted is what a figure must be.
func (p played) planted(tr app.Trait, f app.Figure) float64 {
	if f.Is == "value" {
		if d, err := time.ParseDuration(tr.Value); err == nil {
			return d.Seconds()
		}
		n, _ := strconv.ParseFloat(tr.Value, 64)
		return n
	}
	if n, err := strconv.ParseFloat(f.Is, 64); err == nil {
		return n
	}
	return float64(p.did[f.Is])
}

// holds says whether the card has a figure, to its resolution.
func (p played) holds(tr app.Trait, f app.Figure, planted float64) bool {
	got, ok := p.figure(f.Metric, tr.Drill)
	return ok && math.Abs(got-planted) <= f.Within+1e-9
}

// A line of the table of what was planted and what was found.
type line struct{ trait, planted, found string }

type table struct {
	mu    sync.Mutex
	lines []line
}

func (tb *table) add(l line) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.lines = append(tb.lines, l)
}

func (tb *table) String() string {
	slices.SortFunc(tb.lines, func(a, b line) int { return strings.Compare(a.trait, b.trait) })
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nTRAIT\tPLANTED\tFOUND")
	for _, l := range tb.lines {
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.trait, l.planted, l.found)
	}
	w.Flush()
	return b.String()
}

// says writes findings and figures for the table.
func says(codes []string, figures []string) string {
	return strings.Join(append(slices.Clone(codes), figures...), ", ")
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// expect checks that a drill shows the traits and nothing else, and gives the
// line for the table.
func expect(t *testing.T, p played, traits ...app.Trait) line {
	t.Helper()
	want, figures, found := []string{}, []string{}, []string{}
	var names []string
	for _, tr := range traits {
		names = append(names, tr.Name)
		want = append(want, tr.Findings...)
		for _, f := range tr.Figures {
			figures = append(figures, fmt.Sprintf("%s %s", f.Metric, number(p.planted(tr, f))))
			got, ok := p.figure(f.Metric, tr.Drill)
			found = append(found, fmt.Sprintf("%s %s", f.Metric, number(got)))
			if !p.holds(tr, f, p.planted(tr, f)) {
				t.Errorf("%s of %s is %s (measured: %v), planted was %s ± %g", f.Metric, tr.Name, number(got), ok, number(p.planted(tr, f)), f.Within)
			}
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(slices.Compact(want), p.codes()); diff != "" {
		t.Errorf("findings (-planted +found):\n%s", diff)
		for _, f := range p.Findings {
			t.Logf("%s: %s", f.Code, f.Sentence)
		}
	}
	return line{strings.Join(names, " + "), says(want, figures), says(p.codes(), found)}
}

func drillNamed(t *testing.T, name string) app.Drill {
	i := slices.IndexFunc(app.Drills(), func(d app.Drill) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no drill %q", name)
	}
	return app.Drills()[i]
}

func traitNamed(t *testing.T, name string) app.Trait {
	i := slices.IndexFunc(app.Traits(), func(tr app.Trait) bool { return tr.Name == name })
	if i < 0 {
		t.Fatalf("no trait %q", name)
	}
	return app.Traits()[i]
}

// memo has each drill of an app with one trait or none played once, for what is
// one trait's opposite is another trait.
type memo struct {
	mu    sync.Mutex
	cards map[string]func() played
}

// play plays a drill with a trait, "" for none.
func (m *memo) play(t *testing.T, d app.Drill, trait string) played {
	m.mu.Lock()
	once, ok := m.cards[d.Name+" "+trait]
	if !ok {
		var traits []string
		if trait != "" {
			traits = []string{trait}
		}
		once = sync.OnceValue(func() played { return play(t, app.Scenario(d), traits...) })
		m.cards[d.Name+" "+trait] = once
	}
	m.mu.Unlock()
	return once()
}

// Every trait is found and nothing else, with its figures; with its opposite it
// is not.
func TestPlanted(t *testing.T) {
	var tb table
	t.Cleanup(func() { t.Log(tb.String()) })
	drills := memo{cards: map[string]func() played{}}
	for i, tr := range app.Traits() {
		if i%stride != 0 {
			continue
		}
		t.Run(tr.Name, func(t *testing.T) {
			t.Parallel()
			d := drillNamed(t, tr.Drill)
			with := drills.play(t, d, tr.Name)
			tb.add(expect(t, with, tr))

			var instead app.Trait
			if tr.Opposite != "" {
				instead = traitNamed(t, tr.Opposite)
			}
			without := drills.play(t, d, instead.Name)
			if diff := cmp.Diff(append([]string{}, slices.Sorted(slices.Values(instead.Findings))...), without.codes()); diff != "" {
				t.Errorf("findings with the opposite (-its own +found):\n%s", diff)
			}
			for _, f := range tr.Figures {
				if without.holds(tr, f, with.planted(tr, f)) {
					t.Errorf("with the opposite %s is the same", f.Metric)
				}
			}
		})
	}
}
