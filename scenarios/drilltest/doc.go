// Package drilltest plays drills inside go test: a whole outage, mocks, faults,
// traffic and scorecard, in virtual time. It owns the bubble and the network in
// memory that a drill is played in, what an app under test is told, and what a
// failing test prints. What is played and judged is scenarios', drill's and
// scorecard's.
//
// Start at [Run]. The app is an ordinary http.Handler; all it must do is call
// the model where [Env] says, over the client that Env has:
//
//	func TestSurvivesABrownout(t *testing.T) {
//		card := drilltest.Run(t, "support.drill.yaml", func(env drilltest.Env) http.Handler {
//			return NewServer(env.BaseURL("primary"), env.Key("primary"), env.Client())
//		})
//		card.MustPass(t)
//		card.Metric("failover_time", drilltest.Phase("surge")).AtMost(t, 5) // seconds
//	}
//
// The drill runs in a testing/synctest bubble, where time passes only while all
// goroutines wait: two hours take seconds, and the same seed gives the same log,
// byte for byte, unless the app itself is random. What cannot live in a bubble is
// told apart: a drill whose clock stands still, and an app that leaves something
// behind, fail with the goroutines that are to blame.
//
// An app that needs real sockets, or a process of its own, is drilled with
// [Start] in real time.
package drilltest
