package handlers_test

import (
	"context"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
)

// Papers of a customer that is merged into another are on its statements, too: one that was confirmed is found to say something else.
func TestAMergeIsSeenOnAConfirmedStatement(t *testing.T) {
	t.Parallel()
	c := joined(t, 21)
	c.say(wutong, "开票 HT2026-018 5万 3月2日")
	c.say(wutong, "回款 宁波市立医院 1万 3月3日")
	c.say(wutong, "对账单 绍兴市立医院 3月")
	c.say(wutong, "对账单 绍兴市立医院 3月 一致")
	of := func() sales.Statement {
		return read(c.bench, func(ctx context.Context, tx *store.Tx) (sales.Statement, error) {
			return tx.StatementOf(ctx, shaoxing, sales.NewDay(2026, 3, 1))
		})
	}
	if s := of(); s.State != sales.StatementConfirmed || !s.AlteredAt.IsZero() {
		t.Fatalf("the statement is %+v", s)
	}
	c.join()
	s := of()
	var looked []sales.Due
	dues, err := c.db.ClaimDues(t.Context(), c.Now(), 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dues {
		if d.Kind == sales.DueStatementAltered && d.SubjectID == s.ID {
			looked = append(looked, d)
		}
	}
	if len(looked) == 0 {
		t.Error("nobody looks at the statement again")
	}
}
