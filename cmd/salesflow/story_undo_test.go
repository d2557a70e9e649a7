package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// 撤销 means the last thing somebody did, whatever it was, and never an older one.
func TestTheLastChangeIsTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("投诉 绍兴市立 仪器老报警")
		rep.ExpectCard("投诉")
		before := w.customer(t, "绍兴市立医院")
		for _, step := range []struct{ say, done, undone string }{
			{"分级 绍兴市立医院 C", "C类", "分级改回"},
			{"标签 绍兴市立医院 重点 三甲 老客户", "老客户", "标签改回"},
			{"补资料 绍兴市立医院 预算范围 50万到80万", "50万", "预算范围改回 空着"},
			{"关键信息 绍兴市立医院 预算周期 每年10月报", "每年10月报", "预算周期改回 空着"},
			{"联系人 绍兴市立医院 王建国 决策人 13800005678", "决策人", "决策角色改回"},
			{"补资料 绍兴市立医院 电话 0575-88001234", "电话改成", "电话改回"},
		} {
			rep.Say(step.say)
			rep.ExpectText(step.done)
			rep.Say("撤销")
			rep.ExpectText("已撤销:", step.undone)
		}
		after := w.customer(t, "绍兴市立医院")
		if after.Class != before.Class || after.Phone != before.Phone || after.OwnerID != before.OwnerID {
			t.Errorf("customer %+v, was %+v", after, before)
		}
		if f := w.filings(t, "zhoumin")[0]; f.State == "undone" {
			t.Error("an older record was taken back")
		}
		rep.Say("撤销")
		rep.ExpectText("已撤销:绍兴市立医院 投诉")
	})
}

func TestOwnersAreTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead, rep, other := s.As("王芳").Skip(), s.As("周敏").Skip(), s.As("李强").Skip()
		rep.Say("放回公海 绍兴市立医院 预算明年才有")
		rep.ExpectText("已放回公海")
		rep.Say("撤销")
		rep.ExpectText("已撤销:绍兴市立医院", "负责人改回 周敏")
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID != w.person(t, "zhoumin").ID || c.TeamID == 0 {
			t.Errorf("owner %d of team %d", c.OwnerID, c.TeamID)
		}
		rep.Say("放回公海 绍兴市立医院 预算明年才有")
		rep.ExpectText("已放回公海")
		other.Say("领取 绍兴市立医院")
		other.ExpectText("已领取")
		rep.Say("撤销")
		rep.ExpectText("后来又改过,没有撤销", "领取")
		other.Say("撤销")
		other.ExpectText("已撤销:绍兴市立医院")
		lead.Skip()
		lead.Say("分配 绍兴市立医院 李强")
		lead.ExpectText("李强")
		other.ExpectText("绍兴市立医院")
		lead.Say("撤销")
		lead.ExpectText("已撤销:绍兴市立医院")
		other.ExpectText("撤销了刚才的分配", "绍兴市立医院不归你了")
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID != 0 {
			t.Errorf("owner %d", c.OwnerID)
		}
	})
}

func TestATodoIsOpenedAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		rep.Say("完成 1")
		rep.ExpectText("已完成")
		rep.Say("撤销")
		rep.ExpectText("已撤销:待办")
		rep.Say("延期 1 周五")
		rep.ExpectText("改到 3月13日")
		rep.Say("撤销")
		rep.ExpectText("已撤销:待办", "日期改回 3月17日")
		rep.Say("待办")
		rep.ExpectText("待办 1 条", "3月17日")
		s.At(onDay(17, 18, 5))
		rep.ExpectCard("到期")
	})
}

func TestWhatCannotBeTakenBackSaysWhatToDo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		rep.Say("科室 绍兴市立医院 检验科")
		rep.ExpectText("已加:绍兴市立医院 检验科")
		s.FastForward(11 * time.Minute)
		rep.Skip()
		rep.Say("撤销")
		rep.ExpectText("绍兴市立医院", "超过 10 分钟", "再发一次 科室")
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗")
		rep.ExpectCard("绍兴云岭康复医院")
		rep.Say("计划 明天上午 绍兴云岭康复医院")
		rep.ExpectCard("已排")
		rep.Say("撤销")
		rep.ExpectText("已取消")
		rep.Say("撤销")
		rep.ExpectText("绍兴云岭康复医院", "拜访计划", "补资料", "合并", "放回公海")
		rep.Say("分级 绍兴市立医院 C")
		rep.ExpectText("C类")
		s.FastForward(11 * time.Minute)
		rep.Say("撤销")
		rep.ExpectText("分级", "超过 10 分钟", "分级 绍兴市立医院")
		lead.Say("撤销")
		lead.ExpectText("没有可以撤销的")
	})
}

func TestShortWordsAreUnderstood(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("费用 绍兴市立 打车45")
		rep.ExpectCard("¥45.00")
		rep.Say("刚才那条改成54")
		rep.ExpectText("45", "54")
		rep.Say("改成 56.5")
		rep.ExpectText("54", "56.5")
		if f := w.filings(t, "zhoumin")[0]; f.Amount != 5650 {
			t.Errorf("amount %d", f.Amount)
		}
		rep.Say("下周三记得给绍兴市立的王主任打电话")
		rep.ExpectText("记到待办", "打电话", "绍兴市立医院", "3月18日")
		if n := len(w.visits(t, "zhoumin")); n != 0 {
			t.Errorf("%d visits were filed of a reminder", n)
		}
		rep.Say("撤销")
		rep.ExpectText("已撤销:待办")
		rep.Say("提醒我周五下午3点前交发票")
		rep.ExpectText("记到待办:交发票", "3月13日", "15:00")
		s.At(onDay(13, 15, 1))
		rep.ExpectCard("提醒", "交发票")
		rep.Say("领取 1")
		rep.ExpectText("先看列表", "公海")
		rep.Say("标签 三甲三甲")
		rep.ExpectText("没有带标签", "三甲三甲")
	})
}

// The source of a lead stands on what became of it.
func TestTheSourceStaysWithTheDeal(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("线索 杭州博远医疗 13900001111 展会 活动:春季展 想要生化仪")
		rep.ExpectText("L1")
		rep.Say("转客户 L1")
		rep.ExpectAny()
		rep.Say("医疗")
		rep.ExpectText("已转成客户", "展会 · 春季展")
		rep.Say("商机 杭州博远医疗 生化分析仪 50万 下月底签")
		rep.ExpectCard("商机已建", "来源 展会 · 春季展")
		rep.Say("提交合同 杭州博远医疗 50万 30%预付 交期45天")
		rep.ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("HT2026-001", "来源 展会 · 春季展")
		s.As("赵磊").ExpectCard("合同待审批", "来源 展会 · 春季展")
		rep.Skip()
		rep.Say("无效 L1 空号")
		rep.ExpectText("已经转客户")
	})
}

func TestAPlanIsPlannedAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("计划 明天上午 绍兴市立 下午 绍兴第二医院")
		rep.ExpectCard("已排", "2 家")
		rep.Say("取消计划 1")
		rep.ExpectText("已取消", "绍兴市立医院")
		rep.Say("撤销")
		rep.ExpectText("已撤销:计划 3月12日 周四 上午", "状态改回 已排")
		rep.Say("改计划 2 周五下午")
		rep.ExpectText("已改", "3月13日")
		rep.Say("撤销")
		rep.ExpectText("已撤销", "时间改回 3月12日")
		rep.Say("计划 明天")
		rep.ExpectCard("绍兴市立医院", "绍兴第二医院")
		rep.Say("投诉 绍兴市立 仪器老报警")
		rep.ExpectCard("投诉")
		rep.Say("线索 杭州博远医疗 13900001111 展会 想要生化仪")
		rep.ExpectText("L1")
		rep.Say("无效 L1 空号")
		rep.ExpectText("记为无效")
		rep.Say("撤销")
		rep.ExpectText("已撤销:L1")
		rep.Say("线索")
		rep.ExpectText("L1")
		rep.Say("已联系 L1 A")
		rep.ExpectText("A 级")
		rep.Say("撤销")
		rep.ExpectText("已撤销:L1", "质量改回")
	})
}

func TestTalkIsNoVisit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		s.FastForward(24 * time.Hour)
		rep.Skip()
		rep.Say("拜访绍兴第二医院")
		rep.ExpectText("聊了什么")
		rep.Say("昨天那条金额改成18万") // not what was talked about there
		rep.ExpectText("已改:绍兴市立医院", "18万")
		rep.Say("见了李院长,要离心机的报价")
		rep.ExpectCard("拜访已记录", "绍兴第二医院")
		rep.Say("这个客户太难搞了")
		rep.ExpectCard("没有记", "补到刚才 绍兴第二医院")
		if n := len(w.visits(t, "zhoumin")); n != 2 {
			t.Errorf("%d visits, want 2", n)
		}
		rep.Say("投诉 绍兴市立的仪器老报警")
		rep.ExpectCard("内容 仪器老报警")
	})
}

// A visit that is taken back was no contact: it does not keep a customer.
func TestAVisitTakenBackIsNoContact(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		first := w.customer(t, "绍兴市立医院").LastContactAt
		s.FastForward(2 * time.Hour)
		rep.Skip()
		rep.Say("拜访 绍兴市立医院 王主任 随便写一条")
		rep.ExpectCard("拜访已记录")
		if now := w.customer(t, "绍兴市立医院").LastContactAt; !now.After(first.Time) {
			t.Errorf("last contact %v, first %v", now, first)
		}
		rep.Say("撤销")
		rep.ExpectText("已撤销")
		if now := w.customer(t, "绍兴市立医院").LastContactAt; !now.Equal(first.Time) {
			t.Errorf("last contact %v, want %v", now, first)
		}
	})
}
