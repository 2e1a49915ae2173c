package scorecard_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A healthy app with nothing played against it is judged with the planned
// windows, whatever they are, and has no finding.
func TestControlFindsNothing(t *testing.T) {
	for _, kind := range []string{"server_error", "rate_limit", "slow", "truncate", "hang", "refuse", "latency", "cert_expired"} {
		d := synth.New("calm 15", "surge 30", "after 30")
		d.Journey("api", 5)
		d.Bar("availability", "min", 0.95, "surge")
		d.Fault("surge", "primary", kind, 1)
		windows := d.Setup.Windows
		d.Setup.Windows = nil // nothing is played …
		d.Play(synth.Resilient)
		d.Setup.Windows = windows // … and all is judged
		card := synth.Judge(t, d.Log())
		if got := synth.Codes(card); len(got) != 0 {
			t.Errorf("%s: a no-fault control found %v", kind, got)
		}
		if card.Verdict != scorecard.Pass {
			t.Errorf("%s: %v, %s", kind, card.Verdict, card.Sentence)
		}
	}
}

// What cannot be read, or not by this version, is not judged.
func TestJudgeOfWhatCannotBeRead(t *testing.T) {
	broken := iotest.ErrReader(errors.New("disk on fire"))
	if _, err := scorecard.Judge(record.Read(broken)); err == nil || err.Error() != "judge the log: line 1: disk on fire" {
		t.Errorf("Judge: %v", err)
	}
	newer := strings.NewReader(`{"kind":"setup","setup":{"schema":2}}`)
	if _, err := scorecard.Judge(record.Read(newer)); !errors.Is(err, record.ErrNewer) {
		t.Errorf("Judge of a newer log: %v", err)
	}
}
