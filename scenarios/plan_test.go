package scenarios_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// withFaults is the drill with other faults in its surge.
func withFaults(faults ...string) string {
	return strings.NewReplacer(
		"[{provider: primary, kind: rate_limit, share: 90%}]", "["+strings.Join(faults, ", ")+"]",
		"primary: {dialect: openai}", "primary: {dialect: openai, tls: true, region: us-east, capacity: {concurrency: 500}}", // what some faults need
		"request: {path: /", "sessions: {turns: 4, think: 2s}, request: {path: /",
	).Replace(drill)
}

func keysOf(t *testing.T, faults ...string) []string {
	t.Helper()
	var keys []string
	for _, w := range mustLoad(t, scenarios.Options{}, withFaults(faults...)).Windows {
		if !slices.Contains(keys, w.Fault.Key) {
			keys = append(keys, w.Fault.Key)
		}
	}
	return keys
}

// TestFaultKeys checks what names a fault's draws: what it is, not how much of
// it there is nor where it stands.
func TestFaultKeys(t *testing.T) {
	const limit = "{provider: primary, kind: rate_limit, share: 40%}"
	want := []string{"surge/primary/rate_limit"}
	for _, same := range []string{
		limit,
		"{provider: primary, kind: rate_limit, share: {from: 10%, to: 90%}, ramp: 5s, retry_after: none}",
		"{kind: rate_limit, provider: [primary], after: 5s, until: 20s}",
	} {
		if diff := cmp.Diff(want, keysOf(t, same)); diff != "" {
			t.Errorf("%s: %s", same, diff)
		}
	}
	others := []string{
		"{provider: [primary, secondary], kind: rate_limit}", "{provider: secondary, kind: rate_limit}", "{provider: primary, kind: hang}",
		"{provider: primary, kind: rate_limit, match: {stream: true}}", "{provider: primary, kind: rate_limit, match: {model: m}}",
		"{provider: primary, kind: stall}", "{provider: primary, kind: stall, at: {token: 3}}", "{provider: primary, kind: stall, at: {share: 50%}}",
		"{provider: primary, kind: stall, at: finish}", "{provider: primary, kind: truncate, at: finish}",
	}
	all := keysOf(t, append(others, limit)...)
	if len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(others)+1 {
		t.Errorf("two faults share their draws: %q", all)
	}
	for i, other := range append(others, limit) {
		alone := keysOf(t, other)
		if alone[0] != all[i] {
			t.Errorf("%s: alone its key is %s, among others %s", other, alone[0], all[i])
		}
	}
	twins := keysOf(t, limit, "{provider: primary, kind: rate_limit, share: 7%}", others[0], limit)
	if diff := cmp.Diff([]string{want[0], want[0] + "#2", "surge/primary+secondary/rate_limit", want[0] + "#3"}, twins); diff != "" {
		t.Error(diff)
	}
}

func TestWindows(t *testing.T) {
	plan := mustLoad(t, scenarios.Options{}, withFaults(
		"{provider: [secondary, primary], kind: hang, after: 5s, until: 20s, share: {from: 25%, to: 8%}}",
		"{provider: primary, kind: refuse, after: 10s}",
	))
	type window struct {
		provider, kind string
		from, to       time.Duration
	}
	var got []window
	for _, w := range plan.Windows {
		got = append(got, window{w.Provider, w.Fault.Kind, w.From, w.To})
	}
	want := []window{
		{"secondary", "hang", 35 * time.Second, 50 * time.Second},
		{"primary", "hang", 35 * time.Second, 50 * time.Second},
		{"primary", "refuse", 40 * time.Second, 60 * time.Second},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(window{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"secondary, primary: hang 25%→8%, after 5s, until 20s", "primary: refuse, after 10s"}, plan.Phases[1].Faults); diff != "" {
		t.Error(diff)
	}
	if plan.Length != 90*time.Second {
		t.Errorf("length %s", plan.Length)
	}
}

// TestParams has every way to write a parameter.
func TestParams(t *testing.T) {
	for fault, want := range map[string]faults.Params{
		"kind: rate_limit":                                         {"retry_after": faults.Wait{For: 5 * time.Second, Form: "seconds"}},
		"kind: rate_limit, retry_after: 7s":                        {"retry_after": faults.Wait{For: 7 * time.Second, Form: "seconds"}},
		"kind: rate_limit, retry_after: {date: 7s}":                {"retry_after": faults.Wait{For: 7 * time.Second, Form: "date"}},
		"kind: rate_limit, retry_after: {ms: 1.5s}":                {"retry_after": faults.Wait{For: 1500 * time.Millisecond, Form: "ms"}},
		"kind: rate_limit, retry_after: {float: 1.5s}":             {"retry_after": faults.Wait{For: 1500 * time.Millisecond, Form: "float"}},
		"kind: rate_limit, retry_after: {escalate: [1s, 4s]}":      {"retry_after": faults.Wait{Form: "escalate", Steps: []time.Duration{time.Second, 4 * time.Second}}},
		"kind: rate_limit, retry_after: none, remaining: positive": {"retry_after": faults.Wait{Form: "none"}, "remaining": "positive"},
		"kind: limits, requests: 20%":                              {"requests": 0.2},
		"kind: bad_gateway, status: 530, body: text":               {"status": 530, "body": "text"},
		"kind: limit_data, bytes: 4000":                            {"bytes": 4000},
		"kind: rate_limit, retry_after: none":                      {"retry_after": faults.Wait{Form: "none"}},
		"kind: server_error":                                       {"status": 500},
		"kind: server_error, status: 503":                          {"status": 503},
		"kind: overloaded":                                         {},
		"kind: gateway_timeout, hold: 1m30s":                       {"hold": 90 * time.Second, "status": 504},
		"kind: slow, factor: 4":                                    {"factor": faults.Slow{TTFTFrom: 4, TTFTTo: 4, GapFrom: 4, GapTo: 4}},
		"kind: slow, factor: {from: 1, to: 4}":                     {"factor": faults.Slow{TTFTFrom: 1, TTFTTo: 4, GapFrom: 1, GapTo: 4}},
		"kind: slow, factor: {to: 4}":                              {"factor": faults.Slow{TTFTFrom: 1, TTFTTo: 4, GapFrom: 1, GapTo: 4}},
		"kind: slow, factor: {ttft: 6, gap: 3}":                    {"factor": faults.Slow{TTFTFrom: 6, TTFTTo: 6, GapFrom: 3, GapTo: 3}},
		"kind: slow, factor: {ttft: 6.5}":                          {"factor": faults.Slow{TTFTFrom: 6.5, TTFTTo: 6.5, GapFrom: 1, GapTo: 1}},
		"kind: latency, delay: 2s":                                 {"delay": 2 * time.Second},
		"kind: unauthorized, match: {endpoint: chat}":              {},
		"kind: stall, at: {token: 3}, match: {stream: false}":      nil, // refused: it has no tokens
	} {
		plan, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": withFaults("{provider: primary, " + fault + "}")})
		switch {
		case want == nil:
			if plan != nil {
				t.Errorf("%s: accepted", fault)
			}
		case plan == nil:
			t.Errorf("%s: %v", fault, problems)
		default:
			if diff := cmp.Diff(want, plan.Windows[0].Fault.Params); diff != "" {
				t.Errorf("%s: %s", fault, diff)
			}
		}
	}
}

// TestEveryKindCanBeWritten takes each row of the table of faults as it comes.
func TestEveryKindCanBeWritten(t *testing.T) {
	examples := map[faults.ParamType]string{faults.Duration: "2s", faults.Factor: "4", faults.RetryAfter: "5s", faults.Count: "3", faults.Text: "x", faults.Portion: "25%"}
	for _, kind := range faults.Kinds() {
		fault := "{provider: primary, kind: " + kind.Name
		if kind.Name == "toxic" {
			continue // whose parameters depend on its name
		}
		for _, p := range kind.Params {
			example := examples[p.Type]
			if len(p.Allowed) > 0 {
				example = p.Allowed[0]
			}
			fault += ", " + p.Name + ": " + example
		}
		plan := mustLoad(t, scenarios.Options{}, withFaults(fault+"}"))
		f := plan.Windows[0].Fault
		if problems := f.Check(); len(problems) > 0 {
			t.Errorf("%s: %v", fault, problems)
		}
		for _, p := range kind.Params {
			if f.Params[p.Name] == nil {
				t.Errorf("%s: no %s", fault, p.Name)
			}
		}
		for _, place := range kind.Places {
			at := map[string]string{faults.AtToken: "{token: 5}", faults.AtShare: "{share: 50%}"}[place]
			if at == "" {
				at = place
			}
			plan := mustLoad(t, scenarios.Options{}, withFaults("{provider: primary, kind: "+kind.Name+", at: "+at+"}"))
			if got := plan.Windows[0].Fault.At.Place; got != place {
				t.Errorf("%s at %s lands at %q", kind.Name, at, got)
			}
		}
	}
}

// TestEveryMetricCanBeABar takes each row of the table of metrics as it comes:
// its threshold is written in its unit and arrives in seconds, shares, numbers.
func TestEveryMetricCanBeABar(t *testing.T) {
	written := map[string]string{"s": "1m30s", "share": "12.5%", "count": "3", "x": "1.5"}
	want := map[string]float64{"s": 90, "share": 0.125, "count": 3, "x": 1.5}
	drill := strings.Replace(drill, "secondary: {dialect: anthropic}", "secondary: {dialect: anthropic}, tools: {dialect: tools}", 1)
	for _, m := range measure.Metrics() {
		if written[m.Unit] == "" {
			m.Unit = "x" // CV, Fano: plain numbers
		}
		op := map[string]string{"low": "max", "high": "min"}[m.Better]
		plan := mustLoad(t, scenarios.Options{}, drill+"bars: [{metric: "+m.Name+", "+op+": "+written[m.Unit]+"}]\n")
		if len(plan.Bars) != 1 || plan.Bars[0].Op != op || math.Abs(plan.Bars[0].Threshold-want[m.Unit]) > 1e-12 {
			t.Errorf("%s: %+v", m.Name, plan.Bars)
		}
		for unit, text := range written {
			_, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": drill + "bars: [{metric: " + m.Name + ", " + op + ": " + text + "}]\n"})
			refused := slices.ContainsFunc(problems, func(d scenarios.Diagnostic) bool { return d.Severity == scenarios.Error })
			number := func(u string) bool { return u == "count" || u == "x" }
			right := unit == m.Unit || number(unit) && number(m.Unit)
			if refused == right {
				t.Errorf("%s in %s: %v", m.Name, unit, problems)
			}
		}
	}
}

func TestDefaultBars(t *testing.T) {
	plan := mustLoad(t, scenarios.Options{}, drill)
	if diff := cmp.Diff(scorecard.DefaultBars("recovery"), plan.Bars); diff != "" || !plan.DefaultBars {
		t.Error(diff)
	}
}

func TestSetup(t *testing.T) {
	text := withFaults("{provider: [primary, secondary], kind: stream_error, share: 90%, ramp: 4s}", "{provider: primary, kind: refuse, match: null}") + "title: A drill\nseed: 4\n"
	text = strings.Replace(text, ", match: null", "", 1)
	text = strings.Replace(text, `request: {path: /chat, text: "{{prompt}}"}`,
		`priority: deferrable, request: {path: /chat, text: "{{prompt}}", stream: true}, timeout: 9s, slow_over: {ttft: 2s}, degraded: {status: 203}, restart: {event: reset}`, 1)
	plan := mustLoad(t, scenarios.Options{}, text)
	s := func(n float64) record.Seconds { return record.Of(time.Duration(n * float64(time.Second))) }
	want := record.Setup{
		Schema: record.Schema, Scenario: record.Scenario{Name: "drill", Title: "A drill", Hash: plan.Hash, Seed: 4},
		Length: s(90), Warmup: s(2), Healthy: 0.99,
		Phases: []record.Phase{
			{Name: "baseline", End: s(30)},
			{Name: "surge", Start: s(30), End: s(60), Faults: []string{"primary, secondary: stream_error 90%, rising for 4s", "primary: refuse"}},
			{Name: "recovery", Start: s(60), End: s(90)},
		},
		Windows: []record.Window{
			{Key: "surge/primary+secondary/stream_error", Kind: "stream_error", Family: "stream", Provider: "primary", Phase: "surge", Start: s(30), End: s(60), ShareFrom: 0.9, ShareTo: 0.9, Rise: s(4), Partial: true, Breaks: true},
			{Key: "surge/primary+secondary/stream_error", Kind: "stream_error", Family: "stream", Provider: "secondary", Phase: "surge", Start: s(30), End: s(60), ShareFrom: 0.9, ShareTo: 0.9, Rise: s(4), Partial: true, Breaks: true},
			{Key: "surge/primary/refuse", Kind: "refuse", Family: "transport", Provider: "primary", Phase: "surge", Start: s(30), End: s(60), ShareFrom: 1, ShareTo: 1},
		},
		Providers:   []record.Provider{{Name: "primary", Dialect: "openai"}, {Name: "secondary", Dialect: "anthropic"}},
		Journeys:    []record.Journey{{Name: "chat", Priority: "deferrable", Rate: 20, Timeout: s(9), Stream: true, SlowTTFT: s(2), HasDegrade: true, HasRestart: true}},
		Bars:        scorecard.DefaultBars("recovery"),
		DefaultBars: true,
		Resolved:    string(plan.Resolved),
	}
	if diff := cmp.Diff(want, plan.Setup()); diff != "" {
		t.Error(diff)
	}
	if len(plan.Hash) != 64 {
		t.Errorf("hash %q", plan.Hash)
	}
}

// TestAppAsEndpoint has an app that is itself an LLM endpoint.
func TestAppAsEndpoint(t *testing.T) {
	for _, test := range []struct {
		request, path, answer string
		body                  map[string]any
	}{
		{
			"{dialect: openai, model: m, stream: true}", "/v1/chat/completions", "$.choices[0].delta.content",
			map[string]any{"model": "m", "stream": true, "messages": []any{map[string]any{"role": "user", "content": "{{prompt}}"}}},
		},
		{
			"{dialect: anthropic, model: m}", "/v1/messages", "$.delta.text",
			map[string]any{"model": "m", "max_tokens": 1024, "messages": []any{map[string]any{"role": "user", "content": "{{prompt}}"}}},
		},
	} {
		plan := mustLoad(t, scenarios.Options{}, strings.Replace(drill, `{path: /chat, text: "{{prompt}}"}`, test.request, 1))
		j := plan.Journeys[0]
		if j.Request.Method != "POST" || j.Request.Path != test.path || j.Answer.SSE != test.answer || j.Answer.JSON == "" {
			t.Errorf("%s: %+v", test.request, j)
		}
		if diff := cmp.Diff(any(test.body), j.Request.JSON); diff != "" {
			t.Errorf("%s: %s", test.request, diff)
		}
	}
	own := mustLoad(t, scenarios.Options{}, strings.Replace(drill, `request: {path: /chat, text: "{{prompt}}"}`,
		`request: {dialect: openai, model: m}, answer: {json: "$.mine"}`, 1))
	if a := own.Journeys[0].Answer; a.JSON != "$.mine" || a.SSE != "" {
		t.Errorf("the scenario's own answer rule: %+v", a)
	}
}

// TestOutagesAreTheCards holds what a bar may be on against what the card judges
// it on: phases that the loader takes are those that the judge finds.
func TestOutagesAreTheCards(t *testing.T) {
	text := `version: 1
name: gaps
providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}
traffic: {target: "http://127.0.0.1:8000", journeys: {chat: {rate: 20/s, request: {path: /chat, text: "{{prompt}}"}}}}
phases:
  - {name: a, for: 20s}
  - {name: b, for: 20s, faults: [{provider: primary, kind: hang, after: 2s, until: 10s}]}
  - {name: c, for: 20s, faults: [{provider: primary, kind: hang, after: 1s, until: 5s}, {provider: secondary, kind: hang, after: 10s}]}
  - {name: d, for: 14999ms}
  - {name: e, for: 20s, faults: [{provider: primary, kind: hang}]}
  - {name: f, for: 9999ms}
  - {name: g, for: 20s, faults: [{provider: primary, kind: hang}]}
  - {name: h, for: 10s}
  - {name: i, for: 20s, faults: [{provider: primary, kind: hang}, {provider: secondary, kind: hang, until: 5s}]}
`
	for _, name := range []string{"failover_time", "recovery_lag", "availability"} {
		op := map[bool]string{true: "min: 90%", false: "max: 5s"}[name == "availability"]
		bar := "{metric: " + name + ", " + op
		card, err := scorecard.Judge(logOf(mustLoad(t, scenarios.Options{}, text+"bars: ["+bar+"}]\n")))
		if err != nil {
			t.Fatal(err)
		}
		var judged []string
		for _, b := range card.Bars {
			judged = append(judged, b.Phase)
		}
		var taken []string
		for _, phase := range strings.Split("abcdefghi", "") {
			plan, _ := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": text + "bars: [" + bar + ", phase: " + phase + "}]\n"})
			if plan != nil && (name != "availability" || len(plan.Phases[strings.Index("abcdefghi", phase)].Faults) > 0) {
				taken = append(taken, phase)
			}
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(judged)), taken); diff != "" {
			t.Errorf("%s: judged on %v, taken on %v", name, judged, taken)
		}
	}
}

// logOf is the log of a drill that sent nothing.
func logOf(plan *scenarios.Plan) func(func(record.Entry, error) bool) {
	setup := plan.Setup()
	lines := []record.Line{
		{Kind: "setup", Setup: &setup},
		{T: setup.Length, Kind: "end", End: &record.End{Reason: "done"}},
	}
	return func(yield func(record.Entry, error) bool) {
		for i, line := range lines {
			if !yield(record.Entry{No: i + 1, Line: line}, nil) {
				return
			}
		}
	}
}

// TestExamplesCanBeWritten takes every example that is shown to people as it is.
func TestExamplesCanBeWritten(t *testing.T) {
	var examples []string
	for _, k := range faults.Kinds() {
		examples = append(examples, k.Example)
	}
	for _, target := range faults.Targets() {
		if !strings.Contains(target.Example, strings.TrimPrefix(target.Name, "match.")+": ") {
			t.Errorf("%s: its example is of something else: %s", target.Name, target.Example)
		}
		examples = append(examples, target.Example)
	}
	for _, example := range examples {
		if plan, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": withFaults(example)}); plan == nil {
			t.Errorf("%s: %v", example, problems)
		}
	}
}

// TestEveryTargetIsAKey holds the words that are explained against the language.
func TestEveryTargetIsAKey(t *testing.T) {
	explained := map[string]bool{}
	for _, target := range faults.Targets() {
		explained[".phases[].faults[]{stall}."+target.Name] = true
	}
	for _, l := range leaves(scenarios.KeyTable(), "", func(doc map[string]any) map[string]any { return doc }) {
		if part, ok := strings.CutPrefix(l.path, ".phases[].faults[]{stall}."); ok {
			word, _, _ := strings.Cut(part, "(")
			if !explained[".phases[].faults[]{stall}."+word] {
				t.Errorf("%s is not explained", word)
			}
		}
	}
}
