package scorecard_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// barred is a drill whose app meets its bars.
func barred() *synth {
	d := surge("server_error", 1)
	d.bar("availability", "min", 0.95, "surge")
	d.bar("failover_time", "max", 5, "surge")
	return d
}

func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		log    func() []byte
		want   scorecard.Verdict
		reason string // begins the first reason
	}{
		{"passes", func() []byte { return barred().play(resilient) }, scorecard.Pass, ""},
		{"fails", func() []byte { return barred().play(primaryOnly) }, scorecard.Fail, ""},
		{"nothing", func() []byte { return nil }, scorecard.Inconclusive, "the log has no setup line"},
		{"no setup", func() []byte { return written(barredLines()[1:]) }, scorecard.Inconclusive, "the log has no setup line"},
		{"mocks never called", func() []byte {
			return barred().play(func(q *ask) { q.last.provider = "primary"; q.at += 0.5; q.answer() })
		}, scorecard.Inconclusive, "the app never called the mocks"},
		{"no start", func() []byte {
			d := barred()
			d.play(func(*ask) {})
			d.lines = d.lines[:1]
			d.mark("canary", 0, "no mock saw the canary of chat")
			return written(append(d.lines, record.Line{Kind: "end", End: &record.End{Reason: "no_start"}}))
		}, scorecard.Inconclusive, "the drill did not start: no mock saw the canary of chat"},
		{"short baseline", func() []byte {
			d := newSynth("calm 3.5", "surge 30", "after 30")
			d.fault("surge", "primary", "server_error", 1)
			return d.play(resilient)
		}, scorecard.Inconclusive, "the baseline has 15 requests, it takes 20"},
		{"sick baseline", func() []byte {
			return barred().play(func(q *ask) {
				resilient(q)
				if int(q.Due*10)%10 == 0 {
					q.fail(500)
				}
			})
		}, scorecard.Inconclusive, "the baseline was not healthy: 90 % of 130 requests were served well, it takes 99 %"},
		{"retries in the baseline", func() []byte {
			return barred().play(func(q *ask) {
				q.try("primary")
				resilient(q)
			})
		}, scorecard.Inconclusive, "the app retried in the baseline already: 250 attempts for 125 calls"},
		{"over the cap", func() []byte {
			return barred().play(func(q *ask) {
				resilient(q)
				if inSurge(q) && int(q.Due*10)%10 == 0 {
					q.u.Sent, q.u.Dropped = nil, "in_flight"
				}
			})
		}, scorecard.Inconclusive, "10 % of the requests due in surge are unknown (30 not sent)"},
		{"sent late", func() []byte {
			return barred().play(func(q *ask) {
				resilient(q)
				if inSurge(q) && int(q.Due*10)%10 == 0 {
					q.u.Sent = moment(q.Due + 0.2)
				}
			})
		}, scorecard.Inconclusive, "10 % of the requests due in surge are unknown (30 sent late)"},
		{"killed", func() []byte {
			log := barred().play(resilient)
			return log[:len(log)/2]
		}, scorecard.Aborted, "the log breaks off at "},
		{"interrupted", func() []byte {
			d := barred()
			d.play(resilient)
			d.lines = slices.DeleteFunc(d.lines, func(l record.Line) bool { return l.T > secs(40) })
			d.mark("interrupted", 40, "interrupt")
			return written(append(d.lines, record.Line{T: secs(40), Kind: "end", End: &record.End{Reason: "interrupted"}}))
		}, scorecard.Aborted, "interrupted at 40 s: interrupt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			card := judge(t, tt.log())
			if card.Verdict != tt.want {
				t.Errorf("verdict %v, want %v: %s", card.Verdict, tt.want, card.Sentence)
			}
			first := strings.Join(card.Reasons[:min(len(card.Reasons), 1)], "")
			if !strings.HasPrefix(first, tt.reason) || tt.reason == "" && first != "" {
				t.Errorf("reasons %q, want %q first", card.Reasons, tt.reason)
			}
			graded := card.Verdict == scorecard.Pass || card.Verdict == scorecard.Fail
			if (card.Grade != "") != graded || (card.Score != nil) != graded {
				t.Errorf("verdict %v with grade %q", card.Verdict, card.Grade)
			}
		})
	}
}

// A drill that was broken off says how far it came, one that was not says nothing of it.
func TestBrokenOff(t *testing.T) {
	d := barred()
	d.play(resilient)
	sent := 0
	for i, l := range d.lines {
		if l.User == nil {
			continue
		}
		if l.User.Due > secs(40) {
			d.lines[i].User.Sent, d.lines[i].User.Dropped = nil, "stopped"
		} else if l.User.Sent != nil && l.User.Due >= d.setup.Warmup { // those of the warm-up count nowhere
			sent++
		}
	}
	if whole := judge(t, d.log()); whole.BrokenOff != nil {
		t.Errorf("a drill that reached its end was broken off: %+v", whole.BrokenOff)
	}
	d.lines = slices.DeleteFunc(d.lines, func(l record.Line) bool { return l.End != nil })
	d.mark("stopped", 40, "enough")
	card := judge(t, written(append(d.lines, record.Line{T: secs(40), Kind: "end", End: &record.End{Reason: "stopped"}})))
	if want := (scorecard.BrokenOff{AtS: 40, Sent: sent}); card.BrokenOff == nil || *card.BrokenOff != want {
		t.Errorf("broken off: %+v, want %+v", card.BrokenOff, want)
	}
}

func barredLines() []record.Line {
	d := barred()
	d.play(resilient)
	return d.lines
}

// A drill whose faults nobody met has no grade: it shows nothing.
func TestNobodyMetTheOutage(t *testing.T) {
	d := surge("server_error", 1)
	d.bar("availability", "min", 0.95, "surge")
	card := judge(t, d.play(breaker))
	if card.Grade != "" {
		t.Errorf("grade %q for an outage that no request met", card.Grade)
	}
}

// Lines that are lost count as unknown, in every journey's bars.
func TestLostLines(t *testing.T) {
	d := barred()
	d.journey("api", 10)
	d.play(primaryOnly)
	lost := 0
	d.lines = slices.DeleteFunc(d.lines, func(l record.Line) bool {
		gone := l.User != nil && l.User.N%100 == 7
		if gone {
			lost++
		}
		return gone
	})
	card := judge(t, d.log())
	if got := card.Outcomes["surge"]["unknown"]; got != 6 {
		t.Errorf("%d unknown in surge, want 6", got)
	}
	if !slices.ContainsFunc(card.Limits, func(s string) bool {
		return s == "15 planned requests are missing from the log and count as unknown"
	}) || lost != 15 {
		t.Errorf("%d lines lost; limits %q", lost, card.Limits)
	}
	if card.Verdict != scorecard.Fail {
		t.Errorf("verdict %v: what is lost here decides nothing", card.Verdict)
	}
}

func TestForeignLines(t *testing.T) {
	log := barred().play(resilient)
	want := judge(t, log)
	lines := bytes.SplitAfter(log, []byte("\n"))
	dirty := slices.Concat(slices.Concat(lines[:5]...), []byte("hello\n"), slices.Concat(lines[5:9]...),
		[]byte(`{"t":1,"kind":"user","user":{"n":-5}}`+"\n"), slices.Concat(lines[9:]...), []byte(`{"t":`))
	got := judge(t, dirty)
	if diff := cmp.Diff([]string{
		"the log's last line is cut off and was left out",
		"2 lines of the log are none of ours and were left out (lines 6, 11)",
	}, got.Limits[:2]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Outcomes, got.Outcomes); diff != "" {
		t.Error(diff)
	}
}
