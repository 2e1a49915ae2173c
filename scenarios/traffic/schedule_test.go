package traffic_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// at lists when the requests of one journey are due.
func at(due []traffic.Due, journey int) []time.Duration {
	var moments []time.Duration
	for _, d := range due {
		if d.Journey == journey {
			moments = append(moments, d.At)
		}
	}
	return moments
}

func TestUniformIsEvenlySpaced(t *testing.T) {
	due := traffic.Schedule([]traffic.Journey{{Name: "chat", Rate: 20}}, 7, 10*time.Second)
	if len(due) != 200 {
		t.Fatalf("%d requests, want 200", len(due))
	}
	if first := due[0].At; first >= 50*time.Millisecond {
		t.Errorf("the first is due at %v, after the first interval", first)
	}
	for i := range due[1:] {
		// The moments are truncated to a microsecond.
		if gap := due[i+1].At - due[i].At; gap < 50*time.Millisecond-time.Microsecond || gap > 50*time.Millisecond+time.Microsecond {
			t.Errorf("gap %d is %v, want 50ms", i, gap)
		}
	}
}

func TestPoissonGapsAreExponential(t *testing.T) {
	moments := at(traffic.Schedule([]traffic.Journey{{Name: "chat", Rate: 100, Arrival: "poisson"}}, 7, 100*time.Second), 0)
	var gaps []float64
	for i := range moments[1:] {
		gaps = append(gaps, (moments[i+1] - moments[i]).Seconds())
	}
	slices.Sort(gaps)
	// Kolmogorov–Smirnov against 1 − e^(−100 t); 1.63/√n is the 1 % bound.
	worst := 0.0
	for i, g := range gaps {
		want := 1 - math.Exp(-100*g)
		worst = max(worst, math.Abs(want-float64(i)/float64(len(gaps))))
	}
	if bound := 1.63 / math.Sqrt(float64(len(gaps))); worst > bound {
		t.Errorf("distance from the exponential distribution is %.4f with %d gaps, bound %.4f", worst, len(gaps), bound)
	}
}

func crowd() []traffic.Journey {
	return []traffic.Journey{
		{Name: "chat", Rate: 2000, Arrival: "poisson"},
		{Name: "api", Rate: 2000, Arrival: "poisson"},
		{Name: "content", Rate: 1000},
		{Name: "pipeline", Rate: 1000},
	}
}

func TestNoTwoAreDueTogether(t *testing.T) {
	due := traffic.Schedule(crowd(), 3, 5*time.Second)
	nth := make([]int, 4)
	for n, d := range due {
		if n > 0 && d.At <= due[n-1].At {
			t.Fatalf("request %d is due at %v, the one before at %v", n, d.At, due[n-1].At)
		}
		if d.N != n || d.Nth != nth[d.Journey] {
			t.Fatalf("request %d is numbered %d, %d of its journey; want %d, %d", n, d.N, d.Nth, n, nth[d.Journey])
		}
		if d.At%time.Microsecond != 0 || d.At >= 5*time.Second {
			t.Fatalf("request %d is due at %d ns", n, d.At)
		}
		nth[d.Journey]++
	}
}

// At these rates journeys often want the same microsecond.
func TestAddedJourneyMovesNoOther(t *testing.T) {
	all := crowd()
	before := traffic.Schedule(all[:3], 3, 5*time.Second)
	after := traffic.Schedule(all, 3, 5*time.Second)
	for j := range 3 {
		if diff := cmp.Diff(at(before, j), at(after, j)); diff != "" {
			t.Errorf("journey %d moved (-before +after):\n%s", j, diff)
		}
	}
}

func TestSeedAndNameDecide(t *testing.T) {
	schedule := func(name string, seed uint64) []time.Duration {
		return at(traffic.Schedule([]traffic.Journey{{Name: name, Rate: 50, Arrival: "poisson"}}, seed, 10*time.Second), 0)
	}
	base := schedule("chat", 1)
	if diff := cmp.Diff(base, schedule("chat", 1)); diff != "" {
		t.Errorf("the same seed gave another schedule:\n%s", diff)
	}
	if cmp.Equal(base, schedule("chat", 2)) {
		t.Error("another seed gave the same schedule")
	}
	if cmp.Equal(base, schedule("api", 1)) {
		t.Error("another journey got the same schedule")
	}
}

func TestScheduleOfNothing(t *testing.T) {
	for _, rate := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if due := traffic.Schedule([]traffic.Journey{{Name: "chat", Rate: rate}}, 7, time.Minute); len(due) != 0 {
			t.Errorf("rate %v gave %d requests", rate, len(due))
		}
	}
	if due := traffic.Schedule([]traffic.Journey{{Name: "chat", Rate: 10}}, 7, 0); len(due) != 0 {
		t.Errorf("no length gave %d requests", len(due))
	}
}

// More than a million a second do not fit into a million microseconds.
func TestScheduleStaysWithinItsLength(t *testing.T) {
	due := traffic.Schedule([]traffic.Journey{{Name: "chat", Rate: 3e6}, {Name: "api", Rate: 1e5}}, 7, time.Millisecond)
	if len(due) != 1000 || due[999].At != 999*time.Microsecond {
		t.Errorf("%d requests, the last at %v; want one in each microsecond", len(due), due[len(due)-1].At)
	}
}

func BenchmarkSchedule(b *testing.B) {
	journeys := crowd()
	for b.Loop() {
		traffic.Schedule(journeys, 7, 10*time.Second)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/60_000, "ns/request")
}
