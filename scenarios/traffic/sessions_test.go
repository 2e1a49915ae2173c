package traffic_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

// visitors is a journey of sessions beside one without.
func visitors(arrival string) []traffic.Journey {
	return []traffic.Journey{
		{Name: "chat", Rate: 20, Arrival: arrival, CV: 2, Sessions: traffic.Sessions{Turns: 4, Think: 2 * time.Second}},
		{Name: "api", Rate: 5},
	}
}

// Nobody can tell from the load whether there are sessions.
func TestSessionsMoveNoRequest(t *testing.T) {
	for _, a := range pace.Arrivals() {
		journeys := visitors(a.Name)
		with := traffic.Schedule(journeys, 7, time.Minute)
		journeys[0].Sessions = traffic.Sessions{}
		without := traffic.Schedule(journeys, 7, time.Minute)
		for i := range with {
			with[i].Session, with[i].Turn = 0, 0
		}
		if diff := cmp.Diff(without, with); diff != "" {
			t.Errorf("%s (-without +with):\n%s", a.Name, diff)
		}
	}
}

// Turns follow each other in their order, after the time to think, and each
// session has all of them but for those that the drill begins or ends in.
func TestSessionsHaveTheirTurns(t *testing.T) {
	const turns, think, length = 4, 2 * time.Second, time.Minute
	for _, a := range pace.Arrivals() {
		sessions := map[int][]traffic.Due{}
		for _, d := range traffic.Schedule(visitors(a.Name), 7, length) {
			if d.Journey == 0 {
				sessions[d.Session] = append(sessions[d.Session], d)
			}
		}
		if n := len(sessions); n < 300 {
			t.Fatalf("%s: %d sessions of 1,200 requests", a.Name, n)
		}
		longest := time.Duration(0)
		for n, s := range sessions {
			for i, d := range s {
				if d.Turn != i {
					t.Fatalf("%s: session %d goes on with turn %d, want %d", a.Name, n, d.Turn, i)
				}
				if i > 0 {
					thought := d.At - s[i-1].At
					longest = max(longest, thought)
					if thought < think {
						t.Errorf("%s: session %d thinks %v, want %v at least", a.Name, n, thought, think)
					}
				}
			}
			begun, last := s[0].At, s[len(s)-1].At
			if len(s) > turns || len(s) < turns && begun > think && last < length-2*think {
				t.Errorf("%s: session %d, begun at %v, has %d turns, want %d", a.Name, n, begun, len(s), turns)
			}
		}
		if a.Name == "uniform" && longest > think+50*ms {
			t.Errorf("the longest thinks %v, want %v and an interval at most", longest, think)
		}
	}
}

// From the beginning on users are in all turns at once, and not in the same one.
func TestSessionsAreNotInStep(t *testing.T) {
	const think = 2 * time.Second
	due := traffic.Schedule(visitors("uniform"), 7, time.Minute)
	for from := 6 * time.Second; from < 58*time.Second; from += time.Second {
		var n [4]int
		for _, d := range due {
			if d.Journey == 0 && d.At >= from && d.At < from+think {
				n[d.Turn]++
			}
		}
		for turn, k := range n {
			if k < 9 || k > 11 {
				t.Errorf("of the 40 requests from %v on %d are turn %d, want 10: %v", from, k, turn, n)
			}
		}
	}
}

func TestSessionNames(t *testing.T) {
	j := visitors("uniform")
	if got := j[0].Session(3); got != "chat-3" {
		t.Errorf("the fourth session is %q", got)
	}
	if got := j[1].Session(3); got != "" {
		t.Errorf("without sessions it is %q", got)
	}
}
