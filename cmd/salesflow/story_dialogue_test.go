package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
)

// dialogue is a question that waits for an answer: who begins it with what, the words of the question, an answer, the words
// of what is then filed, and the table that has one row more.
type dialogue struct {
	who, start, asked, answer, filed, table string
}

// dialogues are the kinds of questions a person can leave open, in rounds of people who have one open each.
var dialogues = [][]dialogue{
	{
		{"周敏", "拜访 绍兴市立医院", "聊了什么", "介绍了新方案", "拜访已记录", "visits"},
		{"李强", "投诉 宁波市立 大家都不高兴", "投诉什么", "2", "投诉(质量)已记录", "filings"},
		{"林夏", "拜访 市立医院 介绍离心机,周五前发报价", "是哪家", "1", "拜访已记录", "visits"},
		{"王芳", "请假", "哪天到哪天", "下周三到周五", "请假已记", "absences"},
	},
	{
		{"周敏", "新客户 义乌锐锋物资行", "联系电话", "13812340000 批发", "客户已建", "customers"},
		{"李强", "商机 宁波市立 血球分析仪", "多少钱", "50万", "商机已建", "opportunities"},
		{"林夏", "拜访 诸暨浣江康养中心 赵院长 介绍尿液分析仪", "是新客户吗", "13812340001 其他", "拜访已记录", "visits"},
	},
	{
		{"林夏", "计划 明天上午 市立医院", "是哪家", "1", "已排", "visit_plans"},
		{"李强", "提交合同 宁波市立医院 28万", "合同草稿", "无附件", "合同待审批", "contracts"},
		{"周敏", "打车85", "哪家客户", "不归客户", "费用(交通)已记录", "filings"},
	},
	{
		{"周敏", "费用 绍兴市立医院 打车", "花了多少", "45", "费用(交通)已记录", "filings"},
		{"李强", "李主任让我下周二前报价", "是哪家", "宁波市立医院", "拜访已记录", "todos"},
		{"林夏", "审批申请 延长账期", "为什么要延长账期", "客户月底才结账", "审批申请待审批", "applications"},
	},
}

// rows counts what is in a table.
func rows(t *testing.T, dir, table string) int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "salesflow.db")+"?_pragma=query_only(1)&_pragma=busy_timeout(30000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	return countOf(t, db, "SELECT COUNT(*) FROM "+table)
}

// A question that was left open survives another command and a restart; its answer files one record, also when it is delivered
// twice, and whoever drops it leaves nothing behind.
func TestAnOpenQuestionIsAnsweredOnceOrDropped(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			w := newWorld(t, platform, func(o *demoOptions) { o.data = dir })
			for n, round := range dialogues {
				s := bottest.New(t, w)
				before := make([]int, len(round))
				for i, d := range round {
					before[i] = rows(t, dir, d.table)
					rep := s.As(d.who).Skip()
					rep.Say(d.start)
					rep.ExpectSaid(d.asked)
					rep.Say("算了")
					rep.ExpectAny()
					s.Settle()
					if now := rows(t, dir, d.table); now != before[i] {
						t.Fatalf("%s, 算了: %d rows of %s more", d.start, now-before[i], d.table)
					}
					rep.Skip()
					rep.Say(d.start)
					rep.ExpectSaid(d.asked)
				}
				s.Settle()
				now := w.Now()
				if err := w.demo.close(); err != nil {
					t.Fatal(err)
				}
				w = newWorld(t, platform, func(o *demoOptions) { o.data, o.start = dir, now })
				s = bottest.New(t, w)
				for i, d := range round {
					rep := s.As(d.who)
					rep.Say("待办")
					rep.ExpectAny()
					id := fmt.Sprintf("answer-%d-%d", n, i)
					rep.Skip()
					rep.SayAgain(id, d.answer)
					rep.ExpectCard(d.filed)
					s.Settle()
					filed := rows(t, dir, d.table)
					if filed-before[i] < 1 {
						t.Errorf("%s, %s: no row of %s more", d.start, d.answer, d.table)
					}
					rep.SayAgain(id, d.answer)
					s.Settle()
					if again := rows(t, dir, d.table); again != filed {
						t.Errorf("%s: the answer delivered again made %d rows of %s more", d.start, again-filed, d.table)
					}
				}
			}
		})
	}
}
