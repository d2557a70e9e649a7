package scheduler

import (
	"context"
	"fmt"
	"strconv"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// leadLevels is how far an unanswered lead goes up: the lead of its owner, then the directors.
const leadLevels = 2

// waitingLead reads the lead of a due row; stale says why nothing is to be done.
func waitingLead(ctx context.Context, m Moment, tx LifeTx, state string) (l sales.Lead, stale string, err error) {
	l, err = tx.LeadByID(ctx, m.Due.SubjectID)
	switch {
	case err != nil:
		return l, "", err
	case l.State != state:
		return l, "not waiting: " + l.State, nil
	case m.Due.Slot != strconv.Itoa(l.Round):
		return l, "passed on since", nil
	}
	return l, "", nil
}

func (l Life) leadView(m Moment, lead sales.Lead, own bool) view.Lead {
	return view.Lead{Lead: lead, Owner: m.Org.Name(lead.OwnerID), By: m.Org.Name(lead.CreatedBy), Within: l.Leads.EscalateAfter, Now: m.Now, Own: own}
}

// LeadRemind reminds the owner of a lead they have not taken.
func (l Life) LeadRemind(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	lead, stale, err := waitingLead(ctx, m, tx, sales.LeadAssigned)
	if err != nil || stale != "" {
		return Decision{Reason: stale}, err
	}
	if d, quiet := l.quiet(m); quiet {
		return d, nil
	}
	w, err := sales.OpenWatch(ctx, tx, sales.WatchLead, "lead", lead.ID, m.Now)
	if err != nil {
		return Decision{}, err
	}
	w.Push(0, "没接,提醒本人", lead.OwnerID)
	w.Save()
	l.trace(m, tx, "lead.remind", "lead", lead.ID)
	v := l.leadView(m, lead, true)
	v.Hint = "提醒"
	card := view.LeadCard(v)
	return Decision{Reason: "reminded", Reply: bot.Reply{Say: []bot.Say{
		tell("lead:"+lead.ID.String(), "remind:"+m.Due.Slot, []sales.PersonID{lead.OwnerID}, bot.Outgoing{Card: &card}),
	}}}, nil
}

// LeadEscalate tells those above of a lead nobody takes.
func (l Life) LeadEscalate(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	lead, stale, err := waitingLead(ctx, m, tx, sales.LeadAssigned)
	if err != nil || stale != "" {
		return Decision{Reason: stale}, err
	}
	return l.leadUp(ctx, m, tx, lead, fmt.Sprintf("%s没接", sales.Waited(l.Leads.EscalateAfter)))
}

// LeadContact reminds of a lead that was taken and not contacted; what follows goes up.
func (l Life) LeadContact(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	lead, stale, err := waitingLead(ctx, m, tx, sales.LeadAccepted)
	if err != nil || stale != "" {
		return Decision{Reason: stale}, err
	}
	if d, quiet := l.quiet(m); quiet {
		return d, nil
	}
	w, err := sales.OpenWatch(ctx, tx, sales.WatchLead, "lead", lead.ID, m.Now)
	if err != nil {
		return Decision{}, err
	}
	if w.Open() {
		return l.leadUp(ctx, m, tx, lead, "接了没联系")
	}
	w.Push(0, "接了还没首次联系,提醒本人", lead.OwnerID)
	w.Save()
	v := l.leadView(m, lead, true)
	v.Hint = "提醒:接了还没联系"
	card := view.LeadCard(v)
	return Decision{
		Reason: "reminded", Again: l.Calendar.NextAllowed(l.Calendar.Of(m.Org, lead.OwnerID).AddWorking(m.Now, l.Leads.EscalateAfter)),
		Reply: bot.Reply{Say: []bot.Say{
			tell("lead:"+lead.ID.String(), "contact:"+m.Due.Slot, []sales.PersonID{lead.OwnerID}, bot.Outgoing{Card: &card}),
		}},
	}, nil
}

// leadUp tells the next level of a lead that waits, unless somebody took it up or asked for later.
func (l Life) leadUp(ctx context.Context, m Moment, tx LifeTx, lead sales.Lead, why string) (Decision, error) {
	if d, quiet := l.quiet(m); quiet {
		return d, nil
	}
	w, err := sales.OpenWatch(ctx, tx, sales.WatchLead, "lead", lead.ID, m.Now)
	if err != nil {
		return Decision{}, err
	}
	switch {
	case w.Open() && w.AckUntil.After(m.Now):
		return Decision{Reason: "taken up", Again: w.AckUntil.Time}, nil
	case w.Open() && w.SnoozedUntil.After(m.Now):
		return Decision{Reason: "snoozed", Again: w.SnoozedUntil.Time}, nil
	}
	level := 1
	if w.Open() && w.Level > 0 {
		level = w.Level + 1
		if !w.SnoozedUntil.IsZero() || !w.AckUntil.IsZero() { // asked for later, or taken up with nothing following: the same people again
			level = w.Level
		}
	}
	if level > leadLevels {
		w.Held("每一级都已通知过")
		w.Save()
		return Decision{Reason: "every level was told"}, nil
	}
	to := above(m.Org, lead.OwnerID)
	if level == leadLevels {
		to = nil
		for _, p := range m.Org.WithRole(sales.RoleDirector) {
			to = append(to, p.ID)
		}
	}
	if len(to) == 0 {
		w.Held("没有能推送的人")
		w.Save()
		return Decision{Reason: "nobody above"}, nil
	}
	w.Push(level, why, to...)
	w.Save()
	l.trace(m, tx, "lead.escalate", "lead", lead.ID)
	card := view.LeadEscalated(l.leadView(m, lead, false), w.Incident)
	return Decision{
		Reason: fmt.Sprintf("pushed level %d", level), Again: l.Calendar.NextAllowed(l.Calendar.Of(m.Org, lead.OwnerID).AddWorking(m.Now, l.Leads.EscalateAfter)),
		Reply: bot.Reply{Say: []bot.Say{
			tell("lead:"+lead.ID.String(), fmt.Sprintf("up:%s:%d:%d", m.Due.Slot, level, w.Version), to, bot.Outgoing{Card: &card}),
		}},
	}, nil
}
