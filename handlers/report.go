package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicReportExtra = "report.extra"

// reportDraft is a report that waits for the sentence to add.
type reportDraft struct {
	Day sales.Day `json:"day"`
}

// morningRoles may see the morning message of the people under them.
var morningRoles = []sales.Role{sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin}

func (a *App) registerReport(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "日报", Aliases: []string{"rb"}, Summary: "看、交今天的日报", Usage: "日报 / 日报 提交 / 日报 补一句话",
		Detail: "日报按你今天记的自动填好。日报 看一眼再交;日报 提交 直接交;日报 后面写一句就补上再交。18:00 后交算补报,下个工作日中午前都能补:补报。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) {
			return "日报 提交", nil
		},
		Roles: append([]sales.Role{sales.RoleRep}, morningRoles...),
		Rank:  map[sales.Role]int{sales.RoleRep: 6, sales.RoleLead: 7}, Handle: a.Report,
	})
	r.Command(bot.Command[Tx]{
		Name: "提交日报", Aliases: []string{"交日报"}, Summary: "直接交今天的日报", Usage: "提交日报",
		Roles: []sales.Role{sales.RoleRep}, Handle: a.SubmitReport,
	})
	r.Command(bot.Command[Tx]{
		Name: "补报", Aliases: []string{"bb", "补日报"}, Summary: "补上个工作日的日报", Usage: "补报 / 补报 补一句话",
		Roles: []sales.Role{sales.RoleRep}, Handle: a.LateReport,
	})
	r.Command(bot.Command[Tx]{
		Name: "晨报", Aliases: []string{"zb", "早报"}, Summary: "看昨晚谁没报、单子停在哪", Usage: "晨报",
		Detail: "上个工作日 18:00 的日报、商机推进和倒退、各人各阶段热力图,加上要你管的三件事。每个工作日早上自动发,随时发 晨报 也能看。",
		Roles:  morningRoles,
		Rank: map[sales.Role]int{
			sales.RoleLead: 2, sales.RoleRegionalDirector: 2, sales.RoleDirector: 2, sales.RoleGM: 2,
		},
		Handle: a.Morning,
	})
	r.Command(bot.Command[Tx]{
		Name: "问一下", Aliases: []string{"wyx"}, Summary: "让晨报里的第几件问本人", Usage: "问一下 1", Roles: morningRoles, Handle: a.NudgeByNumber,
	})
	r.Action("report.submit", a.TapReportSubmit)
	r.Action("report.extra", a.TapReportExtra)
	r.Action("report.skip", a.TapReportSkip)
	r.Action("report.nudge", a.TapNudge)
	r.Topic(topicReportExtra, a.AnswerReportExtra)
}

// rhythm is when the day's reports are made.
func (a *App) rhythm() sales.Rhythm {
	s := a.Settings
	return sales.Rhythm{
		Calendar: a.Calendar, Prompt: sales.ClockTime{Hour: s.PromptHour, Minute: s.PromptMinute},
		Capture: sales.ClockTime{Hour: s.CaptureHour, Minute: s.CaptureMinute},
		Morning: sales.ClockTime{Hour: s.MorningHour, Minute: s.MorningMinute},
	}
}

// Report shows the person's report of today (日报) with its buttons, or hands it in. A lead without one of their own
// sees where the team's stand.
func (a *App) Report(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	if !t.Person.Has(sales.RoleRep) {
		return a.teamToday(ctx, t, tx)
	}
	if rest, ok := strings.CutPrefix(args, "昨天"); ok {
		return a.lateReport(ctx, t, tx, strings.TrimSpace(rest))
	}
	if rePastDay.MatchString(args) {
		return a.pastReport(ctx, t, tx, args)
	}
	return a.report(ctx, t, tx, t.Today, args)
}

// rePastDay is an earlier day and nothing else, so that it is not taken for a sentence to add.
var rePastDay = regexp.MustCompile(`^(前天|大前天|(上|本|这)?(个)?(周|星期|礼拜)[一二三四五六日天]|\d{1,2}月\d{1,2}[日号]?)(的|的日报)?$`)

// pastReport shows the report of an earlier day, which can be handed in while it is not too late.
func (a *App) pastReport(ctx context.Context, t bot.Turn, tx Tx, words string) (bot.Reply, error) {
	w, ok := parse.Date(words, t.Now.In(sales.Shanghai), parse.TensePast, nil)
	day := sales.DayOf(w.Start)
	if !ok || day.After(t.Today) {
		return bot.Text("日报看不到那一天:\"" + cutRunes(words, 20) + "\"。发 日报 看今天的,发 日报 昨天 补上个工作日的。"), nil
	}
	rep, err := tx.ReportOf(ctx, t.Person.ID, day)
	if sales.KindOf(err) == sales.NotFound && err != nil || err == nil && rep.State != sales.ReportSubmitted {
		return bot.Text(day.ChineseFrom(t.Today) + "没有交日报。"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Report{Report: rep, Today: t.Today, Who: t.Person.Name, Now: t.Now, OnTime: a.rhythm().OnTime(rep)}
	return bot.ShowCard(view.ReportDone(v)), nil
}

// SubmitReport hands in the report of today without a look at it.
func (a *App) SubmitReport(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	words := strings.TrimSpace(t.Args)
	switch bare(words) {
	case "", "昨天", "昨天的", "昨天日报", "昨天的日报", "昨日", "上个工作日", "上一天", "日报":
		words = "提交"
	}
	return a.report(ctx, t, tx, t.Today, words)
}

// LateReport hands in the report of the last workday (补报), until noon.
func (a *App) LateReport(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.lateReport(ctx, t, tx, strings.TrimSpace(t.Args))
}

func (a *App) lateReport(ctx context.Context, t bot.Turn, tx Tx, words string) (bot.Reply, error) {
	switch bare(words) {
	case "", "昨天", "昨天的", "昨天日报", "昨天的日报", "昨日", "上个工作日", "上一天", "日报":
		words = "提交"
	}
	return a.report(ctx, t, tx, a.Calendar.PrevWorkday(t.Today), words)
}

// report does with the report of a day what the words ask.
func (a *App) report(ctx context.Context, t bot.Turn, tx Tx, day sales.Day, words string) (bot.Reply, error) {
	v, err := a.readReport(ctx, t, tx, day)
	if err != nil {
		return bot.Reply{}, err
	}
	switch bare(words) {
	case "":
		card := view.ReportPrompt(v)
		if v.Report.State == sales.ReportSubmitted {
			card = view.ReportDone(v)
		} else {
			tx.PutReport(v.Report)
		}
		return bot.ShowCard(card), nil
	case "明天再说":
		v.Skipped = true
		return bot.ShowCard(view.ReportPrompt(v)), nil
	case "提交", "交", "交了", "确认":
		words = ""
	}
	return a.submit(t, tx, v, words), nil
}

// readReport is the report of a day as it would be handed in now: counted anew until it was. Forbidden when it is too
// late.
func (a *App) readReport(ctx context.Context, t bot.Turn, tx Tx, day sales.Day) (view.Report, error) {
	rhythm := a.rhythm()
	v := view.Report{Today: t.Today, Who: t.Person.Name, Now: t.Now, Late: rhythm.LateUntil(day)}
	rep, err := tx.ReportOf(ctx, t.Person.ID, day)
	switch {
	case sales.KindOf(err) == sales.NotFound && err != nil:
		rep = sales.DailyReport{ID: tx.NewID(), PersonID: t.Person.ID, TeamID: t.Person.TeamID, Day: day, State: sales.ReportPrompted}
	case err != nil:
		return v, err
	}
	if rep.State == sales.ReportSubmitted {
		v.Report, v.OnTime = rep, rhythm.OnTime(rep)
		return v, nil
	}
	if !t.Now.Before(v.Late) {
		return v, sales.Errorf(sales.Forbidden, day.Chinese()+"的日报已经过了补报时间(下个工作日 12:00),补不了了。有要说的,直接跟主管讲一声。")
	}
	facts, err := sales.ReadDay(ctx, tx, t.Person.ID, day, a.Calendar.NextWorkday(t.Today))
	if err != nil {
		return v, err
	}
	rep.Summary, rep.Plan = view.DaySummary(facts.Count), view.NextDay(facts, t.Today)
	v.Report = rep
	return v, nil
}

// submit hands a report in, with a sentence added when there is one. One that was handed in keeps its time; a sentence is
// still added.
func (a *App) submit(t bot.Turn, tx Tx, v view.Report, extra string) bot.Reply {
	again := v.Report.State == sales.ReportSubmitted
	if again && extra == "" {
		text := v.Report.Day.Chinese() + "的日报 " + sales.FormatTime(v.Report.SubmittedAt.Time, t.Now) + " 交过了,没有再改动。要补一句就发 日报 加上那句话。"
		return a.shown(t, v, text, true)
	}
	if extra = strings.TrimSpace(extra); extra != "" {
		v.Report.Extra = cutRunes(strings.TrimSpace(v.Report.Extra+" "+extra), 500)
	}
	if !again {
		v.Report.State, v.Report.SubmittedAt = sales.ReportSubmitted, sales.At(t.Now)
		v.OnTime = a.rhythm().OnTime(v.Report)
	}
	tx.PutReport(v.Report)
	verb, what := "report.submit", "report.submitted"
	if again {
		verb, what = "report.extend", "report.extended"
	}
	audit(tx, t, verb, "report", v.Report.ID)
	emit(tx, t, what, "report", v.Report.ID)
	v.Report.Version++
	text := "日报" + view.ReportState(v) + ":" + v.Report.Summary + "。"
	if again {
		text = "补上了:" + cutRunes(extra, 40) + "。"
	}
	return a.shown(t, v, text, again)
}

// shown redraws the report's card, and says the text where the card does not say it: to a typed command, and to a second
// tap, which changes nothing.
func (a *App) shown(t bot.Turn, v view.Report, text string, say bool) bot.Reply {
	var reply bot.Reply
	if t.Event.Kind != bot.Tapped || say || t.Card == nil {
		reply = bot.Text(text)
	}
	reply.Faces = append(reply.Faces, view.ReportDone(v))
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply
}

// tappedReport is the report of a tapped card; the person's own, whoever's card it is.
func (a *App) tappedReport(ctx context.Context, t bot.Turn, tx Tx) (view.Report, *bot.Reply, error) {
	day, err := sales.ParseDay(t.Action.Arg)
	if err != nil || day.After(t.Today) || t.Today.Sub(day) > 30 {
		r := bot.Text("这个按钮已失效。发 日报 看今天的。")
		return view.Report{}, &r, nil
	}
	v, err := a.readReport(ctx, t, tx, day)
	if err == nil && int64(v.Report.ID) != t.Action.Record {
		r := bot.Text("这张不是你的日报,只有本人能交。你的发 日报 就看到。")
		return v, &r, nil
	}
	return v, nil, err
}

// TapReportSubmit hands a report in by its button; what was typed into the card comes along.
func (a *App) TapReportSubmit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	v, stop, err := a.tappedReport(ctx, t, tx)
	if err != nil || stop != nil {
		return deref(stop), err
	}
	return a.submit(t, tx, v, t.Input["extra"]), nil
}

// TapReportExtra adds a sentence and hands the report in: the one typed into the card, else it asks for it.
func (a *App) TapReportExtra(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	v, stop, err := a.tappedReport(ctx, t, tx)
	if err != nil || stop != nil {
		return deref(stop), err
	}
	if extra := strings.TrimSpace(t.Input["extra"]); extra != "" {
		return a.submit(t, tx, v, extra), nil
	}
	dialogue, err := a.ask(t, topicReportExtra, reportDraft{Day: v.Report.Day})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text("补什么?回一句话,补上就交。不补回 算了。").Say, Dialogue: dialogue}, nil
}

// TapReportSkip puts the report off (明天再说); nothing is recorded but that it was seen.
func (a *App) TapReportSkip(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	v, stop, err := a.tappedReport(ctx, t, tx)
	if err != nil || stop != nil {
		return deref(stop), err
	}
	if v.Report.State == sales.ReportSubmitted {
		return a.submit(t, tx, v, ""), nil
	}
	audit(tx, t, "report.skip", "report", v.Report.ID)
	v.Skipped = true
	reply := bot.Reply{Faces: nil}
	reply.Faces = append(reply.Faces, view.ReportPrompt(v))
	if t.Card == nil {
		reply = bot.Text("好," + sales.FormatTime(v.Late, t.Now) + " 前都能补:发 补报。").And(reply)
	}
	return reply, nil
}

func deref(r *bot.Reply) bot.Reply {
	if r == nil {
		return bot.Reply{}
	}
	return *r
}

// AnswerReportExtra takes the sentence to add.
func (a *App) AnswerReportExtra(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[reportDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,没补。要交就点提交,或发 日报 提交。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	v, err := a.readReport(ctx, t, tx, d.Day)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.submit(t, tx, v, t.Text), nil
}

// teamToday is where the reports of the people under a lead stand today.
func (a *App) teamToday(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	reps := t.Org.RepsUnder(t.Person)
	if len(reps) == 0 {
		return bot.Text("日报是销售交的,你名下没有销售。"), nil
	}
	scope := sales.Scope{}
	for _, p := range reps {
		scope.Persons = append(scope.Persons, p.ID)
	}
	reports, err := tx.ReportsOn(ctx, scope, t.Today)
	if err != nil {
		return bot.Reply{}, err
	}
	counts, err := sales.ReadCounts(ctx, tx, scope, t.Today)
	if err != nil {
		return bot.Reply{}, err
	}
	summaries, states := map[sales.PersonID]string{}, map[sales.PersonID]string{}
	for _, p := range reps {
		summaries[p.ID] = view.DaySummary(sales.DayCount{})
	}
	for _, c := range counts {
		summaries[c.PersonID] = view.DaySummary(c)
	}
	for _, r := range reports {
		if r.State == sales.ReportSubmitted {
			states[r.PersonID] = view.ReportState(view.Report{OnTime: a.rhythm().OnTime(r)})
		}
	}
	return bot.Text(view.TeamToday(reps, summaries, states, t.Today)), nil
}
