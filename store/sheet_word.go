package store

import (
	"context"

	"salesflow/store/sales"
)

const sheetWordColumns = "kind, source, column_key, word, set_by, set_at"

var sheetWords = tableOf[sales.SheetWord]("sheet_words", sheetWordColumns).upsert("kind, source, column_key", "word, set_by, set_at", "")

// PutSheetWord keeps what a source calls a column.
func (tx *Tx) PutSheetWord(w sales.SheetWord) { tx.add(sheetWords, sheetWords.row(w)) }

// DropSheetWords forgets what a source calls its columns.
func (tx *Tx) DropSheetWords(kind, source string) {
	tx.before = append(tx.before, statement{"DELETE FROM sheet_words WHERE kind = ? AND source = ?", []any{kind, source}, -1})
}

// SheetWords lists what sources call their columns.
func (tx *Tx) SheetWords(ctx context.Context) ([]sales.SheetWord, error) {
	var out []sales.SheetWord
	err := tx.list(ctx, &out, "SELECT "+sheetWordColumns+" FROM sheet_words ORDER BY kind, source, column_key LIMIT 500")
	return out, err
}
