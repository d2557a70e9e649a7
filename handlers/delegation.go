package handlers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// DueDelegation is the kind of the due row at which a delegation begins, or ends: whom it waits for is looked at again.
const DueDelegation = "approval.delegation"

// maxDelegation is how many days a delegation may last, and how far ahead it may begin.
const maxDelegation = 366

func (a *App) registerDelegation(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "委托", Aliases: []string{"wt", "审批委托"}, Summary: "一段时间里请人代你审批", Usage: "委托 孙静 明天到周五",
		Detail: "期间等你审批的,代理人也会收到卡片,谁先批都算,记录写明代谁。只委托一类后面写 合同、报价 或 特价。发 委托 看现在的,取消发 取消委托。",
		Handle: a.Delegate,
	})
	r.Command(bot.Command[Tx]{
		Name: "取消委托", Aliases: []string{"qxwt", "收回委托"}, Summary: "收回审批委托", Usage: "取消委托", Handle: a.EndDelegation,
	})
}

// ownDelegations are a person's delegations that are or come, the nearest first.
func (a *App) ownDelegations(ctx context.Context, t bot.Turn, tx Tx) ([]sales.Delegation, error) {
	return tx.Delegations(ctx, []sales.PersonID{t.Person.ID}, sales.At(t.Now), sales.At(t.Now.AddDate(2, 0, 0)))
}

// Delegate lets somebody decide for a person in a period (委托), or lists what is delegated.
func (a *App) Delegate(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := a.ownDelegations(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	words := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(t.Args), "给"))
	if words == "" {
		return bot.Text(view.DelegationList(list, t.Org.Name)), nil
	}
	name, rest := cutWord(words)
	deputy, err := coworker(t, name)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	d, err := readDelegation(t, book, deputy, rest)
	if err != nil {
		return bot.Reply{}, err
	}
	d.ID = tx.NewID()
	for _, x := range list {
		if x.From.Before(d.Until.Time) && d.From.Before(x.Until.Time) {
			return bot.Reply{}, sales.Errorf(sales.Conflict, "和已有的委托重了:"+t.Org.Name(x.DeputyID)+" "+x.Span()+"。先发 取消委托,再重新发。")
		}
	}
	tx.CreateDelegation(d)
	audit(tx, t, "delegation.create", "delegation", d.ID, sales.Change{Field: "代理", New: deputy.Name})
	emit(tx, t, "delegation.created", "delegation", d.ID)
	a.deputyDue(tx, "delegation", d.ID, "begin", d.From.Time)
	a.deputyDue(tx, "delegation", d.ID, "end", d.Until.Time)
	what := delegated(d)
	reply := bot.Text("已委托" + deputy.Name + "代审" + what + "," + d.Span() + "。期间你自己也能批。收回发:取消委托")
	reply.Say = append(reply.Say, bot.Say{
		To: []sales.PersonID{deputy.ID}, Subject: "delegation:" + d.ID.String(), Kind: bot.DeliverPush, Push: true, Slot: "told",
		Out: bot.Outgoing{Text: t.Person.Name + "委托你代审" + what + "," + d.Span() + "。到时卡片也发给你。"},
	})
	return reply, nil
}

// readDelegation reads what is delegated to a deputy, and from when until when.
func readDelegation(t bot.Turn, book *Book, deputy sales.Person, text string) (sales.Delegation, error) {
	d := sales.Delegation{
		PersonID: t.Person.ID, DeputyID: deputy.ID, State: sales.AbsenceActive, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
	}
	for _, k := range flowKinds {
		for _, w := range k.words {
			if strings.Contains(text, w) {
				text = strings.Replace(text, w, " ", 1)
				d.Kinds = append(d.Kinds, string(k.kind))
				break
			}
		}
	}
	away, ok := readAway(t, book, text)
	switch {
	case deputy.ID == t.Person.ID:
		return d, sales.Errorf(sales.Invalid, "不用委托给自己。写一位同事,例:委托 孙静 明天到周五。")
	case len(t.Org.Identities(deputy.ID)) == 0:
		return d, sales.Errorf(sales.Conflict, deputy.Name+"没有聊天账号,收不到卡片。换一位。")
	case strings.TrimSpace(text) == "":
		return d, sales.Errorf(sales.Invalid, "委托"+deputy.Name+"到什么时候?例:委托 "+deputy.Name+" 明天到周五。")
	case !ok:
		return d, sales.Errorf(sales.Invalid, "日期没看懂:\""+cutRunes(text, 20)+"\"。例:委托 "+deputy.Name+" 明天到周五。")
	}
	from := away.from
	if from.Before(t.Now) {
		from = t.Now
	}
	d.From, d.Until = sales.At(from), sales.At(away.until)
	first, last := sales.DayOf(away.from), sales.DayOf(away.until)
	if !d.Until.After(t.Now) || first.Sub(t.Today) > maxDelegation || last.Sub(first) > maxDelegation {
		return d, sales.Errorf(sales.Invalid, "要今天或以后、一年以内的日子。")
	}
	return d, nil
}

// deputyDue has it looked at again who stands in for the person of an absence or delegation.
func (a *App) deputyDue(tx Tx, kind string, id sales.ID, slot string, at time.Time) {
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: DueDelegation, SubjectKind: kind, SubjectID: id, Slot: slot, DueAt: sales.At(at), State: sales.DuePending,
	})
}

// delegated is what a delegation is about, in words.
func delegated(d sales.Delegation) string {
	if len(d.Kinds) == 0 {
		return "全部审批"
	}
	var out []string
	for _, k := range d.Kinds {
		out = append(out, approval.Kind(k).Noun())
	}
	return strings.Join(out, "、")
}

// EndDelegation takes a delegation back (取消委托).
func (a *App) EndDelegation(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := a.ownDelegations(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	n := max(ordinal(bare(t.Args)), 1)
	switch {
	case len(list) == 0:
		return bot.Text("没有委托在用。"), nil
	case n > len(list):
		return bot.Text("没有第 " + strconv.Itoa(n) + " 条。发 委托 看编号。"), nil
	}
	d := list[n-1]
	d.State = sales.AbsenceCancelled
	tx.UpdateDelegation(d)
	tx.CancelDue("", "delegation", d.ID, "cancelled")
	a.deputyDue(tx, "delegation", d.ID, "end", t.Now)
	audit(tx, t, "delegation.cancel", "delegation", d.ID)
	emit(tx, t, "delegation.cancelled", "delegation", d.ID)
	reply := bot.Text("已收回委托" + t.Org.Name(d.DeputyID) + "的审批(" + d.Span() + ")。")
	reply.Say = append(reply.Say, bot.Say{
		To: []sales.PersonID{d.DeputyID}, Subject: "delegation:" + d.ID.String(), Kind: bot.DeliverPush, Push: true, Slot: "ended",
		Out: bot.Outgoing{Text: t.Person.Name + "收回了审批委托,之后的不用你代审。"},
	})
	return reply, nil
}
