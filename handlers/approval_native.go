package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// maxNativeText bounds one field of a platform's form, in runes.
const maxNativeText = 1000

// nativeFieldOrder are the fields of a form in the order in which they are sent, as people read them.
var nativeFieldOrder = []string{
	"no", "kind", "customer", "amount", "products", "payment", "delivery", "valid", "topic", "about", "reason", "terms", "findings", "summary",
}

// place gives a request its place on a platform, where its flow wants it there and everybody concerned has an account there.
// The sentence says why it stays here nevertheless; it is empty when there is nothing to say.
func (a *App) place(ctx context.Context, t bot.Turn, tx Tx, r *approval.Request, p *sales.NativePlace) (string, error) {
	if p == nil || r.State != approval.Pending {
		return "", nil
	}
	name := sales.PlatformName(p.Platform)
	for _, one := range participants(*r) {
		if accountOn(t.Org, one.ID, p.Platform) == "" {
			return one.Name + " 没有" + name + "账号," + r.Label() + " 就在这里审。", nil
		}
	}
	if r.Round > 1 { // one that was there before and could not go on there
		switch _, err := tx.NativeByRequest(ctx, r.ID); {
		case err == nil:
			return name + "审批之前没建成," + r.Label() + " 还在这里审。", nil
		case sales.KindOf(err) != sales.NotFound:
			return "", err
		}
	}
	r.Rules.Place = p.Platform
	tx.CreateNative(sales.NativeApproval{
		ID: tx.NewID(), RequestID: r.ID, Mark: r.No, Platform: p.Platform, Template: p.Template, Form: p.NativeForm,
		State: sales.NativeWanted, NextAt: sales.At(t.Now), CreatedAt: sales.At(t.Now), Version: 1,
	})
	return "", nil
}

// participants are those who need an account where a request is decided: who submits and who decides.
func participants(r approval.Request) []approval.Person {
	out := []approval.Person{{ID: r.Requester, Name: r.RequesterName}}
	for _, s := range r.Steps {
		for _, x := range s.Approvers {
			out = append(out, approval.Person{ID: x.Person, Name: x.Name})
		}
	}
	return out
}

// accountOn is a person's account on a platform, empty when there is none.
func accountOn(org *sales.Org, p sales.PersonID, platform string) bot.UserID {
	for _, i := range org.Identities(p) {
		if i.Platform == platform {
			return bot.UserID(i.UserID)
		}
	}
	return ""
}

// elsewhere is what a request's cards must know of the platform's own approval where it is decided; the zero value while
// there is none.
func (a *App) elsewhere(ctx context.Context, tx Tx, r approval.Request) (view.Elsewhere, error) {
	if r.Rules.Place == "" {
		return view.Elsewhere{}, nil
	}
	out := view.Elsewhere{WithdrawThere: a.Platforms.Of(bot.Platform(r.Rules.Place)).WithdrawnByCreator()}
	n, err := tx.NativeByRequest(ctx, r.ID)
	if sales.KindOf(err) == sales.NotFound {
		return out, nil
	}
	out.Link = linkOf(n)
	return out, err
}

func linkOf(n sales.NativeApproval) string {
	if n.Ref == "" {
		return ""
	}
	return strings.ReplaceAll(n.Form.Link, "{ref}", n.Ref)
}

// NativeForm is what is opened on the platform for a request.
func (a *App) NativeForm(ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval) (bot.NativeForm, error) {
	p, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.NativeForm{}, err
	}
	v, err := p.view(ctx, a, t, tx, r)
	if err != nil {
		return bot.NativeForm{}, err
	}
	f := bot.NativeForm{Template: n.Template, Creator: accountOn(t.Org, r.Requester, n.Platform)}
	if f.Creator == "" {
		return f, sales.Errorf(sales.Conflict, r.RequesterName+" 没有"+sales.PlatformName(n.Platform)+"账号")
	}
	if f.Steps, err = nativeSteps(t.Org, r, n.Platform); err != nil {
		return f, err
	}
	for _, p := range r.CC {
		if u := accountOn(t.Org, p.ID, n.Platform); u != "" {
			f.CC = append(f.CC, u)
		}
	}
	f.Fields = nativeFields(v, n)
	f.Summary = []string{r.Label(), v.Customer}
	if v.Amount > 0 {
		f.Summary = append(f.Summary, "金额 "+v.Amount.Short())
	}
	return f, nil
}

// nativeSteps are the steps of a request as a platform knows them: one of each source (EachOf) is a step for each source.
func nativeSteps(org *sales.Org, r approval.Request, platform string) ([]bot.NativeStep, error) {
	modes := map[approval.SignMode]string{approval.AllOf: "all", approval.AnyOf: "any", approval.EachOf: "any", approval.InOrder: "turn"}
	var out []bot.NativeStep
	for _, s := range r.Steps {
		at := map[int]int{} // source → step
		for _, x := range s.Approvers {
			u := accountOn(org, x.Person, platform)
			if u == "" {
				return nil, sales.Errorf(sales.Conflict, x.Name+" 没有"+sales.PlatformName(platform)+"账号")
			}
			group := 0
			if s.Mode == approval.EachOf {
				group = x.Group
			}
			i, ok := at[group]
			if !ok {
				i = len(out)
				at[group], out = i, append(out, bot.NativeStep{Mode: modes[s.Mode]})
			}
			out[i].Users = append(out[i].Users, u)
		}
	}
	return out, nil
}

// nativeFields fills the places of the form that are configured.
func nativeFields(v view.Paper, n sales.NativeApproval) []bot.NativeField {
	summary := []string{strings.TrimSpace(v.Customer + " " + view.ShortOrNothing(v.Amount))}
	for _, l := range v.Says.Lines {
		summary = append(summary, l[0]+" "+l[1])
	}
	text := map[string]string{
		"no": n.Mark, "kind": v.Request.Kind.Noun(), "customer": v.Customer, "amount": v.Amount.String(), "payment": v.Says.Line("付款"),
		"delivery": v.Says.Line("交期"), "valid": v.Says.Line("有效"), "topic": v.Says.Line("事由"), "about": v.Says.Line("关于"), "reason": v.Says.Line("理由"), "products": strings.Join(v.Says.Products, "、"),
		"terms": v.Says.Terms, "findings": strings.Join(v.Says.Findings, ";"), "summary": cutRunes(strings.Join(summary, "\n"), maxNativeText),
	}
	number := map[string]string{"amount": fmt.Sprintf("%d.%02d", v.Amount/sales.Yuan, v.Amount%sales.Yuan)}
	var out []bot.NativeField
	for _, key := range nativeFieldOrder {
		control := n.Form.Fields[key]
		if control == "" {
			continue
		}
		value := text[key]
		if value == "" {
			value = "没有"
		}
		out = append(out, bot.NativeField{Control: control, Text: value, Number: number[key]})
	}
	return out
}

// NativeMoved notes that the platform says something of an approval of its own. What it is, the platform is asked.
func (a *App) NativeMoved(_ context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	tx.WakeNative(string(t.Event.Platform), t.Event.Text, t.Now)
	return bot.Reply{}, nil
}

// NativeCreated notes the platform's number of an approval and puts the link on every card.
func (a *App) NativeCreated(ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval) (bot.Reply, error) {
	p, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, err
	}
	tx.UpdateNative(n)
	audit(tx, t, p.object()+".native", p.object(), p.id(), sales.Change{Field: sales.PlatformName(n.Platform) + "审批", New: n.Ref})
	if n.Form.Link == "" {
		return bot.Reply{}, nil
	}
	v, err := p.view(ctx, a, t, tx, r)
	v.Link = linkOf(n)
	return bot.Reply{Faces: view.PaperFaces(v)}, err
}

// NativeFailed lets a request go on by our own cards, since the platform's approval could not be created.
func (a *App) NativeFailed(ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval, why string) (bot.Reply, error) {
	p, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, err
	}
	name := sales.PlatformName(n.Platform)
	n.State, n.Reason = sales.NativeFailed, cutRunes(why, 500)
	tx.UpdateNative(n)
	if r.State.Final() {
		return bot.Reply{}, nil
	}
	r.Rules.Place = ""
	r.Version++
	if r, err = a.covered(ctx, t, tx, r); err != nil { // who is away has a deputy here, not there
		return bot.Reply{}, err
	}
	tx.UpdateRequest(r)
	audit(tx, t, p.object()+".native_failed", p.object(), p.id(), sales.Change{Field: name + "审批", New: n.Reason})
	emit(tx, t, p.object()+".native_failed", p.object(), p.id())
	v, err := p.view(ctx, a, t, tx, r)
	if err != nil {
		return bot.Reply{}, err
	}
	out := approval.Outcome{}
	for _, p := range r.Turn() {
		out.Notify = append(out.Notify, approval.Notice{To: p, Why: approval.WhyTurn})
	}
	reply := a.notices(v, out)
	for _, f := range view.PaperFaces(v) {
		if !sentAfresh(reply, f.Key) {
			reply.Faces = append(reply.Faces, f)
		}
	}
	say := func(to []sales.PersonID, slot, text string) {
		reply.Say = append(reply.Say, bot.Say{
			To: to, Subject: paperSubject(p), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Text: text},
		})
	}
	what := "没建成"
	if n.Ref != "" {
		what = "走不下去了"
	}
	say([]sales.PersonID{r.Requester}, "native_failed", name+"审批"+what+","+r.Label()+" 改在这里审,现在等 "+r.NextText()+"。")
	admins := t.Org.WhoHas(sales.RoleAdmin)
	if len(admins) > 0 {
		say(admins, "native_failed_admin", name+"审批"+what+"("+p.no()+"):"+n.Reason+"。查这条审批流程的 place:模板和控件,再看应用的审批权限。")
	}
	return reply, nil
}

// nativeRecords are the record and the request that a native approval is about.
func nativeRecords(ctx context.Context, tx Tx, n sales.NativeApproval) (paper, approval.Request, error) {
	r, err := tx.RequestByID(ctx, n.RequestID)
	if err != nil {
		return nil, r, err
	}
	p, err := paperOf(ctx, tx, r)
	return p, r, err
}

// FollowNative does one thing that has happened on the platform and is not done here yet, and says whether there may be
// more. The platform's state is the truth: doing it twice, late or in another order comes to the same.
func (a *App) FollowNative(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, st bot.NativeState) (reply bot.Reply, more bool, err error) {
	n, err := tx.NativeByID(ctx, id)
	if err != nil || n.Ended() {
		return bot.Reply{}, false, err
	}
	p, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, false, err
	}
	for _, d := range st.Decisions {
		if slices.Contains(n.Seen, d.Key) {
			continue
		}
		n.Seen, n.Quiet = append(n.Seen, d.Key), 0
		tx.UpdateNative(n)
		reply, err = a.followDecision(ctx, t, tx, n, p, r, d)
		return reply, true, err
	}
	if st.Status == bot.NativeRunning {
		return bot.Reply{}, false, nil
	}
	n.State = sales.NativeDone
	tx.UpdateNative(n)
	reply, err = a.concludeNative(ctx, t, tx, n, p, r, st)
	return reply, false, err
}

// decider is the person behind an account on the platform, as the trace names them.
func decider(t *bot.Turn, platform string, user bot.UserID) approval.Person {
	p, ok := t.Org.ByAccount(platform, string(user))
	if !ok {
		return approval.Person{Name: sales.PlatformName(platform) + "账号 " + cutRunes(string(user), 40)}
	}
	t.Person = p
	return approval.Person{ID: p.ID, Name: p.Name}
}

func (a *App) followDecision(
	ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval, p paper, r approval.Request, d bot.NativeDecision,
) (bot.Reply, error) {
	if r.State.Final() {
		return bot.Reply{}, nil
	}
	who := decider(&t, n.Platform, d.User)
	t.Event = bot.Event{Platform: bot.Platform(n.Platform), ID: "native:" + n.Ref + ":" + d.Key}
	after, out, err := approval.Follow(r, who, d.Agree, d.Comment, d.At)
	var told *sales.Error
	if errors.As(err, &told) { // the platform let somebody decide for whom there is no place here; its end is followed
		return bot.Reply{}, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return a.nativeApplied(ctx, t, tx, changed{p: p, before: r, after: after, out: out})
}

// nativeApplied is applied without a dialogue: nobody has said anything.
func (a *App) nativeApplied(ctx context.Context, t bot.Turn, tx Tx, ch changed) (bot.Reply, error) {
	t.Dialogue = sales.Dialogue{}
	reply, err := a.applied(ctx, t, tx, ch)
	reply.Dialogue = nil
	return reply, err
}

var nativeEnds = map[bot.NativeStatus]approval.State{
	bot.NativeApproved: approval.Approved, bot.NativeRejected: approval.Rejected, bot.NativeWithdrawn: approval.Withdrawn,
	bot.NativeRevoked: approval.Withdrawn,
}

func (a *App) concludeNative(
	ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval, p paper, r approval.Request, st bot.NativeState,
) (bot.Reply, error) {
	say := func(slot, text string) bot.Say {
		return bot.Say{
			To: []sales.PersonID{r.Requester}, Subject: paperSubject(p), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Text: text},
		}
	}
	t.Event = bot.Event{Platform: bot.Platform(n.Platform), ID: "native:" + n.Ref + ":" + string(st.Status)}
	if r.State.Final() {
		if st.Status != bot.NativeRevoked || r.State != approval.Approved {
			return bot.Reply{}, nil
		}
		audit(tx, t, p.object()+".native_revoked", p.object(), p.id())
		emit(tx, t, p.object()+".native_revoked", p.object(), p.id())
		return bot.Reply{Say: []bot.Say{say("revoked", r.Label()+" 通过后在"+sales.PlatformName(n.Platform)+"审批里被撤销了。这边仍记着已通过,要作废找管理员。")}}, nil
	}
	who := decider(&t, n.Platform, st.By)
	if st.By == "" {
		who = approval.Person{Name: sales.PlatformName(n.Platform) + "审批"}
	}
	at := st.At
	if at.IsZero() {
		at = t.Now
	}
	comment := st.Comment
	if comment == "" {
		comment = n.Reason
	}
	after, out, err := approval.Conclude(r, nativeEnds[st.Status], who, comment, at)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.nativeApplied(ctx, t, tx, changed{p: p, before: r, after: after, out: out})
	if err == nil && after.State == approval.Withdrawn {
		reply.Say = append(reply.Say, say("withdrawn", r.Label()+" 已在"+sales.PlatformName(n.Platform)+"审批里撤销,这边也撤回了。改好可以重新提交一份。"))
	}
	return reply, err
}

// withdrawNative asks the platform to take an approval back; our record follows when it has.
func (a *App) withdrawNative(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request, why string) (bot.Reply, error) {
	if _, _, err := approval.Withdraw(r, a.actor(t, p, r), t.Now, why); err != nil {
		return a.refused(ctx, t, tx, p, r, err)
	}
	n, err := tx.NativeByRequest(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	name := sales.PlatformName(n.Platform)
	if there := a.Platforms.Of(bot.Platform(n.Platform)); there.WithdrawnByCreator() && n.State != sales.NativeWanted {
		return a.refused(ctx, t, tx, p, r, sales.Errorf(sales.Forbidden,
			"撤回要你自己到"+name+"里撤:"+there.HowToWithdraw(p.no())+"。撤了这边自动跟上。"))
	}
	n.State, n.Reason, n.NextAt, n.Quiet = sales.NativeWithdrawing, cutRunes(why, 200), sales.At(t.Now), 0
	tx.UpdateNative(n)
	audit(tx, t, p.object()+".withdraw_asked", p.object(), p.id(), sales.Change{Field: "说明", New: why})
	text := "正在" + name + "审批里撤销 " + p.no() + ",撤掉就告诉你。"
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}}, nil
}

// NativeNeverBegan ends a request that was withdrawn before the platform knew of it.
func (a *App) NativeNeverBegan(ctx context.Context, t bot.Turn, tx Tx, id sales.ID) (bot.Reply, error) {
	n, err := tx.NativeByID(ctx, id)
	if err != nil || n.Ended() {
		return bot.Reply{}, err
	}
	p, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, err
	}
	n.State = sales.NativeDone
	tx.UpdateNative(n)
	st := bot.NativeState{Status: bot.NativeWithdrawn, By: accountOn(t.Org, r.Requester, n.Platform), At: t.Now}
	return a.concludeNative(ctx, t, tx, n, p, r, st)
}
