// Package split puts the logs of one drill together that was played in several
// places: by `brownout serve` where the app finds the mocks, by `brownout run
// --no-mocks` where its users are. The joined log is judged as any other.
//
//	joined, err := split.Join([]split.Source{
//		{Name: "users/log.jsonl", Read: …},
//		{Name: "mocks.jsonl", Read: …},
//	})
//	card, err := scorecard.Judge(joined)
//
// Each log goes by its own machine's clock. How far those are apart is measured on
// the requests that both sides saw, and said; it is not put right.
package split

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Source is a log that can be read as often as one likes.
type Source struct {
	Name string // for messages
	Read func() iter.Seq2[record.Entry, error]
}

// ErrUnlike says that logs are not of one drill.
var ErrUnlike = errors.New("not one drill")

// half is what there is to know of a log before it is joined.
type half struct {
	Source
	setup           *record.Setup
	end             *record.End
	users, attempts int
	changed         bool // its timeline, while it was played
}

// Join gives the lines of all logs as one log: by the moment they were written,
// with one setup and one end. Lines that are none are passed on, for the judge to
// count. The logs are read twice, and nothing of them is held but a few numbers of
// each request.
//
// Errors: what reading came to; [ErrUnlike] when they are of different scenarios,
// seeds or starts, when one of them never began or was led away from its plan, when
// none or several hold users' requests.
func Join(sources []Source) (iter.Seq2[record.Entry, error], error) {
	var halves []*half
	skew := newSkew()
	for _, s := range sources {
		h := &half{Source: s}
		if err := h.look(skew); err != nil {
			return nil, err
		}
		halves = append(halves, h)
	}
	if err := unlike(halves); err != nil {
		return nil, err
	}
	setup, end := *halves[0].setup, joinedEnd(halves)
	for _, h := range halves {
		if h.users > 0 {
			setup = *h.setup // it knows the app, and par
		}
	}
	setup.Split = skew.measured(len(halves))
	return func(yield func(record.Entry, error) bool) {
		no := 1
		send := func(e record.Entry, err error) bool {
			e.No = no
			no++
			return yield(e, err)
		}
		if !send(record.Entry{Line: record.Line{Kind: "setup", Setup: &setup}}, nil) {
			return
		}
		last := record.Seconds(0)
		for e, err := range merged(halves) {
			last = max(last, e.Line.T)
			if !send(e, err) {
				return
			}
		}
		if end != nil {
			send(record.Entry{Line: record.Line{T: last, Kind: "end", End: end}}, nil)
		}
	}, nil
}

// look reads a log for what must be known beforehand.
func (h *half) look(skew *skew) error {
	for e, err := range h.Read() {
		if _, bad := errors.AsType[*record.LineError](err); bad {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
		switch l := e.Line; {
		case l.Setup != nil && h.setup == nil:
			h.setup = l.Setup
		case l.End != nil:
			h.end = l.End
		case l.Course != nil:
			h.changed = true
		case l.User != nil:
			h.users++
			skew.user(l.User)
		case l.Attempt != nil:
			h.attempts++
			skew.attempt(l.Attempt)
		}
	}
	return nil
}

// unlike says why logs are not of one drill.
func unlike(halves []*half) error {
	first := halves[0]
	var senders []string
	for _, h := range halves {
		switch {
		case h.setup == nil:
			return fmt.Errorf("%w: %s has no setup line: what wrote it never began", ErrUnlike, h.Name)
		case h.setup.Scenario != first.setup.Scenario:
			return fmt.Errorf("%w: %s played %s, %s played %s", ErrUnlike, first.Name, told(first.setup), h.Name, told(h.setup))
		case !h.setup.StartedAt.Equal(first.setup.StartedAt):
			return fmt.Errorf("%w: %s began at %s, %s at %s", ErrUnlike, first.Name, moment(first.setup), h.Name, moment(h.setup))
		}
		if h.changed {
			return fmt.Errorf("%w: the timeline of %s was changed while it was played, and the others went on as planned", ErrUnlike, h.Name)
		}
		if h.users > 0 {
			senders = append(senders, h.Name)
		}
	}
	switch len(senders) {
	case 0:
		return fmt.Errorf("%w: none of the logs holds users' requests", ErrUnlike)
	case 1:
		return nil
	}
	return fmt.Errorf("%w: %s and %s both hold users' requests, which would count twice", ErrUnlike, senders[0], senders[1])
}

func told(s *record.Setup) string {
	return fmt.Sprintf("%q with seed %d (%.12s)", s.Scenario.Name, s.Scenario.Seed, s.Scenario.Hash)
}

func moment(s *record.Setup) string { return s.StartedAt.UTC().Format(time.RFC3339Nano) }

// joinedEnd is one end for all: a drill was done when all of it was, and breaks off
// where one of its logs does.
func joinedEnd(halves []*half) *record.End {
	var joined *record.End
	for _, h := range halves {
		if h.end == nil {
			return nil
		}
		if joined == nil {
			end := *h.end
			joined = &end
			continue
		}
		if joined.Reason == "done" {
			joined.Reason = h.end.Reason
		}
		joined.SenderLateP99 = max(joined.SenderLateP99, h.end.SenderLateP99)
		joined.SenderLateMax = max(joined.SenderLateMax, h.end.SenderLateMax)
	}
	return joined
}

// merged gives the lines but for setups and ends, the one that was written first
// first. Of phases those of the first log that tells of them are kept.
func merged(halves []*half) iter.Seq2[record.Entry, error] {
	return func(yield func(record.Entry, error) bool) {
		var open []*reading
		for i, h := range halves {
			r := &reading{order: i}
			r.next, r.stop = iter.Pull2(h.Read())
			defer r.stop()
			if r.advance() {
				open = append(open, r)
			}
		}
		phases := -1 // whose are kept
		for len(open) > 0 {
			at := 0
			for i, r := range open {
				if cmp.Or(cmp.Compare(r.entry.Line.T, open[at].entry.Line.T), cmp.Compare(r.order, open[at].order)) < 0 {
					at = i
				}
			}
			r := open[at]
			if r.entry.Line.Phase != nil && phases < 0 {
				phases = r.order
			}
			if (r.entry.Line.Phase == nil || r.order == phases) && !yield(r.entry, r.err) {
				return
			}
			if !r.advance() {
				open = append(open[:at], open[at+1:]...)
			}
		}
	}
}

// reading is a log at the line that comes next.
type reading struct {
	order int
	next  func() (record.Entry, error, bool)
	stop  func()
	entry record.Entry
	err   error
}

// advance goes to the next line that is neither setup nor end.
func (r *reading) advance() bool {
	last := r.entry.Line.T
	for {
		e, err, ok := r.next()
		if !ok {
			return false
		}
		if err != nil {
			e.Line.T = last // where it stands is when it was written
		}
		if e.Line.Setup == nil && e.Line.End == nil {
			r.entry, r.err = e, err
			return true
		}
	}
}
