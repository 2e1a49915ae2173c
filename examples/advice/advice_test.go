package advice_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/examples/advice"
	"github.com/seed-76a9de92/brownout/scorecard/explain"
)

var update = flag.Bool("update", false, "write the table into README.md again")

func all(t *testing.T) []advice.Proof {
	t.Helper()
	all, err := advice.All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no change was drilled")
	}
	return all
}

// Each change was seen to make its finding go, and what is shown of it stands in the
// program as it is now.
func TestProofsHold(t *testing.T) {
	codes := map[string]bool{}
	_, findings := explain.Notes()
	for _, f := range findings {
		codes[f.Code] = true
	}
	for _, p := range all(t) {
		if err := p.Holds(); err != nil {
			t.Error(err)
		}
		if !codes[p.Finding] {
			t.Errorf("no card has a finding %q", p.Finding)
		}
		program := read(t, "../../"+p.Program)
		for name, side := range map[string]advice.Side{"before": p.Before, "after": p.After} {
			now, err := advice.Snippet(program, p.Finding, name)
			if err != nil {
				t.Errorf("%s: %v", p.Program, err)
			}
			if diff := cmp.Diff(side.Code, now); diff != "" {
				t.Errorf("%s: what was drilled with %s as %s of %s is not what stands there; drill it again (-drilled +now):\n%s",
					p.Program, p.SDK, name, p.Finding, diff)
			}
		}
	}
}

func TestHolds(t *testing.T) {
	side := func(codes ...string) advice.Side { return advice.Side{Findings: codes} }
	for _, tt := range []struct {
		name          string
		before, after advice.Side
		want          string // in the error, "" none
	}{
		{"gone", side("hangs", "no_fallback"), side("no_fallback"), ""},
		{"was not there", side("no_fallback"), side(), "not found before the change"},
		{"still there", side("hangs"), side("hangs"), "still found after the change"},
		{"another came", side("hangs"), side("raw_error"), "the change brought raw_error"},
	} {
		err := advice.Proof{Finding: "hangs", SDK: "openai-go", Before: tt.before, After: tt.after}.Holds()
		if got := err != nil; got != (tt.want != "") || got && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestSnippet(t *testing.T) {
	const program = "\t\t// [hangs before]\n\t\tx := 1\n\t\tif x > 0 {\n\t\t\tx--\n\t\t}\n\t\t// [end]\n    # [hangs after]\n    y = 2\n"
	got, err := advice.Snippet(program, "hangs", "before")
	if want := "x := 1\nif x > 0 {\n\tx--\n}\n"; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if got, err := advice.Snippet(program, "hangs", "after"); err == nil {
		t.Errorf("lines without an end are %q, want an error", got)
	}
}

// The README's table is what was drilled.
func TestReadmeTable(t *testing.T) {
	const begin, end = "<!-- table -->\n\n", "\n<!-- end -->"
	readme := read(t, "README.md")
	before, rest, ok := strings.Cut(readme, begin)
	shown, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the table")
	}
	table := advice.Table(all(t))
	if *update {
		if err := os.WriteFile("README.md", []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, shown); diff != "" {
		t.Errorf("go test ./examples/advice -update (-drilled +README):\n%s", diff)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
