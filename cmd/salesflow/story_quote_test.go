package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// quote reads a quote by its number.
func (w world) quote(t *testing.T, no string) (q sales.Quote) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		q, err = tx.QuoteByNo(ctx, no)
		return err
	})
	return q
}

// floors gives the analyser a floor of 85 % of its list price, ¥480,000.
func floors(t *testing.T, s *bottest.Story) {
	t.Helper()
	admin := s.As("郑凯").Skip()
	admin.Say("改产品 全自动生化分析仪 底价折扣 85")
	admin.ExpectAny()
}

func TestAQuoteAboveTheBoundGoesToTheDirectorAndBecomesAContract(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, director := s.As("周敏").Skip(), s.As("陈刚").Skip()
		rep.Say("报价 绍兴市立医院 生化分析仪 2台 单价45万")
		mine := rep.ExpectCard("报价待审批 · BJ2026-001", "等 销售总监 陈刚", "2台 × ¥450,000.00", "¥900,000.00(标准价 93.75 折)", "4月10日")
		mine.ExpectButtons("催办", "详情", "撤回")
		card := director.ExpectCard("报价待审批 · BJ2026-001", "等你处理", "绍兴市立医院", "¥900,000.00")
		card.ExpectButtons("同意", "退回修改", "驳回", "更多")
		director.Say("退回 B1 单价降到42万")
		director.ExpectText("已退回", "BJ2026-001")
		rep.ExpectText("退回修改", "单价降到42万")
		rep.Skip()
		rep.Say("重新提交 BJ2026-001 单价42万")
		rep.ExpectText("已重新提交", "90万 → 84万", "陈刚")
		director.ExpectCard("等你处理", "¥840,000.00").Click("同意")
		rep.ExpectText("BJ2026-001", "全部通过", "转合同 BJ2026-001")
		rep.Skip()
		rep.Say("帮助 转合同")
		rep.ExpectText("试试:转合同 BJ2026-001")
		rep.Say("报价 BJ2026-001")
		rep.ExpectCard("报价已通过", "已通过 · 陈刚", "[转合同][详情]").Click("转合同")
		rep.ExpectCard("合同草稿", "绍兴市立医院", "¥840,000.00")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批 · HT2026-001", "¥840,000.00")
		if q := w.quote(t, "BJ2026-001"); q.State != sales.QuoteContracted || q.ContractID == 0 || q.Amount != 84*sales.Wan {
			t.Errorf("quote %+v", q)
		}
		c, _ := w.contract(t, "HT2026-001")
		if c.Amount != 84*sales.Wan || len(c.Products) != 1 || !contains(c.Terms, "BJ2026-001", "2台") {
			t.Errorf("contract %+v", c)
		}
		rep.Skip()
		rep.Say("转合同 BJ2026-001")
		rep.ExpectText("已经转过合同")
	})
}

func TestASmallQuoteHoldsAtOnceAndOneUnderTheFloorDoesNot(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, director, other := s.As("周敏").Skip(), s.As("陈刚").Skip(), s.As("李强").Skip()
		floors(t, s)
		rep.Say("报价 绍兴市立医院 离心机 3台 单价2000元 有效期15天")
		rep.ExpectCard("报价已通过 · BJ2026-001", "不用审批", "¥6,000.00", "3月26日").ExpectButtons("转合同", "详情")
		director.ExpectNothingElse()
		rep.Say("特价申请 绍兴市立医院 生化分析仪 1台 8折")
		rep.ExpectText("为什么要特价")
		rep.Say("竞品报了38万")
		rep.ExpectCard("特价申请待审批 · TJ2026-001", "¥384,000.00(标准价 80 折) ⚠ 低于底价", "低 2.4万", "竞品报了38万")
		lead := s.As("王芳")
		lead.ExpectCard("特价申请待审批", "等你处理", "低于底价").Click("同意")
		director.ExpectCard("特价申请待审批", "等你处理").Click("驳回", map[string]string{"reason": map[string]string{sim.WeCom: "price", sim.DingTalk: "价格太低"}[rep.Platform()]})
		rep.ExpectText("TJ2026-001", "驳回", "价格太低")
		other.Say("报价 TJ2026-001")
		other.ExpectText("或者不归你看").Without("384", "绍兴市立医院")
		rep.Skip()
		rep.Say("转合同 TJ2026-001")
		rep.ExpectText("还没批过")
		rep.Say("报价 绍兴市立医院 生化分析仪 2台 40万")
		rep.ExpectCard("报价待审批", "2台 × ¥400,000.00", "⚠ 低于底价")
		rep.Say("报价")
		rep.ExpectText("最近的报价", "BJ2026-002", "TJ2026-001", "已驳回", "BJ2026-001", "已通过")
	})
}

func TestAQuoteAsksForWhatIsMissing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("报价")
		rep.ExpectText("还没有报价", "报价 绍兴市立医院")
		rep.Say("报价 生化分析仪 2台 单价45万")
		rep.ExpectText("报价给哪家客户")
		rep.Say("绍兴市立医院")
		rep.ExpectCard("报价待审批 · BJ2026-001", "绍兴市立医院", "¥900,000.00")
		rep.Say("报价 绍兴市立医院 离心机 7台 总价1万")
		rep.ExpectText("除不尽", "回单价")
		rep.Say("1500")
		rep.ExpectCard("¥10,500.00")
		rep.Say("撤回 BJ2026-001")
		rep.ExpectText("已撤回", "BJ2026-001")
		rep.Skip()
		rep.Say("报价 已经发给王主任了,绍兴市立医院嫌贵")
		rep.ExpectCard("拜访").Without("BJ2026")
	})
}

// flowing changes the flows of a story's company.
func flowing(t *testing.T, platform string, flows ...configs.Flow) world {
	t.Helper()
	return newWorld(t, platform, func(o *demoOptions) {
		o.change = func(c *configs.Config, org *configs.Org) {
			everybodyOn(org, platform)
			c.Rules.Approval.Flows = flows
		}
	})
}

func TestFlowsAreChosenByCondition(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := flowing(t, platform,
				configs.Flow{
					Name: "大额合同", Kind: "contract", When: "金额 > 100万 或 折扣 < 85%", CC: []string{"财务"}, Steps: []configs.FlowStep{
						{Who: []string{"法务", "财务"}, Mode: "each_of"}, {Who: []string{"提交人的主管"}}, {Who: []string{"@陈刚"}, When: "金额 > 500万"},
					},
				},
				configs.Flow{Name: "小额合同", Kind: "contract", Steps: []configs.FlowStep{{Who: []string{"提交人的主管"}}}},
			)
			s := bottest.New(t, w)
			rep, legal, finance, lead := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("吴桐").Skip(), s.As("王芳").Skip()
			rep.Say("审批流程 合同 50万")
			rep.ExpectText("合同 50万,走\"小额合同\"", "1. 提交人的主管:王芳")
			rep.Say("审批流程 合同 600万 绍兴市立医院")
			rep.ExpectText("大额合同", "金额 > 100万 或 折扣 < 85%", "1. 法务、财务:赵磊、吴桐", "2. 提交人的主管:王芳", "3. 陈刚:陈刚")
			rep.Say("审批流程")
			rep.ExpectText("1. 合同 · 大额合同", "2. 合同 · 小额合同", "报价 · 默认", "特价申请 · 默认")
			rep.Say(contractFiling)
			rep.ExpectCard("合同草稿")
			rep.Say("无附件")
			rep.ExpectCard("合同待审批", "法务、财务 赵磊、吴桐")
			legal.ExpectCard("等你处理").Click("同意")
			lead.ExpectNothingElse()
			finance.ExpectCard("还差 吴桐 签", "[同意]").Click("同意")
			lead.ExpectCard("等你处理", "HT2026-001")
			rep.Say("审批流程 HT2026-001")
			rep.ExpectText("大额合同", "赵磊 已同意", "吴桐 已同意", "2. 提交人的主管:王芳 等他")
			lead.Say("同意 A1")
			lead.ExpectText("全部通过")
			rep.ExpectText("全部通过", "王芳")
			finance.ExpectText("抄送", "HT2026-001", "已通过")
		})
	}
}

func TestADeputyApprovesInTheAbsence(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
		file(rep, legal)
		legal.Say("请假 今天到周五 代理 孙静")
		legal.ExpectCard("请假")
		card := head.ExpectCard("合同待审批", "HT2026-001", "赵磊(孙静 代)")
		card.ExpectButtons("同意", "退回修改", "驳回", "更多")
		other := s.As("李强").Skip()
		other.Say("同意 HT2026-001")
		other.ExpectText("或者不归你看")
		card.Click("同意")
		s.As("陈刚").ExpectCard("等你处理", "HT2026-001")
		rep.Skip()
		rep.Say("审批流程 HT2026-001")
		rep.ExpectText("赵磊 已同意(孙静 代)")
		_, r := w.contract(t, "HT2026-001")
		if a := r.Steps[0].Approvers[0]; a.By != w.person(t, "sunjing").ID || r.Step != 1 {
			t.Errorf("approver %+v", a)
		}
	})
}

func TestADelegationHoldsForItsPeriod(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
		legal.Say("委托 孙静 明天到后天 合同")
		legal.ExpectText("已委托孙静代审合同", "3月12日")
		head.ExpectText("赵磊委托你代审合同")
		file(rep, legal)
		head.Say("同意 HT2026-001")
		head.ExpectText("不归你审")
		s.At(onDay(12, 9, 30))
		head.ExpectCard("HT2026-001", "赵磊(孙静 代)")
		head.Say("审批")
		head.ExpectCard("HT2026-001")
		legal.Skip()
		legal.Say("取消委托")
		legal.ExpectText("已收回")
		head.ExpectText("不用你代审")
		s.Settle()
		head.Skip()
		head.Say("同意 HT2026-001")
		head.ExpectText("不归你审")
		legal.Say("同意 HT2026-001")
		legal.ExpectText("已同意")
	})
}

func TestSeveralAreApprovedAtATapButNoneWithFindings(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		for _, c := range [][3]string{{"46万", "30", "¥460,000"}, {"47万", "90", "¥470,000"}, {"48万", "30", "¥480,000"}} {
			rep.Say("提交合同 绍兴市立医院 生化分析仪 " + c[0] + " 40%预付 余款验收后" + c[1] + "天 交期45天")
			rep.ExpectCard("合同草稿", c[2])
			rep.Say("无附件")
			rep.ExpectCard("合同待审批", c[2])
			legal.ExpectCard("等你处理", c[2])
		}
		legal.Skip()
		legal.Say("审批")
		list := legal.ExpectCard("等你审批 3 份", "HT2026-002", "⚠ 1 处超制度", "没有超制度的 2 份")
		list.Click("同意这 2 份")
		list.ExpectUpdate("批量审批", "HT2026-001、HT2026-003").ExpectNoButtons()
		for no, step := range map[string]int{"HT2026-001": 1, "HT2026-002": 0, "HT2026-003": 1} {
			if _, r := w.contract(t, no); r.Step != step {
				t.Errorf("%s stands at step %d, want %d", no, r.Step, step)
			}
		}
		director := s.As("陈刚").Skip()
		director.Say("同意 A1 A3 A9")
		director.ExpectText("HT2026-001,全部通过", "HT2026-003,全部通过", "没有合同 HT2026-009")
	})
}

func TestPapersCopiesAndSupplements(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, finance := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("吴桐").Skip()
		file(rep, legal)
		rep.Say("抄送 HT2026-001 吴桐")
		rep.ExpectText("已抄送给吴桐")
		rep.Say("补充 HT2026-001 客户同意先付三成")
		rep.ExpectText("补到 HT2026-001")
		legal.ExpectText("周敏", "补充", "客户同意先付三成")
		legal.Say("加签 HT2026-001 孙静 之后")
		legal.ExpectText("已加签给孙静")
		legal.Say("同意 HT2026-001")
		s.As("孙静").ExpectCard("HT2026-001", "[同意]").Click("同意")
		s.As("陈刚").ExpectCard("等你处理").Click("同意")
		finance.ExpectText("抄送", "HT2026-001", "已通过")
		finance.Say("合同 HT2026-001")
		finance.ExpectCard("合同已通过", "¥1,280,000.00")
		rep.Skip()
		admin := s.As("郑凯").Skip()
		rep.Say("用印 HT2026-001")
		rep.ExpectText("已申请用印", "郑凯", "3月13日")
		rep.Say("已用印 HT2026-001")
		rep.ExpectText("由郑凯登记")
		seal := admin.ExpectCard("用印 · HT2026-001", "等你盖章")
		seal.Click("已用印")
		seal.ExpectUpdate("已用印 · 郑凯")
		rep.ExpectText("已盖章", "原件 HT2026-001")
		rep.Say("原件")
		rep.ExpectText("等原件", "HT2026-001")
		rep.Say("原件 HT2026-001")
		rep.ExpectText("原件已归档")
		rep.Say("税率 HT2026-001 13%")
		rep.ExpectText("不含税 ¥1,132,743.36", "税额 ¥147,256.64")
		for _, code := range []string{"zhoumin", "zhengkai"} {
			for _, todo := range w.todos(t, code) {
				if contains(todo.Text, "HT2026-001") {
					t.Errorf("%s still has to %s", code, todo.Text)
				}
			}
		}
	})
}

func TestACreditLimitIsMarkedAtSubmission(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					everybodyOn(org, platform)
					c.Rules.ContractLimits.Block = []string{"credit"}
				}
			})
			s := bottest.New(t, w)
			rep, finance := s.As("周敏").Skip(), s.As("吴桐").Skip()
			rep.Say("授信 绍兴市立医院 500万")
			rep.ExpectText("由财务或总监来定")
			finance.Say("授信 绍兴市立医院 50万")
			finance.ExpectText("授信 50万")
			rep.Say(contractFiling)
			rep.ExpectCard("合同草稿")
			rep.Say("无附件")
			rep.ExpectText("提交不了", "授信额度", "授信 50万")
		})
	}
}

func TestAnAmountWithoutTaxIsPutWithIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 不含税40万 税率6% 40%预付 余款验收后30天 交期45天")
		rep.ExpectCard("合同草稿", "¥424,000.00", "不含税 ¥400,000.00,按 6% 换成含税")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批 · HT2026-001", "¥424,000.00")
		rep.Say("税率 HT2026-001")
		rep.ExpectText("税率 6%", "不含税 ¥400,000.00", "税额 ¥24,000.00")
	})
}

func TestARuleReachesWhoAQuoteWaitsFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "报价24小时", "当 报价 进入 待审批 超过 24小时 且 未处理 则 推送 当前审批人 \"{客户} 的报价等了一天\"")
		rep, director := s.As("周敏").Skip(), s.As("陈刚").Skip()
		for range 2 {
			rep.Say("报价 绍兴市立医院 生化分析仪 2台 单价45万")
			rep.ExpectCard("报价待审批")
			director.ExpectCard("报价待审批", "等你处理")
		}
		director.Say("同意 B1")
		director.ExpectText("BJ2026-001", "全部通过")
		s.FastForward(26 * time.Hour)
		if n := w.count(t, "陈刚", "绍兴市立医院 的报价等了一天"); n != 1 {
			t.Errorf("reminded %d times, want once, of the one that is not decided", n)
		}
	})
}
