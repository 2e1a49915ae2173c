package main

import (
	"context"

	"github.com/openai/openai-go/v3"
)

// naive asks one provider, as the SDK's quick start does: its two retries, its ten
// minutes of patience. A stream that is over is an answer, and an error is shown
// to the user as it came.
type naive struct{ client openai.Client }

func (n naive) answer(ctx context.Context, message string, out *reply) error {
	stream := n.client.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
		Model:    openai.ChatModelGPT5_2,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(message)},
	})
	defer stream.Close()
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			if err := out.delta(choice.Delta.Content); err != nil {
				return err
			}
		}
	}
	if err := stream.Err(); err != nil {
		_ = out.fail(err.Error()) // a client that left needs none
		return err
	}
	return out.done()
}
