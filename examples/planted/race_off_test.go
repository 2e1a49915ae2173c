//go:build !race

package main_test

const (
	sample = 1000 // shipped scenarios that are played, at most
	stride = 1    // traits, pairs of them or outages that the tests go on at a time: each is played
)
