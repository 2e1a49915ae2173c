package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios/drill/hours"
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
		if w.at, err = hours.At(w.atText, now); err != nil {
			return atRefused(w.atText, err)
		}
		start = w.at.In(now.Location())
	}
	if w.windowText == "" {
		return nil
	}
	day, err := hours.ParseWindow(w.windowText)
	if err != nil {
		return &exit{code: exitUsage, err: fmt.Errorf("--window %s: %w", w.windowText, err), hint: "such as --window 10:00-12:00, in local time"}
	}
	w.closes, err = day.Hold(start, length)
	if closed, ok := errors.AsType[*hours.ClosedError](err); ok {
		err = fmt.Errorf("%w, and --at %s waits for that", err, closed.From)
	}
	if err != nil {
		return &exit{code: exitUsage, err: fmt.Errorf("--window %s: %w", w.windowText, err)}
	}
	return nil
}

// atRefused says that --at cannot be followed.
func atRefused(text string, err error) error {
	return &exit{code: exitUsage, err: fmt.Errorf("--at %s: %w", text, err), hint: "such as --at 10:00, or --at 2026-10-01T10:00:00+02:00"}
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
