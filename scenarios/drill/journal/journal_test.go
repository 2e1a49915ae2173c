package journal_test

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/drill/journal"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// logger writes records without the time of day.
func logger(to io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// play writes the lines of a small drill, and gives what was logged and told.
func play(t *testing.T, opts journal.Options) (log, told string) {
	t.Helper()
	var written, said bytes.Buffer
	j := journal.New(logger(&said), opts)
	w := record.NewWriter(j.Onto(&written))
	second := record.Of(time.Second)
	for _, l := range []record.Line{
		{Kind: "setup", Setup: &record.Setup{
			Schema: 1, App: "bot", Length: 60 * second, Scenario: record.Scenario{Name: "small", Seed: 7, Hash: "abc"},
			StartedAt: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC),
		}},
		{Kind: "phase", Phase: &record.Change{Name: "surge"}},
		{T: second, Kind: "user", User: &record.User{Journey: "phase", How: "complete"}},
		{T: second, Kind: "attempt", Attempt: &record.Attempt{Provider: "mark", Endpoint: "chat"}},
		{T: 2 * second, Kind: "course", Course: &record.Course{State: 3, Actor: "ann", Action: "hold", Length: 90 * second}},
		{T: 3 * second, Kind: "mark", Mark: &record.Mark{Kind: "alert", At: 2 * second, Note: "5xx", Actor: "pager"}},
		{T: 4 * second, Kind: "mark", Mark: &record.Mark{Kind: "stopped", At: 4 * second, Note: "STOP is there", Actor: "--stop-file"}},
		{T: 5 * second, Kind: "end", End: &record.End{Reason: "stopped"}},
	} {
		if err := w.Write(l); err != nil {
			t.Fatal(err)
		}
	}
	j.Close()
	return written.String(), said.String()
}

func TestRecords(t *testing.T) {
	log, told := play(t, journal.Options{})
	const want = `{"level":"INFO","msg":"drill","app":"bot","started_at":"2026-05-04T10:00:00Z","length_s":60,"brownout":"","scenario":"small","seed":7,"hash":"abc"}
{"level":"INFO","msg":"phase","name":"surge","at_s":0}
{"level":"INFO","msg":"action","action":"hold","actor":"ann","state":3,"at_s":2,"length_s":90}
{"level":"INFO","msg":"mark","kind":"alert","at_s":2,"note":"5xx","actor":"pager"}
{"level":"WARN","msg":"mark","kind":"stopped","at_s":4,"note":"STOP is there","actor":"--stop-file"}
{"level":"INFO","msg":"end","reason":"stopped","at_s":5,"sender_late_p99_s":0}
`
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if n := strings.Count(log, "\n"); n != 8 {
		t.Errorf("%d of 8 lines are in the log:\n%s", n, log)
	}
}

func TestBlind(t *testing.T) {
	_, told := play(t, journal.Options{Blind: true})
	for _, word := range []string{"surge", "hold", "small", "seed"} {
		if strings.Contains(told, word) {
			t.Errorf("%q is told in a blind drill:\n%s", word, told)
		}
	}
	if n := strings.Count(told, "\n"); n != 4 {
		t.Errorf("%d records, want 4:\n%s", n, told)
	}
}

// A reader who does not read keeps no line from the log.
func TestNobodyReads(t *testing.T) {
	r, w := io.Pipe()
	j := journal.New(logger(w), journal.Options{})
	var written bytes.Buffer
	log := record.NewWriter(j.Onto(&written))
	const lines = 3000
	for range lines {
		if err := log.Write(record.Line{Kind: "mark", Mark: &record.Mark{Kind: "note"}}); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(written.String(), "\n"); n != lines {
		t.Errorf("%d of %d lines are in the log", n, lines)
	}
	told := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(r)
		told <- b
	}()
	j.Close()
	w.Close()
	if !strings.Contains(string(<-told), `"msg":"records were left out: nobody read them in time","records":`) {
		t.Error("what was left out is not told")
	}
}
