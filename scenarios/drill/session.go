package drill

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Session is a drill whose timeline is made while it runs: whoever holds it
// says when which phase begins and what goes wrong. Its log is written at the
// end, for only then is it known what its first line says. The plan's steps and
// what it watches are for [Run].
//
// Its methods are for one goroutine.
type Session struct {
	drill *drill
	lines held

	start   time.Time
	phases  []scenarios.Phase
	windows []faults.Window // all so far; To of those still open is later
	due     []traffic.Due
	ended   ended
	stop    context.CancelFunc // of the traffic
	sending <-chan struct{}    // closed when the traffic has ended; nil: none was begun
	closed  bool
}

// later ends a window that is still open. It is far enough, and near enough for
// sums with it not to overflow.
const later = time.Duration(math.MaxInt64 / 4)

// maxSession is how long a session's traffic goes on at most.
const maxSession = time.Hour

// ErrNoTraffic says that a session has had no traffic yet: there is nothing to
// judge, nor to wait for.
var ErrNoTraffic = errors.New("the session had no traffic")

// Open starts the plan's providers, healthy. Options.App is not looked at, see
// [Session.Drive]. Errors are [Run]'s.
func Open(ctx context.Context, plan *scenarios.Plan, opts Options) (*Session, error) {
	if opts.Log == nil {
		return nil, errNoLog
	}
	s := &Session{start: time.Now(), stop: func() {}}
	d := newDrill(plan, opts)
	d.ledger.log = record.NewWriter(&s.lines)
	s.drill = d
	if err := d.startProviders(ctx); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return s, nil
}

// Place is what an app needs to know of the session.
func (s *Session) Place() Place { return s.drill.place() }

// Drive starts the app, sees that it calls the mocks and begins the plan's
// traffic, which goes on until Close. The clock starts here, in the plan's first
// phase, which is to be without faults. Errors are [Run]'s.
func (s *Session) Drive(ctx context.Context, app App) error {
	if s.sending != nil {
		return errors.New("the traffic is under way already")
	}
	if s.faulty() {
		return errors.New("faults are open, and the baseline is to be without; heal first")
	}
	d := s.drill
	d.opts.App = app
	if err := d.startApp(ctx); err != nil {
		return err
	}
	if err := d.canary(ctx); err != nil {
		return err
	}
	s.start, s.windows, s.phases = time.Now(), nil, nil
	s.enter(d.plan.Phases[0].Name)
	d.ledger.begin(s.start, d.setup(s.start))
	d.ledger.phase(s.phases[0].Name)
	s.due = traffic.Schedule(d.plan.Journeys, d.plan.Seed, maxSession)
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.sending = inBackground(func() {
		d.sender.Run(sending, s.start, s.due, func(r traffic.Result) {
			d.ledger.user(r)
			s.ended.note(r)
		})
	})
	return nil
}

// Await waits until the next n requests, those due from now on, have ended: a stretch
// of the drill that is as long on a busy machine as it needs to be. The error is
// ctx's, or says that so many are not to come.
func (s *Session) Await(ctx context.Context, n int) error {
	if s.sending == nil {
		return ErrNoTraffic
	}
	from := s.dueBefore(time.Since(s.start))
	if left := len(s.due) - from; n > left {
		return fmt.Errorf("%d requests: %d are left of the traffic, which ends after %v", n, left, maxSession)
	}
	if err := s.ended.await(ctx, from, from+n); err != nil {
		return fmt.Errorf("wait for %d requests: %w", n, err)
	}
	return nil
}

// dueBefore is how many requests are due before a moment.
func (s *Session) dueBefore(t time.Duration) int {
	n, _ := slices.BinarySearchFunc(s.due, t, func(d traffic.Due, at time.Duration) int { return cmp.Compare(d.At, at) })
	return n
}

// Phase ends what goes wrong and begins a phase of the plan: its faults are open
// until the next call of Phase or Heal, at the share with which they end.
func (s *Session) Phase(name string) error {
	held, err := playing(s.drill.plan, ServeOptions{Phase: name})
	if err != nil {
		return err
	}
	s.begin(name)
	s.open(held...)
	return nil
}

// Inject lets one more thing go wrong, from now until the next call of Phase or
// Heal. In a phase without faults it begins one that bears the kind's name.
// Fault.Key may be empty. The error is what [faults.Fault.Check] finds, or a
// provider that the plan does not have.
func (s *Session) Inject(f faults.Fault) error {
	if err := s.drill.check(f); err != nil {
		return err
	}
	if f.Key == "" {
		f.Key = fmt.Sprintf("inject/%d/%s", len(s.windows)+1, f.Kind)
	}
	if !s.faulty() {
		s.begin(f.Kind)
	}
	var made []faults.Window
	for _, name := range f.Providers {
		made = append(made, faults.Window{Fault: &f, Provider: name})
	}
	s.open(made...)
	return nil
}

// Heal ends what goes wrong and begins the recovery, under the name that the
// plan has for its last phase.
func (s *Session) Heal() {
	last := s.drill.plan.Phases[len(s.drill.plan.Phases)-1]
	name := "recovery"
	if len(last.Faults) == 0 {
		name = last.Name
	}
	s.begin(name)
	s.play()
}

// Close ends the session: no request is due from now on, those under way end by
// themselves, or with their journey's timeout. Then everything that was started
// stops and the log is written. The error is [ErrNoTraffic] when there is none.
func (s *Session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	d := s.drill
	length := time.Since(s.start)
	if s.sending != nil {
		patient, cancel := context.WithTimeout(context.Background(), s.patience())
		_ = s.ended.await(patient, 0, s.dueBefore(length)) // what has not ended by then never will
		cancel()
	}
	s.stop()
	if s.sending != nil {
		<-s.sending
	}
	s.finish(length)
	d.heal()
	if err := d.close(); err != nil {
		return err
	}
	if s.sending == nil {
		return ErrNoTraffic
	}
	return s.write(length)
}

// patience is how long the last requests may take.
func (s *Session) patience() time.Duration {
	longest := time.Duration(0)
	for _, j := range s.drill.plan.Journeys {
		longest = max(longest, j.Timeout)
	}
	return longest + time.Second
}

// begin ends the current phase and its faults and enters another.
func (s *Session) begin(name string) {
	s.finish(time.Since(s.start))
	s.enter(name)
	if s.sending != nil {
		s.drill.ledger.phase(s.phases[len(s.phases)-1].Name)
	}
}

// enter adds a phase from now on. One that was there before gets a number.
func (s *Session) enter(name string) {
	times := 1
	for _, p := range s.phases {
		if p.Name == name || p.Name == fmt.Sprintf("%s %d", name, times) {
			times++
		}
	}
	if times > 1 {
		name = fmt.Sprintf("%s %d", name, times)
	}
	now := time.Since(s.start)
	if len(s.phases) == 0 {
		now = 0
	}
	s.phases = append(s.phases, scenarios.Phase{Name: name, From: now, To: later})
}

// finish closes the phase and the windows that are open.
func (s *Session) finish(now time.Duration) {
	for i := range s.windows {
		s.windows[i].To = min(s.windows[i].To, now)
	}
	if n := len(s.phases); n > 0 {
		s.phases[n-1].To = now
	}
}

// open opens windows from now on.
func (s *Session) open(windows ...faults.Window) {
	now := time.Since(s.start)
	for _, w := range windows {
		w.From, w.To = now, later
		s.windows = append(s.windows, w)
		if n := len(s.phases); n > 0 {
			p := &s.phases[n-1]
			p.Faults = append(p.Faults, w.Provider+": "+w.Fault.Kind)
		}
	}
	s.play()
}

// play has the providers perform what is open.
func (s *Session) play() {
	now := time.Since(s.start)
	open := slices.DeleteFunc(slices.Clone(s.windows), func(w faults.Window) bool { return w.To <= now })
	for _, p := range s.drill.providers {
		p.play(s.start, open)
	}
}

func (s *Session) faulty() bool {
	return slices.ContainsFunc(s.windows, func(w faults.Window) bool { return w.To == later })
}
