package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	pages  = flag.String("pages", "", "write pages for browser/run into this directory")
)

// golden compares got with a file of testdata. A page's has a word in the place of the
// style sheet that all pages share; the page must have it, to the letter, once.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if filepath.Ext(name) == ".html" {
		css := []byte(report.CSS())
		if n := bytes.Count(got, css); n != 1 {
			t.Errorf("%s: the page has the style sheet %d times", path, n)
		}
		got = bytes.Replace(got, css, []byte("/* the style sheet */"), 1)
	}
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got), -update if it should:\n%s", path, diff)
	}
}

// rendered writes a card in one format.
func rendered(t *testing.T, name string, card *scorecard.Card, opts report.Options) []byte {
	t.Helper()
	for _, f := range report.Formats() {
		if f.Name == name {
			var b bytes.Buffer
			if err := f.Write(&b, card, opts); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	t.Fatalf("no format %q", name)
	return nil
}

// goldenCard judges the log that the scorecard's own tests use.
func goldenCard(t *testing.T) *scorecard.Card {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "golden.log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	card, err := scorecard.Judge(record.Read(f))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func TestFormats(t *testing.T) {
	cards := map[string]*scorecard.Card{"golden": goldenCard(t), "naive": naive(), "resilient": resilient()}
	for name, card := range cards {
		for _, f := range report.Formats() {
			t.Run(name+"/"+f.Name, func(t *testing.T) {
				golden(t, name+"."+f.Name, rendered(t, f.Name, card, report.Options{Width: 100}))
			})
		}
	}
}

func TestPair(t *testing.T) {
	for name, width := range map[string]int{"pair.text": 100, "pair-narrow.text": 60} {
		var b bytes.Buffer
		if err := report.Pair(&b, naive(), resilient(), report.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestTextFits(t *testing.T) {
	for width := 40; width <= 130; width += 9 {
		for name, card := range map[string]*scorecard.Card{"naive": naive(), "resilient": resilient()} {
			text := string(rendered(t, "text", card, report.Options{Width: width, Where: "brownout-results/x"}))
			for _, line := range strings.Split(text, "\n") {
				if n := utf8.RuneCountInString(line); n > width {
					t.Errorf("%s at %d columns has a line of %d: %q", name, width, n, line)
				}
			}
		}
	}
}

// A terminal that knows ASCII only is told the same, in as many columns.
func TestASCIIFits(t *testing.T) {
	for _, width := range []int{40, 61, 100} {
		for name, card := range map[string]*scorecard.Card{"naive": naive(), "infested": infested()} {
			text := string(rendered(t, "text", card, report.Options{Width: width, ASCII: true, Where: "brownout-results/ü"}))
			for _, line := range strings.Split(text, "\n") {
				if n := len(line); n > width {
					t.Errorf("%s at %d columns has a line of %d: %q", name, width, n, line)
				}
				if i := strings.IndexFunc(line, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
					t.Errorf("%s holds %q", name, line[i:])
				}
			}
		}
	}
	golden(t, "naive-ascii.text", rendered(t, "text", naive(), report.Options{Width: 80, ASCII: true}))
}

func TestColorIsOnlyColor(t *testing.T) {
	plain := string(rendered(t, "text", naive(), report.Options{Width: 100}))
	painted := string(rendered(t, "text", naive(), report.Options{Width: 100, Color: true}))
	if strings.Contains(plain, "\x1b") {
		t.Error("colour without being asked")
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(painted, "")
	if diff := cmp.Diff(plain, bare); diff != "" {
		t.Errorf("with colour it says something else (-plain +painted):\n%s", diff)
	}
	if painted == bare {
		t.Error("no colour though asked")
	}
}

// A drill of 20 minutes and 100,000 requests makes a page below a megabyte.
func TestLongDrill(t *testing.T) {
	if n := len(rendered(t, "html", long(), report.Options{})); n > 1<<20 {
		t.Errorf("%d bytes", n)
	}
}

func BenchmarkHTML(b *testing.B) {
	card := long()
	write := report.Formats()[slices.IndexFunc(report.Formats(), func(f report.Format) bool { return f.Name == "html" })].Write
	for b.Loop() {
		var page bytes.Buffer
		if err := write(&page, card, report.Options{}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(page.Len()), "bytes/page")
	}
}

// long is the card of a drill of 20 minutes with much of everything: as many steps
// and requests as a judge keeps at most, and more phases, faults and measures than
// any drill that is shipped has.
func long() *scorecard.Card {
	c := naive()
	c.LengthS = 1200
	c.Timeline.StepS = 5
	for i := range c.Timeline.Series {
		s := &c.Timeline.Series[i]
		s.Values = repeated(s.Values, 240)
	}
	c.Phases, c.Windows = nil, nil
	for i := range 24 {
		phase := record.Phase{Name: fmt.Sprintf("phase-%d", i), Start: seconds(50 * float64(i)), End: seconds(50 * float64(i+1))}
		for _, w := range faults()[:4] {
			phase.Faults = append(phase.Faults, "primary: "+w.Kind)
			w.Start, w.End = phase.Start, phase.End
			c.Windows = append(c.Windows, w)
		}
		c.Phases = append(c.Phases, phase)
		c.Outcomes[phase.Name] = map[string]int{"good": 4000, "error": 167}
	}
	for i := range c.Worst {
		c.Worst[i].Attempts = repeated(c.Worst[i].Attempts, 20)
	}
	c.Worst, c.Slowest = repeated(c.Worst, 50), repeated(c.Worst, 20)
	c.Events, c.Bars, c.Findings = repeated(c.Events, 60), repeated(c.Bars, 60), repeated(c.Findings, 40)
	c.Metrics = repeated(c.Metrics, 8000)
	c.Resolved = strings.Repeat("  - {provider: primary, kind: rate_limit, share: 40%, ramp: 10s, retry_after: 5s}\n", 600)
	return c
}

// repeated gives n of the values, over and over.
func repeated[T any](values []T, n int) []T {
	var all []T
	for len(all) < n {
		all = append(all, values...)
	}
	return all[:n]
}

// A card of a drill that was broken off says how much of it there was.
func TestBrokenOff(t *testing.T) {
	card := naive()
	card.BrokenOff = &account.BrokenOff{AtS: 21, Sent: 418}
	for _, format := range []string{"text", "md"} {
		if page := string(rendered(t, format, card, report.Options{})); !strings.Contains(page, " · 21 s of ") || !strings.Contains(page, " · 418 of ") {
			t.Errorf("%s does not say that 418 requests were sent in 21 s:\n%.300s", format, page)
		}
	}
}

// TestPages makes the pages that browser/run opens: those of cards, each with its card,
// a comparison and a history.
func TestPages(t *testing.T) {
	dir := *pages
	if dir == "" {
		dir = t.TempDir()
	}
	open, stopped := naive(), naive()
	open.Verdict, open.Grade, open.Score = scorecard.Inconclusive, "", nil
	open.Reasons = []string{"the baseline was not healthy: 91.2 % served well, it takes 99 %"}
	open.Sentence = open.Reasons[0]
	stopped.Verdict, stopped.Grade, stopped.Score = scorecard.Aborted, "", nil
	stopped.Sentence = "interrupted at 21 s: somebody pressed Ctrl-C"
	stopped.BrokenOff = &account.BrokenOff{AtS: 21, Sent: 418}
	for i := range open.Bars {
		open.Bars[i].Verdict, stopped.Bars[i].Verdict = scorecard.Inconclusive, scorecard.Aborted
	}
	for name, card := range map[string]*scorecard.Card{
		"golden": goldenCard(t), "naive": naive(), "resilient": resilient(), "open": open, "stopped": stopped,
		"hostile": infested(), "long": long(), "empty": {Sentence: "the log is empty"},
	} {
		for _, format := range []string{"html", "json"} {
			save(t, filepath.Join(dir, name+"."+format), rendered(t, format, card, report.Options{}))
		}
	}
	var worse, past bytes.Buffer
	for _, f := range report.Comparisons() {
		if f.Name == "html" {
			if err := f.Write(&worse, comparisons(t)["worse"], report.Options{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range report.Histories() {
		if f.Name == "html" {
			if err := f.Write(&past, threeQuarters(), report.Options{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	save(t, filepath.Join(dir, "versus-worse.html"), worse.Bytes())
	save(t, filepath.Join(dir, "history.html"), past.Bytes())
}

func save(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDefaultBarsAreCalledSo(t *testing.T) {
	card := resilient()
	card.DefaultBars = true
	for _, format := range []string{"text", "md", "html"} {
		got := string(rendered(t, format, card, report.Options{Width: 120}))
		if !strings.Contains(got, "the tool&#39;s own") && !strings.Contains(got, "the tool's own") {
			t.Errorf("%s passes the tool's own bars off as the scenario's", format)
		}
	}
}

func TestTextNamesTheResults(t *testing.T) {
	got := string(rendered(t, "text", naive(), report.Options{Where: "brownout-results/x"}))
	if !strings.HasSuffix(got, "\nresults  brownout-results/x\n") {
		t.Errorf("ends with %q", got[len(got)-40:])
	}
}
