package scenarios

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Real endpoints in place of mocks.

func upstreamKey() schema.Key {
	return schema.Key{
		Name: "upstream", Type: schema.Text, Check: checkUpstream, Example: "http://127.0.0.1:11434/v1",
		Doc: "A real endpoint of the dialect, which answers in place of a mock: a model server, a gateway, staging. " +
			"What its path and a request's have in common is taken once. The app calls it with its own key. " +
			"A host that is not loopback needs --allow-upstream.",
		Into: schema.Field(func(p *providerDraft) any { return &p.real }),
	}
}

// checkUpstream wants the URL of an endpoint and nothing that does not belong into
// a file or a log.
func checkUpstream(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("a URL, like http://127.0.0.1:11434/v1")
	case u.User != nil:
		return errors.New("a URL without a password in it; the app brings its own key")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("a URL without ? and #")
	}
	return nil
}

// upstreams refuses what is said of a mock where there is none.
func (b *builder) upstreams() {
	for i := range b.draft.providers {
		p := &b.draft.providers[i]
		if p.real == "" {
			continue
		}
		for _, key := range []string{"strict", "models", "limits", "keys", "capacity", "answers"} {
			if p.Has(key) {
				b.problems.Error(p.At(key), "contradiction", "%s of %s, whose upstream is a real endpoint with its own; leave one of them out", key, p.name)
			}
		}
	}
}

// checkReal refuses faults that a real endpoint cannot have.
func (b *builder) checkReal(made *faults.Fault, f *faultDraft, p *providerDraft) {
	if p.real == "" {
		return
	}
	if mocked(made.Kind) {
		b.problems.Error(f.At("kind"), "impossible", "%s is what a mock does, and %s is a real endpoint, by its upstream; allowed: %s",
			made.Kind, p.name, strings.Join(unmocked(), ", "))
	}
	streamed := made.Match.Stream == nil || *made.Match.Stream
	if made.At.Place == faults.AtShare && streamed {
		b.problems.Error(f.At("at"), "impossible", "a share of an answer that %s, a real endpoint, streams: how long it gets nobody knows; allowed: {token: 12}, or match: {stream: false}", p.name)
	}
}

// real says whether a provider is a real endpoint.
func (b *builder) real(provider string) bool {
	p := b.provider(provider)
	return p != nil && p.real != ""
}

// mocked says whether a mock must carry a kind of fault out.
func mocked(kind string) bool { return !slices.Contains(unmocked(), kind) }

// unmocked are the kinds that can befall a real endpoint.
func unmocked() []string {
	var names []string
	for _, k := range faults.Kinds() {
		if !k.NeedsMock {
			names = append(names, k.Name)
		}
	}
	return names
}

// barReal refuses bars on par where a real endpoint answers.
func (b *builder) barReal(d *barDraft, bar record.Bar) {
	for i := range b.draft.providers {
		if p := &b.draft.providers[i]; bar.Against != "" && p.real != "" {
			b.problems.Error(d.At(d.key("min", "max")...), "impossible", "par is known of mocks, and %s is a real endpoint, by its upstream; allowed: a value of your own", p.name)
			return
		}
	}
}

// verifies says whether any provider's answers can be verified.
func (p *Plan) verifies() bool {
	return slices.ContainsFunc(p.models(), func(pr Provider) bool { return pr.Upstream == "" })
}

// judgeable are the bars that the card can decide, which one on harm is not where
// no answer can be verified.
func (p *Plan) judgeable(bars []record.Bar) []record.Bar {
	return slices.DeleteFunc(bars, func(bar record.Bar) bool { return bar.Metric == "harm" && !p.verifies() })
}

// warnTorn speaks of faults that tear answers which nobody can verify.
func (b *builder) warnTorn(f faultPlace) {
	for _, name := range f.fault.Providers {
		if b.real(name) && f.kind.Family == "stream" {
			b.problems.Warn(f.draft.At("kind"), "unverified", "%s on %s, a real endpoint, whose answers carry no proof: what the app makes of a torn one counts as not served, whatever it is", f.kind.Name, name)
			return
		}
	}
}

// warnUnjudged speaks of bars on what cannot be seen.
func (b *builder) warnUnjudged() {
	if b.plan.verifies() {
		return
	}
	for i := range b.draft.bars {
		if d := &b.draft.bars[i]; d.metric == "harm" {
			b.problems.Warn(d.At("metric"), "unverified", "all providers are real endpoints, whose answers carry no proof: the bar cannot be decided unless users hang, are shown a key or get another's answer")
		}
	}
}
