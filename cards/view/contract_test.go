package view_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

var monday = time.Date(2026, 3, 9, 2, 0, 0, 0, time.UTC)

type holders map[string][]approval.Person

func (h holders) Holders(role string, _ sales.PersonID) []approval.Person { return h[role] }
func (h holders) Superior(sales.PersonID) (approval.Person, bool)         { return approval.Person{}, false }

// contract is a contract with the longest of everything, waiting for its first step.
func contract(t *testing.T) view.Contract {
	t.Helper()
	people := holders{
		"legal":    {{ID: 2, Name: "欧阳正华"}, {ID: 3, Name: "司马相如"}, {ID: 4, Name: "赵磊"}},
		"director": {{ID: 5, Name: "陈刚"}},
	}
	c := sales.Contract{
		ID: 77, No: "HT2026-018", Amount: 123_456_789_012, PrepayPercent: 10, PaymentDays: 365, DeliveryDays: 120, DiscountPercent: 60,
		State: sales.ContractPending, RequestID: 78, Version: 1,
	}
	r, _, err := approval.Submit(approval.Draft{
		ID: 78, Kind: approval.Contract, Record: 77, No: c.No, Title: "x", Amount: c.Amount, Requester: approval.Person{ID: 1, Name: "周敏"},
	}, approval.ContractPolicy(), people, monday)
	if err != nil {
		t.Fatal(err)
	}
	limits := sales.ClauseLimits{
		MaxPaymentDays: 45, MinPrepayPercent: sales.Percents(30), MaxDeliveryDays: 60, FloorDiscountPercent: sales.Percents(85),
		CreditLimit: sales.Wan,
	}
	return view.Contract{
		Contract: c, Request: r, Customer: strings.Repeat("很长的客户名称", 5), Class: "A", Findings: view.Findings(c, limits),
		Products: []string{strings.Repeat("产品", 30)}, Files: []string{strings.Repeat("附件", 40) + ".pdf"},
		Wait: approval.Wait{Since: monday, Waited: 51 * time.Hour, Limit: 48 * time.Hour, Over: true}, Now: monday.Add(51 * time.Hour), Face: 3,
	}
}

func checkLimits(t *testing.T, c cards.Card) {
	t.Helper()
	if c.Key == "" || c.Title == "" {
		t.Errorf("card without key or title: %+v", c)
	}
	if len(c.Fields) > cards.MaxFields || len(c.Buttons) > cards.MaxButtons {
		t.Errorf("%s: %d fields, %d buttons", c.Key, len(c.Fields), len(c.Buttons))
	}
	for _, f := range c.Fields {
		if utf8.RuneCountInString(f.Name) > cards.MaxFieldName || f.Value == "" {
			t.Errorf("%s: field %+v", c.Key, f)
		}
	}
	for _, b := range c.Buttons {
		if utf8.RuneCountInString(b.Text) > cards.MaxButtonText || b.URL == "" && (b.Typed == "" || len(b.Action.Encode()) > cards.MaxAction) {
			t.Errorf("%s: button %+v", c.Key, b)
		}
		if b.URL == "" {
			if _, err := cards.DecodeAction(b.Action.Encode()); err != nil {
				t.Errorf("%s: action of %s: %v", c.Key, b.Text, err)
			}
		}
	}
	if c.Closed != "" && len(c.Buttons) > 0 {
		t.Errorf("%s is closed and has buttons", c.Key)
	}
}

func TestContractCardsKeepTheLimits(t *testing.T) {
	t.Parallel()
	v := contract(t)
	act := func(r approval.Request, out approval.Outcome, err error) approval.Request {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	legal, director, rep := actor(4, "赵磊"), actor(5, "陈刚"), actor(1, "周敏")
	pending := v.Request
	second := act(approval.Approve(pending, legal, monday, ""))
	states := map[string]approval.Request{
		"pending": pending, "second": second,
		"approved":  act(approval.Approve(second, director, monday, "")),
		"returned":  act(approval.SendBack(second, director, monday, strings.Repeat("改", 400))),
		"rejected":  act(approval.Reject(pending, legal, monday, strings.Repeat("否", 400))),
		"withdrawn": act(approval.Withdraw(pending, rep, monday, "")),
	}
	for name, r := range states {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := v
			v.Request = r
			faces := view.ContractFaces(v)
			v.More = true
			faces = append(faces, view.ContractForStep(v, 0), view.ContractForStep(v, 1))
			for _, f := range faces {
				checkLimits(t, f)
			}
			if r.State.Final() {
				for _, f := range faces {
					if len(f.Buttons) > 0 || f.Closed == "" {
						t.Errorf("%s can still be tapped", f.Key)
					}
				}
			}
		})
	}
}

func actor(id sales.PersonID, name string) approval.Actor {
	return approval.Actor{Person: approval.Person{ID: id, Name: name}}
}

func TestAGroupSeesNoFigures(t *testing.T) {
	t.Parallel()
	c := view.ContractForGroup(contract(t))
	text := c.Heading() + c.Note
	for _, f := range c.Fields {
		text += f.Value
	}
	for _, secret := range []string{"1,234", "365", "60 折"} {
		if strings.Contains(text, secret) {
			t.Errorf("the group reads %q in %s", secret, text)
		}
	}
}

func TestIncidentCardsKeepTheLimits(t *testing.T) {
	t.Parallel()
	v := contract(t)
	i := view.Incident{
		Incident: sales.Incident{ID: 9, Level: 2, State: sales.IncidentOpen, AckedBy: 6, AckUntil: sales.At(v.Now.Add(time.Hour)), Version: 3},
		Contract: v.Contract, Request: v.Request, Customer: v.Customer, Wait: v.Wait, Roles: []string{"法务主管、销售总监", "总经理"},
		After: 48 * time.Hour, Impact: "预计 3月20日 签约", Done: "提醒 1 次", AckedBy: "孙静", Now: v.Now,
	}
	for _, f := range view.IncidentFaces(i) {
		checkLimits(t, f)
	}
	i.Incident.State, i.Incident.Resolution = sales.IncidentResolved, "已通过 · 陈刚"
	for _, f := range view.IncidentFaces(i) {
		checkLimits(t, f)
		if len(f.Buttons) > 0 {
			t.Errorf("%s can still be tapped", f.Key)
		}
	}
}

func TestWhatWasNotSaidIsNotJudged(t *testing.T) {
	t.Parallel()
	c := sales.Contract{Amount: sales.Wan, PrepayPercent: -1, PaymentDays: -1, DeliveryDays: -1, DiscountPercent: -1}
	l := sales.ClauseLimits{MaxPaymentDays: 45, MinPrepayPercent: sales.Percents(30), MaxDeliveryDays: 60, FloorDiscountPercent: sales.Percents(85)}
	if f := view.Findings(c, l); len(f) > 0 {
		t.Errorf("findings %+v", f)
	}
}

func TestAListedReasonCountsOnlyWhereOneIsNeeded(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, reason, comment string }{
		{"没选", "say", "", ""}, {"选了", "payment", "账期超过制度", ""}, {"写了", " 价格太低 ", "价格太低", "价格太低"}, {"空", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := view.ReasonText(tc.in); got != tc.reason {
				t.Errorf("ReasonText = %q, want %q", got, tc.reason)
			}
			if got := view.TypedReason(tc.in); got != tc.comment {
				t.Errorf("TypedReason = %q, want %q", got, tc.comment)
			}
		})
	}
}
