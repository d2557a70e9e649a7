package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// Time in which the one it waits for is on leave does not count: of what must follow within hours, of what was not for days, and
// of days in a row; a dry run counts alike.
func TestLeaveDoesNotCountWhereARuleSaysSo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, admin := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("郑凯").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪方案")
		rep.ExpectCard("拜访已记录")
		const here = "且 名称 = \"绍兴市立医院\" "
		for name, text := range map[string]string{
			"照常算":  "当 登记 投诉 且 4个工作小时内 没有 拜访 则 推送 负责人的主管 \"照常四小时\" 只发文字",
			"请假不算": "当 登记 投诉 且 4个工作小时内 没有 拜访 请假不算 则 推送 负责人的主管 \"在岗四小时\" 只发文字",
			"三天没去": "当 客户 超过 3天 没有 拜访 请假不算 " + here + "则 推送 负责人的主管 \"在岗三天没去\" 只发文字",
			"连着两天": "当 客户 连续 2个工作日 没有 拜访 请假不算 " + here + "则 推送 负责人的主管 \"在岗两天没去\" 只发文字",
			"连着算":  "当 客户 连续 2个工作日 没有 拜访 " + here + "则 推送 负责人的主管 \"照常两天没去\" 只发文字",
		} {
			w.turnOn(t, s, name, text)
		}
		s.FastForward(time.Minute)
		rep.Say("投诉 绍兴市立医院 机器报警")
		rep.ExpectAny()
		rep.Say("请假 今天到周五")
		s.Settle()
		lead.Skip()
		told := func(at time.Time, want map[string]int) {
			t.Helper()
			s.At(at)
			for text, n := range want {
				if got := w.count(t, "王芳", text); got != n {
					t.Errorf("%s: %q was told %d times, want %d", at.Format("01-02 15:04"), text, got, n)
				}
			}
		}
		told(onDay(11, 16, 0), map[string]int{"照常四小时": 1, "在岗四小时": 0})
		told(onDay(16, 10, 0), map[string]int{"在岗四小时": 0, "在岗三天没去": 0, "照常两天没去": 1, "在岗两天没去": 0})
		told(onDay(16, 16, 0), map[string]int{"在岗四小时": 1})
		told(onDay(17, 10, 0), map[string]int{"在岗三天没去": 1, "在岗两天没去": 0})
		told(onDay(18, 10, 0), map[string]int{"在岗两天没去": 1, "照常两天没去": 1})
		for name, want := range map[string]string{"三天没去": "会触发 1 次", "连着两天": "会触发 1 次", "请假不算": "会触发 1 次"} {
			admin.Skip().Say("试跑 " + name)
			admin.ExpectText("在用近 30 天的记录试跑")
			admin.ExpectText("试跑 "+name, want, "绍兴市立医院")
		}
	})
}

// A dry run looks at the customer as it was then, too, and says where it had to take a value of today.
func TestADryRunKnowsWhatTheCustomerWasThen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		admin, rep, lead := s.As("郑凯").Skip(), s.As("周敏").Skip(), s.As("王芳").Skip()
		lead.Say("分级 绍兴市立医院 B")
		lead.ExpectText("绍兴市立医院")
		s.FastForward(time.Hour)
		rep.Skip().Say("审批申请 绍兴市立医院 延长账期 客户月底才结账")
		rep.ExpectCard("SQ2026-001")
		rep.Say("投诉 绍兴市立医院 机器报警")
		rep.ExpectAny()
		s.Settle()
		lead.Skip().Say("退回 SQ2026-001 说清楚")
		lead.ExpectText("已退回")
		s.FastForward(time.Hour)
		lead.Skip().Say("分级 绍兴市立医院 C")
		lead.ExpectText("→ C")
		s.FastForward(time.Hour)
		const today = "按现在的值算"
		for _, tc := range []struct {
			text, want string
			todays     string
		}{
			{"当 审批申请 进入 已退回 且 客户.级别 = B 则 推送 销售总监", "会触发 1 次", ""},
			{"当 审批申请 进入 已退回 且 客户.级别 = C 则 推送 销售总监", "一次也不会触发", ""},
			{"当 登记 投诉 且 客户.级别 = B 则 推送 销售总监", "会触发 1 次", ""},
			{"当 登记 投诉 且 客户.级别 = C 则 推送 销售总监", "一次也不会触发", ""},
			{"当 审批申请 进入 已退回 且 客户.级别 = B 且 客户.商机数 ≥ 0 则 推送 销售总监", "会触发 1 次", "客户.商机数 " + today},
		} {
			admin.Skip().Say("新规则 " + tc.text)
			admin.ExpectCard("草稿").Click("试跑")
			admin.ExpectText("在用近 30 天的记录试跑")
			said := admin.ExpectText(tc.want, tc.todays)
			if tc.todays == "" {
				said.Without(today)
			}
		}
	})
}
