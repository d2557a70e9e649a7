package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/incident"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Bounds of what response times are made of.
const (
	maxResponseLines  = 60_000
	maxResponseAsked  = 2000 // approvals
	responseDays      = 30
	maxResponseDays   = 90
	maxResponsesShown = 10
)

// ResponseTx reads what response times (处理时效) are made of.
type ResponseTx interface {
	ResponseLines(ctx context.Context, since time.Time, after sales.ID, limit int) ([]sales.IncidentLine, error)
	RequestsDecided(ctx context.Context, since time.Time, limit int) ([]approval.Request, error)
	RequestsWaiting(ctx context.Context, limit int) ([]approval.Request, error)
}

func (a *App) registerResponse(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "处理时效", Aliases: []string{"clsx", "时效", "催办统计"}, Summary: "催的事多久有人接、多久办完,审批按时没有",
		Usage: "处理时效 / 处理时效 近7天 / 处理时效 合同48小时",
		Detail: "近 30 天和再前 30 天比。接手:推出去到有人点 我来处理(或直接办完);没升级就办了:第二级还没推就办完的。时间按工作时间算,审批按它自己的时限算。" +
			"后面写规则名字,看这条规则最近的每一件。主管看团队的,总监看全公司的,自己看自己的。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "处理时效", nil },
		Rank:    map[sales.Role]int{sales.RoleDirector: 14, sales.RoleLegalHead: 12}, Handle: privately(a.ResponseTimes),
	})
}

var reResponseDays = regexp.MustCompile(`近?\s*(\d{1,3})\s*天|近?(一周|半个月|一个月|两个月|三个月)`)

// responsePeriod cuts how many days back is meant out of what was said.
func responsePeriod(text string) (days int, rest string) {
	m := reResponseDays.FindStringSubmatchIndex(text)
	if m == nil {
		return responseDays, strings.TrimSpace(text)
	}
	days = map[string]int{"一周": 7, "半个月": 15, "一个月": 30, "两个月": 60, "三个月": 90}[sub(text, m, 2)]
	if n, err := strconv.Atoi(sub(text, m, 1)); err == nil {
		days = n
	}
	return min(max(days, 1), maxResponseDays), strings.TrimSpace(text[:m[0]] + " " + text[m[1]:])
}

// sub is the group of a match, "" when it is not part of it.
func sub(text string, m []int, group int) string {
	if m[2*group] < 0 {
		return ""
	}
	return text[m[2*group]:m[2*group+1]]
}

// ResponseTimes says how fast and how surely what rules push is dealt with (处理时效), beside the period before; of one rule, each time.
func (a *App) ResponseTimes(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	days, rest := responsePeriod(bare(t.Args))
	from := t.Today.AddDays(-days).Start()
	before := t.Today.AddDays(-2 * days).Start()
	list, partly, err := a.responses(ctx, t, tx, before)
	if err != nil {
		return bot.Reply{}, err
	}
	i, _ := slices.BinarySearchFunc(list, from, func(r sales.Response, at time.Time) int { return r.Opened.Compare(at) })
	if rest != "" {
		rule, reply, err := a.findRule(ctx, tx, rest)
		if err != nil || rule.ID == 0 {
			return reply, err
		}
		return a.responsesOfRule(ctx, t, tx, rule, list[i:], days)
	}
	v := view.Responses{
		Days: days, Whose: whoseScope(t), Now: sales.ResponsesOf(list[i:], a.Calendar.WorkingBetween), Before: sales.ResponsesOf(list[:i], a.Calendar.WorkingBetween),
		Partly: partly,
	}
	rules, err := tx.Rules(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	names := map[sales.ID]string{}
	for _, r := range rules {
		names[r.ID] = r.Name
	}
	for _, s := range sales.ResponsesByRule(list[i:], a.Calendar.WorkingBetween) {
		v.Rules = append(v.Rules, view.RuleResponse{Name: orElse(names[s.Rule], "已删的规则"), Stat: s})
	}
	if v.Pace, v.PaceBefore, err = a.approvalPace(ctx, t, tx, from, before); err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.ResponseText(v)), nil
}

// whoseScope is whose matters a person's figures are about, in words.
func whoseScope(t bot.Turn) string {
	switch s := t.Org.ScopeOf(t.Person); {
	case s.All:
		return "全公司"
	case len(s.Persons) > 1:
		return "团队"
	}
	return "推给你的"
}

// silent are the ends of incidents that nobody had to deal with: they are no responses.
var silent = []string{incident.RuleOff, incident.ToldAll, incident.TooQuiet}

// responses are the times incidents were open since a moment, of those a person sees, the oldest first; partly says that there were more.
func (a *App) responses(ctx context.Context, t bot.Turn, tx Tx, since time.Time) (list []sales.Response, partly bool, err error) {
	var lines []sales.IncidentLine
	for after := sales.ID(0); ; {
		page, err := tx.ResponseLines(ctx, since, after, 5000)
		if err != nil {
			return nil, false, err
		}
		lines = append(lines, page...)
		if len(page) < 5000 {
			break
		}
		if after = page[len(page)-1].ID; len(lines) >= maxResponseLines {
			partly = true
			break
		}
	}
	scope := t.Org.ScopeOf(t.Person)
	for _, r := range sales.Responses(lines) {
		if !slices.Contains(silent, r.How) && slices.ContainsFunc(r.To, scope.Covers) {
			list = append(list, r)
		}
	}
	return list, partly, nil
}

// approvalPace is how fast approvals were decided since a moment, and in the time before.
func (a *App) approvalPace(ctx context.Context, t bot.Turn, tx Tx, from, before time.Time) (now, then approval.Pace, err error) {
	decided, err := tx.RequestsDecided(ctx, before, maxResponseAsked)
	if err != nil {
		return now, then, err
	}
	waiting, err := tx.RequestsWaiting(ctx, maxResponseAsked)
	if err != nil {
		return now, then, err
	}
	scope := t.Org.ScopeOf(t.Person)
	foreign := func(r approval.Request) bool {
		return !scope.Covers(r.Requester) && !slices.ContainsFunc(r.Log, func(e approval.Entry) bool { return e.Actor != 0 && scope.Covers(e.Actor) }) &&
			!slices.ContainsFunc(r.Turn(), func(p approval.Person) bool { return scope.Covers(p.ID) })
	}
	decided, waiting = slices.DeleteFunc(decided, foreign), slices.DeleteFunc(waiting, foreign)
	var recent, earlier []approval.Request
	for _, r := range decided {
		if r.DecidedAt.Before(from) {
			earlier = append(earlier, r)
		} else {
			recent = append(recent, r)
		}
	}
	return approval.PaceOf(recent, waiting, a.Calendar, t.Now), approval.PaceOf(earlier, nil, a.Calendar, t.Now), nil
}

// responsesOfRule lists what a rule pushed, the newest first, with what became of each.
func (a *App) responsesOfRule(ctx context.Context, t bot.Turn, tx Tx, rule sales.Rule, list []sales.Response, days int) (bot.Reply, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(r sales.Response) bool { return r.Rule != rule.ID })
	v := view.RuleResponses{Name: rule.Name, Days: days, Stat: sales.ResponsesOf(list, a.Calendar.WorkingBetween)}
	slices.Reverse(list)
	for _, r := range list[:min(len(list), maxResponsesShown)] {
		row := view.ResponseRow{Pushed: r.Pushed, Level: r.Level, TakenBy: t.Org.Name(r.TakenBy), How: r.How, Open: r.Resolved.IsZero()}
		if row.What, row.To = rule.Name, t.Org.Name(r.To[0]); len(r.To) > 1 {
			row.To += " 等 " + itoa(len(r.To)) + " 人"
		}
		until := r.Resolved
		if row.Open {
			until = t.Now
		}
		row.Took = a.Calendar.WorkingBetween(r.Pushed, until)
		i, err := tx.IncidentByID(ctx, r.Incident)
		if err != nil {
			return bot.Reply{}, err
		}
		if in, err := a.caseOf(ctx, t, tx, i); err == nil {
			row.What = called(in)
		}
		v.Rows = append(v.Rows, row)
	}
	return bot.Text(view.RuleResponseText(v, t.Now)), nil
}
