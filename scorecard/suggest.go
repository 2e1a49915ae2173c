package scorecard

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Suggestion is what an app's own healthy stretch carries: when its answers
// are slow, whether the rate is one it serves, and bars that a drill of this
// length can prove.
type Suggestion struct {
	From     string // what it rests on: "the baseline, 280 requests"
	Journeys []SuggestedJourney
	Bars     []SuggestedBar
}

// SuggestedJourney is what one journey carries. Times are in seconds, 0 where
// the stretch was too short to tell (a p95 needs 60 requests).
type SuggestedJourney struct {
	Name                string
	Rate                float64
	RateWhy             string
	SlowTTFT, SlowTotal float64
	SlowWhy             string
}

// SuggestedBar is a bar and why it is the one.
type SuggestedBar struct {
	record.Bar
	Unit, Why string
}

// Suggest reads a suggestion off a card. A control run is healthy all through;
// of any other drill it is the time before the first fault.
func Suggest(card *Card) Suggestion {
	h := healthy{card: card, phases: healthyPhases(card)}
	s := Suggestion{From: fmt.Sprintf("%s, %s requests", h.words(), words.Count(float64(h.requests())))}
	for _, j := range card.Journeys {
		s.Journeys = append(s.Journeys, h.journey(j))
	}
	s.Bars = h.bars()
	return s
}

// healthyPhases are the phases in which nothing went wrong by itself.
func healthyPhases(card *Card) []record.Phase {
	if card.Control {
		return card.Phases
	}
	first := slices.IndexFunc(card.Phases, func(p record.Phase) bool { return p.Faulty(card.Windows) })
	if first < 0 {
		return card.Phases
	}
	return card.Phases[:first]
}

// healthy is the part of a card that a suggestion rests on.
type healthy struct {
	card   *Card
	phases []record.Phase
}

func (h healthy) words() string {
	if h.card.Control {
		return "a control run"
	}
	return "the baseline"
}

func (h healthy) requests() int {
	n := 0
	for _, p := range h.phases {
		n += h.in(p.Name, "availability", "").N
	}
	return n
}

// in is a metric on one phase.
func (h healthy) in(phase, metric, journey string) measure.Measure {
	i := slices.IndexFunc(h.card.Metrics, func(m measure.Measure) bool {
		return m.Name == metric && m.Phase == phase && m.Journey == journey && m.Provider == ""
	})
	if i < 0 {
		return measure.Measure{}
	}
	return h.card.Metrics[i]
}

// worst is the highest value that a time has in any healthy phase, 0 where none
// has one.
func (h healthy) worst(metric, journey string) float64 {
	worst := 0.0
	for _, p := range h.phases {
		if m := h.in(p.Name, metric, journey); m.Value != nil {
			worst = max(worst, *m.Value)
		}
	}
	return worst
}

// served is how many requests were served well, of how many.
func (h healthy) served(journey string) (share float64, n int) {
	good := 0.0
	for _, p := range h.phases {
		if m := h.in(p.Name, "availability", journey); m.Value != nil {
			n += m.N
			good += *m.Value * float64(m.N)
		}
	}
	if n == 0 {
		return 0, 0
	}
	return good / float64(n), n
}

// fitShare is what a healthy app serves well, at least.
const fitShare = 0.99

func (h healthy) journey(row account.JourneyRow) SuggestedJourney {
	s := SuggestedJourney{Name: row.Name}
	share, n := h.served(row.Name)
	if n == 0 {
		s.RateWhy = "no request of it was judged"
		return s
	}
	// Half: what an overloaded app carries cannot be read off its overload.
	s.Rate, s.RateWhy = row.Rate, words.Percent(share)+" served well"
	if _, high := stats.Wilson(int(math.Round(share*float64(n))), n); high < fitShare {
		s.Rate /= 2
		s.RateWhy += " at twice this rate: too much for it, or it was ill; run again to see"
	}
	ttft, total := h.worst("ttft_p95", row.Name), h.worst("latency_p95", row.Name)
	if total == 0 {
		s.SlowWhy = fmt.Sprintf("no p95: it needs 60 requests, there were %d", n)
		return s
	}
	s.SlowTTFT, s.SlowTotal = slowOver(ttft), slowOver(total)
	s.SlowWhy = fmt.Sprintf("three times the p95, %s and %s", words.Figure(ttft, "s"), words.Figure(total, "s"))
	return s
}

// slowOver is when an answer is slow whose p95 is healthy at p: three times
// that, and not less than a second.
func slowOver(p float64) float64 {
	if p == 0 {
		return 0
	}
	return max(1, tidy(3*p))
}

// tidy rounds up to two digits.
func tidy(v float64) float64 {
	if v <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Round(math.Ceil(v/unit-1e-9)*unit*1e6) / 1e6
}

// bars are those that the phases are long enough to prove and the healthy app
// meets.
func (h healthy) bars() []SuggestedBar {
	share, judged := h.served("")
	var bars []SuggestedBar
	for _, p := range h.card.Phases {
		if !p.Faulty(h.card.Windows) {
			continue
		}
		n := h.in(p.Name, "availability", "").N
		for _, least := range []float64{0.999, 0.99, 0.95, 0.90, 0.80} {
			if float64(n) < stats.Enough(least) || share < least {
				continue
			}
			bars = append(bars, SuggestedBar{
				record.Bar{Metric: "availability", Phase: p.Name, Op: "min", Threshold: least},
				"share",
				fmt.Sprintf("%d requests prove it, %.0f are needed", n, math.Ceil(stats.Enough(least))),
			})
			break
		}
	}
	last := lastPhase(&record.Setup{Phases: h.card.Phases})
	if p95 := h.worst("latency_p95", ""); p95 > 0 && last != "" {
		bars = append(bars, SuggestedBar{
			record.Bar{Metric: "latency_p95", Phase: last, Op: "max", Threshold: tidy(2 * p95)},
			"s",
			fmt.Sprintf("twice the healthy %s: users are served as before", words.Figure(p95, "s")),
		})
	}
	if judged >= zeroNeeds {
		bars = append(bars, SuggestedBar{record.Bar{Metric: "harm", Op: "max"}, "count", "an honest error is always possible"})
	}
	return bars
}
