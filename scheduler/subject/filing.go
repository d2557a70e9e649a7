package subject

import (
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// matter is what a filing is about in a word: 投诉(故障).
func matter(kind string) Field {
	f := text("matter", "事项", "''")
	f.Derive = func(r *Record) rules.Value {
		v := rules.Value{Type: rules.Text, S: kind}
		if t := r.Field("topic").S; t != "" && t != "其他" {
			v.S += "(" + t + ")"
		}
		return v
	}
	return f
}

// filing is one kind of the quick filings: 投诉, 售后, 样品, 竞品, 培训反馈, 费用.
func filing(k sales.FilingKind) *Object {
	o := &Object{
		Key: string(k), Name: k.Name(), Subject: "filing", Table: "filings", Where: "kind = '" + string(k) + "'",
		Stands: "state <> '" + sales.FilingUndone + "'",
		People: owners("person_id"),
		Filed:  true, Verbs: []string{string(k) + ".filed"}, At: "filed_at",
		By: map[string]string{"customer": "customer_id", "person": "person_id"},
		Title: func(r *Record) string {
			return join(r.Show("customer"), r.Object.Name, r.Show("topic"), r.Show("party"))
		},
		Open: func(r *Record) string { return "客户 " + r.Show("customer") },
	}
	flow := []string{sales.FilingFiled}
	switch k {
	case sales.FilingComplaint, sales.FilingAfterSales:
		o.Cards = options("take", "受理")
		flow = []string{sales.FilingOpen, sales.FilingAccepted, sales.FilingClosed}
		o.Waits = flow[:2]
	case sales.FilingSample:
		o.Cards = options("ask", "问反馈")
		flow = []string{sales.FilingRequested, sales.FilingSent, sales.FilingDelivered, sales.FilingAnswered}
		o.Waits = flow[:3]
	}
	var list []rules.Option
	for _, s := range append(flow, sales.FilingUndone) {
		list = append(list, rules.Option{Key: s, Name: sales.FilingStateName(s)})
	}
	o.Fields = []Field{
		states("状态", "state", list), ofCustomer(), someone("person", "记录人", "person_id", "销售"), date("day", "日期", "day"),
	}
	topics := func(name string) Field {
		f := text("topic", name, "topic")
		f.Names = func(s string) string { return sales.TopicName(k, s) }
		return f
	}
	switch k {
	case sales.FilingComplaint, sales.FilingAfterSales:
		o.Fields = append(o.Fields, topics(map[bool]string{true: "问题", false: "服务项目"}[k == sales.FilingComplaint]),
			matter(o.Name), boolean("urgent", "加急", "urgent"), someone("handler", "受理人", "handler_id"), moment("closed", "办结日", "closed_at", "办结日期"))
		o.People = append(o.People, Person{Key: "handler", Name: "受理人", Column: "handler_id"})
	case sales.FilingSample:
		o.Fields = append(o.Fields, date("sent", "寄出日", "sent_on", "寄出日期"), date("delivered", "送达日", "delivered_on", "送达日期"))
	case sales.FilingCompetitor:
		o.Fields = append(o.Fields, text("party", "竞品", "party", "竞品名称"), money("amount", "竞品价", "amount", "价格"))
	case sales.FilingTraining:
		o.Fields = append(o.Fields, number("people", "人数", "people"),
			choice("sentiment", "评价", "sentiment", options(sales.SentimentGood, "好", sales.SentimentFair, "一般", sales.SentimentBad, "不好")))
	case sales.FilingExpense:
		o.Fields = append(o.Fields, topics("费用类别"), money("amount", "金额", "amount"))
	}
	return o
}
