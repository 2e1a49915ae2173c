package pairs

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

// turns are the changes in which provider is asked when, and in what the user is
// told: they are the same with any SDK. primary and secondary ask once.
func turns(primary, secondary model) map[string]Pair {
	return map[string]Pair{
		"no_fallback":                      noFallback(primary, secondary),
		"spliced_answer":                   splicedAnswer(primary, secondary),
		"fallback_only_before_first_token": fallbackMidway(primary, secondary),
		"undeclared_template":              undeclaredTemplate(primary, secondary),
		"dead_primary_first":               deadPrimaryFirst(primary, secondary),
		"not_failed_back":                  notFailedBack(primary, secondary),
		"slow_ignored":                     slowIgnored(primary, secondary),
		"orphaned_work":                    orphanedWork(primary),
	}
}

func noFallback(primary, secondary model) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [no_fallback before]
			return primary(ctx, question, out)
			// [end]
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [no_fallback after]
			if primary(ctx, question, out) == nil {
				return nil
			}
			out.TakeBack() // an event by which the user's page forgets what it shows
			return secondary(ctx, question, out)
			// [end]
		},
	}
}

func splicedAnswer(primary, secondary model) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [spliced_answer before]
			if primary(ctx, question, out) == nil {
				return nil
			}
			return secondary(ctx, question, out)
			// [end]
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [spliced_answer after]
			if primary(ctx, question, out) == nil {
				return nil
			}
			out.TakeBack() // an event by which the user's page forgets what it shows
			return secondary(ctx, question, out)
			// [end]
		},
	}
}

func fallbackMidway(primary, secondary model) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [fallback_only_before_first_token before]
			err := primary(ctx, question, out)
			if err != nil && !out.Begun() {
				err = secondary(ctx, question, out)
			}
			return err
			// [end]
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [fallback_only_before_first_token after]
			err := primary(ctx, question, out)
			if err != nil {
				out.TakeBack() // an event by which the user's page forgets what it shows
				err = secondary(ctx, question, out)
			}
			return err
			// [end]
		},
	}
}

func undeclaredTemplate(primary, secondary model) Pair {
	both := noFallback(primary, secondary).After
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [undeclared_template before]
			if both(ctx, question, out) != nil {
				out.Say("We are looking into it and will be back soon.")
			}
			// [end]
			return nil
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [undeclared_template after]
			if both(ctx, question, out) != nil {
				out.TakeBack()
				out.Prepared("We are looking into it and will be back soon.") // {"delta": …, "degraded": true}
			}
			// [end]
			return nil
		},
	}
}

func deadPrimaryFirst(primary, secondary model) Pair {
	// [dead_primary_first after]
	breaker := circuitbreaker.NewBuilder[any]().
		WithFailureThresholdRatio(5, 10).
		WithDelay(2 * time.Second).
		WithSuccessThreshold(3).
		Build()

	answer := func(ctx context.Context, question string, out *Reply) error {
		err := failsafe.With(breaker).Run(func() error { return primary(ctx, question, out) })
		if err == nil {
			return nil
		}
		out.TakeBack()
		return secondary(ctx, question, out)
	}
	// [end]
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [dead_primary_first before]
			err := primary(ctx, question, out)
			if err == nil {
				return nil
			}
			out.TakeBack()
			return secondary(ctx, question, out)
			// [end]
		},
		After: answer,
	}
}

func notFailedBack(primary, secondary model) Pair {
	var failed atomic.Bool
	var failedAt atomic.Int64
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [not_failed_back before]
			if !failed.Load() {
				err := primary(ctx, question, out)
				if err == nil {
					return nil
				}
				failed.Store(true)
				out.TakeBack()
			}
			return secondary(ctx, question, out)
			// [end]
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [not_failed_back after]
			// Every two seconds one request sees whether the primary is well.
			last := failedAt.Load()
			now := time.Now().UnixNano()
			if last == 0 || now-last > int64(2*time.Second) && failedAt.CompareAndSwap(last, now) {
				err := primary(ctx, question, out)
				if err == nil {
					failedAt.Store(0)
					return nil
				}
				failedAt.Store(time.Now().UnixNano())
				out.TakeBack()
			}
			return secondary(ctx, question, out)
			// [end]
		},
	}
}

func slowIgnored(primary, secondary model) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [slow_ignored before]
			attempt, cancel := context.WithTimeout(ctx, 30*time.Second)
			defer cancel()
			if primary(attempt, question, out) == nil {
				return nil
			}
			out.TakeBack()
			return secondary(ctx, question, out)
			// [end]
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [slow_ignored after]
			attempt, cancel := context.WithTimeout(ctx, 30*time.Second)
			defer cancel()
			first := time.AfterFunc(time.Second, func() { // some ten times what is usual
				if !out.Begun() {
					cancel()
				}
			})
			defer first.Stop()
			if primary(attempt, question, out) == nil {
				return nil
			}
			out.TakeBack()
			return secondary(ctx, question, out)
			// [end]
		},
	}
}

func orphanedWork(primary model) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [orphaned_work before]
			attempt, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			err := primary(attempt, question, out)
			// [end]
			return err
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [orphaned_work after]
			attempt, cancel := context.WithTimeout(ctx, 30*time.Second) // ctx is the request's
			defer cancel()
			err := primary(attempt, question, out)
			// [end]
			return err
		},
	}
}
