package scorecard_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// BenchmarkJudge judges a long drill of four journeys and eight phases; a line
// of the log is an event.
func BenchmarkJudge(b *testing.B) {
	d := newSynth("calm 300", "a 250", "b 250", "c 250", "d 250", "e 250", "f 250", "after 300")
	for _, name := range []string{"chat", "api", "content", "pipeline"} {
		d.journey(name, 50)
	}
	for _, phase := range []string{"a", "b", "c", "d", "e", "f"} {
		d.fault(phase, "primary", "server_error", 0.7)
	}
	log := d.play(resilient)
	events := bytes.Count(log, []byte("\n"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		if _, err := scorecard.Judge(scorecard.ReadLog(bytes.NewReader(log))); err != nil {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	b.SetBytes(int64(len(log)))
	b.ReportMetric(float64(events), "events/op")
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
