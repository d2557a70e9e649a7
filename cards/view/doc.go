// Package view makes the cards: one function per card, from records to a neutral card. It says everything the person
// reads in the manner of the bot: the fact first, one question at most, one obvious button.
package view
