package sales

// ColumnKind says how a column is read.
type ColumnKind int

// The kinds of columns.
const (
	ColumnInt ColumnKind = iota
	ColumnText
	ColumnDay
	ColumnInstant
)

// RowColumn is one column of a RowQuery: a name or an expression, never what a person wrote.
type RowColumn struct {
	SQL  string
	Kind ColumnKind
}

// RowQuery reads records of one table for the rules, as plain values. Table, columns and Where are constants of the
// program; what people wrote goes into Args.
type RowQuery struct {
	Table   string
	Columns []RowColumn
	Where   string // "" for all
	Args    []any
	// IDs limits it to some; nil reads on after After, in the order of ids.
	IDs   []ID
	After ID
	Limit int
}

// Row is one record.
type Row struct {
	ID     ID
	Values []RowValue
}

// RowValue is a value of its column's kind. None is NULL.
type RowValue struct {
	N    int64
	S    string
	Day  Day
	At   Instant
	None bool
}

// Tally counts what was filed about one record.
type Tally struct {
	ID   ID      `db:"id"`
	N    int     `db:"n"`
	Last Instant `db:"last_at"`
}

// TallyQuery counts the rows of a table by a column that names another record: the visits of customers.
type TallyQuery struct {
	Table  string
	By     string // customer_id
	At     string // filed_at
	Where  string
	IDs    []ID
	Since  Instant
	Before Instant
}
