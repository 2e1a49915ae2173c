package mockllm

import "net/http"

// openaiResponsesCount reads a request to count the tokens of what a response would be
// made of.
func openaiResponsesCount(c *call) (func(*exchange), *Reply) {
	o, bad := openaiBody(c)
	if bad != nil {
		return bad.refuse(c)
	}
	var ask openaiResponsesCall
	for _, read := range []func(object, *call) *openaiError{ask.moved, ask.counted, ask.settings, ask.shape, ask.conversation} {
		if bad = read(o, c); bad != nil {
			return bad.refuse(c)
		}
	}
	return func(x *exchange) {
		x.served.TokensIn = x.req.tokens()
		h := openaiResponsesHead(x.head(), x.mint, x.account, x.elapsed()).with("Content-Type", "application/json")
		count := struct {
			Object string `json:"object"`
			Input  int    `json:"input_tokens"`
		}{"response.input_tokens", x.served.TokensIn}
		x.reply(Reply{http.StatusOK, h, document(count, "  ")})
	}, nil
}

// counted reads whose tokens are counted, which may be nobody's, and after what.
func (ask *openaiResponsesCall) counted(o object, c *call) *openaiError {
	if bad := openaiWant(o, "model", "a string", &c.req.Model); bad != nil {
		return bad
	}
	return openaiWant(o, "previous_response_id", "a string", &ask.previous)
}
