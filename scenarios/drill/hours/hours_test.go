package hours_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill/hours"
)

func TestAt(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 3, 28, 12, 0, 0, 0, vienna) // the clocks go forward next morning
	for _, c := range []struct{ text, want, problem string }{
		{"12:30", "2026-03-28T12:30:00+01:00", ""},
		{"12:30:15", "2026-03-28T12:30:15+01:00", ""},
		{"12:00", "2026-03-29T12:00:00+02:00", ""},
		{"9:00", "2026-03-29T09:00:00+02:00", ""},
		{"02:30", "", "there is no 02:30 on 2026-03-29, when the clocks go forward"},
		{"2026-03-28T11:00:01Z", "2026-03-28T11:00:01Z", ""},
		{"2026-03-28T10:59:00Z", "", "it is in the past, by 1m0s"},
		{"24:00", "", "neither RFC 3339 nor HH:MM[:SS]"},
		{"noon", "", "neither RFC 3339 nor HH:MM[:SS]"},
		{"", "", "neither RFC 3339 nor HH:MM[:SS]"},
	} {
		at, err := hours.At(c.text, noon)
		switch {
		case c.problem != "" && (err == nil || err.Error() != c.problem):
			t.Errorf("At(%q) gives %v and %v, want %q", c.text, at, err, c.problem)
		case c.problem == "" && (err != nil || at.Format(time.RFC3339) != c.want):
			t.Errorf("At(%q) gives %v and %v, want %s", c.text, at, err, c.want)
		}
	}
}

func TestWindow(t *testing.T) {
	day := func(hour, minute int) time.Time { return time.Date(2026, 5, 4, hour, minute, 0, 0, time.UTC) }
	for _, c := range []struct {
		window  string
		start   time.Time
		length  time.Duration
		closes  time.Time
		problem string
	}{
		{"10:00-12:00", day(10, 0), 2 * time.Hour, day(12, 0), ""},
		{"10:00-12:00", day(11, 58), 2 * time.Minute, day(12, 0), ""},
		{"10:00-12:00", day(11, 58), 3 * time.Minute, time.Time{}, "ends at 12:01:00, after 12:00"},
		{"10:00-12:00", day(9, 59), time.Minute, time.Time{}, "09:59:00 is outside of it; it opens at 2026-05-04 10:00"},
		{"10:00-12:00", day(12, 0), time.Minute, time.Time{}, "12:00:00 is outside of it; it opens at 2026-05-05 10:00"},
		{"22:00-02:00", day(23, 30), time.Hour, day(26, 0), ""},
		{"22:00-02:00", day(1, 30), 30 * time.Minute, day(2, 0), ""},
		{"22:00-02:00", day(1, 30), 31 * time.Minute, time.Time{}, "ends at 02:01:00, after 02:00"},
		{"22:00-02:00", day(12, 0), time.Minute, time.Time{}, "it opens at 2026-05-04 22:00"},
		{"10:00", day(10, 0), time.Minute, time.Time{}, "a beginning and an end"},
		{"10:00-25:00", day(10, 0), time.Minute, time.Time{}, `"25:00" is no time of day`},
		{"10:00-10:00", day(10, 0), time.Minute, time.Time{}, "it begins when it ends"},
	} {
		window, err := hours.ParseWindow(c.window)
		var closes time.Time
		if err == nil {
			closes, err = window.Hold(c.start, c.length)
		}
		switch {
		case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
			t.Errorf("%v at %v in %s gives %v, want %q", c.length, c.start, c.window, err, c.problem)
		case c.problem == "" && (err != nil || !closes.Equal(c.closes)):
			t.Errorf("%v at %v in %s closes at %v (%v), want %v", c.length, c.start, c.window, closes, err, c.closes)
		}
	}
}
