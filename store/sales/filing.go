package sales

import "slices"

// FilingKind is what a quick filing reports beside visits.
type FilingKind string

// The kinds of filings.
const (
	FilingCompetitor FilingKind = "competitor"  // 竞品
	FilingSample     FilingKind = "sample"      // 样品
	FilingTraining   FilingKind = "training"    // 培训反馈
	FilingAfterSales FilingKind = "after_sales" // 售后
	FilingComplaint  FilingKind = "complaint"   // 投诉
	FilingExpense    FilingKind = "expense"     // 费用
)

// FilingKinds are all kinds, in the order in which they are listed.
var FilingKinds = []FilingKind{FilingComplaint, FilingAfterSales, FilingSample, FilingCompetitor, FilingTraining, FilingExpense}

var filingNames = map[FilingKind]string{
	FilingCompetitor: "竞品", FilingSample: "样品", FilingTraining: "培训反馈", FilingAfterSales: "售后", FilingComplaint: "投诉", FilingExpense: "费用",
}

// Name is the kind's Chinese name.
func (k FilingKind) Name() string { return filingNames[k] }

// ForService reports whether a filing of the kind is work for the service (客服).
func (k FilingKind) ForService() bool { return k == FilingAfterSales || k == FilingComplaint }

// Filing states. What is only reported (竞品, 培训反馈, 费用) is filed and nothing more.
const (
	FilingFiled     = "filed"
	FilingOpen      = "open"      // 待受理, 投诉 and 售后
	FilingAccepted  = "accepted"  // 已受理
	FilingClosed    = "closed"    // 已办结
	FilingRequested = "requested" // 已申领, 样品
	FilingSent      = "sent"      // 已寄出
	FilingDelivered = "delivered" // 已送达
	FilingAnswered  = "answered"  // 有反馈
	FilingUndone    = "undone"    // taken back by its author
)

var filingStates = map[string]string{
	FilingFiled: "已记", FilingOpen: "待受理", FilingAccepted: "已受理", FilingClosed: "已办结", FilingRequested: "已申领", FilingSent: "已寄出",
	FilingDelivered: "已送达", FilingAnswered: "已反馈", FilingUndone: "已撤销",
}

// FilingStateName is a state of a filing in Chinese.
func FilingStateName(s string) string { return filingStates[s] }

// Filing is one thing reported beside visits (录入): a competitor's move, a sample, feedback on a training, a request to the
// service, a complaint, an expense.
type Filing struct {
	ID          ID         `db:"id"`
	Kind        FilingKind `db:"kind"`
	PersonID    PersonID   `db:"person_id"`
	TeamID      ID         `db:"team_id"`
	CustomerID  ID         `db:"customer_id"`
	ContactID   ID         `db:"contact_id"`
	ContactName string     `db:"contact_name"`
	// VisitID is the visit it was reported with, 0 when with none.
	VisitID ID      `db:"visit_id"`
	Day     Day     `db:"day"`
	FiledAt Instant `db:"filed_at"`
	// Text is the report in the author's words; of an expense the purpose.
	Text     string   `db:"text"`
	Products List[ID] `db:"products"`
	// Topic is the issue of a complaint, the work wanted of the service, the category of an expense.
	Topic string `db:"topic"`
	// Party is the competitor.
	Party    string `db:"party"`
	Quantity string `db:"quantity"`
	// People is how many took part in a training.
	People int `db:"people"`
	// Amount is the competitor's price, or what was spent.
	Amount    Money  `db:"amount"`
	Sentiment string `db:"sentiment"`
	Urgent    bool   `db:"urgent"`
	// Tracking, SentOn and DeliveredOn are a sample's way.
	Tracking    string `db:"tracking"`
	SentOn      Day    `db:"sent_on"`
	DeliveredOn Day    `db:"delivered_on"`
	// HandlerID is who of the service took it (受理), HandledAt when.
	HandlerID PersonID `db:"handler_id"`
	HandledAt Instant  `db:"handled_at"`
	ClosedAt  Instant  `db:"closed_at"`
	// Result is how it ended: what the service did, or what came back on a sample.
	Result        string `db:"result"`
	State         string `db:"state"`
	SourceEventID string `db:"source_event_id"`
	// Reasons are the words that gave each field.
	Reasons List[Reason] `db:"reasons"`
	Version int64        `db:"version"`
}

// Pending reports whether something is still to be done about it.
func (f Filing) Pending() bool {
	return slices.Contains(PendingFilings, f.State)
}

// PendingFilings are the states in which something is still to be done (未关).
var PendingFilings = []string{FilingOpen, FilingAccepted, FilingRequested, FilingSent, FilingDelivered}

// topics are the values of Topic by kind, the usual ones first: they are offered as buttons.
var topics = map[FilingKind][]Topic{
	FilingComplaint: {
		{"fault", "故障"},
		{"quality", "质量"},
		{"late_delivery", "延期"},
		{"shortage", "少货"},
		{"damage", "破损"},
		{"service", "服务"},
	},
	FilingAfterSales: {
		{"repair", "维修"},
		{"install", "安装调试"},
		{"maintain", "保养校准"},
		{"accessory", "配件"},
		{"replace", "更换"},
		{"advice", "咨询"},
		{"train", "培训"},
		{"return", "退货"},
	},
	FilingExpense: {
		{"transport", "交通"},
		{"meal", "招待"},
		{"lodging", "住宿"},
		{"gift", "礼品"},
		{"material", "物料"},
		{"other", "其他"},
		{"event", "会务"},
	},
}

// Topic is a value with its Chinese name.
type Topic struct{ ID, Name string }

// Topics are the topics of a kind.
func Topics(k FilingKind) []Topic { return topics[k] }

// TopicName is a topic in Chinese; what is not known is shown as it is written.
func TopicName(k FilingKind, id string) string {
	for _, t := range topics[k] {
		if t.ID == id {
			return t.Name
		}
	}
	return id
}

// Sentiments of a feedback.
const (
	SentimentGood = "positive"
	SentimentFair = "neutral"
	SentimentBad  = "negative"
)

// SentimentName is a sentiment in Chinese.
func SentimentName(s string) string {
	switch s {
	case SentimentGood:
		return "好"
	case SentimentFair:
		return "一般"
	case SentimentBad:
		return "不好"
	}
	return ""
}

// FilingField is a field of a filing under its Chinese name, for rules, lists and exports.
type FilingField struct {
	Name string
	// Kinds have the field; none: all.
	Kinds []FilingKind
	// Value is a string, Money, Day, Instant, int, bool, ID or PersonID.
	Value func(Filing) any
}

// FilingFields are the fields of filings by their Chinese names.
var FilingFields = []FilingField{
	{"类型", nil, func(f Filing) any { return f.Kind.Name() }},
	{"客户", nil, func(f Filing) any { return f.CustomerID }},
	{"联系人", nil, func(f Filing) any { return f.ContactName }},
	{"记录人", nil, func(f Filing) any { return f.PersonID }},
	{"日期", nil, func(f Filing) any { return f.Day }},
	{"内容", nil, func(f Filing) any { return f.Text }},
	{"状态", nil, func(f Filing) any { return FilingStateName(f.State) }},
	{"竞品", []FilingKind{FilingCompetitor}, func(f Filing) any { return f.Party }},
	{"竞品价", []FilingKind{FilingCompetitor}, func(f Filing) any { return f.Amount }},
	{"问题", []FilingKind{FilingComplaint}, func(f Filing) any { return TopicName(f.Kind, f.Topic) }},
	{"服务项目", []FilingKind{FilingAfterSales}, func(f Filing) any { return TopicName(f.Kind, f.Topic) }},
	{"加急", []FilingKind{FilingAfterSales, FilingComplaint}, func(f Filing) any { return f.Urgent }},
	{"受理人", []FilingKind{FilingAfterSales, FilingComplaint}, func(f Filing) any { return f.HandlerID }},
	{"受理时间", []FilingKind{FilingAfterSales, FilingComplaint}, func(f Filing) any { return f.HandledAt }},
	{"办结时间", []FilingKind{FilingAfterSales, FilingComplaint}, func(f Filing) any { return f.ClosedAt }},
	{"费用类别", []FilingKind{FilingExpense}, func(f Filing) any { return TopicName(f.Kind, f.Topic) }},
	{"事由", []FilingKind{FilingExpense}, func(f Filing) any { return f.Text }},
	{"金额", []FilingKind{FilingExpense}, func(f Filing) any { return f.Amount }},
	{"数量", []FilingKind{FilingSample}, func(f Filing) any { return f.Quantity }},
	{"寄出日期", []FilingKind{FilingSample}, func(f Filing) any { return f.SentOn }},
	{"送达日期", []FilingKind{FilingSample}, func(f Filing) any { return f.DeliveredOn }},
	{"快递单号", []FilingKind{FilingSample}, func(f Filing) any { return f.Tracking }},
	{"反馈", []FilingKind{FilingSample, FilingTraining}, func(f Filing) any { return SentimentName(f.Sentiment) }},
	{"参加人数", []FilingKind{FilingTraining}, func(f Filing) any { return f.People }},
}

// Field is a field's value by its Chinese name; false when filings of this kind have none of that name.
func (f Filing) Field(name string) (any, bool) {
	for _, x := range FilingFields {
		if x.Name == name && (x.Kinds == nil || slices.Contains(x.Kinds, f.Kind)) {
			return x.Value(f), true
		}
	}
	return nil, false
}

// FilingFilter chooses filings for a list. Zero fields do not restrict.
type FilingFilter struct {
	Kind     FilingKind
	Scope    Scope
	Customer ID
	// From and To are days, both included.
	From, To Day
	// Pending chooses what is not finished, Handler what a person of the service took.
	Pending bool
	Limit   int
}

// ExpenseSum is what was spent, by person, customer and category.
type ExpenseSum struct {
	PersonID   PersonID `db:"person_id"`
	CustomerID ID       `db:"customer_id"`
	Topic      string   `db:"topic"`
	Count      int      `db:"n"`
	Amount     Money    `db:"amount"`
}
