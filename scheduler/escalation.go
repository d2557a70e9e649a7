package scheduler

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Kinds of due rows about a contract's approval. Their subject is the contract. They are never renamed: rows wait under
// these names.
const (
	KindApprovalRemind  = "approval.remind"
	KindApprovalOverdue = "approval.overdue"
)

// EscalationTx is what reminders and escalations of approvals need of one transaction.
type EscalationTx interface {
	bot.PostTx
	ContractByID(ctx context.Context, id sales.ID) (sales.Contract, error)
	RequestByID(ctx context.Context, id sales.ID) (approval.Request, error)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	ProductsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Product, error)
	OpportunityByID(ctx context.Context, id sales.ID) (sales.Opportunity, error)
	FileByID(ctx context.Context, id sales.ID) (sales.File, error)
	DuesOf(ctx context.Context, subjectKind string, subject sales.ID) ([]sales.Due, error)
	CreateIncident(i sales.Incident)
	UpdateIncident(i sales.Incident)
	IncidentOf(ctx context.Context, kind, subjectKind string, subject sales.ID) (sales.Incident, error)
	AddIncidentStep(s sales.IncidentStep)
	IncidentSteps(ctx context.Context, id sales.ID) ([]sales.IncidentStep, error)
	CreateTodo(t sales.Todo)
	TodosBySource(ctx context.Context, kind string, id sales.ID) ([]sales.Todo, error)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
}

// Escalation decides what becomes of a contract that waits: a reminder to its approvers, then one level of people after
// another.
type Escalation struct {
	Policy   approval.EscalationPolicy
	Calendar *sales.Calendar
	Clauses  sales.ClauseLimits
}

// RegisterEscalation registers the decisions about waiting approvals.
func RegisterEscalation[T interface {
	DueTx
	EscalationTx
}](e *Engine[T], x Escalation) {
	e.Handle(KindApprovalRemind, func(ctx context.Context, m Moment, tx T) (Decision, error) { return x.Remind(ctx, m, tx) })
	e.Handle(KindApprovalOverdue, func(ctx context.Context, m Moment, tx T) (Decision, error) { return x.Escalate(ctx, m, tx) })
}

// waiting is a contract at its moment, with everything its cards show.
type waiting struct {
	c        sales.Contract
	r        approval.Request
	customer sales.Customer
	wait     approval.Wait
}

func (x Escalation) read(ctx context.Context, m Moment, tx EscalationTx) (waiting, error) {
	c, err := tx.ContractByID(ctx, m.Due.SubjectID)
	if err != nil {
		return waiting{}, err
	}
	r, err := tx.RequestByID(ctx, c.RequestID)
	if err != nil {
		return waiting{}, err
	}
	w := waiting{c: c, r: r, wait: approval.Overdue(r, x.Calendar, m.Now)}
	if w.customer, err = tx.CustomerByID(ctx, c.CustomerID); sales.KindOf(err) == sales.NotFound {
		err = nil
	}
	return w, err
}

// Remind reminds the approvers who have had a contract for a while: the same card once more, the old copy greyed.
func (x Escalation) Remind(ctx context.Context, m Moment, tx EscalationTx) (Decision, error) {
	w, err := x.read(ctx, m, tx)
	if err != nil {
		return Decision{}, err
	}
	switch {
	case w.r.State != approval.Pending:
		return Decision{Reason: "not waiting: " + string(w.r.State)}, nil
	case !strings.HasPrefix(m.Due.Slot, fmt.Sprintf("%d.%d.", w.r.Round, w.r.Step)):
		return Decision{Reason: "the step has changed"}, nil
	case x.Calendar.Quiet(m.Now): // decided when it can be read, so that it says what is true then
		return Decision{Reason: "quiet", Again: x.Calendar.NextAllowed(m.Now)}, nil
	}
	say, err := x.stepCard(ctx, m, tx, w, "remind")
	if err != nil {
		return Decision{}, err
	}
	x.trace(m, tx, w.c, "contract.remind")
	return Decision{Reply: bot.Reply{Say: []bot.Say{say}}, Reason: "reminded " + w.r.NextText()}, nil
}

// stepCard is the approvers' card, sent again with how long it has waited.
func (x Escalation) stepCard(ctx context.Context, m Moment, tx EscalationTx, w waiting, why string) (bot.Say, error) {
	v := view.Contract{
		Contract: w.c, Request: w.r, Customer: w.customer.Name, Class: w.customer.Class, Findings: view.Findings(w.c, x.Clauses),
		Wait: w.wait, Now: m.Now, Hint: "提醒:" + w.wait.String() + "。",
	}
	products, err := tx.ProductsByIDs(ctx, w.c.Products)
	if err != nil {
		return bot.Say{}, err
	}
	for _, p := range products {
		v.Products = append(v.Products, p.Name)
	}
	for _, id := range w.c.Files {
		f, err := tx.FileByID(ctx, id)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return bot.Say{}, err
		}
		if err == nil {
			v.Files = append(v.Files, f.Name)
		}
	}
	card := view.ContractForStep(v, w.r.Step)
	return bot.Say{
		To: ids(w.r.Turn()), Subject: "contract:" + w.c.ID.String(), Kind: bot.DeliverPush, Pass: true,
		Slot: fmt.Sprintf("%s:%s:%d", why, m.Due.Slot, m.Now.Unix()), Out: bot.Outgoing{Card: &card},
	}, nil
}

func ids(people []approval.Person) []sales.PersonID {
	out := make([]sales.PersonID, len(people))
	for i, p := range people {
		out[i] = p.ID
	}
	return out
}

// trace writes what the clock did to a contract.
func (x Escalation) trace(m Moment, tx EscalationTx, c sales.Contract, verb string) {
	event := "due:" + m.Due.ID.String()
	tx.Audit(sales.AuditEntry{ID: tx.NewID(), At: sales.At(m.Now), EventID: event, Verb: verb, SubjectKind: "contract", SubjectID: c.ID})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: "contract", SubjectID: c.ID, Data: "{}"})
}

// climb is one decision on an escalation's ladder.
type climb struct {
	x     Escalation
	m     Moment
	tx    EscalationTx
	w     waiting
	i     sales.Incident
	steps []sales.IncidentStep
	known bool // the incident has a row
	dirty bool
	reply bot.Reply
}

// Escalate asks the pure ladder what is due now and does it. Every answer is kept with its reason: in the incident's
// story when there is one, and on the due row.
func (x Escalation) Escalate(ctx context.Context, m Moment, tx EscalationTx) (Decision, error) {
	w, err := x.read(ctx, m, tx)
	if err != nil {
		return Decision{}, err
	}
	c := climb{x: x, m: m, tx: tx, w: w}
	if err := c.find(ctx); err != nil {
		return Decision{}, err
	}
	var due time.Time
	var reason approval.Reason
	for range len(x.Policy.Levels) + 1 {
		var level int
		due, level, reason = approval.NextEscalation(w.r, x.Policy, approval.StateOf(c.i, c.steps), x.Calendar, m.Now)
		if reason != approval.ReasonDue || level == 0 {
			break
		}
		if err := c.push(ctx, level); err != nil {
			return Decision{}, err
		}
		due = time.Time{}
	}
	if len(c.reply.Say) == 0 && c.known && !c.dirty {
		c.step(approval.StepHeld, c.i.Level, 0, reason.Chinese())
	}
	if err := c.finish(ctx); err != nil {
		return Decision{}, err
	}
	return Decision{Reply: c.reply, Reason: c.reason(reason), Again: due}, nil
}

func (c *climb) reason(r approval.Reason) string {
	if len(c.reply.Say) > 0 {
		return fmt.Sprintf("pushed level %d; next: %s", c.i.Level, r)
	}
	return string(r)
}

// find reads the incident; an old one that had ended begins anew when it is needed.
func (c *climb) find(ctx context.Context) error {
	i, err := c.tx.IncidentOf(ctx, approval.IncidentOverdue, "contract", c.w.c.ID)
	switch {
	case sales.KindOf(err) == sales.NotFound:
		c.i = c.fresh(c.tx.NewID())
		return nil
	case err != nil:
		return err
	}
	if c.steps, err = c.tx.IncidentSteps(ctx, i.ID); err != nil {
		return err
	}
	c.i, c.known = i, true
	if i.State != sales.IncidentOpen || i.OpenedAt.Before(c.w.r.RoundSince.Time) {
		version := i.Version
		c.i = c.fresh(i.ID)
		c.i.Version = version
	}
	return nil
}

func (c *climb) fresh(id sales.ID) sales.Incident {
	return sales.Incident{
		ID: id, Kind: approval.IncidentOverdue, SubjectKind: "contract", SubjectID: c.w.c.ID, State: sales.IncidentOpen,
		OpenedAt: sales.At(c.m.Now), Version: 1,
	}
}

func (c *climb) step(what string, level int, person sales.PersonID, note string) {
	s := sales.IncidentStep{
		ID: c.tx.NewID(), IncidentID: c.i.ID, At: sales.At(c.m.Now), Level: level, What: what, PersonID: person, Note: note,
	}
	c.tx.AddIncidentStep(s)
	c.steps = append(c.steps, s)
}

// push tells one level: its card and a to-do for each person who can be reached. Those the contract is stuck with are
// not told of themselves; they are reminded.
func (c *climb) push(ctx context.Context, level int) error {
	if c.i.Level == 0 {
		c.step(approval.StepOpened, 0, 0, "已等 "+sales.Waited(c.w.wait.Waited)+",卡在 "+c.w.r.NextText())
		c.x.trace(c.m, c.tx, c.w.c, "contract.overdue")
	}
	c.dirty = true
	c.i.Level = level
	c.i.AckedBy, c.i.AckedAt, c.i.AckUntil, c.i.SnoozedUntil = 0, sales.Instant{}, sales.Instant{}, sales.Instant{}
	reach, stuck := c.addressees(level)
	reach, err := c.standIns(ctx, level, reach)
	if err != nil {
		return err
	}
	for _, p := range stuck {
		c.step(approval.StepHeld, level, p, c.m.Org.Name(p)+"自己就是审批人,改为提醒本人")
	}
	if len(stuck) > 0 {
		say, err := c.x.stepCard(ctx, c.m, c.tx, c.w, fmt.Sprintf("overdue:%d", level))
		if err != nil {
			return err
		}
		c.reply.Say = append(c.reply.Say, say)
	}
	if len(reach) == 0 {
		c.step(approval.StepUnreachable, level, 0, roles(c.x.Policy.Levels[level-1]))
		return nil
	}
	for _, p := range reach {
		c.step(approval.StepPushed, level, p, "")
	}
	return c.todos(ctx, reach)
}

// addressees are the people of a level: those who can be reached, and those the contract is stuck with.
func (c *climb) addressees(level int) (reach, stuck []sales.PersonID) {
	turn := ids(c.w.r.Turn())
	for _, role := range c.x.Policy.Levels[level-1].Roles {
		for _, h := range (approval.OrgResolver{Org: c.m.Org}).Holders(role, c.w.r.Requester) {
			switch {
			case slices.Contains(reach, h.ID) || slices.Contains(stuck, h.ID):
			case slices.Contains(turn, h.ID):
				stuck = append(stuck, h.ID)
			case len(c.m.Org.Identities(h.ID)) == 0:
				c.step(approval.StepHeld, level, h.ID, h.Name+"没有聊天账号")
			default:
				reach = append(reach, h.ID)
			}
		}
	}
	return reach, stuck
}

func roles(l approval.Level) string {
	names := make([]string, len(l.Roles))
	for i, r := range l.Roles {
		names[i] = sales.Role(r).Name()
	}
	return strings.Join(names, "、")
}

// todos gives each addressee a to-do, once for an incident.
func (c *climb) todos(ctx context.Context, people []sales.PersonID) error {
	var open []sales.Todo
	if c.known {
		all, err := c.tx.TodosBySource(ctx, "incident", c.i.ID)
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(all, func(t sales.Todo) bool { return t.State != sales.TodoOpen })
	}
	for _, p := range people {
		if slices.ContainsFunc(open, func(t sales.Todo) bool { return t.OwnerID == p }) {
			continue
		}
		todo := sales.Todo{
			ID: c.tx.NewID(), OwnerID: p, CustomerID: c.w.c.CustomerID, SourceKind: "incident", SourceID: c.i.ID,
			Text: "处理超时合同 " + c.w.c.No, DueOn: c.m.Today, State: sales.TodoOpen, CreatedAt: sales.At(c.m.Now), Version: 1,
			SourceEventID: "due:" + c.m.Due.ID.String(),
		}
		c.tx.CreateTodo(todo)
		c.reply.Say = append(c.reply.Say, bot.Say{
			To: []sales.PersonID{p}, Subject: "todo:" + todo.ID.String(), Kind: bot.DeliverTodo, Slot: fmt.Sprint(todo.Version),
			Out: bot.Outgoing{Todo: &bot.TodoTask{TodoID: todo.ID, Text: todo.Text}},
		})
	}
	return nil
}

// finish writes the incident and its cards: anew for the level just pushed, redrawn for those below.
func (c *climb) finish(ctx context.Context) error {
	if !c.dirty {
		return nil
	}
	if c.known {
		c.tx.UpdateIncident(c.i)
		c.i.Version++
	} else {
		c.tx.CreateIncident(c.i)
	}
	v, err := c.view(ctx)
	if err != nil {
		return err
	}
	var say []bot.Say
	for level := 1; level <= c.i.Level; level++ {
		card := view.IncidentCard(v, level)
		to := c.pushedNow(level)
		if len(to) == 0 {
			c.reply.Faces = append(c.reply.Faces, card)
			continue
		}
		say = append(say, bot.Say{
			To: to, Subject: "incident:" + c.i.ID.String(), Kind: bot.DeliverPush, Slot: fmt.Sprintf("level:%d:%d", level, c.i.Version),
			Urgent: c.x.Policy.Urgent, Pass: true, Out: bot.Outgoing{Card: ptr(card)},
		})
	}
	c.reply.Say = append(say, c.reply.Say...)
	return nil
}

func ptr(c cards.Card) *cards.Card { return &c }

// pushedNow are the people a level was pushed to in this decision.
func (c *climb) pushedNow(level int) []sales.PersonID {
	var out []sales.PersonID
	for _, s := range c.steps {
		if s.What == approval.StepPushed && s.Level == level && s.At.Equal(sales.At(c.m.Now).Time) {
			out = append(out, s.PersonID)
		}
	}
	return out
}

func (c *climb) view(ctx context.Context) (view.Incident, error) {
	v := view.Incident{
		Incident: c.i, Contract: c.w.c, Request: c.w.r, Customer: c.w.customer.Name, Wait: c.w.wait, After: c.x.Policy.After, Now: c.m.Now,
	}
	for _, l := range c.x.Policy.Levels {
		v.Roles = append(v.Roles, roles(l))
	}
	dues, err := c.tx.DuesOf(ctx, "contract", c.w.c.ID)
	if err != nil {
		return v, err
	}
	reminded := 0
	for _, d := range dues {
		if d.Kind == KindApprovalRemind && d.State == sales.DueDone && strings.HasPrefix(d.Reason, "reminded") {
			reminded++
		}
	}
	v.Done = view.IncidentDone(c.w.r, reminded)
	if c.w.c.OpportunityID != 0 {
		o, err := c.tx.OpportunityByID(ctx, c.w.c.OpportunityID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return v, err
		}
		v.Impact = view.IncidentImpact(o, c.m.Today)
	}
	return v, nil
}
