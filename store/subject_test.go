package store_test

import (
	"context"
	"slices"
	"testing"

	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestWhatRulesAreAboutIsReadOnBothDatabases(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		org := sales.NewOrg(1, []sales.Person{{ID: 5, Name: "周敏", Roles: sales.List[sales.Role]{sales.RoleRep}, Active: true}}, nil, nil)
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateCustomer(sales.Customer{ID: 7, Name: "绍兴市立医院", Class: "KA", OwnerID: 5, CreatedAt: at, Version: 1})
			tx.CreateContract(sales.Contract{
				ID: 3, No: "HT2026-018", CustomerID: 7, OwnerID: 5, Amount: 128 * sales.Wan, PrepayPercent: 30, PaymentDays: -1,
				State: sales.ContractPending, CreatedAt: at, Version: 1,
			})
			tx.CreateRequest(approval.Request{
				ID: 11, Kind: approval.Quote, No: "BJ2026-001", Title: "绍兴市立医院 9万", Requester: 5, State: approval.Pending, Version: 1, SubmittedAt: at, StepSince: at,
				Steps: sales.List[approval.Step]{
					{RoleName: "法务", Approvers: []approval.Approver{{Person: 8, State: approval.ApproverPending}, {Person: 6, State: approval.ApproverPending}}},
				},
			})
			tx.CreateApplication(sales.Application{
				ID: 12, No: "SQ2026-001", Topic: "超期发货", Body: "客户急", AboutKind: "contract", AboutID: 3, AboutTitle: "合同 HT2026-018", CustomerID: 7, OwnerID: 5,
				Amount: 5 * sales.Wan, Files: sales.List[sales.ID]{}, State: sales.ContractPending, RequestID: 11, Rule: "急单", Source: "incident:1", CreatedAt: at, Version: 1,
			})
			tx.CreateVisit(sales.Visit{ID: 9, PersonID: 6, CustomerID: 7, Day: day, FiledAt: at, State: sales.VisitFiled, Version: 1})
			return nil
		})
		g := subject.New(subject.All())
		err := db.View(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			for _, o := range subject.All() {
				if _, err := g.Page(ctx, tx, org, o, day, 0, 10, ""); err != nil {
					t.Errorf("%s: %v", o.Key, err)
				}
			}
			found, err := g.Load(ctx, tx, org, g.Object("contract"), day, []sales.ID{3, 4})
			if err != nil {
				return err
			}
			c := found[3]
			if got := c.Title() + " " + c.StateName() + " " + c.Show("prepay") + c.Show("payment_days") + " " + c.Show("owner") + " " + c.Show("created"); got != "HT2026-018 绍兴市立医院 128万 待审批 30% 周敏 2026-03-11" {
				t.Errorf("contract reads %q", got)
			}
			if v := c.Ref("customer").Field("class"); v.S != "KA" || c.Person("last_contact") != 6 || c.Owner() != 5 {
				t.Errorf("class %v, last contact %d, owner %d", v, c.Person("last_contact"), c.Owner())
			}
			if found, err = g.Load(ctx, tx, org, g.Object("request"), day, []sales.ID{11}); err != nil {
				return err
			}
			r := found[11]
			if got := r.Title() + " " + r.StateName() + " " + r.Show("at") + " " + r.Show("step"); got != "报价 BJ2026-001 绍兴市立医院 9万 待审批 法务 1" || !slices.Equal(r.Persons("approver"), []sales.PersonID{6, 8}) {
				t.Errorf("request reads %q, for %v", got, r.Persons("approver"))
			}
			if found, err = g.Load(ctx, tx, org, g.Object("application"), day, []sales.ID{12}); err != nil {
				return err
			}
			x := found[12]
			if got := x.Title() + " " + x.Show("amount") + " " + x.Show("about_kind") + " " + x.Show("by_rule"); got != "SQ2026-001 超期发货 合同 HT2026-018 5万 合同 是" || !slices.Equal(x.Persons("approver"), []sales.PersonID{6, 8}) {
				t.Errorf("application reads %q, for %v", got, x.Persons("approver"))
			}
			open, err := tx.OpenApplication(ctx, "contract", 3, "超期发货")
			if err != nil || open.ID != 12 {
				t.Errorf("the undecided application about the contract is %d, %v", open.ID, err)
			}
			if _, err := tx.ApplicationBySource(ctx, "incident:2"); sales.KindOf(err) != sales.NotFound {
				t.Errorf("what nobody asked for: %v", err)
			}
			tallies, err := tx.Tallies(ctx, sales.TallyQuery{Table: "visits", By: "customer_id", At: "filed_at", IDs: []sales.ID{7, 8}})
			if err != nil {
				return err
			}
			same(t, "visits of the customer", tallies, []sales.Tally{{ID: 7, N: 1, Last: at}})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
