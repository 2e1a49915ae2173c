package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// when is when a drill may begin, as --at and --window say.
type when struct {
	atText, windowText string

	at     time.Time // zero: now
	closes time.Time // the end of the window; zero: none was given
}

func (w *when) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.atText, "at", "", "wait, and let the clock start at `TIME`: RFC 3339, or HH:MM[:SS] local, today or tomorrow")
	cmd.Flags().StringVar(&w.windowText, "window", "", "refuse to start outside of `FROM-TO` (HH:MM-HH:MM local), or when the drill would end after it")
}

// settle finds out when a drill of that length is to begin, seen from now.
func (w *when) settle(now time.Time, length time.Duration) error {
	var err error
	start := now
	if w.atText != "" {
		if w.at, err = parseAt(w.atText, now); err != nil {
			return atRefused(w.atText, err)
		}
		start = w.at.In(now.Location())
	}
	if w.windowText == "" {
		return nil
	}
	day, err := parseWindow(w.windowText)
	if err != nil {
		return &exit{code: exitUsage, err: fmt.Errorf("--window %s: %w", w.windowText, err), hint: "such as --window 10:00-12:00, in local time"}
	}
	if w.closes, err = day.hold(start, length); err != nil {
		return &exit{code: exitUsage, err: fmt.Errorf("--window %s: %w", w.windowText, err)}
	}
	return nil
}

// atRefused says that --at cannot be followed.
func atRefused(text string, err error) error {
	return &exit{code: exitUsage, err: fmt.Errorf("--at %s: %w", text, err), hint: "such as --at 10:00, or --at 2026-10-01T10:00:00+02:00"}
}

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

// parseAt reads when to begin. A time of day that is over today is tomorrow's.
func parseAt(text string, now time.Time) (time.Time, error) {
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

// A window is a stretch of every day. One whose end is not after its beginning
// goes on into the next day.
type window struct{ from, to string }

func parseWindow(text string) (window, error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return window{}, errors.New("it takes a beginning and an end, with a - between")
	}
	for _, end := range []string{from, to} {
		if _, _, _, err := timeOfDay(end); err != nil {
			return window{}, fmt.Errorf("%q is %w", end, err)
		}
	}
	if from == to {
		return window{}, errors.New("it begins when it ends")
	}
	return window{from, to}, nil
}

// on is the window that begins on the day of t, shifted by days.
func (w window) on(t time.Time, days int) (from, to time.Time) {
	y, m, d := t.Date()
	at := func(text string, day int) time.Time {
		hour, minute, second, _ := timeOfDay(text) // parseWindow has read it
		return time.Date(y, m, day, hour, minute, second, 0, t.Location())
	}
	from, to = at(w.from, d+days), at(w.to, d+days)
	if !to.After(from) {
		to = at(w.to, d+days+1)
	}
	return from, to
}

// hold gives the end of the window that a drill from start on fits into, or why
// there is none.
func (w window) hold(start time.Time, length time.Duration) (time.Time, error) {
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
	return time.Time{}, fmt.Errorf("%s is outside of it; it opens at %s, and --at %s waits for that",
		start.Format(time.TimeOnly), next.Format("2006-01-02 15:04"), w.from)
}

// start is when the drill is to begin, seen from now.
func (w *when) start(now time.Time) time.Time {
	if w.at.IsZero() {
		return now
	}
	return w.at
}

// announce says what is waited for, if anything is.
func (w *when) announce(term *terminal, ahead time.Duration) {
	if w.at.IsZero() {
		return
	}
	left := time.Until(w.at)
	term.sayf("waiting for %s, in %v; Ctrl-C ends it", w.at.Format(time.RFC3339), left.Round(time.Second))
	if ahead > 0 && left > ahead {
		term.sayf("the app is started and asked at %s", w.at.Add(-ahead).Format(time.RFC3339))
	}
}
