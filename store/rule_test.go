package store_test

import (
	"context"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func write(t *testing.T, db *store.DB, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if _, err := db.Do(context.Background(), store.Work{Fn: f}); err != nil {
		t.Fatal(err)
	}
}

func TestRulesKeepEveryVersionOfTheirText(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		rule := sales.Rule{ID: 5, Name: "合同48小时", Source: sales.RuleChat, State: sales.RuleOn, N: 1, UpdatedBy: 3, UpdatedAt: at, Version: 1}
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateRule(rule)
			tx.AddRuleVersion(sales.RuleVersion{RuleID: 5, N: 1, Text: "甲", Author: 3, At: at, Note: "新建"})
			tx.CreateRule(sales.Rule{ID: 6, Name: "停着", Source: sales.RulePack, State: sales.RuleOff, N: 1, UpdatedAt: at, Version: 1})
			tx.AddRuleVersion(sales.RuleVersion{RuleID: 6, N: 1, Text: "丙", At: at})
			return nil
		})
		_, before, err := db.ActiveRules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rule.N = 2
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.UpdateRule(rule)
			tx.AddRuleVersion(sales.RuleVersion{RuleID: 5, N: 2, Text: "乙", Author: 4, At: at, Note: "改短"})
			tx.CountFired(5, day, at)
			tx.CountFired(5, day, at)
			return nil
		})
		rule.Version = 2
		active, after, err := db.ActiveRules(t.Context())
		if err != nil || after <= before {
			t.Fatalf("revision %d after %d, %v", after, before, err)
		}
		same(t, "active", active, []sales.ActiveRule{{Rule: rule, Text: "乙"}})
		same(t, "versions", read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.RuleVersion, error) { return tx.RuleVersions(ctx, 5) }),
			[]sales.RuleVersion{{RuleID: 5, N: 2, Text: "乙", Author: 4, At: at, Note: "改短"}, {RuleID: 5, N: 1, Text: "甲", Author: 3, At: at, Note: "新建"}})
		same(t, "fired", read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.RuleDay, error) { return tx.RuleFired(ctx, day) }),
			[]sales.RuleDay{{RuleID: 5, Day: day, Fired: 2, LastAt: at}})
		_, err = db.Do(t.Context(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.RuleByName(ctx, "没有的")
			return err
		}})
		if sales.KindOf(err) != sales.NotFound {
			t.Errorf("a rule that is not there: %v", err)
		}
	})
}
