package store_test

import (
	"context"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestWhatIsFiledByChatIsKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		day, at := sales.NewDay(2026, 3, 11), sales.At(w.Clock.Now())
		filing := func(id sales.ID, kind sales.FilingKind, state, topic string, amount sales.Money) sales.Filing {
			return sales.Filing{ID: id, Kind: kind, PersonID: 1, CustomerID: 7, Day: day, FiledAt: at, State: state, Topic: topic, Amount: amount, Version: 1}
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateFiling(filing(1, sales.FilingComplaint, sales.FilingOpen, "fault", 0))
			tx.CreateFiling(filing(2, sales.FilingExpense, sales.FilingFiled, "meal", 1050))
			tx.CreateFiling(filing(3, sales.FilingExpense, sales.FilingFiled, "meal", 2000))
			tx.CreateFiling(filing(4, sales.FilingExpense, sales.FilingUndone, "meal", 9999))
			tx.CreateVisit(sales.Visit{ID: 10, PersonID: 1, CustomerID: 7, Day: day, FiledAt: at, State: sales.VisitFiled, Version: 1})
			tx.CreatePlan(sales.VisitPlan{ID: 20, PersonID: 1, CustomerID: 7, Day: day, State: sales.PlanOpen, Version: 1})
			tx.CreatePlan(sales.VisitPlan{ID: 21, PersonID: 1, CustomerID: 8, Day: day, State: sales.PlanOpen, Version: 1})
			tx.CreateCompanion(sales.Companion{ID: 30, VisitID: 10, PersonID: 2, CustomerID: 7, Day: day, State: sales.CompanionPresent, Version: 1})
			tx.CreateCompanion(sales.Companion{ID: 31, VisitID: 10, PersonID: 3, CustomerID: 7, Day: day, State: sales.CompanionAsked, Version: 1})
			tx.PutAction(sales.ActionRow{VisitID: 10, Action: sales.ActionNeed, PersonID: 1, Day: day, DoneAt: at, Text: "一", State: sales.ActionDone})
			return nil
		})
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.PutAction(sales.ActionRow{VisitID: 10, Action: sales.ActionNeed, PersonID: 1, Day: day, DoneAt: at, Text: "二", State: sales.ActionDone})
			tx.LinkApproval(sales.ApprovalLink{Number: "202603110001", Platform: "wecom", SubjectKind: "visit", SubjectID: 10, LinkedAt: at})
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			open, err := tx.Filings(ctx, sales.FilingFilter{Scope: sales.Only(1), Customer: 7, Pending: true, From: day, To: day})
			if err != nil || len(open) != 1 || open[0].ID != 1 {
				t.Errorf("open %+v, %v", open, err)
			}
			sums, err := tx.Expenses(ctx, sales.Scope{All: true}, day, day)
			if err != nil || len(sums) != 1 || sums[0].Amount != 3050 || sums[0].Count != 2 {
				t.Errorf("expenses %+v, %v", sums, err)
			}
			plans, err := tx.Plans(ctx, sales.Only(1), day, day)
			if err != nil || len(plans) != 2 || plans[0].VisitID != 10 || plans[1].VisitID != 0 {
				t.Errorf("plans %+v, %v", plans, err)
			}
			rows, err := tx.ActionsOf(ctx, 10)
			if err != nil || len(rows) != 1 || rows[0].Text != "二" {
				t.Errorf("actions %+v, %v", rows, err)
			}
			if l, err := tx.ApprovalLink(ctx, "202603110001"); err != nil || l.SubjectID != 10 {
				t.Errorf("link %+v, %v", l, err)
			}
			counts, err := tx.CountsOn(ctx, sales.Scope{All: true}, day)
			got := map[sales.PersonID]sales.DayCount{}
			for _, c := range counts {
				got[c.PersonID] = c
			}
			if c := got[1]; err != nil || c.Complaints != 1 || c.Expenses != 2 || c.Planned != 2 || c.Visits != 1 {
				t.Errorf("counts %+v, %v", c, err)
			}
			if got[2].Joint != 1 || got[3].Joint != 0 {
				t.Errorf("joint visits %+v", got)
			}
			return nil
		})
	})
}

func TestWhoIsAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		day := sales.NewDay(2026, 3, 12)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateAbsence(sales.Absence{
				ID: 1, PersonID: 5, From: sales.At(day.Start()), Until: sales.At(day.AddDays(2).Start()), State: sales.AbsenceActive, Version: 1,
			})
			tx.HoldPush(sales.HeldPush{ID: 2, PersonID: 5, Subject: "todo:99", Line: "gone"})
			tx.HoldPush(sales.HeldPush{ID: 3, PersonID: 5, Subject: "x", Line: "old"})
			tx.HoldPush(sales.HeldPush{ID: 4, PersonID: 5, Subject: "x", Line: "new"})
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			for _, tt := range []struct {
				day  sales.Day
				hour int
				away bool
			}{{day.AddDays(-1), 23, false}, {day, 0, true}, {day.AddDays(1), 23, true}, {day.AddDays(2), 0, false}} {
				away, err := sales.ReadAway(ctx, tx, []sales.PersonID{5, 6}, sales.At(tt.day.At(tt.hour, 0)))
				if _, is := away[5]; err != nil || is != tt.away {
					t.Errorf("%s %d:00: away %v, %v", tt.day, tt.hour, is, err)
				}
			}
			lines, last, err := sales.ReadHeld(ctx, tx, 5)
			if err != nil || len(lines) != 1 || lines[0] != "new" || last != 4 {
				t.Errorf("held %q %d, %v", lines, last, err)
			}
			tx.DropHeld(5, last)
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			if lines, _, err := sales.ReadHeld(ctx, tx, 5); err != nil || len(lines) != 0 {
				t.Errorf("told and still there: %q, %v", lines, err)
			}
			return nil
		})
	})
}
