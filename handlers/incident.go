package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// snoozeFor is how long "2小时后再提醒" puts a push off.
const snoozeFor = 2 * time.Hour

func (a *App) registerIncident(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "我来处理", Aliases: []string{"wlcl"}, Summary: "接下一件催办的事", Usage: "我来处理 HT2026-018",
		Detail: "接下后先不再往上推;到时间还没结果,会再提醒,再往上一级。不写是哪件,就是最近推给你的那件。",
		Rank:   map[sales.Role]int{sales.RoleLegalHead: 5, sales.RoleDirector: 6}, Handle: a.typedIncident(a.ackIncident),
	})
	r.Command(bot.Command[Tx]{
		Name: "稍后", Aliases: []string{"稍后提醒", "2小时后再提醒"}, Summary: "催办的事晚点再提醒", Usage: "稍后 HT2026-018 明天上午9点",
		Detail: "不写时间是 2 小时后。能写 30分钟、3小时、明天上午9点、周五,最长 7 天;一件事最多推后三次。", Handle: a.Snooze,
	})
	r.Command(bot.Command[Tx]{
		Name: "已处理", Aliases: []string{"ycl", "处理完了"}, Summary: "说一件催办的事处理好了", Usage: "已处理 绍兴市立医院",
		Detail: "有状态的事(合同、样品、待办…)办完会自动结束,不用说。", Handle: a.typedIncident(a.doneIncident),
	})
	r.Command(bot.Command[Tx]{
		Name: "为什么催我", Aliases: []string{"wsmcw", "为什么推给我", "为什么提醒我"}, Summary: "看一次催办的来龙去脉", Usage: "为什么催我 HT2026-018",
		Detail: "哪条规则、怎么计时、提醒过谁、送没送到、接下来推给谁。", Handle: a.WhyPushed,
	})
	r.Command(bot.Command[Tx]{
		Name: "谁在处理", Aliases: []string{"szcl"}, Summary: "看一份合同、一家客户的事现在谁在处理", Usage: "谁在处理 HT2026-018", Handle: a.WhoHandles,
	})
	r.Action("incident.ack", a.tapIncident(a.ackIncident))
	r.Action("incident.snooze", a.tapIncident(a.snoozeIncident))
	r.Action("incident.done", a.tapIncident(a.doneIncident))
	r.Action("incident.give", a.tapIncident(a.askGive))
	r.Action("incident.nudge", a.tapIncident(a.nudgeIncident))
	r.Action("incident.transfer", a.tapIncident(a.transferIncident))
	r.Topic(topicGive, a.AnswerGive)
}

// caseOf reads the case of an incident for a turn.
func (a *App) caseOf(ctx context.Context, t bot.Turn, tx Tx, i sales.Incident) (*incident.Case, error) {
	return a.Incidents.Load(ctx, tx, incident.At{Now: t.Now, Org: t.Org, Event: t.Event.ID, By: t.Person.ID}, i)
}

// openCase is caseOf for an open incident; nil for one whose rule cannot be read any more, which ends at its next moment.
func (a *App) openCase(ctx context.Context, t bot.Turn, tx Tx, i sales.Incident) (*incident.Case, error) {
	c, err := a.caseOf(ctx, t, tx, i)
	var unreadable *rules.Problem
	if errors.As(err, &unreadable) {
		return nil, nil
	}
	return c, err
}

// casesAbout are the open incidents of rules about a record.
func (a *App) casesAbout(ctx context.Context, t bot.Turn, tx Tx, kind string, id sales.ID) ([]*incident.Case, error) {
	open, err := tx.OpenRuleIncidents(ctx, kind, []sales.ID{id})
	if err != nil {
		return nil, err
	}
	var out []*incident.Case
	for _, i := range open {
		c, err := a.openCase(ctx, t, tx, i)
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, c)
		}
	}
	return out, nil
}

// standsIn lists the approvers a person may pass the turn of on: those a request is stuck with, when an incident about it
// was pushed to the person.
func (a *App) standsIn(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request) ([]sales.PersonID, error) {
	if myTurn(r, t.Person.ID) {
		return nil, nil
	}
	list, err := a.casesAbout(ctx, t, tx, "contract", c.ID)
	if err != nil {
		return nil, err
	}
	for _, in := range list {
		if !in.PushedTo(t.Person.ID) {
			continue
		}
		return r.TurnIDs(), nil
	}
	return nil, nil
}

// followIncident carries the incidents of a contract along after its approval has changed: those about its waiting end
// when nothing waits any more, else their cards are redrawn.
func (a *App) followIncident(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request) (bot.Reply, error) {
	list, err := a.casesAbout(ctx, t, tx, "contract", c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	for _, in := range list {
		if _, _, waits := in.Contract(); !waits {
			continue
		}
		in.Follow(c, r)
		if r.State == approval.Pending {
			faces, err := in.Faces(ctx)
			if err != nil {
				return bot.Reply{}, err
			}
			reply.Faces = append(reply.Faces, faces...)
			continue
		}
		if err := in.Resolve(ctx, resolutions[r.State]+" · "+t.Person.Name); err != nil {
			return bot.Reply{}, err
		}
		saved, err := in.Save(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(saved)
	}
	return reply, nil
}

var resolutions = map[approval.State]string{
	approval.Approved: "已通过", approval.Rejected: "已驳回", approval.Returned: "已退回修改", approval.Withdrawn: "已撤回",
}

// called is how people call what an incident is about.
func called(in *incident.Case) string {
	if c, _, ok := in.Contract(); ok {
		return c.No
	}
	if in.Record != nil {
		return cutRunes(in.Record.Title(), 30)
	}
	return in.Rule.Name
}

// incidentDeed is what somebody does about an incident. It is called only for those it was pushed to.
type incidentDeed func(ctx context.Context, t bot.Turn, tx Tx, in *incident.Case) (bot.Reply, error)

// tapIncident does a deed by its button.
func (a *App) tapIncident(do incidentDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		i, err := tx.IncidentByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		if i.RuleID == 0 {
			return closeCard(t, "这张卡片是旧版的,之后由规则提醒"), nil
		}
		in, err := a.caseOf(ctx, t, tx, i)
		if err != nil {
			return bot.Reply{}, err
		}
		reply, err := a.deed(ctx, t, in, tx, do)
		var told *sales.Error
		if errors.As(err, &told) && told.Msg != "" {
			faces, ferr := in.Faces(ctx)
			if ferr != nil {
				return bot.Reply{}, ferr
			}
			return bot.Reply{Say: bot.Text(told.Msg).Say, Faces: liveFace(t, faces)}, nil
		}
		return reply, err
	}
}

// typedIncident does a deed by its typed form.
func (a *App) typedIncident(do incidentDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		in, err := a.namedIncident(ctx, t, tx, t.Args)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.deed(ctx, t, in, tx, do)
	}
}

// maxMyIncidents bounds how many of a person's incidents are looked through for the one they mean.
const maxMyIncidents = 60

// namedIncident is the incident a typed command means: of the contract named, of what the words name, else the newest open
// one of the person.
func (a *App) namedIncident(ctx context.Context, t bot.Turn, tx Tx, args string) (*incident.Case, error) {
	words := strings.Fields(args)
	mine, err := a.myIncidents(ctx, t, tx, maxMyIncidents)
	if err != nil {
		return nil, err
	}
	if no, _ := a.cutContractNo(args, t.Today); no != "" {
		c, _, err := contractByNo(ctx, tx, no)
		if err == nil {
			return a.contractIncident(ctx, t, tx, c)
		}
		// 稍后 FP2026-001: of another paper that was pushed to them
		if !slices.ContainsFunc(mine, func(in *incident.Case) bool { return meant(in, words) }) {
			return nil, err
		}
	}
	for _, in := range mine {
		if meant(in, words) {
			return in, nil
		}
	}
	if len(words) > 0 && len(mine) > 0 {
		return nil, sales.Errorf(sales.NotFound, "推给你的事里没有 "+strings.Join(words, " ")+"。现在有:"+titles(mine)+"。")
	}
	return nil, sales.Errorf(sales.NotFound, "现在没有推给你的超时事项。")
}

// contractIncident is the incident of a contract: an open one, else the newest that ended.
func (a *App) contractIncident(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract) (*incident.Case, error) {
	list, err := tx.IncidentsAbout(ctx, "contract", c.ID, 20)
	if err != nil {
		return nil, err
	}
	var found *incident.Case
	for _, i := range list {
		if i.RuleID == 0 {
			continue
		}
		in, err := a.caseOf(ctx, t, tx, i)
		if err != nil {
			return nil, err
		}
		if in.OnlyTold() {
			continue
		}
		if found == nil || i.State == sales.IncidentOpen && !found.PushedTo(t.Person.ID) && in.PushedTo(t.Person.ID) {
			found = in
		}
	}
	if found == nil && !t.Org.ScopeOf(t.Person).Covers(c.OwnerID) && !sales.SeesContracts(t.Person) {
		return nil, missingPaper(sales.Forbidden, approval.Contract, c.No)
	}
	if found == nil {
		return nil, sales.Errorf(sales.NotFound, c.No+" 没有超时,不用处理。看进度发 合同 "+c.No+"。")
	}
	return found, nil
}

// myIncidents are the open incidents of rules that were pushed to the person, the newest first.
func (a *App) myIncidents(ctx context.Context, t bot.Turn, tx Tx, limit int) ([]*incident.Case, error) {
	found, err := tx.IncidentsFor(ctx, t.Person.ID, 200)
	if err != nil {
		return nil, err
	}
	var out []*incident.Case
	for _, i := range found {
		if i.State != sales.IncidentOpen || i.RuleID == 0 || len(out) >= limit {
			continue
		}
		in, err := a.openCase(ctx, t, tx, i)
		if err != nil {
			return nil, err
		}
		if in != nil && in.PushedTo(t.Person.ID) {
			out = append(out, in)
		}
	}
	return out, nil
}

// meant reports whether words mean an incident: all of them are in what it is about, or in its rule's name.
func meant(in *incident.Case, words []string) bool {
	what := in.Rule.Name
	if in.Record != nil {
		what += " " + in.Record.Title()
	}
	for _, w := range words {
		if !strings.Contains(what, w) {
			return false
		}
	}
	return true
}

func titles(list []*incident.Case) string {
	var out []string
	for _, in := range list[:min(len(list), 5)] {
		out = append(out, called(in))
	}
	return strings.Join(out, "、")
}

// deed checks that something can be done about an incident, by this person and by what they saw, and does it.
func (a *App) deed(ctx context.Context, t bot.Turn, in *incident.Case, tx Tx, do incidentDeed) (bot.Reply, error) {
	what := called(in)
	switch {
	case in.State != sales.IncidentOpen:
		return bot.Reply{}, sales.Errorf(sales.Conflict, what+" 这次超时 "+sales.FormatTime(in.ResolvedAt.Time, t.Now)+" 已结束:"+in.Resolution+"。没有再改动。")
	case !in.PushedTo(t.Person.ID):
		return bot.Reply{}, sales.Errorf(sales.Forbidden, what+" 超时没有推给你,推给了"+strings.Join(addressees(in, t.Org), "、")+"。没有改动。")
	case t.Event.Kind == bot.Tapped && t.Action.Version != in.Version:
		return bot.Reply{}, sales.Errorf(sales.Conflict, "这张卡片旧了,"+what+" 之后又有变动,没有按它办。看过新的再点一次。")
	}
	return do(ctx, t, tx, in)
}

// addressees are the names of those an incident was pushed to.
func addressees(in *incident.Case, org *sales.Org) []string {
	var names []string
	for _, p := range in.People() {
		names = append(names, org.Name(p))
	}
	return names
}

// ackIncident takes an incident up (我来处理): further levels wait until that lapses.
func (a *App) ackIncident(ctx context.Context, t bot.Turn, _ Tx, in *incident.Case) (bot.Reply, error) {
	what := called(in)
	if in.AckedBy != 0 && in.AckUntil.After(t.Now) {
		who := t.Org.Name(in.AckedBy) + " "
		if in.AckedBy == t.Person.ID {
			who = "你"
		}
		return bot.Reply{}, sales.Errorf(sales.Conflict, who+sales.FormatTime(in.AckedAt.Time, t.Now)+" 已接下 "+what+",到 "+
			sales.FormatTime(in.AckUntil.Time, t.Now)+" 没结果再提醒。")
	}
	until := in.Ack()
	return changedCase(ctx, t, in, "incident.ack", "接下了:"+what+"。到 "+sales.FormatTime(until, t.Now)+" 没结果再提醒你,再往上一级。")
}

// maxSnooze bounds for how long a push is put off.
const maxSnooze = 7 * 24 * time.Hour

// Snooze puts the next push off until when somebody says (稍后 HT2026-018 明天上午9点), two hours without that.
func (a *App) Snooze(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	until, rest, ok := cutUntil(book, t.Args, t.Now, startOfWork)
	switch {
	case !ok:
		return a.typedIncident(a.snoozeIncident)(ctx, t, tx)
	case until.Sub(t.Now) < time.Minute:
		return bot.Reply{}, sales.Errorf(sales.Invalid, sales.FormatTime(until, t.Now)+" 已经过了。写以后的时间,例:稍后 "+rest+" 3小时")
	case until.Sub(t.Now) > maxSnooze:
		return bot.Reply{}, sales.Errorf(sales.Invalid, "最多推后 7 天,"+sales.FormatTime(until, t.Now)+" 太远了。这段时间别人能办的话,发:转给 姓名 "+rest)
	}
	t.Args = rest
	return a.typedIncident(a.snoozeUntil(until))(ctx, t, tx)
}

// snoozeIncident puts the next push off (2小时后再提醒), a bounded number of times.
func (a *App) snoozeIncident(ctx context.Context, t bot.Turn, tx Tx, in *incident.Case) (bot.Reply, error) {
	return a.snoozeUntil(t.Now.Add(snoozeFor))(ctx, t, tx, in)
}

// snoozeUntil puts the next push off until a moment.
func (a *App) snoozeUntil(until time.Time) incidentDeed {
	return func(ctx context.Context, t bot.Turn, _ Tx, in *incident.Case) (bot.Reply, error) {
		return a.snooze(ctx, t, in, until)
	}
}

// maxSnoozes is how often an incident's next push can be put off.
const maxSnoozes = 3

func (a *App) snooze(ctx context.Context, t bot.Turn, in *incident.Case, until time.Time) (bot.Reply, error) {
	if incident.ProgressOf(in.Incident, in.Steps).Snoozes >= maxSnoozes {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, fmt.Sprintf("%s 已经推后 %d 次,不能再推。点 我来处理,或转给他人。", called(in), maxSnoozes))
	}
	in.Snooze(until)
	return changedCase(ctx, t, in, "incident.snooze", "好,"+sales.FormatTime(until, t.Now)+" 再提醒:"+called(in)+"。")
}

// doneIncident ends an incident that no state of its record ends (已处理).
func (a *App) doneIncident(ctx context.Context, t bot.Turn, _ Tx, in *incident.Case) (bot.Reply, error) {
	if in.ByState && in.Record != nil {
		return bot.Reply{}, sales.Errorf(sales.Conflict, called(in)+" 现在还是"+in.Record.StateName()+",办完会自动结束。先点 我来处理。")
	}
	if err := in.Resolve(ctx, "已处理 · "+t.Person.Name); err != nil {
		return bot.Reply{}, err
	}
	return changedCase(ctx, t, in, "incident.done", "记下了:"+called(in)+" 已处理,不再提醒。")
}

// changedCase writes a changed incident and its cards; typed, it is said, too.
func changedCase(ctx context.Context, t bot.Turn, in *incident.Case, verb, text string) (bot.Reply, error) {
	in.Trace(verb)
	reply, err := in.Save(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Event.Kind != bot.Tapped {
		reply.Say = append(bot.Text(text).Say, reply.Say...)
	}
	return reply, nil
}

// nudgeIncident nudges whom the contract is stuck with.
func (a *App) nudgeIncident(ctx context.Context, t bot.Turn, tx Tx, in *incident.Case) (bot.Reply, error) {
	c, r, ok := in.Contract()
	if !ok {
		return bot.Reply{}, sales.Errorf(sales.Conflict, called(in)+" 不是审批,不用催办。")
	}
	actor := a.actor(t, contractPaper{c}, r)
	actor.Oversees = true // it was pushed to them
	after, out, err := approval.Nudge(r, actor, t.Now)
	if err != nil {
		return bot.Reply{}, err
	}
	in.Step(approval.StepNudged, in.Level, t.Person.ID, r.NextText())
	return a.applied(ctx, t, tx, changed{p: contractPaper{c}, before: r, after: after, out: out})
}

// transferIncident asks who is to take over the step the contract is stuck in.
func (a *App) transferIncident(_ context.Context, t bot.Turn, _ Tx, in *incident.Case) (bot.Reply, error) {
	c, r, ok := in.Contract()
	if !ok || r.State != approval.Pending {
		return bot.Reply{}, sales.Errorf(sales.Conflict, called(in)+" 现在不在审批中,不用转。")
	}
	return a.askApproval(t, topicApprovalName, contractPaper{c}, approval.VerbTransfer,
		c.No+" 卡在 "+r.NextText()+",转给谁审?回姓名,写自己的名字就是你来审。不转了回 算了。")
}
