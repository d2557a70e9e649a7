package store

import "salesflow/store/sales"

const scanColumns = `
	id,
	customer_id,
	person_id,
	scanned_at,
	source_event_id,
	version`

var scans = tableOf[sales.Scan]("scans", scanColumns).watching("scan", "customer_id, person_id")

// CreateScan keeps a scan of a customer's code.
func (tx *Tx) CreateScan(s sales.Scan) { tx.create(scans, s.ID, s) }
