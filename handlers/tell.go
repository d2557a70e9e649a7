package handlers

import (
	"context"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// teller is what telling rules of a value needs of a transaction.
type teller interface {
	NewID() sales.ID
	Emit(e sales.DomainEvent)
}

// tell1 tells the rules that a value which stands in a table of its own has changed for a record.
func tell1(tx teller, now time.Time, by sales.PersonID, kind string, id sales.ID, key, old, is string) {
	if old == is {
		return
	}
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(now), Kind: kind + "." + key, SubjectKind: kind, SubjectID: id, PersonID: by, Data: sales.Told(key, old, is),
	})
}

// tellOrder tells the rules of an order that has changed in the ERP: it is its contract's, and that of the goods on their way.
func tellOrder(ctx context.Context, t bot.Turn, tx Tx, contract sales.ID, was, o sales.ERPOrder) error {
	tell := func(kind string, id sales.ID) {
		tell1(tx, t.Now, t.Person.ID, kind, id, sales.TellERP, was.ForRules(), o.ForRules())
		tell1(tx, t.Now, t.Person.ID, kind, id, sales.TellERPRefused, was.Refused(), o.Refused())
	}
	tell("contract", contract)
	if was.ForRules() == o.ForRules() && was.Refused() == o.Refused() {
		return nil
	}
	list, err := tx.ShipmentsByContract(ctx, contract)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.Kind == sales.ShipmentOut && s.State == sales.ShipmentShipped {
			tell("shipment", s.ID)
		}
	}
	return nil
}

// tellShipped tells the rules how the order stands in the ERP to which goods go out.
func tellShipped(ctx context.Context, t bot.Turn, tx Tx, s sales.Shipment) error {
	o, err := tx.ERPOrderOf(ctx, s.ContractID)
	if err != nil || o.Version == 0 {
		return err
	}
	tell1(tx, t.Now, t.Person.ID, "shipment", s.ID, sales.TellERP, "", o.ForRules())
	tell1(tx, t.Now, t.Person.ID, "shipment", s.ID, sales.TellERPRefused, "", o.Refused())
	return nil
}
