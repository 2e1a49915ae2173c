package measure_test

import (
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Attempts that were lost with their connections are as many as any that a mock saw.
// Of the surge's requests 300 are due in it, of which the last get through with a later
// attempt, and up to 5 were under way when it began. A log that does not tell of
// connections, as those of before, is judged as it was.
func TestLostAttemptsCount(t *testing.T) {
	const calm = 125. / 130 // of ten seconds' requests: those that the surge tore are its own
	for _, c := range []struct {
		kind       string
		times      int
		want, peak float64
	}{
		{"blackhole", 1, 1, 1 / calm},
		{"blackhole", 2, (5 + 600.) / 305, 2 / calm},
		{"blackhole", 4, (5 + 280*4 + 10*3 + 10*2.) / 305, 4 / calm},
		{"cert_expired", 4, 4, 4},
		{"refuse", 4, 1, 1 / calm}, // nobody knows
	} {
		d := synth.Surge(c.kind, 1)
		card := synth.Judge(t, d.Play(synth.Asking(c.times, 1)))
		for _, m := range []struct {
			metric, phase string
			want          float64
		}{
			{"retry_amplification", "surge", c.want}, {"retry_amplification_peak", "surge", c.peak}, {"retry_amplification", "calm", 1},
		} {
			synth.Exactly(t, synth.Measure(t, card, m.metric, m.phase, ""), synth.Want(m.want, synth.None, synth.None, ""))
		}
		d.Lines = slices.DeleteFunc(d.Lines, func(l record.Line) bool { return l.Conn != nil })
		old := synth.Judge(t, d.Log())
		synth.Exactly(t, synth.Measure(t, old, "retry_amplification", "surge", ""), synth.Want(1, synth.None, synth.None, ""))
	}
}

// What is lost is of no journey in particular: of one among several it is not known
// how much was its own.
func TestLostAttemptsAreNobodys(t *testing.T) {
	d := synth.Surge("blackhole", 1)
	d.Journey("api", 10)
	card := synth.Judge(t, d.Play(synth.Asking(3, 1)))
	for phase, want := range map[string]string{
		"surge": "attempts at primary were lost with their connections, and nobody knows of which journey", "calm": "",
	} {
		if m := synth.Measure(t, card, "retry_amplification", phase, "api"); m.Reason != want || (m.Value == nil) != (want != "") {
			t.Errorf("in %s: %v, %q; want %q", phase, m.Value, m.Reason, want)
		}
	}
	if m := synth.Measure(t, card, "retry_amplification", "surge", ""); m.Value == nil || *m.Value < 2.5 {
		t.Errorf("of both journeys: %v, %s; want nearly 3", m.Value, m.Reason)
	}
}
