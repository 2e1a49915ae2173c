package main

import (
	"strings"
	"testing"
	"time"
)

// Outside of the window, it is told what waits for it.
func TestWindowIsWaitedFor(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := when{windowText: "10:00-12:00"}
	err := w.settle(noon, time.Minute)
	const want = "--window 10:00-12:00: 12:00:00 is outside of it; it opens at 2026-05-05 10:00, and --at 10:00 waits for that"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}

// What counts for the window is when the drill starts, not when it is asked for.
func TestWindowGoesByAt(t *testing.T) {
	early := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	w := when{atText: "10:30", windowText: "10:00-12:00"}
	if err := w.settle(early, time.Hour); err != nil {
		t.Error(err)
	}
	w = when{atText: "11:30", windowText: "10:00-12:00"}
	if err := w.settle(early, time.Hour); err == nil {
		t.Error("a drill that begins at 11:30 and takes an hour is in the window until 12:00")
	}
}
