package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// A node number is held for nodeTTL and renewed when less than half of it is left; ids may run ahead of what the row
// says they reached by as much.
const nodeTTL = 2 * time.Minute

// node is this process's leased place among the replicas, which makes its ids its own.
type node struct {
	busy     chan struct{} // holds one token while somebody is at it; a mutex that gives up with its caller's context
	held     bool
	number   int
	until    time.Time
	reserved int64 // ids up to this millisecond are covered by the row
}

// NewID makes an id outside a unit of work.
func (db *DB) NewID(ctx context.Context) (sales.ID, error) {
	if err := db.holdNode(ctx); err != nil {
		return 0, err
	}
	return db.ids.next(), nil
}

// holdNode makes sure that ids made in the next minute are ours alone: it renews the lease of the node number when it
// is getting old, and takes another number when somebody else has got it, as after a long sleep.
func (db *DB) holdNode(ctx context.Context) error {
	n := &db.node
	select {
	case n.busy <- struct{}{}:
		defer func() { <-n.busy }()
	case <-ctx.Done():
		return fmt.Errorf("hold node: %w", ctx.Err())
	}
	now := db.now()
	if n.held && now.Add(nodeTTL/2).Before(n.until) && db.ids.last()+(nodeTTL/2).Milliseconds() < n.reserved {
		return nil
	}
	if n.held {
		renewed, err := db.renewNode(ctx, now)
		if err != nil || renewed {
			return err
		}
		n.held = false
	}
	return db.claimNode(ctx, now)
}

func reserve(now time.Time, last int64) int64 {
	return max(now.Sub(idEpoch).Milliseconds(), last) + nodeTTL.Milliseconds()
}

const renewNode = `
	UPDATE replicas
	SET until = ?, last_ms = ?
	WHERE node = ? AND holder = ?`

func (db *DB) renewNode(ctx context.Context, now time.Time) (bool, error) {
	n := &db.node
	until, reserved := now.Add(nodeTTL), reserve(now, db.ids.last())
	res, err := db.w.ExecContext(ctx, renewNode, sales.At(until), reserved, n.number, db.opts.Holder)
	if err != nil {
		return false, fmt.Errorf("renew node %d: %w", n.number, err)
	}
	if rows, err := res.RowsAffected(); err != nil || rows != 1 {
		return false, err
	}
	n.until, n.reserved = until, reserved
	return true, nil
}

// claimNode takes the number of this holder if it has one, else the first that is free or whose lease has run out.
func (db *DB) claimNode(ctx context.Context, now time.Time) error {
	for range maxNodes {
		var got replica
		err := db.write(ctx, func(tx *sqlx.Tx) (err error) {
			got, err = db.tryClaim(ctx, tx, now)
			return err
		})
		if err == nil {
			db.ids.begin(got.Node, got.LastMS)
			n := &db.node
			n.held, n.number = true, got.Node
			n.until, n.reserved = now.Add(nodeTTL), reserve(now, got.LastMS)
			return nil
		}
		if !dialect.Duplicate(err) && !errors.Is(err, errConflict) {
			return err
		}
	}
	return errors.New("claim node: every number is taken as soon as it is seen free")
}

type replica struct {
	Node   int           `db:"node"`
	Holder string        `db:"holder"`
	Until  sales.Instant `db:"until"`
	LastMS int64         `db:"last_ms"`
}

// tryClaim writes this holder's name into a row and returns the row as it was.
func (db *DB) tryClaim(ctx context.Context, tx *sqlx.Tx, now time.Time) (replica, error) {
	var rows []replica
	if err := tx.SelectContext(ctx, &rows, "SELECT node, holder, until, last_ms FROM replicas ORDER BY node"); err != nil {
		return replica{}, fmt.Errorf("list replicas: %w", err)
	}
	pick := replica{Node: len(rows)}
	for i, r := range rows {
		if r.Node != i {
			pick = replica{Node: i}
			break
		}
		if r.Holder == db.opts.Holder || r.Until.Before(now) {
			pick = r
			break
		}
	}
	if pick.Node >= maxNodes {
		return replica{}, fmt.Errorf("claim node: all %d numbers are taken", maxNodes)
	}
	return pick, db.putReplica(ctx, tx, pick, now.Add(nodeTTL), reserve(now, pick.LastMS))
}

func (db *DB) putReplica(ctx context.Context, tx *sqlx.Tx, old replica, until time.Time, reserved int64) error {
	if old.Holder == "" {
		_, err := tx.ExecContext(ctx, "INSERT INTO replicas (node, holder, until, last_ms) VALUES (?, ?, ?, ?)",
			old.Node, db.opts.Holder, sales.At(until), reserved)
		if err != nil {
			return fmt.Errorf("claim node %d: %w", old.Node, err)
		}
		return nil
	}
	res, err := tx.ExecContext(ctx, "UPDATE replicas SET holder = ?, until = ?, last_ms = ? WHERE node = ? AND holder = ? AND until = ?",
		db.opts.Holder, sales.At(until), reserved, old.Node, old.Holder, old.Until)
	if err != nil {
		return fmt.Errorf("claim node %d: %w", old.Node, err)
	}
	return wantRows(res, 1)
}

// releaseNode gives the number back, with the newest id it made. Failing to costs nothing but waiting for the lease.
func (db *DB) releaseNode(ctx context.Context) {
	n := &db.node
	select {
	case n.busy <- struct{}{}:
		defer func() { <-n.busy }()
	case <-ctx.Done():
		return
	}
	if !n.held {
		return
	}
	_, _ = db.w.ExecContext(ctx, renewNode, sales.At(db.now().Add(-time.Second)), db.ids.last(), n.number, db.opts.Holder)
	n.held = false
}
