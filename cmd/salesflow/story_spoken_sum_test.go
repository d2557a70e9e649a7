package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// Who dictates says sums, counts and discounts in Chinese numerals; they are read as typed ones are, and none below zero is taken.
func TestSumsAreReadAsTheyAreSpoken(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		for _, tt := range []struct {
			say  string
			want []string
		}{
			{"报价 绍兴市立医院 离心机 1台 八千", []string{"报价已通过", "¥8,000.00"}},
			{"报价 绍兴市立医院 离心机 1台 八五折", []string{"报价已通过", "¥7,225.00"}},
			{"报价 绍兴市立医院 离心机 一百二十台 单价八千 有效期一个月", []string{"报价待审批", "120台", "¥960,000.00"}},
			{"特价申请 绍兴市立医院 离心机 七千 理由 竞品降价", []string{"特价申请待审批", "¥7,000.00"}},
			{"提交合同 绍兴市立医院 离心机 八千五 预付30% 账期30天 交期45天", []string{"合同草稿", "¥8,500.00"}},
		} {
			rep.Say(tt.say)
			rep.ExpectCard(tt.want...)
			rep.Skip()
		}
		rep.Say("金额改成负五万")
		rep.ExpectText("金额要大于 0", "负五万", "没有改")
		rep.Say("不提交了")
		rep.ExpectText("草稿已清掉")
		s.FastForward(2 * time.Minute) // WeCom takes thirty messages a minute to one member
		for _, tt := range []struct{ say, want string }{
			{"提交合同 绍兴市立医院 负一百万", "金额要大于 0,这里写了 负一百万"},
			{"负两百万", "金额要大于 0"},
			{"不提交了", "草稿已清掉"},
			{"商机 绍兴市立医院 离心机 负五十万 下月底签", "金额要大于 0,这里写了 负五十万,没有建"},
			{"报价 绍兴市立医院 离心机 1台 负四十五万", "这里写了 负四十五万,没有提交"},
			{"报价 绍兴市立医院 离心机 1台 单价-8000", "没有提交"},
			{"今天收到绍兴市立医院回款负三万", "金额写正数,这笔没有记"},
			{"费用 绍兴市立医院 打车 负二十", "花了多少"},
			{"算了", "没记"},
		} {
			rep.Say(tt.say)
			rep.ExpectText(tt.want)
			rep.Skip()
		}
		finance := s.As("吴桐").Skip()
		finance.Say("回款 绍兴市立医院 负十三万")
		finance.ExpectText("金额写正数")
		finance.Say("回款 绍兴市立医院 八千")
		finance.ExpectCard("未认款", "¥8,000.00")
	})
}

// What is told of a customer that there is not is asked about, and joins nobody else's visit.
func TestNewsOfAnUnknownCustomerJoinsNobodysVisit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("现场签到 绍兴市立医院")
		rep.ExpectCard("绍兴市立医院", "●签到")
		rep.Say("演示 绍兴越州大药房 生化分析仪")
		rep.ExpectCard("绍兴越州大药房", "是新客户吗")
		rep.Say("新建客户")
		rep.ExpectText("绍兴越州大药房", "电话")
		rep.Say("13812340000")
		if got := bottest.Plain(rep.ExpectAny().Message); !contains(got, "绍兴越州大药房") {
			t.Errorf("the phone is answered with\n%s", got)
		}
		if v := w.lastVisit(t, "zhoumin"); len(v.Products) != 0 {
			t.Errorf("the demonstration joined the visit to the hospital: %+v", v)
		}
	})
}
