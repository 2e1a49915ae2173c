package desk

import (
	"context"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/fallback"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

// Failsafe asks the first model with one retry behind a circuit breaker, and
// falls back to the second: failsafe-go's policies, the outermost first.
type Failsafe struct {
	first, second Asker
	retry         retrypolicy.RetryPolicy[string]
	breaker       circuitbreaker.CircuitBreaker[string]
}

// NewFailsafe joins two models.
func NewFailsafe(first, second Asker) *Failsafe {
	return &Failsafe{
		first:  first,
		second: second,
		retry:  retrypolicy.NewBuilder[string]().WithMaxRetries(1).WithDelay(100 * time.Millisecond).Build(),
		breaker: circuitbreaker.NewBuilder[string]().
			WithFailureThresholdRatio(5, 10).WithDelay(5 * time.Second).Build(),
	}
}

// Ask returns the first model's answer, else the second's.
func (f *Failsafe) Ask(ctx context.Context, message string) (string, error) {
	second := fallback.NewWithFunc(func(failsafe.Execution[string]) (string, error) {
		return f.second.Ask(ctx, message)
	})
	return failsafe.With(second, f.retry, f.breaker).WithContext(ctx).Get(func() (string, error) {
		return f.first.Ask(ctx, message)
	})
}
