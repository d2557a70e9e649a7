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

// NativePlace is where one kind of paper is approved when that is a platform's own approval (原生审批).
type NativePlace struct {
	// Platform is empty for our own cards; Template is the platform's form.
	Platform, Template string
	// Above is the amount from which on papers go there.
	Above sales.Money
	// Fields name the places of the form, by ours (configs.NativeFields).
	Fields map[string]string
	// Link opens one, {ref} standing for the platform's number; empty: none.
	Link string
}

// place gives a request its place on a platform, where the company wants it there and everybody concerned has an account
// there. The sentence says why it stays here nevertheless; it is empty when there is nothing to say.
func (a *App) place(t bot.Turn, tx Tx, c sales.Contract, r *approval.Request) string {
	p := a.Settings.NativeContract
	if p.Platform == "" || r.State != approval.Pending || r.Amount < p.Above {
		return ""
	}
	name := placeName(p.Platform)
	for _, one := range participants(*r) {
		if accountOn(t.Org, one.ID, p.Platform) == "" {
			return one.Name + " 没有" + name + "账号," + r.Label() + " 就在这里审。"
		}
	}
	r.Rules.Place = p.Platform
	tx.CreateNative(sales.NativeApproval{
		ID: tx.NewID(), RequestID: r.ID, ContractID: c.ID, Mark: c.No, Platform: p.Platform, Template: p.Template,
		State: sales.NativeWanted, NextAt: sales.At(t.Now), CreatedAt: sales.At(t.Now), Version: 1,
	})
	return ""
}

func placeName(platform string) string {
	return approval.Request{Rules: approval.Rules{Place: platform}}.Placed()
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

// nativeLink is the address of the platform's own approval of a request; empty while there is none.
func (a *App) nativeLink(ctx context.Context, tx Tx, r approval.Request) (string, error) {
	if r.Rules.Place == "" || a.Settings.NativeContract.Link == "" {
		return "", nil
	}
	n, err := tx.NativeByRequest(ctx, r.ID)
	if sales.KindOf(err) == sales.NotFound || err == nil && n.Ref == "" {
		return "", nil
	}
	return strings.ReplaceAll(a.Settings.NativeContract.Link, "{ref}", n.Ref), err
}

// NativeForm is what is opened on the platform for a request.
func (a *App) NativeForm(ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval) (bot.NativeForm, error) {
	c, err := tx.ContractByID(ctx, n.ContractID)
	if err != nil {
		return bot.NativeForm{}, err
	}
	r, err := tx.RequestByID(ctx, n.RequestID)
	if err != nil {
		return bot.NativeForm{}, err
	}
	v, err := a.contractView(ctx, t, tx, c, r)
	if err != nil {
		return bot.NativeForm{}, err
	}
	f := bot.NativeForm{Template: n.Template, Creator: accountOn(t.Org, r.Requester, n.Platform)}
	if f.Creator == "" {
		return f, sales.Errorf(sales.Conflict, r.RequesterName+" 没有"+placeName(n.Platform)+"账号")
	}
	for _, s := range r.Steps {
		step := bot.NativeStep{Mode: map[approval.SignMode]string{approval.AllOf: "all", approval.AnyOf: "any", approval.InOrder: "turn"}[s.Mode]}
		for _, x := range s.Approvers {
			u := accountOn(t.Org, x.Person, n.Platform)
			if u == "" {
				return f, sales.Errorf(sales.Conflict, x.Name+" 没有"+placeName(n.Platform)+"账号")
			}
			step.Users = append(step.Users, u)
		}
		f.Steps = append(f.Steps, step)
	}
	for _, p := range r.CC {
		if u := accountOn(t.Org, p.ID, n.Platform); u != "" {
			f.CC = append(f.CC, u)
		}
	}
	f.Fields = a.nativeFields(v, n.Mark)
	f.Summary = []string{"合同 " + c.No, v.Customer, "金额 " + c.Amount.Short()}
	return f, nil
}

// nativeFields fills the places of the form that are configured.
func (a *App) nativeFields(v view.Contract, mark string) []bot.NativeField {
	var terms []string
	words := map[string]string{}
	for _, l := range view.TermLines(v) {
		words[l[0]] = l[1]
		terms = append(terms, l[0]+" "+l[1])
	}
	var findings []string
	for _, x := range v.Findings {
		findings = append(findings, x.Sentence())
	}
	text := map[string]string{
		"no": mark, "customer": v.Customer, "amount": v.Contract.Amount.String(), "payment": words["付款"], "delivery": words["交期"],
		"products": strings.Join(v.Products, "、"), "terms": v.Contract.Terms, "findings": strings.Join(findings, ";"),
		"summary": v.Customer + " " + v.Contract.Amount.String() + "\n" + strings.Join(terms, "\n"),
	}
	number := map[string]string{"amount": fmt.Sprintf("%d.%02d", v.Contract.Amount/sales.Yuan, v.Contract.Amount%sales.Yuan)}
	var out []bot.NativeField
	for _, key := range []string{"no", "customer", "amount", "products", "payment", "delivery", "terms", "findings", "summary"} {
		if control := a.Settings.NativeContract.Fields[key]; control != "" {
			value := text[key]
			if value == "" {
				value = "没有"
			}
			out = append(out, bot.NativeField{Control: control, Text: value, Number: number[key]})
		}
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
	c, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, err
	}
	tx.UpdateNative(n)
	audit(tx, t, "contract.native", "contract", c.ID, sales.Change{Field: placeName(n.Platform) + "审批", New: n.Ref})
	v, err := a.contractView(ctx, t, tx, c, r)
	if err != nil {
		return bot.Reply{}, err
	}
	if a.Settings.NativeContract.Link != "" {
		v.Link = strings.ReplaceAll(a.Settings.NativeContract.Link, "{ref}", n.Ref)
		return bot.Reply{Faces: view.ContractFaces(v)}, nil
	}
	return bot.Reply{}, nil
}

// NativeFailed lets a request go on by our own cards, since the platform's approval could not be created.
func (a *App) NativeFailed(ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval, why string) (bot.Reply, error) {
	c, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, err
	}
	name := placeName(n.Platform)
	n.State, n.Reason = sales.NativeFailed, cutRunes(why, 500)
	tx.UpdateNative(n)
	if r.State.Final() {
		return bot.Reply{}, nil
	}
	r.Rules.Place = ""
	r.Version++
	tx.UpdateRequest(r)
	audit(tx, t, "contract.native_failed", "contract", c.ID, sales.Change{Field: name + "审批", New: n.Reason})
	emit(tx, t, "contract.native_failed", "contract", c.ID)
	v, err := a.contractView(ctx, t, tx, c, r)
	if err != nil {
		return bot.Reply{}, err
	}
	out := approval.Outcome{}
	for _, p := range r.Turn() {
		out.Notify = append(out.Notify, approval.Notice{To: p, Why: approval.WhyTurn})
	}
	reply := a.notices(v.Paper(), out)
	for _, f := range view.ContractFaces(v) {
		if !sentAfresh(reply, f.Key) {
			reply.Faces = append(reply.Faces, f)
		}
	}
	say := func(to []sales.PersonID, slot, text string) {
		reply.Say = append(reply.Say, bot.Say{
			To: to, Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Text: text},
		})
	}
	what := "没建成"
	if n.Ref != "" {
		what = "走不下去了"
	}
	say([]sales.PersonID{r.Requester}, "native_failed", name+"审批"+what+","+r.Label()+" 改在这里审,现在等 "+r.NextText()+"。")
	var admins []sales.PersonID
	for _, p := range t.Org.WithRole(sales.RoleAdmin) {
		admins = append(admins, p.ID)
	}
	if len(admins) > 0 {
		say(admins, "native_failed_admin", name+"审批"+what+"("+c.No+"):"+n.Reason+"。查 native_approval 的模板和控件,再看应用的审批权限。")
	}
	return reply, nil
}

func nativeRecords(ctx context.Context, tx Tx, n sales.NativeApproval) (c sales.Contract, r approval.Request, err error) {
	if c, err = tx.ContractByID(ctx, n.ContractID); err == nil {
		r, err = tx.RequestByID(ctx, n.RequestID)
	}
	return c, r, err
}

// FollowNative does one thing that has happened on the platform and is not done here yet, and says whether there may be
// more. The platform's state is the truth: doing it twice, late or in another order comes to the same.
func (a *App) FollowNative(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, st bot.NativeState) (reply bot.Reply, more bool, err error) {
	n, err := tx.NativeByID(ctx, id)
	if err != nil || n.Ended() {
		return bot.Reply{}, false, err
	}
	c, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, false, err
	}
	for _, d := range st.Decisions {
		if slices.Contains(n.Seen, d.Key) {
			continue
		}
		n.Seen, n.Quiet = append(n.Seen, d.Key), 0
		tx.UpdateNative(n)
		reply, err = a.followDecision(ctx, t, tx, n, c, r, d)
		return reply, true, err
	}
	if st.Status == bot.NativeRunning {
		return bot.Reply{}, false, nil
	}
	n.State = sales.NativeDone
	tx.UpdateNative(n)
	reply, err = a.concludeNative(ctx, t, tx, n, c, r, st)
	return reply, false, err
}

// decider is the person behind an account on the platform, as the trace names them.
func decider(t *bot.Turn, platform string, user bot.UserID) approval.Person {
	p, ok := t.Org.ByAccount(platform, string(user))
	if !ok {
		return approval.Person{Name: placeName(platform) + "账号 " + cutRunes(string(user), 40)}
	}
	t.Person = p
	return approval.Person{ID: p.ID, Name: p.Name}
}

func (a *App) followDecision(
	ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval, c sales.Contract, r approval.Request, d bot.NativeDecision,
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
	return a.nativeApplied(ctx, t, tx, changed{p: contractPaper{c}, before: r, after: after, out: out})
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
	ctx context.Context, t bot.Turn, tx Tx, n sales.NativeApproval, c sales.Contract, r approval.Request, st bot.NativeState,
) (bot.Reply, error) {
	say := func(slot, text string) bot.Say {
		return bot.Say{
			To: []sales.PersonID{r.Requester}, Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Text: text},
		}
	}
	t.Event = bot.Event{Platform: bot.Platform(n.Platform), ID: "native:" + n.Ref + ":" + string(st.Status)}
	if r.State.Final() {
		if st.Status != bot.NativeRevoked || r.State != approval.Approved {
			return bot.Reply{}, nil
		}
		audit(tx, t, "contract.native_revoked", "contract", c.ID)
		emit(tx, t, "contract.native_revoked", "contract", c.ID)
		return bot.Reply{Say: []bot.Say{say("revoked", r.Label()+" 通过后在"+placeName(n.Platform)+"审批里被撤销了。这边仍记着已通过,要作废找管理员。")}}, nil
	}
	who := decider(&t, n.Platform, st.By)
	if st.By == "" {
		who = approval.Person{Name: placeName(n.Platform) + "审批"}
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
	reply, err := a.nativeApplied(ctx, t, tx, changed{p: contractPaper{c}, before: r, after: after, out: out})
	if err == nil && after.State == approval.Withdrawn {
		reply.Say = append(reply.Say, say("withdrawn", r.Label()+" 已在"+placeName(n.Platform)+"审批里撤销,这边也撤回了。改好可以重新提交一份。"))
	}
	return reply, err
}

// withdrawNative asks the platform to take an approval back; our record follows when it has.
func (a *App) withdrawNative(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request, why string) (bot.Reply, error) {
	if _, _, err := approval.Withdraw(r, a.actor(t, r), t.Now, why); err != nil {
		return a.refused(ctx, t, tx, contractPaper{c}, r, err)
	}
	n, err := tx.NativeByRequest(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	name := placeName(n.Platform)
	if n.Platform == platformWeCom && n.State != sales.NativeWanted {
		return a.refused(ctx, t, tx, contractPaper{c}, r, sales.Errorf(sales.Forbidden,
			"撤回要你自己到"+name+"里撤:工作台 → 审批 → 我提交的 → "+c.No+" → 撤销。撤了这边自动跟上。"))
	}
	n.State, n.Reason, n.NextAt, n.Quiet = sales.NativeWithdrawing, cutRunes(why, 200), sales.At(t.Now), 0
	tx.UpdateNative(n)
	audit(tx, t, "contract.withdraw_asked", "contract", c.ID, sales.Change{Field: "说明", New: why})
	text := "正在" + name + "审批里撤销 " + c.No + ",撤掉就告诉你。"
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}}, nil
}

// NativeNeverBegan ends a request that was withdrawn before the platform knew of it.
func (a *App) NativeNeverBegan(ctx context.Context, t bot.Turn, tx Tx, id sales.ID) (bot.Reply, error) {
	n, err := tx.NativeByID(ctx, id)
	if err != nil || n.Ended() {
		return bot.Reply{}, err
	}
	c, r, err := nativeRecords(ctx, tx, n)
	if err != nil {
		return bot.Reply{}, err
	}
	n.State = sales.NativeDone
	tx.UpdateNative(n)
	st := bot.NativeState{Status: bot.NativeWithdrawn, By: accountOn(t.Org, r.Requester, n.Platform), At: t.Now}
	return a.concludeNative(ctx, t, tx, n, c, r, st)
}
