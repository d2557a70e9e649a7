// Package parse understands what salespeople write: a chat message becomes frames (visit, payment, quote, promise …),
// a short expression becomes a date, a period, a duration, an amount, a number or a percentage.
//
// Everything here is pure and deterministic: the result depends only on the text, the moment, the person's context and
// the master data, all of them arguments. Nothing is invented: what is not certain is asked back or left out, and each
// value carries the words that gave it. The package knows no store, no platform and no clock.
package parse
