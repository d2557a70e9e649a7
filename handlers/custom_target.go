package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// customRef is a record as custom fields know it.
type customRef struct {
	object  string
	subject string // the subject kind of its events
	id      sales.ID
	owner   sales.PersonID
	// name is what it is called, say what one types to mean it; works that the person may change it.
	name, say string
	works     bool
}

// customTarget finds the record of a kind that words name. Its id is 0 when the reply says why there is none.
func (a *App) customTarget(ctx context.Context, t bot.Turn, tx Tx, object, words string) (customRef, bot.Reply, error) {
	words = strings.TrimSpace(words)
	if rt, ok := a.Custom.Type(object); ok {
		return a.recordTarget(ctx, t, tx, rt, words)
	}
	if object == "contract" {
		no, _ := a.cutContractNo(words, t.Today)
		if no == "" {
			return customRef{}, bot.Text("哪份合同?写编号:填 合同 HT2026-018 字段 值"), nil
		}
		c, err := tx.ContractByNo(ctx, no)
		if err != nil {
			return customRef{}, bot.Reply{}, err
		}
		ref, err := a.contractRef(t, c)
		return ref, bot.Reply{}, err
	}
	if words == "" {
		if ref, ok := lastOf(t.Dialogue, subjectOf(object)); ok && object != "customer" {
			found, err := a.customRefOf(ctx, t, tx, object, ref.ID)
			return found, bot.Reply{}, err
		}
		return customRef{}, bot.Text("哪家的?写上客户名,简称也可以。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return customRef{}, bot.Reply{}, err
	}
	c, _ := book.Parser.FindCustomer(parse.Input{Text: words, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	if c.ID != 0 && c.Fuzzy {
		return customRef{}, bot.Text(quoted(words, "") + "是" + book.Customer(sales.ID(c.ID)) + "吗?是的话写全称再发一次。"), nil
	}
	id, reply, err := a.findCustomer(ctx, t, words)
	if err != nil || id == 0 {
		return customRef{}, reply, err
	}
	return a.ofCustomer(ctx, t, tx, book, object, id)
}

// ofCustomer is the record of a kind that is meant when its customer is named: the newest one.
func (a *App) ofCustomer(ctx context.Context, t bot.Turn, tx Tx, book *Book, object string, id sales.ID) (customRef, bot.Reply, error) {
	name := book.Customer(id)
	switch object {
	case "customer":
		ref, err := a.customRefOf(ctx, t, tx, object, id)
		return ref, bot.Reply{}, err
	case "opportunity":
		open, err := tx.OpenOpportunities(ctx, id)
		if err != nil {
			return customRef{}, bot.Reply{}, err
		}
		var best sales.Opportunity
		for _, o := range open {
			if t.Org.ScopeOf(t.Person).Covers(o.OwnerID) && (best.ID == 0 || o.StageSince.After(best.StageSince.Time)) {
				best = o
			}
		}
		if best.ID == 0 {
			return customRef{}, bot.Text(name + "没有你能动的商机。新建:商机 " + name + " 产品 金额"), nil
		}
		return a.dealRef(t, book, best), bot.Reply{}, nil
	case "visit":
		visits, err := tx.VisitsByCustomer(ctx, id, 20)
		if err != nil {
			return customRef{}, bot.Reply{}, err
		}
		for _, v := range visits {
			if v.PersonID == t.Person.ID {
				ref, err := a.customRefOf(ctx, t, tx, object, v.ID)
				return ref, bot.Reply{}, err
			}
		}
		return customRef{}, bot.Text(name + "没有你记的拜访。先记:拜访 " + name + " 聊了什么"), nil
	}
	scope := t.Org.ScopeOf(t.Person)
	if t.Person.Has(sales.RoleService) && sales.FilingKind(object).ForService() {
		scope = sales.Scope{All: true}
	}
	list, err := tx.Filings(ctx, sales.FilingFilter{Kind: sales.FilingKind(object), Customer: id, Scope: scope, Limit: 1})
	if err != nil {
		return customRef{}, bot.Reply{}, err
	}
	if len(list) == 0 {
		kind := sales.FilingKind(object).Name()
		return customRef{}, bot.Text(name + "没有你能改的" + kind + "。先记:" + kind + " " + name + " 内容"), nil
	}
	ref, err := a.customRefOf(ctx, t, tx, object, list[0].ID)
	return ref, bot.Reply{}, err
}

// subjectOf is the subject kind of a kind of record's events.
func subjectOf(object string) string {
	switch object {
	case "customer", "opportunity", "contract", "visit":
		return object
	}
	if slices.Contains(sales.FilingKinds, sales.FilingKind(object)) {
		return "filing"
	}
	return "custom_record"
}

func (a *App) dealRef(t bot.Turn, book *Book, o sales.Opportunity) customRef {
	name := book.Customer(o.CustomerID)
	return customRef{
		object: "opportunity", subject: "opportunity", id: o.ID, owner: o.OwnerID, name: name + " 商机", say: name,
		works: t.Org.ScopeOf(t.Person).Covers(o.OwnerID),
	}
}

func (a *App) contractRef(t bot.Turn, c sales.Contract) (customRef, error) {
	works := t.Org.ScopeOf(t.Person).Covers(c.OwnerID)
	if !works && !sales.SeesContracts(t.Person) {
		return customRef{}, sales.Errorf(sales.Forbidden, "合同 "+c.No+" 是"+t.Org.Name(c.OwnerID)+"的,你看不了。")
	}
	return customRef{object: "contract", subject: "contract", id: c.ID, owner: c.OwnerID, name: "合同 " + c.No, say: c.No, works: works}, nil
}

// customRefOf is a record by its id, as this person may see it. A *sales.Error of kind Forbidden when they may not.
func (a *App) customRefOf(ctx context.Context, t bot.Turn, tx Tx, object string, id sales.ID) (customRef, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return customRef{}, err
	}
	ref := customRef{object: object, subject: subjectOf(object), id: id}
	scope := t.Org.ScopeOf(t.Person)
	switch ref.subject {
	case "customer":
		c, err := tx.CustomerByID(ctx, id)
		if err != nil {
			return ref, err
		}
		if !a.reads(t, book, c) {
			return ref, sales.Errorf(sales.Forbidden, c.Name+"是"+t.Org.Name(c.OwnerID)+"的客户,你看不了细节。")
		}
		ref.id, ref.owner, ref.name, ref.say, ref.works = c.ID, c.OwnerID, c.Name, c.Name, a.works(t, book, c)
		return ref, nil
	case "opportunity":
		o, err := tx.OpportunityByID(ctx, id)
		if err != nil {
			return ref, err
		}
		ref = a.dealRef(t, book, o)
	case "contract":
		c, err := tx.ContractByID(ctx, id)
		if err != nil {
			return ref, err
		}
		return a.contractRef(t, c)
	case "visit":
		v, err := tx.VisitByID(ctx, id)
		if err != nil {
			return ref, err
		}
		name := book.Customer(v.CustomerID)
		ref.owner, ref.say, ref.name = v.PersonID, name, name+" "+v.Day.Chinese()+"拜访"
		ref.works = v.PersonID == t.Person.ID
	case "filing":
		f, err := tx.FilingByID(ctx, id)
		if err != nil {
			return ref, err
		}
		name := book.Customer(f.CustomerID)
		ref.owner, ref.say, ref.name = f.PersonID, name, strings.TrimSpace(name+" "+f.Kind.Name())
		ref.works = f.PersonID == t.Person.ID || f.HandlerID == t.Person.ID || f.Kind.ForService() && t.Person.Has(sales.RoleService)
		if f.Kind == sales.FilingCompetitor && !ref.works { // what its author wrote is theirs alone
			return ref, sales.Errorf(sales.Forbidden, "这条竞品是"+t.Org.Name(f.PersonID)+"记的,只有本人能看。")
		}
	default:
		return a.recordRefOf(ctx, t, tx, book, id)
	}
	if !ref.works && !scope.Covers(ref.owner) {
		return ref, sales.Errorf(sales.Forbidden, ref.name+"是"+t.Org.Name(ref.owner)+"的,你看不了细节。")
	}
	return ref, nil
}
