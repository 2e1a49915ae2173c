package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/openai/openai-go/v3"
)

// silence is how long a model may say nothing, before its first word and between
// words. It is some five times what is usual.
const silence = 2 * time.Second

// hardened asks the first model, and the second where the first fails: at once
// while the first one's breaker is open.
type hardened struct {
	models   []model
	breakers []circuitbreaker.CircuitBreaker[any]
}

func newHardened(first openai.Client, second anthropic.Client) hardened {
	h := hardened{models: []model{gpt(first), claude(second)}}
	for range h.models {
		h.breakers = append(h.breakers, newBreaker())
	}
	return h
}

// newBreaker opens when half of the last ten answers failed, lets a few through
// every two seconds to see whether the provider is well, and closes when three of
// them were whole. That a user has left says nothing about the provider.
func newBreaker() circuitbreaker.CircuitBreaker[any] {
	return circuitbreaker.NewBuilder[any]().
		WithFailureThresholdRatio(5, 10).
		WithDelay(2 * time.Second).
		WithSuccessThreshold(3).
		HandleIf(func(_ any, err error) bool { return err != nil && !errors.Is(err, errLeft) }).
		Build()
}

// errLeft is a user who has gone.
var errLeft = errors.New("the user left")

func (h hardened) answer(ctx context.Context, message string, out *reply) error {
	var failures []error
	for i, m := range h.models {
		err := failsafe.With(h.breakers[i]).Run(func() error { return try(ctx, m, message, out) })
		if err == nil {
			return out.done()
		}
		if errors.Is(err, errLeft) {
			return err
		}
		failures = append(failures, err)
		if out.begun {
			// What follows is another model's answer, from its beginning.
			if err := out.reset(); err != nil {
				return err
			}
		}
	}
	_ = out.prepared("Nobody is at the desk right now. Please try again in a minute.") // a client that left needs none
	return errors.Join(failures...)
}

// try asks a model once, and gives it up when it falls silent.
func try(ctx context.Context, m model, message string, out *reply) error {
	attempt, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(silence, func() { cancel(fmt.Errorf("silent for %v", silence)) })
	defer watch.Stop()
	err := m(attempt, message, func(text string) error {
		watch.Reset(silence)
		if err := out.delta(text); err != nil {
			return errLeft
		}
		return nil
	})
	switch {
	case err == nil || errors.Is(err, errLeft):
		return err
	case ctx.Err() != nil:
		return errLeft
	case attempt.Err() != nil:
		return context.Cause(attempt)
	}
	return err
}
