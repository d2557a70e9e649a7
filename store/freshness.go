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
	tx.recount(f.CustomerID)
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
