package main

import (
	"sync"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store/approval"
)

// onBothFlowing tells a story on both platforms in a company with flows of its own.
func onBothFlowing(t *testing.T, flows []configs.Flow, story func(t *testing.T, s *bottest.Story, w world)) {
	t.Helper()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := flowing(t, platform, flows...)
			story(t, bottest.New(t, w), w)
		})
	}
}

// Nobody is a regional director or in marketing here; legal signs in two steps.
func TestEmptyAndRepeatedSeatsOfAFlow(t *testing.T) {
	t.Parallel()
	onBothFlowing(t, []configs.Flow{{Name: "全流程", Kind: "contract", Steps: []configs.FlowStep{
		{Who: []string{"市场"}, Empty: "pass"},
		{Who: []string{"区域总监"}, Empty: "admin"},
		{Who: []string{"法务"}},
		{Who: []string{"总经理"}, Empty: "superior"},
		{Who: []string{"法务", "销售总监", "法务"}, Mode: "all_of"},
	}}}, func(t *testing.T, s *bottest.Story, w world) {
		rep, admin, legal, lead, director := s.As("周敏").Skip(), s.As("郑凯").Skip(), s.As("赵磊").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		rep.Say("审批流程 合同 128万")
		rep.ExpectText("全流程", "郑凯", "赵磊", "王芳", "陈刚")
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批", "区域总监 郑凯")
		admin.ExpectCard("等你处理").Click("同意")
		legal.ExpectCard("等你处理").Click("同意")
		lead.ExpectCard("等你处理").Click("同意")
		director.ExpectCard("还差 陈刚 签", "[同意]")
		if n := w.count(t, "赵磊", "HT2026-001", "[同意]"); n != 0 {
			t.Errorf("who has signed is asked again:\n%s", w.screen(t, "赵磊"))
		}
		director.Say("同意 HT2026-001")
		rep.ExpectText("全部通过", "陈刚")
		_, r := w.contract(t, "HT2026-001")
		if last := r.Steps[len(r.Steps)-1]; len(last.Approvers) != 2 || !last.Approvers[0].Auto || r.Log[1].Verb != approval.VerbSkip {
			t.Errorf("last step %+v, log %+v", last.Approvers, r.Log)
		}
		rep.Skip().Say("审批流程 HT2026-001")
		rep.ExpectText("郑凯 已同意", "赵磊 已同意", "王芳 已同意", "陈刚 已同意")
	})
}

// Whoever submits what they would have to sign is not asked: their superior is, or the others of the step.
func TestNobodySignsTheirOwn(t *testing.T) {
	t.Parallel()
	onBothFlowing(t, []configs.Flow{
		{Name: "主管审", Kind: "contract", Steps: []configs.FlowStep{{Who: []string{"主管"}}, {Who: []string{"主管", "财务"}, Mode: "all_of"}}},
	}, func(t *testing.T, s *bottest.Story, w world) {
		lead, director, finance := s.As("王芳").Skip(), s.As("陈刚").Skip(), s.As("吴桐").Skip()
		lead.Say(contractFiling).ExpectCard("合同草稿")
		lead.Say("无附件")
		lead.ExpectCard("合同待审批", "等 主管 陈刚").ExpectButtons("催办", "详情", "撤回")
		lead.Say("同意 HT2026-001")
		lead.ExpectText("自己提交的合同不能自己审", "陈刚")
		director.ExpectCard("等你处理").Click("同意")
		finance.ExpectCard("还差 吴桐 签", "HT2026-001").Click("同意")
		lead.ExpectText("全部通过", "吴桐")
		for _, step := range mustSteps(t, w, "HT2026-001") {
			for _, x := range step.Approvers {
				if x.Person == w.person(t, "wangfang").ID {
					t.Errorf("the requester sits in %s", step.RoleName)
				}
			}
		}
	})
}

func mustSteps(t *testing.T, w world, no string) []approval.Step {
	t.Helper()
	_, r := w.contract(t, no)
	return r.Steps
}

// Every mode in one flow, with a return in the middle: what was signed stays signed.
func TestAllWaysOfSigningInOneFlow(t *testing.T) {
	t.Parallel()
	onBothFlowing(t, []configs.Flow{{Name: "四种", Kind: "contract", Repeat: "ask", Steps: []configs.FlowStep{
		{Who: []string{"法务", "法务主管"}, Mode: "any_of"},
		{Who: []string{"@王芳", "@吴桐"}, Mode: "in_order"},
		{Who: []string{"法务", "法务主管"}, Mode: "all_of"},
		{Who: []string{"财务", "销售总监"}, Mode: "each_of"},
	}}}, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
		lead, finance, director := s.As("王芳").Skip(), s.As("吴桐").Skip(), s.As("陈刚").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		legal.ExpectCard("等你处理")
		head.ExpectCard("等你处理").Click("同意") // any of them
		lead.ExpectCard("等你处理")
		legal.Say("同意 HT2026-001")
		legal.ExpectText("已由 孙静").Without("已同意:")
		finance.Say("同意 HT2026-001")
		finance.ExpectText("还没轮到你", "等 王芳。")
		lead.Say("同意 HT2026-001")
		lead.ExpectText("现在等", "吴桐")
		finance.ExpectCard("还差 吴桐 签", "王芳 → 吴桐").Click("同意")
		legal.ExpectCard("等你处理")
		head.Skip().Say("同意 HT2026-001")
		head.ExpectText("现在等", "赵磊")
		legal.Say("退回 HT2026-001 账期改成45天")
		rep.ExpectCard("已退回修改")
		rep.Say("重新提交 HT2026-001 账期45天")
		rep.ExpectText("已重新提交", "赵磊").Without("孙静")
		legal.ExpectCard("还差 赵磊 签", "余款验收后 45 天").Click("同意")
		director.ExpectCard("等你处理").Click("同意")
		finance.Skip().Say("同意 HT2026-001")
		finance.ExpectText("全部通过")
		rep.ExpectText("全部通过", "吴桐")
		if _, r := w.contract(t, "HT2026-001"); r.State != approval.Approved || r.Round != 2 {
			t.Errorf("it is %s in round %d", r.State, r.Round)
		}
	})
}

// The deputy is away, too: their deputy gets the card and decides, and the log says for whom.
func TestADeputysDeputyDecides(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head, lead := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip(), s.As("王芳").Skip()
		head.Say("请假 今天到周五 代理 王芳")
		head.ExpectCard("请假")
		legal.Say("请假 今天到周五 代理 孙静")
		legal.ExpectCard("请假")
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批", "赵磊(王芳 代)")
		lead.ExpectCard("合同待审批", "赵磊(王芳 代)").Click("同意")
		s.As("陈刚").ExpectCard("等你处理", "HT2026-001")
		head.Skip().Say("同意 HT2026-001")
		head.ExpectText("HT2026-001").Without("已同意:")
		_, r := w.contract(t, "HT2026-001")
		if a := r.Steps[0].Approvers[0]; a.By != w.person(t, "wangfang").ID || r.Step != 1 {
			t.Errorf("approver %+v at step %d", a, r.Step)
		}
	})
}

// The company writes another flow while a request is open: the request goes the way it began, the next one the new way.
func TestAFlowThatChangesLeavesWhatIsOpenAlone(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			with := func(start time.Time, steps ...configs.FlowStep) func(*demoOptions) {
				return func(o *demoOptions) {
					o.data = dir
					if !start.IsZero() {
						o.start = start
					}
					o.change = func(c *configs.Config, org *configs.Org) {
						everybodyOn(org, platform)
						c.Rules.Approval.Flows = []configs.Flow{{Name: "合同", Kind: "contract", Steps: steps}}
					}
				}
			}
			w := newWorld(t, platform, with(time.Time{}, configs.FlowStep{Who: []string{"法务"}}, configs.FlowStep{Who: []string{"销售总监"}}))
			s := bottest.New(t, w)
			file(s.As("周敏").Skip(), s.As("赵磊").Skip())
			s.Settle()
			before := w.Now()
			if err := w.demo.close(); err != nil {
				t.Fatal(err)
			}
			w = newWorld(t, platform, with(before, configs.FlowStep{Who: []string{"财务"}}))
			s = bottest.New(t, w)
			rep, legal, director, finance := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip(), s.As("吴桐").Skip()
			legal.Say("同意 HT2026-001")
			director.ExpectCard("等你处理", "HT2026-001").Click("同意")
			rep.ExpectText("全部通过", "陈刚")
			finance.ExpectNothingElse()
			rep.Skip().Say(contractFiling).ExpectCard("合同草稿")
			rep.Say("无附件")
			rep.ExpectCard("合同待审批 · HT2026-002", "等 财务 吴桐")
			finance.ExpectCard("等你处理", "HT2026-002")
		})
	}
}

// The author takes it back while the last approver taps: one of the two stands, and the other is told.
func TestATapAndAWithdrawalAtOnce(t *testing.T) {
	t.Parallel()
	onBothFlowing(t, []configs.Flow{{Name: "一步", Kind: "contract", Steps: []configs.FlowStep{{Who: []string{"法务"}}}}},
		func(t *testing.T, s *bottest.Story, w world) {
			rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
			_, card := file(rep, legal)
			c, r := w.contract(t, "HT2026-001")
			var both sync.WaitGroup
			both.Go(func() { rep.Say("撤回 HT2026-001") })
			both.Go(func() { w.tapAgain(t, "赵磊", card, "同意", "contract.approve", c.ID, r.Version) })
			both.Wait()
			s.Settle()
			_, after := w.contract(t, "HT2026-001")
			ended := 0
			for _, e := range after.Log {
				if e.Verb == approval.VerbApprove || e.Verb == approval.VerbWithdraw {
					ended++
				}
			}
			if ended != 1 {
				t.Fatalf("it ended %d times: %+v", ended, after.Log)
			}
			switch after.State {
			case approval.Withdrawn:
				card.ExpectUpdate("合同已撤回").ExpectNoButtons()
				legal.ExpectText("撤回")
			case approval.Approved:
				card.ExpectUpdate("合同已通过").ExpectNoButtons()
				rep.ExpectText("已通过,最后由 赵磊")
			default:
				t.Errorf("it is %s", after.State)
			}
		})
}

// Of several at once each is done or refused for itself: taken back, or not one's turn.
func TestABatchWithOneThatIsRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		for _, amount := range []string{"46", "47", "48"} {
			rep.Say("提交合同 绍兴市立医院 生化分析仪 "+amount+"万 30%预付 余款验收后30天 交期45天").ExpectCard("合同草稿", "¥"+amount)
			rep.Say("无附件")
			rep.ExpectCard("合同待审批", "¥"+amount)
			legal.ExpectCard("等你处理", "¥"+amount)
		}
		legal.Say("审批")
		list := legal.ExpectCard("HT2026-001", "HT2026-002", "HT2026-003")
		rep.Say("撤回 HT2026-002")
		rep.ExpectText("已撤回")
		s.Settle()
		legal.Skip()
		list.Click("同意这 3 份")
		list.ExpectUpdate("HT2026-001", "HT2026-003", "HT2026-002 已经批过了").ExpectNoButtons()
		for no, step := range map[string]int{"HT2026-001": 1, "HT2026-002": 0, "HT2026-003": 1} {
			if _, r := w.contract(t, no); r.Step != step {
				t.Errorf("%s is at step %d, want %d", no, r.Step, step)
			}
		}
		director := s.As("陈刚").Skip()
		legal.Skip().Say("同意 HT2026-001 HT2026-002 HT2026-003")
		legal.ExpectText("你", "已同意 合同 HT2026-001", "HT2026-002 已由 周敏", "撤回")
		director.Say("同意 HT2026-001 HT2026-002 HT2026-003 都核过")
		director.ExpectText("已同意:合同 HT2026-001", "HT2026-002 已由 周敏", "已同意:合同 HT2026-003")
	})
}
