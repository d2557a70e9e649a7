package scheduler

import (
	"context"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// Kinds of due rows about a customer's life with us. The subject of a scan is the company (1), its slot the workday, with
// "/id" behind it where an earlier part of the same day stopped. They are never renamed.
const (
	KindPoolScan       = "pool.scan"
	KindPoolRecall     = "pool.recall"
	KindContactScan    = "contact.scan"
	KindCalibrationEnd = "calibration.end"
	KindLeaverScan     = "leaver.scan"
	KindHandoverRun    = "handover.run"
)

const company = sales.ID(1)

// LifeTx is what the decisions about customers over time need of one transaction.
type LifeTx interface {
	bot.PostTx
	sales.WatchTx
	IncidentSteps(ctx context.Context, id sales.ID) ([]sales.IncidentStep, error)
	IncidentByID(ctx context.Context, id sales.ID) (sales.Incident, error)
	IncidentsFor(ctx context.Context, person sales.PersonID, limit int) ([]sales.Incident, error)
	Schedule(d sales.Due)
	CancelDue(kind, subjectKind string, subject sales.ID, reason string)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)

	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	CustomersByIDs(ctx context.Context, ids []sales.ID) ([]sales.Customer, error)
	UpdateCustomer(c sales.Customer)
	VisitsByCustomer(ctx context.Context, customer sales.ID, limit int) ([]sales.Visit, error)
	ContactsByCustomer(ctx context.Context, customer sales.ID) ([]sales.Contact, error)
	ContactRoles(ctx context.Context, customer sales.ID) ([]sales.ContactRole, error)
	ContactTouches(ctx context.Context, customer sales.ID) ([]sales.ContactTouch, error)
	SoleContacts(ctx context.Context, before sales.Instant, after sales.ID, limit int) ([]sales.ID, error)

	HeldAfter(ctx context.Context, after sales.ID, limit int) ([]sales.Customer, error)
	KeepingOf(ctx context.Context, c sales.Customer) (sales.Keeping, error)
	KeepingsOf(ctx context.Context, ids []sales.ID) ([]sales.Keeping, error)
	PutKeeping(k sales.Keeping)
	DealsOf(ctx context.Context, ids []sales.ID) ([]sales.CustomerDeals, error)
	WarnedSince(ctx context.Context, since sales.Instant) (map[sales.PersonID]int, error)

	FactsOf(ctx context.Context, customer sales.ID) ([]sales.Fact, error)
	PutFact(f sales.Fact)
	UpdateCalibration(c sales.Calibration)
	CalibrationByID(ctx context.Context, id sales.ID) (sales.Calibration, error)
	CalibrationAnswers(ctx context.Context, id sales.ID) ([]sales.CalibrationAnswer, error)

	HandoverTx
}

// Life decides what is done about customers over time.
type Life struct {
	Calendar *sales.Calendar
	Pool     sales.PoolPolicy
	// ContactSilent is in days, 0 is never.
	ContactSilent int
	UndoHandover  time.Duration
	// Escalation shows contracts to those an approval goes over to.
	Escalation Escalation
}

// RegisterLife hands the decisions about customers over time to an engine.
func RegisterLife[T interface {
	DueTx
	LifeTx
	EscalationTx
}](e *Engine[T], l Life) {
	for kind, do := range map[string]func(context.Context, Moment, LifeTx) (Decision, error){
		KindPoolScan: l.PoolScan, KindPoolRecall: l.PoolDue, KindContactScan: l.ContactScan, KindCalibrationEnd: l.CalibrationEnd,
		KindLeaverScan: l.LeaverScan,
	} {
		e.Handle(kind, func(ctx context.Context, m Moment, tx T) (Decision, error) { return do(ctx, m, tx) })
	}
	e.Handle(KindHandoverRun, func(ctx context.Context, m Moment, tx T) (Decision, error) { return l.HandoverRun(ctx, m, tx, tx) })
}

// The times of the scans on a workday, a little apart, so that their pushes do not come in one heap.
var scanTimes = map[string]sales.ClockTime{
	KindPoolScan: {Hour: 9, Minute: 0}, KindContactScan: {Hour: 9, Minute: 5}, KindLeaverScan: {Hour: 9, Minute: 15},
}

// EnsureLife writes the next due row of each scan. It may be called again at any time: at start, and when the organisation
// has changed; then those who have left are looked at now.
func (l Life) EnsureLife(tx RhythmTx, org *sales.Org, now time.Time) {
	for kind := range scanTimes {
		l.next(tx, kind, sales.Day{}, now)
	}
	for _, p := range org.Everybody() {
		if !p.Active {
			at := l.Calendar.NextAllowed(now)
			tx.Schedule(sales.Due{
				ID: tx.NewID(), Kind: KindLeaverScan, SubjectKind: "company", SubjectID: company, Slot: "at:" + strconv.FormatInt(at.Unix()/600, 36),
				DueAt: sales.At(at), State: sales.DuePending,
			})
			return
		}
	}
}

// next writes the row of a scan for the first workday after a day.
func (l Life) next(tx RhythmTx, kind string, after sales.Day, now time.Time) {
	at := scanTimes[kind]
	day := sales.Rhythm{Calendar: l.Calendar}.NextSlot(after, at, now)
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: kind, SubjectKind: "company", SubjectID: company, Slot: day.String(), DueAt: sales.At(at.On(day)), State: sales.DuePending,
	})
}

// begin is called first by each scan: the row of the next workday is written with the first part of a day's scan. after is
// where an earlier part stopped.
func (l Life) begin(m Moment, tx LifeTx) (after sales.ID) {
	day, id, part := strings.Cut(m.Due.Slot, "/")
	if !part {
		if d, err := sales.ParseDay(day); err == nil {
			l.next(tx, m.Due.Kind, d, m.Now)
		}
		return 0
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return sales.ID(n)
}

// goOn writes the row of the next part of the same day's scan.
func (l Life) goOn(m Moment, tx LifeTx, after sales.ID) {
	day, _, _ := strings.Cut(m.Due.Slot, "/")
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: m.Due.Kind, SubjectKind: "company", SubjectID: company, Slot: day + "/" + after.String(),
		DueAt: sales.At(m.Now), State: sales.DuePending,
	})
}

// trace writes what the clock did to a record.
func (l Life) trace(m Moment, tx LifeTx, verb, kind string, id sales.ID, changes ...sales.Change) {
	event := "due:" + m.Due.ID.String()
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(m.Now), EventID: event, Verb: verb, SubjectKind: kind, SubjectID: id, Changes: changes,
	})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: kind, SubjectID: id, Data: "{}"})
}

// announce writes what the clock did to a customer, with what changed for the rules.
func (l Life) announce(m Moment, tx LifeTx, verb string, id sales.ID, d sales.EventData, changes ...sales.Change) {
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(m.Now), EventID: "due:" + m.Due.ID.String(), Verb: verb, SubjectKind: "customer", SubjectID: id, Changes: changes,
	})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: "customer", SubjectID: id, Data: d.Into("{}")})
}

// quiet puts a decision off that would speak in quiet hours.
func (l Life) quiet(m Moment) (Decision, bool) {
	if !l.Calendar.Quiet(m.Now) {
		return Decision{}, false
	}
	return Decision{Reason: "quiet", Again: l.Calendar.NextAllowed(m.Now)}, true
}

// above is who is told of what a person leaves undone: the manager, else the directors.
func above(org *sales.Org, person sales.PersonID) []sales.PersonID {
	if p, ok := org.Manager(person); ok {
		return []sales.PersonID{p.ID}
	}
	out := org.WhoHas(sales.RoleDirector, person)
	if len(out) == 0 {
		out = org.WhoHas(sales.RoleAdmin)
	}
	return out
}

func tell(subject, slot string, to []sales.PersonID, out bot.Outgoing) bot.Say {
	return bot.Say{To: to, Subject: subject, Kind: bot.DeliverPush, Slot: slot, Out: out}
}
