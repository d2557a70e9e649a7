package store

import (
	"context"

	"salesflow/store/sales"
)

const deliveryCheckColumns = `
	id,
	contract_id,
	customer_id,
	person_id,
	products,
	quantity,
	unit,
	day,
	state,
	alternatives,
	note,
	attempts,
	try_at,
	created_at,
	source_event_id,
	version`

var deliveryChecks = tableOf[sales.DeliveryCheck]("delivery_checks", deliveryCheckColumns)

// CreateDeliveryCheck keeps a promised day to be asked of the calendar.
func (tx *Tx) CreateDeliveryCheck(c sales.DeliveryCheck) { tx.create(deliveryChecks, c.ID, c) }

// UpdateDeliveryCheck changes a check over the version it was read at.
func (tx *Tx) UpdateDeliveryCheck(c sales.DeliveryCheck) {
	tx.update(deliveryChecks, c.ID, c.Version, c)
}

// DeliveryCheckByID reads a check.
func (tx *Tx) DeliveryCheckByID(ctx context.Context, id sales.ID) (sales.DeliveryCheck, error) {
	var c sales.DeliveryCheck
	err := tx.get(ctx, "没找到这次交期查询。", &c, "SELECT "+deliveryCheckColumns+" FROM delivery_checks WHERE id = ?", id)
	return c, err
}

// DeliveryCheckOf reads the newest check of a contract; NotFound when there is none.
func (tx *Tx) DeliveryCheckOf(ctx context.Context, contract sales.ID) (sales.DeliveryCheck, error) {
	var c sales.DeliveryCheck
	err := tx.get(ctx, "还没查过交期。", &c, "SELECT "+deliveryCheckColumns+" FROM delivery_checks WHERE contract_id = ? ORDER BY id DESC LIMIT 1", contract)
	return c, err
}

// WaitingDeliveryChecks lists checks to be asked now, the longest waiting first.
func (tx *Tx) WaitingDeliveryChecks(ctx context.Context, now sales.Instant, limit int) ([]sales.DeliveryCheck, error) {
	var out []sales.DeliveryCheck
	err := tx.list(ctx, &out, "SELECT "+deliveryCheckColumns+" FROM delivery_checks WHERE state = 'wait' AND try_at <= ? ORDER BY try_at, id LIMIT ?", now, bound(limit, 100))
	return out, err
}
