package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// evil is what an app may say: markup for each format, escapes of a terminal,
// marks that turn the writing direction, control characters, broken UTF-8.
const evil = "<script>alert(1)</script>\"'&]]>\x1b[31mred\x1b]0;title\x07\u202egnihton\u200b\x00\x08\xff|`*_[x](http://evil.example)@team #1 ${{ github.token }}\r\n::error::gotcha"

// infested is a card with evil in every string that comes from outside.
func infested() *scorecard.Card {
	c := naive()
	c.Scenario.Name, c.Scenario.Title, c.Scenario.Hash, c.App, c.Brownout = evil, evil, evil, evil, evil
	c.Sentence, c.Reasons, c.Limits, c.GradeCaps = evil, []string{evil}, []string{evil}, []string{evil}
	for i := range c.Phases {
		c.Phases[i].Name, c.Phases[i].Faults = evil, []string{evil}
	}
	for i := range c.Windows {
		c.Windows[i].Provider, c.Windows[i].Kind = evil, evil
	}
	for i := range c.Bars {
		b := &c.Bars[i]
		b.Metric, b.Phase, b.Journey, b.Provider, b.Op, b.Reason, b.Severity = evil, evil, evil, evil, evil, evil, evil
	}
	for i := range c.Dimensions {
		d := &c.Dimensions[i]
		d.Name, d.Reason = evil, evil
		for k := range d.Rests {
			d.Rests[k].Name, d.Rests[k].Phase, d.Rests[k].Provider = evil, evil, evil
		}
	}
	for i := range c.Metrics {
		c.Metrics[i].Name, c.Metrics[i].Reason, c.Metrics[i].By = evil, evil, evil
	}
	f := &c.Findings[0]
	f.Code, f.Severity, f.Sentence, f.Advice, f.Journeys = evil, evil, evil, evil, []string{evil}
	p := &c.Providers[0]
	p.Name, p.Dialect, p.Statuses, p.Agents = evil, evil, map[string]int{evil: 1}, []string{evil}
	c.Journeys[0].Name, c.Journeys[0].Priority, c.Journeys[0].Primary = evil, evil, evil
	r := &c.Worst[0]
	r.Journey, r.Phase, r.Outcome, r.Class, r.Error, r.Provider = evil, evil, evil, evil, strings.Repeat(evil, 10), evil
	r.Attempts[0].Provider, r.Attempts[0].Fault = evil, evil
	c.Slowest = append(c.Slowest, *r)
	c.Events[0].Text, c.Events[0].Kind = evil, evil
	c.Diagnoses = []findings.Diagnosis{{
		Actor: evil, Provider: evil, Fault: evil, Verdict: evil, Truth: []string{evil}, Seen: []findings.Seen{{By: evil, What: evil, Unit: evil, N: -1}},
	}}
	c.Machine, c.Resolved = evil, strings.Repeat(evil+"\n", 3000)+strings.Repeat(evil, 1000)
	for i := range c.Timeline.Series {
		if c.Timeline.Series[i].Group == "answered" {
			c.Timeline.Series[i].Name = evil
		}
	}
	return c
}

func TestNothingSaidByTheAppGetsThrough(t *testing.T) {
	for _, f := range report.Formats() {
		if f.Name == "json" {
			continue // JSON keeps what was said, in escapes
		}
		card := infested()
		card.Worst[0].Error = strings.Repeat(evil, 100_000)
		got := string(rendered(t, f.Name, card, report.Options{Width: 100}))
		for _, r := range got {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Errorf("%s holds %U", f.Name, r)
				break
			}
		}
		if len(got) > 1<<20 {
			t.Errorf("%s has %d bytes, sixteen megabytes of error were to be cut", f.Name, len(got))
		}
		if slices.Contains([]string{"text", "openmetrics", "github"}, f.Name) {
			continue // markup is only text there
		}
		if strings.Contains(got, "<script") {
			t.Errorf("%s holds a script", f.Name)
		}
	}
}

func TestMarkdownMakesNothingOfText(t *testing.T) {
	got := string(rendered(t, "md", infested(), report.Options{}))
	for _, bad := range []string{"http://", "@team", "#1", "]>"} {
		if strings.Contains(got, bad) {
			t.Errorf("holds %q unescaped", bad)
		}
	}
	if bare := regexp.MustCompile("[^\\\\][\\[`~$]").FindString(got); bare != "" {
		t.Errorf("holds %q unescaped", bare)
	}
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(line, "::") {
			t.Errorf("a line commands the runner: %q", line)
		}
		if strings.HasPrefix(line, "| ") && strings.Contains(line, "missed") {
			if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); n != 7 {
				t.Errorf("a row of 6 columns has %d strokes: %q", n, line)
			}
		}
	}
}

func TestHTMLStaysAlone(t *testing.T) {
	for name, card := range map[string]*scorecard.Card{"naive": naive(), "infested": infested()} {
		got := string(rendered(t, "html", card, report.Options{}))
		for _, bad := range []string{"src=", "@import", "url(http", "<link", "<script", "<iframe", " style=", "onload"} {
			if strings.Contains(got, bad) {
				t.Errorf("%s: the page holds %q", name, bad)
			}
		}
		if !strings.Contains(got, `content="default-src 'none'; style-src 'unsafe-inline'"`) {
			t.Errorf("%s: the page has no policy", name)
		}
		if strings.Contains(got, "ZgotmplZ") {
			t.Errorf("%s: the template met a context it does not know", name)
		}
	}
}

// xmlNames reads an XML file to its end and collects the names of test cases.
func xmlNames(t *testing.T, raw []byte) (names []string, kinds map[string]int) {
	t.Helper()
	kinds = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(string(raw)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, kinds
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		kinds[start.Name.Local]++
		if start.Name.Local == "testcase" {
			names = append(names, start.Attr[0].Value+" / "+start.Attr[1].Value)
		}
	}
}

func TestJUnit(t *testing.T) {
	for name, card := range map[string]*scorecard.Card{"naive": naive(), "infested": infested()} {
		names, kinds := xmlNames(t, rendered(t, "junit", card, report.Options{}))
		seen := map[string]bool{}
		for _, n := range names {
			if seen[n] {
				t.Errorf("%s: two cases are called %q", name, n)
			}
			seen[n] = true
		}
		if len(names) != len(card.Bars) {
			t.Errorf("%s: %d cases for %d bars", name, len(names), len(card.Bars))
		}
		if kinds["failure"]+kinds["error"]+kinds["skipped"] != 7 {
			t.Errorf("%s: %v, want seven cases that did not pass", name, kinds)
		}
	}
	c := naive()
	_, kinds := xmlNames(t, rendered(t, "junit", c, report.Options{}))
	want := map[string]int{"testsuites": 1, "testsuite": 1, "testcase": 9, "failure": 5, "error": 1, "skipped": 1}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("elements (-want +got):\n%s", diff)
	}
	c.Verdict = scorecard.Inconclusive
	if _, kinds = xmlNames(t, rendered(t, "junit", c, report.Options{})); kinds["testcase"] != 10 || kinds["error"] != 2 {
		t.Errorf("an undecided drill is not an error: %v", kinds)
	}
}

func TestJSONIsTheCard(t *testing.T) {
	first := rendered(t, "json", infested(), report.Options{})
	card, err := scorecard.ReadCard(strings.NewReader(string(first)))
	if err != nil {
		t.Fatal(err)
	}
	second := rendered(t, "json", card, report.Options{})
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Errorf("read and written again it differs:\n%s", diff)
	}
	if !json.Valid(first) {
		t.Error("not JSON")
	}
}

// A card edited by hand, or of a drill that hardly began, must not break a report.
func TestOddCards(t *testing.T) {
	odd := map[string]*scorecard.Card{"empty": {}}
	spoil := func(name string, f func(*scorecard.Card)) {
		c := naive()
		f(c)
		odd[name] = c
	}
	spoil("no step", func(c *scorecard.Card) { c.Timeline.StepS = 0 })
	spoil("negative step", func(c *scorecard.Card) { c.Timeline.StepS = -1 })
	spoil("endless step", func(c *scorecard.Card) { c.Timeline.StepS = math.Inf(1) })
	spoil("tiny step", func(c *scorecard.Card) { c.Timeline.StepS = 1e-300 })
	spoil("no length", func(c *scorecard.Card) { c.LengthS, c.Phases = 0, nil })
	spoil("long length", func(c *scorecard.Card) { c.LengthS = 1e300 })
	spoil("ragged series", func(c *scorecard.Card) {
		c.Timeline.Series[0].Values = c.Timeline.Series[0].Values[:3]
		c.Timeline.Series[1].Values = nil
		c.Timeline.Series[2].Values = make([]*float64, 300)
	})
	spoil("negative counts", func(c *scorecard.Card) { c.Timeline.Series[0].Values[4] = value(-3) })
	spoil("phases backwards", func(c *scorecard.Card) { c.Phases[1].Start, c.Phases[1].End = c.Phases[1].End, c.Phases[1].Start })
	spoil("windows outside", func(c *scorecard.Card) { c.Windows[0].End, c.Windows[1].Start = seconds(1e6), seconds(-5) })
	spoil("shares beyond", func(c *scorecard.Card) { *c.Bars[0].Value, *c.Dimensions[0].Score = 7, 700 })
	spoil("events outside", func(c *scorecard.Card) { c.Events[0].AtS = -4; c.Events[1].AtS = 1e9 })
	spoil("strange outcome", func(c *scorecard.Card) { c.Outcomes["surge"]["sparkling"] = 4 })
	spoil("storm", func(c *scorecard.Card) {
		for range 500 {
			c.Worst[1].Attempts = append(c.Worst[1].Attempts, c.Worst[1].Attempts[0])
		}
	})
	for name, card := range odd {
		for _, f := range report.Formats() {
			widths := []int{0}
			if f.Name == "text" {
				widths = []int{0, 1, 40, 200}
			}
			for _, width := range widths {
				var b strings.Builder
				opts := report.Options{Width: width, Color: true, Where: "out"}
				if err := f.Write(&b, card, opts); err != nil && f.Name != "json" {
					t.Errorf("%s as %s: %v", name, f.Name, err)
				}
				for _, bad := range []string{"NaN", "Inf", "%!"} {
					if f.Name != "json" && strings.Contains(b.String(), bad) {
						t.Errorf("%s as %s holds %s", name, f.Name, bad)
					}
				}
			}
		}
		var b strings.Builder
		if err := report.Pair(&b, card, naive(), report.Options{}); err != nil {
			t.Errorf("%s beside another: %v", name, err)
		}
	}
}
