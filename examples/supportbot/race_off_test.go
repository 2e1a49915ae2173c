//go:build !race

package main

// sample is how many of the shipped scenarios are played.
const sample = 1000
