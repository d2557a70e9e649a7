package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// gcRoom is how much may be allocated between two collections at least, in bytes. The heap of a small company is some
// thirty megabytes; collecting at each doubling of that costs a tenth of the CPU under load.
const gcRoom = 40 << 20

// saveMemory collects early while names are read at start, since most of what reading them takes is thrown away. Afterwards
// tuneCollector has the word.
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(30)
	}
}

// tuneCollector gives a small heap gcRoom between collections, and a large one half its size: the names of a hundred
// thousand customers are not to be doubled by what is thrown away. What reading them left is given back first. GOGC, where
// it is set, has the word.
func tuneCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if live := int(m.HeapAlloc); live > 0 {
		debug.SetGCPercent(min(max(gcRoom*100/live, 50), 400))
	}
}

// importHeap is how much memory an import from the command line uses before it collects harder, in bytes: on the machine of a
// small company it shares some hundred megabytes with the bot itself.
const importHeap = 180 << 20

// spareMemory keeps a command that goes through a large file small. GOMEMLIMIT and GOGC, where they are set, have the word.
func spareMemory() {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(importHeap)
		debug.SetGCPercent(50)
	}
}
