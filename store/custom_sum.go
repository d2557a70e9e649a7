package store

import (
	"context"
	"slices"

	"salesflow/store/sales"
)

// customBase is the table of the records of a kind that has custom fields: who a record is counted for, which records count, and the
// column of its day ("" where a record has none that a period could mean).
func customBase(object string) (table, owner, where, day string, args []any) {
	switch object {
	case "customer":
		return "customers", "owner_id", "", "", nil
	case "opportunity":
		return "opportunities", "owner_id", " AND r.state = 'open'", "", nil
	case "contract":
		return "contracts", "owner_id", " AND r.state = 'approved'", "", nil
	case "visit":
		return "visits", "person_id", " AND r.state = 'filed'", "day", nil
	}
	if slices.Contains(sales.FilingKinds, sales.FilingKind(object)) {
		return "filings", "person_id", " AND r.kind = ? AND r.state <> 'undone'", "day", []any{object}
	}
	return "custom_records", "person_id", " AND r.kind = ? AND r.state = 'filed'", "day", []any{object}
}

// CustomSums adds up a custom field over records, the groups of most records first; one group when q.By is empty. Records in which it
// is not filled in do not count.
func (tx *Tx) CustomSums(ctx context.Context, q sales.CustomSumQuery) ([]sales.CustomSum, error) {
	table, owner, where, day, more := customBase(q.Object)
	key, join, group := "''", "", ""
	num := "0"
	args := []any{}
	if q.By != "" {
		key, num = "COALESCE(g.text_value, '')", "COALESCE(g.num, 0)"
		join = " LEFT JOIN custom_values g ON g.record_id = v.record_id AND g.object = v.object AND g.field = ? AND g.filled = 1"
		group = " GROUP BY COALESCE(g.text_value, ''), COALESCE(g.num, 0), CASE WHEN g.id IS NULL THEN 0 ELSE 1 END"
		args = append(args, q.By)
	}
	cond, scope := scopeSQL("r."+owner, q.Scope)
	args = append(append(append(args, q.Object, q.Field), more...), scope...)
	if day != "" && !q.From.IsZero() {
		where, args = where+" AND "+cond+" AND r."+day+" >= ? AND r."+day+" <= ?", append(args, q.From, q.To)
	} else {
		where += " AND " + cond
	}
	filled := "1"
	if q.By != "" {
		filled = "CASE WHEN g.id IS NULL THEN 0 ELSE 1 END"
	}
	var out []sales.CustomSum
	query := "SELECT " + key + " AS text_value, " + num + " AS num, " + filled + ` AS filled, COUNT(*) AS n,
			CAST(COALESCE(SUM(v.num), 0) AS SIGNED) AS total, COALESCE(MIN(v.num), 0) AS least, COALESCE(MAX(v.num), 0) AS most
		FROM custom_values v JOIN ` + table + " r ON r.id = v.record_id" + join + `
		WHERE v.object = ? AND v.field = ? AND v.filled = 1` + where + group + " ORDER BY n DESC, text_value LIMIT 50"
	err := tx.list(ctx, &out, query, args...)
	if len(out) == 1 && out[0].N == 0 {
		out = nil
	}
	return out, err
}
