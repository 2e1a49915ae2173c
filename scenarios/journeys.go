package scenarios

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// journeys checks what is sent, and that there is somewhere to send it.
func (b *builder) journeys() {
	for i := range b.draft.traffic.journeys {
		j := &b.draft.traffic.journeys[i]
		if !j.Sound() {
			continue
		}
		if j.request.dialect != "" && j.request.model == "" {
			b.problems.Error(j.At("request", "dialect"), "missing-key", "request with a dialect and without model; add model: gpt-4o")
			continue
		}
		j.ask()
		b.plan.Journeys = append(b.plan.Journeys, j.made(&b.draft.traffic))
		b.comes(j, &b.plan.Journeys[len(b.plan.Journeys)-1])
		b.checkJourney(j)
		b.checkUser(j, &b.plan.Journeys[len(b.plan.Journeys)-1])
		b.checkSlow(j)
		b.checkPatience(j)
		b.checkPrimary(j)
		b.checkDelivery(j, &b.plan.Journeys[len(b.plan.Journeys)-1])
	}
	b.checkReplays()
	b.load()
	b.checkPace()
	b.checkProtocol()
	if b.plan.Target == "" && !b.opts.HaveApp && b.draft.traffic.Sound() {
		b.noTarget()
	}
}

// checkPrimary wants a provider that there is, and that answers.
func (b *builder) checkPrimary(j *journeyDraft) {
	var known []string
	for i := range b.draft.providers {
		if p := &b.draft.providers[i]; !p.service() {
			known = append(known, p.name)
		}
	}
	if j.Primary != "" && len(known) > 0 && !slices.Contains(known, j.Primary) {
		b.unknown(j.At("primary"), "provider", j.Primary, known)
	}
}

// made is the journey as it is sent.
func (j *journeyDraft) made(of *trafficDraft) traffic.Journey {
	made := j.Journey
	made.Arrival, made.CV, made.Shape = of.paced()
	made.Request, made.Answer, made.SlowOver = j.request.Request, j.answer.Rule, j.slow.Slow
	made.Login = j.login.Login
	made.Sessions = j.sessions.Sessions
	made.Impatience, made.Deliver = j.impatience.Impatience, j.deliver.Deliver
	made.Deliver.Within = j.within
	made.Degraded, made.Restart = j.degraded.made(), j.restart.made()
	made.Deferred, made.Progress = j.deferred.made(), j.progress.made()
	if j.expect.Node != nil {
		made.Expect = j.expect.made()
	}
	return made
}

// made is the matcher, nil when the file has none.
func (m *matcherDraft) made() *reply.Matcher {
	if m.Node == nil {
		return nil
	}
	return &m.Matcher
}

func (e *expectDraft) made() *reply.Expect {
	return &reply.Expect{Matcher: e.Matcher, MaxLength: e.maxLength}
}

// checkJourney asks the sender whether it can do what the journey says.
func (b *builder) checkJourney(j *journeyDraft) {
	var more []string
	if j.login.Token != "" {
		more = append(more, ask.TokenName)
	}
	for _, c := range []struct {
		key   string
		err   error
		given bool
	}{
		{"request", j.request.Check(more...), true},
		{"login", j.login.Check(), j.login.Node != nil},
		{"answer", j.answer.Check(), true},
		{"degraded", j.degraded.Check(), j.degraded.Node != nil},
		{"restart", j.restart.Check(), j.restart.Node != nil},
		{"deferred", j.deferred.Check(), j.deferred.Node != nil},
		{"progress", j.progress.Check(), j.progress.Node != nil},
		{"expect", j.expect.made().Check(), j.expect.Node != nil},
	} {
		if c.err != nil && c.given {
			d := b.problems.Error(j.partOf(c.key, c.err), "impossible", "%s: %s", c.key, c.err)
			if e, ok := errors.AsType[*ask.PlaceholderError](c.err); ok {
				if near := schema.Nearest(strings.Trim(e.Text, "{ }"), e.Known); near != "" {
					d.Hint = "did you mean {{" + near + "}}?"
				}
			}
		}
	}
}

// checkSlow refuses limits that the timeout keeps anybody from reaching.
func (b *builder) checkSlow(j *journeyDraft) {
	for key, limit := range map[string]time.Duration{"ttft": j.slow.TTFT, "total": j.slow.Total} {
		if limit >= j.Timeout {
			b.problems.Error(j.At("slow_over", key), "impossible", "slow_over.%s is %s, and %s gives up after %s; it must be less", key, show(limit), j.Name, show(j.Timeout))
		}
	}
}

// partOf finds which part of a map an error is about: it begins with its name.
func (j *journeyDraft) partOf(key string, err error) yamltree.Pos {
	if e, ok := errors.AsType[*ask.PlaceholderError](err); ok {
		if n := holding(j.Node.Get(key), e.Text); n != nil {
			return n.Pos
		}
	}
	part, _, _ := strings.Cut(err.Error(), ":")
	part, _, _ = strings.Cut(part, " ")
	if part == "body" {
		part = "json"
		if j.request.Has("text") {
			part = "text"
		}
	}
	return j.At(key, part)
}

// holding is the first value at or below a node that has a text in it, nil for none.
func holding(n *yamltree.Node, text string) *yamltree.Node {
	if n == nil || n.Kind == yamltree.Scalar && strings.Contains(n.Text, text) {
		return n
	}
	for _, e := range n.Entries {
		if found := holding(e.Value, text); found != nil {
			return found
		}
	}
	for _, item := range n.Items {
		if found := holding(item, text); found != nil {
			return found
		}
	}
	return nil
}

// load bounds what the whole drill sends.
func (b *builder) load() {
	all := b.plan.all()
	if n := b.plan.count("", all); n > maxRequests {
		b.problems.Error(b.draft.traffic.At("journeys"), "out-of-bounds", "%.0f requests in all, %.0f/s for %s; allowed: at most %d",
			n, b.plan.rate("", all), show(b.plan.Length), maxRequests)
	}
}

// noTarget refuses a scenario that does not say where the app is.
func (b *builder) noTarget() {
	at := b.draft.traffic.Pos
	if b.shipped {
		b.problems.Error(at, "no-app", "the scenario names roles, not an app; it needs one").Hint = "run it with --app builtin:naive, builtin:resilient or builtin:both, or with --with and your app file"
		return
	}
	b.problems.Error(at, "no-target", "traffic without target; add target: http://127.0.0.1:8000").Hint = "or give it with --target, or with --with and an app file"
}

// checkURL wants what can be requested.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return errors.New("an address like http://127.0.0.1:8000")
	}
	return nil
}

// checkPath wants what can be joined to the target.
func checkPath(text string) error {
	if !strings.HasPrefix(text, "/") {
		return errors.New("a path that begins with /")
	}
	return nil
}

func checkJSONPath(text string) error {
	if err := reply.CheckPath(text); err != nil {
		return errors.New("a JSONPath (" + err.Error() + ")")
	}
	return nil
}

func checkRegexp(text string) error {
	if _, err := regexp.Compile(text); err != nil {
		return errors.New("a regular expression (" + strings.TrimPrefix(err.Error(), "error parsing regexp: ") + ")")
	}
	return nil
}
