package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"salesflow/store/dialect"
)

// querier is a connection within its transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error)
	QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row
}

// maxPacket is how many bytes of values go to the server at once, about: well below the smallest default of
// max_allowed_packet.
const maxPacket = 1 << 20

// session is one transaction of the group commit. A round trip costs as much as a small statement, so on MySQL the
// statements whose answers nobody waits for go to the server together: the beginning with the first reads, the writes
// with the commit. On SQLite there is no way to save.
type session struct {
	querier
	tx   *sqlx.Tx   // SQLite
	conn *sqlx.Conn // MySQL

	begun, done bool
	queries     []string
	args        []any
	size        int
}

// begin starts a transaction. On MySQL it has begun with the first read.
func (db *DB) begin(ctx context.Context) (*session, error) {
	if db.dialect == dialect.SQLite {
		tx, err := db.w.BeginTxx(ctx, nil)
		if err != nil {
			return nil, fmt.Errorf("begin: %w", err)
		}
		return &session{querier: tx, tx: tx, begun: true}, nil
	}
	conn, err := db.c.Connx(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	return &session{querier: conn, conn: conn}, nil
}

// read is a query and where its rows go, a pointer to a slice.
type read struct {
	query string
	args  []any
	dest  any
}

// reads runs queries in one round trip where that is possible.
func (s *session) reads(ctx context.Context, list ...read) error {
	if s.tx != nil {
		for _, r := range list {
			if err := s.SelectContext(ctx, r.dest, r.query, r.args...); err != nil {
				return err
			}
		}
		return nil
	}
	var queries []string
	var args []any
	if !s.begun {
		queries = append(queries, "START TRANSACTION")
		s.begun = true
	}
	for _, r := range list {
		queries, args = append(queries, r.query), append(args, r.args...)
	}
	rows, err := s.QueryxContext(ctx, strings.Join(queries, ";\n"), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for i, r := range list {
		if i > 0 && !rows.NextResultSet() {
			return cmp.Or(rows.Err(), errors.New("answer without all its rows"))
		}
		if err := sqlx.StructScan(rows, r.dest); err != nil {
			return err
		}
	}
	return rows.Err()
}

// write queues a statement whose number of rows does not matter; it is done by settle or commit at the latest. Its
// arguments may come as the values of several rows.
func (s *session) write(ctx context.Context, query string, rows ...[]any) error {
	if s.tx != nil {
		_, err := s.tx.ExecContext(ctx, query, slices.Concat(rows...)...)
		return err
	}
	n, values := len(query), 0
	for _, r := range rows {
		n, values = n+sizeOf(r), values+len(r)
	}
	if s.size+n > maxPacket {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	if need := len(s.args) + values; need > cap(s.args) {
		s.args = slices.Grow(s.args, max(values, 3*len(s.args)))
	}
	for _, r := range rows {
		s.args = append(s.args, r...)
	}
	s.queries, s.size = append(s.queries, query), s.size+n
	return nil
}

// sizeOf is about how many bytes values are in a statement.
func sizeOf(values []any) int {
	n := 0
	for _, a := range values {
		switch v := a.(type) {
		case string:
			n += len(v)
		case []byte:
			n += 2 * len(v)
		default:
			n += 24
		}
	}
	return n
}

// settle sends what is queued.
func (s *session) settle(ctx context.Context) error {
	if len(s.queries) == 0 {
		return nil
	}
	query, args := strings.Join(s.queries, ";\n"), s.args
	s.queries, s.args, s.size = nil, nil, 0
	_, err := s.ExecContext(ctx, query, args...)
	return err
}

// commit sends what is queued and commits. When the server refused it, nothing has happened; any other error leaves that
// open and is ErrUnknownOutcome.
func (s *session) commit(ctx context.Context) error {
	if s.tx != nil {
		return commitError(s.tx.Commit())
	}
	s.queries = append(s.queries, "COMMIT")
	err := s.settle(ctx)
	s.done = err == nil
	return commitError(err)
}

// end gives the connection back, the transaction rolled back unless it was committed. A connection that cannot be
// brought to rest is closed.
func (s *session) end() {
	if s.tx != nil {
		_ = s.tx.Rollback() // says ErrTxDone after a commit
		return
	}
	if s.begun && !s.done {
		if _, err := s.conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // its way of saying: throw it away
		}
	}
	_ = s.conn.Close()
}
