package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/scheduler"
)

// maxSpeed is how fast a trial's clock may run: beyond it leases end before a database has answered.
const maxSpeed = 120

// trialClock reads "START@ORIGIN" or "START@ORIGINxSPEED": the clock shows START at the real moment ORIGIN, both RFC 3339,
// and runs SPEED times as fast from there. Empty is the wall clock.
func trialClock(s string) (scheduler.Clock, float64, error) {
	if s == "" {
		return scheduler.WallClock{Time: time.Now}, 1, nil
	}
	c := scheduler.ScaledClock{Time: time.Now, Speed: 1}
	start, rest, _ := strings.Cut(s, "@")
	origin, speed, scaled := strings.Cut(rest, "x")
	var err error
	if c.Start, err = time.Parse(time.RFC3339, start); err != nil {
		return nil, 0, fmt.Errorf("--clock wants START@ORIGINxSPEED: %w", err)
	}
	if c.Origin, err = time.Parse(time.RFC3339, origin); err != nil {
		return nil, 0, fmt.Errorf("--clock wants START@ORIGINxSPEED: %w", err)
	}
	if scaled {
		if c.Speed, err = strconv.ParseFloat(speed, 64); err != nil || !(c.Speed > 0 && c.Speed <= maxSpeed) {
			return nil, 0, fmt.Errorf("--clock: a speed is above 0 and at most %d", maxSpeed)
		}
	}
	return c, c.Speed, nil
}
