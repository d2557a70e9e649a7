package sales

// VisitSum is how often a person has been at a customer, and when last.
type VisitSum struct {
	PersonID   PersonID `db:"person_id"`
	CustomerID ID       `db:"customer_id"`
	Visits     int      `db:"visits"`
	LastOn     Day      `db:"last_on"`
}

// EndingContract is a contract with the day it ends.
type EndingContract struct {
	No         string   `db:"no"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"`
	Amount     Money    `db:"amount"`
	EndsOn     Day      `db:"ends_on"`
}
