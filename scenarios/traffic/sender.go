package traffic

import (
	"context"
	"net"
	"sort"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// DefaultInFlight is the cap on requests under way of a sender that has none.
const DefaultInFlight = 5000

// DefaultKeep is how much of a reply is kept as it came where nobody wants more.
const DefaultKeep = 4 << 10

// A Sender sends requests to one target. Its fields are set before the first
// call and not changed after it.
type Sender struct {
	Target   string // http:// or https:// URL that the journeys' paths are joined to
	Journeys []Journey
	InFlight int // cap on requests under way; 0: DefaultInFlight

	// Fresh makes a connection for each request, as users do who come once; else
	// those that are there are used again.
	Fresh bool
	// H2C speaks HTTP/2 without TLS, knowing beforehand that the target does, too;
	// else it is HTTP/1.1.
	H2C  bool
	Keep int // bytes of a reply's beginning that Result.Body holds; 0: [DefaultKeep]

	// Dial makes the connections; nil dials TCP.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Fill gives the words of a request when it is sent; nil gives none. It is
	// called from many goroutines, and its time is part of the sender's lateness.
	Fill func(Due) ask.Words

	// Login is told that a login begins, and what it returns that it has ended;
	// Secret is told what the app gave a user to be known by: tokens, and the values
	// of cookies. Both may be nil, and are called from many goroutines. Secret is
	// called before Login's end.
	Login  func() (ended func())
	Secret func(value string)

	// NotRenewed is told that a user who had logged in for that request could not do so
	// once more beside the schedule. It may be nil, and is called from many goroutines.
	NotRenewed func(d Due, why error)

	users  accounts
	counts counters
	late   histogram
}

func (s *Sender) limit() int {
	if s.InFlight > 0 {
		return s.InFlight
	}
	return DefaultInFlight
}

// Counts is where the sender stands now, for a progress display.
func (s *Sender) Counts() Counts { return s.counts.read() }

// Lateness says how far the sender fell behind its own schedule: the 99th
// percentile (at most 1/16 above the truth) and the largest of sent − due.
func (s *Sender) Lateness() (p99, largest time.Duration) {
	return s.late.p99(), time.Duration(s.late.largest.Load())
}

// Run sends the requests of a schedule, which is in due order, counted from
// start. It calls done once for each that comes due, from many goroutines, and
// returns when the last has ended; nothing of it goes on after that.
//
// A request that comes due while the cap on requests under way is reached is
// not sent but comes back as dropped. When ctx is done, those under way end as
// stopped, and so do those come back as dropped that are due and not sent. What is
// not due by then is counted alone: there may be millions of it.
func (s *Sender) Run(ctx context.Context, start time.Time, due []Due, done func(Result)) {
	s.Follow(ctx, start, &Timetable{due: due, closed: true}, done)
}

// Follow is Run with a schedule that may change: each request is sent when it is due
// by what the timetable says then. It returns when the timetable is closed, all of
// it is sent and the last request has ended.
func (s *Sender) Follow(ctx context.Context, start time.Time, table *Timetable, done func(Result)) {
	l := s.open(ctx, start)
	defer l.close()
	defer s.beside(l)()
	var workers sync.WaitGroup
	defer workers.Wait()
	jobs := make(chan Due)
	defer close(jobs)

	alarm := time.NewTimer(0)
	defer alarm.Stop()
	for n := 0; ; n++ {
		d, ok := l.await(alarm, table, n)
		if !ok {
			s.leave(table.rest(n), l.since(), done) // of one that was sent whole, nothing
			return
		}
		s.counts.due.Add(1)
		if s.counts.inFlight.Load() >= int64(s.limit()) {
			workers.Go(func() { s.drop(d, overflow, done) }) // done may be slow, the schedule waits for nobody
			continue
		}
		s.counts.sent.Add(1)
		s.counts.inFlight.Add(1)
		select {
		case jobs <- d: // to a worker that is free
		default:
			workers.Go(func() { s.work(l, d, jobs, done) })
		}
	}
}

// beside lets things go on beside the schedule, until it is told to end them.
func (s *Sender) beside(l *link) (end func()) {
	ctx, cancel := context.WithCancel(l.ctx)
	l.aside = &aside{ctx: ctx, failed: s.NotRenewed}
	if l.aside.failed == nil {
		l.aside.failed = func(Due, error) {}
	}
	return func() {
		cancel()
		l.aside.wg.Wait()
	}
}

// await waits until the n-th request of the timetable is due. It says whether there
// is one and the drill goes on.
func (l *link) await(alarm *time.Timer, table *Timetable, n int) (Due, bool) {
	for l.ctx.Err() == nil {
		d, there, open, changed := table.at(n)
		wait := d.At - l.since()
		switch {
		case there && wait <= 0:
			return d, true
		case there:
			alarm.Reset(wait)
		case open:
			alarm.Stop()
		default:
			return Due{}, false
		}
		select {
		case <-alarm.C:
		case <-changed:
		case <-l.ctx.Done():
		}
	}
	return Due{}, false
}

// work sends one request after another. A worker that stays costs less than a
// goroutine for each request, whose stack has to grow every time.
func (s *Sender) work(l *link, d Due, jobs <-chan Due, done func(Result)) {
	h := newHand()
	for ok := true; ok; d, ok = <-jobs {
		r := l.send(d, h)
		if r.Sent >= 0 {
			s.late.add(r.Sent - r.At)
		}
		s.counts.end(r)
		done(r)
	}
}

// leave is what is done about the rest of a schedule at a moment that ends it.
func (s *Sender) leave(rest []Due, now time.Duration, done func(Result)) {
	due := sort.Search(len(rest), func(i int) bool { return rest[i].At > now })
	for _, d := range rest[:due] {
		s.counts.due.Add(1)
		s.drop(d, stopped, done)
	}
	s.counts.unsent.Add(int64(len(rest) - due))
}

func (s *Sender) drop(d Due, why string, done func(Result)) {
	s.counts.dropped.Add(1)
	done(unsent(d, why))
}

// Once sends one request now, taken as due now, and returns when it has ended.
// It is no part of Counts and Lateness.
func (s *Sender) Once(ctx context.Context, d Due) Result {
	l := s.open(ctx, time.Now().Add(-d.At))
	defer l.close()
	return l.send(d, newHand())
}
