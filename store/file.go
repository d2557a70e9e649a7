package store

import (
	"context"

	"salesflow/store/sales"
)

const fileColumns = `
	id,
	name,
	mime,
	size,
	sha256,
	person_id,
	ref,
	platform,
	state,
	attempts,
	created_at,
	version`

var (
	files   = tableOf[sales.File]("files", fileColumns)
	uploads = rowsOf("uploads", "hash, person_id, topic, expires_at, used")
)

// CreateFile makes the row of an attachment.
func (tx *Tx) CreateFile(f sales.File) { tx.create(files, f.ID, f) }

// UpdateFile changes it over the version it was read at.
func (tx *Tx) UpdateFile(f sales.File) { tx.update(files, f.ID, f.Version, f) }

// FileByID reads the row of an attachment.
func (tx *Tx) FileByID(ctx context.Context, id sales.ID) (sales.File, error) {
	var f sales.File
	err := tx.get(ctx, "没找到这个附件。", &f, "SELECT "+fileColumns+" FROM files WHERE id = ?", id)
	return f, err
}

// WantedFiles lists attachments that are still to be fetched from their platform, the oldest first.
func (tx *Tx) WantedFiles(ctx context.Context, limit int) ([]sales.File, error) {
	var out []sales.File
	err := tx.list(ctx, &out, "SELECT "+fileColumns+" FROM files WHERE state = 'wanted' ORDER BY id LIMIT ?", bound(limit, 200))
	return out, err
}

// CreateUpload keeps the hash of a one-time upload link for a person until it expires.
func (tx *Tx) CreateUpload(hash string, person sales.PersonID, topic string, expires sales.Instant) {
	tx.add(uploads, []any{hash, person, topic, expires, false})
}

// TakeUpload uses an upload link up. NotFound when it is unknown, used or expired.
func (tx *Tx) TakeUpload(ctx context.Context, hash string, now sales.Instant) (person sales.PersonID, topic string, err error) {
	var row struct {
		PersonID sales.PersonID `db:"person_id"`
		Topic    string         `db:"topic"`
	}
	err = tx.get(ctx, "上传链接用过了或已过期,再要一个。", &row,
		"SELECT person_id, topic FROM uploads WHERE hash = ? AND used = 0 AND expires_at > ?", hash, now)
	if err != nil {
		return 0, "", err
	}
	tx.touching("upload", hash)
	tx.before = append(tx.before, statement{"UPDATE uploads SET used = 1 WHERE hash = ? AND used = 0", []any{hash}, 1})
	return row.PersonID, row.Topic, nil
}
