package pairs

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

// OpenAI gives the pairs on openai-go, by finding. The clients are the SDK's own, as
// openai.NewClient makes them.
func OpenAI(primary, secondary openai.Client) map[string]Pair {
	o := openaiDesk{primary, secondary}
	first, second := o.once(primary), o.once(secondary)
	pairs := turns(first, second)
	maps.Copy(pairs, calls(streamOpenAI, primary, options[option.RequestOption]{option.WithMaxRetries, option.WithRequestTimeout}, second))
	maps.Copy(pairs, map[string]Pair{
		"truncated_answer":      orSecond(Pair{o.truncatedBefore, o.truncatedAfter}, second),
		"fallback_only_on_some": {o.someBefore, o.someAfter},
		"raw_error":             {o.rawBefore, o.rawAfter},
	})
	return pairs
}

type openaiDesk struct{ primary, secondary openai.Client }

// once asks a provider a single time.
func (o openaiDesk) once(client openai.Client) model {
	return func(ctx context.Context, question string, out *Reply) error {
		return streamOpenAI(ctx, client, question, out, option.WithMaxRetries(0))
	}
}

// streamOpenAI streams a whole answer, or fails.
func streamOpenAI(ctx context.Context, client openai.Client, question string, out *Reply, opts ...option.RequestOption) error {
	finish, err := openaiWords(client.Chat.Completions.NewStreaming(ctx, askOpenAI(question), opts...), out)
	if err == nil && finish == "" {
		return errCutOff
	}
	return err
}

func askOpenAI(question string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{
		Model:    "model",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)},
	}
}

// openaiWords hands the words of a stream on, and gives its finish reason: "" when
// it ended without one, which the SDK does not take for an error.
func openaiWords(stream *ssestream.Stream[openai.ChatCompletionChunk], out *Reply) (finish string, err error) {
	defer stream.Close()
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			out.Say(choice.Delta.Content)
			finish = cmp.Or(choice.FinishReason, finish)
		}
	}
	return finish, stream.Err()
}

// instead has the secondary answer.
func (o openaiDesk) instead(ctx context.Context, question string, out *Reply) error {
	out.TakeBack()
	return streamOpenAI(ctx, o.secondary, question, out, option.WithMaxRetries(0))
}

func (o openaiDesk) truncatedBefore(ctx context.Context, question string, out *Reply) error {
	// [truncated_answer before]
	stream := o.primary.Chat.Completions.NewStreaming(ctx, askOpenAI(question))
	defer stream.Close()
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			out.Say(choice.Delta.Content)
		}
	}
	err := stream.Err()
	// [end]
	return err
}

func (o openaiDesk) truncatedAfter(ctx context.Context, question string, out *Reply) error {
	// [truncated_answer after]
	stream := o.primary.Chat.Completions.NewStreaming(ctx, askOpenAI(question))
	defer stream.Close()
	finish := ""
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			out.Say(choice.Delta.Content)
			finish = cmp.Or(choice.FinishReason, finish)
		}
	}
	err := stream.Err()
	if err == nil && finish == "" {
		err = errCutOff // the SDK takes a stream that just ends for whole
	}
	// [end]
	return err
}

func (o openaiDesk) someBefore(ctx context.Context, question string, out *Reply) error {
	err := streamOpenAI(ctx, o.primary, question, out, option.WithMaxRetries(0))
	// [fallback_only_on_some before]
	if failure, ok := errors.AsType[*openai.Error](err); ok && failure.StatusCode == http.StatusTooManyRequests {
		err = o.instead(ctx, question, out)
	}
	// [end]
	return err
}

func (o openaiDesk) someAfter(ctx context.Context, question string, out *Reply) error {
	err := streamOpenAI(ctx, o.primary, question, out, option.WithMaxRetries(0))
	// [fallback_only_on_some after]
	// Timeouts and broken connections are no *openai.Error, and lead on, too.
	failure, ok := errors.AsType[*openai.Error](err)
	wrong := ok && (failure.StatusCode == http.StatusBadRequest || failure.StatusCode == http.StatusUnprocessableEntity)
	if err != nil && !wrong {
		err = o.instead(ctx, question, out)
	}
	// [end]
	return err
}

func (o openaiDesk) rawBefore(ctx context.Context, question string, out *Reply) error {
	err := noFallback(o.once(o.primary), o.once(o.secondary)).After(ctx, question, out)
	// [raw_error before]
	if failure, ok := errors.AsType[*openai.Error](err); ok {
		out.Fail(failure.RawJSON())
	}
	// [end]
	return nil
}

func (o openaiDesk) rawAfter(ctx context.Context, question string, out *Reply) error {
	err := noFallback(o.once(o.primary), o.once(o.secondary)).After(ctx, question, out)
	// [raw_error after]
	if err != nil {
		slog.Debug("no model answered", "error", err)
		out.Fail("No answer right now. Please try again in a minute.")
	}
	// [end]
	return nil
}
