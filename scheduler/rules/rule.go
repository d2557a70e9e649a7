package rules

import (
	"slices"
	"time"

	"salesflow/store/sales"
)

// Rule is one rule as it was written, understood.
type Rule struct {
	Name    string
	Trigger Trigger
	If      Expr // nil: always
	Unless  []Unless
	Steps   []Step // the first has no delay
	// Rounds is how often all steps are gone through again when the last one was in vain, RoundAfter how long after it.
	Rounds     int
	RoundAfter Span
	Urgent     bool // goes through quiet hours
	// Ack is how long 我来处理 holds the next push back; the zero span is the company's usual one.
	Ack Span
	// PerDay is how many records of the rule one person is told of on a day at most, 0 any number: the others wait for the next
	// day. NowOnly says that what falls into quiet hours is not told later.
	PerDay  int
	NowOnly bool
	// From and Until are the days the rule is in force, both included; a zero day is no bound.
	From, Until sales.Day
	Source      string // the text it was read from
}

// InForce reports whether the rule is in force on a day.
func (r Rule) InForce(d sales.Day) bool {
	return (r.From.IsZero() || r.From.Compare(d) <= 0) && (r.Until.IsZero() || r.Until.Compare(d) >= 0)
}

// TriggerKind says what starts a rule.
type TriggerKind string

// The kinds of triggers. They are stored with incidents and never renamed.
const (
	Enters    TriggerKind = "enters"    // 当 合同 进入 待审批 [超过 48小时]
	Leaves    TriggerKind = "leaves"    // 当 合同 离开 待审批
	Changes   TriggerKind = "changes"   // 当 合同.金额 变化, 当 客户.级别 变为 C
	Files     TriggerKind = "files"     // 当 登记 投诉
	Silent    TriggerKind = "silent"    // 当 客户 超过 90天 没有 拜访
	Repeats   TriggerKind = "repeats"   // 当 客户 30天内 3次 投诉
	Runs      TriggerKind = "runs"      // 当 销售 连续 3个工作日 没有 拜访
	Reaches   TriggerKind = "reaches"   // 当 合同.到期日 前 60天, 当 回款.到期日 过后 30天
	Scheduled TriggerKind = "scheduled" // 当 每周一 9:00 对每个 商机; 当 每个工作日 17:00, whose object is the company
	Happens   TriggerKind = "happens"   // 当 发货 被拦
)

// Trigger is what must happen. Which fields are set depends on Kind.
type Trigger struct {
	Kind     TriggerKind
	Object   *Object
	State    Option    // Enters, Leaves
	Field    *Field    // Changes, Reaches; Enters: the field that takes State, nil is the record's state
	To       *Value    // Changes: only to this value; nil is to any
	Activity *Object   // Silent, Repeats, Runs: what is filed or not
	Span     Span      // Enters: how long it must last; Silent, Repeats, Runs; Reaches: negative before, none is the day itself
	More     []Span    // Reaches: further spans, each an occasion of its own
	Clock    *Clock    // Reaches: when the day's records are looked at; nil: when all are
	Cases    []Case    // Enters: other spans than Span, the first whose condition holds; see Deadline
	Times    int       // Repeats
	Not      bool      // Runs: of days without the activity
	Schedule *Schedule // Scheduled
	Deed     *Deed     // Happens
	// Present says that time in which who the record waits for is on leave does not count (请假不算): Enters with a span, Silent,
	// Runs without the activity.
	Present bool
}

// Pauses reports whether any span of the rule stands still while who it runs on is on leave.
func (r Rule) Pauses() bool {
	return r.Trigger.Present || slices.ContainsFunc(r.Unless, func(u Unless) bool { return u.Present })
}

// Case is a span for the records of which a condition holds: 超过 48小时(金额 > 100万 时 24小时).
type Case struct {
	If   Expr
	Span Span
}

// Deadline is how long the state must last for a record: the span of the first case that holds, else Span.
func (t Trigger) Deadline(r Record) Span {
	for _, c := range t.Cases {
		if Holds(c.If, r) {
			return c.Span
		}
	}
	return t.Span
}

// Clock is a time of day in Asia/Shanghai.
type Clock struct{ Hour, Minute int }

// Spans are the spans of a date that is reached, each an occasion of its own.
func (t Trigger) Spans() []Span { return append([]Span{t.Span}, t.More...) }

// Daily reports whether the records are looked at again and again, so that what is left out today is found another day.
func (t Trigger) Daily() bool {
	switch t.Kind {
	case Scheduled:
		return t.Object.Key != ObjectCompany
	case Reaches:
		return !t.Exact()
	case Silent:
		return t.Span.Unit != Minutes && t.Span.Unit != Hours && t.Span.Unit != WorkingHours
	}
	return t.Kind == Runs
}

// Exact reports whether the rule counts from a moment and not from a day.
func (t Trigger) Exact() bool { return t.Kind == Reaches && t.Field.Exact }

// Schedule is a time of the working calendar.
type Schedule struct {
	Every        Every
	Weekday      time.Weekday // EveryWeek
	MonthDay     int          // EveryMonth, 1 to 31; a month without that day has its last
	Nth          int          // EveryNthWorkday: from 1, from -1 counted from the month's end
	Shift        bool         // a day of rest is put off to the next workday
	Hour, Minute int          // Asia/Shanghai
}

// Every is how often.
type Every string

// The frequencies.
const (
	EveryDay     Every = "day"
	EveryWorkday Every = "workday"
	EveryWeek    Every = "week"
	EveryMonth   Every = "month"
	// EveryNthWorkday is the n-th workday of a month.
	EveryNthWorkday Every = "nth_workday"
)

// Span is a length of time as people say it: of the clock, or of working time.
type Span struct {
	N    int
	Unit Unit
}

// Unit is a unit of time.
type Unit string

// The units.
const (
	Minutes      Unit = "minute"
	Hours        Unit = "hour"
	Days         Unit = "day"
	Weeks        Unit = "week"
	Months       Unit = "month"
	WorkingHours Unit = "working_hour"
	Workdays     Unit = "workday"
)

// Unless is what must not happen within a span after the trigger: 且 24小时内 没有 拜访. The zero Activity is the subject's
// being dealt with: 未处理.
type Unless struct {
	Activity *Object
	Within   Span // zero: until the rule fires
	// Present says that Within stands still while who the record waits for is on leave (请假不算).
	Present bool
}

// Step is one level: what is done, how long after the step before, and how often until it is dealt with.
type Step struct {
	After   Span
	Actions []Action
	// Repeat is the span between two times, zero when the step is done once; Times is how often it is done again at most.
	Repeat Span
	Times  int
}

// Do says what an action does.
type Do string

// The actions. They are stored with incidents and never renamed.
const (
	Push     Do = "push"     // 推送 法务主管、销售总监 "文字"
	Todo     Do = "todo"     // 创建待办 [给 …] ["文字"] [3天内]
	Set      Do = "set"      // 修改 客户.级别 为 B
	Mail     Do = "mail"     // 发邮件 …
	SMS      Do = "sms"      // 发短信 …
	Webhook  Do = "webhook"  // 调用 "ERP"
	Approve  Do = "approve"  // 发起审批 特价申请
	Material Do = "material" // 发资料 "对比表" 给 …
	Task     Do = "task"     // 转任务 给 客服 "回访" [2个工作日内]
	// Calibrate asks sales, service and delivery the same about a customer: 发起校准.
	Calibrate Do = "calibrate"
)

// Action is one thing to do. Which fields are set depends on Do.
type Action struct {
	Do     Do
	To     []Recipient
	Text   string
	Field  *Field // Set
	Value  Value  // Set
	Target string // Webhook, Approve, Material: its name
	Within Span   // Todo, Task: until when
	// Buttons are those the card is to have (Push), none: what the subject offers.
	Buttons []Button
	// Card is the key of the record's own card that is pushed in place of the rule's, CardName what people call it. Plain says
	// that the text goes as a message without a card.
	Card, CardName string
	Plain          bool
	// Parts are Text with the fields in it; see Say.
	Parts []Part
	// Consent is what follows in the record once the approval is given (Approve): 通过后放行. Nil is nothing.
	Consent *Consent
}

// Consent is what an approval brings about: what the record's object offers (Object.Grants), or a field that changes.
type Consent struct {
	Grant *Option // 放行
	Field *Field  // 修改 级别 为 KA; nil with Grant
	Value Value
}

// Words is the consent as part of a sentence.
func (c Consent) Words() string {
	if c.Field == nil {
		return c.Grant.Name
	}
	return "把" + c.Field.Name + "改成 " + c.Field.Show(c.Value)
}

// Button is a tap on a pushed card.
type Button string

// The buttons. They are stored with incidents and never renamed.
const (
	ButtonAck    Button = "ack"    // 我来处理
	ButtonDone   Button = "done"   // 已处理
	ButtonSnooze Button = "snooze" // 稍后提醒
	ButtonHand   Button = "hand"   // 转给他人
	ButtonOpen   Button = "open"   // 看详情
)

// RecipientKind says how a recipient is found.
type RecipientKind string

// The kinds of recipients.
const (
	ToRole     RecipientKind = "role"     // 法务主管
	ToRelation RecipientKind = "relation" // 负责人, 负责人的主管
	ToPerson   RecipientKind = "person"   // 王芳
	ToGroup    RecipientKind = "group"    // 群"华东一组"
	ToRoster   RecipientKind = "roster"   // 值班(法务): who is on duty at the moment; Key is the roster's name
)

// Recipient is who is told. Key is the role, relation or group; Superiors counts 的主管 after it.
type Recipient struct {
	Kind      RecipientKind
	Key       string
	Name      string // as it was written
	Person    sales.PersonID
	Superiors int
}

// ObjectCompany is the object of rules that are about no record: a schedule of the whole company. ObjectPerson is a member
// of it.
const (
	ObjectCompany  = "company"
	ObjectPerson   = "person"
	ObjectCustomer = "customer"
)

// Schema is what rules can be about.
type Schema struct {
	Objects []Object
}

// Object is a kind of record with its Chinese names (合同).
type Object struct {
	Key       string   // contract
	Name      string   // 合同
	Aliases   []string // other words for it
	Fields    []Field
	Relations []Relation // recipients that belong to a record
	Filed     bool       // an activity that is filed: a trigger and a thing that may be missing
	Verbs     []string   // events that are its filing
	Deeds     []Deed     // what can happen to a record that is neither a state nor a field of it
	Cards     []Option   // cards of its records that can be pushed
	Grants    []Option   // what an approval about one can bring about beside a change of a field: 放行
}

// Deed is something that happens to a record (被拦), told by events of some kinds.
type Deed struct {
	Word    string
	Aliases []string
	Verbs   []string
	// Of is the key of the object whose record the events are about where that is another one: goods that are held back are
	// no shipment yet, so that it happens to the contract.
	Of string
	// Said is how the trigger is read back; empty is made of the object and the word.
	Said string
}

// Field is a value of a record.
type Field struct {
	Object   *Object // set by NewSchema
	Key      string
	Name     string
	Aliases  []string
	Type     Type
	Options  []Option // of an Enum
	State    bool     // the field whose options are the record's states
	Writable bool     // a rule may change it
	Told     bool     // its changes are told, so that a rule can begin with one
	Exact    bool     // a date with its hour: rules count from the moment
	Ref      string   // key of the object whose fields can be reached through this one: 合同.客户.级别
}

// Option is one value of an Enum.
type Option struct {
	Key     string // pending
	Name    string // 待审批
	Aliases []string
}

// Relation is a person found through a record.
type Relation struct{ Key, Name string }

// Type is the type of a field.
type Type string

// The types.
const (
	Text     Type = "text"
	Number   Type = "number"
	Money    Type = "money"   // in fen
	Percent  Type = "percent" // in hundredths of a percent
	Date     Type = "date"
	Duration Type = "duration" // in seconds
	Bool     Type = "bool"
	Enum     Type = "enum" // the key of an option
)

// Names is what a company has.
type Names struct {
	Roles     map[string]string           // 法务主管 → legal_head
	People    map[string][]sales.PersonID // 王芳; two of a name cannot be told apart
	Groups    []string
	Rosters   []string // 法务, of which 值班(法务) can be told
	Webhooks  []string
	Materials []string
	Approvals []string // what can be asked for, such as 特价
	// Me is the name of who writes, whom they mean by 我; empty when nobody does.
	Me string
}

// NewSchema completes the fields' backward references. The objects must not be changed afterwards.
func NewSchema(objects []Object) *Schema {
	s := &Schema{objects}
	for i := range s.Objects {
		for j := range s.Objects[i].Fields {
			s.Objects[i].Fields[j].Object = &s.Objects[i]
		}
	}
	return s
}

// Object finds an object by key, nil when there is none.
func (s *Schema) Object(key string) *Object {
	for i := range s.Objects {
		if s.Objects[i].Key == key {
			return &s.Objects[i]
		}
	}
	return nil
}

// Field finds a field by key, nil when there is none.
func (o *Object) Field(key string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Key == key {
			return &o.Fields[i]
		}
	}
	return nil
}

// StateField is the field that holds the object's state, nil when it has none.
func (o *Object) StateField() *Field {
	for i := range o.Fields {
		if o.Fields[i].State {
			return &o.Fields[i]
		}
	}
	return nil
}
