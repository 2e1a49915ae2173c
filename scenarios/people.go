package scenarios

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Call is one request of the drill's own, none of its users'.
type Call struct {
	Target  string // http:// or https:// and a host, that Request.Path is joined to; "": the app
	Request ask.Request
	Expect  *reply.Matcher // what the reply is to be like; nil: any status below 400
	Within  time.Duration  // how long it may take
}

// Step is a call that is part of a phase.
type Step struct {
	After time.Duration // since the phase began
	Note  string        // what it is for
	Call
}

// Says is a call in a few words, without its query, which may hold a secret: "POST
// /safe-mode".
func (c Call) Says() string {
	path, _, _ := strings.Cut(c.Request.Path, "?")
	return c.Request.Method + " " + c.Target + path
}

// Says is a step in a few words: "POST /safe-mode (on-call switches to templates)".
func (s Step) Says() string {
	said := s.Call.Says()
	if s.Note != "" {
		said += " (" + s.Note + ")"
	}
	return said
}

// Watch is a page that the drill looks at.
type Watch struct {
	Every time.Duration
	Call
}

const (
	// watchEvery is how often a page is looked at, and watchWithin how long it may take to come.
	watchEvery  = time.Second
	watchWithin = 5 * time.Second
	// stepWithin is how long a step may take.
	stepWithin = 10 * time.Second
)

type watchDraft struct {
	schema.Place
	status statusDraft
}

type statusDraft struct {
	schema.Place
	url    string
	expect matcherDraft
	every  time.Duration
}

type stepDraft struct {
	schema.Place
	after, within time.Duration
	note          string
	request       callDraft
	expect        matcherDraft
}

// callDraft is a request that may go elsewhere than to the target.
type callDraft struct {
	schema.Place
	url string
	ask.Request
}

// watch puts what is watched into the plan.
func (b *builder) watch() {
	s := &b.draft.watch.status
	if s.Node == nil || !s.Sound() {
		return
	}
	w := Watch{Every: s.every, Call: Call{Expect: s.expect.made(), Within: watchWithin}}
	w.Target, w.Request.Path = split(s.url)
	w.Request.Method = "GET"
	b.checkCall(&s.Place, w.Call)
	b.plan.Status = &w
}

// steps are the steps of a phase.
func (b *builder) steps(p *phaseDraft) []Step {
	var steps []Step
	for i := range p.steps {
		d := &p.steps[i]
		if !d.Sound() {
			continue
		}
		s := Step{After: d.after, Note: strings.TrimSpace(d.note), Call: Call{Request: d.request.Request, Expect: d.expect.made(), Within: d.within}}
		if d.request.url != "" {
			s.Target, s.Request.Path = split(d.request.url)
		}
		if s.Request.Method == "" {
			s.Request.Method = "GET"
			if s.Request.JSON != nil || s.Request.Text != "" {
				s.Request.Method = "POST"
			}
		}
		if d.after >= p.length {
			b.problems.Error(d.At("after"), "impossible", "after %s in a phase that lasts %s; it must be less", show(d.after), show(p.length))
		}
		b.checkCall(&d.Place, s.Call)
		steps = append(steps, s)
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.After, b.After) })
	return steps
}

// checkCall asks the sender whether it can do what a call says.
func (b *builder) checkCall(at *schema.Place, c Call) {
	if c.Expect != nil {
		if err := c.Expect.Check(); err != nil {
			b.problems.Error(at.At("expect"), "impossible", "expect: %s", err)
		}
	}
	if !at.Has("request") {
		return
	}
	if err := c.Request.Check(); err != nil {
		b.problems.Error(at.At("request"), "impossible", "request: %s", err)
	} else if n := filled(at.Node.Get("request")); n != nil {
		b.problems.Error(n.Pos, "placeholder", "%s in a step, which is nobody's request; write what is to be sent", n.Describe())
	}
}

// filled finds a text below a node that has a placeholder, nil when none has.
func filled(n *yamltree.Node) *yamltree.Node {
	if placeholder.MatchString(n.Written) {
		return n
	}
	for _, e := range n.Entries {
		if found := filled(e.Value); found != nil {
			return found
		}
	}
	for _, item := range n.Items {
		if found := filled(item); found != nil {
			return found
		}
	}
	return nil
}

// split takes an address apart into where requests go and what is asked there. A
// path alone is asked of the app.
func split(address string) (target, path string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", address
	}
	path = u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return u.Scheme + "://" + u.Host, path
}

// checkPlace wants an address, or a path of the app's.
func checkPlace(text string) error {
	if checkPath(text) == nil || checkURL(text) == nil {
		return nil
	}
	return errors.New("an address like http://127.0.0.1:8000/status, or a path that begins with /")
}
