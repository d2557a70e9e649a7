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

// Lag is how old a row must be before it is sealed, and Window how much older than the newest sealed row one may be that
// is still found: ids are given out before their transactions commit, so rows become visible a little out of order. No
// transaction lives as long as Lag.
const (
	Lag    = time.Minute
	Window = time.Hour
)

// sealChunk is how many rows one transaction seals.
const sealChunk = 500

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
}

// Log is the Merkle log over the audit rows.
type Log struct{ store Store }

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

// Seal adds rows that are old enough to the log, in the order of their ids, and returns how many. A row that comes to
// light late is sealed behind newer ones; none is left out. Of two sealers at once one fails and does no harm.
func (l *Log) Seal(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		err := l.store.InTx(ctx, func(q Querier) (err error) {
			n, err = l.sealSome(ctx, q)
			return err
		})
		total += n
		if err != nil {
			return total, fmt.Errorf("seal audit rows: %w", err)
		}
		if n < sealChunk {
			return total, nil
		}
	}
}

func (l *Log) sealSome(ctx context.Context, q Querier) (int, error) {
	size, newest, err := head(ctx, q)
	if err != nil {
		return 0, err
	}
	// Rows more than Window older than the newest sealed one are not looked at again; that keeps the look short.
	from := sales.ID(0)
	if newest > 0 {
		from = newest - l.store.IDAt(epochPlus(Window))
	}
	const unsealed = "SELECT " + rowColumns + `
		FROM audit a
		LEFT JOIN audit_leaves s ON s.audit_id = a.id
		WHERE a.id > ? AND a.id < ? AND s.audit_id IS NULL
		ORDER BY a.id
		LIMIT ?`
	var rows []sales.AuditEntry
	if err := q.SelectContext(ctx, &rows, unsealed, from, l.store.IDAt(l.store.Now().Add(-Lag)), sealChunk); err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, nil
	}
	return len(rows), appendRows(ctx, q, size, rows)
}

// head is how many leaves the log has and the greatest id among the newest of them.
func head(ctx context.Context, q Querier) (size int64, newest sales.ID, err error) {
	var last []struct {
		Seq int64    `db:"seq"`
		ID  sales.ID `db:"audit_id"`
	}
	if err := q.SelectContext(ctx, &last, "SELECT seq, audit_id FROM audit_leaves ORDER BY seq DESC LIMIT 200"); err != nil {
		return 0, 0, err
	}
	for _, r := range last {
		newest = max(newest, r.ID)
	}
	if len(last) > 0 {
		size = last[0].Seq + 1
	}
	return size, newest, nil
}

// appendRows writes the leaves of rows and the hashes that they complete.
func appendRows(ctx context.Context, q Querier, size int64, rows []sales.AuditEntry) error {
	first := tlog.StoredHashIndex(0, size)
	var fresh []tlog.Hash // the stored hashes from index first on
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var stored []int64
		for _, i := range indexes {
			if i < first {
				stored = append(stored, i)
			}
		}
		known, err := readHashes(ctx, q, stored)
		if err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(indexes))
		for n, i := range indexes {
			if i < first {
				out[n] = known[i]
			} else {
				out[n] = fresh[i-first]
			}
		}
		return out, nil
	})
	var leaves, hashes []any
	for i, r := range rows {
		leaf := LeafHash(r)
		leaves = append(leaves, size+int64(i), r.ID, leaf[:])
		more, err := tlog.StoredHashesForRecordHash(size+int64(i), leaf, reader)
		if err != nil {
			return err
		}
		for _, h := range more {
			hashes = append(hashes, first+int64(len(fresh)), h[:])
			fresh = append(fresh, h)
		}
	}
	if err := insert(ctx, q, "INSERT INTO audit_leaves (seq, audit_id, hash) VALUES ", leaves, 3); err != nil {
		return err
	}
	return insert(ctx, q, "INSERT INTO audit_hashes (seq, hash) VALUES ", hashes, 2)
}

func insert(ctx context.Context, q Querier, query string, args []any, width int) error {
	if len(args) == 0 {
		return nil
	}
	_, err := q.ExecContext(ctx, query+tuples(len(args)/width, width), args...)
	return err
}

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
	size, _, err := head(ctx, q)
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

// Proof is the proof that an audit row is in a tree of the log.
type Proof struct {
	Tree  tlog.Tree        `json:"tree"`
	Leaf  int64            `json:"leaf"`
	Hash  tlog.Hash        `json:"hash"`
	Path  tlog.RecordProof `json:"path"`
	Entry sales.AuditEntry `json:"entry"`
}

// Check verifies the proof against its own entry and tree; whether the tree is the real one, a checkpoint says.
func (p Proof) Check() error {
	if LeafHash(p.Entry) != p.Hash {
		return errors.New("the entry is not the one that was sealed")
	}
	return tlog.CheckRecord(p.Path, p.Tree.N, p.Tree.Hash, p.Leaf, p.Hash)
}

// Prove makes the proof of an audit row in the log as it is now.
func (l *Log) Prove(ctx context.Context, id sales.ID) (Proof, error) {
	q := l.store.Query()
	var rows []sales.AuditEntry
	if err := q.SelectContext(ctx, &rows, "SELECT "+rowColumns+" FROM audit a WHERE a.id = ?", id); err != nil {
		return Proof{}, fmt.Errorf("prove audit row: %w", err)
	}
	var leaf []int64
	if err := q.SelectContext(ctx, &leaf, "SELECT seq FROM audit_leaves WHERE audit_id = ?", id); err != nil {
		return Proof{}, fmt.Errorf("prove audit row: %w", err)
	}
	if len(rows) == 0 || len(leaf) == 0 {
		return Proof{}, ErrNotSealed
	}
	tree, err := l.Head(ctx)
	if err != nil {
		return Proof{}, err
	}
	path, err := tlog.ProveRecord(tree.N, leaf[0], hashReader(ctx, q))
	if err != nil {
		return Proof{}, fmt.Errorf("prove audit row: %w", err)
	}
	return Proof{Tree: tree, Leaf: leaf[0], Hash: LeafHash(rows[0]), Path: path, Entry: rows[0]}, nil
}
