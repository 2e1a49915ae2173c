package mockllm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// geminiGenerate and geminiStream read a request for content.
func geminiGenerate(c *call) (func(*exchange), *Reply) { return geminiContents(c, false) }
func geminiStream(c *call) (func(*exchange), *Reply)   { return geminiContents(c, true) }

func geminiContents(c *call, stream bool) (func(*exchange), *Reply) {
	c.req.Model, c.req.Stream, c.req.Usage = c.vars["model"], stream, stream
	o, bad := geminiBody(c.body)
	var g geminiCall
	if bad == nil {
		bad = geminiSettings(o, c.req, &g)
	}
	if bad == nil {
		bad = geminiTools(o, &g)
	}
	var talk conversation
	if bad == nil {
		bad = geminiConversation(o, &talk)
	}
	talk.put(c.req)
	g.turn, c.req.Tools = talk.turn, len(g.tools) > 0
	if bad != nil {
		reply := bad.reply(c.asked())
		return nil, &reply
	}
	return g.serve, nil
}

// geminiBody is a request's JSON object.
func geminiBody(body []byte) (object, *geminiError) {
	if len(bytes.TrimSpace(body)) == 0 {
		return object{}, nil // nothing is a message in which nothing is said
	}
	if bad := geminiSyntax(body); bad != nil {
		return nil, bad
	}
	o, ok := geminiObject(space(body))
	if !ok {
		return nil, geminiInvalid(`Invalid JSON payload received. Unknown name "": Root element must be a message.`)
	}
	return o, nil
}

// geminiSyntax words what is wrong with JSON, with the twenty bytes around it and an
// arrow below.
func geminiSyntax(body []byte) *geminiError {
	syntax, wrong := mistake(body)
	if !wrong {
		return nil
	}
	what, at := "Unexpected token.", len(body)
	if int(syntax.Offset) < len(body) {
		at = max(int(syntax.Offset)-1, 0)
	}
	if strings.TrimSpace(string(body[at:])) == "" {
		what = "Unexpected end of string. Expected a value."
	}
	from, to := max(at-20, 0), min(at+20, len(body))
	around := strings.ToValidUTF8(string(body[from:to]), "")
	arrow := strings.Repeat(" ", utf8.RuneCountInString(strings.ToValidUTF8(string(body[from:at]), ""))) + "^"
	return geminiInvalid("Invalid JSON payload received. " + what + "\n" + around + "\n" + arrow)
}

// geminiObject is a JSON object, its keys in camel case: the service takes
// generation_config for generationConfig.
func geminiObject(raw json.RawMessage) (object, bool) {
	var o object
	if !decode(raw, &o) || o == nil {
		return nil, false
	}
	for key, value := range o {
		if name := camel(key); name != key {
			delete(o, key)
			o[name] = value
		}
	}
	return o, true
}

// camel is a key in camel case.
func camel(key string) string {
	words := strings.Split(key, "_")
	for i, w := range words {
		if i > 0 && w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// geminiMany are the elements of an array. One element alone may stand for it.
func geminiMany(raw json.RawMessage) ([]json.RawMessage, bool) {
	var many []json.RawMessage
	switch kind(raw) {
	case "nothing", "null":
		return nil, true
	case "an object":
		return []json.RawMessage{raw}, true
	}
	ok := decode(raw, &many)
	return many, ok
}

// geminiConversation reads the system instruction and the contents.
func geminiConversation(o object, talk *conversation) *geminiError {
	if o.given("systemInstruction") {
		if bad := geminiContent(o["systemInstruction"], "system_instruction", talk); bad != nil {
			return bad
		}
	}
	contents, ok := geminiMany(o["contents"])
	if !ok {
		return geminiValue("contents", geminiContentType, o["contents"])
	}
	if len(contents) == 0 {
		return geminiInvalid("* GenerateContentRequest.contents: contents is not specified\n")
	}
	for i, raw := range contents {
		if bad := geminiContent(raw, fmt.Sprintf("contents[%d]", i), talk); bad != nil {
			return bad
		}
	}
	return nil
}

const (
	geminiContentType = geminiPackage + "Content"
	geminiPartType    = geminiPackage + "Part"
)

// geminiContent reads one content: of the system, or of the user, who is meant when
// it has no role, or of the model.
func geminiContent(raw json.RawMessage, at string, talk *conversation) *geminiError {
	m, ok := geminiObject(raw)
	if !ok {
		return geminiValue(at, geminiContentType, raw)
	}
	role := "user"
	switch {
	case at == "system_instruction":
		role = "system"
	case !field(m, "role", &role):
		return geminiValue(at+".role", "TYPE_STRING", m["role"])
	case role == "", role == "function":
		role = "user"
	case role != "user" && role != "model":
		return geminiInvalid("Please use a valid role: user, model.")
	}
	parts, ok := geminiMany(m["parts"])
	if !ok {
		return geminiValue(at+".parts", geminiPartType, m["parts"])
	}
	if len(parts) == 0 && role != "system" {
		return geminiInvalid("* GenerateContentRequest." + at + ".parts: contents.parts must not be empty.\n")
	}
	var all said
	for i, raw := range parts {
		if !all.gemini(raw) {
			return geminiValue(fmt.Sprintf("%s.parts[%d]", at, i), geminiPartType, raw)
		}
	}
	talk.say(role, all)
	return nil
}

// gemini reads a part: a text, a call of a function or what one returned, or a thing.
func (s *said) gemini(raw json.RawMessage) bool {
	p, ok := geminiObject(raw)
	text := ""
	if !ok || !field(p, "text", &text) {
		return false
	}
	if text != "" {
		s.text(text)
	}
	var called struct{ Name string }
	switch {
	case p.given("functionCall"):
		if !field(p, "functionCall", &called) {
			return false
		}
		s.called = append(s.called, called.Name)
	case p.given("functionResponse"):
		s.returned = true
	case p.given("inlineData"), p.given("fileData"):
		s.attached++
	}
	for _, key := range []string{"functionCall", "functionResponse"} {
		if p.given(key) {
			s.all = append(s.all, string(p[key])) // their values are of any kind
		}
	}
	return true
}
