package sales

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func openInvoice(id ID, open Money, due int) Invoice {
	d := NewDay(2026, 3, 1).AddDays(due)
	return Invoice{
		ID: id, No: fmt.Sprint("FP", id), Kind: InvoiceNormal, CustomerID: 1, ContractID: 10, Amount: open, Open: open, DueOn: d, IssuedOn: d,
		State: InvoiceOpen, Version: 1,
	}
}

func TestAPaymentGoesToInvoices(t *testing.T) {
	t.Parallel()
	three := []Invoice{openInvoice(1, 100*Yuan, 20), openInvoice(2, 300*Yuan, 10), openInvoice(3, 250*Yuan, 30)}
	tests := []struct {
		name   string
		amount Money
		named  []ID
		want   []AllocationLine
	}{
		{"正好一张的金额就冲那一张", 250 * Yuan, nil, []AllocationLine{{3, 250 * Yuan, RuleExact}}},
		{"两张加起来正好", 350 * Yuan, nil, []AllocationLine{{1, 100 * Yuan, RuleSum}, {3, 250 * Yuan, RuleSum}}},
		{"全部加起来正好", 650 * Yuan, nil, []AllocationLine{{2, 300 * Yuan, RuleSum}, {1, 100 * Yuan, RuleSum}, {3, 250 * Yuan, RuleSum}}},
		{"都对不上就先到期先冲", 320 * Yuan, nil, []AllocationLine{{2, 300 * Yuan, RuleOldest}, {1, 20 * Yuan, RuleOldest}}},
		{"多出来的留着", 700 * Yuan, nil, []AllocationLine{{2, 300 * Yuan, RuleOldest}, {1, 100 * Yuan, RuleOldest}, {3, 250 * Yuan, RuleOldest}}},
		{"人指定的只冲指定的", 320 * Yuan, []ID{3}, []AllocationLine{{3, 250 * Yuan, RuleNamed}}},
		{"一分钱也不差", 30001, nil, []AllocationLine{{2, 300 * Yuan, RuleOldest}, {1, 1, RuleOldest}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Allocate(tt.amount, three, tt.named...); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestThreePapersMatch(t *testing.T) {
	t.Parallel()
	paid := func(amount, paid Money) Invoice {
		i := openInvoice(1, amount, 0)
		i.Paid = paid
		i.settle(i.DueOn)
		return i
	}
	const tenWan = 10 * Wan
	tests := []struct {
		name     string
		contract Money
		invoices []Invoice
		prepaid  Money
		want     Colour
	}{
		{"三样都齐", tenWan, []Invoice{paid(tenWan, tenWan)}, 0, Green},
		{"正好差 500 元还算对上", tenWan, []Invoice{paid(tenWan, tenWan-500*Yuan)}, 0, Green},
		{"差 500 元零 1 分就是红", tenWan, []Invoice{paid(tenWan, tenWan-500*Yuan-1)}, 0, Red},
		{"开票比合同多 500 元还算对上", tenWan, []Invoice{paid(tenWan+500*Yuan, tenWan+500*Yuan)}, 0, Green},
		{"开票比合同多 500 元零 1 分", tenWan, []Invoice{paid(tenWan+500*Yuan+1, tenWan+500*Yuan+1)}, 0, Red},
		{"少开 500 元还算对上", tenWan, []Invoice{paid(tenWan-500*Yuan, tenWan-500*Yuan)}, 0, Green},
		{"少开 500 元零 1 分是缺发票", tenWan, []Invoice{paid(tenWan-500*Yuan-1, tenWan-500*Yuan-1)}, 0, Yellow},
		{"还没开票", tenWan, nil, 0, Yellow},
		{"收了款还没开票", tenWan, nil, tenWan, Yellow},
		{"还没回款", tenWan, []Invoice{paid(tenWan, 0)}, 0, Yellow},
		{"没有合同", 0, []Invoice{paid(tenWan, tenWan)}, 0, Yellow},
		{"多收超过 500 元", tenWan, []Invoice{paid(tenWan, tenWan)}, 500*Yuan + 1, Red},
		{"多收正好 500 元", tenWan, []Invoice{paid(tenWan, tenWan)}, 500 * Yuan, Green},
		{"两张各少收 400 元,合起来 800", tenWan, []Invoice{paid(5*Wan, 5*Wan-400*Yuan), paid(5*Wan, 5*Wan-400*Yuan)}, 0, Red},
		{"两张各少收 250 元,合起来正好 500", tenWan, []Invoice{paid(5*Wan, 5*Wan-250*Yuan), paid(5*Wan, 5*Wan-250*Yuan)}, 0, Green},
		{"还没开完,开了的合起来少收 800", tenWan, []Invoice{paid(2*Wan, 2*Wan-400*Yuan), paid(2*Wan, 2*Wan-400*Yuan)}, 0, Red},
		{"少开 500 又少收 500,合同和回款差 1000", tenWan, []Invoice{paid(tenWan-500*Yuan, tenWan-1000*Yuan)}, 0, Red},
		{"少开 300 又少收 200,合同和回款正好差 500", tenWan, []Invoice{paid(tenWan-300*Yuan, tenWan-500*Yuan)}, 0, Green},
		{"多开 500 又多收 100", tenWan, []Invoice{paid(tenWan+500*Yuan, tenWan+500*Yuan)}, 100 * Yuan, Red},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := MatchThree(tt.contract, tt.invoices, tt.prepaid, DefaultTolerance); got.Colour != tt.want {
				t.Errorf("got %s (%s), want %s", got.Colour, got.Why, tt.want)
			}
		})
	}
}

func TestSuggestionsAreRanked(t *testing.T) {
	t.Parallel()
	names := map[ID]string{1: "绍兴市立医院", 2: "宁波妇保医院", 3: "绍兴第二医院"}
	inv := func(id, customer ID, open Money) Invoice {
		i := openInvoice(id, open, int(id))
		i.CustomerID = customer
		return i
	}
	p := Payment{Payer: "绍兴市立医院", Amount: 5 * Wan, Left: 5 * Wan}
	got := Suggest(p, []Invoice{inv(1, 2, 5*Wan), inv(2, 1, 8*Wan), inv(3, 1, 5*Wan), inv(4, 3, 9*Wan)}, nil, func(id ID) string { return names[id] }, nil, 3)
	if len(got) < 2 || got[0].InvoiceID != 3 || got[1].InvoiceID != 2 {
		t.Fatalf("ranked %+v", got)
	}
	for k := 1; k < len(got); k++ {
		if got[k].Score > got[k-1].Score {
			t.Errorf("%d is ranked behind a lower one", k)
		}
	}
}

// Whatever is done in whatever order: every invoice is open for what nobody paid or took back, every payment has left what no
// invoice took, nothing is negative, and the contract's cash is the sum of its records.
func TestTheLedgerAlwaysAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		next := ID(1000)
		l := &Ledger{Today: NewDay(2026, 3, 11), NewID: func() ID { next++; return next }}
		credited, notes := map[ID]Money{}, map[ID][]creditNote{}
		contract := Contract{ID: 10, No: "HT2026-001", CustomerID: 1, Amount: 100 * Wan}
		amount := rapid.Custom(func(t *rapid.T) Money {
			return Money(rapid.SampledFrom([]int64{1, 99, 100, 5000, 50000, 50001, 1_000_000}).Draw(t, "fen"))
		})
		for step := range rapid.IntRange(1, 25).Draw(t, "steps") {
			l.Event = fmt.Sprint("step", step)
			switch rapid.IntRange(0, 10).Draw(t, "what") {
			case 0, 1:
				next++
				day := l.Today.AddDays(rapid.IntRange(-40, 40).Draw(t, "due"))
				l.Issue(Invoice{
					ID: next, Kind: InvoiceNormal, CustomerID: 1, ContractID: ID(rapid.IntRange(10, 11).Draw(t, "contract")), Amount: amount.Draw(t, "invoice"), DueOn: day, IssuedOn: day,
				})
			case 2, 3:
				next++
				l.Receive(Payment{
					ID: next, CustomerID: 1, ContractID: rapid.SampledFrom([]ID{0, 10, 11}).Draw(t, "for"), Amount: amount.Draw(t, "payment"), ReceivedOn: l.Today,
				})
			case 4:
				if len(l.Invoices) > 0 {
					i := rapid.SampledFrom(l.Invoices).Draw(t, "credit")
					m := amount.Draw(t, "credit amount")
					freed, ok := l.Credit(i.ID, m)
					if ok != (i.Counts() && m <= i.Net()) {
						t.Fatalf("credit %d of %+v: %v", m, i, ok)
					}
					if ok {
						credited[i.ID] += m
						notes[i.ID] = append(notes[i.ID], creditNote{m, l.Event, freed})
						if want := max(m-i.Open, 0); freed != want {
							t.Fatalf("credit of %d on %+v freed %d, want %d", m, i, freed, want)
						}
					}
				}
			case 5:
				if len(l.Payments) > 0 {
					l.DropPayment(rapid.SampledFrom(l.Payments).Draw(t, "drop").ID)
				}
			case 6:
				if len(l.Allocations) > 0 {
					l.Release(rapid.SampledFrom(l.Allocations).Draw(t, "release").ID)
				}
			case 7:
				if len(l.Invoices) > 0 {
					l.DropInvoice(rapid.SampledFrom(l.Invoices).Draw(t, "drop invoice").ID)
				}
			case 8: // a credit note is taken back, and what it had set free pays again, as far as it is still there
				if len(l.Invoices) > 0 {
					i := rapid.SampledFrom(l.Invoices).Draw(t, "uncredit")
					if len(notes[i.ID]) == 0 {
						if l.Uncredit(i.ID, i.Credited+1, l.Event) {
							t.Fatalf("more taken back of %+v than was credited", i)
						}
						break
					}
					k := rapid.IntRange(0, len(notes[i.ID])-1).Draw(t, "which")
					note := notes[i.ID][k]
					ok := l.Uncredit(i.ID, note.amount, note.event)
					if ok != i.Counts() {
						t.Fatalf("uncredit %+v of %+v: %v", note, i, ok)
					}
					if !ok {
						break
					}
					credited[i.ID] -= note.amount
					notes[i.ID] = slices.Delete(notes[i.ID], k, k+1)
					if got := l.Invoice(i.ID).Paid - i.Paid; got < 0 || got > note.freed {
						t.Fatalf("taking back a credit note that set %d free paid %d", note.freed, got)
					}
				}
			case 9:
				if len(l.Payments) > 0 {
					l.ReleasePayment(rapid.SampledFrom(l.Payments).Draw(t, "release payment").ID)
				}
			case 10: // put elsewhere: to another customer, a contract, or invoices by name
				if len(l.Payments) > 0 {
					p := rapid.SampledFrom(l.Payments).Draw(t, "assign")
					var named []ID
					if len(l.Invoices) > 0 && rapid.Bool().Draw(t, "by name") {
						named = append(named, rapid.SampledFrom(l.Invoices).Draw(t, "named").ID)
					}
					l.Assign(p.ID, ID(rapid.IntRange(1, 2).Draw(t, "customer")), rapid.SampledFrom([]ID{0, 10, 11}).Draw(t, "to"), 5, 2, named...)
				}
			}
			check(t, l, credited, contract)
		}
	})
}

// creditNote is one that was written, through which event, and what it set free.
type creditNote struct {
	amount Money
	event  string
	freed  Money
}

// A credit note and its taking back leave every invoice and payment as it was, whatever else the customer has lying open.
func TestACreditNoteTakenBackLeavesEverythingAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		next := ID(1000)
		l := &Ledger{Today: NewDay(2026, 3, 31), NewID: func() ID { next++; return next }, Event: "before"}
		fen := rapid.Custom(func(t *rapid.T) Money { return Money(rapid.Int64Range(1, 5000).Draw(t, "fen")) })
		for n := range rapid.IntRange(1, 5).Draw(t, "invoices") {
			l.Issue(Invoice{ID: ID(1 + n), Kind: InvoiceNormal, CustomerID: 1, ContractID: ID(rapid.IntRange(10, 11).Draw(t, "contract")), Amount: fen.Draw(t, "amount"), DueOn: l.Today})
		}
		for n := range rapid.IntRange(0, 6).Draw(t, "payments") {
			id := ID(100 + n)
			l.Receive(Payment{ID: id, CustomerID: 1, ContractID: rapid.SampledFrom([]ID{0, 10, 11}).Draw(t, "for"), Amount: fen.Draw(t, "paid"), ReceivedOn: l.Today})
			if rapid.Bool().Draw(t, "lies open") { // somebody took it from its invoices on purpose
				l.ReleasePayment(id)
			}
		}
		figures := func() string {
			out := ""
			for _, i := range l.Invoices {
				out += fmt.Sprintln(i.ID, i.Paid, i.Credited, i.Open, i.State)
			}
			for _, p := range l.Payments {
				paid := map[ID]Money{}
				for _, a := range l.Allocations {
					if a.PaymentID == p.ID && a.State == AllocationActive {
						paid[a.InvoiceID] += a.Amount
					}
				}
				out += fmt.Sprintln(p.ID, p.Used, p.Left, p.State, paid)
			}
			return out
		}
		before := figures()
		i := rapid.SampledFrom(l.Invoices).Draw(t, "credited")
		m := Money(rapid.Int64Range(1, int64(i.Net())).Draw(t, "by"))
		l.Event = "credit"
		if _, ok := l.Credit(i.ID, m); !ok {
			t.Fatalf("credit of %d on %+v", m, i)
		}
		l.Event = "back"
		if !l.Uncredit(i.ID, m, "credit") {
			t.Fatalf("uncredit of %d on %+v", m, i)
		}
		if after := figures(); after != before {
			t.Fatalf("before:\n%safter:\n%s", before, after)
		}
	})
}

func check(t *rapid.T, l *Ledger, credited map[ID]Money, contract Contract) {
	used, paid := map[ID]Money{}, map[ID]Money{}
	for _, a := range l.Allocations {
		if a.Amount <= 0 {
			t.Fatalf("empty allocation %+v", a)
		}
		if a.State == AllocationActive {
			used[a.PaymentID] += a.Amount
			paid[a.InvoiceID] += a.Amount
		}
	}
	chain := ContractChain{Contract: contract}
	for _, p := range l.Payments {
		if p.CustomerID == contract.CustomerID {
			chain.Payments = append(chain.Payments, p)
		}
	}
	var open, all, balance, stands Money
	for _, i := range l.Invoices {
		if i.Paid != paid[i.ID] || i.Credited != credited[i.ID] || i.Open < 0 || i.State != InvoiceUndone && i.Open != i.Amount-i.Credited-i.Paid {
			t.Fatalf("invoice %+v, paid %d, credited %d", i, paid[i.ID], credited[i.ID])
		}
		if (i.State == InvoiceOpen) != (i.Open > 0) {
			t.Fatalf("state of %+v", i)
		}
		if i.Counts() {
			balance += i.Amount - i.Credited
			stands += i.Open
		}
		if i.ContractID == contract.ID {
			chain.Invoices = append(chain.Invoices, i)
			if i.Counts() {
				open += i.Open
			}
		}
	}
	for _, p := range l.Payments {
		if p.Used != used[p.ID] || p.Left != p.Amount-p.Used || p.Left < 0 {
			t.Fatalf("payment %+v, used %d", p, used[p.ID])
		}
		if p.Counts() {
			all += p.Left
			balance -= p.Amount
			stands -= p.Left
		}
	}
	if balance != stands {
		t.Fatalf("papers come to %d, what is open and left to %d", balance, stands)
	}
	s := chain.Sum(DefaultTolerance)
	if s.Open != open || s.Open != s.Invoiced-s.Paid || s.Open < 0 || s.Prepaid > all {
		t.Fatalf("contract's cash %+v, open %d", s, open)
	}
}

func TestQuantitiesAreExact(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int64{"10": 1000, "2.5": 250, "0.01": 1, "1,200": 120000} {
		if got, ok := ParseQuantity(s); !ok || got != want {
			t.Errorf("%s: %d %v", s, got, ok)
		}
	}
	for _, s := range []string{"0", "-1", "1e9", "0.001", "99999999999", "十", ""} {
		if got, ok := ParseQuantity(s); ok {
			t.Errorf("%q taken as %d", s, got)
		}
	}
	if got := QuantityText(250, "吨"); got != "2.5吨" {
		t.Error(got)
	}
}
