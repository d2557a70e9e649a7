package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/sales"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// withRules starts the product on a folder of rules.
func withRules(t *testing.T, data, dir string) world {
	t.Helper()
	return newWorld(t, sim.WeCom, func(o *demoOptions) {
		change := o.change
		o.data = data
		o.change = func(c *configs.Config, org *configs.Org) {
			change(c, org)
			c.Rules.Dir = dir
		}
	})
}

func TestRulesOfAFolder(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	put(t, filepath.Join(dir, "own.rule"), "# 我们的\n规则 大单\n当 合同 进入 待审批 且 金额 > 50万 则 推送 销售总监\n\n规则 合同48小时\n当 合同 进入 待审批 超过 24小时 则 推送 法务主管\n")
	w := withRules(t, data, dir)
	r, versions := w.rule(t, "合同48小时")
	if r.Source != sales.RuleFile || r.State != sales.RuleOn || len(versions) != 1 || !strings.Contains(versions[0].Text, "24小时") {
		t.Errorf("the file's rule is %+v with %d versions", r, len(versions))
	}
	s := bottest.New(t, w)
	admin := s.As("郑凯").Skip()
	admin.Say("规则 大单\n当 登记 投诉 则 推送 客服")
	admin.ExpectText("写在配置的文件里")
	admin.Say("规则 停用 合同48小时")
	admin.ExpectText("停用了")
	s.Settle()
	if err := w.demo.close(); err != nil {
		t.Fatal(err)
	}
	// The file is changed: one rule has another text, one is gone. What was switched off stays off.
	put(t, filepath.Join(dir, "own.rule"), "规则 合同48小时\n当 合同 进入 待审批 超过 36小时 则 推送 法务主管\n")
	w = withRules(t, data, dir)
	if r, v := w.rule(t, "合同48小时"); r.State != sales.RuleOff || r.N != 2 || !strings.Contains(v[0].Text, "36小时") {
		t.Errorf("the changed rule is %+v: %s", r, v[0].Text)
	}
	if r, _ := w.rule(t, "大单"); r.State != sales.RuleGone {
		t.Errorf("the rule taken out of the file is %s", r.State)
	}
	if err := w.demo.close(); err != nil {
		t.Fatal(err)
	}
	// Nothing has changed: nothing is written.
	w = withRules(t, data, dir)
	if _, v := w.rule(t, "合同48小时"); len(v) != 2 {
		t.Errorf("a start without a change made version %d", len(v))
	}
}

func TestAMistakeInAFileOfRulesStopsTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "own.rule")
	put(t, path, "规则 甲\n当 登记 投诉 则 推送 客服\n\n规则 乙\n当 合同 进入 待审批\n则 推送 法务主官\n")
	put(t, filepath.Join(dir, "more.yaml"), "丙: |\n  当 登记 投诉\n  则 推迟 客服\n")
	_, err := newDemo(context.Background(), demoOptions{
		listen: "127.0.0.1:0", data: t.TempDir(), start: storyStart, log: zerolog.New(io.Discard), noHistory: true, noEntering: true,
		change: func(c *configs.Config, _ *configs.Org) { c.Rules.Dir = dir },
	})
	if err == nil {
		t.Fatal("it started")
	}
	for _, want := range []string{path + ":6: ", "要写的是 法务主管 吗", "整条改好是", filepath.Join(dir, "more.yaml") + ":3: ", "这里看不懂"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
}

func TestCheckListsProblemsOfRules(t *testing.T) {
	t.Parallel()
	_, environ := offices(t, "")
	dir := t.TempDir()
	put(t, filepath.Join(dir, "own.rule"), "规则 甲\n当 登记 投诉 则 推送 总经理\n")
	_, out := checking(t, append(environ, "SALESFLOW_RULES_DIR="+dir))
	wantIn(t, out, "规则文件:1 个,1 条规则都读得懂", "总经理 现在没有人")
	put(t, filepath.Join(dir, "own.rule"), "规则 甲\n当 登记 投述 则 推送 客服\n")
	var code int
	code, out = checking(t, append(environ, "SALESFLOW_RULES_DIR="+dir))
	wantIn(t, out, "own.rule:2: ", "投述", "怎么改:要写的是 投诉 吗。整条改好是")
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
}

func TestTheCompanysChangesOutliveAnUpgrade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	admin := s.As("郑凯").Skip()
	admin.Say("规则 样品7天没结果\n当 样品 进入 已送达 超过 10天 则 推送 负责人")
	admin.ExpectCard("第 2 版待启用").Click("启用")
	admin.ExpectCard("样品7天没结果", "在用", "10天")
	admin.Say("规则 停用 三天没动静").ExpectText("停用了")
	admin.Say("规则 删除 投诉办结复盘").ExpectText("删除了")
	s.Settle()
	pack, err := configs.RulePack()
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := rulesIn(pack)
	if err != nil {
		t.Fatal(err)
	}
	for i := range shipped { // the next release says the same in other words
		shipped[i].Text += " "
	}
	shipped = append(shipped, ruleText{Written: rules.Written{Name: "新带的", Text: "当 登记 投诉 则 推送 客服"}, path: "new.rule"})
	org, err := w.program.db.LoadOrg(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second start finds nothing to do
		if err := w.program.keepRules(t.Context(), org, shipped, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name, state string
		n, versions int
	}{
		{"合同48小时", sales.RuleOn, 2, 2},
		{"样品7天没结果", sales.RuleOn, 2, 3},
		{"三天没动静", sales.RuleOff, 2, 2},
		{"投诉办结复盘", sales.RuleGone, 1, 1},
		{"新带的", sales.RuleOn, 1, 1},
	} {
		if r, v := w.rule(t, tc.name); r.State != tc.state || r.N != tc.n || len(v) != tc.versions {
			t.Errorf("%s is %s at version %d of %d", tc.name, r.State, r.N, len(v))
		}
	}
	admin.Say("规则 样品7天没结果")
	admin.ExpectCard("第 3 版待启用", "7天").Click("放弃")
	admin.ExpectCard("样品7天没结果", "在用", "10天")
}

func TestADraftOfARuleSurvivesARestart(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		admin := s.As("郑凯").Skip()
		const text = "规则 投诉要快\n当 登记 投诉 且 4个工作小时内 没有 拜访 则 推送 负责人的主管"
		admin.SayAgain("rule-1", text)
		admin.ExpectCard("投诉要快", "草稿")
		admin.SayAgain("rule-1", text)
		s.Settle()
		if _, v := w.rule(t, "投诉要快"); len(v) != 1 {
			t.Errorf("a message delivered twice made %d versions", len(v))
		}
		admin.Say("规则 修改 投诉要快").ExpectText("整条发过来")
	}, func(t *testing.T, s *bottest.Story, w world) {
		admin := s.As("郑凯")
		admin.Say("当 登记 投诉 且 2个工作小时内 没有 拜访 则 推送 负责人的主管")
		admin.ExpectCard("投诉要快", "草稿", "2个工作小时").Click("启用")
		admin.ExpectCard("投诉要快", "在用", "2个工作小时")
		if r, v := w.rule(t, "投诉要快"); r.State != sales.RuleOn || r.N != 2 || len(v) != 2 {
			t.Errorf("%+v of %d versions", r, len(v))
		}
		w.view(t, func(ctx context.Context, tx *store.Tx) error {
			r, err := tx.RuleByName(ctx, "投诉要快")
			if err != nil {
				return err
			}
			trail, err := tx.AuditOf(ctx, "rule", r.ID, 10)
			if err == nil && len(trail) != 3 {
				t.Errorf("%d lines of trail, want write, write, on", len(trail))
			}
			return err
		})
	})
}

// What rules are told of is what the store tells.
func TestRulesKnowWhichChangesAreTold(t *testing.T) {
	t.Parallel()
	want := store.Watched()
	for kind, columns := range want {
		got := slices.Sorted(slices.Values(subject.Told[kind]))
		if !slices.Equal(got, slices.Sorted(slices.Values(columns))) {
			t.Errorf("subject.Told[%q] = %q, the store tells %q", kind, got, columns)
		}
	}
	for kind := range subject.Told {
		if want[kind] == nil {
			t.Errorf("subject.Told has %q, of which the store tells nothing", kind)
		}
	}
	for _, o := range subject.All() {
		if f := o.StateColumn(); f != "" && o.Subject != "product" && !slices.Contains(want[o.Subject], f) {
			t.Errorf("%s has states, and nobody tells when they change", o.Name)
		}
	}
}
