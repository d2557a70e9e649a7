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
func (tx *Tx) CreateShipment(s sales.Shipment) { tx.create(shipments, s.ID, s) }

// UpdateShipment changes a shipment over the version it was read at.
func (tx *Tx) UpdateShipment(s sales.Shipment) { tx.update(shipments, s.ID, s.Version, s) }

// ShipmentByID reads a shipment.
func (tx *Tx) ShipmentByID(ctx context.Context, id sales.ID) (sales.Shipment, error) {
	var s sales.Shipment
	err := tx.get(ctx, "没找到这次发货。", &s, "SELECT "+shipmentColumns+" FROM shipments WHERE id = ?", id)
	return s, err
}

// ShipmentByNo reads a shipment by the number people say.
func (tx *Tx) ShipmentByNo(ctx context.Context, no string) (sales.Shipment, error) {
	var s sales.Shipment
	err := tx.get(ctx, "没有发货单 "+no+"。发 合同进度 加合同号看有哪些。", &s, "SELECT "+shipmentColumns+" FROM shipments WHERE no = ?", no)
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
