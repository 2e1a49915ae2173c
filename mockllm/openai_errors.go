package mockllm

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// openaiError is an error in OpenAI's words.
type openaiError struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`

	status  int
	gateway bool   // from before the engine, which shows in layout and headers
	id      string // request id, when the message has it; else any
}

const (
	invalidRequest = "invalid_request_error"
	serverError    = "server_error"
	openaiSorry    = "The server had an error while processing your request. Sorry about that!"
	openaiBusy     = "Our servers are currently overloaded. Please try again later."
)

// soonMS is how long an error takes in the headers, in ms, for who words it does not
// know when the request came.
const soonMS = "9"

// reply is the error as an answer. The gateway's errors are indented by four and
// end in a newline, the engine's by two and do not.
func (e openaiError) reply(a asked) Reply {
	body := struct {
		Error openaiError `json:"error"`
	}{e}
	if e.id == "" {
		e.id = a.openaiID()
	}
	if ofResponses(a.Endpoint) {
		return e.ofResponses(a)
	}
	if e.gateway {
		h := openaiEdge(begin(), a.mint).with(
			"Content-Type", "application/json; charset=utf-8",
			"vary", "Origin",
			"x-openai-proxy-wasm", "v0.1",
			"x-request-id", e.id,
		)
		return Reply{e.status, h, append(document(body, "    "), '\n')}
	}
	h := openaiEngine(begin(), a.mint, a.account, soonMS).with("Content-Type", "application/json", "x-request-id", e.id)
	return Reply{e.status, h, document(body, "  ")}
}

// openaiRefuse words what no route takes.
func openaiRefuse(a asked, why refusal) Reply {
	e := openaiError{Type: invalidRequest, gateway: true}
	switch why {
	case tooLarge:
		return nginxHTML(a.mint, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case wrongMethod:
		e.status = http.StatusMethodNotAllowed
		e.Message = fmt.Sprintf("Not allowed to %s on %s. (HINT: Perhaps you meant to use a different HTTP method?)", a.method, a.path)
	case noKey:
		e.status = http.StatusUnauthorized
		e.Message = "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys."
	default:
		e.status = http.StatusNotFound
		e.Message = fmt.Sprintf("Invalid URL (%s %s)", a.method, a.path)
	}
	return e.reply(a)
}

// openaiAnswer words a failure.
func openaiAnswer(a asked, f Failure) Reply {
	switch f.Class {
	case "rate_limit":
		if f.Variant == variantComeBackLater {
			return comeBackLater(a.mint)
		}
		if a.over == nil {
			a.over = a.scripted(f)
		}
		return openaiRateLimit(a, f)
	case "unauthorized":
		return openaiError{
			status: http.StatusUnauthorized, gateway: true, Type: invalidRequest, Code: ptr("invalid_api_key"),
			Message: fmt.Sprintf("Incorrect API key provided: %s. You can find your API key at https://platform.openai.com/account/api-keys.", masked(a.Key)),
		}.reply(a)
	case "not_found":
		return openaiNoModel(a).reply(a)
	case "overloaded":
		return openaiError{
			status: orStatus(f, http.StatusServiceUnavailable), Message: openaiBusy,
			Type: "service_unavailable_error", Code: ptr("server_is_overloaded"),
		}.reply(a)
	case "gateway_timeout":
		if status := orStatus(f, http.StatusGatewayTimeout); status == http.StatusGatewayTimeout {
			return nginxHTML(a.mint, status, "Gateway Time-out")
		}
		return cloudflareJSON(a.mint, f.Status)
	case "bad_gateway":
		return openaiEdgeError(a.mint, f)
	}
	if e, ok := openaiRejection(a, f); ok {
		return e.reply(a)
	}
	switch status := orStatus(f, http.StatusInternalServerError); status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, statusTimeout:
		return cloudflareJSON(a.mint, status)
	default:
		id := a.openaiID()
		return openaiError{
			status: status, Type: serverError, id: id,
			Message: openaiSorry + " You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error. (Please include the request ID " + id + " in your email.)",
		}.reply(a)
	}
}

// openaiEdgeError is what Cloudflare says when it does not reach the API: its own
// JSON for what every proxy knows, and pages for its own statuses.
func openaiEdgeError(m *mint, f Failure) Reply {
	status := orStatus(f, http.StatusBadGateway)
	variant := f.Variant
	switch {
	case variant != "":
	case status == statusNoOrigin:
		variant = "text"
	case status == http.StatusGatewayTimeout, status > 504 && status != statusTimeout:
		variant = "html"
	}
	switch variant {
	case "html":
		return edgeHTML(m, "api.openai.com", status)
	case "text":
		return edgeText(m, status)
	}
	return cloudflareJSON(m, status)
}

// openaiRejection words what no retry helps against; false: the class is none of it.
func openaiRejection(a asked, f Failure) (e openaiError, ok bool) {
	e = openaiError{status: http.StatusBadRequest, Type: invalidRequest}
	switch f.Class {
	case "quota_exhausted":
		e.status, e.gateway, e.Type, e.Code = http.StatusTooManyRequests, true, "insufficient_quota", ptr("insufficient_quota")
		e.Message = "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
	case "bad_request":
		e.Param, e.Code = ptr("temperature"), ptr("unsupported_parameter")
		e.Message = "Unsupported parameter: 'temperature' is not supported with this model."
	case "context_length":
		e.Param, e.Code = ptr("messages"), ptr("context_length_exceeded")
		const most = 8192
		e.Message = fmt.Sprintf("This model's maximum context length is %d tokens. However, your messages resulted in %d tokens. Please reduce the length of the messages.",
			most, max(a.tokens(), most+35))
		if ofResponses(a.Endpoint) {
			e.Param = ptr("input")
			e.Message = "Your input exceeds the context window of this model. Please adjust your input and try again."
		}
	case "content_filter":
		e.Code = ptr("invalid_prompt")
		e.Message = "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting"
	default:
		return e, false
	}
	return e, true
}

// orStatus is the status asked for, or else the class's own.
func orStatus(f Failure, own int) int {
	if f.Status == 0 {
		return own
	}
	return f.Status
}

// openaiNoModel words a request for a model that is not there, or not for this key.
func openaiNoModel(a asked) openaiError {
	e := openaiError{status: http.StatusNotFound, gateway: true, Type: invalidRequest, Code: ptr("model_not_found")}
	switch a.Endpoint {
	case "models":
		e.Message, e.Param = fmt.Sprintf("The model '%s' does not exist", a.Model), ptr("model")
	case "responses":
		e.Message, e.Param = fmt.Sprintf("The requested model '%s' does not exist.", a.Model), ptr("model")
		e.status, e.gateway = http.StatusBadRequest, false
	default:
		e.Message = fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", a.Model)
	}
	return e
}

// openaiRateLimit words a 429. Some clients read the wait from the headers, some
// from the sentence: both say the same. Unless it is the limiter's own it is bare
// with nothing to wait for, as recorded: no hint, no rate-limit headers.
func openaiRateLimit(a asked, f Failure) Reply {
	hints := head{}
	wait, told := hints.wait(f, a.now)
	e := openaiLimited(a, f)
	e.gateway = true
	if told || a.over != nil {
		openaiLimits(hints, a.left)
	}
	if told {
		e.Message = strings.Replace(e.Message, ". Visit", ". Please try again in "+wait.String()+". Visit", 1)
	}
	if told && a.over == nil {
		hints.with(
			"x-ratelimit-remaining-"+e.Type, "0",
			"x-ratelimit-reset-"+e.Type, wait.Truncate(time.Millisecond).String(),
		)
	}
	r := e.reply(a)
	for name, values := range hints {
		r.Header[name] = values
	}
	return r
}

// openaiLimited says which limit was reached.
func openaiLimited(a asked, f Failure) openaiError {
	over := a.over
	if over == nil { // as scripted: all is used up
		u := limits.Requests
		if f.Variant == "tokens" {
			u = limits.Tokens
		}
		over = &limits.Excess{Unit: u, Quota: limits.Quota{Limit: a.left[u].Limit}, Asked: 1}
	}
	kind, on := "requests", "requests per min (RPM)"
	if over.Unit == limits.Tokens {
		kind, on = "tokens", "tokens per min (TPM)"
	}
	message := fmt.Sprintf("Rate limit reached for %s in organization %s on %s: Limit %d, Used %d, Requested %d.",
		a.Model, a.account.org, on, over.Limit, over.Limit-over.Left, over.Asked)
	if over.Never {
		message = fmt.Sprintf("Request too large for %s in organization %s on %s: Limit %d, Requested %d. The input or output tokens must be reduced in order to run successfully.",
			a.Model, a.account.org, on, over.Limit, over.Asked)
	}
	return openaiError{
		status: http.StatusTooManyRequests, Type: kind, Code: ptr("rate_limit_exceeded"),
		Message: message + " Visit https://platform.openai.com/account/rate-limits to learn more.",
	}
}

// masked shows as much of a key as OpenAI does: the first eight and the last four
// letters, and nothing of a key so short that this would be most of it.
func masked(key string) string {
	if len(key) < 24 {
		return "sk-" + strings.Repeat("*", 9)
	}
	return key[:8] + strings.Repeat("*", len(key)-12) + key[len(key)-4:]
}

// openaiEvent words a failure within a stream. The terminator follows.
func openaiEvent(a asked, f Failure) []byte {
	if ofResponses(a.Endpoint) {
		return openaiResponsesEvent(a, f)
	}
	e := openaiError{Message: openaiSorry, Type: serverError}
	switch f.Class {
	case "overloaded":
		e = openaiError{Message: openaiBusy, Type: "service_unavailable_error", Code: ptr("server_is_overloaded")}
	case "rate_limit":
		e = openaiLimited(a, f)
	}
	body := struct {
		Error openaiError `json:"error"`
	}{e}
	return []byte("data: " + compact(body) + "\n\ndata: [DONE]\n\n")
}
