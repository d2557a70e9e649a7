package api

import (
	"context"
	"time"

	"salesflow/store/sales"
)

// Page is one part of a list. Next is the cursor of the following part, empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  Cursor `json:"next"`
}

// Customer is a customer (客户) on the wire.
type Customer struct {
	ID            ID         `json:"id"`
	Name          string     `json:"name"`
	Code          string     `json:"code,omitempty" doc:"its id in the system it was imported from"`
	USCC          string     `json:"uscc,omitempty" doc:"统一社会信用代码"`
	Phone         string     `json:"phone,omitempty"`
	Industry      string     `json:"industry,omitempty"`
	City          string     `json:"city,omitempty"`
	Class         string     `json:"class,omitempty" doc:"KA, A, B or C"`
	Owner         ID         `json:"owner_id,omitempty" doc:"person; empty in the open pool"`
	CreatedAt     time.Time  `json:"created_at"`
	LastContactAt *time.Time `json:"last_contact_at,omitempty"`
	Version       int64      `json:"version"`
	Contacts      []Contact  `json:"contacts,omitempty" doc:"only where one customer is read"`
	Custom        Custom     `json:"custom,omitempty" object:"customer"`
}

// Contact is a person at a customer (联系人).
type Contact struct {
	ID         ID     `json:"id"`
	Name       string `json:"name"`
	Title      string `json:"title,omitempty"`
	Department string `json:"department,omitempty"`
	Phone      string `json:"phone,omitempty"`
}

// Visit is a visit (拜访). Text and objection are for its author: other tokens get them empty.
type Visit struct {
	ID          ID        `json:"id"`
	Customer    ID        `json:"customer_id"`
	Person      ID        `json:"person_id"`
	Contact     string    `json:"contact,omitempty"`
	Day         sales.Day `json:"day"`
	FiledAt     time.Time `json:"filed_at"`
	Text        string    `json:"text,omitempty"`
	Objection   string    `json:"objection,omitempty"`
	Need        string    `json:"need,omitempty"`
	AmountFen   int64     `json:"amount_fen,omitempty"`
	Opportunity ID        `json:"opportunity_id,omitempty"`
	Next        sales.Day `json:"next_on,omitzero" doc:"the day of the next contact"`
	State       string    `json:"state" doc:"filed or undone"`
	Custom      Custom    `json:"custom,omitempty" object:"visit"`
}

// Todo is a to-do (待办).
type Todo struct {
	ID        ID         `json:"id"`
	Owner     ID         `json:"owner_id"`
	Customer  ID         `json:"customer_id,omitempty"`
	Text      string     `json:"text"`
	DueAt     *time.Time `json:"due_at,omitempty"`
	State     string     `json:"state" doc:"open, done or cancelled"`
	CreatedAt time.Time  `json:"created_at"`
	ClosedAt  *time.Time `json:"closed_at,omitempty"`
	Version   int64      `json:"version"`
}

// Opportunity is a deal (商机).
type Opportunity struct {
	ID              ID        `json:"id"`
	Customer        ID        `json:"customer_id"`
	Owner           ID        `json:"owner_id"`
	Products        []ID      `json:"product_ids,omitempty"`
	Line            string    `json:"line,omitempty" doc:"product line"`
	AmountFen       int64     `json:"amount_fen"`
	Pipeline        string    `json:"pipeline" doc:"key of the way it goes, as in GET /pipelines"`
	PipelineVersion int       `json:"pipeline_version"`
	Stage           string    `json:"stage" doc:"key of its stage, as in GET /pipelines; won and lost are stages, too"`
	StageName       string    `json:"stage_name"`
	StageSince      time.Time `json:"stage_since"`
	ExpectedOn      sales.Day `json:"expected_on,omitzero"`
	State           string    `json:"state" doc:"open, won or lost"`
	LossReason      string    `json:"loss_reason,omitempty"`
	// Nodes are the steps of its stage.
	Nodes     []DealNode `json:"nodes,omitempty" doc:"steps of its stage, in order"`
	CreatedAt time.Time  `json:"created_at"`
	Version   int64      `json:"version"`
	Custom    Custom     `json:"custom,omitempty" object:"opportunity"`
}

// DealNode is a step of a deal's stage.
type DealNode struct {
	Key    string     `json:"key"`
	Name   string     `json:"name"`
	DoneAt *time.Time `json:"done_at,omitempty" doc:"when it was ticked off; missing when it is open"`
	DoneBy ID         `json:"done_by,omitempty"`
	File   ID         `json:"file_id,omitempty"`
}

// Pipeline is a way deals go (阶段模板), in its newest version.
type Pipeline struct {
	Key     string          `json:"key"`
	Version int             `json:"version"`
	Name    string          `json:"name"`
	Lines   []string        `json:"lines,omitempty" doc:"product lines whose deals go this way"`
	Stages  []PipelineStage `json:"stages"`
}

// PipelineStage is an open stage of a pipeline.
type PipelineStage struct {
	Key       string         `json:"key"`
	Name      string         `json:"name"`
	Like      string         `json:"like,omitempty" doc:"the standard stage it resembles"`
	Chance    int            `json:"chance,omitempty" doc:"assumed chance to win in percent"`
	Benchmark int64          `json:"benchmark_seconds,omitempty" doc:"how long a deal is expected to stay"`
	Enter     []string       `json:"enter,omitempty" doc:"what must be so to come here"`
	Leave     []string       `json:"leave,omitempty" doc:"what must be so to go on from here"`
	Nodes     []PipelineNode `json:"nodes,omitempty"`
}

// PipelineNode is a step within a stage.
type PipelineNode struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Document bool   `json:"document,omitempty" doc:"wants a file"`
}

// Contract is a contract (合同).
type Contract struct {
	ID            ID        `json:"id"`
	No            string    `json:"no"`
	Customer      ID        `json:"customer_id"`
	Opportunity   ID        `json:"opportunity_id,omitempty"`
	Owner         ID        `json:"owner_id"`
	AmountFen     int64     `json:"amount_fen"`
	PrepayPercent *int      `json:"prepay_percent,omitempty"`
	PaymentDays   *int      `json:"payment_days,omitempty"`
	DeliveryDays  *int      `json:"delivery_days,omitempty"`
	State         string    `json:"state" doc:"pending, returned, approved, rejected or withdrawn"`
	CreatedAt     time.Time `json:"created_at"`
	Version       int64     `json:"version" doc:"grows with each change"`
	Custom        Custom    `json:"custom,omitempty" object:"contract"`
}

// Event is something that happened to a record: what other systems follow us by.
type Event struct {
	ID      ID        `json:"id"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind" doc:"<object>.<what>, such as contract.approved"`
	Object  string    `json:"object" doc:"what happened to: customer, visit, todo, opportunity, contract, shipment, invoice, payment … are read by GET /<plural>/{subject_id}"`
	Subject ID        `json:"subject_id"`
	Person  ID        `json:"person_id,omitempty" doc:"who did it; empty for the clock"`
}

// Person is a colleague.
type Person struct {
	ID     ID       `json:"id"`
	Code   string   `json:"code,omitempty"`
	Name   string   `json:"name"`
	Roles  []string `json:"roles,omitempty"`
	Active bool     `json:"active"`
}

// Listing asks for a part of a list.
type Listing struct {
	Cursor   Cursor `query:"cursor" json:"-" maxlen:"40" doc:"next of the part before; none begins"`
	Limit    int    `query:"limit" json:"-" min:"0" max:"200" doc:"50 when not said"`
	Customer ID     `query:"customer_id" json:"-" doc:"only those of a customer"`
	Owner    ID     `query:"owner_id" json:"-" doc:"only those of a person"`
	State    string `query:"state" json:"-" maxlen:"32" doc:"only those in a state; its words stand at the record's state"`
}

// size is how many records are read: one more than asked for, which says whether there are more.
func (l Listing) size() int {
	if l.Limit == 0 {
		return 50
	}
	return l.Limit
}

// Query is what a listing asks of the store.
type Query struct {
	Sees            sales.Scope
	Before          sales.ID // records older than this one; of events newer
	Customer, Owner sales.ID
	Contract        sales.ID // of shipments, invoices and payments
	ID              sales.ID // that record alone, in whatever state it is
	State           string
	Limit           int
}

// Reads is what the interface reads.
type Reads interface {
	Customers(ctx context.Context, q Query) ([]sales.Customer, error)
	Customer(ctx context.Context, c Caller, id sales.ID) (sales.Customer, []sales.Contact, error)
	Visits(ctx context.Context, q Query) ([]sales.Visit, error)
	Todos(ctx context.Context, q Query) ([]sales.Todo, error)
	Opportunities(ctx context.Context, q Query) ([]sales.Opportunity, error)
	Contracts(ctx context.Context, q Query) ([]sales.Contract, error)
	Events(ctx context.Context, q Query) ([]sales.DomainEvent, error)
	People(ctx context.Context) ([]sales.Person, error)
	Products(ctx context.Context) ([]sales.Product, error)
	CashReads
	// Pipelines are the newest versions in use. DealSteps are what was ticked off for some deals.
	Pipelines(ctx context.Context) ([]*sales.Pipeline, error)
	DealSteps(ctx context.Context, deals []sales.ID) ([]sales.DealStep, error)
}

// Writes is what the interface does. Each is done once for each caller and Request.Key; the second time gives what the
// first gave.
type Writes interface {
	CreateCustomer(ctx context.Context, r Request, in NewCustomer) (sales.Customer, error)
	CreateVisit(ctx context.Context, r Request, in NewVisit) (sales.Visit, error)
	CreateTodo(ctx context.Context, r Request, in NewTodo) (sales.Todo, error)
	CloseTodo(ctx context.Context, r Request, in CloseTodo) (sales.Todo, error)
	ChangeCustomer(ctx context.Context, r Request, in ChangeCustomer) (sales.Customer, error)
	ChangeOpportunity(ctx context.Context, r Request, in ChangeOpportunity) (sales.Opportunity, error)
	CreateOpportunity(ctx context.Context, r Request, in NewOpportunity) (sales.Opportunity, error)
	MoveOpportunity(ctx context.Context, r Request, in MoveOpportunity) (sales.Opportunity, error)
	CashWrites
}

// NewCustomer makes a customer (建客户).
type NewCustomer struct {
	Name     string `json:"name" required:"true" minlen:"2" maxlen:"60" doc:"its full name"`
	Phone    string `json:"phone" required:"true" maxlen:"30" doc:"any usual spelling"`
	Industry string `json:"industry" required:"true" maxlen:"30" doc:"行业"`
	USCC     string `json:"uscc,omitempty" maxlen:"18" doc:"统一社会信用代码, its check digit is verified"`
	City     string `json:"city,omitempty" maxlen:"30" doc:"without 市"`
	Contact  string `json:"contact,omitempty" maxlen:"30" doc:"name of the first contact"`
	Owner    ID     `json:"owner_id,omitempty" doc:"whose it becomes; a person's token: oneself"`
}

// NewVisit files a visit (拜访).
type NewVisit struct {
	Customer  ID        `json:"customer_id" required:"true" doc:"where"`
	Person    ID        `json:"person_id,omitempty" doc:"who was there; a person's token: oneself"`
	Day       sales.Day `json:"day" required:"true" doc:"when: today or up to 30 days ago"`
	Contact   string    `json:"contact,omitempty" maxlen:"30" doc:"whom one met"`
	Text      string    `json:"text" required:"true" maxlen:"1000" doc:"what was talked about"`
	Need      string    `json:"need,omitempty" maxlen:"300" doc:"what the customer needs"`
	AmountFen int64     `json:"amount_fen,omitempty" min:"0" max:"100000000000000" doc:"an amount that was named"`
}

// NewTodo makes a to-do (待办).
type NewTodo struct {
	Owner    ID        `json:"owner_id,omitempty" doc:"whose; a person's token: oneself"`
	Customer ID        `json:"customer_id,omitempty" doc:"about whom"`
	Text     string    `json:"text" required:"true" maxlen:"60" doc:"what is to be done"`
	DueOn    sales.Day `json:"due_on,omitzero" doc:"by the end of work on that day"`
}

// CloseTodo ends a to-do, or moves it to another day; one of the two.
type CloseTodo struct {
	ID    ID        `path:"id" json:"-" required:"true" doc:"the to-do"`
	State string    `json:"state,omitempty" enum:"done|cancelled" doc:"how it ended"`
	DueOn sales.Day `json:"due_on,omitzero" doc:"by the end of work on that day instead"`
}

// ChangeCustomer corrects a customer; what is not said stays as it is.
type ChangeCustomer struct {
	ID       ID      `path:"id" json:"-" required:"true" doc:"the customer"`
	Name     *string `json:"name,omitempty" minlen:"2" maxlen:"60" doc:"its full name; the one before goes on being understood"`
	Phone    *string `json:"phone,omitempty" maxlen:"30" doc:"any usual spelling"`
	Industry *string `json:"industry,omitempty" maxlen:"20" doc:"行业"`
	USCC     *string `json:"uscc,omitempty" maxlen:"18" doc:"统一社会信用代码, its check digit is verified"`
	City     *string `json:"city,omitempty" maxlen:"20" doc:"without 市"`
	Class    *string `json:"class,omitempty" enum:"KA|A|B|C" doc:"KA is for leads to give and take"`
}

// ChangeOpportunity corrects a deal; what is not said stays as it is. Its stage is changed by a move.
type ChangeOpportunity struct {
	ID         ID        `path:"id" json:"-" required:"true" doc:"the deal"`
	AmountFen  *int64    `json:"amount_fen,omitempty" min:"1" max:"100000000000000" doc:"what it may be worth"`
	ExpectedOn sales.Day `json:"expected_on,omitzero" doc:"when it may be signed: today or later"`
}

// NewOpportunity makes a deal (建商机).
type NewOpportunity struct {
	Customer   ID        `json:"customer_id" required:"true" doc:"whose"`
	Owner      ID        `json:"owner_id,omitempty" doc:"who follows it; a person's token: oneself, else the customer's owner"`
	Products   []ID      `json:"product_ids,omitempty" maxitems:"20" doc:"what is to be sold"`
	AmountFen  *int64    `json:"amount_fen" required:"true" min:"0" max:"100000000000000" doc:"what it may be worth; 0 is not known yet"`
	ExpectedOn sales.Day `json:"expected_on,omitzero" doc:"when it may be signed"`
	Pipeline   string    `json:"pipeline,omitempty" maxlen:"64" doc:"key or name of the way it goes; that of its product line when not said"`
}

// MoveOpportunity moves a deal to another stage (推进).
type MoveOpportunity struct {
	ID      ID     `path:"id" json:"-" required:"true" doc:"the deal"`
	Stage   string `json:"stage" required:"true" maxlen:"32" doc:"key or name of a stage of its pipeline, won or lost; gates that keep it away are named in the detail of a 409"`
	Reason  string `json:"reason,omitempty" maxlen:"200" doc:"why it was lost"`
	Version int64  `json:"version,omitempty" min:"0" doc:"refuse when the deal is another one by now; 0 does not ask"`
}
