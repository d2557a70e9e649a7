package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// SealSettings are what follows a contract's approval: tax, seal (用印) and original (原件).
type SealSettings struct {
	// Keeper is the role that seals; Days are within how many days it does, OriginalDays within how many after that the
	// customer's original is back.
	Keeper             sales.Role
	Days, OriginalDays int
	// TaxRate is the rate of a contract that does not say another; 0 is none.
	TaxRate sales.Percent
}

var (
	reTaxRate = regexp.MustCompile(`税率\s*(?:为|是|[:：])?\s*(\d{1,2}(?:\.\d{1,2})?)\s*[%％]`)
	reNoTax   = regexp.MustCompile(`不含税|未税`)
)

func (a *App) registerSeal(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "用印", Aliases: []string{"yyin", "用印申请", "盖章"}, Summary: "批完的合同申请盖章", Usage: "用印 HT2026-018",
		Detail: "印章保管人会收到待办,盖完回 已用印,再等客户原件回来归档。", Handle: a.paperStep(a.askSeal),
	})
	r.Command(bot.Command[Tx]{
		Name: "已用印", Aliases: []string{"yyy", "盖好了", "已盖章"}, Summary: "合同盖好章了", Usage: "已用印 HT2026-018", Handle: a.paperStep(a.sealed),
	})
	r.Command(bot.Command[Tx]{
		Name: "原件", Aliases: []string{"yj", "原件归档", "原件已回"}, Summary: "客户签回的原件归档", Usage: "原件 HT2026-018",
		Detail: "收到客户签回的原件时发。发 原件 不带编号,看还有哪些没回。", Handle: a.Originals,
	})
	r.Command(bot.Command[Tx]{
		Name: "税率", Aliases: []string{"sltx", "改税率"}, Summary: "看或改合同税率", Usage: "税率 HT2026-018 6%",
		Detail: "金额按含税算,不含税和税额精确到分。", Handle: a.SetTax,
	})
	r.Action("paper.sealed", a.tapPaper(a.sealed))
	r.Action("paper.returned", a.tapPaper(a.returned))
}

// keepTax keeps the tax rate of a new contract: the one said, else the company's.
func (a *App) keepTax(tx Tx, c sales.Contract, text string) {
	if rate := a.taxRate(text); rate > 0 {
		tx.PutContractPaper(sales.ContractPaper{ContractID: c.ID, TaxRate: rate})
	}
}

// taxRate is the rate a text says, else the company's.
func (a *App) taxRate(text string) sales.Percent {
	if m := reTaxRate.FindStringSubmatch(text); m != nil {
		return readRate(m[1])
	}
	return a.Settings.Seal.TaxRate
}

// drafted is the contract of a draft. An amount that was said to be without tax (不含税) is put with it; taxed says so.
func (a *App) drafted(d contractDraft) (c sales.Contract, taxed string) {
	c = d.contract()
	rate := a.taxRate(d.Text)
	if rate <= 0 || d.Quote != 0 || !reNoTax.MatchString(d.Text) {
		return c, ""
	}
	net := c.Amount
	c.Amount = sales.AddTax(net, rate)
	return c, "不含税 " + net.String() + ",按 " + rate.String() + " 换成含税。"
}

// readRate reads 13 or 13.5 as hundredths of a percent.
func readRate(s string) sales.Percent {
	whole, part, _ := strings.Cut(s, ".")
	n := 0
	for _, r := range whole + (part + "00")[:2] {
		n = n*10 + int(r-'0')
	}
	return sales.Percent(n)
}

// paperDeed does something with a contract's paper.
type paperDeed func(t bot.Turn, tx Tx, c sales.Contract, p sales.ContractPaper) (sales.ContractPaper, []bot.Say, error)

// paperStep does a deed by its typed form.
func (a *App) paperStep(do paperDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		c, r, _, err := a.namedContract(ctx, t, tx, t.Args, ownContract)
		if err != nil {
			return bot.Reply{}, err
		}
		if err := mayRead(t, c.No, c.OwnerID, r); err != nil {
			return bot.Reply{}, err
		}
		return a.doPaper(ctx, t, tx, c, do)
	}
}

// tapPaper does a deed by its button.
func (a *App) tapPaper(do paperDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		c, err := tx.ContractByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		reply, err := a.doPaper(ctx, t, tx, c, do)
		if msg := sales.Message(err); msg != "" {
			return bot.Text(msg), nil
		}
		return reply, err
	}
}

func (a *App) doPaper(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, do paperDeed) (bot.Reply, error) {
	p, err := tx.ContractPaperOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	after, say, err := do(t, tx, c, p)
	if err != nil {
		return bot.Reply{}, err
	}
	tx.PutContractPaper(after)
	audit(tx, t, "contract.paper", "contract", c.ID, sales.Change{Field: "纸质", Old: p.State, New: after.State})
	emit(tx, t, "contract."+map[string]string{
		sales.PaperAsked: "seal_asked", sales.PaperSealed: "sealed", sales.PaperReturned: "original_returned",
	}[after.State], "contract", c.ID)
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.endPaperTodos(ctx, t, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.ContractPaper{
		Contract: c, Paper: after, Customer: book.Customer(c.CustomerID), Owner: t.Org.Name(c.OwnerID), By: t.Org.Name(after.SealedBy), Today: t.Today,
	}
	reply.Faces = append(reply.Faces, view.PaperCard(v))
	if after.State == sales.PaperAsked {
		reply.Say = append(reply.Say, a.askKeeper(t, tx, c, after, view.PaperCard(v))...)
	}
	if after.State == sales.PaperReturned && len(say) > 0 {
		more, err := a.dealAfterSigning(ctx, t, tx, c, v.Customer)
		if err != nil {
			return bot.Reply{}, err
		}
		say[0].Out.Text += more
	}
	reply.Say = append(reply.Say, say...)
	reply.Dialogue = remember(&t.Dialogue, "contract", c.ID, t.Now)
	return reply, nil
}

// dealAfterSigning says how the deal of a signed contract goes on: it is won, or has stages yet. It is "" where the person has
// none of the customer's to move.
func (a *App) dealAfterSigning(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, customer string) (string, error) {
	open, err := tx.OpenOpportunities(ctx, c.CustomerID)
	if err != nil {
		return "", err
	}
	scope := t.Org.ScopeOf(t.Person)
	for _, o := range open {
		if !scope.Covers(o.OwnerID) || c.OpportunityID != 0 && c.OpportunityID != o.ID {
			continue
		}
		if signed, ok := o.Way.Like(sales.StageContract); ok && o.Way.Next(signed) != sales.StageWon && o.NextStage() != sales.StageWon {
			return "商机接着推进:推进 " + customer, nil
		}
		return "商机签下来了就发:赢单 " + customer, nil
	}
	return "", nil
}

// endPaperTodos ends the to-dos of the step before.
func (a *App) endPaperTodos(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract) (bot.Reply, error) {
	var reply bot.Reply
	todos, err := tx.TodosBySource(ctx, "contract", c.ID)
	if err != nil {
		return reply, err
	}
	for _, todo := range todos {
		if todo.State == sales.TodoOpen && (strings.HasPrefix(todo.Text, "盖章:") || strings.HasPrefix(todo.Text, "收回原件:")) {
			reply = reply.And(a.endTodo(t, tx, todo, sales.TodoDone))
		}
	}
	return reply, nil
}

// keepers are who may seal.
func (a *App) keepers(t bot.Turn) []sales.PersonID {
	return t.Org.WhoHas(a.keeperRole())
}

func (a *App) keeperRole() sales.Role {
	if a.Settings.Seal.Keeper == "" {
		return sales.RoleAdmin
	}
	return a.Settings.Seal.Keeper
}

func (a *App) askSeal(t bot.Turn, _ Tx, c sales.Contract, p sales.ContractPaper) (sales.ContractPaper, []bot.Say, error) {
	switch {
	case c.OwnerID != t.Person.ID && !t.Org.Above(t.Person, c.OwnerID):
		return p, nil, sales.Errorf(sales.Forbidden, c.No+" 是"+t.Org.Name(c.OwnerID)+"的合同,由他或他的主管申请用印。")
	case c.State == sales.ContractPending || c.State == sales.ContractReturned:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" 还没批完,批完再用印。催一下回:催办 "+c.No)
	case c.State == sales.ContractRejected || c.State == sales.ContractWithdrawn:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" 没有通过,不能用印。")
	case p.State == sales.PaperAsked:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" "+sales.FormatTime(p.AskedAt.Time, t.Now)+" 申请过用印,等盖章,"+p.DueOn.Chinese()+"前。")
	case p.State == sales.PaperSealed || p.State == sales.PaperReturned:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" 已经盖过章了。")
	case len(a.keepers(t)) == 0:
		return p, nil, sales.Errorf(sales.Conflict, "还没有"+a.keeperRole().Name()+"能盖章。请管理员先指定。")
	}
	p.State, p.AskedBy, p.AskedAt, p.DueOn = sales.PaperAsked, t.Person.ID, sales.At(t.Now), a.Calendar.AddWorkdays(t.Today, max(a.Settings.Seal.Days, 1))
	return p, bot.Text("已申请用印:" + c.No + ",交给" + names(t.Org, a.keepers(t)) + "," + p.DueOn.ChineseFrom(t.Today) + "前盖好。").Say, nil
}

// names are people's names in a sentence.
func names(org *sales.Org, people []sales.PersonID) string {
	var out []string
	for _, p := range people[:min(len(people), 3)] {
		out = append(out, org.Name(p))
	}
	return strings.Join(out, "、")
}

// askKeeper gives those who seal a to-do and the card.
func (a *App) askKeeper(t bot.Turn, tx Tx, c sales.Contract, p sales.ContractPaper, card cards.Card) []bot.Say {
	var out []bot.Say
	for _, k := range a.keepers(t) {
		out = append(out, a.paperTodo(t, tx, c, k, "盖章:"+c.No, p.DueOn)...)
	}
	return append(out, bot.Say{
		To: a.keepers(t), Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: "seal:" + sales.ID(p.AskedAt.Unix()).String(), Push: true, Out: cardOut(card),
	})
}

func (a *App) paperTodo(t bot.Turn, tx Tx, c sales.Contract, to sales.PersonID, text string, due sales.Day) []bot.Say {
	todo := sales.Todo{
		ID: tx.NewID(), OwnerID: to, CustomerID: c.CustomerID, SourceKind: "contract", SourceID: c.ID, Text: text, DueOn: due,
		DueAt: sales.At(a.dueAt(due)), State: sales.TodoOpen, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
	}
	tx.CreateTodo(todo)
	a.scheduleTodo(tx, todo, t.Now)
	return []bot.Say{{
		To: []sales.PersonID{to}, Subject: "todo:" + todo.ID.String(), Kind: bot.DeliverTodo, Slot: "1",
		Out: bot.Outgoing{Todo: &bot.TodoTask{TodoID: todo.ID, Text: todo.Text, Due: todo.DueAt.Time}},
	}}
}

func (a *App) sealed(t bot.Turn, tx Tx, c sales.Contract, p sales.ContractPaper) (sales.ContractPaper, []bot.Say, error) {
	switch {
	case !t.Person.Has(a.keeperRole(), sales.RoleAdmin):
		return p, nil, sales.Errorf(sales.Forbidden, "盖章由"+names(t.Org, a.keepers(t))+"登记,你不用回。")
	case p.State == sales.PaperSealed || p.State == sales.PaperReturned:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" 已经登记盖章:"+t.Org.Name(p.SealedBy)+" "+sales.FormatTime(p.SealedAt.Time, t.Now)+"。")
	case p.State != sales.PaperAsked:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" 没有申请用印。先由"+t.Org.Name(c.OwnerID)+"发:用印 "+c.No)
	}
	p.State, p.SealedBy, p.SealedAt = sales.PaperSealed, t.Person.ID, sales.At(t.Now)
	p.DueOn = t.Today.AddDays(max(a.Settings.Seal.OriginalDays, 1))
	var say []bot.Say
	if t.Event.Kind != bot.Tapped {
		say = bot.Text("已登记盖章:" + c.No + "。").Say
	}
	say = append(say, a.paperTodo(t, tx, c, c.OwnerID, "收回原件:"+c.No, p.DueOn)...)
	if c.OwnerID != t.Person.ID {
		say = append(say, bot.Say{
			To: []sales.PersonID{c.OwnerID}, Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: "sealed", Push: true,
			Out: bot.Outgoing{Text: c.No + " " + t.Person.Name + "已盖章。客户签回的原件 " + p.DueOn.Chinese() + "前归档,收到发:原件 " + c.No},
		})
	}
	return p, say, nil
}

func (a *App) returned(t bot.Turn, _ Tx, c sales.Contract, p sales.ContractPaper) (sales.ContractPaper, []bot.Say, error) {
	switch {
	case c.OwnerID != t.Person.ID && !t.Person.Has(a.keeperRole(), sales.RoleAdmin, sales.RoleLegal, sales.RoleLegalHead, sales.RoleFinance):
		return p, nil, sales.Errorf(sales.Forbidden, c.No+" 的原件由"+t.Org.Name(c.OwnerID)+"或印章保管人归档。")
	case p.State == sales.PaperReturned:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" 的原件 "+sales.FormatTime(p.ReturnedAt.Time, t.Now)+" 已归档。")
	case p.State != sales.PaperSealed:
		return p, nil, sales.Errorf(sales.Conflict, c.No+" 还没盖章,原件谈不上归档。")
	}
	p.State, p.ReturnedBy, p.ReturnedAt, p.DueOn = sales.PaperReturned, t.Person.ID, sales.At(t.Now), sales.Day{}
	return p, bot.Text("原件已归档:" + c.No + "。").Say, nil
}

// Originals files an original that came back, or lists those that are still out (原件).
func (a *App) Originals(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if no, _ := a.cutContractNo(t.Args, t.Today); no != "" {
		return a.paperStep(a.returned)(ctx, t, tx)
	}
	list, err := tx.PapersOpen(ctx, 200)
	if err != nil {
		return bot.Reply{}, err
	}
	var open []view.ContractPaper
	scope := a.paperScope(t)
	for _, p := range list {
		c, err := tx.ContractByID(ctx, p.ContractID)
		if err != nil {
			return bot.Reply{}, err
		}
		if (scope.Covers(c.OwnerID) || t.Person.Has(a.keeperRole())) && len(open) < 10 {
			open = append(open, view.ContractPaper{Contract: c, Paper: p, Owner: t.Org.Name(c.OwnerID), Today: t.Today})
		}
	}
	return bot.Text(view.PapersOpen(open)), nil
}

// SetTax shows or changes a contract's tax rate (税率).
func (a *App) SetTax(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, r, rest, err := a.namedContract(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayRead(t, c.No, c.OwnerID, r); err != nil {
		return bot.Reply{}, err
	}
	p, err := tx.ContractPaperOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if rest != "" {
		m := reTaxRate.FindStringSubmatch("税率" + strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(rest), "%"), "％") + "%")
		if m == nil {
			return bot.Reply{}, sales.Errorf(sales.Invalid, "税率没看懂:\""+cutRunes(rest, 12)+"\"。写 13% 或 6% 这样的。")
		}
		if c.OwnerID != t.Person.ID && !t.Person.Has(sales.RoleFinance, sales.RoleLegal, sales.RoleLegalHead, sales.RoleAdmin) {
			return bot.Reply{}, sales.Errorf(sales.Forbidden, "税率由提交人、财务或法务来改。")
		}
		old := p.TaxRate
		if p.TaxRate = readRate(m[1]); p.TaxRate != old {
			tx.PutContractPaper(p)
			audit(tx, t, "contract.tax", "contract", c.ID, sales.Change{Field: "税率", Old: old.String(), New: p.TaxRate.String()})
			emit(tx, t, "contract.tax_changed", "contract", c.ID)
		}
	}
	net, tax := sales.SplitTax(c.Amount, p.TaxRate)
	text := c.No + " 含税 " + c.Amount.String() + ",税率 " + p.TaxRate.String() + ":不含税 " + net.String() + ",税额 " + tax.String() + "。"
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}, Dialogue: remember(&t.Dialogue, "contract", c.ID, t.Now)}, nil
}
