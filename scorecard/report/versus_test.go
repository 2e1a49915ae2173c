package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// goldenRun is the run of the golden log after a change to some of its users.
func goldenRun(t *testing.T, name string, change func(*record.User)) compare.Run {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "golden.log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	log := func() iter.Seq2[record.Entry, error] {
		return func(yield func(record.Entry, error) bool) {
			for e, err := range record.Read(bytes.NewReader(raw)) {
				if e.Line.User != nil {
					change(e.Line.User)
				}
				if !yield(e, err) {
					return
				}
			}
		}
	}
	card, err := scorecard.Judge(log())
	if err != nil {
		t.Fatal(err)
	}
	fates, err := scorecard.Fates(log())
	if err != nil {
		t.Fatal(err)
	}
	return compare.Run{Name: name, Card: card, Fates: slices.Collect(fates)}
}

// comparisons are one of each sort.
func comparisons(t *testing.T) map[string]*compare.Comparison {
	as := goldenRun(t, "runs/before", func(*record.User) {})
	fixed := goldenRun(t, "runs/after", func(u *record.User) {
		if u.Journey == "api" && u.Answer != nil {
			u.Answer.Complete = true // it passes half answers on no longer
		}
	})
	broken := goldenRun(t, "runs/broken", func(u *record.User) {
		if d := u.Due.Float(); u.Journey == "chat" && d > 18 && d < 38 {
			*u = record.User{N: u.N, Journey: u.Journey, Nonce: u.Nonce, Due: u.Due, Sent: u.Sent, Ended: u.Ended, Status: 502, Told: true, How: "complete"}
		}
	})
	other := goldenRun(t, "runs/other", func(*record.User) {})
	other.Card.Scenario.Name, other.Card.App = "another", "http://app.example/<b>"
	var many [2][]compare.Run
	for i := range 4 {
		a, b := as, broken
		a.Name, b.Name, a.Fates, b.Fates = fmt.Sprint("a/", i+1), fmt.Sprint("b/", i+1), nil, nil
		many[0], many[1] = append(many[0], a), append(many[1], b)
	}
	return map[string]*compare.Comparison{
		"better":  compare.Of([]compare.Run{as}, []compare.Run{fixed}),
		"worse":   compare.Of([]compare.Run{as}, []compare.Run{broken}),
		"same":    compare.Of([]compare.Run{as}, []compare.Run{as}),
		"refused": compare.Of([]compare.Run{as}, []compare.Run{other}),
		"runs":    compare.Of(many[0], many[1]),
	}
}

func TestComparisons(t *testing.T) {
	for name, c := range comparisons(t) {
		for _, f := range report.Comparisons() {
			if f.Name == "json" || f.Name == "html" && name != "worse" && name != "refused" {
				continue // long, and without words of their own
			}
			var b bytes.Buffer
			if err := f.Write(&b, c, report.Options{Width: 100}); err != nil {
				t.Fatal(err)
			}
			golden(t, "versus-"+name+"."+f.Name, b.Bytes())
		}
	}
}

func TestComparisonFits(t *testing.T) {
	all := comparisons(t)
	for width := 40; width <= 130; width += 15 {
		for name, c := range all {
			var b bytes.Buffer
			if err := report.Comparisons()[0].Write(&b, c, report.Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(b.String(), "\n") {
				if n := utf8.RuneCountInString(line); n > width {
					t.Errorf("%s at %d columns has a line of %d: %q", name, width, n, line)
				}
			}
		}
	}
}

// A page holds no script, asks for nothing and escapes what the runs say.
func TestComparisonPage(t *testing.T) {
	for name, c := range comparisons(t) {
		var b bytes.Buffer
		for _, f := range report.Comparisons() {
			if f.Name == "html" {
				if err := f.Write(&b, c, report.Options{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		page := b.String()
		for _, never := range []string{"<script", "src=", "url(http", "http://app.example/<"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: the page has %q", name, never)
			}
		}
		if !strings.Contains(page, "default-src 'none'") || b.Len() > 400<<10 {
			t.Errorf("%s: %d bytes", name, b.Len())
		}
	}
}

// Programs read from JSON what was compared.
func TestComparisonAsJSON(t *testing.T) {
	want := comparisons(t)["worse"]
	var b bytes.Buffer
	for _, f := range report.Comparisons() {
		if f.Name == "json" {
			if err := f.Write(&b, want, report.Options{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := new(compare.Comparison)
	if err := json.Unmarshal(b.Bytes(), got); err != nil {
		t.Fatal(err)
	}
	ignored := []cmp.Option{cmpopts.IgnoreUnexported(compare.Row{}), cmpopts.IgnoreFields(compare.Comparison{}, "First")}
	if diff := cmp.Diff(want, got, ignored...); diff != "" {
		t.Errorf("-written +read:\n%s", diff)
	}
}

// Cards that hold next to nothing, or what an app may say to harm a reader, are compared
// and shown all the same.
func TestComparisonOfPoorAndHostileCards(t *testing.T) {
	const hostile = "\x1b[31m<script>alert(1)</script>\u202e|`@all"
	poor := []compare.Run{{Name: "poor", Card: &scorecard.Card{}}}
	bad := goldenRun(t, hostile, func(u *record.User) { u.Journey, u.Nonce = hostile, u.Nonce+hostile })
	bad.Card.App, bad.Card.Sentence, bad.Card.Scenario.Title, bad.Card.Machine = hostile, hostile, hostile, hostile
	for i := range bad.Card.Metrics {
		bad.Card.Metrics[i].Phase, bad.Card.Metrics[i].Unit = hostile, hostile
	}
	worse := bad
	worse.Fates = slices.Clone(bad.Fates)
	for i := range worse.Fates {
		worse.Fates[i].Served, worse.Fates[i].Outcome = false, hostile
	}
	for _, c := range []*compare.Comparison{
		compare.Of(poor, poor), compare.Of([]compare.Run{bad}, []compare.Run{worse}), compare.Of(poor, []compare.Run{bad}),
	} {
		for _, f := range report.Comparisons() {
			var b bytes.Buffer
			if err := f.Write(&b, c, report.Options{Width: 80}); err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			for _, never := range []string{"\x1b", "<script>", "\u202e"} {
				if f.Name != "json" && strings.Contains(b.String(), never) && (f.Name != "text" || never != "<script>") {
					t.Errorf("%s holds %q", f.Name, never)
				}
			}
		}
	}
}
