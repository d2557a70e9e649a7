package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxAsked is how many contracts an answer lists.
const maxAsked = 8

// moneyAlone keeps sums of money out of groups, as the commands do.
const moneyAlone = "金额单聊我问,不放群里。"

// contractScope is whose contracts a person may see.
func contractScope(t bot.Turn) sales.Scope {
	scope := t.Org.ScopeOf(t.Person)
	if sales.SeesContracts(t.Person) {
		scope.All = true
	}
	return scope
}

// answerContract tells where a contract stands and who has it: the one that is named by its number, its amount or its
// customer, else all that wait.
func (s asker) answerContract(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.No != "" {
		return s.contractState(ctx, t, tx, q.No)
	}
	all := contractScope(t)
	scope, list := all, []sales.Contract(nil)
	if q.Owner != 0 || q.Team || q.All || ofTeam(t, q) {
		who, err := scopeOf(t, q, all)
		if err != nil {
			return bot.Reply{}, err
		}
		scope = who.scope
	}
	var err error
	switch {
	case q.Amount > 0:
		list, err = tx.ContractsWorth(ctx, scope, sales.Money(q.Amount), maxAsked+1)
	case q.customer.ID != 0:
		if err := s.which(t, q, ""); err != nil {
			return bot.Reply{}, err
		}
		if list, err = tx.ContractsByCustomer(ctx, q.customer.ID, 50); err == nil {
			list = slices.DeleteFunc(list, func(c sales.Contract) bool { return !scope.Covers(c.OwnerID) })
		}
	case strings.Contains(q.text, "到期") || strings.Contains(q.text, "续签"):
		return s.endingContracts(ctx, t, tx, q, scope)
	case q.Ask == parse.AskWho || q.Ask == parse.AskState || q.Ask == parse.AskWhen || strings.Contains(q.text, "批") || strings.Contains(q.text, "审"):
		list, err = tx.PendingContracts(ctx, scope, maxAsked+1)
		if err == nil && len(list) == 0 {
			return bot.Text("没有在审批的合同。看最近的:合同"), nil
		}
	default:
		return s.as(ctx, t, tx, "合同")
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if q.customer.ID != 0 && q.Amount > 0 {
		list = slices.DeleteFunc(list, func(c sales.Contract) bool { return c.CustomerID != q.customer.ID })
	}
	return s.contractLines(ctx, t, tx, q, list)
}

// contractLines shows one contract as its command does, several in a line each.
func (s asker) contractLines(ctx context.Context, t bot.Turn, tx Tx, q question, list []sales.Contract) (bot.Reply, error) {
	switch {
	case len(list) == 0 && q.Amount > 0:
		return bot.Text("你能看的合同里没有 " + sales.Money(q.Amount).Short() + " 的。看最近的:合同"), nil
	case len(list) == 0:
		return s.about(t, q, bot.Text(q.customer.Name+"还没有你能看的合同。看商机:商机 "+q.customer.Name)), nil
	case len(list) == 1:
		reply, err := s.contractState(ctx, t, tx, list[0].No)
		return s.about(t, q, reply), err
	}
	v := view.AskedContracts{Group: t.InGroup(), Today: t.Today, Customer: q.book.Customer, More: len(list) > maxAsked}
	customers, own := []sales.ID{}, true
	for _, c := range list[:min(len(list), maxAsked)] {
		line := view.AskedContract{Contract: c}
		if c.State == sales.ContractPending {
			r, err := tx.RequestByID(ctx, c.RequestID)
			if err != nil {
				return bot.Reply{}, err
			}
			line.Waits, line.Path = r.NextText(), r.Path()
			if !c.TurnAt.IsZero() {
				line.For = sales.Waited(t.Now.Sub(c.TurnAt.Time))
			}
		}
		v.Lines = append(v.Lines, line)
		customers, own = append(customers, c.CustomerID), own && c.OwnerID == t.Person.ID
	}
	traceList(tx, t, "contracts", customers, own)
	return s.about(t, q, bot.Text(view.AskedContractsText(v))), nil
}

// contractState shows a contract while it is decided about, and how far it has come afterwards.
func (s asker) contractState(ctx context.Context, t bot.Turn, tx Tx, no string) (bot.Reply, error) {
	c, err := tx.ContractByNo(ctx, no)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return bot.Reply{}, err
	}
	if err == nil && c.State == sales.ContractApproved && s.seesGoods(t, c.OwnerID) && !t.InGroup() && !strings.Contains(t.Text, "批") && !strings.Contains(t.Text, "审") {
		return s.as(ctx, t, tx, "合同进度 "+no)
	}
	return s.as(ctx, t, tx, "合同 "+no)
}

// endingContracts lists contracts that end soon: in the days that were named, else within sixty.
func (s asker) endingContracts(ctx context.Context, t bot.Turn, tx Tx, q question, scope sales.Scope) (bot.Reply, error) {
	from, to := q.days(t.Today, t.Today.AddDays(60))
	list, err := tx.ContractsEnding(ctx, scope, from, to, maxAsked+1)
	if err != nil {
		return bot.Reply{}, err
	}
	customers, own := []sales.ID{}, true
	for _, c := range list {
		customers, own = append(customers, c.CustomerID), own && c.OwnerID == t.Person.ID
	}
	traceList(tx, t, "contracts", customers, own)
	return bot.Text(view.EndingText(list[:min(len(list), maxAsked)], from, to, t.Today, len(list) > maxAsked, t.InGroup(), q.book.Customer)), nil
}

// answerPayment tells what money has come in, of people or of one customer or contract.
func (s asker) answerPayment(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	switch {
	case t.InGroup():
		return bot.Text(moneyAlone), nil
	case q.No != "":
		return s.as(ctx, t, tx, "合同进度 "+q.No)
	case q.customer.ID != 0 && q.Ask == parse.AskWhen:
		return s.as(ctx, t, tx, "已开票未回款 "+q.customer.Name)
	case q.customer.ID != 0:
		return s.as(ctx, t, tx, "明细 回款 "+q.customer.Name)
	}
	return s.summed(ctx, t, tx, q, "rows.read", "回款", view.PaidText)
}

// summed answers with sums of the people who were asked about, and keeps that somebody read them.
func (s asker) summed(ctx context.Context, t bot.Turn, tx Tx, q question, verb, what string, text func(view.Sums) string) (bot.Reply, error) {
	who, err := scopeOf(t, q, cashScope(t))
	if err != nil {
		return bot.Reply{}, err
	}
	v, err := s.sums(ctx, t, tx, q, who)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, verb, "person", sales.ID(t.Person.ID), sales.Change{Field: what, New: v.Who})
	return bot.Text(text(v)), nil
}

// sums reads what came in and what was signed in a question's days, and in as many days before.
func (s asker) sums(ctx context.Context, t bot.Turn, tx Tx, q question, who askedScope) (view.Sums, error) {
	from, to := q.days(thisMonth(t.Today))
	v := view.Sums{Who: who.name, Word: who.word, From: from, To: to, Today: t.Today, Whole: !who.many || who.word == "团队" || who.word == "公司"}
	var err error
	if v.Cash, err = tx.CashBetween(ctx, who.scope, from, to); err != nil {
		return v, err
	}
	before := s.spanBefore(from, to)
	if v.Before, err = tx.CashBetween(ctx, who.scope, before, from.AddDays(-1)); err != nil {
		return v, err
	}
	v.BeforeFrom = before
	signed, err := tx.SignedContracts(ctx, who.scope, sales.At(from.Start()), sales.At(to.AddDays(1).Start()))
	for _, c := range signed {
		v.Signed, v.Contracts = v.Signed+c.Amount, v.Contracts+1
		if c.Excluded() == "" {
			v.Deliverable += c.Amount
		}
	}
	return v, err
}

// spanBefore is where the span before begins: the month before a whole month, else as many days.
func (s asker) spanBefore(from, to sales.Day) sales.Day {
	if _, _, d := from.Date(); d == 1 && to.AddDays(1) == from.AddMonths(1) {
		return from.AddMonths(-1)
	}
	return from.AddDays(from.Sub(to) - 1)
}

// answerSigned tells what was signed.
func (s asker) answerSigned(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text(moneyAlone), nil
	}
	if q.customer.ID != 0 {
		return s.answerContract(ctx, t, tx, q)
	}
	return s.summed(ctx, t, tx, q, "metrics.read", "新签", view.SignedText)
}

// answerTarget tells how far one has come; where no target is kept it says so.
func (s asker) answerTarget(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text(moneyAlone), nil
	}
	return s.summed(ctx, t, tx, q, "metrics.read", "目标", view.TargetText)
}

// answerReceivable tells what is owed, by a customer or to people; of several people by customer when it is asked who owes.
func (s asker) answerReceivable(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	late := q.About == parse.AboutOverdue
	switch {
	case q.No != "":
		return s.as(ctx, t, tx, "合同进度 "+q.No)
	case t.InGroup():
		return bot.Text(moneyAlone), nil
	case q.customer.ID != 0:
		return s.as(ctx, t, tx, strings.TrimSpace("已开票未回款 "+q.customer.Name+map[bool]string{true: " 逾期"}[late]))
	}
	who, err := scopeOf(t, q, cashScope(t))
	if err != nil {
		return bot.Reply{}, err
	}
	if !ofTeam(t, q) {
		side := map[bool]string{true: " 逾期"}[late]
		if side == "" && (q.Ask == parse.AskWho || q.Ask == parse.AskList) {
			side = " 客户"
		}
		return s.as(ctx, t, tx, "已开票未回款 "+who.word+side)
	}
	sum, err := tx.ReceivableSum(ctx, who.scope, t.Today)
	if err != nil {
		return bot.Reply{}, err
	}
	debtors, err := tx.Debtors(ctx, who.scope, t.Today, 5)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "receivable.list", "person", sales.ID(t.Person.ID), sales.Change{Field: "范围", New: who.name})
	return bot.Text(view.OwedText(who.name, sum, debtors, q.book.Customer)), nil
}

// answerUninvoiced tells which contracts of a customer still lack their invoice.
func (s asker) answerUninvoiced(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	switch {
	case t.InGroup():
		return bot.Text(moneyAlone), nil
	case q.No != "":
		return s.as(ctx, t, tx, "合同进度 "+q.No)
	case q.customer.ID == 0:
		who, err := scopeOf(t, q, cashScope(t))
		if err != nil {
			return bot.Reply{}, err
		}
		word := who.word
		if ofTeam(t, q) {
			word = "团队"
		}
		return s.as(ctx, t, tx, "已开票未回款 "+word+" 待开票")
	}
	if err := s.which(t, q, ""); err != nil {
		return bot.Reply{}, err
	}
	if !cashScope(t).Covers(q.customer.OwnerID) && !s.works(t, q.book, q.customer) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, q.customer.Name+"的账,"+t.Org.Name(q.customer.OwnerID)+"、他的上级和财务能看。")
	}
	list, err := tx.CashOfCustomers(ctx, q.customer.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	list = slices.DeleteFunc(list, func(c sales.ContractCash) bool { return !c.ToInvoice })
	audit(tx, t, "receivable.list", "person", sales.ID(t.Person.ID), sales.Change{Field: "范围", New: q.customer.Name})
	return s.about(t, q, bot.Text(view.UninvoicedText(q.customer.Name, list))), nil
}

// answerInvoice lists invoices of a customer or a person.
func (s asker) answerInvoice(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	switch {
	case strings.HasPrefix(q.No, "HT"):
		return s.as(ctx, t, tx, "合同进度 "+q.No)
	case t.InGroup():
		return bot.Text(moneyAlone), nil
	case q.customer.ID != 0:
		return s.as(ctx, t, tx, "明细 开票 "+q.customer.Name)
	}
	who, err := scopeOf(t, q, cashScope(t))
	if err != nil {
		return bot.Reply{}, err
	}
	if ofTeam(t, q) {
		who.word = "团队"
	}
	return s.as(ctx, t, tx, "明细 开票 "+who.word)
}

// answerShipment tells whether goods went: of a contract, of a customer's contracts, else what is to be sent.
func (s asker) answerShipment(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.No != "" {
		return s.as(ctx, t, tx, "合同进度 "+q.No)
	}
	if q.customer.ID == 0 {
		return s.as(ctx, t, tx, "待发货")
	}
	list, err := tx.ContractsByCustomer(ctx, q.customer.ID, 50)
	if err != nil {
		return bot.Reply{}, err
	}
	list = slices.DeleteFunc(list, func(c sales.Contract) bool {
		return c.State != sales.ContractApproved || !s.seesGoods(t, c.OwnerID)
	})
	return s.contractLines(ctx, t, tx, q, list)
}
