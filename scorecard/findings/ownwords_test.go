package findings_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// A breaker keeps requests from the provider for a while after the outage too, and
// what their users are told is counted. What an app says on a good day as well is no
// reply to the outage.
func TestOwnWordsAfterTheOutage(t *testing.T) {
	for _, tt := range []struct {
		name  string
		every int // one of so many requests has own words on a good day; 0: none
		want  int
	}{{"never before", 0, 330}, {"now and then before", 50, 300}} {
		d := synth.Surge("server_error", 1)
		from, to := d.Setup.Windows[0].Start.Float(), d.Setup.Windows[0].End.Float()
		n := 0
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			n++
			tell := synth.OwnWords(false)
			switch failing := q.Due >= from && q.Due < to; {
			case failing:
				tell(q)
			case q.Due >= to && q.Due < to+3, tt.every > 0 && n%tt.every == 0 && q.Due < from:
				q.Lesser()
				q.U.Degraded = false
			default:
				tell(q)
			}
		}))
		for _, f := range card.Findings {
			if f.Code == "undeclared_template" && f.Count != tt.want {
				t.Errorf("%s: %d replies in own words, want %d", tt.name, f.Count, tt.want)
			}
		}
		if len(card.Findings) != 1 {
			t.Errorf("%s: findings %v", tt.name, synth.Codes(card))
		}
	}
}
