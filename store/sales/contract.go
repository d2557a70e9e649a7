package sales

// Contract states. They follow the approval, and go on from there.
const (
	ContractPending   = "pending"
	ContractReturned  = "returned"
	ContractApproved  = "approved"
	ContractRejected  = "rejected"
	ContractWithdrawn = "withdrawn"
)

// Contract is a contract with a customer (合同).
type Contract struct {
	ID ID `db:"id"`
	// No is the number people say, such as HT2026-018.
	No            string   `db:"no"`
	CustomerID    ID       `db:"customer_id"`
	OpportunityID ID       `db:"opportunity_id"`
	OwnerID       PersonID `db:"owner_id"`
	TeamID        ID       `db:"team_id"`
	Products      List[ID] `db:"products"`
	Amount        Money    `db:"amount"`
	// PrepayPercent is the share paid in advance, PaymentDays the days after acceptance in which the rest is due,
	// DeliveryDays the days to deliver, DiscountPercent the price in percent of the list price; -1 is "not said".
	PrepayPercent   int      `db:"prepay_percent"`
	PaymentDays     int      `db:"payment_days"`
	DeliveryDays    int      `db:"delivery_days"`
	DiscountPercent int      `db:"discount_percent"`
	Terms           string   `db:"terms"`
	Files           List[ID] `db:"files"`
	RequestID       ID       `db:"request_id"`
	State           string   `db:"state"`
	CreatedAt       Instant  `db:"created_at"`
	SourceEventID   string   `db:"source_event_id"`
	Version         int64    `db:"version"`
	// TurnAt is since when it waits for those it waits for now (轮到时间); zero when it waits for nobody.
	TurnAt Instant `db:"turn_at"`
	// Undated says that it was taken over without the day it was signed: CreatedAt is the cut-off day.
	Undated bool `db:"undated"`
}

// File states.
const (
	FileWanted = "wanted" // known by the platform's reference, not fetched yet
	FileKept   = "kept"   // in our own storage
	FileLost   = "lost"   // could not be fetched; its sender was told
)

// File is an attachment: picture, document, voice clip (附件).
type File struct {
	ID       ID       `db:"id"`
	Name     string   `db:"name"`
	MIME     string   `db:"mime"`
	Size     int64    `db:"size"`
	SHA256   string   `db:"sha256"`
	PersonID PersonID `db:"person_id"`
	// Ref is the platform's reference by which it can be fetched, as JSON of the adapter's own making.
	Ref       string  `db:"ref"`
	Platform  string  `db:"platform"`
	State     string  `db:"state"`
	Attempts  int     `db:"attempts"`
	CreatedAt Instant `db:"created_at"`
	Version   int64   `db:"version"`
}

// Shown is what a file is called on a card: with a word where its content did not arrive or is gone.
func (f File) Shown() string {
	switch {
	case f.State == FileLost && f.SHA256 != "": // it was here once
		return f.Name + "(找不到了)"
	case f.State == FileLost:
		return f.Name + "(没收到)"
	}
	return f.Name
}
