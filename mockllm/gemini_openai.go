package mockllm

import (
	"net/http"
	"strings"
)

// geminiCompatRoutes are the routes of OpenAI that the compatible route has.
func geminiCompatRoutes(engine []route) []route {
	var routes []route
	for _, r := range engine {
		switch r.path {
		case "/chat/completions", "/embeddings", "/models", "/models/{id...}":
			routes = append(routes, route{r.method, "/openai" + r.path, r.endpoint, geminiCompatRead(r.read)})
		}
	}
	return routes
}

// geminiCompatRead reads a request as OpenAI does, but for the key, which must be
// where OpenAI's clients put it.
func geminiCompatRead(read reader) reader {
	return func(c *call) (func(*exchange), *Reply) {
		if bearer(c.r.Header) == "" {
			reply := geminiRefuse(c.asked(), noKey)
			return nil, &reply
		}
		serve, refused := read(c)
		c.req.Model = strings.TrimPrefix(c.req.Model, "models/")
		if refused != nil {
			if bad := geminiSyntax(c.body); bad != nil && c.r.Method == http.MethodPost {
				reply := bad.reply(c.asked()) // what is no JSON, Google's reader refuses
				return nil, &reply
			}
			reply := geminiCompatRefused(c.asked(), refused.Status, refused.Body)
			return nil, &reply
		}
		return retell(serve, geminiRetelling), nil
	}
}

// geminiCompatRefused is a refusal of OpenAI's in Google's frame.
func geminiCompatRefused(a asked, status int, body []byte) Reply {
	t, _ := hear(body)
	e := geminiInvalid(t.object("error").text("message"))
	switch e.Code = status; status {
	case http.StatusNotFound:
		e.Status = "NOT_FOUND"
	case http.StatusBadRequest:
	default:
		e.Status = "UNKNOWN"
	}
	return e.reply(a)
}

// geminiRetelling is how the compatible route says what OpenAI's says: with less
// around it.
func geminiRetelling(x *exchange) retelling {
	a := asked{mint: x.mint, Request: x.req, left: x.left}
	id := x.geminiID()
	return retelling{
		head:     func() head { return geminiHead(begin(), x.elapsed()) },
		refuse:   func(status int, body []byte) Reply { return geminiCompatRefused(a, status, body) },
		document: func(t told) told { return geminiCompatDocument(t, id) },
		chunk:    func(t told) (told, bool) { return geminiCompatChunk(t, id) },
	}
}

func geminiCompatDocument(t told, id string) told {
	t.drop("service_tier", "system_fingerprint")
	if t.text("object") == "chat.completion" {
		t["id"] = id
	}
	for _, c := range t.list("choices") {
		c.drop("logprobs")
		c.object("message").drop("refusal", "annotations")
	}
	t.object("usage").drop("prompt_tokens_details", "completion_tokens_details")
	for _, m := range append(t.list("data"), t) {
		if m.text("object") == "model" {
			m.drop("created")
			m["id"], m["owned_by"] = "models/"+m.text("id"), "google"
		}
	}
	return t
}

// geminiCompatChunk leaves out chunks in which nothing is said. Each says whose words
// it has.
func geminiCompatChunk(t told, id string) (told, bool) {
	t.drop("service_tier", "system_fingerprint", "obfuscation")
	t["id"] = id
	if t.object("usage") == nil {
		t.drop("usage")
	}
	t.object("usage").drop("prompt_tokens_details", "completion_tokens_details")
	choices := t.list("choices")
	for _, c := range choices {
		c.drop("logprobs")
		delta := c.object("delta")
		delta.drop("refusal")
		if c.text("finish_reason") == "" {
			c.drop("finish_reason")
			if delta.text("content") == "" && delta["tool_calls"] == nil {
				return nil, false
			}
		}
		if delta != nil {
			delta["role"] = "assistant"
		}
	}
	return t, true
}
