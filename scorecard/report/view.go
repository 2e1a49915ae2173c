package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A view is a card as plain strings, cleaned and with units: what the text,
// Markdown, JUnit and HTML formats share. Nothing in it is escaped for a syntax.
type view struct {
	Word     string // PASS, FAIL, INCONCLUSIVE, ABORTED
	Mark     string // ✓ ✗ ? ■
	Class    string // the verdict's own word
	Sentence string
	Reasons  []string
	Scenario string // its name
	Title    string // its title, or its name
	App      string
	Started  string
	Length   string
	Requests string
	Grade    string // "" when there is none
	Score    string
	NoGrade  string // why there is none
	Caps     []string
	Method   string
	Limits   []string

	Dimensions  []dimensionView
	Bars        []barView // the missed first, then the undecided
	inOrder     []barView // as the card has them
	Met         int       // bars met, of those that can fail the drill
	Decisive    int       // bars that can fail the drill
	DefaultBars bool
	Outcomes    []string // columns of the phases' table: what there was
	Phases      []phaseView
	Reactions   []reactionView
	Findings    []findingView
	Diagnoses   []diagnosisView
	Journeys    []journeyView
	Providers   []providerView
	Worst       []requestView
	Slowest     []requestView
	Measures    []measureView

	card *scorecard.Card
}

type dimensionView struct {
	Name, Score, Reason, Weight string
	Exercised                   bool
	Points                      float64 // 0–100
	Rests                       []restView
	Trend                       *trendView // nil: nothing is known of earlier runs
}

type phaseView struct {
	Name, From, To string
	Faults         []string
	N              string
	Served         string  // availability, or "not measured"
	Share          float64 // the same, 0–1
	Measured       bool
	Latency        string // latency_p95
	Attempts       string // retry_amplification
	Counts         []int  // by the view's Outcomes
}

type findingView struct {
	Code, Severity, Sentence, Advice, Evidence, Count string
}

type reactionView struct {
	Signal, Sent, Verdict, Class, Mark, Should, Risk string

	Did   []deedView
	Deeds string // the same in one line
}

type deedView struct{ Name, N, Verdict, Mark string }

type journeyView struct {
	Name, Priority, Primary, Offered, Served, Latency, TTFT string
	Counts                                                  []int
}

type providerView struct {
	Name, Dialect, Attempts, Faulted, Answered, Left, Statuses, Faults, Agents string

	Struck []struckView
}

type struckView struct{ Phase, Kind, Connections, Lost, PerRequest string }

type requestView struct {
	N, Line, Journey, Phase, Due, Outcome, Status, TTFT, Latency, Waited, Error, Tried string
	Waterfall                                                                          *chart.Waterfall // nil: there is nothing to draw
}

type measureView struct {
	Name, Where, Value, Interval, N, Reason string
	pooled, measured                        bool // of all journeys and providers; has a value
}

// viewOf makes the view of a card. It never fails: what a card lacks, the view
// leaves out or calls "not measured".
func viewOf(card *scorecard.Card) *view {
	v := &view{
		card: card, Sentence: plain.Text(card.Sentence), Reasons: plain.Texts(card.Reasons),
		Scenario: plain.Text(card.Scenario.Name), Title: plain.Text(cmp.Or(card.Scenario.Title, card.Scenario.Name, "a drill without a name")),
		App: plain.Text(card.App), Length: words.LongSpan(card.LengthS),
		Started: card.StartedAt.UTC().Format("2 Jan 2006 15:04 UTC"),
		Grade:   plain.Text(card.Grade), Caps: plain.Texts(card.GradeCaps), Limits: plain.Texts(card.Limits),
		DefaultBars: card.DefaultBars,
	}
	if card.StartedAt.Equal(time.Time{}) {
		v.Started = "start unknown"
	}
	v.verdict()
	v.bars()
	v.dimensions()
	v.phases()
	v.reactions()
	v.findings()
	v.diagnoses()
	v.journeys()
	v.providers()
	v.Worst, v.Slowest = requestsOf(card.Worst), requestsOf(card.Slowest)
	v.measures()
	v.method()
	return v
}

func (v *view) verdict() {
	v.Class = v.card.Verdict.String()
	v.Word = strings.ToUpper(v.Class)
	v.Mark = mark(v.card.Verdict)
	switch {
	case v.card.Grade != "" && v.card.Score != nil:
		v.Score = words.Figure(*v.card.Score, "")
	case v.card.Verdict == scorecard.Inconclusive || v.card.Verdict == scorecard.Aborted:
		v.NoGrade = "no grade: the drill is not decided"
	case v.card.Control:
		v.NoGrade = "no grade: a control run, no fault was played"
	default:
		v.NoGrade = "no grade: there was no outage to score"
	}
}

// MoreReasons are the reasons where the sentence does not hold them all: it has
// the first.
func (v *view) MoreReasons() []string {
	if len(v.Reasons) < 2 {
		return nil
	}
	return v.Reasons
}

// mark is a verdict as one sign, so that colour is never all.
func mark(verdict scorecard.Verdict) string {
	switch verdict {
	case scorecard.Pass:
		return "✓"
	case scorecard.Fail:
		return "✗"
	case scorecard.Aborted:
		return "■"
	}
	return "?"
}

func (v *view) bars() {
	for _, b := range v.card.Bars {
		bar := barOf(b)
		v.inOrder = append(v.inOrder, bar)
		if bar.Severity == "warn" {
			continue
		}
		v.Decisive++
		if bar.Verdict == scorecard.Pass {
			v.Met++
		}
	}
	v.Bars = slices.Clone(v.inOrder)
	slices.SortStableFunc(v.Bars, func(a, b barView) int { return cmp.Compare(a.rank(), b.rank()) })
}

func (v *view) dimensions() {
	for _, d := range v.card.Dimensions {
		row := dimensionView{
			Name: plain.Text(d.Name), Reason: plain.Text(d.Reason), Score: "not exercised",
			Weight: words.Figure(d.Weight, ""), Exercised: d.Exercised && d.Score != nil,
		}
		if row.Exercised {
			row.Points = min(max(*d.Score, 0), 100)
			row.Score = fmt.Sprintf("%.0f", *d.Score)
			row.Rests = v.rests(d)
			row.Trend = v.trend(d.Name, row.Points)
		}
		v.Dimensions = append(v.Dimensions, row)
	}
}

func (v *view) phases() {
	total := 0
	seen := map[string]bool{}
	for _, counts := range v.card.Outcomes {
		for outcome, n := range counts {
			total += n
			seen[outcome] = seen[outcome] || n > 0
		}
	}
	v.Requests = words.Figure(float64(total), "count")
	if b := v.card.BrokenOff; b != nil {
		v.Length = words.LongSpan(b.AtS) + " of " + v.Length
		v.Requests = words.Figure(float64(b.Sent), "count") + " of " + v.Requests
	}
	for _, o := range outcomes() {
		if seen[o] {
			v.Outcomes = append(v.Outcomes, o)
		}
	}
	for _, p := range v.card.Phases {
		row := phaseView{
			Name: plain.Text(p.Name), Faults: plain.Texts(p.Faults),
			From: words.Figure(p.Start.Float(), "s"), To: words.Figure(p.End.Float(), "s"),
			Served:   v.figure("availability", p.Name),
			Latency:  v.figure("latency_p95", p.Name),
			Attempts: v.figure("retry_amplification", p.Name),
		}
		if m := v.measure("availability", p.Name); m.Value != nil {
			row.Share, row.Measured = *m.Value, true
		}
		n := 0
		for _, k := range v.card.Outcomes[p.Name] {
			n += k
		}
		row.N = words.Figure(float64(n), "count")
		row.Counts = v.counts(v.card.Outcomes[p.Name])
		v.Phases = append(v.Phases, row)
	}
}

// counts lays outcomes out in the columns of the tables.
func (v *view) counts(outcomes map[string]int) []int {
	row := make([]int, len(v.Outcomes))
	for i, o := range v.Outcomes {
		row[i] = outcomes[o]
	}
	return row
}

// figure is a metric of a phase, everything pooled, as the tables show it.
func (v *view) figure(metric, phase string) string {
	m := v.measure(metric, phase)
	return valueOf(m.Value, m.Low, m.Unit)
}

// measure is a metric of a phase, everything pooled.
func (v *view) measure(metric, phase string) measure.Measure {
	for _, m := range v.card.Metrics {
		if m.Name == metric && m.Phase == phase && m.Journey == "" && m.Provider == "" {
			return m
		}
	}
	return measure.Measure{}
}

const notMeasured = "not measured"

// valueOf writes a value, or the bound that is all that is known of it.
func valueOf(value, low *float64, unit string) string {
	switch {
	case value != nil:
		return words.Figure(*value, unit)
	case low != nil:
		return "> " + words.Figure(*low, unit)
	}
	return notMeasured
}

// optional writes a value that may not be there.
func optional(value *float64, unit string) string {
	if value == nil {
		return "–"
	}
	return words.Figure(*value, unit)
}

// intervalOf writes an interval, "" when there is none.
func intervalOf(low, high *float64, unit string) string {
	if low == nil || high == nil {
		return ""
	}
	return words.Figure(*low, unit) + " – " + words.Figure(*high, unit)
}

func (v *view) method() {
	hash := plain.Text(v.card.Scenario.Hash)
	if len(hash) > 12 {
		hash = hash[:12]
	}
	parts := []string{
		fmt.Sprintf("seed %d", v.card.Scenario.Seed),
		"scenario " + v.Scenario + " (sha256 " + cmp.Or(hash, "unknown") + ")",
		"brownout " + cmp.Or(plain.Text(v.card.Brownout), "of unknown version"),
	}
	if j := v.card.Join; j.Attempts > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s upstream attempts joined to their request",
			words.Figure(j.Share, "share"), words.Figure(float64(j.Attempts), "count")))
	}
	v.Method = strings.Join(parts, " · ")
}

func joined(texts []string) string { return strings.Join(plain.Texts(texts), "\n") }

// dotless keeps a name one part of a dotted class name.
func dotless(s string) string { return strings.ReplaceAll(s, ".", "_") }
