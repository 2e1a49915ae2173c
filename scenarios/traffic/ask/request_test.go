package ask_test

import (
	"fmt"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

func TestTraceTellsTheRequest(t *testing.T) {
	if id := ask.Trace(41, "babe"); id[:16] != "0000000000000029" || len(id) != 32 {
		t.Errorf("trace of request 41 is %q", id)
	}
	seen := map[string]bool{ask.Trace(1, "babe"): true, ask.Trace(2, "babe"): true, ask.Trace(1, "bebe"): true}
	for id := range seen {
		delete(seen, id)
		for other := range seen {
			if id[16:] == other[16:] {
				t.Errorf("%s and %s have one span", id, other)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		got  error
		want string // "": nothing
	}{
		{ask.Request{Path: "/{{name}}"}.Check(), `path: unknown placeholder "{{name}}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}`},
		{ask.Request{JSON: map[string]any{"a": []any{"{{ n }}"}}}.Check(), `body: unknown placeholder "{{ n }}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}`},
		{ask.Request{Header: map[string]string{"X": "{{Prompt}}"}}.Check(), `header "X": unknown placeholder "{{Prompt}}"; allowed: {{prompt}}, {{nonce}}, {{n}}, {{session}}, {{turn}}`},
		{ask.Request{Header: map[string]string{"X Y": ""}}.Check(), `"X Y" is not a header name; letters, digits and - are`},
		{ask.Request{Method: "GET IT"}.Check(), `"GET IT" is not a method`},
		{ask.Request{JSON: 1, Text: "a"}.Check(), `json and text are both given; a request has one body`},
		{ask.Request{Path: "/%zz"}.Check(), `path "/%zz": invalid URL escape "%zz"`},
		{ask.Request{JSON: func() {}}.Check(), `json: json: unsupported type: func()`},
	} {
		if got := fmt.Sprint(test.got); got != test.want && (test.got != nil || test.want != "") {
			t.Errorf("got %s\nwant %s", got, test.want)
		}
	}
}
