package history_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/history"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// at is noon of a day.
func at(day string) time.Time {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

// played is a run of a scenario with a score.
func played(dir, day, scenario, app string, score float64) history.Line {
	return history.Line{Schema: 1, Run: &history.Run{
		Dir: dir, StartedAt: at(day), Scenario: scenario, App: app, Verdict: scorecard.Pass, Grade: "B", Score: &score,
		Dims: map[string]float64{"continuity": score, "cost": 50},
	}}
}

func pin(dir string) history.Line   { return history.Line{Schema: 1, Pin: dir} }
func unpin(dir string) history.Line { return history.Line{Schema: 1, Unpin: dir} }

func all(string) bool { return true }

func dirs(runs []history.Run) []string {
	names := []string{}
	for _, r := range runs {
		names = append(names, r.Dir)
	}
	return names
}

// The line of a run holds what its card says, and reads back as it was written.
func TestALineIsReadAsItWasWritten(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "testdata", "golden.log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	card, err := scorecard.Judge(record.Read(f))
	if err != nil {
		t.Fatal(err)
	}
	run := history.RunOf("one", card)
	raw, err := history.Line{Run: &run}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	lines, broken, err := history.Read(bytes.NewReader(append(raw, raw...)))
	if err != nil || len(broken) > 0 || len(lines) != 2 || bytes.Count(raw, []byte("\n")) != 1 {
		t.Fatalf("%d lines, broken %v, %v", len(lines), broken, err)
	}
	if diff := cmp.Diff(&run, lines[0].Run); diff != "" {
		t.Errorf("-written +read:\n%s", diff)
	}
	if run.Verdict != card.Verdict || run.Bars != 6 || run.Met >= run.Bars || run.Requests == 0 || *run.Score != *card.Score {
		t.Errorf("%+v", run)
	}
	// Every dimension of a card has its place in a trend.
	h := history.Of(lines, all)
	if len(h.Runs) != 1 || len(h.Trends) != 1 {
		t.Fatalf("%+v", h)
	}
	for _, d := range card.Dimensions {
		found := slices.ContainsFunc(h.Trends[0].Series, func(s history.Series) bool { return s.Name == d.Name })
		if found != (d.Score != nil) {
			t.Errorf("dimension %s: in the trend %v", d.Name, found)
		}
	}
}

// What is none of an index's is passed over and told, and hides nothing else.
func TestBrokenLines(t *testing.T) {
	good, err := played("a", "2026-01-01", "s", "x", 70).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	index := strings.Join([]string{
		string(good), "not JSON\n", "{}\n", "\n", strings.Repeat("x", 200<<10) + "\n", `{"schema":1,"pin":"a","unpin":"a"}` + "\n",
		`{"schema":1,"run":{}}` + "\n", string(good), string(good[:40]),
	}, "")
	lines, broken, err := history.Read(strings.NewReader(index))
	if err != nil || len(lines) != 2 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	if diff := cmp.Diff([]int{2, 3, 5, 6, 7, 9}, broken); diff != "" {
		t.Errorf("broken lines -want +got:\n%s", diff)
	}
	_, _, err = history.Read(strings.NewReader(string(good) + `{"schema":2,"run":"otherwise"}`))
	if !errors.Is(err, record.ErrNewer) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a newer line: %v", err)
	}
}

func TestRunsOfAnIndex(t *testing.T) {
	again := played("b", "2026-01-02", "s", "x", 75)
	again.Run.Grade = "C"
	h := history.Of([]history.Line{
		played("c", "2026-03-01", "s", "x", 90),
		played("a", "2026-01-01", "s", "x", 70),
		played("b", "2026-01-02", "s", "x", 80), again, // judged again
		played("./d/", "2026-04-01", "s", "x", 60), played("d", "2026-04-02", "s", "x", 65), // replaced by --force
		pin("a"), pin("c"), unpin("c"), pin("e"),
		played("e/1", "2026-05-01", "s", "x", 60),
	}, func(dir string) bool { return dir != "c" })
	type row struct {
		Dir, Grade   string
		Pinned, Gone bool
	}
	var got []row
	for _, r := range h.Runs {
		got = append(got, row{r.Dir, r.Grade, r.Pinned, r.Gone})
	}
	want := []row{{"a", "B", true, false}, {"b", "C", false, false}, {"c", "B", false, true}, {"d", "B", false, true}, {"d", "B", false, false}, {"e/1", "B", true, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTrendsByQuarter(t *testing.T) {
	ungraded := played("x", "2026-02-02", "s", "x", 0)
	ungraded.Run.Score = nil
	lines := []history.Line{
		played("a", "2026-01-01", "s", "x", 70), played("b", "2026-03-31", "s", "x", 80),
		played("c", "2026-07-01", "s", "x", 95), ungraded,
		played("d", "2026-07-01", "s", "y", 10), played("e", "2026-07-01", "r", "x", 20),
	}
	delete(lines[1].Run.Dims, "continuity")
	h := history.Of(lines, func(string) bool { return false }) // what is gone is still part of it
	var names []string
	for _, trend := range h.Trends {
		names = append(names, trend.Scenario+" "+trend.App)
	}
	if diff := cmp.Diff([]string{"r x", "s x", "s y"}, names); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	trend := h.Trends[1]
	if diff := cmp.Diff([]string{"2026 Q1", "2026 Q3"}, trend.Quarters); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	p := func(v float64) *float64 { return &v }
	want := []history.Series{
		{Name: "score", Values: []*float64{p(70), p(80), p(95)}, Quarters: []*float64{p(75), p(95)}},
		{Name: "continuity", Values: []*float64{p(70), nil, p(95)}, Quarters: []*float64{p(70), p(95)}},
		{Name: "cost", Values: []*float64{p(50), p(50), p(50)}, Quarters: []*float64{p(50), p(50)}},
	}
	if diff := cmp.Diff(want, trend.Series); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFiltered(t *testing.T) {
	failed := played("c", "2026-03-01", "s", "x", 90)
	failed.Run.Verdict = scorecard.Fail
	h := history.Of([]history.Line{
		played("a", "2026-01-01", "s", "x", 70), played("b", "2026-02-01", "r", "x", 80), failed, played("d", "2026-04-01", "s", "y", 60),
	}, all)
	tests := map[string]struct {
		filter history.Filter
		want   []string
	}{
		"none":     {history.Filter{}, []string{"a", "b", "c", "d"}},
		"scenario": {history.Filter{Scenario: "s"}, []string{"a", "c", "d"}},
		"app":      {history.Filter{App: "y"}, []string{"d"}},
		"since":    {history.Filter{Since: at("2026-02-01")}, []string{"b", "c", "d"}},
		"verdict":  {history.Filter{Verdicts: []scorecard.Verdict{scorecard.Fail, scorecard.Aborted}}, []string{"c"}},
		"both":     {history.Filter{Scenario: "s", App: "x"}, []string{"a", "c"}},
		"nobody":   {history.Filter{Scenario: "none"}, []string{}},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, dirs(h.Filtered(test.filter).Runs)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

func TestPrunable(t *testing.T) {
	var lines []history.Line
	for day := 1; day <= 6; day++ {
		lines = append(lines, played(fmt.Sprint("a", day), fmt.Sprintf("2026-01-%02d", day), "s", "x", 70))
	}
	lines = append(lines,
		pin("a1"),
		played("pair/naive", "2026-01-01", "demo", "naive", 20), played("pair/resilient", "2026-01-01", "demo", "resilient", 90),
		played("many/1", "2026-02-01", "s", "y", 70), played("many/2", "2026-02-02", "s", "y", 70), played("one", "2026-02-03", "s", "y", 70),
		played("gone", "2025-02-03", "s", "y", 70),
	)
	there := func(dir string) bool { return dir != "gone" && dir != "a6" }
	h := history.Of(lines, there)
	for keep, want := range map[int][]string{
		9: {},
		2: {"a2", "a3"}, // a5 and a4 stay, and a1, which is pinned
		1: {"a2", "a3", "a4", "many/1", "many/2"},
		0: {"pair/naive", "pair/resilient", "a2", "a3", "a4", "a5", "many/1", "many/2", "one"},
	} {
		if diff := cmp.Diff(want, dirs(h.Prunable(keep))); diff != "" {
			t.Errorf("keep %d: -want +got:\n%s", keep, diff)
		}
	}
}

func TestLast(t *testing.T) {
	one := []history.Line{
		played("a", "2026-01-01", "s", "x", 70), played("b", "2026-01-02", "s", "y", 70), played("c", "2026-01-03", "r", "x", 70),
		played("d", "2026-01-04", "s", "x", 70),
	}
	many := append(slices.Clone(one), played("e/1", "2026-01-05", "s", "x", 70), played("e/2", "2026-01-06", "s", "x", 70))
	other := append(slices.Clone(one), played("f", "2026-01-07", "s", "z", 70))
	tests := map[string]struct {
		lines          []history.Line
		before, newest []string
	}{
		"the same app":   {one, []string{"a"}, []string{"d"}},
		"a repeat":       {many, []string{"d"}, []string{"e/1", "e/2"}},
		"another app":    {other, []string{"d"}, []string{"f"}},
		"nothing before": {one[:1], nil, nil},
		"nothing at all": {nil, nil, nil},
	}
	for name, test := range tests {
		before, newest, ok := history.Of(test.lines, all).Last()
		if ok != (test.before != nil) {
			t.Errorf("%s: %v", name, ok)
			continue
		}
		if ok && (!slices.Equal(dirs(before), test.before) || !slices.Equal(dirs(newest), test.newest)) {
			t.Errorf("%s: %v and %v", name, dirs(before), dirs(newest))
		}
	}
}

func TestBefore(t *testing.T) {
	var lines []history.Line
	for i := range 14 {
		lines = append(lines, played(fmt.Sprint(i), fmt.Sprintf("2026-01-%02d", i+1), "brief", "bot", float64(i)))
	}
	ungraded, control := played("u", "2026-01-03", "brief", "bot", 1), played("c", "2026-01-04", "brief", "bot", 1)
	ungraded.Run.Score, control.Run.Control = nil, true
	traced := played("t", "2026-01-05", "brief", "bot", 1)
	traced.Run.Traffic = "chat as trace-7d.ndjson"
	lines = append(lines, ungraded, control, traced, played("o", "2026-01-02", "other", "bot", 1), played("a", "2026-01-02", "brief", "app", 1))
	card := &scorecard.Card{Scenario: record.Scenario{Name: "brief"}, App: "bot", StartedAt: at("2026-01-14")}
	var got []float64
	for _, p := range history.Of(lines, all).Before(card) {
		got = append(got, p.Dimensions["continuity"])
	}
	if diff := cmp.Diff([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Other traffic is another drill: it has its own trend, and is not the run before.
func TestTrafficIsPartOfWhatWasPlayed(t *testing.T) {
	card := &scorecard.Card{Scenario: record.Scenario{Name: "brief"}, Journeys: []account.JourneyRow{{Name: "api"}, {Name: "chat", Like: "trace-7d.ndjson"}}}
	run := history.RunOf("x", card)
	if want := "brief (chat as trace-7d.ndjson)"; run.Played() != want {
		t.Errorf("played %q, want %q", run.Played(), want)
	}
	first, traced := played("1", "2026-01-01", "brief", "bot", 50), played("2", "2026-01-02", "brief", "bot", 60)
	traced.Run.Traffic = run.Traffic
	h := history.Of([]history.Line{first, traced}, all)
	var trends []string
	for _, trend := range h.Trends {
		trends = append(trends, trend.Scenario)
	}
	if diff := cmp.Diff([]string{"brief", run.Played()}, trends); diff != "" {
		t.Errorf("trends (-want +got):\n%s", diff)
	}
	if before, newest, ok := h.Last(); ok {
		t.Errorf("%v and %v are taken for two runs of one drill", before, newest)
	}
}
