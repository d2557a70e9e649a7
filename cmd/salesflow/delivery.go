package main

import (
	"context"
	"errors"
	"time"

	"salesflow/bot"
	"salesflow/bot/delivery"
	"salesflow/cards/view"
	"salesflow/store"
	"salesflow/store/sales"
)

const (
	// deliveryAgain is after how long a calendar that did not answer is asked again, maxDeliveryAttempts how often in all.
	deliveryAgain       = 30 * time.Second
	maxDeliveryAttempts = 3
)

// workDelivery asks the delivery calendar for promised days that wait.
func (p *program) workDelivery(ctx context.Context) error {
	if p.cfg.DeliveryCalendar.URL == "" {
		return nil
	}
	var list []sales.DeliveryCheck
	err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.WaitingDeliveryChecks(ctx, sales.At(p.clock.Now()), 20)
		return err
	})
	client := delivery.Client{URL: p.cfg.DeliveryCalendar.URL, Secret: p.cfg.DeliveryCalendar.Secret.Reveal(), Now: p.clock.Now}
	for _, c := range list {
		err = errors.Join(err, p.checkDelivery(ctx, client, c))
	}
	return err
}

func (p *program) checkDelivery(ctx context.Context, client delivery.Client, c sales.DeliveryCheck) error {
	var contract sales.Contract
	var customer sales.Customer
	err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if contract, err = tx.ContractByID(ctx, c.ContractID); err != nil {
			return err
		}
		customer, err = tx.CustomerByID(ctx, c.CustomerID)
		return err
	})
	if err != nil {
		return err
	}
	a, asked := client.Check(ctx, delivery.Question{
		Contract: contract.No, Products: c.Products, Quantity: sales.QuantityText(c.Quantity, ""), Unit: c.Unit, Day: c.Day,
	})
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now, err := tx.DeliveryCheckByID(ctx, c.ID)
		if err != nil || now.State != sales.DeliveryWaits || now.Version != c.Version {
			return bot.Reply{}, err // another replica has asked
		}
		now.Attempts++
		now.Note = a.Note
		switch {
		case asked != nil && !errors.Is(asked, delivery.ErrAnswer) && now.Attempts < maxDeliveryAttempts:
			now.TryAt = sales.At(p.clock.Now().Add(deliveryAgain))
			tx.UpdateDeliveryCheck(now)
			return bot.Reply{}, nil
		case asked != nil:
			p.log.Warn().Err(asked).Str("check", now.ID.String()).Msg("delivery calendar")
			now.State = sales.DeliveryFailed
		case a.OK:
			now.State = sales.DeliveryOK
		default:
			now.State, now.Alternatives = sales.DeliveryConflict, a.Alternatives
		}
		tx.UpdateDeliveryCheck(now)
		kind := "contract.delivery_promised"
		if now.State == sales.DeliveryConflict {
			kind = "contract.delivery_conflict"
		}
		if now.State != sales.DeliveryFailed {
			tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(p.clock.Now()), Kind: kind, SubjectKind: "contract", SubjectID: now.ContractID, PersonID: now.PersonID, Data: "{}"})
		}
		now.Version++
		return bot.Reply{Faces: []view.Face{view.DeliveryCard(view.Delivery{
			Check: now, Contract: contract.No, Customer: customer.Name, Today: sales.DayOf(p.clock.Now()),
		})}}, nil
	})
}
