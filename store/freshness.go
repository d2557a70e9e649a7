package store

import (
	"context"

	"salesflow/store/sales"
)

const factColumns = `
	id,
	customer_id,
	field,
	value,
	confirmed_at,
	confirmed_by,
	asked_of,
	asked_on,
	version`

const calibrationColumns = `
	id,
	customer_id,
	month,
	questions,
	state,
	opened_at,
	closed_at,
	version`

const answerColumns = `
	calibration_id,
	field,
	side,
	person_id,
	value,
	at`

var (
	customerFacts      = tableOf[sales.Fact]("customer_facts", factColumns)
	calibrations       = tableOf[sales.Calibration]("calibrations", calibrationColumns)
	calibrationAnswers = tableOf[sales.CalibrationAnswer]("calibration_answers", answerColumns).
				upsert("calibration_id, field, side", "person_id, value, at", "")
)

// PutFact writes a key field: new with Version 0, else over the version it was read at.
func (tx *Tx) PutFact(f sales.Fact) {
	tx.touching("fact", f.CustomerID.String())
	if f.Version == 0 {
		f.Version = 1
		tx.create(customerFacts, f.ID, f)
		return
	}
	tx.update(customerFacts, f.ID, f.Version, f)
}

// FactsOf lists a customer's key fields.
func (tx *Tx) FactsOf(ctx context.Context, customer sales.ID) ([]sales.Fact, error) {
	var out []sales.Fact
	err := tx.list(ctx, &out, "SELECT "+factColumns+" FROM customer_facts WHERE customer_id = ? ORDER BY id LIMIT 50", customer)
	return out, err
}

// FactByID reads a key field.
func (tx *Tx) FactByID(ctx context.Context, id sales.ID) (sales.Fact, error) {
	var f sales.Fact
	err := tx.get(ctx, "这条信息不在了。", &f, "SELECT "+factColumns+" FROM customer_facts WHERE id = ?", id)
	return f, err
}

// StaleFacts lists key fields last confirmed before a moment and not asked about since a day, the oldest first.
func (tx *Tx) StaleFacts(ctx context.Context, before sales.Instant, asked sales.Day, limit int) ([]sales.Fact, error) {
	var out []sales.Fact
	err := tx.list(ctx, &out, "SELECT "+factColumns+` FROM customer_facts
		WHERE confirmed_at < ? AND value <> '' AND (asked_on IS NULL OR asked_on < ?)
		ORDER BY confirmed_at, id LIMIT ?`, before, asked, bound(limit, 2000))
	return out, err
}

// AskedOn counts the key fields each person was asked about on a day.
func (tx *Tx) AskedOn(ctx context.Context, day sales.Day) (map[sales.PersonID]int, error) {
	var rows []struct {
		Person sales.PersonID `db:"asked_of"`
		N      int            `db:"n"`
	}
	err := tx.list(ctx, &rows, "SELECT asked_of, COUNT(*) AS n FROM customer_facts WHERE asked_of <> 0 AND asked_on = ? GROUP BY asked_of", day)
	out := make(map[sales.PersonID]int, len(rows))
	for _, r := range rows {
		out[r.Person] = r.N
	}
	return out, err
}

// CreateCalibration opens a customer's calibration of a month; there is one.
func (tx *Tx) CreateCalibration(c sales.Calibration) { tx.create(calibrations, c.ID, c) }

// UpdateCalibration changes a calibration over the version it was read at.
func (tx *Tx) UpdateCalibration(c sales.Calibration) { tx.update(calibrations, c.ID, c.Version, c) }

// CalibrationByID reads a calibration.
func (tx *Tx) CalibrationByID(ctx context.Context, id sales.ID) (sales.Calibration, error) {
	var c sales.Calibration
	err := tx.get(ctx, "这次校准不在了。", &c, "SELECT "+calibrationColumns+" FROM calibrations WHERE id = ?", id)
	return c, err
}

// CalibrationOf is the newest calibration of a customer.
func (tx *Tx) CalibrationOf(ctx context.Context, customer sales.ID) (sales.Calibration, error) {
	var c sales.Calibration
	err := tx.get(ctx, "这家还没校准过。", &c, "SELECT "+calibrationColumns+" FROM calibrations WHERE customer_id = ? ORDER BY month DESC LIMIT 1", customer)
	return c, err
}

// CalibrationAnswers lists what was said in a calibration.
func (tx *Tx) CalibrationAnswers(ctx context.Context, id sales.ID) ([]sales.CalibrationAnswer, error) {
	var out []sales.CalibrationAnswer
	err := tx.list(ctx, &out, "SELECT "+answerColumns+" FROM calibration_answers WHERE calibration_id = ? ORDER BY field, side", id)
	return out, err
}

// PutCalibrationAnswer writes what one side says of one fact, new or changed.
func (tx *Tx) PutCalibrationAnswer(a sales.CalibrationAnswer) {
	tx.touching("calibration", a.CalibrationID.String())
	tx.add(calibrationAnswers, calibrationAnswers.row(a))
}

// KeyCustomers lists customers of some classes that somebody has and that were not calibrated in a month ("2026-03").
func (tx *Tx) KeyCustomers(ctx context.Context, classes []string, month string, limit int) ([]sales.Customer, error) {
	if len(classes) == 0 {
		return nil, nil
	}
	var out []sales.Customer
	query := "SELECT " + customerColumns + " FROM customers WHERE owner_id <> 0 AND class IN (" + marks(len(classes)) +
		") AND NOT EXISTS (SELECT 1 FROM calibrations k WHERE k.customer_id = customers.id AND k.month = ?) ORDER BY id LIMIT ?"
	err := tx.list(ctx, &out, query, append(anys(classes), month, bound(limit, 1000))...)
	return out, err
}
