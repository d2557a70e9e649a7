package sales

// SheetWord is what a source of files (a bank, an ERP) calls one of our columns.
type SheetWord struct {
	Kind   string   `db:"kind"`
	Source string   `db:"source"`
	Key    string   `db:"column_key"`
	Word   string   `db:"word"`
	SetBy  PersonID `db:"set_by"`
	SetAt  Instant  `db:"set_at"`
}
