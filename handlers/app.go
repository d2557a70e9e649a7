package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/scheduler/incident"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Settings are the numbers and policies a company can change.
type Settings struct {
	// UndoFor is how long 撤销 works, DraftFor how long a draft waits for its answer.
	UndoFor, DraftFor time.Duration
	// DueHour and DueMinute are when something due on a day is due: the end of work.
	DueHour, DueMinute int
	// RemindBefore is how long before the due moment the first reminder comes.
	RemindBefore time.Duration
	// Approval is who approves contracts; Clauses are the company's limits on their terms.
	Approval approval.Policy
	Clauses  sales.ClauseLimits
	// Flows are the company's flows of approval, tried in order before the defaults: Approval, QuoteApproval of quotes,
	// SpecialApproval of requests for a special price.
	Flows                          []approval.Flow
	QuoteApproval, SpecialApproval approval.Policy
	// GeneralApproval is who decides applications that no flow is for.
	GeneralApproval approval.Policy
	// Effects are what follows by itself from the approval of an application that a person files.
	Effects []sales.EffectRule
	// Numbers are how papers are numbered, by their kind; a kind without one has HT, BJ or TJ, the year and three digits.
	Numbers map[approval.Kind]sales.Numbering
	// Seal is what follows a contract's approval.
	Seal SealSettings
	// ContractSeries is what contract numbers start with ("HT").
	ContractSeries string
	// PublicURL is where people's phones reach the bot's own pages; empty when there are none.
	PublicURL string
	// UploadFor is how long an upload link works.
	UploadFor time.Duration
	// PhotoWithin is how long after a scan a photo is waited for; 0 is not at all.
	PhotoWithin time.Duration
	// Speech is true when voice clips can be put into words.
	Speech bool
	// CustomerFields are the fields (sales.Field…) that make a customer complete.
	CustomerFields []string
	// UnmergeFor is how long a merge can be taken back.
	UnmergeFor time.Duration
	// Registry is true when a business registry can be asked.
	Registry bool
	// PromptHour… are the times of the daily rhythm.
	PromptHour, PromptMinute   int
	CaptureHour, CaptureMinute int
	MorningHour, MorningMinute int
	// Filing is how what is filed beside visits is watched.
	FilingSettings
	// OwnQuiet is how long the quiet hours may be that people set for themselves; 0 is none.
	OwnQuiet time.Duration
	// Life is what is done about a customer over time.
	Life
	// Cash is what holds between contract and payment.
	Cash CashSettings
	// Work is what holds for work orders across departments.
	Work WorkSettings
	RuleSettings
}

// FilingSettings are the time limits of what is filed by chat. A limit that is not above 0 is none.
type FilingSettings struct {
	// ActionWithin is until when, after a check-in, an action of the visit is to be filed.
	ActionWithin map[sales.VisitAction]time.Duration
	// AcceptWithin is the working time in which the service takes a complaint or request, CloseWithin in which it ends it.
	AcceptWithin, CloseWithin time.Duration
}

// Life are the policies about customers over time: the open pool, leads, key fields, handovers.
type Life struct {
	Pool  sales.PoolPolicy
	Leads sales.LeadPolicy
	// Tags are the only tags allowed; empty is any.
	Tags []string
	// ContactSilent is after how many days a silent only contact is a warning; 0 is never.
	ContactSilent int
	// CalibrationDay is the day of the month on which customers of CalibrationClasses are calibrated.
	CalibrationDay     int
	CalibrationClasses []string
	// UndoHandover is for how long a handover can be taken back.
	UndoHandover time.Duration
}

// App holds what the handlers share.
type App struct {
	Names    Names
	Calendar *sales.Calendar
	Settings Settings
	// Pipelines are the ways deals go; nil is the standard one only.
	Pipelines *sales.Pipelines
	// Gates reads the expressions of their gates; one it cannot read keeps its gate shut.
	Gates sales.Conditions
	// Checklists are what must be on file for customers of a class.
	Checklists sales.Checklists
	// Custom are the company's own fields and record types; nil is none.
	Custom *sales.Custom
	// Secret makes random codes (bytes from crypto/rand in cmd).
	Secret func(n int) ([]byte, error)
	// Pictures keeps a picture to send and returns its file, whose row is written in the same transaction.
	Pictures PictureStore
	Links    Links
	// Sheets makes Excel files to hand out.
	Sheets SheetStore
	// Bytes tells which files are still there; nil is all of them.
	Bytes FileBytes
	// Documents makes Word files.
	Documents DocumentStore
	// Columns knows the columns of the files finance imports.
	Columns ColumnWords
	// Incidents are what rules have found and do not let go of.
	Incidents *incident.Desk
	// Rule is what rules are read with.
	Rule RuleLanguage
	// Setup is what the configuration says of stages and fields; nil where nothing can be set but there.
	Setup SetupFiles
	// NewAPIToken makes a token of the HTTP interface.
	NewAPIToken TokenMaker
	// Platforms are what differs between the chat platforms, as their adapters say it.
	Platforms bot.Platforms
}

// PictureStore keeps the bytes of pictures the bot makes. What is kept but never referred to is cleared away later.
type PictureStore interface {
	KeepPicture(ctx context.Context, id sales.ID, png []byte) (sales.File, error)
}

// Register fills a router with everything the bot can do.
func (a *App) Register(r *bot.Router[Tx]) {
	a.registerVisit(r)
	a.registerFiling(r)
	a.registerAction(r)
	a.registerCompanion(r)
	a.registerPlan(r)
	a.registerAbsence(r)
	a.registerLinks(r)
	a.registerTodo(r)
	a.registerCustomer(r)
	a.registerSheet(r)
	a.registerFill(r)
	a.registerMerge(r)
	a.registerProduct(r)
	a.registerAuthorisation(r)
	a.registerRegistry(r)
	a.registerContract(r)
	a.registerApproval(r)
	a.registerQuote(r)
	a.registerApplication(r)
	a.registerSeal(r)
	a.registerWork(r)
	a.registerCredit(r)
	a.registerDelegation(r)
	a.registerApprovalRecord(r)
	a.registerPerformance(r)
	r.Moved = a.NativeMoved
	a.registerIncident(r)
	a.registerResponse(r)
	a.registerFile(r)
	a.registerMedia(r)
	a.registerScan(r)
	a.registerPages(r)
	a.registerOpportunity(r)
	a.registerGate(r)
	a.registerTop(r)
	a.registerChecklist(r)
	a.registerWays(r)
	a.registerFunnel(r)
	a.registerReport(r)
	a.registerDecision(r)
	a.registerPool(r)
	a.registerLead(r)
	a.registerHandover(r)
	a.registerStructure(r)
	a.registerFreshness(r)
	a.registerReads(r)
	a.registerCash(r)
	a.registerLink(r)
	a.registerPush(r)
	a.registerPushPref(r)
	a.registerRoster(r)
	a.registerCalendar(r)
	a.registerToken(r)
	a.registerPreview(r)
	a.registerCustom(r)
	a.registerRule(r)
	a.registerSetup(r)
	a.registerHelp(r)
	a.registerQuestion(r)
	r.Text = a.keepsOpen("", a.orRule(a.registerSpoken(r).orSpoken(helper{a, r}.orSuggest(a.FreeText))))
	r.Ahead = a.Ahead
	r.Commanded = a.keepsOpen
	r.Around = func(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] { return a.noteChange(a.withFiles(a.takesUp(next))) }
}

// audit writes one line of the trace.
func audit(tx Tx, t bot.Turn, verb, kind string, id sales.ID, changes ...sales.Change) {
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(t.Now), PersonID: t.Person.ID, EventID: t.Event.ID, Verb: verb,
		SubjectKind: kind, SubjectID: id, Changes: changes,
	})
}

// emit writes what happened to a record, for the rules.
func emit(tx Tx, t bot.Turn, what, kind string, id sales.ID) {
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(t.Now), Kind: what, SubjectKind: kind, SubjectID: id, PersonID: t.Person.ID, Data: "{}",
	})
}

// ask opens a question: the next text of the person goes to the topic's handler, with draft as its state.
func (a *App) ask(t bot.Turn, topic string, draft any) (*sales.Dialogue, error) {
	b, err := json.Marshal(draft)
	if err != nil {
		return nil, fmt.Errorf("keep draft: %w", err)
	}
	d := t.Dialogue
	d.Topic, d.Draft = topic, string(b)
	asked := t.Event.At // by the platform's clock, which its answer is told by, too
	if asked.IsZero() {
		asked = t.Now
	}
	d.AskedAt, d.ExpiresAt = sales.At(asked), sales.At(t.Now.Add(a.Settings.DraftFor))
	return &d, nil
}

// closeTopic ends the open question.
func closeTopic(d sales.Dialogue) *sales.Dialogue {
	d.Topic, d.Draft, d.ExpiresAt = "", "", sales.Instant{}
	return &d
}

// maxLast is how many records of a person are remembered.
const maxLast = 8

// remember notes a record as the last one filed, for 撤销, 修改 and 刚才那条.
func remember(d *sales.Dialogue, kind string, id sales.ID, now time.Time) *sales.Dialogue {
	last := sales.Refs{{Kind: kind, ID: id, At: sales.At(now)}}
	for _, r := range d.Last {
		if len(last) < maxLast && (r.Kind != kind || r.ID != id) {
			last = append(last, r)
		}
	}
	d.Last = last
	return d
}

// seen marks the kind of a record that a person only looked at: what follows may be about it, but there is nothing of it to take back.
const seen = ".seen"

// lastOf is the newest record of a kind the person filed or looked at.
func lastOf(d sales.Dialogue, kind string) (sales.Ref, bool) {
	for _, r := range d.Last {
		if r.Kind == kind || r.Kind == kind+seen {
			return r, true
		}
	}
	return sales.Ref{}, false
}

// draft reads the state of the open question.
func draft[T any](t bot.Turn) (T, error) {
	var v T
	if err := json.Unmarshal([]byte(t.Dialogue.Draft), &v); err != nil {
		return v, fmt.Errorf("read draft of %s: %w", t.Dialogue.Topic, err)
	}
	return v, nil
}

// action is a button's action on a record.
func action(verb string, id sales.ID, version int64, arg ...string) cards.Action {
	return cards.Action{Verb: verb, Record: int64(id), Version: version, Arg: strings.Join(arg, ",")}
}

// dueAt is the moment something due on a day is due.
func (a *App) dueAt(d sales.Day) time.Time { return d.At(a.Settings.DueHour, a.Settings.DueMinute) }
