package main

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	openaioption "github.com/openai/openai-go/v3/option"

	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// play drills the chat endpoint in virtual time.
func play(t *testing.T, scenario, style string) *drilltest.Card {
	t.Helper()
	return drilltest.Run(t, scenario, func(env drilltest.Env) http.Handler {
		desk, err := newDesk(
			style,
			openai.NewClient(
				openaioption.WithBaseURL(env.BaseURL("primary")), openaioption.WithAPIKey(env.Key("primary")),
				openaioption.WithHTTPClient(env.Client())),
			anthropic.NewClient(
				anthropicoption.WithBaseURL(env.BaseURL("secondary")), anthropicoption.WithAPIKey(env.Key("secondary")),
				anthropicoption.WithHTTPClient(env.Client())),
			slog.New(slog.DiscardHandler),
		)
		if err != nil {
			t.Fatal(err)
		}
		return desk
	}, drilltest.AppFile("app.drill.yaml"))
}

func TestHardenedSurvives(t *testing.T) {
	for _, scenario := range []string{"smoke", "rate-limit-surge", "slow-but-200", "truncated-streams", "error-mid-stream"} {
		t.Run(scenario, func(t *testing.T) { play(t, scenario, "hardened").MustPass(t) })
	}
}

// The drills are real ones: the naive style fails them.
func TestNaiveDoesNot(t *testing.T) {
	for _, scenario := range []string{"smoke", "truncated-streams"} {
		t.Run(scenario, func(t *testing.T) {
			if card := play(t, scenario, "naive"); card.Verdict != scorecard.Fail {
				t.Errorf("verdict %v, want fail\n%s", card.Verdict, card)
			}
		})
	}
}
