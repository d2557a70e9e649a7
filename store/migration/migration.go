// Package migration holds the schema: numbered, forward-only files, each safe while the previous release still runs.
// They are written in MySQL's words; package dialect knows what SQLite calls them.
package migration

import "embed"

// FS holds the files, NNNNN_name.sql. Statements end with ";" at the end of a line.
//
//go:embed *.sql
var FS embed.FS
