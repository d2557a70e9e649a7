package store_test

import (
	"database/sql"
	"testing"

	"github.com/jmoiron/sqlx"

	"salesflow/store"
	"salesflow/store/storetest"
)

// A column that a statement leaves out because it is empty must be empty by itself, too.
func TestColumnsLeftOutAreEmptyByThemselves(t *testing.T) {
	t.Parallel()
	w := storetest.MariaDB(t)
	w.Open()
	raw, err := sqlx.Open("mysql", w.Options.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	const query = `
		SELECT COLUMN_DEFAULT, IS_NULLABLE
		FROM INFORMATION_SCHEMA.COLUMNS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?`
	for table, columns := range store.LeftOut() {
		for _, c := range columns {
			var is struct {
				Default  sql.NullString `db:"COLUMN_DEFAULT"`
				Nullable string         `db:"IS_NULLABLE"`
			}
			if err := raw.Get(&is, query, table, c); err != nil {
				t.Fatalf("%s.%s: %v", table, c, err)
			}
			switch is.Default.String {
			case "''", "0":
			case "", "NULL":
				if is.Nullable != "YES" {
					t.Errorf("%s.%s has no default", table, c)
				}
			default:
				t.Errorf("%s.%s is %s by itself", table, c, is.Default.String)
			}
		}
	}
}
