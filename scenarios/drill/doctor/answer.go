package doctor

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// whereabouts says whether the journey's rule finds the answer's text, and where else
// it stands.
func whereabouts(e exam) []Finding {
	if len(e.Attempts) == 0 || e.Result.Status >= 300 || e.Result.Err != nil {
		return nil
	}
	if a := e.Answer; a != nil && a.Complete {
		return ok("the text is found, and whole")
	}
	place, whole := find(e.Result.Body)
	switch {
	case place == "" && e.Journey.Deferred != nil:
		return nil
	case place == "":
		return bad(Warn, "if the app rewrites answers, say with `expect` what a good one looks like; else look for where they get lost",
			"nothing that a mock said is in the reply: %s", beginning(e.Result.Body))
	case e.Answer != nil && !whole:
		return bad(Warn, "does the app cut answers, or put something between their words?", "the text is found, but not whole")
	}
	return bad(Fail, "write into the journey  answer: "+place, "the text stands elsewhere in the reply than the journey's answer says")
}

// find finds the place of a mock's text in a reply, as the rule of a journey that says
// it, and whether it is whole there; "": it is nowhere.
func find(body string) (rule string, whole bool) {
	texts, kind := map[string]*strings.Builder{}, "json"
	var value any
	if json.Unmarshal([]byte(body), &value) == nil {
		gather(texts, "$", value)
	} else {
		kind = stream(texts, body)
	}
	best := 0
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		if words, all := proof(texts[path].String()); words > best {
			best, whole, rule = words, all, fmt.Sprintf("{%s: %q}", kind, path)
		}
	}
	if best == 0 {
		if words, all := proof(body); words > 0 {
			return "{text: true}", all
		}
	}
	return rule, whole
}

// stream gathers the texts of a stream's events, be they SSE or lines of JSON.
func stream(texts map[string]*strings.Builder, body string) (kind string) {
	kind = "json"
	for line := range strings.Lines(body) {
		data, event := strings.CutPrefix(strings.TrimSpace(line), "data:")
		if event {
			kind = "sse"
		}
		var value any
		if json.Unmarshal([]byte(data), &value) == nil {
			gather(texts, "$", value)
		}
	}
	return kind
}

// gather adds each string of a value to those of its path.
func gather(texts map[string]*strings.Builder, path string, value any) {
	switch value := value.(type) {
	case string:
		if texts[path] == nil {
			texts[path] = new(strings.Builder)
		}
		texts[path].WriteString(value)
	case map[string]any:
		for name, member := range value {
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" {
				gather(texts, path+"."+name, member)
			} else {
				gather(texts, fmt.Sprintf("%s[%q]", path, name), member)
			}
		}
	case []any:
		for i, member := range value {
			gather(texts, fmt.Sprintf("%s[%d]", path, i), member)
		}
	}
}

// proof says how much of a text is a mock's.
func proof(text string) (words int, whole bool) {
	r := answer.Read(text)
	for _, p := range r.Pieces {
		words += 1 + p.Words
	}
	return words, len(r.Pieces) == 1 && r.Pieces[0].Complete
}

// spread is how long a provider's stream has to take for its chunks to be told apart.
const spread = 100 * time.Millisecond

// streams says whether what the mock streams comes as it was sent.
func streams(e exam) []Finding {
	streamed, took := false, time.Duration(0)
	for _, a := range e.Attempts {
		streamed = streamed || a.Stream
		if a.Stream && a.First != nil {
			took = max(took, (a.Ended - *a.First).Duration())
		}
	}
	r := e.Result
	switch {
	case !e.Journey.Request.Stream && !streamed, r.First < 0, len(e.Attempts) == 0:
		return nil
	case !streamed:
		return bad(Warn, "let the app ask its provider for a stream, or take `stream: true` from the journey",
			"the journey wants a stream, and the app asks its provider for none")
	case took < spread:
		return bad(Note, "", "the provider's stream took %s, too short to tell whether it is passed on as it comes", round(took))
	case !e.Journey.Request.Stream && r.Ended-r.First < took/4:
		return nil // it gathers what it streams for itself, for users who asked for no stream
	case r.Ended-r.First < took/4:
		return bad(Warn, "no buffering on the way: flush each chunk, no gzip on it, proxy_buffering off (X-Accel-Buffering: no), stream in the framework's response",
			"the provider streamed for %s, and the user got it all within %s: something holds it back, so that users wait longer and see nothing of a stall",
			round(took), round(r.Ended-r.First))
	}
	return ok("it streams: the provider for %s, the app for %s", round(took), round(r.Ended-r.First))
}
