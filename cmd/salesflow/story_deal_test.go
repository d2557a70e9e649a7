package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
)

func TestAnOpportunityMovesByTheVisitsButton(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 绍兴市立医院 生化分析仪 128万")
		rep.ExpectCard("商机已建", "绍兴市立医院", "全自动生化分析仪", "128万", "初步接触").ExpectButtons("推进", "输单")
		rep.Say("推进 绍兴市立医院 方案提交")
		rep.ExpectCard("商机已推进", "初步接触 → 方案提交")
		rep.Skip()
		rep.Say(firstVisit)
		visit := rep.ExpectCard("拜访已记录", "方案提交 → 建议推进到 价格谈判")
		rep.Say("刚才那条 金额48万")
		rep.ExpectText("已改", "48万")
		visit = visit.ExpectUpdate("金额", "48万", "方案提交 → 建议推进到 价格谈判")
		visit.ExpectButtons("推进", "补需求", "修改", "撤销").Click("推进")
		visit = visit.ExpectUpdate("已推进到 价格谈判", "周敏")
		visit.ExpectButtons("撤销推进", "补需求", "修改", "撤销")
		rep.Skip()
		rep.Say("商机")
		rep.ExpectText("1 单", "绍兴市立医院", "128万", "价格谈判")
		rep.ExpectNothingElse()

		other := s.As("李强").Skip()
		other.Say("推进 绍兴市立医院 合同签署")
		other.ExpectText("归周敏")
		other.Say("商机")
		other.ExpectText("没有")
	})
}

func TestALostOpportunityNeedsItsReason(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 绍兴市立医院 生化分析仪 128万")
		deal := rep.ExpectCard("商机已建")
		deal.Click("输单")
		why := rep.ExpectCard("输单原因", "绍兴市立医院")
		why.ExpectButtons("价格", "竞品", "预算", "需求取消", "其他").Click("竞品")
		rep.ExpectCard("已输单", "竞品")
		rep.Skip()
		rep.Say("推进 绍兴市立医院")
		rep.ExpectText("没有在跟的商机")

		rep.Say("商机 绍兴第二医院 离心机 12万")
		rep.ExpectCard("商机已建")
		rep.Say("输单 绍兴第二医院 预算砍了")
		rep.ExpectCard("已输单", "预算砍了")
	})
}

func TestAFunnelIsPictureAndWordsAndDrillsDown(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) { o.noHistory = false })
			s := bottest.New(t, w)
			boss := s.As("陈刚").Skip()
			boss.Say("漏斗 华东 本月")
			boss.ExpectImage()
			words := boss.ExpectText("漏斗", "华东", "本月", "初步接触", "转化", "变化最大", "先做")
			words.Without("约")
			card := boss.ExpectCard("漏斗", "华东", "本月")
			card.ExpectButtons("看", "看", "看", "按产品线").Click("看李强")
			boss.ExpectImage()
			boss.ExpectText("漏斗", "李强", "本月")
			person := card.ExpectUpdate("漏斗", "李强")
			person.Click("返回")
			boss.ExpectImage()
			boss.ExpectText("漏斗", "华东")
			person.ExpectUpdate("漏斗", "华东").Click("按产品线")
			card.ExpectUpdate("诊断设备")

			// What one person's funnel says adds up to what everybody's does.
			all := 0
			for _, name := range []string{"周敏", "李强", "林夏"} {
				boss.Skip()
				boss.Say("漏斗 " + name + " 本月")
				all += enteredIn(t, boss.ExpectText("漏斗", name, "初步接触").Text, "初步接触")
			}
			if got := enteredIn(t, words.Text, "初步接触"); got != all || got == 0 {
				t.Errorf("the region has %d, its people %d", got, all)
			}
		})
	}
}

func TestAFunnelShowsNobodyMoreThanTheirs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("商机 绍兴市立医院 生化分析仪 123.4万")
		rep.ExpectCard("商机已建")
		other := s.As("李强").Skip()
		other.Say("商机 宁波市立医院 离心机 12万")
		other.ExpectCard("商机已建")

		for ask, why := range map[string]string{
			"漏斗 全司": "总监", "漏斗 李强": "主管", "漏斗 华东一组": "主管", "漏斗 华东": "总监",
		} {
			rep.Say(ask)
			rep.ExpectText(why, "你可以看", "漏斗 我的")
		}
		rep.Say("漏斗")
		rep.ExpectText("周敏", "初步接触 1 个", "123.4万")
		lead.Say("漏斗")
		lead.ExpectText("华东一组", "初步接触 2 个", "135.4万")
		finance := s.As("吴桐").Skip()
		finance.Say("漏斗")
		finance.ExpectText("权限")

		group := s.As("王芳").In("华东一组").Skip()
		group.Say("漏斗")
		group.ExpectText("华东一组", "约", "详情请单聊我").Without("135.4万", "周敏", "李强")
		group.Skip()
		group.Say("漏斗 周敏")
		group.ExpectText("群里不按人看").Without("123")
		group.Say("漏斗 全司")
		group.ExpectText("这个群里只看华东一组")
		boss := s.As("陈刚").In("华东一组").Skip()
		boss.Say("漏斗 全司")
		boss.ExpectText("这个群里只看华东一组")
	})
}

// enteredIn reads how many opportunities came into a stage out of a funnel in words: "初步接触 7 个".
func enteredIn(t *testing.T, text, stage string) int {
	t.Helper()
	m := numberAfter(stage).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in:\n%s", stage, text)
	}
	return atoi(t, m[1])
}
