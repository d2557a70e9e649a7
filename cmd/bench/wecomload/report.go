package main

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of CPU times in /proc, in seconds (USER_HZ).
const clockTick = 0.01

// usage is CPU time in seconds: our own, the machine's, and that of the processes watched.
type usage struct {
	self, machine float64
	processes     map[string]float64
}

// watched reads name=PID,….
func watched(list string) map[string]string {
	m := map[string]string{}
	for p := range strings.SplitSeq(list, ",") {
		if name, pid, ok := strings.Cut(p, "="); ok {
			m[name] = pid
		}
	}
	return m
}

func usageNow(list string) usage {
	u := usage{self: cpuOf("self"), machine: machineCPU(), processes: map[string]float64{}}
	for name, pid := range watched(list) {
		u.processes[name] = cpuOf(pid)
	}
	return u
}

// cpuOf is the user and system time of a process.
func cpuOf(pid string) float64 {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	return (number(f[11]) + number(f[12])) * clockTick
}

// machineCPU is what all processors did, neither idle nor waiting for a disk.
func machineCPU() float64 {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	sum := 0.0
	for i, f := range strings.Fields(first)[1:] {
		if i < 8 && i != 3 && i != 4 {
			sum += number(f) * clockTick
		}
	}
	return sum
}

// memory is a field of /proc/PID/status in MiB.
func memory(pid, field string) float64 {
	b, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(l, field+":"); ok {
			return number(strings.Fields(rest)[0]) / 1024
		}
	}
	return 0
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64) // 0 where there is no number
	return v
}

// report sums a run up.
func (l *load) report(wall time.Duration, before usage) map[string]any {
	after := usageNow(l.o.processes)
	var ack, done []float64
	errs := map[string]int{}
	ok, dups := 0, 0
	for _, it := range l.items[:l.sent] {
		if it.dup {
			dups++
		}
		if !it.ok {
			errs[it.err]++
			continue
		}
		ok++
		ack = append(ack, milliseconds(it.ack))
		if !it.dup {
			done = append(done, milliseconds(it.end))
		}
	}
	slices.Sort(ack)
	slices.Sort(done)
	out := map[string]any{
		"tag": l.o.tag, "c": l.o.conns, "rate": l.o.rate, "wait": l.o.wait,
		"sent": l.sent, "dups": dups, "ok": ok, "errors": l.sent - ok, "answers": l.sends.Load(),
		"wall_s": round(wall.Seconds()), "rps": round(float64(ok) / wall.Seconds()),
		"p50": quantile(done, .5), "p95": quantile(done, .95), "p99": quantile(done, .99), "max": quantile(done, 1),
		"ack_p50": quantile(ack, .5), "ack_p99": quantile(ack, .99),
		"load_cpu_s": round(after.self - before.self),
	}
	if len(errs) > 0 {
		out["error_kinds"] = errs
	}
	other := after.machine - before.machine - (after.self - before.self)
	for name, pid := range watched(l.o.processes) {
		d := after.processes[name] - before.processes[name]
		other -= d
		out[name+"_cpu_s"] = round(d)
		if ok > 0 {
			out[name+"_cpu_ms_per_1000"] = round(d * 1e6 / float64(ok))
		}
		out[name+"_rss_mib"] = round(memory(pid, "VmRSS"))
		out[name+"_peak_mib"] = round(memory(pid, "VmHWM"))
	}
	// What the rest of the machine used: a figure well above a few percent of wall_s spoils the run.
	out["other_cpu_s"] = round(other)
	return out
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return round(sorted[min(len(sorted)-1, int(p*float64(len(sorted))))])
}

func round(f float64) float64 { return math.Round(f*1000) / 1000 }
