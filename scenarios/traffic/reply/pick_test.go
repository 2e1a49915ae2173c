package reply_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
	"github.com/theory/jsonpath"
)

// looking is a reader that looks for text at a path.
func looking(tb testing.TB, path string) *reply.Reader {
	tb.Helper()
	reader, err := reply.Rules{Answer: reply.Rule{JSON: path}}.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	return reader
}

// textOf is what a reader finds in a JSON body.
func textOf(reader *reply.Reader, body string, s *reply.Scratch) (string, error) {
	resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}
	seen, err := reader.Read(resp, reply.By{Now: func() time.Duration { return 0 }, Scratch: s})
	return seen.Text, err
}

// Paths that name one place are followed through the text of a reply; what they find
// is what is found in the decoded one.
func FuzzOnePlace(f *testing.F) {
	for _, body := range []string{
		`{"a":"x"}`, ` { "a" : [ 1 , "y" , {"b":"z"} ] , "b":"\\\"" } `, `{"a":"first","a":{"b":"last"}}`, `{"a":["p",["q","r"]]}`,
		`{"\u0061":"escaped","é":"ü"}`, `{"a":"\ud83d\ude00 \ud83d"}`, "{\"a\":\"\xff\"}", `["a",-1.5e3,true,null,{}]`, `"root"`, `7`, `{"b":{},"a":"}]\\"}`,
		`{"a":null}`, `{"a":""}`, `[]`, `{}`, `{"a":"cut`, `{"a":"x"} 1`, ``, `[[["deep"]]]`, `{"":"empty"}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if strings.HasPrefix(body, "\ufeff") || strings.TrimSpace(body) == "" || len(body) > 64<<10 {
			return // a mark, a body without anything and a long text are matters of their own
		}
		var v any
		bad := json.Unmarshal([]byte(body), &v)
		if bad != nil && json.Valid([]byte(body)) {
			return // a number that is too large for decoders, and nobody asked for
		}
		for _, path := range []string{"$.a", "$.a.b", "$.a[1]", "$.a[-1]", "$.a[-1][-2]", "$[0]", "$[0][0][0]", "$['é']", "$['']", `$["\""]`, "$"} {
			want := ""
			if bad == nil {
				for _, n := range jsonpath.MustParse(path).Select(v) {
					want, _ = n.(string)
				}
			}
			got, err := textOf(looking(t, path), body, new(reply.Scratch))
			if got != want || (err == nil) != (bad == nil) {
				t.Errorf("%s of %q: %q, %v; want %q, %v", path, body, got, err, want, bad)
			}
		}
	})
}

func BenchmarkOnePlace(b *testing.B) {
	body := `{"id":"chat-1","model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"` + strings.Repeat("babe ", 60) + `"}}],"usage":{"n":7}}`
	reader, scratch := looking(b, "$.choices[0].message.content"), new(reply.Scratch)
	b.ReportAllocs()
	for b.Loop() {
		if text, err := textOf(reader, body, scratch); len(text) != 300 || err != nil {
			b.Fatal(text, err)
		}
	}
}
