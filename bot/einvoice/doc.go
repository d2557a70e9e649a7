// Package einvoice asks an e-invoice service (电子发票) for invoices and red letters, and after them, over our own small HTTP interface
// (docs/channels.md), and trusts nothing of its answers.
package einvoice
