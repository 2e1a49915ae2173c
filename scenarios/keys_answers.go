package scenarios

import (
	"errors"
	"regexp"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// answersKey has the answers that a provider gives whatever it would say else.
func answersKey() schema.Key {
	return schema.Key{
		Name: "answers", Type: schema.List, Items: 200,
		Example: `[{prompt: "Classify", json: {class: refund, reply: "{{answer}}"}}]`,
		Doc:     "Answers that are always the same, for apps that make something of what they get. The first that fits a request is given.",
		Into:    schema.Field(func(p *providerDraft) any { return schema.Add(&p.answers) }),
		Item: &schema.Key{
			Name: "answer", Type: schema.Map,
			Rules: []schema.Rule{
				schema.OneAtLeast("text", "json", "tool"),
				schema.OneAtMost("text", "json"),
				schema.OneAtMost("text", "tool"),
			},
			Keys: fixedKeys(),
		},
	}
}

func fixedKeys() []schema.Key {
	return []schema.Key{
		{
			Name: "prompt", Type: schema.Text, Example: "Classify",
			Doc:  "What stands somewhere in the prompt, word for word; without it the answer fits every prompt.",
			Into: schema.Field(func(f *fixedDraft) any { return &f.Prompt }),
		},
		{
			Name: "model", Type: schema.Text, Check: checkModel, Example: "gpt-4o-mini",
			Doc:  "The model that is asked for; without it the answer fits all.",
			Into: schema.Field(func(f *fixedDraft) any { return &f.Model }),
		},
		{
			Name: "tool", Type: schema.Text, Check: checkTool, Example: "get_weather",
			Doc:  "A tool to call, where it is offered and a tool would be called; without it the answer is a text.",
			Into: schema.Field(func(f *fixedDraft) any { return &f.Tool }),
		},
		{
			Name: "text", Type: schema.Text, Example: `"refund"`,
			Doc:  "The text. {{answer}} in it, once, stands for the text that proves who answered; without it the answer proves nothing.",
			Into: schema.Field(func(f *fixedDraft) any { return &f.Text }),
		},
		{
			Name: "json", Type: schema.JSON, Example: `{class: refund, reply: "{{answer}}"}`,
			Doc:  "A document in place of the text, or the arguments of the tool; {{answer}} as in text. Without it, arguments are made as the tool wants them.",
			Into: schema.Field(func(f *fixedDraft) any { return &f.json }),
		},
	}
}

var toolName = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,128}$`)

// checkTool wants what providers take as the name of a tool.
func checkTool(name string) error {
	if !toolName.MatchString(name) {
		return errors.New("a tool's name: letters, digits and _ . : -, at most 128")
	}
	return nil
}
