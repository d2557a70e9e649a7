package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// gcRoom is how much may be allocated between two collections at least, in bytes. The heap of a small company is some
// thirty megabytes; collecting at each doubling of that costs a tenth of the CPU under load.
const gcRoom = 40 << 20

// tuneCollector gives a small heap gcRoom between collections. A large one is collected as usual, and GOGC, where it is
// set, has the word.
func tuneCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if live := int(m.HeapAlloc); live > 0 && live < gcRoom {
		debug.SetGCPercent(min(gcRoom*100/live, 400))
	}
}
