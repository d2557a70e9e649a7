package store

import (
	"context"
	"fmt"
	"sync"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

const contractColumns = `
	id,
	no,
	customer_id,
	opportunity_id,
	owner_id,
	team_id,
	products,
	amount,
	prepay_percent,
	payment_days,
	delivery_days,
	discount_percent,
	terms,
	files,
	request_id,
	state,
	created_at,
	source_event_id,
	version,
	turn_at,
	undated`

var contracts = tableOf[sales.Contract]("contracts", contractColumns).
	watching("contract", "owner_id, customer_id, amount, prepay_percent, payment_days, delivery_days, discount_percent, state, turn_at")

// CreateContract makes a contract. Its number is unique.
func (tx *Tx) CreateContract(c sales.Contract) {
	tx.create(contracts, c.ID, c)
	if c.State == sales.ContractApproved {
		tx.markUnshipped(c.ID)
	}
}

// UpdateContract changes a contract over the version it was read at.
func (tx *Tx) UpdateContract(c sales.Contract) {
	tx.update(contracts, c.ID, c.Version, c)
	if c.State != sales.ContractPending {
		tx.markUnshipped(c.ID)
	}
}

// ContractByID reads a contract.
func (tx *Tx) ContractByID(ctx context.Context, id sales.ID) (sales.Contract, error) {
	var c sales.Contract
	err := tx.get(ctx, "没找到这份合同。", &c, "SELECT "+contractColumns+" FROM contracts WHERE id = ?", id)
	return c, err
}

// ContractByNo reads a contract by the number people say.
func (tx *Tx) ContractByNo(ctx context.Context, no string) (sales.Contract, error) {
	var c sales.Contract
	err := tx.get(ctx, sales.NoSuch("合同", no), &c, "SELECT "+contractColumns+" FROM contracts WHERE no = ?", no)
	return c, err
}

// ContractsOf lists the newest contracts of people in scope.
func (tx *Tx) ContractsOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Contract, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.Contract
	query := "SELECT " + contractColumns + " FROM contracts WHERE " + cond + " ORDER BY id DESC LIMIT ?"
	err := tx.list(ctx, &out, query, append(args, bound(limit, 1000))...)
	return out, err
}

// series remembers the numbers given on SQLite, where a number is taken in the transaction itself: one that is rolled
// back must not be given again.
type series struct {
	mu    sync.Mutex
	given map[string]int64
}

// NextNumber takes the next number of a series, from 1. A number taken by a unit that is repeated or fails is not given
// again; gaps are possible, doubles are not.
func (tx *Tx) NextNumber(ctx context.Context, name string) (int64, error) {
	if tx.u.db.dialect == dialect.SQLite {
		return tx.nextHere(ctx, name)
	}
	return tx.u.db.nextApart(ctx, name)
}

// nextApart takes a number in a transaction of its own, so that the row is locked for a moment only.
func (db *DB) nextApart(ctx context.Context, name string) (int64, error) {
	const take = "INSERT INTO sequences (name, value) VALUES (?, LAST_INSERT_ID(1)) ON DUPLICATE KEY UPDATE value = LAST_INSERT_ID(value + 1)"
	for try := 1; ; try++ {
		res, err := db.w.ExecContext(ctx, take, name)
		if err == nil {
			return res.LastInsertId()
		}
		if try == maxTries || !dialect.Busy(err) {
			return 0, fmt.Errorf("next number of %s: %w", name, err)
		}
	}
}

func (tx *Tx) nextHere(ctx context.Context, name string) (int64, error) {
	var last []int64
	if err := tx.list(ctx, &last, "SELECT value FROM sequences WHERE name = ?", name); err != nil {
		return 0, err
	}
	s := &tx.u.db.series
	s.mu.Lock()
	next := s.given[name] + 1
	if len(last) > 0 {
		next = max(next, last[0]+1)
	}
	s.given[name] = next
	s.mu.Unlock()
	const keep = "INSERT INTO sequences (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = MAX(value, excluded.value)"
	tx.before = append(tx.before, statement{keep, []any{name, next}, -1})
	return next, nil
}
