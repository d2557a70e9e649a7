// Package subject knows what rules can be about: contracts, customers, visits and so on, a file for each. An object is a
// value: its Chinese names, its states and fields with the columns they come from, the people that belong to it, and what
// is filed by which event. To let rules speak of a new kind of record, add a file like contract.go and name it in All.
//
// The package makes no SQL of its own: it hands columns to whoever reads rows (RowReader), and turns rows into Records, over
// which conditions are evaluated. It knows neither chat nor clock.
package subject
