package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/configs"
)

// Who is on duty by turns is told by rules, hears when it is their turn, can be replaced, and is passed over while on leave.
func TestDutyGoesByTurns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		director, rep, other := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("李强").Skip()
		first, second := s.As("赵磊").Skip(), s.As("孙静").Skip()
		rep.Say("值班").ExpectText("还没有值班表", "值班 法务 赵磊、孙静")
		rep.Say("值班 法务 赵磊、孙静 每周轮换 周一9点换班")
		rep.ExpectText("排班要管理员、销售总监,或这些人的主管")
		for said, want := range map[string]string{
			"值班 法务 赵磊、孙静":               "多久换一次班",
			"值班 法务 赵磊、孙大圣 每周轮换":         "没有叫\"孙大圣\"的在职同事",
			"值班 法务 每周轮换 周一9点换班":         "还没写谁值班",
			"值班 法务 赵磊、赵磊 每周轮换":          "赵磊写了两次",
			"值班 法务 赵磊、孙静 每周轮换 周一29点换班":  "换班的钟点没看懂",
			"值班 法务 赵磊、孙静 每90天轮换":        "最多八周",
			"值班 替班 法务 明天 周敏":            "还没有值班表",
			"值班 这个名字实在是太长了写不下的 赵磊 每天轮换": "最多 12 个字",
		} {
			director.Say(said).ExpectText(want)
		}
		director.Say("值班 法务 赵磊、孙静 每周轮换 周一9点换班")
		director.ExpectCard("值班 · 法务", "现在 赵磊,到 3月16日 09:00", "接着 孙静,3月16日 09:00 起", "每周一 09:00 换班")
		s.Settle()
		first.ExpectText("轮到你值班了:法务,到 3月16日 09:00", "接着是 孙静", "值班 替班 法务")
		w.turnOn(t, s, "竞品值班", "当 登记 竞品 则 推送 法务值班 \"{客户} 来竞品了,{值班(法务)}看\" 按钮 我来处理")
		rep.Skip().Say("竞品 绍兴市立医院 迈瑞 报价30万")
		s.Settle()
		first.ExpectCard("竞品值班", "绍兴市立医院 来竞品了,赵磊看").ExpectButtons("我来处理")
		director.Skip().Say("值班 删除 法务")
		director.ExpectText("规则 竞品值班 还推给 值班(法务)", "规则 修改 竞品值班")

		// A replacement for one day, by those whose roster it is.
		other.Say("值班 替班 法务 明天 周敏").ExpectText("由值班表里的人自己换")
		first.Skip().Say("值班 替班 法务 明天").ExpectText("还没写谁来替")
		first.Say("值班 替班 法务 周敏").ExpectText("周敏哪天替")
		first.Say("值班 替班 法务 明天 周敏")
		first.ExpectCard("值班 · 法务", "替班", "周敏 3月12日")
		s.Settle()
		rep.Skip()
		s.At(onDay(12, 10, 0))
		if n := w.count(t, "周敏", "轮到你值班了:法务,到 今天 24:00"); n != 1 {
			t.Errorf("who replaces was told %d times", n)
		}
		rep.Skip().Say("竞品 绍兴市立医院 西门子 报价20万")
		s.Settle()
		rep.ExpectCard("竞品值班", "周敏看")
		other.Skip().Say("值班")
		other.ExpectCard("值班表", "法务 周敏(替班),到 今天 24:00;接着 赵磊")
		first.Skip().Say("值班 取消替班 法务")
		first.ExpectCard("值班 · 法务", "现在 赵磊")
		s.Settle()
		rep.ExpectText("赵磊取消了替班", "不用你值了")
		first.ExpectText("轮到你值班了:法务")
		first.Say("撤销").ExpectText("已撤销")
		first.Say("值班 法务").ExpectCard("现在 周敏(替班)")
		first.Say("值班 取消替班 法务").ExpectCard("现在 赵磊")

		// Leave passes duty to the next.
		first.Say("请假 明天").ExpectAny()
		s.At(onDay(13, 9, 0))
		second.Skip()
		if n := w.count(t, "孙静", "该 赵磊 值班,他请假到 3月13日 周五", "你先顶上:法务"); n != 1 {
			t.Errorf("who stands in was told %d times", n)
		}
		rep.Skip().Say("竞品 绍兴市立医院 贝克曼 报价30万")
		s.Settle()
		second.ExpectCard("竞品值班", "来竞品了,孙静看")
		second.Say("为什么催我").ExpectText("赵磊请假到 3月13日", "值班转给 孙静")
		s.At(onDay(16, 9, 30))
		if n := w.count(t, "孙静", "轮到你值班了:法务,到 3月23日 09:00"); n != 1 {
			t.Errorf("who takes over was told %d times", n)
		}
		s.At(onDay(17, 9, 30))
		if n := w.count(t, "孙静", "轮到你值班了"); n != 1 {
			t.Errorf("told %d times of one turn", n)
		}
	})
}

// A roster is taken away and comes back with 撤销; what the configuration has is changed there.
func TestARosterIsTakenAwayAndComesBack(t *testing.T) {
	t.Parallel()
	onBothChanged(t, func(_ *testing.T, _ string, o *demoOptions) {
		settingUp(o, func(c *configs.Config) {
			c.Rules.Rosters = map[string]string{"热线": "王芳、陈刚 每天轮换 8点半换班"}
		})
	}, func(t *testing.T, s *bottest.Story, w world, _ string) {
		director, lead := s.As("陈刚").Skip(), s.As("王芳").Skip()
		s.Settle()
		if n := w.count(t, "王芳", "轮到你值班了:热线,到 明天 08:30"); n != 1 {
			t.Errorf("who is on duty by the configuration was told %d times", n)
		}
		director.Say("值班 热线 陈刚 每天轮换").ExpectText("写在配置里")
		director.Say("值班 删除 热线").ExpectText("写在配置里")
		lead.Skip().Say("值班 华东 周敏、李强 每2天轮换 9点换班")
		lead.ExpectCard("值班 · 华东", "现在 周敏", "每 2 天 09:00 换班")
		lead.Say("值班 删除 华东").ExpectText("值班表 华东 删除了", "撤销")
		lead.Say("值班 华东").ExpectText("没有叫\"华东\"的值班表")
		lead.Say("撤销").ExpectText("已撤销")
		lead.Say("值班 华东").ExpectCard("值班 · 华东", "周敏")
		s.At(onDay(12, 9, 0))
		if n := w.count(t, "陈刚", "轮到你值班了:热线"); n != 1 {
			t.Errorf("who takes over was told %d times", n)
		}
	})
}

// Duty changes hands on its moment though the product was stopped in between, and once.
func TestDutySurvivesARestart(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		s.As("陈刚").Say("值班 法务 赵磊、孙静 每天轮换 14点换班")
		s.As("陈刚").ExpectCard("值班 · 法务", "现在 赵磊,到 今天 14:00", "每天 14:00 换班")
	}, func(t *testing.T, s *bottest.Story, w world) {
		s.At(onDay(11, 14, 5))
		if n := w.count(t, "孙静", "轮到你值班了:法务,到 明天 14:00"); n != 1 {
			t.Errorf("who takes over was told %d times", n)
		}
		if n := w.count(t, "赵磊", "轮到你值班了"); n != 0 {
			t.Errorf("who was on duty already is told %d times more", n)
		}
		s.As("陈刚").Skip().Say("值班")
		s.As("陈刚").ExpectCard("值班表", "法务 孙静,到 明天 14:00;接着 赵磊")
	})
}
