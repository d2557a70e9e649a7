package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

// The bars: what the database may take for a card, and for a list or report, in milliseconds.
const (
	cardBar = 30.0
	listBar = 200.0
)

// ask is something people ask for. Who is a letter for each of r(ep), l(ead), d(irector), f(inance), a(dmin).
type ask struct {
	who  string
	text string // of a message; a page begins with GET, the HTTP interface with API
}

// cardAsks show one record; those that write one show it, too.
var cardAsks = []ask{
	{"rld", "客户 {customer}"},
	{"rd", "客户 {ka}"},
	{"rldf", "合同 {contract}"},
	{"rldf", "合同进度 {contract}"},
	{"rf", "合同进度 {kacontract}"},
	{"rdf", "对账 {contract}"},
	{"r", "商机 {customer}"},
	{"rf", "承诺回款 {invoice} 下月20日"},
	{"f", "认款 {payment}"},
	{"rd", "报价 {quote}"},
	{"rd", "工单 {order}"},
	{"f", "对账单 {customer} 上月"},
	{"f", "对账单 {ka} 上月"},
	{"rf", "对账单 {ka} 上月 明细"},
	{"r", "对账单 {customer} 上月 明细"},
	{"rd", "设备档案 {device}"},
	{"rf", "回款指标 {ka}"},
	{"rf", "已开票未回款 {ka}"},
	{"rf", "授信 {ka}"},
	{"rf", "开票资料 {customer}"},
	{"r", "决策链 {customer}"},
	{"r", "架构 {customer}"},
	{"r", "关键信息 {customer}"},
	{"r", "合规清单 {customer}"},
	{"r", "节点 {customer}"},
	{"rd", "审批单 {contract}"},
	{"r", "审批记录 {contract}"},
	{"rd", "谁在处理 {contract}"},
	{"rd", "审批单 {traced}"},
	{"r", "审批记录 {traced}"},
	{"d", "谁看过 {customer}"},
	{"rld", "谁看过 {ka}"},
	{"rd", "谁看过 {traced}"},
	{"rd", "送达 {traced}"},
	{"rd", "送达 {ka}"},
	{"rd", "履约证明 {ka}"},
	{"r", "税率 {contract}"},
	{"rd", "对齐 {contract}"},
	{"r", "填 合同 {contract}"},
	{"r", "填 客户 {customer}"},
	{"r", "竞品 {customer}"},
	{"r", "图片 {customer}"},
	{"r", "二维码 {customer}"},
	{"r", "产品 生化分析仪"},
	{"r", "拜访 {customer} 王主任 介绍生化分析仪方案,下周二前寄样"},
	{"r", "为什么"},
	{"r", "撤销"},
	{"r", "发货 {contract} 1台 单号 SF12345678{n}"},
	{"f", "开票 {contract} 1万"},
	{"f", "回款 {contract} 1.{n}万"},
	{"f", "回款 {ka} 2.{n}万"},
	{"r", "报价 {customer} 生化分析仪 1台 26万"},
}

// listAsks show many records or sums of them.
var listAsks = []ask{
	{"rldfa", "帮助"},
	{"rld", "待办"},
	{"rld", "我的客户"},
	{"rld", "商机"},
	{"rldf", "合同"},
	{"d", "审批"},
	{"rld", "拜访记录"},
	{"rld", "计划"},
	{"ld", "团队计划"},
	{"ld", "团队请假"},
	{"rld", "漏斗"},
	{"r", "漏斗 我的 本月"},
	{"ld", "漏斗 上月"},
	{"ld", "漏斗 今年"},
	{"rld", "TOP3"},
	{"rld", "日报"},
	{"ld", "晨报"},
	{"rldf", "对账"},
	{"rldf", "对账 红"},
	{"f", "对账 黄"},
	{"rldf", "已开票未回款"},
	{"l", "已开票未回款 团队"},
	{"df", "已开票未回款 公司"},
	{"rldf", "未认款"},
	{"rldf", "回款指标"},
	{"df", "回款指标 公司"},
	{"rldf", "新签额"},
	{"ldf", "新签额 上月"},
	{"rldf", "对齐"},
	{"df", "对齐 公司"},
	{"rd", "工单"},
	{"rd", "报价"},
	{"df", "待发货"},
	{"da", "工单队列"},
	{"rd", "工单统计"},
	{"d", "工单统计 上月"},
	{"rld", "设备档案"},
	{"r", "设备档案 {ka}"},
	{"ld", "字段"},
	{"rd", "公海"},
	{"rld", "线索"},
	{"d", "线索来源"},
	{"rld", "客户完整度"},
	{"r", "标签 三甲"},
	{"rl", "投诉 未关"},
	{"rl", "售后 未关"},
	{"r", "样品"},
	{"rd", "费用 本月"},
	{"rd", "送达"},
	{"rld", "处理时效"},
	{"d", "处理时效 近90天"},
	{"d", "处理时效 合同48小时"},
	{"rl", "值班"},
	{"ld", "送达 {repname} 昨天"},
	{"rldf", "对账单 上月"},
	{"rldf", "对账单 上月 没回"},
	{"f", "对账单 上月 有出入"},
	{"rldf", "明细 未收"},
	{"df", "明细 未收 公司"},
	{"rf", "明细 未收 {ka}"},
	{"df", "明细 逾期 公司"},
	{"rldf", "明细 回款 本月"},
	{"df", "明细 回款 公司 今年"},
	{"df", "明细 回款 公司 今年 第100页"},
	{"rf", "明细 回款 {ka} 今年"},
	{"rl", "明细 开票 近90天"},
	{"df", "明细 开票 公司 近90天"},
	{"df", "明细 红冲 公司 今年"},
	{"df", "明细 待开票 公司"},
	{"df", "明细 开票快慢 公司 上月"},
	{"df", "明细 对不上 公司"},
	{"df", "明细 缺单据 公司"},
	{"df", "明细 对上了 公司"},
	{"df", "明细 没合同 公司"},
	{"df", "明细 未认款 公司"},
	{"ld", "明细 漏斗 今年"},
	{"rld", "履约证明"},
	{"rd", "攒下"},
	{"r", "日历"},
	{"da", "规则"},
	{"a", "阶段模板"},
	{"rd", "导出 客户"},
	{"r", "设备档案 导出"},
	{"rd", "GET 客户"},
	{"r", "GET 客户 ?q=医院"},
	{"r", "GET 记录"},
	{"rld", "GET 商机"},
	{"ld", "GET 商机 ?s=amount"},
	{"d", "GET 商机 ?s=expected"},
	{"d", "GET 商机 ?q=医院"},
	{"d", "GET 商机 ?f=won&p=20"},
	{"rldf", "GET 合同"},
	{"rd", "GET 合同 ?s=amount"},
	{"d", "GET 合同 ?q=医院"},
	{"d", "GET 合同 ?q=HT20&f=pending"},
	{"d", "GET 合同 ?p=20"},
	{"rldf", "GET 应收"},
	{"rf", "GET 应收 ?s=amount"},
	{"f", "GET 应收 ?f=late&p=20"},
	{"f", "GET 应收 ?q=医院"},
	{"a", "GET 管理"},
	{"a", "API customers"},
	{"a", "API customers owner_id={rep}"},
	{"a", "API visits"},
	{"a", "API visits customer_id={kaid}"},
	{"a", "API visits owner_id={rep}"},
	{"a", "API todos"},
	{"a", "API todos state=open"},
	{"a", "API opportunities state=open"},
	{"a", "API contracts"},
	{"a", "API contracts state=pending"},
	{"a", "API contracts state=rejected"},
	{"a", "API contracts customer_id={kaid}"},
	{"a", "API invoices"},
	{"a", "API invoices state=open"},
	{"a", "API invoices state=credited"},
	{"a", "API invoices customer_id={kaid}&state=open"},
	{"a", "API invoices owner_id={rep}&state=open"},
	{"a", "API payments"},
	{"a", "API payments state=open"},
	{"a", "API payments contract_id={contractid}"},
	{"a", "API shipments"},
	{"a", "API shipments state=shipped"},
	{"a", "API shipments owner_id={rep}"},
	{"a", "API records kind=device"},
	{"a", "API records kind=device&customer_id={kaid}"},
	{"a", "API events"},
}

var askers = map[rune]string{'r': "rep", 'l': "lead", 'd': "director", 'f': "finance", 'a': "admin"}

// words are what stands for the braces of an ask, for a round: of a rep in another team each time.
type words struct {
	rep  string
	lead string
	r    *strings.Replacer
}

func (w *world) words(ctx context.Context, q *sqlx.DB, round int) (words, error) {
	out := words{rep: fmt.Sprintf("rep%03d", round*repsOfTeam%w.o.reps), lead: fmt.Sprintf("lead%02d", round%(w.o.reps/repsOfTeam))}
	var rep, customer, ka sales.ID
	pairs := []string{"{n}", fmt.Sprintf("%02d", round+10), "{repname}", fmt.Sprintf("销售%03d", round*repsOfTeam%w.o.reps)}
	get := func(word string, dest any, query string, args ...any) error {
		if err := q.GetContext(ctx, dest, query, args...); err != nil {
			return fmt.Errorf("find %s: %w", word, err)
		}
		if word != "" {
			switch v := dest.(type) {
			case *sales.ID:
				pairs = append(pairs, word, v.String())
			case *string:
				pairs = append(pairs, word, *v)
			}
		}
		return nil
	}
	var text, traced string
	err := get("{rep}", &rep, "SELECT id FROM persons WHERE code = ?", out.rep)
	// The customer has a deal that is open, and contracts.
	for _, find := range []func() error{
		func() error {
			return get("", &customer, "SELECT customer_id FROM opportunities WHERE owner_id = ? AND state = 'open' ORDER BY id DESC LIMIT 1 OFFSET 3", rep)
		},
		func() error { return get("{customer}", &text, "SELECT name FROM customers WHERE id = ?", customer) },
		func() error {
			return get("{kaid}", &ka, "SELECT customer_id FROM contracts WHERE owner_id = ? GROUP BY customer_id ORDER BY COUNT(*) DESC LIMIT 1", rep)
		},
		func() error { return get("{ka}", &text, "SELECT name FROM customers WHERE id = ?", ka) },
		func() error {
			return get("{contract}", &text, "SELECT no FROM contracts WHERE owner_id = ? AND state = 'approved' ORDER BY id DESC LIMIT 1 OFFSET 5", rep)
		},
		func() error {
			return get("{traced}", &traced, "SELECT no FROM contracts c WHERE owner_id = ? AND state = 'approved' AND EXISTS "+
				"(SELECT 1 FROM audit a WHERE a.subject_kind = 'contract' AND a.subject_id = c.id) ORDER BY id DESC LIMIT 1 OFFSET 2", rep)
		},
		func() error {
			var id sales.ID
			return get("{contractid}", &id, "SELECT id FROM contracts WHERE no = ?", text)
		},
		func() error {
			return get("{kacontract}", &text, "SELECT no FROM contracts WHERE customer_id = ? AND state = 'approved' ORDER BY id DESC LIMIT 1 OFFSET 2", ka)
		},
		func() error {
			return get("{invoice}", &text, "SELECT no FROM invoices WHERE owner_id = ? AND state = 'open' AND contract_id <> 0 ORDER BY due_on LIMIT 1", rep)
		},
		func() error {
			return get("{payment}", &text, "SELECT no FROM payments WHERE owner_id = ? AND contract_id <> 0 ORDER BY received_on DESC LIMIT 1 OFFSET 5", rep)
		},
		func() error {
			return get("{quote}", &text, "SELECT no FROM quotes WHERE owner_id = ? ORDER BY id DESC LIMIT 1 OFFSET 1", rep)
		},
		func() error {
			return get("{order}", &text, "SELECT no FROM work_orders WHERE owner_id = ? ORDER BY id DESC LIMIT 1 OFFSET 1", rep)
		},
		func() error {
			return get("{device}", &text, "SELECT no FROM custom_records WHERE person_id = ? ORDER BY id DESC LIMIT 1 OFFSET 9", rep)
		},
	} {
		if err == nil {
			err = find()
		}
	}
	out.r = strings.NewReplacer(pairs...)
	return out, err
}

func (x words) asker(who rune) string {
	switch who {
	case 'r':
		return x.rep
	case 'l':
		return x.lead
	}
	return askers[who]
}
