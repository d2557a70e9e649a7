package store

import (
	"context"

	"salesflow/store/sales"
)

const paperColumns = `
	contract_id,
	tax_rate,
	state,
	asked_by,
	asked_at,
	sealed_by,
	sealed_at,
	due_on,
	returned_by,
	returned_at,
	version`

const creditColumns = `
	id,
	customer_id,
	credit_limit,
	set_by,
	set_at,
	version`

var (
	papers  = tableOf[sales.ContractPaper]("contract_papers", paperColumns)
	credits = tableOf[sales.Credit]("customer_credits", creditColumns)
)

// PutContractPaper creates what is kept of a contract's paper (Version 0) or changes it over the version it was read at.
func (tx *Tx) PutContractPaper(p sales.ContractPaper) {
	if p.Version == 0 {
		p.Version = 1
		tx.create(papers, p.ContractID, p)
		return
	}
	tx.update(papers, p.ContractID, p.Version, p)
}

// ContractPaperOf reads it; the zero ContractPaper of that contract when nothing is kept yet.
func (tx *Tx) ContractPaperOf(ctx context.Context, contract sales.ID) (sales.ContractPaper, error) {
	var p sales.ContractPaper
	err := tx.get(ctx, "没找到。", &p, "SELECT "+paperColumns+" FROM contract_papers WHERE contract_id = ?", contract)
	if sales.KindOf(err) == sales.NotFound {
		return sales.ContractPaper{ContractID: contract}, nil
	}
	return p, err
}

// PapersOpen lists the papers of contracts that wait for their seal or original, the first due first.
func (tx *Tx) PapersOpen(ctx context.Context, limit int) ([]sales.ContractPaper, error) {
	var out []sales.ContractPaper
	err := tx.list(ctx, &out, "SELECT "+paperColumns+" FROM contract_papers WHERE state IN ('asked', 'sealed') ORDER BY due_on, contract_id LIMIT ?", bound(limit, 500))
	return out, err
}

// PutCredit creates (Version 0) or changes what a customer may owe.
func (tx *Tx) PutCredit(c sales.Credit) {
	if c.Version == 0 {
		c.Version = 1
		tx.create(credits, c.ID, c)
		return
	}
	tx.update(credits, c.ID, c.Version, c)
}

// CreditOf reads what a customer may owe; the zero Credit of that customer when nothing is set.
func (tx *Tx) CreditOf(ctx context.Context, customer sales.ID) (sales.Credit, error) {
	var c sales.Credit
	err := tx.get(ctx, "没找到。", &c, "SELECT "+creditColumns+" FROM customer_credits WHERE customer_id = ?", customer)
	if sales.KindOf(err) == sales.NotFound {
		return sales.Credit{CustomerID: customer}, nil
	}
	return c, err
}
