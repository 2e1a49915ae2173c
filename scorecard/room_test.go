package scorecard_test

import (
	"slices"
	"testing"
)

// Where a fault takes a provider's room, what it turns away was hit, though no
// attempt has a fault: an app without a fallback is found, and its outage graded.
func TestWhatIsTurnedAwayForWantOfRoomIsHit(t *testing.T) {
	naive := judge(t, surge("limits", 0.6).play(primaryOnly))
	if !slices.Contains(codes(naive), "no_fallback") || naive.Grade == "" {
		t.Errorf("findings %v, grade %q; want no_fallback and a grade", codes(naive), naive.Grade)
	}
	if p := naive.Providers[0]; p.Faulted == 0 {
		t.Errorf("%+v: nothing was hit", p)
	}
	if good := judge(t, surge("limits", 0.6).play(resilient)); len(good.Findings) != 0 {
		t.Errorf("an app that fails over is accused of %v", codes(good))
	}
}

// What a provider turns away outside of such a fault is its own.
func TestWhatIsTurnedAwayOtherwiseIsNot(t *testing.T) {
	d := surge("server_error", 1)
	d.play(resilient)
	for i := range d.lines {
		if a := d.lines[i].Attempt; a != nil && a.Kind == "server_error" {
			a.Fault, a.Kind, a.At, a.Status, a.Refused = "", "", "", 429, "rate_limit"
		}
	}
	if p := judge(t, d.log()).Providers[0]; p.Faulted != 0 {
		t.Errorf("%+v: its own refusals count as hit", p)
	}
}
