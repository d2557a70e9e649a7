// Package handlers is what the bot does: one file per business object, each handler a function from one turn of dialogue
// to a reply. Handlers read and write through Tx and never send, never import a store or a platform.
package handlers
