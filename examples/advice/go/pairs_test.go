package pairs_test

import (
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/openai/openai-go/v3"
	openaioption "github.com/openai/openai-go/v3/option"

	"github.com/seed-76a9de92/brownout/examples/advice"
	pairs "github.com/seed-76a9de92/brownout/examples/advice/go"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

var update = flag.Bool("update", false, "write what the drills show into ../proofs")

// A kit is an SDK with the pairs on it.
type kit struct {
	sdk, module string
	appFile     string
	programs    []string // those with the marked lines
	findings    []string
	pairs       func(drilltest.Env) map[string]pairs.Pair
}

func kits() []kit {
	return []kit{
		{
			"anthropic-go", "github.com/anthropics/anthropic-sdk-go", "../anthropic.app.yaml",
			[]string{"anthropic.go", "calls.go", "turns.go"},
			slices.Sorted(maps.Keys(pairs.Anthropic(anthropic.Client{}, anthropic.Client{}))),
			func(env drilltest.Env) map[string]pairs.Pair {
				client := func(provider string) anthropic.Client {
					return anthropic.NewClient(anthropicoption.WithBaseURL(env.BaseURL(provider)),
						anthropicoption.WithAPIKey(env.Key(provider)), anthropicoption.WithHTTPClient(env.Client()))
				}
				return pairs.Anthropic(client("primary"), client("secondary"))
			},
		},
		{
			"openai-go", "github.com/openai/openai-go/v3", "../openai.app.yaml",
			[]string{"openai.go", "calls.go", "turns.go"},
			slices.Sorted(maps.Keys(pairs.OpenAI(openai.Client{}, openai.Client{}))),
			func(env drilltest.Env) map[string]pairs.Pair {
				client := func(provider string) openai.Client {
					return openai.NewClient(openaioption.WithBaseURL(env.BaseURL(provider)),
						openaioption.WithAPIKey(env.Key(provider)), openaioption.WithHTTPClient(env.Client()))
				}
				return pairs.OpenAI(client("primary"), client("secondary"))
			},
		},
	}
}

// found drills one state of a pair, and gives the codes of what the card found.
func (k kit) found(t *testing.T, finding string, pick func(pairs.Pair) pairs.Answer) []string {
	t.Helper()
	card := drilltest.Run(t, "../drills/"+finding+".drill.yaml", func(env drilltest.Env) http.Handler {
		return pairs.Handler(pick(k.pairs(env)[finding]))
	}, drilltest.AppFile(k.appFile))
	codes := []string{}
	for _, f := range card.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// Each change makes its finding go and brings no other; ../proofs has what was seen,
// and the lines that were drilled.
func TestProofs(t *testing.T) {
	for _, k := range kits() {
		var proved []advice.Proof
		for _, finding := range k.findings {
			t.Run(k.sdk+"/"+finding, func(t *testing.T) {
				p := k.prove(t, finding)
				if err := p.Holds(); err != nil {
					t.Error(err)
				}
				proved = append(proved, p)
			})
		}
		file := filepath.Join("..", "proofs", k.sdk+".json")
		if *update {
			write(t, file, proved)
			continue
		}
		var recorded []advice.Proof
		if err := json.Unmarshal(read(t, file), &recorded); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(recorded, proved, cmpopts.IgnoreFields(advice.Proof{}, "Date")); diff != "" {
			t.Errorf("%s is not what is drilled; go test -update (-recorded +drilled):\n%s", file, diff)
		}
	}
}

// prove drills a pair before and after its change.
func (k kit) prove(t *testing.T, finding string) advice.Proof {
	t.Helper()
	p := advice.Proof{
		Finding: finding, SDK: k.sdk, Version: required(t, k.module), Date: time.Now().Format(time.DateOnly),
		Before: advice.Side{Findings: k.found(t, finding, func(p pairs.Pair) pairs.Answer { return p.Before })},
		After:  advice.Side{Findings: k.found(t, finding, func(p pairs.Pair) pairs.Answer { return p.After })},
	}
	for _, program := range k.programs {
		code := string(read(t, program))
		before, err := advice.Snippet(code, finding, "before")
		if err != nil {
			continue
		}
		after, err := advice.Snippet(code, finding, "after")
		if err != nil {
			t.Fatalf("%s: %v", program, err)
		}
		p.Program, p.Before.Code, p.After.Code = "examples/advice/go/"+program, before, after
		return p
	}
	t.Fatalf("%q have no lines marked for %s", k.programs, finding)
	return p
}

// required is the version of a module that is tested.
func required(t *testing.T, module string) string {
	t.Helper()
	m := regexp.MustCompile(regexp.QuoteMeta(module) + ` (v\S+)`).FindSubmatch(read(t, "go.mod"))
	if m == nil {
		t.Fatalf("go.mod has no %s", module)
	}
	return string(m[1])
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, proved []advice.Proof) {
	t.Helper()
	b, err := json.MarshalIndent(proved, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
