package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Step decides about an incident at its moment: it ends when it was dealt with, else what is due of its rule is done.
func (r *Rules) Step(ctx context.Context, m Moment, tx RuleTx) (Decision, error) {
	i, err := tx.IncidentByID(ctx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	if i.State != sales.IncidentOpen {
		return Decision{Reason: "ended: " + i.State}, nil
	}
	w, err := r.atMoment(ctx, m, tx)
	if err != nil {
		return Decision{}, err
	}
	if w.set.Rule(i.RuleID) == nil {
		until, err := pausedUntil(ctx, tx, i.RuleID)
		if err != nil {
			return Decision{}, err
		}
		if !until.IsZero() {
			return Decision{Reason: ruleRests, Again: soonOf(until, m.Now)}, nil
		}
	}
	c, err := r.Desk.Load(ctx, tx, w.at, i)
	var unreadable *rules.Problem
	if errors.As(err, &unreadable) { // it names somebody who has left, say; the admins hear of that each week
		w.shut(i, "规则读不懂了,不再提醒")
		return Decision{Reason: "its rule cannot be understood"}, nil
	}
	if err != nil {
		return Decision{}, err
	}
	how, err := w.handled(ctx, c)
	switch {
	case err != nil:
		return Decision{}, err
	case how == "" && w.set.Rule(i.RuleID) == nil:
		how = incident.RuleOff
	case how == "" && c.Stale():
		c.Close("太久没人处理,不再提醒")
		return w.saved(ctx, c, "resolved: told long ago")
	}
	if how != "" {
		if err := c.Resolve(ctx, how); err != nil {
			return Decision{}, err
		}
		return w.saved(ctx, c, "resolved: "+how)
	}
	tx.Because(i.Chain)
	before := c.Level
	if err := w.climb(ctx, c); err != nil {
		return Decision{}, err
	}
	tx.Because("")
	next := c.Next()
	if c.State != sales.IncidentOpen {
		return Decision{Reply: w.reply, Reason: "done"}, nil
	}
	d := Decision{Reply: w.reply, Reason: fmt.Sprintf("level %d after %d; next: %s", c.Level, before, next.Reason), Again: c.Wake()}
	return d, nil
}

func (w *work) saved(ctx context.Context, c *incident.Case, reason string) (Decision, error) {
	reply, err := c.Save(ctx)
	if err != nil {
		return Decision{}, err
	}
	w.say(reply)
	return Decision{Reply: w.reply, Reason: reason}, nil
}

// climb does what is due of a case, writes it, and what it says.
func (w *work) climb(ctx context.Context, c *incident.Case) error {
	for range len(c.Rule.Steps) + 1 {
		next := c.Next()
		if next.Reason != incident.Due || next.Level == 0 {
			if c.Level > 0 && next.Reason == incident.Quiet {
				c.Held(next.Reason.Chinese())
			}
			if c.Level == 0 && next.Reason == incident.Quiet && c.Rule.NowOnly {
				c.Close(incident.TooQuiet)
			}
			break
		}
		if next.Round {
			c.Anew()
		}
		if err := w.level(ctx, c, next.Level); err != nil {
			return err
		}
	}
	if c.Done() {
		c.Close(incident.ToldAll)
	}
	reply, err := c.Save(ctx)
	if err != nil {
		return err
	}
	w.say(reply)
	return nil
}

// level does one step of a rule: what it says, makes and changes.
func (w *work) level(ctx context.Context, c *incident.Case, level int) error {
	c.Reach(level)
	asked, told, faced, err := w.pushes(ctx, c, level)
	if err != nil {
		return err
	}
	acted := false
	for n, a := range c.Rule.Steps[level-1].Actions {
		if a.Do == rules.Push {
			continue
		}
		if w.spent(c, level, a) {
			c.Step(approval.StepHeld, level, 0, a.Words()+":今天触发得太多,没有办")
			continue
		}
		did, err := w.act(ctx, c, level, n, a, told)
		if err != nil {
			return err
		}
		acted = acted || did
	}
	card, err := c.Face(ctx, level)
	if err != nil {
		return err
	}
	switch {
	case len(told) > 0:
		for _, p := range told {
			c.Step(approval.StepPushed, level, p, "")
		}
		if len(faced) > 0 {
			c.Say(bot.Say{
				To: faced, Subject: "incident:" + c.ID.String(), Kind: bot.DeliverPush, Slot: fmt.Sprintf("level:%d:%d", level, c.Saves()),
				Push: true, Urgent: c.Rule.Urgent, Timely: c.Rule.NowOnly, Pass: true, Out: bot.Outgoing{Card: &card},
			})
		}
	case asked && !c.GroupTold():
		c.Step(approval.StepUnreachable, level, 0, c.LevelWords(level))
	case !acted && !asked, c.GroupTold():
		c.Step(incident.StepActed, level, 0, c.LevelWords(level))
	case acted:
		c.Step(incident.StepActed, level, 0, "")
	}
	return nil
}

// pushes does what a step says to people: asked is whether it says anything, told is who hears of it, and faced who is still to get the
// incident's own card.
func (w *work) pushes(ctx context.Context, c *incident.Case, level int) (asked bool, told, faced []sales.PersonID, err error) {
	for n, a := range c.Rule.Steps[level-1].Actions {
		if a.Do != rules.Push {
			continue
		}
		asked = true
		people, err := w.push(ctx, c, level, a)
		if err != nil {
			return asked, nil, nil, err
		}
		if a.Card != "" || a.Plain {
			people = slices.DeleteFunc(people, func(p sales.PersonID) bool { return slices.Contains(told, p) }) // they have heard of it
			if people, err = w.ownWords(ctx, c, level, n, a, people); err != nil {
				return asked, nil, nil, err
			}
		}
		for _, p := range people {
			if !slices.Contains(told, p) {
				told = append(told, p)
			}
			if a.Card == "" && !a.Plain && !slices.Contains(faced, p) {
				faced = append(faced, p)
			}
		}
	}
	return asked, told, faced, nil
}

// ownSlot begins the slots of what is said by a record's own card or by a text alone: the level and the place of the action.
const ownSlot = "own:%d.%d"

// ownWords tells people by a card of the record itself, or by the text alone, and returns who was told: nobody when the card
// has nothing to say any more.
func (w *work) ownWords(ctx context.Context, c *incident.Case, level, n int, a rules.Action, people []sales.PersonID) ([]sales.PersonID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	s := bot.Say{
		To: people, Subject: "incident:" + c.ID.String(), Kind: bot.DeliverPush, Slot: fmt.Sprintf(ownSlot+":%d", level, n, c.Saves()),
		Push: true, Urgent: c.Rule.Urgent, Timely: c.Rule.NowOnly, Pass: true, Out: bot.Outgoing{Text: a.Text},
	}
	if c.Record != nil && a.Plain {
		s.Out.Text = c.Text(a)
	}
	if a.Card != "" {
		card, ok, err := c.OwnCard(ctx, a.Card, people)
		if err != nil {
			return nil, err
		}
		if !ok {
			c.Step(approval.StepHeld, level, 0, "卡片 "+a.CardName+" 现在没有要问的")
			return nil, nil
		}
		s.Out = bot.Outgoing{Card: &card}
	}
	c.Say(s)
	return people, nil
}

// push finds those an action tells, and says why others are not told. What goes to a group is said there.
func (w *work) push(ctx context.Context, c *incident.Case, level int, a rules.Action) ([]sales.PersonID, error) {
	stuck := c.Stuck()
	var reach, waiting []sales.PersonID
	for _, to := range a.To {
		if to.Kind == rules.ToGroup {
			if err := w.tellGroup(ctx, c, level, to.Key, a); err != nil {
				return nil, err
			}
			continue
		}
		people, err := w.whom(ctx, c, level, to)
		if err != nil {
			return nil, err
		}
		if c.SubjectKind == "contract" && to.Kind == rules.ToRelation && to.Key == "approver" && to.Superiors == 0 {
			if people, err = w.turn(ctx, c); err != nil {
				return nil, err
			}
		}
		if len(people) == 0 {
			c.Step(approval.StepHeld, level, 0, to.Name+"没有人")
		}
		for _, p := range people {
			switch {
			case slices.Contains(reach, p) || slices.Contains(waiting, p):
			case slices.Contains(stuck, p):
				waiting = append(waiting, p)
			case len(w.at.Org.Identities(p)) == 0:
				c.Step(approval.StepHeld, level, p, w.at.Org.Name(p)+"没有聊天账号")
			default:
				reach = append(reach, p)
			}
		}
	}
	for _, p := range waiting {
		c.Step(approval.StepHeld, level, p, w.at.Org.Name(p)+"自己就是审批人,改为提醒本人")
	}
	if len(waiting) > 0 {
		if err := w.remindApprovers(ctx, c, level); err != nil {
			return nil, err
		}
	}
	if c.GivenTo != 0 && c.Again() {
		reach = []sales.PersonID{c.GivenTo}
	}
	return w.deputies(ctx, c, level, reach)
}

// remindApprovers sends those a contract waits for their card once more.
func (w *work) remindApprovers(ctx context.Context, c *incident.Case, level int) error {
	m := Moment{Now: w.at.Now, Today: w.today, Org: w.at.Org, Due: sales.Due{Slot: c.ID.String()}}
	k, err := w.r.Contracts.read(ctx, m, w.tx, c.SubjectID)
	if err != nil {
		return err
	}
	say, err := w.r.Contracts.stepCard(ctx, m, w.tx, k, fmt.Sprintf("overdue:%d", level))
	if err != nil {
		return err
	}
	say.Push = true
	c.Say(say)
	return nil
}

// people are those a recipient means for a record.
func (w *work) people(c *incident.Case, to rules.Recipient) []sales.PersonID {
	return w.peopleOf(c.Record, to)
}

// turn are all whose turn it is, where a step has several approvers: a record names only one of them.
func (w *work) turn(ctx context.Context, c *incident.Case) ([]sales.PersonID, error) {
	k, err := w.tx.ContractByID(ctx, c.SubjectID)
	if err != nil {
		return nil, err
	}
	r, err := w.tx.RequestByID(ctx, k.RequestID)
	if err != nil || r.State != approval.Pending {
		return nil, err
	}
	return r.TurnIDs(), nil
}

// owner is whose the record of a case is, 0 for nobody's.
func (w *work) owner(c *incident.Case) sales.PersonID {
	if c.Record == nil {
		return 0
	}
	return c.Record.Owner()
}

func (w *work) peopleOf(rec *subject.Record, to rules.Recipient) []sales.PersonID {
	org := w.at.Org
	var out []sales.PersonID
	add := func(p sales.PersonID) {
		for range to.Superiors {
			up, ok := org.Manager(p)
			if !ok {
				return
			}
			p = up.ID
		}
		if who, ok := org.Person(p); ok && who.Active && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	owner := sales.PersonID(0)
	if rec != nil {
		owner = rec.Owner()
	}
	switch to.Kind {
	case rules.ToRole:
		for _, h := range (approval.OrgResolver{Org: org}).Holders(to.Key, owner) {
			add(h.ID)
		}
	case rules.ToPerson:
		add(to.Person)
	case rules.ToRoster:
		if duty := org.OnDuty(to.Key, w.at.Now); len(duty) > 0 {
			add(duty[0])
		}
	case rules.ToRelation:
		if rec != nil {
			for _, p := range rec.Persons(to.Key) {
				if who, ok := org.Person(p); p != 0 && (!ok || !who.Active) {
					p = owner // who has left is asked nothing; whose it is now can answer
				}
				add(p)
			}
		}
	}
	return out
}

// deputies puts deputies in the place of those who are away, and says so.
func (w *work) deputies(ctx context.Context, c *incident.Case, level int, people []sales.PersonID) ([]sales.PersonID, error) {
	away, err := sales.ReadAway(ctx, w.tx, people, sales.At(w.at.Now))
	if err != nil || len(away) == 0 {
		return people, err
	}
	var out []sales.PersonID
	for _, p := range people {
		a, gone := away[p]
		to, name, deputy := p, w.at.Org.Name(p), sales.PersonID(0)
		if gone {
			if deputy, err = bot.DeputyOf(ctx, w.tx, w.at.Org, a, sales.At(w.at.Now)); err != nil {
				return nil, err
			}
		}
		switch {
		case !gone:
		case deputy != 0:
			to = deputy
			c.Step(approval.StepHeld, level, p, name+a.KindName()+"到 "+a.LastDay().Chinese()+",转给代理 "+w.at.Org.Name(deputy))
		default:
			c.Step(approval.StepHeld, level, p, name+a.KindName()+"到 "+a.LastDay().Chinese()+",没有代理,照推")
		}
		if !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return out, nil
}

// tellGroup says in a group what a level is about, without what only those concerned may see.
func (w *work) tellGroup(ctx context.Context, c *incident.Case, level int, name string, a rules.Action) error {
	groups, err := w.tx.GroupChats(ctx)
	if err != nil {
		return err
	}
	v := c.View(level)
	text := strings.TrimSpace(v.Rule + ":" + v.Title)
	if a.Text != "" && c.Record != nil {
		text = v.Rule + ":" + c.Text(a)
	}
	found := false
	for _, g := range groups {
		if g.Name != name {
			continue
		}
		found = true
		c.Say(bot.Say{
			Chat: &bot.Chat{Platform: bot.Platform(g.Platform), ID: bot.ChatID(g.ChatID), Group: true}, Subject: "incident:" + c.ID.String(), Kind: bot.DeliverPush,
			Slot: fmt.Sprintf("group:%d:%d", level, c.Saves()), Push: true, Urgent: c.Rule.Urgent, Out: bot.Outgoing{Text: text},
		})
	}
	if !found {
		c.Step(approval.StepHeld, level, 0, "群\""+name+"\"找不到")
		return nil
	}
	c.ToldGroup()
	return nil
}
