package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/bot"
	"salesflow/store/sales"
)

const deliveryColumns = `
	id,
	subject,
	kind,
	slot,
	recipient,
	platform,
	users,
	chat,
	route,
	content,
	card_id,
	fresh,
	unsure,
	attempts,
	queued_at,
	(SELECT c.face FROM cards c WHERE c.id = outbox.card_id AND outbox.content = '') AS face`

// channel is one way out: a platform and the adapter's own channel on it (bot.Chat.Via).
type channel struct {
	Platform bot.Platform `db:"platform"`
	Via      string       `db:"via"`
}

// ClaimDeliveries takes what wants to be sent now, the longest waiting first, and leaves out channels that are not
// Options.Mine. They are this process's for Options.SendLease. One that was being sent when its lease ran out comes with
// Retry set: it may have reached the platform.
func (db *DB) ClaimDeliveries(ctx context.Context, now time.Time, limit int) ([]bot.Delivery, error) {
	if err := db.holdNode(ctx); err != nil {
		return nil, err
	}
	var rows []deliveryRow
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		rows = nil
		if err := db.mendClock(ctx, tx, now); err != nil {
			return err
		}
		ids, err := db.claimable(ctx, tx, now, bound(limit, 500))
		if err != nil || len(ids) == 0 {
			return err
		}
		return db.takeDeliveries(ctx, tx, ids, now, &rows)
	})
	if err != nil {
		return nil, err
	}
	return deliveriesIn(rows)
}

// deliveriesIn are the deliveries of rows.
func deliveriesIn(rows []deliveryRow) ([]bot.Delivery, error) {
	out := make([]bot.Delivery, 0, len(rows))
	for _, r := range rows {
		d, err := r.delivery()
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// mendEvery is how often it is looked whether the clock has been set back; at once when this process sees it itself.
const mendEvery = 30 * time.Second

// mendClock lets what was put off by a clock that has been set back since be tried now: the moment it was put off to, of
// that clock, may be far away. So is the end of a claim that lies further off than one made now would.
func (db *DB) mendClock(ctx context.Context, tx *sqlx.Tx, now time.Time) error {
	last := db.mended.Swap(now.UnixNano())
	if past := now.UnixNano() - last; past >= 0 && past < int64(mendEvery) {
		db.mended.Store(last)
		return nil
	}
	const late = `
		SELECT id
		FROM outbox
		WHERE wake_at > ?
			AND (state = 'failed_for_now' AND tried_at > ? OR state = 'sending' AND wake_at > ?)
		LIMIT 500`
	var ids []sales.ID
	slack := sales.At(now.Add(clockSlack))
	err := tx.SelectContext(ctx, &ids, late, slack, slack, sales.At(now.Add(db.opts.SendLease+clockSlack)))
	if err != nil || len(ids) == 0 {
		return err
	}
	query := "UPDATE outbox SET wake_at = ? WHERE wake_at > ? AND state IN ('failed_for_now', 'sending') AND id IN (" + marks(len(ids)) + ")"
	if _, err := tx.ExecContext(ctx, query, append([]any{sales.At(now), slack}, anys(ids)...)...); err != nil {
		return fmt.Errorf("mend the clock: %w", err)
	}
	return nil
}

// claimable finds what this process may send now. Channels that turn out not to be its own are left out of the next
// look, so that a long queue of theirs does not hide what is.
func (db *DB) claimable(ctx context.Context, tx *sqlx.Tx, now time.Time, limit int) ([]sales.ID, error) {
	where, args := []string{"wake_at <= ?"}, []any{sales.At(now)}
	for range 8 {
		var found []struct {
			ID sales.ID `db:"id"`
			channel
		}
		query := "SELECT id, platform, via FROM outbox WHERE " + strings.Join(where, " AND ") + " ORDER BY wake_at LIMIT ?"
		if err := tx.SelectContext(ctx, &found, query, append(slices.Clone(args), limit)...); err != nil {
			return nil, fmt.Errorf("find deliveries: %w", err)
		}
		var ids []sales.ID
		others := map[channel]bool{}
		for _, f := range found {
			switch {
			case db.opts.Mine(f.Platform, f.Via):
				ids = append(ids, f.ID)
			case !others[f.channel]:
				others[f.channel] = true
				where = append(where, "NOT (platform = ? AND via = ?)")
				args = append(args, f.Platform, f.Via)
			}
		}
		if len(others) == 0 || len(found) < limit {
			return ids, nil
		}
	}
	return nil, nil
}

func (db *DB) takeDeliveries(ctx context.Context, tx *sqlx.Tx, ids []sales.ID, now time.Time, rows *[]deliveryRow) error {
	claim := db.opts.Holder + "/" + db.ids.next().String()
	in := "id IN (" + marks(len(ids)) + ")"
	// state comes last: MySQL sets the columns from left to right, each seeing those before it.
	take := `
		UPDATE outbox
		SET
			unsure = CASE WHEN state = 'sending' THEN 1 ELSE unsure END,
			claimed_by = ?,
			wake_at = ?,
			attempts = attempts + CASE WHEN state = 'sending' THEN 1 ELSE 0 END,
			state = 'sending'
		WHERE wake_at <= ? AND ` + in
	args := append([]any{claim, sales.At(now.Add(db.opts.SendLease)), sales.At(now)}, anys(ids)...)
	if _, err := tx.ExecContext(ctx, take, args...); err != nil {
		return fmt.Errorf("claim deliveries: %w", err)
	}
	read := "SELECT " + deliveryColumns + " FROM outbox WHERE " + in + " AND claimed_by = ? ORDER BY queued_at, id"
	if err := tx.SelectContext(ctx, rows, read, append(anys(ids), claim)...); err != nil {
		return fmt.Errorf("read deliveries: %w", err)
	}
	return nil
}

// open reports whether something is left to do.
func open(state string) bool { return state == bot.DeliveryRetry || state == bot.DeliveryQueued }

func arrived(state string) bool {
	return state == bot.DeliverySent || state == bot.DeliveryDelivered || state == bot.DeliveryRead
}

// outcomeGroup is what outcomes must have in common to be written by one statement.
type outcomeGroup struct {
	state    string
	attempts int
	nextAt   time.Time
	reason   string
}

// FinishDeliveries notes what became of deliveries, and the receipts of their cards. A delivery that is finished already
// only goes from sent to delivered and read. One that was tried with unknown outcome (bot.Unsure) comes with Retry set
// the next time.
func (db *DB) FinishDeliveries(ctx context.Context, done []bot.Outcome) error {
	if len(done) == 0 {
		return nil
	}
	groups := map[outcomeGroup][]bot.Outcome{}
	var order []outcomeGroup
	for _, o := range done {
		g := outcomeGroup{o.State, o.Attempts, o.NextAt, o.Reason}
		if !open(o.State) {
			g.nextAt = time.Time{}
		}
		if _, ok := groups[g]; !ok {
			order = append(order, g)
		}
		groups[g] = append(groups[g], o)
	}
	now := sales.At(db.now())
	_, err := db.Do(ctx, Work{Rides: true, Fn: func(_ context.Context, tx *Tx) error {
		for _, g := range order {
			for chunk := range slices.Chunk(groups[g], maxRows) {
				tx.after = append(tx.after, finishGroup(g, chunk, now))
			}
		}
		tx.keepReceipts(done, now)
		for _, o := range done {
			tx.finishPush(o, now)
		}
		return nil
	}})
	if err != nil {
		return fmt.Errorf("finish deliveries: %w", err)
	}
	return nil
}

func finishGroup(g outcomeGroup, list []bot.Outcome, now sales.Instant) statement {
	set := []string{
		"state = ?",
		"attempts = CASE WHEN ? > 0 THEN ? ELSE attempts END", // news of a delivery that was sent count no attempt
		"unsure = CASE WHEN ? THEN 1 ELSE unsure END",
		"reason = ?",
		"wake_at = ?",
		"done_at = ?",
		"tried_at = ?",
		"claimed_by = ''",
	}
	done, wake, tried := now, sales.Instant{}, sales.Instant{}
	if !open(g.state) {
		set = append(set, "route = '{}'") // it may hold a reply address that is a secret
	} else {
		done, wake, tried = sales.Instant{}, sales.At(g.nextAt), now
		if wake.IsZero() {
			wake = now
		}
	}
	args := []any{g.state, g.attempts, g.attempts, g.reason == string(bot.Unsure), clip(g.reason, 190), wake, done, tried}
	var cases []string
	var values []any
	for _, o := range list {
		if o.CardID != 0 {
			continue // its card keeps the receipt
		}
		if o.Receipt.Ref != "" || o.Receipt.Message != "" || o.Receipt.Code != "" || len(o.Receipt.Undelivered) > 0 {
			cases = append(cases, "WHEN ? THEN ?")
			values = append(values, o.ID, toJSON(o.Receipt))
		}
	}
	if len(cases) > 0 {
		set = append(set, "receipt = CASE id "+strings.Join(cases, " ")+" ELSE receipt END")
		args = append(args, values...)
	}
	ids := make([]any, len(list))
	for i, o := range list {
		ids[i] = o.ID
	}
	from := "'queued', 'sending', 'failed_for_now'"
	switch g.state {
	case bot.DeliveryDelivered:
		from += ", 'sent'"
	case bot.DeliveryRead:
		from += ", 'sent', 'delivered'"
	}
	query := "UPDATE outbox SET " + strings.Join(set, ", ") + " WHERE id IN (" + marks(len(ids)) + ") AND state IN (" + from + ")"
	return statement{query, append(args, ids...), -1}
}

// keepReceipts writes the receipts of cards that arrived; of several receipts of one card the last counts.
func (tx *Tx) keepReceipts(outcomes []bot.Outcome, now sales.Instant) {
	for _, o := range outcomes {
		if o.CardID != 0 && arrived(o.State) {
			tx.add(cardReceipts, []any{o.CardID, now, toJSON(o.Receipt)})
		}
	}
}

// DeliveryCounts counts deliveries that are not finished, by state.
func (db *DB) DeliveryCounts(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		State string `db:"state"`
		Count int    `db:"n"`
	}
	err := db.r.SelectContext(ctx, &rows, "SELECT state, COUNT(*) AS n FROM outbox WHERE wake_at IS NOT NULL GROUP BY state")
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.State] = r.Count
	}
	return out, nil
}

// NextDeliveryAt is when the next unfinished delivery wants to be looked at; the zero time when there is none.
func (db *DB) NextDeliveryAt(ctx context.Context) (time.Time, error) {
	var at []sales.Instant
	err := db.r.SelectContext(ctx, &at, "SELECT wake_at FROM outbox WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1")
	if err != nil {
		return time.Time{}, fmt.Errorf("next delivery: %w", err)
	}
	if len(at) == 0 {
		return time.Time{}, nil
	}
	return at[0].Time, nil
}
