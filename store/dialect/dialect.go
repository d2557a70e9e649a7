// Package dialect holds the few places where MySQL (with MariaDB and TiDB) and SQLite differ: opening a connection,
// inserting what may already be there, reading the driver's errors, locking rows, and the words of the DDL. Everything
// else in the program is one set of SQL for both.
package dialect

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Dialect is the kind of database.
type Dialect string

// The dialects.
const (
	MySQL  Dialect = "mysql"
	SQLite Dialect = "sqlite"
)

// Upsert is the clause behind an INSERT for rows whose key may exist: the columns in replace take the new value, those
// in add are increased by it. With neither, a row that exists stays as it is. keys are the columns of the unique key.
func (d Dialect) Upsert(table string, keys, replace, add []string) string {
	var set []string
	if d == SQLite {
		for _, c := range replace {
			set = append(set, c+" = excluded."+c)
		}
		for _, c := range add {
			set = append(set, c+" = "+table+"."+c+" + excluded."+c)
		}
		if len(set) == 0 {
			return " ON CONFLICT (" + strings.Join(keys, ", ") + ") DO NOTHING"
		}
		return " ON CONFLICT (" + strings.Join(keys, ", ") + ") DO UPDATE SET " + strings.Join(set, ", ")
	}
	for _, c := range replace {
		set = append(set, c+" = VALUES("+c+")")
	}
	for _, c := range add {
		set = append(set, c+" = "+c+" + VALUES("+c+")")
	}
	if len(set) == 0 {
		// INSERT IGNORE would also swallow values that do not fit; this ignores nothing but the key.
		set = append(set, keys[0]+" = "+table+"."+keys[0])
	}
	return " ON DUPLICATE KEY UPDATE " + strings.Join(set, ", ")
}

// ForUpdate is the end of a SELECT whose rows are to be locked. SQLite has one writer, so nothing needs a lock there.
func (d Dialect) ForUpdate() string {
	if d == SQLite {
		return ""
	}
	return " FOR UPDATE"
}

const tableOptions = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"

var sqliteDDL = strings.NewReplacer(
	" "+tableOptions, "",
	"id BIGINT NOT NULL PRIMARY KEY", "id INTEGER NOT NULL PRIMARY KEY",
	"DATETIME(6)", "TEXT",
	" DATE ", " TEXT ",
	"MEDIUMTEXT", "TEXT",
	"BINARY(32)", "BLOB",
	"MEDIUMBLOB", "BLOB",
)

// SQLite cannot change a column's default; statements for it name every column. Its indexes are dropped by name alone.
var (
	alterDefaults = regexp.MustCompile(`(?m)^ALTER TABLE \w+\n(?:\tALTER COLUMN \w+ SET DEFAULT (?:''|\d+)[,;]\n)+`)
	dropIndex     = regexp.MustCompile(`(?m)^DROP INDEX (\w+) ON \w+;$`)
)

// DDL is a migration as this dialect reads it. Migrations are written for MySQL, in the part of its language that
// SQLite shares once types and table options are translated.
func (d Dialect) DDL(sql string) string {
	if d == SQLite {
		sql = dropIndex.ReplaceAllString(alterDefaults.ReplaceAllString(sql, ""), "DROP INDEX $1;")
		return sqliteDDL.Replace(sql)
	}
	return sql
}

// MySQL error numbers, as the MySQL manual lists them.
const (
	errDuplicate    = 1062
	errLockWait     = 1205
	errDeadlock     = 1213
	errTooLong      = 1406
	errOutOfRange   = 1264
	errRecordMoved  = 1020 // MariaDB: the row changed since the snapshot
	errWriteInvalid = 8002 // TiDB: the transaction must be repeated
	errTiDBConflict = 9007 // TiDB: write conflict
)

// Duplicate reports whether err is a duplicate key.
func Duplicate(err error) bool {
	switch code, ok := sqliteCode(err); {
	case ok:
		return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || code == sqlite3.SQLITE_CONSTRAINT_ROWID
	default:
		return mysqlNumber(err) == errDuplicate
	}
}

// Busy reports whether err says that another transaction was in the way, so that the whole transaction may be repeated.
func Busy(err error) bool {
	if code, ok := sqliteCode(err); ok {
		return code&0xff == sqlite3.SQLITE_BUSY || code&0xff == sqlite3.SQLITE_LOCKED
	}
	switch mysqlNumber(err) {
	case errLockWait, errDeadlock, errRecordMoved, errWriteInvalid, errTiDBConflict:
		return true
	}
	return false
}

// TooLong reports whether a value did not fit its column.
func TooLong(err error) bool {
	n := mysqlNumber(err)
	return n == errTooLong || n == errOutOfRange
}

// Refused reports whether err is the server's own answer, so that the statement certainly had no effect.
func Refused(err error) bool {
	_, lite := sqliteCode(err)
	return lite || mysqlNumber(err) != 0
}

// Lost reports whether the connection broke or could not be made, so that the outcome of what was under way is unknown.
func Lost(err error) bool {
	var n net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n)
}

func mysqlNumber(err error) uint16 {
	var e *mysql.MySQLError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

func sqliteCode(err error) (int, bool) {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code(), true
	}
	return 0, false
}
