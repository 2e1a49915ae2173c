//go:build !race

package main_test

// sample is how many of the shipped scenarios are played.
const sample = 1000
