package mockllm

import "net/http"

// The endpoints of responses: where they are made, where their tokens are counted
// beforehand, and where they are asked for again.
const (
	endpointResponses = "responses"
	endpointCounted   = "count_tokens"
	endpointStored    = "stored_responses"
)

// ofResponses says whether an endpoint is one of these.
func ofResponses(endpoint string) bool {
	return endpoint == endpointResponses || endpoint == endpointCounted || endpoint == endpointStored
}

// ofResponses is an error as the API of the responses gives it: always indented by
// two and without a newline at its end, also where the chats' comes from the gateway.
func (e openaiError) ofResponses(a asked) Reply {
	h := openaiResponsesHead(begin(), a.mint, a.account, soonMS).with("Content-Type", "application/json", "x-request-id", e.id)
	if e.status == http.StatusUnauthorized {
		h.with("www-authenticate", `Bearer realm="OpenAI API"`)
		delete(h, "openai-organization") // nobody knows whose key it is
		delete(h, "openai-project")
	}
	body := struct {
		Error openaiError `json:"error"`
	}{e}
	return Reply{e.status, h, document(body, "  ")}
}
