package faults_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// What is foretold is what an injector then does, attempt by attempt.
func TestFatesComeTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twice := window("b", "rate_limit", 0.2)
		twice.From, twice.Fault.Share.To, twice.Fault.First = time.Second, 0.6, 2
		windows := []faults.Window{window("a", "server_error", 0.3), twice}
		in, hits := injector(9, windows...)
		start, foretold := time.Now(), faults.NewFates(9, windows)
		met := map[string]int{}
		for user := range 200 {
			for n := 1; n <= 4; n++ {
				want := ""
				look := faults.Look{Endpoint: "chat", Nonce: nonce(user)}
				if w, kind := foretold.Meet(look, time.Since(start), n); w != nil {
					want = w.Fault.Key
					if kind.Name != w.Fault.Kind {
						t.Fatalf("kind %q of a %s", kind.Name, w.Fault.Kind)
					}
				}
				got, before := "", len(*hits)
				get(in, "chat", "X-Nonce", nonce(user))
				if len(*hits) > before {
					got = (*hits)[before]
				}
				if got != want {
					t.Fatalf("user %d, attempt %d met %q, foretold was %q", user, n, got, want)
				}
				met[want]++
				time.Sleep(10 * time.Millisecond)
			}
		}
		if met["a"] == 0 || met["b"] == 0 || met[""] == 0 {
			t.Errorf("%v: not every fate was met", met)
		}
	})
}
