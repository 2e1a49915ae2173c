package mockllm

// geminiCount reads a request to count the tokens of a conversation.
func geminiCount(c *call) (func(*exchange), *Reply) {
	c.req.Model = c.vars["model"]
	o, bad := geminiBody(c.body)
	if bad == nil && o.given("generateContentRequest") {
		raw := o["generateContentRequest"]
		inner, ok := geminiObject(raw)
		if o = inner; !ok {
			bad = geminiValue("generate_content_request", geminiPackage+"GenerateContentRequest", raw)
		}
	}
	var talk conversation
	if bad == nil {
		bad = geminiConversation(o, &talk)
	}
	talk.put(c.req)
	if bad != nil {
		reply := bad.reply(c.asked())
		return nil, &reply
	}
	return func(x *exchange) {
		n := x.req.tokens()
		x.served.TokensIn = n
		geminiDocument(x, struct {
			Total   int            `json:"totalTokens"`
			Details []geminiTokens `json:"promptTokensDetails"`
		}{n, []geminiTokens{{"TEXT", n}}})
	}, nil
}
