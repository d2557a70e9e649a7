package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestWorkOrdersComeBackAsTheyWereAndTheQueueIsSorted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		now := sales.At(w.Clock.Now())
		o := sales.WorkOrder{
			ID: 1, No: "GD2026-001", Family: "机加工件", Title: "主轴套", CustomerID: 101, OwnerID: 7, TeamID: 2, Margin: 4000, Amount: 51 * sales.Wan,
			Values: sales.List[sales.WorkValue]{{Field: "材质", Value: "45钢"}}, Drawings: sales.List[sales.Drawing]{{File: 5, Name: "a.pdf", Version: 1, By: 7, At: now}},
			NeedOn: sales.NewDay(2026, time.April, 20), Priority: 2, State: sales.WorkWorking, CreatedAt: now, SubmittedAt: now, SourceEventID: "e1", Version: 1,
		}
		low, plain := o, o
		low.ID, low.No, low.Priority, low.Urgent = 2, "GD2026-002", 0, true
		plain.ID, plain.No, plain.NeedOn = 3, "GD2026-003", sales.Day{} // as good a margin, and nobody waits
		task := sales.WorkTask{
			ID: 11, OrderID: 1, Name: "技术评审", Role: sales.RoleDelivery, OwnerID: 8, Hours: 4, Behind: sales.List[string]{"x"}, State: sales.TaskOpen,
			OpenedAt: now, DueAt: sales.At(now.Add(4 * time.Hour)), Result: "", Files: sales.List[sales.ID]{6}, Version: 1,
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for i, x := range []sales.WorkOrder{low, plain, o} {
				tx.CreateWorkOrder(x)
				y := task
				y.ID, y.OrderID = sales.ID(20-i), x.ID
				tx.CreateWorkTask(y)
			}
			tx.AddWorkNote(sales.WorkNote{ID: 30, OrderID: 1, PersonID: 8, Kind: sales.NoteComment, Field: "公差", Text: "偏严", CreatedAt: now})
			tx.CreateAgreement(sales.Agreement{ID: 40, No: "JX2026-001", OrderID: 1, CustomerID: 101, OwnerID: 7, Revision: 1, State: sales.AgreementDraft, CreatedAt: now, Version: 1})
			tx.AddAgreementVersion(sales.AgreementVersion{ID: 41, OrderID: 1, AgreementID: 40, Revision: 1, Values: o.Values, FileID: 9, CreatedAt: now})
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.WorkOrderByNo(ctx, o.No)
			if diff := cmp.Diff(o, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			queue, err := tx.WorkQueue(ctx, []sales.Role{sales.RoleDelivery}, 99, 10)
			var ids []sales.ID
			for _, x := range queue {
				ids = append(ids, x.OrderID)
			}
			if diff := cmp.Diff([]sales.ID{1, 3, 2}, ids); diff != "" || err != nil {
				t.Errorf("queue: %v\n%s", err, diff)
			}
			if load, err := tx.WorkLoad(ctx, []sales.PersonID{7, 8}); load[8] != 3 || load[7] != 0 || err != nil {
				t.Errorf("load %v, %v", load, err)
			}
			notes, err := tx.WorkNotesOf(ctx, 1, 5)
			if err != nil || len(notes) != 1 || notes[0].Field != "公差" {
				t.Errorf("notes %+v, %v", notes, err)
			}
			versions, err := tx.AgreementVersions(ctx, 1)
			if err != nil || len(versions) != 1 || versions[0].Values[0].Value != "45钢" {
				t.Errorf("versions %+v, %v", versions, err)
			}
			g, err := tx.AgreementByNo(ctx, "JX2026-001")
			g.State = "pending"
			tx.UpdateAgreement(g)
			return err
		})
	})
}
