// Package cards is the neutral card: what a card says and what its buttons ask for, before any platform has a say.
//
// A card is data until the last moment. Package view makes cards from records, package render turns them into a
// platform's wire form or into text. This package must not know platforms, records or storage.
package cards
