package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

const mergeColumns = `
	id,
	from_id,
	into_id,
	from_name,
	into_name,
	merged_by,
	merged_at,
	undo_until,
	state,
	sides,
	undone_by,
	undone_at,
	version`

var (
	merges    = tableOf[sales.Merge]("customer_merges", mergeColumns)
	mergeRows = rowsOf("customer_merge_rows", "merge_id, table_name, row_key").upsert("merge_id, table_name, row_key", "", "")
)

// maxMergeSteps bounds how far a chain of merges is followed.
const maxMergeSteps = 8

// mergedInto follows a customer that was merged to the one that stands for it now.
func (tx *Tx) mergedInto(ctx context.Context, id sales.ID) (sales.ID, bool, error) {
	found := false
	for range maxMergeSteps {
		var into []sales.ID
		err := tx.list(ctx, &into, "SELECT into_id FROM customer_merges WHERE from_id = ? AND state = 'done' ORDER BY id DESC LIMIT 1", id)
		if err != nil || len(into) == 0 {
			return id, found, err
		}
		id, found = into[0], true
	}
	return id, found, nil
}

// mergedCustomers leads from every merged customer to the one that stands for it now.
func mergedCustomers(ctx context.Context, q sqlx.QueryerContext) (map[sales.ID]sales.ID, error) {
	var rows []struct {
		From sales.ID `db:"from_id"`
		Into sales.ID `db:"into_id"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, "SELECT from_id, into_id FROM customer_merges WHERE state = 'done'"); err != nil {
		return nil, fmt.Errorf("read merged customers: %w", err)
	}
	out := make(map[sales.ID]sales.ID, len(rows))
	for _, r := range rows {
		out[r.From] = r.Into
	}
	for from, into := range out {
		for range maxMergeSteps {
			next, ok := out[into]
			if !ok {
				break
			}
			into = next
		}
		out[from] = into
	}
	return out, nil
}

// follower is a table whose rows belong to a customer.
type follower struct {
	table string
	// column leads to the customer; kind, when not empty, is the column that must say 'customer'.
	column, kind string
	// key are the columns that, beside column, tell a row from others.
	key []string
	// unique are sets of columns that must not be there twice for one customer.
	unique  [][]string
	version bool
}

// stayBehind are tables that a merge does not move: the customer itself, its index, what merges keep, the cache of names, and
// details, whose values are joined one by one.
var stayBehind = []string{"customers", "customer_keys", "customer_bigrams", "customer_merges", "customer_merge_rows", "customer_facts", "sheet_rows"}

// bySubject are tables that name a customer as one of several kinds of subject.
var bySubject = []string{"dues", "incidents"}

// followers finds every table that has a customer, in the database itself: what is added later follows too.
func (tx *Tx) followers(ctx context.Context) ([]follower, error) {
	columns, err := tx.schemaColumns(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := tx.schemaKeys(ctx)
	if err != nil {
		return nil, err
	}
	var out []follower
	for table, names := range columns {
		f := follower{table: table, column: "customer_id", version: slices.Contains(names, "version")}
		switch {
		case slices.Contains(stayBehind, table):
			continue
		case slices.Contains(bySubject, table):
			f.column, f.kind = "subject_id", "subject_kind"
		case !slices.Contains(names, "customer_id"):
			continue
		}
		for name, key := range keys[table] {
			rest := without(key, f.column, f.kind)
			if name == primaryKey {
				f.key = rest
			}
			if slices.Contains(key, f.column) {
				f.unique = append(f.unique, rest)
			}
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b follower) int { return strings.Compare(a.table, b.table) })
	return out, nil
}

func without(list []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(drop, s) })
}

const primaryKey = "PRIMARY"

// schemaColumns lists the columns of each table.
func (tx *Tx) schemaColumns(ctx context.Context) (map[string][]string, error) {
	query := "SELECT table_name AS tab, column_name AS col FROM information_schema.columns WHERE table_schema = DATABASE()"
	if tx.u.db.dialect == dialect.SQLite {
		query = "SELECT m.name AS tab, p.name AS col FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
	}
	var rows []struct {
		Table  string `db:"tab"`
		Column string `db:"col"`
	}
	if err := tx.list(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	out := map[string][]string{}
	for _, r := range rows {
		out[r.Table] = append(out[r.Table], r.Column)
	}
	return out, nil
}

// schemaKeys lists the columns of the unique keys of each table by the keys' names.
func (tx *Tx) schemaKeys(ctx context.Context) (map[string]map[string][]string, error) {
	query := `
		SELECT table_name AS tab, index_name AS idx, column_name AS col
		FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND non_unique = 0
		ORDER BY table_name, index_name, seq_in_index`
	if tx.u.db.dialect == dialect.SQLite {
		query = `
			SELECT m.name AS tab, i.name AS idx, c.name AS col
			FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
			WHERE m.type = 'table' AND i."unique" = 1 AND i.origin <> 'pk'
			UNION ALL
			SELECT m.name, 'PRIMARY', p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.pk > 0`
	}
	var rows []struct {
		Table string `db:"tab"`
		Index string `db:"idx"`
		Col   string `db:"col"`
	}
	if err := tx.list(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	out := map[string]map[string][]string{}
	for _, r := range rows {
		if out[r.Table] == nil {
			out[r.Table] = map[string][]string{}
		}
		out[r.Table][r.Index] = append(out[r.Table][r.Index], r.Col)
	}
	return out, nil
}

// keySeparator parts the columns of a row's key where a merge keeps it.
const keySeparator = "\x1f"

// where is the condition for a customer's rows under an alias.
func (f follower) where(alias string) string {
	w := alias + "." + f.column + " = ?"
	if f.kind != "" {
		w += " AND " + alias + "." + f.kind + " = 'customer'"
	}
	return w
}

// movable reads the keys of the rows of from that into has not got itself. What both have stays where it is.
func (tx *Tx) movable(ctx context.Context, f follower, from, into sales.ID) ([]string, error) {
	cols := make([]string, len(f.key))
	for i, c := range f.key {
		cols[i] = "a." + c
	}
	if len(cols) == 0 {
		cols = []string{"''"}
	}
	query, args := "SELECT "+strings.Join(cols, ", ")+" FROM "+f.table+" a WHERE "+f.where("a"), []any{from}
	for _, u := range f.unique {
		cond := []string{f.where("b")}
		for _, c := range u {
			cond = append(cond, "b."+c+" = a."+c)
		}
		query += " AND NOT EXISTS (SELECT 1 FROM " + f.table + " b WHERE " + strings.Join(cond, " AND ") + ")"
		args = append(args, into)
	}
	var out []string
	err := tx.fail(ctx, func() error {
		out = nil
		rows, err := tx.u.q.QueryxContext(tx.u.ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			vals, err := rows.SliceScan()
			if err != nil {
				return err
			}
			parts := make([]string, len(vals))
			for i, v := range vals {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				parts[i] = fmt.Sprint(v)
			}
			out = append(out, strings.Join(parts, keySeparator))
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read %s of customer %d: %w", f.table, from, err)
	}
	return out, nil
}

// move queues the statements that give rows of one customer to another. Who has read one of them to change it is told
// by its version that somebody was faster.
func (tx *Tx) move(f follower, keys []string, from, into sales.ID, want int64) {
	set := "UPDATE " + f.table + " SET " + f.column + " = ?"
	if f.version {
		set += ", version = version + 1"
	}
	set += " WHERE " + f.column + " = ?"
	if f.kind != "" {
		set += " AND " + f.kind + " = 'customer'"
	}
	if len(f.key) == 1 {
		for chunk := range slices.Chunk(keys, maxRows) {
			args := append([]any{into, from}, anys(chunk)...)
			w := want
			if w > 0 {
				w = int64(len(chunk))
			}
			tx.before = append(tx.before, statement{set + " AND " + f.key[0] + " IN (" + marks(len(chunk)) + ")", args, w})
		}
	} else {
		for _, c := range f.key {
			set += " AND " + c + " = ?"
		}
		for _, k := range keys {
			args := []any{into, from}
			if len(f.key) > 0 {
				args = append(args, anys(strings.Split(k, keySeparator))...)
			}
			tx.before = append(tx.before, statement{set, args, want})
		}
	}
	for _, k := range keys {
		tx.touching(f.table, k)
	}
}

// MergeCustomers joins a customer into another: its rows everywhere follow, its own row goes, its id leads to the other
// from now on. It returns how many rows followed. m.Sides must hold both sides as they were read.
func (tx *Tx) MergeCustomers(ctx context.Context, m sales.Merge, s sales.MergeSides) (int, error) {
	moved, err := tx.follow(ctx, m)
	if err != nil {
		return 0, err
	}
	tx.create(merges, m.ID, m)
	tx.touching("customers", m.FromID.String())
	tx.before = append(tx.before,
		statement{"DELETE FROM customers WHERE id = ? AND version = ?", []any{m.FromID, s.From.Version}, 1},
		statement{"DELETE FROM customer_keys WHERE customer_id = ?", []any{m.FromID}, -1})
	tx.changed("customer", m.FromID)
	tx.recount(m.FromID)
	tx.UpdateCustomer(s.After)
	if !s.From.LastContactAt.IsZero() {
		tx.TouchCustomer(m.IntoID, s.From.LastContactAt)
	}
	for _, d := range s.AfterDetails {
		tx.PutDetail(d)
	}
	return moved, nil
}

// follow gives what is the merged customer's to the other, and notes each row.
func (tx *Tx) follow(ctx context.Context, m sales.Merge) (int, error) {
	list, err := tx.followers(ctx)
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, f := range list {
		keys, err := tx.movable(ctx, f, m.FromID, m.IntoID)
		if err != nil {
			return 0, err
		}
		for _, k := range keys {
			tx.add(mergeRows, []any{m.ID, f.table, k})
			if f.table == "contacts" {
				if id, err := sales.ParseID(k); err == nil {
					tx.changed("contact", id)
				}
			}
		}
		tx.move(f, keys, m.FromID, m.IntoID, 1)
		moved += len(keys)
	}
	return moved, nil
}

// UnmergeCustomers takes a merge back: the rows that followed go back with what was filed of their contracts since, the customer's
// row stands again as it was, and of the other goes what the merge brought. into and details are the other as it is now.
func (tx *Tx) UnmergeCustomers(ctx context.Context, m sales.Merge, s sales.MergeSides, into sales.Customer, details []sales.Detail) error {
	list, err := tx.followers(ctx)
	if err != nil {
		return err
	}
	of, err := tx.mergedRows(ctx, m)
	if err != nil {
		return err
	}
	for _, k := range of["contacts"] {
		if id, err := sales.ParseID(k); err == nil {
			tx.changed("contact", id)
		}
	}
	if err := tx.hang(ctx, m, of); err != nil {
		return err
	}
	tx.nothingAcross(m)
	for _, f := range list {
		tx.move(f, of[f.table], m.IntoID, m.FromID, -1) // what is gone since stays gone
	}
	if err := tx.splitContacts(ctx, m, of["contacts"]); err != nil {
		return err
	}
	tx.create(customers, s.From.ID, s.From)
	tx.indexCustomer(s.From)
	tx.UpdateCustomer(s.Unmerge(into))
	if s.After.LastContactAt.After(s.Into.LastContactAt.Time) {
		tx.after = append(tx.after, statement{
			"UPDATE customers SET last_contact_at = ? WHERE id = ? AND last_contact_at = ?", []any{s.Into.LastContactAt, m.IntoID, s.After.LastContactAt}, -1,
		})
	}
	put, drop := s.UnmergeDetails(details)
	for _, d := range put {
		tx.PutDetail(d)
	}
	for _, field := range drop {
		tx.before = append(tx.before, statement{"DELETE FROM customer_facts WHERE customer_id = ? AND field = ?", []any{m.IntoID, field}, -1})
	}
	tx.update(merges, m.ID, m.Version, m)
	return nil
}

// MergeByID reads a merge.
func (tx *Tx) MergeByID(ctx context.Context, id sales.ID) (sales.Merge, error) {
	var m sales.Merge
	err := tx.get(ctx, "没找到这次合并。", &m, "SELECT "+mergeColumns+" FROM customer_merges WHERE id = ?", id)
	return m, err
}

// MergesOpen lists the merges that stand and can still be taken back, the newest first: those of a person, or everyone's.
func (tx *Tx) MergesOpen(ctx context.Context, by sales.PersonID, now sales.Instant, limit int) ([]sales.Merge, error) {
	query, args := "SELECT "+mergeColumns+" FROM customer_merges WHERE state = 'done' AND undo_until > ?", []any{now}
	if by != 0 {
		query, args = query+" AND merged_by = ?", append(args, by)
	}
	var out []sales.Merge
	err := tx.list(ctx, &out, query+" ORDER BY id DESC LIMIT ?", append(args, bound(limit, 50))...)
	return out, err
}

// FollowMerges gives to the right customer what was filed for a merged one after the merge, from a draft or a button of
// before. It looks at merges younger than since.
func (tx *Tx) FollowMerges(ctx context.Context, since sales.Instant) (int, error) {
	var list []sales.Merge
	if err := tx.list(ctx, &list, "SELECT "+mergeColumns+" FROM customer_merges WHERE state = 'done' AND merged_at > ? ORDER BY id LIMIT 100", since); err != nil {
		return 0, fmt.Errorf("list merges: %w", err)
	}
	moved := 0
	for _, m := range list {
		n, err := tx.follow(ctx, m)
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}
