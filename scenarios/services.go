package scenarios

import (
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// Services with effects, which an agent's tools call: targets of faults like every
// provider, and no place from where an answer comes or where an app can go instead.

// Service says whether the provider stands for such a service, and not for models.
func (p Provider) Service() bool { return mockllm.Effects(p.Spec.Dialect) }

func (p *providerDraft) service() bool { return mockllm.Effects(p.dialect) }

// service says whether a provider is one.
func (b *builder) service(provider string) bool {
	p := b.provider(provider)
	return p != nil && p.service()
}

// models are the providers that answer users.
func (p *Plan) models() []Provider {
	return slices.DeleteFunc(slices.Clone(p.Providers), Provider.Service)
}

// service says whether a provider of the plan is one.
func (p *Plan) service(provider string) bool {
	return slices.ContainsFunc(p.Providers, func(pr Provider) bool { return pr.Name == provider && pr.Service() })
}

// services refuses what is said of models where there are none, and a drill without
// any.
func (b *builder) services() {
	answering := len(b.draft.providers) == 0 // refused already
	for i := range b.draft.providers {
		p := &b.draft.providers[i]
		if !p.service() {
			answering = true
			continue
		}
		for _, key := range []string{"strict", "models", "keys", "answers", "upstream"} {
			if p.Has(key) {
				b.problems.Error(p.At(key), "contradiction", "%s of %s, a service of %s: it has no models and takes any key; leave one of them out", key, p.name, p.dialect)
			}
		}
		if p.limits.Has("tokens") {
			b.problems.Error(p.limits.At("tokens"), "contradiction", "limits.tokens of %s, a service of %s, which counts requests alone; allowed: requests", p.name, p.dialect)
		}
	}
	if !answering {
		b.problems.Error(b.draft.At("providers"), "impossible", "no provider answers users: services of tools only do what they are told; add one with the dialect of a model's API")
	}
}

// checkService refuses faults that nothing but a model can have.
func (b *builder) checkService(made *faults.Fault, f *faultDraft, p *providerDraft) {
	if !p.service() {
		return
	}
	if speaks(made.Kind) {
		b.problems.Error(f.At("kind"), "impossible", "%s befalls what a model says, and %s is a service of %s; allowed: %s",
			made.Kind, p.name, p.dialect, strings.Join(speechless(), ", "))
	}
	m := made.Match
	for _, c := range []struct {
		key   string
		given bool
	}{
		{"stream", m.Stream != nil && *m.Stream},
		{"min_prompt_tokens", m.MinPromptTokens > 0},
		{"has_tools", m.HasTools != nil},
		{"has_attachment", m.HasAttachment != nil},
		{"service_tier", m.ServiceTier != ""},
	} {
		if c.given {
			b.problems.Error(f.At("match", c.key), "impossible", "match.%s is about what a model is asked, and %s is a service of %s; allowed: model (the tool), session, api_key, region", c.key, p.name, p.dialect)
		}
	}
}

// speaks says whether a kind is about what a model says.
func speaks(kind string) bool { return !slices.Contains(speechless(), kind) }

// speechless are the kinds that can befall a service.
func speechless() []string {
	var names []string
	for _, k := range faults.Kinds() {
		if !k.Speech() {
			names = append(names, k.Name)
		}
	}
	return names
}

// barService refuses a bar on what the scenario's providers cannot show, and says
// whether it did.
func (b *builder) barService(d *barDraft, m measure.Metric) bool {
	some := slices.ContainsFunc(b.draft.providers, func(p providerDraft) bool { return p.service() })
	switch {
	case m.Effects && !some:
		b.problems.Error(d.At("metric"), "impossible", "a bar on %s, and no provider has effects; add one with the dialect tools, or leave the bar out", m.Name)
	case m.Effects && d.provider != "" && b.provider(d.provider) != nil && !b.service(d.provider):
		b.problems.Error(d.At("provider"), "impossible", "%s at %s, which has no effects; allowed: a provider with the dialect tools", m.Name, d.provider)
	case !m.Effects && b.service(d.provider):
		b.problems.Error(d.At("provider"), "impossible", "%s at %s, a service of tools, which answers no users; allowed: the providers that do", m.Name, d.provider)
	default:
		return false
	}
	return true
}
