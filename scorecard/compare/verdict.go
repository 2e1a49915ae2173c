package compare

import (
	"fmt"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Verdict is what a comparison comes to.
type Verdict string

// Verdicts. The zero one is of no comparison.
const (
	Regression    Verdict = "regression"    // something that was asked for is worse, whatever else is better
	Improvement   Verdict = "improvement"   // something is better and nothing worse
	NoDifference  Verdict = "no difference" // none shown, which is no proof that there is none
	NotComparable Verdict = "not comparable"
)

// conclude finds the verdict and the sentence.
func (c *Comparison) conclude() {
	var worse, better []Row
	for _, r := range c.Rows {
		switch r.Claim {
		case Worse:
			worse = append(worse, r)
		case Better:
			better = append(better, r)
		case Same:
		}
	}
	switch {
	case c.Method == ByNone:
		c.Verdict, c.Sentence = NotComparable, c.Because
		for _, check := range c.Checks {
			if check.Level == Refusal {
				c.Sentence += fmt.Sprintf("; %s: %s", check.What, check.Reason)
				break
			}
		}
		return
	case len(worse) > 0:
		c.Verdict = Regression
	case len(better) > 0:
		c.Verdict = Improvement
	default:
		c.Verdict = NoDifference
	}
	parts := []string{}
	if len(worse) > 0 {
		parts = append(parts, "worse: "+told(worse))
	}
	if len(better) > 0 {
		parts = append(parts, "better: "+told(better))
	}
	if len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("none of %s shows a difference", plural(c.Judged, "figure", "figures")))
	}
	if c.Method == ByPairs {
		parts = append(parts, fmt.Sprintf("%s lost and %d saved of %s",
			plural(c.Users.Lost, "user", "users"), c.Users.Saved, words.Figure(float64(c.Pairing.Requests), "count")))
	}
	c.Sentence = strings.Join(parts, "; ")
}

// told names the first two rows with their values, and counts the others.
func told(rows []Row) string {
	const named = 2
	var parts []string
	for _, r := range rows[:min(named, len(rows))] {
		parts = append(parts, fmt.Sprintf("%s %s → %s", r.Name(), r.A.Figure(r.Unit), r.B.Figure(r.Unit)))
	}
	if more := len(rows) - named; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// Name is what the row is about, in words: "availability in surge, chat".
func (r *Row) Name() string {
	name := r.Metric
	if r.Phase != "" {
		name += " in " + r.Phase
	}
	for _, of := range []string{r.Journey, r.Provider} {
		if of != "" {
			name += ", " + of
		}
	}
	return name
}

// Figure writes the value with its unit: "97.3 %", "> 20 s", "–" where there is none.
func (c Center) Figure(unit string) string {
	switch {
	case c.Value != nil:
		return words.Figure(*c.Value, unit)
	case c.Low != nil:
		return "> " + words.Figure(*c.Low, unit)
	}
	return "–"
}
