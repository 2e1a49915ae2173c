package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A Check is something that differs between the runs, beside what was measured.
type Check struct {
	What   string `json:"what"`
	A      string `json:"a"`
	B      string `json:"b"`
	Level  Level  `json:"level"`
	Reason string `json:"reason"`
}

// A Level says what a difference does to the comparison.
type Level string

// Levels.
const (
	Refusal Level = "refusal" // there is no comparison
	Warning Level = "warning" // it may be what the figures differ by
	Note    Level = "note"    // it is good to know
)

// A trait is one thing that runs should have in common.
type trait struct {
	what   string
	of     func(*scorecard.Card) string
	level  func(a, b string) Level
	reason string
	seeded bool // it goes with the seed: a side may have several, and only runs of like seed are asked
}

// traits is the table of what is compared before anything is measured.
func traits() []trait {
	always := func(l Level) func(a, b string) Level { return func(string, string) Level { return l } }
	return []trait{
		{
			what: "scenario", of: func(c *scorecard.Card) string { return c.Scenario.Name }, level: always(Refusal),
			reason: "another scenario asks something else of the app",
		},
		{
			what: "timeline", of: timelineOf, level: always(Refusal),
			reason: "phases, faults, journeys and providers must be the same, or a phase is not that phase",
		},
		{
			what: "faults played", of: func(c *scorecard.Card) string { return map[bool]string{true: "none", false: "as planned"}[c.Control] }, level: always(Refusal),
			reason: "a control run has no outage to compare",
		},
		{
			what: "endpoints", of: upstreamsOf, level: always(Refusal),
			reason: "a real endpoint has its own good and bad days",
		},
		{
			what: "brownout", of: func(c *scorecard.Card) string { return c.Brownout }, level: versions,
			reason: "another version may judge otherwise: report --rejudge judges old logs by new rules",
		},
		{
			what: "scenario text", of: func(c *scorecard.Card) string { return short(c.Scenario.Hash) }, level: always(Warning), seeded: true,
			reason: "the timeline is the same, something else is not: the app file, bars, latencies, limits",
		},
		{
			what: "app", of: func(c *scorecard.Card) string { return c.App }, level: always(Warning),
			reason: "if the app is what was changed, this is what is compared",
		},
		{
			what: "machine", of: func(c *scorecard.Card) string { return c.Machine }, level: always(Warning),
			reason: "times may differ by it",
		},
		{
			what: "seed", of: func(c *scorecard.Card) string { return fmt.Sprint(c.Scenario.Seed) }, level: always(Note),
			reason: "runs with different seeds cannot be paired",
		},
	}
}

// versions refuses another major version of the tool. Versions that cannot be told
// apart by a number, as of a build from source, are a warning.
func versions(a, b string) Level {
	one, two := major(a), major(b)
	if one != "" && two != "" && one != two {
		return Refusal
	}
	return Warning
}

// major is the first number of "v1.2.3", "" for none.
func major(version string) string {
	rest, ok := strings.CutPrefix(version, "v")
	number, _, dotted := strings.Cut(rest, ".")
	if !ok || !dotted || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return number
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

// timelineOf writes down everything that was planned to happen, in so few words as
// differ when it differs.
func timelineOf(c *scorecard.Card) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", words.Figure(c.LengthS, "s"))
	for i, p := range c.Phases {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s–%s", p.Name, words.Figure(p.Start.Float(), "s"), words.Figure(p.End.Float(), "s"))
		if len(p.Faults) > 0 {
			fmt.Fprintf(&b, " (%s)", strings.Join(p.Faults, "; "))
		}
	}
	for _, j := range c.Journeys {
		fmt.Fprintf(&b, "; %s %s/s", j.Name, words.Figure(j.Rate, ""))
		if j.Like != "" {
			fmt.Fprintf(&b, " as %s", j.Like)
		}
	}
	for _, p := range c.Providers {
		fmt.Fprintf(&b, "; %s %s", p.Name, p.Dialect)
	}
	return b.String()
}

func upstreamsOf(c *scorecard.Card) string {
	var real []string
	for _, p := range c.Providers {
		if p.Upstream != "" {
			real = append(real, p.Name+" "+p.Upstream)
		}
	}
	return cmp.Or(strings.Join(real, ", "), "mocks")
}

// checks lists what differs between the sides, or within one of them.
func checks(a, b []Run) []Check {
	found := []Check{}
	for _, t := range traits() {
		left, right := distinct(a, t.of), distinct(b, t.of)
		if t.seeded {
			left, right = distinct(seededLike(a, b), t.of), distinct(seededLike(b, a), t.of)
		}
		if slices.Equal(left, right) && (len(left) == 1 || t.seeded || t.what == "seed") {
			continue
		}
		c := Check{What: t.what, A: strings.Join(left, " | "), B: strings.Join(right, " | "), Reason: t.reason}
		for _, one := range left {
			for _, two := range slices.Concat(left, right) {
				if l := t.level(one, two); one != two && worse(l, c.Level) {
					c.Level = l
				}
			}
		}
		if c.Level == "" { // side B alone is mixed
			c.Level = t.level(right[0], right[len(right)-1])
		}
		found = append(found, c)
	}
	return append(found, verdicts(a, b)...)
}

// verdicts lists runs that were not played to their end, or prove nothing.
func verdicts(a, b []Run) []Check {
	var found []Check
	add := func(verdict scorecard.Verdict, level Level, reason string) {
		named := func(runs []Run) string {
			var names []string
			for _, r := range runs {
				if r.Card.Verdict == verdict {
					names = append(names, r.Name)
				}
			}
			return strings.Join(names, ", ")
		}
		if left, right := named(a), named(b); left+right != "" {
			found = append(found, Check{What: "runs " + verdict.String(), A: left, B: right, Level: level, Reason: reason})
		}
	}
	add(scorecard.Aborted, Refusal, "a run that was stopped lacks what it did not come to")
	add(scorecard.Inconclusive, Warning, "an inconclusive run proves nothing about the app, so its figures may not either")
	return found
}

// seededLike are the runs that have a seed of one of the others.
func seededLike(runs, others []Run) []Run {
	return slices.DeleteFunc(slices.Clone(runs), func(r Run) bool {
		return !slices.ContainsFunc(others, func(o Run) bool { return o.Card.Scenario.Seed == r.Card.Scenario.Seed })
	})
}

// distinct are the values that runs have, sorted.
func distinct(runs []Run, of func(*scorecard.Card) string) []string {
	var values []string
	for _, r := range runs {
		values = append(values, of(r.Card))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func worse(a, b Level) bool {
	order := []Level{"", Note, Warning, Refusal}
	return slices.Index(order, a) > slices.Index(order, b)
}

func refused(checks []Check) bool {
	return slices.ContainsFunc(checks, func(c Check) bool { return c.Level == Refusal })
}
