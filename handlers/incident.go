package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// snoozeFor is how long "2小时后再提醒" puts a push off.
const snoozeFor = 2 * time.Hour

func (a *App) registerIncident(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "我来处理", Aliases: []string{"wlcl"}, Summary: "接下一件超时的事", Usage: "我来处理 HT2026-018",
		Detail: "接下后先不再往上推;到时间还没结果,会再提醒,再往上一级。", Rank: map[sales.Role]int{sales.RoleLegalHead: 5, sales.RoleDirector: 6},
		Handle: a.typedIncident(a.ackIncident),
	})
	r.Command(bot.Command[Tx]{
		Name: "稍后", Aliases: []string{"稍后提醒", "2小时后再提醒"}, Summary: "超时的事 2 小时后再提醒", Usage: "稍后 HT2026-018",
		Handle: a.typedIncident(a.snoozeIncident),
	})
	r.Command(bot.Command[Tx]{
		Name: "为什么催我", Aliases: []string{"wsmcw", "为什么推给我", "为什么提醒我"}, Summary: "看一次催办的来龙去脉", Usage: "为什么催我 HT2026-018",
		Detail: "哪条规则、怎么计时、提醒过谁、送没送到、接下来推给谁。", Handle: a.WhyPushed,
	})
	r.Command(bot.Command[Tx]{
		Name: "谁在处理", Aliases: []string{"szcl"}, Summary: "看一份合同现在谁在处理", Usage: "谁在处理 HT2026-018", Handle: a.WhoHandles,
	})
	r.Action("incident.ack", a.tapIncident(a.ackIncident))
	r.Action("incident.snooze", a.tapIncident(a.snoozeIncident))
	r.Action("incident.nudge", a.tapIncident(a.nudgeIncident))
	r.Action("incident.transfer", a.tapIncident(a.transferIncident))
}

// incident is an incident with everything about it.
type incident struct {
	i     sales.Incident
	steps []sales.IncidentStep
	c     sales.Contract
	r     approval.Request
}

// pushedTo reports whether an incident was pushed to a person since it was opened.
func (in incident) pushedTo(p sales.PersonID) bool {
	for _, s := range in.steps {
		if s.PersonID == p && (s.What == approval.StepPushed || s.What == approval.StepHandedOver) && !s.At.Before(in.i.OpenedAt.Time) {
			return true
		}
	}
	return false
}

// incidentOf reads the incident of a contract; false when there never was one.
func incidentOf(ctx context.Context, tx Tx, c sales.Contract, r approval.Request) (incident, bool, error) {
	i, err := tx.IncidentOf(ctx, approval.IncidentOverdue, "contract", c.ID)
	if sales.KindOf(err) == sales.NotFound {
		return incident{}, false, nil
	}
	if err != nil {
		return incident{}, false, err
	}
	steps, err := tx.IncidentSteps(ctx, i.ID)
	return incident{i: i, steps: steps, c: c, r: r}, err == nil, err
}

// standsIn lists the approvers a person may pass the turn of on: those a request is stuck with, when its escalation was
// pushed to the person.
func (a *App) standsIn(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request) ([]sales.PersonID, error) {
	if myTurn(r, t.Person.ID) {
		return nil, nil
	}
	in, ok, err := incidentOf(ctx, tx, c, r)
	if err != nil || !ok || in.i.State != sales.IncidentOpen || !in.pushedTo(t.Person.ID) {
		return nil, err
	}
	var out []sales.PersonID
	for _, p := range r.Turn() {
		out = append(out, p.ID)
	}
	return out, nil
}

// followIncident carries an incident along after its contract's approval has changed: it ends when nothing waits any
// more, else its cards are redrawn.
func (a *App) followIncident(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request) (bot.Reply, error) {
	in, ok, err := incidentOf(ctx, tx, c, r)
	if err != nil || !ok || in.i.State != sales.IncidentOpen {
		return bot.Reply{}, err
	}
	if r.State == approval.Pending {
		v, err := a.incidentView(ctx, t, tx, in)
		return bot.Reply{Faces: view.IncidentFaces(v)}, err
	}
	in.i.State, in.i.ResolvedAt = sales.IncidentResolved, sales.At(t.Now)
	in.i.Resolution = resolutions[r.State] + " · " + t.Person.Name
	in.step(t, tx, approval.StepResolved, in.i.Resolution)
	tx.UpdateIncident(in.i)
	in.i.Version++
	v, err := a.incidentView(ctx, t, tx, in)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Reply{Faces: view.IncidentFaces(v)}
	todos, err := tx.TodosBySource(ctx, "incident", in.i.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, todo := range todos {
		if todo.State == sales.TodoOpen {
			reply = reply.And(a.endTodo(t, tx, todo, sales.TodoDone))
		}
	}
	return reply, nil
}

var resolutions = map[approval.State]string{
	approval.Approved: "已通过", approval.Rejected: "已驳回", approval.Returned: "已退回修改", approval.Withdrawn: "已撤回",
}

func (in *incident) step(t bot.Turn, tx Tx, what, note string) {
	s := sales.IncidentStep{
		ID: tx.NewID(), IncidentID: in.i.ID, At: sales.At(t.Now), Level: in.i.Level, What: what, PersonID: t.Person.ID, Note: note,
	}
	tx.AddIncidentStep(s)
	in.steps = append(in.steps, s)
}

// incidentView puts together what an incident's cards show.
func (a *App) incidentView(ctx context.Context, t bot.Turn, tx Tx, in incident) (view.Incident, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Incident{}, err
	}
	v := view.Incident{
		Incident: in.i, Contract: in.c, Request: in.r, Customer: book.Customer(in.c.CustomerID), Now: t.Now,
		Wait: approval.Overdue(in.r, a.Calendar, t.Now), After: a.Settings.Escalation.After, AckedBy: t.Org.Name(in.i.AckedBy),
	}
	for _, l := range a.Settings.Escalation.Levels {
		v.Roles = append(v.Roles, roleNames(l.Roles))
	}
	dues, err := tx.DuesOf(ctx, "contract", in.c.ID)
	if err != nil {
		return v, err
	}
	v.Done = view.IncidentDone(in.r, reminders(dues))
	if in.c.OpportunityID != 0 {
		o, err := tx.OpportunityByID(ctx, in.c.OpportunityID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return v, err
		}
		v.Impact = view.IncidentImpact(o, t.Today)
	}
	return v, nil
}

// reminders counts the reminders that went out.
func reminders(dues []sales.Due) int {
	n := 0
	for _, d := range dues {
		if d.Kind == DueApprovalRemind && d.State == sales.DueDone && strings.HasPrefix(d.Reason, "reminded") {
			n++
		}
	}
	return n
}

func roleNames(roles []string) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = sales.Role(r).Name()
	}
	return strings.Join(names, "、")
}

// incidentDeed is what somebody does about an incident. It is called only for those it was pushed to.
type incidentDeed func(ctx context.Context, t bot.Turn, tx Tx, in incident) (bot.Reply, error)

// tapIncident does a deed by its button.
func (a *App) tapIncident(do incidentDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		i, err := tx.IncidentByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		c, err := tx.ContractByID(ctx, i.SubjectID)
		if err != nil {
			return bot.Reply{}, err
		}
		r, err := tx.RequestByID(ctx, c.RequestID)
		if err != nil {
			return bot.Reply{}, err
		}
		steps, err := tx.IncidentSteps(ctx, i.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		in := incident{i: i, steps: steps, c: c, r: r}
		reply, err := a.deed(ctx, t, tx, in, do)
		var told *sales.Error
		if errors.As(err, &told) && told.Msg != "" {
			v, verr := a.incidentView(ctx, t, tx, in)
			if verr != nil {
				return bot.Reply{}, verr
			}
			return bot.Reply{Say: bot.Text(told.Msg).Say, Faces: liveFace(t, view.IncidentFaces(v))}, nil
		}
		return reply, err
	}
}

// typedIncident does a deed by its typed form.
func (a *App) typedIncident(do incidentDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		if leadNo(t.Args) != "" {
			return a.typedWatch(ctx, t, tx)
		}
		in, err := a.namedIncident(ctx, t, tx)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.deed(ctx, t, tx, in, do)
	}
}

// namedIncident is the incident a typed command means: of the contract named, else the newest open one of the person.
func (a *App) namedIncident(ctx context.Context, t bot.Turn, tx Tx) (incident, error) {
	if no, _ := a.cutContractNo(t.Args, t.Today); no != "" {
		c, r, err := contractByNo(ctx, tx, no)
		if err != nil {
			return incident{}, err
		}
		in, ok, err := incidentOf(ctx, tx, c, r)
		if err == nil && !ok {
			err = sales.Errorf(sales.NotFound, c.No+" 没有超时,不用处理。看进度发 合同 "+c.No+"。")
		}
		return in, err
	}
	found, err := tx.IncidentsFor(ctx, t.Person.ID, 10)
	if err != nil {
		return incident{}, err
	}
	for _, i := range found {
		if i.State != sales.IncidentOpen || i.SubjectKind != "contract" {
			continue
		}
		c, err := tx.ContractByID(ctx, i.SubjectID)
		if err != nil {
			return incident{}, err
		}
		r, err := tx.RequestByID(ctx, c.RequestID)
		if err != nil {
			return incident{}, err
		}
		steps, err := tx.IncidentSteps(ctx, i.ID)
		return incident{i: i, steps: steps, c: c, r: r}, err
	}
	return incident{}, sales.Errorf(sales.NotFound, "现在没有推给你的超时事项。")
}

// deed checks that something can be done about an incident, by this person and by what they saw, and does it.
func (a *App) deed(ctx context.Context, t bot.Turn, tx Tx, in incident, do incidentDeed) (bot.Reply, error) {
	switch {
	case in.i.State != sales.IncidentOpen:
		return bot.Reply{}, sales.Errorf(sales.Conflict, in.c.No+" 这次超时 "+sales.FormatTime(in.i.ResolvedAt.Time, t.Now)+" 已结束:"+in.i.Resolution+"。没有再改动。")
	case !in.pushedTo(t.Person.ID):
		return bot.Reply{}, sales.Errorf(sales.Forbidden, in.c.No+" 超时没有推给你,推给了"+strings.Join(in.addressees(t.Org), "、")+"。没有改动。")
	case t.Event.Kind == bot.Tapped && t.Action.Version != in.i.Version:
		return bot.Reply{}, sales.Errorf(sales.Conflict, "这张卡片旧了,"+in.c.No+" 之后又有变动,没有按它办。看过新的再点一次。")
	}
	return do(ctx, t, tx, in)
}

// addressees are the names of those an incident was pushed to.
func (in incident) addressees(org *sales.Org) []string {
	var names []string
	seen := map[sales.PersonID]bool{}
	for _, s := range in.steps {
		if s.What == approval.StepPushed && !seen[s.PersonID] {
			seen[s.PersonID] = true
			names = append(names, org.Name(s.PersonID))
		}
	}
	return names
}

// ackIncident takes an incident up (我来处理): further levels wait until that lapses.
func (a *App) ackIncident(ctx context.Context, t bot.Turn, tx Tx, in incident) (bot.Reply, error) {
	if in.i.AckedBy != 0 && in.i.AckUntil.After(t.Now) {
		who := t.Org.Name(in.i.AckedBy) + " "
		if in.i.AckedBy == t.Person.ID {
			who = "你"
		}
		return bot.Reply{}, sales.Errorf(sales.Conflict, who+sales.FormatTime(in.i.AckedAt.Time, t.Now)+" 已接下 "+in.c.No+",到 "+
			sales.FormatTime(in.i.AckUntil.Time, t.Now)+" 没结果再提醒。")
	}
	lapse := a.Settings.Escalation.AckLapse
	if lapse == 0 {
		lapse = 4 * time.Hour
	}
	until := t.Now.Add(lapse)
	if a.Settings.Escalation.Clock == approval.Working {
		until = a.Calendar.Of(t.Org, t.Person.ID).AddWorking(t.Now, lapse)
	}
	in.i.AckedBy, in.i.AckedAt, in.i.AckUntil = t.Person.ID, sales.At(t.Now), sales.At(until)
	in.i.SnoozedUntil = sales.Instant{}
	in.step(t, tx, approval.StepAcked, "到 "+sales.FormatMoment(until))
	return a.changeIncident(ctx, t, tx, in, "incident.ack", "接下了:"+in.c.No+"。到 "+sales.FormatTime(until, t.Now)+" 没结果再提醒你,再往上一级。")
}

// snoozeIncident puts the next push off (2小时后再提醒), a bounded number of times.
func (a *App) snoozeIncident(ctx context.Context, t bot.Turn, tx Tx, in incident) (bot.Reply, error) {
	limit := a.Settings.Escalation.MaxSnoozes
	if limit == 0 {
		limit = 3
	}
	if approval.StateOf(in.i, in.steps).Snoozes >= limit {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, fmt.Sprintf("%s 已经推后 %d 次,不能再推。点 我来处理,或转给他人。", in.c.No, limit))
	}
	until := t.Now.Add(snoozeFor)
	in.i.SnoozedUntil = sales.At(until)
	in.step(t, tx, approval.StepSnoozed, "到 "+sales.FormatMoment(until))
	return a.changeIncident(ctx, t, tx, in, "incident.snooze", "好,"+sales.FormatTime(until, t.Now)+" 再提醒:"+in.c.No+"。")
}

// changeIncident writes a changed incident, its next due moment and its cards.
func (a *App) changeIncident(ctx context.Context, t bot.Turn, tx Tx, in incident, verb, text string) (bot.Reply, error) {
	tx.UpdateIncident(in.i)
	in.i.Version++
	audit(tx, t, verb, "contract", in.c.ID)
	emit(tx, t, verb, "contract", in.c.ID)
	if at, level, _ := approval.NextEscalation(in.r, a.Settings.Escalation, approval.StateOf(in.i, in.steps), a.Calendar, t.Now); level > 0 {
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: DueApprovalOverdue, SubjectKind: "contract", SubjectID: in.c.ID, Slot: "ladder",
			DueAt: sales.At(at), State: sales.DuePending,
		})
	}
	v, err := a.incidentView(ctx, t, tx, in)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Reply{Faces: view.IncidentFaces(v)}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text(text).Say
	}
	return reply, nil
}

// nudgeIncident nudges whom the contract is stuck with.
func (a *App) nudgeIncident(ctx context.Context, t bot.Turn, tx Tx, in incident) (bot.Reply, error) {
	actor := a.actor(t, in.r)
	actor.Oversees = true // it was pushed to them
	after, out, err := approval.Nudge(in.r, actor, t.Now)
	if err != nil {
		return bot.Reply{}, err
	}
	in.step(t, tx, approval.StepNudged, in.r.NextText())
	return a.applied(ctx, t, tx, changed{p: contractPaper{in.c}, before: in.r, after: after, out: out})
}

// transferIncident asks who is to take over the step the contract is stuck in.
func (a *App) transferIncident(_ context.Context, t bot.Turn, tx Tx, in incident) (bot.Reply, error) {
	if in.r.State != approval.Pending {
		return bot.Reply{}, sales.Errorf(sales.Conflict, in.c.No+" 现在不在审批中,不用转。")
	}
	return a.askApproval(t, topicApprovalName, contractPaper{in.c}, approval.VerbTransfer,
		in.c.No+" 卡在 "+in.r.NextText()+",转给谁审?回姓名,写自己的名字就是你来审。不转了回 算了。")
}
