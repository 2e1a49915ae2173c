package scenarios_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// document is a scenario in which every key has its place.
const document = `
version: 1
name: keys
app: {command: [python]}
providers: {primary: {dialect: openai, tls: true, region: us-east, capacity: {concurrency: 50}, answers: [{text: yes}]}, secondary: {dialect: anthropic, tls: true}, tools: {dialect: tools}}
traffic:
  target: http://127.0.0.1:8000
  journeys: {chat: {rate: 20/s, sessions: {turns: 4, think: 2s}, deferred: {status: 202}, deliver_within: 60s, deliver: {path: /result, every: 1s}, request: {path: /chat, json: {m: "{{prompt}}"}}}, more: {rate: 20/s, request: {path: /}}}
phases:
  - {name: surge, for: 60s, faults: [{provider: primary, kind: hang}], do: [{request: {path: /switch}}]}
  - {name: recovery, for: 60s}
bars: [{metric: harm, max: 0}]
watch: {status: {url: /status, expect: {contains: outage}}}
stop_when: [{metric: error_rate, max: 80%}]
`

// A leaf is a row of the table that takes a value, with how to come to the map
// that it stands in.
type leaf struct {
	path  string
	key   schema.Key
	enter func(doc map[string]any) map[string]any
}

// leaves walks the table below a map.
func leaves(k schema.Key, path string, enter func(map[string]any) map[string]any) []leaf {
	var all []leaf
	for _, row := range k.Keys {
		all = append(all, leavesOf(row, path+"."+row.Name, enter)...)
	}
	for _, c := range k.Cases {
		inCase := func(doc map[string]any) map[string]any {
			m := enter(doc)
			maps.DeleteFunc(m, func(key string, _ any) bool { return key != "provider" || k.By == "metric" })
			m[k.By] = c.Word
			for _, row := range c.Keys {
				if row.Required {
					m[row.Name] = value(row.Example)
				}
			}
			return m
		}
		for _, row := range c.Keys {
			all = append(all, leavesOf(row, path+"{"+c.Word+"}."+row.Name, inCase)...)
		}
	}
	return all
}

func leavesOf(row schema.Key, path string, enter func(map[string]any) map[string]any) []leaf {
	child := func(doc map[string]any) map[string]any { return inside(enter(doc), row.Name) }
	switch {
	case row.Refused != "":
	case row.Type == schema.Map:
		return leaves(row, path, child)
	case row.Type == schema.Named:
		return leaves(*row.Item, path+".*", func(doc map[string]any) map[string]any { return first(child(doc)) })
	case row.Type == schema.List && row.Item.Type == schema.Map:
		return leaves(*row.Item, path+"[]", func(doc map[string]any) map[string]any {
			return enter(doc)[row.Name].([]any)[0].(map[string]any)
		})
	case row.Type == schema.Either:
		var all []leaf
		for _, form := range row.Forms {
			form.Name, form.Required = row.Name, row.Required
			if form.Into == nil {
				form.Into = row.Into
			}
			all = append(all, leavesOf(form, path+"("+string(form.Type)+")", enter)...)
		}
		return all
	}
	return []leaf{{path, row, enter}}
}

// inside gives the map behind a key, making room for it.
func inside(m map[string]any, key string) map[string]any {
	in, ok := m[key].(map[string]any)
	if !ok {
		in = map[string]any{}
		m[key] = in
	}
	return in
}

// first gives the first of named maps, making one if there is none.
func first(m map[string]any) map[string]any {
	if len(m) == 0 {
		m["gpt-4o"] = map[string]any{}
	}
	return m[slices.Sorted(maps.Keys(m))[0]].(map[string]any)
}

func value(text string) any {
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return v
}

// traceLine is a recorded request.
const traceLine = "{\"timestamp\": 0, \"input_length\": 10, \"output_length\": 10}\n"

// laterLine is one that came a second after it.
const laterLine = "{\"timestamp\": 1000, \"input_length\": 10, \"output_length\": 10}\n"

// loadDocument loads the document after a change.
func loadDocument(t *testing.T, change func(doc map[string]any)) (*scenarios.Plan, []scenarios.Diagnostic) {
	t.Helper()
	doc := value(document).(map[string]any)
	change(doc)
	text, err := yaml.Dump(doc)
	if err != nil {
		t.Fatal(err)
	}
	return scenarios.Load("keys.yaml", scenarios.Options{FS: fstest.MapFS{
		"one.ndjson": {Data: []byte(traceLine)}, "two.ndjson": {Data: []byte(traceLine + laterLine)},
		"keys.yaml": {Data: text}, "parent.yaml": {Data: []byte("title: a parent\n")}, "other.yaml": {Data: []byte("title: another\n")},
	}})
}

// values are two different ways to fill in a row; the second may be to leave it
// out, which is nil. Rows whose type does not tell have an entry by path.
func values(l leaf) (a, b any) {
	given := map[string][2]string{
		".version":                             {"1", "1"},
		".name":                                {"one", "two"},
		".teaches":                             {"[hangs]", "[hangs, raw_error]"},
		".extends":                             {"parent.yaml", "other.yaml"},
		".app.ready.url":                       {"http://127.0.0.1:1", "http://127.0.0.1:2"},
		".providers.*.listen":                  {"127.0.0.1:1", "127.0.0.1:2"},
		".providers.*.upstream":                {"http://127.0.0.1:1", "http://127.0.0.1:2"},
		".traffic.target":                      {"http://127.0.0.1:1", "http://127.0.0.1:2"},
		".traffic.journeys.*.request.path":     {"/a", "/b"},
		".traffic.journeys.*.answer.json":      {"$.a", "$.b"},
		".traffic.journeys.*.answer.sse":       {"$.a", "$.b"},
		".traffic.journeys.*.degraded.status":  {"203", "503"},
		".traffic.journeys.*.restart.status":   {"203", "503"},
		".traffic.journeys.*.deferred.status":  {"203", "503"},
		".traffic.journeys.*.progress.status":  {"203", "503"},
		".traffic.journeys.*.deferred.json":    {`{"$.a": true}`, `{"$.a": false}`},
		".traffic.journeys.*.progress.json":    {`{"$.a": true}`, `{"$.a": false}`},
		".traffic.journeys.*.deliver.path":     {"/a", "/b"},
		".traffic.journeys.*.deliver.ticket":   {"$.a", "$.b"},
		".traffic.journeys.*.impatience.after": {"1s", "2s"},
		".traffic.journeys.*.impatience.again": {"1", "2"},
		".traffic.journeys.*.expect.status":    {"203", "503"},
		".traffic.journeys.*.expect.json":      {`{"$.a": true}`, `{"$.a": false}`},
		".traffic.journeys.*.degraded.json":    {`{"$.a": true}`, `{"$.a": false}`},
		".traffic.journeys.*.restart.json":     {`{"$.a": true}`, `{"$.a": false}`},
		".traffic.journeys.*.trace":            {"one.ndjson", "two.ndjson"},
		".traffic.journeys.*.login.path":       {"/a", "/b"},
		".traffic.journeys.*.login.token":      {"$.a", "$.b"},
		".watch.status.url":                    {"/a", "http://127.0.0.1:1/a"},
		".watch.status.expect.status":          {"203", "503"},
		".watch.status.expect.json":            {`{"$.a": true}`, `{"$.a": false}`},
		".phases[].do[].expect.status":         {"203", "503"},
		".phases[].do[].expect.json":           {`{"$.a": true}`, `{"$.a": false}`},
		".phases[].do[].request.path":          {"/a", "/b"},
		".phases[].do[].request.url":           {"http://127.0.0.1:1", "http://127.0.0.1:2"},
		".traffic.shape.steps.factors":         {"[1]", "[1, 2]"},
		".traffic.shape.day.factors":           {"[1]", "[1, 2]"},
		".phases[].name":                       {"one", "two"},
		".phases[].faults[].provider(name)":    {"primary", "secondary"},
		".phases[].faults[].provider(list)":    {"[primary]", "[primary, secondary]"},
		".phases[].faults[].kind":              {"hang", "unauthorized"},
		".bars[].metric":                       {"harm", "hopeless_retries"},
		".bars[].journey":                      {"chat", "more"},
		".bars[].provider":                     {"primary", "secondary"},
		".phases[].faults[].until":             {"40s", "50s"},
		".traffic.journeys.*.slow_over.ttft":   {"11s", "12s"},
		".traffic.journeys.*.slow_over.total":  {"11s", "12s"},
		".traffic.journeys.*.request.dialect":  {"openai", "anthropic"},
		".traffic.journeys.*.request.model":    {"gpt-4o", "gpt-4o-mini"},
		".phases[].faults[]{slow}.factor.from": {"2", "3"},

		".phases[].faults[]{toxic}.name": {"timeout", "reset_peer"},

		".phases[].faults[]{rate_limit}.retry_after(map).escalate": {"[1s]", "[1s, 2s]"},
	}
	if pair, ok := given[l.path]; ok {
		return value(pair[0]), value(pair[1])
	}
	switch {
	case strings.HasSuffix(l.path, ".match.endpoint"):
		return "chat", nil
	case strings.HasSuffix(l.path, ".match.region"):
		return "us-east", nil
	case strings.HasSuffix(l.path, ".match.session"):
		return "chat-3", nil
	case strings.HasSuffix(l.path, ".journeys.*.primary"):
		return "primary", "secondary"
	case strings.HasSuffix(l.path, ".match.stream"):
		return true, nil
	case strings.HasSuffix(l.path, ".phase"):
		// Metrics of what comes after an outage belong to the phase behind it.
		for _, m := range measure.Metrics() {
			if m.Scope == "after" && strings.Contains(l.path, "{"+m.Name+"}") {
				return "recovery", nil
			}
		}
		return "surge", nil
	}
	pairs := map[schema.Type][2]string{
		schema.Text: {"one", "two"}, schema.Count: {"11", "12"}, schema.Number: {"11", "12"}, schema.Flag: {"true", "false"},
		schema.Duration: {"31s", "32s"}, schema.Share: {"61%", "62%"}, schema.Rate: {"11/s", "12/s"},
		schema.ParShare: {"61%", "par - 2%"}, schema.ParSpan: {"31s", "par + 2s"},
		schema.JSON: {"{a: 1}", "{a: 2}"}, schema.Texts: {"{a: b}", "{a: c}"}, schema.List: {"[a]", "[a, b]"},
	}
	if l.key.Type == schema.Word && len(l.key.Words) > 1 {
		return l.key.Words[0], l.key.Words[1]
	}
	if l.key.Type == schema.Word {
		return l.key.Words[0], nil
	}
	return value(pairs[l.key.Type][0]), value(pairs[l.key.Type][1])
}

// TestEveryKeyHasAnEffect walks the table: whatever may be written changes the
// plan, or the file is refused. Nothing is read and ignored.
func TestEveryKeyHasAnEffect(t *testing.T) {
	root := func(doc map[string]any) map[string]any { return doc }
	for i, l := range leaves(scenarios.KeyTable(), "", root) {
		if i%stride != 0 {
			continue
		}
		t.Run(l.path, func(t *testing.T) {
			if l.key.Refused != "" {
				checkRefused(t, l)
				return
			}
			if slices.Equal(l.key.Words, []string{"true"}) {
				checkOnly(t, l)
				return
			}
			a, b := values(l)
			one, two := with(t, l, a), with(t, l, b)
			one.Resolved, one.Hash, two.Resolved, two.Hash = nil, "", nil, ""
			onlyOne := l.key.Least != "" && l.key.Least == l.key.Most // the version
			if cmp.Equal(one, two) && !onlyOne {
				t.Errorf("%v and %v make the same plan", a, b)
			}
		})
	}
}

// with loads the document with a row filled in.
func with(t *testing.T, l leaf, v any) *scenarios.Plan {
	t.Helper()
	plan, problems := loadDocument(t, func(doc map[string]any) {
		m := l.enter(doc)
		prepare(l.path, m)
		if strings.Contains(l.path, ".login.") { // what a login gives is to be used
			inside(first(inside(inside(doc, "traffic"), "journeys")), "request")["path"] = "/{{token}}"
		}
		if v == "in_flight" { // no share, as the rule's bound is
			m["max"] = 500
		}
		if v != nil {
			m[l.key.Name] = v
		}
	})
	if plan == nil {
		t.Fatalf("%s: %v is refused:\n%s", l.path, v, printed(t, problems))
	}
	return plan
}

// prepare gives a row the company that it needs.
func prepare(path string, m map[string]any) {
	has := func(part string) bool { return strings.Contains(path, part) }
	switch {
	case has("request.dialect"), has("request.model"):
		clear(m)
		m["dialect"], m["model"] = "openai", "gpt-4o"
	case has(".trace"):
		delete(m, "rate")
	case has(".speedup"):
		delete(m, "rate")
		m["trace"] = "two.ndjson"
	case has(".lengths."):
		m["p50"] = 5
	case has(".login."):
		m["path"], m["token"] = "/login", "$.token"
	case has(".sessions."):
		m["turns"], m["think"] = 4, "2s"
	case has(".shape.ramp."):
		m["to"], m["over"] = 2, "20s"
	case has(".shape.steps."):
		m["each"], m["factors"] = "20s", []any{1, 2}
	case has(".shape.day."):
		m["lasts"], m["factors"] = "20s", []any{1, 2}
	case has("].cycle."):
		m["bad"], m["ok"] = "5s", "5s"
	case has("}.draw"):
		m["provider"] = []any{"primary", "secondary"}
	case has(".do[].request.url"):
		delete(m, "path")
	case has("request.text"):
		delete(m, "json")
	case has("}.share(map)."):
		m["from"], m["to"] = "90%", "80%"
	case has(".tokens.p99"), has(".ttft.p99"), has(".gap.p99"):
		m["p50"] = value(map[bool]string{true: "1", false: "1ms"}[has("tokens")])
	case has(".answers[].tool"), has(".answers[].json"):
		delete(m, "text")
	case has(".upstream"):
		delete(m, "capacity")
		delete(m, "answers")
	case has(".capacity."):
		m["concurrency"] = 5
	case has(".impatience."):
		m["after"], m["again"] = "5s", 2
	case has(".degraded."), has(".restart."), has(".expect."), has(".progress."), has(".deferred."):
		m["contains"] = "sorry"
	case has("}.match."):
		m["model"] = "gpt-4o"
	case has("{toxic}.name"):
		m["timeout"] = "1s"
	case has("{toxic}."):
		m["name"] = toxicWith(path[strings.LastIndex(path, ".")+1:])
		m["average_size"] = 64
		if m["name"] != "slicer" {
			delete(m, "average_size")
		}
	case has("answer.text"):
		m["text"] = true
	}
}

// checkOnly checks a row that knows one value: it differs from the map without
// it, and no other value is taken.
func checkOnly(t *testing.T, l leaf) {
	t.Helper()
	_, problems := loadDocument(t, func(doc map[string]any) { l.enter(doc)[l.key.Name] = false })
	if len(problems) != 1 {
		t.Errorf("false: want one problem, got:\n%s", printed(t, problems))
	}
	plan, _ := loadDocument(t, func(doc map[string]any) { l.enter(doc)[l.key.Name] = true })
	plain, _ := loadDocument(t, func(map[string]any) {})
	if cmp.Equal(plan.Journeys, plain.Journeys) {
		t.Error("true changes nothing")
	}
}

// checkRefused checks a row that is in the table to be refused.
func checkRefused(t *testing.T, l leaf) {
	t.Helper()
	_, problems := loadDocument(t, func(doc map[string]any) { l.enter(doc)[l.key.Name] = "x" })
	if len(problems) != 1 || problems[0].Code != l.key.Code || !strings.Contains(problems[0].Message, l.key.Refused) {
		t.Errorf("want one problem [%s] %q, got:\n%s", l.key.Code, l.key.Refused, printed(t, problems))
	}
}

// TestWordsOfLaterVersions checks that what the design names and this version
// does not do is refused as such.
func TestWordsOfLaterVersions(t *testing.T) {
	root := func(doc map[string]any) map[string]any { return doc }
	for _, l := range leaves(scenarios.KeyTable(), "", root) {
		for _, word := range l.key.Later {
			_, problems := loadDocument(t, func(doc map[string]any) { l.enter(doc)[l.key.Name] = word })
			if len(problems) != 1 || problems[0].Code != schema.CodeNotInThisVersion {
				t.Errorf("%s: %s: want one problem [%s], got:\n%s", l.path, word, schema.CodeNotInThisVersion, printed(t, problems))
			}
			if slices.Contains(l.key.Words, word) {
				t.Errorf("%s: %s is both in this version and not", l.path, word)
			}
		}
	}
}

// TestTheTableIsComplete checks that each row says what it means.
func TestTheTableIsComplete(t *testing.T) {
	root := func(doc map[string]any) map[string]any { return doc }
	for _, l := range leaves(scenarios.KeyTable(), "", root) {
		form := strings.HasSuffix(l.path, ")")
		switch k := l.key; {
		case k.Refused != "":
		case k.Doc == "" && !form:
			t.Errorf("%s: no Doc", l.path)
		case k.Into == nil && l.path != ".extends":
			t.Errorf("%s: goes nowhere", l.path)
		case k.Required && k.Example == "" && !form && k.Type != schema.Word:
			t.Errorf("%s: required, and no Example to show when it is missing", l.path)
		case k.Type == schema.Word && len(k.Words) == 0:
			t.Errorf("%s: a word, and none allowed", l.path)
		}
	}
}

// toxicWith is a toxic that has a parameter and needs no other.
func toxicWith(param string) string {
	for name, params := range map[string]string{
		"latency": "latency", "bandwidth": "rate", "slow_close": "delay", "timeout": "timeout",
		"slicer": "average_size size_variation", "limit_data": "bytes",
	} {
		if slices.Contains(strings.Fields(params), param) {
			return name
		}
	}
	return ""
}
