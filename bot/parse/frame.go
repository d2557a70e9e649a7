package parse

import "time"

// ID identifies a record of the master data; 0 is "none".
type ID int64

// Why is the reason for a value: the words of the message that gave it.
// Start and End are byte offsets into Input.Text; Text is that part of it. A Why without words means "inferred", for
// example from the context or from another field. Rule says how the words were read, "" when they say it plainly.
type Why struct {
	Start, End int
	Text       string
	Rule       Rule
}

// Kind says what a frame reports.
type Kind string

// The kinds of frames.
const (
	KindVisit      Kind = "visit"      // 拜访, and any news of a customer that is nothing more special
	KindPayment    Kind = "payment"    // 回款
	KindQuote      Kind = "quote"      // 报价
	KindPromise    Kind = "promise"    // 承诺, 待办
	KindComplaint  Kind = "complaint"  // 投诉
	KindCompetitor Kind = "competitor" // 竞品
	KindSample     Kind = "sample"     // 样品
	KindQuery      Kind = "query"      // a question to the bot
	KindCorrection Kind = "correction" // a change of an earlier record
)

// Result is what one message says. Frames is empty when nothing of business was recognised; Ask is nil unless
// something must be answered before the frames can be recorded.
type Result struct {
	Frames  []Frame
	Ask     *Ask
	Unclear []Unclear // what looks like a value and cannot be one
}

// AskField names what is unclear.
type AskField string

// The fields that can be asked for.
const (
	AskCustomer AskField = "customer"
	AskContact  AskField = "contact"
	AskProduct  AskField = "product"
	AskRecord   AskField = "record" // which record a correction means
)

// AskHow says what kind of question fits.
type AskHow string

// The kinds of questions.
const (
	AskWhich   AskHow = "which"   // pick one of Candidates
	AskMissing AskHow = "missing" // nothing fits; type or pick freely
	AskConfirm AskHow = "confirm" // one guess, yes or no
)

// Ask is the one question that matters. Frame is the index of the frame it is about.
type Ask struct {
	Field      AskField
	How        AskHow
	Frame      int
	Candidates []ID
	Why        Why
}

// Frame is one thing that happened or is wanted. Fields that the message does not give are zero.
type Frame struct {
	Kind       Kind
	Why        Why // the part of the message this frame came from
	Customer   CustomerRef
	Contact    ContactRef
	Products   []ProductRef
	Amounts    []Amount
	Quantities []Quantity
	Promises   []Promise
	Objections []Objection
	Needs      []Need
	Stage      StageRef
	Discount   Rate // percent of the price: 95 for 九五折 and for 降5个点
	Payment    PaymentStatus
	Issue      Issue
	Sample     SampleAction
	Sentiment  Sentiment
	When       When // of the activity, payment or delivery
	Phone      Text
	Contract   ContractRef
	Competitor CompetitorRef
	Tracking   Text        // 快递单号
	NotMet     bool        // went, met nobody
	Actions    []ActionRef // of a visit: which of the six actions it reports
	Companions []PersonRef // of a visit: colleagues who were or will be there
	Hearsay    bool        // 听说, 据说: nobody has confirmed it
	Query      *Query
	Correction *Correction
	Expense    *Expense
	Training   *Training
	Service    *Service
	Plan       []PlanItem
	Leave      *Leave
}

// CustomerRef says which customer. At most one of ID, Candidates and NewName is set.
type CustomerRef struct {
	ID         ID
	Assumed    bool // several fit, ID is the sender's own
	Fuzzy      bool // found by sound or spelling, not letter by letter
	Inferred   bool // not named: known through the contact, the contract or the context
	Candidates []ID
	NewName    string
	Why        Why
}

// ContactRef says who. At most one of ID, Candidates and NewName is set.
type ContactRef struct {
	ID         ID
	Candidates []ID
	NewName    string // as spoken: 刘工, 龚老板
	NewTitle   string
	Why        Why
}

// ProductRef is one product; Fuzzy when found by part of its name or by sound. Candidates when several fit equally.
type ProductRef struct {
	ID         ID
	Fuzzy      bool
	Candidates []ID
	Why        Why
}

// ContractRef is a contract number of the master data (ID set) or one that looks like a contract number (ID 0).
type ContractRef struct {
	ID  ID
	No  string
	Why Why
}

// CompetitorRef is a competitor by name.
type CompetitorRef struct {
	ID   ID
	Name string
	Why  Why
}

// Role says what an amount is.
type Role string

// The roles of amounts.
const (
	RoleBudget          Role = "budget"
	RoleQuote           Role = "quote"
	RoleUnitPrice       Role = "unit_price"
	RoleOrder           Role = "order"
	RoleContract        Role = "contract"
	RolePayment         Role = "payment"
	RoleBalance         Role = "balance" // still owed
	RoleAnnual          Role = "annual"  // a year's volume
	RoleCompetitorPrice Role = "competitor_price"
	RolePriceGap        Role = "price_gap" // difference to a competitor
)

// Amount is money in fen: a Value, or a bound or range. HasMin and HasMax say which bounds are given.
type Amount struct {
	Role           Role
	Value          int64
	Min, Max       int64
	HasMin, HasMax bool
	Approx         bool
	Currency       string // ISO 4217; CNY when not said
	Inferred       bool   // computed (unit price times quantity), not said
	Why            Why
}

// Exact reports whether the amount is a single value rather than a bound or a range.
func (a Amount) Exact() bool { return !a.HasMin && !a.HasMax }

// QuantityOf says what a quantity counts where it is not simply what is wanted or delivered.
type QuantityOf string

// What quantities count.
const (
	OfShortage QuantityOf = "shortage"
	OfDamage   QuantityOf = "damage"
	OfDefect   QuantityOf = "defect"
	OfBatch    QuantityOf = "batch" // the whole delivery
)

// Quantity is a count of things. Value is a decimal string ("200", "2.5"), Product the product counted where several are named.
type Quantity struct {
	Value   string
	Unit    string
	Of      QuantityOf
	Product ID
	Why     Why
}

// Party says who promised.
type Party string

// The parties of a promise.
const (
	PartyUs       Party = "us"
	PartyCustomer Party = "customer"
)

// Promise is a to-do that follows from the message.
type Promise struct {
	Who  Party
	What string // short: 寄样, 发报价单
	Due  When   // zero: no date given
	Why  Why
}

// When is a day or a moment. Start is the day's 00:00 or the moment; HasTime tells them apart. Where the words leave room
// (月初, 下周), From and To are the first and last day, both included, else zero. The zero When means "not said".
type When struct {
	Start    time.Time
	HasTime  bool
	From, To time.Time
	Why      Why
}

// IsZero reports that nothing was said.
func (w When) IsZero() bool { return w.Start.IsZero() && w.From.IsZero() }

// ObjectionType says what the customer objects to.
type ObjectionType string

// The types of objections.
const (
	ObjectPrice    ObjectionType = "price"
	ObjectBudget   ObjectionType = "budget"
	ObjectDelivery ObjectionType = "delivery"
	ObjectQuality  ObjectionType = "quality"
	ObjectService  ObjectionType = "service"
)

// Objection is what the customer holds against buying. Percent is by how much, a decimal string, "" when not said.
type Objection struct {
	Type    ObjectionType
	Percent string
	Text    string
	Why     Why
}

// Need is something the customer wants next, in his words.
type Need struct {
	Text string
	Why  Why
}

// Stage of an opportunity as said in the message.
type Stage string

// The stages.
const (
	StageLead        Stage = "lead"        // 线索
	StageContact     Stage = "contact"     // 初步接触
	StageNeed        Stage = "need"        // 需求确认
	StageProposal    Stage = "proposal"    // 方案提交
	StageNegotiation Stage = "negotiation" // 价格谈判
	StageSigning     Stage = "signing"     // 合同签署
	StageWon         Stage = "won"         // 赢单
	StageLost        Stage = "lost"        // 输单
)

// StageRef is a stage and why.
type StageRef struct {
	Stage Stage
	Why   Why
}

// Rate is a percentage as a decimal string, "" when not said.
type Rate struct {
	Percent string
	Why     Why
}

// PaymentStatus says whether money came or is to come.
type PaymentStatus string

// The states of a payment.
const (
	PaymentExpected PaymentStatus = "expected"
	PaymentReceived PaymentStatus = "received"
)

// Issue says what a complaint is about.
type Issue string

// The issues.
const (
	IssueFault        Issue = "fault"
	IssueQuality      Issue = "quality"
	IssueDamage       Issue = "damage"
	IssueShortage     Issue = "shortage"
	IssueLateDelivery Issue = "late_delivery"
)

// SampleAction says what happened to a sample.
type SampleAction string

// The sample actions.
const (
	SampleSent      SampleAction = "sent"
	SampleDelivered SampleAction = "delivered"
	SampleFeedback  SampleAction = "feedback"
	SampleRequested SampleAction = "requested"
)

// Sentiment of a feedback.
type Sentiment string

// The sentiments.
const (
	Positive Sentiment = "positive"
	Negative Sentiment = "negative"
)

// Text is a literal value such as a telephone number.
type Text struct {
	Value string
	Why   Why
}

// QueryWhat says what is asked.
type QueryWhat string

// The questions the bot answers from plain words; all others are commands.
const (
	QueryTodos       QueryWhat = "todos"
	QueryPaymentSum  QueryWhat = "payment_sum"
	QueryContractSum QueryWhat = "contract_sum"
	QueryLastVisit   QueryWhat = "last_visit"
	QueryReceivable  QueryWhat = "receivable" // 欠多少
	QueryContact     QueryWhat = "contact"    // 电话多少
	QueryPlan        QueryWhat = "plan"       // 下周要去几家
	QueryOther       QueryWhat = "other"      // a question of another kind; nothing is to be filed
)

// Query is a question. Owner is the person it is about (0: not said); From and To are days, both included, zero when not
// said.
type Query struct {
	What     QueryWhat
	Owner    ID
	From, To time.Time
	Why      Why
	// Ask and About are what kind of answer is wanted, and about what.
	Ask   QueryAsk
	About QueryAbout
	// Team and All widen whose records are meant: ours (我们组), the company's.
	Team, All bool
	// No is the number of a record, Amount what tells a record from others (那个30万的合同), Products those named.
	No       string
	Amount   int64
	Products []ID
	// Person is somebody of the customer's who is named.
	Person Spoken
	// Place is an institution that is named and not known.
	Place Why
	// Back is true when the words point back to a customer of before: 他们, 那家.
	Back bool
	// Outright is true when the words cannot be meant otherwise: 帮我查…, …吗.
	Outright bool
}

// Field names what a correction changes.
type Field string

// The fields that can be corrected from plain words.
const (
	FieldAmount   Field = "amount"
	FieldCustomer Field = "customer"
	FieldContact  Field = "contact"
	FieldProduct  Field = "product"
	FieldDue      Field = "due"
	FieldQuantity Field = "quantity"
	FieldRecord   Field = "record" // the whole record: withdrawn
)

// Correction changes one field of an earlier record. The new value is in the field of its kind; a withdrawn record has
// none. Record is the id given in the context ("" when the context holds no record: then Result.Ask asks which).
type Correction struct {
	Record   string
	Field    Field
	Withdraw bool
	Amount   Amount
	Customer CustomerRef
	Contact  ContactRef
	Product  ProductRef
	Due      When
	Quantity Quantity
	Why      Why
}
