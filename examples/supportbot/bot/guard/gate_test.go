package guard_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot/guard"
)

// fill takes every place that a gate gives and says how many there were.
func fill(g *guard.Gate, deferrable bool) int {
	n := 0
	for g.Enter(deferrable) {
		n++
	}
	for range n {
		g.Leave()
	}
	return n
}

func TestGateTurnsDeferrableWorkAwayFirst(t *testing.T) {
	g := guard.NewGate(8)
	if n := fill(g, false); n != 8 {
		t.Errorf("%d places for critical work, want 8", n)
	}
	if n := fill(g, true); n != 4 {
		t.Errorf("%d places for deferrable work, want half of 8", n)
	}
	for range 4 {
		g.Enter(false)
	}
	if g.Enter(true) {
		t.Error("deferrable work got in although half of the places were taken")
	}
	if !g.Enter(false) {
		t.Error("critical work was turned away with places free")
	}
}

func TestGateFollowsTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard.NewGate(64)
		for range 10 {
			g.Narrow() // one burst
		}
		if n := fill(g, false); n != 32 {
			t.Errorf("%d places after a burst of refusals, want half of 64 once", n)
		}
		for range 10 {
			time.Sleep(time.Second)
			g.Narrow()
		}
		if n := fill(g, false); n != 4 {
			t.Errorf("%d places after ten bursts, want 4: never none", n)
		}
		for range 6 {
			g.Widen()
		}
		if n := fill(g, false); n != 10 {
			t.Errorf("%d places after six answers, want 10", n)
		}
		for range 100 {
			g.Widen()
		}
		if n := fill(g, false); n != 64 {
			t.Errorf("%d places in the end, want 64 and no more", n)
		}
	})
}

func TestGateSmallerThanTheLeast(t *testing.T) {
	g := guard.NewGate(2)
	g.Narrow()
	if n := fill(g, false); n != 2 {
		t.Errorf("narrowing made a gate of 2 one of %d", n)
	}
}
