package main

import (
	"os"
	"runtime/debug"
)

// ballast is memory that nobody touches: it takes none, but the collector counts it
// as in use. Mocks make much garbage and keep little, and would have it collected at
// each 4 MB; with the ballast it is at each 32 MB, and there is more time to answer.
// Of a crowd's streams, which are much to keep, half as much garbage as is usual waits
// to be collected. Keep it alive as long as that shall hold.
func ballast() *[64 << 20]byte {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	return new([64 << 20]byte)
}
