package traffic_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// A share of the requests asks again what was asked for the first time some
// while before, and no request moves for it.
func TestRepeats(t *testing.T) {
	journeys := []traffic.Journey{{Name: "chat", Rate: 20, Repeat: 0.3}, {Name: "api", Rate: 5}}
	due := traffic.Schedule(journeys, 7, 2*time.Minute)
	var chat []traffic.Due
	for _, d := range due {
		switch {
		case d.Journey == 0:
			chat = append(chat, d)
		case d.Again != 0:
			t.Errorf("a journey without repeats has one: %+v", d)
		}
	}
	repeats, which := 0, map[int]bool{}
	for _, d := range chat {
		if d.Again == 0 {
			continue
		}
		repeats++
		which[d.Again] = true
		first := chat[d.Again-1]
		if first.Again != 0 || first.At > d.At-5*time.Second {
			t.Errorf("%+v repeats %+v", d, first)
		}
	}
	// Of 2,300 that could, 30 % ± 3.3 standard deviations.
	if repeats < 617 || repeats > 763 || len(which) < 300 {
		t.Errorf("%d of %d repeat %d questions", repeats, len(chat), len(which))
	}
	journeys[0].Repeat = 0
	for i := range due {
		due[i].Again = 0
	}
	if diff := cmp.Diff(traffic.Schedule(journeys, 7, 2*time.Minute), due); diff != "" {
		t.Errorf("(-without +with):\n%s", diff)
	}
}
