// Package store keeps everything durable, in MySQL (MariaDB, TiDB) or in an embedded SQLite file, with one set of SQL.
//
// All changes go through DB.Do: a unit of work reads in a transaction, its writes are kept as plain values and written
// when its function has returned. Units that wait at the same moment share one transaction (group commit), and each
// stays all-or-nothing. Records have their SQL in a file of their name; package dialect holds where the databases
// differ; aggregate the sums behind reports; audit the tamper-evident log; cache what Redis is used for.
//
// It must not know chat platforms, configuration or what handlers do.
package store
