package mockllm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

const (
	azureDenied  = "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."
	azureUnready = "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."
	azureUnable  = "The service is temporarily unable to process your request. Please try again later."
)

// azureError is an error of the service itself: on one line, and with a code that
// is a string even where it is a status.
func azureError(a asked, status int, code, message string) Reply {
	h := azureHead(a).with("Content-Type", "application/json")
	body := `{"error":{"code":` + compact(code) + `,"message":` + compact(message) + `}}`
	return Reply{status, h, []byte(body)}
}

// azureRefused is an error that the engine words: as OpenAI's, under Azure's header.
func azureRefused(a asked, status int, body []byte) Reply {
	h := azureHead(a).with("Content-Type", "application/json", "x-request-id", a.uuid())
	var indented bytes.Buffer
	if json.Indent(&indented, bytes.TrimSpace(body), "", "  ") != nil {
		return azurePage(status) // the engine's edge, which is not Azure's
	}
	return Reply{status, h, indented.Bytes()}
}

// azureRefuse words what no route takes.
func azureRefuse(a asked, why refusal) Reply {
	switch why {
	case tooLarge:
		return azurePage(http.StatusRequestEntityTooLarge)
	case noKey:
		return azureUnauthorized(a)
	}
	// The space is in the recordings.
	h := azureHead(a).with("Content-Type", "application/json")
	return Reply{http.StatusNotFound, h, []byte(`{"error":{"code":"404","message": "Resource not found"}}`)}
}

// azureUnauthorized comes from before anything that would add headers.
func azureUnauthorized(a asked) Reply {
	r := azureError(a, http.StatusUnauthorized, "401", azureDenied)
	r.Header = head{}.with("Content-Type", "application/json", "apim-request-id", a.uuid())
	return r
}

// azureNotDeployed is about a deployment that there is none of. It has no content
// type.
func azureNotDeployed(a asked) Reply {
	h := azureHead(a)
	h["Content-Type"] = nil
	var body struct {
		Error struct {
			Type    string `json:"type"`
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	body.Error.Type, body.Error.Code, body.Error.Message = invalidRequest, "DeploymentNotFound", azureUnready
	return Reply{http.StatusNotFound, h, document(body, "  ")}
}

// azureAnswer words a failure.
func azureAnswer(a asked, f Failure) Reply {
	switch f.Class {
	case "rate_limit":
		return azureRateLimit(a, f)
	case "unauthorized":
		return azureUnauthorized(a)
	case "quota_exhausted":
		// What is used up comes back the next day, is all that one learns.
		return azureRateLimit(a, Failure{Variant: "tokens", Wait: 24 * time.Hour, Form: formSeconds})
	case "not_found":
		return azureNotDeployed(a)
	case "bad_request", "context_length":
		e, _ := openaiRejection(a, f)
		r := e.reply(a)
		return azureRefused(a, r.Status, r.Body)
	case "content_filter":
		return azureBlocked(a)
	case "bad_gateway":
		return azureEdge(a, f)
	case "overloaded":
		return azureError(a, orStatus(f, http.StatusServiceUnavailable), "InternalServerError", azureUnable)
	case "gateway_timeout":
		return azureError(a, orStatus(f, http.StatusRequestTimeout), "Timeout", "The operation was timeout.")
	}
	switch status := orStatus(f, http.StatusInternalServerError); status {
	case http.StatusBadGateway:
		return azurePage(status)
	case http.StatusServiceUnavailable:
		return azureError(a, status, "InternalServerError", azureUnable)
	default:
		return azureError(a, status, "InternalServerError", openaiSorry)
	}
}

// azureBlocked is the verdict of the content filters on a prompt.
func azureBlocked(a asked) Reply {
	body := `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.` +
		` Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation:` +
		` https://go.microsoft.com/fwlink/?linkid=2198766","type":null,"param":"prompt","code":"content_filter","status":400,` +
		`"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{` + azureHarms1 + `"jailbreak":` + azureDetected + `,` +
		strings.Replace(azureHarms2, `"sexual":{"filtered":false,"severity":"safe"}`, `"sexual":{"filtered":true,"severity":"high"}`, 1) + `}}}}`
	return Reply{http.StatusBadRequest, azureHead(a).with("Content-Type", "application/json", "x-request-id", a.uuid()), []byte(body)}
}

// azureEdge is what stands before the service, in the form that is asked for.
func azureEdge(a asked, f Failure) Reply {
	status := orStatus(f, http.StatusBadGateway)
	switch f.Variant {
	case "json":
		return azureError(a, status, "InternalServerError", azureUnable)
	case "text":
		return Reply{status, head{}.with("Content-Type", "text/plain"), envoyText(a.mint).Body}
	}
	return azurePage(status)
}

// azureRateLimit words a 429. The sentence has whole seconds, whatever the header.
func azureRateLimit(a asked, f Failure) Reply {
	if f.Variant == variantComeBackLater { // from the gateway that manages the API
		h := head{}.with("Content-Type", "application/json", "apim-request-id", a.uuid())
		return Reply{http.StatusTooManyRequests, h, []byte(`{"statusCode":429,"message":"Rate limit is exceeded. Try again later."}`)}
	}
	if a.over == nil {
		a.over = a.scripted(f)
	}
	if ofResponses(a.Endpoint) {
		f.Form = "" // there nobody is told how long to wait
	}
	hints := head{}
	wait, told := hints.wait(f, a.now)
	retry := ""
	if told {
		seconds := int(ceil(wait, time.Second) / time.Second)
		retry = " Please retry after " + strconv.Itoa(seconds) + " second" + plural(seconds) + "."
	}
	if told || a.over != nil {
		azureLimits(hints, a)
	}
	if told && a.over == nil { // as scripted: all is used up
		kind := azureKind(a, f)
		hints.with("x-ratelimit-remaining-"+kind, "0", "x-ratelimit-reset-"+kind, strconv.FormatInt(wait.Milliseconds(), 10))
	}
	r := azureError(a, http.StatusTooManyRequests, "429", azureLimited(a, f, retry))
	for name, values := range hints {
		r.Header[name] = values
	}
	return r
}

// azureLimited says which limit was reached.
func azureLimited(a asked, f Failure, retry string) string {
	limit := map[string]string{"requests": "call", "tokens": "token"}[azureKind(a, f)]
	version := a.Form
	if version == "" {
		version = azureVersion
	}
	return fmt.Sprintf("Requests to the %s Operation under Azure OpenAI API version %s have exceeded %s rate limit of your current OpenAI S0 pricing tier.%s"+
		" Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.",
		azureOperation(a.Endpoint), version, limit, retry)
}

// azureKind is what the limit counts that was reached.
func azureKind(a asked, f Failure) string {
	if f.Variant == "tokens" || a.over != nil && a.over.Unit == limits.Tokens {
		return "tokens"
	}
	return "requests"
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// azurePage is what the gateway before the service says itself.
func azurePage(status int) Reply {
	title := strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
	body := strings.Join([]string{
		"<html>",
		"<head><title>" + title + "</title></head>",
		"<body>",
		"<center><h1>" + title + "</h1></center>",
		"<hr><center>Microsoft-Azure-Application-Gateway/v2</center>",
		"</body>",
		"</html>",
		"",
	}, "\r\n")
	return Reply{status, head{}.with("Server", "Microsoft-Azure-Application-Gateway/v2", "Content-Type", "text/html"), []byte(body)}
}

// azureEvent words a failure within a stream: the engine's error, in Azure's
// layout. The terminator follows.
func azureEvent(a asked, f Failure) []byte {
	if ofResponses(a.Endpoint) {
		return openaiEvent(a, f)
	}
	e := map[string]any{"code": nil, "message": openaiSorry, "param": nil, "type": serverError}
	switch f.Class {
	case "overloaded":
		e["message"], e["code"] = azureUnable, "InternalServerError"
	case "rate_limit":
		e["message"], e["code"], e["type"] = azureLimited(a, f, ""), "429", "too_many_requests"
	}
	return []byte("data: " + compact(map[string]any{"error": e}) + "\n\ndata: [DONE]\n\n")
}
