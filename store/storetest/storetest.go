// Package storetest opens stores for tests: on the embedded database and on a real MariaDB, each test in a schema of its
// own that goes away with it.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"salesflow/store"
)

// DSN names the variable with the DSN of a MariaDB on which the tests may make schemas. It is required.
const DSN = "SALESFLOW_TEST_MYSQL_DSN"

// Clock is a clock that the test moves.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock makes a clock that stands at 2026-03-11 10:00 in Shanghai.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)} }

// Now is the time it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Advance moves it on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// blank is an embedded database with its schema in place, made once for all tests of a package: the migrations are half of
// what starting a program costs.
var blank = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "storetest-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := store.Open(context.Background(), store.Options{DataDir: dir, Now: NewClock().Now})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(db.Migrate(context.Background()), db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, file)) // closing it has put everything into this one
})

// file is the embedded database in its folder.
const file = "salesflow.db"

// Lay puts an embedded database that has its schema and nothing else into a folder that has none.
func Lay(t testing.TB, dir string) {
	t.Helper()
	b, err := blank()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, file), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// World is one database of a test. Open opens it, any number of times on MariaDB, as replicas do.
type World struct {
	Clock *Clock
	// Options are what Open opens with; a test may change them before.
	Options store.Options
	t       testing.TB
	// Name is "mariadb" or "sqlite".
	Name string
}

// Each runs a test on both databases.
func Each(t *testing.T, test func(t *testing.T, w *World)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("mariadb", func(t *testing.T) {
		t.Parallel()
		test(t, MariaDB(t))
	})
}

// SQLite is a fresh embedded database.
func SQLite(t testing.TB) *World {
	t.Helper()
	c := NewClock()
	return &World{Clock: c, Options: store.Options{DataDir: t.TempDir(), Now: c.Now}, t: t, Name: "sqlite"}
}

// MariaDB is a fresh schema on the test server.
func MariaDB(t testing.TB) *World {
	t.Helper()
	dsn := os.Getenv(DSN)
	if dsn == "" {
		t.Fatalf("%s is not set; run the tests with make test", DSN)
	}
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 6)
	_, _ = rand.Read(b)
	cfg.DBName = "sf_" + hex.EncodeToString(b)
	if _, err := admin.Exec("CREATE DATABASE " + cfg.DBName + " CHARACTER SET latin1"); err != nil { // as stock servers have it
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + cfg.DBName); err != nil {
			t.Error(err)
		}
		_ = admin.Close()
	})
	c := NewClock()
	return &World{Clock: c, Options: store.Options{DSN: cfg.FormatDSN(), Now: c.Now, Conns: 12}, t: t, Name: "mariadb"}
}

// Open opens the database with its schema in place, and closes it with the test.
func (w *World) Open() *store.DB {
	w.t.Helper()
	if w.Options.DSN == "" {
		Lay(w.t, w.Options.DataDir)
	}
	db, err := store.Open(context.Background(), w.Options)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			w.t.Error(err)
		}
	})
	if err := db.Migrate(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	return db
}

// Do does a unit of work without an event and fails the test when it fails.
func Do(t testing.TB, db *store.DB, fn func(ctx context.Context, tx *store.Tx) error) store.Result {
	t.Helper()
	res, err := db.Do(context.Background(), store.Work{Fn: fn})
	if err != nil {
		t.Fatal(err)
	}
	return res
}
