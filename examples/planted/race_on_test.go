//go:build race

package main_test

// A drill takes ten times as long under the race detector, and most of what runs in
// it is the same for all: what each shows is for the other run to say.
const (
	sample = 2  // shipped scenarios that are played
	stride = 24 // traits, pairs of them or outages that the tests go on at a time
)
