package main

import (
	"testing"
	"time"
)

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-10-01": time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
		"90d":        now.AddDate(0, 0, -90),
		"12w":        now.AddDate(0, 0, -84),
		"36h":        now.Add(-36 * time.Hour),
		"0d":         now,
	} {
		if got, err := since(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yesterday", "d", "-3d", "-1h", "2026-13-01", "99999999999999999999d", "9999999d"} {
		if got, err := since(text, now); err == nil {
			t.Errorf("%s is %v", text, got)
		}
	}
}
