package approval

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"salesflow/store/sales"
)

func TestWhoTakesASeat(t *testing.T) {
	t.Parallel()
	director := []StepPolicy{{Role: "director", RoleName: "销售总监", Mode: AnyOf}}
	lawyers := func(mode SignMode) []StepPolicy {
		return []StepPolicy{{Role: "legals", RoleName: "法务", Mode: mode}}
	}
	for _, tt := range []struct {
		name      string
		requester Person
		policy    Policy
		change    func(company)
		want      string // who is asked; empty: refused
	}{
		{"平常", zhou, Policy{Steps: director}, nil, "陈刚"},
		{"本人是审批人,上级审", chen, Policy{Steps: director}, nil, "何总"},
		{"本人是审批人,没有上级,由后备审", chen, Policy{Steps: director, Fallback: "legal_head"}, func(c company) { delete(c.boss, chen.ID) }, "孙静"},
		{"本人是审批人,没有上级也没有后备", chen, Policy{Steps: director}, func(c company) { delete(c.boss, chen.ID) }, ""},
		{"本人可以审自己的", chen, Policy{Steps: director, Self: SelfAllow}, nil, "陈刚"},
		{"跳过本人,没别人时上级审", chen, Policy{Steps: director, Self: SelfSkip}, nil, "何总"},
		{"或签里的本人让给别人", zhao, Policy{Steps: lawyers(AnyOf)}, nil, "钱进"},
		{"会签里的本人换成上级", zhao, Policy{Steps: lawyers(AllOf)}, nil, "孙静 钱进"},
		{"依次里的本人换成上级", zhao, Policy{Steps: lawyers(InOrder)}, nil, "孙静"},
		{"会签里跳过本人", zhao, Policy{Steps: lawyers(AllOf), Self: SelfSkip}, nil, "钱进"},
		{"上级已在会签里", zhao, Policy{Steps: lawyers(AllOf)}, func(c company) { c.boss[zhao.ID] = qian }, "钱进"},
		{"会签里没有上级", zhao, Policy{Steps: lawyers(AllOf)}, func(c company) { delete(c.boss, zhao.ID) }, "钱进"},
		{"角色空缺,由后备审", zhou, Policy{Steps: director, Fallback: "legal_head"}, func(c company) { delete(c.roles, "director") }, "孙静"},
		{"角色空缺,没有后备", zhou, Policy{Steps: director}, func(c company) { delete(c.roles, "director") }, ""},
		{"角色空缺,后备就是本人", sun, Policy{Steps: director, Fallback: "legal_head"}, func(c company) { delete(c.roles, "director") }, ""},
		{"同一人两次列在角色里", zhou, Policy{Steps: director}, func(c company) { c.roles["director"] = []Person{chen, chen} }, "陈刚"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := staff()
			if tt.change != nil {
				tt.change(c)
			}
			d := draft()
			d.Requester = tt.requester
			tt.policy.Kind = Contract
			r, _, err := Submit(d, tt.policy, c, start)
			if tt.want == "" {
				var nobody *NoApproverError
				if !errors.As(err, &nobody) || nobody.Role != "director" || sales.KindOf(err) != sales.Forbidden ||
					!strings.Contains(sales.Message(err), "请管理员先指定销售总监") {
					t.Errorf("%v, says %q", err, sales.Message(err))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range r.Turn() {
				got = append(got, p.Name)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("asks %v, want %s", got, tt.want)
			}
		})
	}
}

func TestStepsByAmount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		amount sales.Money
		want   State
	}{
		{3 * sales.Wan, Approved},
		{5 * sales.Wan, Approved},
		{5*sales.Wan + sales.Fen, Pending},
		{20 * sales.Wan, Pending},
	} {
		d := draft()
		d.Kind, d.Amount = Quote, tt.amount
		p := Flow{Policy: QuotePolicy(5*sales.Wan, "director", "director")}.For(Facts{Kind: Quote, Amount: tt.amount})
		r, out := submit(t, d, p, staff())
		if r.State != tt.want {
			t.Errorf("a quote of %v is %s, want %s", tt.amount, r.State, tt.want)
		}
		if r.State == Approved && (out.Headline != "报价已通过 · 不用审批 3月11日 10:02" || r.DecidedAt.IsZero()) {
			t.Errorf("%q, decided %s", out.Headline, r.DecidedAt)
		}
	}
}

func TestPolicyValidate(t *testing.T) {
	t.Parallel()
	for _, p := range []Policy{ContractPolicy(), QuotePolicy(5*sales.Wan, "director", "director")} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Kind, err)
		}
	}
	one := StepPolicy{Role: "legal", RoleName: "法务", Mode: AllOf}
	for name, p := range map[string]Policy{
		"no step":         {},
		"too many steps":  {Steps: slices.Repeat([]StepPolicy{one}, MaxSteps+1)},
		"no role":         {Steps: []StepPolicy{{Mode: AllOf, RoleName: "法务"}}},
		"no mode":         {Steps: []StepPolicy{{Role: "legal", RoleName: "法务"}}},
		"negative amount": {Steps: []StepPolicy{{Role: "legal", RoleName: "法务", Mode: AllOf, Above: -1}}},
		"self":            {Steps: []StepPolicy{one}, Self: "never"},
		"repeat":          {Steps: []StepPolicy{one}, Repeat: "never"},
		"clock":           {Steps: []StepPolicy{one}, Clock: "lunar"},
		"since":           {Steps: []StepPolicy{one}, Since: "ever"},
	} {
		if _, _, err := Submit(draft(), p, staff(), start); sales.KindOf(err) != sales.Invalid || sales.Message(err) == "" {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
	crowd := staff()
	for i := range MaxApprovers + 1 {
		crowd.roles["legal"] = append(crowd.roles["legal"], Person{sales.PersonID(1000 + i), "某人"})
	}
	if _, _, err := Submit(draft(), ContractPolicy(), crowd, start); sales.KindOf(err) != sales.Forbidden {
		t.Errorf("a crowd: %v", err)
	}
}
