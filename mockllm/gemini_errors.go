package mockllm

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// geminiError is an error in Google's words.
type geminiError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
	Details []any  `json:"details,omitempty"`
}

const (
	geminiHost     = "generativelanguage.googleapis.com"
	geminiBadKey   = "API key not valid. Please pass a valid API key."
	geminiNoKey    = "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."
	geminiBusy     = "The model is overloaded. Please try again later."
	geminiSorry    = "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"
	geminiQuota    = "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. "
	geminiSignIn   = "Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	vertexNoQuota  = "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details."
	geminiDeadline = "Deadline expired before operation could complete."
	geminiDown     = "This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later."

	invalidArgument = "INVALID_ARGUMENT"
)

// reply is the error as an answer. Where a stream of events was asked for it has the
// type of one, and is none. Where an array was, and on the compatible route, it is in
// an array.
func (e geminiError) reply(a asked) Reply {
	kind := geminiJSON
	if a.is(geminiSSE) || a.Form == "" && a.Stream {
		kind = "text/event-stream"
	}
	body := append(document(e.body(), "  "), '\n')
	if a.is(geminiArray) || a.is(geminiCompat) {
		body = append(append([]byte("["), body...), ']')
	}
	return Reply{e.Code, geminiHead(begin(), soonMS).with("Content-Type", kind), body}
}

func (e geminiError) body() any {
	return struct {
		Error geminiError `json:"error"`
	}{e}
}

// is says whether the request has a form.
func (a asked) is(form string) bool {
	return strings.Contains(" "+a.Form+" ", " "+form+" ")
}

// geminiInvalid is a 400 for what was asked.
func geminiInvalid(message string) *geminiError {
	return &geminiError{Code: http.StatusBadRequest, Message: message, Status: invalidArgument}
}

// geminiValue is a 400 for a value that is none of its field.
func geminiValue(at, kind string, got json.RawMessage) *geminiError {
	shown := []rune(string(got))
	e := geminiInvalid(fmt.Sprintf("Invalid value at '%s' (%s), %s", at, kind, string(shown[:min(len(shown), 100)])))
	e.Details = []any{struct {
		Type       string `json:"@type"`
		Violations any    `json:"fieldViolations"`
	}{"type.googleapis.com/google.rpc.BadRequest", []any{struct {
		Field       string `json:"field"`
		Description string `json:"description"`
	}{at, e.Message}}}}
	return e
}

// geminiRefuse words what no route takes.
func geminiRefuse(a asked, why refusal) Reply {
	switch why {
	case tooLarge:
		return geminiInvalid("Request payload size exceeds the limit: 20971520 bytes.").reply(a)
	case noKey:
		return geminiUnknownCaller(a).reply(a)
	}
	// A path that there is, too, is not found by any other method.
	return geminiPage(http.StatusNotFound, "Not Found",
		"The requested URL <code>"+html.EscapeString(a.path)+"</code> was not found on this server.")
}

// geminiUnknownCaller words a request without a key.
func geminiUnknownCaller(a asked) geminiError {
	switch {
	case a.is(geminiCompat):
		return *geminiInvalid("Missing or invalid Authorization header.")
	case a.is(geminiVertex):
		return geminiError{
			Code: http.StatusUnauthorized, Status: "UNAUTHENTICATED",
			Message: "Request is missing required authentication credential. " + geminiSignIn,
			Details: []any{geminiReason("CREDENTIALS_MISSING", "aiplatform.googleapis.com")},
		}
	}
	return geminiError{Code: http.StatusForbidden, Message: geminiNoKey, Status: "PERMISSION_DENIED"}
}

// geminiReason is the detail that tells programs what is wrong.
func geminiReason(reason, service string) any {
	return struct {
		Type     string            `json:"@type"`
		Reason   string            `json:"reason"`
		Domain   string            `json:"domain"`
		Metadata map[string]string `json:"metadata"`
	}{"type.googleapis.com/google.rpc.ErrorInfo", reason, "googleapis.com", map[string]string{"service": service}}
}

// geminiUnauthorized words a wrong key. To the Gemini API it is an invalid argument,
// and no status that is asked for changes that.
func geminiUnauthorized(a asked) geminiError {
	if a.is(geminiVertex) {
		return geminiError{
			Code: http.StatusUnauthorized, Status: "UNAUTHENTICATED",
			Message: "Request had invalid authentication credentials. " + geminiSignIn,
			Details: []any{geminiReason("ACCESS_TOKEN_TYPE_UNSUPPORTED", "aiplatform.googleapis.com")},
		}
	}
	e := geminiInvalid(geminiBadKey)
	e.Details = []any{geminiReason("API_KEY_INVALID", geminiHost), struct {
		Type    string `json:"@type"`
		Locale  string `json:"locale"`
		Message string `json:"message"`
	}{"type.googleapis.com/google.rpc.LocalizedMessage", "en-US", geminiBadKey}}
	return *e
}

// geminiAnswer words a failure.
func geminiAnswer(a asked, f Failure) Reply {
	switch {
	case f.Class == "server_error" && f.Status == http.StatusBadGateway, f.Class == "bad_gateway" && f.Variant != "json":
		return geminiEdge(a, f)
	case f.Class == "content_filter":
		return geminiBlocked(a)
	}
	return geminiFailure(a, f).reply(a)
}

// geminiFailure words a failure, before or within an answer.
func geminiFailure(a asked, f Failure) geminiError {
	switch f.Class {
	case "rate_limit":
		return geminiRateLimit(a, f)
	case "unauthorized":
		return geminiUnauthorized(a)
	case "quota_exhausted":
		return geminiRateLimit(a, Failure{Variant: "day"})
	case "not_found":
		return geminiNoModel(a)
	case "bad_request":
		return *geminiInvalid("Request contains an invalid argument.")
	case "context_length":
		return *geminiInvalid(fmt.Sprintf("The input token count (%d) exceeds the maximum number of tokens allowed (%d).", max(a.tokens(), 1_048_577), 1_048_576))
	case "bad_gateway":
		return geminiError{Code: orStatus(f, http.StatusBadGateway), Message: geminiDown, Status: "UNAVAILABLE"}
	case "overloaded":
		return geminiError{Code: orStatus(f, http.StatusServiceUnavailable), Message: geminiBusy, Status: "UNAVAILABLE"}
	case "gateway_timeout":
		return geminiError{Code: orStatus(f, http.StatusGatewayTimeout), Message: geminiDeadline, Status: "DEADLINE_EXCEEDED"}
	}
	switch status := orStatus(f, http.StatusInternalServerError); status {
	case http.StatusServiceUnavailable:
		return geminiError{Code: status, Message: geminiDown, Status: "UNAVAILABLE"}
	default:
		return geminiError{Code: status, Message: geminiSorry, Status: "INTERNAL"}
	}
}

// geminiNoModel words a request for a model that is not there.
func geminiNoModel(a asked) geminiError {
	e := geminiError{Code: http.StatusNotFound, Status: "NOT_FOUND"}
	if a.is(geminiVertex) {
		e.Message = "Publisher Model `publishers/google/models/" + a.Model + "` not found."
		return e
	}
	method := map[string]string{"count_tokens": "countTokens", "embeddings": "embedContent"}[a.Endpoint]
	if method == "" {
		method = "generateContent"
	}
	e.Message = fmt.Sprintf("models/%s is not found for API version v1beta, or is not supported for %s."+
		" Call ListModels to see the list of available models and their supported methods.", a.Model, method)
	return e
}

// geminiRateLimit words a 429. How long to wait stands in the body alone: no header
// says it.
func geminiRateLimit(a asked, f Failure) geminiError {
	e := geminiError{Code: http.StatusTooManyRequests, Message: vertexNoQuota, Status: "RESOURCE_EXHAUSTED"}
	if a.is(geminiVertex) || f.Variant == variantComeBackLater {
		return e
	}
	if a.over == nil {
		a.over = a.scripted(f)
	}
	metric, id, u := "generate_content_free_tier_requests", "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", limits.Requests
	switch {
	case f.Variant == "day":
		id = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
	case f.Variant == "tokens", a.over != nil && a.over.Unit != limits.Requests:
		metric, id, u = "generate_content_free_tier_input_token_count", "GenerateContentInputTokensPerModelPerMinute-FreeTier", limits.Input
	}
	limit := a.left[u].Limit
	e.Message = fmt.Sprintf("%s\n* Quota exceeded for metric: %s/%s, limit: %d, model: %s", geminiQuota, geminiHost, metric, limit, a.Model)
	e.Details = []any{geminiViolation(a.Model, metric, id, limit), geminiHelp()}
	if wait, told := (head{}).wait(f, a.now); told {
		e.Message += "\nPlease retry in " + geminiSeconds(wait) + "."
		e.Details = append(e.Details, struct {
			Type  string `json:"@type"`
			Delay string `json:"retryDelay"`
		}{"type.googleapis.com/google.rpc.RetryInfo", geminiSeconds(wait)})
	}
	return e
}

// geminiViolation is the detail that names the quota.
func geminiViolation(model, metric, id string, limit int) any {
	type violation struct {
		Metric     string            `json:"quotaMetric"`
		ID         string            `json:"quotaId"`
		Dimensions map[string]string `json:"quotaDimensions"`
		Value      string            `json:"quotaValue"`
	}
	return struct {
		Type       string      `json:"@type"`
		Violations []violation `json:"violations"`
	}{"type.googleapis.com/google.rpc.QuotaFailure", []violation{{
		geminiHost + "/" + metric, id, map[string]string{"location": "global", "model": model}, strconv.Itoa(limit),
	}}}
}

func geminiHelp() any {
	type link struct {
		Description string `json:"description"`
		URL         string `json:"url"`
	}
	return struct {
		Type  string `json:"@type"`
		Links []link `json:"links"`
	}{"type.googleapis.com/google.rpc.Help", []link{{
		"Learn more about Gemini API quotas", "https://ai.google.dev/gemini-api/docs/rate-limits",
	}}}
}

// geminiEdge is what stands before the service, in the form that is asked for.
func geminiEdge(a asked, f Failure) Reply {
	status := orStatus(f, http.StatusBadGateway)
	if f.Variant == "text" {
		return Reply{status, head{}.with("Content-Type", "text/plain"), envoyText(a.mint).Body}
	}
	return geminiPage(status, "Server Error",
		"The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.")
}

// geminiPage is what Google's front end says itself, cut down to what clients match
// on.
func geminiPage(status int, title, sentence string) Reply {
	body := fmt.Sprintf(`<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <meta name=viewport content="initial-scale=1, minimum-scale=1, width=device-width">
  <title>Error %[1]d (%[2]s)!!1</title>
  <a href=//www.google.com/><span id=logo aria-label=Google></span></a>
  <p><b>%[1]d.</b> <ins>That’s an error.</ins>
  <p>%[3]s  <ins>That’s all we know.</ins>
`, status, title, sentence)
	h := head{}.with(
		"Content-Type", "text/html; charset=UTF-8",
		"referrer-policy", "no-referrer",
		"alt-svc", `h3=":443"; ma=2592000,h3-29=":443"; ma=2592000`,
	)
	return Reply{status, h, []byte(body)}
}

// geminiEvent words a failure within a stream. Nothing follows it, but for the end
// of an array.
func geminiEvent(a asked, f Failure) []byte {
	e := geminiFailure(a, f).body()
	switch {
	case a.is(geminiArray):
		return append(append([]byte(",\r\n"), document(e, "  ")...), "\n]"...)
	case a.is(geminiCompat):
		return append(append([]byte("data: "), document(e, "")...), "\n\n"...)
	}
	return geminiFrame(e)
}
