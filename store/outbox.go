package store

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

var outbox = rowsOf("outbox", `
	id,
	delivery_key,
	subject,
	kind,
	slot,
	recipient,
	platform,
	via,
	users,
	chat,
	route,
	content,
	card_id,
	fresh,
	state,
	unsure,
	attempts,
	queued_at,
	wake_at,
	claimed_by,
	done_at,
	receipt,
	reason`).leaving("via, card_id, fresh, unsure, attempts, wake_at, claimed_by, done_at, receipt, reason")

// pending is a delivery that a unit wants queued.
type pending struct {
	d         bot.Delivery
	key       [sha256.Size]byte
	notBefore time.Time
	held      bool // for a digest of its one person
}

// deliveryKey is (subject, kind, slot, recipient) in a fixed size: a list of recipients may be long.
func deliveryKey(d bot.Delivery) [sha256.Size]byte {
	return sha256.Sum256([]byte(toJSON([]string{d.Subject, d.Kind, d.Slot, d.Recipient})))
}

// AddDelivery queues a delivery, not before notBefore when that is set. Where one with the same (Subject, Kind, Slot,
// Recipient) is queued or was sent, nothing happens, and a new card it would have carried is not made either.
func (tx *Tx) AddDelivery(d bot.Delivery, notBefore time.Time) {
	if d.ID == 0 {
		d.ID = tx.NewID()
	}
	d.QueuedAt = tx.u.db.now()
	tx.deliveries = append(tx.deliveries, pending{d: d, key: deliveryKey(d), notBefore: notBefore})
}

// dropRepeated drops a delivery whose key an earlier one of the unit has.
func (tx *Tx) dropRepeated() {
	seen := make(map[[sha256.Size]byte]bool, len(tx.deliveries))
	tx.dropDeliveries(func(p pending) bool {
		again := seen[p.key]
		seen[p.key] = true
		return again
	})
}

func (tx *Tx) dropDeliveries(drop func(pending) bool) {
	var dropped []bot.Delivery
	kept := make([]pending, 0, len(tx.deliveries))
	for _, p := range tx.deliveries {
		if drop(p) {
			dropped = append(dropped, p.d)
		} else {
			kept = append(kept, p)
		}
	}
	tx.deliveries = kept
	for _, d := range dropped {
		tx.dropCard(d)
	}
}

// dropCard forgets a new card whose delivery is not queued, and lets the card it was to replace live.
func (tx *Tx) dropCard(d bot.Delivery) {
	c, ok := tx.cards[d.CardID]
	if !ok || tx.read[changeKey{cardTable, int64(d.CardID)}] != 0 {
		return
	}
	delete(tx.cards, d.CardID)
	for id, old := range tx.cards {
		if old.Key == c.Key && old.State == bot.CardGone {
			delete(tx.cards, id)
			tx.dropDeliveries(func(p pending) bool { return p.d.CardID == id })
		}
	}
}

// dropKnown drops deliveries that are in the outbox already, or that an earlier unit of the transaction queues. The
// answers to an event need no look: its inbox key is new, so they are. Should another transaction queue one meanwhile,
// the unique key stops this one and it is repeated.
func (u *unit) dropKnown(txs []*Tx) error {
	var ask []any
	known := map[[sha256.Size]byte]bool{}
	for _, tx := range txs {
		own := "event:" + string(tx.work.Platform) + ":" + tx.work.EventID
		for _, p := range tx.deliveries {
			if tx.work.EventID == "" || p.d.Subject != own {
				ask = append(ask, p.key[:])
			}
		}
	}
	for len(ask) > 0 {
		n := min(len(ask), maxRows)
		var found [][]byte
		query := "SELECT delivery_key FROM outbox WHERE delivery_key IN (" + marks(n) + ")"
		if err := u.q.SelectContext(u.ctx, &found, query, ask[:n]...); err != nil {
			return fmt.Errorf("look for deliveries: %w", err)
		}
		for _, k := range found {
			known[[sha256.Size]byte(k)] = true
		}
		ask = ask[n:]
	}
	for _, tx := range txs {
		tx.dropDeliveries(func(p pending) bool { return known[p.key] })
		for _, p := range tx.deliveries {
			known[p.key] = true
		}
	}
	return nil
}

// writeDeliveries turns the deliveries that remain into rows. What may go now, and through this process, is claimed by
// it at once; the rest waits for a sweep.
func (tx *Tx) writeDeliveries() {
	now := tx.u.db.now()
	for _, p := range tx.deliveries {
		tx.writeDelivery(p, now)
	}
}

func (tx *Tx) writeDelivery(p pending, now time.Time) {
	db, d := tx.u.db, p.d
	state, wake, by := bot.DeliveryQueued, sales.At(now), ""
	switch {
	case p.notBefore.After(now):
		wake = sales.At(p.notBefore)
	case db.opts.Mine(d.Platform, d.Chat.Via):
		state, wake, by = bot.DeliverySending, sales.At(now.Add(db.opts.SendLease)), db.opts.Holder
		tx.claimed = append(tx.claimed, d)
	}
	if d.Kind == bot.DeliverUpdate && d.CardID != 0 {
		tx.supersede(d.CardID, now)
	}
	tx.add(outbox, []any{
		d.ID, p.key[:], d.Subject, d.Kind, d.Slot, d.Recipient, d.Platform, d.Chat.Via, toJSON(d.Users), toJSON(d.Chat),
		toJSON(d.Route), tx.contentOf(d), d.CardID, d.Fresh, state, false, 0, sales.At(d.QueuedAt), wake, by,
		sales.Instant{},
		nil, "",
	})
}

// contentOf is what a delivery says, as JSON; empty for a new card, whose face stands in its own row and is as good: should it
// change before it is sent, the newer one is what is to be seen.
func (tx *Tx) contentOf(d bot.Delivery) string {
	out := d.Out
	out.Card = nil
	if _, ok := tx.cards[d.CardID]; ok && d.Out.Card != nil && out == (bot.Outgoing{}) && tx.read[changeKey{cardTable, int64(d.CardID)}] == 0 {
		return ""
	}
	return toJSON(d.Out)
}

// supersede takes back the faces of a card that have not gone out: the new one says more.
func (tx *Tx) supersede(card sales.ID, now time.Time) {
	const query = `
		UPDATE outbox
		SET state = 'superseded', wake_at = NULL, done_at = ?
		WHERE card_id = ? AND state IN ('queued', 'failed_for_now') AND kind = 'update'`
	tx.before = append(tx.before, statement{query, []any{sales.At(now), card}, -1})
}

// deliveryRow is a delivery as its table has it.
type deliveryRow struct {
	ID        sales.ID      `db:"id"`
	Subject   string        `db:"subject"`
	Kind      string        `db:"kind"`
	Slot      string        `db:"slot"`
	Recipient string        `db:"recipient"`
	Platform  bot.Platform  `db:"platform"`
	Users     string        `db:"users"`
	Chat      string        `db:"chat"`
	Route     string        `db:"route"`
	Content   string        `db:"content"`
	CardID    sales.ID      `db:"card_id"`
	Fresh     int64         `db:"fresh"`
	Unsure    bool          `db:"unsure"`
	Attempts  int           `db:"attempts"`
	QueuedAt  sales.Instant `db:"queued_at"`
	// Face is that of the card where the delivery has no content of its own: see contentOf.
	Face *string `db:"face"`
}

func (r deliveryRow) delivery() (bot.Delivery, error) {
	d := bot.Delivery{
		ID: r.ID, Subject: r.Subject, Kind: r.Kind, Slot: r.Slot, Recipient: r.Recipient, Platform: r.Platform,
		CardID: r.CardID, Fresh: r.Fresh, Retry: r.Unsure, Attempts: r.Attempts, QueuedAt: r.QueuedAt.Time,
	}
	fields := map[any]string{&d.Users: r.Users, &d.Chat: r.Chat, &d.Route: r.Route}
	switch {
	case r.Content != "":
		fields[&d.Out] = r.Content
	case r.Face != nil:
		fields[&d.Out.Card] = *r.Face
	} // else the card is long gone, and nobody sends it any more
	for dest, text := range fields {
		if err := json.Unmarshal([]byte(text), dest); err != nil {
			return d, fmt.Errorf("read delivery %d: %w", r.ID, err)
		}
	}
	return d, nil
}
