package store

import (
	"context"

	"salesflow/store/sales"
)

const shipmentColumns = `
	id,
	no,
	kind,
	contract_id,
	customer_id,
	owner_id,
	team_id,
	quantity,
	unit,
	amount,
	tracking,
	promised_on,
	shipped_on,
	signed_on,
	receiver,
	reason,
	state,
	created_by,
	created_at,
	source_event_id,
	version`

var shipments = tableOf[sales.Shipment]("shipments", shipmentColumns).watching("shipment", "owner_id, customer_id, promised_on, state")

// CreateShipment makes a shipment or return. Its number is unique.
func (tx *Tx) CreateShipment(s sales.Shipment) {
	tx.create(shipments, s.ID, s)
	tx.markUnshipped(s.ContractID)
}

// UpdateShipment changes a shipment over the version it was read at.
func (tx *Tx) UpdateShipment(s sales.Shipment) {
	tx.update(shipments, s.ID, s.Version, s)
	if s.Kind == sales.ShipmentOut {
		tx.markUnshipped(s.ContractID)
	}
}

// unshipped says of a contract whether it was approved here and nothing has gone out yet. One without a request was signed before the
// company began here; nobody waits for its goods.
const unshipped = `UPDATE contracts SET unshipped = CASE WHEN state = 'approved' AND request_id <> 0 AND NOT EXISTS (
	SELECT 1 FROM shipments s WHERE s.contract_id = contracts.id AND s.kind = 'shipment' AND s.state <> 'undone') THEN 1 ELSE 0 END WHERE id = ?`

// markUnshipped brings a contract's mark up to date, once what this unit writes is written. A later shipment of the same contract waits
// for the contract's version.
func (tx *Tx) markUnshipped(contract sales.ID) {
	tx.after = append(tx.after, statement{unshipped, []any{contract}, -1})
}

// Unshipped lists contracts of people in scope that were approved here and of which nothing has gone out yet, the oldest first, and
// counts them.
func (tx *Tx) Unshipped(ctx context.Context, scope sales.Scope, limit int) ([]sales.Contract, int64, error) {
	cond, args := scopeSQL("owner_id", scope)
	var n int64
	if err := tx.get(ctx, "", &n, "SELECT COUNT(*) FROM contracts WHERE unshipped = 1 AND "+cond, args...); err != nil {
		return nil, 0, err
	}
	var out []sales.Contract
	err := tx.list(ctx, &out, "SELECT "+joinColumns("c", contractColumns)+" FROM (SELECT id FROM contracts WHERE unshipped = 1 AND "+cond+
		" ORDER BY id LIMIT ?) x JOIN contracts c ON c.id = x.id ORDER BY c.id", append(args, bound(limit, 200))...)
	return out, n, err
}

// ShipmentByID reads a shipment.
func (tx *Tx) ShipmentByID(ctx context.Context, id sales.ID) (sales.Shipment, error) {
	var s sales.Shipment
	err := tx.get(ctx, "没找到这次发货。", &s, "SELECT "+shipmentColumns+" FROM shipments WHERE id = ?", id)
	return s, err
}

// ShipmentByNo reads a shipment by the number people say.
func (tx *Tx) ShipmentByNo(ctx context.Context, no string) (sales.Shipment, error) {
	var s sales.Shipment
	err := tx.get(ctx, sales.NoSuch("发货单", no), &s, "SELECT "+shipmentColumns+" FROM shipments WHERE no = ?", no)
	return s, err
}

// ShipmentsByContract lists contracts' shipments and returns, the oldest first.
func (tx *Tx) ShipmentsByContract(ctx context.Context, contracts ...sales.ID) ([]sales.Shipment, error) {
	return allOf(ctx, tx, shipmentColumns, "shipments", "contract_id", contracts, func(s sales.Shipment) sales.ID { return s.ID })
}

// ShipmentsUnderway lists what is on its way to customers of people in scope, the longest first.
func (tx *Tx) ShipmentsUnderway(ctx context.Context, scope sales.Scope, limit int) ([]sales.Shipment, error) {
	cond, args := scopeSQL("owner_id", scope)
	query := "SELECT " + shipmentColumns + " FROM shipments WHERE state = 'shipped' AND " + cond + " ORDER BY shipped_on, id LIMIT ?"
	var out []sales.Shipment
	err := tx.list(ctx, &out, query, append(args, bound(limit, 200))...)
	return out, err
}
