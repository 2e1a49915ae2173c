package faults

import (
	"slices"
	"time"
)

// pauses are what goes wrong in time.
func pauses() []Kind {
	return []Kind{
		{
			Name: "slow", Family: "time", act: slow, NeedsMock: true, Slows: true,
			Doc:       "The provider answers well but slowly: the brownout proper.",
			Wire:      "A good answer; the time to the first token and the gaps between tokens are so many times as long.",
			Incidents: "OpenAI 2026-06-02: first tokens ten times as late. OpenAI 2025-06-10: two to four times, for hours.",
			Client:    "Has a limit for the first token apart from that for the whole, and hedges or falls back when it is reached.",
			SDKs:      "All wait: 600 s by default, google-genai for ever.",
			Example:   "{provider: primary, kind: slow, factor: {from: 1, to: 4}, sticky: user, share: 30%}",
			Params: []Param{{
				Name: "factor", Type: Factor, Required: true,
				Doc: "By how much the time to the first token and the gaps between tokens grow.",
			}},
		},
		{
			Name: "delay", Family: "time", act: delay, Slows: true, Worked: true,
			Doc:       "The request is kept for a while and then answered well.",
			Wire:      "Nothing for the time of hold, then a good answer at its usual pace.",
			Incidents: "OpenAI 2024-12-04: every request took 30.0 s longer and then succeeded; 45% of the clients had left.",
			Client:    "Gives up before its user does; does not send it twice to one that is slow already.",
			SDKs:      "All wait; with a timeout, three timeouts and the gaps between them.",
			Example:   "{provider: primary, kind: delay, hold: 30s, first: 1}",
			Params: []Param{{
				Name: "hold", Type: Duration, Default: 30 * time.Second,
				Doc: "How long the request is kept.",
			}},
		},
		{
			Name: "hang", Family: "time", act: hang, Endless: true,
			Doc:       "The provider accepts the request and never answers.",
			Wire:      "Nothing, on an open connection.",
			Incidents: "Load balancers whose backends are gone: OpenAI 2022-08-19.",
			Client:    "Has a timeout to the head and goes elsewhere.",
			SDKs:      "600 s, three times.",
			Example:   "{provider: primary, kind: hang, share: 20%}",
		},
		{
			Name: "headers_only", Family: "time", act: headersOnly, Endless: true,
			Doc:       "The head of the answer comes, and nothing else.",
			Wire:      "200 with its headers, then silence on an open connection.",
			Incidents: "Responses streams whose head leaves after 60 ms and whose first token never comes.",
			Client:    "Has a timeout to the first token, not to the head alone.",
			SDKs:      "openai-node and anthropic-ts hang: their timeout ends with the head. The Python ones raise after 600 s: openai 3 APITimeoutError, others ReadTimeout.",
			Example:   "{provider: primary, kind: headers_only, share: 20%}",
		},
	}
}

// places are where a stream fault lands; the first is the default. What ends a
// body needs one that has begun.
func places() (inBody, anywhere []string) {
	inBody = []string{AtToken, AtFirstToken, AtShare, AtFinish, AtTerminator}
	return inBody, slices.Insert(slices.Clone(inBody), 1, AtHeaders)
}

// breaks are answers that begin well and break off.
func breaks() []Kind {
	inBody, anywhere := places()
	return []Kind{
		{
			Name: "stall", Family: "stream", Places: anywhere, act: landing(stall), Worked: true, Endless: true, Breaks: true,
			Doc:       "The answer falls silent and the connection stays open.",
			Wire:      "A good answer up to the place, then nothing.",
			Incidents: "anthropic-sdk-typescript #867: 15 minutes of silence; openai-node #1825: 37.",
			Client:    "Watches the gaps: no healthy one is longer than a few seconds.",
			SDKs:      "openai-node, anthropic-ts, the AI SDK and google-genai hang, the last two without a timeout of the app's; the Python ones raise after 600 s.",
			Example:   "{provider: primary, kind: stall, at: {token: 12}, share: 20%, match: {stream: true}}",
		},
		{
			Name: "keepalive_only", Family: "stream", Places: inBody, act: landing(keepalive), Worked: true, Endless: true, Breaks: true,
			Doc:       "The answer falls silent but for keep-alives.",
			Wire:      "A good answer up to the place, then a ping event (anthropic) or a comment line at each interval, for ever; within JSON, blank lines.",
			Incidents: "opencode #43519, pi #5558: timers for idle connections see nothing wrong.",
			Client:    "Counts tokens, not bytes, when it asks whether the answer goes on.",
			SDKs:      "All hang for ever, but google-genai and the AI SDK with a timeout of the app's.",
			Example:   "{provider: primary, kind: keepalive_only, at: first_token, every: 2s, share: 10%}",
			Params: []Param{{
				Name: "every", Type: Duration, Default: 5 * time.Second,
				Doc: "How far the keep-alives are apart.",
			}},
		},
		{
			Name: "cut", Family: "stream", Places: anywhere, Resets: true, act: landing(cut), Worked: true, Breaks: true,
			Doc:       "The connection is reset in the middle of the answer.",
			Wire:      "A good answer up to the place, then a TCP reset.",
			Incidents: "Restarts and deployments at the provider's edge.",
			Client:    "Keeps or takes back what it showed, and says which; starts again elsewhere.",
			SDKs:      "openai-python 3 raises APIConnectionError, the AI SDK APICallError with status 200; the others an error of the HTTP library: ReadError, \"terminated\". None retries.",
			Example:   "{provider: primary, kind: cut, at: {share: 50%}, share: 10%}",
		},
		{
			Name: "abort", Family: "stream", Places: anywhere, act: landing(abort), Worked: true, Breaks: true,
			Doc:       "The connection is closed in the middle of the answer.",
			Wire:      "A good answer up to the place, then the end of the connection without the last chunk.",
			Incidents: "The commonest broken stream of all: proxies that time out.",
			Client:    "As for a cut.",
			SDKs:      "As a cut, with RemoteProtocolError for ReadError.",
			Example:   "{provider: primary, kind: abort, at: finish, share: 10%}",
		},
		{
			Name: "truncate", Family: "stream", Places: inBody, act: landing(nil), Breaks: true,
			Doc:       "The answer ends early, as if it were whole: no finish, no terminator, a clean end.",
			Wire:      "A good answer up to the place, then the last chunk as if nothing were missing.",
			Incidents: "openai-python #399: all streams cut at 300 s without a finish_reason. anthropic-sdk-typescript #842: at 121 s.",
			Client:    "Takes an answer for whole only when it was told how it ended.",
			SDKs:      "Silence: none raises, but for some .stream() helpers: openai-node's of chats, openai-python's of responses, anthropic-ts's.",
			Example:   "{provider: primary, kind: truncate, at: {token: 30}, share: 10%}",
		},
		{
			Name: "stream_error", Family: "stream", Places: anywhere, StreamOnly: true, act: streamError, Breaks: true,
			Doc: "The stream ends with the provider's own error event.",
			Wire: "A good stream up to the place, then the error as an event: data: {\"error\":…}, event: error, response.failed. " +
				"At headers it is the first event after them.",
			Incidents: "Anthropic's overloads reach streams that have begun; OpenAI 2026-05-14.",
			Client:    "Reads error events, and treats them as the error that they are.",
			SDKs: "openai: APIError without a status. anthropic-python: APIStatusError with status 200. AI SDK: no throw, finishReason error. " +
				"None retries but the AI SDK, when nothing came before the error.",
			Example: "{provider: primary, kind: stream_error, error: overloaded, at: {token: 5}, share: 10%}",
			Params:  []Param{errorParam("The error in the event.")},
		},
		{
			Name: "no_close", Family: "stream", StreamOnly: true, act: noClose,
			Doc:       "The stream says that it is over, and the connection is held open.",
			Wire:      "A good stream with its terminator, then silence on an open connection.",
			Incidents: "pi #7954.",
			Client:    "Is done at the terminator.",
			SDKs:      "openai-python and openai-node 7 are; openai-node 6, anthropic and google-genai wait for the end of the connection.",
			Example:   "{provider: primary, kind: no_close, share: 20%}",
		},
	}
}

// oddities are answers that go on to their end and are not as they should be.
func oddities() []Kind {
	spots := []string{AtToken, AtFirstToken, AtShare, AtFinish, AtTerminator}
	return []Kind{
		{
			Name: "no_finish", Family: "stream", act: altering(AtFinish), Spoken: true,
			Doc:       "The answer is whole and does not say why it ended.",
			Wire:      "finish_reason and stop_reason stay null, finishReason is missing, response.completed never comes; the terminator does.",
			Incidents: "Common on Gemini.",
			Client:    "Does not take it for an answer that is known to be whole.",
			SDKs:      "Silence.",
			Example:   "{provider: primary, kind: no_finish, share: 20%}",
		},
		{
			Name: "early_finish", Family: "stream", act: earlyFinish, NeedsMock: true, Spoken: true,
			Places:    []string{AtToken, AtShare},
			Doc:       "The answer ends early and says that it had to: length, or the content filter.",
			Wire:      "Fewer tokens, then finish_reason length (max_tokens, MAX_TOKENS, response.incomplete), or content_filter (refusal, SAFETY).",
			Incidents: "Budgets that reasoning has eaten up; filters that break in.",
			Client:    "Reads the reason: goes on, asks for more room, or says that something is missing.",
			SDKs:      "Hand the reason over; nobody raises.",
			Example:   "{provider: primary, kind: early_finish, reason: content_filter, at: {share: 40%}, share: 10%}",
			Params: []Param{{
				Name: "reason", Type: Word, Allowed: []string{"length", "content_filter"}, Default: "length",
				Doc: "Why it ends, says the provider.",
			}},
		},
		{
			Name: "malformed", Family: "stream", Places: spots, StreamOnly: true, act: striking(garbage),
			Doc:       "One event of the stream is broken JSON; the rest is well.",
			Wire:      "The event at the place lacks its last third; its frame and all other events are whole.",
			Incidents: "Proxies that cut at a buffer's size.",
			Client:    "Gives the answer up or marks it: a piece is missing.",
			SDKs:      "All raise a raw JSONDecodeError or SyntaxError, but the AI SDK: it tells onError and goes on (in chats and messages) without the piece.",
			Example:   "{provider: primary, kind: malformed, at: {token: 8}, share: 10%}",
		},
		{
			Name: "duplicate", Family: "stream", Places: spots, StreamOnly: true, act: striking(again),
			Doc:       "One event of the stream comes more than once.",
			Wire:      "The event at the place, again and again, byte by byte the same.",
			Incidents: "Models in a loop, proxies that replay; LiteLLM gives up at 100 times the same.",
			Client:    "Notices a loop; where events are numbered, drops what it has.",
			SDKs:      "Silence: the words are in the text twice.",
			Example:   "{provider: primary, kind: duplicate, at: {token: 8}, times: 100, share: 10%}",
			Params: []Param{{
				Name: "times", Type: Count, Default: 1, Least: 1,
				Doc: "How many times more than once.",
			}},
		},
		{
			Name: "split", Family: "stream", StreamOnly: true, Slows: true, act: split,
			Doc:       "Every event of the stream is torn in two at any byte.",
			Wire:      "The same bytes, in pieces that end within lines, words and letters.",
			Incidents: "Any proxy, any network.",
			Client:    "Reads lines, not packets.",
			SDKs:      "All read it well; hand-written readers do not.",
			Example:   "{provider: primary, kind: split}",
		},
		{
			Name: "empty", Family: "stream", act: content, NeedsMock: true, Spoken: true,
			Doc:       "A good answer without a word.",
			Wire:      "200, the role, the finish (stop, end_turn, STOP), the terminator; no content.",
			Incidents: "Gemini 2.5: for months.",
			Client:    "Takes it for a failure: asks again or elsewhere.",
			SDKs:      "Silence.",
			Example:   "{provider: primary, kind: empty, share: 10%}",
		},
		{
			Name: "bad_usage", Family: "stream", act: altering(atUsage), Spoken: true,
			Doc:       "The bill of the answer is missing, negative or huge. Streams that tell no bill are left alone.",
			Wire:      "usage is null or has numbers that nobody believes.",
			Incidents: "Gateways that count themselves.",
			Client:    "Checks before it books or limits by it.",
			SDKs:      "Hand it over; the AI SDK fails on Anthropic streams without usage.",
			Example:   "{provider: primary, kind: bad_usage, is: huge, share: 20%}",
			Params: []Param{{
				Name: "is", Type: Word, Allowed: []string{"missing", "negative", "huge"}, Default: "missing",
				Doc: "What is wrong with it.",
			}},
		},
	}
}
