package library_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
)

// patterns are bad days of every kind.
func patterns() []string {
	return []string{
		"ai-brownout", "attachments-fail", "backlog", "batch-window", "black-hole", "cert-expired", "connection-refused",
		"degraded-streaming", "endpoint-selective", "error-mid-stream", "fallback-saturated", "flapping", "gateway-timeouts",
		"gibberish", "herd-spill", "key-revoked", "login-loop", "long-prompts-fail", "maintenance", "openai-down-azure-up",
		"quota-dead", "rate-limit-surge", "recovery-surge", "regional-502", "retry-storm", "server-errors", "shared-edge",
		"short-outage", "silent-quality", "slow-but-200", "slow-peak", "stall-with-keepalives", "ten-percent-hour",
		"tier-limits", "total-outage", "truncated-streams",
	}
}

// replays are days that were.
func replays() []string {
	return []string{
		"anthropic-2026-04-28", "anthropic-2026-05-15", "anthropic-2026-06-16", "azure-2026-01-27", "azure-2026-03-09",
		"cloudflare-2025-11-18", "cloudflare-2025-12-05", "google-2025-06-12", "google-2026-02-27", "openai-2022-08-19",
		"openai-2023-11-08", "openai-2024-12-04", "openai-2024-12-11", "openai-2024-12-26", "openai-2025-06-10",
		"openai-2026-02-12", "openai-2026-06-03",
	}
}

// TestCatalogue checks that nothing is shipped but these, and nothing is missing.
func TestCatalogue(t *testing.T) {
	want := slices.Concat(patterns(), replays(), []string{"quarterly", "smoke"})
	slices.Sort(want)
	if diff := cmp.Diff(want, library.Names()); diff != "" {
		t.Errorf("scenarios (-want +shipped):\n%s", diff)
	}
}

// TestShipped checks every shipped scenario: it names roles alone, is without a
// single problem or warning, and is what the list says of it.
func TestShipped(t *testing.T) {
	list := library.List()
	if len(list) == 0 {
		t.Fatal("nothing is shipped")
	}
	for _, e := range list {
		plan, problems := scenarios.Load(e.Name, scenarios.Options{HaveApp: true})
		if plan == nil || len(problems) > 0 {
			t.Errorf("%s: %v", e.Name, problems)
			continue
		}
		if plan.Name != e.Name {
			t.Errorf("the file of %s says name: %s", e.Name, plan.Name)
		}
		if plan.Title != e.Title || plan.About != e.About || plan.Length != e.Length || !slices.Equal(plan.Sources, e.Sources) || !slices.Equal(plan.Teaches, e.Teaches) {
			t.Errorf("%s: the list says %+v", e.Name, e)
		}
		if e.Title == "" || e.About == "" || len(e.Sources) == 0 || len(e.Teaches) == 0 {
			t.Errorf("%s: without title, about, sources or teaches", e.Name)
		}
		if plan.Target != "" || plan.App != nil || plan.DefaultBars {
			t.Errorf("%s: it names an app, or no bars", e.Name)
		}
		for _, p := range plan.Providers {
			if p.Given || !slices.Contains([]string{"primary", "secondary", "tertiary"}, p.Name) {
				t.Errorf("%s: %s is no role", e.Name, p.Name)
			}
		}
	}
}

var update = flag.Bool("update", false, "write the table of README.md anew")

// TestTable checks that the README has a row for each shipped scenario.
func TestTable(t *testing.T) {
	const begin, end = "<!-- scenarios -->\n", "<!-- end of scenarios -->"
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("README.md lacks %q or %q", begin, end)
	}
	var b strings.Builder
	b.WriteString("\n| scenario | what happens | length | teaches | after |\n|---|---|---|---|---|\n")
	for _, e := range library.List() {
		fmt.Fprintf(&b, "| [%s](%[1]s.drill.yaml) | %s | %s | %s | %s |\n",
			e.Name, e.Title, e.Length, strings.Join(e.Teaches, ", "), strings.Join(e.Sources, "; "))
	}
	want := before + begin + b.String() + "\n" + end + after
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("README.md (-want +got), -update writes it:\n%s", diff)
	}
}

func TestRead(t *testing.T) {
	for _, name := range append(library.Names(), "roles") {
		if text, ok := library.Read(name); !ok || len(text) == 0 {
			t.Errorf("%s cannot be read", name)
		}
	}
	for _, name := range []string{"nobody", "../library", "", "ai-brownout.drill.yaml"} {
		if _, ok := library.Read(name); ok {
			t.Errorf("%q was read", name)
		}
	}
}
