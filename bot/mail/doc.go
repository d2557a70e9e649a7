// Package mail sends deliveries by e-mail: texts, cards and files of the bot, to people of the company and to customers.
// It knows SMTP and the chat vocabulary of package bot, and nothing of the business.
package mail
