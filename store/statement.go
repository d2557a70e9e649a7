package store

import (
	"context"

	"salesflow/store/sales"
)

const statementColumns = `
	id,
	customer_id,
	month_on,
	owner_id,
	opening,
	invoiced,
	received,
	closing,
	theirs,
	difference,
	state,
	note,
	answered_by,
	answered_at,
	token_hash,
	token_until,
	created_by,
	created_at,
	source_event_id,
	sent_at,
	mailed_to,
	mail_trouble,
	altered_at,
	altered_opening,
	altered_invoiced,
	altered_received,
	version`

var statements = tableOf[sales.Statement]("statements", statementColumns).
	watching("statement", "owner_id, customer_id, month_on, closing, theirs, difference, state, mail_trouble")

// PutStatement writes a statement: new with Version 0, else over the version it was read at. There is one of a customer and month.
func (tx *Tx) PutStatement(s sales.Statement) {
	if s.Version == 0 {
		s.Version = 1
		tx.create(statements, s.ID, s)
		return
	}
	tx.update(statements, s.ID, s.Version, s)
}

// StatementByID reads a statement.
func (tx *Tx) StatementByID(ctx context.Context, id sales.ID) (sales.Statement, error) {
	var s sales.Statement
	err := tx.get(ctx, "没找到这份对账单。", &s, "SELECT "+statementColumns+" FROM statements WHERE id = ?", id)
	return s, err
}

// StatementOf reads a customer's statement of a month; NotFound when there is none.
func (tx *Tx) StatementOf(ctx context.Context, customer sales.ID, month sales.Day) (sales.Statement, error) {
	var s sales.Statement
	err := tx.get(ctx, "还没有这份对账单。", &s, "SELECT "+statementColumns+" FROM statements WHERE customer_id = ? AND month_on = ?", customer, month)
	return s, err
}

// StatementByToken reads the statement of a link by the hash of its token; NotFound when it is unknown or expired.
func (tx *Tx) StatementByToken(ctx context.Context, hash string, now sales.Instant) (sales.Statement, error) {
	var s sales.Statement
	err := tx.get(ctx, "这个链接过期了。", &s, "SELECT "+statementColumns+" FROM statements WHERE token_hash = ? AND token_until > ?", hash, now)
	return s, err
}
