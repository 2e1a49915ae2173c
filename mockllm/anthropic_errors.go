package mockllm

import (
	"fmt"
	"net/http"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// anthropicError is an error in Anthropic's words.
type anthropicError struct {
	status  int
	kind    string
	message string
}

const (
	anthropicHost   = "api.anthropic.com"
	overloadedError = "overloaded_error"
	apiError        = "api_error"
	// statusOverloaded is Anthropic's own status for having too much to do.
	statusOverloaded = 529
)

// reply is the error as an answer: on one line, with the request's id at its end.
// The header tells the SDKs whether to try again.
func (e anthropicError) reply(a asked) Reply {
	id := a.anthropicID()
	retry := "false"
	if e.status == http.StatusTooManyRequests || e.status >= 500 {
		retry = "true"
	}
	h := anthropicHead(begin(), a.mint, id, soonMS).with("Content-Type", "application/json", "x-should-retry", retry)
	if e.status != http.StatusUnauthorized && e.status != http.StatusRequestEntityTooLarge {
		h.with("anthropic-organization-id", a.account.uuid) // it knew whose key it was
	}
	body := fmt.Sprintf(`{"type":"error","error":{"type":%s,"message":%s},"request_id":"%s"}`,
		compact(e.kind), compact(e.message), id)
	return Reply{e.status, h, []byte(body)}
}

// anthropicRefuse words what no route takes.
func anthropicRefuse(a asked, why refusal) Reply {
	switch why {
	case tooLarge:
		return anthropicError{http.StatusRequestEntityTooLarge, "request_too_large", "Request exceeds the maximum size"}.reply(a)
	case wrongMethod:
		return anthropicError{http.StatusMethodNotAllowed, invalidRequest, "Method Not Allowed"}.reply(a)
	case noKey:
		return anthropicError{http.StatusUnauthorized, "authentication_error", "x-api-key header is required"}.reply(a)
	}
	return anthropicError{http.StatusNotFound, "not_found_error", "Not Found"}.reply(a)
}

// anthropicAnswer words a failure.
func anthropicAnswer(a asked, f Failure) Reply {
	switch f.Class {
	case "rate_limit":
		if f.Variant == variantComeBackLater {
			return comeBackLater(a.mint)
		}
		if a.over == nil {
			a.over = a.scripted(f)
		}
		return anthropicRateLimit(a, f)
	case "unauthorized":
		return anthropicError{http.StatusUnauthorized, "authentication_error", "invalid x-api-key"}.reply(a)
	case "not_found":
		return anthropicError{http.StatusNotFound, "not_found_error", "model: " + a.Model}.reply(a)
	case "overloaded":
		return anthropicError{orStatus(f, statusOverloaded), overloadedError, "Overloaded"}.reply(a)
	case "gateway_timeout":
		if orStatus(f, http.StatusGatewayTimeout) == statusTimeout {
			return cloudflarePage(a.mint, anthropicHost)
		}
		return anthropicError{http.StatusGatewayTimeout, "timeout_error", "Request timed out"}.reply(a)
	case "bad_gateway":
		return anthropicEdgeError(a.mint, f)
	}
	if message := anthropicRejection(a, f); message != "" {
		return anthropicError{http.StatusBadRequest, invalidRequest, message}.reply(a)
	}
	switch status := orStatus(f, http.StatusInternalServerError); status {
	case http.StatusBadGateway:
		return nginxHTML(a.mint, status, "Bad Gateway")
	case http.StatusServiceUnavailable:
		return envoyText(a.mint)
	case statusTimeout:
		return cloudflarePage(a.mint, anthropicHost)
	default:
		return anthropicError{status, apiError, "Internal server error"}.reply(a)
	}
}

// anthropicEdgeError is what stands before the API and does not reach it: pages,
// but for a service that the proxy behind them misses.
func anthropicEdgeError(m *mint, f Failure) Reply {
	status := orStatus(f, http.StatusBadGateway)
	switch {
	case f.Variant == "json":
		return cloudflareJSON(m, status)
	case f.Variant == "text", f.Variant == "" && (status == http.StatusServiceUnavailable || status == statusNoOrigin):
		return edgeText(m, status)
	}
	return edgeHTML(m, anthropicHost, status)
}

// anthropicRejection is the message of what no retry helps against, all of which is
// an invalid request; "": the class is none of it.
func anthropicRejection(a asked, f Failure) string {
	const most = 200_000
	switch f.Class {
	case "quota_exhausted":
		return "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."
	case "bad_request":
		return "messages: at least one message is required"
	case "context_length":
		return fmt.Sprintf("prompt is too long: %d tokens > %d maximum", max(a.tokens(), most+8310), most)
	case "content_filter":
		return "Output blocked by content filtering policy"
	}
	return ""
}

// anthropicRateLimit words a 429. Its sentence names no time, so the headers alone
// say when to come again; unless it is the limiter's own, with nothing to wait for
// they say nothing of limits.
func anthropicRateLimit(a asked, f Failure) Reply {
	r := anthropicError{http.StatusTooManyRequests, "rate_limit_error", anthropicLimited(a)}.reply(a)
	h := head(r.Header)
	wait, told := h.wait(f, a.now)
	switch {
	case a.over != nil:
		anthropicLimits(h, a.left, a.now)
	case told:
		full := a.now.Add(ceil(wait, time.Second)).UTC().Format(time.RFC3339)
		anthropicLimits(h, a.left, a.now).with(
			"anthropic-ratelimit-input-tokens-remaining", "0",
			"anthropic-ratelimit-input-tokens-reset", full,
		)
	}
	return r
}

func anthropicLimited(a asked) string {
	limit, what := a.left[limits.Input].Limit, "input tokens"
	if a.over != nil {
		limit = a.over.Limit
		what = map[limits.Unit]string{limits.Requests: "requests", limits.Input: "input tokens", limits.Output: "output tokens"}[a.over.Unit]
	}
	return "This request would exceed the rate limit for your organization (" + a.account.uuid + ") of " +
		grouped(limit) + " " + what + " per minute. For details, refer to: https://docs.anthropic.com/en/api/rate-limits." +
		" You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later." +
		" You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase."
}

// grouped writes a number with commas.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// anthropicEvent words a failure within a stream. Nothing follows it.
func anthropicEvent(a asked, f Failure) []byte {
	kind, message := apiError, "Internal server error"
	switch f.Class {
	case "overloaded":
		kind, message = overloadedError, "Overloaded"
	case "rate_limit":
		kind, message = "rate_limit_error", anthropicLimited(a)
	}
	e := anthropicEvents{mint: a.mint}
	return e.event("error", `{"type":"error","error":{"details":null,"type":`+compact(kind)+`,"message":`+compact(message)+`}}`)
}
