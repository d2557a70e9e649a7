// Package sheet reads and writes the Excel files people send to the bot and get from it: customers, products, letters of
// authorisation. It knows rows of text and what a column is called; what the text means is not its business. Whatever a
// file is made of, reading it takes bounded memory and time, and what is wrong with it is said in Chinese to whoever made it.
package sheet
