package handlers

import (
	"context"
	"errors"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// opened is the approval of a record that is filed in this turn.
type opened struct {
	r   approval.Request
	out approval.Outcome
	// stays says why it is decided here although its flow has another place; empty when there is nothing to say.
	stays string
}

// open makes the approval of a record: who decides by the company's flows, who stands in for them, and where.
func (a *App) open(ctx context.Context, t bot.Turn, tx Tx, d approval.Draft, f approval.Facts) (o opened, err error) {
	d.Requester = approval.Person{ID: t.Person.ID, Name: t.Person.Name}
	policy := a.policyFor(f)
	if o.r, o.out, err = approval.Submit(d, policy, approval.OrgResolver{Org: t.Org}, t.Now); err != nil {
		return o, err
	}
	if o.r, err = a.covered(ctx, t, tx, o.r); err != nil {
		return o, err
	}
	o.stays, err = a.place(ctx, t, tx, &o.r, policy.Place)
	return o, err
}

// filedPaper is a record whose approval begins.
type filedPaper struct {
	p        paper
	customer sales.ID
	group    *bot.Chat
	fresh    []sales.File // made in this turn
	changes  []sales.Change
}

// filed writes the approval of a record that was just created and what follows: trace, events, due rows, the requester's
// card, those of whose turn it is.
func (a *App) filed(ctx context.Context, t bot.Turn, tx Tx, o opened, f filedPaper) (bot.Reply, error) {
	p := f.p
	tx.CreateRequest(o.r)
	v, err := p.view(ctx, a, t, tx, o.r, f.fresh...)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.traceSubmitted(ctx, t, tx, p, v, "file", o.out.Entries, f.fresh, f.changes...); err != nil {
		return bot.Reply{}, err
	}
	emit(tx, t, p.object()+".submitted", p.object(), p.id())
	if o.r.State == approval.Approved { // nobody has to approve it
		emit(tx, t, p.object()+"."+string(o.r.State), p.object(), p.id())
		if err := a.approvalMoved(ctx, t, tx, p, approval.Pending, o.r.State); err != nil {
			return bot.Reply{}, err
		}
	}
	if f.customer != 0 {
		tx.TouchCustomer(f.customer, sales.At(t.Now))
	}
	p.schedule(tx, o.r)
	subject := paperSubject(p)
	say := []bot.Say{{To: alone(t), Subject: subject, Slot: "submitted", Out: cardOut(view.PaperForRequester(v))}}
	reply := a.notices(v, o.out)
	reply.Say = append(say, reply.Say...)
	if o.stays != "" {
		reply.Say = append(reply.Say, bot.Say{To: alone(t), Subject: subject, Slot: "placed", Out: bot.Outgoing{Text: o.stays}})
	}
	if f.group != nil {
		reply.Say = append(reply.Say, bot.Say{Chat: f.group, Subject: subject, Slot: "group", Out: cardOut(view.PaperForGroup(v))})
	}
	return reply, nil
}

// nobody tells the administrators too when a record cannot be submitted since nobody could approve it; ok is false for any
// other error.
func (a *App) nobody(t bot.Turn, err error) (reply bot.Reply, ok bool) {
	var none *approval.NoApproverError
	if !errors.As(err, &none) {
		return bot.Reply{}, false
	}
	reply.Say = append(reply.Say, bot.Say{To: alone(t), Out: bot.Outgoing{Text: sales.Message(err)}})
	admins := t.Org.WhoHas(sales.RoleAdmin, t.Person.ID)
	if len(admins) > 0 {
		reply.Say = append(reply.Say, bot.Say{
			To: admins, Subject: "person:" + t.Person.ID.String(), Kind: bot.DeliverPush, Push: true, Slot: "nobody:" + string(none.Kind) + ":" + t.Today.String(),
			Out: bot.Outgoing{Text: t.Person.Name + "的" + none.Kind.Noun() + "提交不了:" + sales.Message(err) + "看流程发:审批流程"},
		})
	}
	return reply, true
}

func paperSubject(p paper) string { return p.object() + ":" + p.id().String() }

// resubmission is a returned record that is submitted again.
type resubmission struct {
	p       paper // as it is now
	r       approval.Request
	facts   approval.Facts
	changes approval.Changes
	traced  []sales.Change // what was changed of it
	fresh   []sales.File   // made in this turn
	said    string         // what was changed, in words
}

// mayResubmit is the sentence that says why a person cannot submit a request again now; nil when they can.
func (a *App) mayResubmit(t bot.Turn, p paper, r approval.Request) error {
	_, _, err := approval.Resubmit(r, a.actor(t, p, r), t.Now, approval.Changes{})
	return err
}

// resubmitted takes a returned record up again where it was sent back, or from the start where what was changed makes it
// go another way.
func (a *App) resubmitted(ctx context.Context, t bot.Turn, tx Tx, s resubmission) (bot.Reply, error) {
	changes, place, err := a.replan(t, s.r, s.facts, s.changes)
	if reply, ok := a.nobody(t, err); ok {
		return reply, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	after, out, err := approval.Resubmit(s.r, a.actor(t, s.p, s.r), t.Now, changes)
	if err != nil {
		return a.refused(ctx, t, tx, s.p, s.r, err)
	}
	stays, err := a.place(ctx, t, tx, &after, place)
	if err != nil {
		return bot.Reply{}, err
	}
	v, err := s.p.view(ctx, a, t, tx, after, s.fresh...)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.traceSubmitted(ctx, t, tx, s.p, v, "change", nil, s.fresh, s.traced...); err != nil {
		return bot.Reply{}, err
	}
	ch := changed{p: s.p, before: s.r, after: after, out: out, edited: true, fresh: s.fresh}
	a.relieve(t, &ch)
	after = ch.after
	reply, err := a.applied(ctx, t, tx, ch)
	if err != nil {
		return bot.Reply{}, err
	}
	text := "已重新提交:" + after.Label()
	if s.said != "" {
		text += "," + s.said
	}
	switch next := after.NextText(); {
	case next != "":
		text += "。现在等 " + next + "。"
	default:
		text += "。不用再审,全部通过了。"
	}
	if stays != "" {
		text += stays
	}
	reply.Say = append(bot.Text(text).Say, reply.Say...)
	return reply, nil
}
