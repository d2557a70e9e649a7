package main

import (
	"context"
	"time"

	"salesflow/scheduler/incident"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// incidentsOf is how many incidents there are of contracts in two years: every second one was not dealt with in time.
func incidentsOf(s size) int { return s.contracts / 2 }

// stepsOfIncident are how many lines the story of one has.
const stepsOfIncident = 4

// incidents loads what rules told people of in two years, all of it dealt with, of which response times (处理时效) are made.
func (w *world) incidents(ctx context.Context, s size, d *data) error {
	row, step := columnsOf[sales.Incident](), columnsOf[sales.IncidentStep]()
	n := incidentsOf(s)
	if err := w.load(ctx, s, "incidents", row.names, func(b []byte, i int) []byte { x := d.incident(i); return row.add(b, &x) }, n); err != nil {
		return err
	}
	return w.load(ctx, s, "incident_steps", step.names, func(b []byte, i int) []byte {
		for _, x := range d.steps(i) {
			b = step.add(b, &x)
		}
		return b
	}, n)
}

// benchRule is the rule of an incident; it is none that is on, which the program leaves alone since all are ended.
func benchRule(i int) sales.ID { return sales.ID(9_000_000 + i%30) }

func (d *data) incident(i int) sales.Incident {
	at := d.moment(i, incidentsOf(d.size))
	rule := benchRule(i)
	return sales.Incident{
		ID: idAt(at, incidentNode, i), Kind: incident.KindOf(rule), SubjectKind: "contract", SubjectID: idAt(d.moment(i, d.contracts), contractNode, i),
		Level: 1, State: sales.IncidentResolved, OpenedAt: sales.At(at), ResolvedAt: sales.At(at.Add(5 * time.Hour)), Resolution: "已通过", RuleID: rule, RuleN: 1,
		Since: sales.At(at.Add(-48 * time.Hour)), ByState: true, Version: 3,
	}
}

// steps are the story of an incident: opened and told, taken up, dealt with. Their ids are of their moments.
func (d *data) steps(i int) []sales.IncidentStep {
	x := d.incident(i)
	rep := d.persons[i%len(d.persons)]
	out := make([]sales.IncidentStep, 0, stepsOfIncident)
	for k, s := range []sales.IncidentStep{
		{What: approval.StepOpened},
		{What: approval.StepPushed, Level: 1, PersonID: rep},
		{What: approval.StepAcked, Level: 1, PersonID: rep, At: sales.At(x.OpenedAt.Add(time.Hour))},
		{What: approval.StepResolved, Level: 1, PersonID: rep, At: x.ResolvedAt, Note: x.Resolution},
	} {
		if s.At.IsZero() {
			s.At = x.OpenedAt
		}
		s.ID, s.IncidentID = numberedAt(s.At.Time, i*stepsOfIncident+k), x.ID
		out = append(out, s)
	}
	return out
}
