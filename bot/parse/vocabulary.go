package parse

import "time"

// The kinds of frames beside those that the published message examples know. Output that keeps to the examples maps them
// to the nearest of those (see Kind.Nearest).
const (
	KindTraining   Kind = "training"    // 培训反馈
	KindAfterSales Kind = "after_sales" // 售后: a request for work by our service, nothing is held against us
	KindExpense    Kind = "expense"     // 费用
	KindPlan       Kind = "plan"        // 拜访计划
	KindLeave      Kind = "leave"       // 请假, 出差
)

// Nearest is the kind of the published examples that is closest to k; "" for kinds that are no record of a customer.
func (k Kind) Nearest() Kind {
	switch k {
	case KindTraining, KindAfterSales:
		return KindVisit
	case KindExpense, KindPlan, KindLeave:
		return ""
	}
	return k
}

// Nearest is the stage of the published examples that is closest to s.
func (s Stage) Nearest() Stage {
	if s == StageSigning {
		return StageNegotiation
	}
	return s
}

// Action is one of the six atomic actions of a visit.
type Action string

// The six actions.
const (
	ActionAppointment Action = "appointment" // 预约
	ActionCheckIn     Action = "check_in"    // 签到
	ActionNeed        Action = "need"        // 需求
	ActionDemo        Action = "demo"        // 方案演示
	ActionObjection   Action = "objection"   // 异议
	ActionPromise     Action = "promise"     // 承诺
)

// Name is the action's Chinese name.
func (a Action) Name() string {
	switch a {
	case ActionAppointment:
		return "预约"
	case ActionCheckIn:
		return "签到"
	case ActionNeed:
		return "需求"
	case ActionDemo:
		return "方案演示"
	case ActionObjection:
		return "异议"
	case ActionPromise:
		return "承诺"
	}
	return ""
}

// ActionRef is an action that the message reports as done; an appointment is done when it is made, its When is the time
// agreed. Text is the clause in the message's own words.
type ActionRef struct {
	Action Action
	When   When
	Text   string
	Why    Why
}

// PersonRef is one of us: 和王芳一起, 带了工程师小李. At most one of ID and Candidates is set; both empty when nobody of that
// name is known, Name then is as spoken.
type PersonRef struct {
	ID         ID
	Candidates []ID
	Name       string // as spoken
	Title      string // 工程师, 总监 …; "" when not said
	Why        Why
}

// ExpenseCategory says what money was spent on.
type ExpenseCategory string

// The categories of expenses.
const (
	ExpenseMeal      ExpenseCategory = "meal"      // 招待, 餐费
	ExpenseTransport ExpenseCategory = "transport" // 交通: 打车, 高铁, 油费, 过路费, 停车
	ExpenseLodging   ExpenseCategory = "lodging"   // 住宿
	ExpenseGift      ExpenseCategory = "gift"      // 礼品
	ExpenseMaterial  ExpenseCategory = "material"  // 物料, 打印, 快递
	ExpenseEvent     ExpenseCategory = "event"     // 会务, 展会, 培训
	ExpenseOther     ExpenseCategory = "other"
)

// Name is the category's Chinese name.
func (c ExpenseCategory) Name() string {
	switch c {
	case ExpenseMeal:
		return "招待"
	case ExpenseTransport:
		return "交通"
	case ExpenseLodging:
		return "住宿"
	case ExpenseGift:
		return "礼品"
	case ExpenseMaterial:
		return "物料"
	case ExpenseEvent:
		return "会务"
	case ExpenseOther:
		return "其他"
	}
	return ""
}

// Expense is money of ours that was spent. Its customer, if any, is the frame's; so is the day (When). Several sums in
// one message (打车45 停车20) are several frames.
type Expense struct {
	Amount   Amount // Value 0 and no bounds: not said
	Category ExpenseCategory
	Purpose  string // 事由 in the message's own words: 请王主任吃饭
	Why      Why
}

// Training is a feedback on a training that was held. How it was liked is the frame's Sentiment.
type Training struct {
	Topic  string // what it was about, in the message's own words; "" when not said
	People int    // how many took part, 0 when not said
	Text   string // the feedback in the message's own words
	Why    Why
}

// ServiceWhat says which work of our service is wanted.
type ServiceWhat string

// The works of the service.
const (
	ServiceRepair    ServiceWhat = "repair"    // 维修
	ServiceInstall   ServiceWhat = "install"   // 安装, 调试
	ServiceMaintain  ServiceWhat = "maintain"  // 保养, 校准, 巡检
	ServiceTrain     ServiceWhat = "train"     // 培训
	ServiceReplace   ServiceWhat = "replace"   // 换货, 换件
	ServiceReturn    ServiceWhat = "return"    // 退货
	ServiceAccessory ServiceWhat = "accessory" // 补件, 配件, 耗材
	ServiceAdvice    ServiceWhat = "advice"    // 咨询, 使用问题
)

// Name is the work's Chinese name.
func (w ServiceWhat) Name() string {
	switch w {
	case ServiceRepair:
		return "维修"
	case ServiceInstall:
		return "安装调试"
	case ServiceMaintain:
		return "保养校准"
	case ServiceTrain:
		return "培训"
	case ServiceReplace:
		return "更换"
	case ServiceReturn:
		return "退货"
	case ServiceAccessory:
		return "配件"
	case ServiceAdvice:
		return "咨询"
	}
	return ""
}

// Service is work that a customer wants of our service. By when is the first promise's Due.
type Service struct {
	What   ServiceWhat
	Urgent bool // 急, 停机, 马上
	Text   string
	Why    Why
}

// DayPart is a part of a day in a plan.
type DayPart string

// The parts of a day.
const (
	PartWhole     DayPart = "" // not said
	PartMorning   DayPart = "morning"
	PartNoon      DayPart = "noon"
	PartAfternoon DayPart = "afternoon"
	PartEvening   DayPart = "evening"
)

// Name is the part's Chinese name.
func (p DayPart) Name() string {
	switch p {
	case PartMorning:
		return "上午"
	case PartNoon:
		return "中午"
	case PartAfternoon:
		return "下午"
	case PartEvening:
		return "晚上"
	}
	return ""
}

// PlanItem is one visit planned. Day is the day's 00:00, or the moment when a clock time is said (HasTime). Customer may
// hold Candidates (ask) or a NewName (not known; the plan may keep the words).
type PlanItem struct {
	Day      time.Time
	HasTime  bool
	Part     DayPart
	Customer CustomerRef
	Contact  ContactRef
	Products []ProductRef
	Purpose  string // what for, in the message's own words
	Why      Why
}

// AbsenceKind says why somebody is away.
type AbsenceKind string

// The kinds of absence.
const (
	AbsenceLeave AbsenceKind = "leave" // 请假, 调休, 年假, 病假
	AbsenceTrip  AbsenceKind = "trip"  // 出差
)

// Leave is an absence. From and To are days, both included. FromPart and ToPart narrow the first and last day: a leave
// of 周三下午 has both set to PartAfternoon. Owner is the person, the sender when nobody else is named.
type Leave struct {
	Kind             AbsenceKind
	Owner            ID
	From, To         time.Time
	FromPart, ToPart DayPart
	Place            string // of a trip: 杭州
	Reason           string
	Why              Why
}

// Unclear is something that looks like a value and cannot be one: 2月30日, 1897年, 31号 in a month of 30 days. Nothing was
// taken from it; it is to be shown so that nobody believes it was recorded.
type Unclear struct {
	What   UnclearWhat
	Frame  int    // the frame it stands in, -1 for none
	Reason string // in Chinese, to be shown: "2月没有30日"
	Why    Why
}

// UnclearWhat names what could not be understood.
type UnclearWhat string

// What can be unclear.
const (
	UnclearDate   UnclearWhat = "date"
	UnclearAmount UnclearWhat = "amount"
)

// Rule says by which rule a value was taken from the words of its Why; "" is the plain one: the words say so.
type Rule string

// The rules.
const (
	RuleName      Rule = "name"      // registered name
	RuleAlias     Rule = "alias"     // registered alias
	RuleShort     Rule = "short"     // usual short form of the name
	RulePart      Rule = "part"      // part of the name
	RuleSound     Rule = "sound"     // sounds alike
	RuleTypo      Rule = "typo"      // one slip
	RuleOwn       Rule = "own"       // several fit, one is the sender's own
	RuleContact   Rule = "contact"   // several fit, the contact named is known at one; or only the contact is named
	RuleContract  Rule = "contract"  // the contract's customer
	RuleScanned   Rule = "scanned"   // the customer whose code was scanned
	RuleReply     Rule = "reply"     // the card replied to
	RuleDraft     Rule = "draft"     // the open draft
	RuleLast      Rule = "last"      // the last record: 那边, 同上, 他
	RuleTitle     Rule = "title"     // the only one with that title
	RuleNew       Rule = "new"       // not in the master data, the message says it is new
	RulePast      Rule = "past"      // read as gone by: the sentence tells what happened
	RuleFuture    Rule = "future"    // read as to come: the sentence tells what is to be done
	RuleWorkdays  Rule = "workdays"  // counted in workdays
	RuleHoliday   Rule = "holiday"   // moved to a workday beside the holiday
	RuleMonthEnd  Rule = "month_end" // 月底, 季末, 年底: the last day
	RuleComputed  Rule = "computed"  // unit price times quantity
	RuleAsked     Rule = "asked"     // an answer to a question
	RuleLanguage  Rule = "language"  // understood by the language model, checked against the text
	RuleAgreement Rule = "agreement" // 答应, 约了: a promise
)

// Text says the rule in Chinese, for 为什么; "" for the plain one.
func (r Rule) Text() string { return ruleTexts[r] }

var ruleTexts = map[Rule]string{
	RuleName: "客户全名", RuleAlias: "登记的别名", RuleShort: "常用简称", RulePart: "名字的一部分", RuleSound: "按读音认的", RuleTypo: "错一个字,按最像的认",
	RuleOwn: "几家都像,取你自己的那家", RuleContact: "按联系人认的", RuleContract: "按合同号认的", RuleScanned: "刚扫过码的客户", RuleReply: "你回复的那张卡片",
	RuleDraft: "没填完的那条", RuleLast: "接着上一条说的", RuleTitle: "这家只有一位这个职务", RuleNew: "库里没有,你说是新的", RulePast: "说的是已经发生的,取最近的过去",
	RuleFuture: "说的是要做的,取最近的将来", RuleWorkdays: "按工作日数,跳过节假日", RuleHoliday: "避开假期,取挨着的工作日", RuleMonthEnd: "取最后一天",
	RuleComputed: "单价乘数量算的", RuleAsked: "你回答的", RuleLanguage: "大模型理解、原文核对过", RuleAgreement: "答应或约好的事",
}
