package mockllm

import (
	"encoding/json"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

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
	return !o.given(key) || decode(o[key], to)
}

// conversation gathers what a request says.
type conversation struct {
	texts    []string
	user     []string // of the user's last message
	attached int      // things that are not text
	turn     standing
}

// add takes a message of nothing but text.
func (c *conversation) add(role string, texts []string) {
	c.say(role, said{all: texts, own: texts})
}

// say takes a message. A user's that only hands in what tools returned is not taken
// for the user's words.
func (c *conversation) say(role string, s said) {
	c.texts = append(c.texts, s.all...)
	c.attached += s.attached
	c.turn.asked = role == "user" && !s.returned
	switch {
	case c.turn.asked:
		c.user, c.turn.called = s.own, nil
	case role == "user" && len(s.own) > 0:
		c.user = s.own
	}
	c.turn.called = append(c.turn.called, s.called...)
}

// put fills in what the request says, and which nonce it carries: apps send along
// what was said before, so the last one is the one asked with now.
func (c *conversation) put(r *Request) {
	r.Prompt = strings.Join(c.texts, "\n")
	r.Attachments = c.attached
	for _, text := range []string{strings.Join(c.user, "\n"), r.Prompt} {
		if all := answer.Find(text); len(all) > 0 {
			r.Nonce = all[len(all)-1]
			return
		}
	}
}

// said is what a message's content says.
type said struct {
	all      []string // texts
	own      []string // those that are not of what tools returned
	attached int      // things that are not text
	called   []string // names of tools
	returned bool     // it has what tools returned
}

// texts are the texts of a message's content: of a string, or of its parts and of
// the parts' own content. ok is false when it is neither string, array nor null.
func texts(content json.RawMessage) (found []string, ok bool) {
	s, ok := saying(content)
	return s.all, ok
}

// saying reads a message's content: a string or parts.
func saying(content json.RawMessage) (s said, ok bool) {
	ok = s.read(2, content)
	return s, ok
}

// read looks so many levels deep: each is decoded anew, so that without a bound a
// deep enough body would take for ever.
func (s *said) read(depth int, content json.RawMessage) bool {
	switch kind(content) {
	case "nothing", "null":
		return true
	case "a string":
		var text string
		ok := decode(content, &text)
		s.text(text)
		return ok
	case "an array":
		parts, ok := objects(content)
		if depth == 0 || !ok {
			return false
		}
		for _, p := range parts {
			s.part(depth-1, p)
		}
		return true
	}
	return false
}

func (s *said) text(text string) {
	s.all = append(s.all, text)
	s.own = append(s.own, text)
}

// part reads a part of a message.
func (s *said) part(depth int, p object) {
	var what, name string
	field(p, "type", &what)
	switch {
	case attachment(what):
		s.attached++
	case what == "tool_use" && field(p, "name", &name):
		s.called = append(s.called, name)
	case what == "tool_result":
		own := s.own
		s.read(depth, p["content"])
		s.own, s.returned = own, true
		return
	}
	s.read(depth, p["text"])
	s.read(depth, p["content"])
	var source object // of a document, which can be text itself
	if field(p, "source", &source); kind(source["data"]) == "a string" && string(source["type"]) == `"text"` {
		s.read(depth, source["data"])
	}
}

// attachment says whether parts of a type are things rather than text.
func attachment(what string) bool {
	switch what {
	case "image_url", "input_audio", "file", // of chat completions
		"input_image", "input_file", // of responses
		"image", "document", "container_upload": // of messages
		return true
	}
	return false
}
