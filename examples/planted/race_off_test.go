//go:build !race

package main_test

const (
	sample = 1000 // shipped scenarios that are played, at most
	stride = 1    // traits, or pairs of them, that the tests go on at a time: each is played
)
