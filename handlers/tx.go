package handlers

import (
	"context"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Tx is what handlers need of the store: one transaction, in which the acting person is locked. Reads see what other
// transactions have committed. Writes are kept and done together when the handler returns; a later read in the same
// turn does not see them. Every Update is guarded by the record's Version as it was read: it is written as Version+1,
// and when somebody was faster the whole turn is repeated on the new state.
// "Not found" is a *sales.Error of kind NotFound.
type Tx interface {
	VisitTx
	FilingTx
	PlanTx
	AbsenceTx
	TodoTx
	CustomerTx
	UnmakeTx
	MasterTx
	OpportunityTx
	GateTx
	InsightTx
	WayTx
	SetupTx
	CustomTx
	ContractTx
	PaperTx
	ApplicationTx
	WorkTx
	IncidentTx
	ReportTx
	PeopleTx
	FileTx
	MediaTx
	LifeTx
	CashTx
	RuleTx
	RosterTx
	TokenTx
	TraceTx
	PushTx
	CalendarTx
	NativeTx
	PerformanceTx
	ReadsTx
	QuestionTx
	bot.Turner
}

// VisitTx reads and writes visits.
type VisitTx interface {
	CreateScan(s sales.Scan)
	CreateVisit(v sales.Visit)
	UpdateVisit(v sales.Visit)
	VisitByID(ctx context.Context, id sales.ID) (sales.Visit, error)
	// VisitsOn lists a person's filed visits of a day, oldest first.
	VisitsOn(ctx context.Context, person sales.PersonID, day sales.Day) ([]sales.Visit, error)
	// VisitsByCustomer lists the newest filed visits of a customer.
	VisitsByCustomer(ctx context.Context, customer sales.ID, limit int) ([]sales.Visit, error)
}

// TodoTx reads and writes to-dos.
type TodoTx interface {
	CreateTodo(t sales.Todo)
	UpdateTodo(t sales.Todo)
	TodoByID(ctx context.Context, id sales.ID) (sales.Todo, error)
	// OpenTodos lists a person's open to-dos, the most urgent first, those without a date last.
	OpenTodos(ctx context.Context, owner sales.PersonID, limit int) ([]sales.Todo, error)
	TodosBySource(ctx context.Context, kind string, id sales.ID) ([]sales.Todo, error)
}

// CustomerTx reads and writes customers and contacts. What it creates or changes is understood in the next message
// (the index of names is brought up to date through a revision).
type CustomerTx interface {
	CreateCustomer(c sales.Customer)
	UpdateCustomer(c sales.Customer)
	// TouchCustomer records a contact with the customer; it does not change the version.
	TouchCustomer(id sales.ID, at sales.Instant)
	// UntouchCustomer takes back the contact of a moment that was none after all, when no later one followed.
	UntouchCustomer(id sales.ID, was, before sales.Instant)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	// CustomersByIDs returns those that exist, in no order.
	CustomersByIDs(ctx context.Context, ids []sales.ID) ([]sales.Customer, error)
	// DuplicateCustomers lists customers with the same USCC, phone or name key, and those whose names share many
	// bigrams with name, best first, at most limit.
	DuplicateCustomers(ctx context.Context, uscc, phone, name string, limit int) ([]sales.Customer, error)
	CreateContact(c sales.Contact)
	UpdateContact(c sales.Contact)
	ContactByID(ctx context.Context, id sales.ID) (sales.Contact, error)
	ContactsByCustomer(ctx context.Context, customer sales.ID) ([]sales.Contact, error)
	ProductsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Product, error)
}

// OpportunityTx reads and writes opportunities. CreateOpportunity and MoveOpportunity keep the funnel's aggregates: each
// stage up to the furthest reached is counted once, on the day it was reached.
type OpportunityTx interface {
	CreateOpportunity(o sales.Opportunity, day sales.Day)
	// UpdateOpportunity changes anything but the stage.
	UpdateOpportunity(o sales.Opportunity)
	// MoveOpportunity writes o (with its new stage, peak and state) and the move, from the stage it was in.
	MoveOpportunity(o sales.Opportunity, before sales.Opportunity, m sales.StageMove)
	OpportunityByID(ctx context.Context, id sales.ID) (sales.Opportunity, error)
	// OpenOpportunities lists the open ones of a customer, newest first.
	OpenOpportunities(ctx context.Context, customer sales.ID) ([]sales.Opportunity, error)
	// OpportunitiesOf lists the open ones of people (all when scope.All), the longest in their stage first.
	OpportunitiesOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Opportunity, error)
	MovesByOpportunity(ctx context.Context, id sales.ID) ([]sales.StageMove, error)
	// MovesOn lists the moves of a day made by people in scope.
	MovesOn(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.StageMove, error)
	// Funnel sums first entries into each stage from one day to another, both included, by the given column: "" (one
	// sum per stage), "team", "person" or "line". line filters by product line when not empty.
	Funnel(ctx context.Context, scope sales.Scope, line string, from, to sales.Day, by string) ([]sales.FunnelRow, error)
	// Standing counts open opportunities by stage and person now.
	Standing(ctx context.Context, scope sales.Scope) ([]sales.StageCapture, error)
	// StandingTogether counts those of all people in scope by stage, of no person.
	StandingTogether(ctx context.Context, scope sales.Scope) ([]sales.StageCapture, error)
}

// ContractTx reads and writes contracts and their approval requests.
type ContractTx interface {
	CreateContract(c sales.Contract)
	UpdateContract(c sales.Contract)
	ContractByID(ctx context.Context, id sales.ID) (sales.Contract, error)
	ContractByNo(ctx context.Context, no string) (sales.Contract, error)
	// ContractsOf lists the newest contracts of people in scope.
	ContractsOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Contract, error)
	// NextNumber takes the next number of a series, from 1, such as series "contract:2026". A number taken by a turn
	// that is repeated or fails is not given again; gaps are possible, doubles are not.
	NextNumber(ctx context.Context, series string) (int64, error)
	CreateRequest(r approval.Request)
	UpdateRequest(r approval.Request)
	RequestByID(ctx context.Context, id sales.ID) (approval.Request, error)
	RequestByRecord(ctx context.Context, kind string, record sales.ID) (approval.Request, error)
	// PendingRequests lists requests that wait for this person or for whom they stand in, oldest first.
	PendingRequests(ctx context.Context, person sales.PersonID, limit int) ([]approval.Request, error)
}

// IncidentTx reads and writes incidents and their stories.
type IncidentTx interface {
	CreateIncident(i sales.Incident)
	UpdateIncident(i sales.Incident)
	IncidentByID(ctx context.Context, id sales.ID) (sales.Incident, error)
	// IncidentOf finds the incident of a kind about a subject, open or not.
	IncidentOf(ctx context.Context, kind, subjectKind string, subject sales.ID) (sales.Incident, error)
	AddIncidentStep(s sales.IncidentStep)
	IncidentSteps(ctx context.Context, id sales.ID) ([]sales.IncidentStep, error)
	// IncidentsAbout lists the incidents about a record, open ones first, then the newest.
	IncidentsAbout(ctx context.Context, subjectKind string, subject sales.ID, limit int) ([]sales.Incident, error)
	// IncidentsFor lists incidents that were pushed to the person, newest first.
	IncidentsFor(ctx context.Context, person sales.PersonID, limit int) ([]sales.Incident, error)
}

// ReportTx reads what reports are made of.
type ReportTx interface {
	PutReport(r sales.DailyReport) // creates (Version 0) or updates
	ReportOf(ctx context.Context, person sales.PersonID, day sales.Day) (sales.DailyReport, error)
	ReportsOn(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.DailyReport, error)
	// CountsOn counts what people in scope did on a day; people with nothing are absent.
	CountsOn(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.DayCount, error)
	PutCaptures(c []sales.StageCapture) // replaces those of the same day and person
	Captures(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.StageCapture, error)
}

// PeopleTx reads and writes people's dialogues, identities and groups.
type PeopleTx interface {
	// CreateLinkCode keeps a code (绑定) that links another identity to the person until it expires.
	CreateLinkCode(code string, person sales.PersonID, expires sales.Instant)
	// EventsSince counts what an account has sent since a moment.
	EventsSince(ctx context.Context, platform, user string, since sales.Instant) (int, error)
	// TakeLinkCode uses a code up. NotFound when it is unknown, used or expired.
	TakeLinkCode(ctx context.Context, code string, now sales.Instant) (sales.PersonID, error)
	// LinkIdentity gives a platform account to a person and takes it from whoever had it.
	LinkIdentity(i sales.Identity)
	PutGroupChat(g sales.GroupChat)
	GroupChats(ctx context.Context) ([]sales.GroupChat, error)
}

// FileTx reads and writes attachments and upload links.
type FileTx interface {
	CreateFile(f sales.File)
	UpdateFile(f sales.File)
	FileByID(ctx context.Context, id sales.ID) (sales.File, error)
	// CreateUpload keeps the hash of a one-time upload link for a person until it expires.
	CreateUpload(hash string, person sales.PersonID, topic string, expires sales.Instant)
	// TakeUpload uses an upload link up. NotFound when it is unknown, used or expired.
	TakeUpload(ctx context.Context, hash string, now sales.Instant) (person sales.PersonID, topic string, err error)
}

// TraceTx keeps what happened and what must happen.
type TraceTx interface {
	// NewID makes an id.
	NewID() sales.ID
	Audit(e sales.AuditEntry)
	AuditOf(ctx context.Context, kind string, id sales.ID, limit int) ([]sales.AuditEntry, error)
	Emit(e sales.DomainEvent)
	// Schedule keeps a due row; one that exists (same kind, subject and slot) is moved to the new time and pending again.
	Schedule(d sales.Due)
	// CancelDue cancels pending due rows of a kind (all kinds when empty) about a subject.
	CancelDue(kind, subjectKind string, subject sales.ID, reason string)
	DuesOf(ctx context.Context, subjectKind string, subject sales.ID) ([]sales.Due, error)
}
