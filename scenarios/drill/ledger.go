package drill

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/secrets"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// ledger writes down what happens, both sides on one clock. Until begin, the
// clock has not started and only canaries are noted.
type ledger struct {
	log       *record.Writer
	unread    bool // nobody takes what is written: then nothing is
	plan      *scenarios.Plan
	providers []*provider
	tags      map[string]string // a provider's word in answers → its name
	secrets   *secrets.Set
	start     atomic.Pointer[time.Time]
	census    census

	mu       sync.Mutex
	sessions map[string]string // nonce → session, of those sent that have one
	canary   map[string]bool   // nonce → seen by a mock
	witness  witness           // of what comes before the start; nil: nobody
	unseen   int               // canaries that no mock has seen
	allIn    chan struct{}     // closed when unseen falls to 0
	agents   map[string]bool   // user agents seen before the start
	// What clients had against providers' certificates before the start.
	distrust map[string]bool
	strays   []record.Mark // calls past the mocks, before the start
	err      error         // first failure to write
}

func newLedger(plan *scenarios.Plan, w io.Writer) *ledger {
	return &ledger{
		log:      record.NewWriter(w),
		unread:   w == io.Discard,
		plan:     plan,
		tags:     tags(plan),
		secrets:  secretsOf(plan),
		sessions: map[string]string{},
		canary:   map[string]bool{},
		allIn:    make(chan struct{}),
		agents:   map[string]bool{},
		distrust: map[string]bool{},
	}
}

// begin starts the clock and writes the first line.
func (l *ledger) begin(start time.Time, setup record.Setup) {
	l.write(record.Line{Kind: "setup", Setup: &setup})
	l.mu.Lock()
	l.start.Store(&start)
	strays := l.strays
	l.mu.Unlock()
	for _, m := range strays {
		l.write(record.Line{Kind: "mark", Mark: &m})
	}
}

// at is a moment on the drill's clock.
func (l *ledger) at(t time.Time) record.Seconds {
	return record.Of(t.Sub(*l.start.Load()))
}

func (l *ledger) write(line record.Line) {
	if l.unread {
		return
	}
	if start := l.start.Load(); start != nil {
		line.T = record.Of(time.Since(*start))
	}
	if err := l.log.Write(l.cleaned(line)); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.err == nil {
			l.err = err
		}
	}
}

func (l *ledger) phase(name string) {
	l.write(record.Line{Kind: "phase", Phase: &record.Change{Name: name}})
}

func (l *ledger) mark(kind, note string) {
	l.note(record.Mark{Kind: kind, Note: l.clean(note), At: l.at(time.Now())})
}

func (l *ledger) note(m record.Mark) { l.write(record.Line{Kind: "mark", Mark: &m}) }

func (l *ledger) end(e record.End) {
	l.write(record.Line{Kind: "end", End: &e})
}

// close returns the first failure to write.
func (l *ledger) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// user writes the line of one planned request.
func (l *ledger) user(r traffic.Result) {
	u := l.userOf(r, l.plan.Nonce(r.Due), l.plan.Journeys[r.Journey].Session(r.Session))
	l.write(record.Line{Kind: "user", User: u})
}

// userOf is what the log says of a request.
func (l *ledger) userOf(r traffic.Result, nonce, session string) *record.User {
	u := &record.User{
		N:         r.N,
		Journey:   l.plan.Journeys[r.Journey].Name,
		Nonce:     nonce,
		Session:   session,
		Repeat:    r.Again > 0,
		Due:       record.Of(r.At),
		Sent:      moment(r.Sent),
		First:     moment(r.First),
		Ended:     moment(r.Ended),
		Dropped:   r.Dropped,
		Status:    r.Status,
		Bytes:     r.Bytes,
		MaxGap:    record.Of(r.MaxGap),
		How:       r.How,
		Degraded:  r.Degraded,
		Restarts:  r.Restarts,
		Told:      r.Told,
		Unmet:     r.Unmet,
		Progress:  optional(r.Progress),
		Deferred:  optional(r.Deferred),
		Delivered: r.Delivered,
	}
	for _, at := range r.SentAgain {
		u.Again = append(u.Again, record.Of(at))
	}
	if r.Err != nil {
		u.Error = shorten(anyPort(l.clean(r.Err.Error())), 200)
	}
	if r.Dropped == "" {
		u.Answer = l.reading(r.Text)
		u.Raw = l.shows(r, mockllm.Phrases())
		u.Leak = l.secrets.Shown(r.Text) || l.secrets.Shown(r.Body)
		if r.How != "complete" || r.Told || u.Answer == nil {
			u.Excerpt = shorten(anyPort(l.clean(r.Body)), 300)
		}
	}
	return u
}

// moment turns traffic's "−1 is never" into the log's nil.
func moment(d time.Duration) *record.Seconds {
	if d < 0 {
		return nil
	}
	s := record.Of(d)
	return &s
}

// optional turns a moment that may not have come into the log's.
func optional(d *time.Duration) *record.Seconds {
	if d == nil {
		return nil
	}
	return moment(*d)
}

// reading is what the verifiable text of a reply proves, nil when there is none.
func (l *ledger) reading(text string) *record.Answer {
	r := answer.Read(text)
	if len(r.Pieces) == 0 && len(r.Nonces) == 0 {
		return nil
	}
	a := &record.Answer{Nonces: r.Nonces, Pieces: len(r.Pieces)}
	for i, p := range r.Pieces {
		a.Gap = a.Gap || p.Gap
		a.Words += p.Words
		a.Begins = a.Begins || i == 0 && p.Begins
		if name := l.tags[p.Tag]; name != "" {
			a.Provider = name
		}
	}
	a.Complete = len(r.Pieces) == 1 && r.Pieces[0].Complete
	return a
}

func (l *ledger) shows(r traffic.Result, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(r.Body, p) || strings.Contains(r.Text, p) {
			return true
		}
	}
	return false
}

// attempt writes the line of one request that reached a mock. Canaries, and
// whatever came before the clock started, are noted and left out.
func (l *ledger) attempt(a *record.Attempt, arrived, ended time.Time) {
	l.mu.Lock()
	_, isCanary := l.canary[a.Nonce]
	witness := l.witness
	l.mu.Unlock()
	if witness != nil {
		witness(a, arrived, ended)
		return
	}
	start := l.start.Load()
	if isCanary || start == nil || arrived.Before(*start) {
		return
	}
	a.Arrived, a.Ended = l.at(arrived), l.at(ended)
	l.write(record.Line{Kind: "attempt", Attempt: a})
}

// asks notes whose question a nonce is, before it is sent; of a repeated one that
// of who asks it now.
func (l *ledger) asks(nonce, session string) {
	if session == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sessions[nonce] = session
}

// sessionOf is the session of a nonce, "" when it has none.
func (l *ledger) sessionOf(nonce string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sessions[nonce]
}

// contextMost bounds the context that is written down: the turns of the longest
// session.
const contextMost = 100

// context gives the nonces of other questions that a prompt carries, where users
// ask more than once.
func (l *ledger) context(r mockllm.Request) []string {
	if !slices.ContainsFunc(l.plan.Journeys, func(j traffic.Journey) bool { return j.Sessions.Turns > 0 }) {
		return nil
	}
	others := slices.DeleteFunc(answer.Find(r.Prompt), func(nonce string) bool { return nonce == r.Nonce })
	return others[max(0, len(others)-contextMost):]
}

// expectCanary makes a nonce one to look out for.
func (l *ledger) expectCanary(nonce string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unseen == 0 { // those before may all have been seen already
		l.allIn = make(chan struct{})
	}
	l.canary[nonce] = false
	l.unseen++
}

// arrived notes that a request reached a mock, for the canaries.
func (l *ledger) arrived(nonce, agent string) {
	if l.start.Load() != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if seen, ok := l.canary[nonce]; ok && !seen {
		l.canary[nonce] = true
		if l.unseen--; l.unseen == 0 {
			close(l.allIn)
		}
	}
	const enough = 20 // an app has few SDKs; a port scan has many names
	if agent != "" && len(l.agents) < enough {
		l.agents[agent] = true
	}
}

// canariesSeen waits until mocks have seen all canaries, or ctx ends.
func (l *ledger) canariesSeen(ctx context.Context) {
	l.mu.Lock()
	allIn := l.allIn
	l.mu.Unlock()
	select {
	case <-allIn:
	case <-ctx.Done():
	}
}

func (l *ledger) canarySeen(nonce string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.canary[nonce]
}

func (l *ledger) agentsSeen() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return sortedKeys(l.agents)
}

// errNoLog is what a drill without a log says.
var errNoLog = errors.New("drill: Options.Log is nil: a drill that writes nothing down cannot be judged")
