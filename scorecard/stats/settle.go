package stats

import (
	"math"
	"sort"
)

// What must hold around a moment before it counts as settled.
const (
	SettleRun     = 5    // the request and the next four are yes
	settleNear    = 10.0 // s: the stretch that is looked at closely …
	settleNearMin = 20   // … or so many requests, if that takes longer
	SettleLeft    = 20   // requests that must be left, itself included
	settleLeftS   = 5.0  // s that must be left to the end of the window
)

// A Point is one request as a yes/no sequence sees it.
type Point struct {
	At   float64 // due, s since the start of the drill
	Yes  bool
	Line int32 // in log.jsonl, for evidence
}

// SettleOptions say what a sequence must reach.
type SettleOptions struct {
	Start float64 // of the window, s: the onset, t1 …
	End   float64 // of the window, s
	Share float64 // x: the share of yes wanted, 0–1
	// Near and Rest ask more of the stretches of (b) and (c), both ends included,
	// s since the start of the drill. Nil asks nothing. They are only called when
	// the sequence itself is good enough there. failover_time gives both (≥ H − 5
	// points of all requests), recovery_lag gives Near (arrivals ÷ requests).
	Near, Rest func(from, to float64) bool
}

// Settled is where a yes/no sequence came to rest. Low and High are moments in
// seconds since the start of the drill, not spans: take the window's start away.
// Exactly one of these holds:
//
//	TooFew  nothing can settle: fewer than 20 requests, or less than 5 s
//	None    no "no" at all, and settled from the first: 0, "not noticeable"
//	Never   not settled: the answer is "> Low", Low being the last no; High is +Inf
//	else    settled between Low, the last no before, and High, the first of the good
//
// Where no "no" stands before (Near or Rest held it back), Low is the last
// request from which it was not yet settled, or the window's start.
type Settled struct {
	Low, High           float64
	First               int // index of the point settled at, -1 with Never and TooFew
	Before              int // index of the point that Low stands for, -1 when it is the window's start
	None, Never, TooFew bool
}

// Settle applies the rule "Settled" of METRICS §3 to points, which are sorted by
// at. It is settled at the first request from which
//
//	(a) it and the next four are yes,
//	(b) ≥ Share of those due in the next 10 s (20 requests, if longer) are yes,
//	(c) ≥ Share of all to the end of the window are yes,
//
// while 20 requests and 5 s are left. One yes turned into a no never makes it
// settle earlier.
func Settle(points []Point, opts SettleOptions) Settled {
	s := sequence{points: points, opts: opts, no: make([]int, len(points)+1)}
	for i, p := range points {
		s.no[i+1] = s.no[i]
		if !p.Yes {
			s.no[i+1]++
		}
	}
	last := s.lastCandidate()
	if last < 0 {
		return Settled{First: -1, Before: -1, TooFew: true}
	}
	for i := range last + 1 {
		if s.restsFrom(i) {
			return s.found(i)
		}
	}
	return s.never(last)
}

// sequence is the points with a running count of no, so that any stretch is
// counted in one step.
type sequence struct {
	points []Point
	opts   SettleOptions
	no     []int // no[i]: how many of points[:i] are no
}

// lastCandidate is the last index with enough requests and time left, or -1.
func (s *sequence) lastCandidate() int {
	i := len(s.points) - SettleLeft
	for i >= 0 && s.opts.End-s.points[i].At < settleLeftS {
		i--
	}
	return max(i, -1)
}

// restsFrom says whether (a), (b) and (c) hold from point i on.
func (s *sequence) restsFrom(i int) bool {
	if s.no[i+SettleRun] != s.no[i] {
		return false
	}
	from := s.points[i].At
	near := sort.Search(len(s.points), func(j int) bool { return s.points[j].At > from+settleNear })
	to := from + settleNear
	if near < i+settleNearMin {
		near = i + settleNearMin
		to = s.points[near-1].At
	}
	if !s.share(i, near) || !s.share(i, len(s.points)) {
		return false
	}
	to = math.Min(to, s.opts.End)
	return (s.opts.Near == nil || s.opts.Near(from, to)) &&
		(s.opts.Rest == nil || s.opts.Rest(from, s.opts.End))
}

// share says whether enough of points[i:j] are yes.
func (s *sequence) share(i, j int) bool {
	n := j - i
	yes := n - (s.no[j] - s.no[i])
	// 0.9 × 20 is 18 and not a hair more.
	return float64(yes) >= s.opts.Share*float64(n)-1e-9
}

// found reports the sequence settled at point i.
func (s *sequence) found(i int) Settled {
	if i == 0 && s.no[len(s.points)] == 0 {
		return Settled{Low: s.opts.Start, High: s.opts.Start, Before: -1, None: true}
	}
	r := Settled{High: s.points[i].At, First: i, Before: s.lastNo(i)}
	if r.Before < 0 {
		r.Before = i - 1
	}
	r.Low = s.opts.Start
	if r.Before >= 0 {
		r.Low = s.points[r.Before].At
	}
	return r
}

// never reports that no point settled, last being the last that could have.
func (s *sequence) never(last int) Settled {
	r := Settled{High: math.Inf(1), First: -1, Before: s.lastNo(len(s.points)), Never: true}
	if r.Before < 0 {
		r.Before = last
	}
	r.Low = s.points[r.Before].At
	return r
}

// lastNo is the index of the last no before i, or -1.
func (s *sequence) lastNo(i int) int {
	for i--; i >= 0; i-- {
		if !s.points[i].Yes {
			return i
		}
	}
	return -1
}
