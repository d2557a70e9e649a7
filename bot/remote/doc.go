// Package remote asks other systems over HTTP: services behind our own small interfaces, and others. Time and size of an answer are
// bounded, no redirect is followed, and no error holds an address, a secret or what was asked or answered. It knows how requests between
// them and us are signed (docs/channels.md), and nothing of what they say.
package remote
