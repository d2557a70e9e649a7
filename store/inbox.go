package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/bot"
	"salesflow/store/sales"
)

// States of an inbox row.
const (
	inboxDone    = "done"
	inboxPending = "pending"
	inboxParked  = "parked"
)

var inbox = rowsOf("inbox", `
	id,
	event_key,
	person_id,
	sender,
	state,
	event,
	at,
	received_at,
	attempts,
	claimed_until,
	reason`).leaving("event, attempts, claimed_until, reason")

// eventKey is the identity of an event across platforms.
func eventKey(p bot.Platform, id string) string { return string(p) + ":" + id }

// senderKey names who an event is from, as the platform knows them.
func senderKey(ev bot.Event) string {
	return string(ev.Platform) + ":" + strings.ToLower(string(ev.From))
}

const pendingDone = `
	UPDATE inbox
	SET state = 'done', event = NULL, claimed_until = NULL, reason = NULL, person_id = ?
	WHERE event_key = ? AND state = 'pending'`

// inboxDone notes the event of a call as done, in the transaction of its work.
func (u *unit) inboxDone(tx *Tx, c *call) {
	if u.inbox[c.key] == inboxPending {
		tx.before = append(tx.before, statement{pendingDone, []any{c.work.Person, c.key}, 1})
		return
	}
	now := sales.At(u.db.now())
	at := sales.At(c.work.Event.At)
	if at.IsZero() {
		at = now
	}
	tx.add(inbox, []any{
		u.db.ids.next(), c.key, c.work.Person, senderKey(c.work.Event), inboxDone, nil, at, now, 0, sales.Instant{}, nil,
	})
}

// KeepPending keeps an event that could not be done now, to be done by a worker. One that is there already, done or
// waiting, stays as it is.
func (db *DB) KeepPending(ctx context.Context, ev bot.Event) error {
	return db.KeepAll(ctx, []bot.Event{ev}, 0)
}

// KeepAll is KeepPending for several events, of which all are kept or none. They are not claimed before wait has passed.
func (db *DB) KeepAll(ctx context.Context, evs []bot.Event, wait time.Duration) error {
	if err := db.holdNode(ctx); err != nil {
		return err
	}
	now := sales.At(db.now())
	var from sales.Instant
	if wait > 0 {
		from = sales.At(now.Add(wait))
	}
	var rows [][]any
	for _, ev := range evs {
		b, err := json.Marshal(ev)
		if err != nil {
			return fmt.Errorf("keep event: %w", err)
		}
		at := sales.At(ev.At)
		if at.IsZero() {
			at = now
		}
		rows = append(rows, []any{
			db.ids.next(), eventKey(ev.Platform, ev.ID), 0, senderKey(ev), inboxPending, string(b), at, now, 0, from, nil,
		})
	}
	return db.write(ctx, func(tx *sqlx.Tx) error {
		for chunk := range slices.Chunk(rows, maxRows) {
			query := inbox.insert(db.dialect, len(chunk)) + db.dialect.Upsert("inbox", []string{"event_key"}, nil, nil)
			if _, err := tx.ExecContext(ctx, query, slices.Concat(chunk...)...); err != nil {
				return fmt.Errorf("keep events: %w", err)
			}
		}
		return nil
	})
}

// Kept is an event that waits in the inbox or is parked there.
type Kept struct {
	ID       sales.ID
	Event    bot.Event
	Attempts int // how often it was claimed, with this time
	Reason   string
	Received time.Time
}

type keptRow struct {
	ID       sales.ID      `db:"id"`
	Event    string        `db:"event"`
	Attempts int           `db:"attempts"`
	Reason   string        `db:"reason"`
	Received sales.Instant `db:"received_at"`
}

func keptOf(rows []keptRow) ([]Kept, error) {
	out := make([]Kept, 0, len(rows))
	for _, r := range rows {
		k := Kept{ID: r.ID, Attempts: r.Attempts, Reason: r.Reason, Received: r.Received.Time}
		if err := json.Unmarshal([]byte(r.Event), &k.Event); err != nil {
			return nil, fmt.Errorf("read event %d: %w", r.ID, err)
		}
		out = append(out, k)
	}
	return out, nil
}

// The oldest waiting event of each sender, unless somebody is at it. A later one waits for it: people's messages are
// done in the order of the platform's time. It does not wait for one that fails again and again.
const claimablePending = `
	SELECT id
	FROM (
		SELECT id, at, claimed_until, SUM(CASE WHEN attempts < 3 THEN 1 ELSE 0 END)
			OVER (PARTITION BY sender ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ahead
		FROM inbox
		WHERE state = 'pending'
	) waiting
	WHERE COALESCE(ahead, 0) = 0 AND (claimed_until IS NULL OR claimed_until <= ? OR claimed_until > ?)
	ORDER BY at, id
	LIMIT ?`

const claimPending = `
	UPDATE inbox
	SET claimed_until = ?, attempts = attempts + 1
	WHERE id = ? AND state = 'pending' AND (claimed_until IS NULL OR claimed_until <= ? OR claimed_until > ?)`

// ClaimPending takes waiting events to be done through Do, at most one of each sender, the oldest first. An event that
// is neither done nor parked within the lease may be claimed again.
func (db *DB) ClaimPending(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Kept, error) {
	var rows []keptRow
	never := sales.At(now.Add(lease + clockSlack)) // no claim of ours ends so late
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		rows = nil
		var ids []sales.ID
		if err := tx.SelectContext(ctx, &ids, claimablePending, sales.At(now), never, bound(limit, 200)); err != nil {
			return fmt.Errorf("find pending events: %w", err)
		}
		var got []sales.ID
		for _, id := range ids {
			res, err := tx.ExecContext(ctx, claimPending, sales.At(now.Add(lease)), id, sales.At(now), never)
			if err != nil {
				return fmt.Errorf("claim event: %w", err)
			}
			if wantRows(res, 1) == nil {
				got = append(got, id)
			}
		}
		if len(got) == 0 {
			return nil
		}
		query := "SELECT id, event, attempts, COALESCE(reason, '') AS reason, received_at FROM inbox WHERE id IN (" + marks(len(got)) + ") ORDER BY at, id"
		if err := tx.SelectContext(ctx, &rows, query, anys(got)...); err != nil {
			return fmt.Errorf("read pending events: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return keptOf(rows)
}

// ParkInbox sets an event aside that fails again and again, for the admin to look at. It will be refused as a duplicate
// until it is unparked.
func (db *DB) ParkInbox(ctx context.Context, ev bot.Event, reason string) error {
	if err := db.KeepPending(ctx, ev); err != nil {
		return err
	}
	const park = "UPDATE inbox SET state = 'parked', reason = ?, claimed_until = NULL WHERE event_key = ? AND state = 'pending'"
	return db.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, park, reason, eventKey(ev.Platform, ev.ID)); err != nil {
			return fmt.Errorf("park event: %w", err)
		}
		return nil
	})
}

// Parked lists the events set aside, the oldest first.
func (db *DB) Parked(ctx context.Context, limit int) ([]Kept, error) {
	const parked = `
		SELECT id, event, attempts, COALESCE(reason, '') AS reason, received_at
		FROM inbox
		WHERE state = 'parked'
		ORDER BY at, id
		LIMIT ?`
	var rows []keptRow
	if err := db.r.SelectContext(ctx, &rows, parked, bound(limit, 500)); err != nil {
		return nil, fmt.Errorf("list parked events: %w", err)
	}
	return keptOf(rows)
}

// Unpark lets a parked event be tried again from the beginning. NotFound when it is not parked.
func (db *DB) Unpark(ctx context.Context, id sales.ID) error {
	const unpark = "UPDATE inbox SET state = 'pending', attempts = 0, claimed_until = NULL WHERE id = ? AND state = 'parked'"
	return db.write(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, unpark, id)
		if err != nil {
			return fmt.Errorf("unpark event: %w", err)
		}
		if wantRows(res, 1) != nil {
			return notFound("没有这条搁置的消息。")
		}
		return nil
	})
}

// PendingCount is how many events wait in the inbox.
func (db *DB) PendingCount(ctx context.Context) (int, error) {
	var n int
	if err := db.r.GetContext(ctx, &n, "SELECT COUNT(*) FROM inbox WHERE state = 'pending'"); err != nil {
		return 0, fmt.Errorf("count pending events: %w", err)
	}
	return n, nil
}
