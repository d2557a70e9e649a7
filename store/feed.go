package store

import (
	"context"
	"fmt"
	"time"

	"salesflow/store/sales"
)

const queuedEvents = `
	SELECT e.id, e.at, e.kind, e.subject_kind, e.subject_id, e.person_id, e.data
	FROM event_queue q
	JOIN events e ON e.id = q.event_id
	ORDER BY q.event_id
	LIMIT ?`

// QueuedEvents reads the events the rules have not seen, the oldest first.
func (tx *Tx) QueuedEvents(ctx context.Context, limit int) ([]sales.DomainEvent, error) {
	var out []sales.DomainEvent
	err := tx.list(ctx, &out, queuedEvents, bound(limit, maxRows))
	return out, err
}

// TakeEvents takes events off the queue. When somebody else took one of them the unit is repeated.
func (tx *Tx) TakeEvents(ids []sales.ID) {
	if len(ids) == 0 {
		return
	}
	tx.touching("event_queue")
	tx.before = append(tx.before, statement{"DELETE FROM event_queue WHERE event_id IN (" + marks(len(ids)) + ")", anys(ids), int64(len(ids))})
}

// EventsQueued reports whether there are events the rules have not seen.
func (db *DB) EventsQueued(ctx context.Context) (bool, error) {
	var ids []sales.ID
	if err := db.r.SelectContext(ctx, &ids, "SELECT event_id FROM event_queue LIMIT 1"); err != nil {
		return false, fmt.Errorf("look for events: %w", err)
	}
	return len(ids) > 0, nil
}

// LastEvents lists what happened to a record, the newest first.
func (tx *Tx) LastEvents(ctx context.Context, kind string, id sales.ID, limit int) ([]sales.DomainEvent, error) {
	var out []sales.DomainEvent
	err := tx.list(ctx, &out, "SELECT "+eventColumns+" FROM events WHERE subject_kind = ? AND subject_id = ? ORDER BY id DESC LIMIT ?",
		kind, id, bound(limit, 200))
	return out, err
}

// EventsOfKinds reads a page of the events of some kinds made between two moments, in the order of ids, after an id.
func (tx *Tx) EventsOfKinds(ctx context.Context, kinds []string, from, to time.Time, after sales.ID, limit int) ([]sales.DomainEvent, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	query := "SELECT " + eventColumns + " FROM events WHERE id > ? AND id >= ? AND id < ? AND kind IN (" + marks(len(kinds)) + ") ORDER BY id LIMIT ?"
	args := append([]any{after, IDAt(from), IDAt(to)}, anys(kinds)...)
	var out []sales.DomainEvent
	err := tx.list(ctx, &out, query, append(args, bound(limit, 5000))...)
	return out, err
}

// EventsOfSubjects reads a page of the events about a kind of record made between two moments, in the order of ids.
func (tx *Tx) EventsOfSubjects(ctx context.Context, subject string, from, to time.Time, after sales.ID, limit int) ([]sales.DomainEvent, error) {
	query := "SELECT " + eventColumns + " FROM events WHERE id > ? AND id >= ? AND id < ? AND subject_kind = ? ORDER BY id LIMIT ?"
	var out []sales.DomainEvent
	err := tx.list(ctx, &out, query, after, IDAt(from), IDAt(to), subject, bound(limit, 5000))
	return out, err
}

// TrailBegun is when the first event was told; the zero time when there is none.
func (tx *Tx) TrailBegun(ctx context.Context) (time.Time, error) {
	var first []sales.Instant
	err := tx.list(ctx, &first, "SELECT at FROM events ORDER BY id LIMIT 1")
	if err != nil || len(first) == 0 {
		return time.Time{}, err
	}
	return first[0].Time, nil
}

// ChangesOf reads the events about some records since a moment that tell what the records were before, those of one record
// together and in the order of ids.
func (tx *Tx) ChangesOf(ctx context.Context, subject string, ids []sales.ID, since time.Time, limit int) ([]sales.DomainEvent, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query := "SELECT " + eventColumns + " FROM events WHERE subject_kind = ? AND subject_id IN (" + marks(len(ids)) + ") AND id >= ? AND data LIKE '%\"old\":{%' ORDER BY subject_id, id LIMIT ?"
	var out []sales.DomainEvent
	err := tx.list(ctx, &out, query, append(append([]any{subject}, anys(ids)...), IDAt(since), bound(limit, 5000))...)
	return out, err
}

// TraceOf reads what the trace says of changes of some records since a moment, those of one record together and in the order in which
// they came.
func (tx *Tx) TraceOf(ctx context.Context, subject string, ids []sales.ID, since time.Time, limit int) ([]sales.AuditEntry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query := "SELECT " + auditColumns + " FROM audit WHERE subject_kind = ? AND subject_id IN (" + marks(len(ids)) +
		") AND id >= ? AND changes LIKE '%\"old\":%' ORDER BY subject_id, id LIMIT ?"
	var out []sales.AuditEntry
	err := tx.list(ctx, &out, query, append(append([]any{subject}, anys(ids)...), IDAt(since), bound(limit, 5000))...)
	return out, err
}

// OpenRuleIncidents lists the open incidents of rules about records.
func (tx *Tx) OpenRuleIncidents(ctx context.Context, subjectKind string, subjects []sales.ID) ([]sales.Incident, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	var out []sales.Incident
	query := "SELECT " + incidentColumns + " FROM incidents WHERE subject_kind = ? AND subject_id IN (" + marks(len(subjects)) +
		") AND state = 'open' AND rule_id > 0 ORDER BY id"
	err := tx.list(ctx, &out, query, append([]any{subjectKind}, anys(subjects)...)...)
	return out, err
}

// IncidentsOfRule lists a page of a rule's open incidents, in the order of ids.
func (tx *Tx) IncidentsOfRule(ctx context.Context, rule, after sales.ID, limit int) ([]sales.Incident, error) {
	var out []sales.Incident
	err := tx.list(ctx, &out, "SELECT "+incidentColumns+" FROM incidents WHERE rule_id = ? AND state = 'open' AND id > ? ORDER BY id LIMIT ?",
		rule, after, bound(limit, 500))
	return out, err
}

const toldByRule = `
	SELECT s.person_id AS person_id, COUNT(*) AS n
	FROM incidents i
	JOIN incident_steps s ON s.incident_id = i.id
	WHERE i.rule_id = ? AND i.opened_at >= ? AND s.at >= ? AND s.what IN ('pushed', 'acted') AND s.person_id <> 0
	GROUP BY s.person_id`

// ToldByRule counts the records that people were told of by a rule since a moment, by person.
func (tx *Tx) ToldByRule(ctx context.Context, rule sales.ID, since sales.Instant) (map[sales.PersonID]int, error) {
	var rows []struct {
		Person sales.PersonID `db:"person_id"`
		N      int            `db:"n"`
	}
	if err := tx.list(ctx, &rows, toldByRule, rule, since, since); err != nil {
		return nil, err
	}
	out := make(map[sales.PersonID]int, len(rows))
	for _, r := range rows {
		out[r.Person] = r.N
	}
	return out, nil
}

// IncidentsAbout lists the incidents about a record that are open, and the newest of those that ended.
func (tx *Tx) IncidentsAbout(ctx context.Context, subjectKind string, subject sales.ID, limit int) ([]sales.Incident, error) {
	var out []sales.Incident
	err := tx.list(ctx, &out, "SELECT "+incidentColumns+` FROM incidents WHERE subject_kind = ? AND subject_id = ?
		ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, opened_at DESC, id DESC LIMIT ?`, subjectKind, subject, bound(limit, 50))
	return out, err
}

const strayIncidents = "SELECT " + incidentColumns + ` FROM incidents
	WHERE state = 'open' AND rule_id > 0 AND rule_id NOT IN (SELECT id FROM rules WHERE state = 'on')
	AND rule_id NOT IN (SELECT subject_id FROM dues WHERE subject_kind = 'rule' AND kind = 'rule.resume' AND state = 'pending')
	ORDER BY id
	LIMIT ?`

// StrayIncidents lists open incidents of rules that are off or gone; those of a paused rule wait for it.
func (tx *Tx) StrayIncidents(ctx context.Context, limit int) ([]sales.Incident, error) {
	var out []sales.Incident
	err := tx.list(ctx, &out, strayIncidents, bound(limit, 500))
	return out, err
}

// RulesDone notes that the moments of rules are up to date with a revision.
func (tx *Tx) RulesDone(revision int64) {
	tx.touching("rules.done")
	tx.before = append(tx.before, statement{"UPDATE revisions SET value = ? WHERE name = 'rules.done' AND value < ?", []any{revision, revision}, -1})
}
