package store

import (
	"context"
	"slices"

	"salesflow/store/sales"
)

const (
	customValueColumns = `
	id,
	object,
	record_id,
	field,
	filled,
	text_value,
	num,
	day,
	ref_id,
	person_id,
	at,
	version`
	customRecordColumns = `
	id,
	kind,
	no,
	customer_id,
	person_id,
	team_id,
	day,
	filed_at,
	state,
	source_event_id,
	version`
)

var (
	customValues = tableOf[sales.CustomValue]("custom_values", customValueColumns).
			upsert("record_id, object, field", "filled, text_value, num, day, ref_id, person_id, at, version", "")
	customRecords = tableOf[sales.CustomRecord]("custom_records", customRecordColumns).
			watching("custom_record", "kind, person_id, customer_id, state")
)

// PutCustom gives a custom field of a record a value.
func (tx *Tx) PutCustom(v sales.CustomValue) {
	if v.ID == 0 {
		v.ID = tx.NewID()
	}
	v.Version++
	tx.touching("custom", v.RecordID.String(), v.Field)
	tx.add(customValues, customValues.row(v))
}

// CustomValues lists the values of custom fields of records.
func (tx *Tx) CustomValues(ctx context.Context, records ...sales.ID) ([]sales.CustomValue, error) {
	var out []sales.CustomValue
	for chunk := range slices.Chunk(records, maxRows) {
		var part []sales.CustomValue
		query := "SELECT " + customValueColumns + " FROM custom_values WHERE record_id IN (" + marks(len(chunk)) + ") ORDER BY record_id, id"
		if err := tx.list(ctx, &part, query, anys(chunk)...); err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// CreateCustomRecord files a record of a company's own type.
func (tx *Tx) CreateCustomRecord(r sales.CustomRecord) { tx.create(customRecords, r.ID, r) }

// UpdateCustomRecord changes one over the version it was read at.
func (tx *Tx) UpdateCustomRecord(r sales.CustomRecord) { tx.update(customRecords, r.ID, r.Version, r) }

// CustomRecordByID reads a record.
func (tx *Tx) CustomRecordByID(ctx context.Context, id sales.ID) (sales.CustomRecord, error) {
	var r sales.CustomRecord
	err := tx.get(ctx, "没找到这条档案。", &r, "SELECT "+customRecordColumns+" FROM custom_records WHERE id = ?", id)
	return r, err
}

// CustomRecordByNo reads a record by its number.
func (tx *Tx) CustomRecordByNo(ctx context.Context, no string) (sales.CustomRecord, error) {
	var r sales.CustomRecord
	err := tx.get(ctx, "没有编号是 "+no+" 的档案。", &r, "SELECT "+customRecordColumns+" FROM custom_records WHERE no = ?", no)
	return r, err
}

// CustomRecords lists records that were not taken back, the newest first.
func (tx *Tx) CustomRecords(ctx context.Context, q sales.CustomFilter) ([]sales.CustomRecord, error) {
	where, args := "kind = ? AND state = ?", []any{q.Kind, sales.CustomFiled}
	if q.Customer != 0 {
		where, args = where+" AND customer_id = ?", append(args, q.Customer)
	}
	if q.Before != 0 {
		where, args = where+" AND id < ?", append(args, q.Before)
	}
	if q.ID != 0 {
		where, args = where+" AND id = ?", append(args, q.ID)
	}
	cond, more := scopeSQL("person_id", q.Scope)
	var out []sales.CustomRecord
	err := tx.list(ctx, &out, "SELECT "+customRecordColumns+" FROM custom_records WHERE "+where+" AND "+cond+" ORDER BY id DESC LIMIT ?",
		append(append(args, more...), bound(q.Limit, 1000))...)
	return out, err
}
