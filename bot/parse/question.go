package parse

import (
	"regexp"
	"strings"
)

// QueryAsk says what kind of answer is wanted.
type QueryAsk string

// The kinds of answers.
const (
	AskWho    QueryAsk = "who"    // 谁
	AskWhen   QueryAsk = "when"   // 哪天, 什么时候, 多久
	AskCount  QueryAsk = "count"  // 几家
	AskAmount QueryAsk = "amount" // 多少钱
	AskState  QueryAsk = "state"  // 了没, 到哪一步, 怎么样
	AskList   QueryAsk = "list"   // 哪些, 哪个
	AskWhat   QueryAsk = "what"   // 什么
	AskWhy    QueryAsk = "why"    // 怎么, 为什么
)

// QueryAbout says what a question is about.
type QueryAbout string

// What questions are about.
const (
	AboutTodo        QueryAbout = "todo"        // 待办
	AboutDay         QueryAbout = "day"         // 明天我有啥事: plans and to-dos
	AboutPromise     QueryAbout = "promise"     // 答应的事
	AboutVisit       QueryAbout = "visit"       // 拜访
	AboutTalk        QueryAbout = "talk"        // 上次谈了什么
	AboutIdle        QueryAbout = "idle"        // 谁没跟, 最久没去
	AboutPlan        QueryAbout = "plan"        // 拜访计划
	AboutCustomer    QueryAbout = "customer"    // 客户怎么样
	AboutCustomers   QueryAbout = "customers"   // 我有几个客户
	AboutOwner       QueryAbout = "owner"       // 谁负责
	AboutContact     QueryAbout = "contact"     // 电话
	AboutContract    QueryAbout = "contract"    // 合同
	AboutApproval    QueryAbout = "approval"    // 等我批的
	AboutPayment     QueryAbout = "payment"     // 回款
	AboutReceivable  QueryAbout = "receivable"  // 欠款
	AboutOverdue     QueryAbout = "overdue"     // 逾期
	AboutInvoice     QueryAbout = "invoice"     // 发票
	AboutUninvoiced  QueryAbout = "uninvoiced"  // 还有几张票没开
	AboutSigned      QueryAbout = "signed"      // 新签
	AboutTarget      QueryAbout = "target"      // 还差多少完成
	AboutOpportunity QueryAbout = "opportunity" // 商机
	AboutFunnel      QueryAbout = "funnel"      // 漏斗
	AboutQuote       QueryAbout = "quote"       // 报价
	AboutSample      QueryAbout = "sample"      // 样品
	AboutService     QueryAbout = "service"     // 投诉, 售后
	AboutShipment    QueryAbout = "shipment"    // 发货
	AboutProduct     QueryAbout = "product"     // 产品多少钱
	AboutExpense     QueryAbout = "expense"     // 费用
	AboutLead        QueryAbout = "lead"        // 线索
	AboutPool        QueryAbout = "pool"        // 公海
	AboutAbsence     QueryAbout = "absence"     // 谁请假
	AboutReport      QueryAbout = "report"      // 谁没交日报
	AboutWork        QueryAbout = "work"        // 工单
	AboutCalendar    QueryAbout = "calendar"    // 哪天上班
)

// Spoken is a person as a question names them: 张老师, 检验科王主任.
type Spoken struct {
	Surname, Given, Title, Dept string
	Young                       bool // 小王
	Why                         Why
}

// Meant are a customer's contacts whom such words may mean.
func (x *Index) Meant(s Spoken, customer ID) []Contact {
	m := message{x: x}
	return m.fitting(mention{surname: s.Surname, given: s.Given, title: s.Title, dept: s.Dept, young: s.Young}, customer)
}

// maxQuestion is how long a question is at most, in characters; whoever writes more tells something.
const maxQuestion = 48

// question reads what is asked of the bot. ok is false for what is told. told is true when the message holds the words of a
// question and yet asks nothing.
func (m *message) question() (q Query, ok, told bool) {
	if len(m.r) > maxQuestion || !m.mayWonder() {
		return q, false, false
	}
	ws := m.wonders()
	if len(ws) == 0 {
		return q, false, false
	}
	from := m.request()
	w := ws[0]
	for _, o := range ws { // 谁去过第一医院吗: the one that names what is wanted
		if w.yesNo && !o.yesNo {
			w = o
		}
	}
	if m.told(from, w) || m.newsBeside(w, ws) || !m.onlyLookedUp(w) {
		return q, false, true
	}
	about, ask := m.topic(w)
	if about == "" {
		return q, false, false
	}
	q = Query{What: whatOf(about, ask), Ask: ask, About: about, Why: m.why(0, len(m.r)), Outright: m.asksOutright(from, ws)}
	q.Owner = m.owner(q.What)
	q.From, q.To = m.period()
	q.Team = m.has(0, len(m.r), "我们", "咱们", "团队", "全组", "组里", "大家", "部门", "本组", "我组", "手下")
	q.All = m.has(0, len(m.r), "全公司", "公司", "全司", "所有人", "全部人")
	m.askedAbout(&q)
	return q, true, false
}

// whatOf is the kind of query that the published examples know.
func whatOf(about QueryAbout, ask QueryAsk) QueryWhat {
	switch about {
	case AboutTodo, AboutDay, AboutPromise:
		return QueryTodos
	case AboutPayment:
		if ask == AskAmount || ask == AskCount {
			return QueryPaymentSum
		}
	case AboutSigned:
		return QueryContractSum
	case AboutVisit, AboutTalk:
		if ask == AskWhen {
			return QueryLastVisit
		}
	case AboutReceivable:
		return QueryReceivable
	case AboutContact:
		return QueryContact
	case AboutPlan:
		return QueryPlan
	}
	return QueryOther
}

// onlyLookedUp reports that the values in a message only say which record is meant: 那个30万的合同. Any other value is news.
func (m *message) onlyLookedUp(w wonder) bool {
	if len(m.counts) > 0 || len(m.rates) > 0 || m.phone.Value != "" {
		return false
	}
	for _, s := range m.sums {
		if m.any(m.blank(m.opt(m.blank(s.j), "左右", "多")), "的", "那", "这") < 0 && !m.before(s.i, "那个", "这个", "那笔", "那单", "那份", "这份", "那张") || s.i > w.i {
			return false
		}
	}
	return len(m.sums) <= 1
}

// askedAbout reads which record and which person a question names.
func (m *message) askedAbout(q *Query) {
	for _, p := range m.papers {
		q.No = p.ref.No
	}
	if no := recordNo.FindString(m.s); q.No == "" && no != "" {
		q.No = strings.ToUpper(strings.NewReplacer(" ", "").Replace(no))
	}
	for _, s := range m.sums {
		if s.amount.Exact() {
			q.Amount = s.amount.Value
		}
	}
	for _, p := range m.prods {
		q.Products = append(q.Products, p.ref.ID)
	}
	q.Back = m.has(0, len(m.r), backWordsOf...)
	q.Person = m.askedPerson()
	if len(m.hits) == 0 {
		q.Place = m.askedPlace()
	}
}

// askedPerson is the first person of a customer's whom a question names.
func (m *message) askedPerson() Spoken {
	for i := range m.r {
		if m.used[i] || m.inTime(i, i+1) {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			switch {
			case n.i != i && n.dept == "", n.surname == "" && n.title == "":
			case n.title == "" && m.any(i, "老没", "老是", "老不", "小时", "小程", "小组", "小学", "小心", "小助", "老样", "老客", "老总", "老板", "小结") > 0:
			case n.given != "" && strings.Contains("应向于从常和都时全单给能", n.surname): // 答应|王主任
			default:
				return Spoken{Surname: n.surname, Given: n.given, Title: n.title, Dept: n.dept, Young: n.young, Why: m.why(n.i, n.j)}
			}
		}
	}
	return Spoken{}
}

// beforePlace are the characters that do not belong to the name of an institution behind them.
const beforePlace = " ,?全本总分的了过去到跑见在从跟和谁给哪次趟回上是最近访问查看下有没家个些所这那几我你他们咱里天周月今明昨要想往"

// askedPlace is the institution a question names, where the master data has none of that name: 第一医院, 妇保院.
func (m *message) askedPlace() Why {
	for i := range m.r {
		e := m.any(i, shortOrgs...)
		i0 := i
		if e < 0 {
			e = m.any(i, "医院", "公司", "集团", "学校", "小学", "中学", "大学", "学院", "幼儿园", "超市", "门诊部", "卫生院", "商行", "机械厂", "五金厂", "中心")
		} else if e2 := m.any(e, "院", "医院"); e2 > 0 {
			e = e2
		}
		if e < 0 || !m.free(i, e) {
			continue
		}
		for i0 > 0 && i-i0 < 10 && isHan(m.r[i0-1]) && !m.used[i0-1] && !m.inTime(i0-1, i0) && !strings.ContainsRune(beforePlace, m.r[i0-1]) {
			i0--
		}
		if m.any(i0, "拜访", "走访", "联系", "客户", "负责") > 0 {
			i0 += 2
		}
		if e-i0 >= 3 {
			return m.why(i0, e)
		}
	}
	return Why{}
}

// recordNo is the number of a record: BJ2026-001, FP2026-003.
var recordNo = regexp.MustCompile(`(?i)(?:BJ|TJ|SQ|FP|HC|HK|FH|GD|JX)[- ]?20\d{2}[- ]?\d{2,6}`)

// topic finds what a question with the word w is about, and what kind of answer fits.
func (m *message) topic(w wonder) (QueryAbout, QueryAsk) {
	for _, look := range []func(wonder) (QueryAbout, QueryAsk){m.aboutPapers, m.aboutMoney, m.aboutGoods, m.aboutPeople, m.aboutWork, m.aboutVisits, m.aboutCustomers} {
		if about, ask := look(w); about != "" {
			return about, ask
		}
	}
	return "", ""
}

// said reports whether one of ws stands in the message.
func (m *message) said(ws ...string) bool { return m.has(0, len(m.r), ws...) }

// aboutPapers is for contracts, quotes and what waits for a decision.
func (m *message) aboutPapers(w wonder) (QueryAbout, QueryAsk) {
	no := recordNo.FindString(m.s)
	switch {
	case m.said("要我批", "要我审", "我批的", "我审的", "轮到我", "等我批", "等我审", "待我批", "待我审", "我要批", "我要审", "需要我批", "需要我审", "该我批", "该我审", "要我签字", "等我签"):
		return AboutApproval, AskList
	case m.said("待审批", "待审", "审批") && w.ask != AskWhy && len(m.papers) == 0 && no == "" && !m.said("合同", "报价", "特价"):
		return AboutApproval, AskList
	case len(m.papers) > 0 && m.said("发货", "货", "物流", "签收"):
		return AboutShipment, w.ask
	case len(m.papers) > 0 && m.said("开票", "发票", "票"):
		return AboutInvoice, w.ask
	case len(m.papers) > 0 && m.said("回款", "到账", "收款", "付款", "钱", "款"):
		return AboutPayment, w.ask
	case len(m.papers) > 0:
		return AboutContract, w.ask
	case strings.HasPrefix(strings.ToUpper(no), "BJ"):
		return AboutQuote, w.ask
	case strings.HasPrefix(strings.ToUpper(no), "GD"):
		return AboutWork, w.ask
	case strings.HasPrefix(strings.ToUpper(no), "FP"):
		return AboutInvoice, w.ask
	case m.said("漏斗", "转化率"):
		return AboutFunnel, AskState
	case m.said("报价单", "报价") && (w.ask == AskState || w.ask == AskAmount || w.ask == AskWho || w.ask == AskCount || w.ask == AskList || w.ask == AskWhen), m.said("报了多少", "报的多少", "报的是", "报多少", "报的什么价", "报的啥价", "报什么价"):
		return AboutQuote, w.ask
	case m.said("合同") && m.signs() && (w.ask == AskAmount || w.ask == AskCount):
		return AboutSigned, AskAmount
	case m.said("合同额", "合同总额", "签单额"):
		return AboutSigned, AskAmount
	case m.said("合同", "协议") && !m.said("开票", "发票", "该发货", "待发货", "要发货") && w.ask != AskWhy:
		return AboutContract, w.ask
	case m.said("单子", "商机", "项目", "那单", "这单") && m.said("审", "批", "盖章", "用印"):
		return AboutContract, w.ask
	}
	return "", ""
}

// signs reports that the message speaks of signing: 签了, 新签, 签下.
func (m *message) signs() bool {
	return m.said("签了", "新签", "签下", "签的", "签约", "签成", "一共签", "总共签", "签单")
}

// aboutMoney is for what is owed, paid, invoiced, signed, and what is wanting to a target.
func (m *message) aboutMoney(w wonder) (QueryAbout, QueryAsk) {
	switch {
	case m.said("欠票") || m.said("票", "发票") && (m.said("没开", "未开", "要开", "该开", "待开", "欠") || m.said("该开票", "要开票", "没开票", "待开票", "未开票") || w.yesNo && m.said("开全", "开齐", "开完")) && !m.said("没开票的款"):
		return AboutUninvoiced, w.ask
	case m.said("逾期", "超期", "到期没付", "过期没付") && m.said("款", "钱", "账", "应收", "票", "客户", "谁", "哪", "多少", "几", "有没有", "吗") && !m.said("待办"):
		return AboutOverdue, w.ask
	case m.said("欠", "应收", "未收", "没收", "没付", "没给钱", "没打款", "没回款", "没回来", "没到账", "未回款", "尾款") && w.ask != AskWhy && !m.said("欠妥", "欠缺"):
		return AboutReceivable, w.ask
	case m.said("差多少", "还差", "完成率", "完成了多少", "完成多少", "完成得", "任务完成", "完成情况", "指标", "目标") && m.said("完成", "指标", "目标", "达标", "任务", "达成") && (w.ask == AskAmount || w.ask == AskState || w.ask == AskCount) && !m.said("待办"):
		return AboutTarget, AskAmount
	case m.said("发票", "开票", "开了票") || m.said("票") && m.said("开", "寄", "收到"):
		return AboutInvoice, w.ask
	case m.said("回款", "到账", "到帐", "收款", "进账", "入账", "打款", "付款", "付钱", "回来多少", "收回"), m.howMuch("收", "回", "到", "进"), m.said("款", "钱") && m.said("到了", "到没", "付了", "打了", "回了", "收到", "收了"):
		return AboutPayment, w.ask
	case m.said("新签", "签单额", "签约额", "成交额", "业绩") && (w.ask == AskAmount || w.ask == AskCount), m.howMuch("签"), m.signs() && w.ask == AskCount && m.said("单", "家", "份"):
		return AboutSigned, AskAmount
	case m.said("赢了", "成了", "成交了", "丢了", "输了") && (w.ask == AskCount || w.ask == AskAmount) && m.said("单", "个", "多少"), m.said("业绩"):
		return AboutFunnel, AskState
	case m.said("费用", "报销", "花销", "开销", "花了", "花费") && (w.ask == AskAmount || w.ask == AskState):
		return AboutExpense, AskAmount
	}
	return "", ""
}

// aboutGoods is for samples, shipments, service and products.
func (m *message) aboutGoods(w wonder) (QueryAbout, QueryAsk) {
	state := w.ask == AskState || w.ask == AskWhen || w.ask == AskWho || w.ask == AskList || w.ask == AskCount
	switch {
	case m.said("样品", "样机", "样件", "寄样", "送样", "样寄", "样发", "样到") && state && !m.said("看样", "演示", "试用"):
		return AboutSample, w.ask
	case m.said("投诉", "售后", "报修", "维修单") && state && w.ask != AskWhen && (len(m.prods) == 0 || m.said("处理", "解决", "办结", "受理")):
		return AboutService, w.ask
	case m.said("发货", "物流", "待发", "发走", "签收") && state && !m.said("发货能", "怎么发"), m.said("货发", "货到", "货签", "货寄") && w.yesNo:
		return AboutShipment, w.ask
	case len(m.prods) > 0 && len(m.hits) == 0 && (w.ask == AskAmount || m.said("底价", "标准价", "注册证", "价格", "什么价") && w.ask != AskWhy) && len(m.r) <= 20:
		return AboutProduct, w.ask
	}
	return "", ""
}

// aboutPeople is for who is reached how, who is away, who has not reported.
func (m *message) aboutPeople(w wonder) (QueryAbout, QueryAsk) {
	switch {
	case m.said("电话", "手机", "微信", "联系方式", "号码", "邮箱") && !m.said("打电话", "打个电话", "来电话", "打了电话", "接电话", "电话打", "通电话", "号码没", "电话会") && w.ask != AskWhy && w.ask != AskWhen:
		return AboutContact, AskState
	case w.ask == AskWho && m.said("请假", "休假", "不在", "出差", "没上班", "没来"):
		return AboutAbsence, AskWho
	case m.said("日报", "周报") && (w.ask == AskWho || w.ask == AskList || w.yesNo || w.ask == AskCount), w.ask == AskWho && m.said("没报", "没交", "没填", "没拜访", "没跑", "没出门") && !m.said("客户", "家"):
		return AboutReport, w.ask
	case m.said("线索") && w.ask != AskWhy:
		return AboutLead, w.ask
	case m.said("公海") && w.ask != AskWhy:
		return AboutPool, w.ask
	case m.said("工单") && w.ask != AskWhy:
		return AboutWork, w.ask
	case m.said("放假", "放几天", "上班吗", "调休", "休息吗", "要上班", "上不上班", "工作日吗") && (w.yesNo || w.ask == AskWhen || w.ask == AskCount || w.ask == AskWhy) && len(m.hits) == 0:
		return AboutCalendar, w.ask
	}
	return "", ""
}

// aboutWork is for what a person has promised and still has to do.
func (m *message) aboutWork(w wonder) (QueryAbout, QueryAsk) {
	switch {
	case m.said("答应", "承诺", "应承", "说好") && m.said("的事", "办", "做", "完成", "兑现", "到期", "没完", "发了", "寄了", "给了", "送了", "发没", "寄没") && !m.said("客户说"):
		return AboutPromise, w.ask
	case m.said("答应了", "承诺了", "答应过", "答应的", "承诺的") && (w.ask == AskWhat || w.ask == AskList || w.ask == AskCount) && len(m.r) <= 24:
		return AboutPromise, w.ask
	case m.said("待办", "要做的", "没做完", "没完成", "要跟进", "跟进事项", "未完成", "没做的", "没做", "没办", "没干", "没处理", "任务"):
		return AboutTodo, w.ask
	case (w.ask == AskWhat || w.ask == AskList || w.ask == AskCount || w.ask == AskState) && m.said("啥事", "什么事", "哪些事", "几件事", "安排", "日程", "行程", "要干", "要做", "该干", "该做", "要办", "要忙", "干嘛", "干啥", "得做", "得办", "忙什么", "忙啥") && len(m.hits) == 0:
		return AboutDay, w.ask
	case m.said("干嘛", "干吗") && len(m.r) <= 12:
		return AboutDay, w.ask
	}
	return "", ""
}
