package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

var errDuplicate = errors.New("delivered before")

var schema = []string{
	`CREATE TABLE IF NOT EXISTS visit (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, msg_id BIGINT NOT NULL, rep VARCHAR(64) NOT NULL, customer VARCHAR(255) NOT NULL, contact VARCHAR(255) NOT NULL, content TEXT NOT NULL, created_at DATETIME(3) NOT NULL) DEFAULT CHARACTER SET utf8mb4`,
	`CREATE TABLE IF NOT EXISTS dedupe (source VARCHAR(16) NOT NULL, msg_id BIGINT NOT NULL, created_at DATETIME(3) NOT NULL, PRIMARY KEY (source, msg_id)) DEFAULT CHARACTER SET utf8mb4`,
	`CREATE TABLE IF NOT EXISTS audit (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, entity VARCHAR(32) NOT NULL, entity_id BIGINT NOT NULL, actor VARCHAR(64) NOT NULL, action VARCHAR(32) NOT NULL, after_json JSON, created_at DATETIME(3) NOT NULL, KEY (entity, entity_id)) DEFAULT CHARACTER SET utf8mb4`,
	`CREATE TABLE IF NOT EXISTS outbox (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, dest VARCHAR(64) NOT NULL, payload TEXT NOT NULL, status VARCHAR(16) NOT NULL, created_at DATETIME(3) NOT NULL, KEY (status, id)) DEFAULT CHARACTER SET utf8mb4`,
}

const insertVisit = "INSERT INTO visit (msg_id, rep, customer, contact, content, created_at) VALUES (?,?,?,?,?,NOW(3))"

// store files visits in the way of -tx.
type store struct {
	db   *sql.DB // nil: no database
	full bool

	mu      sync.Mutex
	sentIDs []int64
}

func openStore(o options) (*store, error) {
	if o.tx == "none" {
		return &store{}, nil
	}
	if o.tx != "plain" && o.tx != "full" {
		return nil, fmt.Errorf("-tx %s is not known", o.tx)
	}
	cfg, err := mysql.ParseDSN(o.dsn)
	if err != nil {
		return nil, fmt.Errorf("read DSN: %w", err)
	}
	cfg.InterpolateParams = true
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("read DSN: %w", err)
	}
	st := &store{db: sql.OpenDB(connector), full: o.tx == "full"}
	st.db.SetMaxOpenConns(o.pool)
	st.db.SetMaxIdleConns(o.pool)
	for _, q := range schema {
		if _, err := st.db.Exec(q); err != nil { //nolint:noctx // at start
			return nil, fmt.Errorf("make tables: %w", err)
		}
	}
	if st.full {
		go st.flush()
	}
	return st, nil
}

// file commits a visit and returns the id of its outbox row, 0 when it has none.
func (st *store) file(ctx context.Context, m message, v visit) (outbox int64, err error) {
	switch {
	case st.db == nil:
		return 0, nil
	case !st.full:
		_, err := st.db.ExecContext(ctx, insertVisit, m.MsgID, m.From, v.customer, v.contact, v.content)
		return 0, err
	}
	tx, err := st.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // says ErrTxDone after a commit
	if outbox, err = fileFull(ctx, tx, m, v); err != nil {
		return 0, err
	}
	return outbox, tx.Commit()
}

func fileFull(ctx context.Context, tx *sql.Tx, m message, v visit) (int64, error) {
	if _, err := tx.ExecContext(ctx, "INSERT INTO dedupe (source, msg_id, created_at) VALUES ('wecom',?,NOW(3))", m.MsgID); err != nil {
		var me *mysql.MySQLError
		if errors.As(err, &me) && me.Number == 1062 {
			return 0, errDuplicate
		}
		return 0, err
	}
	r, err := tx.ExecContext(ctx, insertVisit, m.MsgID, m.From, v.customer, v.contact, v.content)
	if err != nil {
		return 0, err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return 0, err
	}
	after, err := json.Marshal(map[string]any{"customer": v.customer, "contact": v.contact, "content": v.content})
	if err != nil {
		return 0, err
	}
	const audit = "INSERT INTO audit (entity, entity_id, actor, action, after_json, created_at) VALUES ('visit',?,?,'create',?,NOW(3))"
	if _, err := tx.ExecContext(ctx, audit, id, m.From, after); err != nil {
		return 0, err
	}
	const outbox = "INSERT INTO outbox (dest, payload, status, created_at) VALUES (?,?,'pending',NOW(3))"
	if r, err = tx.ExecContext(ctx, outbox, m.From, v.reply()); err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// sent notes that an outbox row was sent.
func (st *store) sent(id int64) {
	if id == 0 {
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sentIDs = append(st.sentIDs, id)
}

// flush marks outbox rows sent, up to 500 in one statement, ten times a second.
func (st *store) flush() {
	for range time.Tick(100 * time.Millisecond) {
		st.mu.Lock()
		ids := st.sentIDs
		st.sentIDs = nil
		st.mu.Unlock()
		for len(ids) > 0 {
			n := min(len(ids), 500)
			args := make([]any, n)
			for i, id := range ids[:n] {
				args[i] = id
			}
			q := "UPDATE outbox SET status='sent' WHERE id IN (?" + strings.Repeat(",?", n-1) + ")"
			if _, err := st.db.Exec(q, args...); err != nil { //nolint:noctx // in the background
				log.Print(err)
			}
			ids = ids[n:]
		}
	}
}
