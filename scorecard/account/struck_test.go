package account_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// struckOf are a card's rows of connections, and the losses of its timeline in sum.
func struckOf(t *testing.T, log []byte) (rows []account.StruckRow, lost float64) {
	t.Helper()
	card := synth.Judge(t, log)
	for _, p := range card.Providers {
		rows = append(rows, p.Struck...)
	}
	for _, s := range card.Timeline.Series {
		for _, v := range s.Values {
			if s.Group == "lost" && v != nil {
				lost += *v
			}
		}
	}
	return rows, lost
}

// A card tells how many connections each fault had in each phase, and how many attempts
// went with them: those on which nothing was asked took none, nor did the goodbye of a
// client that speaks TLS.
func TestStruckConnections(t *testing.T) {
	d := synth.Surge("cert_expired", 1)
	d.Play(synth.Asking(3, 1))
	for i, unheard := range []int{0, 24, 31} {
		at := synth.Secs(20 + float64(i))
		d.Lines = append(d.Lines, record.Line{T: at, Kind: "conn", Conn: &record.Conn{
			Provider: "primary", Opened: synth.Secs(-1), Struck: at, Ended: at, Fault: "surge/latency", Kind: "latency", At: "answer", Unheard: unheard,
		}})
	}
	rows, lost := struckOf(t, d.Log())
	each, none := 3., 0.
	want := []account.StruckRow{
		{Phase: "surge", Kind: "cert_expired", Connections: 900, Lost: 900, PerRequest: &each},
		{Phase: "surge", Kind: "latency", Connections: 3, PerRequest: &none},
	}
	if diff := cmp.Diff(want, rows); diff != "" || lost != 900 {
		t.Errorf("%g lost; rows (-want +got):\n%s", lost, diff)
	}
	const event = "outage_end 45 end of the outage of primary: 900 attempts were lost with their connections, 3 for each request due in it"
	if events := eventTexts(synth.Judge(t, d.Log())); !slices.Contains(events, event) {
		t.Errorf("events %q, want %q among them", events, event)
	}
}

// The curve of attempts per request has those that were lost: three of each request, and
// the one that was answered.
func TestCurveOfLostAttempts(t *testing.T) {
	timeline := synth.Judge(t, synth.Surge("blackhole", 1).Play(synth.Asking(3, 1))).Timeline
	i := slices.IndexFunc(timeline.Series, func(s account.Series) bool { return s.Name == "per_request" })
	four := 4.
	if diff := cmp.Diff(&four, timeline.Series[i].Values[int(30/timeline.StepS)]); diff != "" {
		t.Errorf("attempts per request amid the outage (-want +got):\n%s", diff)
	}
}

// A log that tells of no connection has a card without any.
func TestNoStruckConnections(t *testing.T) {
	d := synth.Surge("blackhole", 1)
	d.Play(synth.Asking(3, 1))
	d.Lines = slices.DeleteFunc(d.Lines, func(l record.Line) bool { return l.Conn != nil })
	if rows, lost := struckOf(t, d.Log()); len(rows) > 0 || lost > 0 {
		t.Errorf("%v, %g lost", rows, lost)
	}
}

// Refused connections are seen by nobody, and a card of a drill that had some says so.
func TestRefusedConnectionsAreALimit(t *testing.T) {
	const limit = "connections to primary that were refused are seen by nobody: how often the app tried it then is not known, and attempts do not count them"
	for kind, want := range map[string]bool{"refuse": true, "blackhole": false} {
		card := synth.Judge(t, synth.Surge(kind, 1).Play(synth.Asking(2, 1)))
		if slices.Contains(card.Limits, limit) != want {
			t.Errorf("%s: limits %q, want that among them: %v", kind, card.Limits, want)
		}
	}
}
