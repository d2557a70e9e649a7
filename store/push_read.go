package store

import (
	"context"

	"salesflow/bot"
	"salesflow/store/sales"
)

// pushRow is a push and one of its people.
type pushRow struct {
	deliveryRow
	State  string         `db:"state"`
	Reason string         `db:"reason"`
	DoneAt sales.Instant  `db:"done_at"`
	Person sales.PersonID `db:"person_id"`
	To     string         `db:"account"`
	Is     string         `db:"push_state"`
	At     sales.Instant  `db:"at"`
	ReadAt sales.Instant  `db:"read_at"`
}

const pushColumns = `
	SELECT
		o.id, o.subject, o.kind, o.slot, o.recipient, o.platform, o.users, o.chat, o.route, o.content, o.card_id, o.fresh, o.unsure,
		o.attempts, o.queued_at, (SELECT c.face FROM cards c WHERE c.id = o.card_id AND o.content = '') AS face, o.state, o.reason, o.done_at,
		p.person_id, p.account, p.state AS push_state, p.at, p.read_at
	FROM (SELECT delivery_id, person_id, account, state, at, read_at FROM pushes `

// pushRecords reads the pushes that query, the end of a SELECT, finds among the rows of pushes, in an order of their deliveries. The
// deliveries are many, and none of them but those found is looked at.
func (tx *Tx) pushRecords(ctx context.Context, query, order string, args ...any) ([]bot.PushRecord, error) {
	var rows []pushRow
	if err := tx.list(ctx, &rows, pushColumns+query+") p JOIN outbox o ON o.id = p.delivery_id ORDER BY "+order, args...); err != nil {
		return nil, err
	}
	var out []bot.PushRecord
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].ID != r.ID {
			d, err := r.delivery()
			if err != nil {
				return nil, err
			}
			out = append(out, bot.PushRecord{Delivery: d, State: r.State, Reason: r.Reason, DoneAt: r.DoneAt.Time})
		}
		last := &out[len(out)-1]
		last.To = append(last.To, bot.PushTo{Person: r.Person, Account: bot.UserID(r.To), State: r.Is, At: r.At.Time, ReadAt: r.ReadAt.Time})
	}
	return out, nil
}

// PushByID reads a push. NotFound when the delivery is none, or not there any more.
func (tx *Tx) PushByID(ctx context.Context, id sales.ID) (bot.PushRecord, error) {
	list, err := tx.pushRecords(ctx, "WHERE delivery_id = ?", "p.person_id", id)
	if err == nil && len(list) == 0 {
		err = notFound("这次推送已经不在了。")
	}
	if err != nil {
		return bot.PushRecord{}, err
	}
	return list[0], nil
}

// PushesOf lists what was pushed about a subject, the oldest first.
func (tx *Tx) PushesOf(ctx context.Context, subject string) ([]bot.PushRecord, error) {
	return tx.pushRecords(ctx, "WHERE subject = ? ORDER BY delivery_id, person_id LIMIT 300", "p.delivery_id, p.person_id", subject)
}

// PushesTo lists what was pushed to a person since a moment, the newest first.
func (tx *Tx) PushesTo(ctx context.Context, person sales.PersonID, since sales.Instant, limit int) ([]bot.PushRecord, error) {
	return tx.pushRecords(ctx, "WHERE person_id = ? AND at >= ? ORDER BY delivery_id DESC LIMIT ?", "p.delivery_id DESC", person, since, bound(limit, 100))
}

// PushesOn lists what was pushed to a person between two moments, the newest first.
func (tx *Tx) PushesOn(ctx context.Context, person sales.PersonID, from, to sales.Instant, limit int) ([]bot.PushRecord, error) {
	return tx.pushRecords(ctx, "WHERE person_id = ? AND at >= ? AND at < ? ORDER BY delivery_id DESC LIMIT ?", "p.delivery_id DESC", person, from, to, bound(limit, 100))
}
