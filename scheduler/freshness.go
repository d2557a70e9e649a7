package scheduler

import (
	"context"
	"fmt"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	// askAgain is after how many days an unanswered question about a key field is asked once more.
	askAgain = 7
	// calibrationDays is for how many workdays answers are waited for.
	calibrationDays = 5
)

// FreshScan asks about key fields nobody has confirmed for long: whoever was last in touch with the customer, a few a day.
func (l Life) FreshScan(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	l.begin(m, tx)
	if l.FreshAfter <= 0 || l.FreshPerDay <= 0 {
		return Decision{Reason: "off"}, nil
	}
	if d, quiet := l.quiet(m); quiet {
		return Decision{Reason: d.Reason}, nil
	}
	facts, err := tx.StaleFacts(ctx, sales.At(m.Now.AddDate(0, 0, -l.FreshAfter)), m.Today.AddDays(1-askAgain), 1000)
	if err != nil || len(facts) == 0 {
		return Decision{Reason: "all fresh"}, err
	}
	asked, err := tx.AskedOn(ctx, m.Today)
	if err != nil {
		return Decision{}, err
	}
	var ids []sales.ID
	for _, f := range facts {
		ids = append(ids, f.CustomerID)
	}
	list, err := tx.CustomersByIDs(ctx, ids)
	if err != nil {
		return Decision{}, err
	}
	customers := map[sales.ID]sales.Customer{}
	for _, c := range list {
		customers[c.ID] = c
	}
	dec := Decision{}
	watches := map[sales.ID]*sales.Watch{}
	for _, f := range facts {
		c := customers[f.CustomerID]
		if p, ok := m.Org.Person(c.OwnerID); !ok || !p.Active || asked[c.OwnerID] >= l.FreshPerDay {
			continue // nobody to ask, or enough for today
		}
		who, err := l.lastInTouch(ctx, m, tx, c)
		if err != nil {
			return Decision{}, err
		}
		if asked[who] >= l.FreshPerDay {
			continue
		}
		asked[who]++
		days := m.Today.Sub(sales.DayOf(f.ConfirmedAt.Time))
		f.AskedOf, f.AskedOn = who, m.Today
		tx.PutFact(f)
		f.Version++
		w := watches[c.ID]
		if w == nil {
			if w, err = sales.OpenWatch(ctx, tx, sales.WatchStale, "customer", c.ID, m.Now); err != nil {
				return Decision{}, err
			}
			watches[c.ID] = w
		}
		w.Push(1, fmt.Sprintf("%s %d 天没确认", f.Field.Name(), days), who)
		card := view.FactCard(f, c.Name, m.Org.Name, days)
		dec.Reply.Say = append(dec.Reply.Say, tell("fact:"+f.ID.String(), m.Today.String(), []sales.PersonID{who}, bot.Outgoing{Card: &card}))
	}
	for _, w := range watches {
		w.Save()
	}
	dec.Reason = fmt.Sprintf("asked about %d of %d", len(dec.Reply.Say), len(facts))
	return dec, nil
}

// lastInTouch is the rep who was last in touch with a customer, its owner when that one has left.
func (l Life) lastInTouch(ctx context.Context, m Moment, tx LifeTx, c sales.Customer) (sales.PersonID, error) {
	visits, err := tx.VisitsByCustomer(ctx, c.ID, 1)
	if err != nil || len(visits) == 0 {
		return c.OwnerID, err
	}
	if p, ok := m.Org.Person(visits[0].PersonID); ok && p.Active && p.Has(sales.RoleRep, sales.RoleLead) {
		return p.ID, nil
	}
	return c.OwnerID, nil
}

// CalibrationScan opens the month's calibrations of key customers, a few a day for each owner.
func (l Life) CalibrationScan(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	l.begin(m, tx)
	year, month, day := m.Today.Date()
	if l.CalibrationDay <= 0 || day < l.CalibrationDay || len(l.CalibrationClasses) == 0 {
		return Decision{Reason: "not yet"}, nil
	}
	if d, quiet := l.quiet(m); quiet {
		return Decision{Reason: d.Reason}, nil
	}
	label := fmt.Sprintf("%04d-%02d", year, int(month))
	list, err := tx.KeyCustomers(ctx, l.CalibrationClasses, label, 1000)
	if err != nil {
		return Decision{}, err
	}
	dec := Decision{}
	given := map[sales.PersonID]int{}
	for _, c := range list {
		people := sales.SidePeople(m.Org, c.OwnerID, c.ID)
		if people[sales.SideSales] == 0 || given[c.OwnerID] >= max(l.FreshPerDay, 1) {
			continue
		}
		given[c.OwnerID]++
		facts, err := tx.FactsOf(ctx, c.ID)
		if err != nil {
			return Decision{}, err
		}
		cal := sales.Calibration{
			ID: tx.NewID(), CustomerID: c.ID, Month: label, Questions: sales.QuestionsOf(facts, c.ID), State: sales.CalibrationOpen,
			OpenedAt: sales.At(m.Now), Version: 1,
		}
		tx.CreateCalibration(cal)
		l.trace(m, tx, "calibration.open", "customer", c.ID)
		end := l.Calendar.AddWorkdays(m.Today, calibrationDays).At(sales.EndOfWork, 0)
		tx.Schedule(sales.Due{ID: tx.NewID(), Kind: KindCalibrationEnd, SubjectKind: "calibration", SubjectID: cal.ID, Slot: label, DueAt: sales.At(end), State: sales.DuePending})
		for _, side := range sales.Sides {
			p, ok := people[side]
			if !ok {
				continue
			}
			card := view.CalibrationCard(cal, c.Name, side, p, nil, m.Now)
			dec.Reply.Say = append(dec.Reply.Say, tell("calibration:"+cal.ID.String(), string(side), []sales.PersonID{p}, bot.Outgoing{Card: &card}))
		}
	}
	dec.Reason = fmt.Sprintf("opened %d calibrations", len(given))
	return dec, nil
}

// CalibrationEnd closes a calibration not everybody has answered: what those who did agree on counts.
func (l Life) CalibrationEnd(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	cal, err := tx.CalibrationByID(ctx, m.Due.SubjectID)
	if err != nil || cal.State != sales.CalibrationOpen {
		return Decision{Reason: "answered"}, err
	}
	if d, quiet := l.quiet(m); quiet {
		return d, nil
	}
	c, err := tx.CustomerByID(ctx, cal.CustomerID)
	if err != nil {
		return Decision{}, err
	}
	answers, err := tx.CalibrationAnswers(ctx, cal.ID)
	if err != nil {
		return Decision{}, err
	}
	facts, err := tx.FactsOf(ctx, c.ID)
	if err != nil {
		return Decision{}, err
	}
	dec := Decision{Reason: "closed"}
	cal.State, cal.ClosedAt = sales.CalibrationClosed, sales.At(m.Now)
	to := append([]sales.PersonID{c.OwnerID}, above(m.Org, c.OwnerID)...)
	for _, v := range cal.Verdicts(answers) {
		switch {
		case v.Conflict:
			cal.State = sales.CalibrationConflict
			card := view.ConflictCard(cal, c.Name, v, m.Org.Name)
			dec.Reply.Say = append(dec.Reply.Say, tell("calibration:"+cal.ID.String(), "conflict:"+string(v.Field), to, bot.Outgoing{Card: &card}))
		case v.Agreed != "":
			f := sales.FactNamed(facts, c.ID, v.Field)
			if f.ID == 0 {
				f.ID = tx.NewID()
			}
			old := f.Value
			f.Value, f.ConfirmedAt, f.ConfirmedBy, f.AskedOn, f.AskedOf = v.Agreed, sales.At(m.Now), v.Answers[0].PersonID, sales.Day{}, 0
			tx.PutFact(f)
			l.trace(m, tx, "fact.confirm", "customer", c.ID, sales.Change{Field: v.Field.Name(), Old: old, New: v.Agreed})
		}
	}
	if len(dec.Reply.Say) > 0 {
		w, err := sales.OpenWatch(ctx, tx, sales.WatchConflict, "customer", c.ID, m.Now)
		if err != nil {
			return Decision{}, err
		}
		w.Push(1, fmt.Sprintf("说法不一致 %d 项", len(dec.Reply.Say)), to...)
		w.Save()
		dec.Reason = "conflicts shown"
	}
	tx.UpdateCalibration(cal)
	return dec, nil
}
