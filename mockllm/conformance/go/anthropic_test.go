package conformance_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/toolrunner"
)

func testAnthropic(t *testing.T) {
	use(t, "anthropic")
	c := anthropicClient{anthropic.NewClient()}
	t.Run("json", c.json)
	t.Run("stream", c.stream)
	t.Run("tools", c.tools)
	t.Run("tools_streamed", c.toolsStreamed)
	t.Run("loop", c.loop)
	t.Run("structured", c.structured)
	t.Run("parse", c.parse)
	t.Run("models", c.models)
	t.Run("key", c.key)
	t.Run("model", c.model)
	t.Run("helper", c.helper)
	t.Run("thinking", c.thinking)
	t.Run("count", c.count)
}

type anthropicClient struct{ anthropic.Client }

func question() []anthropic.MessageParam {
	return []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(prompt))}
}

func askAnthropic() anthropic.MessageNewParams {
	return anthropic.MessageNewParams{Model: anthropic.ModelClaudeHaiku4_5, MaxTokens: 4000, Messages: question()}
}

func askAnthropicWithTool() anthropic.MessageNewParams {
	a := askAnthropic()
	s := weatherSchema()
	tool := anthropic.ToolUnionParamOfTool(anthropic.ToolInputSchemaParam{
		Properties: s["properties"], Required: s["required"].([]string),
	}, toolName)
	tool.OfTool.Description = anthropic.String(toolDoc)
	a.Tools = []anthropic.ToolUnionParam{tool}
	return a
}

func (c anthropicClient) json(t *testing.T) {
	answer, err := c.Messages.New(t.Context(), askAnthropic())
	must(t, err)
	whole(t, at(t, answer.Content, 0).Text)
	want(t, "stop_reason", answer.StopReason, anthropic.StopReasonEndTurn)
	want(t, "usage told", answer.Usage.InputTokens > 0 && answer.Usage.OutputTokens > 0, true)
}

func (c anthropicClient) stream(t *testing.T) {
	stream := c.Messages.NewStreaming(t.Context(), askAnthropic())
	defer stream.Close()
	var text strings.Builder
	var last string
	for stream.Next() {
		event := stream.Current()
		text.WriteString(event.Delta.Text)
		last = event.Type
	}
	must(t, stream.Err())
	whole(t, text.String())
	want(t, "last event", last, "message_stop")
}

// toolUse is the first call in a message.
func toolUse(t *testing.T, m *anthropic.Message) anthropic.ToolUseBlock {
	t.Helper()
	for _, block := range m.Content {
		if call, ok := block.AsAny().(anthropic.ToolUseBlock); ok {
			return call
		}
	}
	t.Fatalf("no call: %s", m.RawJSON())
	return anthropic.ToolUseBlock{}
}

func (c anthropicClient) tools(t *testing.T) {
	answer, err := c.Messages.New(t.Context(), askAnthropicWithTool())
	must(t, err)
	want(t, "stop_reason", answer.StopReason, anthropic.StopReasonToolUse)
	call := toolUse(t, answer)
	want(t, "name", call.Name, toolName)
	asked(t, string(call.Input))
}

// accumulated is a streamed answer put together again by the SDK.
func (c anthropicClient) accumulated(t *testing.T, a anthropic.MessageNewParams) *anthropic.Message {
	t.Helper()
	stream := c.Messages.NewStreaming(t.Context(), a)
	defer stream.Close()
	var m anthropic.Message
	for stream.Next() {
		must(t, m.Accumulate(stream.Current()))
	}
	must(t, stream.Err())
	return &m
}

func (c anthropicClient) toolsStreamed(t *testing.T) {
	asked(t, string(toolUse(t, c.accumulated(t, askAnthropicWithTool())).Input))
}

func (c anthropicClient) helper(t *testing.T) {
	whole(t, at(t, c.accumulated(t, askAnthropic()).Content, 0).Text)
}

func askBeta() anthropic.BetaMessageNewParams {
	return anthropic.BetaMessageNewParams{
		Model: anthropic.ModelClaudeHaiku4_5, MaxTokens: 1000,
		Messages: []anthropic.BetaMessageParam{anthropic.NewBetaUserMessage(anthropic.NewBetaTextBlock(prompt))},
	}
}

func (c anthropicClient) loop(t *testing.T) {
	calls := 0
	tool, err := toolrunner.NewBetaToolFromJSONSchema(toolName, toolDoc,
		func(_ context.Context, w weather) (anthropic.BetaToolResultBlockParamContentUnion, error) {
			calls++
			return anthropic.BetaToolResultBlockParamContentUnion{OfText: &anthropic.BetaTextBlockParam{Text: "31 degrees in " + w.City}}, nil
		})
	must(t, err)
	runner := c.Beta.Messages.NewToolRunner([]anthropic.BetaTool{tool}, anthropic.BetaToolRunnerParams{BetaMessageNewParams: askBeta()})
	answer, err := runner.RunToCompletion(t.Context())
	must(t, err)
	want(t, "calls", calls, 1)
	whole(t, at(t, answer.Content, 0).Text)
}

func (c anthropicClient) structured(t *testing.T) {
	a := askAnthropic()
	a.OutputConfig.Format = anthropic.JSONOutputFormatParam{Schema: reportSchema()}
	answer, err := c.Messages.New(t.Context(), a)
	must(t, err)
	reported(t, at(t, answer.Content, 0).Text)
}

// The SDK makes the schema of the struct, and fills the struct in.
func (c anthropicClient) parse(t *testing.T) {
	var r report
	a := askBeta()
	a.OutputConfig.Format = anthropic.BetaJSONOutputFormatParam{Schema: &r}
	_, err := c.Beta.Messages.New(t.Context(), a)
	must(t, err)
	want(t, "sky told", r.Sky != "", true)
}

func (c anthropicClient) models(t *testing.T) {
	m, err := c.Models.Get(t.Context(), anthropic.ModelClaudeHaiku4_5, anthropic.ModelGetParams{})
	must(t, err)
	found := false
	pages := c.Models.ListAutoPaging(t.Context(), anthropic.ModelListParams{})
	for pages.Next() {
		found = found || pages.Current().ID == m.ID
	}
	must(t, pages.Err())
	want(t, "model listed", found, true)
}

// refusedAnthropic fails unless err is the SDK's, with that status and type.
func refusedAnthropic(t *testing.T, err error, status int, kind string) {
	t.Helper()
	e, ok := errors.AsType[*anthropic.Error](err)
	if !ok {
		t.Fatalf("not an error of the API: %v", err)
	}
	want(t, "status", e.StatusCode, status)
	want(t, "type", string(e.Type()), kind)
	want(t, "request id told", e.RequestID != "", true)
}

func (c anthropicClient) key(t *testing.T) {
	_, err := c.Messages.New(t.Context(), askAnthropic(), option.WithAPIKey("sk-ant-wrong"))
	refusedAnthropic(t, err, 401, "authentication_error")
}

func (c anthropicClient) model(t *testing.T) {
	a := askAnthropic()
	a.Model = "claude-none"
	_, err := c.Messages.New(t.Context(), a)
	refusedAnthropic(t, err, 404, "not_found_error")
}

func (c anthropicClient) thinking(t *testing.T) {
	a := askAnthropic()
	a.Thinking = anthropic.ThinkingConfigParamOfEnabled(1024)
	answer, err := c.Messages.New(t.Context(), a)
	must(t, err)
	for _, m := range []*anthropic.Message{answer, c.accumulated(t, a)} {
		want(t, "first block", at(t, m.Content, 0).Type, "thinking")
		want(t, "signed", at(t, m.Content, 0).Thinking != "" && at(t, m.Content, 0).Signature != "", true)
		whole(t, at(t, m.Content, 1).Text)
	}
}

func (c anthropicClient) count(t *testing.T) {
	answer, err := c.Messages.CountTokens(t.Context(), anthropic.MessageCountTokensParams{
		Model: anthropic.ModelClaudeHaiku4_5, Messages: question(),
	})
	must(t, err)
	want(t, "tokens told", answer.InputTokens > 0, true)
}
