package faults

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Problem is one thing that a fault cannot mean.
type Problem struct {
	Key  string // the scenario key it is about: kind, share, at, match.stream, a parameter's name, …
	Text string // what was found; what is allowed
}

// Error is the problem with its key.
func (p Problem) Error() string { return p.Key + ": " + p.Text }

// Check finds everything that contradicts the fault's kind or itself; none means
// that [Injector.Play] can perform it. Places of keys in a file, windows and the
// names of providers are the loader's to check.
func (f Fault) Check() []Problem {
	k, ok := kindOf(f.Kind)
	if !ok {
		return []Problem{{"kind", fmt.Sprintf("unknown kind %q; see the table of kinds", f.Kind)}}
	}
	var c checker
	if len(f.Providers) == 0 {
		c.add("provider", "a %s on no provider; name at least one", k.Name)
	}
	c.share(k, f.Share)
	c.at(k, f)
	c.match(k, f.Match)
	c.choice(k, f)
	c.params(k, f.Params)
	return c.problems
}

type checker struct{ problems []Problem }

func (c *checker) add(key, format string, args ...any) {
	c.problems = append(c.problems, Problem{Key: key, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) share(k Kind, s Share) {
	within := true
	for _, share := range []float64{s.From, s.To} {
		if !isShare(share) {
			c.add("share", "%s is no share of the requests; allowed is 0%% to 100%%", percent(share))
			within = false
		}
	}
	switch {
	case !within:
	case s.From == 0 && s.To == 0:
		c.add("share", "0%% takes no request; say more, or leave the fault out")
	case k.WholeOnly && (s.From < 1 || s.To < 1):
		c.add("share", "%s takes %s; leave share out", k.Name, k.Takes())
	}
	switch {
	case s.Rise < 0:
		c.add("ramp", "%v is negative", s.Rise)
	case k.WholeOnly && s.Rise > 0:
		c.add("ramp", "%s takes %s; leave ramp out", k.Name, k.Takes())
	}
}

func (c *checker) at(k Kind, f Fault) {
	at := f.At
	switch {
	case at == At{}:
	case len(k.Places) == 0:
		c.add("at", "%s takes no place in the answer; leave at out", k.Name)
	case !slices.Contains(k.Places, at.Place):
		c.add("at", "%s cannot land at %q; allowed are %s", k.Name, at.Place, strings.Join(k.Places, ", "))
	case at.Place == AtToken && at.Token < 1:
		c.add("at", "token %d; tokens are counted from 1", at.Token)
	case at.Place == AtShare && !isShare(at.Share):
		c.add("at", "%s is no share of an answer; allowed is 0%% to 100%%", percent(at.Share))
	case f.Match.Stream != nil && !*f.Match.Stream && at.Place != AtShare && at.Place != AtHeaders:
		c.add("at", "an answer that is not streamed has no %s; allowed are share and headers", at)
	}
}

func (c *checker) match(k Kind, m Match) {
	if k.whole() {
		if m != (Match{}) {
			c.add("match", "%s; leave match out", k.Wide())
		}
		return
	}
	if m.MinPromptTokens < 0 {
		c.add("match.min_prompt_tokens", "%d is negative", m.MinPromptTokens)
	}
	mute := m.Endpoint != "" && !generates(m.Endpoint)
	switch {
	case mute && k.writes():
		c.add("match.endpoint", "a %s on %q, which writes no text; allowed are endpoints that do, like chat", k.Name, m.Endpoint)
	case mute && m.Stream != nil && *m.Stream:
		c.add("match.stream", "%q is never streamed; leave stream out", m.Endpoint)
	}
	if k.StreamOnly && m.Stream != nil && !*m.Stream {
		c.add("match.stream", "%s touches streams alone; leave stream out", k.Name)
	}
}

// choice checks what chooses among requests, and when.
func (c *checker) choice(k Kind, f Fault) {
	switch {
	case f.Cycle == Cycle{}:
	case f.Cycle.Bad <= 0 || f.Cycle.OK <= 0:
		c.add("cycle", "bad for %v and ok for %v; both last some time", f.Cycle.Bad, f.Cycle.OK)
	}
	if f.First < 0 {
		c.add("first", "%d is negative", f.First)
	}
	if f.Sticky != "" && !slices.Contains(Stickies(), f.Sticky) {
		c.add("sticky", "%q; allowed are %s", f.Sticky, strings.Join(Stickies(), ", "))
	}
	if f.Draw != "" && !slices.Contains(Draws(), f.Draw) {
		c.add("draw", "%q; allowed are %s", f.Draw, strings.Join(Draws(), ", "))
	}
	if f.Draw == DrawShared && len(f.Providers) < 2 {
		c.add("draw", "shared with nobody; name two providers at least, or leave draw out")
	}
	if !k.whole() {
		return
	}
	for key, given := range map[string]bool{"first": f.First != 0, "sticky": f.Sticky != "", "draw": f.Draw != ""} {
		if given {
			c.add(key, "%s; leave %s out", k.Wide(), key)
		}
	}
}

// Stickies are what [Fault.Sticky] can be, Draws what [Fault.Draw] can.
func Stickies() []string { return []string{StickyKey, StickySession, StickyUser} }

// Draws are what [Fault.Draw] can be.
func Draws() []string { return []string{DrawShared, DrawEach} }

// Takes says what a kind takes that takes all or nothing.
func (k Kind) Takes() string {
	if k.connects() {
		return "all connections or none"
	}
	return "all requests or none"
}

// Wide says why a kind cannot choose among requests; "" when it can.
func (k Kind) Wide() string {
	switch {
	case k.connects():
		return k.Name + " works on connections, before there is a request to match"
	case k.whole():
		return k.Name + " is the provider's, and all its requests'"
	}
	return ""
}

func (c *checker) params(k Kind, given Params) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(k.Params, func(p Param) bool { return p.Name == name }) {
			c.add(name, "%s takes no %q; allowed are: %s", k.Name, name, paramNames(k))
		}
	}
	c.together(k, given)
	for _, p := range k.Params {
		v, ok := given[p.Name]
		switch {
		case p.Refused != "":
			if ok {
				c.add(p.Name, "%s", p.Refused)
			}
		case ok:
			if found := p.check(v); found != "" {
				c.add(p.Name, "%s", found)
			}
		case p.Required:
			c.add(p.Name, "missing; %s needs it", k.Name)
		}
	}
}

// Sparing says whether a kind leaves some of the requests alone that draw it, for
// what they are or for how many there are.
func (k Kind) Sparing() bool {
	return k.Family == "load" || slices.Contains([]string{"bad_usage", "broken_json", "broken_tool_call"}, k.Name)
}

// together checks parameters against each other.
func (c *checker) together(k Kind, given Params) {
	if k.Name == "toxic" {
		c.stock(k, given)
	}
	left := slices.Collect(maps.Values(given))
	if k.Family == "load" && !slices.ContainsFunc(left, func(v any) bool { return v != 1.0 }) && len(left) > 0 {
		c.add("kind", "%s leaves everything as it is; say less than 100%%", k.Name)
	}
	if body, ok := given["body"].(string); ok && k.Name == "rate_limit" {
		if given["remaining"] == "positive" {
			c.add("remaining", "an answer that is %s tells of nothing remaining; leave one of them out", body)
		}
	}
}

func paramNames(k Kind) string {
	var names []string
	for _, p := range k.Params {
		names = append(names, p.Name)
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

// check says what is wrong with a value, "" when nothing is.
func (p Param) check(v any) string {
	switch v := v.(type) {
	case time.Duration:
		if p.Type == Duration {
			return checkDuration(v)
		}
	case int:
		switch {
		case p.Type == Status && !slices.Contains(p.Allowed, strconv.Itoa(v)):
			return fmt.Sprintf("%d; allowed are %s", v, strings.Join(p.Allowed, ", "))
		case p.Type == Count && v < p.Least:
			return fmt.Sprintf("%d; allowed is %d or more", v, p.Least)
		case p.Type == Status, p.Type == Count:
			return ""
		}
	case string:
		switch {
		case p.Type == Word && !slices.Contains(p.Allowed, v):
			return fmt.Sprintf("%q; allowed are %s", v, strings.Join(p.Allowed, ", "))
		case p.Type == Word, p.Type == Text:
			return ""
		}
	case float64:
		switch {
		case p.Type == Portion && !isShare(v):
			return fmt.Sprintf("%s; allowed is 0%% to 100%%", percent(v))
		case p.Type == Portion:
			return ""
		}
	case Slow:
		if p.Type == Factor {
			return checkSlow(v)
		}
	case Wait:
		if p.Type == RetryAfter {
			return checkWait(v)
		}
	}
	return fmt.Sprintf("%v is no %s", v, strings.ReplaceAll(string(p.Type), "_", " "))
}

func checkDuration(d time.Duration) string {
	if d < 0 {
		return fmt.Sprintf("%v is negative", d)
	}
	return ""
}

func checkSlow(s Slow) string {
	factors := []float64{s.TTFTFrom, s.TTFTTo, s.GapFrom, s.GapTo}
	for _, f := range factors {
		if !(f >= 1 && f <= 1000) { // so that NaN is refused too
			return fmt.Sprintf("%g does not slow an answer; allowed is 1 to 1000", f)
		}
	}
	if slices.Max(factors) == 1 {
		return "1 changes nothing; say more, or leave the fault out"
	}
	return ""
}

func checkWait(w Wait) string {
	switch w.Form {
	case "none":
		if w.For != 0 {
			return fmt.Sprintf("%v that nobody is told; allowed is none alone", w.For)
		}
	case "seconds", "date":
		if w.For <= 0 || w.For%time.Second != 0 {
			return fmt.Sprintf("%v as %s; allowed are whole seconds, at least 1s (ms has finer ones)", w.For, w.Form)
		}
	case "float", "ms":
		if w.For <= 0 || w.For%time.Millisecond != 0 {
			return fmt.Sprintf("%v as %s; allowed are whole milliseconds, at least 1ms", w.For, w.Form)
		}
	case "escalate":
		if len(w.Steps) == 0 {
			return "no step to escalate by; give one at least"
		}
		for _, step := range w.Steps {
			if found := checkWait(Wait{For: step, Form: "seconds"}); found != "" {
				return found
			}
		}
	default:
		return fmt.Sprintf("unknown form %q; allowed are seconds, date, ms, float, escalate, none", w.Form)
	}
	return ""
}

func isShare(f float64) bool { return f >= 0 && f <= 1 && !math.IsNaN(f) }
