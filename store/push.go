package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"salesflow/bot"
	"salesflow/store/dialect"
	"salesflow/store/sales"
)

const (
	// pushWindow is the time in which Options.PushLimit pushes go to one person by themselves.
	pushWindow = time.Hour
	// digestGrace is how long after its moment a push that no digest has taken up goes out by itself.
	digestGrace = 30 * time.Minute
)

var (
	pushes    = rowsOf("pushes", "delivery_id, person_id, account, state, at, read_at, subject")
	pushMarks = rowsOf("push_marks", "person_id, delivery_id").upsert("person_id", "delivery_id", "")
)

// brake decides about everything that the units of a transaction push to people: what waits for quiet hours to end, and
// what is more than Options.PushLimit within the hour, is held for a digest of the person. Here all that is pushed by
// units side by side is seen together, and a row of the person keeps other transactions from counting meanwhile.
func (u *unit) brake(txs []*Tx) error {
	people := map[sales.PersonID]sales.ID{}
	found := false
	for _, tx := range txs {
		for _, p := range tx.deliveries {
			for _, person := range p.d.People {
				found = true
				if !p.d.Urgent && !p.notBefore.After(u.db.now()) {
					people[person] = p.d.ID
				}
			}
		}
	}
	if !found {
		return nil
	}
	c, err := u.pushedTo(people)
	if err != nil {
		return err
	}
	parted := false
	for _, tx := range txs {
		parted = tx.brake(c) || parted
	}
	if parted { // a copy for one person may have been queued before
		if err := u.dropKnown(txs); err != nil {
			return err
		}
	}
	for _, tx := range txs {
		tx.writePushes()
	}
	return nil
}

// pushCount is what people got within the hour.
type pushCount struct {
	limit int
	now   time.Time
	hold  func(time.Time) time.Time
	of    map[sales.PersonID][]time.Time // in order
}

// pushedTo locks people and counts what they got within the hour.
func (u *unit) pushedTo(people map[sales.PersonID]sales.ID) (*pushCount, error) {
	now := u.db.now()
	c := &pushCount{limit: u.db.opts.PushLimit, now: now, hold: u.db.opts.Hold, of: map[sales.PersonID][]time.Time{}}
	if c.limit <= 0 || len(people) == 0 {
		return c, nil
	}
	ids := slices.Sorted(maps.Keys(people))
	if u.db.dialect != dialect.SQLite { // which has one writer
		rows := make([][]any, len(ids))
		for i, id := range ids {
			rows[i] = []any{id, people[id]}
		}
		if err := u.inserts(map[*table][][]any{pushMarks: rows}); err != nil {
			return nil, err
		}
	}
	if err := u.s.settle(u.ctx); err != nil {
		return nil, fmt.Errorf("lock receivers: %w", err)
	}
	for chunk := range slices.Chunk(ids, maxRows) {
		var got []struct {
			Person sales.PersonID `db:"person_id"`
			At     sales.Instant  `db:"at"`
		}
		query := "SELECT person_id, at FROM pushes WHERE person_id IN (" + marks(len(chunk)) + ") AND state = 'now' AND at > ? AND at <= ?"
		args := append(anys(chunk), sales.At(now.Add(-pushWindow)), sales.At(now.Add(clockSlack)))
		if err := u.q.SelectContext(u.ctx, &got, query, args...); err != nil {
			return nil, fmt.Errorf("count pushes: %w", err)
		}
		for _, g := range got {
			c.of[g.Person] = append(c.of[g.Person], g.At.Time)
		}
	}
	for _, list := range c.of {
		slices.SortFunc(list, time.Time.Compare)
	}
	return c, nil
}

// free is when the next push to a person may go by itself; the zero time when it may now.
func (c *pushCount) free(p sales.PersonID) time.Time {
	list := c.of[p]
	if c.limit <= 0 || len(list) < c.limit {
		return time.Time{}
	}
	at := list[len(list)-c.limit].Add(pushWindow)
	if c.hold != nil {
		if later := c.hold(at); later.After(at) {
			at = later
		}
	}
	return at
}

func (c *pushCount) add(p sales.PersonID) {
	if c.limit > 0 {
		c.of[p] = append(c.of[p], c.now)
	}
}

// brake holds the unit's pushes that cannot go now, and reports whether it parted one by its people.
func (tx *Tx) brake(c *pushCount) bool {
	var out []pending
	parted := false
	for _, p := range tx.deliveries {
		if len(p.d.People) == 0 || p.d.Urgent {
			for _, person := range p.d.People {
				c.add(person)
			}
			out = append(out, p)
			continue
		}
		if p.notBefore.After(c.now) { // quiet hours; the Poster has parted it
			p.held = true
			out = append(out, p)
			continue
		}
		list := tx.part(p, c)
		parted = parted || len(list) > 1
		out = append(out, list...)
	}
	tx.deliveries = out
	return parted
}

// part makes of a push one for the people who get it now, and one for each who is over the limit.
func (tx *Tx) part(p pending, c *pushCount) []pending {
	type wait struct {
		i  int
		at time.Time
	}
	var now []int
	var later []wait
	for i, person := range p.d.People {
		if at := c.free(person); !at.IsZero() {
			later = append(later, wait{i, at})
			continue
		}
		now = append(now, i)
		c.add(person)
	}
	var out []pending
	own := p // the first part keeps the delivery and its card
	if len(now) > 0 {
		own.take(now...)
		tx.cardFor(own.d)
		out = append(out, own)
	}
	for _, w := range later {
		one := p
		if len(out) > 0 {
			one.d.ID = tx.NewID()
			one.d.CardID = tx.copyCard(p.d.CardID)
		}
		one.take(w.i)
		one.notBefore, one.held = w.at, true
		tx.cardFor(one.d)
		out = append(out, one)
	}
	return out
}

// take leaves some of the people of a delivery, by their places.
func (p *pending) take(places ...int) {
	var users []bot.UserID
	var people []sales.PersonID
	for _, i := range places {
		users, people = append(users, p.d.Users[i]), append(people, p.d.People[i])
	}
	p.d.Users, p.d.People = users, people
	p.d.Recipient = bot.RecipientOf(p.d.Platform, users, p.d.Chat)
	p.key = deliveryKey(p.d)
}

// cardFor says on a new card whom it goes to.
func (tx *Tx) cardFor(d bot.Delivery) {
	if c, ok := tx.cards[d.CardID]; ok {
		c.Users = d.Users
		tx.cards[d.CardID] = c
	}
}

// copyCard makes another copy of a new card.
func (tx *Tx) copyCard(id sales.ID) sales.ID {
	c, ok := tx.cards[id]
	if !ok {
		return 0
	}
	if c.Key == "card:"+c.ID.String() {
		c.Key = ""
	}
	c.ID = tx.NewID()
	c.Key = cmp.Or(c.Key, "card:"+c.ID.String())
	tx.PutCard(c)
	return c.ID
}

// writePushes notes whom the unit pushes something to, and when what is held is gathered.
func (tx *Tx) writePushes() {
	now := tx.u.db.now()
	for i, p := range tx.deliveries {
		state, at := bot.PushNow, now
		if p.held {
			state, at = bot.PushHeld, p.notBefore
			tx.deliveries[i].notBefore = at.Add(digestGrace)
		}
		for k, person := range p.d.People {
			tx.add(pushes, []any{p.d.ID, person, clip(string(p.d.Users[k]), 254), state, sales.At(at), sales.Instant{}, p.d.Subject})
			if p.held {
				tx.Schedule(sales.Due{
					ID: tx.NewID(), Kind: bot.DuePushDigest, SubjectKind: "person", SubjectID: sales.ID(person),
					Slot: strconv.FormatInt(at.Unix()/60, 10), DueAt: sales.At(at), State: sales.DuePending,
				})
			}
		}
	}
}

// WaitingPushes lists what is held for a person and was to go by a moment, the oldest first.
func (tx *Tx) WaitingPushes(ctx context.Context, person sales.PersonID, until sales.Instant) ([]bot.Delivery, error) {
	return tx.deliveriesOf(ctx, `
		WHERE id IN (SELECT delivery_id FROM pushes WHERE person_id = ? AND state = 'held' AND at <= ?) AND state = 'queued'
		ORDER BY queued_at, id
		LIMIT 200`, person, until)
}

// ToldPushes lists what was told a person as lines of digests since a moment, in the order in which it was told.
func (tx *Tx) ToldPushes(ctx context.Context, person sales.PersonID, since sales.Instant) ([]bot.Delivery, error) {
	return tx.deliveriesOf(ctx, `
		WHERE id IN (SELECT delivery_id FROM pushes WHERE person_id = ? AND state = 'told' AND at >= ?)
		ORDER BY queued_at, id
		LIMIT 200`, person, since)
}

// LastTold is when a person was told lines of a digest last; the zero Instant for never.
func (tx *Tx) LastTold(ctx context.Context, person sales.PersonID) (sales.Instant, error) {
	var at []sales.Instant
	err := tx.list(ctx, &at, "SELECT at FROM pushes WHERE person_id = ? AND state = 'told' ORDER BY at DESC LIMIT 1", person)
	if err != nil || len(at) == 0 {
		return sales.Instant{}, err
	}
	return at[0], nil
}

// PushedSince counts what went to a person by itself since a moment.
func (tx *Tx) PushedSince(ctx context.Context, person sales.PersonID, since sales.Instant) (int, error) {
	var n int
	err := tx.get(ctx, "", &n, "SELECT COUNT(*) FROM pushes WHERE person_id = ? AND state = 'now' AND at > ?", person, since)
	return n, err
}

func (tx *Tx) deliveriesOf(ctx context.Context, where string, args ...any) ([]bot.Delivery, error) {
	var rows []deliveryRow
	if err := tx.list(ctx, &rows, "SELECT "+deliveryColumns+" FROM outbox "+where, args...); err != nil {
		return nil, err
	}
	return deliveriesIn(rows)
}

// ReleasePush lets a push that was held go out by itself now, with the content it has here.
func (tx *Tx) ReleasePush(d bot.Delivery) {
	const release = "UPDATE outbox SET wake_at = ?, queued_at = ?, content = ? WHERE id = ? AND state = 'queued'"
	const note = "UPDATE pushes SET state = 'now', at = ? WHERE delivery_id = ?"
	now := sales.At(tx.u.db.now())
	tx.touching("push", d.ID.String())
	tx.before = append(tx.before, statement{release, []any{now, now, toJSON(d.Out), d.ID}, 1}, statement{note, []any{now, d.ID}, -1})
	if d.CardID != 0 {
		tx.supersede(d.CardID, tx.u.db.now())
	}
}

// KeepPush holds a push until a later moment.
func (tx *Tx) KeepPush(d bot.Delivery, until sales.Instant) {
	const wait = "UPDATE outbox SET wake_at = ? WHERE id = ? AND state = 'queued'"
	const note = "UPDATE pushes SET at = ? WHERE delivery_id = ?"
	tx.touching("push", d.ID.String())
	tx.before = append(tx.before, statement{wait, []any{sales.At(until.Add(digestGrace)), d.ID}, 1}, statement{note, []any{until, d.ID}, -1})
}

// TellPush notes that a push was told at a moment as a line of a digest: it does not go out by itself any more.
func (tx *Tx) TellPush(d bot.Delivery, at sales.Instant) {
	tx.endPush(d.ID, bot.PushTold, "'queued'", "told in a digest", at)
}

// DropPush ends a push that is held and has become pointless.
func (tx *Tx) DropPush(d bot.Delivery, at sales.Instant, reason string) {
	tx.endPush(d.ID, bot.PushEnded, "'queued'", reason, at)
}

// MovePush notes that a push goes through another channel: it is not tried again where it was to go.
func (tx *Tx) MovePush(id sales.ID, reason string) {
	tx.endPush(id, bot.PushMissed, "'queued', 'failed_for_now'", reason, sales.At(tx.u.db.now()))
}

func (tx *Tx) endPush(id sales.ID, state, from, reason string, now sales.Instant) {
	end := "UPDATE outbox SET state = 'superseded', wake_at = NULL, done_at = ?, reason = ? WHERE id = ? AND state IN (" + from + ")"
	const note = "UPDATE pushes SET state = ?, at = ? WHERE delivery_id = ?"
	tx.touching("push", id.String())
	tx.before = append(tx.before, statement{end, []any{now, clip(reason, 190), id}, 1}, statement{note, []any{state, now, id}, -1})
}

// BouncedMail is a mail that went to no person of ours and failed for good: what it was about, its receiver and why. NotFound
// when it is none.
func (tx *Tx) BouncedMail(ctx context.Context, id sales.ID) (subject, address, reason string, err error) {
	var row struct {
		Subject string `db:"subject"`
		Users   string `db:"users"`
		Reason  string `db:"reason"`
	}
	err = tx.get(ctx, "这封邮件已经不在了。", &row, "SELECT o.subject, o.users, o.reason FROM outbox o WHERE o.id = ? AND o.platform = ? AND o.state = ? "+
		"AND NOT EXISTS (SELECT 1 FROM pushes p WHERE p.delivery_id = o.id)", id, bot.ViaMail, bot.DeliveryFailed)
	if err != nil {
		return "", "", "", err
	}
	var users []string
	if err := json.Unmarshal([]byte(row.Users), &users); err != nil || len(users) == 0 {
		return "", "", "", notFound("这封邮件没有收件人。")
	}
	return row.Subject, users[0], row.Reason, nil
}

// finishPush writes what the outcome of a push means for its people: who was missed, what was read, and what is to be
// asked or sent elsewhere.
func (tx *Tx) finishPush(o bot.Outcome, now sales.Instant) {
	if o.Look != nil {
		tx.AddDelivery(*o.Look, o.LookAt)
	}
	if l := o.Looked; l != nil {
		tx.finishLook(*l, now)
	}
	if o.Bounced {
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: bot.DueMailBounced, SubjectKind: "delivery", SubjectID: o.ID, Slot: "once", DueAt: now, State: sales.DuePending,
		})
	}
	if !o.Push {
		return
	}
	const miss = "UPDATE pushes SET state = 'missed' WHERE delivery_id = ? AND state = 'now'"
	switch {
	case o.State == bot.DeliveryFailed:
		tx.after = append(tx.after, statement{miss, []any{o.ID}, -1})
		tx.fall(o.ID, bot.FallFailed, now)
	case arrived(o.State) && len(o.Receipt.Undelivered) > 0:
		query := miss + " AND account IN (" + marks(len(o.Receipt.Undelivered)) + ")"
		tx.after = append(tx.after, statement{query, append([]any{o.ID}, anys(o.Receipt.Undelivered)...), -1})
		tx.fall(o.ID, bot.FallFailed, now)
	case o.Late:
		tx.fall(o.ID, bot.FallLate, now)
	}
}

func (tx *Tx) finishLook(l bot.Looked, now sales.Instant) {
	if !l.Told {
		return
	}
	if len(l.Read) > 0 {
		query := "UPDATE pushes SET read_at = COALESCE(read_at, ?) WHERE delivery_id = ? AND account IN (" + marks(len(l.Read)) + ")"
		tx.after = append(tx.after, statement{query, append([]any{now, l.Delivery}, anys(l.Read)...), -1})
	}
	if len(l.Read) < len(l.Of) {
		tx.fall(l.Delivery, bot.FallUnread, now)
		return
	}
	const read = "UPDATE outbox SET state = 'read' WHERE id = ? AND state IN ('sent', 'delivered')"
	tx.after = append(tx.after, statement{read, []any{l.Delivery}, -1})
}

// fall has another channel looked for, once for each reason.
func (tx *Tx) fall(delivery sales.ID, why string, now sales.Instant) {
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: bot.DuePushFall, SubjectKind: "delivery", SubjectID: delivery, Slot: why, DueAt: now, State: sales.DuePending,
	})
}

// waits reports whether a card is not out because its push is held, or was told as a line.
func (db *DB) waits(ctx context.Context, card sales.ID) (bool, error) {
	var n int
	err := db.r.GetContext(ctx, &n, `
		SELECT COUNT(*)
		FROM outbox o
		JOIN pushes p ON p.delivery_id = o.id
		WHERE o.card_id = ? AND o.kind <> 'update' AND p.state IN ('held', 'told') AND o.state IN ('queued', 'superseded')`, card)
	if err != nil {
		return false, fmt.Errorf("look whether card %d waits: %w", card, err)
	}
	return n > 0, nil
}
