package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// contractFacts are what the flows can ask of a contract.
func (a *App) contractFacts(t bot.Turn, book *Book, c sales.Contract) approval.Facts {
	f := a.facts(t, book, approval.Contract, c.CustomerID, c.Products)
	f.Amount, f.DiscountPercent = c.Amount, sales.Percents(max(c.DiscountPercent, 0))
	f.PrepayPercent, f.PaymentDays, f.DeliveryDays = c.PrepayPercent, c.PaymentDays, c.DeliveryDays
	limits := a.Settings.Clauses
	for _, id := range c.Products {
		limits.FloorDiscountPercent = max(limits.FloorDiscountPercent, sales.Percents(book.Products[id].FloorPercent))
	}
	f.Findings = len(view.Findings(c, limits))
	if c.DiscountPercent > 0 {
		for _, id := range c.Products {
			f.BelowFloor = f.BelowFloor || c.DiscountPercent < book.Products[id].FloorPercent
		}
	}
	return f
}

// quoteFacts are what the flows can ask of a quote.
func (a *App) quoteFacts(t bot.Turn, book *Book, q sales.Quote) approval.Facts {
	f := a.facts(t, book, approval.Kind(q.Kind), q.CustomerID, q.Products())
	f.Amount, f.DiscountPercent = q.Amount, q.Discount()
	f.BelowFloor, f.Findings = len(q.Under()) > 0, len(q.Under())
	return f
}

func (a *App) facts(t bot.Turn, book *Book, k approval.Kind, customer sales.ID, products []sales.ID) approval.Facts {
	c := book.Customers.Of(book.Resolve(customer))
	f := approval.Facts{
		Kind: k, Customer: c.Name, Class: c.Class, Industry: c.Industry, Region: t.Org.Region(t.Person.TeamID),
		PrepayPercent: -1, PaymentDays: -1, DeliveryDays: -1,
	}
	if team, ok := t.Org.Team(t.Person.TeamID); ok {
		f.Team = team.Name
	}
	for _, id := range products {
		if line := book.Products[id].Line; line != "" {
			f.Lines = append(f.Lines, line)
		}
	}
	return f
}

// flowFor is the flow of a record: the first configured one that fits, else the default of its kind.
func (a *App) flowFor(f approval.Facts) approval.Flow {
	if x, ok := approval.Choose(a.Settings.Flows, f); ok {
		return x
	}
	switch f.Kind {
	case approval.Quote:
		return approval.Flow{Name: "默认", Policy: a.Settings.QuoteApproval}
	case approval.SpecialPrice:
		return approval.Flow{Name: "默认", Policy: a.Settings.SpecialApproval}
	case approval.Agreement:
		return approval.Flow{Name: "默认", Policy: approval.AgreementPolicy(a.Settings.Work.Approver)}
	case approval.General:
		return approval.Flow{Name: "默认", Policy: a.Settings.GeneralApproval}
	}
	return approval.Flow{Name: "默认", Policy: a.Settings.Approval}
}

func (a *App) policyFor(f approval.Facts) approval.Policy { return a.flowFor(f).For(f) }

// replan lets a resubmitted record go its new way from the start when a change of its terms makes that another one: what
// was signed was signed for other terms. place is where that way is decided.
func (a *App) replan(t bot.Turn, r approval.Request, f approval.Facts, c approval.Changes) (_ approval.Changes, place *sales.NativePlace, err error) {
	flow := a.flowFor(f)
	place = flow.Policy.Place
	moves := place != nil && flow.Policy.Name != r.Rules.Flow
	steps, _, err := flow.For(f).Plan(f.Amount, approval.Person{ID: r.Requester, Name: r.RequesterName}, approval.OrgResolver{Org: t.Org})
	if err != nil {
		return c, nil, err
	}
	for i, s := range steps {
		if moves || i >= len(r.Steps) || !strings.HasPrefix(r.Steps[i].RoleName, s.RoleName) {
			c.Steps, c.Policy, c.Way = steps, flow.Policy, flow.Policy.Name
			if c.Way == "" {
				c.Way = flow.Name + "流程"
			}
			return c, place, nil
		}
	}
	return c, nil, nil // the same steps, or fewer: what is to be signed still is
}

var flowKinds = []struct {
	kind  approval.Kind
	words []string
}{
	{approval.General, []string{"审批申请"}}, {approval.SpecialPrice, []string{"特价申请", "特价"}}, {approval.Quote, []string{"报价单", "报价"}}, {approval.Contract, []string{"合同"}},
}

// PreviewFlow says who would approve a record and why (审批流程 合同 50万), or lists the flows there are.
func (a *App) PreviewFlow(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	if k, no, rest := a.cutPaperNo(args, t.Today); no != "" && rest == "" {
		_, r, err := readablePaper(ctx, t, tx, k, no)
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.Text(view.RequestSteps(r)), nil
	}
	var f approval.Facts
	for _, k := range flowKinds {
		for _, w := range k.words {
			if rest, ok := strings.CutPrefix(args, w); ok && f.Kind == "" {
				f.Kind, args = k.kind, rest
			}
		}
	}
	if f.Kind == "" && args != "" {
		f.Kind = approval.Contract
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if f.Kind == "" {
		return bot.Text(view.FlowList(a.flows(), a.Settings.Effects)), nil
	}
	w := a.contractWords(t, book, args)
	ref, _ := book.Parser.FindCustomer(parse.Input{Text: args, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	c := sales.Contract{
		CustomerID: sales.ID(ref.ID), Products: w.Products, Amount: w.Amount, PrepayPercent: w.Prepay, PaymentDays: w.Payment,
		DeliveryDays: w.Delivery, DiscountPercent: w.Discount,
	}
	if w.Amount == 0 {
		return bot.Text("多少钱的" + f.Kind.Noun() + "?例:审批流程 " + f.Kind.Noun() + " 50万,客户、折扣、账期也可以写上。"), nil
	}
	if c.DiscountPercent < 0 {
		c.DiscountPercent = book.discountOf(c.Products, c.Amount)
	}
	kind := f.Kind
	f = a.contractFacts(t, book, c)
	f.Kind = kind
	if kind != approval.Contract {
		f.Findings = map[bool]int{true: 1}[f.BelowFloor]
	}
	flow := a.flowFor(f)
	p := flow.For(f)
	steps, left, err := p.Plan(f.Amount, approval.Person{ID: t.Person.ID, Name: t.Person.Name}, approval.OrgResolver{Org: t.Org})
	if err != nil {
		return bot.Reply{}, err
	}
	findings, err := a.submitFindings(ctx, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.FlowPreview(view.Preview{Flow: flow, Facts: f, Steps: steps, Left: left, Findings: findings})), nil
}

// flows are all flows in the order in which they are tried, the defaults last.
func (a *App) flows() []approval.Flow {
	out := append([]approval.Flow(nil), a.Settings.Flows...)
	for _, k := range []approval.Kind{approval.Contract, approval.Quote, approval.SpecialPrice, approval.General} {
		f := a.flowFor(approval.Facts{Kind: k})
		for _, p := range []approval.Policy{a.Settings.Approval, a.Settings.QuoteApproval, a.Settings.SpecialApproval, a.Settings.GeneralApproval} {
			if p.Kind == k {
				f = approval.Flow{Name: "默认", Policy: p}
			}
		}
		out = append(out, f)
	}
	return out
}
