// Package replica is the part of the program that runs rules: the store, the feed of events, the due rows, and what turns
// replies into deliveries, on a clock that stands still until it is set. A replica runs in this process, or in one of its
// own that can be killed.
package replica
