package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// answers says whether the app answers.
func answers(e exam) []Finding {
	r := e.Result
	switch {
	case r.Err != nil && r.Status == 0:
		return bad(Fail, "is the app up, and is traffic.target where it listens?", "the app did not answer: %s", r.Err)
	case r.Err != nil:
		return bad(Fail, "look into the app's log; the journey's timeout is how long its users wait", "status %d, and then: %s", r.Status, r.Err)
	case r.Status >= 400:
		return bad(Fail, "is the journey's request as the app wants it: path, method, headers, fields?", "status %d: %s", r.Status, beginning(r.Body))
	case r.Status >= 300:
		return bad(Fail, "give the journey's path as the app redirects to", "status %d: users' requests follow no redirect", r.Status)
	}
	return ok("status %d in %s", r.Status, round(r.Ended-r.Sent))
}

// called says whether the app called the mocks for it.
func called(e exam) []Finding {
	if n := len(e.Attempts); n > 0 {
		var names []string
		for _, a := range e.Attempts {
			names = append(names, a.Provider)
		}
		slices.Sort(names)
		return ok("it led to %d call%s of %s", n, plural(n), strings.Join(slices.Compact(names), ", "))
	}
	switch {
	case len(e.look.Strays) > 0:
		return bad(Fail, "set them where the app reads them, or let brownout answer there: run --intercept", "the app called a real provider: %s", strings.Join(e.look.Strays, ", "))
	case len(e.look.Distrust) > 0:
		return bad(Fail, "its HTTP client must read one of SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS", "a client refused a provider's certificate: %s", strings.Join(e.look.Distrust, ", "))
	}
	var bases []string
	for _, p := range e.look.Endpoints {
		bases = append(bases, p.Name+" "+p.BaseURL)
	}
	return bad(Fail, "brownout env SCENARIO prints what is to be set before the app starts; is a cache before the model, or does the app call it only later?",
		"no mock was called; they are %s", strings.Join(bases, ", "))
}

// sdks says by what the mocks were called.
func sdks(e exam) []Finding {
	var all []Finding
	seen := map[string]bool{}
	for _, a := range e.Attempts {
		if seen[a.Agent] {
			continue
		}
		seen[a.Agent] = true
		switch s := sdkOf(a.Agent); {
		case a.Agent == "":
			all = append(all, bad(Note, "", "%s was called without a User-Agent", a.Provider)...)
		case s == nil:
			all = append(all, bad(Note, "", "%s was called by %q, of which nothing is known here", a.Provider, a.Agent)...)
		default:
			all = append(all, ok("%s was called by %s (%s); it finds its provider by %s; as it comes: %s", a.Provider, s.name, a.Agent, s.base, s.usual)...)
			if s.name == "openai for Python" && a.Stream {
				all = append(all, bad(Note, "ChatOpenAI(stream_usage=True) asks for it in the drill as in production",
					"if it is LangChain that calls: it asks a stream for no usage where a base URL is set")...)
			}
		}
	}
	return all
}

// paths says where the mocks are more lenient than the real providers.
func paths(e exam) []Finding {
	var all []Finding
	for _, a := range e.Attempts {
		real := version(e.dialect(a.Provider))
		parts := strings.FieldsFunc(a.Path, func(c rune) bool { return c == '/' })
		var f []Finding
		switch {
		case a.Endpoint == "unknown":
			f = bad(Fail, "is it the right dialect? `dialect` of the provider, or the base URL, is another's", "%s has no %s", a.Provider, a.Path)
		case len(real) == 0 || len(parts) == 0:
		case !slices.Contains(real, parts[0]):
			f = bad(Warn, "let the base URL end in /"+real[0], "%s was asked for %s, which the real one does not have: its paths begin with /%s", a.Provider, a.Path, real[0])
		case len(parts) > 1 && parts[1] == parts[0]:
			f = bad(Warn, "this SDK adds it by itself: leave it out of the base URL", "%s was asked for %s, where /%s stands twice: the real one answers 404", a.Provider, a.Path, parts[0])
		}
		all = append(all, f...)
	}
	return slices.Compact(all)
}

// version is what the paths of a dialect's real endpoint begin with; none: anything.
func version(dialect string) []string {
	switch dialect {
	case "openai", "anthropic":
		return []string{"v1"}
	case "azure-openai":
		return []string{"openai"}
	case "gemini":
		return []string{"v1beta", "v1", "v1alpha", "v1beta1"}
	}
	return nil
}

// nonces says whether a request is known again at the mocks.
func nonces(e exam) []Finding {
	if len(e.Attempts) == 0 {
		return nil
	}
	by, traced := 0, 0
	for _, a := range e.Attempts {
		if a.Nonce == e.Nonce {
			by++
		}
		if a.Trace == e.Trace {
			traced++
		}
	}
	switch n := len(e.Attempts); {
	case by == n:
		return ok("the prompt's nonce reaches the mocks")
	case by > 0:
		return bad(Warn, "a call that is made for no request of its own joins by traceparent, if the app passes that on",
			"%d of %d calls carry the prompt's nonce", by, n)
	case traced > 0:
		return bad(Note, "", "the prompt does not reach the mocks as it was sent, but the traceparent does, and that is enough")
	}
	return bad(Fail, "is {{prompt}} or {{nonce}} in the journey's request, in the field that the app passes on? Or let the app pass the traceparent header on",
		"no call carries the prompt's nonce or the request's traceparent: nobody will know whose it was")
}

// timeouts says how long the SDK waits, and the user.
func timeouts(e exam) []Finding {
	var all []Finding
	patience := e.Journey.Timeout
	for _, a := range e.Attempts {
		if a.SDKTimeout == nil {
			continue
		}
		waits := a.SDKTimeout.Duration()
		f := ok("the SDK waits %s for %s, a user %s", round(waits), a.Provider, round(patience))
		if patience > 0 && waits >= patience {
			f = bad(Warn, "give the client a timeout that leaves time for a second try, such as "+(patience/3).Round(100*time.Millisecond).String(),
				"the SDK waits %s for %s, and a user of this journey %s: what hangs is never tried again", round(waits), a.Provider, round(patience))
		}
		all = append(all, f...)
	}
	return slices.Compact(all)
}

// retries says whether the app tries again though nothing is wrong.
func retries(e exam) []Finding {
	again := 0
	for _, a := range e.Attempts {
		if a.SDKRetry != nil && *a.SDKRetry > 0 || slices.ContainsFunc(e.Attempts, func(b record.Attempt) bool {
			return b.Arrived < a.Arrived && b.Print == a.Print && b.Endpoint == a.Endpoint && b.Provider == a.Provider && a.Print != ""
		}) {
			again++
		}
	}
	if again == 0 {
		return nil
	}
	return bad(Warn, "find out what it has against the first answer: a baseline with retries makes a drill inconclusive",
		"%d of %d calls repeat another, and nothing was wrong", again, len(e.Attempts))
}

// keys says whether the app has a key of its own.
func keys(e exam) []Finding {
	for _, a := range e.Attempts {
		if a.Key != "" && !slices.Contains(e.look.Keys, a.Key) {
			return bad(Note, "a drill needs no real key: start the app with the mocks' (brownout env SCENARIO); it was hashed at once and not stored",
				"%s was called with a key that is not the mocks' (%s)", a.Provider, a.Key)
		}
	}
	return nil
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// round is a span as people read it.
func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// beginning is that of a reply.
func beginning(body string) string {
	body = strings.Join(strings.Fields(body), " ")
	if len(body) > 120 {
		return body[:120] + "…"
	}
	if body == "" {
		return "(no body)"
	}
	return fmt.Sprintf("%.120s", body)
}
