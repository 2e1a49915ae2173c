package measure_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		log    func() []byte
		want   scorecard.Verdict
		reason string // begins the first reason
	}{
		{"passes", func() []byte { return synth.Barred().Play(synth.Resilient) }, scorecard.Pass, ""},
		{"fails", func() []byte { return synth.Barred().Play(synth.PrimaryOnly) }, scorecard.Fail, ""},
		{"nothing", func() []byte { return nil }, scorecard.Inconclusive, "the log has no setup line"},
		{"no setup", func() []byte { return synth.Written(barredLines()[1:]) }, scorecard.Inconclusive, "the log has no setup line"},
		{"mocks never called", func() []byte {
			return synth.Barred().Play(func(q *synth.Ask) { q.Last.Provider = "primary"; q.At += 0.5; q.Answer() })
		}, scorecard.Inconclusive, "the app never called the mocks"},
		{"no start", func() []byte {
			d := synth.Barred()
			d.Play(func(*synth.Ask) {})
			d.Lines = d.Lines[:1]
			d.Mark("canary", 0, "no mock saw the canary of chat")
			return synth.Written(append(d.Lines, record.Line{Kind: "end", End: &record.End{Reason: "no_start"}}))
		}, scorecard.Inconclusive, "the drill did not start: no mock saw the canary of chat"},
		{"short baseline", func() []byte {
			d := synth.New("calm 3.5", "surge 30", "after 30")
			d.Fault("surge", "primary", "server_error", 1)
			return d.Play(synth.Resilient)
		}, scorecard.Inconclusive, "the baseline has 15 requests, it takes 20"},
		{"sick baseline", func() []byte {
			return synth.Barred().Play(func(q *synth.Ask) {
				synth.Resilient(q)
				if int(q.Due*10)%10 == 0 {
					q.Fail(500)
				}
			})
		}, scorecard.Inconclusive, "the baseline was not healthy: 90 % of 130 requests were served well, it takes 99 %"},
		{"retries in the baseline", func() []byte {
			return synth.Barred().Play(func(q *synth.Ask) {
				q.Try("primary")
				synth.Resilient(q)
			})
		}, scorecard.Inconclusive, "the app retried in the baseline already: 250 attempts for 125 calls"},
		{"over the cap", func() []byte {
			return synth.Barred().Play(func(q *synth.Ask) {
				synth.Resilient(q)
				if synth.InSurge(q) && int(q.Due*10)%10 == 0 {
					q.U.Sent, q.U.Dropped = nil, "in_flight"
				}
			})
		}, scorecard.Inconclusive, "10 % of the requests due in surge are unknown (30 not sent)"},
		{"sent late", func() []byte {
			return synth.Barred().Play(func(q *synth.Ask) {
				synth.Resilient(q)
				if synth.InSurge(q) && int(q.Due*10)%10 == 0 {
					q.U.Sent = synth.Moment(q.Due + 0.2)
				}
			})
		}, scorecard.Inconclusive, "10 % of the requests due in surge are unknown (30 sent late)"},
		{"killed", func() []byte {
			log := synth.Barred().Play(synth.Resilient)
			return log[:len(log)/2]
		}, scorecard.Aborted, "the log breaks off at "},
		{"interrupted", func() []byte {
			d := synth.Barred()
			d.Play(synth.Resilient)
			d.Lines = slices.DeleteFunc(d.Lines, func(l record.Line) bool { return l.T > synth.Secs(40) })
			d.Mark("interrupted", 40, "interrupt")
			return synth.Written(append(d.Lines, record.Line{T: synth.Secs(40), Kind: "end", End: &record.End{Reason: "interrupted"}}))
		}, scorecard.Aborted, "interrupted at 40 s: interrupt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			card := synth.Judge(t, tt.log())
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
	d := synth.Barred()
	d.Play(synth.Resilient)
	sent := 0
	for i, l := range d.Lines {
		if l.User == nil {
			continue
		}
		if l.User.Due > synth.Secs(40) {
			d.Lines[i].User.Sent, d.Lines[i].User.Dropped = nil, "stopped"
		} else if l.User.Sent != nil && l.User.Due >= d.Setup.Warmup { // those of the warm-up count nowhere
			sent++
		}
	}
	if whole := synth.Judge(t, d.Log()); whole.BrokenOff != nil {
		t.Errorf("a drill that reached its end was broken off: %+v", whole.BrokenOff)
	}
	d.Lines = slices.DeleteFunc(d.Lines, func(l record.Line) bool { return l.End != nil })
	d.Mark("stopped", 40, "enough")
	card := synth.Judge(t, synth.Written(append(d.Lines, record.Line{T: synth.Secs(40), Kind: "end", End: &record.End{Reason: "stopped"}})))
	if want := (account.BrokenOff{AtS: 40, Sent: sent}); card.BrokenOff == nil || *card.BrokenOff != want {
		t.Errorf("broken off: %+v, want %+v", card.BrokenOff, want)
	}
}

func barredLines() []record.Line {
	d := synth.Barred()
	d.Play(synth.Resilient)
	return d.Lines
}

// A drill whose faults nobody met has no grade: it shows nothing.
func TestNobodyMetTheOutage(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Bar("availability", "min", 0.95, "surge")
	card := synth.Judge(t, d.Play(synth.Breaker))
	if card.Grade != "" {
		t.Errorf("grade %q for an outage that no request met", card.Grade)
	}
}

// Lines that are lost count as unknown, in every journey's bars.
func TestLostLines(t *testing.T) {
	d := synth.Barred()
	d.Journey("api", 10)
	d.Play(synth.PrimaryOnly)
	lost := 0
	d.Lines = slices.DeleteFunc(d.Lines, func(l record.Line) bool {
		gone := l.User != nil && l.User.N%100 == 7
		if gone {
			lost++
		}
		return gone
	})
	card := synth.Judge(t, d.Log())
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
	log := synth.Barred().Play(synth.Resilient)
	want := synth.Judge(t, log)
	lines := bytes.SplitAfter(log, []byte("\n"))
	dirty := slices.Concat(slices.Concat(lines[:5]...), []byte("hello\n"), slices.Concat(lines[5:9]...),
		[]byte(`{"t":1,"kind":"user","user":{"n":-5}}`+"\n"), slices.Concat(lines[9:]...), []byte(`{"t":`))
	got := synth.Judge(t, dirty)
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
