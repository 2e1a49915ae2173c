package pairs

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"
)

// Anthropic gives the pairs on anthropic-sdk-go, by finding. The clients are the SDK's own, as
// anthropic.NewClient makes them.
func Anthropic(primary, secondary anthropic.Client) map[string]Pair {
	o := anthropicDesk{primary, secondary}
	first, second := o.once(primary), o.once(secondary)
	pairs := turns(first, second)
	maps.Copy(pairs, calls(streamAnthropic, primary, options[option.RequestOption]{option.WithMaxRetries, option.WithRequestTimeout}, second))
	maps.Copy(pairs, map[string]Pair{
		"truncated_answer":      orSecond(Pair{o.truncatedBefore, o.truncatedAfter}, second),
		"fallback_only_on_some": {o.someBefore, o.someAfter},
		"raw_error":             {o.rawBefore, o.rawAfter},
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

func (o anthropicDesk) truncatedBefore(ctx context.Context, question string, out *Reply) error {
	// [truncated_answer before]
	stream := o.primary.Messages.NewStreaming(ctx, askAnthropic(question))
	defer stream.Close()
	for stream.Next() {
		out.Say(stream.Current().Delta.Text)
	}
	err := stream.Err()
	// [end]
	return err
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
	return err
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
