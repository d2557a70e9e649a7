package approval

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/store/sales"
)

// The people of the tests.
var (
	zhou  = Person{1, "周敏"}                              // rep
	wang  = Person{2, "王芳"}                              // her lead
	zhao  = Person{3, "赵磊"}                              // legal
	qian  = Person{4, "钱进"}                              // legal
	sun   = Person{5, "孙静"}                              // legal head
	chen  = Person{6, "陈刚"}                              // sales director
	he    = Person{7, "何总"}                              // general manager
	lin   = Person{8, "林夏"}                              // a stranger
	wu    = Person{9, "吴桐"}                              // finance
	start = time.Date(2026, 3, 11, 2, 2, 0, 0, time.UTC) // 10:02 in Shanghai, a Wednesday
)

// company is a Resolver.
type company struct {
	roles map[string][]Person
	boss  map[sales.PersonID]Person
}

func (c company) Holders(role string, _ sales.PersonID) []Person { return c.roles[role] }

func (c company) Superior(p sales.PersonID) (Person, bool) {
	up, ok := c.boss[p]
	return up, ok
}

func staff() company {
	return company{
		roles: map[string][]Person{
			"legal": {zhao}, "legals": {zhao, qian}, "legal_head": {sun}, "director": {chen}, "gm": {he}, "finance": {wu},
		},
		boss: map[sales.PersonID]Person{zhou.ID: wang, wang.ID: chen, chen.ID: he, zhao.ID: sun, sun.ID: he},
	}
}

func draft() Draft {
	return Draft{ID: 100, Kind: Contract, Record: 18, No: "HT2026-018", Title: "绍兴市立医院", Amount: 128 * sales.Wan, Requester: zhou}
}

func submit(t *testing.T, d Draft, p Policy, res Resolver) (Request, Outcome) {
	t.Helper()
	r, out, err := Submit(d, p, res, start)
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

func contract(t *testing.T) Request {
	t.Helper()
	r, _ := submit(t, draft(), ContractPolicy(), staff())
	return r
}

// oneStep is a contract with a single step of the two lawyers.
func oneStep(t *testing.T, mode SignMode) Request {
	t.Helper()
	r, _ := submit(t, draft(), Policy{Kind: Contract, Steps: []StepPolicy{{Role: "legals", RoleName: "法务", Mode: mode}}}, staff())
	return r
}

func by(p Person) Actor { return Actor{Person: p} }

func after(d time.Duration) time.Time { return start.Add(d) }

// act does a verb that must go through.
func act(t *testing.T, r Request, out Outcome, err error) Request {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if out.Headline == "" || len(out.Entries) == 0 {
		t.Fatalf("the outcome says nothing: %+v", out)
	}
	return r
}

func approve(t *testing.T, r Request, p Person, d time.Duration) Request {
	t.Helper()
	next, out, err := Approve(r, by(p), after(d), "")
	return act(t, next, out, err)
}

func notices(out Outcome) []string {
	var s []string
	for _, n := range out.Notify {
		s = append(s, n.To.Name+" "+string(n.Why))
	}
	return s
}

func states(r Request) string {
	var steps []string
	for _, s := range r.Steps {
		var seats []string
		for _, a := range s.Approvers {
			seats = append(seats, a.Name+":"+string(a.State))
		}
		steps = append(steps, strings.Join(seats, " "))
	}
	return strings.Join(steps, " | ")
}

func TestContractGoesThroughItsSteps(t *testing.T) {
	t.Parallel()
	r, out := submit(t, draft(), ContractPolicy(), staff())
	if r.Path() != "法务 赵磊 → 销售总监 陈刚" || r.NextText() != "法务 赵磊" || r.Label() != "合同 HT2026-018" {
		t.Errorf("path %q, next %q, label %q", r.Path(), r.NextText(), r.Label())
	}
	if out.Headline != "合同待审批 · 等 法务 赵磊" {
		t.Errorf("submitted: %q", out.Headline)
	}
	if diff := cmp.Diff([]string{"赵磊 turn"}, notices(out)); diff != "" {
		t.Errorf("submitted, told (-want +got):\n%s", diff)
	}

	r, out, err := Approve(r, by(zhao), start.Add(138*time.Minute), "条款没问题")
	r = act(t, r, out, err)
	if out.Headline != "合同已通过法务 · 赵磊 3月11日 12:20" || r.NextText() != "销售总监 陈刚" || r.State != Pending {
		t.Errorf("after legal: %q, next %q, %s", out.Headline, r.NextText(), r.State)
	}
	if diff := cmp.Diff([]string{"陈刚 turn"}, notices(out)); diff != "" {
		t.Errorf("after legal, told (-want +got):\n%s", diff)
	}
	if !r.StepSince.Equal(start.Add(138*time.Minute)) || !r.RoundSince.Equal(start) {
		t.Errorf("the step began %s, the round %s", r.StepSince, r.RoundSince)
	}

	r, out, err = Approve(r, by(chen), after(3*time.Hour), "")
	r = act(t, r, out, err)
	if out.Headline != "合同已通过 · 陈刚 3月11日 13:02" || r.State != Approved || !r.DecidedAt.Equal(after(3*time.Hour)) || len(out.Next) != 0 {
		t.Errorf("at the end: %q, %s, decided %s", out.Headline, r.State, r.DecidedAt)
	}
	if diff := cmp.Diff([]string{"周敏 approved"}, notices(out)); diff != "" {
		t.Errorf("at the end, told (-want +got):\n%s", diff)
	}
	if r.Version != 3 {
		t.Errorf("version %d after three changes", r.Version)
	}
}

func TestSignModes(t *testing.T) {
	t.Parallel()
	all := oneStep(t, AllOf)
	if all.NextText() != "法务 赵磊、钱进" {
		t.Errorf("会签 waits for %q", all.NextText())
	}
	next, out, err := Approve(all, by(qian), after(time.Hour), "")
	all = act(t, next, out, err)
	if out.Headline != "合同待审批 · 钱进 已同意,等 法务 赵磊" || all.State != Pending {
		t.Errorf("会签 after one: %q, %s", out.Headline, all.State)
	}
	if all = approve(t, all, zhao, 2*time.Hour); all.State != Approved {
		t.Errorf("会签 after both: %s", states(all))
	}

	anyOne := oneStep(t, AnyOf)
	if anyOne.NextText() != "法务 赵磊 或 钱进" || anyOne.Path() != "法务 赵磊/钱进" {
		t.Errorf("或签 waits for %q, path %q", anyOne.NextText(), anyOne.Path())
	}
	next, out, err = Approve(anyOne, by(qian), after(time.Hour), "")
	anyOne = act(t, next, out, err)
	if anyOne.State != Approved || states(anyOne) != "赵磊:skipped 钱进:approved" {
		t.Errorf("或签 after one: %s", states(anyOne))
	}
	if diff := cmp.Diff([]string{"周敏 approved", "赵磊 released"}, notices(out)); diff != "" {
		t.Errorf("或签, told (-want +got):\n%s", diff)
	}

	inOrder := oneStep(t, InOrder)
	if inOrder.NextText() != "法务 赵磊" || inOrder.Path() != "法务 赵磊 → 钱进" {
		t.Errorf("依次 waits for %q, path %q", inOrder.NextText(), inOrder.Path())
	}
	if inOrder = approve(t, inOrder, zhao, time.Hour); inOrder.NextText() != "法务 钱进" || inOrder.State != Pending {
		t.Errorf("依次 after the first waits for %q", inOrder.NextText())
	}
	if inOrder = approve(t, inOrder, qian, time.Hour); inOrder.State != Approved {
		t.Errorf("依次 after both: %s", states(inOrder))
	}
}

func TestOneRejectionEndsIt(t *testing.T) {
	t.Parallel()
	for _, mode := range []SignMode{AllOf, AnyOf, InOrder} {
		r := oneStep(t, mode)
		next, out, err := Reject(r, by(zhao), after(time.Hour), "账期太长。")
		next = act(t, next, out, err)
		if next.State != Rejected || out.Headline != "合同已驳回 · 赵磊 3月11日 11:02" || states(next) != "赵磊:rejected 钱进:skipped" {
			t.Errorf("%s: %s, %q, %s", mode, next.State, out.Headline, states(next))
		}
		if !slices.Contains(notices(out), "周敏 rejected") {
			t.Errorf("%s: told %v", mode, notices(out))
		}
	}
}

func TestReturnedRequestResumesAtWhoReturnedIt(t *testing.T) {
	t.Parallel()
	r := approve(t, contract(t), zhao, time.Hour)
	next, out, err := SendBack(r, by(chen), after(2*time.Hour), "账期改成 45 天")
	r = act(t, next, out, err)
	if r.State != Returned || r.NextText() != "周敏" || len(r.Turn()) != 0 || out.Headline != "合同已退回修改 · 陈刚 3月11日 12:02" {
		t.Errorf("returned: %s, next %q, %q", r.State, r.NextText(), out.Headline)
	}
	if diff := cmp.Diff([]string{"周敏 returned"}, notices(out)); diff != "" {
		t.Errorf("returned, told (-want +got):\n%s", diff)
	}
	next, out, err = Resubmit(r, by(zhou), after(26*time.Hour), Changes{Comment: "已改", Title: "绍兴市立医院 二版"})
	r = act(t, next, out, err)
	if r.Round != 2 || r.NextText() != "销售总监 陈刚" || r.Title != "绍兴市立医院 二版" || r.Amount != 128*sales.Wan || !r.RoundSince.Equal(after(26*time.Hour)) {
		t.Errorf("resubmitted: round %d, next %q, %q, since %s", r.Round, r.NextText(), r.Title, r.RoundSince)
	}
	if states(r) != "赵磊:approved | 陈刚:pending" {
		t.Errorf("resubmitted: %s", states(r))
	}
	if diff := cmp.Diff([]string{"陈刚 turn"}, notices(out)); diff != "" {
		t.Errorf("resubmitted, told (-want +got):\n%s", diff)
	}
	if r = approve(t, r, chen, 27*time.Hour); r.State != Approved {
		t.Errorf("at last: %s", r.State)
	}
}

func TestReturnWithinAStep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode SignMode
		want string
	}{
		{AllOf, "赵磊:approved 钱进:pending"},
		{InOrder, "赵磊:approved 钱进:pending"},
	} {
		r := approve(t, oneStep(t, tt.mode), zhao, time.Hour)
		r, out, err := SendBack(r, by(qian), after(2*time.Hour), "补附件")
		r = act(t, r, out, err)
		r, out, err = Resubmit(r, by(zhou), after(3*time.Hour), Changes{})
		if r = act(t, r, out, err); states(r) != tt.want {
			t.Errorf("%s: %s, want %s", tt.mode, states(r), tt.want)
		}
	}
	r, out, err := SendBack(oneStep(t, AnyOf), by(qian), after(2*time.Hour), "补附件")
	r = act(t, r, out, err)
	if !slices.Contains(notices(out), "赵磊 released") {
		t.Errorf("或签 returned, told %v", notices(out))
	}
	r, out, err = Resubmit(r, by(zhou), after(3*time.Hour), Changes{})
	if r = act(t, r, out, err); states(r) != "赵磊:pending 钱进:pending" {
		t.Errorf("或签: %s", states(r))
	}
}

func TestResubmitFromTheStart(t *testing.T) {
	t.Parallel()
	r := approve(t, contract(t), zhao, time.Hour)
	r, out, err := SendBack(r, by(chen), after(2*time.Hour), "降价")
	r = act(t, r, out, err)
	r, out, err = Resubmit(r, by(zhou), after(3*time.Hour), Changes{Amount: 120 * sales.Wan, Restart: true})
	if r = act(t, r, out, err); states(r) != "赵磊:pending | 陈刚:waiting" || r.Step != 0 || r.Amount != 120*sales.Wan {
		t.Errorf("%s, step %d, %v", states(r), r.Step, r.Amount)
	}
}

func TestTransferAndAddedApprovers(t *testing.T) {
	t.Parallel()
	r, out, err := Transfer(contract(t), by(zhao), after(time.Hour), qian, "我下午开庭")
	r = act(t, r, out, err)
	if states(r) != "赵磊:transferred 钱进:pending | 陈刚:waiting" || r.Path() != "法务 钱进 → 销售总监 陈刚" {
		t.Errorf("转交: %s, path %q", states(r), r.Path())
	}
	if diff := cmp.Diff([]string{"钱进 turn"}, notices(out)); diff != "" {
		t.Errorf("转交, told (-want +got):\n%s", diff)
	}
	if r = approve(t, r, qian, 2*time.Hour); r.NextText() != "销售总监 陈刚" {
		t.Errorf("after the new lawyer: %q", r.NextText())
	}

	r, out, err = AddApprover(contract(t), by(zhao), after(time.Hour), wu, Before, "先看回款")
	r = act(t, r, out, err)
	if states(r) != "吴桐:pending 赵磊:waiting | 陈刚:waiting" {
		t.Errorf("前加签: %s", states(r))
	}
	if diff := cmp.Diff([]string{"吴桐 turn"}, notices(out)); diff != "" {
		t.Errorf("前加签, told (-want +got):\n%s", diff)
	}
	if r = approve(t, r, wu, 2*time.Hour); states(r) != "吴桐:approved 赵磊:pending | 陈刚:waiting" {
		t.Errorf("前加签 signed: %s", states(r))
	}

	r, out, err = AddApprover(contract(t), by(zhao), after(time.Hour), wu, After, "")
	r = act(t, r, out, err)
	if states(r) != "赵磊:pending 吴桐:waiting | 陈刚:waiting" {
		t.Errorf("后加签: %s", states(r))
	}
	if r = approve(t, r, zhao, 2*time.Hour); states(r) != "赵磊:approved 吴桐:pending | 陈刚:waiting" {
		t.Errorf("后加签 after the first: %s", states(r))
	}

	// In a 会签 the added one holds back only the seat they were added to.
	r, out, err = AddApprover(oneStep(t, AllOf), by(zhao), after(time.Hour), wu, Before, "")
	r = act(t, r, out, err)
	if states(r) != "吴桐:pending 赵磊:waiting 钱进:pending" {
		t.Errorf("会签 前加签: %s", states(r))
	}
}

func TestWhoHasSignedBeforeIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	p := Policy{Kind: Contract, Steps: []StepPolicy{
		{Role: "director", RoleName: "销售总监", Mode: AnyOf},
		{Role: "legal", RoleName: "法务", Mode: AnyOf},
		{Role: "director", RoleName: "签发人", Mode: AnyOf},
	}}
	r, _ := submit(t, draft(), p, staff())
	r = approve(t, r, chen, time.Hour)
	r = approve(t, r, zhao, 2*time.Hour)
	last := r.Steps[2].Approvers[0]
	if r.State != Approved || !last.Auto || last.Comment == "" {
		t.Errorf("%s, last seat %+v", r.State, last)
	}
	if e := r.Log[len(r.Log)-1]; e.Verb != VerbAuto || e.Actor != 0 || e.TargetName != "陈刚" {
		t.Errorf("the trace is %+v", e)
	}

	p.Repeat = RepeatAsk
	r, _ = submit(t, draft(), p, staff())
	r = approve(t, r, chen, time.Hour)
	if r = approve(t, r, zhao, 2*time.Hour); r.NextText() != "签发人 陈刚" {
		t.Errorf("with ask: %s, next %q", r.State, r.NextText())
	}

	// Who is brought in by name is asked, though they have signed before.
	r = approve(t, contract(t), zhao, time.Hour)
	r, out, err := Transfer(r, by(chen), after(2*time.Hour), zhao, "")
	if r = act(t, r, out, err); r.State != Pending || r.NextText() != "销售总监 赵磊" {
		t.Errorf("transferred back: %s, next %q", r.State, r.NextText())
	}
}

func TestCopiedPeopleHearOfTheDecision(t *testing.T) {
	t.Parallel()
	p := ContractPolicy()
	p.CC = []string{"finance"}
	d := draft()
	d.CC = []Person{wang, wu}
	r, out := submit(t, d, p, staff())
	if slices.Contains(notices(out), "吴桐 copied") {
		t.Error("copied before there is a decision")
	}
	r = approve(t, r, zhao, time.Hour)
	_, out, err := Approve(r, by(chen), after(2*time.Hour), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"周敏 approved", "王芳 copied", "吴桐 copied"}, notices(out)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestDeputyActsForTheAbsent(t *testing.T) {
	t.Parallel()
	deputy := Actor{Person: lin, ActsFor: []sales.PersonID{zhao.ID}}
	r, out, err := Approve(contract(t), deputy, after(time.Hour), "")
	r = act(t, r, out, err)
	a := r.Steps[0].Approvers[0]
	if a.By != lin.ID || a.ByName != "林夏" || a.State != ApproverApproved || out.Headline != "合同已通过法务 · 林夏 3月11日 11:02" {
		t.Errorf("%+v, %q", a, out.Headline)
	}
	if e := r.Log[len(r.Log)-1]; e.Actor != lin.ID || e.ForName != "赵磊" {
		t.Errorf("the trace is %+v", e)
	}
	_, _, err = Approve(r, deputy, after(2*time.Hour), "")
	if want := "你 今天 11:02 已同意 合同 HT2026-018,现在等 销售总监 陈刚。"; sales.Message(err) != want {
		t.Errorf("the second time: %q, want %q", sales.Message(err), want)
	}
	_, _, err = Approve(contract(t), Actor{Person: zhou, ActsFor: []sales.PersonID{zhao.ID}}, after(time.Hour), "")
	if sales.KindOf(err) != sales.Forbidden {
		t.Errorf("the requester approves her own as a deputy: %v", err)
	}
}

func TestRequestSurvivesJSONAndColumns(t *testing.T) {
	t.Parallel()
	r := approve(t, contract(t), zhao, time.Hour)
	r, out, err := AddApprover(r, by(chen), after(90*time.Minute), wu, Before, "看回款")
	r = act(t, r, out, err)
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Request
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	var steps sales.List[Step]
	var rules Rules
	column, _ := r.Steps.Value()
	if err := steps.Scan(column); err != nil {
		t.Fatal(err)
	}
	column, _ = r.Rules.Value()
	if err := rules.Scan(column); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Steps, steps); diff != "" || rules != r.Rules {
		t.Errorf("columns: rules %+v, steps (-want +got):\n%s", rules, diff)
	}
	if err := rules.Scan(1); err == nil {
		t.Error("rules are read from a number")
	}
	if err := rules.Scan(nil); err != nil || rules != (Rules{}) {
		t.Errorf("NULL rules: %+v, %v", rules, err)
	}
}
