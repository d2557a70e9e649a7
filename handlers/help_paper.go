package handlers

import (
	"context"
	"slices"

	"salesflow/bot"
	"salesflow/store/sales"
)

// takeOverExample names a quote of the person's that can be made a contract; where there is none, the step before it.
func (a *App) takeOverExample(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	list, err := tx.QuotesOf(ctx, sales.Only(t.Person.ID), 0, 20)
	if err != nil {
		return "", err
	}
	for _, q := range list {
		if mayTakeOver(t, q) == nil {
			return "转合同 " + q.No + " 30%预付 账期45天", nil
		}
	}
	if len(list) > 0 {
		return "报价 " + list[0].No, nil
	}
	return a.quoteExample(ctx, t, tx)
}

// ownOrders are the newest work orders of a person.
func ownOrders(ctx context.Context, t bot.Turn, tx Tx) ([]sales.WorkOrder, error) {
	return tx.WorkOrdersOf(ctx, sales.Only(t.Person.ID), 0, 20)
}

// agreementExample names a work order of which an agreement can be drawn up; where there is none, the step before it.
func (a *App) agreementExample(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	list, err := ownOrders(ctx, t, tx)
	if err != nil {
		return "", err
	}
	for _, o := range list {
		if o.State == sales.WorkReady {
			return "技术协议 " + o.No, nil
		}
	}
	if len(list) > 0 {
		return "工单 " + list[0].No, nil
	}
	return "工单", nil
}

// reviewExample names an agreement that waits to be sent to the legal department; where there is none, the step before it.
func (a *App) reviewExample(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	list, err := ownOrders(ctx, t, tx)
	if err != nil {
		return "", err
	}
	for _, o := range list {
		if o.State != sales.WorkReady || o.AgreementID == 0 {
			continue
		}
		g, err := tx.AgreementByID(ctx, o.AgreementID)
		if sales.KindOf(err) == sales.NotFound && err != nil {
			continue
		}
		if err != nil {
			return "", err
		}
		current, err := a.agreementCurrent(ctx, tx, o)
		if err != nil {
			return "", err
		}
		if current && g.State == sales.AgreementDraft && g.OwnerID == t.Person.ID {
			return "送审 " + g.No, nil
		}
	}
	return a.agreementExample(ctx, t, tx)
}

// agreementCurrent reports whether the newest version of an order's agreement says what the order asks for now.
func (a *App) agreementCurrent(ctx context.Context, tx Tx, o sales.WorkOrder) (bool, error) {
	w, err := a.workByID(ctx, tx, o.ID)
	if err != nil {
		return false, err
	}
	versions, err := tx.AgreementVersions(ctx, o.ID)
	if err != nil || len(versions) == 0 {
		return false, err
	}
	values, results := agreementValues(w)
	last := versions[len(versions)-1]
	return slices.Equal(last.Values, values) && slices.Equal(last.Results, results), nil
}
