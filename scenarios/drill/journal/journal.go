// Package journal tells a drill under way as structured records: when a phase began,
// who did what, what was marked, how it ended. It reads what the drill writes into its
// log and passes on what is no request.
//
//	j := journal.New(slog.New(slog.NewJSONHandler(os.Stderr, nil)), journal.Options{})
//	defer j.Close()
//	err := drill.Run(ctx, plan, drill.Options{Log: j.Onto(file), …})
package journal

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync/atomic"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Options say how much is told.
type Options struct {
	// Blind keeps back the scenario, its phases and what is done to them.
	Blind bool
}

// A Journal tells drills to a logger. Whoever reads that may be slow: nothing of the
// drill waits, and what there is no room for is counted and left out.
type Journal struct {
	to    *slog.Logger
	opts  Options
	lines chan []byte
	over  chan struct{} // closed when no more is to come
	lost  atomic.Int64
	told  chan struct{} // closed when all is
}

// room is how many records may wait to be told. A drill has few, but for the marks of
// an alerting that has gone mad.
const room = 1000

// New begins to tell.
func New(to *slog.Logger, opts Options) *Journal {
	j := &Journal{to: to, opts: opts, lines: make(chan []byte, room), over: make(chan struct{}), told: make(chan struct{})}
	go func() {
		defer close(j.told)
		j.run()
	}()
	return j
}

func (j *Journal) run() {
	for {
		select {
		case line := <-j.lines:
			j.tell(line)
		case <-j.over:
			for len(j.lines) > 0 {
				j.tell(<-j.lines)
			}
			return
		}
	}
}

// Close returns when everything has been told that was written before it.
func (j *Journal) Close() {
	close(j.over)
	<-j.told
	if n := j.lost.Load(); n > 0 {
		j.to.Warn("records were left out: nobody read them in time", "records", n)
	}
}

// Onto is a log that is told too. Each write is one line, as [record.Writer] makes
// them; it is not kept.
func (j *Journal) Onto(log io.Writer) io.Writer { return &teller{j, log} }

type teller struct {
	*Journal
	log io.Writer
}

// requests are what nearly all lines are about, and the connections they went by.
func requests() [][]byte {
	return [][]byte{[]byte(`"kind":"user"`), []byte(`"kind":"attempt"`), []byte(`"kind":"conn"`)}
}

// head is how much of a line has its kind in it.
const head = 64

func (t *teller) Write(line []byte) (int, error) {
	start := line[:min(head, len(line))]
	for _, kind := range requests() {
		if bytes.Contains(start, kind) {
			return t.log.Write(line)
		}
	}
	select {
	case t.lines <- bytes.Clone(line):
	default:
		t.lost.Add(1)
	}
	return t.log.Write(line)
}

// tell tells one line.
func (j *Journal) tell(raw []byte) {
	for e, err := range record.Read(bytes.NewReader(raw)) {
		if err != nil {
			return // it is none of ours
		}
		switch l := e.Line; {
		case l.Setup != nil:
			j.begin(l.Setup)
		case l.Phase != nil && !j.opts.Blind:
			j.to.Info("phase", "name", l.Phase.Name, "at_s", l.T.Float())
		case l.Course != nil && !j.opts.Blind:
			j.to.Info("action", "action", l.Course.Action, "actor", l.Course.Actor, "state", l.Course.State,
				"at_s", l.T.Float(), "length_s", l.Course.Length.Float())
		case l.Mark != nil:
			j.mark(l.Mark)
		case l.End != nil:
			j.to.Info("end", "reason", l.End.Reason, "at_s", l.T.Float(), "sender_late_p99_s", l.End.SenderLateP99.Float())
		}
	}
}

func (j *Journal) begin(s *record.Setup) {
	args := []any{"app", s.App, "started_at", s.StartedAt, "length_s", s.Length.Float(), "brownout", s.Brownout}
	if !j.opts.Blind {
		args = append(args, "scenario", s.Scenario.Name, "seed", s.Scenario.Seed, "hash", s.Scenario.Hash)
	}
	j.to.Info("drill", args...)
}

// mark tells a mark; one that says that something is wrong with the drill is a warning.
func (j *Journal) mark(m *record.Mark) {
	level := slog.LevelInfo
	switch m.Kind {
	case "app_died", "interrupted", "canary", "stopped", "upstream":
		level = slog.LevelWarn
	}
	args := []any{"kind", m.Kind, "at_s", m.At.Float()}
	for _, more := range []struct{ key, value string }{
		{"note", m.Note}, {"actor", m.Actor}, {"provider", m.Provider}, {"fault", m.Fault},
	} {
		if more.value != "" {
			args = append(args, more.key, more.value)
		}
	}
	if m.Failed {
		args = append(args, "failed", true)
	}
	if m.Count > 1 {
		args = append(args, "count", m.Count)
	}
	j.to.Log(context.Background(), level, "mark", args...)
}
