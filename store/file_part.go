package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jmoiron/sqlx"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// filePart is how many bytes of a file one row holds: far below what any server takes in one statement.
const filePart = 512 << 10

// maxFileParts bounds a file.
const maxFileParts = 64

// Shared reports whether other processes may use this store: an embedded one is for a single process.
func (db *DB) Shared() bool { return db.dialect != dialect.SQLite }

// PutFileParts keeps the bytes of a file for every replica, each part in a transaction of its own. What was kept of it before is
// replaced; a reader counts only what the file's row, which is written afterwards, says.
func (db *DB) PutFileParts(ctx context.Context, id sales.ID, body io.Reader) error {
	insert := "INSERT INTO file_parts (file_id, part, bytes) VALUES (?, ?, ?)" + db.dialect.Upsert("file_parts", []string{"file_id", "part"}, []string{"bytes"}, nil)
	buf := make([]byte, filePart)
	for part := range maxFileParts + 1 {
		n, err := io.ReadFull(body, buf)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("read part %d of file: %w", part, err)
		}
		if part == maxFileParts && n > 0 {
			return fmt.Errorf("file %d has more than %d parts", id, maxFileParts)
		}
		if n > 0 {
			err := db.write(ctx, func(tx *sqlx.Tx) error {
				_, err := tx.ExecContext(ctx, insert, id, part, buf[:n])
				return err
			})
			if err != nil {
				return fmt.Errorf("keep part %d of file: %w", part, err)
			}
		}
		if last {
			return nil
		}
	}
	return nil
}

// WriteFileParts writes the bytes of a file to w and returns how many there were; 0 when none were kept.
func (db *DB) WriteFileParts(ctx context.Context, id sales.ID, w io.Writer) (size int64, err error) {
	for part := range maxFileParts {
		var rows [][]byte
		if err := db.r.SelectContext(ctx, &rows, "SELECT bytes FROM file_parts WHERE file_id = ? AND part = ?", id, part); err != nil {
			return size, fmt.Errorf("read part %d of file: %w", part, err)
		}
		if len(rows) == 0 {
			return size, nil
		}
		n, err := w.Write(rows[0])
		size += int64(n)
		if err != nil {
			return size, fmt.Errorf("write part %d of file: %w", part, err)
		}
	}
	return size, nil
}

// DropFileParts forgets the bytes of a file.
func (db *DB) DropFileParts(ctx context.Context, id sales.ID) error {
	return db.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM file_parts WHERE file_id = ?", id); err != nil {
			return fmt.Errorf("drop file parts: %w", err)
		}
		return nil
	})
}

// HasFileParts reports whether the bytes of a file are kept in the store.
func (db *DB) HasFileParts(ctx context.Context, id sales.ID) (bool, error) {
	var n int
	err := db.r.GetContext(ctx, &n, "SELECT COUNT(*) FROM (SELECT part FROM file_parts WHERE file_id = ? LIMIT 1) kept", id)
	if err != nil {
		return false, fmt.Errorf("look for a file: %w", err)
	}
	return n > 0, nil
}
