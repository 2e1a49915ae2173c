package mockllm

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What the request decoders of the dialect share.

// openaiWant reads a value that need not be there; want is its type in the words of
// the error.
func openaiWant[T any](o object, key, want string, to *T) *openaiError {
	if !field(o, key, to) {
		return openaiType(key, want, o[key])
	}
	return nil
}

// openaiCount reads a whole number, from bounds[0] to bounds[1], that need not be
// there.
func openaiCount(o object, key string, bounds [2]int, to *int) *openaiError {
	bad := openaiWant(o, key, "an integer", to)
	least, most := bounds[0], bounds[1]
	switch {
	case bad != nil || !o.given(key):
		return bad
	case *to < least:
		return openaiInvalid(key, "integer_below_min_value", fmt.Sprintf(
			"Invalid '%s': integer below minimum value. Expected a value >= %d, but got %d instead.", key, least, *to))
	case *to > most:
		return openaiInvalid(key, "integer_above_max_value", fmt.Sprintf(
			"Invalid '%s': integer above maximum value. Expected a value <= %d, but got %d instead.", key, most, *to))
	}
	return nil
}

// openaiOneOf holds a string against what is allowed.
func openaiOneOf(key, got string, allowed ...string) *openaiError {
	for _, a := range allowed {
		if got == a {
			return nil
		}
	}
	list, last := "'"+strings.Join(allowed, "', '")+"'", len(allowed)-1
	switch {
	case last == 1:
		list = "'" + allowed[0] + "' and '" + allowed[1] + "'"
	case last > 1:
		list = "'" + strings.Join(allowed[:last], "', '") + "', and '" + allowed[last] + "'"
	}
	return openaiInvalid(key, "invalid_value", fmt.Sprintf("Invalid value: '%s'. Supported values are: %s.", got, list))
}

// openaiNotFound is a 404 for a thing that is not kept, or no longer.
func openaiNotFound(param, message string) *openaiError {
	return &openaiError{status: 404, Type: invalidRequest, Param: ptr(param), Message: message}
}

// openaiStops reads what ends an answer.
func openaiStops(o object) (stops []string, bad *openaiError) {
	one := ""
	switch {
	case kind(o["stop"]) == "a string" && field(o, "stop", &one):
		return []string{one}, nil
	case !field(o, "stop", &stops):
		return nil, openaiType("stop", "one of a string or array of strings", o["stop"])
	case len(stops) > 4:
		return nil, openaiInvalid("stop", "array_above_max_length", fmt.Sprintf(
			"Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length %d instead.", len(stops)))
	}
	return stops, nil
}

// openaiModelOf reads the model of the endpoints that the gateway looks at.
func openaiModelOf(o object, req *Request) *openaiError {
	if bad := openaiWant(o, "model", "a string", &req.Model); bad != nil {
		return bad
	}
	if req.Model == "" {
		return &openaiError{status: 400, gateway: true, Type: invalidRequest, Message: "you must provide a model parameter"}
	}
	return nil
}

// openaiStreamed reads whether to stream, and how.
func openaiStreamed(o object, req *Request) (obfuscate bool, bad *openaiError) {
	options := struct {
		Usage     bool  `json:"include_usage"`
		Obfuscate *bool `json:"include_obfuscation"`
	}{}
	if bad := openaiWant(o, "stream", "a boolean", &req.Stream); bad != nil {
		return false, bad
	}
	if o.given("stream_options") && !req.Stream {
		return false, openaiInvalid("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	}
	bad = openaiWant(o, "stream_options", "an object", &options)
	req.Usage = options.Usage
	return options.Obfuscate == nil || *options.Obfuscate, bad
}

// openaiDefault is the model of a request that names none: the provider's choice,
// unless it has just the models of its spec.
func openaiDefault(c *call, model string) {
	if c.req.Model == "" && c.s.knowsModel(model) {
		c.req.Model = model
	}
}

// told adds the rate-limit headers to what limits hold for.
func (x *exchange) told(h head) head {
	if !x.works() {
		return h
	}
	return openaiLimits(h, x.left)
}

// refuse turns a request away.
func (e *openaiError) refuse(c *call) (func(*exchange), *Reply) {
	reply := e.reply(c.asked())
	return nil, &reply
}

// openaiPrompt is one text of a request, or the tokens of one: those say nothing here, but
// they count and can be told apart.
type openaiPrompt struct {
	text   string
	coded  bool // text is JSON of token numbers
	tokens int
}

// openaiInputs reads a text, several texts, tokens, or several of those. ok is false
// for anything else and where one is empty.
func openaiInputs(raw json.RawMessage) (all []openaiPrompt, ok bool) {
	if one, ok := openaiInput(raw); ok {
		return []openaiPrompt{one}, true
	}
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil || len(many) == 0 {
		return nil, false
	}
	for _, m := range many {
		one, ok := openaiInput(m)
		if !ok {
			return nil, false
		}
		all = append(all, one)
	}
	return all, true
}

func openaiInput(raw json.RawMessage) (openaiPrompt, bool) {
	var text string
	if kind(raw) == "a string" && json.Unmarshal(raw, &text) == nil {
		return openaiPrompt{text: text, tokens: (len(text) + 3) / 4}, text != ""
	}
	var tokens []int
	if kind(raw) != "an array" || json.Unmarshal(raw, &tokens) != nil {
		return openaiPrompt{}, false
	}
	return openaiPrompt{text: string(raw), coded: true, tokens: len(tokens)}, len(tokens) > 0
}

// promptTexts are the texts among inputs.
func promptTexts(all []openaiPrompt) (texts []string) {
	for _, in := range all {
		if !in.coded {
			texts = append(texts, in.text)
		}
	}
	return texts
}
