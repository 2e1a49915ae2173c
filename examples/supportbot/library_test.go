package main

import (
	"log/slog"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scorecard"
)

func play(t *testing.T, scenario, style string) *drilltest.Card {
	t.Helper()
	return drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		config := bot.FromEnv(env.Getenv)
		config.Style, config.Dial, config.Roots = style, env.DialContext, env.RootCAs()
		config.Log = slog.New(slog.DiscardHandler)
		b, err := bot.New(config)
		if err != nil {
			t.Fatal(err)
		}
		env.Cleanup(b.Close)
		return b
	})
}

func codes(card *drilltest.Card) []string {
	codes := []string{}
	for _, f := range card.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// lighter is a shipped scenario with answers that take as long as in the scenario and
// have fewer tokens, for it is the tokens that take a test's time, and with half the
// users where they are ten a second.
func lighter(scenario string) string {
	chat, tokens := "{rate: 5/s}", "gap: {p50: 25ms, p99: 60ms}, tokens: {p50: 16, p99: 22}"
	switch scenario {
	case "gibberish": // of a few words nobody can say that they are word salad
		tokens = "gap: {p50: 10ms, p99: 25ms}, tokens: {p50: 40, p99: 70}"
	case "batch-window", "openai-2024-12-04", "retry-storm", "smoke":
		chat = "{}"
	case "quarterly": // 20 minutes
		chat = "{rate: 2/s}"
	}
	return "version: 1\nextends: builtin:" + scenario + `
providers:
  primary:
    models:
      gpt-4o: &pace {ttft: {p50: 250ms, p99: 800ms}, ` + tokens + `}
      gpt-4o-mini: *pace
      gpt-4.1: *pace
      gpt-4.1-mini: *pace
  secondary: {models: {claude-sonnet-4-5: *pace, claude-haiku-4-5: *pace}}
traffic: {journeys: {chat: ` + chat + "}}\n"
}

// The resilient bot meets the bars of the shipped scenarios, and each says something
// of the naive one. It may pass where retries are all that is needed.
func TestShippedScenariosJudgeTheBots(t *testing.T) {
	for i, name := range library.Names() {
		if i%stride != 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if card := play(t, lighter(name), "resilient"); card.Verdict != scorecard.Pass {
				t.Errorf("resilient: %s\n%s", card.Verdict, card)
			}
			if card := play(t, lighter(name), "naive"); card.Verdict != scorecard.Pass && card.Verdict != scorecard.Fail {
				t.Errorf("naive: %s\n%s", card.Verdict, card)
			}
		})
	}
}

// The flagship teaches the naive bot all that it says, and the resilient one
// nothing.
func TestFlagshipTeaches(t *testing.T) {
	const flagship = "ai-brownout"
	i := slices.IndexFunc(library.List(), func(e library.Entry) bool { return e.Name == flagship })
	found := codes(play(t, flagship, "naive"))
	for _, code := range library.List()[i].Teaches {
		if !slices.Contains(found, code) {
			t.Errorf("the naive bot has no %s, but %q", code, found)
		}
	}
	if diff := cmp.Diff([]string{}, codes(play(t, flagship, "resilient"))); diff != "" {
		t.Errorf("findings of the resilient bot (-want +got):\n%s", diff)
	}
}
