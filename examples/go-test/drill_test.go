package desk_test

import (
	"net/http"
	"testing"

	desk "github.com/seed-76a9de92/brownout/examples/go-test"
	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
	"github.com/seed-76a9de92/brownout/scorecard"
)

const outage = "outage.drill.yaml"

func TestPlain(t *testing.T) {
	drilltest.Run(t, outage, func(env drilltest.Env) http.Handler {
		return desk.New(desk.InTurn{model(env, "primary"), model(env, "secondary")})
	}).MustPass(t)
}

func TestFailsafe(t *testing.T) {
	drilltest.Run(t, outage, func(env drilltest.Env) http.Handler {
		return desk.New(desk.NewFailsafe(model(env, "primary"), model(env, "secondary")))
	}).MustPass(t)
}

func TestGobreaker(t *testing.T) {
	drilltest.Run(t, outage, func(env drilltest.Env) http.Handler {
		return desk.New(desk.InTurn{desk.NewBreaker(model(env, "primary")), model(env, "secondary")})
	}).MustPass(t)
}

func TestOpenAI(t *testing.T) {
	drilltest.Run(t, outage, func(env drilltest.Env) http.Handler {
		return desk.New(desk.InTurn{official(env, "primary"), official(env, "secondary")})
	}).MustPass(t)
}

// The outage is one: without a second provider the desk fails the bars.
func TestOneProviderIsNotEnough(t *testing.T) {
	card := drilltest.Run(t, outage, func(env drilltest.Env) http.Handler {
		return desk.New(model(env, "primary"))
	})
	if card.Verdict != scorecard.Fail {
		t.Errorf("verdict %v, want fail: %s", card.Verdict, card.Sentence)
	}
}

func model(env drilltest.Env, provider string) desk.Asker {
	return desk.Model{URL: env.BaseURL(provider), Key: env.Key(provider), Client: env.Client()}
}

func official(env drilltest.Env, provider string) desk.Asker {
	return desk.NewOpenAI(env.BaseURL(provider), env.Key(provider), env.Client())
}
