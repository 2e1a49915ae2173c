package scenarios_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
)

func openingPlan(t *testing.T) *scenarios.Plan {
	t.Helper()
	files := fstest.MapFS{"x.yaml": {Data: []byte(`
version: 1
name: opening
providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}
traffic: {journeys: {chat: {rate: 10/s, request: {path: /}}}}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 10s, faults: [{provider: primary, kind: server_error}]}
bars: [{metric: error_rate, max: 50%, phase: surge}]
`)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true})
	if plan == nil {
		t.Fatal(problems)
	}
	return plan
}

// A fault by hand is said in the words of a scenario, in JSON or YAML.
func TestOpening(t *testing.T) {
	plan := openingPlan(t)
	want := scenarios.Opening{
		Fault: faults.Fault{
			Key: "opened/primary/rate_limit", Kind: "rate_limit", Providers: []string{"primary"},
			Share:  faults.Share{From: 0.4, To: 0.4},
			Params: faults.Params{"retry_after": faults.Wait{For: 5 * time.Second, Form: "seconds"}},
		},
		After: 2 * time.Second, Until: 20 * time.Second,
		Words: "primary: rate_limit 40%, after 2s, until 20s",
	}
	for _, text := range []string{
		`{"provider": "primary", "kind": "rate_limit", "share": "40%", "retry_after": "5s", "after": "2s", "until": "20s"}`,
		"provider: primary\nkind: rate_limit\nshare: 40%\nretry_after: 5s\nafter: 2s\nuntil: 20s\n",
	} {
		got, problems := plan.Opening([]byte(text))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestOpeningRefused(t *testing.T) {
	t.Setenv("OPENING_SECRET", "hunter2")
	plan := openingPlan(t)
	for text, want := range map[string]string{
		`null`:                                   "nothing",
		``:                                       "",
		`[]`:                                     "an empty list",
		`{"provider": "primary"}`:                "kind",
		`{"provider": "primry", "kind": "hang"}`: `did you mean "primary"?`,
		`{"provider": "primary", "kind": "hnag"}`:              `hang`,
		`{"provider": "primary", "kind": "hang", "x":1}`:       "x",
		`{"provider": "primary", "kind": "${OPENING_SECRET}"}`: "OPENING_SECRET",
		`{"provider": "primary", "kind": "hang", "share": 40}`: "40%",
	} {
		_, problems := plan.Opening([]byte(text))
		if len(problems) == 0 {
			t.Errorf("%s: no problem", text)
			continue
		}
		p := problems[0]
		if p.File != "fault" || !strings.Contains(p.String()+p.Hint, want) || strings.Contains(p.String(), "hunter2") {
			t.Errorf("%s: %s %s; want %q", text, p, p.Hint, want)
		}
	}
}
