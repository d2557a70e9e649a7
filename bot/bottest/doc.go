// Package bottest is the language whole-bot stories are told in: a person says something, expects a card, taps it, time
// passes, somebody else expects an escalation. It drives the phones of the platform simulators, so the same story runs on
// every platform over its real wire protocol.
package bottest
