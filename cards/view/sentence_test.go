package view

import (
	"strings"
	"testing"
	"unicode/utf8"

	"salesflow/store/sales"
)

func TestNoSpaceFollowsAFullStop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"两句之间没有空格", []string{"有 1 处超制度,同意等于破例。", "产品:离心机。", "没有附件。"}, "有 1 处超制度,同意等于破例。产品:离心机。没有附件。"},
		{"没有句号的才隔开", []string{"价格改成 18万", "原话:谈了价"}, "价格改成 18万 原话:谈了价"},
		{"换行之后不空", []string{"●需求\n", "原话:谈了价"}, "●需求\n原话:谈了价"},
		{"空的不算", []string{"", "已转合同。", ""}, "已转合同。"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := sentences(tt.parts...); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestADayWithMuchInItStandsInMoreRowsThanOne(t *testing.T) {
	t.Parallel()
	day := sales.DayCount{Visits: 4, Planned: 5, Forward: 2, Promises: 3, Received: sales.Money(12_500_000), Complaints: 1, Samples: 1, Trainings: 1, Expenses: 2}
	words := DaySummary(day)
	if want := "拜访 4(计划 5),推进 2 单,新增承诺 3,回款 12.5万,投诉 1,样品 1,培训反馈 1,费用 2 笔"; words != want {
		t.Errorf("got %q, want %q", words, want)
	}
	c := ReportPrompt(Report{Report: sales.DailyReport{Summary: words}})
	if len(c.Fields) != 3 || c.Fields[0].Value != "拜访 4(计划 5),推进 2 单,新增承诺 3" || c.Fields[1].Name != "还有" || c.Fields[1].Value != "回款 12.5万,投诉 1,样品 1,培训反馈 1" {
		t.Errorf("rows: %+v", c.Fields)
	}
	for _, f := range c.Fields {
		if n := utf8.RuneCountInString(f.Value); n > phoneRow {
			t.Errorf("row of %d: %s", n, f.Value)
		}
	}
}

func TestAListCutShortClaimsNoTotal(t *testing.T) {
	t.Parallel()
	deal := OpportunityLine{Customer: "绍兴市立医院", Opportunity: sales.Opportunity{Amount: sales.Money(12_800_000)}}
	for more, want := range map[bool]string{true: "你的商机,停得最久的 1 单\n", false: "你的商机 1 单,合计 12.8万\n"} {
		if got := OpportunityList("你的商机", []OpportunityLine{deal}, sales.Day{}, false, more); !strings.HasPrefix(got, want) {
			t.Errorf("more %v: %s", more, got)
		}
	}
	for more, want := range map[bool]string{true: "你的客户,最久没联系的 1 家\n", false: "你的客户 1 家\n"} {
		if got := MyCustomers([]sales.MyCustomer{{Customer: sales.Customer{Name: "绍兴市立医院"}}}, "", more, sales.Day{}); !strings.HasPrefix(got, want) {
			t.Errorf("more %v: %s", more, got)
		}
	}
}

func TestWhatIsTooLongForARowIsNotCutThere(t *testing.T) {
	t.Parallel()
	long := "FP2026-002 开票 ¥1,280,000.00,回款 ¥384,000.00,差 ¥896,000.00"
	c := ChainCard(Chain{Money: true, Cash: sales.ContractCash{Amount: sales.Money(128_000_000), Colour: sales.Red, Why: long}})
	row := c.Fields[len(c.Fields)-1]
	if row.Name != "三单" || row.Value != "🔴 金额对不上" || c.Note != long+"。" {
		t.Errorf("row %+v, note %q", row, c.Note)
	}
	var missing []sales.WorkField
	for _, name := range []string{"材质", "公差", "表面处理", "数量", "图纸", "交期", "检验标准", "包装", "用途", "年用量", "目标价", "特殊要求"} {
		missing = append(missing, sales.WorkField{Name: name})
	}
	if got, want := missingInRow(missing), "材质、公差、表面处理、数量、图纸、交期 等 12 项"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := missingInRow(missing[:3]); got != "材质、公差、表面处理" {
		t.Errorf("got %q", got)
	}
}
