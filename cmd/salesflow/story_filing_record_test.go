package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

func TestAnApprovalNumberIsLinked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立 谈特价,审批编号 202603110001")
		rep.ExpectCard("拜访已记录", "审批 202603110001")
		rep.Say("钉钉审批 202603111000000012345")
		pick := rep.ExpectCard("钉钉审批 202603111000000012345 挂到哪条", "绍兴市立医院")
		pick.Click("拜访")
		rep.ExpectText("已挂到", "拜访 绍兴市立医院")
		rep.Say("202603110001")
		rep.ExpectText("企业微信审批 202603110001", "挂在", "绍兴市立医院")
		rep.Say("审批单 202603119999 HT2026-999")
		rep.ExpectText("没有合同 HT2026-999")
	})
}

func TestApprovalNumbersStandOnEveryCard(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, other, lead := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("王芳").Skip()
		rep.Say("费用 绍兴市立 打车45 审批单 202603110011")
		rep.ExpectCard("¥45.00", "审批 202603110011")
		rep.Say("商机 绍兴市立医院 生化分析仪 128万 下个月签")
		deal := rep.ExpectCard("商机已建", "128万")
		rep.Say("审批单 202603110012 绍兴市立")
		rep.ExpectCard("202603110012 挂到哪条").Click("商机")
		rep.ExpectText("已挂到 商机 绍兴市立医院")
		deal.ExpectUpdate("审批 202603110012")
		rep.Say("推进 绍兴市立医院 方案提交")
		rep.ExpectCard("商机已推进", "审批 202603110012")
		rep.Say("提交合同 绍兴市立医院 128万 30%预付 交期45天 审批单 202603110013")
		rep.ExpectCard("合同草稿")
		rep.Say("跳过")
		rep.ExpectCard("¥1,280,000.00", "审批 202603110013")
		rep.Skip()
		rep.Say("202603110013")
		rep.ExpectText("企业微信审批 202603110013", "挂在:合同 HT2026-001")
		rep.ExpectCard("HT2026-001", "审批 202603110013")
		lead.Skip()
		lead.Say("202603110012")
		lead.ExpectText("挂在:商机 绍兴市立医院")
		lead.ExpectCard("商机", "128万", "审批 202603110012")
		other.Skip()
		other.Say("202603110011")
		other.ExpectText("是周敏挂的", "找周敏")
	})
}

func TestAnEarlierRecordIsNamed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		rep.Say("费用 绍兴市立 打车45")
		rep.ExpectCard("¥45.00")
		s.FastForward(24 * time.Hour)
		rep.Skip()
		rep.Say("修改 昨天绍兴市立的拜访 金额改成18万")
		rep.ExpectText("已改", "18万")
		rep.Say("修改 昨天绍兴市立的费用 金额改成54")
		rep.ExpectText("已改", "45", "54")
		rep.Say("撤销 昨天绍兴市立的费用")
		rep.ExpectText("不能撤销", "修改")
		rep.Say("修改 昨天绍兴市立")
		pick := rep.ExpectCard("改哪一条", "拜访 绍兴市立医院", "费用 绍兴市立医院")
		pick.Click("费用")
		rep.ExpectText("改哪里")
		rep.Say("类别改成招待")
		rep.ExpectText("已改", "交通 → 招待")
		if f := w.filings(t, "zhoumin")[0]; f.Topic != "meal" || f.Amount != 5400 {
			t.Errorf("expense %+v", f)
		}
	})
}

func TestAStaleButtonChangesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("样品 绍兴市立 申领试剂 2盒")
		card := rep.ExpectCard("样品已申领")
		rep.Say("绍兴市立样品已送达")
		rep.ExpectCard("样品已送达")
		f := w.filings(t, "zhoumin")[0]
		w.tapAgain(t, "周敏", card, "已寄出", "filing.sample", f.ID, 1, "sent")
		rep.ExpectText("现在是已送达,没有改动")
		if now := w.filings(t, "zhoumin")[0]; now.State != f.State || now.Version != f.Version {
			t.Errorf("sample %+v", now)
		}
	})
}

func TestAFilingDraftSurvivesARestart(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			inDir := func(o *demoOptions) { o.data = dir }
			w := newWorld(t, platform, inDir)
			s := bottest.New(t, w)
			rep := s.As("周敏").Skip()
			rep.Say("投诉 绍兴市立 大家都不高兴")
			rep.ExpectCard("投诉什么")
			s.Settle()
			now := w.Now()
			if err := w.demo.close(); err != nil {
				t.Fatal(err)
			}
			w = newWorld(t, platform, inDir, func(o *demoOptions) { o.start = now }) // an answer does not come before its question
			rep = bottest.New(t, w).As("周敏")
			rep.Say("2")
			rep.ExpectCard("投诉(质量)已记录", "大家都不高兴")
		})
	}
}

func TestTheMenuFilesInThreeTaps(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("菜单")
		menu := rep.ExpectCard("菜单", "记一次拜访")
		menu.Click("更多")
		menu = menu.ExpectUpdate("记客户投诉")
		menu.Click("投诉")
		rep.ExpectCard("哪家客户").Click("绍兴市立医院")
		rep.ExpectCard("投诉什么").Click("故障")
		rep.ExpectCard("投诉(故障)已记录", "绍兴市立医院")
		s.As("王芳").Skip().Say("菜单").ExpectCard("菜单", "团队计划").Without("记客户投诉")
		rep.Say("培训返馈 绍兴市立 都说好")
		rep.ExpectText("是不是:培训反馈")
	})
}
