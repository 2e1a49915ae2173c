package scorecard_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

var updateLog = flag.Bool("update-log", false, "write testdata/golden.log.jsonl anew")

// goldenLog is the drill of which the reports' goldens are made: an app with a
// bit of everything. Its chat storms the primary and then fails over, its api
// has no fallback and passes half answers on.
func goldenLog() []byte {
	d := synth.New("baseline 12", "surge 16", "spread 14", "recovery 18")
	d.Setup.Brownout, d.Setup.App = "v0.0.0-golden", "builtin:golden"
	d.Setup.Scenario.Name, d.Setup.Scenario.Title = "golden", "A surge of 429s turns into torn and slow answers"
	d.Setup.Scenario.Hash, d.Setup.Scenario.Seed = "9f2c1d7a6b5e4c3d2e1f00112233445566778899aabbccddeeff001122334455", 7
	d.Journey("chat", 5).HasDegrade = true
	api := d.Journey("api", 2)
	api.Stream, api.Timeout = false, synth.Secs(10)
	d.Fault("surge", "primary", "rate_limit", 0.9)
	d.Fault("surge", "primary", "server_error", 0.2)
	d.Fault("spread", "primary", "truncate", 0.3)
	d.Fault("spread", "primary", "slow", 0.5)
	d.Waits["rate_limit"] = 5
	d.Bar("availability", "min", 0.90, "surge")
	d.Bar("failover_time", "max", 5, "surge")
	d.Bar("retry_amplification", "max", 1.5, "")
	d.Bar("retry_after_compliance", "min", 0.90, "surge")
	d.Bar("recovery_lag", "max", 5, "recovery")
	d.Bar("harm", "max", 0, "")
	d.Setup.Bars[0].Journey = "chat"
	d.Setup.Bars[3].Severity = "warn"
	d.Setup.Resolved = "version: 1\nname: golden\nseed: 7\nproviders: {primary: {dialect: openai}, secondary: {dialect: anthropic}}\n"
	const opens, closes = 16.2, 48.0 // of the breaker of chat, s
	d.Play(func(q *synth.Ask) {
		switch {
		case q.Journey.Name == "api":
			goldenAPI(q)
		case q.Due >= opens && q.Due < closes:
			q.Try("secondary")
			q.Answer()
		default:
			goldenChat(q)
		}
	})
	goldenPeople(d)
	return d.Log()
}

// goldenPeople notice in time and say first what is wrong where it is not.
func goldenPeople(d *synth.Drill) {
	for _, m := range []record.Mark{
		{Kind: "alert", At: synth.Secs(19.5), Actor: "alertmanager", Note: "ChatErrorRateHigh"},
		{Kind: "diagnosed", At: synth.Secs(22), Actor: "ana", Provider: "secondary", Fault: "slow"},
		{Kind: "diagnosed", At: synth.Secs(26), Actor: "ben", Provider: "primary", Fault: "rate_limit"},
	} {
		d.Lines = append(d.Lines, record.Line{T: m.At, Kind: "mark", Mark: &m})
	}
}

func goldenChat(q *synth.Ask) {
	for range 3 {
		if q.Try("primary").OK {
			q.Answer()
			return
		}
		q.At += 0.02
	}
	if q.Luck.Float64() < 0.3 {
		q.Lesser()
		return
	}
	q.Fail(503)
	q.U.Raw = q.Luck.Float64() < 0.5
	q.U.Excerpt = `{"error":"Rate limit reached for gpt-4o in organization org-brownout"}`
}

func goldenAPI(q *synth.Ask) {
	for range 2 {
		switch r := q.Try("primary"); {
		case r.OK:
			q.Answer()
			return
		case r.Begun:
			q.Half()
			return
		}
		q.At += 0.3
	}
	q.Fail(502)
}

func TestGoldenLog(t *testing.T) {
	const path = "testdata/golden.log.jsonl"
	log := goldenLog()
	if *updateLog {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, log, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, log) {
		t.Errorf("%s is not what its generator writes; run go test -update-log", path)
	}
}
