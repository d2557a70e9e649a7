package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/sales"
)

// Row is an audit row with the proof that it is in the log. Sealed is the very text that was hashed.
type Row struct {
	Leaf   int64            `json:"leaf"`
	Sealed json.RawMessage  `json:"row"`
	Path   tlog.RecordProof `json:"path"`
}

// Check verifies that the row is in a tree of the log.
func (r Row) Check(tree tlog.Tree) error {
	if r.Leaf < 0 || r.Leaf >= tree.N {
		return fmt.Errorf("row %d is not among the first %d", r.Leaf, tree.N)
	}
	return tlog.CheckRecord(r.Path, tree.N, tree.Hash, r.Leaf, tlog.RecordHash(r.Sealed))
}

// Entry reads what was sealed.
func (r Row) Entry() (sales.AuditEntry, error) {
	var l leaf
	if err := json.Unmarshal(r.Sealed, &l); err != nil {
		return sales.AuditEntry{}, fmt.Errorf("read sealed row: %w", err)
	}
	at, err := time.Parse(leafTime, l.At)
	if err != nil {
		return sales.AuditEntry{}, fmt.Errorf("read sealed row: %w", err)
	}
	return sales.AuditEntry{
		ID: sales.ID(l.ID), At: sales.At(at), PersonID: sales.PersonID(l.Person), EventID: l.Event, Verb: l.Verb,
		SubjectKind: l.SubjectKind, SubjectID: sales.ID(l.SubjectID), Changes: l.Changes,
	}, nil
}

// Evidence are rows of the trace with a signed checkpoint that covers them all.
type Evidence struct {
	Checkpoint string `json:"checkpoint"`
	Rows       []Row  `json:"rows"`
}

// Check verifies every row and that one of the keys has signed the checkpoint. Of a nil verifiers only the rows are held
// against the checkpoint as it stands.
func (e Evidence) Check(verifiers note.Verifiers) (tlog.Tree, error) {
	tree, err := e.tree(verifiers)
	if err != nil {
		return tree, err
	}
	for _, r := range e.Rows {
		if err := r.Check(tree); err != nil {
			return tree, fmt.Errorf("row %d: %w", r.Leaf, err)
		}
	}
	return tree, nil
}

func (e Evidence) tree(verifiers note.Verifiers) (tlog.Tree, error) {
	if verifiers != nil {
		return OpenCheckpoint([]byte(e.Checkpoint), verifiers)
	}
	text, _, _ := cutNote(e.Checkpoint)
	tree, err := tlog.ParseTree([]byte(text))
	if err != nil {
		return tree, fmt.Errorf("read checkpoint: %w", err)
	}
	return tree, nil
}

// maxEvidence bounds how many rows one paper proves.
const maxEvidence = 1000

// Prove makes the evidence of some rows, in the order of the log. The checkpoint is the oldest that covers them all, so
// that the evidence of the same rows is always the same; where there is none yet, one is made. It fails with
// ErrNotSealed while one of the rows is too young.
func (l *Log) Prove(ctx context.Context, ids []sales.ID, signer note.Signer) (Evidence, error) {
	if len(ids) == 0 || len(ids) > maxEvidence {
		return Evidence{}, fmt.Errorf("prove %d audit rows: from 1 to %d", len(ids), maxEvidence)
	}
	q := l.store.Query()
	out := Evidence{}
	for _, id := range ids {
		r, err := sealedText(ctx, q, id)
		if err != nil {
			return Evidence{}, err
		}
		out.Rows = append(out.Rows, r)
	}
	slices.SortFunc(out.Rows, func(a, b Row) int { return int(a.Leaf - b.Leaf) })
	last := out.Rows[len(out.Rows)-1].Leaf
	var err error
	if out.Checkpoint, err = l.covering(ctx, last, signer); err != nil {
		return Evidence{}, err
	}
	tree, err := out.tree(nil)
	if err != nil {
		return Evidence{}, err
	}
	for i := range out.Rows {
		if out.Rows[i].Path, err = tlog.ProveRecord(tree.N, out.Rows[i].Leaf, hashReader(ctx, q)); err != nil {
			return Evidence{}, fmt.Errorf("prove audit row: %w", err)
		}
	}
	return out, nil
}

func sealedText(ctx context.Context, q Querier, id sales.ID) (Row, error) {
	var rows []sales.AuditEntry
	if err := q.SelectContext(ctx, &rows, "SELECT "+rowColumns+" FROM audit a WHERE a.id = ?", id); err != nil {
		return Row{}, fmt.Errorf("prove audit row: %w", err)
	}
	var leaf []int64
	if err := q.SelectContext(ctx, &leaf, "SELECT seq FROM audit_leaves WHERE audit_id = ?", id); err != nil {
		return Row{}, fmt.Errorf("prove audit row: %w", err)
	}
	if len(rows) == 0 || len(leaf) == 0 {
		return Row{}, ErrNotSealed
	}
	return Row{Leaf: leaf[0], Sealed: leafText(rows[0])}, nil
}

// covering is the oldest checkpoint with a leaf in it; one is made where there is none.
func (l *Log) covering(ctx context.Context, leaf int64, signer note.Signer) (string, error) {
	const oldest = "SELECT note FROM audit_checkpoints WHERE size > ? ORDER BY size LIMIT 1"
	for again := false; ; again = true {
		var notes []string
		if err := l.store.Query().SelectContext(ctx, &notes, oldest, leaf); err != nil {
			return "", fmt.Errorf("find checkpoint: %w", err)
		}
		if len(notes) > 0 {
			return notes[0], nil
		}
		if again {
			return "", errors.New("find checkpoint: none covers a sealed row")
		}
		if _, err := l.Publish(ctx, signer); err != nil {
			return "", err
		}
	}
}
