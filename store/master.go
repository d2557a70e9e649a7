package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

// Revisions count the changes of what is kept in memory: the organisation, the master data, the rules and what is set up. A revision that has
// grown says that something must be read again.
type Revisions struct{ Org, Master, Rules, RulesDone, Setup int64 }

// Revisions reads the present revisions; it is one small read.
func (db *DB) Revisions(ctx context.Context) (Revisions, error) { return revisions(ctx, db.r) }

// Revisions are those of this transaction, read once for all its units.
func (tx *Tx) Revisions(ctx context.Context) (Revisions, error) {
	if tx.u.revisions == nil {
		err := tx.fail(ctx, func() error {
			r, err := revisions(tx.u.ctx, tx.u.q)
			tx.u.revisions = &r
			return err
		})
		if err != nil {
			return Revisions{}, err
		}
	}
	return *tx.u.revisions, nil
}

func revisions(ctx context.Context, q sqlx.QueryerContext) (Revisions, error) {
	var rows []revisionRow
	if err := sqlx.SelectContext(ctx, q, &rows, revisionRows); err != nil {
		return Revisions{}, fmt.Errorf("read revisions: %w", err)
	}
	return revisionsOf(rows), nil
}

const revisionRows = "SELECT name, value FROM revisions"

type revisionRow struct {
	Name  string `db:"name"`
	Value int64  `db:"value"`
}

func revisionsOf(rows []revisionRow) Revisions {
	var out Revisions
	for _, r := range rows {
		switch r.Name {
		case "org":
			out.Org = r.Value
		case "master":
			out.Master = r.Value
		case "rules":
			out.Rules = r.Value
		case "rules.done":
			out.RulesDone = r.Value
		case "setup":
			out.Setup = r.Value
		}
	}
	return out
}

// masterChange names a record of the master data that changed: customer, contact or product.
type masterChange struct {
	kind string
	id   sales.ID
}

var masterChanges = rowsOf("master_changes", "revision, kind, record_id").upsert("revision, kind, record_id", "", "")

func (tx *Tx) changed(kind string, id sales.ID) {
	tx.master = append(tx.master, masterChange{kind, id})
}

// PutProduct creates or changes a product.
func (tx *Tx) PutProduct(p sales.Product) {
	tx.touching("product", p.ID.String())
	tx.add(products, products.row(p))
	tx.changed("product", p.ID)
}

// Master is master data at a revision: all of it, or what changed since an earlier one.
type Master struct {
	Revision  int64
	Customers []sales.Customer
	Contacts  []sales.Contact
	Products  []sales.Product
	// Merged leads from the ids of merged customers to those they were merged into; all of them, whenever one changed.
	Merged map[sales.ID]sales.ID
	// Gone are customers that changed and are none any more.
	Gone []sales.ID
	// Owners are those in charge of parts and lines of the customers above.
	Owners []sales.CustomerOwner
}

// LoadMaster reads all master data with the revision it is of.
func (db *DB) LoadMaster(ctx context.Context) (Master, error) {
	// The revision is read first: what changes meanwhile comes again with the next changes, and is never missed.
	rev, err := db.Revisions(ctx)
	if err != nil {
		return Master{}, err
	}
	m := Master{Revision: rev.Master}
	if err := db.roomFor(ctx, &m); err != nil {
		return Master{}, err
	}
	var errs [3]error
	var wg sync.WaitGroup
	for i, part := range []struct {
		query string
		dest  any
	}{
		{"SELECT " + customerColumns + " FROM customers ORDER BY id", &m.Customers},
		{"SELECT " + contactColumns + " FROM contacts ORDER BY id", &m.Contacts},
		{"SELECT " + productColumns + " FROM products ORDER BY id", &m.Products},
	} {
		wg.Go(func() { errs[i] = db.r.SelectContext(ctx, part.dest, part.query) })
	}
	wg.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return Master{}, fmt.Errorf("load master data: %w", err)
	}
	if m.Merged, err = mergedCustomers(ctx, db.r); err != nil {
		return Master{}, err
	}
	m.Owners, err = ownersOf(ctx, db.r, nil)
	return m, err
}

// roomFor makes room for the customers and contacts there are, so that reading them does not move them about: with hundreds
// of thousands that would take twice the memory for a moment.
func (db *DB) roomFor(ctx context.Context, m *Master) error {
	var n struct {
		Customers int `db:"customers"`
		Contacts  int `db:"contacts"`
	}
	const count = "SELECT (SELECT COUNT(*) FROM customers) AS customers, (SELECT COUNT(*) FROM contacts) AS contacts"
	if err := db.r.GetContext(ctx, &n, count); err != nil {
		return fmt.Errorf("count master data: %w", err)
	}
	const more = 64 // that may come meanwhile
	m.Customers, m.Contacts = make([]sales.Customer, 0, n.Customers+more), make([]sales.Contact, 0, n.Contacts+more)
	return nil
}

// MasterChangesSince reads the records that changed after a revision, as they are now.
func (db *DB) MasterChangesSince(ctx context.Context, revision int64) (Master, error) {
	rev, err := db.Revisions(ctx)
	if err != nil {
		return Master{}, err
	}
	m := Master{Revision: rev.Master}
	var rows []struct {
		Kind string   `db:"kind"`
		ID   sales.ID `db:"record_id"`
	}
	const changes = "SELECT DISTINCT kind, record_id FROM master_changes WHERE revision > ? AND revision <= ? ORDER BY kind, record_id"
	if err := db.r.SelectContext(ctx, &rows, changes, revision, rev.Master); err != nil {
		return Master{}, fmt.Errorf("list changed master data: %w", err)
	}
	of := map[string][]sales.ID{}
	for _, r := range rows {
		of[r.Kind] = append(of[r.Kind], r.ID)
	}
	if err := selectIDs(ctx, db.r, &m.Customers, customerColumns, "customers", of["customer"]); err != nil {
		return Master{}, err
	}
	if err := m.missing(ctx, db.r, of["customer"]); err != nil {
		return Master{}, err
	}
	if err := selectIDs(ctx, db.r, &m.Contacts, contactColumns, "contacts", of["contact"]); err != nil {
		return Master{}, err
	}
	for chunk := range slices.Chunk(of["customer"], maxRows) {
		part, err := ownersOf(ctx, db.r, chunk)
		if err != nil {
			return Master{}, err
		}
		m.Owners = append(m.Owners, part...)
	}
	return m, selectIDs(ctx, db.r, &m.Products, productColumns, "products", of["product"])
}

// missing notes which of the customers that changed are none any more, since they were merged into others.
func (m *Master) missing(ctx context.Context, q sqlx.QueryerContext, asked []sales.ID) (err error) {
	if len(asked) == 0 {
		return nil
	}
	found := make(map[sales.ID]bool, len(m.Customers))
	for _, c := range m.Customers {
		found[c.ID] = true
	}
	for _, id := range asked {
		if !found[id] {
			m.Gone = append(m.Gone, id)
		}
	}
	m.Merged, err = mergedCustomers(ctx, q)
	return err
}

func selectIDs[T any](ctx context.Context, q sqlx.QueryerContext, out *[]T, columns, table string, ids []sales.ID) error {
	for chunk := range slices.Chunk(ids, maxRows) {
		var part []T
		query := "SELECT " + columns + " FROM " + table + " WHERE id IN (" + marks(len(chunk)) + ")"
		if err := sqlx.SelectContext(ctx, q, &part, query, anys(chunk)...); err != nil {
			return fmt.Errorf("read changed %s: %w", table, err)
		}
		*out = append(*out, part...)
	}
	return nil
}
