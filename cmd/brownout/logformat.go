package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// logFormat says whether stderr is for people or for whatever collects records.
type logFormat string

func (f *logFormat) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar((*string)(f), "log-format", "", "write what is said on stderr as records, `json` or text (log/slog): phases, marks and actions too")
}

// apply makes the terminal speak so.
func (f logFormat) apply(term *terminal) error {
	switch f {
	case "":
	case "json":
		term.log = slog.New(slog.NewJSONHandler(term.err, nil))
	case "text":
		term.log = slog.New(slog.NewTextHandler(term.err, nil))
	default:
		return &exit{code: exitUsage, err: fmt.Errorf("unknown log format %q", string(f)), hint: "log formats: json, text"}
	}
	return nil
}

// diagnose says what is wrong with a scenario, or unwise.
func (t *terminal) diagnose(problems []scenarios.Diagnostic) error {
	if t.log == nil {
		return scenarios.Print(t.err, problems)
	}
	for _, p := range problems {
		level := slog.LevelWarn
		if p.Severity == scenarios.Error {
			level = slog.LevelError
		}
		t.log.Log(context.Background(), level, p.Message, "code", p.Code, "file", p.File, "line", p.Line, "col", p.Col, "hint", p.Hint)
	}
	return nil
}

// records tells now and then how far a drill is. What happens in it, its journal
// tells.
func (p *progress) records(ctx context.Context, name string, live *drill.Live) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s := live.Status()
		args := []any{
			"drill", name, "at_s", s.Elapsed.Seconds(), "sent", s.Traffic.Sent, "answered", s.Traffic.Good,
			"errors", s.Traffic.Errors, "in_flight", s.Traffic.InFlight,
		}
		var attempts []any
		for _, a := range s.Attempts {
			attempts = append(attempts, slog.Int64(a.Provider, a.Attempts))
		}
		args = append(args, slog.Group("attempts", attempts...))
		p.term.log.Info("progress", args...)
	}
}
