// Package webhook sends events to other systems: signed, with an id that is the same at every attempt, to the targets of
// the configuration and nowhere else. docs/channels.md says what a receiver must check.
package webhook
