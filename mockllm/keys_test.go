package mockllm_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// TestUnknown is what is said to a key, and to a model, that the provider does not
// know: nothing but what it has is right.
func TestUnknown(t *testing.T) {
	model := func(name string) string {
		return `{"model":"` + name + `","max_tokens":9,"messages":[{"role":"user","content":"hello"}]}`
	}
	for _, dialect := range []string{"openai", "anthropic"} {
		var b strings.Builder
		for _, c := range []struct{ name, key, method, path, body string }{
			{"another key", "sk-other-0123456789abcdef", "POST", path(dialect), model("gpt-4o")},
			{"another key, for a list", "sk-other-0123456789abcdef", "GET", "/v1/models", ""},
			{"another model", "sk-drill", "POST", path(dialect), model("no-such-model")},
			{"another model of the list", "sk-drill", "GET", "/v1/models/no-such-model", ""},
		} {
			synctest.Test(t, func(t *testing.T) {
				atRecording()
				s := provider(t, mockllm.Spec{
					Dialect: dialect, Others: pace.Instant(), Strict: true,
					Models: map[string]pace.Model{"gpt-4o": {}, "claude-haiku-4-5": {}},
					Keys:   map[string]limits.Limits{"sk-drill": {}},
				})
				r := request(t.Context(), c.method, c.path, c.body)
				r.Header.Set("Authorization", "Bearer "+c.key)
				fmt.Fprintf(&b, "=== %s\n%s\n", c.name, do(s, r).dump())
			})
		}
		golden(t, dialect+"_unknown", b.String())
	}
}

// TestStrict: the models of the spec are there, by their dated names, too; without
// any, those that the provider is known for.
func TestStrict(t *testing.T) {
	some := map[string]pace.Model{"gpt-4o": pace.Instant(), "mine": pace.Instant()}
	for _, c := range []struct {
		models map[string]pace.Model
		strict bool
		model  string
		want   int
	}{
		{some, true, "gpt-4o", 200},
		{some, true, "gpt-4o-2024-08-06", 200},
		{some, true, "mine", 200},
		{some, true, "gpt-4.1", 404},
		{some, false, "gpt-4.1", 200},
		{nil, true, "gpt-4.1", 200},
		{nil, true, "gpt-4.1-2025-04-14", 200},
		{nil, true, "mine", 404},
		{nil, false, "mine", 200},
	} {
		s := provider(t, mockllm.Spec{Dialect: "openai", Models: c.models, Others: pace.Instant(), Strict: c.strict})
		body := strings.Replace(chat("", ""), "some-model", c.model, 1)
		if got := do(s, request(t.Context(), "POST", "/v1/chat/completions", body)); got.status != c.want {
			t.Errorf("models %v, strict %v: %s got %d; want %d", c.models, c.strict, c.model, got.status, c.want)
		}
		if got := do(s, request(t.Context(), "GET", "/v1/models/"+c.model, "")); got.status != c.want {
			t.Errorf("models %v, strict %v: %s in the list got %d; want %d", c.models, c.strict, c.model, got.status, c.want)
		}
	}
}

// TestTheRefusalOfAKeyIsTold, and that of a model; of what is wrong otherwise
// nothing is said.
func TestTheRefusalOfAKeyIsTold(t *testing.T) {
	var told []string
	s, err := mockllm.New("primary", mockllm.Spec{
		Dialect: "openai", Strict: true, Others: pace.Instant(), Keys: map[string]limits.Limits{"k": {}},
	}, mockllm.Options{Served: func(_ *http.Request, s mockllm.Served) { told = append(told, s.Refused) }})
	if err != nil {
		t.Fatal(err)
	}
	asks(t, s, "openai", "other", reserving(9))
	asks(t, s, "openai", "k", strings.Replace(reserving(9), "gpt-4o", "m", 1))
	asks(t, s, "openai", "k", "{")
	asks(t, s, "openai", "k", reserving(9))
	if diff := cmp.Diff([]string{"unauthorized", "not_found", "", ""}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNewRefusesLimits(t *testing.T) {
	for _, c := range []struct {
		spec mockllm.Spec
		want string
	}{
		{mockllm.Spec{Limits: limits.Limits{Requests: -1}}, "limits: 0 to 10000000000 a minute"},
		{mockllm.Spec{Keys: map[string]limits.Limits{"free": {Tokens: 1e11}}}, `key "free": 0 to 10000000000 a minute`},
		{mockllm.Spec{Keys: map[string]limits.Limits{"my key": {}}}, `key "my key": not what a header can carry: one to 200 letters, digits and signs, no spaces`},
		{mockllm.Spec{Keys: map[string]limits.Limits{"": {}}}, `key "": not what a header can carry: one to 200 letters, digits and signs, no spaces`},
		{mockllm.Spec{Capacity: limits.Capacity{Concurrency: -1}}, "capacity: concurrency and queue are 0 to 1000000"},
		{mockllm.Spec{Capacity: limits.Capacity{Queue: 1}}, "capacity: a queue without concurrency: nobody would wait in it"},
		{mockllm.Spec{Capacity: limits.Capacity{Concurrency: 1, Slowdown: 0.5}}, "capacity: slowdown is 1 to 100 times as long"},
		{mockllm.Spec{Others: pace.Model{Profile: "quick"}}, `unknown profile "quick"; there are embeddings, reasoning, small, large, mid`},
	} {
		c.spec.Dialect = "openai"
		if _, err := mockllm.New("primary", c.spec, mockllm.Options{}); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v; want %s", c.spec, err, c.want)
		}
	}
}
