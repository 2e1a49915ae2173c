package reply_test

import (
	"fmt"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		got  error
		want string // "": nothing
	}{
		{reply.CheckPath("delta"), `path "delta" does not begin with $, as in "$.reply"`},
		{reply.CheckPath("$.a["), `path "$.a[": jsonpath: unexpected eof at position 5`},
		{reply.CheckPath("$..a[?@.b == 'c']"), ""},
		{reply.Rule{SSE: "$.delta", JSON: "$["}.Check(), `path "$[": jsonpath: unexpected eof at position 3`},
		{reply.Rule{Text: true, SSE: "$.delta"}.Check(), `text is the whole body; no path goes with it`},
		{reply.Rule{SSE: "$.delta", JSON: "$.reply"}.Check(), ""},
		{reply.Matcher{}.Check(), `no part is given; allowed: status, header, json, event, contains, matches`},
		{reply.Matcher{Status: 42}.Check(), `status 42 is out of range; allowed: 100 to 599`},
		{reply.Matcher{Header: map[string]string{"": "a"}}.Check(), `"" is not a header name; letters, digits and - are`},
		{reply.Matcher{JSON: map[string]any{"a": 1}}.Check(), `json: path "a" does not begin with $, as in "$.reply"`},
		{reply.Matcher{Matches: "("}.Check(), "matches: error parsing regexp: missing closing ): `(`"},
	} {
		if got := fmt.Sprint(test.got); got != test.want && (test.got != nil || test.want != "") {
			t.Errorf("got %s\nwant %s", got, test.want)
		}
	}
}
