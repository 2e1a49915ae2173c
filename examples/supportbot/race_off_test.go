//go:build !race

package main

// stride is how far those of the shipped scenarios are apart that are played: all are.
const stride = 1
