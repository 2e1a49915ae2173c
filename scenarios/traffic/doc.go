// Package traffic sends the drill's user requests to the app and tells what
// became of each. It is open loop: the schedule is laid out before the first
// request goes out, each is sent when it is due whatever became of those before
// it, and its latency counts from then. So an app that stalls is seen to stall,
// where a client that waits for answers would slow down with it and see little.
//
// Start at [Schedule], which is pure, and [Sender.Run], which performs one:
//
//	journeys := []traffic.Journey{{
//		Name: "chat", Rate: 20, Timeout: 20 * time.Second,
//		Request: ask.Request{Path: "/chat", JSON: map[string]any{"message": "{{prompt}}"}, Stream: true},
//		Answer:  reply.Rule{SSE: "$.delta"},
//	}}
//	s := &traffic.Sender{Target: "http://127.0.0.1:8000", Journeys: journeys, Fill: words}
//	s.Run(ctx, time.Now(), traffic.Schedule(journeys, 7, time.Minute), func(r traffic.Result) { … })
//
// Nothing planned is missing from the results: what was not sent comes back as
// dropped. Memory is bounded whatever the app answers.
//
// When requests are due is package pace's matter, journey by journey; Schedule weaves
// them so that no two are due together. What they say is package ask's, and what is
// seen of the replies package reply's. What a user brings along is an account's: the
// token of a [Login], and cookies. All requests of a Run share one transport, which
// keeps connections or makes one for each, in HTTP/1.1 or h2c.
package traffic
