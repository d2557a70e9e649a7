package view

import (
	"strings"
	"testing"

	"salesflow/cards"
	"salesflow/store/sales"
)

func TestAVisitsCardHoldsEverything(t *testing.T) {
	t.Parallel()
	promise := func(text string) sales.Todo { return sales.Todo{Text: text, State: sales.TodoOpen} }
	v := Visit{
		Customer: "绍兴市立医院", Contact: "王主任", Products: []string{"生化分析仪"}, Stage: sales.StageProposal,
		Promises: []sales.Todo{promise("寄样"), promise("发报价"), promise("演示")},
		Visit: sales.Visit{
			Objection: "嫌贵 30%", Need: "想要培训", Amount: 128 * sales.Wan, AmountRole: "quote",
			Reasons: sales.List[sales.Reason]{
				{Field: ReasonAmount, Words: "128万"},
				{Field: "预算", Words: "90-100万"},
				{Field: ReasonMatter, Words: "样品已寄"},
				{Field: ReasonPhone, Words: "13812345678"},
				{Field: ReasonQuantity, Words: "2 台"},
			},
		},
	}
	c := VisitFiled(v)
	if len(c.Fields) > cards.MaxFields {
		t.Errorf("%d fields", len(c.Fields))
	}
	said := fieldsOf(c)
	for _, want := range []string{
		"王主任 13812345678", "生化分析仪 2 台", "嫌贵 30%", "寄样(没说日期);发报价(没说日期);演示(没说日期)", "报价 128万,预算 90-100万", "想要培训", "样品已寄", "方案提交",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("missing %q in:\n%s", want, said)
		}
	}
	v.Group, v.Visit.Need = true, "50万以内的"
	said = fieldsOf(VisitFiled(v))
	for _, secret := range []string{"13812345678", "30%", "128万", "100万", "50万"} {
		if strings.Contains(said, secret) {
			t.Errorf("the group reads %q in:\n%s", secret, said)
		}
	}
	if !strings.Contains(said, "138****5678") || !strings.Contains(said, "约130万") {
		t.Errorf("the group reads:\n%s", said)
	}
}

func fieldsOf(c cards.Card) string {
	var lines []string
	for _, f := range c.Fields {
		lines = append(lines, f.Name+" "+f.Value)
	}
	return strings.Join(lines, "\n")
}
