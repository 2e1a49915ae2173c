package faults_test

import (
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

func TestRefused(t *testing.T) {
	windows := []faults.Window{
		transport("refuse", 1, 10, 20),
		transport("blackhole", 1, 12, 14), // has no edges for the gate
		transport("refuse", 1, 15, 30),
		transport("refuse", 1, 30, 40),
		transport("refuse", 1, 50, 60),
	}
	start := time.Now()
	show := faults.NewShow(start, 7, windows)
	type state struct {
		Refused bool
		Wait    time.Duration
	}
	for at, want := range map[time.Duration]state{
		-5: {false, 15},
		0:  {false, 10},
		10: {true, 5},
		15: {true, 5},
		20: {true, 10},
		30: {true, 10},
		40: {false, 10},
		59: {true, 1},
		60: {false, 0},
	} {
		var got state
		got.Refused, got.Wait = show.Refused(start.Add(at))
		if got != want {
			t.Errorf("at %d: %+v, want %+v", at, got, want)
		}
	}
}
