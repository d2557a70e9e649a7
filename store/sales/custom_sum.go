package sales

// CustomSumQuery says what is added up: a field of a kind of record, of people in scope, by the values of the field By ("" for all
// together). From and To bound the records' days, both included; zero for all. Kinds without a day of their own take no period.
type CustomSumQuery struct {
	Object, Field, By string
	Scope             Scope
	From, To          Day
}

// CustomSum is one group of records with a custom field added up: money in fen, other numbers in hundredths.
type CustomSum struct {
	// Text and Num are the value of the field that groups; Filled is false where a record does not have it.
	Text   string `db:"text_value"`
	Num    int64  `db:"num"`
	Filled bool   `db:"filled"`
	N      int    `db:"n"`
	Total  int64  `db:"total"`
	Least  int64  `db:"least"`
	Most   int64  `db:"most"`
}

// Numeric reports whether values of the type can be added up or compared.
func (t CustomType) Numeric() bool {
	return t == CustomNumber || t == CustomMoney || t == CustomPercent
}

// Grouping reports whether records can be counted by values of the type.
func (t CustomType) Grouping() bool { return t == CustomChoice || t == CustomBool }
