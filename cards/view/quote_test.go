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

// narrow checks what every card keeps to.
func narrow(t *testing.T, c cards.Card) {
	t.Helper()
	if len(c.Fields) > cards.MaxFields || len(c.Buttons) > cards.MaxButtons || utf8.RuneCountInString(c.Title) > cards.MaxTitle {
		t.Errorf("the card %q is too full: %d fields, %d buttons", c.Title, len(c.Fields), len(c.Buttons))
	}
	for _, f := range c.Fields {
		if utf8.RuneCountInString(f.Name) > cards.MaxFieldName {
			t.Errorf("the label %q is too long", f.Name)
		}
	}
	for _, b := range c.Buttons {
		if utf8.RuneCountInString(b.Text) > cards.MaxButtonText || len(b.Action.Encode()) > cards.MaxAction {
			t.Errorf("the button %q is too long: %d bytes of action", b.Text, len(b.Action.Encode()))
		}
	}
}

func TestEveryFaceOfAQuote(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)
	q := sales.Quote{ID: 7, No: "BJ2026-001", Kind: sales.QuotePlain, ValidUntil: sales.NewDay(2026, time.April, 10), Reason: strings.Repeat("竞品降价", 60)}
	for range 5 {
		q.Lines = append(q.Lines, sales.QuoteLine{
			Name: strings.Repeat("全自动生化分析仪", 4), Unit: "台", Qty: 250, Price: 18 * sales.Wan, List: 20 * sales.Wan, Floor: 19 * sales.Wan,
		})
	}
	if err := q.Total(); err != nil {
		t.Fatal(err)
	}
	for state, own := range map[approval.State]string{
		approval.Pending: "催办", approval.Returned: "重新提交", approval.Approved: "转合同", approval.Rejected: "", approval.Withdrawn: "",
	} {
		r := approval.Request{Kind: approval.Quote, State: state, No: q.No, Steps: sales.List[approval.Step]{{
			RoleName: "销售总监", Mode: approval.AnyOf, Approvers: []approval.Approver{
				{Person: 3, Name: "陈刚", State: approval.ApproverPending, Deputy: 4, DeputyName: "王芳"},
			},
		}}}
		q.State = map[approval.State]string{approval.Approved: sales.QuoteApproved}[state]
		v := view.Quote{Quote: q, Request: r, Customer: "绍兴市立医院", Now: now, Today: sales.DayOf(now)}
		for _, c := range view.PaperFaces(v.Paper()) {
			narrow(t, c)
		}
		c := view.PaperForRequester(v.Paper())
		if own != "" && (len(c.Buttons) == 0 || c.Buttons[0].Text != own) || own == "" && len(c.Buttons) > 0 {
			t.Errorf("%s: buttons %+v", state, c.Buttons)
		}
		if g := view.PaperForGroup(v.Paper()); strings.Contains(g.Note+g.Fields[1].Value, "2,250,000") {
			t.Errorf("a group sees the amount: %+v", g)
		}
	}
	v := view.Quote{Quote: q, Request: approval.Request{Kind: approval.Quote, State: approval.Pending, Steps: sales.List[approval.Step]{{
		Approvers: []approval.Approver{{Person: 3, State: approval.ApproverPending, Deputy: 4}},
	}}}}
	if b := view.PaperForStep(v.Paper(), 0).Buttons[0]; len(b.Only) != 2 || b.Only[1] != 4 {
		t.Errorf("the deputy has no button: %v", b.Only)
	}
}

func TestTheListOfApprovalsLeavesOutWhatHasFindings(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)
	var lines []view.ApprovalLine
	for i := range 9 {
		lines = append(lines, view.ApprovalLine{
			Request:  approval.Request{ID: sales.ID(1<<61 + i), Version: 1 << 40, Kind: approval.SpecialPrice, No: "TJ2026-00" + string(rune('1'+i)), Title: strings.Repeat("绍兴", 40)},
			Findings: i % 2,
		})
	}
	c, ok := view.ApprovalBatch(5, lines, len(lines), 6, now)
	narrow(t, c)
	if !ok || len(c.Buttons) != 1 || c.Buttons[0].Text != "同意这 3 份" || strings.Contains(c.Buttons[0].Typed, "TJ2026-002") {
		t.Errorf("%v %+v", ok, c.Buttons)
	}
	id, version, ok := view.ReadBatchRef(strings.Split(c.Buttons[0].Action.Arg, ",")[1])
	if !ok || id != 1<<61+2 || version != 1<<40 {
		t.Errorf("the button says %d at %d", id, version)
	}
	if _, ok := view.ApprovalBatch(5, lines[:1], 1, 6, now); ok {
		t.Error("one line is a list")
	}
}
