package main

import (
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

// Counts and sums that cannot be are asked about before anything is filed, and left out of what is filed anyway.
func TestCountsAndSumsThatCannotBe(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		for _, tt := range []struct {
			say, want, again, answer string
			card                     []string
		}{
			{"样品 绍兴市立 离心机 0台", `"0台"不在范围里`, "0", "2台", []string{"样品已申领", "低速离心机 2台"}},
			{"样品 绍兴市立 离心机 -3台", `"-3台"不在范围里`, "-1", "3", []string{"样品已申领", "低速离心机 3"}},
			{"样品 绍兴市立 离心机 99999999台", "不在范围里,要 1 到 9999", "999999", "1台", []string{"样品已申领"}},
			{"竞品 绍兴市立 迈瑞报价一百万万", "太大了", "一百万万", "110万", []string{"竞品已记录", "110万"}},
			{"竞品 绍兴市立 迈瑞报价0元", "不是价钱", "0", "98万", []string{"竞品已记录", "98万"}},
			{"竞品 绍兴市立 迈瑞报价-5万", "小于 0", "-5万", "5万", []string{"竞品已记录", "5万"}},
			{"培训反馈 绍兴市立 0人参加 都说好", `"0人"不在范围里`, "0", "12", []string{"培训反馈已记录", "12 人"}},
			{"培训反馈 绍兴市立 99999999人参加 都说好", "不在范围里,要 1 到 9999", "99999", "20人", []string{"培训反馈已记录", "20 人"}},
			{"培训反馈 绍兴市立 -5人参加 都说好", `"-5人"不在范围里`, "没有数", "5", []string{"培训反馈已记录", "5 人"}},
			{"费用 绍兴市立 打车-20", "花了多少", "-20", "20", []string{"费用(交通)已记录", "20.00"}},
			{"费用 绍兴市立 打车一百万万", "太大了", "一百万万", "45", []string{"费用(交通)已记录", "45.00"}},
			{"费用 绍兴市立 打车1e9", "花了多少", "1e9", "19", []string{"费用(交通)已记录", "19.00"}},
		} {
			s.FastForward(12 * time.Second) // WeCom takes thirty messages a minute to one member
			rep.Say(tt.say)
			rep.ExpectText(tt.want)
			rep.Say(tt.again)
			rep.ExpectText("没看懂")
			rep.Say(tt.answer)
			rep.ExpectCard(tt.card...)
			rep.Skip()
		}
		if n := len(w.filings(t, "zhoumin")); n != 12 {
			t.Errorf("%d filings, want 12", n)
		}
		rep.Say("竞品 绍兴市立 迈瑞报价一百万万")
		rep.ExpectText("太大了")
		rep.Say("算了")
		rep.ExpectText("没记")
		for _, tt := range []struct {
			say  string
			want []string
		}{
			{"拜访 绍兴市立 王主任 预算一百万万", []string{"太大了", "没有记"}},
			{"拜访 绍兴市立 王主任 报价0元", []string{"不是价钱", "没有记"}},
			{"拜访 绍兴市立 王主任 看了离心机 报价-5万", []string{"小于 0", "没有记"}},
			{"拜访 绍兴市立 王主任 2027年3月1日见的 看了离心机", []string{"还没到,按今天记的"}},
			{"去年11月3日去了绍兴市立 介绍离心机", []string{"不在最近 31 天里,按今天记的"}},
			{"承诺 绍兴市立 寄样 一百年后", []string{"太远了,日期没有记"}},
		} {
			s.FastForward(12 * time.Second)
			rep.Say(tt.say)
			if got := bottest.Plain(rep.ExpectAny().Message); !contains(got, tt.want...) {
				t.Errorf("%s is answered with\n%s", tt.say, got)
			}
			rep.Skip()
			rep.Say("算了")
			rep.Skip()
		}
		for _, v := range w.visits(t, "zhoumin") {
			if v.Amount != 0 || v.Day.Year() != 2026 {
				t.Errorf("a visit of %s with %s: %s", v.Day, v.Amount, v.Text)
			}
		}
		for _, todo := range w.todos(t, "zhoumin") {
			if !todo.DueOn.IsZero() && todo.DueOn.Year() > 2027 {
				t.Errorf("promised for %s", todo.DueOn)
			}
		}
	})
}

// What is put right must be able to be, too.
func TestCorrectionsThatCannotBe(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("样品 绍兴市立 离心机 2台")
		rep.ExpectCard("样品已申领")
		for _, bad := range []string{"0", "0台", "-2台", "99999999台", "很多"} {
			rep.Say("修改 数量改成" + bad)
			rep.ExpectText("数量要 1 到 9999")
		}
		rep.Say("费用 绍兴市立 打车45")
		rep.ExpectCard("费用(交通)已记录")
		rep.Say("修改 数量改成3")
		rep.ExpectText("费用没有数量")
		rep.Say("修改 金额改成一百万万")
		rep.ExpectAny().Without("已改")
		rep.Say("修改 金额改成0")
		rep.ExpectText("没看懂")
		if f := w.filings(t, "zhoumin"); len(f) != 2 || f[0].Quantity == "0" || f[0].Amount+f[1].Amount != 45*sales.Yuan {
			t.Errorf("filings %+v", f)
		}
	})
}

// Names that are none are asked for again instead of being cut.
func TestNamesThatAreTooLong(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		before := len(w.master(t).Customers)
		rep.Say("新客户 " + strings.Repeat("长", 200) + " 13812345678 医疗")
		rep.ExpectText("2 到 50 个字")
		rep.Say("算了")
		rep.ExpectText("不建了")
		rep.Say("联系人 绍兴市立 " + strings.Repeat("名", 100) + " 决策人")
		rep.ExpectText("姓名太长", "20 个字以内")
		rep.Say("补资料 绍兴市立")
		rep.ExpectCard("统一社会信用代码")
		rep.Say("现场签到 绍兴第二医院") // no code: the question stays open
		rep.ExpectCard("签到", "绍兴第二医院")
		rep.Say("跳过")
		rep.ExpectCard("绍兴市立医院", "资料")
		if n := len(w.master(t).Customers); n != before {
			t.Errorf("%d customers, want %d", n, before)
		}
	})
}
