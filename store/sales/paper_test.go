package sales_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"salesflow/store/sales"
)

func TestTaxAddsUpToTheFen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		gross, net, tax sales.Money
		rate            sales.Percent
	}{
		{128 * sales.Wan, 113274336, 14725664, 1300},
		{100, 88, 12, 1300},
		{1, 1, 0, 1300},
		{36 * sales.Wan, 33962264, 2037736, 600},
		{12345, 12345, 0, 0},
	} {
		net, tax := sales.SplitTax(tt.gross, tt.rate)
		if net != tt.net || tax != tt.tax {
			t.Errorf("%s at %s is %s and %s, want %s and %s", tt.gross, tt.rate, net, tax, tt.net, tt.tax)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		gross := sales.Money(rapid.Int64Range(0, int64(sales.MaxMoney)).Draw(t, "gross"))
		rate := sales.Percent(rapid.IntRange(0, 9900).Draw(t, "rate"))
		net, tax := sales.SplitTax(gross, rate)
		if net+tax != gross || net < 0 || tax < 0 {
			t.Fatalf("%d and %d are not %d", net, tax, gross)
		}
		if d := sales.AddTax(net, rate) - gross; d < -1 || d > 1 {
			t.Fatalf("%d with tax is %d away from %d", net, d, gross)
		}
	})
}

func TestNumbersOfPapers(t *testing.T) {
	t.Parallel()
	day := sales.NewDay(2026, time.March, 11)
	for _, tt := range []struct {
		scheme sales.Numbering
		want   string
		good   bool
	}{
		{"HT{year}-{seq:3}", "HT2026-018", true},
		{"HT-{year}-{seq:4}", "HT-2026-0018", true},
		{"XS{yy}{month}-{seq:2}", "XS2603-18", true},
		{"{year}-{seq:3}", "", false},
		{"HT{year}{seq:3}", "", false},
		{"HT{year}-", "", false},
		{"合同{year}-{seq:3}", "", false},
		{"HT{year}-{seq:3}号", "", false},
		{"HT{day}-{seq:3}", "", false},
	} {
		err := tt.scheme.Check()
		if (err == nil) != tt.good {
			t.Errorf("%s: %v", tt.scheme, err)
		}
		if got := tt.scheme.No(day, 18); tt.good && got != tt.want {
			t.Errorf("%s gives %s, want %s", tt.scheme, got, tt.want)
		}
	}
}

func TestAQuoteAddsUp(t *testing.T) {
	t.Parallel()
	q := sales.Quote{Lines: sales.List[sales.QuoteLine]{
		{Qty: 200, Price: 18 * sales.Wan, List: 20 * sales.Wan, Floor: sales.FloorPrice(20*sales.Wan, 85)},
		{Qty: 150, Price: 333, List: 333},
	}}
	if err := q.Total(); err != nil || q.Amount != 36*sales.Wan+500 || q.Discount() != 9000 || len(q.Under()) != 0 {
		t.Errorf("%v, %s, %s, %v", err, q.Amount, q.Discount(), q.Under())
	}
	q.Lines[0].Price = 17*sales.Wan - 1
	if len(q.Under()) != 1 {
		t.Error("a fen under the floor is not noticed")
	}
	if p, exact := sales.UnitPrice(100, 300); exact || p != 33 {
		t.Errorf("a third of a yuan is %d, %v", p, exact)
	}
	q.Lines[0].Price, q.Lines[0].Qty = sales.MaxMoney, 1e9
	if err := q.Total(); err == nil {
		t.Errorf("%s is kept", q.Amount)
	}
}

func TestWhatBlocksAShipment(t *testing.T) {
	t.Parallel()
	good := sales.ShipmentFacts{ContractState: sales.ContractApproved, Amount: 100 * sales.Wan, Paid: 30 * sales.Wan, PrepayPercent: 30, PaymentDays: 30}
	tests := []struct {
		name   string
		change func(*sales.ShipmentFacts)
		clause sales.Clause
		block  bool
	}{
		{"都合规", func(*sales.ShipmentFacts) {}, "", false},
		{"没批完", func(f *sales.ShipmentFacts) { f.ContractState = sales.ContractPending }, sales.ClauseApproval, true},
		{"预付差一分", func(f *sales.ShipmentFacts) { f.Paid-- }, sales.ClausePrepay, true},
		{"发超合同", func(f *sales.ShipmentFacts) { f.Shipped, f.Ship = 60*sales.Wan, 40*sales.Wan+1 }, sales.ClauseAmount, true},
		{"低于底价没破例", func(f *sales.ShipmentFacts) { f.DiscountBelow = true }, sales.ClauseDiscount, true},
		{"低于底价批过", func(f *sales.ShipmentFacts) { f.DiscountBelow, f.Exception = true, true }, "", false},
		{"账期超制度没破例", func(f *sales.ShipmentFacts) { f.PaymentDays, f.Limits.MaxPaymentDays = 60, 45 }, sales.ClausePayment, true},
		{"有逾期", func(f *sales.ShipmentFacts) { f.OverdueDays = 3 }, sales.ClauseOverdue, true},
		{"超授信", func(f *sales.ShipmentFacts) { f.Owed, f.CreditLimit = 50*sales.Wan, 100*sales.Wan }, sales.ClauseCredit, true},
		{"授信够", func(f *sales.ShipmentFacts) { f.Owed, f.CreditLimit = 30*sales.Wan, 100*sales.Wan }, "", false},
		{"晚于交期只提醒", func(f *sales.ShipmentFacts) {
			f.DeliverBy, f.ShipOn = sales.NewDay(2026, time.March, 1), sales.NewDay(2026, time.March, 2)
		}, sales.ClauseDelivery, false},
	}
	for _, tt := range tests {
		f := good
		tt.change(&f)
		found := sales.ShipmentConflicts(f)
		switch {
		case tt.clause == "" && len(found) > 0:
			t.Errorf("%s: %v", tt.name, found)
		case tt.clause != "" && (len(found) != 1 || found[0].Clause != tt.clause || found[0].Block != tt.block):
			t.Errorf("%s: %v", tt.name, found)
		}
		if len(sales.Blocked(found)) > 0 != tt.block {
			t.Errorf("%s: blocked %v", tt.name, sales.Blocked(found))
		}
	}
}
