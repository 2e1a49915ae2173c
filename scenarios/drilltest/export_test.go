package drilltest

import "github.com/seed-76a9de92/brownout/scenarios/drill"

// InMemory is a drill's network in memory, for tests that play on it what they
// play on sockets too.
var InMemory = inMemory

// EnvOf is the Env of an app that drill.Run starts, and what ends what it lends.
func EnvOf(place drill.Place) (Env, func()) {
	s := newScene(place)
	return Env{place: place, scene: s, misuse: func(m string) { panic(m) }}, s.close
}
