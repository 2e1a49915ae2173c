package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// threeQuarters is the history of a team that drills once a fortnight, and of an app that
// they tried once.
func threeQuarters() *history.History {
	var lines []history.Line
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range 14 {
		score := 48 + 3.5*float64(i)
		if i == 9 {
			score = 31
		}
		r := history.Run{
			Dir: fmt.Sprintf("%s-surge", start.Format("20060102-150405")), Scenario: "surge", App: "http://bot.example:8000",
			Seed: 7, Brownout: "v1.2.0", StartedAt: start, LengthS: 180, Requests: 3600, Verdict: scorecard.Fail, Grade: "D",
			Score: &score, Met: 3, Bars: 5, Dims: map[string]float64{"continuity": score, "manners": 70, "cost": 100 - score/2},
			Sentence: "failover to secondary took 14 s; the bar is 5 s",
		}
		if score > 70 {
			r.Verdict, r.Grade, r.Met, r.Sentence = scorecard.Pass, "C", 5, "97.9 % of users were served well through the surge"
		}
		if i == 3 {
			r.Score, r.Grade, r.Verdict, r.Dims = nil, "", scorecard.Inconclusive, nil
		}
		if i == 5 {
			delete(r.Dims, "manners")
		}
		lines = append(lines, history.Line{Schema: 1, Run: &r})
		start = start.AddDate(0, 0, 14)
	}
	one := *lines[13].Run
	one.Dir, one.App, one.Control = "tried/<b>1</b>", "builtin:naive", true
	lines = append(lines, history.Line{Schema: 1, Run: &one}, history.Line{Schema: 1, Pin: lines[8].Run.Dir})
	h := history.Of(lines, func(dir string) bool { return dir > "202604" })
	h.Broken = []int{4}
	return h
}

func TestHistories(t *testing.T) {
	for _, f := range report.Histories() {
		var b bytes.Buffer
		if err := f.Write(&b, threeQuarters(), report.Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		golden(t, "history."+f.Name, b.Bytes())
	}
}

// An index without a run is a history, too.
func TestHistoryOfNothing(t *testing.T) {
	for _, f := range report.Histories() {
		var b bytes.Buffer
		if err := f.Write(&b, history.Of(nil, nil), report.Options{Width: 100}); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if f.Name == "text" && b.String() != "0 runs, 0 gone, 0 pinned\n" {
			t.Errorf("%q", b.String())
		}
	}
}

func TestHistoryFits(t *testing.T) {
	for width := 60; width <= 130; width += 10 {
		var b bytes.Buffer
		if err := report.Histories()[0].Write(&b, threeQuarters(), report.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("at %d columns there is a line of %d: %q", width, n, line)
			}
		}
	}
}
