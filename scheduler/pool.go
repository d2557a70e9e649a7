package scheduler

import (
	"context"
	"fmt"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// scanPart is how many customers one part of a scan looks at.
const scanPart = 300

// PoolScan looks at everyone's customers: for those about to go back the day is set, as many a day for a person as the
// policy allows.
func (l Life) PoolScan(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	after := l.begin(m, tx)
	if d, quiet := l.quiet(m); quiet {
		return Decision{Reason: d.Reason}, nil // the next workday's scan finds the same
	}
	list, err := tx.HeldAfter(ctx, after, scanPart)
	if err != nil || len(list) == 0 {
		return Decision{Reason: "nothing held"}, err
	}
	if len(list) == scanPart {
		l.goOn(m, tx, list[len(list)-1].ID)
	}
	ids := make([]sales.ID, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	held, err := readHeld(ctx, tx, ids)
	if err != nil {
		return Decision{}, err
	}
	warned, err := tx.WarnedSince(ctx, sales.At(m.Today.Start()))
	if err != nil {
		return Decision{}, err
	}
	var dec Decision
	n := 0
	for _, c := range list {
		owner, ok := m.Org.Person(c.OwnerID)
		if !ok || !owner.Active {
			continue // handed over first
		}
		k := held.keeping(c)
		move, r := l.Pool.Next(held.of(c, k), k, m.Now)
		if move == sales.PoolWarn {
			if warned[c.OwnerID] >= l.Pool.WarnPerDay {
				continue // tomorrow
			}
			warned[c.OwnerID]++
			n++
		}
		l.poolMove(m, tx, c, k, move, r, &dec.Reply)
	}
	dec.Reason = fmt.Sprintf("looked at %d, warned of %d", len(list), n)
	return dec, nil
}

// holdings are keepings and deals of some customers.
type holdings struct {
	keepings map[sales.ID]sales.Keeping
	deals    map[sales.ID]sales.CustomerDeals
}

func readHeld(ctx context.Context, tx LifeTx, ids []sales.ID) (holdings, error) {
	h := holdings{map[sales.ID]sales.Keeping{}, map[sales.ID]sales.CustomerDeals{}}
	ks, err := tx.KeepingsOf(ctx, ids)
	if err != nil {
		return h, err
	}
	for _, k := range ks {
		h.keepings[k.CustomerID] = k
	}
	ds, err := tx.DealsOf(ctx, ids)
	for _, d := range ds {
		h.deals[d.CustomerID] = d
	}
	return h, err
}

func (h holdings) keeping(c sales.Customer) sales.Keeping {
	if k, ok := h.keepings[c.ID]; ok {
		return k
	}
	return sales.Keeping{CustomerID: c.ID, OwnerSince: c.CreatedAt}
}

func (h holdings) of(c sales.Customer, k sales.Keeping) sales.Held {
	d := h.deals[c.ID]
	return sales.Held{
		Class: c.Class, OwnerSince: k.OwnerSince.Time, LastContact: c.LastContactAt.Time, LastDeal: d.LastDeal.Time,
		ContractEnds: d.ContractEnds, Busy: d.Busy,
	}
}

// PoolDue looks again at a customer that was warned of, at the moment it goes back.
func (l Life) PoolDue(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	if d, quiet := l.quiet(m); quiet {
		return d, nil
	}
	c, err := tx.CustomerByID(ctx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	k, err := tx.KeepingOf(ctx, c)
	switch {
	case err != nil:
		return Decision{}, err
	case c.OwnerID == 0 || k.WarnedAt.IsZero():
		return Decision{Reason: "settled since"}, nil
	}
	held, err := readHeld(ctx, tx, []sales.ID{c.ID})
	if err != nil {
		return Decision{}, err
	}
	move, r := l.Pool.Next(held.of(c, k), k, m.Now)
	dec := Decision{Reason: "pool " + string(move)}
	l.poolMove(m, tx, c, k, move, r, &dec.Reply)
	return dec, nil
}

// poolMove does what is to be done about one customer, and adds to the reply what is said of it.
func (l Life) poolMove(m Moment, tx LifeTx, c sales.Customer, k sales.Keeping, move sales.PoolMove, r sales.Recall, reply *bot.Reply) {
	if move == sales.PoolNone {
		return
	}
	subject := "customer:" + c.ID.String()
	switch move {
	case sales.PoolWarn:
		if !l.Calendar.IsWorkday(r.On) {
			r.On = l.Calendar.NextWorkday(r.On)
		}
		k.WarnedAt, k.WarnedTo, k.RecallAt, k.Why = sales.At(m.Now), c.OwnerID, sales.At(r.On.At(sales.EndOfWork, 0)), r.Why
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: KindPoolRecall, SubjectKind: "customer", SubjectID: c.ID, Slot: r.On.String(), DueAt: k.RecallAt, State: sales.DuePending,
		})
		// Who hears of it, and when, is up to rules: 客户.回公海日.
		l.announce(m, tx, "customer.warn", c.ID, sales.EventData{New: map[string]string{sales.TellsRecall: r.On.String()}, Old: map[string]string{sales.TellsRecall: ""}},
			sales.Change{Field: "回公海", New: r.On.String()}, sales.Change{Field: "原因", New: r.Why})
	case sales.PoolClear:
		k.Unwarn()
		reply.Faces = append(reply.Faces, cards.Card{Key: view.PoolKey(c.ID), Title: "不回公海了 · " + c.Name, Level: cards.OK, Closed: "已有联系,继续归你"})
	case sales.PoolRecall:
		owner, why := c.OwnerID, k.Why
		c.OwnerID, c.TeamID = 0, 0
		tx.UpdateCustomer(c)
		k.Pooled(owner, 0, why, m.Now)
		l.trace(m, tx, "customer.recall", "customer", c.ID, sales.Change{Field: "负责人", Old: m.Org.Name(owner)}, sales.Change{Field: "原因", New: why})
		reply.Faces = append(reply.Faces, cards.Card{Key: view.PoolKey(c.ID), Title: "已回公海 · " + c.Name, Closed: "已回公海 · " + sales.FormatMoment(m.Now)})
		reply.Say = append(reply.Say,
			tell(subject, "recalled:"+m.Today.String(), []sales.PersonID{owner}, bot.Outgoing{Text: c.Name + "已回公海:" + why + "。历史都在。要留找主管:分配。"}),
			tell(subject, "recalled:"+m.Today.String(), above(m.Org, owner), bot.Outgoing{Text: m.Org.Name(owner) + "的客户" + c.Name + "已回公海:" + why + "。派给谁发:分配 " + c.Name + " 姓名"}))
	}
	tx.PutKeeping(k)
}

// ContactScan warns owners of customers where the only contact anybody knows is silent, one message each with a list.
func (l Life) ContactScan(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	after := l.begin(m, tx)
	if l.ContactSilent <= 0 {
		return Decision{Reason: "off"}, nil
	}
	if d, quiet := l.quiet(m); quiet {
		return Decision{Reason: d.Reason}, nil
	}
	const part = 100
	ids, err := tx.SoleContacts(ctx, sales.At(m.Now.AddDate(0, 0, -l.ContactSilent)), after, part)
	if err != nil || len(ids) == 0 {
		return Decision{Reason: "nobody silent"}, err
	}
	if len(ids) == part {
		l.goOn(m, tx, ids[len(ids)-1])
	}
	list, err := tx.CustomersByIDs(ctx, ids)
	if err != nil {
		return Decision{}, err
	}
	lines := map[sales.PersonID][]string{}
	var order []sales.PersonID
	for _, c := range list {
		line, err := l.silent(ctx, m, tx, c)
		if err != nil {
			return Decision{}, err
		}
		if line == "" {
			continue
		}
		if lines[c.OwnerID] == nil {
			order = append(order, c.OwnerID)
		}
		lines[c.OwnerID] = append(lines[c.OwnerID], line)
	}
	dec := Decision{Reason: fmt.Sprintf("told %d people", len(order))}
	for _, p := range order {
		dec.Reply.Say = append(dec.Reply.Say, tell("contact:"+p.String(), m.Due.Slot, []sales.PersonID{p}, bot.Outgoing{Text: view.SilentContacts(lines[p])}))
	}
	return dec, nil
}

// silent says in a line that a customer's only contact is silent, and notes it; "" when the owner knows already.
func (l Life) silent(ctx context.Context, m Moment, tx LifeTx, c sales.Customer) (string, error) {
	if p, ok := m.Org.Person(c.OwnerID); !ok || !p.Active {
		return "", nil
	}
	w, err := sales.OpenWatch(ctx, tx, sales.WatchSilent, "customer", c.ID, m.Now)
	if err != nil || w.Open() && m.Now.Sub(w.OpenedAt.Time).Hours() < float64(24*l.ContactSilent) {
		return "", err
	}
	contacts, err := tx.ContactsByCustomer(ctx, c.ID)
	if err != nil {
		return "", err
	}
	touches, err := tx.ContactTouches(ctx, c.ID)
	if err != nil {
		return "", err
	}
	sole, ok := sales.NewChain(contacts, nil, touches).Sole()
	if !ok || sole.LastAt.IsZero() {
		return "", nil
	}
	days := m.Today.Sub(sales.DayOf(sole.LastAt.Time))
	w.Resolve(0, "再次提醒")
	w.Push(1, fmt.Sprintf("只见过%s,%d 天没见", sole.Contact.Name, days), c.OwnerID)
	w.Save()
	return fmt.Sprintf("%s:只见过%s,%d 天没见", c.Name, sole.Contact.Name, days), nil
}
