package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const dueColumns = `
	id,
	kind,
	subject_kind,
	subject_id,
	slot,
	due_at,
	state,
	reason,
	attempts`

var dues = rowsOf("dues", dueColumns+", claimed_by, claimed_until").
	upsert("subject_kind, subject_id, kind, slot", "due_at, state, reason, attempts, claimed_by, claimed_until", "")

// Schedule keeps a due row; one that exists (same kind, subject and slot) is moved to the new time and pending again.
func (tx *Tx) Schedule(d sales.Due) {
	if d.ID == 0 {
		d.ID = tx.NewID()
	}
	d.State, d.Reason, d.Attempts = sales.DuePending, "", 0
	tx.touching("due", d.SubjectKind, d.SubjectID.String())
	for i, old := range tx.dues {
		if old.Kind == d.Kind && old.SubjectKind == d.SubjectKind && old.SubjectID == d.SubjectID && old.Slot == d.Slot {
			tx.dues[i].DueAt = d.DueAt
			return
		}
	}
	tx.dues = append(tx.dues, d)
}

// CancelDue cancels pending due rows of a kind (all kinds when empty) about a subject, those scheduled before in the
// same unit included.
func (tx *Tx) CancelDue(kind, subjectKind string, subject sales.ID, reason string) {
	tx.touching("due", subjectKind, subject.String())
	kept := tx.dues[:0]
	for _, d := range tx.dues {
		if d.SubjectKind != subjectKind || d.SubjectID != subject || kind != "" && d.Kind != kind {
			kept = append(kept, d)
		}
	}
	tx.dues = kept
	query := `
		UPDATE dues
		SET state = 'cancelled', reason = ?, claimed_by = '', claimed_until = NULL
		WHERE subject_kind = ? AND subject_id = ? AND state = 'pending'`
	args := []any{reason, subjectKind, subject}
	if kind != "" {
		query, args = query+" AND kind = ?", append(args, kind)
	}
	tx.before = append(tx.before, statement{query, args, -1})
}

const finishDue = `
	UPDATE dues
	SET state = ?, reason = ?, claimed_by = '', claimed_until = NULL
	WHERE id = ? AND state = 'pending'`

// FinishDue notes what was decided at a due row's moment: state is sales.DueDone or DueCancelled. When the row is not
// pending any more the work is repeated, and finds it so.
func (tx *Tx) FinishDue(id sales.ID, state, reason string) {
	tx.touching("due#", id.String())
	tx.before = append([]statement{{finishDue, []any{state, reason, id}, 1}}, tx.before...)
}

const putOffDue = `
	UPDATE dues
	SET due_at = ?, reason = ?, attempts = 0, claimed_by = '', claimed_until = NULL
	WHERE id = ? AND state = 'pending'`

// PutOff moves a pending row to another moment.
func (tx *Tx) PutOff(id sales.ID, until sales.Instant, reason string) {
	tx.touching("due#", id.String())
	tx.before = append([]statement{{putOffDue, []any{until, reason, id}, 1}}, tx.before...)
	tx.scheduled = append(tx.scheduled, sales.Due{ID: id, DueAt: until, State: sales.DuePending, Reason: reason})
}

// DueByID reads a due row.
func (tx *Tx) DueByID(ctx context.Context, id sales.ID) (sales.Due, error) {
	var d sales.Due
	err := tx.get(ctx, "没有这条定时。", &d, "SELECT "+dueColumns+" FROM dues WHERE id = ?", id)
	return d, err
}

// DuesOf lists the due rows about a subject in the order of their time, whatever their state.
func (tx *Tx) DuesOf(ctx context.Context, subjectKind string, subject sales.ID) ([]sales.Due, error) {
	var out []sales.Due
	err := tx.list(ctx, &out, "SELECT "+dueColumns+" FROM dues WHERE subject_kind = ? AND subject_id = ? ORDER BY due_at, id LIMIT 500",
		subjectKind, subject)
	return out, err
}

// writeDues turns what was scheduled into rows.
func (tx *Tx) writeDues() {
	for _, d := range tx.dues {
		tx.add(dues, []any{
			d.ID, d.Kind, d.SubjectKind, d.SubjectID, d.Slot, d.DueAt, d.State, d.Reason, d.Attempts, "", sales.Instant{},
		})
	}
	tx.scheduled = append(tx.scheduled, tx.dues...)
}

// dueLease is how long a claimed due row is left to its process after the horizon of its claim.
const dueLease = 2 * time.Minute

// clockSlack is by how much the replicas' clocks may differ. A claim that ends later than one made now would, by more than
// that, was made by a clock that has been set back since: it counts for nothing, or what it holds would wait for as long.
const clockSlack = time.Minute

const claimableDues = `
	SELECT id
	FROM dues
	WHERE state = 'pending'
		AND due_at <= ?
		AND (claimed_until IS NULL OR claimed_until <= ? OR claimed_until > ?)
	ORDER BY due_at, id
	LIMIT ?`

// ClaimDues takes what is due until now+horizon, the earliest first. They are this process's until dueLease
// after the horizon; what is still pending then may be claimed again, by anyone.
func (db *DB) ClaimDues(ctx context.Context, now time.Time, horizon time.Duration, limit int) ([]sales.Due, error) {
	if err := db.holdNode(ctx); err != nil {
		return nil, err
	}
	var out []sales.Due
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		out = nil
		var ids []sales.ID
		err := tx.SelectContext(ctx, &ids, claimableDues, sales.At(now.Add(horizon)), sales.At(now),
			sales.At(now.Add(horizon+dueLease+clockSlack)), bound(limit, 1000))
		if err != nil {
			return fmt.Errorf("find dues: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		return db.takeDues(ctx, tx, ids, now, horizon+dueLease, &out)
	})
	return out, err
}

// takeDues marks rows as this claim's and reads those that it got. The mark is new each time, so that a process that
// claims twice never takes one row for both.
func (db *DB) takeDues(ctx context.Context, tx *sqlx.Tx, ids []sales.ID, now time.Time, span time.Duration, out *[]sales.Due) error {
	claim := db.opts.Holder + "/" + db.ids.next().String()
	in := "id IN (" + marks(len(ids)) + ")"
	take := "UPDATE dues SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1 WHERE " + in +
		" AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ? OR claimed_until > ?)"
	args := append([]any{claim, sales.At(now.Add(span))}, anys(ids)...)
	if _, err := tx.ExecContext(ctx, take, append(args, sales.At(now), sales.At(now.Add(span+clockSlack)))...); err != nil {
		return fmt.Errorf("claim dues: %w", err)
	}
	read := "SELECT " + dueColumns + " FROM dues WHERE " + in + " AND claimed_by = ? ORDER BY due_at, id"
	if err := tx.SelectContext(ctx, out, read, append(anys(ids), claim)...); err != nil {
		return fmt.Errorf("read dues: %w", err)
	}
	return nil
}

// NextDueAt is the moment of the earliest pending row; the zero time when nothing is scheduled.
func (db *DB) NextDueAt(ctx context.Context) (time.Time, error) {
	var at []sales.Instant
	err := db.r.SelectContext(ctx, &at, "SELECT due_at FROM dues WHERE state = 'pending' ORDER BY due_at LIMIT 1")
	if err != nil {
		return time.Time{}, fmt.Errorf("next due: %w", err)
	}
	if len(at) == 0 {
		return time.Time{}, nil
	}
	return at[0].Time, nil
}
