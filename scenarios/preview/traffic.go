package preview

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// Traffic is what one journey sends.
type Traffic struct {
	Journey  string  `json:"journey"`
	Like     string  `json:"like,omitempty"` // the trace that it replays, or whose shape it has
	Requests int     `json:"requests"`
	Peak     int     `json:"peak_rps"`         // most requests due in one second of the clock
	In       *Spread `json:"input,omitempty"`  // of prompts, in tokens; nil: not said
	Out      *Spread `json:"output,omitempty"` // of answers, whoever answers; nil: the models' own
}

// Spread is how long some of the requests are that a journey sends, in tokens.
type Spread struct {
	P50   int `json:"p50"`
	P95   int `json:"p95"`
	Total int `json:"total"`
}

// trafficOf are the journeys of a plan, nil where nothing is said of any length.
func trafficOf(plan *scenarios.Plan, dues []traffic.Due) []Traffic {
	if !slices.ContainsFunc(plan.Journeys, func(j traffic.Journey) bool { return j.Like != "" || j.Lengths.Said() }) {
		return nil
	}
	var all []Traffic
	for i, j := range plan.Journeys {
		var own []traffic.Due
		var in, out []int
		for _, due := range dues {
			if due.Journey != i {
				continue
			}
			own = append(own, due)
			t := plan.Tokens(plan.Nonce(due))
			in, out = append(in, t.In), append(out, t.Out)
		}
		all = append(all, Traffic{Journey: j.Name, Like: j.Like, Requests: len(own), Peak: peak(own), In: spreadOf(in), Out: spreadOf(out)})
	}
	return all
}

// spreadOf leaves those out of which nothing is said.
func spreadOf(tokens []int) *Spread {
	tokens = slices.DeleteFunc(tokens, func(n int) bool { return n == 0 })
	if len(tokens) == 0 {
		return nil
	}
	slices.Sort(tokens)
	s := Spread{P50: tokens[len(tokens)/2], P95: tokens[len(tokens)*95/100]}
	for _, n := range tokens {
		s.Total += n
	}
	return &s
}

// lengths is the table of what journeys send.
func lengths(w io.Writer, p Preview) {
	if len(p.Traffic) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "journey\trequests\tfullest second\tprompts p50, p95, all\tanswers p50, p95, all\tas")
	for _, j := range p.Traffic {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%s\n", j.Journey, j.Requests, j.Peak, j.In, j.Out, cmp.Or(j.Like, "said"))
	}
	_ = t.Flush() // into a buffer
}

// String is a spread in a few words; of none, that the rest decides.
func (s *Spread) String() string {
	if s == nil {
		return "not said"
	}
	return fmt.Sprintf("%d, %d, %d tokens", s.P50, s.P95, s.Total)
}
