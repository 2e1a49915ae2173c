package conformance_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/shared"
)

func testOpenAI(t *testing.T) {
	use(t, "openai")
	chat := chatClient{
		Client: openai.NewClient(), stranger: openai.NewClient(option.WithAPIKey("sk-wrong")),
		keyCode: "invalid_api_key", modelCode: "model_not_found",
	}
	t.Run("json", chat.json)
	t.Run("stream", chat.stream)
	t.Run("tools", chat.tools)
	t.Run("tools_streamed", chat.toolsStreamed)
	t.Run("loop", chat.loop)
	t.Run("embed", chat.embed)
	t.Run("structured", chat.structured)
	t.Run("models", chat.models)
	t.Run("key", chat.key)
	t.Run("model", chat.model)
	t.Run("helper", chat.helper)
	t.Run("completions", chat.completions)
	t.Run("images", chat.images)
	t.Run("moderations", chat.moderations)
	t.Run("batches", chat.batches)
}

// chatClient is a client whose provider speaks chat completions: OpenAI's, Azure's.
type chatClient struct {
	openai.Client
	stranger           openai.Client // its key is a wrong one
	keyCode, modelCode string        // of the errors
}

func ask() openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{
		Model:    openai.ChatModelGPT5_5,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(prompt)},
	}
}

func askWithTool() openai.ChatCompletionNewParams {
	a := ask()
	a.Tools = []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
		Name: toolName, Description: openai.String(toolDoc), Parameters: weatherSchema(), Strict: openai.Bool(true),
	})}
	return a
}

func (c chatClient) json(t *testing.T) {
	answer, err := c.Chat.Completions.New(t.Context(), ask())
	must(t, err)
	whole(t, at(t, answer.Choices, 0).Message.Content)
	want(t, "finish_reason", at(t, answer.Choices, 0).FinishReason, "stop")
	want(t, "total", answer.Usage.TotalTokens, answer.Usage.PromptTokens+answer.Usage.CompletionTokens)
}

func (c chatClient) stream(t *testing.T) {
	a := ask()
	a.StreamOptions.IncludeUsage = openai.Bool(true)
	stream := c.Chat.Completions.NewStreaming(t.Context(), a)
	defer stream.Close()
	var text strings.Builder
	var finish string
	var total int64
	for stream.Next() {
		chunk := stream.Current()
		total += chunk.Usage.TotalTokens
		for _, choice := range chunk.Choices {
			text.WriteString(choice.Delta.Content)
			finish += choice.FinishReason
		}
	}
	must(t, stream.Err())
	whole(t, text.String())
	want(t, "finish_reason", finish, "stop")
	want(t, "usage told", total > 0, true)
}

func (c chatClient) tools(t *testing.T) {
	answer, err := c.Chat.Completions.New(t.Context(), askWithTool())
	must(t, err)
	want(t, "finish_reason", at(t, answer.Choices, 0).FinishReason, "tool_calls")
	call := at(t, at(t, answer.Choices, 0).Message.ToolCalls, 0).Function
	want(t, "name", call.Name, toolName)
	asked(t, call.Arguments)
}

// accumulated is a streamed answer put together again by the SDK.
func (c chatClient) accumulated(t *testing.T, a openai.ChatCompletionNewParams) openai.ChatCompletionMessage {
	t.Helper()
	stream := c.Chat.Completions.NewStreaming(t.Context(), a)
	defer stream.Close()
	var acc openai.ChatCompletionAccumulator
	for stream.Next() {
		if !acc.AddChunk(stream.Current()) {
			t.Fatalf("chunk does not fit: %s", stream.Current().RawJSON())
		}
	}
	must(t, stream.Err())
	return at(t, acc.Choices, 0).Message
}

func (c chatClient) toolsStreamed(t *testing.T) {
	asked(t, at(t, c.accumulated(t, askWithTool()).ToolCalls, 0).Function.Arguments)
}

func (c chatClient) helper(t *testing.T) { whole(t, c.accumulated(t, ask()).Content) }

func (c chatClient) loop(t *testing.T) {
	a := askWithTool()
	first, err := c.Chat.Completions.New(t.Context(), a)
	must(t, err)
	message := at(t, first.Choices, 0).Message
	a.Messages = append(a.Messages, message.ToParam(), openai.ToolMessage("31 degrees", at(t, message.ToolCalls, 0).ID))
	second, err := c.Chat.Completions.New(t.Context(), a)
	must(t, err)
	whole(t, at(t, second.Choices, 0).Message.Content)
}

func (c chatClient) embed(t *testing.T) {
	answer, err := c.Embeddings.New(t.Context(), openai.EmbeddingNewParams{
		Model: openai.EmbeddingModelTextEmbedding3Small,
		Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: []string{"Lagos", "Accra"}},
	})
	must(t, err)
	for _, d := range answer.Data {
		unit(t, d.Embedding, 1536)
	}
	want(t, "the same vector", slices.Equal(at(t, answer.Data, 0).Embedding, at(t, answer.Data, 1).Embedding), false)
}

func (c chatClient) structured(t *testing.T) {
	a := ask()
	a.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{
		JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "report", Strict: openai.Bool(true), Schema: reportSchema()},
	}
	answer, err := c.Chat.Completions.New(t.Context(), a)
	must(t, err)
	reported(t, at(t, answer.Choices, 0).Message.Content)
}

func (c chatClient) models(t *testing.T) {
	found := false
	for pages := c.Models.ListAutoPaging(t.Context()); pages.Next(); {
		found = found || pages.Current().ID == openai.ChatModelGPT5_5
	}
	want(t, "model listed", found, true)
	m, err := c.Models.Get(t.Context(), openai.ChatModelGPT5_5)
	must(t, err)
	want(t, "id", m.ID, openai.ChatModelGPT5_5)
}

// refused fails unless err is the SDK's, with that status and code.
func refused(t *testing.T, err error, status int, code string) {
	t.Helper()
	e, ok := errors.AsType[*openai.Error](err)
	if !ok {
		t.Fatalf("not an error of the API: %v", err)
	}
	want(t, "status", e.StatusCode, status)
	want(t, "code", e.Code, code)
}

func (c chatClient) key(t *testing.T) {
	_, err := c.stranger.Chat.Completions.New(t.Context(), ask())
	refused(t, err, 401, c.keyCode)
}

func (c chatClient) model(t *testing.T) {
	a := ask()
	a.Model = "gpt-none"
	_, err := c.Chat.Completions.New(t.Context(), a)
	refused(t, err, 404, c.modelCode)
}

func (c chatClient) completions(t *testing.T) {
	a := openai.CompletionNewParams{
		Model:     openai.CompletionNewParamsModelGPT3_5TurboInstruct,
		Prompt:    openai.CompletionNewParamsPromptUnion{OfString: openai.String(prompt)},
		MaxTokens: openai.Int(50),
	}
	answer, err := c.Completions.New(t.Context(), a)
	must(t, err)
	whole(t, strings.TrimSpace(at(t, answer.Choices, 0).Text))

	stream := c.Completions.NewStreaming(t.Context(), a)
	defer stream.Close()
	var text strings.Builder
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			text.WriteString(choice.Text)
		}
	}
	must(t, stream.Err())
	whole(t, strings.TrimSpace(text.String()))
}

func (c chatClient) images(t *testing.T) {
	answer, err := c.Images.Generate(t.Context(), openai.ImageGenerateParams{Model: openai.ImageModelGPTImage2, Prompt: prompt})
	must(t, err)
	png, err := base64.StdEncoding.DecodeString(at(t, answer.Data, 0).B64JSON)
	must(t, err)
	want(t, "a PNG", bytes.HasPrefix(png, []byte("\x89PNG")), true)
}

func (c chatClient) moderations(t *testing.T) {
	answer, err := c.Moderations.New(t.Context(), openai.ModerationNewParams{
		Input: openai.ModerationNewParamsInputUnion{OfString: openai.String(prompt)},
	})
	must(t, err)
	want(t, "flagged", at(t, answer.Results, 0).Flagged, false)
}

func (c chatClient) batches(t *testing.T) {
	body, err := json.Marshal(ask())
	must(t, err)
	line := `{"custom_id":"n0","method":"POST","url":"/v1/chat/completions","body":` + string(body) + "}\n"
	file, err := c.Files.New(t.Context(), openai.FileNewParams{
		File: openai.File(strings.NewReader(line), "in.jsonl", "application/jsonl"), Purpose: openai.FilePurposeBatch,
	})
	must(t, err)
	batch, err := c.Batches.New(t.Context(), openai.BatchNewParams{
		InputFileID:      file.ID,
		Endpoint:         openai.BatchNewParamsEndpointV1ChatCompletions,
		CompletionWindow: openai.BatchNewParamsCompletionWindow24h,
	})
	must(t, err)
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for batch.Status != openai.BatchStatusCompleted {
		select {
		case <-poll.C:
		case <-t.Context().Done():
			t.Fatalf("batch is %s", batch.Status)
		}
		batch, err = c.Batches.Get(t.Context(), batch.ID)
		must(t, err)
	}
	out, err := c.Files.Content(t.Context(), batch.OutputFileID)
	must(t, err)
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	must(t, err)
	var answer struct {
		CustomID string `json:"custom_id"`
		Response struct{ Body openai.ChatCompletion }
	}
	must(t, json.Unmarshal(text, &answer))
	want(t, "custom_id", answer.CustomID, "n0")
	whole(t, at(t, answer.Response.Body.Choices, 0).Message.Content)
}
