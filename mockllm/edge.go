package mockllm

import (
	"fmt"
	"net/http"
	"strings"
)

// What stands in front of a provider's API fails in its own words, and without the
// API's request id.

// statusTimeout is Cloudflare's: the origin took the request and did not answer.
const statusTimeout = 524

// edgeHead is on whatever Cloudflare says itself.
func edgeHead(m *mint, contentType string) head {
	return begin().with(
		"Content-Type", contentType,
		"x-frame-options", "SAMEORIGIN",
		"referrer-policy", "same-origin",
		"cache-control", "private, max-age=0, no-store, no-cache, must-revalidate, post-check=0, pre-check=0",
		"expires", "Thu, 01 Jan 1970 00:00:01 GMT",
		"Server", "cloudflare",
		"CF-RAY", m.cfRay(),
		"alt-svc", `h3=":443"; ma=86400`,
	)
}

// cloudflareJSON is how OpenAI's Cloudflare says that the API does not answer. The
// code is a number, unlike in OpenAI's own errors.
func cloudflareJSON(m *mint, status int) Reply {
	message, kind := "Bad gateway.", "cf_bad_gateway"
	switch status {
	case http.StatusServiceUnavailable:
		message, kind = "Service Unavailable.", "cf_service_unavailable"
	case http.StatusGatewayTimeout, statusTimeout:
		message, kind = "Gateway timeout.", "cf_gateway_timeout"
	}
	body := fmt.Sprintf(`{"error":{"code":%d,"message":"%s","param":null,"type":"%s"}}`, status, message, kind)
	return Reply{status, edgeHead(m, "application/json"), []byte(body)}
}

// nginxHTML is the plain page of the proxies.
func nginxHTML(m *mint, status int, title string) Reply {
	title = fmt.Sprintf("%d %s", status, title)
	body := strings.Join([]string{
		"<html>",
		"<head><title>" + title + "</title></head>",
		"<body>",
		"<center><h1>" + title + "</h1></center>",
		"<hr><center>cloudflare</center>",
		"</body>",
		"</html>",
		"",
	}, "\r\n")
	return Reply{status, edgeHead(m, "text/html"), []byte(body)}
}

// cloudflarePage is the branded page for a host that does not answer in time, cut
// down to what clients match on.
func cloudflarePage(m *mint, host string) Reply { return edgePage(m, host, statusTimeout) }

// edgePage is such a page for any of Cloudflare's own statuses.
func edgePage(m *mint, host string, status int) Reply {
	title := edgeTitle(status)
	ray, _, _ := strings.Cut(m.cfRay(), "-")
	body := fmt.Sprintf(`<!DOCTYPE html>
<html class="no-js" lang="en-US">
<head>
<title>%[1]s | %[2]d: %[3]s</title>
<meta charset="UTF-8" />
</head>
<body>
<div id="cf-wrapper">
  <div id="cf-error-details" class="p-0">
    <h1><span class="inline-block">%[3]s</span> <span class="code-label">Error code %[2]d</span></h1>
    <div>Visit <a href="https://www.cloudflare.com/5xx-error-landing?utm_source=errorcode_%[2]d&utm_campaign=%[1]s" target="_blank">cloudflare.com</a> for more information.</div>
    <div>%[4]s UTC</div>
    <div>Cloudflare Ray ID: <strong>%[5]s</strong></div>
  </div>
</div>
</body>
</html>
`, host, status, title, m.now.UTC().Format("2006-01-02 15:04:05"), ray)
	h := edgeHead(m, "text/html; charset=UTF-8")
	h.with("CF-RAY", ray+"-SEA")
	return Reply{status, h, []byte(body)}
}

// edgeTitle is what Cloudflare calls a status of its own.
func edgeTitle(status int) string {
	switch status {
	case 520:
		return "Web server is returning an unknown error"
	case 521:
		return "Web server is down"
	case 522:
		return "Connection timed out"
	case 523:
		return "Origin is unreachable"
	case statusTimeout:
		return "A timeout occurred"
	case statusNoOrigin:
		return "Origin DNS error"
	}
	return http.StatusText(status)
}

// statusNoOrigin is Cloudflare's: it cannot find out where the origin is.
const statusNoOrigin = 530

// edgeHTML is the page of an edge that cannot reach the host: the proxies' plain one
// for what every proxy says, else Cloudflare's own.
func edgeHTML(m *mint, host string, status int) Reply {
	switch status {
	case http.StatusBadGateway:
		return nginxHTML(m, status, "Bad Gateway")
	case http.StatusServiceUnavailable:
		return nginxHTML(m, status, "Service Temporarily Unavailable")
	case http.StatusGatewayTimeout:
		return nginxHTML(m, status, "Gateway Time-out")
	}
	return edgePage(m, host, status)
}

// edgeText is the same in a few words, of Envoy or of Cloudflare.
func edgeText(m *mint, status int) Reply {
	code := status
	switch status {
	case http.StatusServiceUnavailable:
		return envoyText(m)
	case statusNoOrigin:
		code = 1016
	}
	return Reply{status, edgeHead(m, "text/plain; charset=UTF-8"), fmt.Appendf(nil, "error code: %d", code)}
}

// envoyText is what the proxy before a service says when it cannot reach it.
func envoyText(m *mint) Reply {
	h := head{}.with("Content-Type", "text/plain", "Server", "cloudflare", "CF-RAY", m.cfRay(), "cf-cache-status", "DYNAMIC")
	body := "upstream connect error or disconnect/reset before headers. reset reason: connection termination"
	return Reply{http.StatusServiceUnavailable, h, []byte(body)}
}
