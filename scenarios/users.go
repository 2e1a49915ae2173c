package scenarios

import (
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// checkPatience refuses users who would send again when nobody waits any longer.
func (b *builder) checkPatience(j *journeyDraft) {
	p := j.impatience.Impatience
	if last := p.After * time.Duration(p.Again); last >= j.Timeout && last > 0 {
		b.problems.Error(j.At("impatience"), "impossible", "the last of %d more tries begins after %s, and %s gives up after %s; it must be less", p.Again, show(last), j.Name, show(j.Timeout))
	}
}

// checkUser refuses what users are to keep and cannot, or do not need.
func (b *builder) checkUser(j *journeyDraft, made *traffic.Journey) {
	if err := made.CheckUser(); err != nil && !b.problems.Failed() {
		key, _, _ := strings.Cut(err.Error(), ":")
		b.problems.Error(j.At(key), "impossible", "%s", err)
	}
}

// checkDelivery wants all that it takes to have an answer that was put off, or
// nothing of it.
func (b *builder) checkDelivery(j *journeyDraft, made *traffic.Journey) {
	parts := []struct{ key, example string }{
		{"deferred", "{status: 202}"}, {"deliver_within", "60s"}, {"deliver", "{path: \"/result/{{ticket}}\", ticket: $.id, every: 1s}"},
	}
	first := ""
	for _, p := range parts {
		if j.Has(p.key) && first == "" {
			first = p.key
		}
	}
	for _, p := range parts {
		if first != "" && !j.Has(p.key) {
			b.problems.Error(j.At(first), "missing-key", "%s without %s; add %s: %s", first, p.key, p.key, p.example)
			return
		}
	}
	if first == "" || b.problems.Failed() {
		return
	}
	if err := made.Check(); err != nil { // its own parts are sound, or refused
		b.problems.Error(j.At("deliver"), "impossible", "%s", err)
	}
}
