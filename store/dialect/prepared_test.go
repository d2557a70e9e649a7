package dialect

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"
)

// counted counts what a connection of the driver is asked to prepare.
type counted struct {
	driver.Connector
	prepared *int
}

type countedConn struct {
	sqliteConn
	prepared *int
}

func (c counted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return countedConn{conn.(sqliteConn), c.prepared}, nil
}

func (c countedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	*c.prepared++
	return c.sqliteConn.PrepareContext(ctx, text)
}

// keeping is a database of one connection, and how often it was asked to prepare.
func keeping(t *testing.T) (*sql.DB, *int) {
	t.Helper()
	c, err := sqlite.NewConnector("file:" + filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	n := new(int)
	db := sql.OpenDB(preparing{counted{c, n}})
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	run(t, db, "CREATE TABLE x (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
	return db, n
}

type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func run(t *testing.T, db runner, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// names reads the names with which rows answer a query.
func names(t *testing.T, db runner, query string, args ...any) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func columns(t *testing.T, db runner, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	out, err := rows.Columns()
	if err := errors.Join(err, rows.Err()); err != nil {
		t.Fatal(err)
	}
	return out
}

// giveUp reads one row of many and stops.
func giveUp(ctx context.Context, db runner, stop func(), query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	rows.Next()
	stop()
	return rows.Err()
}

const (
	putName = "INSERT INTO x (id, name) VALUES (?, ?)"
	allOver = "SELECT name FROM x WHERE id > ? ORDER BY id"
)

func TestAStatementIsPreparedOnce(t *testing.T) {
	t.Parallel()
	db, n := keeping(t)
	for i := range 20 {
		run(t, db, putName, i, fmt.Sprint("n", i))
		if got := names(t, db, allOver, i-1); len(got) != 1 || got[0] != fmt.Sprint("n", i) {
			t.Fatalf("after %d: %q", i, got)
		}
	}
	if *n != 2 {
		t.Errorf("prepared %d times, want once for each of two texts", *n)
	}
}

func TestAStatementWhoseRowsAreReadIsAskedTwice(t *testing.T) {
	t.Parallel()
	db, _ := keeping(t)
	for i := range 3 {
		run(t, db, putName, i, fmt.Sprint("n", i))
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	rows, err := tx.QueryContext(t.Context(), allOver, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	seen := 0
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if got := names(t, tx, allOver, seen); len(got) != 2-seen {
			t.Errorf("at %s: %q follow", name, got)
		}
		seen++
	}
	if err := rows.Err(); err != nil || seen != 3 {
		t.Errorf("%d rows, %v", seen, err)
	}
}

func TestAKeptStatementSeesTheSchemaAsItIs(t *testing.T) {
	t.Parallel()
	db, _ := keeping(t)
	run(t, db, putName, 1, "a")
	if got := names(t, db, "SELECT name FROM x WHERE name = ?", "a"); len(got) != 1 {
		t.Fatal(got)
	}
	run(t, db, "ALTER TABLE x ADD COLUMN more TEXT NOT NULL DEFAULT 'm'")
	const all = "SELECT * FROM x"
	if got := columns(t, db, all); len(got) != 3 {
		t.Errorf("columns %q", got)
	}
	run(t, db, "ALTER TABLE x ADD COLUMN last TEXT NOT NULL DEFAULT 'l'")
	if got := columns(t, db, all); len(got) != 4 {
		t.Errorf("columns %q", got)
	}
	run(t, db, "DROP TABLE x") // what is kept does not hold it
	if _, err := db.ExecContext(t.Context(), putName, 2, "b"); err == nil {
		t.Error("wrote to a table that is gone")
	}
}

func TestAKeptStatementThatFailedIsAskedAgain(t *testing.T) {
	t.Parallel()
	db, _ := keeping(t)
	run(t, db, putName, 1, "a")
	if _, err := db.ExecContext(t.Context(), putName, 1, "b"); !Duplicate(err) {
		t.Fatalf("a second row of the same key: %v", err)
	}
	run(t, db, putName, 2, "c")
	ctx, cancel := context.WithCancel(t.Context())
	if err := giveUp(ctx, db, cancel, allOver, 0); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, putName, 3, "d"); err == nil {
		t.Error("done for somebody who has gone")
	}
	if got := names(t, db, allOver, 0); len(got) != 2 || got[1] != "c" {
		t.Errorf("%q", got)
	}
}

func TestALimitIsGivenEachTime(t *testing.T) {
	t.Parallel()
	db, n := keeping(t)
	for i := range 5 {
		run(t, db, putName, i, fmt.Sprint("n", i))
	}
	before := *n
	for _, some := range []int{3, 0, 5, 1} {
		if got := names(t, db, "SELECT name FROM (SELECT name FROM x ORDER BY id LIMIT ?) LIMIT ? OFFSET ?", some, 2, 1); len(got) != max(0, min(some-1, 2)) {
			t.Errorf("two of %d from the second on: %q", some, got)
		}
	}
	if *n != before+1 {
		t.Errorf("prepared %d times", *n-before)
	}
}

func TestFewStatementsAreKept(t *testing.T) {
	t.Parallel()
	db, n := keeping(t)
	for i := range 3 * maxKept {
		if got := names(t, db, fmt.Sprintf("SELECT 'n%d'", i)); got[0] != fmt.Sprint("n", i) {
			t.Fatal(got)
		}
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = conn.Raw(func(c any) error {
		k := c.(*keeper)
		if len(k.kept) != maxKept || k.last.Len() != maxKept {
			return fmt.Errorf("keeps %d and %d statements, want %d", len(k.kept), k.last.Len(), maxKept)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	_ = conn.Close()
	names(t, db, fmt.Sprintf("SELECT 'n%d'", 3*maxKept-1))
	if *n != 3*maxKept {
		t.Errorf("prepared %d times, the last one again", *n)
	}
	names(t, db, "SELECT 'n0'")
	if *n != 3*maxKept+1 {
		t.Errorf("prepared %d times, want the first once more", *n)
	}
}

func TestOnlyReadingAndWritingRowsIsKept(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"SELECT 1": true, "\n\t\tSELECT\n\t\t\tid FROM x": true, "insert into x VALUES (1)": true, "UPDATE x SET a = 1": true,
		"WITH r AS (SELECT 1) SELECT * FROM r": true, "DELETE FROM x": true,
		"PRAGMA user_version": false, "EXPLAIN SELECT 1": false, "BEGIN": false, "ALTER TABLE x ADD y": false, "": false,
	} {
		if got := keepable(text); got != want {
			t.Errorf("%q is kept: %v", text, got)
		}
	}
}
