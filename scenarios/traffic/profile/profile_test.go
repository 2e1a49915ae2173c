package profile_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/profile"
)

// known is what the raw traces have, counted over all their requests.
func known() map[string]struct{ in50, inMean, out50, outMean, cv float64 } {
	return map[string]struct{ in50, inMean, out50, outMean, cv float64 }{
		"azure-2023-conversation": {1020, 1154.7, 129, 211.1, 1.09},
		"azure-2023-code":         {1469, 2047.8, 13, 27.88, 13.15},
		"mooncake-conversation":   {6909, 12035, 350, 342.6, 1},
		"azure-2024-conversation": {cv: 1},
		"azure-2024-code":         {cv: 1},
		"burstgpt":                {cv: 3},
	}
}

// hangTogether are the medians of the answers to the shortest fifth of a raw trace's
// prompts, the next, and so on, and the rank correlation of both.
func hangTogether() map[string]struct {
	medians     [5]float64
	correlation float64
} {
	return map[string]struct {
		medians     [5]float64
		correlation float64
	}{
		"azure-2023-conversation": {[5]float64{105, 97, 399, 399, 77}, 0.073},
		"azure-2023-code":         {[5]float64{14, 13, 13, 12, 13}, -0.021},
		"mooncake-conversation":   {[5]float64{300, 352, 352, 362, 371}, 0.072},
	}
}

// Answers are as long as those to such prompts are in the trace.
func TestLengthsHangTogether(t *testing.T) {
	truth := hangTogether()
	for _, p := range profile.Profiles() {
		want, ok := truth[p.Name]
		if ok != p.Lengths.Said() {
			t.Errorf("%s: is anything known of its lengths? %v", p.Name, ok)
		}
		if !ok {
			continue
		}
		if math.Abs(p.Together-want.correlation) > 0.005 {
			t.Errorf("%s: the profile says %.2f, the trace has %.3f", p.Name, p.Together, want.correlation)
		}
		pairs := make([]length.Tokens, 20_000)
		for n := range pairs {
			pairs[n] = p.Lengths.Of(7, p.Name, n)
		}
		if got := rankCorrelation(pairs); math.Abs(got-want.correlation) > 0.1 {
			t.Errorf("%s: what is drawn has a rank correlation of %.3f, the trace %.3f", p.Name, got, want.correlation)
		}
		slices.SortFunc(pairs, func(a, b length.Tokens) int { return a.In - b.In })
		fifth := len(pairs) / len(want.medians)
		for i, of := range want.medians {
			var out []float64
			for _, pair := range pairs[i*fifth : (i+1)*fifth] {
				out = append(out, float64(pair.Out))
			}
			if got := median(out); math.Abs(got-of) > 0.2*of {
				t.Errorf("%s: the median answer to fifth %d of the prompts is %.0f, in the trace %.0f", p.Name, i+1, got, of)
			}
		}
	}
}

// rankCorrelation is Spearman's, of pairs in the order of neither.
func rankCorrelation(pairs []length.Tokens) float64 {
	ranks := func(of func(length.Tokens) int) []float64 {
		order := make([]int, len(pairs))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return of(pairs[a]) - of(pairs[b]) })
		rank := make([]float64, len(pairs))
		for at, i := range order {
			rank[i] = float64(at)
		}
		return rank
	}
	in, out := ranks(func(t length.Tokens) int { return t.In }), ranks(func(t length.Tokens) int { return t.Out })
	var square float64
	for i := range in {
		square += (in[i] - out[i]) * (in[i] - out[i])
	}
	n := float64(len(pairs))
	return 1 - 6*square/(n*(n*n-1))
}

// What a profile gives has the medians, the means and the unevenness of its trace.
func TestProfilesAreAsTheirTraces(t *testing.T) {
	truth := known()
	for _, p := range profile.Profiles() {
		want, ok := truth[p.Name]
		if !ok {
			t.Errorf("%s: nothing is known of it", p.Name)
		}
		var in, out []float64
		for n := range 20_000 {
			t := p.Lengths.Of(7, p.Name, n)
			in, out = append(in, float64(t.In)), append(out, float64(t.Out))
		}
		for what, x := range map[string][2]float64{
			"prompts' median": {median(in), want.in50}, "prompts' mean": {mean(in), want.inMean},
			"answers' median": {median(out), want.out50}, "answers' mean": {mean(out), want.outMean},
		} {
			if math.Abs(x[0]-x[1]) > 0.08*x[1] {
				t.Errorf("%s: %s is %.1f, in the trace %.1f", p.Name, what, x[0], x[1])
			}
		}
		if cv := unevenness(p); math.Abs(cv-want.cv) > 0.1*want.cv {
			t.Errorf("%s: distances have a CV of %.2f, in the trace %.2f", p.Name, cv, want.cv)
		}
	}
}

// unevenness is the CV of the distances between a profile's requests, its day aside.
func unevenness(p profile.Profile) float64 {
	var gaps []float64
	last := time.Duration(0)
	for at := range (pace.Pace{Rate: 100, Arrival: p.Arrival, CV: p.CV}).Moments(rand.New(rand.NewPCG(7, 1)), time.Hour) {
		gaps = append(gaps, (at - last).Seconds())
		last = at
	}
	var squares float64
	m := mean(gaps)
	for _, g := range gaps {
		squares += (g - m) * (g - m)
	}
	return math.Sqrt(squares/float64(len(gaps))) / m
}

// A day is hours that are 1 on average, and a table is as long as it has to be.
func TestTables(t *testing.T) {
	for _, p := range profile.Profiles() {
		if n := len(p.Day); n != 0 && n != 24 {
			t.Errorf("%s: a day of %d hours", p.Name, n)
		}
		if m := mean(p.Day); len(p.Day) > 0 && math.Abs(m-1) > 1e-9 {
			t.Errorf("%s: its hours are %v on average", p.Name, m)
		}
		tables := []length.Dist{p.Lengths.In, p.Lengths.Out}
		last := 0.0
		for _, s := range p.Lengths.ByPrompt {
			if s.To <= last {
				t.Errorf("%s: a stretch ends at %v, the one before at %v", p.Name, s.To, last)
			}
			tables, last = append(tables, s.Out), s.To
		}
		if last != 0 && last != 1 {
			t.Errorf("%s: the last stretch ends at %v", p.Name, last)
		}
		for _, d := range tables {
			if n := len(d.Table); n != 0 && n != len(length.Shares()) || !slices.IsSorted(d.Table) {
				t.Errorf("%s: a table of %d: %v", p.Name, n, d.Table)
			}
		}
		if got, ok := profile.Find(p.Name); !ok || got.Name != p.Name {
			t.Errorf("%s: found %q, %v", p.Name, got.Name, ok)
		}
	}
	if _, ok := profile.Find("azure"); ok {
		t.Error("there is a profile of no name")
	}
}

func mean(of []float64) float64 {
	var sum float64
	for _, x := range of {
		sum += x
	}
	return sum / float64(len(of))
}

func median(of []float64) float64 {
	of = slices.Sorted(slices.Values(of))
	return of[len(of)/2]
}
