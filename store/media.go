package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const mediaColumns = `
	file_id,
	kind,
	person_id,
	customer_id,
	subject_kind,
	subject_id,
	state,
	width,
	height,
	look,
	text,
	sent_at,
	version`

var media = tableOf[sales.Media]("media", mediaColumns)

// CreateMedia makes the row of a picture or voice clip, beside that of its file.
func (tx *Tx) CreateMedia(m sales.Media) { tx.create(media, m.FileID, m) }

// UpdateMedia changes it over the version it was read at.
func (tx *Tx) UpdateMedia(m sales.Media) { tx.update(media, m.FileID, m.Version, m) }

// MediaByFile reads what is known of a file that is a picture or voice clip.
func (tx *Tx) MediaByFile(ctx context.Context, file sales.ID) (sales.Media, error) {
	var m sales.Media
	err := tx.get(ctx, "没找到这张图片。", &m, "SELECT "+mediaColumns+" FROM media WHERE file_id = ?", file)
	return m, err
}

// MediaOf lists what is attached to a record, the oldest first.
func (tx *Tx) MediaOf(ctx context.Context, subjectKind string, subject sales.ID) ([]sales.Media, error) {
	var out []sales.Media
	err := tx.list(ctx, &out, "SELECT "+mediaColumns+" FROM media WHERE subject_kind = ? AND subject_id = ? ORDER BY file_id LIMIT 50", subjectKind, subject)
	return out, err
}

// MediaBy lists the newest pictures and clips of a person, at most limit.
func (tx *Tx) MediaBy(ctx context.Context, person sales.PersonID, limit int) ([]sales.Media, error) {
	var out []sales.Media
	err := tx.list(ctx, &out, "SELECT "+mediaColumns+" FROM media WHERE person_id = ? ORDER BY sent_at DESC LIMIT ?", person, bound(limit, 500))
	return out, err
}

// FreshMedia lists media whose bytes are here and that nobody has looked at: of each person the oldest first, then of each the second,
// so that whoever sends hundreds waits for those and nobody else does.
func (tx *Tx) FreshMedia(ctx context.Context, limit int) ([]sales.Media, error) {
	var out []sales.Media
	err := tx.list(ctx, &out, `
		SELECT `+mediaColumns+`
		FROM (
			SELECT m.*, ROW_NUMBER() OVER (PARTITION BY m.person_id ORDER BY m.file_id) AS turn
			FROM media m JOIN files f ON f.id = m.file_id
			WHERE m.state = 'fresh' AND f.state = 'kept'
		) waiting
		ORDER BY turn, file_id LIMIT ?`, bound(limit, 100))
	return out, err
}

// Secret returns the secret of a name, the same for all replicas: the first who asks makes it.
func (db *DB) Secret(ctx context.Context, name string, fresh func() (string, error)) (string, error) {
	value, err := fresh()
	if err != nil {
		return "", err
	}
	query := "INSERT INTO secrets (name, value) VALUES (?, ?)" + db.dialect.Upsert("secrets", []string{"name"}, nil, nil)
	err = db.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, query, name, value); err != nil {
			return fmt.Errorf("make secret: %w", err)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := db.w.GetContext(ctx, &value, "SELECT value FROM secrets WHERE name = ?", name); err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	return value, nil
}

// CustomersOwned lists a person's customers, the longest without contact first, from the offset on. query, when not
// empty, is part of the name or the phone.
func (tx *Tx) CustomersOwned(ctx context.Context, owner sales.PersonID, query string, offset, limit int) ([]sales.Customer, error) {
	where, args := "owner_id = ?", []any{owner}
	if query != "" {
		like := "%" + likeText(query) + "%"
		where += " AND (name LIKE ? ESCAPE '!' OR phone LIKE ? ESCAPE '!')"
		args = append(args, like, like)
	}
	var out []sales.Customer
	err := tx.list(ctx, &out, "SELECT "+customerColumns+" FROM customers WHERE "+where+" ORDER BY last_contact_at, id LIMIT ? OFFSET ?",
		append(args, bound(limit, 500), offset)...)
	return out, err
}

// likeText takes the meaning from LIKE's wildcards.
func likeText(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// filedBy lists what a person filed, of every kind, the newest first. Ids go by time; of each kind no more is read than the part
// that is asked for can have.
const filedBy = `
	SELECT kind, id, filed_at FROM (
		SELECT kind, id, filed_at FROM (
			SELECT 'visit' AS kind, id, filed_at FROM visits WHERE person_id = ? AND state = 'filed' ORDER BY id DESC LIMIT ?
		) v
		UNION ALL
		SELECT kind, id, filed_at FROM (
			SELECT 'filing' AS kind, id, filed_at FROM filings WHERE person_id = ? AND state <> 'undone' ORDER BY id DESC LIMIT ?
		) f
	) x
	ORDER BY id DESC
	LIMIT ? OFFSET ?`

// FiledBy names what a person filed, visits and the rest, the newest first, from the offset on.
func (tx *Tx) FiledBy(ctx context.Context, person sales.PersonID, offset, limit int) ([]sales.Ref, error) {
	var rows []struct {
		Kind    string        `db:"kind"`
		ID      sales.ID      `db:"id"`
		FiledAt sales.Instant `db:"filed_at"`
	}
	limit, offset = bound(limit, 500), max(offset, 0)
	if err := tx.list(ctx, &rows, filedBy, person, offset+limit, person, offset+limit, limit, offset); err != nil {
		return nil, err
	}
	out := make([]sales.Ref, len(rows))
	for i, r := range rows {
		out[i] = sales.Ref{Kind: r.Kind, ID: r.ID, At: r.FiledAt}
	}
	return out, nil
}
