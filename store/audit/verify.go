package audit

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/sales"
)

// maxFindings bounds how many faults a report lists.
const maxFindings = 100

// verifyChunk is how many leaves are compared with the stored hashes at a time.
const verifyChunk = 8192

// Finding is one fault: which row, 0 when it is the log itself, and what is wrong.
type Finding struct {
	ID   sales.ID
	What string
}

// Report is what Verify found.
type Report struct {
	Tree tlog.Tree
	Rows int64
	// Retired is how many rows were removed for their age (Retire); their leaves stay.
	Retired     int64
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

// Verify reads every sealed row and recomputes the log from them: each row must be as it was when it was sealed, the
// stored hashes must be those of the rows, no row may have been slipped in behind the log's back, and every checkpoint,
// those kept in the database and those handed in from outside, must be one of this log's earlier states. verifiers are
// the keys by which checkpoints are signed. The memory it takes does not depend on the number of rows.
func (l *Log) Verify(ctx context.Context, outside [][]byte, verifiers ...note.Verifier) (*Report, error) {
	q := l.store.Query()
	v := &verifier{q: q, rep: &Report{}}
	var err error
	if v.retired, err = l.retiredBefore(ctx); err == nil {
		err = v.run(ctx, l.store.IDAt(l.store.Now().Add(-Window)))
	}
	if err != nil {
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
		verifyCheckpoint(ctx, q, v.rep, n, note.VerifierList(verifiers...))
	}
	return v.rep, nil
}

// verifier is one run over the log.
type verifier struct {
	q   Querier
	rep *Report
	// retired is the id below which rows were removed for their age.
	retired sales.ID
	tree    growing
	// from is the size of the tree when it was last compared.
	from int64
}

func (v *verifier) run(ctx context.Context, sealedBefore sales.ID) error {
	if err := v.rows(ctx); err != nil {
		return err
	}
	root, err := tlog.TreeHash(v.tree.size, &v.tree)
	if err != nil {
		return err
	}
	v.rep.Rows, v.rep.Tree = v.tree.size, tlog.Tree{N: v.tree.size, Hash: root}
	return v.unsealed(ctx, sealedBefore)
}

const sealedRows = `
	SELECT
		s.seq,
		s.audit_id,
		s.hash,
		a.at,
		a.person_id,
		a.event_id,
		a.verb,
		a.subject_kind,
		a.subject_id,
		a.changes
	FROM audit_leaves s
	LEFT JOIN audit a ON a.id = s.audit_id
	WHERE s.seq >= ? AND s.seq < ?
	ORDER BY s.seq`

// sealedRow is a leaf and its audit row, whose columns are null when it is gone.
type sealedRow struct {
	seq               int64
	id                sales.ID
	leaf              []byte
	at                sales.Instant
	person, subject   sql.NullInt64
	event, verb, kind sql.NullString
	changes           []byte
}

// rows walks the leaves and compares rows, leaves and the stored hashes with a tree built anew.
func (v *verifier) rows(ctx context.Context) error {
	for {
		whole, err := v.some(ctx)
		if err != nil {
			return err
		}
		if err := v.compare(ctx); err != nil {
			return err
		}
		if !whole {
			return nil
		}
	}
}

// some walks the next leaves; false when there are none behind them.
func (v *verifier) some(ctx context.Context) (bool, error) {
	end := v.tree.size + verifyChunk
	rows, err := v.q.QueryContext(ctx, sealedRows, v.tree.size, end)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var r sealedRow
	for rows.Next() {
		if err := rows.Scan(&r.seq, &r.id, &r.leaf, &r.at, &r.person, &r.event, &r.verb, &r.kind, &r.subject, &r.changes); err != nil {
			return false, err
		}
		if r.seq != v.tree.size {
			v.rep.fault(0, fmt.Sprintf("leaves %d to %d are missing", v.tree.size, r.seq-1))
			return false, nil // what comes behind has no place in the tree any more
		}
		if len(r.leaf) != tlog.HashSize {
			v.rep.fault(r.id, "the leaf is damaged")
			return false, nil
		}
		v.check(&r)
		if err := v.tree.add(tlog.Hash(r.leaf)); err != nil {
			return false, err
		}
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	if v.tree.size == end {
		return true, nil
	}
	return v.gap(ctx)
}

// gap looks for leaves behind the last one found, which would mean that a whole stretch is missing.
func (v *verifier) gap(ctx context.Context) (bool, error) {
	size, err := sizeOf(ctx, v.q)
	if err != nil || size <= v.tree.size {
		return false, err
	}
	var next int64
	if err := v.q.GetContext(ctx, &next, "SELECT COALESCE(MIN(seq), 0) FROM audit_leaves WHERE seq >= ?", v.tree.size); err != nil {
		return false, err
	}
	if next == v.tree.size { // sealed while we looked
		return true, nil
	}
	v.rep.fault(0, fmt.Sprintf("leaves %d to %d are missing", v.tree.size, next-1))
	return false, nil
}

// check compares a row with its leaf.
func (v *verifier) check(r *sealedRow) {
	if !r.verb.Valid {
		if r.id < v.retired {
			v.rep.Retired++
			return
		}
		v.rep.fault(r.id, "the row was removed")
		return
	}
	if leaf := r.plainHash(); bytes.Equal(leaf[:], r.leaf) {
		return
	}
	e := sales.AuditEntry{
		ID: r.id, At: r.at, PersonID: sales.PersonID(r.person.Int64), EventID: r.event.String, Verb: r.verb.String,
		SubjectKind: r.kind.String, SubjectID: sales.ID(r.subject.Int64),
	}
	err := e.Changes.Scan(r.changes)
	if leaf := LeafHash(e); err != nil || !bytes.Equal(leaf[:], r.leaf) {
		v.rep.fault(r.id, "the row was changed")
	}
}

// unsealed looks for rows that are older than anything still waiting to be sealed and yet have no leaf.
func (v *verifier) unsealed(ctx context.Context, before sales.ID) error {
	const query = `
		SELECT a.id
		FROM audit a
		LEFT JOIN audit_leaves s ON s.audit_id = a.id
		WHERE a.id < ? AND s.audit_id IS NULL
		ORDER BY a.id
		LIMIT 1000`
	var ids []sales.ID
	if err := v.q.SelectContext(ctx, &ids, query, before); err != nil {
		return err
	}
	for _, id := range ids {
		v.rep.fault(id, "the row was never sealed")
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

// compare holds the hashes of what was added since the last time against the stored ones, and forgets what no later leaf
// needs.
func (v *verifier) compare(ctx context.Context) error {
	first := tlog.StoredHashIndex(0, v.from)
	v.from = v.tree.size
	rows, err := v.q.QueryContext(ctx, "SELECT seq, hash FROM audit_hashes WHERE seq >= ? AND seq < ? ORDER BY seq", first, v.tree.next)
	if err != nil {
		return err
	}
	defer rows.Close()
	at := first
	var seq int64
	var hash sql.RawBytes
	missing := func(to int64) {
		for ; at < to; at++ {
			v.rep.fault(0, fmt.Sprintf("hash %d of the log is missing", at))
		}
	}
	for rows.Next() {
		if err := rows.Scan(&seq, &hash); err != nil {
			return err
		}
		missing(seq)
		if h := v.tree.hashes[seq]; !bytes.Equal(hash, h[:]) {
			v.rep.fault(0, fmt.Sprintf("hash %d of the log was changed", seq))
		}
		at = seq + 1
	}
	missing(v.tree.next)
	v.tree.trim()
	return rows.Err()
}
