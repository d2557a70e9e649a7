package main

import (
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// wholeQuestions are questions about a customer, C in them, of which the understanding makes no query, with words of the answer;
// without any the answer says what can be asked.
var wholeQuestions = []struct {
	text string
	want []string
}{
	{"C最近有人去过吗", []string{"去过"}},
	{"C上周有人去过没有", []string{"上周", "去过"}},
	{"C这个月拜访过没", []string{"本月", "去过"}},
	{"C是不是我的客户", []string{"是你的客户"}},
	{"C归谁管", []string{"是你的客户"}},
	{"C在公海吗", []string{"是你的客户"}},
	{"C是老客户吗", []string{"负责人"}},
	{"C是A类客户吗", []string{"负责人"}},
	{"C健康吗", []string{"负责人"}},
	{"C会流失吗", []string{"负责人"}},
	{"C有决策人吗", []string{"决策链"}},
	{"C谁说了算", []string{"决策链"}},
	{"C有几个联系人", []string{"还没记电话"}},
	{"C样品反馈好吗", []string{"样品", "没有"}},
	{"C要过样品吗", []string{"样品", "没有"}},
	{"C样机还在试用吗", []string{"样品", "没有"}},
	{"C培训反馈好不好", []string{"培训反馈", "没有"}},
	{"C培训过了吗", []string{"培训反馈", "没有"}},
	{"C离心机坏了吗", []string{"售后", "没有"}},
	{"C装机了吗", []string{"售后", "没有"}},
	{"C上门修过了吗", []string{"售后", "没有"}},
	{"C投诉处理了没", []string{"投诉", "没有"}},
	{"C有竞品吗", []string{"竞品", "没有"}},
	{"C请客报销了吗", []string{"费用", "没有"}},
	{"C能不能打九折", []string{"报价"}},
	{"C报过价吗", []string{"报价"}},
	{"C买过离心机吗", []string{"商机合同"}},
	{"C用的是我们的离心机吗", []string{"商机合同"}},
	{"C中标了没有", []string{"商机合同"}},
	{"C招标了吗", []string{"商机合同"}},
	{"C这单能成吗", []string{"商机合同"}},
	{"C的商机还有戏吗", []string{"商机合同"}},
	{"C到报价阶段了吗", []string{"商机合同"}},
	{"C下周有安排吗", []string{"还没人排拜访"}},
	{"C明天有人去吗", []string{"还没人排拜访"}},
	{"明天要不要去C", []string{"还没人排拜访"}},
	{"C签到了没", []string{"去过"}},
	{"今天去C签到过吗", []string{"去过"}},
	{"我去过C吗", []string{"去过"}},
	{"C上次嫌贵吗", []string{"拜访记录"}},
	{"C预算批下来没有", []string{"拜访记录"}},
	{"C预算有多大", []string{"拜访记录"}},
	{"C对价格满意吗", nil},
	{"C资料齐了吗", []string{"资料登记"}},
	{"C信用代码填了吗", []string{"资料登记"}},
	{"C有别名吗", []string{"资料登记"}},
	{"C的账期能到60天吗", []string{"资料登记"}},
	{"C那边有没有食堂", nil},
	{"C会不会倒闭", nil},
	{"C远不远", nil},
	{"C附近有停车场吗", nil},
	{"C今天上班吗", nil},
	{"C可以赊账吗", nil},
	{"C授权书还有效吗", nil},
	{"C合并过吗", nil},
	{"C的院长姓什么", nil},
	{"帮我看看C有没有逾期", nil},
	{"请问C最近有没有人联系过？", []string{"去过"}},
	{"C的合同签了吗", nil},
	{"C付款了吗", nil},
	{"C开票了没", nil},
	{"C货到了没", nil},
}

// What asks is answered, or told what can be asked; it is never filed, on no platform and with no question open.
func TestAWholeQuestionIsNeverFiled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		const code, c = "zhoumin", "上虞中医院"
		rep := s.As("周敏").Skip()
		for i, q := range wholeQuestions {
			s.FastForward(4 * time.Second)
			rep.Skip()
			text := strings.ReplaceAll(q.text, "C", c)
			if i%7 == 3 { // the question that is open stays open
				rep.Say("拜访")
				rep.ExpectText("拜访了哪家")
				rep.Skip()
			}
			rep.Say(text)
			got := bottest.Plain(rep.ExpectAny().Message)
			for k := 0; k < 2 && !contains(got, q.want...); k++ {
				got += "\n" + bottest.Plain(rep.ExpectAny().Message)
			}
			if !contains(got, q.want...) || strings.Contains(got, "已记录") || strings.Contains(got, "已排") {
				t.Errorf("%s is answered with\n%s", text, got)
			}
			if i%7 == 3 {
				rep.Skip()
				rep.Say("算了")
				rep.ExpectAny()
			}
		}
		if n := len(w.visits(t, code)) + len(w.filings(t, code)) + len(w.todos(t, code)); n != 0 {
			t.Errorf("%d records were made of questions", n)
		}
		rep.Skip()
		for _, news := range []string{
			c + " 朱主任问能不能打九折", c + "说离心机能不能便宜点", c + "在考虑要不要换离心机", "去了" + c + ",介绍了离心机,看能不能下周签",
		} { // what the customer asks is news
			before := len(w.visits(t, code))
			rep.Say(news)
			rep.ExpectCard("拜访已记录")
			if n := len(w.visits(t, code)); n != before+1 {
				t.Errorf("%s: %d visits, want %d", news, n, before+1)
			}
			rep.Skip()
		}
		rep.Say("拜访 " + c + " 能不能打九折") // whoever writes the command says what it is
		rep.ExpectCard("拜访已记录")
	})
}
