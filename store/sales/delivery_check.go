package sales

// States of delivery checks.
const (
	DeliveryWaits    = "wait"     // to be asked
	DeliveryOK       = "ok"       // the day can be kept
	DeliveryConflict = "conflict" // it cannot; nothing goes until another is chosen
	DeliveryFailed   = "failed"   // the calendar did not answer; it stands against nothing
)

// DeliveryCheck is a promised day of delivery asked of the delivery calendar (交期).
type DeliveryCheck struct {
	ID           ID           `db:"id"`
	ContractID   ID           `db:"contract_id"`
	CustomerID   ID           `db:"customer_id"`
	PersonID     PersonID     `db:"person_id"`
	Products     List[string] `db:"products"`
	Quantity     int64        `db:"quantity"`
	Unit         string       `db:"unit"`
	Day          Day          `db:"day"`
	State        string       `db:"state"`
	Alternatives List[Day]    `db:"alternatives"`
	Note         string       `db:"note"`
	Attempts     int          `db:"attempts"`
	TryAt        Instant      `db:"try_at"`
	CreatedAt    Instant      `db:"created_at"`
	EventID      string       `db:"source_event_id"`
	Version      int64        `db:"version"`
}
