package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/bot/webhook/hooktest"
	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// application reads an application by its number.
func (w world) application(t *testing.T, no string) (out sales.Application) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.ApplicationByNo(ctx, no)
		return err
	})
	return out
}

// A task nobody takes goes to the head of the department, and one that is sent back has another department look at it.
func TestATaskNobodyTakesReachesTheHead(t *testing.T) {
	t.Parallel()
	onBothWithMakers(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "快到期", "当 工单任务.到期日 前 30分钟 且 状态 = 进行中 则 推送 工单负责人 \"{编号} 的{名称}快到期了\"")
		w.turnOn(t, s, "没人接", "当 工单任务 进入 待接单 超过 2 工作小时 则 推送 部门负责人 \"{编号} {名称} 没人接,等 {负责人}\"")
		w.turnOn(t, s, "退回核参数", "当 工单任务 进入 已退回 则 转任务 给 质检 \"核一下退回的参数\" 1个工作日内")
		admin, rep, engineer := s.As("郑凯").Skip(), s.As("周敏").Skip(), s.As("方远").Skip()
		head, quality := s.As("陈刚").Skip(), s.As("严明").Skip()
		openWork(t, rep, "主轴套", "")
		engineer.ExpectCard("技术评审 · GD2026-001")
		s.FastForward(90 * time.Minute)
		head.ExpectNothingElse()
		s.FastForward(time.Hour)
		push := head.ExpectCard("没人接", "GD2026-001 技术评审 没人接,等 方远")
		engineer.Say("接单 GD2026-001")
		engineer.ExpectAny()
		push.ExpectUpdate("已到进行中").ExpectNoButtons()
		quality.ExpectNothingElse()
		s.FastForward(30 * time.Minute) // 13:00
		if n := w.count(t, "周敏", "快到期了"); n != 0 {
			t.Errorf("told %d times before it was so near", n)
		}
		_, due := w.workOrder(t, "GD2026-001")
		s.At(due[0].DueAt.Add(-29 * time.Minute))
		if n := w.count(t, "周敏", "GD2026-001 的技术评审快到期了"); n != 1 {
			t.Errorf("told %d times before %v", n, due[0].DueAt)
		}
		engineer.Skip()
		engineer.Say("退回 GD2026-001 公差 没写基准")
		engineer.ExpectText("已退回")
		s.Settle()
		task := quality.ExpectCard("核一下退回的参数 · GD2026-001", "待接单")
		task.Click("接单")
		quality.Say("完成 GD2026-001 参数没问题")
		quality.ExpectText("已完成")
		_, tasks := w.workOrder(t, "GD2026-001")
		if n := len(tasks); tasks[n-1].Role != sales.RoleQuality || tasks[n-1].State != sales.TaskDone || tasks[n-1].Hours != 9 {
			t.Errorf("the task is %+v", tasks[n-1])
		}
		// The past is replayed as it happened.
		admin.Say("试跑 没人接")
		admin.ExpectText("在用近 30 天的记录试跑")
		admin.ExpectText("会触发 1 次", "GD2026-001 技术评审", "→ 陈刚")
	})
}

// What the ERP does not take, and what the tax service cannot issue, is told to who can mend it.
func TestWhatOtherSystemsDoNotTakeIsTold(t *testing.T) {
	t.Parallel()
	onBothWithERP(t, func(t *testing.T, s *bottest.Story, w world, erp *hooktest.Receiver, _ *taxService) {
		w.turnOn(t, s, "没接单", "当 发货 ERP没接单 超过 1小时 则 推送 财务 \"{编号} 发了,ERP 还没接单\"")
		w.turnOn(t, s, "拒单", "当 合同 ERP拒单 变为 是 则 推送 负责人的主管 \"{编号} 被 ERP 拒了\"")
		w.turnOn(t, s, "开票失败", "当 发票 电子票 变为 失败 则 推送 负责人 \"{编号} 的电子票{电子票}\"")
		admin, rep, legal, director := s.As("郑凯").Skip(), s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		finance, lead := s.As("吴桐").Skip(), s.As("王芳").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 余款验收后30天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		legal.ExpectCard("等你处理").Click("同意")
		director.ExpectCard("等你处理").Click("同意")
		s.Settle()
		var order map[string]any
		if err := json.Unmarshal(erp.Wait(t, "order.signed", 1)[0].Data, &order); err != nil {
			t.Fatal(err)
		}
		rep.Skip()
		rep.Say("发货 HT2026-001 4台 20万 4月10日送到")
		rep.ExpectCard("FH2026-001")
		finance.Skip()
		s.FastForward(2 * time.Hour)
		push := finance.ExpectCard("没接单", "FH2026-001 发了,ERP 还没接单")
		lead.Skip()
		admin.Say("接口令牌 新建 ERP 读写 合同、订单、发货、发票、回款")
		api := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("读写订单").Text)}
		id := order["contract_id"].(string)
		api.want(201, "POST", "/contracts/"+id+"/order", `{"state":"rejected","seq":1,"note":"物料停产"}`)
		s.Settle()
		lead.ExpectCard("拒单", "HT2026-001 被 ERP 拒了")
		api.want(201, "POST", "/contracts/"+id+"/order", `{"state":"accepted","order_no":"SO-1","seq":2}`)
		s.Settle()
		push.ExpectUpdate("已接单").ExpectNoButtons()

		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("开票资料 绍兴市立医院 抬头 绍兴市立医院 税号 913306001234567 邮箱 cw@example.com")
		finance.ExpectText("记下了")
		rep.Skip()
		finance.Say("电子票 FP2026-001")
		finance.ExpectCard("在开")
		s.Settle()
		rep.ExpectCard("开票失败", "FP2026-001 的电子票失败")
	})
}

// Goods that are held back start an application: it goes the company's way, is decided on the cards, and is one thing however
// often they are held back.
func TestARuleAsksForAnApproval(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		director, rep, legal, lead := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("王芳").Skip()
		director.Say("新规则 当 发货 被拦 则 发起审批 超期发货 \"{编号} {客户} 要先发货\"")
		director.ExpectCard("合同的发货一被拦", "发起审批 超期发货").Click("启用")
		rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后30天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		legal.ExpectCard("等你处理").Click("同意")
		director.ExpectCard("HT2026-001", "等你处理").Click("同意")
		s.Settle()
		rep.Skip()
		rep.Say("发货 HT2026-001 4台 20万")
		rep.ExpectText("发不了", "预付 30%")
		s.Settle()
		rep.ExpectCard("审批申请待审批 · SQ2026-001", "超期发货", "合同 HT2026-001", "发起", "等 主管 王芳").ExpectButtons("催办", "详情", "撤回")
		rep.Say("发货 HT2026-001 4台 20万")
		rep.ExpectText("发不了")
		s.Settle()
		// The same done once more, as after an unknown commit, and the same asked on another occasion.
		x := w.application(t, "SQ2026-001")
		for source, want := range map[string]string{x.Source: "", x.Source + "/again": "SQ2026-001 还没批完"} {
			_, err := w.program.db.Do(t.Context(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
				org, err := w.program.books.Org(ctx)
				if err != nil {
					return err
				}
				reply, trouble, err := w.program.app.StartApplication(ctx, tx, org, w.program.clock.Now(), handlers.RuleApplication{
					Rule: x.Rule, Topic: x.Topic, Source: source, Object: x.AboutKind, ID: x.AboutID, Owner: x.OwnerID,
				})
				if len(reply.Say) > 0 || !strings.Contains(trouble, want) {
					t.Errorf("%s: %d messages, %q", source, len(reply.Say), trouble)
				}
				return err
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		lead.ExpectCard("审批申请待审批 · SQ2026-001", "等你处理", "超期发货", "HT2026-001 绍兴市立医院 要先发货").Click("同意")
		s.Settle()
		director.Say("审批流程 SQ2026-001")
		director.ExpectCard("SQ2026-001", "等你处理")
		director.ExpectText("王芳", "陈刚")
		director.Say("同意 S1 先发这一批")
		director.ExpectText("已同意", "SQ2026-001", "全部通过")
		rep.ExpectText("SQ2026-001", "全部通过", "陈刚", "可以照办了")
		rep.Skip()
		rep.Say("审批申请 SQ2026-001")
		rep.ExpectCard("审批申请已通过 · SQ2026-001", "陈刚")
		if x = w.application(t, "SQ2026-001"); x.State != sales.ContractApproved || x.AboutKind != "contract" || x.Rule == "" || x.Amount != 128*sales.Wan {
			t.Errorf("the application is %+v", x)
		}
		rep.Say("审批申请")
		rep.ExpectText("SQ2026-001 · 超期发货", "已通过").Without("SQ2026-002")
	})
}

// A person asks for something themselves: sent back, mended, withdrawn, and nobody else's business.
func TestAnApplicationIsSentBackMendedAndWithdrawn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, other := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("李强").Skip()
		rep.Say("审批申请 绍兴市立医院 延长账期")
		rep.ExpectText("为什么要延长账期")
		rep.SayAgain("apply-1", "客户月底才结账 金额 3万")
		rep.ExpectCard("审批申请待审批 · SQ2026-001", "延长账期", "客户 绍兴市立医院", "¥30,000.00", "客户月底才结账")
		rep.SayAgain("apply-1", "客户月底才结账 金额 3万")
		s.Settle()
		lead.ExpectCard("SQ2026-001", "等你处理")
		lead.Say("退回 SQ2026-001 写清楚延几天")
		lead.ExpectText("已退回", "SQ2026-001")
		rep.ExpectText("SQ2026-001", "退回修改", "写清楚延几天")
		rep.Skip()
		rep.Say("重新提交 SQ2026-001 延 15 天 金额 2万")
		rep.ExpectText("已重新提交", "王芳")
		lead.ExpectCard("SQ2026-001", "等你处理", "¥20,000.00", "延 15 天")
		other.Say("审批申请 SQ2026-001")
		other.ExpectText("没有审批申请 SQ2026-001,或者不归你看")
		other.Say("同意 SQ2026-001")
		other.ExpectAny().Without("已同意")
		rep.Say("撤回 SQ2026-001")
		rep.ExpectText("已撤回")
		lead.Say("同意 SQ2026-001")
		lead.ExpectAny().Without("已同意:")
		if x := w.application(t, "SQ2026-001"); x.State != sales.ContractWithdrawn || x.Amount != 2*sales.Wan {
			t.Errorf("the application is %+v", x)
		}
		rep.Say("审批申请 HT2026-999 延长账期 客户要求")
		rep.ExpectText("HT2026-999")
		rep.Say("审批申请 费用超标 展会多租了一个展位")
		rep.ExpectCard("SQ2026-002", "费用超标")
	})
}

// An approval request's wait begins anew with each step, and does not run while who it waits for is on leave.
func TestEachStepOfAnApprovalHasItsOwnWait(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "一步四小时", "当 审批单 进入 待审批 超过 4小时 且 类型 = 合同 则 推送 当前审批人 \"{编号} 在{当前步骤}等了四小时\" 按钮 我来处理")
		w.turnOn(t, s, "不算请假", "当 审批单 进入 待审批 超过 5小时 请假不算 则 推送 发起人 \"{编号} 等了五小时\"")
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		file(rep, legal)
		s.FastForward(3 * time.Hour)
		legal.Skip()
		legal.Say("同意 HT2026-001")
		legal.ExpectText("已同意")
		director.Say("请假 今天到明天")
		s.Settle()
		director.Skip()
		s.FastForward(2 * time.Hour)
		if n := w.count(t, "赵磊", "等了四小时") + w.count(t, "陈刚", "等了四小时"); n != 0 {
			t.Errorf("%d were told before the step's time", n)
		}
		s.FastForward(3 * time.Hour)
		if n := w.count(t, "陈刚", "HT2026-001 在销售总监等了四小时"); n != 1 {
			t.Errorf("who it waits for is told %d times", n)
		}
		if n := w.count(t, "周敏", "等了五小时"); n != 0 {
			t.Errorf("a leave counts: told %d times", n)
		}
		s.At(onDay(13, 8, 20))
		if n := w.count(t, "周敏", "HT2026-001 等了五小时"); n != 0 {
			t.Errorf("told %d times before the morning", n)
		}
		s.At(onDay(13, 9, 0))
		if n := w.count(t, "周敏", "HT2026-001 等了五小时"); n != 1 {
			t.Errorf("told %d times after the leave", n)
		}
	})
}

// A statement the customer disputes, and a file that cannot be read, find who is to know.
func TestStatementsAndImportsHaveRules(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "对账有差异", "当 对账单 进入 有差异 且 差额 > 1000 则 推送 销售总监 \"{客户} {月份} 的对账单差 {差额}\"")
		w.turnOn(t, s, "导入没确认", "当 导入 待确认 超过 1小时 则 推送 发起人 \"导入{类型} {行数} 行还没确认\"")
		admin, finance, rep, director := s.As("郑凯").Skip(), s.As("吴桐").Skip(), s.As("周敏").Skip(), s.As("陈刚").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		rep.Skip()
		rep.Say("对账单 绍兴市立医院 本月")
		rep.ExpectCard("对账单 2026年3月")
		rep.Skip()
		rep.Say("对账单 绍兴市立医院 3月 对方 30万")
		s.Settle()
		director.ExpectCard("对账有差异", "绍兴市立医院", "差 ¥100,000.00")
		sendSheet(admin, w, "客户.xlsx", excel(t, importHeader, []any{"湖州新仪器有限公司", "0572-2012345", "制造", "", "湖州", "", ""})).ExpectAny()
		s.FastForward(30 * time.Minute)
		if n := w.count(t, "郑凯", "还没确认"); n != 0 {
			t.Errorf("told %d times after half an hour", n)
		}
		s.FastForward(time.Hour)
		if n := w.count(t, "郑凯", "导入客户 1 行还没确认"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// A region's day off is none for who works elsewhere: spans of a record go by its owner's region, and so does when they are told.
func TestRulesGoByTheRegionOfWhoseRecordItIs(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					c.Calendar.Days = []string{"2026-03-12 休 厂庆 @华东"}
					everybodyOn(org, platform)
				}
			})
			s := bottest.New(t, w)
			w.turnOn(t, s, "一个工作日", "当 合同 进入 待审批 超过 1个工作日 则 推送 吴桐")
			w.turnOn(t, s, "一天", "当 合同 进入 待审批 超过 24小时 则 推送 负责人")
			file(s.As("周敏").Skip(), s.As("赵磊").Skip())
			s.At(onDay(12, 18, 0))
			if n, m := w.count(t, "吴桐", "超时未审 · HT2026-001"), w.count(t, "周敏", "超时未审 · HT2026-001"); n+m != 0 {
				t.Errorf("on the region's day off %d and %d are told", n, m)
			}
			s.At(onDay(13, 11, 0))
			if n, m := w.count(t, "吴桐", "超时未审 · HT2026-001"), w.count(t, "周敏", "超时未审 · HT2026-001"); n != 1 || m != 1 {
				t.Errorf("afterwards %d and %d are told", n, m)
			}
		})
	}
}

// A dry run looks at what a record was then: an amount that was lowered later does not hide what the rule would have found.
func TestADryRunKnowsWhatTheRecordWasThen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		admin, rep, lead := s.As("郑凯").Skip(), s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("审批申请 绍兴市立医院 延长账期 客户月底才结账 金额 9万")
		rep.ExpectCard("SQ2026-001", "¥90,000.00")
		s.FastForward(2 * time.Hour)
		lead.Skip()
		lead.Say("退回 SQ2026-001 太多了")
		lead.ExpectText("已退回")
		rep.Skip()
		rep.Say("重新提交 SQ2026-001 金额 1万")
		rep.ExpectText("已重新提交")
		for text, want := range map[string]string{
			"当 审批申请 进入 待审批 超过 1小时 且 金额 > 5万 则 推送 销售总监":  "会触发 1 次",
			"当 审批申请 进入 已退回 且 金额 > 5万 则 推送 销售总监":         "会触发 1 次",
			"当 审批申请 进入 已退回 且 金额 < 5万 则 推送 销售总监":         "一次也不会触发",
			"当 审批单 进入 待审批 超过 3小时 且 类型 = 审批申请 则 推送 销售总监": "一次也不会触发",
		} {
			admin.Skip()
			admin.Say("新规则 " + text)
			admin.ExpectCard("草稿").Click("试跑")
			admin.ExpectText("在用近 30 天的记录试跑")
			admin.ExpectText(want)
		}
	})
}

// A company says who decides what is asked for, by what it is and what it is about; taken by everybody whose turn it is once.
func TestApplicationsGoTheCompanysWay(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := flowing(t, platform, configs.Flow{
				Name: "大额超期", Kind: "general", When: "事由 = \"超期发货\" 且 对象 = \"客户\" 且 金额 > 1万", Steps: []configs.FlowStep{{Who: []string{"财务"}}},
			}, configs.Flow{Name: "样品不用批", Kind: "general", When: "事由 包含 \"样品\""})
			s := bottest.New(t, w)
			rep, finance, lead := s.As("周敏").Skip(), s.As("吴桐").Skip(), s.As("王芳").Skip()
			rep.Say("审批申请 绍兴市立医院 超期发货 客户周五付款 金额 2万")
			rep.ExpectCard("SQ2026-001", "财务 吴桐")
			card := finance.ExpectCard("SQ2026-001", "等你处理")
			card.Click("驳回", map[string]string{"reason": map[string]string{sim.WeCom: "price", sim.DingTalk: "先付款"}[platform]})
			rep.ExpectText("SQ2026-001", "驳回")
			rep.Skip()
			rep.Say("审批申请 绍兴市立医院 超期发货 客户周五付款 金额 5千")
			rep.ExpectCard("SQ2026-002", "王芳")
			lead.ExpectCard("SQ2026-002", "等你处理")
			rep.Say("审批申请 绍兴市立医院 免费样品 先试用一个月")
			rep.ExpectCard("审批申请已通过 · SQ2026-003")
			rep.Say("审批流程")
			rep.ExpectText("审批申请 · 大额超期", "审批申请 · 样品不用批", "审批申请 · 默认")
		})
	}
}
