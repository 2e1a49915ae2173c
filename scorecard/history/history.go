// Package history knows what drills came to, one after the other: the index that
// every run adds a line to, the runs that it tells of, how each dimension went from
// quarter to quarter, and which runs may be thrown away. It reads and writes no
// files of its own; whoever has the directory tells it what is there.
//
// Start at [Read] and [Of]:
//
//	lines, broken := history.Read(index)
//	h := history.Of(lines, func(dir string) bool { … })
//	for _, r := range h.Runs {
//		fmt.Println(r.StartedAt, r.Scenario, r.Verdict, r.Score)
//	}
//
// The index is only ever appended to, a line at a time, so that runs that end at once
// need no lock, and a run whose directory is gone is still part of the trend.
package history

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// Schema is the version of the index's format.
const Schema = 1

// A Run is one drill as its line in the index tells it.
type Run struct {
	Dir      string `json:"dir"` // from the directory of the index, with slashes
	Scenario string `json:"scenario"`
	Title    string `json:"title,omitempty"`
	Hash     string `json:"hash"`
	// Traffic says which journeys were like recorded traffic: "chat as burstgpt".
	Traffic   string             `json:"traffic,omitempty"`
	Seed      uint64             `json:"seed"`
	App       string             `json:"app"`
	Brownout  string             `json:"brownout"`
	StartedAt time.Time          `json:"started_at"`
	LengthS   float64            `json:"length_s"`
	Requests  int                `json:"requests"`
	Control   bool               `json:"control,omitempty"`
	Verdict   scorecard.Verdict  `json:"verdict"`
	Grade     string             `json:"grade"`
	Score     *float64           `json:"score"`
	Met       int                `json:"bars_met"`
	Bars      int                `json:"bars"` // that can fail the drill
	Dims      map[string]float64 `json:"dimensions"`
	Sentence  string             `json:"sentence"`

	Pinned bool `json:"pinned,omitempty"` // it is kept, whatever is pruned
	Gone   bool `json:"gone,omitempty"`   // its directory is not there any more
}

// RunOf is the run of a card, in a directory.
func RunOf(dir string, card *scorecard.Card) Run {
	r := Run{
		Dir: dir, Scenario: card.Scenario.Name, Title: card.Scenario.Title, Hash: card.Scenario.Hash, Seed: card.Scenario.Seed,
		App: card.App, Brownout: card.Brownout, StartedAt: card.StartedAt.UTC(), LengthS: card.LengthS, Control: card.Control,
		Verdict: card.Verdict, Grade: card.Grade, Score: card.Score, Dims: map[string]float64{}, Sentence: cut(card.Sentence),
	}
	r.Traffic = trafficOf(card)
	for _, outcomes := range card.Outcomes {
		for _, n := range outcomes {
			r.Requests += n
		}
	}
	for _, b := range card.Bars {
		if b.Severity == "warn" {
			continue
		}
		r.Bars++
		if b.Verdict == scorecard.Pass {
			r.Met++
		}
	}
	for _, d := range card.Dimensions {
		if d.Exercised && d.Score != nil {
			r.Dims[d.Name] = *d.Score
		}
	}
	return r
}

// cut keeps a sentence short: a line must be written in one go.
func cut(s string) string {
	const longest = 400
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}

// trafficOf says which journeys of a card were like recorded traffic.
func trafficOf(card *scorecard.Card) string {
	var like []string
	for _, j := range card.Journeys {
		if j.Like != "" {
			like = append(like, j.Name+" as "+j.Like)
		}
	}
	return strings.Join(like, ", ")
}

// Played is the scenario, with the traffic where that was like a recorded one: the same
// scenario under other traffic is another drill.
func (r *Run) Played() string {
	if r.Traffic == "" {
		return r.Scenario
	}
	return r.Scenario + " (" + r.Traffic + ")"
}

// Group is the directory that a run was part of, of a --repeat or of a pair of apps;
// for a run alone it is its own.
func (r *Run) Group() string {
	group, _, _ := strings.Cut(r.Dir, "/")
	return group
}

// A History is all runs of an index.
type History struct {
	Schema int     `json:"schema"`
	Runs   []Run   `json:"runs"`   // by start
	Trends []Trend `json:"trends"` // of each scenario and app with a graded run
	// Broken are the numbers of lines that are none of an index's.
	Broken []int `json:"broken,omitempty"`
}

// Of makes the history of an index. A run that was judged again counts as it was judged
// last; one that another replaced in its directory is gone, as is one whose directory
// there does not hold.
func Of(lines []Line, there func(dir string) bool) *History {
	h := &History{Schema: Schema, Runs: []Run{}}
	type known struct {
		dir   string
		start int64
	}
	at := map[known]int{}
	latest, pinned := map[string]int64{}, map[string]bool{}
	for _, l := range lines {
		switch {
		case l.Pin != "":
			pinned[clean(l.Pin)] = true
		case l.Unpin != "":
			delete(pinned, clean(l.Unpin))
		case l.Run != nil:
			r := *l.Run
			r.Dir = clean(r.Dir)
			k := known{r.Dir, r.StartedAt.UnixNano()}
			latest[r.Dir] = max(latest[r.Dir], k.start)
			if i, ok := at[k]; ok {
				h.Runs[i] = r
				continue
			}
			at[k] = len(h.Runs)
			h.Runs = append(h.Runs, r)
		}
	}
	for i := range h.Runs {
		r := &h.Runs[i]
		r.Gone = r.StartedAt.UnixNano() != latest[r.Dir] || !there(r.Dir)
		r.Pinned = !r.Gone && (pinned[r.Dir] || pinned[r.Group()])
	}
	slices.SortStableFunc(h.Runs, func(a, b Run) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.Dir, b.Dir))
	})
	h.Trends = trends(h.Runs)
	return h
}

// pastKept is how many earlier runs a card tells of.
const pastKept = 12

// Before gives the graded runs of a card's scenario and traffic against its app that began before
// it, the last few, the oldest first. Control runs are none of them.
func (h *History) Before(card *scorecard.Card) []scorecard.Past {
	var past []scorecard.Past
	for _, r := range h.Runs {
		if r.Scenario == card.Scenario.Name && r.Traffic == trafficOf(card) && r.App == card.App && r.Score != nil && !r.Control && r.StartedAt.Before(card.StartedAt) {
			past = append(past, scorecard.Past{StartedAt: r.StartedAt, Score: *r.Score, Dimensions: r.Dims})
		}
	}
	return past[max(len(past)-pastKept, 0):]
}

// clean writes a directory in one way.
func clean(dir string) string { return path.Clean(strings.ReplaceAll(dir, `\`, "/")) }

// A Filter picks runs; what is zero picks all.
type Filter struct {
	Scenario, App string
	Since         time.Time
	Verdicts      []scorecard.Verdict
}

// Filtered is the history of the runs that a filter picks.
func (h *History) Filtered(f Filter) *History {
	picked := &History{Schema: h.Schema, Broken: h.Broken, Runs: []Run{}}
	for _, r := range h.Runs {
		if (f.Scenario == "" || f.Scenario == r.Scenario) && (f.App == "" || f.App == r.App) &&
			!r.StartedAt.Before(f.Since) && (len(f.Verdicts) == 0 || slices.Contains(f.Verdicts, r.Verdict)) {
			picked.Runs = append(picked.Runs, r)
		}
	}
	picked.Trends = trends(picked.Runs)
	return picked
}

// Prunable gives the runs that may go when of each scenario and app the newest so many
// are kept, oldest first. Runs of one --repeat go or stay together and count as one;
// the pinned stay beside the newest.
func (h *History) Prunable(keep int) []Run {
	type of struct{ scenario, app string }
	groups := map[of][]string{} // the newest first
	for _, r := range slices.Backward(h.Runs) {
		k := of{r.Scenario, r.App}
		if !r.Gone && !slices.Contains(groups[k], r.Group()) {
			groups[k] = append(groups[k], r.Group())
		}
	}
	var old []Run
	for _, r := range h.Runs {
		at := slices.Index(groups[of{r.Scenario, r.App}], r.Group())
		if !r.Gone && !r.Pinned && at >= keep {
			old = append(old, r)
		}
	}
	return old
}

// Last gives the newest run and the one before it, of the same scenario and traffic and,
// if there is one, the same app; of a --repeat, all its runs. ok is false where there are no two.
func (h *History) Last() (before, newest []Run, ok bool) {
	var runs []Run // the newest first
	for _, r := range slices.Backward(h.Runs) {
		if !r.Gone {
			runs = append(runs, r)
		}
	}
	if len(runs) == 0 {
		return nil, nil, false
	}
	one := runs[0]
	newest = with(runs, one)
	like := func(sameApp bool) func(Run) bool {
		return func(r Run) bool {
			return r.Played() == one.Played() && (r.App == one.App || !sameApp) &&
				!slices.ContainsFunc(newest, func(n Run) bool { return n.Dir == r.Dir })
		}
	}
	i := slices.IndexFunc(runs, like(true))
	if i < 0 {
		i = slices.IndexFunc(runs, like(false))
	}
	if i < 0 {
		return nil, nil, false
	}
	return with(runs, runs[i]), newest, true
}

// with gives the runs that were played together with one of the same scenario and app,
// the oldest first.
func with(runs []Run, one Run) []Run {
	var together []Run
	for _, r := range slices.Backward(runs) {
		if r.Group() == one.Group() && r.Scenario == one.Scenario && r.App == one.App {
			together = append(together, r)
		}
	}
	return together
}
