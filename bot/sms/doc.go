// Package sms sends short messages through a gateway behind our own HTTP interface (docs/channels.md): one signed question
// for each message, with an id by which the gateway knows a repetition.
package sms
