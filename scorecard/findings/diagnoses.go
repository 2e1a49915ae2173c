package findings

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// A Diagnosis is what somebody said was wrong, with what was to be seen by then.
type Diagnosis struct {
	AtS      float64 `json:"at_s"`
	Actor    string  `json:"actor,omitempty"`
	Provider string  `json:"provider"`
	Fault    string  `json:"fault"`
	Verdict  string  `json:"verdict"` // right, wrong_fault (of the right provider), wrong_provider, no_outage
	// AfterS is the time since the beginning of the outage that was on; nil: none was.
	AfterS *float64 `json:"after_s"`
	Truth  []string `json:"truth,omitempty"` // what was wrong by then: "primary rate_limit"
	Seen   []Seen   `json:"seen,omitempty"`
}

// Seen is one signal that users or the app had between an outage's beginning and a
// diagnosis.
type Seen struct {
	By     string   `json:"by"`   // users, or the app
	What   string   `json:"what"` // "errors", "first token, median", "primary: 429"
	Unit   string   `json:"unit"` // share, s, count
	Value  float64  `json:"value"`
	Usual  *float64 `json:"usual,omitempty"` // in the baseline
	N      int      `json:"n"`               // of how many requests or attempts that had ended by then
	FirstS *float64 `json:"first_s"`         // when it was first seen, since the outage began; nil: it is no moment's
}

// diagnosesMost bounds how many of them a card tells.
const diagnosesMost = 50

// Diagnoses are the guesses in the log, each held against what was the case.
func Diagnoses(m *measure.Meter) []Diagnosis {
	l := &looker{m}
	var all []Diagnosis
	for _, m := range l.MarksOf("diagnosed") {
		if len(all) == diagnosesMost {
			break
		}
		all = append(all, l.diagnosis(m))
	}
	return all
}

func (l *looker) diagnosis(m *record.Mark) Diagnosis {
	d := Diagnosis{AtS: m.At.Float(), Actor: m.Actor, Provider: m.Provider, Fault: m.Fault, Verdict: "no_outage"}
	rank := map[string]int{"no_outage": 0, "wrong_provider": 1, "wrong_fault": 2, "right": 3}
	var about *ledger.Outage
	for i := range l.Outages {
		o := &l.Outages[i]
		if m.At < o.From || m.At >= l.AnswersUntil(o) {
			continue
		}
		verdict := "wrong_provider"
		switch {
		case measure.Diagnosed(o, m):
			verdict = "right"
		case o.Provider == m.Provider:
			verdict = "wrong_fault"
		}
		for _, w := range o.Windows {
			if truth := o.Provider + " " + w.Kind; w.Start <= m.At && !slices.Contains(d.Truth, truth) {
				d.Truth = append(d.Truth, truth)
			}
		}
		if rank[verdict] > rank[d.Verdict] {
			d.Verdict, about = verdict, o
		}
	}
	if about == nil {
		return d
	}
	after := (m.At - about.From).Float()
	d.AfterS = &after
	d.Seen = slices.Concat(l.seenByUsers(about, m.At), l.seenByApp(about, m.At))
	return d
}

// seenByUsers is how the requests fared that were due since an outage began and had
// ended by a moment.
func (l *looker) seenByUsers(o *ledger.Outage, by record.Seconds) []Seen {
	errors, usual := Seen{By: "users", What: "errors", Unit: "share"}, 0
	var firsts, usualFirsts []float64
	calm := 0
	for i := range l.Visits {
		v := &l.Visits[i]
		bad := v.Outcome == ledger.Failed || v.Outcome == ledger.Hang
		switch {
		case v.Warm || v.Outcome == ledger.Unknown:
		case l.Calm.Has(v.Due):
			calm++
			if bad {
				usual++
			}
			if v.First != ledger.Never {
				usualFirsts = append(usualFirsts, (v.First - v.Due).Float())
			}
		case v.Due >= o.From && v.Due < by:
			if v.First != ledger.Never && v.First <= by {
				firsts = append(firsts, (v.First - v.Due).Float())
			}
			if v.Ended != ledger.Never && v.Ended <= by {
				errors.count(bad, v.Ended-o.From)
			}
		}
	}
	var seen []Seen
	if errors.Value > 0 {
		if calm > 0 {
			share := float64(usual) / float64(calm)
			errors.Usual = &share
		}
		errors.Value /= float64(errors.N)
		seen = append(seen, errors)
	}
	if len(firsts) > 0 && len(usualFirsts) > 0 {
		slices.Sort(firsts)
		slices.Sort(usualFirsts)
		now, before := stats.Quantile(firsts, 0.5), stats.Quantile(usualFirsts, 0.5)
		seen = append(seen, Seen{By: "users", What: "first token, median", Unit: "s", Value: now, Usual: &before, N: len(firsts)})
	}
	return seen
}

// count counts one more instance, and those that show the signal.
func (s *Seen) count(shows bool, at record.Seconds) {
	s.N++
	if !shows {
		return
	}
	s.Value++
	if t := at.Float(); s.FirstS == nil || t < *s.FirstS {
		s.FirstS = &t
	}
}

// seenByApp is what came back to the app from each provider since an outage began:
// error statuses, answers that it no longer waited for, and none at all.
func (l *looker) seenByApp(o *ledger.Outage, by record.Seconds) []Seen {
	signs := map[string]*Seen{}
	for i := range l.Attempts {
		a := &l.Attempts[i]
		if a.Ended < o.From || a.Ended > by || a.Arrived < o.From {
			continue
		}
		sign := ""
		switch {
		case a.Left != ledger.Never:
			sign = "given up by the app"
		case a.Status >= 400:
			sign = fmt.Sprint(a.Status)
		case a.Status == 0:
			sign = "no answer"
		case !a.Whole && a.Hit():
			sign = "an answer that is late or not whole"
		}
		if sign == "" {
			continue
		}
		what := l.Providers.Word(a.Provider) + ": " + sign
		if signs[what] == nil {
			signs[what] = &Seen{By: "the app", What: what, Unit: "count"}
		}
		signs[what].count(true, a.Ended-o.From)
	}
	var seen []Seen
	for _, s := range signs {
		seen = append(seen, *s)
	}
	slices.SortFunc(seen, func(a, b Seen) int {
		return cmp.Or(cmp.Compare(*a.FirstS, *b.FirstS), cmp.Compare(a.What, b.What))
	})
	return seen
}
