package app

import (
	"cmp"
	"fmt"
	"strings"
)

// A Drill is an outage that shows traits.
type Drill struct {
	Name   string
	About  string
	Faults []string // as a scenario has them
	// What is otherwise than in the other drills; "" is the same.
	Rate       string // of users, per second
	Deferrable string // the same, of work that can wait
	Timeout    string // how long users wait
	Asks       string // further members of the users' requests
	Users      string // further keys of the journeys, one a line
	Secondary  string // further keys of the second provider
	Tools      bool   // the app has a tool
}

// Drills is the table of outages.
func Drills() []Drill {
	return []Drill{
		{Name: "down", About: "the primary answers nobody", Faults: []string{down}},
		{Name: "dragging", About: "the primary answers nobody, and takes 900 ms for it", Faults: []string{"{provider: primary, kind: gateway_timeout, hold: 900ms}"}},
		{Name: "flaky", About: "four of ten requests to the primary fail", Faults: []string{"{provider: primary, kind: server_error, share: 40%}"}},
		{
			Name: "patient", About: "the same, with users who wait for minutes", Timeout: "3m",
			Faults: []string{"{provider: primary, kind: server_error, share: 40%}"},
		},
		{
			Name: "busy", About: "the same, with four times as many users", Rate: "40/s",
			Faults: []string{"{provider: primary, kind: server_error, share: 40%}"},
		},
		{Name: "shaky", About: "one of four requests to the primary fails", Faults: []string{"{provider: primary, kind: server_error, share: 25%}"}},
		{Name: "sinking", About: "six of ten requests to the primary fail", Faults: []string{"{provider: primary, kind: server_error, share: 60%}"}},
		{
			Name: "mixed", About: "the primary fails in four ways: it turns away, errs, is silent, breaks off",
			Faults: []string{
				"{provider: primary, kind: rate_limit, share: 12%}", "{provider: primary, kind: server_error, share: 12%}",
				"{provider: primary, kind: hang, share: 12%}", "{provider: primary, kind: abort, at: {token: 5}, share: 12%}",
			},
		},
		{Name: "limited", About: "the primary turns four of ten requests away for 2 s", Faults: []string{"{provider: primary, kind: rate_limit, share: 40%, retry_after: 2s}"}},
		{Name: "denied", About: "the primary takes four of ten keys for wrong", Faults: []string{"{provider: primary, kind: unauthorized, share: 40%}"}},
		{Name: "bad", About: "the primary takes four of ten requests for wrong", Faults: []string{"{provider: primary, kind: bad_request, share: 40%}"}},
		{Name: "spent", About: "the primary takes four of ten quotas for used up", Faults: []string{"{provider: primary, kind: quota_exhausted, share: 40%}"}},
		{Name: "slow", About: "the primary takes 30 times as long for its first token", Faults: []string{"{provider: primary, kind: slow, factor: {ttft: 30}}"}},
		{
			Name: "sluggish", About: "the primary takes nine times as long for its first token, with work that can wait", Deferrable: "2/s",
			Faults: []string{"{provider: primary, kind: slow, factor: {ttft: 9}}"},
		},
		{
			Name: "crowded", About: "the same, with more work than there is room for", Deferrable: "10/s",
			Faults: []string{"{provider: primary, kind: slow, factor: {ttft: 9}}"},
		},
		{Name: "hole", About: "connections to the primary stay open, and nothing comes through", Faults: []string{"{provider: primary, kind: blackhole}"}},
		{Name: "halves", About: "four of ten answers of the primary end early", Faults: []string{"{provider: primary, kind: truncate, at: {token: 5}, share: 40%}"}},
		{Name: "broken", About: "four of ten answers of the primary break off", Faults: []string{"{provider: primary, kind: abort, at: {token: 5}, share: 40%}"}},
		{Name: "stuck", About: "the primary takes 12 s for its first token", Faults: []string{"{provider: primary, kind: slow, factor: {ttft: 120}}"}},
		{Name: "unwilling", About: "four of ten answers of the primary are refusals", Faults: []string{"{provider: primary, kind: refusal, share: 40%}"}},
		{Name: "raving", About: "four of ten answers of the primary have words of another script", Faults: []string{"{provider: primary, kind: wrong_language, share: 40%}"}},
		{
			Name: "unindexed", About: "the primary embeds nothing, and answers", Asks: "help: true",
			Faults: []string{"{provider: primary, kind: server_error, match: {endpoint: embeddings}}"},
		},
		{Name: "dark", About: "no provider answers", Faults: []string{dark}},
		{Name: "speechless", About: "no provider answers users in conversations", Faults: []string{dark}, Asks: talking, Users: sessions},
		{Name: "talks", About: "the primary answers nobody, with users in conversations", Faults: []string{down}, Asks: talking, Users: sessions},
		{Name: "repeated", About: "the primary answers nobody, and four of ten users ask what others asked before", Faults: []string{down}, Users: "repeat: 40%"},
		{
			Name: "postponed", About: "no provider answers, and users come back for what was put off", Faults: []string{dark},
			Users: "deferred: {status: 202}\ndeliver: {path: \"/later/{{ticket}}\", ticket: $.id, every: 2s}\ndeliver_within: 28s",
		},
		{
			Name: "impatient", About: "the primary takes 12 s for its first token, and users leave after two and ask again",
			Faults: []string{"{provider: primary, kind: slow, factor: {ttft: 120}}"}, Users: "impatience: {after: 2s, again: 1}",
		},
		{Name: "narrow", About: "the primary answers nobody, and the next provider 60 a minute", Faults: []string{down}, Secondary: "limits: {requests: 60/min}"},
		{
			Name: "tight", About: "the primary answers nobody, and takes 900 ms for it, with more users", Rate: "13/s",
			Faults: []string{"{provider: primary, kind: gateway_timeout, hold: 900ms}"},
		},
		{Name: "garbled", About: "four of ten documents of the primary do not parse", Faults: []string{"{provider: primary, kind: broken_json, share: 40%}"}, Asks: "form: json"},
		{
			Name: "repeating", About: "four of ten calls of the app's tool take effect and are not answered", Tools: true,
			Faults: []string{"{provider: tools, kind: gateway_timeout, hold: 200ms, share: 40%}"},
		},
	}
}

// Parts of several drills.
const (
	down     = "{provider: primary, kind: server_error}"
	dark     = "{provider: [primary, secondary], kind: server_error}"
	talking  = `session: "{{session}}"`
	sessions = "sessions: {turns: 4, think: 2s}"
)

// Scenario writes the scenario of one drill, or of several one after the other.
// Every answer takes 150 ms, so that what takes longer is the app's doing.
func Scenario(drills ...Drill) string {
	var all Drill
	for _, d := range drills {
		all.Rate, all.Deferrable = cmp.Or(all.Rate, d.Rate), cmp.Or(all.Deferrable, d.Deferrable)
		all.Timeout = cmp.Or(all.Timeout, d.Timeout)
		all.Asks, all.Users = cmp.Or(all.Asks, d.Asks), cmp.Or(all.Users, d.Users)
		all.Secondary = cmp.Or(all.Secondary, d.Secondary)
		all.Tools = all.Tools || d.Tools
	}
	var b strings.Builder
	b.WriteString(`version: 1
name: planted
seed: 11
app:
  command: [go, run, ./examples/planted]
  ready: {url: "http://127.0.0.1:8000/healthz", within: 90s}
providers:
  primary:
    dialect: openai
    models: &pace
      gpt-4o-mini: {ttft: {p50: 100ms, p99: 100ms}, gap: {p50: 5ms, p99: 5ms}, tokens: {p50: 10, p99: 10}}
  secondary:
    dialect: openai
    models: *pace
`)
	writeKeys(&b, "    ", all.Secondary)
	if all.Tools {
		b.WriteString("  tools: {dialect: tools}\n")
	}
	b.WriteString("traffic:\n  target: http://127.0.0.1:8000\n  journeys:\n")
	writeJourney(&b, "chat", "critical", cmp.Or(all.Rate, "10/s"), all)
	if all.Deferrable != "" {
		writeJourney(&b, "report", "deferrable", all.Deferrable, all)
	}
	b.WriteString("phases:\n  - {name: calm, for: 8s}\n")
	for _, d := range drills {
		fmt.Fprintf(&b, "  - name: %s\n    for: 22s\n    faults:\n", d.Name)
		for _, f := range d.Faults {
			fmt.Fprintf(&b, "      - %s\n", f)
		}
		fmt.Fprintf(&b, "  - {name: after-%s, for: 22s}\n", d.Name)
	}
	return b.String()
}

func writeJourney(b *strings.Builder, name, priority, rate string, d Drill) {
	asked := `message: "{{prompt}}"`
	if d.Asks != "" {
		asked += ", " + d.Asks
	}
	fmt.Fprintf(b, `    %s:
      rate: %s
      priority: %s
      request: {path: /%s, json: {%s}, stream: true}
      answer: {sse: "$.delta"}
      timeout: %s
      slow_over: {ttft: 2500ms, total: 3s}
      degraded: {json: {"$.degraded": true}}
      restart: {event: reset}
`, name, rate, priority, name, asked, cmp.Or(d.Timeout, "8s"))
	writeKeys(b, "      ", d.Users)
}

// writeKeys writes keys as they are given, one a line.
func writeKeys(b *strings.Builder, indent, keys string) {
	for key := range strings.Lines(keys) {
		b.WriteString(indent + strings.TrimSuffix(key, "\n") + "\n")
	}
}
