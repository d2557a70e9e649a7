package handlers

import (
	"context"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// releasers are those who may let goods go that a clause holds back (放行).
var releasers = []sales.Role{sales.RoleFinance, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM}

// takeEffect brings about what an application's approval is for, in the transaction in which it is approved: it moves to
// approved once, so it is done once. What cannot be done any more is no error: the application keeps why, and its owner reads
// it with the approval. reply are those who must know beside the application's owner.
func (a *App) takeEffect(
	ctx context.Context, t bot.Turn, tx Tx, x sales.Application, before approval.State, r approval.Request,
) (_ sales.Application, reply bot.Reply, err error) {
	if x.Effect.IsZero() || before == approval.Approved || r.State != approval.Approved {
		return x, reply, nil
	}
	may, err := a.mayBring(ctx, t, tx, x)
	if err == nil {
		switch x.Effect.Do {
		case sales.EffectRelease:
			x, reply, err = a.releaseApproved(ctx, t, tx, x, bringer(r, may))
		case sales.EffectSet:
			x, err = a.setApproved(ctx, t, tx, x, byRule(x) || may(x.OwnerID) || bringer(r, may) != 0)
		case sales.EffectCredit:
			x, err = a.creditApproved(ctx, t, tx, x, bringer(r, may))
		default:
			x.EffectNote = "这个版本办不了:" + string(x.Effect.Do)
		}
	}
	if sales.KindOf(err) == sales.NotFound {
		x.EffectNote, err = "单子不在了,没有办", nil
	}
	if err != nil {
		return x, bot.Reply{}, err
	}
	if x.EffectState == "" {
		x.EffectState = sales.EffectFailed
	}
	x.EffectNote = cutRunes(x.EffectNote, 120)
	audit(tx, t, "application.effect", "application", x.ID, sales.Change{Field: x.Effect.Words(), New: x.EffectNote})
	emit(tx, t, "application.effected", "application", x.ID)
	return x, reply, nil
}

// done is an application whose effect came about, or held already.
func done(x sales.Application, note string) sales.Application {
	x.EffectNote, x.EffectState = note, sales.EffectDone
	return x
}

// failed is an application whose effect could not come about.
func failed(x sales.Application, note string) sales.Application {
	x.EffectNote, x.EffectState = note, sales.EffectFailed
	return x
}

// releaseApproved lets the goods of an application's contract go, in the name of the last of those who approved it who may do
// that themselves (by). Where none of them may, the goods stay: an approval gives nobody a right they do not have.
func (a *App) releaseApproved(
	ctx context.Context, t bot.Turn, tx Tx, x sales.Application, by sales.PersonID,
) (_ sales.Application, reply bot.Reply, err error) {
	c, err := tx.ContractByID(ctx, x.AboutID)
	if err != nil {
		return x, reply, err
	}
	if why := sales.Message(isSigned(c, "放行")); why != "" {
		return failed(x, trimStop(why)+",货没放行"), reply, nil
	}
	cash, err := tx.ContractCashOf(ctx, c.ID)
	if err != nil {
		return x, reply, err
	}
	if cash.ReleasedBy != 0 {
		return done(x, c.No+" 之前已由"+t.Org.Name(cash.ReleasedBy)+"放行,可以发货"), reply, nil
	}
	if by == 0 {
		return failed(x, "批的人里没有能放行的,货没放行。让财务或总监发:放行 "+c.No+" 原因"), reply, nil
	}
	stop, _, err := a.stops(ctx, t, tx, c, cash, cashWords{})
	if err != nil {
		return x, reply, err
	}
	why := cutRunes(x.No+" "+x.Topic+" "+x.Body, 60)
	a.letGo(t, tx, c, cash, by, why, stop)
	note := c.No + " 已放行,可以发货"
	if _, need := sales.PrepayGate(c, cash.Collected()); need > 0 {
		note += ",预付还差 " + need.String() + ",照样催"
	}
	if c.OwnerID != x.OwnerID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{c.OwnerID}, Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: "released", Push: true,
			Out: bot.Outgoing{Text: note + "。批的是 " + x.No + "。"},
		})
	}
	return done(x, note), reply, nil
}

// setApproved changes the field of an application's record: one that rules may change themselves, where the application comes of one
// or somebody may who approved it or asked for it.
func (a *App) setApproved(ctx context.Context, t bot.Turn, tx Tx, x sales.Application, may bool) (sales.Application, error) {
	if x.AboutKind != "customer" || x.Effect.Field != "class" {
		return failed(x, x.Effect.Name+"不能这样改,没有改"), nil
	}
	c, err := tx.CustomerByID(ctx, x.AboutID)
	if err != nil {
		return x, err
	}
	old := c.Class
	switch {
	case old == x.Effect.To:
		return done(x, c.Name+"已经是 "+view.ClassName(old)), nil
	case !may:
		return failed(x, "批的人里没有能给 "+c.Name+" 定级的,没有改。让客户负责人或他的主管发:分级 "+c.Name+" "+x.Effect.To), nil
	}
	c.Class = x.Effect.To
	tx.UpdateCustomer(c)
	audit(tx, t, "customer.class", "customer", c.ID, sales.Change{Field: "分级", Old: old, New: c.Class}, sales.Change{Field: "审批申请", New: x.No})
	emit(tx, t, "customer.classified", "customer", c.ID)
	return done(x, c.Name+":"+orElse(view.ClassName(old), "未分级")+" → "+view.ClassName(c.Class)), nil
}

// creditApproved lets the customer of an application owe as much as was asked for, in the name of by; 0 is nobody who may.
func (a *App) creditApproved(ctx context.Context, t bot.Turn, tx Tx, x sales.Application, by sales.PersonID) (sales.Application, error) {
	c, err := tx.CustomerByID(ctx, x.AboutID)
	if err != nil {
		return x, err
	}
	limit := x.Effect.Limit()
	switch {
	case limit <= 0:
		return failed(x, "没写授信多少,没有改"), nil
	case by == 0:
		return failed(x, "批的人里没有能定授信的,没有改。让财务或总监发:授信 "+c.Name+" "+limit.Short()), nil
	}
	credit, err := tx.CreditOf(ctx, c.ID)
	if err != nil {
		return x, err
	}
	old := credit.Limit
	if old == limit {
		return done(x, c.Name+"的授信已经是 "+limit.Short()), nil
	}
	a.putCredit(t, tx, c, credit, limit, by, sales.Change{Field: "审批申请", New: x.No})
	from := "没有单独的授信"
	if old > 0 {
		from = "授信 " + old.Short()
	}
	return done(x, c.Name+":"+from+" → "+limit.Short()), nil
}
