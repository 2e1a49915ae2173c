package scenarios

import (
	"math"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// spec is a provider in the mock's words.
func (p *providerDraft) spec(models map[string]pace.Model) mockllm.Spec {
	spec := mockllm.Spec{
		Dialect: p.dialect, Region: p.region, Models: models, Strict: p.strict,
		Limits: p.limits.aMinute(), Capacity: p.capacity.Capacity,
	}
	if p.capacity.Node != nil && !p.capacity.Has("queue") {
		spec.Capacity.Queue = 2 * spec.Capacity.Concurrency
	}
	for i := range p.keys {
		if spec.Keys == nil {
			spec.Keys = map[string]limits.Limits{}
		}
		spec.Keys[p.keys[i].name] = p.keys[i].aMinute()
	}
	return spec
}

// firstKey is the key that the app is given, "" when any will do.
func (p *providerDraft) firstKey() string {
	if len(p.keys) == 0 {
		return ""
	}
	return p.keys[0].name
}

func (l limitsDraft) aMinute() limits.Limits {
	return limits.Limits{Requests: int(math.Round(l.requests * 60)), Tokens: int(math.Round(l.tokens * 60))}
}
