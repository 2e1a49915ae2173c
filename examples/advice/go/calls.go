package pairs

import (
	"context"
	"math/rand/v2"
	"time"
)

// A streamer streams a whole answer of a client, or fails.
type streamer[Client, Option any] func(ctx context.Context, client Client, question string, out *Reply, opts ...Option) error

// options are those of the package option of an SDK.
type options[Option any] struct {
	WithMaxRetries     func(int) Option
	WithRequestTimeout func(time.Duration) Option
}

// calls are the changes in how often the primary is asked, and how patiently: they are
// the same with both SDKs, whose options have the same names. Where the primary fails,
// the secondary answers.
func calls[C, O any](stream streamer[C, O], primary C, option options[O], secondary model) map[string]Pair {
	return map[string]Pair{
		"hangs":               orSecond(hangs(stream, primary, option), secondary),
		"hopeless_retries":    orSecond(hopelessRetries(stream, primary), secondary),
		"retry_after_ignored": orSecond(retryAfterIgnored(stream, primary, option), secondary),
		"no_backoff":          orSecond(noBackoff(stream, primary, option), secondary),
		"no_jitter":           orSecond(noJitter(stream, primary, option), secondary),
		"retry_storm":         orSecond(retryStorm(stream, primary, option), secondary),
	}
}

// orSecond has the secondary answer where the primary fails.
func orSecond(primary Pair, secondary model) Pair {
	instead := func(first Answer) Answer {
		return func(ctx context.Context, question string, out *Reply) error {
			if first(ctx, question, out) == nil {
				return nil
			}
			out.TakeBack()
			return secondary(ctx, question, out)
		}
	}
	return Pair{instead(primary.Before), instead(primary.After)}
}

func hangs[C, O any](stream streamer[C, O], primary C, option options[O]) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [hangs before]
			err := stream(ctx, primary, question, out, option.WithMaxRetries(0))
			// [end]
			return err
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [hangs after]
			err := stream(ctx, primary, question, out, option.WithMaxRetries(0),
				option.WithRequestTimeout(2*time.Second)) // the default is ten minutes
			// [end]
			return err
		},
	}
}

func hopelessRetries[C, O any](stream streamer[C, O], primary C) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [hopeless_retries before]
			var err error
			for range 3 {
				if err = stream(ctx, primary, question, out); err == nil {
					break
				}
			}
			// [end]
			return err
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [hopeless_retries after]
			// The SDK's own two retries pass over 400, 401, 403, 404 and 422.
			err := stream(ctx, primary, question, out)
			// [end]
			return err
		},
	}
}

func retryAfterIgnored[C, O any](stream streamer[C, O], primary C, option options[O]) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [retry_after_ignored before]
			var err error
			for pause := 200 * time.Millisecond; pause < time.Second; pause *= 2 {
				if err = stream(ctx, primary, question, out, option.WithMaxRetries(0)); err == nil {
					break
				}
				time.Sleep(rand.N(pause))
			}
			// [end]
			return err
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [retry_after_ignored after]
			// The SDK's retries wait as long as Retry-After says.
			err := stream(ctx, primary, question, out, option.WithMaxRetries(2))
			// [end]
			return err
		},
	}
}

func noBackoff[C, O any](stream streamer[C, O], primary C, option options[O]) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [no_backoff before]
			var err error
			for range 3 {
				if err = stream(ctx, primary, question, out, option.WithMaxRetries(0)); err == nil {
					break
				}
			}
			// [end]
			return err
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [no_backoff after]
			// The SDK's retries pause for 0.5 s, 1 s, …, less up to a quarter by chance.
			err := stream(ctx, primary, question, out, option.WithMaxRetries(2))
			// [end]
			return err
		},
	}
}

func noJitter[C, O any](stream streamer[C, O], primary C, option options[O]) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [no_jitter before]
			var err error
			for pause := 500 * time.Millisecond; pause <= time.Second; pause *= 2 {
				if err = stream(ctx, primary, question, out, option.WithMaxRetries(0)); err == nil {
					break
				}
				time.Sleep(pause)
			}
			// [end]
			return err
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [no_jitter after]
			var err error
			for pause := 500 * time.Millisecond; pause <= time.Second; pause *= 2 {
				if err = stream(ctx, primary, question, out, option.WithMaxRetries(0)); err == nil {
					break
				}
				select {
				case <-ctx.Done():
				case <-time.After(rand.N(pause)): // full jitter: any time up to the pause
				}
			}
			// [end]
			return err
		},
	}
}

func retryStorm[C, O any](stream streamer[C, O], primary C, option options[O]) Pair {
	return Pair{
		Before: func(ctx context.Context, question string, out *Reply) error {
			// [retry_storm before]
			var err error
			for range 3 { // of which each is three: the SDK retries twice by itself
				if err = stream(ctx, primary, question, out); err == nil {
					break
				}
			}
			// [end]
			return err
		},
		After: func(ctx context.Context, question string, out *Reply) error {
			// [retry_storm after]
			err := stream(ctx, primary, question, out, option.WithMaxRetries(1))
			// [end]
			return err
		},
	}
}
