package conformance_test

import (
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genai"
)

const geminiModel = "gemini-2.5-flash"

func testGenAI(t *testing.T) {
	use(t, "gemini")
	client, err := genai.NewClient(t.Context(), nil)
	must(t, err)
	c := genaiClient{client}
	t.Run("json", c.json)
	t.Run("stream", c.stream)
	t.Run("tools", c.tools)
	t.Run("tools_streamed", c.toolsStreamed)
	t.Run("loop", c.loop)
	t.Run("embed", c.embed)
	t.Run("structured", c.structured)
	t.Run("parse", c.parse)
	t.Run("models", c.models)
	t.Run("key", c.key)
	t.Run("model", c.model)
	t.Run("helper", c.helper)
	t.Run("count", c.count)
}

type genaiClient struct{ *genai.Client }

func geminiTools() *genai.GenerateContentConfig {
	return &genai.GenerateContentConfig{Tools: []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{
		{Name: toolName, Description: toolDoc, ParametersJsonSchema: weatherSchema()},
	}}}}
}

func (c genaiClient) json(t *testing.T) {
	answer, err := c.Models.GenerateContent(t.Context(), geminiModel, genai.Text(prompt), nil)
	must(t, err)
	whole(t, answer.Text())
	want(t, "finishReason", at(t, answer.Candidates, 0).FinishReason, genai.FinishReasonStop)
	u := answer.UsageMetadata
	want(t, "total", u.TotalTokenCount, u.PromptTokenCount+u.CandidatesTokenCount)
}

// gathered is the text of a stream, and its last chunk.
func gathered(t *testing.T, chunks iter.Seq2[*genai.GenerateContentResponse, error]) (string, *genai.GenerateContentResponse) {
	t.Helper()
	var text strings.Builder
	var last *genai.GenerateContentResponse
	for chunk, err := range chunks {
		must(t, err)
		text.WriteString(chunk.Text())
		last = chunk
	}
	return text.String(), last
}

func (c genaiClient) stream(t *testing.T) {
	text, last := gathered(t, c.Models.GenerateContentStream(t.Context(), geminiModel, genai.Text(prompt), nil))
	whole(t, text)
	want(t, "finishReason", at(t, last.Candidates, 0).FinishReason, genai.FinishReasonStop)
}

// calls fails unless the first call is of the weather tool.
func calls(t *testing.T, found []*genai.FunctionCall) {
	t.Helper()
	if len(found) == 0 {
		t.Fatal("no call")
	}
	want(t, "name", found[0].Name, toolName)
	args, err := json.Marshal(found[0].Args)
	must(t, err)
	asked(t, string(args))
}

func (c genaiClient) tools(t *testing.T) {
	answer, err := c.Models.GenerateContent(t.Context(), geminiModel, genai.Text(prompt), geminiTools())
	must(t, err)
	calls(t, answer.FunctionCalls())
}

func (c genaiClient) toolsStreamed(t *testing.T) {
	var found []*genai.FunctionCall
	for chunk, err := range c.Models.GenerateContentStream(t.Context(), geminiModel, genai.Text(prompt), geminiTools()) {
		must(t, err)
		found = append(found, chunk.FunctionCalls()...)
	}
	calls(t, found)
}

func (c genaiClient) loop(t *testing.T) {
	chat, err := c.Chats.Create(t.Context(), geminiModel, geminiTools(), nil)
	must(t, err)
	first, err := chat.SendMessage(t.Context(), genai.Part{Text: prompt})
	must(t, err)
	calls(t, first.FunctionCalls())
	result := genai.NewPartFromFunctionResponse(toolName, map[string]any{"output": "31 degrees"})
	result.FunctionResponse.ID = at(t, first.FunctionCalls(), 0).ID
	second, err := chat.SendMessage(t.Context(), *result)
	must(t, err)
	whole(t, second.Text())
}

func (c genaiClient) embed(t *testing.T) {
	contents := []*genai.Content{genai.NewContentFromText("Lagos", genai.RoleUser), genai.NewContentFromText("Accra", genai.RoleUser)}
	answer, err := c.Models.EmbedContent(t.Context(), "gemini-embedding-001", contents, nil)
	must(t, err)
	for _, e := range answer.Embeddings {
		unit(t, e.Values, 3072)
	}
	want(t, "the same vector", slices.Equal(at(t, answer.Embeddings, 0).Values, at(t, answer.Embeddings, 1).Values), false)
}

func (c genaiClient) structured(t *testing.T) {
	answer, err := c.Models.GenerateContent(t.Context(), geminiModel, genai.Text(prompt), &genai.GenerateContentConfig{
		ResponseMIMEType: "application/json", ResponseJsonSchema: reportSchema(),
	})
	must(t, err)
	reported(t, answer.Text())
}

// The schema in Google's own words: types in capitals.
func (c genaiClient) parse(t *testing.T) {
	answer, err := c.Models.GenerateContent(t.Context(), geminiModel, genai.Text(prompt), &genai.GenerateContentConfig{
		ResponseMIMEType: "application/json",
		ResponseSchema: &genai.Schema{Type: genai.TypeObject, Required: []string{"city", "unit"}, Properties: map[string]*genai.Schema{
			"city": {Type: genai.TypeString},
			"unit": {Type: genai.TypeString, Format: "enum", Enum: []string{"celsius", "fahrenheit"}},
		}},
	})
	must(t, err)
	asked(t, answer.Text())
}

func (c genaiClient) models(t *testing.T) {
	found := false
	for m, err := range c.Models.All(t.Context()) {
		must(t, err)
		found = found || m.Name == "models/"+geminiModel
	}
	want(t, "model listed", found, true)
	m, err := c.Models.Get(t.Context(), geminiModel, nil)
	must(t, err)
	want(t, "name", m.Name, "models/"+geminiModel)
}

// refusedGemini fails unless err is the SDK's, with that code and status.
func refusedGemini(t *testing.T, err error, code int, status string) {
	t.Helper()
	e, ok := errors.AsType[genai.APIError](err)
	if !ok {
		t.Fatalf("not an error of the API: %v", err)
	}
	want(t, "code", e.Code, code)
	want(t, "status", e.Status, status)
}

// Google words a wrong key as a bad request.
func (c genaiClient) key(t *testing.T) {
	stranger, err := genai.NewClient(t.Context(), &genai.ClientConfig{APIKey: "wrong"})
	must(t, err)
	_, err = stranger.Models.GenerateContent(t.Context(), geminiModel, genai.Text(prompt), nil)
	refusedGemini(t, err, 400, "INVALID_ARGUMENT")
	for _, err = range stranger.Models.GenerateContentStream(t.Context(), geminiModel, genai.Text(prompt), nil) {
		refusedGemini(t, err, 400, "INVALID_ARGUMENT")
	}
}

func (c genaiClient) model(t *testing.T) {
	_, err := c.Models.GenerateContent(t.Context(), "gemini-none", genai.Text(prompt), nil)
	refusedGemini(t, err, 404, "NOT_FOUND")
}

func (c genaiClient) helper(t *testing.T) {
	chat, err := c.Chats.Create(t.Context(), geminiModel, nil, nil)
	must(t, err)
	text, _ := gathered(t, chat.SendMessageStream(t.Context(), genai.Part{Text: prompt}))
	whole(t, text)
	want(t, "history", len(chat.History(true)), 2)
}

func (c genaiClient) count(t *testing.T) {
	answer, err := c.Models.CountTokens(t.Context(), geminiModel, genai.Text(prompt), nil)
	must(t, err)
	want(t, "tokens told", answer.TotalTokens > 0, true)
}
