package drill_test

import (
	"bytes"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/split"
)

// A drill in two halves that do not talk gives every user the same outcome as the
// drill in one piece, and the joined logs the same verdict.
func TestSplitDrillIsTheWholeDrill(t *testing.T) {
	const scenario, seed = "testdata/fate.drill.yaml", 3
	for _, style := range []string{"naive", "resilient"} {
		whole := perform(t, scenario, style, seed)
		users, mocks := performSplit(t, scenario, style, seed)
		joined := join(t, users, mocks)
		card := judge(t, joined)
		if card.Verdict != whole.card.Verdict || card.Sentence != whole.card.Sentence {
			t.Errorf("%s: %v, %q in halves; %v, %q whole", style, card.Verdict, card.Sentence, whole.card.Verdict, whole.card.Sentence)
		}
		if diff := cmp.Diff(outcomes(t, whole.log), outcomes(t, joined)); diff != "" {
			t.Errorf("%s: outcomes of the drill in halves (-whole +joined):\n%s", style, diff)
		}
		if !strings.Contains(strings.Join(card.Limits, "\n"), "joined from 2 logs") {
			t.Errorf("%s: the limits do not say that the logs were joined: %q", style, card.Limits)
		}
		// A half alone is no drill.
		if card := judge(t, users); card.Verdict != scorecard.Inconclusive {
			t.Errorf("%s: the users' half alone is judged: %v", style, card.Verdict)
		}
	}
}

// performSplit plays a scenario in two halves at once and gives their logs.
func performSplit(t *testing.T, scenario, style string, seed uint64) (users, mocks []byte) {
	t.Helper()
	plan, problems := scenarios.Load(scenario, scenarios.Options{HaveApp: true, Seed: &seed})
	if plan == nil {
		t.Fatal(problems)
	}
	var sent, served, appLog bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		in := drill.Net{Listen: network.Listen, Dial: network.Dial}
		at := time.Now().Add(time.Minute)
		serving := make(chan error)
		ready := make(chan []string)
		go func() {
			serving <- drill.Serve(t.Context(), plan, drill.ServeOptions{
				Play: true, At: at, Net: in, Log: &served,
				Ready: func(list []drill.Endpoint) error { ready <- drill.Env(list); return nil },
			})
		}()
		target, stop := runningBot(t, network, style, <-ready, &appLog)
		err := drill.Run(t.Context(), plan, drill.Options{App: drill.Running(target), Net: in, Log: &sent, NoMocks: true, At: at})
		if err != nil {
			t.Errorf("the users' half: %v", err)
		}
		if err := <-serving; err != nil {
			t.Errorf("the providers' half: %v", err)
		}
		stop()
	})
	return sent.Bytes(), served.Bytes()
}

// runningBot is the support bot, started by nobody of ours.
func runningBot(t *testing.T, network *memnet.Net, style string, env []string, log *bytes.Buffer) (target string, stop func()) {
	t.Helper()
	config := bot.FromEnv(func(name string) string { return variable(env, name) })
	config.Style, config.Dial = style, network.Dial
	config.Log = slog.New(slog.NewTextHandler(log, nil))
	app, err := bot.New(config)
	if err != nil {
		t.Fatal(err)
	}
	l, err := network.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	end := serveOn(l, app)
	return "http://" + l.Addr().String(), func() { end(); app.Close() }
}

// join joins logs and writes the whole.
func join(t *testing.T, logs ...[]byte) []byte {
	t.Helper()
	var sources []split.Source
	for i, log := range logs {
		sources = append(sources, split.Source{
			Name: fmt.Sprint("log ", i+1),
			Read: func() iter.Seq2[record.Entry, error] { return record.Read(bytes.NewReader(log)) },
		})
	}
	joined, err := split.Join(sources)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := record.NewWriter(&out)
	for e, err := range joined {
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(e.Line); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// outcomes is what became of every user of a log.
func outcomes(t *testing.T, log []byte) map[int]string {
	t.Helper()
	fates, err := scorecard.Fates(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]string{}
	for f := range fates {
		all[f.N] = fmt.Sprintf("%s %s %s", f.Journey, f.Phase, f.Outcome)
	}
	return all
}
