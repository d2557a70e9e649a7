package dialect

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
)

// sessionSetup is said on every new MySQL connection. The isolation level is set by statement, since MySQL and MariaDB
// call its variable differently.
var sessionSetup = []string{
	"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
	"SET SESSION innodb_lock_wait_timeout = 2, time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
}

// OpenMySQL opens a pool for a DSN in the driver's notation. Whatever the DSN says, connections are utf8mb4 compared
// byte by byte, in UTC, READ COMMITTED, and wait at most two seconds for a lock: the default of 50 seconds is longer
// than either platform waits for its acknowledgement.
func OpenMySQL(dsn string, conns int) (*sql.DB, error) { return openMySQL(dsn, conns, false) }

// OpenMySQLBatch is OpenMySQL for connections that take several statements at once, parted by semicolons.
func OpenMySQLBatch(dsn string, conns int) (*sql.DB, error) { return openMySQL(dsn, conns, true) }

func openMySQL(dsn string, conns int, batch bool) (*sql.DB, error) {
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("read MySQL DSN: %w", err)
	}
	cfg.ClientFoundRows = true
	cfg.InterpolateParams = true // a statement in one round trip; safe, since utf8mb4 has no byte that hides a quote
	cfg.MultiStatements = batch
	cfg.ParseTime = false
	cfg.Loc = time.UTC
	cfg.Logger = &mysql.NopLogger{} // what it would say is also returned as an error
	cfg.Collation = "utf8mb4_bin"
	if err := cfg.Apply(mysql.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
		return nil, fmt.Errorf("read MySQL DSN: %w", err)
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 3 * time.Second
	}
	if cfg.ReadTimeout == 0 {
		cfg.ReadTimeout = 30 * time.Second
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = 30 * time.Second
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("read MySQL DSN: %w", err)
	}
	db := sql.OpenDB(session{connector})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(30 * time.Minute)
	return db, nil
}

// session sets each new connection up.
type session struct{ driver.Connector }

func (s session) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	exec, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, fmt.Errorf("mysql driver cannot execute directly")
	}
	for _, q := range sessionSetup {
		if _, err := exec.ExecContext(ctx, q, nil); err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("set up session: %w", err)
		}
	}
	return conn, nil
}

// OpenSQLite opens the file twice: one connection that writes, and a pool that only reads. A commit is on the disk when
// it returns (synchronous=FULL), and a transaction takes the write lock at its start (_txlock=immediate), so that it
// never fails half-way for want of it.
func OpenSQLite(path string, readers int) (write, read *sql.DB, err error) {
	dsn := func(extra url.Values) string {
		extra.Add("_pragma", "busy_timeout(5000)")
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + extra.Encode()
	}
	if write, err = openSQLite(dsn(url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "cache_size(-24576)", "temp_store(MEMORY)"},
	})); err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	if read, err = openSQLite(dsn(url.Values{"_pragma": {"query_only(1)", "temp_store(MEMORY)"}})); err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("open %s: %w", path, err)
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return write, read, nil
}

func openSQLite(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{c}), nil
}
