package main

import (
	"context"
	"slices"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// rule reads a rule and its texts, the newest first.
func (w world) rule(t *testing.T, name string) (r sales.Rule, versions []sales.RuleVersion) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if r, err = tx.RuleByName(ctx, name); err != nil {
			return err
		}
		versions, err = tx.RuleVersions(ctx, r.ID)
		return err
	})
	return r, versions
}

func TestADirectorWritesARule(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		director := s.As("陈刚").Skip()
		director.Say("规则 字段 合同")
		director.ExpectText("能这样写", "待审批", "金额:金额", "客户.级别", "能推给:负责人")
		director.Say("规则 大单看紧\n当 合同 进入 待审批 且 合同.金额 > 50万 且 客户.级别 ≠ C\n则 推送 销售总监 \"大单 {编号}\"\n再过 24小时 则 推送 总经理")
		draft := director.ExpectCard("规则 · 大单看紧", "草稿", "合同一进入待审批", "金额 > 50万", "销售总监", "再过 24小时")
		draft.ExpectButtons("启用", "试跑", "修改", "放弃")
		if r, _ := w.rule(t, "大单看紧"); r.State != sales.RuleDraft {
			t.Errorf("a rule nobody switched on is %s", r.State)
		}
		draft.Click("启用")
		on := draft.ExpectUpdate("在用").ExpectButtons("试跑", "修改", "版本", "停用")
		director.Say("规则")
		director.ExpectText("条在用", "大单看紧:近 30 天没触发", "合同48小时", "看一条")
		// A new text waits beside the one that runs.
		on.Click("修改")
		director.ExpectText("把改好的整条发过来", "合同.金额 > 50万")
		director.Say("当 合同 进入 待审批 且 合同.金额 > 80万 则 推送 销售总监")
		next := director.ExpectCard("大单看紧", "第 2 版待启用", "80万")
		if r, v := w.rule(t, "大单看紧"); r.N != 1 || r.State != sales.RuleOn || len(v) != 2 {
			t.Errorf("the rule runs version %d of %d, %s", r.N, len(v), r.State)
		}
		next.Click("启用")
		next.ExpectUpdate("在用", "80万")
		director.Say("规则 对比 大单看紧 1 2")
		director.ExpectText("第 1 版 → 第 2 版", "条件:", "50万", "80万", "第二步:去掉了")
		director.Say("规则 恢复 大单看紧 1")
		director.ExpectText("恢复到第 1 版", "记作第 3 版")
		director.Say("规则 版本 大单看紧")
		director.ExpectText("有 3 版", "3. ", "恢复第 1 版(现在用的)", "陈刚")
		director.Say("规则 停用 大单看紧")
		director.ExpectText("停用了")
		director.Skip()
		director.Say("规则 启用 大单")
		director.ExpectText("启用了")
		director.Skip()
		director.Say("规则 删除 大单看紧")
		director.ExpectText("删除了")
		director.Say("规则 大单看紧")
		director.ExpectText("没有叫", "大单看紧")
		director.Say("规则 导出")
		director.ExpectText("条规则", "rules.dir")
		if r, v := w.rule(t, "大单看紧"); r.State != sales.RuleGone || r.N != 3 || v[0].Author != w.person(t, "chengang").ID {
			t.Errorf("the rule is %+v by %d", r, v[0].Author)
		}
	})
}

func TestAMistakeInARuleIsPointedAt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin := s.As("郑凯").Skip()
		admin.Say("新规则 当 合同 进入 待审皮 超过 48小时 则 推送 法务主官")
		wrong := admin.ExpectCard("规则有一处没看懂", "第 1 行第 9 个字", "要写的是 待审批 吗", "推送 法务主管").ExpectButtons("用这句")
		wrong.Click("用这句")
		admin.ExpectCard("规则 · 合同待审批48小时", "草稿", "法务主管")
		if r, v := w.rule(t, "合同待审批48小时"); r.State != sales.RuleDraft || v[0].Text != "当 合同 进入 待审批 超过 48小时 则 推送 法务主管" {
			t.Errorf("%s: %q", r.State, v[0].Text)
		}
		admin.Say("当 登记 投诉 推送 客服")
		admin.ExpectCard("没看懂", "当 登记 投诉 则 推送 客服")
		admin.Say("好")
		admin.ExpectCard("新投诉", "草稿").Click("放弃").ExpectUpdate("已放弃").ExpectNoButtons()
		admin.Say("当 客户.级别 变化 则 修改 级别 为 B")
		admin.ExpectCard("没看懂", "会触发自己", "且 级别 ≠ B")
		admin.Say("当 合同 进入 待审批 且 金额 > 5万 且 金额 < 3万 则 推送 财务")
		admin.ExpectCard("不可能同时成立")
		admin.Say("当 登记 投诉 则 推送 总经理")
		admin.ExpectCard("草稿", "总经理 现在没有人")
		admin.Say("当面见了绍兴市立医院王主任,就谈了价格")
		admin.ExpectAny()
		var names []string
		w.view(t, func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.Rules(ctx)
			for _, r := range list {
				if r.Source == sales.RuleChat && r.State != sales.RuleGone {
					names = append(names, r.Name)
				}
			}
			return err
		})
		slices.Sort(names)
		if want := []string{"合同待审批48小时", "新投诉2"}; !slices.Equal(names, want) {
			t.Errorf("the chat made the rules %q, want %q", names, want)
		}
	})
}

func TestCirclesOfRulesAreNamedInTheChat(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		admin := s.As("郑凯").Skip()
		admin.Say("规则 降级\n当 客户.级别 变为 A 则 修改 级别 为 B")
		admin.ExpectCard("降级", "草稿").Click("启用")
		admin.ExpectCard("降级", "在用")
		admin.Say("规则 升级\n当 客户.级别 变为 B 则 修改 级别 为 A")
		admin.ExpectCard("没看懂", "互相触发", "降级", "升级")
		// A draft written before does not run either once it would close the circle.
		admin.Say("规则 停用 降级").ExpectText("停用了")
		admin.Say("规则 升级\n当 客户.级别 变为 B 则 修改 级别 为 A")
		admin.ExpectCard("升级", "草稿").Click("启用")
		admin.ExpectCard("升级", "在用")
		admin.Say("规则 启用 降级")
		admin.ExpectText("没有启用", "互相触发", "降级")
	})
}

func TestWhoMayReadAndWriteRules(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead, rep := s.As("王芳").Skip(), s.As("周敏").Skip()
		lead.Say("规则")
		lead.ExpectText("条在用", "合同48小时")
		lead.Say("规则 合同48小时")
		lead.ExpectCard("合同48小时", "在用", "法务主管").ExpectNoButtons()
		lead.Say("规则 停用 合同48小时")
		lead.ExpectText("管理员或销售总监权限")
		lead.Say("当 登记 投诉 则 推送 客服")
		lead.ExpectText("管理员或销售总监权限")
		lead.Say("新规则 当 登记 投诉 则 推送 客服")
		lead.ExpectText("没有这个权限")
		rep.Say("规则")
		rep.ExpectText("没有这个权限")
		r, _ := w.rule(t, "合同48小时")
		if r.State != sales.RuleOn || r.Source != sales.RulePack {
			t.Errorf("the pack's rule is %+v", r)
		}
	})
}
