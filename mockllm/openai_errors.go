package mockllm

import (
	"fmt"
	"net/http"
	"strings"
	"time"
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
	if e.gateway {
		h := openaiEdge(a.mint).with(
			"Content-Type", "application/json; charset=utf-8",
			"vary", "Origin",
			"x-openai-proxy-wasm", "v0.1",
			"x-request-id", e.id,
		)
		return Reply{e.status, h, append(document(body, "    "), '\n')}
	}
	h := openaiEngine(a.mint, a.account, soonMS).with("Content-Type", "application/json", "x-request-id", e.id)
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
		return openaiRateLimit(a, f)
	case "unauthorized":
		return openaiError{
			status: http.StatusUnauthorized, gateway: true, Type: invalidRequest, Code: ptr("invalid_api_key"),
			Message: fmt.Sprintf("Incorrect API key provided: %s. You can find your API key at https://platform.openai.com/account/api-keys.", masked(a.Key)),
		}.reply(a)
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

// orStatus is the status asked for, or else the class's own.
func orStatus(f Failure, own int) int {
	if f.Status == 0 {
		return own
	}
	return f.Status
}

// openaiRateLimit words a 429. Some clients read the wait from the headers, some
// from the sentence: both say the same. With nothing to wait for it is bare, as
// recorded: no hint, no rate-limit headers.
func openaiRateLimit(a asked, f Failure) Reply {
	hints := head{}
	wait, told := hints.wait(f, a.now)
	e := openaiLimited(a, f)
	e.gateway = true
	if told {
		e.Message = strings.Replace(e.Message, ". Visit", ". Please try again in "+wait.String()+". Visit", 1)
		openaiLimits(hints, a.Request).with(
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
	kind, unit, limit := "requests", "requests per min (RPM)", openaiRequests
	if f.Variant == "tokens" {
		kind, unit, limit = "tokens", "tokens per min (TPM)", openaiTokens
	}
	return openaiError{
		status: http.StatusTooManyRequests, Type: kind, Code: ptr("rate_limit_exceeded"),
		Message: fmt.Sprintf("Rate limit reached for %s in organization %s on %s: Limit %d, Used %d, Requested 1. Visit https://platform.openai.com/account/rate-limits to learn more.",
			a.Model, a.account.org, unit, limit, limit),
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
