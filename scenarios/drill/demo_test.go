package drill_test

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// demos is how many demos TestDemos plays. 20 take half a minute of two cores;
// .ci/run asks for them.
var demos = flag.Int("demos", 1, "how many demos to play, each with a seed of its own")

// A performance is what one drill in virtual time left.
type performance struct {
	log    []byte
	appLog string
	card   *scorecard.Card
}

// perform plays a scenario against the support bot in a bubble, on an in-memory
// network.
func perform(t *testing.T, scenario, style string, seed uint64) performance {
	t.Helper()
	return performedAs(t, scenario, seed, drill.Options{App: supportBot(style)})
}

// performedAs plays a scenario as the options say, in a bubble.
func performedAs(t *testing.T, scenario string, seed uint64, opts drill.Options) performance {
	t.Helper()
	plan, problems := scenarios.Load(scenario, scenarios.Options{HaveApp: true, AnyPorts: true, Seed: &seed})
	if plan == nil {
		t.Fatal(problems)
	}
	var log, appLog bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		opts.Log, opts.AppLog = &log, &appLog
		opts.Net = drill.Net{Listen: network.Listen, Dial: network.Dial}
		if err := drill.Run(t.Context(), plan, opts); err != nil {
			t.Fatal(err)
		}
	})
	return performance{log: log.Bytes(), appLog: appLog.String(), card: judge(t, log.Bytes())}
}

func judge(t *testing.T, log []byte) *scorecard.Card {
	t.Helper()
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// supportBot is the example app, told about the mocks by its environment.
func supportBot(style string) drill.App { return seededBot(style, 0) }

// seededBot is the example app with dice of its own.
func seededBot(style string, seed uint64) drill.App {
	return drill.Handler("builtin:"+style, func(place drill.Place) (http.Handler, func(), error) {
		env := map[string]string{}
		for _, v := range place.Env {
			name, value, _ := strings.Cut(v, "=")
			env[name] = value
		}
		config := bot.FromEnv(func(name string) string { return env[name] })
		config.Style, config.Dial, config.Seed = style, place.Net.Dial, seed
		config.Log = slog.New(slog.NewTextHandler(place.Log, nil))
		b, err := bot.New(config)
		if err != nil {
			return nil, nil, err
		}
		return b, b.Close, nil
	})
}

// The demo's promise: naive fails, resilient passes, whatever the seed.
func TestDemos(t *testing.T) {
	for seed := range uint64(*demos) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			played := perform(t, "ai-brownout", "naive", seed)
			naive, log := played.card, played.log
			if naive.Verdict != scorecard.Fail {
				t.Errorf("naive: %v, want fail: %s", naive.Verdict, naive.Sentence)
			}
			// The sentence is made from what was measured, not from the app's name.
			if renamed := judge(t, bytes.Replace(log, []byte("builtin:naive"), []byte("builtin:resilient"), 1)); renamed.Sentence != naive.Sentence {
				t.Errorf("by another name the naive app is told as %q, not %q", renamed.Sentence, naive.Sentence)
			}
			resilient := perform(t, "ai-brownout", "resilient", seed).card
			if resilient.Verdict != scorecard.Pass {
				t.Errorf("resilient: %v, want pass: %s", resilient.Verdict, resilient.Sentence)
				for _, b := range resilient.Bars {
					t.Logf("%s %s: %v %v %s", b.Metric, b.Phase, ptr(b.Value), b.Verdict, b.Reason)
				}
			}
		})
	}
}

func ptr(f *float64) any {
	if f == nil {
		return "–"
	}
	return *f
}
