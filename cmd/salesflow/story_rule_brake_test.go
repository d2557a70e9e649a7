package main

import (
	"context"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store"
)

// A rule that was written too wide stops doing at its bound and says so once; who is told is told still.
func TestARuleThatWasWrittenTooWideIsHeld(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					everybodyOn(org, platform)
					c.Rules.ActsPerDay = 2
				}
			})
			s := bottest.New(t, w)
			admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
			w.turnOn(t, s, "投诉待办", "当 登记 投诉 则 推送 负责人的主管 \"又有投诉了\" 只发文字 并 创建待办 给 负责人 \"回访这次投诉\"")
			for _, what := range []string{"投诉 绍兴市立医院 机器报警", "投诉 绍兴市立医院 耗材断货", "投诉 绍兴市立医院 打印不出", "投诉 绍兴市立医院 屏幕不亮"} {
				rep.Skip().Say(what)
				rep.ExpectAny()
				s.Settle()
			}
			if n := w.count(t, "王芳", "又有投诉了"); n != 4 {
				t.Errorf("told %d times, want 4", n)
			}
			if n := w.count(t, "郑凯", "规则\"投诉待办\"今天触发满 2 次了"); n != 1 {
				t.Errorf("the administrator was told %d times, want once", n)
			}
			admin.Skip()
			if n := w.todosSaying(t, "zhoumin", "回访这次投诉"); n != 2 {
				t.Errorf("%d to-dos, want 2", n)
			}
		})
	}
}

// todosSaying counts a person's open to-dos with a text.
func (w world) todosSaying(t *testing.T, code, text string) (n int) {
	t.Helper()
	person := w.person(t, code)
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.OpenTodos(ctx, person.ID, 100)
		for _, x := range list {
			if x.Text == text {
				n++
			}
		}
		return err
	})
	return n
}

// Rules that start each other, as two files of different hands may, stop by themselves: none acts on its own doing.
func TestRulesThatStartEachOtherStop(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		for name, text := range map[string]string{
			"一": "当 客户.级别 变为 A 则 修改 级别 为 B", "二": "当 客户.级别 变为 B 则 修改 级别 为 C",
			"三": "当 客户.级别 变为 C 则 修改 级别 为 A", "四": "当 客户.级别 变化 则 推送 负责人的主管 \"级别变了\" 只发文字",
		} {
			w.turnOn(t, s, name, text)
		}
		s.As("王芳").Skip().Say("分级 绍兴市立医院 B")
		s.As("王芳").ExpectText("绍兴市立医院")
		s.Settle()
		// B by hand, then C, A, and B once more by the rules; the second has acted.
		if n := countAudit(t, w, "rule.set"); n != 3 {
			t.Errorf("rules changed it %d times, want 3", n)
		}
	})
}
