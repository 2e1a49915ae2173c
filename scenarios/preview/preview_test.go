package preview_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scenarios/preview"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

var update = flag.Bool("update", false, "write the files of testdata anew")

func day(t *testing.T) preview.Preview {
	t.Helper()
	plan, problems := scenarios.Load("testdata/day.drill.yaml", scenarios.Options{})
	if plan == nil {
		t.Fatal(problems)
	}
	return preview.Of(plan, []string{"OPENAI_BASE_URL=http://127.0.0.1:4100/v1"})
}

func written(t *testing.T, format string, p preview.Preview, o preview.Options) string {
	t.Helper()
	for _, f := range preview.Formats() {
		if f.Name == format {
			var b bytes.Buffer
			if err := f.Write(&b, p, o); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
	}
	t.Fatalf("no format %s", format)
	return ""
}

// TestGoldens holds every format of one scenario against its file.
func TestGoldens(t *testing.T) {
	p := day(t)
	for name, o := range map[string]preview.Options{
		"day.text": {Width: 100}, "day-narrow.text": {Width: 60, ASCII: true, Color: true},
		"day.json": {}, "day.yaml": {}, "day.svg": {},
		"day.runbook": {Start: time.Date(2026, 10, 1, 23, 59, 30, 0, time.UTC)}, "unsettled.runbook": {},
	} {
		_, format, _ := strings.Cut(name, ".")
		got := written(t, format, p, o)
		file := "testdata/" + name + ".out"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got), -update accepts it\n%s", name, diff)
		}
	}
}

// TestCounts checks how many requests meet what, where it can be told beforehand.
func TestCounts(t *testing.T) {
	p := day(t)
	if p.Requests != 1500 || p.Peak != 15 {
		t.Errorf("%d requests, %d in a second; 15/s for 100s were said", p.Requests, p.Peak)
	}
	hits := map[string]int{}
	for _, f := range p.Faults {
		if f.Hits != nil {
			hits[f.Kind] = *f.Hits
		}
		if f.Kind == "refuse" && (f.Hits != nil || f.Due != 15*15) {
			t.Errorf("refuse: hits %v, %d due; it is there for 15s of 30", f.Hits, f.Due)
		}
		if want := f.Kind == "server_error" || f.Kind == "overloaded"; f.AtMost != want {
			t.Errorf("%s: at most: %v", f.Kind, f.AtMost)
		}
	}
	// The ramp takes 40% of 150 requests, then 80% of 300; hang all streams that it
	// leaves in its 10s: a fifth of 100.
	for kind, near := range map[string]int{"rate_limit": 300, "hang": 20, "server_error": 75, "overloaded": 15} {
		if n := hits[kind]; n < near*2/3 || n > near*4/3 {
			t.Errorf("%s: %d requests meet it; about %d should", kind, n, near)
		}
	}
}

// TestRealEndpoint has no best values, for nobody knows them, and counts all the
// same.
func TestRealEndpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.drill.yaml")
	if err := os.WriteFile(path, []byte(`version: 1
name: real
providers: {primary: {dialect: openai, upstream: "http://127.0.0.1:11434"}}
traffic:
  target: http://127.0.0.1:8000
  journeys: {chat: {rate: 10/s, request: {path: /chat, text: "{{prompt}}"}}}
phases: [{name: before, for: 10s}, {name: outage, for: 20s, faults: [{provider: primary, kind: server_error}]}]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, problems := scenarios.Load(path, scenarios.Options{})
	if plan == nil {
		t.Fatal(problems)
	}
	p := preview.Of(plan, nil)
	if p.Phases[0].Requests != 100 || p.Phases[1].Requests != 200 {
		t.Errorf("%+v", p.Phases)
	}
	for _, format := range []string{"text", "json"} {
		if text := written(t, format, p, preview.Options{Width: 100}); strings.Contains(text, "best availability") || strings.Contains(text, "\"par\"") {
			t.Errorf("%s has best values:\n%s", format, text)
		}
	}
}

// TestBars checks what the bars can prove.
func TestBars(t *testing.T) {
	for _, b := range day(t).Bars {
		if b.Says == "availability min 99.9%" && (b.Requests != 450 || b.Needs <= b.Requests || b.Proves < 0.991 || b.Proves > 0.992) {
			t.Errorf("450 requests can prove 450/453.84: %+v", b)
		}
	}
}

// TestShipped draws every shipped scenario, and the picture is XML.
func TestShipped(t *testing.T) {
	for _, name := range library.Names() {
		plan, _ := scenarios.Load(name, scenarios.Options{HaveApp: true})
		p := preview.Of(plan, nil)
		for _, line := range strings.Split(written(t, "text", p, preview.Options{Width: 100}), "\n") {
			if strings.Contains(line, "▁") && len([]rune(line)) > 100 {
				t.Errorf("%s: wider than the terminal: %s", name, line)
			}
		}
		d := xml.NewDecoder(strings.NewReader(written(t, "svg", p, preview.Options{})))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

// A drill whose rate changes shows how; in one whose does not there is nothing to
// see.
func TestLoad(t *testing.T) {
	plan, problems := scenarios.Load("../testdata/ok/pace-ramp.yaml", scenarios.Options{})
	if plan == nil {
		t.Fatal(problems)
	}
	p := preview.Of(plan, nil)
	sum := 0
	for _, n := range p.Load {
		sum += n
	}
	if sum != p.Requests || sum == 0 {
		t.Errorf("%d requests in the parts, %d in all", sum, p.Requests)
	}
	early, late := p.Phases[0].Requests, p.Phases[2].Requests
	if late < 4*early {
		t.Errorf("%d requests at half the rate, %d at four times it", early, late)
	}
	plan.Journeys[0].CV, plan.Journeys[0].Shape = 0, pace.Shape{}
	plan.Journeys[1].CV, plan.Journeys[1].Shape = 0, pace.Shape{}
	if load := preview.Of(plan, nil).Load; load != nil {
		t.Errorf("a steady drill shows %v", load)
	}
}

// What a plan says of journeys is what their trace has, or the profile that they follow.
func TestTrafficOfJourneys(t *testing.T) {
	const scenario = `
version: 1
name: recorded
providers: {primary: {dialect: openai}}
traffic:
  target: http://127.0.0.1:8000
  journeys:
    chat: {trace: x.ndjson, request: {path: /, text: "{{prompt}}"}}
    code: {rate: 20/s, profile: azure-2023-code, request: {path: /, text: "{{prompt}}"}}
    api: {rate: 2/s, request: {path: /, text: "{{prompt}}"}}
phases:
  - {name: baseline, for: 200s}
  - {name: surge, for: 200s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 200s}
`
	var trace strings.Builder
	for i := range 100 { // three in a second, of which one fails
		fmt.Fprintf(&trace, "{\"timestamp\": %d, \"input_length\": %d, \"output_length\": %d}\n", 1000*(i/3), 10+i, 7*min(1, i%3))
	}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: fstest.MapFS{"x.yaml": {Data: []byte(scenario)}, "x.ndjson": {Data: []byte(trace.String())}}})
	if plan == nil {
		t.Fatal(problems)
	}
	got := preview.Of(plan, nil).Traffic
	want := preview.Traffic{
		Journey: "chat", Like: plan.Replays[0].Name, Requests: 100, Peak: 3,
		In: &preview.Spread{P50: 60, P95: 105, Total: 5950}, Out: &preview.Spread{P50: 7, P95: 7, Total: 7 * 66},
	}
	if len(got) != 3 {
		t.Fatalf("%d journeys", len(got))
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("(-trace +plan):\n%s", diff)
	}
	if in := got[1].In; got[1].Like != "azure-2023-code" || in == nil || in.P50 < 1400 || in.P50 > 1540 {
		t.Errorf("code: %+v, prompts %v", got[1], in)
	}
	if api := (preview.Traffic{Journey: "api", Requests: 1200, Peak: 2}); got[2] != api {
		t.Errorf("api: %+v", got[2])
	}
}

// The plan of a trace that the README of package traffic shows is that of its command.
func TestReadmeOfTraffic(t *testing.T) {
	plan, problems := scenarios.Load("../../examples/supportbot/short.drill.yaml", scenarios.Options{
		AppFile: "../../examples/supportbot/app.drill.yaml", Traffic: "../../examples/supportbot/monday.ndjson",
	})
	if plan == nil {
		t.Fatal(problems)
	}
	readme, err := os.ReadFile("../traffic/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(readme), "\njourney ")
	shown, _, _ = strings.Cut(shown, "\n```")
	if text := written(t, "text", preview.Of(plan, nil), preview.Options{Width: 100}); shown == "" || !strings.Contains(text, shown) {
		t.Errorf("README: %q is not in the plan:\n%s", shown, text)
	}
}
