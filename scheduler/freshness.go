package scheduler

import (
	"context"
	"fmt"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

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
