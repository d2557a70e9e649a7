package store

import (
	"context"
	"strings"

	"salesflow/store/sales"
)

const keepingColumns = `
	customer_id,
	owner_since,
	kept_until,
	warned_at,
	warned_to,
	recall_at,
	why,
	pooled_at,
	pooled_by,
	reason,
	last_owner,
	version`

var (
	customerTags   = rowsOf("customer_tags", "customer_id, tag, added_by, added_at").upsert("customer_id, tag", "", "")
	keepings       = tableOf[sales.Keeping]("customer_keeping", keepingColumns)
	customerClaims = rowsOf("customer_claims", "id, customer_id, person_id, day, at")
	contractTerms  = rowsOf("contract_terms", "contract_id, customer_id, ends_on, set_by, set_at").
			upsert("contract_id", "customer_id, ends_on, set_by, set_at", "")
)

// AddTag gives a customer a tag; one it has stays.
func (tx *Tx) AddTag(customer sales.ID, tag string, by sales.PersonID, at sales.Instant) {
	tx.touching("tag", customer.String())
	tx.add(customerTags, []any{customer, tag, by, at})
}

// RemoveTag takes a tag away.
func (tx *Tx) RemoveTag(customer sales.ID, tag string) {
	tx.touching("tag", customer.String())
	tx.before = append(tx.before, statement{"DELETE FROM customer_tags WHERE customer_id = ? AND tag = ?", []any{customer, tag}, -1})
}

// TagsOf lists a customer's tags in the order they were given.
func (tx *Tx) TagsOf(ctx context.Context, customer sales.ID) ([]string, error) {
	var out []string
	err := tx.list(ctx, &out, "SELECT tag FROM customer_tags WHERE customer_id = ? ORDER BY added_at, tag LIMIT 50", customer)
	return out, err
}

// CustomersTagged lists the customers of people in scope that have a tag, by name.
func (tx *Tx) CustomersTagged(ctx context.Context, scope sales.Scope, tag string, limit int) ([]sales.Customer, error) {
	cond, args := scopeSQL("owner_id", scope)
	query := "SELECT " + customerColumns + " FROM customers WHERE id IN (SELECT customer_id FROM customer_tags WHERE tag = ?) AND " + cond +
		" ORDER BY name LIMIT ?"
	var out []sales.Customer
	err := tx.list(ctx, &out, query, append(append([]any{tag}, args...), bound(limit, 500))...)
	return out, err
}

// PutKeeping writes a customer's keeping: new with Version 0, else over the version it was read at.
func (tx *Tx) PutKeeping(k sales.Keeping) {
	if k.Version == 0 {
		k.Version = 1
		tx.create(keepings, k.CustomerID, k)
		return
	}
	tx.update(keepings, k.CustomerID, k.Version, k)
}

// KeepingOf reads a customer's keeping; one that has none yet is its owner's since it was created (Version 0).
func (tx *Tx) KeepingOf(ctx context.Context, c sales.Customer) (sales.Keeping, error) {
	var rows []sales.Keeping
	if err := tx.list(ctx, &rows, "SELECT "+keepingColumns+" FROM customer_keeping WHERE customer_id = ?", c.ID); err != nil {
		return sales.Keeping{}, err
	}
	if len(rows) == 0 {
		return sales.Keeping{CustomerID: c.ID, OwnerSince: c.CreatedAt}, nil
	}
	return rows[0], nil
}

// AddClaim notes that somebody took a customer from the open pool.
func (tx *Tx) AddClaim(customer sales.ID, person sales.PersonID, day sales.Day, at sales.Instant) {
	tx.add(customerClaims, []any{tx.NewID(), customer, person, day, at})
}

// ClaimsOn counts how many customers a person took on a day.
func (tx *Tx) ClaimsOn(ctx context.Context, person sales.PersonID, day sales.Day) (int, error) {
	var n int
	err := tx.get(ctx, "", &n, "SELECT COUNT(*) FROM customer_claims WHERE person_id = ? AND day = ?", person, day)
	return n, err
}

// OwnedCount counts a person's customers.
func (tx *Tx) OwnedCount(ctx context.Context, person sales.PersonID) (int, error) {
	var n int
	err := tx.get(ctx, "", &n, "SELECT COUNT(*) FROM customers WHERE owner_id = ?", person)
	return n, err
}

// PoolEntry is a customer in the open pool.
type PoolEntry = sales.PoolEntry

// OpenPool lists customers nobody has, those longest there last, whose city is among places or whose name begins with one
// of them; no places means everywhere.
func (tx *Tx) OpenPool(ctx context.Context, places []string, limit int) ([]PoolEntry, error) {
	cond, args := "", []any{}
	if len(places) > 0 {
		parts := []string{"c.city IN (" + marks(len(places)) + ")"}
		args = append(args, anys(places)...)
		if len(places) <= 3 {
			for _, p := range places {
				parts = append(parts, "c.name LIKE ?")
				args = append(args, escapeLike(p)+"%")
			}
		}
		cond = " AND (" + strings.Join(parts, " OR ") + ")"
	}
	query := "SELECT c." + strings.Join(split(customerColumns), ", c.") + `,
		k.pooled_at, COALESCE(k.reason, '') AS reason, COALESCE(k.last_owner, 0) AS last_owner
		FROM customers c
		LEFT JOIN customer_keeping k ON k.customer_id = c.id
		WHERE c.owner_id = 0` + cond + `
		ORDER BY k.pooled_at DESC, c.id DESC
		LIMIT ?`
	var out []PoolEntry
	err := tx.list(ctx, &out, query, append(args, bound(limit, 200))...)
	return out, err
}

// PoolSize counts customers nobody has.
func (tx *Tx) PoolSize(ctx context.Context) (int, error) {
	var n int
	err := tx.get(ctx, "", &n, "SELECT COUNT(*) FROM customers WHERE owner_id = 0")
	return n, err
}

func escapeLike(s string) string { return strings.NewReplacer(`\`, ``, `%`, ``, `_`, ``).Replace(s) }

// HeldAfter lists customers somebody has behind an id, in the order of their ids.
func (tx *Tx) HeldAfter(ctx context.Context, after sales.ID, limit int) ([]sales.Customer, error) {
	var out []sales.Customer
	query := "SELECT " + customerColumns + " FROM customers WHERE id > ? AND owner_id <> 0 ORDER BY id LIMIT ?"
	err := tx.list(ctx, &out, query, after, bound(limit, 500))
	return out, err
}

// KeepingsOf reads the keepings of customers that have one.
func (tx *Tx) KeepingsOf(ctx context.Context, ids []sales.ID) ([]sales.Keeping, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var out []sales.Keeping
	err := tx.list(ctx, &out, "SELECT "+keepingColumns+" FROM customer_keeping WHERE customer_id IN ("+marks(len(ids))+")", anys(ids)...)
	return out, err
}

// DealsOf says of customers when they last dealt with us, when their last contract ends, and whether a deal is close.
// Customers with none of these are absent.
func (tx *Tx) DealsOf(ctx context.Context, ids []sales.ID) ([]sales.CustomerDeals, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in := "(" + marks(len(ids)) + ")"
	query := `
		SELECT customer_id, MAX(deal_at) AS last_deal, MAX(ends_on) AS contract_ends, MAX(busy) AS busy
		FROM (
			SELECT customer_id, created_at AS deal_at, NULL AS ends_on, 0 AS busy
			FROM contracts WHERE state = 'approved' AND customer_id IN ` + in + `
			UNION ALL
			SELECT customer_id, NULL, NULL, 1 FROM contracts WHERE state IN ('pending', 'returned') AND customer_id IN ` + in + `
			UNION ALL
			SELECT customer_id, stage_since, NULL, 0 FROM opportunities WHERE state = 'won' AND customer_id IN ` + in + `
			UNION ALL
			SELECT customer_id, NULL, NULL, 1 FROM opportunities
			WHERE state = 'open' AND stage IN ('negotiation', 'contract') AND customer_id IN ` + in + `
			UNION ALL
			SELECT customer_id, NULL, ends_on, 0 FROM contract_terms WHERE customer_id IN ` + in + `
		) deals
		GROUP BY customer_id`
	var args []any
	for range 5 {
		args = append(args, anys(ids)...)
	}
	var out []sales.CustomerDeals
	err := tx.list(ctx, &out, query, args...)
	return out, err
}

// WarnedSince counts the warnings each person got since a moment.
func (tx *Tx) WarnedSince(ctx context.Context, since sales.Instant) (map[sales.PersonID]int, error) {
	var rows []struct {
		Person sales.PersonID `db:"warned_to"`
		N      int            `db:"n"`
	}
	err := tx.list(ctx, &rows, "SELECT warned_to, COUNT(*) AS n FROM customer_keeping WHERE warned_to <> 0 AND warned_at >= ? GROUP BY warned_to", since)
	out := make(map[sales.PersonID]int, len(rows))
	for _, r := range rows {
		out[r.Person] = r.N
	}
	return out, err
}

// ContractEnd is when a contract ends; zero when nobody said.
func (tx *Tx) ContractEnd(ctx context.Context, contract sales.ID) (sales.Day, error) {
	var out []sales.Day
	err := tx.list(ctx, &out, "SELECT ends_on FROM contract_terms WHERE contract_id = ?", contract)
	if err != nil || len(out) == 0 {
		return sales.Day{}, err
	}
	return out[0], nil
}

// SetContractEnd says when a contract ends.
func (tx *Tx) SetContractEnd(contract, customer sales.ID, ends sales.Day, by sales.PersonID, at sales.Instant) {
	tx.touching("contract_term", contract.String())
	tx.add(contractTerms, []any{contract, customer, ends, by, at})
}
