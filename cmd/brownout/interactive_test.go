package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A drill is led by keys, and its log says so.
func TestKeysLead(t *testing.T) {
	plan, problems := scenarios.Load("testdata/scenarios/brief.drill.yaml", scenarios.Options{AnyPorts: true, HaveApp: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	beats := 0
	var asked, done string
	err := drill.Run(t.Context(), plan, drill.Options{
		App: builtin("naive"), Log: &log,
		Watch: func(ctx context.Context, live *drill.Live) {
			c := &cockpit{drill: live.Control(), actor: "lead", beat: func() { beats++ }}
			press := func(keys string) {
				for _, k := range []byte(keys) {
					c.press(k)
				}
			}
			press("hm")
			asked = c.help()
			press("a" + "h" + "sx" + "z")
			done = c.help()
			c.read(ctx, strings.NewReader("gsy")) // it ends with the drill
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "mark?  a alarm · t taken · l lesser mode · u users told · c all clear · o of note · any other: no"; asked != want {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if !strings.HasSuffix(done, "[no stop]") {
		t.Errorf("after a stop that was not meant: %q", done)
	}
	if beats != 10 {
		t.Errorf("%d signs of life from ten keys", beats)
	}
	var did []string
	for e, err := range record.Read(&log) {
		switch {
		case err != nil:
			t.Fatal(err)
		case e.Line.Course != nil && e.Line.Course.Actor == "lead":
			did = append(did, e.Line.Course.Action)
		case e.Line.Mark != nil && e.Line.Mark.Actor == "lead":
			did = append(did, e.Line.Mark.Kind)
		}
	}
	if diff := cmp.Diff([]string{"hold", "alert", "release", "heal", "stopped"}, did); diff != "" {
		t.Errorf("the log (-want +got)\n%s", diff)
	}
}

// What is told of the last seconds is of them alone.
func TestLately(t *testing.T) {
	look := func(s int, ended, bad, primary, secondary int64) drill.Status {
		return drill.Status{
			Elapsed: time.Duration(s) * time.Second, Traffic: traffic.Counts{Ended: ended, Errors: bad},
			Attempts: []drill.Arrivals{{Provider: "primary", Attempts: primary}, {Provider: "secondary", Attempts: secondary}},
		}
	}
	for _, test := range []struct {
		then, now drill.Status
		want      string
	}{
		{look(10, 100, 50, 100, 0), look(15, 140, 60, 130, 10), "last 5 s       errors 10 of 40 (25 %) · primary 75 % · secondary 25 %"},
		{look(10, 100, 50, 100, 0), look(15, 100, 50, 100, 0), "last 5 s       nobody was answered"},
	} {
		if got := between(test.then, test.now); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// Every key means one thing at a time.
func TestLeadKeysAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range leadKeys() {
		at := k.asked + string(k.key)
		if seen[at] || (k.act == nil) == (k.asks == "") {
			t.Errorf("key %q after %q", k.key, k.asked)
		}
		seen[at] = true
	}
}
