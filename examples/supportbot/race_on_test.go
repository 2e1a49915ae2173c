//go:build race

package main

// sample is how many of the shipped scenarios are played: the race detector makes
// them ten times as long.
const sample = 4
