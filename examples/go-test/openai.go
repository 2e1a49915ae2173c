package desk

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// OpenAI is one provider, called with the official SDK. The SDK's own retries
// are off: it would wait as long as a provider in an outage tells it to, while
// another provider is well.
type OpenAI struct{ client openai.Client }

// NewOpenAI makes the SDK's client.
func NewOpenAI(baseURL, key string, client *http.Client) OpenAI {
	return OpenAI{openai.NewClient(
		option.WithBaseURL(baseURL), option.WithAPIKey(key), option.WithHTTPClient(client),
		option.WithMaxRetries(0), option.WithRequestTimeout(2*time.Second),
	)}
}

// Ask makes one try of at most two seconds.
func (o OpenAI) Ask(ctx context.Context, message string) (string, error) {
	out, err := o.client.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{
		Model:    openai.ChatModelGPT5_2,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(message)},
	})
	if err != nil {
		return "", err
	}
	if len(out.Choices) == 0 {
		return "", errors.New("no choices")
	}
	return out.Choices[0].Message.Content, nil
}
