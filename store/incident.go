package store

import (
	"context"

	"salesflow/store/sales"
)

const incidentColumns = `
	id,
	kind,
	subject_kind,
	subject_id,
	level,
	state,
	opened_at,
	acked_by,
	acked_at,
	ack_until,
	snoozed_until,
	resolved_at,
	resolution,
	rule_id,
	rule_n,
	since,
	chain,
	repeats,
	given_to,
	by_state,
	version`

const stepColumns = `
	id,
	incident_id,
	at,
	level,
	what,
	person_id,
	note`

var (
	incidents      = tableOf[sales.Incident]("incidents", incidentColumns)
	incidentSteps  = tableOf[sales.IncidentStep]("incident_steps", stepColumns)
	incidentPeople = rowsOf("incident_people", "person_id, incident_id").upsert("person_id, incident_id", "", "")
)

// CreateIncident opens an incident. There is one for each kind and subject.
func (tx *Tx) CreateIncident(i sales.Incident) { tx.create(incidents, i.ID, i) }

// UpdateIncident changes an incident over the version it was read at.
func (tx *Tx) UpdateIncident(i sales.Incident) { tx.update(incidents, i.ID, i.Version, i) }

// IncidentByID reads an incident.
func (tx *Tx) IncidentByID(ctx context.Context, id sales.ID) (sales.Incident, error) {
	var i sales.Incident
	err := tx.get(ctx, "没找到这件催办。", &i, "SELECT "+incidentColumns+" FROM incidents WHERE id = ?", id)
	return i, err
}

const incidentOf = "SELECT " + incidentColumns + `
	FROM incidents
	WHERE subject_kind = ? AND subject_id = ? AND kind = ?`

// IncidentOf finds the incident of a kind about a subject, open or not.
func (tx *Tx) IncidentOf(ctx context.Context, kind, subjectKind string, subject sales.ID) (sales.Incident, error) {
	var i sales.Incident
	err := tx.get(ctx, "没找到这件催办。", &i, incidentOf, subjectKind, subject, kind)
	return i, err
}

// AddIncidentStep adds a line to an incident's story. The person it names will find the incident.
func (tx *Tx) AddIncidentStep(s sales.IncidentStep) {
	if s.ID == 0 {
		s.ID = tx.NewID()
	}
	tx.add(incidentSteps, incidentSteps.row(s))
	if s.PersonID != 0 {
		tx.add(incidentPeople, []any{s.PersonID, s.IncidentID})
	}
}

// IncidentSteps lists an incident's story, the oldest line first.
func (tx *Tx) IncidentSteps(ctx context.Context, id sales.ID) ([]sales.IncidentStep, error) {
	var out []sales.IncidentStep
	err := tx.list(ctx, &out, "SELECT "+stepColumns+" FROM incident_steps WHERE incident_id = ? ORDER BY id LIMIT 1000", id)
	return out, err
}

const incidentsFor = "SELECT " + incidentColumns + `
	FROM incidents
	WHERE id IN (SELECT incident_id FROM incident_people WHERE person_id = ?)
	ORDER BY id DESC
	LIMIT ?`

// IncidentsFor lists incidents whose story names the person, the newest first.
func (tx *Tx) IncidentsFor(ctx context.Context, person sales.PersonID, limit int) ([]sales.Incident, error) {
	var out []sales.Incident
	err := tx.list(ctx, &out, incidentsFor, person, bound(limit, 200))
	return out, err
}
