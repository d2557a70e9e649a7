package approval

import (
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/store/sales"
)

func above(m sales.Money) Condition {
	return When{"金额 > " + m.Short(), func(f Facts) bool { return f.Amount > m }}
}

func names(r Request) string {
	var out []string
	for _, s := range r.Steps {
		var in []string
		for _, a := range s.Approvers {
			in = append(in, a.Name)
		}
		out = append(out, s.RoleName+" "+strings.Join(in, ","))
	}
	return strings.Join(out, " → ")
}

func TestTheFirstFlowThatFitsCounts(t *testing.T) {
	t.Parallel()
	flows := []Flow{
		{Name: "大额", When: above(100 * sales.Wan), Policy: Policy{Kind: Contract, Steps: []StepPolicy{
			{Role: "legal", RoleName: "法务", Mode: AnyOf}, {Role: "finance", RoleName: "财务", Mode: AnyOf, When: above(500 * sales.Wan)},
		}}},
		{Name: "报价", Policy: Policy{Kind: Quote}},
		{Name: "其他", Policy: Policy{Kind: Contract}},
	}
	for _, tt := range []struct {
		kind   Kind
		amount sales.Money
		name   string
		steps  int
	}{
		{Contract, 200 * sales.Wan, "大额", 1},
		{Contract, 600 * sales.Wan, "大额", 2},
		{Contract, 100 * sales.Wan, "其他", 0},
		{Quote, 200 * sales.Wan, "报价", 0},
	} {
		f := Facts{Kind: tt.kind, Amount: tt.amount}
		flow, ok := Choose(flows, f)
		if !ok || flow.Name != tt.name {
			t.Errorf("%s %s goes %q", tt.kind, tt.amount, flow.Name)
		}
		p := flow.For(f)
		if len(p.Steps) != tt.steps || p.Validate() != nil {
			t.Errorf("%s %s has %d steps, %v", tt.kind, tt.amount, len(p.Steps), p.Validate())
		}
	}
	if _, ok := Choose(flows, Facts{Kind: Expense}); ok {
		t.Error("a kind without a flow has one")
	}
}

func TestWhoAStepIsFor(t *testing.T) {
	t.Parallel()
	role := func(key, name string) Source { return Source{Kind: FromRole, Key: key, Name: name} }
	up := func(n int) Source { return Source{Kind: FromSuperior, Name: "主管", Up: n} }
	tests := []struct {
		name string
		step StepPolicy
		want string
		err  string
	}{
		{"岗位", StepPolicy{RoleName: "法务", Sources: []Source{role("legal", "法务")}, Mode: AnyOf}, "法务 赵磊", ""},
		{"提交人的主管", StepPolicy{RoleName: "主管", Sources: []Source{up(1)}, Mode: AnyOf}, "主管 王芳", ""},
		{"同一个人只审一次", StepPolicy{RoleName: "两岗", Sources: []Source{role("legal", "法务"), role("legal", "法务")}, Mode: AllOf}, "两岗 赵磊", ""},
		{"或签有一岗有人就行", StepPolicy{RoleName: "法务、没人", Sources: []Source{role("nobody", "没人"), role("legal", "法务")}, Mode: AnyOf}, "法务、没人 赵磊", ""},
		{"会签缺人由备用岗补", StepPolicy{RoleName: "会签", Sources: []Source{role("legal", "法务"), role("nobody", "没人")}, Mode: AllOf}, "会签 赵磊,何总", ""},
		{"没人就跳过", StepPolicy{RoleName: "没人", Role: "nobody", Mode: AnyOf, Empty: EmptyPass}, "", ""},
		{"没人找上级", StepPolicy{RoleName: "没人", Role: "nobody", Mode: AnyOf, Empty: EmptySuperior}, "没人 王芳", ""},
	}
	for _, tt := range tests {
		p := Policy{Kind: Contract, Steps: []StepPolicy{tt.step}, Fallback: "gm"}
		r, _, err := Submit(draft(), p, staff(), start)
		if tt.err != "" {
			if err == nil || !strings.Contains(sales.Message(err), tt.err) {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err != nil || names(r) != tt.want {
			t.Errorf("%s: %q, %v", tt.name, names(r), err)
		}
		if tt.want == "" && (r.State != Approved || r.Log[1].Verb != VerbSkip) {
			t.Errorf("%s: %s, log %+v", tt.name, r.State, r.Log)
		}
	}
}

func TestOneOfEachRoleSigns(t *testing.T) {
	t.Parallel()
	p := Policy{Kind: Contract, Steps: []StepPolicy{{RoleName: "会签", Mode: EachOf, Sources: []Source{
		{Kind: FromRole, Key: "legals", Name: "法务"}, {Kind: FromRole, Key: "finance", Name: "财务"},
	}}}}
	r, _ := submit(t, draft(), p, staff())
	if len(r.Turn()) < 3 {
		t.Fatalf("turn %v", r.Turn())
	}
	first := r.Turn()[0]
	r, out, err := Approve(r, Actor{Person: first}, start.Add(time.Hour), "")
	if err != nil || r.State != Pending {
		t.Fatalf("%s, %v", r.State, err)
	}
	for _, a := range r.Steps[0].Approvers {
		if a.Group == 0 && a.Person != first.ID && a.State != ApproverSkipped {
			t.Errorf("%s of the role that has signed is %s", a.Name, a.State)
		}
	}
	if !slices.ContainsFunc(out.Notify, func(n Notice) bool { return n.Why == WhyReleased }) {
		t.Errorf("who is not needed any more is not told: %+v", out.Notify)
	}
	r, _, err = Approve(r, Actor{Person: r.Turn()[0]}, start.Add(2*time.Hour), "")
	if err != nil || r.State != Approved {
		t.Errorf("%s, %v", r.State, err)
	}
}

func TestADeputyDecidesInTheOthersName(t *testing.T) {
	t.Parallel()
	r, _ := submit(t, draft(), ContractPolicy(), staff())
	r, out, changed := Stand(r, map[sales.PersonID]Person{zhao.ID: sun}, start.Add(time.Hour))
	if !changed || len(out.Notify) != 1 || out.Notify[0].To != sun || r.Path() != "法务 赵磊(孙静 代) → 销售总监 陈刚" {
		t.Fatalf("%v %+v %s", changed, out.Notify, r.Path())
	}
	if _, _, again := Stand(r, map[sales.PersonID]Person{zhao.ID: sun}, start.Add(time.Hour)); again {
		t.Error("the same deputy is news")
	}
	after, _, err := Approve(r, Actor{Person: sun, ActsFor: []sales.PersonID{zhao.ID}}, start.Add(2*time.Hour), "")
	if err != nil || after.Step != 1 {
		t.Fatalf("step %d, %v", after.Step, err)
	}
	last := after.Log[len(after.Log)-1]
	if last.ActorName != "孙静" || last.ForName != "赵磊" {
		t.Errorf("log %+v", last)
	}
	back, out, changed := Stand(r, nil, start.Add(3*time.Hour))
	if !changed || len(back.Deputies()) != 0 || len(out.Notify) != 0 {
		t.Errorf("after the return: %v %+v", back.Deputies(), out)
	}
	if own, _ := Cover(r, map[sales.PersonID]Person{zhao.ID: zhou}); len(own.Deputies()) != 0 {
		t.Error("the requester stands in for who decides about them")
	}
}

func TestACopyIsToldAtTheEnd(t *testing.T) {
	t.Parallel()
	r, _ := submit(t, draft(), ContractPolicy(), staff())
	r, out, err := Copy(r, Actor{Person: zhou}, start, wu)
	if err != nil || len(out.Notify) != 0 {
		t.Fatalf("%v, told %v", err, out.Notify)
	}
	if _, _, err := Copy(r, Actor{Person: zhou}, start, wu); sales.KindOf(err) != sales.Conflict {
		t.Errorf("twice: %v", err)
	}
	if _, _, err := Copy(r, Actor{Person: lin}, start, lin); sales.KindOf(err) != sales.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
	_, out, err = Reject(r, Actor{Person: zhao}, start.Add(time.Hour), "账期太长")
	if err != nil || !slices.Contains(out.Notify, Notice{wu, WhyCopied}) {
		t.Errorf("%v, %+v", err, out.Notify)
	}
}

func TestAChangeThatBelongsToAnotherFlowStartsAnew(t *testing.T) {
	t.Parallel()
	r, _ := submit(t, draft(), ContractPolicy(), staff())
	r, _, _ = Approve(r, Actor{Person: zhao}, start, "")
	r, _, _ = SendBack(r, Actor{Person: chen}, start, "改金额")
	p := Policy{Name: "大额", Kind: Contract, Self: SelfAllow, Steps: []StepPolicy{{Role: "finance", RoleName: "财务", Mode: AnyOf}}}
	steps, _, err := p.Plan(900*sales.Wan, zhou, staff())
	if err != nil {
		t.Fatal(err)
	}
	r, _, err = Resubmit(r, Actor{Person: zhou}, start, Changes{Amount: 900 * sales.Wan, Steps: steps, Policy: p, Way: "大额"})
	if err != nil || r.Step != 0 || r.Rules.Flow != "大额" || len(r.Turn()) == 0 || r.Turn()[0].ID == zhao.ID || !r.Rules.SelfApprove {
		t.Errorf("step %d of %s, turn %v, %v", r.Step, r.Rules.Flow, r.Turn(), err)
	}
}
