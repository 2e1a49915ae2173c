package drill_test

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// An app that caches answers by question is seen to, also while its provider is
// down, and one that does not is not. No answer of a cache counts as another's.
func TestCacheIsSeen(t *testing.T) {
	const scenario = `
version: 1
name: cache
providers: {primary: {dialect: openai}}
traffic:
  journeys:
    chat: {rate: 10/s, repeat: 40%, request: {path: /, text: "{{prompt}}"}}
phases:
  - {name: baseline, for: 20s}
  - {name: surge, for: 20s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 10s}
bars: [{metric: error_rate, max: 50%}]
`
	for name, test := range map[string]struct {
		app         func(*desk) http.Handler
		least, most float64 // of the repeated questions in the surge
	}{
		// Questions of the surge have no answer yet: its repeats of those fail.
		"caching": {caching, 0.6, 0.99},
		"passing": {passing, 0, 0},
	} {
		card, err := scorecard.Judge(record.Read(bytes.NewReader(performed(t, scenario, test.app))))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range card.Metrics {
			if m.Name != "cache_share" || m.Journey != "" || m.Provider != "" || m.Phase != "surge" {
				continue
			}
			if !m.Measured || *m.Value < test.least || *m.Value > test.most || m.N < 50 {
				t.Errorf("%s: cache_share is %+v, want from %v to %v", name, m, test.least, test.most)
			}
		}
		if n := card.Outcomes["surge"]["foreign"] + card.Outcomes["baseline"]["foreign"]; n > 0 {
			t.Errorf("%s: %d answers count as another user's", name, n)
		}
	}
}

// caching asks the primary what it has no answer to yet.
func caching(d *desk) http.Handler {
	var mu sync.Mutex
	known := map[string]string{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		mu.Lock()
		text, ok := known[string(prompt)]
		mu.Unlock()
		if !ok {
			var status int
			if text, status = d.ask(r.Context(), "PRIMARY", string(prompt)); status != http.StatusOK {
				http.Error(w, "sorry", status)
				return
			}
			mu.Lock()
			known[string(prompt)] = text
			mu.Unlock()
		}
		_, _ = io.WriteString(w, text)
	})
}
