package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/sales"
)

// maxFindings bounds how many faults a report lists.
const maxFindings = 100

// Finding is one fault: which row, 0 when it is the log itself, and what is wrong.
type Finding struct {
	ID   sales.ID
	What string
}

// Report is what Verify found.
type Report struct {
	Tree        tlog.Tree
	Rows        int64
	Checkpoints int
	// Findings are the faults, at most a hundred; Faults is how many there are.
	Findings []Finding
	Faults   int
}

// OK reports whether nothing is wrong.
func (r *Report) OK() bool { return r.Faults == 0 }

func (r *Report) fault(id sales.ID, what string) {
	r.Faults++
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, Finding{id, what})
	}
}

type sealedRow struct {
	Seq  int64  `db:"seq"`
	Leaf []byte `db:"hash"`
	// Missing is true when the audit row of the leaf is gone.
	Missing bool `db:"missing"`
	sales.AuditEntry
}

// Verify reads every sealed row and recomputes the log from them: each row must be as it was when it was sealed, the
// stored hashes must be those of the rows, no row may have been slipped in behind the log's back, and every checkpoint,
// those kept in the database and those handed in from outside, must be one of this log's earlier states. verifiers are
// the keys by which checkpoints are signed.
func (l *Log) Verify(ctx context.Context, outside [][]byte, verifiers ...note.Verifier) (*Report, error) {
	q := l.store.Query()
	rep := &Report{}
	if err := l.verifyRows(ctx, q, rep); err != nil {
		return nil, fmt.Errorf("verify audit log: %w", err)
	}
	if err := l.verifyUnsealed(ctx, q, rep); err != nil {
		return nil, fmt.Errorf("verify audit log: %w", err)
	}
	var kept []string
	if err := q.SelectContext(ctx, &kept, "SELECT note FROM audit_checkpoints ORDER BY size"); err != nil {
		return nil, fmt.Errorf("verify audit log: %w", err)
	}
	for _, n := range kept {
		outside = append(outside, []byte(n))
	}
	for _, n := range outside {
		verifyCheckpoint(ctx, q, rep, n, note.VerifierList(verifiers...))
	}
	return rep, nil
}

const sealedRows = `
	SELECT
		s.seq,
		s.hash,
		CASE WHEN a.id IS NULL THEN 1 ELSE 0 END AS missing,
		s.audit_id AS id,
		a.at,
		COALESCE(a.person_id, 0) AS person_id,
		COALESCE(a.event_id, '') AS event_id,
		COALESCE(a.verb, '') AS verb,
		COALESCE(a.subject_kind, '') AS subject_kind,
		COALESCE(a.subject_id, 0) AS subject_id,
		COALESCE(a.changes, '[]') AS changes
	FROM audit_leaves s
	LEFT JOIN audit a ON a.id = s.audit_id
	WHERE s.seq >= ?
	ORDER BY s.seq
	LIMIT 1000`

// verifyRows walks the leaves and compares rows, leaves and the stored hashes with a tree built anew.
func (l *Log) verifyRows(ctx context.Context, q Querier, rep *Report) error {
	var tree rebuilt
	for {
		var rows []sealedRow
		if err := q.SelectContext(ctx, &rows, sealedRows, tree.size); err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if r.Seq != tree.size {
				rep.fault(0, fmt.Sprintf("leaves %d to %d are missing", tree.size, r.Seq-1))
				return nil // what comes behind has no place in the tree any more
			}
			switch leaf := LeafHash(r.AuditEntry); {
			case r.Missing:
				rep.fault(r.ID, "the row was removed")
			case !bytes.Equal(leaf[:], r.Leaf):
				rep.fault(r.ID, "the row was changed")
			}
			if len(r.Leaf) != tlog.HashSize {
				rep.fault(r.ID, "the leaf is damaged")
				return nil
			}
			if err := tree.add(tlog.Hash(r.Leaf)); err != nil {
				return err
			}
		}
		if err := tree.compare(ctx, q, rep); err != nil {
			return err
		}
	}
	root, err := tlog.TreeHash(tree.size, &tree)
	if err != nil {
		return err
	}
	rep.Rows, rep.Tree = tree.size, tlog.Tree{N: tree.size, Hash: root}
	return nil
}

// verifyUnsealed looks for rows that are older than anything still waiting to be sealed and yet have no leaf.
func (l *Log) verifyUnsealed(ctx context.Context, q Querier, rep *Report) error {
	const unsealed = `
		SELECT a.id
		FROM audit a
		LEFT JOIN audit_leaves s ON s.audit_id = a.id
		WHERE a.id < ? AND s.audit_id IS NULL
		ORDER BY a.id
		LIMIT 1000`
	var ids []sales.ID
	if err := q.SelectContext(ctx, &ids, unsealed, l.store.IDAt(l.store.Now().Add(-Window))); err != nil {
		return err
	}
	for _, id := range ids {
		rep.fault(id, "the row was never sealed")
	}
	return nil
}

func verifyCheckpoint(ctx context.Context, q Querier, rep *Report, signed []byte, keys note.Verifiers) {
	rep.Checkpoints++
	tree, err := OpenCheckpoint(signed, keys)
	if err != nil {
		rep.fault(0, "a checkpoint is not signed by a known key")
		return
	}
	if tree.N > rep.Tree.N {
		rep.fault(0, fmt.Sprintf("the log has %d rows, a checkpoint says there were %d", rep.Tree.N, tree.N))
		return
	}
	root, err := tlog.TreeHash(tree.N, hashReader(ctx, q))
	if err != nil || root != tree.Hash {
		rep.fault(0, fmt.Sprintf("the first %d rows are not those of the checkpoint", tree.N))
	}
}

// rebuilt is a tree built anew from its leaves. Only the hashes that later ones need are kept, and those not compared yet.
type rebuilt struct {
	size   int64
	next   int64 // index of the next stored hash
	hashes map[int64]tlog.Hash
	fresh  []int64
}

func (t *rebuilt) add(leaf tlog.Hash) error {
	if t.hashes == nil {
		t.hashes = map[int64]tlog.Hash{}
	}
	more, err := tlog.StoredHashesForRecordHash(t.size, leaf, t)
	if err != nil {
		return err
	}
	for _, h := range more {
		t.hashes[t.next] = h
		t.fresh = append(t.fresh, t.next)
		t.next++
	}
	t.size++
	return nil
}

// ReadHashes implements tlog.HashReader.
func (t *rebuilt) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
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

// compare checks the stored hashes of what was added since the last time, and forgets all that no later leaf needs.
func (t *rebuilt) compare(ctx context.Context, q Querier, rep *Report) error {
	stored, err := readHashes(ctx, q, t.fresh)
	if err != nil {
		var damaged interface{ Timeout() bool }
		if errors.As(err, &damaged) || ctx.Err() != nil {
			return err
		}
		rep.fault(0, err.Error())
		stored = nil
	}
	for _, i := range t.fresh {
		if h, ok := stored[i]; ok && h != t.hashes[i] {
			rep.fault(0, fmt.Sprintf("hash %d of the log was changed", i))
		}
	}
	t.fresh = t.fresh[:0]
	keep := map[int64]bool{}
	for level, n := 0, t.size; n > 0; level, n = level+1, n>>1 {
		if n&1 == 1 {
			keep[tlog.StoredHashIndex(level, n-1)] = true
		}
	}
	for i := range t.hashes {
		if !keep[i] {
			delete(t.hashes, i)
		}
	}
	return nil
}
