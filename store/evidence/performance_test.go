package evidence_test

import (
	"testing"
	"time"

	"salesflow/store/evidence"
	"salesflow/store/sales"
)

func TestAYearIsCountedByMonths(t *testing.T) {
	t.Parallel()
	day := func(m time.Month, d int) sales.Day { return sales.NewDay(2026, m, d) }
	at := func(m time.Month, d int) time.Time { return day(m, d).At(10, 0) }
	p := evidence.Performance{
		From: sales.NewDay(2025, 3, 12), To: day(3, 11), Limit: 120,
		Deliveries: []evidence.Delivery{
			{ID: 1, No: "FH1", Promised: day(1, 10), Signed: day(1, 10)},
			{ID: 2, No: "FH2", Promised: day(1, 10), Signed: day(1, 11)},
			{ID: 3, No: "FH3", Signed: day(2, 1)},
			{ID: 4, No: "FH4", Promised: day(3, 1)}, // still on its way
		},
		Services: []evidence.Service{
			{ID: 5, Kind: sales.FilingComplaint, Filed: at(1, 5), Taken: at(1, 5).Add(time.Hour), Closed: at(1, 6), Minutes: 60},
			{ID: 6, Kind: sales.FilingAfterSales, Filed: at(1, 7), Taken: at(1, 8), Minutes: 540},
			{ID: 7, Kind: sales.FilingComplaint, Filed: at(3, 11)},
		},
	}
	p.Count()
	if len(p.Months) != 13 || p.Months[0].Month != "2025-03" || p.Months[12].Month != "2026-03" {
		t.Fatalf("months %+v", p.Months)
	}
	if got, want := p.Months[10], (evidence.Month{Month: "2026-01", Due: 2, OnTime: 1, Calls: 2, Taken: 2, Within: 1, Minutes: 600, Closed: 1}); got != want {
		t.Errorf("January %+v, want %+v", got, want)
	}
	if got, want := p.Sums(), (evidence.Month{Due: 3, OnTime: 1, Open: 1, Calls: 3, Taken: 2, Within: 1, Minutes: 600, Closed: 1}); got != want {
		t.Errorf("sums %+v, want %+v", got, want)
	}
	p.Trim(2)
	if p.LeftDeliveries != 2 || p.Deliveries[0].No != "FH3" || p.LeftServices != 1 || p.Sums().Due != 3 {
		t.Errorf("trimmed %+v", p)
	}
}
