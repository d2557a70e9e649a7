package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"

	"salesflow/store/dialect"
	"salesflow/store/migration"
)

// Migrate brings the schema up to date. Several processes may call it at once; one does the work.
func (db *DB) Migrate(ctx context.Context) error {
	unlock, err := db.lockSchema(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	steps, err := db.migrations()
	if err != nil {
		return err
	}
	kind := goose.DialectMySQL
	if db.dialect == dialect.SQLite {
		kind = goose.DialectSQLite3
	}
	p, err := goose.NewProvider(kind, db.w.DB, nil, goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true),
		goose.WithTableName("schema_versions"))
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// migrations makes a step of every file. On SQLite a step is one transaction; MySQL commits at every CREATE, so a step
// that failed half-way there is finished by hand.
func (db *DB) migrations() ([]*goose.Migration, error) {
	names, err := fs.Glob(migration.FS, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var steps []*goose.Migration
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number: %w", name, err)
		}
		text, err := migration.FS.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read migration %s: %w", name, err)
		}
		up := func(ctx context.Context, tx *sql.Tx) error {
			for stmt := range strings.SplitSeq(db.dialect.DDL(string(text)), ";\n") {
				if strings.TrimSpace(stmt) == "" {
					continue
				}
				if _, err := tx.ExecContext(ctx, stmt); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
			return nil
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: up}, nil))
	}
	return steps, nil
}

// lockSchema keeps other processes from migrating at the same time. A SQLite file has one process.
func (db *DB) lockSchema(ctx context.Context) (unlock func(), err error) {
	if db.dialect == dialect.SQLite {
		return func() {}, nil
	}
	conn, err := db.w.Connx(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock schema: %w", err)
	}
	var got sql.NullInt64
	err = conn.GetContext(ctx, &got, "SELECT GET_LOCK(CONCAT('salesflow_migrate_', DATABASE()), 60)")
	if err == nil && got.Int64 != 1 {
		err = fmt.Errorf("another process is migrating")
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("lock schema: %w", err)
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT RELEASE_LOCK(CONCAT('salesflow_migrate_', DATABASE()))")
		_ = conn.Close() // ends the session's lock too, should the release have failed
	}, nil
}
