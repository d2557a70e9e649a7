package main

import (
	"testing"

	"salesflow/bot/sheet"
	"salesflow/store/sales"
)

// What a row is compared with and cannot be read is neither there nor not there: an entry of the bank that may be known is not passed
// over, and an invoice that may be there is not written again.
func TestARowThatCannotBeComparedIsNoVerdict(t *testing.T) {
	t.Parallel()
	for kind, cells := range map[string]map[string]string{
		sales.SheetPayments: {sheet.Day: "2026-03-10", sheet.Payer: "某某公司", sheet.Amount: "100", sheet.Note: "HT2026-018"},
		sales.SheetInvoices: {sheet.Contract: "HT2026-018", sheet.TaxNo: "25332000000012345678", sheet.Day: "2026-03-10", sheet.Amount: "100"},
	} {
		db := openAt(t, workplace(t))
		org, err := db.LoadOrg(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		k, err := newKind(importer{db: db, org: org, scope: sales.Scope{All: true}, source: "import:1", now: sales.At(testStart)}, kind)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.load(t.Context()); err != nil {
			t.Fatal(err)
		}
		layout := sheet.Payments
		if kind == sales.SheetInvoices {
			layout = sheet.Invoices
		}
		row := sheet.Row{No: 2, Cells: make([]string, len(layout.Columns))}
		for key, cell := range cells {
			row.Cells[layout.At(key)] = cell
		}
		if k.check(row, true); k.trouble() != nil {
			t.Fatalf("%s: %v", kind, k.trouble())
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		row.Cells[layout.At(sheet.Contract)] = "HT2026-019" // not asked for before
		if v := k.check(row, false); k.trouble() == nil {
			t.Errorf("%s: without a store the row is %q: %s", kind, v.state, v.problem)
		}
	}
}
