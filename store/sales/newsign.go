package sales

// Why a signed contract is not counted as a deliverable new sign-up; "" counts.
const (
	SignRepeat    = "repeat"    // the customer has signed before
	SignUnplanned = "unplanned" // no day of delivery was agreed
	SignUnpaid    = "unpaid"    // nothing is paid, and nothing is to be paid in advance
)

// SignedContract is a contract signed in a period, with what decides whether it counts (可交付新签额).
type SignedContract struct {
	ID           ID       `db:"id"`
	No           string   `db:"no"`
	CustomerID   ID       `db:"customer_id"`
	OwnerID      PersonID `db:"owner_id"`
	TeamID       ID       `db:"team_id"`
	Products     List[ID] `db:"products"`
	Amount       Money    `db:"amount"`
	Prepay       int      `db:"prepay_percent"`
	DeliveryDays int      `db:"delivery_days"`
	// First is the customer's first signed contract, Cash what came in for this one.
	First ID    `db:"first_id"`
	Cash  Money `db:"cash"`
	// Planned says that goods went or a day was promised.
	Planned bool `db:"planned"`
}

// Excluded says why a contract is no deliverable new sign-up; "" when it is one. Repeat orders are asked for first, then orders
// nobody has scheduled, then those no money stands behind.
func (c SignedContract) Excluded() string {
	switch {
	case c.First != 0 && c.First != c.ID:
		return SignRepeat
	case c.DeliveryDays < 0 && !c.Planned:
		return SignUnplanned
	case c.Cash <= 0 && c.Prepay <= 0:
		return SignUnpaid
	}
	return ""
}

// Gap is something in which contract, approval, ERP papers and visits of one deal do not go together (三端对齐).
type Gap struct {
	Kind       string   `db:"kind"` // "paper": an invoice of no contract; "still": signed, nothing shipped; "unseen": signed without a visit
	No         string   `db:"no"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"`
	Amount     Money    `db:"amount"`
	Since      Instant  `db:"since"`
}
