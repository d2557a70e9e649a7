package handlers

import (
	"context"

	"salesflow/store/sales"
)

// QuestionTx reads what answers questions in a person's own words.
type QuestionTx interface {
	// VisitsBetween sums visits of people in scope by person and customer, the last first; VisitorsOf those of a customer.
	VisitsBetween(ctx context.Context, scope sales.Scope, from, to sales.Day, limit int) ([]sales.VisitSum, error)
	VisitorsOf(ctx context.Context, customer sales.ID, from, to sales.Day) ([]sales.VisitSum, error)
	// IdleCustomers lists customers nobody has contacted since a moment, those nobody ever did first; CountIdle counts them.
	IdleCustomers(ctx context.Context, scope sales.Scope, before sales.Instant, limit int) ([]sales.Customer, error)
	CountIdle(ctx context.Context, scope sales.Scope, before sales.Instant) (int, error)
	// TodosAbout lists a customer's to-dos, closed ones too, the newest first; TodosDue a person's open ones due by a day.
	TodosAbout(ctx context.Context, customer sales.ID, limit int) ([]sales.Todo, error)
	TodosDue(ctx context.Context, owner sales.PersonID, to sales.Day, limit int) ([]sales.Todo, error)
	ContractsWorth(ctx context.Context, scope sales.Scope, amount sales.Money, limit int) ([]sales.Contract, error)
	PendingContracts(ctx context.Context, scope sales.Scope, limit int) ([]sales.Contract, error)
	ContractsEnding(ctx context.Context, scope sales.Scope, from, to sales.Day, limit int) ([]sales.EndingContract, error)
}
