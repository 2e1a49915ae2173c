package mockllm_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// TestSteadyStreams: once a stream is under way, its events cost no allocation beyond
// what the writer has: a stream of 4,000 tokens more makes no more of them.
func TestSteadyStreams(t *testing.T) {
	nonce := answer.Nonce(7, 1)
	for _, c := range []struct{ dialect, path, body string }{
		{"openai", path("openai"), `{"model":"m","stream":true,"messages":[{"role":"user","content":"` + nonce + `"}]}`},
		{"anthropic", path("anthropic"), `{"model":"m","max_tokens":9999,"stream":true,"messages":[{"role":"user","content":"` + nonce + `"}]}`},
		{"openai", responses, respond(nonce, `,"stream":true`)},
		{"openai", "/v1/completions", `{"model":"gpt-3.5-turbo-instruct","stream":true,"max_tokens":9999,"prompt":"` + nonce + `"}`},
		{"gemini", geminiSSE, `{"contents":[{"parts":[{"text":"` + nonce + `"}]}]}`},
	} {
		if raced && c.dialect == "gemini" {
			continue // encoding/json takes its state from a pool, which keeps less for the race detector
		}
		synctest.Test(t, func(t *testing.T) {
			allocs := func(tokens float64) (allocs float64, events int) {
				m := pace.Model{TTFT: pace.Spread{P50: time.Second}, Gap: pace.Spread{P50: 10 * time.Millisecond}, Tokens: pace.Length{P50: tokens}}
				s := server(t, c.dialect, m, nil)
				w := &counter{header: http.Header{}}
				allocs = testing.AllocsPerRun(3, func() {
					*w = counter{header: http.Header{}}
					s.ServeHTTP(w, request(t.Context(), "POST", c.path, c.body))
				})
				return allocs, w.writes
			}
			few, short := allocs(1000)
			many, long := allocs(5000)
			if long-short < 50 {
				t.Fatalf("%s: %d and %d events; the second stream shall be longer", c.path, short, long)
			}
			if many-few > float64(long-short)/5 { // some for the answer's text, which is longer
				t.Errorf("%s: %d events more allocate %.0f times more; want none", c.path, long-short, many-few)
			}
		})
	}
}

// counter is a writer that counts what is written.
type counter struct {
	header http.Header
	writes int
}

func (c *counter) Header() http.Header { return c.header }
func (c *counter) WriteHeader(int)     {}
func (c *counter) Flush()              {}
func (c *counter) Write(p []byte) (int, error) {
	c.writes++
	return len(p), nil
}
