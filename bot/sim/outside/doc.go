// Package outside is what a company has around its chat platforms, in small: a factory's delivery calendar, an ERP, an e-invoice
// service, and the mailboxes of its customers. Each speaks what docs/channels.md says of it, over the loopback, so that the demo shows
// what happens between them and the bot, and whoever connects a real one finds an example here.
//
// It knows the wire and nothing of the product. What it was told lives in memory and ends with the process.
package outside
