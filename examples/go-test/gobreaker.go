package desk

import (
	"context"
	"time"

	"github.com/sony/gobreaker/v2"
)

// Breaker keeps away from a model that failed five times running, for five
// seconds: sony/gobreaker. Put it first in [InTurn].
type Breaker struct {
	model   Asker
	breaker *gobreaker.CircuitBreaker[string]
}

// NewBreaker guards a model.
func NewBreaker(model Asker) *Breaker {
	return &Breaker{model: model, breaker: gobreaker.NewCircuitBreaker[string](gobreaker.Settings{
		Timeout:     5 * time.Second,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
	})}
}

// Ask asks the model, or fails at once while the breaker is open.
func (b *Breaker) Ask(ctx context.Context, message string) (string, error) {
	return b.breaker.Execute(func() (string, error) { return b.model.Ask(ctx, message) })
}
