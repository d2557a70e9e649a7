package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unsafe"

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

// maxPacket is how many bytes of statements go to the server at once, about: what the driver keeps a buffer for, and well
// below the smallest default of max_allowed_packet.
const maxPacket = 240 << 10

// session is one transaction of the group commit. A round trip costs as much as a small statement, so on MySQL the
// statements whose answers nobody waits for go to the server together: the beginning with the first reads, the writes
// with the commit. On SQLite there is no way to save.
type session struct {
	querier
	tx   *sqlx.Tx   // SQLite
	conn *sqlx.Conn // MySQL

	begun, done bool
	text        *[]byte // MySQL: statements to be sent, parted by semicolons
	texts       *sync.Pool
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
	text, ok := db.texts.Get().(*[]byte)
	if !ok {
		text = new([]byte)
	}
	return &session{querier: conn, conn: conn, text: text, texts: &db.texts}, nil
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
	if err := s.settle(ctx); err != nil {
		return err
	}
	if !s.begun {
		*s.text = append(*s.text, "START TRANSACTION;\n"...)
		s.begun = true
	}
	for i, r := range list {
		if i > 0 {
			*s.text = append(*s.text, ";\n"...)
		}
		var err error
		if *s.text, err = dialect.AppendQuery(*s.text, r.query, r.args...); err != nil {
			return err
		}
	}
	rows, err := s.QueryxContext(ctx, s.taken())
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

// write queues a statement whose number of rows does not matter; it is done by settle or commit at the latest.
func (s *session) write(ctx context.Context, query string, args ...any) error {
	if s.tx != nil {
		_, err := s.tx.ExecContext(ctx, query, args...)
		return err
	}
	text, err := dialect.AppendQuery(s.next(), query, args...)
	if err != nil {
		return err
	}
	*s.text = text
	return s.settleFull(ctx)
}

// insert queues the statements that insert rows.
func (s *session) insert(ctx context.Context, t *table, rows [][]any) error {
	if s.tx != nil {
		_, err := s.tx.ExecContext(ctx, t.insert(dialect.SQLite, len(rows)), slices.Concat(rows...)...)
		return err
	}
	for len(rows) > 0 {
		text, left, err := t.appendInsert(s.next(), rows, maxPacket)
		if err != nil {
			return err
		}
		*s.text, rows = text, left
		if err := s.settleFull(ctx); err != nil {
			return err
		}
	}
	return nil
}

// next is the text to which a statement can be appended.
func (s *session) next() []byte {
	if len(*s.text) == 0 {
		return *s.text
	}
	return append(*s.text, ";\n"...)
}

// taken is the text as the driver takes it, which copies it at once: the bytes may change when the call has returned.
func (s *session) taken() string {
	text := unsafe.String(unsafe.SliceData(*s.text), len(*s.text))
	*s.text = (*s.text)[:0]
	return text
}

func (s *session) settleFull(ctx context.Context) error {
	if len(*s.text) < maxPacket {
		return nil
	}
	return s.settle(ctx)
}

// settle sends what is queued.
func (s *session) settle(ctx context.Context) error {
	if s.tx != nil || len(*s.text) == 0 {
		return nil
	}
	_, err := s.ExecContext(ctx, s.taken())
	return err
}

// commit sends what is queued and commits. When the server refused it, nothing has happened; any other error leaves that
// open and is ErrUnknownOutcome.
func (s *session) commit(ctx context.Context) error {
	if s.tx != nil {
		return commitError(s.tx.Commit())
	}
	*s.text = append(s.next(), "COMMIT"...)
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
	*s.text = (*s.text)[:0]
	if cap(*s.text) <= 2*maxPacket {
		s.texts.Put(s.text)
	}
}
