package handlers

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// WhyPushed explains a push (为什么催我) from the rows: rule, clock, pauses, deliveries, who is next.
func (a *App) WhyPushed(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if reply, ok, err := a.whyWatch(ctx, t, tx); err != nil || ok {
		return reply, err
	}
	in, err := a.namedIncident(ctx, t, tx)
	if sales.KindOf(err) == sales.NotFound && strings.TrimSpace(t.Args) == "" {
		return a.whyReminded(ctx, t, tx)
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayRead(t, in.c, in.r); err != nil && !in.pushedTo(t.Person.ID) {
		return bot.Reply{}, err
	}
	if t.InGroup() {
		return bot.Text("详情请单聊我,发 为什么催我 " + in.c.No + "。"), nil
	}
	v, err := a.incidentView(ctx, t, tx, in)
	if err != nil {
		return bot.Reply{}, err
	}
	delivered, err := deliveredTo(ctx, t, tx, in)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.IncidentStory(v, in.steps, t.Org.Name, delivered, a.nextLevel(t, in))), nil
}

// deliveredTo says for each person an incident was pushed to what became of it, channel by channel.
func deliveredTo(ctx context.Context, t bot.Turn, tx Tx, in incident) ([]string, error) {
	return deliveredLines(ctx, t, tx, "incident:"+in.i.ID.String())
}

// nextLevel says what the escalation will do next.
func (a *App) nextLevel(t bot.Turn, in incident) string {
	at, level, reason := approval.NextEscalation(in.r, a.Settings.Escalation, approval.StateOf(in.i, in.steps), a.Calendar, t.Now)
	if level == 0 || level > len(a.Settings.Escalation.Levels) {
		return reason.Chinese()
	}
	s := sales.FormatMoment(at) + " 还没处理就推给 " + roleNames(a.Settings.Escalation.Levels[level-1].Roles)
	if reason == approval.ReasonAcked || reason == approval.ReasonSnoozed || reason == approval.ReasonQuiet {
		s += "(" + reason.Chinese() + ")"
	}
	return s
}

// whyReminded explains the reminders of a person nothing was escalated to.
func (a *App) whyReminded(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	rs, err := tx.PendingRequests(ctx, t.Person.ID, 3)
	if err != nil {
		return bot.Reply{}, err
	}
	var lines []string
	for _, r := range rs {
		w := approval.Overdue(r, a.Calendar, t.Now)
		lines = append(lines, r.No+" 等你审批,"+w.String()+"。规则:到你手上 "+a.remindText()+" 没处理提醒一次,超过 "+
			sales.Waited(a.Settings.Escalation.After)+" 推给 "+a.firstLevel()+"。")
	}
	todos, err := tx.OpenTodos(ctx, t.Person.ID, 3)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, todo := range todos {
		if !todo.DueAt.IsZero() {
			lines = append(lines, "待办\""+todo.Text+"\","+todo.DueOn.ChineseFrom(t.Today)+"到期。规则:到期前 "+sales.Waited(a.Settings.RemindBefore)+"、到期时各提醒一次。")
		}
	}
	if len(lines) == 0 {
		return bot.Text("现在没有在催你的事。"), nil
	}
	return bot.Text(strings.Join(lines, "\n")), nil
}

func (a *App) remindText() string {
	var parts []string
	for _, d := range a.remindAfter() {
		parts = append(parts, sales.Waited(d))
	}
	return strings.Join(parts, "、")
}

func (a *App) firstLevel() string {
	if len(a.Settings.Escalation.Levels) == 0 {
		return "上级"
	}
	return roleNames(a.Settings.Escalation.Levels[0].Roles)
}

// WhoHandles says with whom a contract is (谁在处理).
func (a *App) WhoHandles(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, r, _, err := a.namedContract(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayRead(t, c, r); err != nil {
		return bot.Reply{}, err
	}
	if r.State != approval.Pending {
		v, err := a.contractView(ctx, t, tx, c, r)
		return bot.Text(view.ContractForWatcher(v).Heading() + orBlank(" · ", view.ContractForWatcher(v).Closed) + "。"), err
	}
	s := r.Label() + ":在 " + r.NextText() + " 手上," + approval.Overdue(r, a.Calendar, t.Now).String() + "。"
	in, ok, err := incidentOf(ctx, tx, c, r)
	if err != nil {
		return bot.Reply{}, err
	}
	if ok && in.i.State == sales.IncidentOpen {
		s += "已升级到第 " + fmt.Sprint(in.i.Level) + " 级,推给了" + strings.Join(in.addressees(t.Org), "、") + "。"
		if in.i.AckedBy != 0 && in.i.AckUntil.After(t.Now) {
			s += t.Org.Name(in.i.AckedBy) + " " + sales.FormatTime(in.i.AckedAt.Time, t.Now) + " 说了 我来处理。"
		}
	}
	return bot.Text(s), nil
}

func orBlank(sep, s string) string {
	if s == "" {
		return ""
	}
	return sep + s
}
