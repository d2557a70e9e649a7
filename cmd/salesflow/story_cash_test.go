package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store"
)

// onBothWithDelivery tells a story on each platform in a company that has a customer service, too.
func onBothWithDelivery(t *testing.T, story func(t *testing.T, s *bottest.Story, w world)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(_ *configs.Config, org *configs.Org) {
					team := org.People[0].Team
					org.People = append(org.People, configs.Person{ID: "kefu", Name: "何晴", Roles: []string{"service"}, Team: team})
					everybodyOn(org, platform)
				}
			})
			story(t, bottest.New(t, w), w)
		})
	}
}

func TestFromSignedContractToMatchedPayment(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		delivery, finance := s.As("方远").Skip(), s.As("吴桐").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后30天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		rep.Say("发货 HT2026-001 10台")
		rep.ExpectText("还没审批通过", "不能发货")
		legal.ExpectCard("等你处理").Click("同意")
		director.ExpectCard("等你处理").Click("同意")
		rep.Skip()
		// The prepayment stands against the shipment; those who deliver see no amounts.
		delivery.Say("发货 HT2026-001 10台")
		delivery.ExpectText("发不了", "预付 30%").Without("384,000")
		rep.Say("回款 HT2026-001 38.4万")
		rep.ExpectCard("回款 HK2026-001 · 预付", "绍兴市立医院", "384,000.00").ExpectButtons("改认款", "撤销")
		finance.ExpectCard("HK2026-001", "384,000.00", "周敏")
		delivery.Say("发货 HT2026-001 4台 单号 SF1234567890 后天送到")
		shipped := delivery.ExpectCard("发货 FH2026-001 · 在途", "4台", "SF1234567890", "3月13日").ExpectButtons("签收", "合同进度", "撤销")
		rep.ExpectCard("FH2026-001", "4台")
		finance.Skip()
		shipped.Click("签收")
		shipped.ExpectUpdate("已签收")
		due := finance.ExpectCard("已签收,待开票 · HT2026-001", "绍兴市立医院", "1,280,000.00", "384,000.00", "周敏")
		rep.Say("已开票未回款")
		rep.ExpectCard("已开票未回款 · 我的", "签收了没开票 1 份", "待开票 HT2026-001")
		finance.Say("开票 HT2026-001 51.2万")
		finance.ExpectCard("发票 FP2026-001 · 部分回款", "512,000.00", "冲预付", "HK2026-001 ¥384,000.00", "未收", "128,000.00", "4月10日")
		_ = due
		rep.Skip()
		rep.Say("绍兴市立医院回款12.8万到账了")
		card := rep.ExpectCard("回款 HK2026-002 · 已认款", "128,000.00", "FP2026-001 ¥128,000.00(金额正好)")
		card.ExpectButtons("改认款", "撤销认款", "撤销")
		finance.Skip()
		finance.Say("合同进度 HT2026-001")
		chain := finance.ExpectCard("合同进度 · HT2026-001", "发 1 次 4台,签收 1 次", "512,000.00(40%)", "🟡", "768,000.00 没开票")
		chain.Click("看回款")
		finance.ExpectText("HK2026-001", "冲 FP2026-001(冲预付)", "HK2026-002", "金额正好")
		chain.Click("看发票")
		finance.ExpectText("FP2026-001", "已结清")
		rep.Say("发货 HT2026-001 6台")
		rep.ExpectCard("FH2026-002")
		rep.Say("签收 HT2026-001 王主任")
		rep.ExpectText("FH2026-002 已签收", "财务已收到开票提醒")
		finance.ExpectCard("待开票", "768,000.00").Click("全开")
		finance.ExpectCard("FP2026-002", "768,000.00")
		finance.Say("回款 绍兴市立医院 767,500元 流水 ICBC20260311001")
		finance.ExpectCard("HK2026-003", "FP2026-002", "先到期先冲", "还剩 ¥500.00 没收")
		finance.Say("合同进度 HT2026-001")
		finance.ExpectCard("🟢", "合同、发票、回款一致", "未收", "500.00")
		finance.Say("回款 绍兴市立医院 767,500元 流水 ICBC20260311001")
		finance.ExpectText("已经记过了:HK2026-003")
		finance.Say("对账")
		finance.ExpectCard("对账", "🟢 1 份", "没有金额对不上的")
		// Those who serve see that goods went, and no money at all.
		service := s.As("何晴").Skip()
		service.Say("合同进度 HT2026-001")
		service.ExpectCard("合同进度", "发 2 次 10台").Without("¥", "万")
		service.Say("已开票未回款 公司")
		service.ExpectText("要财务或总监")
		other := s.As("李强").Skip()
		other.Say("合同进度 HT2026-001")
		other.ExpectText("没有合同 HT2026-001,或者不归你看").Without("¥")
		other.Say("回款 HT2026-001 1万")
		other.ExpectText("或者不归你看")
	})
}

func TestWhatWasFiledWronglyIsTakenBack(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, finance := s.As("周敏").Skip(), s.As("吴桐").Skip()
		rep.Say("开票 HT2026-018")
		pick := rep.ExpectCard("HT2026-018 开多少", "48万")
		pick.Click("全开 48万")
		rep.ExpectCard("发票 FP2026-001", "480,000.00")
		finance.ExpectCard("FP2026-001", "周敏")
		rep.Say("开票 HT2026-018 1元")
		rep.ExpectText("已经开完票了")
		rep.Say("撤销")
		rep.ExpectText("已撤销:FP2026-001")
		rep.Say("开票 HT2026-018 18万 账期60天")
		rep.ExpectCard("FP2026-002", "180,000.00", "5月10日")
		rep.Say("开票 HT2026-018 40万")
		rep.ExpectText("最多再开 ¥300,000.00")
		rep.Say("回款 绍兴市立医院 十八万")
		rep.ExpectCard("HK2026-001 · 已认款", "金额正好")
		rep.Say("回款 绍兴市立医院 18万")
		rep.ExpectCard("和 HK2026-001 是同一笔吗").Click("是同一笔")
		rep.ExpectText("是同一笔,没有再记")
		rep.Say("红冲 FP2026-002 5万 退货")
		rep.ExpectText("红冲:财务", "没有这个权限")
		finance.Skip()
		finance.Say("红冲 FP2026-002 5万 退货")
		finance.ExpectText("已红冲 FP2026-002 ¥50,000.00", "净额 ¥130,000.00,未收 ¥0.00", "退出来 ¥50,000.00 转成预付")
		finance.Say("撤销")
		finance.ExpectText("已撤销:HC2026-001")
		finance.Say("红冲 FP2026-002 20万 退货")
		finance.ExpectText("最多冲 ¥180,000.00")
		rep.Skip()
		rep.Say("承诺回款 FP2026-002 3月20日")
		rep.ExpectText("FP2026-002 已结清")
		rep.Say("开票 HT2026-018 2万")
		rep.ExpectCard("FP2026-003")
		rep.Say("承诺回款 FP2026-003 3月20日")
		rep.ExpectText("答应 3月20日", "到那天之前不催")
		rep.Say("发货 HT2026-018 2台")
		gone := rep.ExpectCard("FH2026-001")
		gone.Click("撤销")
		gone.ExpectUpdate("已撤销")
		rep.Say("退货 HT2026-018 1台 外壳破损")
		rep.ExpectText("还没发过货")
		rep.Say("撤销") // the promise was the last thing done, and it is not the invoice
		rep.ExpectText("FP2026-003 承诺回款", "撤销不了", "再发一次")
		rep.Say("开票 HT2026-018 1万")
		rep.ExpectCard("FP2026-004")
		s.FastForward(11 * time.Minute)
		rep.Say("撤销")
		rep.ExpectText("不能撤销了")
	})
}

func TestMoneyNobodyKnowsIsAssignedByOneTap(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		for _, m := range []string{"10万", "6万"} {
			finance.Say("开票 HT2026-018 " + m)
			finance.ExpectCard("发票")
		}
		finance.Say("回款 绍兴市立医院财务处 流水 B001 60,000元")
		_ = finance.ExpectAny()
		finance.Say("回款 匿名汇款人 流水 B002 10万")
		finance.ExpectCard("不知道是谁的", "匿名汇款人", "100,000.00")
		finance.Say("未认款")
		finance.ExpectText("未认款", "匿名汇款人(不知道是谁的)")
		card := finance.ExpectCard("未认款 HK2026-002", "匿名汇款人", "FP2026-001", "金额正好")
		rep.Skip()
		card.Click("FP2026-001")
		done := card.ExpectUpdate("已认款", "绍兴市立医院", "FP2026-001 ¥100,000.00").ExpectButtons("撤销认款")
		rep.ExpectCard("HK2026-002", "绍兴市立医院")
		done.Click("撤销认款")
		done.ExpectUpdate("未认款 HK2026-002")
		finance.Say("认款 HK2026-002 FP2026-001")
		s.Settle()
		finance.ExpectCard("HK2026-002 · 已认款", "你指定")
		finance.Say("已开票未回款")
		got := bottest.Plain(finance.ExpectCard("已开票未回款 · 公司").Message)
		if strings.Contains(got, "FP2026-001 ") {
			t.Errorf("a paid invoice is listed:\n%s", got)
		}
	})
}

// cashEvents counts what the rules hear about a contract.
func (w world) cashEvents(t *testing.T, no string) (n int) {
	t.Helper()
	err := w.program.db.View(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.ContractByNo(ctx, no)
		if err != nil {
			return err
		}
		list, err := tx.EventsOf(ctx, "contract", c.ID, 50)
		for _, e := range list {
			if !e.Changes().Quiet {
				n++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAGroupLearnsNoAmounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		group := rep.In("华东一组").Skip()
		group.Say("开票 HT2026-018 全开")
		group.ExpectText("单聊回你了").Without("480,000")
		rep.ExpectCard("发票 FP2026-001", "480,000.00")
		group.Say("回款 HT2026-018 18万")
		rep.ExpectCard("回款 HK2026-001", "180,000.00")
		group.Say("合同进度 HT2026-018")
		group.ExpectCard("合同进度").Without("¥")
		group.Say("已开票未回款")
		group.ExpectText("单聊我看").Without("¥")
	})
}
