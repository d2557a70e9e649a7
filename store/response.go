package store

import (
	"context"
	"time"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

const responseLines = `
	SELECT s.id, s.incident_id, i.rule_id, s.at, s.level, s.what, s.person_id, CASE s.what WHEN 'resolved' THEN s.note ELSE '' END AS note
	FROM incident_steps s
	JOIN incidents i ON i.id = s.incident_id
	WHERE s.id >= ? AND s.id > ? AND s.what IN ('opened', 'pushed', 'acked', 'resolved') AND i.rule_id > 0
	ORDER BY s.id
	LIMIT ?`

// ResponseLines reads a page of the lines of incidents' stories since a moment from which response times are made, in the order of ids.
func (tx *Tx) ResponseLines(ctx context.Context, since time.Time, after sales.ID, limit int) ([]sales.IncidentLine, error) {
	var out []sales.IncidentLine
	err := tx.list(ctx, &out, responseLines, IDAt(since), after, bound(limit, 5000))
	return out, err
}

// Requests are found by their ids, which are ordered by when they were submitted: hardly any is decided later than slowest.
const (
	slowest         = 120 * 24 * time.Hour
	decidedRequests = "SELECT " + requestColumns + `
	FROM requests
	WHERE id >= ? AND decided_at >= ? AND state IN ('approved', 'rejected')
	ORDER BY id DESC
	LIMIT ?`
	waitingRequests = "SELECT " + requestColumns + `
	FROM requests
	WHERE id IN (SELECT request_id FROM request_approvers) AND state = 'pending'
	ORDER BY id
	LIMIT ?`
)

// RequestsDecided lists the approvals that were decided since a moment, the newest first; those submitted months before are left out.
func (tx *Tx) RequestsDecided(ctx context.Context, since time.Time, limit int) ([]approval.Request, error) {
	var out []approval.Request
	err := tx.list(ctx, &out, decidedRequests, IDAt(since.Add(-slowest)), sales.At(since), bound(limit, 5000))
	return out, err
}

// RequestsWaiting lists the approvals that somebody has to decide, the oldest first.
func (tx *Tx) RequestsWaiting(ctx context.Context, limit int) ([]approval.Request, error) {
	var out []approval.Request
	err := tx.list(ctx, &out, waitingRequests, bound(limit, 5000))
	return out, err
}
