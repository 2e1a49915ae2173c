package conformance_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"
)

func testOpenAIResponses(t *testing.T) {
	use(t, "openai")
	c := responsesClient{openai.NewClient()}
	t.Run("json", c.json)
	t.Run("stream", c.stream)
	t.Run("tools", c.tools)
	t.Run("loop", c.loop)
	t.Run("structured", c.structured)
	t.Run("key", c.key)
	t.Run("model", c.model)
	t.Run("background", c.background)
}

type responsesClient struct{ openai.Client }

func askResponses() responses.ResponseNewParams {
	return responses.ResponseNewParams{
		Model: openai.ChatModelGPT5_5,
		Input: responses.ResponseNewParamsInputUnion{OfString: openai.String(prompt)},
	}
}

func (c responsesClient) json(t *testing.T) {
	answer, err := c.Responses.New(t.Context(), askResponses())
	must(t, err)
	whole(t, answer.OutputText())
	want(t, "status", answer.Status, responses.ResponseStatusCompleted)
	want(t, "total", answer.Usage.TotalTokens, answer.Usage.InputTokens+answer.Usage.OutputTokens)
}

func (c responsesClient) stream(t *testing.T) {
	stream := c.Responses.NewStreaming(t.Context(), askResponses())
	defer stream.Close()
	var text strings.Builder
	var last responses.ResponseStreamEventUnion
	for n := int64(0); stream.Next(); n++ {
		last = stream.Current()
		want(t, "sequence_number", last.SequenceNumber, n)
		if delta, ok := last.AsAny().(responses.ResponseTextDeltaEvent); ok {
			text.WriteString(delta.Delta)
		}
	}
	must(t, stream.Err())
	whole(t, text.String())
	want(t, "last event", last.Type, "response.completed")
	whole(t, last.Response.OutputText())
}

// call is an answer that calls the weather tool, and its first call.
func (c responsesClient) call(t *testing.T) (*responses.Response, responses.ResponseFunctionToolCall) {
	t.Helper()
	a := askResponses()
	a.Tools = []responses.ToolUnionParam{responses.ToolParamOfFunction(toolName, weatherSchema(), true)}
	answer, err := c.Responses.New(t.Context(), a)
	must(t, err)
	for _, item := range answer.Output {
		if call, ok := item.AsAny().(responses.ResponseFunctionToolCall); ok {
			return answer, call
		}
	}
	t.Fatalf("no call: %s", answer.RawJSON())
	return nil, responses.ResponseFunctionToolCall{}
}

func (c responsesClient) tools(t *testing.T) {
	_, call := c.call(t)
	want(t, "name", call.Name, toolName)
	asked(t, call.Arguments)
}

func (c responsesClient) loop(t *testing.T) {
	first, call := c.call(t)
	result := responses.ResponseInputItemParamOfFunctionCallOutput("31 degrees")
	result.OfFunctionCallOutput.CallID = openai.String(call.CallID)
	answer, err := c.Responses.New(t.Context(), responses.ResponseNewParams{
		Model:              openai.ChatModelGPT5_5,
		PreviousResponseID: openai.String(first.ID),
		Input:              responses.ResponseNewParamsInputUnion{OfInputItemList: responses.ResponseInputParam{result}},
	})
	must(t, err)
	whole(t, answer.OutputText())
}

func (c responsesClient) structured(t *testing.T) {
	a := askResponses()
	a.Text.Format = responses.ResponseFormatTextConfigParamOfJSONSchema("report", reportSchema())
	answer, err := c.Responses.New(t.Context(), a)
	must(t, err)
	reported(t, answer.OutputText())
}

func (c responsesClient) key(t *testing.T) {
	_, err := c.Responses.New(t.Context(), askResponses(), option.WithAPIKey("sk-wrong"))
	refused(t, err, 401, "invalid_api_key")
}

// The Responses API words a model that is not there as a bad request.
func (c responsesClient) model(t *testing.T) {
	a := askResponses()
	a.Model = "gpt-none"
	_, err := c.Responses.New(t.Context(), a)
	refused(t, err, 400, "model_not_found")
}

func (c responsesClient) background(t *testing.T) {
	a := askResponses()
	a.Background = openai.Bool(true)
	answer, err := c.Responses.New(t.Context(), a)
	must(t, err)
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for answer.Status == responses.ResponseStatusQueued || answer.Status == responses.ResponseStatusInProgress {
		select {
		case <-poll.C:
		case <-t.Context().Done():
			t.Fatalf("response is %s", answer.Status)
		}
		answer, err = c.Responses.Get(t.Context(), answer.ID, responses.ResponseGetParams{})
		must(t, err)
	}
	whole(t, answer.OutputText())
	must(t, c.Responses.Delete(t.Context(), answer.ID))
	_, err = c.Responses.Get(t.Context(), answer.ID, responses.ResponseGetParams{})
	refused(t, err, 404, "")
}
