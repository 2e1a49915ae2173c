package scorecard_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// longDrill writes the log of a long drill to a file, so that it takes no memory
// while it is judged, and gives the number of its lines: four journeys and eight
// phases, a million lines.
func longDrill(b *testing.B) (path string, lines int) {
	b.Helper()
	d := synth.New("calm 300", "a 250", "b 250", "c 250", "d 250", "e 250", "f 250", "after 300")
	for _, name := range []string{"chat", "api", "content", "pipeline"} {
		d.Journey(name, 50)
	}
	for _, phase := range []string{"a", "b", "c", "d", "e", "f"} {
		d.Fault(phase, "primary", "server_error", 0.7)
		d.Bar("availability", "min", 0.95, phase)
	}
	log := d.Play(synth.Resilient)
	path = filepath.Join(b.TempDir(), "log.jsonl")
	if err := os.WriteFile(path, log, 0o600); err != nil {
		b.Fatal(err)
	}
	return path, bytes.Count(log, []byte("\n"))
}

// peakHeap runs f and gives the most bytes that the heap held meanwhile, garbage
// and all, beyond what it held before.
func peakHeap(f func()) uint64 {
	held := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64() + s[1].Value.Uint64()
	}
	runtime.GC()
	before := held()
	most := before
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, held())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	f()
	close(done)
	wg.Wait()
	return most - before
}

// BenchmarkJudge judges a million lines on one core.
func BenchmarkJudge(b *testing.B) {
	path, lines := longDrill(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b.ReportAllocs()
	peak := uint64(0)
	for b.Loop() {
		peak = max(peak, peakHeap(func() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			if _, err := scorecard.Judge(record.Read(bufio.NewReader(f))); err != nil {
				b.Fatal(err)
			}
		}))
	}
	b.ReportMetric(float64(lines), "lines")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(lines), "ns/line")
	b.ReportMetric(float64(peak)/1e6, "MB-peak")
	b.ReportMetric(float64(peak)/float64(lines), "B-peak/line")
}
