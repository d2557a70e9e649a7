package handlers

import (
	"context"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
)

func (d *desk) filings(p sales.PersonID) (out []sales.Filing) {
	d.t.Helper()
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.Filings(ctx, sales.FilingFilter{Scope: sales.Only(p)})
		return err
	})
	return out
}

func TestWhatIsNoVisitIsFiledAsWhatItIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string
		kind       sales.FilingKind
		visits     int
	}{
		{"投诉", "绍兴市立医院 投诉，到货坏了2台，要求补发", []string{"投诉(", "已记录 · 绍兴市立医院", "坏了2台", "承诺 补发"}, sales.FilingComplaint, 0},
		{"样品", "绍兴市立医院 样品寄出去了 顺丰SF1234567890123", []string{"样品已寄出 · 绍兴市立医院", "SF1234567890123"}, sales.FilingSample, 0},
		{"样品反馈", "绍兴市立医院 样品试用反馈不错", []string{"样品已反馈", "反馈 好"}, sales.FilingSample, 0},
		{"还没收到不是送达", "绍兴市立医院 样品寄了三天还没收到", []string{"样品已寄出"}, sales.FilingSample, 0},
		{"承诺寄样不是样品", "绍兴市立医院 下周二前寄样", []string{"拜访已记录", "寄样 → "}, "", 1},
		{"费用贵不是费用", "绍兴市立医院 觉得费用太高", []string{"拜访已记录"}, "", 1},
		{"售后", "售后 绍兴市立医院 离心机要校准,很急", []string{"售后(保养校准)已记录"}, sales.FilingAfterSales, 0},
		{"拜访里带投诉", "拜访 绍兴市立医院 王主任 介绍生化分析仪;投诉上次少发2台", []string{"拜访已记录", "投诉(少货)已记录"}, sales.FilingComplaint, 1},
		{"竞品也在拜访里", "绍兴市立医院 报价128万,竞品迈锐报110万", []string{"拜访已记录", "竞品已记录", "竞品 迈锐", "竞品价 110万"}, sales.FilingCompetitor, 1},
		{"培训", "绍兴市立医院 培训完了,12人参加,都听不懂", []string{"培训反馈已记录", "反馈 不好", "12 人"}, sales.FilingTraining, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			expect(t, d.say(zhoumin, tt.text), tt.want...)
			got := d.filings(zhoumin)
			if tt.kind == "" && len(got) != 0 || tt.kind != "" && (len(got) != 1 || got[0].Kind != tt.kind) {
				t.Errorf("filings %+v", got)
			}
			if n := len(d.visits(zhoumin)); n != tt.visits {
				t.Errorf("%d visits, want %d", n, tt.visits)
			}
		})
	}
}

func TestAFilingsFieldsHaveChineseNames(t *testing.T) {
	t.Parallel()
	f := sales.Filing{Kind: sales.FilingExpense, Topic: "meal", Amount: 100, Text: "请客"}
	for name, want := range map[string]any{"类型": "费用", "费用类别": "招待", "金额": sales.Money(100), "事由": "请客"} {
		if got, ok := f.Field(name); !ok || got != want {
			t.Errorf("%s is %v, %v", name, got, ok)
		}
	}
	if _, ok := f.Field("竞品价"); ok {
		t.Error("an expense has no competitor's price")
	}
}

func TestACorrectionOfAFilingMustMakeSense(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "费用 绍兴市立医院 打车45")
	for _, tt := range []struct{ say, want string }{
		{"修改 金额改成很多", "金额要一个数"},
		{"修改 类别改成天气", "能选:交通"},
		{"修改 日期改成明天", "日期要今天或以前"},
		{"修改 金额改成50", "45元 → 50元"},
		{"修改 天气改成晴天", "没看懂要改什么"},
	} {
		expect(t, d.say(zhoumin, tt.say), tt.want)
	}
	if f := d.filings(zhoumin)[0]; f.Amount != 5000 || f.Version != 2 {
		t.Errorf("expense %+v", f)
	}
}
