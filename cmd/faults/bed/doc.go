// Package bed is the ground that faults are tried on: the real program as processes of its own, one or several of them
// behind a load balancer, with the database, Redis and both simulated platforms around them, and a hand on each: it can be
// killed, frozen, cut off, slowed down, filled up, and its clock set.
//
// It is for cmd/faults and for tests. It knows how the program is started and configured, and nothing of what it does.
package bed
