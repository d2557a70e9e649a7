package store_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// BenchmarkVisit files visits as a turn does: record, to-do, reminder, trace, reply, dialogue, inbox key.
func BenchmarkVisit(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *storetest.World{"sqlite": storetest.SQLite, "mariadb": storetest.MariaDB} {
		b.Run(name, func(b *testing.B) {
			w := open(b)
			db := w.Open()
			var n atomic.Int64
			b.SetParallelism(100)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1)
					person := sales.PersonID(i%400 + 1)
					_, err := db.Do(context.Background(), store.Work{
						Platform: "wecom", EventID: fmt.Sprint(i), Person: person,
						Fn: func(ctx context.Context, tx *store.Tx) error { return fileVisit(ctx, tx, person, fmt.Sprint(i)) },
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func fileVisit(ctx context.Context, tx *store.Tx, person sales.PersonID, event string) error {
	if _, err := tx.VisitsByCustomer(ctx, sales.ID(person), 5); err != nil {
		return err
	}
	v := visit(tx.NewID(), person, "拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样")
	v.CustomerID = sales.ID(person)
	tx.CreateVisit(v)
	todo := sales.Todo{ID: tx.NewID(), OwnerID: person, SourceKind: "visit", SourceID: v.ID, Text: "寄样", State: sales.TodoOpen, Version: 1}
	tx.CreateTodo(todo)
	tx.Schedule(sales.Due{Kind: "todo.due", SubjectKind: "todo", SubjectID: todo.ID, Slot: "1", DueAt: at})
	tx.Audit(sales.AuditEntry{PersonID: person, EventID: event, Verb: "visit.file", SubjectKind: "visit", SubjectID: v.ID})
	tx.Emit(sales.DomainEvent{Kind: "visit.filed", SubjectKind: "visit", SubjectID: v.ID, PersonID: person, Data: "{}"})
	tx.AddDelivery(bot.Delivery{
		Subject: "event:wecom:" + event, Kind: bot.DeliverReply, Slot: "0", Recipient: "wecom:u:x", Platform: "wecom",
		Users: []bot.UserID{"x"}, Out: bot.Outgoing{Text: "已记下"},
	}, time.Time{})
	d := tx.Dialogue()
	d.PersonID, d.Last = person, sales.Refs{{Kind: "visit", ID: v.ID, At: at}}
	tx.SaveDialogue(d)
	return nil
}

// BenchmarkPush pushes to 400 people, with the brake and without.
func BenchmarkPush(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *storetest.World{"sqlite": storetest.SQLite, "mariadb": storetest.MariaDB} {
		for _, limit := range []int{0, 20} {
			b.Run(fmt.Sprintf("%s/limit=%d", name, limit), func(b *testing.B) {
				w := open(b)
				w.Options.PushLimit = limit
				db := w.Open()
				var n atomic.Int64
				b.SetParallelism(100)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						i := n.Add(1)
						_, err := db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
							tx.AddDelivery(pushTo(fmt.Sprint("p", i), sales.PersonID(i%400+1)), time.Time{})
							return nil
						}})
						if err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}
