package store_test

import (
	"context"
	"testing"
	"time"

	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestCustomFieldsAreKeptAndReadByRules(t *testing.T) {
	t.Parallel()
	at, day := sales.At(time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)), sales.NewDay(2026, 3, 11)
	custom := &sales.Custom{
		Types: []sales.RecordType{{Key: "device", Name: "设备档案", Prefix: "SB", Customer: true}},
		Fields: []sales.CustomField{
			{Object: "customer", Key: "grade", Name: "信用等级", Type: sales.CustomChoice, Options: []string{"甲", "乙"}},
			{Object: "customer", Key: "paid", Name: "注册资本", Type: sales.CustomMoney},
			{Object: "customer", Key: "since", Name: "合作日", Type: sales.CustomDate},
			{Object: "device", Key: "model", Name: "型号", Type: sales.CustomText},
		},
	}
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateCustomer(sales.Customer{ID: 7, Name: "绍兴市立医院", OwnerID: 5, CreatedAt: at, Version: 1})
			tx.CreateCustomRecord(sales.CustomRecord{ID: 3, Kind: "device", No: "SB0001", CustomerID: 7, PersonID: 5, Day: day, FiledAt: at, State: sales.CustomFiled, Version: 1})
			for _, v := range []sales.CustomValue{
				{Object: "customer", RecordID: 7, Field: "grade", Filled: true, Text: "甲"},
				{Object: "customer", RecordID: 7, Field: "paid", Filled: true, Num: int64(50 * sales.Wan)},
				{Object: "customer", RecordID: 7, Field: "since", Filled: true, Day: day},
				{Object: "device", RecordID: 3, Field: "model", Filled: true, Text: "AU480"},
			} {
				v.At = at
				tx.PutCustom(v)
			}
			return nil
		})
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			values, err := tx.CustomValues(ctx, 7)
			if err != nil {
				return err
			}
			v := sales.CustomNamed(values, "customer", "grade")
			if v.Text != "甲" || v.Version != 1 || len(values) != 3 {
				t.Errorf("read %+v", values)
			}
			v.Text, v.At = "乙", at
			tx.PutCustom(v)
			return nil
		})
		g := subject.New(subject.WithCustom(subject.All(), custom))
		err := db.View(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			found, err := g.Load(ctx, tx, nil, g.Object("customer"), day, []sales.ID{7})
			if err != nil {
				return err
			}
			c := found[7]
			if got := c.Show("custom.grade") + " " + c.Show("custom.paid") + " " + c.Show("custom.since"); got != "乙 50万 2026-03-11" {
				t.Errorf("rules read %q", got)
			}
			devices, err := g.Page(ctx, tx, nil, g.Object("device"), day, 0, 10, "")
			if err != nil || len(devices) != 1 || devices[0].Title() != "绍兴市立医院 设备档案 SB0001" || devices[0].Show("custom.model") != "AU480" {
				t.Errorf("devices: %v %v", devices, err)
			}
			list, err := tx.CustomRecords(ctx, sales.CustomFilter{Kind: "device", Scope: sales.Only(5), Customer: 7})
			if err != nil || len(list) != 1 || list[0].No != "SB0001" {
				t.Errorf("records: %v %v", list, err)
			}
			if none, err := tx.CustomRecords(ctx, sales.CustomFilter{Kind: "device", Scope: sales.Only(6)}); err != nil || len(none) != 0 {
				t.Errorf("another's: %v %v", none, err)
			}
			for _, sort := range []string{"", "amount", "expected"} {
				q := store.PageQuery{Scope: sales.Only(5), Query: "绍_兴%", State: "late", Sort: sort, Today: day, Limit: 10}
				if _, err := tx.DealPage(ctx, q); err != nil {
					t.Errorf("deals: %v", err)
				}
				if _, err := tx.ContractPage(ctx, q); err != nil {
					t.Errorf("contracts: %v", err)
				}
				if _, err := tx.ReceivablePage(ctx, q); err != nil {
					t.Errorf("receivables: %v", err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
