package parse

// Master is the data whose names the parser knows. As an argument of Index.With it is a set of changes: a row with a
// known ID replaces it, Deleted removes it.
type Master struct {
	Customers   []Customer
	Contacts    []Contact
	Products    []Product
	Contracts   []Contract
	Competitors []Competitor
	People      []Person
}

// Customer is a customer's names. Owners are the salespeople it belongs to.
type Customer struct {
	ID      ID
	Name    string
	Aliases []string
	City    string
	Owners  []ID
	Deleted bool
}

// Contact is a person at a customer. Title as people say it: 检验科主任.
type Contact struct {
	ID       ID
	Customer ID
	Name     string
	Title    string
	Deleted  bool
}

// Product is a product's names. ListPrice in fen, 0 when unknown.
type Product struct {
	ID        ID
	Name      string
	Model     string
	Aliases   []string
	Unit      string
	ListPrice int64
	Deleted   bool
}

// Contract is a contract's number. Amount in fen.
type Contract struct {
	ID       ID
	No       string
	Customer ID
	Amount   int64
	Deleted  bool
}

// Competitor is a competitor's names.
type Competitor struct {
	ID      ID
	Name    string
	Aliases []string
	Deleted bool
}

// Person is one of us.
type Person struct {
	ID      ID
	Name    string
	Deleted bool
}
