package traffic_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// piece is a part of a body and how long the app waits before it.
type piece struct {
	wait time.Duration
	text string
}

// telling answers with pieces of a body of that type.
func telling(contentType string, pieces ...piece) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.(http.Flusher).Flush()
		for _, p := range pieces {
			time.Sleep(p.wait)
			io.WriteString(w, p.text)
			w.(http.Flusher).Flush()
		}
	}
}

// read is what a result tells of the answer itself.
type read struct {
	First, MaxGap, Ended time.Duration
	Text                 string
	Degraded             bool
	Restarts             int
	Told                 bool
}

func reading(r traffic.Result) read {
	return read{r.First, r.MaxGap, r.Ended, r.Text, r.Degraded, r.Restarts, r.Told}
}

func TestAnswers(t *testing.T) {
	const events, lines, object, plain = "text/event-stream; charset=utf-8", "application/x-ndjson", "application/json", "text/plain"
	delta := reply.Rule{SSE: "$.delta"}
	for _, test := range []struct {
		name        string
		rule        reply.Rule
		contentType string
		pieces      []piece
		want        read
	}{
		{
			"pings, comments and roles are no content", delta, events,
			[]piece{
				{10 * ms, ": hello\n\n"},
				{10 * ms, "event: ping\ndata: {}\n\n"},
				{10 * ms, "data: {\"role\":\"assistant\",\"delta\":\"\"}\n\n"},
				{70 * ms, "data: {\"delta\":\"ba \"}\n\n"},
				{20 * ms, ": still here\n\n"},
				{20 * ms, "data: {\"delta\":\"be\"}\n\ndata: {\"delta\":\" bi\"}\n\n"},
				{30 * ms, "data: {\"delta\":\" bo\"}\n\n"},
				{90 * ms, "data: {\"done\":true}\n\ndata: [DONE]\n\n"},
			},
			read{First: 100 * ms, MaxGap: 40 * ms, Ended: 260 * ms, Text: "ba be bi bo"},
		},
		{
			"an event counts when its blank line is there", delta, events,
			[]piece{{0, "data: {\"delta\":"}, {10 * ms, "\"ba\"}\r"}, {10 * ms, "\n"}, {10 * ms, "\r"}, {10 * ms, "\n"}},
			read{First: 30 * ms, Ended: 40 * ms, Text: "ba"},
		},
		{
			"an event without its blank line is none", delta, events,
			[]piece{{0, "data: {\"delta\":\"ba\"}\n\ndata: {\"delta\":\"be\"}\n"}},
			read{Text: "ba"},
		},
		{
			"an error event is told and is no content",
			reply.Rule{},
			events,
			[]piece{{10 * ms, "event: error\ndata: {\"error\":\"sorry\"}\n\n"}},
			read{First: -1, Ended: 10 * ms, Told: true},
		},
		{
			"an error that no event's name tells",
			reply.Rule{SSE: "$.choices[0].delta.content"},
			events,
			[]piece{
				{10 * ms, "data: {\"choices\":[{\"delta\":{\"content\":\"ba\"}}]}\n\n"},
				{10 * ms, "data: {\"error\":{\"message\":\"upstream gone\",\"code\":\"500\"}}\n\n"},
			},
			read{First: 10 * ms, Ended: 20 * ms, Text: "ba", Told: true},
		},
		{
			"an error by its type",
			delta,
			events,
			[]piece{
				{10 * ms, "data: {\"type\":\"text-delta\",\"delta\":\"ba\"}\n\n"},
				{10 * ms, "data: {\"type\":\"error\",\"errorText\":\"sorry\"}\n\n"},
			},
			read{First: 10 * ms, Ended: 20 * ms, Text: "ba", Told: true},
		},
		{
			"an error as a line",
			reply.Rule{JSON: "$.delta"},
			lines,
			[]piece{{10 * ms, "{\"delta\":\"ba\"}\n{\"error\":\"model gone\"}\n"}},
			read{First: 10 * ms, Ended: 10 * ms, Text: "ba", Told: true},
		},
		{
			"an error that is none, or a word of the answer", delta, events,
			[]piece{{10 * ms, "data: {\"error\":null,\"delta\":\"ba\"}\n\ndata: {\"error\":\"\",\"delta\":\"be\"}\n\n" +
				"data: {\"error\":false,\"delta\":\"bi\"}\n\ndata: {\"delta\":\"\\\"error\\\"\"}\n\n" +
				"data: {\"error\":{},\"delta\":\"bo\"}\n\ndata: [\"error\"]\n\n"}},
			read{First: 10 * ms, Ended: 10 * ms, Text: "babebi\"error\"bo"},
		},
		{
			"an error in a text that is the data as it stands",
			reply.Rule{Text: true},
			events,
			[]piece{{10 * ms, "data: {\"error\":\"ba\"}\n\n"}},
			read{First: 10 * ms, Ended: 10 * ms, Text: "{\"error\":\"ba\"}"},
		},
		{
			"an error in a whole body of status 200 is its text",
			reply.Rule{},
			object,
			[]piece{{10 * ms, "{\"error\":\"ba\"}"}},
			read{First: 10 * ms, Ended: 10 * ms, Text: "ba"},
		},
		{
			"without rule, each place is one text",
			reply.Rule{},
			events,
			[]piece{
				{10 * ms, "data: {\"id\":\"7\",\"choices\":[{\"delta\":{\"content\":\"ba \"}}]}\n\n"},
				{10 * ms, "data: {\"id\":\"7\",\"choices\":[{\"delta\":{\"content\":\"be\"}}]}\n\n"},
				{10 * ms, "data: [DONE]\n\n"},
			},
			read{First: 10 * ms, MaxGap: 10 * ms, Ended: 30 * ms, Text: "77\nba be"},
		},
		{
			"without rule, data may be plain text",
			reply.Rule{},
			events,
			[]piece{{10 * ms, "data: ba\n\ndata:  be\ndata: bi\n\ndata: [DONE]\n\n"}},
			read{First: 10 * ms, Ended: 10 * ms, Text: "ba be\nbi"},
		},
		{
			"text is the data as it stands",
			reply.Rule{Text: true},
			events,
			[]piece{{10 * ms, "data: {\"a\"\n\ndata: :1}\n\n"}},
			read{First: 10 * ms, Ended: 10 * ms, Text: "{\"a\":1}"},
		},
		{
			"several places of one path are kept apart",
			reply.Rule{SSE: "$.choices[*].text"},
			events,
			[]piece{{0, "data: {\"choices\":[{\"text\":\"ba\"},{\"text\":\"la\"}]}\n\ndata: {\"choices\":[{\"text\":\"be\"},{\"text\":\"le\"}]}\n\n"}},
			read{Text: "babe\nlale"},
		},
		{
			"a JSON body is there when all of it is",
			reply.Rule{JSON: "$.reply"},
			object,
			[]piece{{10 * ms, "{\"reply\":\"ba be\","}, {10 * ms, "\"id\":\"7\"}\n"}},
			read{First: 20 * ms, Ended: 20 * ms, Text: "ba be"},
		},
		{
			"a JSON body without the text has no first token",
			reply.Rule{JSON: "$.reply"},
			object,
			[]piece{{10 * ms, "{\"reply\":null,\"id\":\"7\"}"}},
			read{First: -1, Ended: 10 * ms},
		},
		{
			"without rule, all strings of a body in the order of the text",
			reply.Rule{},
			object,
			[]piece{{0, "\xef\xbb\xbf{\"z\":[\"ba\",{\"y\":\"be\"},[],1,\"bi\"],\"a\":{\"ba\":null,\"b\":\"bo\"},\"c\":\"\"}"}},
			read{Text: "ba\nbe\nbi\nbo"},
		},
		{
			"a rule for events leaves the default for a body", delta, object,
			[]piece{{0, "{\"reply\":\"ba\"}"}},
			read{Text: "ba"},
		},
		{
			"a rule for JSON is believed before the Content-Type",
			reply.Rule{JSON: "$.reply"},
			"text/html",
			[]piece{{0, "{\"reply\":\"ba\"}"}},
			read{Text: "ba"},
		},
		{
			"and the Content-Type where the rule is wrong",
			reply.Rule{JSON: "$.reply"},
			"text/html",
			[]piece{{0, "<h1>502</h1>"}},
			read{Text: "<h1>502</h1>"},
		},
		{
			"JSON lines",
			reply.Rule{JSON: "$.message.content"},
			lines,
			[]piece{
				{10 * ms, "{\"message\":{\"content\":\"\"}}\n"},
				{10 * ms, "{\"message\":{\"content\":\"ba \"}}\n\n"},
				{50 * ms, "{\"message\":{\"content\":\"be\"}}\n"},
				{10 * ms, "{\"done\":true}"},
			},
			read{First: 20 * ms, MaxGap: 50 * ms, Ended: 80 * ms, Text: "ba be"},
		},
		{
			"plain text as it comes",
			reply.Rule{},
			plain,
			[]piece{{10 * ms, "ba "}, {20 * ms, "b"}, {30 * ms, "e"}},
			read{First: 10 * ms, MaxGap: 30 * ms, Ended: 60 * ms, Text: "ba be"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := serve(t, telling(test.contentType, test.pieces...)).get(t, traffic.Journey{Answer: test.rule})
				if diff := cmp.Diff(test.want, reading(r)); diff != "" {
					t.Errorf("reading (-want +got):\n%s", diff)
				}
				if r.How != "complete" {
					t.Errorf("%s: %v", r.How, r.Err)
				}
			})
		})
	}
}

func TestBrokenLineIsInvalid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, telling("application/jsonl", piece{0, "{\"a\":\"ba\"}\n{\"a\":\n{\"a\":\"bo\"}\n"}))
		if r := app.get(t, traffic.Journey{}); r.How != "invalid" || r.Text != "ba" {
			t.Errorf("got %+v", r)
		}
	})
}

func TestRestartForgetsTheTextAndKeepsTheFirstToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, telling(
			"text/event-stream",
			piece{10 * ms, "data: {\"delta\":\"ba\"}\n\n"},
			piece{10 * ms, "event: reset\ndata: {}\n\n"},
			piece{10 * ms, "data: {\"delta\":\"be\"}\n\n"},
			piece{10 * ms, "event: reset\ndata: {\"delta\":\"b\"}\n\n"},
			piece{10 * ms, "data: {\"delta\":\"i\"}\n\n"},
		))
		r := app.get(t, traffic.Journey{Answer: reply.Rule{SSE: "$.delta"}, Restart: &reply.Matcher{Event: "reset"}})
		want := read{First: 10 * ms, MaxGap: 20 * ms, Ended: 50 * ms, Text: "bi", Restarts: 2}
		if diff := cmp.Diff(want, reading(r)); diff != "" {
			t.Errorf("reading (-want +got):\n%s", diff)
		}
	})
}

func TestMatchers(t *testing.T) {
	const events, object, plain = "text/event-stream", "application/json", "text/plain"
	stream := "event: note\ndata: {\"degraded\":false}\n\ndata: {\"degraded\":true,\"n\":1,\"text\":\"sorry\"}\n\n"
	for _, test := range []struct {
		name        string
		matcher     reply.Matcher
		contentType string
		body        string
		want        bool
	}{
		{"status", reply.Matcher{Status: 203}, object, "{}", true},
		{"other status", reply.Matcher{Status: 200}, object, "{}", false},
		{"header in any case", reply.Matcher{Header: map[string]string{"x-lesser": "two"}}, events, "", true},
		{"other value", reply.Matcher{Header: map[string]string{"X-Lesser": "TWO"}}, events, "", false},
		{"no such header", reply.Matcher{Header: map[string]string{"X-Other": ""}}, events, "", false},
		{"bool", reply.Matcher{JSON: map[string]any{"$.degraded": true}}, events, stream, true},
		{"whole number", reply.Matcher{JSON: map[string]any{"$.n": 1}}, events, stream, true},
		{"number as text", reply.Matcher{JSON: map[string]any{"$.n": "1"}}, events, stream, false},
		{"any node", reply.Matcher{JSON: map[string]any{"$.items[*].n": 2}}, object, `{"items":[{"n":1},{"n":2}]}`, true},
		{"object", reply.Matcher{JSON: map[string]any{"$.a": map[string]any{"b": []any{1, nil}}}}, object, `{"a":{"b":[1,null]}}`, true},
		{"null is a value", reply.Matcher{JSON: map[string]any{"$.a": nil}}, object, `{"a":null}`, true},
		{"missing is none", reply.Matcher{JSON: map[string]any{"$.a": nil}}, object, `{}`, false},
		{"event", reply.Matcher{Event: "note"}, events, stream, true},
		{"event without name", reply.Matcher{Event: "message"}, events, stream, true},
		{"no event in a body", reply.Matcher{Event: "message"}, object, `{}`, false},
		{"parts on one event", reply.Matcher{JSON: map[string]any{"$.degraded": true}, Contains: "sorry"}, events, stream, true},
		{"parts on two events", reply.Matcher{Event: "note", Contains: "sorry"}, events, stream, false},
		{"two paths", reply.Matcher{JSON: map[string]any{"$.degraded": true, "$.n": 2}}, events, stream, false},
		{"head and event", reply.Matcher{Status: 203, Event: "note"}, events, stream, true},
		{"wrong head and event", reply.Matcher{Status: 200, Event: "note"}, events, stream, false},
		{"contains", reply.Matcher{Contains: "come back"}, plain, "please come back later", true},
		{"contains not", reply.Matcher{Contains: "Come back"}, plain, "please come back later", false},
		{"matches", reply.Matcher{Matches: "^please .* later$"}, plain, "please come back later", true},
		{"matches not", reply.Matcher{Matches: "^come"}, plain, "please come back later", false},
		{"JSON of no JSON", reply.Matcher{JSON: map[string]any{"$": true}}, events, "data: true!\n\n", false},
		{"JSON of plain text", reply.Matcher{JSON: map[string]any{"$.a": 1}}, plain, `{"a":1}`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				app := serve(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", test.contentType)
					w.Header().Add("X-Lesser", "one")
					w.Header().Add("X-Lesser", "two")
					w.WriteHeader(203)
					io.WriteString(w, test.body)
				})
				r := app.get(t, traffic.Journey{Degraded: &test.matcher})
				if r.Degraded != test.want {
					t.Errorf("degraded is %v, want %v", r.Degraded, test.want)
				}
				if err := test.matcher.Check(); err != nil {
					t.Errorf("refused: %v", err)
				}
			})
		})
	}
}

func TestStatusTells(t *testing.T) {
	for status, want := range map[int]bool{200: false, 302: false, 399: false, 400: true, 503: true} {
		synctest.Test(t, func(t *testing.T) {
			app := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
			s := app.sender(traffic.Journey{})
			if r := run(t.Context(), s, every(0, 1))[0]; r.Told != want || r.Status != status {
				t.Errorf("status %d: told is %v, status %d", status, r.Told, r.Status)
			}
			bad := int64(0)
			if want {
				bad = 1
			}
			if diff := cmp.Diff(traffic.Counts{Errors: bad, Good: 1 - bad}, s.Counts(), cmpopts.IgnoreFields(traffic.Counts{}, "Due", "Sent", "Ended")); diff != "" {
				t.Errorf("status %d: counts (-want +got):\n%s", status, diff)
			}
		})
	}
}

func TestTextIsBounded(t *testing.T) {
	long := strings.Repeat("ba ", 40_000)
	for name, body := range map[string]string{
		"text/plain":        long,
		"application/json":  `{"a":"` + long + `","b":"be"}`,
		"text/event-stream": strings.Repeat("data: {\"a\":\"ba be bi\"}\n\n", 10_000),
	} {
		synctest.Test(t, func(t *testing.T) {
			r := serve(t, telling(name, piece{0, body})).get(t, traffic.Journey{})
			if len(r.Text) != 64<<10 || len(r.Body) != 4<<10 || r.Bytes != int64(len(body)) || r.How != "complete" {
				t.Errorf("%s: %s, %d bytes of text, %d of body, %d of %d counted", name, r.How, len(r.Text), len(r.Body), r.Bytes, len(body))
			}
		})
	}
}
