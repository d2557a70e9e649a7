// Package scheduler is time's half of the bot: due rows are swept into an in-process heap, become an asynq task at their
// moment, and are decided by a pure question, "what, if anything, now?", whose answer leaves through the outbox.
//
// The row is the truth; Redis and the heap only wake us up. The package imports neither the store nor a platform.
package scheduler
