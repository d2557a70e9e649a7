// Package cache is Redis: platform tokens, send limits, the queue of asynq. It never holds the only copy of anything: all
// of it may be lost at any moment.
package cache
