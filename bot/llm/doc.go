// Package llm asks a language model, behind an OpenAI-compatible endpoint, about messages that the parser could not
// understand at all. It is off unless configured, and the last resort.
//
// The model is not trusted. All it may do is to say which of the sender's own customers a part of the message means, and
// which words of it are a product's name misspelt. The message is then read again by the parser with these names in
// their places; what comes out is a draft that a person confirms. So no customer, contact or amount can be made up: a
// customer must be one of those offered and resemble the words that are to mean it, and amounts are the message's own.
//
// The package knows no store and no platform. It never runs inside a transaction.
package llm
