package mockllm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// Every error of every dialect must show one of the phrases, or an app that
// passes it on would not be seen to.
func TestEveryFailureIsRecognisedByAPhrase(t *testing.T) {
	failures := []mockllm.Failure{
		{Class: "rate_limit", Form: "none"},
		{Class: "server_error", Status: 500},
		{Class: "server_error", Status: 502},
		{Class: "server_error", Status: 503},
		{Class: "overloaded"},
		{Class: "gateway_timeout", Status: 504},
		{Class: "gateway_timeout", Status: 524},
		{Class: "unauthorized"},
	}
	for _, d := range mockllm.Dialects() {
		s, err := mockllm.New("primary", mockllm.Spec{Dialect: d.Name}, mockllm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		asked := mockllm.Request{Endpoint: "chat", Model: "m"}
		for _, f := range failures {
			if body := string(s.Answer(asked, f).Body); !shows(body) {
				t.Errorf("%s: the answer of %s %d shows no phrase: %s", d.Name, f.Class, f.Status, body)
			}
			if event := string(s.Event(asked, f)); !shows(event) {
				t.Errorf("%s: the event of %s %d shows no phrase: %s", d.Name, f.Class, f.Status, event)
			}
		}
	}
	if shows("Sorry, our assistant is busy right now. Please try again in a minute.") {
		t.Error("a friendly sentence is taken for a raw error")
	}
}

func shows(text string) bool {
	return slices.ContainsFunc(mockllm.Phrases(), func(p string) bool { return strings.Contains(text, p) })
}

// A phrase that holds another, or stands twice, is looked for in vain.
func TestPhrasesAreNeeded(t *testing.T) {
	phrases := mockllm.Phrases()
	for i, p := range phrases {
		for j, other := range phrases {
			if i != j && strings.Contains(p, other) {
				t.Errorf("%q holds %q, which is looked for anyway", p, other)
			}
		}
	}
}
