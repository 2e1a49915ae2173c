package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// matchWords are the parts of a match as a fault's key and sentence have them.
func matchWords(m faults.Match) []string {
	var words []string
	text := func(name, value string) {
		if value != "" {
			words = append(words, name+"="+value)
		}
	}
	flag := func(name string, value *bool) {
		if value != nil {
			words = append(words, fmt.Sprintf("%s=%t", name, *value))
		}
	}
	text("model", m.Model)
	text("endpoint", m.Endpoint)
	flag("stream", m.Stream)
	if m.MinPromptTokens > 0 {
		words = append(words, fmt.Sprintf("min_prompt_tokens=%d", m.MinPromptTokens))
	}
	flag("has_tools", m.HasTools)
	flag("has_attachment", m.HasAttachment)
	if m.APIKey != "" { // logs hold no keys
		sum := sha256.Sum256([]byte(m.APIKey))
		text("api_key", hex.EncodeToString(sum[:4]))
	}
	text("region", m.Region)
	text("service_tier", m.ServiceTier)
	text("user", m.User)
	text("session", m.Session)
	return words
}

// chosen says whom a fault hits of those that it touches, and in which rhythm.
func chosen(f faults.Fault) string {
	s := ""
	if f.Cycle != (faults.Cycle{}) {
		s += ", " + schema.FormatDuration(f.Cycle.Bad) + " bad, " + schema.FormatDuration(f.Cycle.OK) + " ok"
	}
	if f.First > 0 {
		s += fmt.Sprintf(", first %d", f.First)
	}
	if f.Sticky != "" {
		s += ", sticky by " + f.Sticky
	}
	if f.Draw == faults.DrawShared {
		s += ", all at once"
	}
	return s
}

// checkTarget refuses a fault that can touch nobody at any of its providers, and
// one that shrinks what is not there.
func (b *builder) checkTarget(made *faults.Fault, f *faultDraft) {
	var regions, keys []string
	anyKey := false
	for _, name := range made.Providers {
		p := b.provider(name)
		if p == nil {
			return // refused already
		}
		regions = append(regions, p.region)
		anyKey = anyKey || len(p.keys) == 0
		for _, k := range p.keys {
			keys = append(keys, k.name)
		}
		if made.Kind == "capacity" && p.capacity.Concurrency == 0 {
			b.problems.Error(f.At("kind"), "impossible", "capacity on %s, which has none to shrink; allowed: on a provider with a capacity", name).Hint = "give the provider one: capacity: {concurrency: 128}"
		}
	}
	if want := made.Match.Region; want != "" && !slices.Contains(regions, want) {
		b.problems.Error(f.At("match", "region"), "impossible", "no provider of the fault is in %q; a provider's region says where it is", want)
	}
	if want := made.Match.APIKey; want != "" && !anyKey && !slices.Contains(keys, want) {
		b.problems.Error(f.At("match", "api_key"), "impossible", "no provider of the fault has this key; every other one is refused before it is served")
	}
}

// sessions refuses to match a session that nobody has.
func (b *builder) sessions() {
	if len(b.plan.Journeys) < len(b.draft.traffic.journeys) {
		return // some are refused already, and they may have it
	}
	for _, p := range b.places {
		if want := p.fault.Match.Session; want != "" && !b.hasSession(want) {
			b.problems.Error(p.draft.At("match", "session"), "impossible", "no user has a session %q; allowed: JOURNEY-N of a journey with sessions, N from 0", want)
		}
	}
}

// hasSession says whether a journey has a session of that name. How many it has
// is known when its requests are due; it is not more than those.
func (b *builder) hasSession(name string) bool {
	for _, j := range b.plan.Journeys {
		rest, ok := strings.CutPrefix(name, j.Name+"-")
		n, err := strconv.Atoi(rest)
		if ok && err == nil && name == j.Session(n) && float64(n) < b.plan.Requests(j) {
			return true
		}
	}
	return false
}
