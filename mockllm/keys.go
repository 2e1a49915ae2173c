package mockllm

import (
	"fmt"
	"maps"
	"slices"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// knowsKey says whether a key is right: one of the spec's, or any if it has none.
func (s Spec) knowsKey(key string) bool {
	_, ok := s.Keys[key]
	return ok || len(s.Keys) == 0
}

// limits are a key's own, and the provider's where it has none of its own.
func (s Spec) limits(key string) limits.Limits {
	own := s.Keys[key]
	if own.Requests == 0 {
		own.Requests = s.Limits.Requests
	}
	if own.Tokens == 0 {
		own.Tokens = s.Limits.Tokens
	}
	return own
}

// validateLimits says what limits and keys cannot be meant.
func (s Spec) validateLimits() error {
	if err := s.Limits.Validate(); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
		if err := s.Keys[key].Validate(); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if !sendable(key) {
			return fmt.Errorf("key %q: not what a header can carry: one to 200 letters, digits and signs, no spaces", key)
		}
	}
	return nil
}

// sendable says whether a key arrives as it was sent.
func sendable(key string) bool {
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return key != "" && len(key) <= 200
}

// knowsModel says whether a model is there: any, unless the spec is strict; then one
// of those that the list of models has, by that name or by the one it stands for.
func (s *Server) knowsModel(name string) bool {
	if !s.spec.Strict || name == "" {
		return true
	}
	known := s.dialect.models()
	for _, m := range s.spec.listed(known) {
		if name == m || name == dated(m, known) {
			return true
		}
	}
	return false
}

// known holds a request's key, and once its body is read its model, against what
// the provider knows. What it refuses is a [Failure], for faults are worded so, too.
func (c *call) known() *Reply {
	switch {
	case !c.s.spec.knowsKey(c.req.Key):
		c.refused = "unauthorized"
	case !c.s.knowsModel(c.req.Model):
		c.refused = "not_found"
	default:
		return nil
	}
	reply := c.s.dialect.answer(c.asked(), Failure{Class: c.refused})
	return &reply
}
