package faults

import (
	"net/http"
	"strings"
)

// signIn is the page of a network that wants somebody to sign in first.
const signIn = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to the network</title></head>
<body>
<h1>Sign in to continue</h1>
<p>Please accept the terms of use to reach the requested site.</p>
<form method="post" action="/login"><button>Accept</button></form>
</body>
</html>
`

// wrongBody answers 200 with what is no answer, or with one under a wrong type.
func wrongBody(x *exchange) {
	page := func(contentType, body string) {
		x.report(AtHeaders)
		x.send(Answer{http.StatusOK, map[string][]string{"Content-Type": {contentType}}, []byte(body)})
	}
	switch param[string](x, "body") {
	case "html":
		page("text/html; charset=utf-8", signIn)
	case "text":
		page("text/plain; charset=utf-8", "OK\n")
	case "empty":
		kind := "application/json"
		if x.look.Stream {
			kind = "text/event-stream"
		}
		page(kind, "")
	default: // wrong_type
		x.report(AtHeaders)
		x.in.next.ServeHTTP(&mistyped{ResponseWriter: x.w}, x.r)
	}
}

// mistyped is the writer of a good answer that calls a stream a document, and a
// document a stream.
type mistyped struct {
	http.ResponseWriter
	begun bool
}

// Unwrap lets [http.ResponseController] flush.
func (m *mistyped) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (m *mistyped) WriteHeader(status int) {
	fresh := !m.begun && status >= 200
	m.begun = m.begun || fresh
	if fresh && status < 300 {
		wrong := "text/event-stream; charset=utf-8"
		if isEventStream(m.Header()) {
			wrong = "application/json"
		}
		for name := range m.Header() {
			if strings.EqualFold(name, "Content-Type") {
				m.Header()[name] = nil
			}
		}
		m.Header()["Content-Type"] = []string{wrong}
	}
	m.ResponseWriter.WriteHeader(status)
}

func (m *mistyped) Write(p []byte) (int, error) {
	if !m.begun {
		m.WriteHeader(http.StatusOK)
	}
	return m.ResponseWriter.Write(p)
}
