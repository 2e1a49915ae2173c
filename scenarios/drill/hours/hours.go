// Package hours is when a drill may begin, in the words of whoever starts it: [At] a time,
// within a [Window] of every day. Times of day are those of the place that now is in.
//
//	at, err := hours.At("10:30", time.Now())
//	…
//	office, err := hours.ParseWindow("10:00-12:00")
//	…
//	closes, err := office.Hold(at, plan.Length)
package hours

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// errTime says that a text is no time of day.
var errTime = errors.New("no time of day such as 10:00 or 10:00:30")

// timeOfDay reads HH:MM or HH:MM:SS.
func timeOfDay(text string) (hour, minute, second int, err error) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Hour(), t.Minute(), t.Second(), nil
		}
	}
	return 0, 0, 0, errTime
}

// At reads when to begin, in RFC 3339, or as a time of day, HH:MM[:SS], where now is. One
// that is over today is tomorrow's. The error says that it is neither, or in the past, or
// left out on the day when the clocks go forward.
func At(text string, now time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		if ago := now.Sub(at); ago > 0 {
			return time.Time{}, fmt.Errorf("it is in the past, by %v", ago.Round(time.Second))
		}
		return at, nil
	}
	hour, minute, second, err := timeOfDay(text)
	if err != nil {
		return time.Time{}, errors.New("neither RFC 3339 nor HH:MM[:SS]")
	}
	y, m, d := now.Date()
	at := time.Date(y, m, d, hour, minute, second, 0, now.Location())
	if !at.After(now) {
		at = time.Date(y, m, d+1, hour, minute, second, 0, now.Location())
	}
	if at.Hour() != hour || at.Minute() != minute {
		return time.Time{}, fmt.Errorf("there is no %s on %s, when the clocks go forward", text, at.Format(time.DateOnly))
	}
	return at, nil
}

// A Window is a stretch of every day. One whose end is not after its beginning
// goes on into the next day.
type Window struct{ from, to string }

// ParseWindow reads HH:MM-HH:MM, with seconds if there are any.
func ParseWindow(text string) (Window, error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return Window{}, errors.New("it takes a beginning and an end, with a - between")
	}
	for _, end := range []string{from, to} {
		if _, _, _, err := timeOfDay(end); err != nil {
			return Window{}, fmt.Errorf("%q is %w", end, err)
		}
	}
	if from == to {
		return Window{}, errors.New("it begins when it ends")
	}
	return Window{from, to}, nil
}

// on is the window that begins on the day of t, shifted by days.
func (w Window) on(t time.Time, days int) (from, to time.Time) {
	y, m, d := t.Date()
	at := func(text string, day int) time.Time {
		hour, minute, second, _ := timeOfDay(text) // ParseWindow has read it
		return time.Date(y, m, day, hour, minute, second, 0, t.Location())
	}
	from, to = at(w.from, d+days), at(w.to, d+days)
	if !to.After(from) {
		to = at(w.to, d+days+1)
	}
	return from, to
}

// A ClosedError says that a window is not open at a moment.
type ClosedError struct {
	Moment time.Time
	Opens  time.Time // next
	From   string    // that time of day, as it was written
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("%s is outside of it; it opens at %s", e.Moment.Format(time.TimeOnly), e.Opens.Format("2006-01-02 15:04"))
}

// Hold gives the end of the window that a drill of a length, from start on, fits into.
// The error is a [*ClosedError], or says that the drill would end after the window.
func (w Window) Hold(start time.Time, length time.Duration) (time.Time, error) {
	for _, day := range []int{-1, 0} { // one that began yesterday may still be open
		from, to := w.on(start, day)
		if start.Before(from) || !start.Before(to) {
			continue
		}
		if end := start.Add(length); end.After(to) {
			return time.Time{}, fmt.Errorf("a drill of %v that starts at %s ends at %s, after %s",
				length, start.Format(time.TimeOnly), end.Format(time.TimeOnly), w.to)
		}
		return to, nil
	}
	next, _ := w.on(start, 0)
	if next.Before(start) {
		next, _ = w.on(start, 1)
	}
	return time.Time{}, &ClosedError{Moment: start, Opens: next, From: w.from}
}
