package drill_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// Await goes by the requests that are due from now on, one a second here, each of
// which takes less.
func TestAwait(t *testing.T) {
	plan, problems := load(t, strings.Replace(relayScenario, "openai}", "openai, models: {gpt-4o: {ttft: {p50: 10ms}, tokens: {p50: 1}}}}", 1))
	if plan == nil {
		t.Fatal(problems)
	}
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		var started, called time.Time
		session, err := drill.Open(t.Context(), plan, drill.Options{Log: new(bytes.Buffer), Net: drill.Net{Listen: network.Listen, Dial: network.Dial}})
		if err != nil {
			t.Fatal(err)
		}
		if err := session.Await(t.Context(), 1); !errors.Is(err, drill.ErrNoTraffic) {
			t.Errorf("before there is traffic: %v", err)
		}
		if err := session.Drive(t.Context(), lateApp(network, 0, &started, &called)); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{3, 1, 5} {
			began := time.Now()
			if err := session.Await(t.Context(), n); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took <= time.Duration(n-1)*time.Second || took > time.Duration(n+1)*time.Second {
				t.Errorf("%d requests, one a second, took %v", n, took)
			}
		}
		if err := session.Await(t.Context(), 4000); err == nil {
			t.Error("the traffic has no 4000 requests left")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := session.Await(ctx, 3); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who gives up after a second: %v", err)
		}
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
}
