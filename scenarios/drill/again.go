package drill

import "time"

// An asking is what a provider knows of a question that was put to it.
type asking struct {
	wait  time.Duration // the Retry-After of the last answer; 0: it had none
	since time.Time     // that answer's end
}

// mostAskings bounds the questions that are known again.
const mostAskings = 100_000

// question is what tells an attempt's question from others: whose it is, what is asked
// for and the prompt, word for word, so that the steps of a tool loop are questions of
// their own; "": it has no prompt, like one that polls.
func (a *attempt) question() string {
	if a.line.Print == "" {
		return ""
	}
	return a.line.Nonce + " " + a.line.Endpoint + " " + a.line.Print
}

// asked counts an attempt whose question was put before, as one that came too soon if
// it did. It is when the attempt arrives.
func (p *provider) asked(a *attempt) {
	question := a.question()
	if question == "" || a.counts == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before, again := p.askings[question]
	switch {
	case again:
		a.counts.retries.Add(1)
		if before.wait > 0 && a.arrived.Sub(before.since) < before.wait-tolerance(before.wait) {
			a.counts.early.Add(1)
		}
	case len(p.askings) < mostAskings:
		p.askings[question] = asking{}
	}
}

// answered notes how long an answer asks to wait.
func (p *provider) answered(a *attempt) {
	question := a.question()
	a.mu.Lock()
	wait, date := a.line.RetryAfter, a.line.RetryAfterDate
	a.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.askings[question]; !known {
		return
	}
	told := asking{since: time.Now()}
	if wait != nil {
		told.wait = wait.Duration()
		if date { // which has whole seconds
			told.wait -= time.Second
		}
	}
	p.askings[question] = told
}

// tolerance is how much sooner than it was told a client may be, as the judge has it.
func tolerance(wait time.Duration) time.Duration { return max(50*time.Millisecond, wait/20) }
