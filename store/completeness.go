package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

// knownFields are the fields whose places are the bits of customers.known. Places are kept in the database: a new field goes to
// the end.
var knownFields = []string{
	sales.FieldUSCC, sales.FieldCity, sales.FieldRegion, sales.FieldBudget, sales.FieldDecision, sales.FieldCycle, sales.FieldTech,
	sales.FieldBuyer, sales.FieldAddress, sales.FieldSize,
}

// columnFields are the fields that stand in the customer itself.
var columnFields = []string{sales.FieldUSCC, sales.FieldCity}

// knownSQL is what customers.known must be, from a customer and its facts.
var knownSQL = func() string {
	var columns []string
	facts := "CASE f.field"
	for i, f := range knownFields {
		if slices.Contains(columnFields, f) {
			columns = append(columns, fmt.Sprintf("CASE WHEN %s <> '' THEN %d ELSE 0 END", f, 1<<i))
		} else {
			facts += fmt.Sprintf(" WHEN '%s' THEN %d", f, 1<<i)
		}
	}
	return strings.Join(columns, " + ") + " + COALESCE((SELECT SUM(" + facts +
		" ELSE 0 END) FROM customer_facts f WHERE f.customer_id = customers.id AND f.value <> ''), 0)"
}()

// completenessSums has how many customers of an owner know which fields.
var completenessSums = rowsOf("completeness_sums", "owner_id, known, customers").upsert("owner_id, known", "", "customers")

// mask are the bits of fields. A field without a place is known of nobody.
func mask(fields []string) int64 {
	var m int64
	for _, f := range fields {
		if i := slices.Index(knownFields, f); i >= 0 {
			m |= 1 << i
		} else {
			m |= 1 << len(knownFields)
		}
	}
	return m
}

// recount says that a customer comes, goes, changes its owner or a field that is asked for.
func (tx *Tx) recount(id sales.ID) {
	if tx.recounted == nil {
		tx.recounted = map[sales.ID]struct{}{}
	}
	tx.recounted[id] = struct{}{}
}

// counted is what a customer counts as.
type counted struct {
	ID    sales.ID       `db:"id"`
	Owner sales.PersonID `db:"owner_id"`
	Known int64          `db:"known"`
}

// uncount locks the customers that units recount and reads what they count as before anything is written; new ones count as
// nothing.
func (u *unit) uncount(txs []*Tx) ([]counted, error) {
	var ids []sales.ID
	for _, tx := range txs {
		for id := range tx.recounted {
			if c := tx.changeOf[changeKey{customers, int64(id)}]; c == nil || !c.insert {
				ids = append(ids, id)
			}
		}
	}
	return u.countedAs(ids, u.db.dialect.ForUpdate())
}

func (u *unit) countedAs(ids []sales.ID, lock string) ([]counted, error) {
	slices.Sort(ids)
	var out []counted
	for chunk := range slices.Chunk(slices.Compact(ids), maxRows) {
		var part []counted
		query := "SELECT id, owner_id, known FROM customers WHERE id IN (" + marks(len(chunk)) + ") ORDER BY id" + lock
		if err := u.s.reads(u.ctx, read{query, anys(chunk), &part}); err != nil {
			return nil, fmt.Errorf("read what is known of customers: %w", err)
		}
		out = append(out, part...)
	}
	return out, nil
}

// count writes what is known of the customers that units recount, and the sums; before is what they counted as.
func (u *unit) count(txs []*Tx, before []counted) error {
	var ids []sales.ID
	for _, tx := range txs {
		ids = slices.AppendSeq(ids, maps.Keys(tx.recounted))
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(slices.Compact(ids), maxRows) {
		if err := u.s.write(u.ctx, "UPDATE customers SET known = "+knownSQL+" WHERE id IN ("+marks(len(chunk))+")", anys(chunk)...); err != nil {
			return fmt.Errorf("write what is known of customers: %w", err)
		}
	}
	after, err := u.countedAs(ids, "")
	if err != nil {
		return err
	}
	rows := sumRows(before, after)
	if len(rows) == 0 {
		return nil
	}
	return u.inserts(map[*table][][]any{completenessSums: rows})
}

// sumRows are the changes of the sums when customers that counted as before count as after.
func sumRows(before, after []counted) [][]any {
	type key struct {
		owner sales.PersonID
		known int64
	}
	sums := map[key]int64{}
	for _, c := range before {
		sums[key{c.Owner, c.Known}]--
	}
	for _, c := range after {
		sums[key{c.Owner, c.Known}]++
	}
	var rows [][]any
	for k, n := range sums {
		if n != 0 {
			rows = append(rows, []any{k.owner, k.known, n})
		}
	}
	return rows
}

// Completeness counts, by owner, the customers of people in scope, how many have all the wanted fields, and how many lack
// each.
func (tx *Tx) Completeness(ctx context.Context, scope sales.Scope, wanted []string) ([]sales.Completeness, error) {
	in, args := scopeSQL("owner_id", scope)
	var rows []struct {
		Owner     sales.PersonID `db:"owner_id"`
		Known     int64          `db:"known"`
		Customers int            `db:"customers"`
	}
	query := "SELECT owner_id, known, customers FROM completeness_sums WHERE customers > 0 AND " + in + " ORDER BY owner_id, known"
	if err := tx.list(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("read completeness: %w", err)
	}
	all := mask(wanted)
	var out []sales.Completeness
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Owner != r.Owner {
			out = append(out, sales.Completeness{Owner: r.Owner, Lacks: map[string]int{}})
		}
		c := &out[len(out)-1]
		c.Total += r.Customers
		if r.Known&all == all {
			c.Complete += r.Customers
		}
		for _, f := range wanted {
			if r.Known&mask([]string{f}) == 0 {
				c.Lacks[f] += r.Customers
			}
		}
	}
	return out, nil
}

// IncompleteCustomers lists customers of people in scope that lack one of the wanted fields, the last contacted first.
func (tx *Tx) IncompleteCustomers(ctx context.Context, scope sales.Scope, wanted []string, limit int) ([]sales.Customer, error) {
	in, args := scopeSQL("owner_id", scope)
	all := mask(wanted)
	var out []sales.Customer
	query := "SELECT " + customerColumns + " FROM customers WHERE " + in + " AND (known & ?) <> ? ORDER BY last_contact_at DESC, id LIMIT ?"
	err := tx.list(ctx, &out, query, append(args, all, all, bound(limit, 200))...)
	return out, err
}

// recountChunk is how many customers RecountCompleteness looks at with one statement.
const recountChunk = 2000

// RecountCompleteness puts right what releases before this one wrote without counting it, beside them while they still run: it
// returns how many customers and sums it found wrong. It is cheap enough for once a day.
func (db *DB) RecountCompleteness(ctx context.Context) (int, error) {
	wrong := 0
	for after := sales.ID(0); ; {
		var page []struct {
			ID    sales.ID `db:"id"`
			Wrong bool     `db:"wrong"`
		}
		query := "SELECT id, CASE WHEN known <> " + knownSQL + " THEN 1 ELSE 0 END AS wrong FROM customers WHERE id > ? ORDER BY id LIMIT ?"
		if err := db.r.SelectContext(ctx, &page, query, after, recountChunk); err != nil {
			return wrong, fmt.Errorf("recount completeness: %w", err)
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
		for part := range slices.Chunk(page, maxRows) {
			var ids []sales.ID
			for _, c := range part {
				if c.Wrong {
					ids = append(ids, c.ID)
				}
			}
			if len(ids) == 0 {
				continue
			}
			wrong += len(ids)
			if _, err := db.Do(ctx, Work{Fn: func(_ context.Context, tx *Tx) error {
				for _, id := range ids {
					tx.recount(id)
				}
				return nil
			}}); err != nil {
				return wrong, fmt.Errorf("recount completeness: %w", err)
			}
		}
	}
	n, err := db.mendSums(ctx)
	return wrong + n, err
}

// mendSums adds to each sum what it differs by. Who writes customers changes their sums in the same transaction, and one statement
// sees both as of one moment: a difference is there to stay, whoever writes meanwhile.
func (db *DB) mendSums(ctx context.Context) (int, error) {
	n := 0
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		var rows []struct {
			Owner sales.PersonID `db:"owner_id"`
			Known int64          `db:"known"`
			N     int64          `db:"n"`
		}
		const query = `
			SELECT owner_id, known, SUM(n) AS n FROM (
				SELECT owner_id, known, COUNT(*) AS n FROM customers GROUP BY owner_id, known
				UNION ALL SELECT owner_id, known, -customers AS n FROM completeness_sums
			) x GROUP BY owner_id, known HAVING SUM(n) <> 0 ORDER BY owner_id, known`
		if err := tx.SelectContext(ctx, &rows, query); err != nil {
			return fmt.Errorf("compare sums of completeness: %w", err)
		}
		n = len(rows)
		for chunk := range slices.Chunk(rows, maxRows) {
			var args []any
			for _, r := range chunk {
				args = append(args, r.Owner, r.Known, r.N)
			}
			if _, err := tx.ExecContext(ctx, completenessSums.insert(db.dialect, len(chunk)), args...); err != nil {
				return fmt.Errorf("mend sums of completeness: %w", err)
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM completeness_sums WHERE customers = 0")
		return err
	})
	return n, err
}
