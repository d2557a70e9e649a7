package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/bot"
	"salesflow/store/sales"
)

const cardColumns = `
	id,
	card_key,
	platform,
	users,
	chat,
	face,
	version,
	receipt,
	state,
	sent_at,
	tap_code,
	tap_until`

// cardRow is a live card as its table has it.
type cardRow struct {
	ID       sales.ID      `db:"id"`
	Key      string        `db:"card_key"`
	Platform bot.Platform  `db:"platform"`
	Users    string        `db:"users"`
	Chat     string        `db:"chat"`
	Face     string        `db:"face"`
	Version  int64         `db:"version"`
	Receipt  *string       `db:"receipt"`
	State    string        `db:"state"`
	SentAt   sales.Instant `db:"sent_at"`
	TapCode  string        `db:"tap_code"`
	TapUntil sales.Instant `db:"tap_until"`
}

// cardSelect is what of a card is read. What became of it stands in card_receipts, or, of cards sent by the release before, in
// the card itself.
var cardSelect = strings.NewReplacer(
	"\treceipt", "\tCOALESCE((SELECT r.receipt FROM card_receipts r WHERE r.card_id = cards.id), receipt) AS receipt",
	"\tsent_at", "\tCOALESCE(sent_at, (SELECT r.sent_at FROM card_receipts r WHERE r.card_id = cards.id)) AS sent_at",
).Replace(cardColumns)

// cardReceipts are rows of their own: a card's row that grew where it stands made the database write its whole page anew.
var cardReceipts = rowsOf("card_receipts", "card_id, sent_at, receipt").upsert("card_id", "receipt", "")

// The receipt and when it was sent are written by FinishDeliveries alone, the code of a tap by KeepTapCode.
var cardTable = tableOf[cardRow]("cards", cardColumns).keeping("card_key", "platform", "receipt", "sent_at", "tap_code", "tap_until").
	leaving("receipt, sent_at, tap_code, tap_until")

func cardToRow(c bot.LiveCard) cardRow {
	return cardRow{
		ID: c.ID, Key: c.Key, Platform: c.Platform, Users: toJSON(c.Users), Chat: toJSON(c.Chat), Face: toJSON(c.Face),
		Version: c.Version, State: c.State,
	}
}

func (r cardRow) card() (bot.LiveCard, error) {
	c := bot.LiveCard{
		ID: r.ID, Key: r.Key, Platform: r.Platform, Version: r.Version, State: r.State, SentAt: r.SentAt.Time,
		TapCode: r.TapCode, TapUntil: r.TapUntil.Time,
	}
	fields := map[any]string{&c.Users: r.Users, &c.Chat: r.Chat, &c.Face: r.Face}
	if r.Receipt != nil {
		fields[&c.Receipt] = *r.Receipt
	}
	for dest, text := range fields {
		if err := json.Unmarshal([]byte(text), dest); err != nil {
			return c, fmt.Errorf("read card %d: %w", r.ID, err)
		}
	}
	return c, nil
}

// toJSON writes a value of our own types, which cannot fail to be JSON.
func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: %T as JSON: %v", v, err))
	}
	return string(b)
}

// LiveCards lists the live copies of a card, one for each platform and set of recipients, as this unit leaves them.
func (tx *Tx) LiveCards(ctx context.Context, key string) ([]bot.LiveCard, error) {
	var rows []cardRow
	if !tx.madeFor(key) {
		query := "SELECT " + cardSelect + " FROM cards WHERE card_key = ? AND state = 'live' ORDER BY id"
		if err := tx.list(ctx, &rows, query, key); err != nil {
			return nil, err
		}
	}
	var out []bot.LiveCard
	for _, r := range rows {
		if _, ok := tx.cards[r.ID]; ok {
			continue
		}
		c, err := r.card()
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	for _, id := range tx.cardOrder {
		if c := tx.cards[id]; c.Key == key && c.State == bot.CardLive {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b bot.LiveCard) int { return int(a.ID - b.ID) })
	return out, nil
}

// madeFor reports whether a card's key (visit:123/own) names a record whose id was made in this unit: then there can be no
// such card yet but the unit's own.
func (tx *Tx) madeFor(key string) bool {
	_, id, _ := strings.Cut(key, ":")
	id, _, _ = strings.Cut(id, "/")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return false
	}
	_, ok := tx.made[sales.ID(n)]
	return ok
}

// CardByID reads a card.
func (tx *Tx) CardByID(ctx context.Context, id sales.ID) (bot.LiveCard, error) {
	if c, ok := tx.cards[id]; ok {
		return c, nil
	}
	var r cardRow
	if err := tx.get(ctx, "这张卡片已经不在了。", &r, "SELECT "+cardSelect+" FROM cards WHERE id = ?", id); err != nil {
		return bot.LiveCard{}, err
	}
	return r.card()
}

// PutCard creates a card row (Version 1) or changes its face, version and state. Two who change one card at the same
// moment do it one after the other.
func (tx *Tx) PutCard(c bot.LiveCard) {
	if old, ok := tx.cards[c.ID]; ok {
		c.Version = max(c.Version, old.Version)
	} else {
		tx.cardOrder = append(tx.cardOrder, c.ID)
		tx.read[changeKey{cardTable, int64(c.ID)}] = c.Version - 1
		tx.touching("cards", c.ID.String())
	}
	tx.cards[c.ID] = c
}

// KeepTapCode keeps the one-time code of a tap on a card until the card changes without a tap.
func (tx *Tx) KeepTapCode(card sales.ID, code string, until time.Time) {
	const keep = "UPDATE cards SET tap_code = ?, tap_until = ? WHERE id = ?"
	tx.after = append(tx.after, statement{keep, []any{code, sales.At(until), card}, -1})
}

// SpendTapCode forgets the code of a tap that was used.
func (db *DB) SpendTapCode(ctx context.Context, card sales.ID, code string) error {
	return db.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE cards SET tap_code = '' WHERE id = ? AND tap_code = ?", card, code); err != nil {
			return fmt.Errorf("spend tap code: %w", err)
		}
		return nil
	})
}

// finishCards turns the cards that remain into rows.
func (tx *Tx) finishCards() {
	for _, id := range tx.cardOrder {
		c, ok := tx.cards[id]
		if !ok {
			continue
		}
		key := changeKey{cardTable, int64(id)}
		row := cardTable.row(cardToRow(c))
		base := tx.read[key]
		tx.changes = append(tx.changes, &change{changeKey: key, insert: base == 0, base: base, row: row})
	}
	tx.writeDeliveries()
	tx.writeDues()
}
