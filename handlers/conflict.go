package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// ClauseConflicts lists what a shipment of a contract would break (条款冲突): approval, amount, prepayment, price floor, credit
// limit, overdue invoices, delivery date. f says what has happened with the contract so far (Ship, Shipped, Paid, Owed,
// OverdueDays, ShipOn, DeliverBy); the clauses, limits and the customer's credit limit are filled in here. What is not blocked
// (sales.Blocked) is a warning only. A finding's Sentence says it on one line, its Clause.ClauseName names the clause.
func (a *App) ClauseConflicts(ctx context.Context, tx Tx, c sales.Contract, f sales.ShipmentFacts) ([]sales.Finding, error) {
	f.ContractState, f.Amount = c.State, c.Amount
	f.PrepayPercent, f.PaymentDays = c.PrepayPercent, c.PaymentDays
	switch c.State {
	case sales.ContractPending, sales.ContractReturned, sales.ContractRejected, sales.ContractWithdrawn:
	default: // approved, or what follows
		f.ContractState = sales.ContractApproved
	}
	limits, err := a.limitsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	f.Limits, f.CreditLimit = limits, limits.CreditLimit
	f.DiscountBelow = c.DiscountPercent > 0 && sales.Percents(c.DiscountPercent) < limits.FloorDiscountPercent
	if c.RequestID != 0 {
		r, err := tx.RequestByID(ctx, c.RequestID)
		if err != nil {
			return nil, err
		}
		f.Exception = r.State == approval.Approved // who agreed saw the marks: 同意等于破例
	}
	return sales.ShipmentConflicts(f), nil
}

// limitsOf are the company's limits as they hold for a contract: with the floors of its products and the customer's own
// credit limit.
func (a *App) limitsOf(ctx context.Context, tx Tx, c sales.Contract) (sales.ClauseLimits, error) {
	limits := a.Settings.Clauses
	book, err := a.Names.Book(ctx)
	if err != nil {
		return limits, err
	}
	for _, id := range c.Products {
		limits.FloorDiscountPercent = max(limits.FloorDiscountPercent, sales.Percents(book.Products[id].FloorPercent))
	}
	credit, err := tx.CreditOf(ctx, book.Resolve(c.CustomerID))
	if err == nil && credit.Limit > 0 {
		limits.CreditLimit = credit.Limit
	}
	return limits, err
}

// submitFindings are the clauses of a contract outside the company's limits as they are at its submission.
func (a *App) submitFindings(ctx context.Context, tx Tx, c sales.Contract) ([]sales.Finding, error) {
	limits, err := a.limitsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	terms := view.Terms(c)
	if limits.CreditLimit > 0 {
		if terms.Owed, err = tx.OwedBy(ctx, c.CustomerID); err != nil {
			return nil, err
		}
	}
	if c.PrepayPercent < 0 {
		limits.MinPrepayPercent = 0
	}
	return sales.CheckTerms(terms, limits), nil
}

func (a *App) registerCredit(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "授信", Aliases: []string{"sxed", "授信额度"}, Summary: "看或改客户的授信额度", Usage: "授信 绍兴市立医院 200万",
		Detail: "客户最多能欠多少。超了提交合同会标出来,发货会拦下。财务和总监能改,不要上限写 0。",
		Roles:  []sales.Role{sales.RoleFinance, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin, sales.RoleLead, sales.RoleRep, sales.RoleRegionalDirector},
		Handle: a.SetCredit,
	})
}

// creditors are those who say how much a customer may owe (授信).
var creditors = []sales.Role{sales.RoleFinance, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin}

// putCredit writes how much a customer may owe, in the name of by.
func (a *App) putCredit(t bot.Turn, tx Tx, c sales.Customer, credit sales.Credit, limit sales.Money, by sales.PersonID, more ...sales.Change) {
	old := credit.Limit
	if credit.ID == 0 {
		credit.ID = tx.NewID()
	}
	credit.Limit, credit.SetBy, credit.SetAt = limit, by, sales.At(t.Now)
	tx.PutCredit(credit)
	audit(tx, t, "customer.credit", "customer", c.ID, append([]sales.Change{{Field: "授信额度", Old: old.String(), New: limit.String()}}, more...)...)
	emit(tx, t, "customer.credit_set", "customer", c.ID)
}

// SetCredit shows or changes how much a customer may owe (授信).
func (a *App) SetCredit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, rest, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if !a.reads(t, book, c) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, c.Name+"是"+t.Org.Name(c.OwnerID)+"的客户,授信只有他、他的主管、财务和总监能看。")
	}
	credit, err := tx.CreditOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	said := strings.TrimSpace(rest)
	if said == "" {
		text := c.Name + "没有单独的授信额度。"
		if credit.Limit > 0 {
			text = c.Name + "授信 " + credit.Limit.Short() + "," + t.Org.Name(credit.SetBy) + " " + sales.FormatMoment(credit.SetAt.Time) + " 定的。"
		}
		return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}}, nil
	}
	if !t.Person.Has(creditors...) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "授信额度由财务或总监来定。")
	}
	limit := quoteMoney(said)
	if limit == 0 && bare(said) != "0" {
		return bot.Reply{}, sales.Errorf(sales.Invalid, "额度没看懂:\""+cutRunes(said, 20)+"\"。回 200万 这样的数,不要上限写 0。")
	}
	a.putCredit(t, tx, c, credit, limit, t.Person.ID)
	text := "已定:" + c.Name + "授信 " + limit.Short() + "。"
	if limit == 0 {
		text = "已定:" + c.Name + "不设单独的授信额度。"
	}
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}}, nil
}
