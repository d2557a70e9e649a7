package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const sheetColumns = `
	id,
	kind,
	state,
	person_id,
	file_id,
	name,
	sha256,
	total,
	fresh,
	known,
	alike,
	wrong,
	written,
	seen,
	choice,
	columns_seen,
	message,
	result_id,
	face,
	created_at,
	updated_at,
	attempts,
	version`

const sheetRowColumns = `
	job_id,
	row_no,
	cells,
	state,
	problem,
	cols`

var (
	// The claim is ClaimSheetJob's alone, since it moves without a version.
	sheetJobs = tableOf[sales.SheetJob]("sheet_jobs", sheetColumns).keeping("attempts").watching("import", "state")
	newSheets = rowsOf("sheet_jobs", sheetColumns+", claimed_by, claimed_until")
	sheetRows = tableOf[sales.SheetRow]("sheet_rows", sheetRowColumns).upsert("job_id, row_no", "cells, state, problem, cols", "")
)

// CreateSheetJob begins a job on an Excel file.
func (tx *Tx) CreateSheetJob(j sales.SheetJob) {
	tx.touching("sheet_jobs", j.ID.String())
	tx.add(newSheets, append(sheetJobs.row(j), "", nil))
}

// UpdateSheetJob changes a job over the version it was read at.
func (tx *Tx) UpdateSheetJob(j sales.SheetJob) { tx.update(sheetJobs, j.ID, j.Version, j) }

// SheetJobByID reads a job.
func (tx *Tx) SheetJobByID(ctx context.Context, id sales.ID) (sales.SheetJob, error) {
	var j sales.SheetJob
	err := tx.get(ctx, "没找到这次导入。", &j, "SELECT "+sheetColumns+" FROM sheet_jobs WHERE id = ?", id)
	return j, err
}

// SheetJobsOf lists a person's newest jobs.
func (tx *Tx) SheetJobsOf(ctx context.Context, person sales.PersonID, limit int) ([]sales.SheetJob, error) {
	var out []sales.SheetJob
	err := tx.list(ctx, &out, "SELECT "+sheetColumns+" FROM sheet_jobs WHERE person_id = ? ORDER BY id DESC LIMIT ?", person, bound(limit, 50))
	return out, err
}

// PutSheetRows writes rows of an import; those that are there take the new state.
func (tx *Tx) PutSheetRows(rows []sales.SheetRow) {
	for _, r := range rows {
		tx.add(sheetRows, sheetRows.row(r))
	}
}

// SheetRows lists rows of an import in some states after a row number, in their order.
func (tx *Tx) SheetRows(ctx context.Context, job sales.ID, states []string, after int64, limit int) ([]sales.SheetRow, error) {
	var out []sales.SheetRow
	query := "SELECT " + sheetRowColumns + " FROM sheet_rows WHERE job_id = ? AND row_no > ? AND state IN (" + marks(len(states)) + ") ORDER BY row_no LIMIT ?"
	err := tx.list(ctx, &out, query, append(append([]any{job, after}, anys(states)...), bound(limit, 5000))...)
	return out, err
}

// CountSheetRows counts the rows of an import by state.
func (tx *Tx) CountSheetRows(ctx context.Context, job sales.ID) (map[string]int64, error) {
	var rows []struct {
		State string `db:"state"`
		N     int64  `db:"n"`
	}
	if err := tx.list(ctx, &rows, "SELECT state, COUNT(*) AS n FROM sheet_rows WHERE job_id = ? GROUP BY state", job); err != nil {
		return nil, fmt.Errorf("count rows of import %d: %w", job, err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, nil
}

// SettleSheetRows gives rows of an import a state, by their numbers.
func (tx *Tx) SettleSheetRows(job sales.ID, state string, numbers []int64) {
	for chunk := range slices.Chunk(numbers, maxRows) {
		args := append([]any{state, job}, anys(chunk)...)
		tx.after = append(tx.after, statement{"UPDATE sheet_rows SET state = ? WHERE job_id = ? AND row_no IN (" + marks(len(chunk)) + ")", args, -1})
	}
}

// DropSheetRows forgets the rows of an import, to read them afresh.
func (tx *Tx) DropSheetRows(job sales.ID) {
	tx.before = append(tx.before, statement{"DELETE FROM sheet_rows WHERE job_id = ?", []any{job}, -1})
}

const sheetWork = "SELECT " + sheetColumns + `
	FROM sheet_jobs
	WHERE state IN ('reading', 'writing', 'making', 'undoing') AND (claimed_until IS NULL OR claimed_until <= ?) AND id > ?
	ORDER BY id
	LIMIT ?`

// sheetLook is how many jobs are looked at at a time.
const sheetLook = 20

// FreeSheetJobs are the jobs that wait for work and that nobody has claimed, the oldest after one first, at most twenty.
func (db *DB) FreeSheetJobs(ctx context.Context, now time.Time, after sales.ID) (list []sales.SheetJob, err error) {
	if err := db.r.SelectContext(ctx, &list, sheetWork, sales.At(now), after, sheetLook); err != nil {
		return nil, fmt.Errorf("look for sheet jobs: %w", err)
	}
	return list, nil
}

// ClaimSheetJob claims the oldest job that waits for work and that want can do here, for a while. False when there is none.
func (db *DB) ClaimSheetJob(ctx context.Context, now time.Time, lease time.Duration, want func(sales.SheetJob) bool) (sales.SheetJob, bool, error) {
	for after := sales.ID(0); ; { // those that cannot be worked on yet stand in nobody's way
		list, err := db.FreeSheetJobs(ctx, now, after)
		if err != nil {
			return sales.SheetJob{}, false, err
		}
		if j, ok, err := db.claimSheetJob(ctx, now, lease, list, want); ok || err != nil {
			return j, ok, err
		}
		if len(list) < sheetLook {
			return sales.SheetJob{}, false, nil
		}
		after = list[len(list)-1].ID
	}
}

// claimSheetJob claims the first of some jobs that want can do and nobody is faster for.
func (db *DB) claimSheetJob(
	ctx context.Context, now time.Time, lease time.Duration, list []sales.SheetJob, want func(sales.SheetJob) bool,
) (sales.SheetJob, bool, error) {
	const claim = `
		UPDATE sheet_jobs
		SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1
		WHERE id = ? AND version = ? AND (claimed_until IS NULL OR claimed_until <= ?)`
	for _, j := range list {
		if !want(j) {
			continue
		}
		got := false
		err := db.write(ctx, func(tx *sqlx.Tx) error {
			res, err := tx.ExecContext(ctx, claim, db.Holder(), sales.At(now.Add(lease)), j.ID, j.Version, sales.At(now))
			if err != nil {
				return fmt.Errorf("claim sheet job %d: %w", j.ID, err)
			}
			got = wantRows(res, 1) == nil
			return nil
		})
		if err != nil {
			return sales.SheetJob{}, false, err
		}
		if got {
			j.Attempts++
			return j, true, nil
		}
	}
	return sales.SheetJob{}, false, nil
}

// RenewSheetJob keeps a claim, or gives it back when lease is 0. False when it is not ours any more.
func (db *DB) RenewSheetJob(ctx context.Context, id sales.ID, now time.Time, lease time.Duration) (bool, error) {
	ours := false
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE sheet_jobs SET claimed_until = ? WHERE id = ? AND claimed_by = ?", sales.At(now.Add(lease)), id, db.Holder())
		if err != nil {
			return fmt.Errorf("renew sheet job %d: %w", id, err)
		}
		ours = wantRows(res, 1) == nil
		return nil
	})
	return ours, err
}

const dupColumns = "id, name, aliases, uscc, phone, owner_id, team_id, source_event_id"

// EachCustomer reads what duplicates are found by of all customers, with the revision of the master data it is of.
func (db *DB) EachCustomer(ctx context.Context, each func(sales.Customer)) (revision int64, err error) {
	rev, err := db.Revisions(ctx)
	if err != nil {
		return 0, err
	}
	for after := sales.ID(0); ; {
		var part []sales.Customer
		if err := db.r.SelectContext(ctx, &part, "SELECT "+dupColumns+" FROM customers WHERE id > ? ORDER BY id LIMIT 5000", after); err != nil {
			return 0, fmt.Errorf("read customers: %w", err)
		}
		for _, c := range part {
			each(c)
			after = c.ID
		}
		if len(part) < 5000 {
			return rev.Master, nil
		}
	}
}

// CustomersChangedSince reads what duplicates are found by of the customers that changed after a revision.
func (db *DB) CustomersChangedSince(ctx context.Context, revision int64, each func(sales.Customer)) (int64, error) {
	rev, err := db.Revisions(ctx)
	if err != nil || rev.Master == revision {
		return rev.Master, err
	}
	var ids []sales.ID
	const changes = "SELECT DISTINCT record_id FROM master_changes WHERE revision > ? AND revision <= ? AND kind = 'customer'"
	if err := db.r.SelectContext(ctx, &ids, changes, revision, rev.Master); err != nil {
		return 0, fmt.Errorf("list changed customers: %w", err)
	}
	var list []sales.Customer
	if err := selectIDs(ctx, db.r, &list, dupColumns, "customers", ids); err != nil {
		return 0, err
	}
	for _, c := range list {
		each(c)
	}
	return rev.Master, nil
}

// KeyCustomers gives customers of an earlier release the keys by which duplicates are found, some at a time, and returns
// how many it did.
func (db *DB) KeyCustomers(ctx context.Context) (int, error) {
	total := 0
	for after := sales.ID(0); ; {
		var part []sales.Customer
		const without = `
			SELECT c.id, c.name, c.aliases
			FROM customers c
			WHERE c.id > ? AND NOT EXISTS (SELECT 1 FROM customer_keys k WHERE k.customer_id = c.id)
			ORDER BY c.id
			LIMIT 500`
		if err := db.r.SelectContext(ctx, &part, without, after); err != nil {
			return total, fmt.Errorf("look for customers without keys: %w", err)
		}
		if len(part) == 0 {
			return total, nil
		}
		_, err := db.Do(ctx, Work{Fn: func(_ context.Context, tx *Tx) error {
			for _, c := range part {
				for _, k := range c.DupKeys() {
					tx.add(customerKeys, []any{k, c.ID})
				}
			}
			return nil
		}})
		if err != nil {
			return total, fmt.Errorf("key customers: %w", err)
		}
		total, after = total+len(part), part[len(part)-1].ID
	}
}
