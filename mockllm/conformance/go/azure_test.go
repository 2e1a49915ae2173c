package conformance_test

import (
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/azure"
)

func testAzure(t *testing.T) {
	p := use(t, "azure")
	client := func(key string) openai.Client {
		return openai.NewClient(
			azure.WithEndpoint(p.URL, "2024-10-21"),
			azure.WithAPIKey(key),
			azure.WithUnsafeAllowHTTP(), // else it keeps the key from an address without TLS
		)
	}
	chat := chatClient{
		Client: client(p.Env["AZURE_OPENAI_API_KEY"]), stranger: client("wrong"),
		keyCode: "401", modelCode: "DeploymentNotFound",
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
}
