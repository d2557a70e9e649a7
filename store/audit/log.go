// Package audit makes the trace tamper-evident: a sealer puts audit rows into a Merkle log (tlog, as the Go module
// checksum database uses it), whose signed checkpoints are published outside the database. Whoever changes, removes or
// slips in a row afterwards, or rewrites the log with it, is found out by Verify with any checkpoint published before.
//
// Sealing is asynchronous: it never slows a write. The package must not know what is traced, or why.
package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/sales"
)

// Store is what the log needs of the database.
type Store interface {
	// InTx runs f in a transaction that can write.
	InTx(ctx context.Context, f func(q Querier) error) error
	// Query reads outside a transaction.
	Query() Querier
	// IDAt is the smallest id of a moment.
	IDAt(t time.Time) sales.ID
	Now() time.Time
}

// Querier is a transaction or a connection.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Log is the Merkle log over the audit rows. Its methods may be called from several goroutines, Seal from one.
type Log struct {
	store Store
	// widely is when Seal last looked back over the whole Window.
	widely time.Time
}

// New makes the log of a store.
func New(s Store) *Log { return &Log{store: s} }

const rowColumns = `
	a.id,
	a.at,
	a.person_id,
	a.event_id,
	a.verb,
	a.subject_kind,
	a.subject_id,
	a.changes`

// readHashes reads stored hashes by their index. One that is missing is an error.
func readHashes(ctx context.Context, q Querier, indexes []int64) (map[int64]tlog.Hash, error) {
	out := make(map[int64]tlog.Hash, len(indexes))
	if len(indexes) == 0 {
		return out, nil
	}
	args := make([]any, len(indexes))
	for i, n := range indexes {
		args[i] = n
	}
	var rows []struct {
		Seq  int64  `db:"seq"`
		Hash []byte `db:"hash"`
	}
	if err := q.SelectContext(ctx, &rows, "SELECT seq, hash FROM audit_hashes WHERE seq IN "+tuples(1, len(indexes)), args...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if len(r.Hash) != tlog.HashSize {
			return nil, fmt.Errorf("hash %d of the log is damaged", r.Seq)
		}
		out[r.Seq] = tlog.Hash(r.Hash)
	}
	for _, i := range indexes {
		if _, ok := out[i]; !ok {
			return nil, fmt.Errorf("hash %d of the log is missing", i)
		}
	}
	return out, nil
}

func hashReader(ctx context.Context, q Querier) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		known, err := readHashes(ctx, q, indexes)
		if err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(indexes))
		for n, i := range indexes {
			out[n] = known[i]
		}
		return out, nil
	})
}

// Head is the log's size and root hash now.
func (l *Log) Head(ctx context.Context) (tlog.Tree, error) {
	q := l.store.Query()
	size, err := sizeOf(ctx, q)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("read audit log: %w", err)
	}
	root, err := tlog.TreeHash(size, hashReader(ctx, q))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("read audit log: %w", err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// ErrNotSealed says that an audit row is not in the log yet.
var ErrNotSealed = errors.New("audit row is not sealed yet")
