package scorecard_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

var updateLog = flag.Bool("update-log", false, "write testdata/golden.log.jsonl anew")

// goldenLog is the drill of which the reports' goldens are made: an app with a
// bit of everything. Its chat storms the primary and then fails over, its api
// has no fallback and passes half answers on.
func goldenLog() []byte {
	d := newSynth("baseline 12", "surge 16", "spread 14", "recovery 18")
	d.setup.Brownout, d.setup.App = "v0.0.0-golden", "builtin:golden"
	d.setup.Scenario.Name, d.setup.Scenario.Title = "golden", "A surge of 429s turns into torn and slow answers"
	d.setup.Scenario.Hash, d.setup.Scenario.Seed = "9f2c1d7a6b5e4c3d2e1f00112233445566778899aabbccddeeff001122334455", 7
	d.journey("chat", 5).HasDegrade = true
	api := d.journey("api", 2)
	api.Stream, api.Timeout = false, secs(10)
	d.fault("surge", "primary", "rate_limit", 0.9)
	d.fault("surge", "primary", "server_error", 0.2)
	d.fault("spread", "primary", "truncate", 0.3)
	d.fault("spread", "primary", "slow", 0.5)
	d.waits["rate_limit"] = 5
	d.bar("availability", "min", 0.90, "surge")
	d.bar("failover_time", "max", 5, "surge")
	d.bar("retry_amplification", "max", 1.5, "")
	d.bar("retry_after_compliance", "min", 0.90, "surge")
	d.bar("recovery_lag", "max", 5, "recovery")
	d.bar("harm", "max", 0, "")
	d.setup.Bars[0].Journey = "chat"
	d.setup.Bars[3].Severity = "warn"
	d.setup.Resolved = "version: 1\nname: golden\nseed: 7\nproviders: {primary: {dialect: openai}, secondary: {dialect: anthropic}}\n"
	const opens, closes = 16.2, 48.0 // of the breaker of chat, s
	d.play(func(q *ask) {
		switch {
		case q.journey.Name == "api":
			goldenAPI(q)
		case q.Due >= opens && q.Due < closes:
			q.try("secondary")
			q.answer()
		default:
			goldenChat(q)
		}
	})
	d.goldenPeople()
	return d.log()
}

// goldenPeople notice in time and say first what is wrong where it is not.
func (d *synth) goldenPeople() {
	for _, m := range []record.Mark{
		{Kind: "alert", At: secs(19.5), Actor: "alertmanager", Note: "ChatErrorRateHigh"},
		{Kind: "diagnosed", At: secs(22), Actor: "ana", Provider: "secondary", Fault: "slow"},
		{Kind: "diagnosed", At: secs(26), Actor: "ben", Provider: "primary", Fault: "rate_limit"},
	} {
		d.lines = append(d.lines, record.Line{T: m.At, Kind: "mark", Mark: &m})
	}
}

func goldenChat(q *ask) {
	for range 3 {
		if q.try("primary").ok {
			q.answer()
			return
		}
		q.at += 0.02
	}
	if q.luck.Float64() < 0.3 {
		q.lesser()
		return
	}
	q.fail(503)
	q.u.Raw = q.luck.Float64() < 0.5
	q.u.Excerpt = `{"error":"Rate limit reached for gpt-4o in organization org-brownout"}`
}

func goldenAPI(q *ask) {
	for range 2 {
		switch r := q.try("primary"); {
		case r.ok:
			q.answer()
			return
		case r.begun:
			q.half()
			return
		}
		q.at += 0.3
	}
	q.fail(502)
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
