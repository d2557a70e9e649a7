package handlers

import (
	"context"

	"salesflow/store/sales"
)

// PaperTx reads and writes what approvals are about beside contracts: quotes, delegations, seals, credit limits.
type PaperTx interface {
	CreateQuote(q sales.Quote)
	UpdateQuote(q sales.Quote)
	QuoteByID(ctx context.Context, id sales.ID) (sales.Quote, error)
	QuoteByNo(ctx context.Context, no string) (sales.Quote, error)
	// QuotesOf lists the newest quotes of people in scope, of one customer when customer is not 0.
	QuotesOf(ctx context.Context, scope sales.Scope, customer sales.ID, limit int) ([]sales.Quote, error)

	CreateDelegation(d sales.Delegation)
	UpdateDelegation(d sales.Delegation)
	DelegationByID(ctx context.Context, id sales.ID) (sales.Delegation, error)
	// Delegations lists the active ones of people that hold some time between two moments, the earliest first.
	Delegations(ctx context.Context, people []sales.PersonID, from, until sales.Instant) ([]sales.Delegation, error)

	// PutContractPaper creates (Version 0) or changes; ContractPaperOf gives the zero value of that contract for none.
	PutContractPaper(p sales.ContractPaper)
	ContractPaperOf(ctx context.Context, contract sales.ID) (sales.ContractPaper, error)
	// PapersOpen lists those that wait for their seal or original, the first due first.
	PapersOpen(ctx context.Context, limit int) ([]sales.ContractPaper, error)
	// PutCredit creates (Version 0) or changes; CreditOf gives the zero value of that customer for none.
	PutCredit(c sales.Credit)
	CreditOf(ctx context.Context, customer sales.ID) (sales.Credit, error)
}
