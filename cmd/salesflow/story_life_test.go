package main

import (
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// taught is a person who types only commands that 帮助 showed them, each in a form that 帮助 of that command shows.
type taught struct {
	*bottest.Phone
	t    *testing.T
	name string
	all  string // what 帮助 全部 said
	deep map[string]string
}

// learner opens the chat and reads 帮助 and 帮助 全部.
func learner(t *testing.T, s *bottest.Story, w world, name string) *taught {
	t.Helper()
	p := &taught{Phone: s.As(name).Skip(), t: t, name: name, deep: map[string]string{}}
	p.Phone.Say("帮助")
	p.ExpectText("你常用的", "帮助 全部")
	p.Phone.Say("帮助 全部")
	p.ExpectText("能用的指令")
	for _, m := range w.shown(t, name) {
		p.all += bottest.Plain(m) + "\n"
	}
	return p
}

// Do types a command after having looked it up.
func (p *taught) Do(text string) *bottest.Phone {
	p.t.Helper()
	word, _, _ := strings.Cut(text, " ")
	if !strings.Contains(p.all, word+"、") && !strings.Contains(p.all, "、"+word) && !strings.Contains(p.all, "** "+word) {
		p.t.Fatalf("帮助 全部 does not show %s the command %s", p.name, word)
	}
	if p.deep[word] == "" {
		p.Skip()
		p.Phone.Say("帮助 " + word)
		p.ExpectText("**"+word+"**", "写法:"+word)
		p.deep[word] = word
	}
	return p.Phone.Say(text)
}

// TestAContractLivesFromTheFirstVisitToTheMatchedPayment is the life of one contract, by everybody concerned, with nothing typed
// that 帮助 did not teach.
func TestAContractLivesFromTheFirstVisitToTheMatchedPayment(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, legal, director := learner(t, s, w, "周敏"), learner(t, s, w, "王芳"), learner(t, s, w, "赵磊"), learner(t, s, w, "陈刚")
		finance, keeper, delivery := learner(t, s, w, "吴桐"), learner(t, s, w, "郑凯"), learner(t, s, w, "方远")
		buyer, maker, quality := learner(t, s, w, "钱进"), learner(t, s, w, "石垒"), learner(t, s, w, "严明")

		// The visit and the deal.
		rep.Do("拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵10%,下周二前发报价")
		rep.ExpectCard("拜访已记录", "绍兴市立医院", "嫌贵10%", "3月17日")
		rep.Do("商机 绍兴市立医院 全自动生化分析仪 50万 下月底签")
		rep.ExpectCard("绍兴市立医院", "50万")
		for _, stage := range []string{"需求确认", "方案提交", "价格谈判"} {
			rep.Do("推进 绍兴市立医院 " + stage)
			rep.ExpectCard("商机已推进", stage)
		}
		lead.Do("漏斗 华东一组 本月")
		lead.ExpectAny()

		s.FastForward(20 * time.Minute)
		// What must be made goes through those who make it.
		rep.Do("工单 绍兴市立医院 主轴套 " + workSheet)
		rep.ExpectCard("工单 GD2026-001", "12/12", "技术评审 方远待接单")
		delivery.ExpectCard("技术评审 · GD2026-001", "方远 待接单")
		delivery.Do("接单 GD2026-001")
		delivery.ExpectText("完成 GD2026-001")
		delivery.Do("完成 GD2026-001 可以做,两次装夹")
		delivery.ExpectText("采购询价 钱进", "生产排期 石垒")
		for _, p := range []*taught{buyer, maker, quality} {
			p.Do("工单队列")
			p.ExpectText("GD2026-001")
			p.Do("接单 GD2026-001")
			p.ExpectText("GD2026-001")
			p.Do("完成 GD2026-001 没问题")
			p.ExpectText("已完成")
		}
		rep.ExpectCard("工单 GD2026-001 · 都办完了")
		rep.Do("技术协议 GD2026-001")
		rep.ExpectCard("技术协议 JX2026-001 · V1", "草稿")
		rep.Do("送审 JX2026-001")
		legal.ExpectCard("技术协议待审批", "等你处理")
		legal.Do("同意 JX2026-001")
		rep.ExpectText("JX2026-001", "参数锁定了")

		s.FastForward(20 * time.Minute)
		// The price, the contract, the seal.
		rep.Do("报价 绍兴市立医院 全自动生化分析仪 1台 45万")
		rep.ExpectCard("报价待审批 · BJ2026-001", "销售总监 陈刚")
		director.ExpectCard("报价待审批", "等你处理")
		director.Do("同意 BJ2026-001")
		rep.ExpectText("BJ2026-001", "全部通过", "转合同 BJ2026-001")
		rep.Do("转合同 BJ2026-001 30%预付 账期30天 交期45天")
		rep.ExpectCard("合同草稿", "450,000").Click("无附件提交")
		rep.ExpectCard("合同待审批 · HT2026-001", "法务 赵磊")
		legal.Do("审批")
		legal.ExpectCard("HT2026-001", "等你处理")
		legal.Do("同意 HT2026-001")
		director.ExpectCard("HT2026-001", "等你处理").Click("同意")
		rep.ExpectText("HT2026-001", "全部通过", "用印 HT2026-001")
		rep.Do("用印 HT2026-001")
		rep.ExpectText("已申请用印", "郑凯")
		keeper.ExpectCard("用印 · HT2026-001", "等你盖章")
		keeper.Do("已用印 HT2026-001")
		rep.ExpectText("郑凯已盖章", "原件 HT2026-001")
		rep.Do("原件 HT2026-001")
		rep.ExpectText("原件已归档")
		rep.Do("赢单 绍兴市立医院")
		rep.ExpectCard("商机已赢单")

		s.FastForward(20 * time.Minute)
		// Goods wait for the advance; a tap says which contract it was for.
		delivery.Do("待发货")
		delivery.ExpectText("HT2026-001", "绍兴市立医院", "全自动生化分析仪", "等预付 30%").Without("450,000", "45万")
		delivery.Do("发货 HT2026-001 1台")
		delivery.ExpectText("发不了", "预付 30%")
		finance.Do("回款 绍兴市立医院 13.5万")
		finance.ExpectCard("HK2026-001 · 未认款")
		finance.Do("未认款")
		finance.ExpectCard("未认款 HK2026-001", "HT2026-001", "正好是预付款").Click("HT2026-001")
		finance.ExpectCard("已认款 HK2026-001", "预付")
		delivery.Do("发货 HT2026-001 1台")
		delivery.ExpectCard("发货 FH2026-001 · 在途")
		delivery.Do("待发货")
		delivery.ExpectText("没有等着发的货")
		delivery.Do("签收 HT2026-001")
		delivery.ExpectText("FH2026-001 已签收")

		s.FastForward(20 * time.Minute)
		// The invoice and the rest of the money.
		finance.ExpectCard("已签收,待开票 · HT2026-001", "预付").Click("全开")
		finance.ExpectCard("发票 FP2026-001", "冲预付", "315,000")
		finance.Do("已开票未回款")
		finance.ExpectCard("已开票未回款", "315,000")
		finance.Do("回款 HT2026-001 31.5万")
		finance.ExpectCard("HK2026-002 · 已认款", "金额正好")
		for _, p := range []*taught{rep, lead, director, finance, delivery} {
			p.Do("合同进度 HT2026-001")
			words := []string{"合同进度 · HT2026-001", "签收 1 次"}
			if p != delivery {
				words = append(words, "未收 ¥0.00", "三单 🟢")
			}
			p.ExpectCard(words...).Click("看发货")
			p.ExpectText("FH2026-001")
		}
		finance.Do("对账")
		finance.ExpectAny()
	})
}
