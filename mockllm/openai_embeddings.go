package mockllm

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// openaiEmbeddings reads a request for embeddings.
func openaiEmbeddings(c *call) (func(*exchange), *Reply) {
	o, bad := openaiBody(c)
	if bad == nil {
		bad = openaiModelOf(o, c.req)
	}
	ask := openaiEmbeddingsCall{encoding: "float"}
	if bad == nil {
		ask.dimensions = openaiDimensions(c.req.Model)
		bad = ask.options(o, c.req.Model)
	}
	if bad == nil {
		bad = ask.read(o, c.req)
	}
	if bad != nil {
		return bad.refuse(c)
	}
	return ask.serve, nil
}

// openaiEmbeddingsCall is embeddings to be made.
type openaiEmbeddingsCall struct {
	inputs     []openaiPrompt
	encoding   string
	dimensions int
}

// openaiDimensions is how long a model's vectors are.
func openaiDimensions(model string) int {
	if strings.HasPrefix(model, "text-embedding-3-large") || strings.HasPrefix(model, "gemini-embedding") {
		return 3072
	}
	return 1536
}

func (ask *openaiEmbeddingsCall) options(o object, model string) *openaiError {
	if bad := openaiWant(o, "encoding_format", "a string", &ask.encoding); bad != nil {
		return bad
	}
	if bad := openaiOneOf("encoding_format", ask.encoding, "float", "base64"); bad != nil {
		return bad
	}
	if o.given("dimensions") && model == "text-embedding-ada-002" {
		return openaiInvalid("", "", "This model does not support specifying dimensions.")
	}
	return openaiCount(o, "dimensions", [2]int{1, ask.dimensions}, &ask.dimensions)
}

// What the provider embeds, in tokens: of one text, and of a request.
const (
	openaiEmbeddable    = 8192
	openaiEmbeddableAll = 300_000
)

func (ask *openaiEmbeddingsCall) read(o object, req *Request) *openaiError {
	if !o.given("input") {
		return openaiMissing("input")
	}
	var ok bool
	if ask.inputs, ok = openaiInputs(o["input"]); !ok || len(ask.inputs) > 2048 {
		return openaiInvalid("", "", "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")
	}
	total := 0
	for _, in := range ask.inputs {
		if in.tokens > openaiEmbeddable {
			return openaiInvalid("", "", fmt.Sprintf(
				"This model's maximum context length is %d tokens, however you requested %d tokens (%[2]d in your prompt; 0 for the completion). Please reduce your prompt; or completion length.", openaiEmbeddable, in.tokens))
		}
		total += in.tokens
	}
	if total > openaiEmbeddableAll {
		return openaiInvalid("", "max_tokens_per_request", fmt.Sprintf(
			"Requested %d tokens, max %d tokens per request", total, openaiEmbeddableAll))
	}
	var talk conversation
	talk.add("user", promptTexts(ask.inputs))
	talk.put(req)
	return nil
}

// openaiEmbedding is the vector of one input: numbers, or base64 of them.
type openaiEmbedding struct {
	Object string `json:"object"`
	Index  int    `json:"index"`
	Vector any    `json:"embedding"`
}

// openaiEmbeddingsUsage is the bill of embeddings.
type openaiEmbeddingsUsage struct {
	Prompt int `json:"prompt_tokens"`
	Total  int `json:"total_tokens"`
}

// openaiEmbeddingsDoc is the answer with embeddings, keys in the order recorded.
type openaiEmbeddingsDoc struct {
	Object string                `json:"object"`
	Data   []openaiEmbedding     `json:"data"`
	Model  string                `json:"model"`
	Usage  openaiEmbeddingsUsage `json:"usage"`
}

// serve answers when a first token would come.
func (ask openaiEmbeddingsCall) serve(x *exchange) {
	x.begin()
	x.served.TokensIn = 0
	for _, in := range ask.inputs {
		x.served.TokensIn += in.tokens
	}
	if !x.pause(x.first()) {
		return
	}
	doc := openaiEmbeddingsDoc{
		Object: "list", Model: dated(x.req.Model, openaiSnapshots()),
		Usage: openaiEmbeddingsUsage{x.served.TokensIn, x.served.TokensIn},
	}
	for i, in := range ask.inputs {
		doc.Data = append(doc.Data, openaiEmbedding{"embedding", i, ask.encode(embedding(x.req.Model, in.text, ask.dimensions))})
	}
	x.told(openaiRouted(x, doc.Model)).with("Content-Type", "application/json")
	x.document(doc, "  ", "\n")
}

// encode is a vector as the caller wants it.
func (ask openaiEmbeddingsCall) encode(v []float32) any {
	if ask.encoding == "float" {
		return v
	}
	b := make([]byte, 0, 4*len(v))
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return base64.StdEncoding.EncodeToString(b)
}
