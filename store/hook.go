package store

import (
	"encoding/json"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// hook queues an event for each target that wants its kind (webhooks), in the transaction that the event is of: exactly
// one row for each event and target.
func (tx *Tx) hook(e sales.DomainEvent) {
	if tx.u.db.opts.Hooks == nil {
		return
	}
	for _, target := range tx.u.db.opts.Hooks(e.Kind) {
		h := bot.Hook{
			ID: e.ID.String(), Event: e.Kind, At: e.At.Time, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID, PersonID: e.PersonID,
		}
		if json.Valid([]byte(e.Data)) {
			h.Data = json.RawMessage(e.Data)
		}
		tx.AddDelivery(bot.Delivery{
			Subject: "domain:" + h.ID, Kind: bot.DeliverHook, Slot: e.Kind, Recipient: bot.RecipientOf(bot.ViaHook, []bot.UserID{bot.UserID(target)}, bot.Chat{}),
			Platform: bot.ViaHook, Users: []bot.UserID{bot.UserID(target)}, Chat: bot.Chat{Platform: bot.ViaHook}, Out: bot.Outgoing{Hook: &h},
		}, time.Time{})
	}
}
