package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"salesflow/store/sales"
)

// maxRowPage bounds how many records one query of the rules reads.
const maxRowPage = 5000

// Rows reads records for the rules, in the order of their ids; those named that do not exist are absent.
func (tx *Tx) Rows(ctx context.Context, q sales.RowQuery) ([]sales.Row, error) {
	if q.IDs == nil {
		return tx.rowPage(ctx, q, "id > ?", []any{q.After}, bound(q.Limit, maxRowPage))
	}
	ids := slices.Clone(q.IDs)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var out []sales.Row
	for chunk := range slices.Chunk(ids, maxRows) {
		part, err := tx.rowPage(ctx, q, "id IN ("+marks(len(chunk))+")", anys(chunk), len(chunk))
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

func (tx *Tx) rowPage(ctx context.Context, q sales.RowQuery, which string, args []any, limit int) ([]sales.Row, error) {
	var b strings.Builder
	b.WriteString("SELECT id")
	for _, c := range q.Columns {
		b.WriteString(", " + c.SQL)
	}
	b.WriteString(" FROM " + q.Table + " WHERE " + which)
	if q.Where != "" {
		b.WriteString(" AND " + q.Where)
		args = append(args, q.Args...)
	}
	b.WriteString(" ORDER BY id LIMIT ?")
	var out []sales.Row
	err := tx.fail(ctx, func() error {
		rows, err := tx.u.q.QueryContext(tx.u.ctx, b.String(), append(args, limit)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		out, err = scanRows(rows, q.Columns)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read rows of %s: %w", q.Table, err)
	}
	return out, nil
}

// scanRows reads rows of an id and columns.
func scanRows(rows *sql.Rows, columns []sales.RowColumn) ([]sales.Row, error) {
	var out []sales.Row
	for rows.Next() {
		row := sales.Row{Values: make([]sales.RowValue, len(columns))}
		dest := make([]any, len(columns)+1)
		dest[0] = &row.ID
		numbers, texts := make([]sql.NullInt64, len(columns)), make([]sql.NullString, len(columns))
		for i, c := range columns {
			switch c.Kind {
			case sales.ColumnText:
				dest[i+1] = &texts[i]
			case sales.ColumnDay:
				dest[i+1] = &row.Values[i].Day
			case sales.ColumnInstant:
				dest[i+1] = &row.Values[i].At
			default:
				dest[i+1] = &numbers[i]
			}
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		for i, c := range columns {
			v := &row.Values[i]
			switch c.Kind {
			case sales.ColumnText:
				v.S, v.None = texts[i].String, !texts[i].Valid
			case sales.ColumnDay:
				v.None = v.Day == sales.Day{}
			case sales.ColumnInstant:
				v.None = v.At.IsZero()
			default:
				v.N, v.None = numbers[i].Int64, !numbers[i].Valid
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// Tallies counts what was filed about records since a moment, and when last. Those with nothing are absent.
func (tx *Tx) Tallies(ctx context.Context, q sales.TallyQuery) ([]sales.Tally, error) {
	var out []sales.Tally
	for chunk := range slices.Chunk(q.IDs, maxRows) {
		query := "SELECT " + q.By + " AS id, COUNT(*) AS n, MAX(" + q.At + ") AS last_at FROM " + q.Table +
			" WHERE " + q.By + " IN (" + marks(len(chunk)) + ")"
		args := anys(chunk)
		if !q.Since.IsZero() {
			query, args = query+" AND "+q.At+" >= ?", append(args, q.Since)
		}
		if !q.Before.IsZero() {
			query, args = query+" AND "+q.At+" < ?", append(args, q.Before)
		}
		if q.Where != "" {
			query += " AND " + q.Where
		}
		var part []sales.Tally
		if err := tx.list(ctx, &part, query+" GROUP BY "+q.By, args...); err != nil {
			return nil, fmt.Errorf("count in %s: %w", q.Table, err)
		}
		out = append(out, part...)
	}
	return out, nil
}
