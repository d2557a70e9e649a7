package store

import (
	"context"

	"salesflow/store/sales"
)

const erpColumns = `
	contract_id,
	no,
	state,
	seq,
	amount,
	shipped,
	invoiced,
	note,
	sent_at,
	said_at,
	version`

const billingColumns = `
	customer_id,
	title,
	tax_no,
	address,
	phone,
	bank,
	account,
	mail,
	set_by,
	set_at,
	version`

var (
	erpOrders  = tableOf[sales.ERPOrder]("erp_orders", erpColumns)
	billings   = tableOf[sales.Billing]("customer_billing", billingColumns)
	gapAnswers = tableOf[sales.GapAnswer]("gap_answers", "gap, person_id, note, at").upsert("gap", "person_id, note, at", "")
)

// PutERPOrder writes an order: new with Version 0, else over the version it was read at.
func (tx *Tx) PutERPOrder(o sales.ERPOrder) {
	if o.Version == 0 {
		o.Version = 1
		tx.create(erpOrders, o.ContractID, o)
		return
	}
	tx.update(erpOrders, o.ContractID, o.Version, o)
}

// ERPOrderOf reads the order of a contract; one the ERP was never told of has Version 0.
func (tx *Tx) ERPOrderOf(ctx context.Context, contract sales.ID) (sales.ERPOrder, error) {
	var o sales.ERPOrder
	err := tx.get(ctx, "没有这张单。", &o, "SELECT "+erpColumns+" FROM erp_orders WHERE contract_id = ?", contract)
	if sales.KindOf(err) == sales.NotFound {
		return sales.ERPOrder{ContractID: contract}, nil
	}
	return o, err
}

// PutBilling writes how a customer is billed: new with Version 0, else over the version it was read at.
func (tx *Tx) PutBilling(b sales.Billing) {
	if b.Version == 0 {
		b.Version = 1
		tx.create(billings, b.CustomerID, b)
		return
	}
	tx.update(billings, b.CustomerID, b.Version, b)
}

// BillingOf reads how a customer is billed; nothing known has Version 0.
func (tx *Tx) BillingOf(ctx context.Context, customer sales.ID) (sales.Billing, error) {
	var b sales.Billing
	err := tx.get(ctx, "还没有开票资料。", &b, "SELECT "+billingColumns+" FROM customer_billing WHERE customer_id = ?", customer)
	if sales.KindOf(err) == sales.NotFound {
		return sales.Billing{CustomerID: customer}, nil
	}
	return b, err
}

// AnswerGap keeps that somebody has looked at a difference.
func (tx *Tx) AnswerGap(a sales.GapAnswer) { tx.add(gapAnswers, gapAnswers.row(a)) }

// GapAnswers reads which of some differences somebody has looked at.
func (tx *Tx) GapAnswers(ctx context.Context, gaps []string) (map[string]sales.GapAnswer, error) {
	out := map[string]sales.GapAnswer{}
	if len(gaps) == 0 {
		return out, nil
	}
	gaps = gaps[:min(len(gaps), maxRows)]
	var rows []sales.GapAnswer
	err := tx.list(ctx, &rows, "SELECT gap, person_id, note, at FROM gap_answers WHERE gap IN ("+marks(len(gaps))+")", anys(gaps)...)
	for _, r := range rows {
		out[r.Gap] = r
	}
	return out, err
}
