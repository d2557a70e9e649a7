package handlers

import (
	"context"

	"salesflow/store/sales"
)

// MasterTx reads and writes what completes customers and products: details, merges, authorisations, Excel files, the
// registry's answers.
type MasterTx interface {
	// Details lists the details of customers; PutDetail creates or changes one.
	Details(ctx context.Context, customers ...sales.ID) ([]sales.Detail, error)
	PutDetail(d sales.Detail)
	Completeness(ctx context.Context, scope sales.Scope, wanted []string) ([]sales.Completeness, error)
	// IncompleteCustomers lists customers that lack one of the wanted fields, the last contacted first.
	IncompleteCustomers(ctx context.Context, scope sales.Scope, wanted []string, limit int) ([]sales.Customer, error)
	CountCustomers(ctx context.Context, scope sales.Scope) (int, error)

	// MergeCustomers joins a customer into another, with all that is its own, and returns how many rows followed.
	MergeCustomers(ctx context.Context, m sales.Merge, s sales.MergeSides) (int, error)
	// UnmergeCustomers takes a merge back; into and details are the target as it is now.
	UnmergeCustomers(ctx context.Context, m sales.Merge, s sales.MergeSides, into sales.Customer, details []sales.Detail) error
	// MatchesAcross lists payments matched with invoices of the other side since a merge.
	MatchesAcross(ctx context.Context, m sales.Merge) ([]sales.CashMatch, error)
	// ToldMeanwhile is what the ERP and the e-invoice service were told of papers that go back when a merge is taken back.
	ToldMeanwhile(ctx context.Context, m sales.Merge) (sales.UnmergeTold, error)
	MergeByID(ctx context.Context, id sales.ID) (sales.Merge, error)
	// MergesOpen lists merges that can still be taken back, the newest first; by 0 is everyone's.
	MergesOpen(ctx context.Context, by sales.PersonID, now sales.Instant, limit int) ([]sales.Merge, error)

	ProductByID(ctx context.Context, id sales.ID) (sales.Product, error)
	Products(ctx context.Context) ([]sales.Product, error)
	PutProduct(p sales.Product)
	CreateAuthorisation(a sales.Authorisation)
	UpdateAuthorisation(a sales.Authorisation)
	AuthorisationByID(ctx context.Context, id sales.ID) (sales.Authorisation, error)
	// AuthorisationsOf lists the valid ones of a customer, a product or both (0 is any), the first to end first.
	AuthorisationsOf(ctx context.Context, customer, product sales.ID, limit int) ([]sales.Authorisation, error)

	CreateSheetJob(j sales.SheetJob)
	UpdateSheetJob(j sales.SheetJob)
	SheetJobByID(ctx context.Context, id sales.ID) (sales.SheetJob, error)
	SheetJobsOf(ctx context.Context, person sales.PersonID, limit int) ([]sales.SheetJob, error)
	SheetRows(ctx context.Context, job sales.ID, states []string, after int64, limit int) ([]sales.SheetRow, error)

	CreateRegistryCheck(c sales.RegistryCheck)
	RegistryCheckByID(ctx context.Context, id sales.ID) (sales.RegistryCheck, error)
}

// SheetStore makes the files that handlers hand out.
type SheetStore interface {
	// Template keeps an empty Excel file of a kind (sales.SheetCustomers…) under an id and returns its row, to be written
	// in the same transaction.
	Template(ctx context.Context, id sales.ID, kind string) (sales.File, error)
}
