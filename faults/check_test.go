package faults_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// TestCheck changes one thing at a time in a fault that is right.
func TestCheck(t *testing.T) {
	yes, no := true, false
	wait := func(d time.Duration, form string) func(*faults.Fault) {
		return func(f *faults.Fault) { f.Params = faults.Params{"retry_after": faults.Wait{For: d, Form: form}} }
	}
	factor := func(ttft, gap float64) func(*faults.Fault) {
		return func(f *faults.Fault) { f.Params = faults.Params{"factor": faults.Slow{ttft, ttft, gap, gap}} }
	}
	for _, c := range []struct {
		kind   string
		change func(*faults.Fault)
		want   []string
	}{
		{"rate_limit", func(f *faults.Fault) {}, nil},
		{"brownuot", func(f *faults.Fault) {}, []string{`kind: unknown kind "brownuot"; see the table of kinds`}},
		{"hang", func(f *faults.Fault) { f.Providers = nil }, []string{"provider: a hang on no provider; name at least one"}},

		{"hang", func(f *faults.Fault) { f.Share = faults.Share{From: 0, To: 0.5, Rise: time.Second} }, nil},
		{"hang", func(f *faults.Fault) { f.Share = faults.Share{From: 1.3, To: math.NaN()} }, []string{
			"share: 130% is no share of the requests; allowed is 0% to 100%",
			"share: NaN% is no share of the requests; allowed is 0% to 100%",
		}},
		{"hang", func(f *faults.Fault) { f.Share = faults.Share{} }, []string{"share: 0% takes no request; say more, or leave the fault out"}},
		{"hang", func(f *faults.Fault) { f.Share.Rise = -time.Second }, []string{"ramp: -1s is negative"}},
		{"refuse", func(f *faults.Fault) { f.Share = faults.Share{From: 1, To: 0.5, Rise: time.Second} }, []string{
			"share: refuse takes all connections or none; leave share out",
			"ramp: refuse takes all connections or none; leave ramp out",
		}},

		{"stall", func(f *faults.Fault) { f.At = faults.At{Place: faults.AtHeaders} }, nil},
		{"stall", func(f *faults.Fault) { f.At = faults.At{Place: faults.AtToken, Token: 1} }, nil},
		{"stall", func(f *faults.Fault) { f.At = faults.At{Place: faults.AtToken} }, []string{"at: token 0; tokens are counted from 1"}},
		{"stall", func(f *faults.Fault) { f.At = faults.At{Place: faults.AtShare, Share: 1.5} }, []string{"at: 150% is no share of an answer; allowed is 0% to 100%"}},
		{"truncate", func(f *faults.Fault) { f.At = faults.At{Place: faults.AtHeaders} }, []string{
			`at: truncate cannot land at "headers"; allowed are token, first_token, share, finish, terminator`,
		}},
		{"rate_limit", func(f *faults.Fault) { f.At = faults.At{Place: faults.AtFinish} }, []string{"at: rate_limit takes no place in the answer; leave at out"}},
		{"stall", func(f *faults.Fault) {
			f.At, f.Match.Stream = faults.At{Place: faults.AtToken, Token: 3}, &no
		}, []string{"at: an answer that is not streamed has no token 3; allowed are share and headers"}},
		{"stall", func(f *faults.Fault) { f.At, f.Match.Stream = faults.At{Place: faults.AtShare, Share: 0.5}, &no }, nil},

		{"stream_error", func(f *faults.Fault) { f.Match.Stream = &yes }, nil},
		{"stream_error", func(f *faults.Fault) { f.Match.Stream = &no }, []string{"match.stream: stream_error touches streams alone; leave stream out"}},
		{"stall", func(f *faults.Fault) { f.Match.Endpoint = "embeddings" }, []string{`match.endpoint: a stall on "embeddings", which writes no text; allowed are endpoints that do, like chat`}},
		{"server_error", func(f *faults.Fault) { f.Match.Endpoint = "embeddings" }, nil},
		{"server_error", func(f *faults.Fault) { f.Match = faults.Match{Endpoint: "models", Stream: &yes} }, []string{`match.stream: "models" is never streamed; leave stream out`}},
		{"blackhole", func(f *faults.Fault) { f.Match.Model, f.At = "m", faults.At{Place: faults.AtFinish} }, []string{
			"at: blackhole takes no place in the answer; leave at out",
			"match: blackhole works on connections, before there is a request to match; leave match out",
		}},

		{"hang", func(f *faults.Fault) { f.Params = faults.Params{"hold": time.Second} }, []string{`hold: hang takes no "hold"; allowed are: none`}},
		{"rate_limit", func(f *faults.Fault) { f.Params = faults.Params{"status": 429} }, []string{`status: rate_limit takes no "status"; allowed are: retry_after, remaining, body`}},
		{"latency", func(f *faults.Fault) {}, []string{"delay: missing; latency needs it"}},
		{"latency", func(f *faults.Fault) { f.Params = faults.Params{"delay": time.Second} }, nil},
		{"latency", func(f *faults.Fault) { f.Params = faults.Params{"delay": -time.Second} }, []string{"delay: -1s is negative"}},
		{"latency", func(f *faults.Fault) { f.Params = faults.Params{"delay": 5} }, []string{"delay: 5 is no duration"}},
		{"server_error", func(f *faults.Fault) { f.Params = faults.Params{"status": 504} }, []string{"status: 504; allowed are 500, 502, 503"}},
		{"server_error", func(f *faults.Fault) { f.Params = faults.Params{"status": "500"} }, []string{"status: 500 is no status"}},

		{"hang", func(f *faults.Fault) { f.Cycle = faults.Cycle{Bad: time.Second, OK: time.Second} }, nil},
		{"refuse", func(f *faults.Fault) { f.Cycle = faults.Cycle{Bad: time.Second, OK: time.Second} }, nil},
		{"hang", func(f *faults.Fault) { f.Cycle.Bad = time.Second }, []string{"cycle: bad for 1s and ok for 0s; both last some time"}},
		{"hang", func(f *faults.Fault) { f.First = -1 }, []string{"first: -1 is negative"}},
		{"hang", func(f *faults.Fault) { f.Sticky = "luck" }, []string{`sticky: "luck"; allowed are key, session, user`}},
		{"hang", func(f *faults.Fault) { f.Draw = "alike" }, []string{`draw: "alike"; allowed are shared, each`}},
		{"hang", func(f *faults.Fault) { f.Draw = "shared" }, []string{"draw: shared with nobody; name two providers at least, or leave draw out"}},
		{"hang", func(f *faults.Fault) { f.Draw, f.Providers = "shared", []string{"a", "b"} }, nil},
		{"blackhole", func(f *faults.Fault) { f.Sticky = "key" }, []string{"sticky: blackhole works on connections, before there is a request to match; leave sticky out"}},
		{"cert_expired", func(f *faults.Fault) { f.Share.Rise, f.Cycle = time.Second, faults.Cycle{Bad: 1, OK: 1} }, nil},
		{"handshake_stall", func(f *faults.Fault) { f.First = 1 }, []string{"first: handshake_stall works on connections, before there is a request to match; leave first out"}},
		{"capacity", func(f *faults.Fault) { f.First, f.Params = 3, faults.Params{"concurrency": 0.5} }, []string{"first: capacity is the provider's, and all its requests'; leave first out"}},
		{"capacity", func(f *faults.Fault) { f.Params = faults.Params{"concurrency": 1.0} }, []string{"kind: capacity leaves everything as it is; say less than 100%"}},
		{"limits", func(f *faults.Fault) { f.Params = faults.Params{"requests": 1.5} }, []string{"requests: 150%; allowed is 0% to 100%"}},
		{"limits", func(f *faults.Fault) { f.Share.From, f.Params = 0.5, faults.Params{"requests": 0.0} }, []string{"share: limits takes all requests or none; leave share out"}},
		{"hang", func(f *faults.Fault) { f.Match.MinPromptTokens = -1 }, []string{"match.min_prompt_tokens: -1 is negative"}},
		{"gibberish", func(f *faults.Fault) { f.Match.Endpoint = "files" }, []string{`match.endpoint: a gibberish on "files", which writes no text; allowed are endpoints that do, like chat`}},
		{"duplicate", func(f *faults.Fault) { f.Params = faults.Params{"times": 0} }, []string{"times: 0; allowed is 1 or more"}},
		{"bad_gateway", func(f *faults.Fault) { f.Params = faults.Params{"body": "xml"} }, []string{`body: "xml"; allowed are json, html, text`}},
		{"rate_limit", func(f *faults.Fault) { f.Params = faults.Params{"body": "too_large", "remaining": "positive"} }, []string{
			"remaining: an answer that is too_large tells of nothing remaining; leave one of them out",
		}},
		{"rate_limit", func(f *faults.Fault) { f.Params = faults.Params{"retry_after": faults.Wait{Form: "escalate"}} }, []string{"retry_after: no step to escalate by; give one at least"}},
		{"rate_limit", func(f *faults.Fault) {
			f.Params = faults.Params{"retry_after": faults.Wait{Form: "escalate", Steps: []time.Duration{time.Second, 1500 * time.Millisecond}}}
		}, []string{"retry_after: 1.5s as seconds; allowed are whole seconds, at least 1s (ms has finer ones)"}},
		{"rate_limit", wait(1500*time.Millisecond, "float"), nil},

		{"rate_limit", wait(5*time.Second, "date"), nil},
		{"rate_limit", wait(0, "none"), nil},
		{"rate_limit", wait(time.Millisecond, "ms"), nil},
		{"rate_limit", wait(time.Second, "none"), []string{"retry_after: 1s that nobody is told; allowed is none alone"}},
		{"rate_limit", wait(1500*time.Millisecond, "seconds"), []string{"retry_after: 1.5s as seconds; allowed are whole seconds, at least 1s (ms has finer ones)"}},
		{"rate_limit", wait(0, "date"), []string{"retry_after: 0s as date; allowed are whole seconds, at least 1s (ms has finer ones)"}},
		{"rate_limit", wait(time.Microsecond, "ms"), []string{"retry_after: 1µs as ms; allowed are whole milliseconds, at least 1ms"}},
		{"rate_limit", wait(time.Second, "fortnights"), []string{`retry_after: unknown form "fortnights"; allowed are seconds, date, ms, float, escalate, none`}},

		{"slow", factor(1, 3), nil},
		{"slow", factor(1, 1), []string{"factor: 1 changes nothing; say more, or leave the fault out"}},
		{"slow", factor(0.5, 1), []string{"factor: 0.5 does not slow an answer; allowed is 1 to 1000"}},
		{"slow", factor(math.NaN(), 1), []string{"factor: NaN does not slow an answer; allowed is 1 to 1000"}},
		{"slow", factor(2, math.Inf(1)), []string{"factor: +Inf does not slow an answer; allowed is 1 to 1000"}},
	} {
		f := *window("f", c.kind, 1).Fault
		c.change(&f)
		var got []string
		for _, p := range f.Check() {
			got = append(got, p.Error())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %+v (-want +got):\n%s", c.kind, f, diff)
		}
	}
}

// TestTable: what a row says must hold together, since the scenario language is
// made from it.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range faults.Kinds() {
		if seen[k.Name] {
			t.Errorf("kind %q stands twice in the table", k.Name)
		}
		seen[k.Name] = true
		for what, text := range map[string]string{
			"doc": k.Doc, "wire": k.Wire, "incidents": k.Incidents, "client": k.Client, "SDKs": k.SDKs,
		} {
			if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ".\"") {
				t.Errorf("kind %q: %s is %q, want sentences", k.Name, what, text)
			}
		}
		if !strings.Contains(k.Example, "kind: "+k.Name) {
			t.Errorf("kind %q has no example of its own: %s", k.Name, k.Example)
		}
		f := faults.Fault{Kind: k.Name, Providers: []string{"p"}, Share: faults.Share{From: 1, To: 1}, Params: faults.Params{}}
		if got, want := f.Transport(), k.Family == "transport" && !k.Resets; got != want {
			t.Errorf("kind %q: Transport() = %v, want %v", k.Name, got, want)
		}
		if got, want := f.TLS(), k.Family == "tls"; got != want {
			t.Errorf("kind %q: TLS() = %v, want %v", k.Name, got, want)
		}
		for _, p := range k.Params {
			if p.Doc+p.Refused == "" {
				t.Errorf("parameter %q of %q has no doc", p.Name, k.Name)
			}
			if p.Required && p.Default != nil {
				t.Errorf("parameter %q of %q is required and has a default", p.Name, k.Name)
			}
			if p.Default != nil {
				f.Params[p.Name] = p.Default
			}
		}
		for _, p := range f.Check() {
			if p.Text != "missing; "+k.Name+" needs it" {
				t.Errorf("the defaults of %q: %v", k.Name, p)
			}
		}
	}
}
