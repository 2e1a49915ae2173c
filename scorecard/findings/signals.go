package findings

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
)

// A signalRow is one way in which providers tell an app that something is wrong,
// and what to make of it. Reactions that are neither good nor poor are bad.
type signalRow struct {
	name       string
	is         func(l *looker, k int32) bool
	should     string // what a good client does
	risk       string // what comes of doing otherwise
	good, poor []reaction
}

// signalRows is the table of signals. An attempt counts in the first row that it
// fits; one that fits none went well.
func signalRows() []signalRow {
	return slices.Concat(refusalSignals(), brokenSignals(), badSignals())
}

// refusalSignals are answers that are errors.
func refusalSignals() []signalRow {
	away := []reaction{switched, shed}
	return []signalRow{
		{
			"spent quota", ofKind("quota_exhausted"),
			"go to another provider or key at once, and wake somebody: no retry brings money",
			"every retry fails and keeps its user waiting",
			slices.Concat(away, []reaction{told}),
			[]reaction{gaveUp},
		},
		{
			"429 with Retry-After", withWait,
			"wait as long as it says and send less meanwhile, or go elsewhere when that is too long",
			"coming back early is refused again, and some providers ban for it",
			slices.Concat(away, []reaction{waited}),
			[]reaction{told, gaveUp},
		},
		{
			"429 without Retry-After", ofStatus(429),
			"back off with growing, random pauses and fewer requests at a time, or go elsewhere",
			"retries at once keep the limit exhausted for everybody",
			slices.Concat(away, []reaction{retried}),
			[]reaction{told, gaveUp},
		},
		{
			"401 or 403", ofStatus(401, 403),
			"go to another provider, and wake somebody: the key will not get better",
			"retries cannot succeed, and may lock the key",
			slices.Concat(away, []reaction{told}),
			[]reaction{gaveUp},
		},
		{
			"400, 404 or 422", ofStatus(400, 404, 413, 422),
			"never send the same again; a model that is gone needs another one, a request that is wrong an honest word",
			"retries cannot succeed; in some outages this status is all there is, and only another model helps",
			slices.Concat(away, []reaction{told}),
			[]reaction{gaveUp},
		},
		{
			"502 from the edge", ofStatus(502, 520, 521, 522, 523, 525, 526, 530),
			"retry after a pause or go to a provider behind another edge; the body is no JSON",
			"a parser that expects JSON hides the error; two providers behind one edge fail together",
			slices.Concat(away, []reaction{waited, retried}),
			[]reaction{atOnce, told, gaveUp},
		},
		{
			"504", func(l *looker, k int32) bool {
				return ofStatus(504, 524, 408)(l, k) || ofKind("gateway_timeout")(l, k)
			},
			"go elsewhere, or wait and send less: the work may still be going on there",
			"each retry costs the user another long wait, and the provider the work twice",
			away,
			[]reaction{waited, retried, told, gaveUp},
		},
		{
			"529", ofStatus(529),
			"go elsewhere or back off for long: everybody else is retrying too",
			"bursts of retries keep an overloaded provider down",
			slices.Concat(away, []reaction{waited, retried}),
			[]reaction{told, gaveUp},
		},
		{
			"500 or 503", func(l *looker, k int32) bool { return l.Attempts[k].Status >= 500 && l.Attempts[k].Refused() },
			"retry once or twice after growing, random pauses, then go elsewhere",
			"bursts of retries turn a hiccup into an outage",
			slices.Concat(away, []reaction{waited, retried}),
			[]reaction{atOnce, told, gaveUp},
		},
	}
}

// brokenSignals are answers that begin well and do not end so.
func brokenSignals() []signalRow {
	again := []reaction{switched, retried, shed, told}
	return []signalRow{
		{
			"error in a 200", ofKind("error_in_200", "wrong_body"),
			"look into the body before it is taken for an answer, and treat the error by its own status",
			"an error is shown, stored or cached as an answer",
			again,
			[]reaction{atOnce, gaveUp},
		},
		{
			"stream error before the first token", func(l *looker, k int32) bool {
				return ofKind("stream_error")(l, k) && !l.Attempts[k].Begun
			},
			"treat it as the error that it is: nobody has seen a word, so retry or go elsewhere",
			"a 200 that carries an error looks like an empty answer",
			[]reaction{switched, retried, shed},
			[]reaction{atOnce, told, gaveUp},
		},
		{
			"stream error after the first token", ofKind("stream_error"),
			"tell the client to drop what it has and begin again elsewhere, or say that the answer broke off",
			"half an answer is taken for whole, or two halves for one",
			slices.Concat(again, []reaction{restarted}),
			[]reaction{atOnce, gaveUp},
		},
		{
			"stall", ofKind("stall", "keepalive_only"),
			"end a stream that has been silent for long, and begin again elsewhere or say so; pings are no words",
			"users and connections hang until somebody's timeout, by default ten minutes",
			slices.Concat(again, []reaction{restarted}),
			[]reaction{atOnce, gaveUp, satOut},
		},
		{
			"truncation", ofKind("truncate", "no_finish", "early_finish", "empty"),
			"take an answer for whole only with its finish reason and terminator; else begin again or say so",
			"half an answer is passed off as whole, and no error is counted anywhere",
			slices.Concat(again, []reaction{restarted, coped}),
			[]reaction{atOnce, gaveUp},
		},
		{
			"cut", func(l *looker, k int32) bool {
				return ofKind("cut", "abort", "reset", "limit_data")(l, k) || l.torn(k)
			},
			"begin again elsewhere, telling the client to drop what it has, or say that the answer broke off",
			"half an answer is taken for whole, or an exception that nobody expects ends the request",
			slices.Concat(again, []reaction{restarted, coped}),
			[]reaction{atOnce, gaveUp},
		},
	}
}

// badSignals are answers that come late, never, or not as they should be.
func badSignals() []signalRow {
	return []signalRow{
		{
			"no answer", ofKind("hang", "headers_only", "blackhole"),
			"give up long before the user does, and go elsewhere",
			"every request holds a connection and its user until somebody's timeout",
			[]reaction{switched, shed},
			[]reaction{retried, atOnce, told, gaveUp},
		},
		{
			"slow answer", func(l *looker, k int32) bool {
				a := &l.Attempts[k]
				return a.Hit() && l.slows(a.Kind) && !ofKind("split")(l, k) || l.slowLine(a, &l.Visits[a.Visit])
			},
			"have a limit for the first token, and hedge or go elsewhere when it is reached; shorten what can be",
			"nothing fails, so nothing reacts, and users leave",
			[]reaction{switched, shed, coped, restarted},
			[]reaction{satOut, retried, told},
		},
		{
			"garbage on the wire", ofKind("malformed"),
			"treat what does not parse as a broken answer, and begin again elsewhere",
			"the parser's exception ends the request, or the broken part is left out in silence",
			[]reaction{switched, retried, restarted, shed, told, coped},
			[]reaction{atOnce, gaveUp},
		},
		{
			"bad content", ofKind("gibberish", "wrong_language", "refusal", "repeat", "broken_json", "broken_tool_call"),
			"check what matters (does it parse, is it an answer), ask again or another model, or say so",
			"the answer is a success for every dashboard, and wrong",
			[]reaction{switched, retried, atOnce, restarted, shed, told},
			[]reaction{gaveUp},
		},
		{
			"odd framing", ofKind("split", "duplicate", "no_close", "bad_usage"),
			"read it as the standard has it: events may come torn or twice, and the terminator ends a stream, not the connection",
			"a client that reads chunks as events breaks on a healthy provider",
			[]reaction{coped, switched, retried, restarted},
			[]reaction{atOnce, told, satOut, gaveUp},
		},
	}
}

// noConnection is the signal that no attempt shows: the provider could not be
// reached at all.
func noConnection() signalRow {
	return signalRow{
		"no connection", nil,
		"go elsewhere after a short connect timeout, and try again in a while",
		"every request pays the connect timeout first",
		[]reaction{switched, shed},
		[]reaction{told, gaveUp},
	}
}

// ofStatus fits attempts that were answered with one of these statuses, and the
// client was there to see it.
func ofStatus(statuses ...int32) func(*looker, int32) bool {
	return func(l *looker, k int32) bool {
		return l.Attempts[k].Left == ledger.Never && slices.Contains(statuses, l.Attempts[k].Status)
	}
}

// withWait fits 429s that say how long to wait.
func withWait(l *looker, k int32) bool {
	return ofStatus(429)(l, k) && l.Attempts[k].Wait != ledger.Never
}

// ofKind fits attempts that met one of these faults.
func ofKind(kinds ...string) func(*looker, int32) bool {
	return func(l *looker, k int32) bool {
		return l.Attempts[k].Hit() && slices.Contains(kinds, l.Kinds.Word(l.Attempts[k].Kind))
	}
}

// torn says whether a transport fault began under an attempt and ended it.
func (l *looker) torn(k int32) bool {
	a := &l.Attempts[k]
	return !a.Hit() && a.Outage != ledger.None && !l.Answers(k)
}
