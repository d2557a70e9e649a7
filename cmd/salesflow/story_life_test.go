package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/configs"
)

// cast are all who have a part in the life of a contract. Each knows what 帮助 and the cards have shown.
type cast struct {
	s *bottest.Story
	t *testing.T

	rep, lead, legal, director, finance, keeper, delivery, buyer, maker, quality *taught
}

// onEveryPlatform tells a story on each platform, and once with everybody where the demo company has them.
func onEveryPlatform(t *testing.T, story func(t *testing.T, s *bottest.Story, w world)) {
	for name, platform := range map[string]string{"wecom": "wecom", "dingtalk": "dingtalk", "both": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				everybody := o.change
				o.change = func(c *configs.Config, org *configs.Org) {
					everybody(c, org)
					everyWay(c, org)
				}
			})
			story(t, bottest.New(t, w), w)
		})
	}
}

func newCast(t *testing.T, s *bottest.Story, w world) *cast {
	t.Helper()
	of := func(name string) *taught { return learner(t, s, w, name) }
	return &cast{
		s: s, t: t, rep: of("周敏"), lead: of("王芳"), legal: of("赵磊"), director: of("陈刚"), finance: of("吴桐"), keeper: of("郑凯"),
		delivery: of("方远"), buyer: of("钱进"), maker: of("石垒"), quality: of("严明"),
	}
}

// making takes what must be made through those who make it, to the agreement legal approves.
func (c *cast) making(customer string) {
	c.t.Helper()
	c.rep.Do("工单 " + customer + " 主轴套")
	c.rep.ExpectCard("工单 GD2026-001", "还缺")
	c.rep.Say(workSheet) // what the card asks for
	c.rep.ExpectCard("工单 GD2026-001", "12/12", "技术评审 方远待接单")
	c.delivery.ExpectCard("技术评审 · GD2026-001", "方远 待接单")
	c.delivery.Do("接单 GD2026-001")
	c.delivery.ExpectText("完成 GD2026-001")
	c.delivery.Do("完成 GD2026-001 可以做,两次装夹")
	c.delivery.ExpectText("采购询价 钱进", "生产排期 石垒")
	for _, p := range []*taught{c.buyer, c.maker, c.quality} {
		p.Do("工单队列")
		p.ExpectText("GD2026-001")
		p.Do("接单 GD2026-001")
		p.ExpectText("GD2026-001")
		p.Do("完成 GD2026-001 没问题")
		p.ExpectText("已完成")
	}
	c.rep.ExpectCard("工单 GD2026-001 · 都办完了")
	c.rep.Do("技术协议 GD2026-001")
	c.rep.ExpectCard("技术协议 JX2026-001 · V1", "草稿")
	c.rep.Do("送审 JX2026-001")
	c.legal.ExpectCard("技术协议待审批", "等你处理")
	c.legal.Do("同意 JX2026-001")
	c.rep.ExpectText("JX2026-001", "参数锁定了")
}

// signing takes an offer of 450,000 to the signed contract; next is what the rep is told to do with the deal then.
func (c *cast) signing(customer, offer, next string) {
	c.t.Helper()
	c.rep.Do("报价 " + customer + " " + offer)
	c.rep.ExpectCard("报价待审批 · BJ2026-001", "销售总监 陈刚")
	c.director.ExpectCard("报价待审批", "等你处理")
	c.director.Do("同意 BJ2026-001")
	c.rep.ExpectText("BJ2026-001", "全部通过", "转合同 BJ2026-001")
	c.rep.Do("转合同 BJ2026-001 30%预付 账期30天 交期45天")
	c.rep.ExpectCard("合同草稿", "450,000").Click("无附件提交")
	c.rep.ExpectCard("合同待审批 · HT2026-001", "法务 赵磊")
	c.legal.Do("审批")
	c.legal.ExpectCard("HT2026-001", "等你处理")
	c.legal.Do("同意 HT2026-001")
	c.director.ExpectCard("HT2026-001", "等你处理").Click("同意")
	c.rep.ExpectText("HT2026-001", "全部通过", "用印 HT2026-001")
	c.rep.Do("用印 HT2026-001")
	c.rep.ExpectText("已申请用印", "郑凯")
	c.keeper.ExpectCard("用印 · HT2026-001", "等你盖章")
	c.keeper.Do("已用印 HT2026-001")
	c.rep.ExpectText("郑凯已盖章", "原件 HT2026-001")
	c.rep.Do("原件 HT2026-001")
	c.rep.ExpectText("原件已归档", next)
}

// toCash takes the goods to the customer and the money to the books.
func (c *cast) toCash(customer, product, quantity string) {
	c.t.Helper()
	// Goods wait for the advance; a tap says which contract it was for.
	c.delivery.Do("待发货")
	c.delivery.ExpectText("HT2026-001", customer, product, "等预付 30%").Without("450,000", "45万")
	c.delivery.Do("发货 HT2026-001 " + quantity)
	c.delivery.ExpectText("发不了", "预付 30%")
	c.finance.Do("回款 " + customer + " 13.5万")
	c.finance.ExpectCard("HK2026-001 · 未认款")
	c.finance.Do("未认款")
	c.finance.ExpectCard("未认款 HK2026-001", "HT2026-001", "正好是预付款").Click("HT2026-001")
	c.finance.ExpectCard("已认款 HK2026-001", "预付")
	c.delivery.Do("发货 HT2026-001 " + quantity)
	c.delivery.ExpectCard("发货 FH2026-001 · 在途")
	c.delivery.Do("待发货")
	c.delivery.ExpectText("没有等着发的货")
	c.delivery.Do("签收 HT2026-001")
	c.delivery.ExpectText("FH2026-001 已签收")

	c.s.FastForward(20 * time.Minute)
	// The invoice and the rest of the money.
	c.finance.ExpectCard("已签收,待开票 · HT2026-001", "预付").Click("全开")
	c.finance.ExpectCard("发票 FP2026-001", "冲预付", "315,000")
	c.finance.Do("已开票未回款")
	c.finance.ExpectCard("已开票未回款", "315,000")
	c.finance.Do("回款 HT2026-001 31.5万")
	c.finance.ExpectCard("HK2026-002 · 已认款", "金额正好")
	for _, p := range []*taught{c.rep, c.lead, c.director, c.finance, c.delivery} {
		p.Do("合同进度 HT2026-001")
		words := []string{"合同进度 · HT2026-001", "签收 1 次"}
		if p != c.delivery {
			words = append(words, "未收 ¥0.00", "三单 🟢")
		}
		p.ExpectCard(words...).Click("看发货")
		p.ExpectText("FH2026-001")
	}
	c.finance.Do("对账")
	c.finance.ExpectCard("对账", "🟢 1 份")
}

// TestAContractLivesFromTheFirstVisitToTheMatchedPayment is the life of one contract, by everybody concerned, with nothing typed
// that 帮助 or a card did not teach.
func TestAContractLivesFromTheFirstVisitToTheMatchedPayment(t *testing.T) {
	t.Parallel()
	onEveryPlatform(t, func(t *testing.T, s *bottest.Story, w world) {
		c := newCast(t, s, w)
		c.rep.Do("拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵10%,下周二前发报价")
		c.rep.ExpectCard("拜访已记录", "绍兴市立医院", "嫌贵10%", "3月17日")
		c.rep.Do("商机 绍兴市立医院 全自动生化分析仪 50万 下月底签")
		c.rep.ExpectCard("绍兴市立医院", "50万").Click("推进")
		c.rep.ExpectAny()
		for _, stage := range []string{"方案提交", "价格谈判", "合同签署"} {
			c.rep.Do("推进 绍兴市立医院 " + stage)
			c.rep.ExpectCard("商机已推进", stage)
		}
		c.lead.Do("漏斗 华东一组 本月")
		c.lead.ExpectImage()

		s.FastForward(20 * time.Minute)
		c.making("绍兴市立医院")
		s.FastForward(20 * time.Minute)
		c.signing("绍兴市立医院", "全自动生化分析仪 1台 45万", "赢单 绍兴市立医院")
		c.rep.Do("赢单 绍兴市立医院")
		c.rep.ExpectCard("商机已赢单")
		s.FastForward(20 * time.Minute)
		c.toCash("绍兴市立医院", "全自动生化分析仪", "1台")
	})
}

// TestAContractLivesTheManufacturingWay is the same through seven stages, whose gates say what they want.
func TestAContractLivesTheManufacturingWay(t *testing.T) {
	t.Parallel()
	onEveryPlatform(t, func(t *testing.T, s *bottest.Story, w world) {
		c := newCast(t, s, w)
		blocked := func(words ...string) bottest.Seen {
			t.Helper()
			return c.rep.ExpectCard(append([]string{"还不能推进", "恒大紧固件"}, words...)...)
		}
		c.rep.Do("拜访 恒大紧固件 张工 要打样,下周二前寄样")
		c.rep.ExpectCard("拜访", "恒大紧固件")
		c.rep.Skip()
		c.rep.Do("商机 恒大紧固件 六角螺栓M8 制造流程 60万 下月底签")
		c.rep.ExpectCard("商机已建", "询盘").Click("推进")
		blocked("询盘 → 技术评审", "图纸的文件发来")
		c.rep.Send("螺栓图纸.jpg", snapshot(t, 3))
		c.rep.ExpectCard("商机已推进", "技术评审")
		c.rep.Do("推进 恒大紧固件 打样")
		blocked("可制造性结论", "报价单")

		s.FastForward(20 * time.Minute)
		c.making("恒大紧固件")
		c.rep.Skip()
		c.rep.Do("节点 恒大紧固件")
		nodes := c.rep.ExpectCard("技术评审 · 节点 0/2", "技术对齐完成 · 未完成", "可制造性结论 · 未完成")
		nodes.Click("技术对齐完成")
		nodes.ExpectUpdate("节点 1/2").Click("可制造性结论")
		nodes.ExpectUpdate("节点 2/2", "可以推进").Click("推进")
		c.rep.ExpectCard("商机已推进", "技术评审 → 报价")
		c.rep.Do("推进 恒大紧固件")
		blocked("报价 → 打样", "报价单的文件发来")
		c.rep.Send("报价单.jpg", snapshot(t, 4))
		c.rep.ExpectCard("商机已推进", "报价 → 打样")
		c.rep.Do("推进 恒大紧固件 试产评估")
		blocked("样件检测报告")
		c.rep.Send("检测报告.jpg", snapshot(t, 5))
		c.rep.ExpectCard("商机已推进", "打样 → 试产评估")
		c.rep.Do("推进 恒大紧固件 合同签署")
		blocked("客户认可试产")
		c.rep.Send("试产认可.jpg", snapshot(t, 6))
		c.rep.ExpectCard("商机已推进", "试产评估 → 合同签署")
		c.rep.Do("推进 恒大紧固件")
		blocked("合同签署 → 批量交付", "签好的合同", "提交合同 恒大紧固件")

		s.FastForward(20 * time.Minute)
		c.signing("恒大紧固件", "六角螺栓M8 2000箱 单价225元", "推进 恒大紧固件")
		c.rep.Do("推进 恒大紧固件")
		c.rep.ExpectCard("商机已推进", "合同签署 → 批量交付")
		s.FastForward(20 * time.Minute)
		c.toCash("恒大紧固件", "六角螺栓M8", "2000箱")

		c.rep.Skip()
		c.rep.Do("赢单 恒大紧固件")
		blocked("客户验收")
		c.rep.Send("验收单.jpg", snapshot(t, 7))
		c.rep.ExpectCard("商机已赢单", "恒大紧固件")
	})
}
