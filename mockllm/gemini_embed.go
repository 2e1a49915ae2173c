package mockllm

import (
	"fmt"
	"strings"
)

// geminiEmbedding is a text to embed.
type geminiEmbedding struct {
	text string
	size int
}

// geminiValues are the numbers of an embedding.
type geminiValues struct {
	Values []float32 `json:"values"`
}

// geminiEmbed reads a request for the embedding of one content.
func geminiEmbed(c *call) (func(*exchange), *Reply) {
	c.req.Model = c.vars["model"]
	o, bad := geminiBody(c.body)
	var talk conversation
	e, wrong := geminiToEmbed(o, c.req.Model, "EmbedContentRequest", &talk)
	if bad == nil {
		bad = wrong
	}
	talk.put(c.req)
	if bad != nil {
		reply := bad.reply(c.asked())
		return nil, &reply
	}
	return geminiServeEmbeddings([]geminiEmbedding{e}, func(all []geminiValues) any {
		return struct {
			Embedding geminiValues `json:"embedding"`
		}{all[0]}
	}), nil
}

// geminiEmbedBatch reads a request for several embeddings.
func geminiEmbedBatch(c *call) (func(*exchange), *Reply) {
	c.req.Model = c.vars["model"]
	o, bad := geminiBody(c.body)
	var talk conversation
	var all []geminiEmbedding
	if bad == nil {
		all, bad = geminiAllToEmbed(o, c.req.Model, &talk)
	}
	talk.put(c.req)
	if bad != nil {
		reply := bad.reply(c.asked())
		return nil, &reply
	}
	return geminiServeEmbeddings(all, func(all []geminiValues) any {
		return struct {
			Embeddings []geminiValues `json:"embeddings"`
		}{all}
	}), nil
}

func geminiAllToEmbed(o object, model string, talk *conversation) ([]geminiEmbedding, *geminiError) {
	requests, ok := geminiMany(o["requests"])
	if !ok {
		return nil, geminiValue("requests", geminiPackage+"EmbedContentRequest", o["requests"])
	}
	if n := len(requests); n < 1 || n > 100 {
		return nil, geminiInvalid(fmt.Sprintf(
			"* BatchEmbedContentsRequest.requests: from 1 to 100 requests can be in one batch, not %d\n", n))
	}
	var all []geminiEmbedding
	for i, raw := range requests {
		r, ok := geminiObject(raw)
		if !ok {
			return nil, geminiValue(fmt.Sprintf("requests[%d]", i), geminiPackage+"EmbedContentRequest", raw)
		}
		e, bad := geminiToEmbed(r, model, fmt.Sprintf("BatchEmbedContentsRequest.requests[%d]", i), talk)
		if bad != nil {
			return nil, bad
		}
		all = append(all, e)
	}
	return all, nil
}

// maxEmbedding is the longest embedding that is made.
const maxEmbedding = 3072

// geminiToEmbed reads one request. Of which model it is stands in the path.
func geminiToEmbed(o object, model, at string, talk *conversation) (geminiEmbedding, *geminiError) {
	e := geminiEmbedding{size: geminiSize(model)}
	if !o.given("content") {
		return e, geminiInvalid("* " + at + ".content: content is not specified\n")
	}
	var own conversation
	if bad := geminiContent(o["content"], "content", &own); bad != nil {
		return e, bad
	}
	e.text = strings.Join(own.texts, "\n")
	talk.add("user", own.texts)
	if !field(o, "outputDimensionality", &e.size) {
		return e, geminiValue("output_dimensionality", "TYPE_INT32", o["outputDimensionality"])
	}
	if e.size < 1 || e.size > maxEmbedding {
		return e, geminiInvalid(fmt.Sprintf("* %s.output_dimensionality: must be from 1 to %d\n", at, maxEmbedding))
	}
	return e, nil
}

// geminiSize is the length of a model's embeddings when none is asked for.
func geminiSize(model string) int {
	if strings.HasPrefix(model, "text-embedding-") || strings.HasPrefix(model, "embedding-") {
		return 768
	}
	return maxEmbedding
}

// geminiServeEmbeddings answers when a first token would come.
func geminiServeEmbeddings(all []geminiEmbedding, as func([]geminiValues) any) func(*exchange) {
	return func(x *exchange) {
		x.begin()
		if !x.pause(x.first()) {
			return
		}
		values := make([]geminiValues, len(all))
		for i, e := range all {
			values[i].Values = vector(x.req.Model, e.text, e.size)
		}
		geminiDocument(x, as(values))
	}
}
