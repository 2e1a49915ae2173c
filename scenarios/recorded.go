package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/profile"
)

// comes puts into a journey how its requests come and how long they are, where that
// is not as all journeys say.
func (b *builder) comes(j *journeyDraft, made *traffic.Journey) {
	if p, ok := profile.Find(j.profile); ok {
		made.Lengths, made.Like = p.Lengths, p.Name
		if !b.draft.traffic.Has("arrival") {
			made.Arrival, made.CV = p.Arrival, p.CV
		}
		if !b.draft.traffic.Has("shape") && p.Day != nil {
			made.Shape = pace.Day(b.plan.Length, p.Day...)
		}
	}
	for _, part := range []struct {
		name string
		from percentilesDraft
		to   *length.Dist
	}{{"input", j.lengths.input, &made.Lengths.In}, {"output", j.lengths.output, &made.Lengths.Out}} {
		if part.from.p50 == 0 {
			continue
		}
		if part.from.p99 > 0 && part.from.p99 < part.from.p50 {
			b.problems.Error(part.from.At("p99"), "impossible", "%s.p99 is %g and p50 %g; it must be at least that", part.name, part.from.p99, part.from.p50)
			continue
		}
		*part.to = length.LogNormal(part.from.p50, part.from.p99)
		made.Lengths.ByPrompt = nil // they are of the profile's
	}
	if made.Lengths.In.Said() && !prompts(j) {
		b.problems.Error(j.At("request"), "impossible", "the requests of %s do not carry {{prompt}}, whose length is given; write it where a user's words stand", j.Name)
	}
}

// prompts says whether a journey's requests carry the prompt.
func prompts(j *journeyDraft) bool {
	return j.request.dialect != "" || holding(j.request.Node, "{{prompt}}") != nil
}

// checkReplays gives the requests of traces to the journeys that replay them.
func (b *builder) checkReplays() {
	for _, name := range b.replayed() {
		r := b.replays[name]
		var of []string
		for i := range b.draft.traffic.journeys {
			if j := &b.draft.traffic.journeys[i]; j.trace == name {
				of = append(of, j.Name)
			}
		}
		b.share(r, of)
		b.plan.Replays = append(b.plan.Replays, r.Replay)
	}
	t := &b.draft.traffic
	if len(b.plan.Journeys) == 0 || slices.ContainsFunc(b.plan.Journeys, func(j traffic.Journey) bool { return len(j.Recorded) == 0 }) {
		return
	}
	for _, key := range []string{"arrival", "shape"} {
		if t.Has(key) {
			b.problems.Error(t.At(key), "impossible", "%s beside traces that all journeys replay; allowed: with a journey that has a rate", key)
		}
	}
}

// replayed are the names of the traces that journeys replay, in their order.
func (b *builder) replayed() []string {
	var names []string
	for i := range b.draft.traffic.journeys {
		if name := b.draft.traffic.journeys[i].trace; b.replays[name] != nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// share gives the requests of one trace to journeys, each its own; those of nobody to
// the only one.
func (b *builder) share(r *replay, of []string) {
	for _, named := range r.journeys() {
		switch n := r.count(named); {
		case named == "" && len(of) > 1:
			b.problems.File(r.file, "trace", "%d of its requests name no journey, and %s replay it; one alone can, or each line names its own", n, list(of)).Hint = `"journey": "` + of[0] + `" in a line names one`
			return
		case named != "" && !slices.Contains(of, named):
			b.problems.File(r.file, "trace", "%d of its requests are of a journey %q, which does not replay it; %s", n, named, list(of)+" does").Hint = nearest(named, of)
			return
		}
	}
	for i := range b.plan.Journeys {
		made := &b.plan.Journeys[i]
		if !slices.Contains(of, made.Name) {
			continue
		}
		j := b.journey(made.Name)
		for _, q := range r.requests {
			if q.Journey == made.Name || q.Journey == "" {
				made.Recorded = append(made.Recorded, j.replayedAt(q.At))
				made.Lengths.Given = append(made.Lengths.Given, q.Tokens)
			}
		}
		if made.Pace().Count(0, b.plan.Length) == 0 {
			b.problems.Error(j.At("trace"), "impossible", "no request of %s is due in %s; a journey that replays it has one at least", r.file, show(b.plan.Length))
			continue
		}
		made.Arrival, made.CV, made.Shape, made.Like = "", 0, pace.Shape{}, r.Name
		if cmp.Or(j.speedup, 1) != 1 {
			made.Like = fmt.Sprintf("%s × %g", r.Name, j.speedup)
		}
		if !prompts(j) && slices.ContainsFunc(made.Lengths.Given, func(t length.Tokens) bool { return t.In > 0 }) {
			b.problems.Error(j.At("request"), "impossible", "the requests of %s do not carry {{prompt}}, whose length is given; write it where a user's words stand", j.Name)
		}
	}
}

// replayedAt is when a request is due that came then in the journey's trace.
func (j *journeyDraft) replayedAt(recorded time.Duration) time.Duration {
	return time.Duration(math.Round(float64(recorded) / cmp.Or(j.speedup, 1))).Truncate(pace.Tick)
}

// journey finds a journey's draft, nil when there is none.
func (b *builder) journey(name string) *journeyDraft {
	for i := range b.draft.traffic.journeys {
		if b.draft.traffic.journeys[i].Name == name {
			return &b.draft.traffic.journeys[i]
		}
	}
	return nil
}

// warnReplays speaks of traces that are longer or shorter than the drill.
func (b *builder) warnReplays() {
	for _, name := range b.replayed() {
		told := map[float64]bool{} // it is one trace, however many replay it at a speed
		for i := range b.draft.traffic.journeys {
			if j := &b.draft.traffic.journeys[i]; j.trace == name && !told[j.speedup] {
				told[j.speedup] = true
				b.warnReplay(j, b.replays[name])
			}
		}
	}
}

func (b *builder) warnReplay(j *journeyDraft, r *replay) {
	what := r.file
	if cmp.Or(j.speedup, 1) != 1 {
		what += fmt.Sprintf(" at %g times its speed", j.speedup)
	}
	left := len(r.requests) - sort.Search(len(r.requests), func(i int) bool { return j.replayedAt(r.requests[i].At) >= b.plan.Length })
	switch lasts := j.replayedAt(r.lasts()); {
	case left > 0:
		b.problems.Warn(j.At("trace"), "trace-cut", "%s lasts %s and the drill %s: the last %d of its %d requests are not sent", what, show(lasts), show(b.plan.Length), left, len(r.requests))
	case lasts < b.plan.Length-b.plan.Length/10:
		b.problems.Warn(j.At("trace"), "trace-short", "%s lasts %s and the drill %s: nothing of it is sent after that", what, show(lasts), show(b.plan.Length)).Hint = "shorten the phases, or replay a longer trace"
	}
}
