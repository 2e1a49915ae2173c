package drill

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/secrets"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Look is what an app makes of one request of each of its journeys, when nothing is
// wrong.
type Look struct {
	App       string
	Endpoints []Endpoint
	Visits    []Visit
	Agents    []string // user agents that called the mocks
	Strays    []string // real providers that the app was kept from, with what leads it to the mocks
	Distrust  []string // what clients had against certificates
	Keys      []string // hashes of the keys that apps are given, as attempts have them
}

// A Visit is one request as both sides saw it. Moments are spans since it was sent.
type Visit struct {
	Journey  traffic.Journey
	Nonce    string
	Trace    string // trace id of its traceparent
	Result   traffic.Result
	Answer   *record.Answer   // what the text that the journey's rule found proves; nil: nothing
	Attempts []record.Attempt // by arrival, whose calls they may be: one request is sent after the other
}

// witness is told of an attempt that ended.
type witness func(a *record.Attempt, arrived, ended time.Time)

// probeKeeps is how much of a reply is looked at.
const probeKeeps = 1 << 20

// Probe asks the app once for each journey of the plan, with providers that are well,
// and tells what came of it. Nothing of it is written down; Options.Log is not needed.
// The errors are those of [Run], but that no mock sees a request is none.
func Probe(ctx context.Context, plan *scenarios.Plan, opts Options) (look *Look, err error) {
	d := newDrill(plan, opts)
	defer func() { err = cmp.Or(err, d.close()) }()
	if err := d.startProviders(ctx); err != nil {
		return nil, err
	}
	if err := d.startApp(ctx); err != nil {
		return nil, err
	}
	if err := d.seePage(ctx); err != nil {
		return nil, err
	}
	d.sender.Keep = probeKeeps
	look = &Look{App: opts.App.Name, Endpoints: d.endpoints()}
	for _, e := range look.Endpoints {
		look.Keys = append(look.Keys, secrets.Hash(e.Key))
	}
	for i := range plan.Journeys {
		look.Visits = append(look.Visits, d.probe(ctx, i))
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	look.Agents, look.Strays, look.Distrust = d.ledger.agentsSeen(), d.ledger.straysSoFar(), d.ledger.distrusted()
	return look, nil
}

// lull is how long an app may take to call the mocks after it has answered.
const lull = time.Second

// probe sends one request and waits until what it led to is over.
func (d *drill) probe(ctx context.Context, journey int) Visit {
	due := traffic.Due{N: journey, Journey: journey, Nth: scenarios.MaxNth}
	v := Visit{Journey: d.plan.Journeys[journey], Nonce: d.plan.Nonce(due)}
	v.Trace = ask.Trace(due.N, v.Nonce)
	var seen []record.Attempt
	began := time.Now()
	d.ledger.expectCanary(v.Nonce)
	d.ledger.testify(func(a *record.Attempt, arrived, ended time.Time) {
		a.Arrived, a.Ended = record.Of(arrived.Sub(began)), record.Of(ended.Sub(began))
		if a.First != nil {
			first := a.Arrived + *a.First
			a.First = &first
		}
		seen = append(seen, *a)
	})
	v.Result = d.sender.Once(ctx, due)
	waiting, cancel := context.WithTimeout(ctx, lull)
	defer cancel()
	d.ledger.canariesSeen(waiting)
	d.drain(ctx)
	d.ledger.testify(nil)
	d.ledger.mu.Lock() // what is still under way may be told later
	v.Attempts = slices.Clone(seen)
	d.ledger.mu.Unlock()
	slices.SortStableFunc(v.Attempts, func(a, b record.Attempt) int { return cmp.Compare(a.Arrived, b.Arrived) })
	v.Answer = d.ledger.reading(v.Result.Text)
	v.Result.Body, v.Result.Text = d.ledger.clean(v.Result.Body), d.ledger.clean(v.Result.Text)
	if v.Result.Err != nil {
		v.Result.Err = errors.New(d.ledger.clean(v.Result.Err.Error()))
	}
	return v
}

// testify has attempts told to one who keeps them; nil: to nobody any more.
func (l *ledger) testify(w witness) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.witness = nil
	if w != nil {
		l.witness = func(a *record.Attempt, arrived, ended time.Time) {
			l.mu.Lock()
			defer l.mu.Unlock()
			w(a, arrived, ended)
		}
	}
}
