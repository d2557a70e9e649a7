package store

import (
	"context"

	"salesflow/store/sales"
)

const agreementColumns = `
	id,
	no,
	order_id,
	customer_id,
	owner_id,
	team_id,
	revision,
	file_id,
	files,
	state,
	request_id,
	created_at,
	source_event_id,
	version`

const agreementVersionColumns = `
	id,
	order_id,
	agreement_id,
	revision,
	field_values,
	results,
	file_id,
	sha256,
	created_by,
	created_at`

var (
	agreements        = tableOf[sales.Agreement]("agreements", agreementColumns).watching("agreement", "owner_id, customer_id, revision, state")
	agreementVersions = tableOf[sales.AgreementVersion]("agreement_versions", agreementVersionColumns)
)

// CreateAgreement makes an agreement. Its number is unique.
func (tx *Tx) CreateAgreement(a sales.Agreement) { tx.create(agreements, a.ID, a) }

// UpdateAgreement changes an agreement over the version it was read at.
func (tx *Tx) UpdateAgreement(a sales.Agreement) { tx.update(agreements, a.ID, a.Version, a) }

// AgreementByID reads an agreement.
func (tx *Tx) AgreementByID(ctx context.Context, id sales.ID) (sales.Agreement, error) {
	var a sales.Agreement
	err := tx.get(ctx, "没找到这份技术协议。", &a, "SELECT "+agreementColumns+" FROM agreements WHERE id = ?", id)
	return a, err
}

// AgreementByNo reads an agreement by the number people say.
func (tx *Tx) AgreementByNo(ctx context.Context, no string) (sales.Agreement, error) {
	var a sales.Agreement
	err := tx.get(ctx, sales.NoSuch("技术协议", no), &a, "SELECT "+agreementColumns+" FROM agreements WHERE no = ?", no)
	return a, err
}

const agreementsWith = "SELECT " + agreementColumns + `
	FROM agreements
	WHERE id IN (SELECT agreement_id FROM agreement_versions WHERE file_id = ?)
		OR id IN (SELECT id FROM (SELECT id FROM agreements WHERE owner_id = ? ORDER BY id DESC LIMIT ?) newest)
	ORDER BY CASE WHEN id IN (SELECT agreement_id FROM agreement_versions WHERE file_id = ?) THEN 0 ELSE 1 END, id DESC
	LIMIT ?`

// AgreementsWith lists the agreement that a file is a version of, first, and the newest of a person, of whose papers it may be.
func (tx *Tx) AgreementsWith(ctx context.Context, file sales.ID, owner sales.PersonID, limit int) ([]sales.Agreement, error) {
	var out []sales.Agreement
	err := tx.list(ctx, &out, agreementsWith, file, owner, bound(limit, 200), file, bound(limit, 200))
	return out, err
}

// AddAgreementVersion keeps one version; a revision of an order is written once.
func (tx *Tx) AddAgreementVersion(v sales.AgreementVersion) { tx.create(agreementVersions, v.ID, v) }

// AgreementVersions lists the versions of a work order's agreements, the first one first.
func (tx *Tx) AgreementVersions(ctx context.Context, order sales.ID) ([]sales.AgreementVersion, error) {
	var out []sales.AgreementVersion
	query := "SELECT " + agreementVersionColumns + " FROM agreement_versions WHERE order_id = ? ORDER BY revision LIMIT 200"
	err := tx.list(ctx, &out, query, order)
	return out, err
}
