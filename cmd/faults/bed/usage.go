package bed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Usage is what a replica holds.
type Usage struct {
	Goroutines, Files int
	// Heap is what lives after a collection, Resident what the machine holds for the process, in MiB.
	Heap, Resident float64
}

var (
	goroutineLine = regexp.MustCompile(`goroutine profile: total (\d+)`)
	heapLine      = regexp.MustCompile(`# HeapAlloc = (\d+)`)
	residentLine  = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)
)

// Usage collects the replica's garbage and looks at what it holds. Its profiles must be served (Options.Speed).
func (b *Bot) Usage(ctx context.Context) (u Usage, err error) {
	profiles := &Bot{Addr: b.profiles}
	_, heap, err := profiles.get(ctx, "/debug/pprof/heap?gc=1&debug=1")
	if err != nil {
		return u, fmt.Errorf("look at the heap: %w", err)
	}
	_, routines, err := profiles.get(ctx, "/debug/pprof/goroutine?debug=1")
	if err != nil {
		return u, fmt.Errorf("look at the goroutines: %w", err)
	}
	proc := fmt.Sprintf("/proc/%d/", b.cmd.Process.Pid)
	files, err := os.ReadDir(proc + "fd")
	if err != nil {
		return u, fmt.Errorf("count open files: %w", err)
	}
	status, err := os.ReadFile(proc + "status")
	if err != nil {
		return u, fmt.Errorf("read memory: %w", err)
	}
	n, a := number(goroutineLine, string(routines))
	h, c := number(heapLine, string(heap))
	r, d := number(residentLine, string(status))
	if err := errors.Join(a, c, d); err != nil {
		return u, err
	}
	return Usage{Goroutines: int(n), Files: len(files), Heap: n2(h, 20), Resident: n2(r, 10)}, nil
}

func number(p *regexp.Regexp, text string) (int64, error) {
	m := p.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%s is not there", strings.SplitN(p.String(), "(", 2)[0])
	}
	return strconv.ParseInt(m[1], 10, 64)
}

// n2 divides by a power of two.
func n2(n int64, bits int) float64 { return float64(n) / float64(int64(1)<<bits) }
