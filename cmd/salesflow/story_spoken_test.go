package main

import (
	"testing"

	"salesflow/bot/bottest"
)

// A tired person goes on in half sentences. None of them is a dead end, and none becomes a record by a wrong guess.
func TestHalfSentencesAfterAFiling(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		for _, step := range []struct {
			say    string
			amount int64
		}{{"那个金额大概28万吧", 28_0000_00}, {"不对 26万", 26_0000_00}, {"是25万不是26万", 25_0000_00}} {
			rep.Say(step.say)
			rep.ExpectText("金额")
			if v := w.lastVisit(t, "zhoumin"); int64(v.Amount) != step.amount {
				t.Errorf("%s: amount %d", step.say, v.Amount)
			}
		}
		rep.Skip()
		rep.Say("38万")
		rep.ExpectCard("38万 记成刚才 绍兴市立医院 这次拜访的金额?").Click("记成金额")
		rep.ExpectText("38万")
		rep.Skip()
		rep.Say("还有参数表也要")
		rep.ExpectCard("没看懂,没有记。补到刚才 绍兴市立医院 这次拜访里?").Click("补进去")
		rep.ExpectText("补到 绍兴市立医院 这次拜访里了")
		rep.Skip()
		rep.Say("挺急的那种")
		rep.ExpectCard("补到刚才")
		rep.Say("不是")
		rep.ExpectText("没有补")
		if v := w.lastVisit(t, "zhoumin"); v.Text == "" || v.Amount != 38_0000_00 || !contains(v.Text, "还有参数表也要") || contains(v.Text, "挺急") {
			t.Errorf("visit %q %d", v.Text, v.Amount)
		}
		if n := len(w.visits(t, "zhoumin")); n != 1 {
			t.Errorf("%d visits, want 1", n)
		}
		rep.Say("明天下午去绍兴第二医院")
		rep.ExpectCard("已排")
		rep.Say("不去了 改下周一")
		rep.ExpectText("已改", "3月16日")
		rep.Say("不去了")
		rep.ExpectText("已取消")
		rep.Skip()
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗")
		rep.ExpectCard("客户已建")
		rep.Say("改个电话 13800005555")
		rep.ExpectText("电话")
		if c := w.customer(t, "绍兴云岭康复医院"); c.Phone != "13800005555" {
			t.Errorf("phone %q", c.Phone)
		}
	})
}

// What is a question or an order is never filed, whoever asks.
func TestQuestionsAndOrdersInOtherWords(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, boss := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		before := len(w.visits(t, "zhoumin")) + len(w.visits(t, "wangfang"))
		for _, step := range []struct {
			phone     *bottest.Phone
			say, want string
		}{
			{rep, "帮我看看绍兴市立欠多少钱", "已开票未回款"},
			{rep, "看看绍兴市立", "绍兴市立医院"},
			{rep, "怎么又推这个", "催"},
			{rep, "我下周要去几家", "计划"},
			{rep, "合同谁在审", "合同"},
			{rep, "怎么记拜访", "拜访"},
			{rep, "提交", "日报"},
			{rep, "看下这个 https://mp.weixin.qq.com/s/abcdef", "链接我打不开"},
			{lead, "谁今天没拜访", "昨晚"},
			{lead, "把绍兴市立给林夏", "林夏"},
			{boss, "今天有啥要我批的", "审批"},
			{boss, "李强业绩", "漏斗"},
			{boss, "上个月赢了几单", "漏斗"},
			{boss, "华东怎么样", "漏斗"},
		} {
			step.phone.Skip()
			step.phone.Say(step.say)
			got := bottest.Plain(step.phone.ExpectAny().Message)
			for i := 0; i < 2 && !contains(got, step.want); i++ {
				got = bottest.Plain(step.phone.ExpectAny().Message)
			}
			if !contains(got, step.want) || contains(got, "没看懂") || contains(got, "新建吗") {
				t.Errorf("%s is answered with\n%s", step.say, got)
			}
			step.phone.Say("算了")
			s.Settle()
		}
		if n := len(w.visits(t, "zhoumin")) + len(w.visits(t, "wangfang")); n != before {
			t.Errorf("%d visits were filed of questions", n-before)
		}
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID != w.person(t, "linxia").ID {
			t.Errorf("owner %d", c.OwnerID)
		}
	})
}

// While a question is open, an order or another question is no customer's name.
func TestAnOrderIsNoCustomersName(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		customers := len(w.master(t).Customers)
		rep.Say("拜访 市立 见了王主任 看了样机")
		ask := rep.ExpectAny()
		_ = ask
		for _, say := range []string{"李强那单怎么还没动", "催一下赵磊", "看下这个 https://mp.weixin.qq.com/s/abcdef"} {
			rep.Skip()
			rep.Say(say)
			rep.ExpectAny().Without("新建吗")
		}
		rep.Say("算了")
		rep.ExpectAny()
		if n := len(w.master(t).Customers); n != customers {
			t.Errorf("%d customers", n)
		}
	})
}
