package store

import (
	"encoding/json"
	"slices"

	"salesflow/bot"
	"salesflow/store/sales"
)

// hook queues the events of the units for the targets that want their kind (webhooks), in the transaction that the events
// are of. An event is new, so there is exactly one row for each event and target; its data is final by now.
func (u *unit) hook(txs []*Tx) {
	targets := u.db.opts.Hooks
	if targets == nil {
		return
	}
	now := u.db.now()
	for _, tx := range txs {
		for _, row := range tx.rows[events] {
			e := eventOf(row)
			for _, target := range targets(e.Kind) {
				d := hookDelivery(e, bot.UserID(target))
				d.ID, d.QueuedAt = tx.NewID(), now
				tx.writeDelivery(pending{d: d, key: deliveryKey(d)}, now)
			}
		}
	}
}

// eventOf is an event as its row has it.
func eventOf(row []any) sales.DomainEvent {
	var e sales.DomainEvent
	at := func(column string) any { return row[slices.Index(events.columns, column)] }
	e.ID, _ = at("id").(sales.ID)
	e.At, _ = at("at").(sales.Instant)
	e.Kind, _ = at("kind").(string)
	e.SubjectKind, _ = at("subject_kind").(string)
	e.SubjectID, _ = at("subject_id").(sales.ID)
	e.PersonID, _ = at("person_id").(sales.PersonID)
	e.Data, _ = at("data").(string)
	return e
}

func hookDelivery(e sales.DomainEvent, target bot.UserID) bot.Delivery {
	h := bot.Hook{
		ID: e.ID.String(), Event: e.Kind, At: e.At.Time, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID, PersonID: e.PersonID,
	}
	if json.Valid([]byte(e.Data)) {
		h.Data = json.RawMessage(e.Data)
	}
	to := []bot.UserID{target}
	return bot.Delivery{
		Subject: "domain:" + h.ID, Kind: bot.DeliverHook, Slot: e.Kind, Recipient: bot.RecipientOf(bot.ViaHook, to, bot.Chat{}),
		Platform: bot.ViaHook, Users: to, Chat: bot.Chat{Platform: bot.ViaHook}, Out: bot.Outgoing{Hook: &h},
	}
}
