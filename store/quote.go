package store

import (
	"context"

	"salesflow/store/sales"
)

const quoteColumns = `
	id,
	no,
	kind,
	customer_id,
	opportunity_id,
	owner_id,
	team_id,
	line_items,
	amount,
	list_amount,
	valid_until,
	reason,
	files,
	request_id,
	contract_id,
	state,
	created_at,
	source_event_id,
	version`

var quotes = tableOf[sales.Quote]("quotes", quoteColumns).
	watching("quote", "owner_id, customer_id, amount, valid_until, state")

// CreateQuote makes a quote. Its number is unique.
func (tx *Tx) CreateQuote(q sales.Quote) { tx.create(quotes, q.ID, q) }

// UpdateQuote changes a quote over the version it was read at.
func (tx *Tx) UpdateQuote(q sales.Quote) { tx.update(quotes, q.ID, q.Version, q) }

// QuoteByID reads a quote.
func (tx *Tx) QuoteByID(ctx context.Context, id sales.ID) (sales.Quote, error) {
	var q sales.Quote
	err := tx.get(ctx, "没找到这份报价。", &q, "SELECT "+quoteColumns+" FROM quotes WHERE id = ?", id)
	return q, err
}

// QuoteByNo reads a quote by the number people say.
func (tx *Tx) QuoteByNo(ctx context.Context, no string) (sales.Quote, error) {
	var q sales.Quote
	err := tx.get(ctx, "没找到这份报价。", &q, "SELECT "+quoteColumns+" FROM quotes WHERE no = ?", no)
	return q, err
}

// QuotesOf lists the newest quotes of people in scope, of one customer when customer is not 0.
func (tx *Tx) QuotesOf(ctx context.Context, scope sales.Scope, customer sales.ID, limit int) ([]sales.Quote, error) {
	cond, args := scopeSQL("owner_id", scope)
	if customer != 0 {
		cond, args = cond+" AND customer_id = ?", append(args, customer)
	}
	var out []sales.Quote
	query := "SELECT " + quoteColumns + " FROM quotes WHERE " + cond + " ORDER BY id DESC LIMIT ?"
	err := tx.list(ctx, &out, query, append(args, bound(limit, 1000))...)
	return out, err
}
