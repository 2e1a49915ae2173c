package mockllm

import (
	"encoding/json"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// object is a JSON object of which only some keys are looked at.
type object map[string]json.RawMessage

// kind is what sort of JSON value raw is, with its article.
func kind(raw json.RawMessage) string {
	switch {
	case len(raw) == 0:
		return "nothing"
	case raw[0] == '{':
		return "an object"
	case raw[0] == '[':
		return "an array"
	case raw[0] == '"':
		return "a string"
	case raw[0] == 't', raw[0] == 'f':
		return "a boolean"
	case raw[0] == 'n':
		return "null"
	case strings.ContainsAny(string(raw), ".eE"):
		return "a decimal number"
	}
	return "an integer"
}

// given says whether o has the key with a value other than null.
func (o object) given(key string) bool {
	raw, ok := o[key]
	return ok && kind(raw) != "null"
}

// field decodes the value of a key, if there is one; false is a value of another
// type.
func field[T any](o object, key string, to *T) bool {
	return !o.given(key) || json.Unmarshal(o[key], to) == nil
}

// conversation gathers the texts of a request.
type conversation struct {
	texts []string
	user  []string // of the last user message
}

// add takes a message.
func (c *conversation) add(role string, texts []string) {
	c.texts = append(c.texts, texts...)
	if role == "user" {
		c.user = texts
	}
}

// put fills in what the request says, and which nonce it carries: apps send along
// what was said before, so the last one is the one asked with now.
func (c *conversation) put(r *Request) {
	r.Prompt = strings.Join(c.texts, "\n")
	for _, text := range []string{strings.Join(c.user, "\n"), r.Prompt} {
		if all := answer.Find(text); len(all) > 0 {
			r.Nonce = all[len(all)-1]
			return
		}
	}
}

// texts are what a message's content says: a string, or the texts of its parts and
// of the parts' own content (tool results). ok is false when it is neither string,
// array nor null.
func texts(content json.RawMessage) (found []string, ok bool) { return textsTo(2, content) }

// textsTo looks so many levels deep: each is decoded anew, so that without a bound
// a deep enough body would take for ever.
func textsTo(depth int, content json.RawMessage) (found []string, ok bool) {
	switch kind(content) {
	case "nothing", "null":
		return nil, true
	case "a string":
		var s string
		ok = json.Unmarshal(content, &s) == nil
		return []string{s}, ok
	case "an array":
		var parts []object
		if depth == 0 || json.Unmarshal(content, &parts) != nil {
			return nil, false
		}
		for _, p := range parts {
			for _, key := range []string{"text", "content"} {
				inner, _ := textsTo(depth-1, p[key])
				found = append(found, inner...)
			}
		}
		return found, true
	}
	return nil, false
}
