package scheduler

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// Kinds of due rows of rules. They are never renamed.
//
// A wait is the deadline of one rule about one record, before there is an incident: its subject kind is "rule." and the
// record's, its slot the rule. A scan looks at many records for one rule: its subject is the rule, its slot the day, with
// "/id" behind it where an earlier part stopped.
const (
	KindRuleWait = "rule.wait"
	KindRuleScan = sales.DueRuleScan
)

// RuleTx is what rules need of one transaction.
type RuleTx interface {
	incident.Tx
	EscalationTx
	CalibrationTx
	sales.AwayReader
	// QueuedEvents reads the events no rule has seen; TakeEvents takes them off the queue, once.
	QueuedEvents(ctx context.Context, limit int) ([]sales.DomainEvent, error)
	TakeEvents(ids []sales.ID)
	LastEvents(ctx context.Context, kind string, id sales.ID, limit int) ([]sales.DomainEvent, error)
	// OpenRuleIncidents lists the open incidents about records, IncidentsOfRule a page of those of a rule.
	OpenRuleIncidents(ctx context.Context, subjectKind string, subjects []sales.ID) ([]sales.Incident, error)
	IncidentsOfRule(ctx context.Context, rule, after sales.ID, limit int) ([]sales.Incident, error)
	// CountFired notes that a rule fired. Because says which rules are behind what the unit does.
	CountFired(rule sales.ID, day sales.Day, at sales.Instant)
	// FiredOn is how often a rule has fired on a day.
	FiredOn(ctx context.Context, rule sales.ID, day sales.Day) (int, error)
	// ToldByRule counts the records that people were told of by a rule since a moment, by person.
	ToldByRule(ctx context.Context, rule sales.ID, since sales.Instant) (map[sales.PersonID]int, error)
	Because(chain string)
	GroupChats(ctx context.Context) ([]sales.GroupChat, error)
	UpdateCustomer(c sales.Customer)
}

// Dispatch is something a rule sends outside the chats, or starts elsewhere.
type Dispatch struct {
	// Do is rules.Mail, SMS, Webhook, Material, Approve or Task; Target names the interface or material, or is what an approval is
	// asked for.
	Do     rules.Do
	Target string
	To     []sales.PersonID
	// Title is what it is about, Text what the rule's author wrote, with the record's values in it.
	Title, Text string
	// Rule, Incident, when it was opened, and Level make it one thing: the same is never sent twice.
	Rule     string
	Incident sales.ID
	Opened   time.Time
	Level    int
	// SubjectKind and SubjectID name the record, Values are its fields under their keys, as people write them.
	SubjectKind string
	SubjectID   sales.ID
	Values      map[string]string
	At          time.Time
	// Object is the key of what the record is, Noun its name, About how people call it; Owner, Customer and Amount are the
	// record's, as far as it has them.
	Object, Noun, About string
	Owner               sales.PersonID
	Customer            sales.ID
	Amount              sales.Money
	// Effect is what follows in the record once the approval is given (Approve).
	Effect sales.Effect
	// Roles are the departments a task is for, Until when it is to be done (Task).
	Roles []sales.Role
	Until time.Time
}

// Key names the dispatch for the outbox, with its recipients behind it.
func (d Dispatch) Key() string {
	return fmt.Sprintf("incident:%d/%d.%d/%s", d.Incident, d.Opened.Unix(), d.Level, d.Do)
}

// Dispatcher hands what rules send by other channels to those who can. What it cannot do it says in words, and the
// incident's story keeps them.
type Dispatcher interface {
	Dispatch(ctx context.Context, tx RuleTx, d Dispatch) (reply bot.Reply, trouble string, err error)
}

// Rules run the company's rules.
type Rules struct {
	Desk *incident.Desk
	// Contracts shows contracts to those they wait for.
	Contracts Escalation
	// Dispatcher carries what does not go through the chats; nil: nothing does.
	Dispatcher Dispatcher
	// ActsPerDay is for how many records a day one rule does more than tell people in the chats; 0 is any number. It holds a rule
	// that was written too wide. See Costs.
	ActsPerDay int
	// ScanAt is when the records are looked at each day; the zero time is 8:50.
	ScanAt sales.ClockTime

	index indexCache
}

// RegisterRules registers the moments of rules.
func RegisterRules[T interface {
	DueTx
	RuleTx
}](e *Engine[T], r *Rules) {
	for kind, do := range map[string]func(context.Context, Moment, RuleTx) (Decision, error){
		incident.DueStep: r.Step, KindRuleWait: r.Wait, KindRuleScan: r.Scan,
	} {
		e.Handle(kind, func(ctx context.Context, m Moment, tx T) (Decision, error) { return do(ctx, m, tx) })
	}
}

// maxChain bounds how many rules may lead from one to the next.
const maxChain = 5

// work is one unit of work on rules: a batch of events, a deadline, a part of a scan.
type work struct {
	r     *Rules
	tx    RuleTx
	set   *incident.Set
	at    incident.At
	today sales.Day
	reply bot.Reply
	// opened are the incidents this unit has opened: a read does not see them.
	opened map[string]bool
	loaded map[string]map[sales.ID]*subject.Record
	// told is how many records of a rule with a bound people have heard of today.
	told map[sales.ID]map[sales.PersonID]int
	// fired is how often rules that cost have fired today, of those that were asked for; stopped are those that have done enough.
	fired   map[sales.ID]int
	stopped map[sales.ID]bool
	// aways are leaves that were read ahead, nil: none.
	aways *awayBook
}

func (r *Rules) begin(ctx context.Context, tx RuleTx, now time.Time, org *sales.Org, event string) (*work, error) {
	set, err := r.Desk.Book.Current(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return &work{
		r: r, tx: tx, set: set, at: incident.At{Now: now, Org: org, Event: event}, today: sales.DayOf(now),
		opened: map[string]bool{}, loaded: map[string]map[sales.ID]*subject.Record{}, told: map[sales.ID]map[sales.PersonID]int{},
		fired: map[sales.ID]int{}, stopped: map[sales.ID]bool{},
	}, nil
}

func (r *Rules) atMoment(ctx context.Context, m Moment, tx RuleTx) (*work, error) {
	return r.begin(ctx, tx, m.Now, m.Org, "due:"+m.Due.ID.String())
}

// load reads records that were not read before in this unit.
func (w *work) load(ctx context.Context, o *subject.Object, ids []sales.ID) (map[sales.ID]*subject.Record, error) {
	have := w.loaded[o.Key]
	if have == nil {
		have = map[sales.ID]*subject.Record{}
		w.loaded[o.Key] = have
	}
	var missing []sales.ID
	for _, id := range ids {
		if _, ok := have[id]; !ok {
			missing = append(missing, id)
			have[id] = nil
		}
	}
	found, err := w.r.Desk.Book.Registry.Load(ctx, w.tx, w.at.Org, o, w.today, missing)
	if err != nil {
		return nil, err
	}
	for id, rec := range found {
		have[id] = rec
	}
	return have, nil
}

// fire opens the incident of a rule about a record and does its first step, or what is due of it. since is the occasion: a
// record is told of once for each. chain are the rules that led here.
func (w *work) fire(ctx context.Context, r *incident.Rule, rec *subject.Record, since time.Time, chain string) (bool, error) {
	key := r.Kind() + "/" + rec.ID.String()
	if w.opened[key] || !r.InForce(w.today) || !rules.Holds(r.If, rec) {
		return false, nil
	}
	room, full, err := w.room(ctx, r, rec)
	if err != nil || full {
		return false, err // the next look finds it again
	}
	enough, err := w.enough(ctx, r)
	if err != nil || enough && r.Trigger.Daily() {
		return false, err // the next day's look finds it again
	}
	grown, why := extend(chain, r.ID)
	if why != "" {
		zerolog.Ctx(ctx).Warn().Str("rule", r.ID.String()).Str("chain", chain).Msg("rule not fired: " + why)
		if why == chainTooLong {
			w.tellAdmins("规则一环扣一环超过 "+strconv.Itoa(maxChain)+" 条,在\""+r.Name+"\"这里停下了。看一下这几条规则是不是互相触发。",
				"chain:"+r.ID.String()+":"+w.today.String())
		}
		return false, nil
	}
	c, ok, err := w.r.Desk.Open(ctx, w.tx, w.at, r, rec, since, grown)
	if err != nil || !ok {
		return false, err
	}
	w.opened[key] = true
	for _, p := range room {
		w.told[r.ID][p]++
	}
	w.tx.CountFired(r.ID, w.today, sales.At(w.at.Now))
	if _, counted := w.fired[r.ID]; counted {
		w.fired[r.ID]++
	}
	w.tx.Because(grown)
	c.Trace("rule.fired")
	if err := w.climb(ctx, c); err != nil {
		return false, err
	}
	w.tx.Because("")
	return true, nil
}

const (
	chainItself  = "it is its own cause"
	chainTooLong = "too many rules led to it"
)

// extend adds a rule to the rules that led to it; why says that it must not be.
func extend(chain string, rule sales.ID) (grown, why string) {
	if chain == "" {
		return rule.String(), ""
	}
	ids := strings.Split(chain, ",")
	for _, id := range ids {
		if id == rule.String() {
			return "", chainItself
		}
	}
	if len(ids) >= maxChain {
		return "", chainTooLong
	}
	return chain + "," + rule.String(), ""
}

// tellAdmins says something to the administrators, once for each slot.
func (w *work) tellAdmins(text, slot string) {
	to := w.at.Org.WhoHas(sales.RoleAdmin)
	if len(to) == 0 {
		return
	}
	w.reply.Say = append(w.reply.Say, bot.Say{
		To: to, Subject: "rules", Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Text: text},
	})
}

// say adds a reply to what the unit says.
func (w *work) say(r bot.Reply) { w.reply = w.reply.And(r) }

// waitSubject is the subject kind of waits about an object's records.
func waitSubject(o *subject.Object) string { return "rule." + o.Subject }

// await writes the deadline of a rule about a record; an earlier one is moved.
func (w *work) await(r *incident.Rule, id sales.ID, slot string, at time.Time) {
	w.tx.Schedule(sales.Due{
		ID: w.tx.NewID(), Kind: KindRuleWait, SubjectKind: waitSubject(r.Object), SubjectID: id, Slot: r.ID.String() + slot,
		DueAt: sales.At(at), State: sales.DuePending,
	})
}
