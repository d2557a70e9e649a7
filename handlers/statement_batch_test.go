package handlers_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

// batchOf is how many customers the large batch has: many parts. Ten thousand take the same way, only longer.
const batchOf = 2000

// The statements of thousands of customers are made and sent in parts, each once, however often a part is decided, with memory that does not
// grow with them.
func TestThousandsOfStatementsAreMadeAndSentInParts(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	links := 0
	batch := scheduler.Statements{Calendar: w.app.Calendar, Monthly: true, Mail: true, Link: func() (string, string, error) {
		links++
		return fmt.Sprint("https://bot.example.com/s/", links), fmt.Sprint("hash", links), nil
	}}
	scheduler.RegisterStatements(&w.engine, batch)
	ids := make([]sales.ID, batchOf)
	for k := range ids {
		ids[k] = sales.ID(100_000 + k)
	}
	for part := range slices.Chunk(ids, 500) {
		w.write(func(tx *store.Tx) {
			for _, id := range part {
				tx.CreateCustomer(sales.Customer{ID: id, Name: fmt.Sprint("批量", id, "商行"), NameKey: fmt.Sprint("批量", id), OwnerID: []sales.PersonID{zhoumin, liqiang}[id%2], Version: 1})
				tx.CreatePayment(sales.Payment{
					ID: id, No: fmt.Sprint("HKB", id), CustomerID: id, Amount: sales.Money(id), Left: sales.Money(id), ReceivedOn: sales.NewDay(2026, 3, 5), State: sales.PaymentOpen, Version: 1,
				})
				if id%4 == 0 {
					tx.PutBilling(sales.Billing{CustomerID: id, Mail: fmt.Sprint("cw", id, "@example.com")})
				}
			}
		})
	}
	w.write(func(tx *store.Tx) { batch.EnsureStatements(tx, w.Now()) })
	first := sales.NewDay(2026, 4, 1).At(9, 10)
	w.advance(first.Add(5 * time.Second).Sub(w.Now()))
	run := func() sales.StatementRun {
		return read(w, func(ctx context.Context, tx *store.Tx) (sales.StatementRun, error) {
			return tx.StatementRunOf(ctx, sales.NewDay(2026, 3, 1))
		})
	}
	early := run()
	if early.State != sales.RunMaking || early.Made == 0 || early.Made > 1000 {
		t.Fatalf("after five seconds: %+v", early)
	}
	// A part that comes again, late or twice, does nothing.
	w.write(func(tx *store.Tx) {
		m := scheduler.Moment{Now: w.Now(), Today: sales.DayOf(w.Now()), Org: w.org, Due: sales.Due{ID: 1, Kind: scheduler.KindStatementMake, SubjectID: early.ID, Slot: "0/0"}}
		if d, err := batch.Make(t.Context(), m, tx); err != nil || d.Reason != "done already" {
			t.Errorf("a part of before: %q, %v", d.Reason, err)
		}
	})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w.advance(3 * time.Minute)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if r := run(); r.State != sales.RunReady || r.Made != batchOf {
		t.Fatalf("made: %+v", r)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the heap has grown by %d MB", grown>>20)
	}
	w.expect(wutong, "2026年3月对账单", fmt.Sprint(batchOf, " 家"), fmt.Sprint(batchOf*3/4, " 家没邮箱"))
	w.say(zhoumin, "对账单 3月 发出").expect(zhoumin, "由财务、总监来发")
	w.say(wutong, "对账单 3月 发出").expect(wutong, "吴桐在发")
	w.say(wutong, "对账单 3月 发出").expect(wutong, "已经在发了")
	w.advance(10 * time.Minute)
	if r := run(); r.State != sales.RunSending || r.Sent > batchOf*2/3 {
		t.Errorf("all at once: %+v", r)
	}
	w.advance(100 * time.Minute)
	r := run()
	if r.State != sales.RunReady || r.Sent != batchOf || r.Mailed != batchOf/4 || r.Changed != 0 || links != batchOf {
		t.Errorf("sent: %+v with %d links", r, links)
	}
	sums := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.StatementSum, error) {
		return tx.StatementSums(ctx, sales.Scope{All: true}, r.MonthOn)
	})
	if len(sums) != 1 || sums[0].State != sales.StatementSent || sums[0].Count != batchOf {
		t.Errorf("they stand at %+v", sums)
	}
	w.expect(zhoumin, "2026年3月对账单已发", fmt.Sprintf("你的 %d 家", batchOf/2), fmt.Sprintf("邮件 %d 家", batchOf/4), fmt.Sprintf("%d 家没邮箱", batchOf/4))
}
