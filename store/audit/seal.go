package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/sales"
)

// Lag is how old a row must be before it is sealed: ids are given out before their transactions commit, so rows become
// visible a little out of order, and no transaction lives as long as Lag. Window is how much older than the newest sealed
// row one may be that is still found; that far apart the clocks of two replicas may be.
const (
	Lag    = time.Minute
	Window = time.Hour
)

const (
	// sealChunk is how many rows one transaction seals: few enough that writers on the embedded store hardly wait.
	sealChunk = 1000
	// lateSpan is how far each Seal looks back for rows that came late, wideEvery how often one looks back over Window, in
	// steps of wideStep.
	lateSpan  = 2 * time.Minute
	wideEvery = 10 * time.Minute
	wideStep  = 2 * time.Minute
)

// ErrOtherSealer says that somebody else has sealed meanwhile.
var ErrOtherSealer = errors.New("another sealer is at work")

// Seal adds rows that are old enough to the log, in the order of their ids, and returns how many. A row that comes to
// light late is sealed behind newer ones; none is left out. Rows are read and hashed outside of any transaction; what it
// costs depends on the rows to be sealed and of the last two minutes, not on how many there are. Of two sealers at once
// one fails and does no harm.
func (l *Log) Seal(ctx context.Context) (int, error) {
	n, err := l.seal(ctx)
	if err != nil {
		return n, fmt.Errorf("seal audit rows: %w", err)
	}
	return n, nil
}

func (l *Log) seal(ctx context.Context) (int, error) {
	q := l.store.Query()
	tree, err := edge(ctx, q)
	if err != nil {
		return 0, err
	}
	var newest sales.ID
	if err := q.GetContext(ctx, &newest, "SELECT COALESCE(MAX(audit_id), 0) FROM audit_leaves"); err != nil {
		return 0, err
	}
	total, err := l.sealLate(ctx, q, tree, newest)
	if err != nil {
		return total, err
	}
	before := l.store.IDAt(l.store.Now().Add(-Lag))
	const next = "SELECT " + rowColumns + `
		FROM audit a
		WHERE a.id > ? AND a.id < ?
		ORDER BY a.id
		LIMIT ?`
	for {
		var rows []sales.AuditEntry
		if err := q.SelectContext(ctx, &rows, next, newest, before, sealChunk); err != nil {
			return total, err
		}
		if err := l.add(ctx, tree, rows); err != nil {
			return total, err
		}
		if total += len(rows); len(rows) < sealChunk {
			return total, nil
		}
		newest = rows[len(rows)-1].ID
	}
}

// sealLate seals rows that became visible after newer ones had been sealed: those of the last minutes each time, and of
// the whole Window now and then, since that look is long.
func (l *Log) sealLate(ctx context.Context, q Querier, tree *growing, newest sales.ID) (int, error) {
	span, now := lateSpan, l.store.Now()
	wide := l.widely.IsZero() || now.Sub(l.widely) >= wideEvery || now.Before(l.widely)
	if wide {
		span = Window
	}
	step := l.store.IDAt(epochPlus(wideStep))
	total := 0
	for from := max(newest-l.store.IDAt(epochPlus(span)), 0); from < newest; from += step {
		n, err := l.sealLateBetween(ctx, q, tree, from, min(from+step, newest))
		total += n
		if err != nil {
			return total, err
		}
	}
	if wide {
		l.widely = now
	}
	return total, nil
}

func (l *Log) sealLateBetween(ctx context.Context, q Querier, tree *growing, from, to sales.ID) (int, error) {
	const unsealed = "SELECT " + rowColumns + `
		FROM audit a
		LEFT JOIN audit_leaves s ON s.audit_id = a.id
		WHERE a.id > ? AND a.id <= ? AND s.audit_id IS NULL
		ORDER BY a.id
		LIMIT ?`
	total := 0
	for {
		var rows []sales.AuditEntry
		if err := q.SelectContext(ctx, &rows, unsealed, from, to, sealChunk); err != nil {
			return total, err
		}
		if err := l.add(ctx, tree, rows); err != nil {
			return total, err
		}
		if total += len(rows); len(rows) < sealChunk {
			return total, nil
		}
	}
}

// add puts rows behind the tree, in one transaction that only writes. It fails when the log is not the one the tree was
// read from any more.
func (l *Log) add(ctx context.Context, tree *growing, rows []sales.AuditEntry) error {
	if len(rows) == 0 {
		return nil
	}
	size, first := tree.size, tree.next
	leaves := make([]any, 0, 3*len(rows))
	for _, r := range rows {
		leaf := LeafHash(r)
		leaves = append(leaves, tree.size, r.ID, leaf[:])
		if err := tree.add(leaf); err != nil {
			return err
		}
	}
	hashes := make([]any, 0, 2*(tree.next-first))
	for i := first; i < tree.next; i++ {
		h := tree.hashes[i]
		hashes = append(hashes, i, h[:])
	}
	tree.trim()
	return l.store.InTx(ctx, func(q Querier) error {
		now, err := sizeOf(ctx, q)
		if err != nil {
			return err
		}
		if now != size {
			return ErrOtherSealer
		}
		if err := insert(ctx, q, "INSERT INTO audit_leaves (seq, audit_id, hash) VALUES ", leaves, 3); err != nil {
			return err
		}
		return insert(ctx, q, "INSERT INTO audit_hashes (seq, hash) VALUES ", hashes, 2)
	})
}

func insert(ctx context.Context, q Querier, query string, args []any, width int) error {
	_, err := q.ExecContext(ctx, query+tuples(len(args)/width, width), args...)
	return err
}

// sizeOf is how many leaves the log has.
func sizeOf(ctx context.Context, q Querier) (size int64, err error) {
	err = q.GetContext(ctx, &size, "SELECT COALESCE(MAX(seq) + 1, 0) FROM audit_leaves")
	return size, err
}

// edge is the log's tree as far as later leaves need it.
func edge(ctx context.Context, q Querier) (*growing, error) {
	size, err := sizeOf(ctx, q)
	if err != nil {
		return nil, err
	}
	t := &growing{size: size, next: tlog.StoredHashIndex(0, size)}
	t.hashes, err = readHashes(ctx, q, edgeOf(size))
	return t, err
}

// edgeOf are the indexes of the stored hashes that a tree of a size needs to grow: the roots of its full subtrees.
func edgeOf(size int64) []int64 {
	var out []int64
	for level, n := 0, size; n > 0; level, n = level+1, n>>1 {
		if n&1 == 1 {
			out = append(out, tlog.StoredHashIndex(level, n-1))
		}
	}
	return out
}

// growing is a tree to which leaves are added. It holds the hashes that later ones need, and those added since trim.
type growing struct {
	size   int64
	next   int64 // index of the next stored hash
	hashes map[int64]tlog.Hash
}

func (t *growing) add(leaf tlog.Hash) error {
	if t.hashes == nil {
		t.hashes = map[int64]tlog.Hash{}
	}
	more, err := tlog.StoredHashesForRecordHash(t.size, leaf, t)
	if err != nil {
		return err
	}
	for _, h := range more {
		t.hashes[t.next] = h
		t.next++
	}
	t.size++
	return nil
}

// ReadHashes implements tlog.HashReader.
func (t *growing) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for n, i := range indexes {
		h, ok := t.hashes[i]
		if !ok {
			return nil, fmt.Errorf("hash %d is not at hand", i)
		}
		out[n] = h
	}
	return out, nil
}

// trim forgets all hashes that no later leaf needs.
func (t *growing) trim() {
	kept := make(map[int64]tlog.Hash, 64)
	for _, i := range edgeOf(t.size) {
		kept[i] = t.hashes[i]
	}
	t.hashes = kept
}
