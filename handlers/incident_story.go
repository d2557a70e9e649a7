package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// WhyPushed explains a push (为什么催我) from the rows: rule, clock, pauses, deliveries, who is next.
func (a *App) WhyPushed(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	in, err := a.namedIncident(ctx, t, tx, t.Args)
	later := false
	if err == nil {
		if later, err = watchSince(ctx, t, tx, in.OpenedAt); err != nil {
			return bot.Reply{}, err
		}
	}
	if later || sales.KindOf(err) == sales.NotFound {
		if reply, ok, werr := a.whyWatch(ctx, t, tx); werr != nil || ok {
			return reply, werr
		}
		if err != nil && strings.TrimSpace(t.Args) == "" {
			reply, ok, err := a.whyReminded(ctx, t, tx)
			if err != nil || ok {
				return reply, err
			}
		}
	}
	if err == nil || sales.KindOf(err) == sales.NotFound {
		told, terr := a.lastTold(ctx, t, tx)
		switch {
		case terr != nil:
			return bot.Reply{}, terr
		case told != nil && (err != nil || told.OpenedAt.After(in.OpenedAt.Time)):
			in, err = told, nil
		case err == nil:
		case strings.TrimSpace(t.Args) == "":
			return bot.Text("现在没有在催你的事。"), nil
		}
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if c, r, ok := in.Contract(); ok {
		if err := mayRead(t, c.No, c.OwnerID, r); err != nil && !in.PushedTo(t.Person.ID) {
			return bot.Reply{}, err
		}
	}
	if t.InGroup() {
		return bot.Text("详情请单聊我,发 为什么催我 " + called(in) + "。"), nil
	}
	delivered, err := deliveredTo(ctx, t, tx, in)
	if err != nil {
		return bot.Reply{}, err
	}
	if _, _, ok := in.Contract(); ok {
		v, err := in.ContractView(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.Text(view.IncidentStory(v, in.Steps, t.Org.Name, delivered, nextLevel(in))), nil
	}
	return bot.Text(in.Story(delivered)), nil
}

// watchSince reports whether the person was told of something that is no rule's after a moment.
func watchSince(ctx context.Context, t bot.Turn, tx Tx, since sales.Instant) (bool, error) {
	found, err := tx.IncidentsFor(ctx, t.Person.ID, 50)
	for _, i := range found {
		if i.RuleID == 0 && i.State == sales.IncidentOpen && i.OpenedAt.After(since.Time) {
			return true, err
		}
	}
	return false, err
}

// deliveredTo says for each person an incident was pushed to what became of it, channel by channel.
func deliveredTo(ctx context.Context, t bot.Turn, tx Tx, in *incident.Case) ([]string, error) {
	return deliveredLines(ctx, t, tx, "incident:"+in.ID.String())
}

// nextLevel says what the rule will do next.
func nextLevel(in *incident.Case) string {
	_, r, ok := in.Contract()
	if ok && r.State.Final() {
		return "已处理完,不再提醒"
	}
	if ok && r.State != approval.Pending {
		return "已退回提交人,不计时"
	}
	m := in.Next()
	if m.Level == 0 {
		return m.Reason.Chinese()
	}
	s := sales.FormatMoment(m.Due) + " 还没处理就推给 " + in.LevelWords(m.Level)
	if m.Reason == incident.Acked || m.Reason == incident.Snoozed || m.Reason == incident.Quiet {
		s += "(" + m.Reason.Chinese() + ")"
	}
	return s
}

// whyReminded explains the reminders of a person nothing was escalated to.
// ok is false when there is nothing of the kind.
func (a *App) whyReminded(ctx context.Context, t bot.Turn, tx Tx) (reply bot.Reply, ok bool, err error) {
	rs, err := tx.PendingRequests(ctx, t.Person.ID, 3)
	if err != nil {
		return bot.Reply{}, false, err
	}
	var lines []string
	for _, r := range rs {
		w := approval.Overdue(r, a.Calendar, t.Now)
		lines = append(lines, r.No+" 等你审批,"+w.String()+"。到你手上一阵没处理会提醒,再久就按规则往上推。发 规则 看全部。")
	}
	todos, err := tx.OpenTodos(ctx, t.Person.ID, 3)
	if err != nil {
		return bot.Reply{}, false, err
	}
	for _, todo := range todos {
		if !todo.DueAt.IsZero() {
			lines = append(lines, "待办\""+todo.Text+"\","+todo.DueOn.ChineseFrom(t.Today)+"到期。规则:到期前 "+sales.Waited(a.Settings.RemindBefore)+"、到期时各提醒一次。")
		}
	}
	return bot.Text(strings.Join(lines, "\n")), len(lines) > 0, nil
}

// toldFor is for how long a person can ask about what a rule told them once.
const toldFor = 7 * 24 * time.Hour

// lastTold is the newest thing a rule has told the person and left it at that, of those the words name; nil when there is none.
func (a *App) lastTold(ctx context.Context, t bot.Turn, tx Tx) (*incident.Case, error) {
	found, err := tx.IncidentsFor(ctx, t.Person.ID, 50)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(t.Args)
	var newest *incident.Case
	for _, i := range found {
		if i.RuleID == 0 || i.State == sales.IncidentOpen || t.Now.Sub(i.OpenedAt.Time) > toldFor || newest != nil && !i.OpenedAt.After(newest.OpenedAt.Time) {
			continue
		}
		in, err := a.caseOf(ctx, t, tx, i)
		var unreadable *rules.Problem
		if errors.As(err, &unreadable) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if in.OnlyTold() && in.PushedTo(t.Person.ID) && meant(in, words) {
			newest = in
		}
	}
	return newest, nil
}

// WhoHandles says who has a matter in hand (谁在处理): a contract, or what is open about a customer or lead.
func (a *App) WhoHandles(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if no, _ := a.cutContractNo(t.Args, t.Today); no == "" && strings.TrimSpace(t.Args) != "" {
		reply, ok, err := a.whoHandlesOther(ctx, t, tx)
		if err != nil || ok {
			return reply, err
		}
	}
	if strings.TrimSpace(t.Args) == "" {
		reply, ok, err := a.whoHandlesMine(ctx, t, tx)
		if err != nil || ok {
			return reply, err
		}
	}
	c, r, _, err := a.namedContract(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayRead(t, c.No, c.OwnerID, r); err != nil {
		return bot.Reply{}, err
	}
	list, err := a.casesAbout(ctx, t, tx, "contract", c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if r.State != approval.Pending {
		v, err := a.contractView(ctx, t, tx, c, r)
		if err != nil {
			return bot.Reply{}, err
		}
		s := view.ContractForWatcher(v).Heading() + orBlank(" · ", view.ContractForWatcher(v).Closed) + "。"
		return bot.Text(s + handling(list, t)), nil
	}
	return bot.Text(r.Label() + ":在 " + r.NextText() + " 手上," + approval.Overdue(r, a.Calendar, t.Now).String() + "。" + handling(list, t)), nil
}

// whoHandlesMine says of each matter that was pushed to the person who has it in hand; ok is false when there is none.
func (a *App) whoHandlesMine(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	mine, err := a.myIncidents(ctx, t, tx, maxMyIncidents)
	if err != nil || len(mine) == 0 {
		return bot.Reply{}, false, err
	}
	lines := make([]string, 0, len(mine))
	for _, in := range mine {
		line := called(in) + ":"
		if _, r, ok := in.Contract(); ok && r.State == approval.Pending {
			line += "在 " + r.NextText() + " 手上。"
		}
		said := handling([]*incident.Case{in}, t)
		if in.AckedBy == 0 && in.GivenTo == 0 {
			said += "还没人接。"
		}
		lines = append(lines, line+said)
	}
	return bot.Text(strings.Join(lines, "\n")), true, nil
}

// handling says of incidents how far they went, to whom, and who took them up.
func handling(list []*incident.Case, t bot.Turn) string {
	s := ""
	for _, in := range list {
		if in.Level > 0 {
			s += "已升级到第 " + fmt.Sprint(in.Level) + " 级,推给了" + strings.Join(addressees(in, t.Org), "、") + "。"
		}
		switch {
		case in.AckedBy != 0 && in.AckUntil.After(t.Now):
			s += t.Org.Name(in.AckedBy) + " " + sales.FormatTime(in.AckedAt.Time, t.Now) + " 说了 我来处理。"
		case in.GivenTo != 0:
			s += "转给了" + t.Org.Name(in.GivenTo) + "。"
		}
	}
	return s
}

// whoHandlesOther says who has in hand what is open about a lead or customer; ok is false when neither is meant.
func (a *App) whoHandlesOther(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	kind, args := "customer", strings.TrimSpace(t.Args)
	if leadNo(args) != "" {
		kind = "lead"
	}
	id, err := a.watchSubject(ctx, t, tx, args)
	if err != nil || id == 0 {
		return bot.Reply{}, false, err
	}
	list, err := a.casesAbout(ctx, t, tx, kind, id)
	if err != nil {
		return bot.Reply{}, false, err
	}
	var lines []string
	for _, in := range list {
		if in.Record != nil && !in.PushedTo(t.Person.ID) && !t.Org.ScopeOf(t.Person).Covers(in.Record.Owner()) {
			continue
		}
		lines = append(lines, in.Rule.Name+" · "+called(in)+":"+handling([]*incident.Case{in}, t))
	}
	if len(lines) == 0 && kind == "customer" {
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, false, err
		}
		return bot.Text(book.Customer(id) + "现在没有在催的事。"), true, nil
	}
	if len(lines) == 0 {
		return bot.Reply{}, false, nil
	}
	return bot.Text(strings.Join(lines, "\n")), true, nil
}

func orBlank(sep, s string) string {
	if s == "" {
		return ""
	}
	return sep + s
}

// maxPressing bounds how many incidents the list of to-dos names.
const maxPressing = 5

// pressing are the open incidents of a person that no to-do of the list stands for, as lines below it.
func (a *App) pressing(ctx context.Context, t bot.Turn, tx Tx, listed []sales.Todo) (string, error) {
	mine, err := a.myIncidents(ctx, t, tx, maxMyIncidents)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, in := range mine {
		if slices.ContainsFunc(listed, func(todo sales.Todo) bool {
			return todo.SourceKind == "incident" && todo.SourceID == in.ID || in.SubjectKind == "todo" && in.SubjectID == todo.ID
		}) {
			continue
		}
		line := in.Rule.Name + " · " + called(in)
		if in.AckedBy != 0 && in.AckUntil.After(t.Now) {
			line += "(" + t.Org.Name(in.AckedBy) + "在处理)"
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "", nil
	}
	s := fmt.Sprintf("\n在催 %d 件:%s", len(lines), strings.Join(lines[:min(len(lines), maxPressing)], ";"))
	return s + "。发 为什么催我 看来历。", nil
}
