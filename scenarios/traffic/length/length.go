// Package length says how long the prompts and the answers of a kind of request
// are, in tokens: as a pure function of a seed and of which request it is. So the
// sender and every mock that is asked for an answer know the same, whoever asks
// first.
//
// Start at [Lengths.Of]:
//
//	l := length.Lengths{In: length.LogNormal(1000, 4000), Out: length.LogNormal(130, 600)}
//	t := l.Of(7, "chat", 12) // of the 13th request of chat
package length

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
)

// Most is the longest prompt or answer, in tokens.
const Most = 1_000_000

// Tokens is how long one request's prompt and its answer are; 0 is not said.
type Tokens struct{ In, Out int }

// Lengths are those of a kind of request. The zero Lengths says nothing.
type Lengths struct {
	In, Out Dist
	// ByPrompt are the answers to short prompts, longer ones and so on, where those hang
	// together; Out then is all of them. Empty: they do not.
	ByPrompt []Stretch
	// Given are those of each request, in place of what is drawn; of one beyond them
	// nothing is said.
	Given []Tokens
}

// Stretch is how long the answers are to some of the prompts, which are put in the
// order of their lengths: from the stretch before to this share of them, the last to 1.
type Stretch struct {
	To  float64
	Out Dist
}

// Said says whether anything is.
func (l Lengths) Said() bool { return l.In.Said() || l.Out.Said() || len(l.Given) > 0 }

// Of is how long the n-th request of a stream of that name is, from 0. Prompt and
// answer are drawn apart but for what ByPrompt says.
func (l Lengths) Of(seed uint64, stream string, n int) Tokens {
	if len(l.Given) > 0 {
		if n < 0 || n >= len(l.Given) {
			return Tokens{}
		}
		return l.Given[n]
	}
	if !l.Said() {
		return Tokens{}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(stream + "/length")) // cannot fail
	r := rand.New(rand.NewPCG(seed, h.Sum64()+uint64(n)))
	prompt, answer := r.Float64(), r.Float64()
	out := l.Out
	if i := slices.IndexFunc(l.ByPrompt, func(s Stretch) bool { return prompt < s.To }); i >= 0 {
		out = l.ByPrompt[i].Out
	}
	return Tokens{In: l.In.At(prompt), Out: out.At(answer)}
}

// MeanOut is how long answers are on average; 0: not said.
func (l Lengths) MeanOut() float64 {
	if len(l.Given) == 0 {
		return l.Out.Mean()
	}
	sum, said := 0, 0
	for _, t := range l.Given {
		if t.Out > 0 {
			sum, said = sum+t.Out, said+1
		}
	}
	return float64(sum) / float64(max(said, 1))
}

// Dist is how a number of tokens is distributed: log-normally, or as a table says.
// The zero Dist says nothing.
type Dist struct {
	Median, Sigma float64 // log-normal: Sigma is the standard deviation of the logarithm
	// Table has the quantiles at [Shares], in order, in place of both. Between two of
	// them the logarithm is even.
	Table []float64
}

// Shares are where a table has its quantiles.
func Shares() []float64 {
	return []float64{0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1}
}

// z99 is how many standard deviations the 99th percentile of a normal distribution
// lies above its median.
const z99 = 2.3263

// LogNormal has this median and this 99th percentile; with p99 at most the median
// it is always the same.
func LogNormal(p50, p99 float64) Dist {
	d := Dist{Median: p50}
	if p99 > p50 {
		d.Sigma = math.Log(p99/p50) / z99
	}
	return d
}

// Said says whether there is a distribution.
func (d Dist) Said() bool { return d.Median > 0 || len(d.Table) > 0 }

// At is the number that a share of all are below, of 0 to 1; 0 where nothing is
// said, else 1 at least.
func (d Dist) At(share float64) int {
	if !d.Said() {
		return 0
	}
	tokens := d.Median * math.Exp(d.Sigma*math.Sqrt2*math.Erfinv(2*share-1))
	if len(d.Table) > 0 {
		tokens = between(Shares(), d.Table, share)
	}
	return int(min(max(math.Round(tokens), 1), Most))
}

// between reads a table at a share.
func between(shares, table []float64, at float64) float64 {
	i, _ := slices.BinarySearch(shares, at)
	i = min(max(i, 1), len(shares)-1)
	part := (at - shares[i-1]) / (shares[i] - shares[i-1])
	return table[i-1] * math.Pow(table[i]/table[i-1], min(max(part, 0), 1))
}

// Mean is the mean of what is drawn.
func (d Dist) Mean() float64 {
	if len(d.Table) == 0 {
		return d.Median * math.Exp(d.Sigma*d.Sigma/2)
	}
	var mean float64
	shares := Shares()
	for i := 1; i < len(d.Table); i++ {
		from, to := d.Table[i-1], d.Table[i]
		each := from
		if from != to {
			each = (to - from) / math.Log(to/from)
		}
		mean += each * (shares[i] - shares[i-1])
	}
	return mean
}
