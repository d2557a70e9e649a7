package store

import (
	"context"

	"salesflow/store/sales"
)

const applicationColumns = `
	id,
	no,
	topic,
	body,
	about_kind,
	about_id,
	about_title,
	customer_id,
	owner_id,
	team_id,
	amount,
	files,
	state,
	request_id,
	rule,
	source,
	effect,
	effect_note,
	effect_state,
	created_at,
	source_event_id,
	version`

var applications = tableOf[sales.Application]("applications", applicationColumns).watching("application", "owner_id, customer_id, amount, state, effect_state")

// CreateApplication makes an application. Its number and its source are unique.
func (tx *Tx) CreateApplication(a sales.Application) { tx.create(applications, a.ID, a) }

// UpdateApplication changes an application over the version it was read at.
func (tx *Tx) UpdateApplication(a sales.Application) {
	tx.update(applications, a.ID, a.Version, a)
}

// ApplicationByID reads an application.
func (tx *Tx) ApplicationByID(ctx context.Context, id sales.ID) (sales.Application, error) {
	var a sales.Application
	err := tx.get(ctx, "没找到这份审批申请。", &a, "SELECT "+applicationColumns+" FROM applications WHERE id = ?", id)
	return a, err
}

// ApplicationByNo reads an application by the number people say.
func (tx *Tx) ApplicationByNo(ctx context.Context, no string) (sales.Application, error) {
	var a sales.Application
	err := tx.get(ctx, sales.NoSuch("审批申请", no), &a, "SELECT "+applicationColumns+" FROM applications WHERE no = ?", no)
	return a, err
}

// ApplicationBySource reads what became of a source; NotFound when nothing has.
func (tx *Tx) ApplicationBySource(ctx context.Context, source string) (sales.Application, error) {
	var a sales.Application
	err := tx.get(ctx, "没找到这份审批申请。", &a, "SELECT "+applicationColumns+" FROM applications WHERE source = ?", source)
	return a, err
}

// OpenApplication reads the newest application about a record and of a topic that is not decided; NotFound when there is none.
func (tx *Tx) OpenApplication(ctx context.Context, kind string, id sales.ID, topic string) (sales.Application, error) {
	var a sales.Application
	err := tx.get(ctx, "没找到这份审批申请。", &a, "SELECT "+applicationColumns+
		" FROM applications WHERE about_kind = ? AND about_id = ? AND topic = ? AND state IN ('pending', 'returned') ORDER BY id DESC LIMIT 1", kind, id, topic)
	return a, err
}

// ApplicationsOf lists the newest applications of people in scope.
func (tx *Tx) ApplicationsOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Application, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.Application
	err := tx.list(ctx, &out, "SELECT "+applicationColumns+" FROM applications WHERE "+cond+" ORDER BY id DESC LIMIT ?", append(args, bound(limit, 100))...)
	return out, err
}
