package store

import (
	"context"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

const requestColumns = `
	id,
	kind,
	record_id,
	no,
	title,
	amount,
	requester_id,
	requester_name,
	state,
	round,
	step,
	steps,
	version,
	submitted_at,
	round_since,
	step_since,
	nudged_at,
	decided_at,
	cc,
	rules,
	log`

var (
	requests         = tableOf[approval.Request]("requests", requestColumns).watching("request", "requester_id, amount, state, round, step")
	requestApprovers = rowsOf("request_approvers", "person_id, request_id").upsert("person_id, request_id", "", "")
)

// CreateRequest makes an approval request.
func (tx *Tx) CreateRequest(r approval.Request) {
	tx.create(requests, r.ID, r)
	tx.setApprovers(r, false)
}

// UpdateRequest changes a request over the version it was read at in this unit. The verbs of package approval count the
// version themselves; one that they have not raised is raised here.
func (tx *Tx) UpdateRequest(r approval.Request) {
	base, ok := tx.read[changeKey{requests, int64(r.ID)}]
	if !ok {
		base = r.Version - 1
	}
	tx.write(requests, r.ID, base, max(r.Version, base+1), r)
	tx.setApprovers(r, true)
}

// setApprovers writes anew whose turn it is, and who stands in for them.
func (tx *Tx) setApprovers(r approval.Request, existed bool) {
	kept := tx.rows[requestApprovers][:0]
	for _, row := range tx.rows[requestApprovers] {
		if row[1] != r.ID {
			kept = append(kept, row)
		}
	}
	waits := map[sales.PersonID]bool{}
	for _, p := range append(r.Turn(), r.Deputies()...) {
		if !waits[p.ID] {
			waits[p.ID] = true
			kept = append(kept, []any{p.ID, r.ID})
		}
	}
	tx.rows[requestApprovers] = kept
	if existed {
		tx.before = append(tx.before, statement{"DELETE FROM request_approvers WHERE request_id = ?", []any{r.ID}, -1})
	}
}

// seen remembers the version a request was read at.
func (tx *Tx) seen(list ...approval.Request) {
	for _, r := range list {
		tx.read[changeKey{requests, int64(r.ID)}] = r.Version
	}
}

// RequestByID reads a request.
func (tx *Tx) RequestByID(ctx context.Context, id sales.ID) (approval.Request, error) {
	var r approval.Request
	err := tx.get(ctx, "没找到这张审批单。", &r, "SELECT "+requestColumns+" FROM requests WHERE id = ?", id)
	if err == nil {
		tx.seen(r)
	}
	return r, err
}

const requestByRecord = "SELECT " + requestColumns + `
	FROM requests
	WHERE kind = ? AND record_id = ?
	ORDER BY id DESC
	LIMIT 1`

// RequestByRecord reads the newest request about a record.
func (tx *Tx) RequestByRecord(ctx context.Context, kind string, record sales.ID) (approval.Request, error) {
	var r approval.Request
	err := tx.get(ctx, "没找到这张审批单。", &r, requestByRecord, kind, record)
	if err == nil {
		tx.seen(r)
	}
	return r, err
}

// The ids of requests are ordered by time, so the oldest are found without reading the others.
const pendingRequests = "SELECT " + requestColumns + `
	FROM (
		SELECT request_id
		FROM request_approvers
		WHERE person_id = ?
		ORDER BY request_id
		LIMIT ?
	) waiting
	JOIN requests ON requests.id = waiting.request_id
	ORDER BY id`

// PendingRequests lists requests that wait for this person, or for whom they stand in (approval.Approver.Deputy), the
// oldest first.
func (tx *Tx) PendingRequests(ctx context.Context, person sales.PersonID, limit int) ([]approval.Request, error) {
	var out []approval.Request
	err := tx.list(ctx, &out, pendingRequests, person, bound(limit, 200))
	tx.seen(out...)
	return out, err
}

// PendingCount is how many requests wait for this person, or for whom they stand in. It reads the index alone.
func (tx *Tx) PendingCount(ctx context.Context, person sales.PersonID) (n int, err error) {
	err = tx.get(ctx, "", &n, "SELECT COUNT(*) FROM request_approvers WHERE person_id = ?", person)
	return n, err
}
