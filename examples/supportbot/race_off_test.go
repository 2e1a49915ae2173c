//go:build !race

package main

// stride is how far those of the shipped scenarios are apart that are played; the
// planted app plays all.
const stride = 4
