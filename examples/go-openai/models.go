package main

import (
	"context"
	"errors"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	openaioption "github.com/openai/openai-go/v3/option"
)

// A model streams an answer to say, and fails when it was not a whole one.
type model func(ctx context.Context, message string, say func(text string) error) error

// errCutOff is a stream that ended without the model's word that it was done:
// neither SDK takes that for an error.
var errCutOff = errors.New("the answer was cut off")

// gpt asks OpenAI once: the SDK's own retries would be at a provider in an outage
// while the other one is well.
func gpt(client openai.Client) model {
	return func(ctx context.Context, message string, say func(string) error) error {
		stream := client.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
			Model:    openai.ChatModelGPT5_2,
			Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(message)},
		}, openaioption.WithMaxRetries(0))
		defer stream.Close()
		finish := ""
		for stream.Next() {
			for _, choice := range stream.Current().Choices {
				if choice.FinishReason != "" {
					finish = choice.FinishReason
				}
				if choice.Delta.Content == "" {
					continue
				}
				if err := say(choice.Delta.Content); err != nil {
					return err
				}
			}
		}
		if err := stream.Err(); err != nil {
			return err
		}
		if finish != "stop" {
			return errCutOff
		}
		return nil
	}
}

// claude asks Anthropic once.
func claude(client anthropic.Client) model {
	return func(ctx context.Context, message string, say func(string) error) error {
		stream := client.Messages.NewStreaming(ctx, anthropic.MessageNewParams{
			Model:     anthropic.ModelClaudeSonnet5_5,
			MaxTokens: 4000,
			Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(message))},
		}, anthropicoption.WithMaxRetries(0))
		defer stream.Close()
		var finish anthropic.StopReason
		for stream.Next() {
			event := stream.Current()
			if event.Type == "message_delta" {
				finish = event.Delta.StopReason
			}
			if event.Delta.Text == "" {
				continue
			}
			if err := say(event.Delta.Text); err != nil {
				return err
			}
		}
		if err := stream.Err(); err != nil {
			return err
		}
		if finish != anthropic.StopReasonEndTurn {
			return errCutOff
		}
		return nil
	}
}
