package ledger_test

import (
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// Where a fault takes a provider's room, what it turns away was hit, though no
// attempt has a fault: an app without a fallback is found, and its outage graded.
func TestWhatIsTurnedAwayForWantOfRoomIsHit(t *testing.T) {
	naive := synth.Judge(t, synth.Surge("limits", 0.6).Play(synth.PrimaryOnly))
	if !slices.Contains(synth.Codes(naive), "no_fallback") || naive.Grade == "" {
		t.Errorf("findings %v, grade %q; want no_fallback and a grade", synth.Codes(naive), naive.Grade)
	}
	if p := naive.Providers[0]; p.Faulted == 0 {
		t.Errorf("%+v: nothing was hit", p)
	}
	if good := synth.Judge(t, synth.Surge("limits", 0.6).Play(synth.Resilient)); len(good.Findings) != 0 {
		t.Errorf("an app that fails over is accused of %v", synth.Codes(good))
	}
}

// What a provider turns away outside of such a fault is its own.
func TestWhatIsTurnedAwayOtherwiseIsNot(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Play(synth.Resilient)
	for i := range d.Lines {
		if a := d.Lines[i].Attempt; a != nil && a.Kind == "server_error" {
			a.Fault, a.Kind, a.At, a.Status, a.Refused = "", "", "", 429, "rate_limit"
		}
	}
	if p := synth.Judge(t, d.Log()).Providers[0]; p.Faulted != 0 {
		t.Errorf("%+v: its own refusals count as hit", p)
	}
}
