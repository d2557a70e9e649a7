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
	switch x.Effect.Do {
	case sales.EffectRelease:
		x.EffectNote, reply, err = a.releaseApproved(ctx, t, tx, x, r)
	case sales.EffectSet:
		x.EffectNote, err = a.setApproved(ctx, t, tx, x)
	default:
		x.EffectNote = "这个版本办不了:" + string(x.Effect.Do)
	}
	if sales.KindOf(err) == sales.NotFound {
		x.EffectNote, err = "单子不在了,没有办", nil
	}
	if err != nil {
		return x, bot.Reply{}, err
	}
	x.EffectNote = cutRunes(x.EffectNote, 120)
	audit(tx, t, "application.effect", "application", x.ID, sales.Change{Field: x.Effect.Words(), New: x.EffectNote})
	emit(tx, t, "application.effected", "application", x.ID)
	return x, reply, nil
}

// releaseApproved lets the goods of an application's contract go, in the name of the last of those who approved it who may do
// that themselves. Where none of them may, the goods stay: an approval gives nobody a right they do not have.
func (a *App) releaseApproved(ctx context.Context, t bot.Turn, tx Tx, x sales.Application, r approval.Request) (note string, reply bot.Reply, err error) {
	c, err := tx.ContractByID(ctx, x.AboutID)
	if err != nil {
		return "", reply, err
	}
	if why := sales.Message(isSigned(c, "放行")); why != "" {
		return trimStop(why) + ",货没放行", reply, nil
	}
	cash, err := tx.ContractCashOf(ctx, c.ID)
	if err != nil {
		return "", reply, err
	}
	if cash.ReleasedBy != 0 {
		return c.No + " 之前已由" + t.Org.Name(cash.ReleasedBy) + "放行,可以发货", reply, nil
	}
	by := lastReleaser(t.Org, r)
	if by == 0 {
		return "批的人里没有能放行的,货没放行。让财务或总监发:放行 " + c.No + " 原因", reply, nil
	}
	stop, _, err := a.stops(ctx, t, tx, c, cash, cashWords{})
	if err != nil {
		return "", reply, err
	}
	why := cutRunes(x.No+" "+x.Topic+" "+x.Body, 60)
	a.letGo(t, tx, c, cash, by, why, stop)
	note = c.No + " 已放行,可以发货"
	if _, need := sales.PrepayGate(c, cash.Collected()); need > 0 {
		note += ",预付还差 " + need.String() + ",照样催"
	}
	if c.OwnerID != x.OwnerID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{c.OwnerID}, Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: "released", Push: true,
			Out: bot.Outgoing{Text: note + "。批的是 " + x.No + "。"},
		})
	}
	return note, reply, nil
}

// lastReleaser is the last of those who approved a request who may let goods go; who stood in for such a one may, too. 0 when
// there is none.
func lastReleaser(org *sales.Org, r approval.Request) sales.PersonID {
	may := func(id sales.PersonID) bool {
		p, ok := org.Person(id)
		return ok && p.Has(releasers...)
	}
	for i := len(r.Log) - 1; i >= 0; i-- {
		e := r.Log[i]
		if e.Verb == approval.VerbApprove && e.Actor != 0 && (may(e.Actor) || e.For != 0 && may(e.For)) {
			return e.Actor
		}
	}
	return 0
}

// setApproved changes the field of an application's record. Rules can ask for those that they may change themselves.
func (a *App) setApproved(ctx context.Context, t bot.Turn, tx Tx, x sales.Application) (note string, err error) {
	if x.AboutKind != "customer" || x.Effect.Field != "class" {
		return x.Effect.Name + "不能这样改,没有改", nil
	}
	c, err := tx.CustomerByID(ctx, x.AboutID)
	if err != nil {
		return "", err
	}
	old := c.Class
	if old == x.Effect.To {
		return c.Name + "已经是 " + view.ClassName(old), nil
	}
	c.Class = x.Effect.To
	tx.UpdateCustomer(c)
	audit(tx, t, "customer.class", "customer", c.ID, sales.Change{Field: "分级", Old: old, New: c.Class}, sales.Change{Field: "审批申请", New: x.No})
	emit(tx, t, "customer.classified", "customer", c.ID)
	return c.Name + ":" + orElse(view.ClassName(old), "未分级") + " → " + view.ClassName(c.Class), nil
}
