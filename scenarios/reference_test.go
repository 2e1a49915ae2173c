package scenarios_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// TestReference holds the reference in README.md against the table of the
// language.
func TestReference(t *testing.T) {
	const mark = "<!-- reference -->\n"
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(text), mark)
	if !found {
		t.Fatal("README.md has no reference")
	}
	want := before + mark + "\n" + reference()
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the reference is not the table's; -update writes it (-table +README)\n%s", diff)
	}
}

func reference() string {
	var b strings.Builder
	b.WriteString("| key | allowed | without it | meaning | with |\n|---|---|---|---|---|\n")
	for _, n := range schema.Reference(scenarios.KeyTable()) {
		key := "`" + n.Path + "`"
		if n.Required {
			key = "**" + key + "**"
		}
		def := ""
		if n.Default != "" {
			def = "`" + n.Default + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", key, cell(n.Allows), def, cell(n.Doc), strings.TrimPrefix(n.Beside(), "with "))
	}
	return b.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
