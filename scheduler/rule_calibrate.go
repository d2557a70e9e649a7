package scheduler

import (
	"context"
	"fmt"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/incident"
	"salesflow/store/sales"
)

// calibrationDays is for how many workdays answers to a calibration are waited for.
const calibrationDays = 5

// CalibrationTx is what beginning a calibration needs of one transaction.
type CalibrationTx interface {
	FactsOf(ctx context.Context, customer sales.ID) ([]sales.Fact, error)
	CalibrationOf(ctx context.Context, customer sales.ID) (sales.Calibration, error)
	CreateCalibration(c sales.Calibration)
}

// calibrate begins the month's calibration (校准) of a customer: sales, service and delivery are asked the same. did is false
// when there was one this month, or nobody is there to ask.
func (w *work) calibrate(ctx context.Context, c *incident.Case) (did bool, err error) {
	customer, err := w.tx.CustomerByID(ctx, c.SubjectID)
	if err != nil {
		return false, err
	}
	year, month, _ := w.today.Date()
	label := fmt.Sprintf("%04d-%02d", year, int(month))
	before, err := w.tx.CalibrationOf(ctx, customer.ID)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return false, err
	}
	people := sales.SidePeople(w.at.Org, customer.OwnerID, customer.ID)
	if err == nil && before.Month == label || people[sales.SideSales] == 0 {
		return false, nil
	}
	facts, err := w.tx.FactsOf(ctx, customer.ID)
	if err != nil {
		return false, err
	}
	cal := sales.Calibration{
		ID: w.tx.NewID(), CustomerID: customer.ID, Month: label, Questions: sales.QuestionsOf(facts, customer.ID), State: sales.CalibrationOpen,
		OpenedAt: sales.At(w.at.Now), Version: 1,
	}
	w.tx.CreateCalibration(cal)
	w.tx.Audit(sales.AuditEntry{
		ID: w.tx.NewID(), At: sales.At(w.at.Now), EventID: w.at.Event, Verb: "calibration.open", SubjectKind: "customer", SubjectID: customer.ID,
	})
	w.tx.Emit(sales.DomainEvent{
		ID: w.tx.NewID(), At: sales.At(w.at.Now), Kind: "calibration.open", SubjectKind: "customer", SubjectID: customer.ID, Data: "{}",
	})
	end := w.r.Desk.Calendar.AddWorkdays(w.today, calibrationDays).At(sales.EndOfWork, 0)
	w.tx.Schedule(sales.Due{
		ID: w.tx.NewID(), Kind: KindCalibrationEnd, SubjectKind: "calibration", SubjectID: cal.ID, Slot: label, DueAt: sales.At(end), State: sales.DuePending,
	})
	for _, side := range sales.Sides {
		p, ok := people[side]
		if !ok {
			continue
		}
		card := view.CalibrationCard(cal, customer.Name, side, p, nil, w.at.Now)
		c.Say(bot.Say{
			To: []sales.PersonID{p}, Subject: "calibration:" + cal.ID.String(), Kind: bot.DeliverPush, Slot: string(side), Push: true,
			Out: bot.Outgoing{Card: &card},
		})
	}
	return true, nil
}
