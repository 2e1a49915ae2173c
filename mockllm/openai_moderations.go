package mockllm

import (
	"cmp"
	"encoding/json"
	"strings"
)

// openaiModerator is the model that judges where none is named.
const openaiModerator = "omni-moderation-latest"

// openaiModerations reads texts and images to be judged. Nothing is ever flagged.
func openaiModerations(c *call) (func(*exchange), *Reply) {
	o, bad := openaiBody(c)
	if bad == nil {
		bad = openaiWant(o, "model", "a string", &c.req.Model)
		openaiDefault(c, openaiModerator)
	}
	judged := openaiJudged{results: 1}
	if bad == nil {
		bad = judged.read(o, c.req)
	}
	if bad != nil {
		return bad.refuse(c)
	}
	return judged.serve, nil
}

// openaiJudged is what shall be judged.
type openaiJudged struct {
	results int
	image   bool
}

func (j *openaiJudged) read(o object, req *Request) *openaiError {
	if !o.given("input") {
		return openaiMissing("input")
	}
	var talk conversation
	var parts []object
	switch found, ok := openaiInputs(o["input"]); {
	case ok && len(promptTexts(found)) == len(found):
		j.results = len(found)
		talk.add("user", promptTexts(found))
	case kind(o["input"]) == "an array" && json.Unmarshal(o["input"], &parts) == nil && len(parts) > 0:
		// Parts of one message have one result together.
		found, _ := texts(o["input"])
		talk.add("user", found)
		for _, p := range parts {
			j.image = j.image || string(p["type"]) == `"image_url"`
		}
	default:
		return openaiInvalid("", "", "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")
	}
	talk.put(req)
	return nil
}

// openaiCategory is what a text can be flagged for.
type openaiCategory struct {
	name  string
	image bool // images can be, too
}

func openaiCategories() []openaiCategory {
	return []openaiCategory{
		{"harassment", false},
		{"harassment/threatening", false},
		{"sexual", true},
		{"hate", false},
		{"hate/threatening", false},
		{"illicit", false},
		{"illicit/violent", false},
		{"self-harm/intent", true},
		{"self-harm/instructions", true},
		{"self-harm", true},
		{"sexual/minors", false},
		{"violence", true},
		{"violence/graphic", true},
	}
}

// openaiVerdict is the result for one input. The maps are JSON, for their order.
type openaiVerdict struct {
	Flagged bool            `json:"flagged"`
	Found   json.RawMessage `json:"categories"`
	Scores  json.RawMessage `json:"category_scores"`
	Applied json.RawMessage `json:"category_applied_input_types"`
}

func (j openaiJudged) serve(x *exchange) {
	x.begin()
	if !x.pause(x.first()) {
		return
	}
	doc := struct {
		ID      string          `json:"id"`
		Model   string          `json:"model"`
		Results []openaiVerdict `json:"results"`
	}{ID: "modr-" + x.hex(32), Model: cmp.Or(x.req.Model, openaiModerator)}
	for range j.results {
		doc.Results = append(doc.Results, j.verdict(x.mint))
	}
	x.told(openaiEngine(x.head(), x.mint, x.account, x.elapsed())).with("Content-Type", "application/json")
	x.document(doc, "  ", "\n")
}

// verdict finds nothing. Images are looked at for some categories only.
func (j openaiJudged) verdict(m *mint) openaiVerdict {
	var found, scores, applied []string
	for _, c := range openaiCategories() {
		key := compact(c.name) + ":"
		types := []string{"text"}
		if j.image && c.image {
			types = append(types, "image")
		}
		found = append(found, key+"false")
		scores = append(scores, key+compact(m.rng.Float64()/1e4))
		applied = append(applied, key+compact(types))
	}
	object := func(fields []string) json.RawMessage { return json.RawMessage("{" + strings.Join(fields, ",") + "}") }
	return openaiVerdict{false, object(found), object(scores), object(applied)}
}
