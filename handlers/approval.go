package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Topics of open questions about an approval, and how many waiting ones a message lists.
const (
	topicApprovalReason = "approval.reason"
	topicApprovalName   = "approval.name"
	maxPending          = 10
)

var contractStates = map[approval.State]string{
	approval.Pending: sales.ContractPending, approval.Returned: sales.ContractReturned, approval.Approved: sales.ContractApproved,
	approval.Rejected: sales.ContractRejected, approval.Withdrawn: sales.ContractWithdrawn,
}

func (a *App) registerApproval(r *bot.Router[Tx]) {
	legal := func(n int) map[sales.Role]int {
		return map[sales.Role]int{sales.RoleLegal: n, sales.RoleLegalHead: n, sales.RoleDirector: n + 1}
	}
	r.Command(bot.Command[Tx]{
		Name: "审批", Aliases: []string{"待审", "sp", "我的审批"}, Summary: "看等你审批的", Usage: "审批",
		Detail: "列出等你的合同和报价,最早的在前,没有超制度的能一键批完。只有一份时直接出卡片。", Rank: legal(1), Handle: a.ListApprovals,
	})
	r.Command(bot.Command[Tx]{
		Name: "同意", Aliases: []string{"ty"}, Summary: "同意一份审批", Usage: "同意 HT2026-018",
		Detail: "后面可以带一句意见。几份一起批:同意 HT2026-018 HT2026-019,或 同意 A18 A19(A 是合同,B 是报价,T 是特价,S 是审批申请)。只有一份等你时可以不写编号。", Rank: legal(2),
		Example: a.approvalExample("同意", ""), Handle: a.typedVerb(approval.VerbApprove),
	})
	r.Command(bot.Command[Tx]{
		Name: "退回", Aliases: []string{"退回修改", "th"}, Summary: "退回去改", Usage: "退回 HT2026-018 账期改成45天",
		Detail: "要写改什么。提交人改好后回到你这一步。工单缺参数也这样退:退回 GD2026-001 公差 没写基准。", Rank: legal(3), Example: a.approvalExample("退回", "账期改成45天"),
		Handle: a.workOr("return", a.typedVerb(approval.VerbSendBack)),
	})
	r.Command(bot.Command[Tx]{
		Name: "驳回", Aliases: []string{"bh"}, Summary: "驳回,要写原因", Usage: "驳回 HT2026-018 价格太低", Rank: legal(4),
		Example: a.approvalExample("驳回", "价格太低"), Handle: a.typedVerb(approval.VerbReject),
	})
	r.Command(bot.Command[Tx]{
		Name: "转交", Aliases: []string{"转审", "zj"}, Summary: "把这一步转给别人审", Usage: "转交 HT2026-018 孙静",
		Handle: a.typedVerb(approval.VerbTransfer),
	})
	r.Command(bot.Command[Tx]{
		Name: "加签", Aliases: []string{"jq"}, Summary: "请别人先签,再轮到你", Usage: "加签 HT2026-018 王芳",
		Detail: "签完再轮到你。要在你之后签,后面加 之后:加签 HT2026-018 王芳 之后。",
		Handle: a.typedVerb(approval.VerbAddApprover),
	})
	r.Command(bot.Command[Tx]{
		Name: "催办", Aliases: []string{"cb", "催一下"}, Summary: "催一下卡住的审批", Usage: "催办 HT2026-018",
		Detail: "推给现在该审的人。" + a.nudgeLimit(), Rank: map[sales.Role]int{sales.RoleRep: 7}, Handle: a.typedVerb(approval.VerbNudge),
	})
	r.Command(bot.Command[Tx]{
		Name: "撤回", Aliases: []string{"ch"}, Summary: "撤回自己提交的合同", Usage: "撤回 HT2026-018", Handle: a.typedVerb(approval.VerbWithdraw),
	})
	r.Command(bot.Command[Tx]{
		Name: "留言", Aliases: []string{"ly"}, Summary: "在审批里留一句话", Usage: "留言 HT2026-018 客户同意先付三成",
		Handle: a.typedVerb(approval.VerbComment),
	})
	for _, object := range paperObjects {
		for verb, v := range tapVerbs {
			r.Action(object+"."+verb, a.tapVerb(v))
		}
		r.Action(object+".more", a.TapMore)
		r.Action(object+".resubmit", a.TapResubmit)
		r.Action(object+".files", a.TapFiles)
		r.Action(object+".detail", a.TapDetail)
	}
	a.registerApprovalMore(r)
	r.Topic(topicApprovalReason, a.AnswerReason)
	r.Topic(topicApprovalName, a.AnswerName)
}

var tapVerbs = map[string]approval.Verb{
	"approve": approval.VerbApprove, "sendback": approval.VerbSendBack, "reject": approval.VerbReject,
	"transfer": approval.VerbTransfer, "addsign": approval.VerbAddApprover, "nudge": approval.VerbNudge,
	"withdraw": approval.VerbWithdraw,
}

// approvalExample is a verb on the oldest request that waits for the person.
func (a *App) approvalExample(verb, rest string) func(context.Context, bot.Turn, Tx) (string, error) {
	return func(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
		rs, err := tx.PendingRequests(ctx, t.Person.ID, 1)
		if err != nil {
			return "", err
		}
		if len(rs) == 0 {
			return "", nil // nothing waits for them
		}
		return strings.TrimSpace(verb + " " + rs[0].No + " " + rest), nil
	}
}

// act is one verb on one record: who, and what was said with it.
type act struct {
	verb    approval.Verb
	comment string
	target  approval.Person
	after   bool // of an addition: signs after the actor
}

// changed is a record whose approval has changed in this turn.
type changed struct {
	p             paper
	before, after approval.Request
	out           approval.Outcome
	// edited says that the record itself changed too; fresh are the files made in this turn.
	edited bool
	fresh  []sales.File
}

// actor is who acts on a record. A record that was handed over is its new owner's too; of one whose requester has left, the
// superior's.
func (a *App) actor(t bot.Turn, p paper, r approval.Request) approval.Actor {
	left := approval.OrgResolver{Org: t.Org}.Gone(r.Requester)
	return approval.Actor{
		Person:   approval.Person{ID: t.Person.ID, Name: t.Person.Name},
		Oversees: sales.SeesContracts(t.Person) || t.Org.ScopeOf(t.Person).Covers(r.Requester),
		Succeeds: p.owner() == t.Person.ID || left && t.Org.Above(t.Person, r.Requester),
	}
}

// try applies a verb to a request; it changes nothing by itself.
func (a *App) try(t bot.Turn, r approval.Request, actor approval.Actor, v act) (approval.Request, approval.Outcome, error) {
	switch v.verb {
	case approval.VerbApprove:
		return approval.Approve(r, actor, t.Now, v.comment)
	case approval.VerbReject:
		return approval.Reject(r, actor, t.Now, v.comment)
	case approval.VerbSendBack:
		return approval.SendBack(r, actor, t.Now, v.comment)
	case approval.VerbTransfer:
		return approval.Transfer(r, actor, t.Now, v.target, v.comment)
	case approval.VerbAddApprover:
		pos := approval.Before
		if v.after {
			pos = approval.After
		}
		return approval.AddApprover(r, actor, t.Now, v.target, pos, v.comment)
	case approval.VerbNudge:
		return approval.Nudge(r, actor, t.Now)
	case approval.VerbWithdraw:
		return approval.Withdraw(r, actor, t.Now, v.comment)
	case approval.VerbComment:
		return approval.Comment(r, actor, t.Now, v.comment)
	case approval.VerbSupplement:
		return approval.Supplement(r, actor, t.Now, v.comment)
	case approval.VerbCopy:
		return approval.Copy(r, actor, t.Now, v.target)
	}
	return r, approval.Outcome{}, fmt.Errorf("approval verb %q", v.verb)
}

// perform does a verb and everything that follows. A refusal is explained and changes nothing; the live faces go along,
// so that a stale card is put right.
func (a *App) perform(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request, v act) (bot.Reply, error) {
	if v.verb == approval.VerbWithdraw && r.Rules.Place != "" {
		return a.withdrawNative(ctx, t, tx, p, r, v.comment)
	}
	actor, err := a.actorFor(ctx, t, tx, p, r, v.verb)
	if err != nil {
		return bot.Reply{}, err
	}
	after, out, err := a.try(t, r, actor, v)
	if err != nil {
		return a.refused(ctx, t, tx, p, r, err)
	}
	ch := changed{p: p, before: r, after: after, out: out}
	a.relieve(t, &ch)
	reply, err := a.applied(ctx, t, tx, ch)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Event.Kind != bot.Tapped {
		reply.Say = append(bot.Text(doneText(v, ch.after)).Say, reply.Say...)
	}
	return reply, nil
}

// refused tells why nothing changed, and puts every copy of the card right.
func (a *App) refused(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request, err error) (bot.Reply, error) {
	var told *sales.Error
	if !errors.As(err, &told) || told.Msg == "" || t.Event.Kind != bot.Tapped {
		return bot.Reply{}, err
	}
	v, verr := p.view(ctx, a, t, tx, r)
	if verr != nil {
		return bot.Reply{}, verr
	}
	return bot.Reply{Say: bot.Text(told.Msg).Say, Faces: liveFace(t, view.PaperFaces(v))}, nil
}

// liveFace picks the face of the tapped card; the other copies are right already.
func liveFace(t bot.Turn, faces []cards.Card) []cards.Card {
	if t.Card == nil {
		return nil
	}
	for _, f := range faces {
		if f.Key == t.Card.Key {
			return []cards.Card{f}
		}
	}
	return nil
}

var doneWords = map[approval.Verb]string{
	approval.VerbApprove: "已同意", approval.VerbReject: "已驳回", approval.VerbSendBack: "已退回", approval.VerbNudge: "已催办",
	approval.VerbWithdraw: "已撤回", approval.VerbComment: "已留言", approval.VerbTransfer: "已转交", approval.VerbAddApprover: "已加签",
	approval.VerbSupplement: "已补充", approval.VerbCopy: "已抄送",
}

// doneText says what was done and what is next.
func doneText(v act, r approval.Request) string {
	s := doneWords[v.verb]
	if v.target.Name != "" {
		s += "给" + v.target.Name
	}
	s += ":" + r.Label()
	switch r.State {
	case approval.Approved:
		return s + ",全部通过了。"
	case approval.Returned:
		return s + ",等" + r.RequesterName + "改好再提交。"
	case approval.Pending:
		return s + ",现在等 " + r.NextText() + "。"
	case approval.Withdrawn:
		if r.Kind != approval.Agreement {
			return s + "。改好再提发:重新提交 " + r.No + " 改了什么"
		}
	}
	return s + "。"
}

// applied writes a changed approval and what follows from it: trace, due rows, everyone's cards, who is told, and the
// incident when there is one.
func (a *App) applied(ctx context.Context, t bot.Turn, tx Tx, ch changed) (bot.Reply, error) {
	p := ch.p
	a.relieve(t, &ch)
	r, err := a.covered(ctx, t, tx, ch.after)
	if err != nil {
		return bot.Reply{}, err
	}
	tx.UpdateRequest(r)
	turned := false
	var brought bot.Reply
	switch x := p.(type) {
	case contractPaper:
		p, turned = x.turned(t.Now, ch.before, r)
	case applicationPaper:
		if x.Application, brought, err = a.takeEffect(ctx, t, tx, x.Application, ch.before.State, r); err != nil {
			return bot.Reply{}, err
		}
		p = x
	}
	if ch.before.State != r.State || ch.edited || turned {
		p = p.write(tx, r.State)
	}
	if err := traceEntries(tx, t, p, ch.before.State, r.State, ch.out.Entries); err != nil {
		return bot.Reply{}, err
	}
	emit(tx, t, p.object()+"."+string(ch.out.Verb), p.object(), p.id())
	if ch.before.State != r.State {
		emit(tx, t, p.object()+"."+string(r.State), p.object(), p.id())
		if err := a.approvalMoved(ctx, t, tx, p, ch.before.State, r.State); err != nil {
			return bot.Reply{}, err
		}
	}
	p.schedule(tx, r)
	v, err := p.view(ctx, a, t, tx, r, ch.fresh...)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := a.notices(v, ch.out)
	for _, f := range view.PaperFaces(v) {
		if !sentAfresh(reply, f.Key) {
			reply.Faces = append(reply.Faces, f)
		}
	}
	more, err := p.follow(ctx, a, t, tx, r)
	if err != nil {
		return bot.Reply{}, err
	}
	reply = reply.And(brought).And(more)
	reply.Dialogue = remember(answered(t.Dialogue), p.object(), p.id(), t.Now)
	return reply, nil
}

// relieve puts others in the place of those who have left the company.
func (a *App) relieve(t bot.Turn, ch *changed) {
	org := approval.OrgResolver{Org: t.Org}
	after, out, moved := approval.Relieve(ch.after, org, t.Now)
	if !moved {
		return
	}
	ch.after = after
	ch.out.Entries = append(ch.out.Entries, out.Entries...)
	ch.out.Notify = slices.DeleteFunc(ch.out.Notify, func(n approval.Notice) bool { return n.Why == approval.WhyTurn && org.Gone(n.To.ID) })
	for _, n := range out.Notify {
		if !slices.ContainsFunc(ch.out.Notify, func(x approval.Notice) bool { return x.To.ID == n.To.ID }) {
			ch.out.Notify = append(ch.out.Notify, n)
		}
	}
}

// answered ends an open question about an approval; a draft of something else stays open.
func answered(d sales.Dialogue) *sales.Dialogue {
	switch d.Topic {
	case topicApprovalReason, topicApprovalName, topicResubmit:
		return closeTopic(d)
	}
	return &d
}

// sentAfresh reports whether a card of this key goes out anew to all who have it: then its old copies are closed by
// that. A card that goes to one more person only is not meant.
func sentAfresh(r bot.Reply, key string) bool {
	for _, s := range r.Say {
		if s.Out.Card != nil && s.Out.Card.Key == key && !strings.HasPrefix(s.Slot, "join:") {
			return true
		}
	}
	return false
}

// tapVerb does a verb by its button. Of a stale card that could still do it the tap is not taken: what it showed has
// changed.
func (a *App) tapVerb(verb approval.Verb) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		p, r, err := tappedPaper(ctx, t, tx)
		if err != nil {
			return bot.Reply{}, err
		}
		v := act{verb: verb, comment: view.ReasonText(t.Input["reason"])}
		if verb != approval.VerbReject && verb != approval.VerbSendBack {
			v.comment = view.TypedReason(t.Input["reason"])
		}
		probe := v
		probe.comment, probe.target = "?", approval.Person{ID: -1, Name: "?"}
		actor, err := a.actorFor(ctx, t, tx, p, r, verb)
		if err != nil {
			return bot.Reply{}, err
		}
		if _, _, err := a.try(t, r, actor, probe); err != nil {
			return a.refused(ctx, t, tx, p, r, err)
		}
		if t.Action.Version != r.Version {
			return a.refused(ctx, t, tx, p, r, sales.Errorf(sales.Conflict, "这张卡片旧了,"+r.Label()+" 之后又有变动,没有按它办。看过新的再点一次。"))
		}
		switch {
		case verb == approval.VerbTransfer || verb == approval.VerbAddApprover:
			return a.askName(t, p, verb)
		case (verb == approval.VerbReject || verb == approval.VerbSendBack) && v.comment == "":
			return a.askReason(t, p, verb)
		}
		return a.perform(ctx, t, tx, p, r, v)
	}
}

// TapMore turns an approver's card over to its second row of buttons, and back.
func (a *App) TapMore(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, r, v, err := a.tappedView(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if !decides(r, t.Person.ID) {
		audit(tx, t, p.object()+".read", p.object(), p.id())
		return bot.Reply{
			Say:   []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: view.PaperDetail(v)}}},
			Faces: liveFace(t, view.PaperFaces(v)),
		}, nil
	}
	v.More = strings.HasPrefix(t.Action.Arg, "open")
	return bot.Reply{Faces: []cards.Card{view.PaperForStep(v, r.Step)}}, nil
}
