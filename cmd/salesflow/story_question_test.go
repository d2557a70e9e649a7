package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// ask says a question and holds what is answered. People take some seconds for each, and the platform wants them to.
func ask(t *testing.T, s *bottest.Story, p *bottest.Phone, question string, want ...string) {
	t.Helper()
	s.FastForward(4 * time.Second)
	p.Skip()
	p.Say(question)
	seen := p.ExpectAny()
	got := bottest.Plain(seen.Message)
	for i := 0; i < 2 && !contains(got, want...); i++ {
		got = bottest.Plain(p.ExpectAny().Message)
	}
	if !contains(got, want...) {
		t.Errorf("%s is answered with\n%s", question, got)
	}
}

func TestQuestionsOfARep(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		rep.Say("昨天去了绍兴第二医院 看了离心机")
		rep.ExpectCard("拜访已记录")
		rep.Say("计划 明天 上午 绍兴市立 下午 诸暨人医")
		rep.ExpectCard("已排")
		rep.Say("样品 绍兴市立医院 生化分析仪 1台")
		rep.ExpectCard("样品已申领")
		before := len(w.visits(t, "zhoumin"))

		ask(t, s, rep, "这周都跑了哪几家", "你跑了 2 家,2 次", "绍兴市立医院", "绍兴第二医院", "客户 绍兴市立医院 动态")
		ask(t, s, rep, "上周都跑了哪几家", "上周(3月2日–3月8日)", "你没有拜访记录")
		ask(t, s, rep, "拜访了几家医院", "你跑了 2 家")
		ask(t, s, rep, "我明天要去几家", "拜访计划", "绍兴市立医院", "诸暨人民医院")
		ask(t, s, rep, "明天我有啥事", "要去 2 家", "上午 绍兴市立医院")
		ask(t, s, rep, "下周我有啥事", "到期的待办 1 条", "1. 寄样")
		ask(t, s, rep, "最近一次去绍兴市立是哪天", "最近一次去绍兴市立医院:今天", "你去的", "王建国", "下一次:明天 周四 上午")
		ask(t, s, rep, "上次跟王主任谈了什么", "今天 周三,绍兴市立医院 王建国", "嫌贵30%", "寄样", "还没办")
		ask(t, s, rep, "答应王主任的事办了没有", "1 件还没办", "寄样")
		ask(t, s, rep, "谁去过绍兴第二医院", "你 1 次,最近 昨天")
		ask(t, s, rep, "绍兴市立谁负责", "绍兴市立医院是你的客户")
		ask(t, s, rep, "宁波市立是谁的客户", "宁波市立医院是李强的客户(华东一组)")
		ask(t, s, rep, "哪个客户最久没去", "最久没联系的", "还没联系过")
		ask(t, s, rep, "王主任电话多少", "绍兴市立医院 王建国", "还没记电话", "补:联系人")
		ask(t, s, rep, "样品寄出去了没有", "样品", "绍兴市立医院", "已申领")
		ask(t, s, rep, "绍兴市立怎么样了", "绍兴市立医院", "负责人 周敏")
		ask(t, s, rep, "生化分析仪多少钱", "标准价")
		ask(t, s, rep, "周六上班吗", "休息")
		ask(t, s, rep, "我有几个客户", "你的客户")

		rep.Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 30万 30%预付 余款验收后30天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		ask(t, s, rep, "合同谁在审", "HT2026-001", "等 法务 赵磊")
		ask(t, s, rep, "那个30万的合同到哪一步了", "HT2026-001", "等 法务 赵磊")
		ask(t, s, rep, "HT2026-001 批了没", "HT2026-001", "等 法务 赵磊")
		ask(t, s, rep, "绍兴市立的合同签了没有", "HT2026-001", "等 法务 赵磊")
		ask(t, s, legal, "有几个单子等我审", "HT2026-001")
		if n := len(w.visits(t, "zhoumin")); n != before {
			t.Errorf("%d visits were filed of questions", n-before)
		}
	})
}

func TestQuestionsForMoney(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director, finance := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip(), s.As("吴桐").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后30天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		legal.Say("同意 HT2026-001")
		director.ExpectCard("HT2026-001", "等你处理")
		director.Say("同意 HT2026-001")
		rep.ExpectText("HT2026-001", "全部通过")
		finance.Skip()
		finance.Say("回款 HT2026-001 38.4万")
		finance.ExpectAny()
		rep.Say("发货 HT2026-001 10台")
		rep.ExpectCard("发货 FH2026-001")
		rep.Skip()
		rep.Say("签收 HT2026-001")
		rep.ExpectCard("已签收")
		ask(t, s, rep, "绍兴市立还有几张票没开", "绍兴市立医院有 1 份合同签收了还没开全票", "HT2026-001", "还差 128万", "开票 HT2026-001 全开")
		ask(t, s, rep, "他们还欠几张票没开", "绍兴市立医院有 1 份合同")
		ask(t, s, rep, "哪些合同该开票了", "HT2026-001")
		finance.Skip()
		finance.Say("开票 HT2026-001 全开")
		finance.ExpectAny()
		ask(t, s, rep, "这个月回款多少", "本月(3月1日–3月11日),你回款 38.4万,1 笔", "明细 回款 我 近11天")
		ask(t, s, rep, "帮我看看绍兴市立欠多少钱", "已开票未回款 · 绍兴市立医院", "896,000.00")
		ask(t, s, rep, "这个月新签多少", "你新签", "128万", "新签额")
		ask(t, s, rep, "还差多少完成", "回款 38.4万(1 笔)", "还没有录目标")
		if !holdsChange(w.audit(t, "person", sales.ID(w.person(t, "zhoumin").ID)), "目标", "", "你") {
			t.Error("who asked for the target is not in the trace")
		}
		ask(t, s, rep, "HT2026-001到哪一步了", "合同进度", "HT2026-001")
		ask(t, s, rep, "绍兴市立的款到了没有", "绍兴市立医院")
		ask(t, s, finance, "谁还没付款", "已开票未回款 · 公司", "绍兴市立医院")
		ask(t, s, director, "华东这个月回款多少", "华东回款 38.4万,1 笔")
		ask(t, s, director, "华东一组还有多少没收回来", "华东一组未收 89.6万,1 张票", "绍兴市立医院")
		ask(t, s, director, "华东这个季度漏斗怎么样", "华东")
		ask(t, s, director, "周敏这个月签了多少", "周敏新签")
		if in := s.As("周敏").In("华东一组"); true {
			in.Skip()
			in.Say("这个月回款多少")
			in.ExpectText("金额单聊我问")
		}
	})
}

// What others may not see they may not ask for, either.
func TestAQuestionShowsNoMoreThanItsCommand(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other, lead := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("王芳").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		for _, q := range []struct{ say, want string }{
			{"李强这个月回款多少", "李强的只有本人、他的主管和总监能看"},
			{"李强上周跑了哪几家", "李强的只有本人"},
			{"李强还有哪些待办", "李强的只有本人"},
			{"老李的客户有谁没跟", "李强的只有本人"},
			{"我们组这个月回款多少", "要主管"},
			{"全公司这个月签了多少", "要它的主管或总监"},
			{"赵海电话多少", "联系方式找李强要"},
			{"宁波市立欠多少钱", "能看"},
			{"谁去过宁波市立", "要看细节找李强"},
			{"宁波市立上次谈了什么", "要看细节找李强"},
			{"宁波市立的合同签了没有", "要看细节找李强"},
			{"同事里老郑跑了几家", ""},
		} {
			if q.want != "" {
				ask(t, s, rep, q.say, q.want)
			}
		}
		ask(t, s, other, "绍兴市立上次谈了什么", "找周敏")
		ask(t, s, lead, "周敏还有哪些待办", "周敏没办完的待办 1 条", "寄样")
		ask(t, s, lead, "这周大家跑了几家", "团队跑了 1 家", "周敏 1 家:绍兴市立医院")
		ask(t, s, lead, "老周的客户有谁没跟", "周敏的客户里", "超过 14 天没联系")
		ask(t, s, lead, "绍兴市立上次谈了什么", "是周敏去的", "只有本人能看")
		lead.Skip()
		lead.Say("绍兴市立上次谈了什么")
		lead.ExpectAny().Without("嫌贵")
		ask(t, s, lead, "谁没交日报", "没报")
		ask(t, s, lead, "李强有几个客户", "李强名下")
	})
}

// A name that may mean several customers, or none, is asked back; the question is then answered without being said again.
func TestAQuestionAsksWhichCustomer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("谁去过第一医院")
		rep.ExpectCard("问的是哪家", "杭州第一人民医院").Click("杭州第一人民医院")
		rep.ExpectText("还没有人去过杭州第一人民医院")
		rep.Skip()
		rep.Say("最近一次去妇保院是哪天")
		rep.ExpectText("还没有人去过嘉兴妇幼保健院")
		ask(t, s, rep, "最近一次去火星医院是哪天", "没找到", "火星医院")
		ask(t, s, rep, "老刘的客户有谁没跟", "同事里没有", "老刘")
		if n := len(w.visits(t, "zhoumin")); n != 0 {
			t.Errorf("%d visits were filed of questions", n)
		}
	})
}

// A question in the middle of an open one is answered, and the open one still waits. What nothing answers says what can be asked.
func TestAQuestionLeavesTheOpenOneOpen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 交期45天")
		rep.ExpectAny()
		ask(t, s, rep, "绍兴市立谁负责", "绍兴市立医院是你的客户")
		ask(t, s, rep, "今天天气怎么样?", "这个我答不上来", "能问什么")
		rep.Skip()
		rep.Say("30%预付 余款验收后30天")
		rep.ExpectCard("合同草稿")
		rep.Say("不提交了")
		rep.ExpectAny()
		ask(t, s, rep, "怎么导入产品呢", "导入")
		ask(t, s, rep, "今天天气怎么样", "这个我答不上来", "可以问")
		ask(t, s, rep, "能问什么", "直接问就行", "明天我有啥事")
		for _, told := range []string{"绍兴市立王主任问离心机多少钱", "绍兴第二医院的刘主任不知道谁负责,下周二前给答复"} {
			rep.Skip()
			rep.Say(told)
			rep.ExpectCard("拜访已记录")
		}
	})
}

// A group sees no whole number and no figure.
func TestQuestionsInAGroup(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("联系人 绍兴市立医院 王建国 决策人 13800007777")
		rep.ExpectAny()
		ask(t, s, rep, "王建国电话多少", "13800007777")
		in := s.As("周敏").In("华东一组").Skip()
		in.Say("王建国电话多少")
		in.ExpectText("138****7777", "完整号码单聊我问").Without("13800007777")
		in.Say("上次跟王主任谈了什么")
		in.ExpectText("谈了什么单聊我问")
	})
}

// 到期 comes from what was filed, and a silent customer from when it was contacted last.
func TestQuestionsAboutWhatEndsAndIsSilent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("合同到期 HT2026-018 2026-04-20")
		rep.ExpectAny()
		ask(t, s, rep, "哪些合同快到期了", "HT2026-018", "4月20日")
		rep.Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		s.FastForward(20 * 24 * time.Hour)
		ask(t, s, rep, "绍兴市立多久没去了", "20天前")
		var idle []sales.Customer
		w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
			idle, err = tx.IdleCustomers(ctx, sales.Only(w.person(t, "zhoumin").ID), sales.At(w.Now()), 200)
			return err
		})
		if len(idle) == 0 || idle[len(idle)-1].Name != "绍兴市立医院" {
			t.Errorf("the customer contacted last is not the last of the silent ones")
		}
	})
}
