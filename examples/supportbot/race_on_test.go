//go:build race

package main

// stride is how far those of the shipped scenarios are apart that are played: the
// race detector makes them ten times as long.
const stride = 20
