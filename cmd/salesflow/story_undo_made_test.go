package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

// What was made a moment ago goes away again, as if it had never been.
func TestWhatWasMadeIsTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗 张主任")
		rep.ExpectCard("绍兴云岭康复医院")
		rep.Say("撤销")
		rep.ExpectText("已撤销:绍兴云岭康复医院")
		rep.ExpectCard("已撤销 · 周敏").ExpectNoButtons()
		if n := w.customersNamed(t, "绍兴云岭康复医院"); n != 0 {
			t.Errorf("%d customers stand", n)
		}
		rep.Say("客户 绍兴云岭康复医院")
		rep.ExpectAny().Without("13800005678")
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗") // neither name nor number is taken
		rep.ExpectCard("客户已建", "绍兴云岭康复医院")

		rep.Say("科室 绍兴市立医院 骨科 刘主任")
		rep.ExpectText("已加:绍兴市立医院 骨科", "刘主任")
		rep.Say("撤销")
		rep.ExpectText("已撤销:绍兴市立医院")
		rep.Say("科室 绍兴市立医院")
		rep.ExpectAny().Without("骨科")

		rep.Say("日报 提交")
		rep.ExpectText("日报")
		rep.Say("撤销")
		rep.ExpectText("已撤销:日报", "日报 提交")
		if r := w.report(t, "zhoumin", 11); r.State == sales.ReportSubmitted || !r.SubmittedAt.IsZero() {
			t.Errorf("the report is %+v", r)
		}
		rep.Skip()
		rep.Say("日报 提交")
		rep.ExpectText("日报")
		if r := w.report(t, "zhoumin", 11); r.State != sales.ReportSubmitted {
			t.Errorf("the report is %+v", r)
		}
		rep.Say("日报 明天去宁波")
		rep.ExpectText("补上了")
		rep.Say("撤销")
		rep.ExpectText("已撤销:日报")
		if r := w.report(t, "zhoumin", 11); r.State != sales.ReportSubmitted || r.Extra != "" {
			t.Errorf("the report is %+v", r)
		}
	})
}

func TestALeadIsTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("线索 杭州博远医疗 13900001111 展会 想要生化仪\n线索 杭州中天器械 13900002222 展会 想要离心机")
		rep.ExpectText("L1", "L2")
		rep.Say("撤销")
		rep.ExpectText("已撤销:线索 L1 杭州博远医疗、L2 杭州中天器械")
		rep.Say("线索 L1")
		rep.ExpectCard("无效")
		s.FastForward(49 * time.Hour)
		rep.Skip().ExpectNothingElse() // nobody is reminded of it
		lead.Skip()
		lead.Say("线索 杭州博远医疗 13900001111 展会 想要生化仪 派")
		lead.ExpectText("L3")
		lead.Say("撤销")
		lead.ExpectText("已撤销:线索 L3")
		rep.Skip()
		rep.Say("线索 杭州云上医疗 13900003333 展会 想要生化仪")
		rep.ExpectText("L4")
		rep.Say("已联系 L4 A")
		rep.ExpectText("A 级")
		rep.Say("撤销")
		rep.ExpectText("已撤销:L4", "质量改回")
		rep.Say("撤销")
		rep.ExpectText("已撤销:线索 L4")
	})
}

// A whole list that was the wrong one goes away again, except for what somebody has begun to use.
func TestAnImportIsTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rows := [][]any{append([]any{}, importHeader...)}
		for i := range 620 {
			rows = append(rows, []any{fmt.Sprintf("%s商贸有限公司", unlike(i)), fmt.Sprintf("139%08d", i), "快消"})
		}
		rep.Say("撤销导入")
		rep.ExpectText("没有导入过")
		sendSheet(rep, w, "旧名单.xlsx", excel(t, rows...))
		s.Settle()
		rep.ExpectCard("等你定", "可导入 620 行")
		rep.Say("撤销导入")
		rep.ExpectText("没有导入过")
		rep.Say("导入 好的")
		s.Settle()
		rep.ExpectCard("导入了 620 家")
		rep.Say("撤销")
		rep.ExpectCard("撤回", "620 家", "用上的会留着").Click("不撤")
		rep.Skip()
		rep.Say("拜访 " + unlike(7) + "商贸 张总 看了样品")
		rep.ExpectCard("拜访已记录")
		rep.Say("分级 " + unlike(8) + "商贸有限公司 A")
		rep.ExpectText("A类")
		rep.Say("撤销导入")
		rep.ExpectCard("620 家", "用上的会留着", "[撤回]").Click("撤回")
		s.Settle()
		said := rep.ExpectText("撤回了 618 家", "2 家有人用上了")
		if !strings.Contains(said.Text, unlike(7)) || !strings.Contains(said.Text, "改过资料") {
			t.Errorf("it does not say which stay: %s", said.Text)
		}
		rep.ExpectCard("已撤回 618 家")
		if n := w.imported(t); n != 2 {
			t.Errorf("%d imported customers, want 2", n)
		}
		rep.Say("撤销导入")
		rep.ExpectText("已经撤过了")
		if n := w.audited(t, "customer.undo"); n != 618 {
			t.Errorf("%d entries in the trace", n)
		}
		sendSheet(rep, w, "旧名单.xlsx", excel(t, rows...)) // neither names nor numbers are taken
		s.Settle()
		rep.ExpectCard("等你定", "可导入 616 行", "已有 2 行", "疑似重复 2 行") // two are like those that stayed
	})
}

func TestImportsThatCannotBeTakenBackSayWhatToDo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, admin, finance := s.As("周敏").Skip(), s.As("郑凯").Skip(), s.As("吴桐").Skip()
		sendSheet(admin, w, "产品.xlsx", excel(t, []any{"产品名称", "产品线", "标准价"}, []any{"便携监护仪", "监护", "12000"}))
		s.Settle()
		admin.ExpectCard("等你定")
		admin.Say("导入 好的")
		s.Settle()
		admin.Say("撤销导入")
		admin.ExpectText("产品", "改产品")
		sendSheet(finance, w, "流水.xlsx", excel(t, []any{"到账日期", "付款方", "到账金额", "流水号"}, []any{"2026-03-05", "绍兴市立医院", "1000", "LS0001"}))
		s.Settle()
		finance.ExpectCard("等你定")
		finance.Say("导入 好的")
		finance.ExpectCard("导入了 1 笔")
		finance.Say("撤销导入")
		finance.ExpectText("进了账", "逐笔撤")
		sendSheet(rep, w, "客户.xlsx", excel(t, importHeader, []any{"临海远洲机械", "13905760001", "制造"}))
		s.Settle()
		rep.ExpectCard("等你定")
		rep.Say("导入 好的")
		s.Settle()
		s.FastForward(73 * time.Hour)
		rep.Skip()
		rep.Say("撤销导入")
		rep.ExpectText("超过", "放回公海")
	})
}
