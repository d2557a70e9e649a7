// Package httpapi is the bot's own pages, opened on a phone by a signed or one-time link. A page never acts by itself: what
// is sent through it becomes an event like any other. Beside them it takes leads that other systems post, under their signature.
package httpapi
