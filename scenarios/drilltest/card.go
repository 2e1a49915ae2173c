package drilltest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// A Card is a drill's scorecard, with assertions.
type Card struct {
	*scorecard.Card
	Log []byte // the log that it was judged from, JSON lines
}

// MustPass fails the test unless every bar was met. It prints the card's
// sentence, the bars that were missed and the timeline.
func (c *Card) MustPass(t testing.TB) {
	t.Helper()
	if c.Verdict != scorecard.Pass {
		t.Fatalf("drilltest: the drill's verdict is %v, want pass\n\n%s", c.Verdict, c)
	}
}

// String is the card as the terminal shows it: the verdict, what happened in one
// sentence, the bars, the timeline, the phases and the findings.
func (c *Card) String() string {
	formats := report.Formats()
	i := slices.IndexFunc(formats, func(f report.Format) bool { return f.Name == "text" })
	var b strings.Builder
	if err := formats[i].Write(&b, c.Card, report.Options{Width: 110}); err != nil {
		return fmt.Sprintf("%s\n(%v)", c.Sentence, err)
	}
	return b.String()
}

// A Scope narrows a metric to a part of the drill, as a bar's keys do.
type Scope func(*measure.Measure)

// Phase is a bar's phase.
func Phase(name string) Scope { return func(m *measure.Measure) { m.Phase = name } }

// Journey is a bar's journey.
func Journey(name string) Scope { return func(m *measure.Measure) { m.Journey = name } }

// Provider is a bar's provider.
func Provider(name string) Scope { return func(m *measure.Measure) { m.Provider = name } }

// A Metric is one figure of a card. It knows the card, for what a failing test
// prints.
type Metric struct {
	measure.Measure
	card *Card
}

// Metric finds a figure by its name and the scope that it has on the card;
// without a scope it is that of the whole drill, or of the only phase that has
// one. What is not on the card is a metric that was not measured, and says why:
//
//	card.Metric("availability", drilltest.Phase("surge")).AtLeast(t, 0.97)
func (c *Card) Metric(name string, scope ...Scope) Metric {
	want := measure.Measure{Name: name}
	for _, narrow := range scope {
		narrow(&want)
	}
	var found []measure.Measure
	for _, m := range c.Metrics {
		switch {
		case m.Name != name, m.Journey != want.Journey,
			want.Phase != "" && m.Phase != want.Phase,
			want.Provider != "" && m.Provider != want.Provider:
			continue
		case m.Phase == want.Phase && m.Provider == want.Provider:
			return Metric{m, c}
		}
		found = append(found, m)
	}
	if len(found) == 1 {
		return Metric{found[0], c}
	}
	want.Reason = c.absent(want, found)
	return Metric{want, c}
}

// absent says why a figure is not to be had.
func (c *Card) absent(want measure.Measure, found []measure.Measure) string {
	if len(found) > 1 {
		var scopes []string
		for _, m := range found {
			scopes = append(scopes, strings.TrimSpace(m.Phase+" "+m.Provider))
		}
		return fmt.Sprintf("the card has %d of them: %s; name one with Phase or Provider", len(found), strings.Join(scopes, ", "))
	}
	var names []string
	for _, m := range c.Metrics {
		if m.Name == want.Name {
			return "the card has none for " + where(want)
		}
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return fmt.Sprintf("no metric of that name; the card has %s", strings.Join(slices.Compact(names), ", "))
}

// AtMost fails the test unless the figure was measured and is at most limit, in
// the metric's own unit: seconds, shares 0–1, counts.
func (m Metric) AtMost(t testing.TB, limit float64) {
	t.Helper()
	if value, ok := m.value(t); ok && value > limit {
		t.Errorf("drilltest: %s is %s, want at most %g\n\n%s", m, figure(value), limit, m.card)
	}
}

// AtLeast fails the test unless the figure was measured and is at least limit.
func (m Metric) AtLeast(t testing.TB, limit float64) {
	t.Helper()
	if value, ok := m.value(t); ok && value < limit {
		t.Errorf("drilltest: %s is %s, want at least %g\n\n%s", m, figure(value), limit, m.card)
	}
}

// value is what the metric is held against. One that has only a lower bound (the
// app never failed over) is worth that bound.
func (m Metric) value(t testing.TB) (float64, bool) {
	t.Helper()
	switch {
	case m.Measured && m.Value != nil:
		return *m.Value, true
	case m.Measured && m.Low != nil:
		return *m.Low, true
	}
	t.Errorf("drilltest: %s was not measured: %s\n\n%s", m, m.Reason, m.card)
	return 0, false
}

// String names the metric and its scope: failover_time in surge.
func (m Metric) String() string { return strings.TrimSpace(m.Name + " " + where(m.Measure)) }

func where(m measure.Measure) string {
	var parts []string
	for _, p := range []struct{ word, name string }{{"in", m.Phase}, {"of journey", m.Journey}, {"at", m.Provider}} {
		if p.name != "" {
			parts = append(parts, p.word+" "+p.name)
		}
	}
	return strings.Join(parts, " ")
}

func figure(v float64) string { return fmt.Sprintf("%.4g", v) }
