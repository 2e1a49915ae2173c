package pairs

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"
)

// Anthropic gives the pairs on anthropic-sdk-go, by finding. The clients are the SDK's own, as
// anthropic.NewClient makes them.
func Anthropic(primary, secondary anthropic.Client) map[string]Pair {
	o := anthropicDesk{primary, secondary}
	pairs := turns(o.once(primary), o.once(secondary))
	maps.Copy(pairs, map[string]Pair{
		"hangs":                 {o.hangsBefore, o.hangsAfter},
		"truncated_answer":      {o.truncatedBefore, o.truncatedAfter},
		"fallback_only_on_some": {o.someBefore, o.someAfter},
		"raw_error":             {o.rawBefore, o.rawAfter},
		"hopeless_retries":      {o.hopelessBefore, o.hopelessAfter},
		"retry_after_ignored":   {o.retryAfterBefore, o.retryAfterAfter},
		"no_backoff":            {o.backoffBefore, o.backoffAfter},
		"no_jitter":             {o.jitterBefore, o.jitterAfter},
		"retry_storm":           {o.stormBefore, o.stormAfter},
	})
	return pairs
}

type anthropicDesk struct{ primary, secondary anthropic.Client }

// once asks a provider a single time.
func (o anthropicDesk) once(client anthropic.Client) model {
	return func(ctx context.Context, question string, out *Reply) error {
		return streamAnthropic(ctx, client, question, out, option.WithMaxRetries(0))
	}
}

// streamAnthropic streams a whole answer, or fails.
func streamAnthropic(ctx context.Context, client anthropic.Client, question string, out *Reply, opts ...option.RequestOption) error {
	finish, err := anthropicWords(client.Messages.NewStreaming(ctx, askAnthropic(question), opts...), out)
	if err == nil && finish == "" {
		return errCutOff
	}
	return err
}

func askAnthropic(question string) anthropic.MessageNewParams {
	return anthropic.MessageNewParams{
		Model:     "model",
		MaxTokens: 1000,
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
	}
}

// anthropicWords hands the words of a stream on, and gives its stop reason: "" when
// it ended without one, which the SDK does not take for an error.
func anthropicWords(stream *ssestream.Stream[anthropic.MessageStreamEventUnion], out *Reply) (finish anthropic.StopReason, err error) {
	defer stream.Close()
	for stream.Next() {
		event := stream.Current()
		out.Say(event.Delta.Text)
		finish = cmp.Or(event.Delta.StopReason, finish)
	}
	return finish, stream.Err()
}

// instead has the secondary answer.
func (o anthropicDesk) instead(ctx context.Context, question string, out *Reply) error {
	out.TakeBack()
	return streamAnthropic(ctx, o.secondary, question, out, option.WithMaxRetries(0))
}

func (o anthropicDesk) hangsBefore(ctx context.Context, question string, out *Reply) error {
	// [hangs before]
	err := streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0))
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) hangsAfter(ctx context.Context, question string, out *Reply) error {
	// [hangs after]
	err := streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0),
		option.WithRequestTimeout(2*time.Second)) // the default is ten minutes
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) truncatedBefore(ctx context.Context, question string, out *Reply) error {
	// [truncated_answer before]
	stream := o.primary.Messages.NewStreaming(ctx, askAnthropic(question))
	defer stream.Close()
	for stream.Next() {
		out.Say(stream.Current().Delta.Text)
	}
	err := stream.Err()
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) truncatedAfter(ctx context.Context, question string, out *Reply) error {
	// [truncated_answer after]
	stream := o.primary.Messages.NewStreaming(ctx, askAnthropic(question))
	defer stream.Close()
	finish := anthropic.StopReason("")
	for stream.Next() {
		event := stream.Current()
		out.Say(event.Delta.Text)
		finish = cmp.Or(event.Delta.StopReason, finish)
	}
	err := stream.Err()
	if err == nil && finish == "" {
		err = errCutOff // the SDK takes a stream that just ends for whole
	}
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) someBefore(ctx context.Context, question string, out *Reply) error {
	err := streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0))
	// [fallback_only_on_some before]
	if failure, ok := errors.AsType[*anthropic.Error](err); ok && failure.StatusCode == http.StatusTooManyRequests {
		err = o.instead(ctx, question, out)
	}
	// [end]
	return err
}

func (o anthropicDesk) someAfter(ctx context.Context, question string, out *Reply) error {
	err := streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0))
	// [fallback_only_on_some after]
	// Timeouts and broken connections are no *anthropic.Error, and lead on, too.
	failure, ok := errors.AsType[*anthropic.Error](err)
	wrong := ok && (failure.StatusCode == http.StatusBadRequest || failure.StatusCode == http.StatusUnprocessableEntity)
	if err != nil && !wrong {
		err = o.instead(ctx, question, out)
	}
	// [end]
	return err
}

func (o anthropicDesk) rawBefore(ctx context.Context, question string, out *Reply) error {
	err := noFallback(o.once(o.primary), o.once(o.secondary)).After(ctx, question, out)
	// [raw_error before]
	if failure, ok := errors.AsType[*anthropic.Error](err); ok {
		out.Fail(failure.RawJSON())
	}
	// [end]
	return nil
}

func (o anthropicDesk) rawAfter(ctx context.Context, question string, out *Reply) error {
	err := noFallback(o.once(o.primary), o.once(o.secondary)).After(ctx, question, out)
	// [raw_error after]
	if err != nil {
		slog.Debug("no model answered", "error", err)
		out.Fail("No answer right now. Please try again in a minute.")
	}
	// [end]
	return nil
}

func (o anthropicDesk) hopelessBefore(ctx context.Context, question string, out *Reply) error {
	// [hopeless_retries before]
	var err error
	for range 3 {
		if err = streamAnthropic(ctx, o.primary, question, out); err == nil {
			break
		}
	}
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) hopelessAfter(ctx context.Context, question string, out *Reply) error {
	// [hopeless_retries after]
	// The SDK's own two retries pass over 400, 401, 403, 404 and 422.
	err := streamAnthropic(ctx, o.primary, question, out)
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) retryAfterBefore(ctx context.Context, question string, out *Reply) error {
	// [retry_after_ignored before]
	var err error
	for pause := 200 * time.Millisecond; pause < time.Second; pause *= 2 {
		if err = streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0)); err == nil {
			break
		}
		time.Sleep(rand.N(pause))
	}
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) retryAfterAfter(ctx context.Context, question string, out *Reply) error {
	// [retry_after_ignored after]
	// The SDK's retries wait as long as Retry-After says.
	err := streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(2))
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) backoffBefore(ctx context.Context, question string, out *Reply) error {
	// [no_backoff before]
	var err error
	for range 3 {
		if err = streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0)); err == nil {
			break
		}
	}
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) backoffAfter(ctx context.Context, question string, out *Reply) error {
	// [no_backoff after]
	// The SDK's retries pause for 0.5 s, 1 s, …, less up to a quarter by chance.
	err := streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(2))
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) jitterBefore(ctx context.Context, question string, out *Reply) error {
	// [no_jitter before]
	var err error
	for pause := 500 * time.Millisecond; pause <= time.Second; pause *= 2 {
		if err = streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0)); err == nil {
			break
		}
		time.Sleep(pause)
	}
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) jitterAfter(ctx context.Context, question string, out *Reply) error {
	// [no_jitter after]
	var err error
	for pause := 500 * time.Millisecond; pause <= time.Second; pause *= 2 {
		if err = streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(0)); err == nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(pause)): // full jitter: any time up to the pause
		}
	}
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) stormBefore(ctx context.Context, question string, out *Reply) error {
	// [retry_storm before]
	var err error
	for range 3 { // of which each is three: the SDK retries twice by itself
		if err = streamAnthropic(ctx, o.primary, question, out); err == nil {
			break
		}
	}
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}

func (o anthropicDesk) stormAfter(ctx context.Context, question string, out *Reply) error {
	// [retry_storm after]
	err := streamAnthropic(ctx, o.primary, question, out, option.WithMaxRetries(1))
	// [end]
	if err != nil {
		return o.instead(ctx, question, out)
	}
	return nil
}
