package mockllm

import "context"

// slowKey is where a request's context keeps its slowness.
type slowKey struct{}

type slow struct{ ttft, gap float64 }

// WithSlow makes the answer to a request with this context slow: its first token
// takes ttft times as long, and its gaps gap times. Twice said is multiplied.
func WithSlow(ctx context.Context, ttft, gap float64) context.Context {
	s := slowOf(ctx)
	return context.WithValue(ctx, slowKey{}, slow{s.ttft * ttft, s.gap * gap})
}

func slowOf(ctx context.Context) slow {
	if s, ok := ctx.Value(slowKey{}).(slow); ok {
		return s
	}
	return slow{1, 1}
}
