package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/bot"
	"salesflow/store/sales"
)

// Lease takes or renews a named lease for holder until ttl from now, and reports whether holder has it. It is refused
// while somebody else's has not run out; one that runs longer than ttl was taken by a clock that has been set back since.
func (db *DB) Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error) {
	now := db.now()
	got := false
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		got = false
		first := "INSERT INTO leases (name, holder, until) VALUES (?, ?, ?)" + db.dialect.Upsert("leases", []string{"name"}, nil, nil)
		if _, err := tx.ExecContext(ctx, first, name, holder, sales.At(now.Add(ttl))); err != nil {
			return fmt.Errorf("lease %s: %w", name, err)
		}
		const take = "UPDATE leases SET holder = ?, until = ? WHERE name = ? AND (holder = ? OR until <= ? OR until > ?)"
		res, err := tx.ExecContext(ctx, take, holder, sales.At(now.Add(ttl)), name, holder, sales.At(now), sales.At(now.Add(ttl+clockSlack)))
		if err != nil {
			return fmt.Errorf("lease %s: %w", name, err)
		}
		got = wantRows(res, 1) == nil
		return nil
	})
	return got, err
}

// ReleaseLease gives a lease back, if holder has it.
func (db *DB) ReleaseLease(ctx context.Context, name, holder string) error {
	return db.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM leases WHERE name = ? AND holder = ?", name, holder); err != nil {
			return fmt.Errorf("release lease %s: %w", name, err)
		}
		return nil
	})
}

// CountAPICall counts n calls of a platform's interface in a month ("2026-03"), for the budget.
func (db *DB) CountAPICall(ctx context.Context, p bot.Platform, api, month string, n int64) error {
	query := "INSERT INTO api_calls (platform, month, api, calls) VALUES (?, ?, ?, ?)" +
		db.dialect.Upsert("api_calls", []string{"platform", "month", "api"}, nil, []string{"calls"})
	return db.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, query, p, month, api, n); err != nil {
			return fmt.Errorf("count calls: %w", err)
		}
		return nil
	})
}

// APICalls are a month's calls of a platform, by interface.
func (db *DB) APICalls(ctx context.Context, p bot.Platform, month string) (map[string]int64, error) {
	var rows []struct {
		API   string `db:"api"`
		Calls int64  `db:"calls"`
	}
	if err := db.r.SelectContext(ctx, &rows, "SELECT api, calls FROM api_calls WHERE platform = ? AND month = ?", p, month); err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.API] = r.Calls
	}
	return out, nil
}

// LiveCard is a card as it was last shown. NotFound when there is none.
func (db *DB) LiveCard(ctx context.Context, id sales.ID) (bot.LiveCard, error) {
	var rows []cardRow
	if err := db.r.SelectContext(ctx, &rows, "SELECT "+cardSelect+" FROM cards WHERE id = ?", id); err != nil {
		return bot.LiveCard{}, fmt.Errorf("read card %d: %w", id, err)
	}
	if len(rows) == 0 {
		return bot.LiveCard{}, notFound("这张卡片已经不在了。")
	}
	c, err := rows[0].card()
	if err == nil && c.Receipt.Ref == "" && c.SentAt.IsZero() {
		c.Waits, err = db.waits(ctx, c.ID)
	}
	return c, err
}
