package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

var (
	at  = sales.At(time.Date(2026, 3, 11, 2, 0, 0, 250000, time.UTC))
	day = sales.NewDay(2026, 3, 11)
)

// same compares records as they were written and read; Day is a value with hidden fields.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b sales.Day) bool { return a == b }),
		cmp.Comparer(func(a, b sales.Instant) bool { return a.Equal(b.Time) })); diff != "" {
		t.Errorf("%s (-written +read):\n%s", what, diff)
	}
}

func read[T any](t *testing.T, db *store.DB, f func(ctx context.Context, tx *store.Tx) (T, error)) T {
	t.Helper()
	var out T
	err := db.View(context.Background(), func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = f(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	visit := sales.Visit{
		ID: 1, PersonID: 5, TeamID: 2, CustomerID: 7, ContactID: 8, ContactName: "王主任", Day: day, FiledAt: at, Text: "介绍生化分析仪,嫌贵30%",
		Products: sales.List[sales.ID]{3}, Need: "降价", Objection: "嫌贵", ObjectionType: "price", ObjectionPercent: "30", Amount: 18 * sales.Wan,
		AmountRole: "budget", OpportunityID: 9, SuggestedStage: sales.StageProposal, NextOn: day.AddDays(6),
		Reasons: sales.List[sales.Reason]{{Field: "金额", Words: "18万"}}, State: sales.VisitFiled, SourceEventID: "m1", Version: 1,
	}
	todo := sales.Todo{
		ID: 2, OwnerID: 5, CustomerID: 7, SourceKind: "visit", SourceID: 1, Text: "寄样", DueOn: day.AddDays(6), DueAt: at, State: sales.TodoOpen,
		CreatedAt: at, Version: 1, Postponed: 1,
	}
	contract := sales.Contract{
		ID: 3, RequestID: 4, No: "HT2026-018", CustomerID: 7, OwnerID: 5, TeamID: 2, Products: sales.List[sales.ID]{3}, Amount: 128 * sales.Wan, PrepayPercent: 30,
		PaymentDays: 60, DeliveryDays: -1, DiscountPercent: 85, Terms: "验收后付款", Files: sales.List[sales.ID]{4}, State: sales.ContractPending,
		CreatedAt: at, Version: 1,
	}
	request := approval.Request{
		ID: 4, Kind: approval.Contract, Record: 3, No: "HT2026-018", Title: "合同", Amount: 128 * sales.Wan, Requester: 5, RequesterName: "周敏",
		State: approval.Pending, Round: 1, Steps: sales.List[approval.Step]{{Role: "legal", RoleName: "法务", Mode: approval.AllOf, Approvers: []approval.Approver{
			{Person: 6, Name: "赵磊", State: approval.ApproverPending},
		}}}, Version: 1, SubmittedAt: at, RoundSince: at, StepSince: at, Rules: approval.Rules{NudgeEvery: 4 * time.Hour, Limit: 48 * time.Hour},
		Log: sales.List[approval.Entry]{{At: at, Verb: approval.VerbSubmit, Actor: 5}},
	}
	incident := sales.Incident{
		ID: 5, Kind: "contract.48h", SubjectKind: "contract", SubjectID: 3, Level: 1, State: sales.IncidentOpen, OpenedAt: at, AckUntil: at, Version: 1,
	}
	step := sales.IncidentStep{ID: 6, IncidentID: 5, At: at, Level: 1, What: "pushed", PersonID: 6, Note: "超时 3 小时"}
	file := sales.File{ID: 7, Name: "报价.jpg", MIME: "image/jpeg", Size: 9, PersonID: 5, Ref: `{"id":"x"}`, Platform: "wecom", State: sales.FileWanted, CreatedAt: at, Version: 1}
	report := sales.DailyReport{ID: 8, PersonID: 5, TeamID: 2, Day: day, State: sales.ReportSubmitted, Summary: "拜访 1 家", SubmittedAt: at}
	capture := sales.StageCapture{Day: day, PersonID: 5, TeamID: 2, Stage: sales.StageNeed, Count: 3, Amount: sales.Wan}
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateVisit(visit)
			tx.CreateTodo(todo)
			tx.CreateContract(contract)
			tx.CreateRequest(request)
			tx.CreateIncident(incident)
			tx.AddIncidentStep(step)
			tx.CreateFile(file)
			tx.PutReport(report)
			tx.PutCaptures([]sales.StageCapture{capture, {Day: day, PersonID: 5, Stage: sales.StageContact, Count: 1}})
			return nil
		})
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { // taken again, later that evening
			tx.PutCaptures([]sales.StageCapture{capture})
			return nil
		})
		report := report
		report.Version = 1
		view := func(f func(ctx context.Context, tx *store.Tx) error) {
			t.Helper()
			if err := db.View(context.Background(), f); err != nil {
				t.Error(err)
			}
		}
		view(func(ctx context.Context, tx *store.Tx) error {
			v, err := tx.VisitByID(ctx, 1)
			same(t, "visit", v, visit)
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.TodosBySource(ctx, "visit", 1)
			same(t, "todo", list, []sales.Todo{todo})
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.ContractByNo(ctx, "HT2026-018")
			same(t, "contract", c, contract)
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.PendingRequests(ctx, 6, 10)
			same(t, "request", list, []approval.Request{request})
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.IncidentsFor(ctx, 6, 10)
			same(t, "incident", list, []sales.Incident{incident})
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.IncidentSteps(ctx, 5)
			same(t, "incident step", list, []sales.IncidentStep{step})
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.WantedFiles(ctx, 10)
			same(t, "file", list, []sales.File{file})
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.ReportsOn(ctx, sales.Only(5), day)
			same(t, "report", list, []sales.DailyReport{report})
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.Captures(ctx, sales.Scope{All: true}, day)
			same(t, "capture", list, []sales.StageCapture{capture})
			return err
		})
		view(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.CountsOn(ctx, sales.Scope{All: true}, day)
			same(t, "counts", list, []sales.DayCount{{PersonID: 5, Day: day, Visits: 1, Promises: 1, Contracts: 1}})
			return err
		})
	})
}

func TestARequestWaitsForWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		pending := func(p sales.PersonID) int {
			return len(read(t, db, func(ctx context.Context, tx *store.Tx) ([]approval.Request, error) {
				return tx.PendingRequests(ctx, p, 10)
			}))
		}
		r := approval.Request{
			ID: 1, Kind: approval.Contract, Record: 3, State: approval.Pending, Version: 1, SubmittedAt: at, Requester: 5,
			Steps: sales.List[approval.Step]{{Mode: approval.AllOf, Approvers: []approval.Approver{{Person: 6, State: approval.ApproverPending, Name: "赵磊"}}}},
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { tx.CreateRequest(r); return nil })
		if pending(6) != 1 {
			t.Error("the approver's list is empty")
		}
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			r, err := tx.RequestByID(ctx, 1)
			if err != nil {
				return err
			}
			r, _, err = approval.Approve(r, approval.Actor{Person: approval.Person{ID: 6, Name: "赵磊"}}, w.Clock.Now(), "")
			tx.UpdateRequest(r)
			return err
		})
		got := read(t, db, func(ctx context.Context, tx *store.Tx) (approval.Request, error) {
			return tx.RequestByRecord(ctx, "contract", 3)
		})
		if pending(6) != 0 || got.State != approval.Approved || got.Version != 2 {
			t.Errorf("after approval: %d pending, %s at version %d", pending(6), got.State, got.Version)
		}
	})
}

func TestNumbersOfASeriesAreNeverGivenTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		var mu sync.Mutex
		given := map[int64]int{}
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				_, err := db.Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
					n, err := tx.NextNumber(ctx, "contract:2026")
					mu.Lock()
					given[n]++
					mu.Unlock()
					if i%5 == 0 {
						return fmt.Errorf("the turn fails")
					}
					return err
				}})
				if i%5 != 0 && err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for n, times := range given {
			if times > 1 || n < 1 {
				t.Errorf("number %d given %d times", n, times)
			}
		}
	})
}

func TestCodesAndLinksWorkOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		now := sales.At(w.Clock.Now())
		later := sales.At(w.Clock.Now().Add(time.Hour))
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateLinkCode("123456", 5, later)
			tx.CreateUpload("hash", 5, "contract", later)
			tx.CreateLinkCode("old", 5, now)
			tx.PutPerson(sales.Person{ID: 5, Code: "zhoumin", Name: "周敏", Active: true, Roles: sales.List[sales.Role]{sales.RoleRep}, HiredOn: day})
			return nil
		})
		before, err := db.Revisions(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		took := 0
		for range 3 {
			_, err := db.Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
				person, err := tx.TakeLinkCode(ctx, "123456", now)
				if err != nil {
					return err
				}
				tx.LinkIdentity(sales.Identity{Platform: "dingtalk", UserID: "Zhou", PersonID: person, LinkedAt: now})
				_, topic, err := tx.TakeUpload(ctx, "hash", now)
				if topic != "contract" {
					t.Errorf("upload for %q", topic)
				}
				return err
			}})
			if err == nil {
				took++
			} else if sales.KindOf(err) != sales.NotFound {
				t.Error(err)
			}
		}
		org, err := db.LoadOrg(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		p, ok := org.ByAccount("dingtalk", "zhou")
		if took != 1 || !ok || p.Name != "周敏" || !p.Has(sales.RoleRep) || p.HiredOn != day || org.Revision <= before.Org {
			t.Errorf("taken %d times, linked to %+v, revision %d after %d", took, p, org.Revision, before.Org)
		}
		_, err = db.Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.TakeLinkCode(ctx, "old", now)
			return err
		}})
		if sales.KindOf(err) != sales.NotFound {
			t.Errorf("an expired code: %v", err)
		}
	})
}
