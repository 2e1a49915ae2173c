package compare_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/compare"
)

// row finds a row of a comparison.
func row(t *testing.T, c *compare.Comparison, metric, phase string) compare.Row {
	t.Helper()
	i := slices.IndexFunc(c.Rows, func(r compare.Row) bool {
		return r.Metric == metric && r.Phase == phase && r.Journey == "" && r.Provider == ""
	})
	if i < 0 {
		t.Fatalf("no row %s %s", metric, phase)
	}
	return c.Rows[i]
}

func one(r compare.Run) []compare.Run { return []compare.Run{r} }

func TestARunDoesNotDifferFromItself(t *testing.T) {
	r := moody().run(t, 7, 1)
	c := compare.Of(one(r), one(r))
	if c.Verdict != compare.NoDifference || len(c.Checks) > 0 || c.Users.Lost+c.Users.Saved > 0 {
		t.Errorf("%s: %s, %v, %+v", c.Verdict, c.Sentence, c.Checks, c.Users)
	}
	if c.Pairing.Requests != len(r.Fates) || c.Pairing.AloneA+c.Pairing.AloneB > 0 {
		t.Errorf("%+v of %d requests", c.Pairing, len(r.Fates))
	}
	for _, r := range c.Rows {
		if r.Change != nil && *r.Change != 0 || r.P != nil && *r.P != 1 || r.More+r.Fewer > 0 {
			t.Errorf("%s: change %v, p %v", r.Name(), r.Change, r.P)
		}
	}
}

// Which side is A changes signs and words and nothing else.
func TestSwappingSidesMirrors(t *testing.T) {
	better, worse := steady(), steady()
	worse.spotty, worse.slower = 0.08, 0.1
	var a, b []compare.Run
	for i := range uint64(5) {
		a, b = append(a, better.run(t, i, 1)), append(b, worse.run(t, i, 2))
	}
	there, back := compare.Of(a, b), compare.Of(b, a)
	if there.Verdict != compare.Regression || back.Verdict != compare.Improvement {
		t.Errorf("%s and back %s", there.Verdict, back.Verdict)
	}
	if there.Users.Lost != back.Users.Saved || there.Users.Saved != back.Users.Lost {
		t.Errorf("%+v and back %+v", there.Users, back.Users)
	}
	for i := range back.Rows {
		mirror(&back.Rows[i])
	}
	if diff := cmp.Diff(there.Rows, back.Rows, cmpopts.IgnoreUnexported(compare.Row{}), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("-there +back, mirrored:\n%s", diff)
	}
}

func mirror(r *compare.Row) {
	r.A, r.B, r.More, r.Fewer = r.B, r.A, r.Fewer, r.More
	if r.Change != nil {
		*r.Change = -*r.Change
	}
	for i := range r.Bars {
		r.Bars[i].A, r.Bars[i].B = r.Bars[i].B, r.Bars[i].A
	}
	for _, in := range []*compare.Interval{r.Interval, r.Typical} {
		if in != nil {
			in.Mid, in.Low, in.High = -in.Mid, -in.High, -in.Low
		}
	}
	switch r.Claim {
	case compare.Better:
		r.Claim = compare.Worse
	case compare.Worse:
		r.Claim = compare.Better
	case compare.Same:
	}
}

// An app that got worse by something is found worse by that, and by nothing that has
// nothing to do with it.
func TestWhatGotWorseIsFound(t *testing.T) {
	spoilt, slow, late := steady(), steady(), steady()
	spoilt.spotty, slow.slower, late.failover = 0.10, 0.15, 60
	tests := map[string]struct {
		law         law
		worse, same []string // metric and phase
	}{
		"more errors": {spoilt, []string{"availability ", "availability outage", "availability after"}, []string{"latency_p50 outage"}},
		"slower":      {slow, []string{"latency_p50 outage"}, []string{"availability ", "availability after", "harm "}},
		"never over":  {late, []string{"availability ", "availability outage"}, []string{"availability after", "harm "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := compare.Of(one(steady().run(t, 3, 1)), one(test.law.run(t, 3, 4)))
			for claim, rows := range map[compare.Claim][]string{compare.Worse: test.worse, compare.Same: test.same} {
				for _, at := range rows {
					metric, phase, _ := strings.Cut(at, " ")
					if r := row(t, c, metric, phase); r.Claim != claim {
						t.Errorf("%s: %q, want %q (p %v, corrected %v, %s → %s)",
							r.Name(), r.Claim, claim, *r.P, *r.Corrected, r.A.Figure(r.Unit), r.B.Figure(r.Unit))
					}
				}
			}
			if c.Verdict != compare.Regression {
				t.Errorf("%s: %s", c.Verdict, c.Sentence)
			}
		})
	}
}

// What all requests are slower by is found to the millisecond, for each is compared
// with itself.
func TestTypicalChange(t *testing.T) {
	slow := steady()
	slow.slower = 0.050
	c := compare.Of(one(steady().run(t, 3, 1)), one(slow.run(t, 3, 4)))
	r := row(t, c, "latency_p50", "outage")
	if r.Typical == nil || r.Typical.Low > 0.050 || r.Typical.High < 0.050 || r.Typical.High-r.Typical.Low > 0.005 {
		t.Errorf("%+v", r.Typical)
	}
	// A quarter as much is as sure, and too little to matter.
	slow.slower = 0.008
	c = compare.Of(one(steady().run(t, 3, 1)), one(slow.run(t, 3, 4)))
	if r := row(t, c, "latency_p50", "outage"); *r.Corrected > 0.05 || r.Claim != compare.Same || r.Reason == "" {
		t.Errorf("%q, corrected p %v: %s", r.Claim, *r.Corrected, r.Reason)
	}
}

func TestUsersLostAndSaved(t *testing.T) {
	lines := steady().play(3, 1)
	before := judged(t, "before", lines)
	for _, l := range lines {
		switch {
		case l.User == nil:
		case l.User.N == 400 && l.User.Answer != nil: // was served
			l.User.Answer.Complete = false
		case l.User.N == 401:
			l.User.Told, l.User.Status, l.User.Answer = true, 502, nil
		}
	}
	c := compare.Of(one(before), one(judged(t, "after", lines)))
	want := []compare.Swing{
		{Pair: 1, N: 400, Nonce: word(400), Journey: "chat", Phase: "outage", DueS: 20.025, Before: "fallback", After: "truncated", Lost: true},
		{Pair: 1, N: 401, Nonce: word(401), Journey: "chat", Phase: "outage", DueS: 20.075, Before: "fallback", After: "error", Lost: true},
	}
	if diff := cmp.Diff(want, c.Users.Swings); diff != "" || c.Users.Lost != 2 {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c.Verdict != compare.NoDifference {
		t.Errorf("two users of 1,200 are no regression: %s", c.Sentence)
	}
}

func TestMethod(t *testing.T) {
	runs := func(n int, seed, dice uint64, logs bool) []compare.Run {
		var all []compare.Run
		for i := range uint64(n) {
			r := steady().run(t, seed+i, dice)
			if !logs {
				r.Fates = nil
			}
			all = append(all, r)
		}
		return all
	}
	tests := map[string]struct {
		a, b    []compare.Run
		method  string
		because string
	}{
		"one pair":           {runs(1, 1, 1, true), runs(1, 1, 2, true), compare.ByPairs, "1 pair of runs"},
		"two pairs of three": {runs(3, 1, 1, true), runs(3, 2, 2, true), compare.ByPairs, "2 pairs of runs"},
		"other seeds, few":   {runs(3, 1, 1, true), runs(4, 11, 2, true), compare.ByNone, "takes 4 a side (here are 3 and 4)"},
		"other seeds":        {runs(4, 1, 1, true), runs(4, 11, 2, true), compare.ByRuns, "no two have the same seed"},
		"cards alone, few":   {runs(1, 1, 1, false), runs(1, 1, 2, false), compare.ByNone, "no run has a log"},
		"cards alone":        {runs(4, 1, 1, false), runs(4, 1, 2, true), compare.ByRuns, "one side have no log"},
	}
	for name, test := range tests {
		c := compare.Of(test.a, test.b)
		if c.Method != test.method || !strings.Contains(c.Because, test.because) {
			t.Errorf("%s: %s, %s", name, c.Method, c.Because)
		}
		if (c.Verdict == compare.NotComparable) != (test.method == compare.ByNone) {
			t.Errorf("%s: %s", name, c.Verdict)
		}
	}
}

// What differs beside the figures stops a comparison or goes with it.
func TestChecks(t *testing.T) {
	tests := map[string]struct {
		change func(*scorecard.Card)
		what   string
		level  compare.Level
	}{
		"another scenario":  {func(c *scorecard.Card) { c.Scenario.Name = "other" }, "scenario", compare.Refusal},
		"a longer phase":    {func(c *scorecard.Card) { c.Phases[1].End = secs(50) }, "timeline", compare.Refusal},
		"another fault":     {func(c *scorecard.Card) { c.Phases[1].Faults = []string{"primary: hang 10%"} }, "timeline", compare.Refusal},
		"other traffic":     {func(c *scorecard.Card) { c.Journeys[0].Like = "trace-7d.ndjson" }, "timeline", compare.Refusal},
		"more traffic":      {func(c *scorecard.Card) { c.Journeys[0].Rate = 30 }, "timeline", compare.Refusal},
		"a control run":     {func(c *scorecard.Card) { c.Control = true }, "faults played", compare.Refusal},
		"a real endpoint":   {func(c *scorecard.Card) { c.Providers[0].Upstream = "https://api.example" }, "endpoints", compare.Refusal},
		"another major":     {func(c *scorecard.Card) { c.Brownout = "v2.0.0" }, "brownout", compare.Refusal},
		"another minor":     {func(c *scorecard.Card) { c.Brownout = "v1.1.0" }, "brownout", compare.Warning},
		"built from source": {func(c *scorecard.Card) { c.Brownout = "(devel)" }, "brownout", compare.Warning},
		"another text":      {func(c *scorecard.Card) { c.Scenario.Hash = "def" }, "scenario text", compare.Warning},
		"another app":       {func(c *scorecard.Card) { c.App = "http://127.0.0.1:1" }, "app", compare.Warning},
		"another machine":   {func(c *scorecard.Card) { c.Machine = "plan9/arm, 1 processor" }, "machine", compare.Warning},
		"another seed":      {func(c *scorecard.Card) { c.Scenario.Seed, c.Scenario.Hash = 2, "of 2" }, "seed", compare.Note},
		"it was stopped":    {func(c *scorecard.Card) { c.Verdict = scorecard.Aborted }, "runs aborted", compare.Refusal},
		"it proves nothing": {func(c *scorecard.Card) { c.Verdict = scorecard.Inconclusive }, "runs inconclusive", compare.Warning},
	}
	for name, test := range tests {
		a, b := steady().run(t, 1, 1), steady().run(t, 1, 2)
		test.change(b.Card)
		c := compare.Of(one(a), one(b))
		if len(c.Checks) != 1 || c.Checks[0].What != test.what || c.Checks[0].Level != test.level {
			t.Errorf("%s: %+v", name, c.Checks)
			continue
		}
		if refused := test.level == compare.Refusal; refused != (len(c.Rows) == 0) || refused && c.Verdict != compare.NotComparable {
			t.Errorf("%s: %s with %d rows", name, c.Verdict, len(c.Rows))
		}
	}
}

// A drill that failed over in every run of one side, and in none of the other, has a
// worse failover_time there, though no value says so.
func TestNeverIsWorseThanAnyTime(t *testing.T) {
	late := steady()
	late.failover = 300
	var a, b []compare.Run
	for i := range uint64(6) {
		a, b = append(a, steady().run(t, i, 1)), append(b, late.run(t, 100+i, 1))
	}
	r := row(t, compare.Of(a, b), "failover_time", "outage")
	if r.Claim != compare.Worse || r.B.Value != nil || r.B.Low == nil || r.Test != compare.ByRuns {
		t.Errorf("%+v", r)
	}
}
