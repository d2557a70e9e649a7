// Package delivery asks a delivery calendar whether a promised day can be kept, over our own small HTTP interface
// (docs/cash.md), and trusts nothing of its answer.
package delivery
