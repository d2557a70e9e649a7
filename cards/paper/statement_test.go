package paper_test

import (
	"bytes"
	"fmt"
	"testing"

	"salesflow/cards/paper"
	"salesflow/store/sales"
)

func statement(lines int) paper.StatementOf {
	of := paper.StatementOf{
		Company: "华东仪器有限公司", Customer: "绍兴市立医院", Link: "https://bot.example.com/s/0123456789abcdefghijklmnopqrstuvwxyzABCDEF_-",
		Statement: sales.Statement{MonthOn: sales.NewDay(2026, 2, 1), Opening: 12_345_67},
	}
	var invoices []sales.Invoice
	for k := range lines {
		invoices = append(invoices, sales.Invoice{
			No: fmt.Sprintf("FP2026-%03d", k), TaxNo: "25332000000012345678", Kind: sales.InvoiceNormal, Amount: 1_234_567_89, IssuedOn: of.Statement.MonthOn.AddDays(k % 28),
		})
	}
	of.Lines = sales.StatementLines(of.Statement.Opening, invoices, nil)
	return of
}

func TestAStatementIsAPaper(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lines, pages int }{{0, 1}, {3, 1}, {120, 3}, {4000, 30}} {
		pdf, err := paper.Statement(statement(c.lines))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(pdf, []byte("/Type /Page\n")); n < c.pages || n > c.pages+25 {
			t.Errorf("%d lines make %d pages", c.lines, n)
		}
		if len(pdf) > 2<<20 {
			t.Errorf("%d lines make %d bytes", c.lines, len(pdf))
		}
	}
	one, err1 := paper.Statement(statement(3))
	two, err2 := paper.Statement(statement(3))
	if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
		t.Error("the same statement makes another paper")
	}
}

func BenchmarkStatement(b *testing.B) {
	of := statement(20)
	for b.Loop() {
		if _, err := paper.Statement(of); err != nil {
			b.Fatal(err)
		}
	}
}
