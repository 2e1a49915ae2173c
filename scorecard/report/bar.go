package report

import (
	"cmp"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// A barView is one bar's result as strings.
type barView struct {
	Verdict  scorecard.Verdict
	Class    string // the verdict's word, "warn" for a missed bar that only warns
	Mark     string
	Word     string // met, missed, not decided, not played
	Metric   string
	Words    string // the metric's name without its underscores
	Where    string // the window: "surge · chat"
	Title    string // "availability, surge · chat"
	Value    string
	Interval string
	Bar      string // "≥ 90 %"
	N        string
	Severity string
	Reason   string
	Told     string // "12.3 %, bar ≥ 90 %": what came out, in one clause
	Gap      string // by how much it was missed: "8.8 points short", "> 23 s over"; "" if it was not
	Close    bool
	Meter    *meter // nil where there is nothing to draw

	phase string
}

// A meter draws a share against its bar: all parts 0–1 of the width.
type meter struct {
	Value, Bar, Low, High float64
}

func barOf(b scorecard.BarResult) barView {
	v := barView{
		Verdict: b.Verdict, Class: b.Verdict.String(), Mark: mark(b.Verdict), Word: barWord(b.Verdict),
		Metric: plain.Text(b.Metric), Words: strings.ReplaceAll(plain.Text(b.Metric), "_", " "), Where: where(b.Phase, b.Journey, b.Provider), phase: plain.Text(b.Phase),
		Value: valueOf(b.Value, b.Low, b.Unit), Interval: intervalOf(b.Low, b.High, b.Unit),
		Bar: sign(b.Op) + " " + words.Figure(b.Threshold, b.Unit),
		N:   words.Figure(float64(b.N), "count"), Severity: plain.Text(b.Severity), Reason: plain.Text(b.Reason), Close: b.Close,
	}
	if b.Par != nil && *b.Par != best(b.Op) {
		v.Bar += " (par " + words.Figure(*b.Par, b.Unit) + ")"
	}
	v.Title = v.Metric + ", " + v.Where
	v.Told = v.Value + ", bar " + v.Bar
	if v.Reason != "" && b.Verdict != scorecard.Pass {
		v.Told += " (" + v.Reason + ")"
	}
	if b.Verdict == scorecard.Fail {
		v.Gap = gapOf(b)
	}
	if b.Severity == "warn" && b.Verdict == scorecard.Fail {
		v.Class, v.Mark, v.Word = "warn", "!", "warning"
	}
	if b.Unit == "share" && b.Value != nil {
		v.Meter = &meter{Value: *b.Value, Bar: b.Threshold, Low: *b.Value, High: *b.Value}
		if b.Low != nil && b.High != nil {
			v.Meter.Low, v.Meter.High = *b.Low, *b.High
		}
	}
	return v
}

// gapOf says by how much a bar was missed.
func gapOf(b scorecard.BarResult) string {
	at, more := b.Value, ""
	if at == nil {
		at, more = b.Low, "> "
	}
	if at == nil {
		return ""
	}
	gap, word := b.Threshold-*at, " short"
	if b.Op == "max" {
		gap, word = -gap, " over"
	}
	if gap <= 0 {
		return ""
	}
	if b.Unit == "share" {
		return more + strings.TrimSuffix(words.Figure(gap, "share"), " %") + " points" + word
	}
	return more + words.Figure(gap, b.Unit) + word
}

// best is what par is where nothing keeps anybody from being served at once: not
// worth a word.
func best(op string) float64 {
	if op == "min" {
		return 1
	}
	return 0
}

func barWord(verdict scorecard.Verdict) string {
	switch verdict {
	case scorecard.Pass:
		return "met"
	case scorecard.Fail:
		return "missed"
	case scorecard.Aborted:
		return "not played"
	}
	return "not decided"
}

// sign writes which way a bar goes.
func sign(op string) string {
	switch op {
	case "min":
		return "≥"
	case "max":
		return "≤"
	}
	return plain.Fit(plain.Text(op), 8)
}

// rank orders bars for a reader: what failed the drill, what left it open, what
// warns, what was met.
func (b barView) rank() int {
	switch {
	case b.Class == "fail":
		return 0
	case b.Verdict != scorecard.Pass && b.Severity != "warn":
		return 1
	case b.Verdict != scorecard.Pass:
		return 2
	}
	return 3
}

func (b barView) phaseOrDrill() string { return cmp.Or(b.phase, "drill") }

// lines tells all about a bar, a line each.
func (b barView) lines() string {
	lines := []string{
		"metric:   " + b.Metric,
		"window:   " + b.Where,
		"measured: " + b.Value,
		"bar:      " + b.Bar,
		"verdict:  " + b.Word,
		"counted:  " + b.N,
	}
	if b.Interval != "" {
		lines = append(lines, "interval: "+b.Interval)
	}
	if b.Reason != "" {
		lines = append(lines, "reason:   "+b.Reason)
	}
	return strings.Join(lines, "\n")
}
