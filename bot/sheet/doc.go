// Package sheet reads and writes the Excel and CSV files people send to the bot and get from it: customers, products, letters of
// authorisation, what banks and ERPs export, opening balances, records of a company's own. It knows rows of text and what a column is called; what the text means is not its business. Whatever a
// file is made of, reading it takes bounded memory and time, and what is wrong with it is said in Chinese to whoever made it.
package sheet
