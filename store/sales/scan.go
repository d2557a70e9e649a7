package sales

// Scan is one scan of a customer's code (扫码) in a single chat, after which a photo is waited for.
type Scan struct {
	ID            ID       `db:"id"`
	CustomerID    ID       `db:"customer_id"`
	PersonID      PersonID `db:"person_id"`
	ScannedAt     Instant  `db:"scanned_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}
