package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// ReportKey names a person's own card of a daily report.
func ReportKey(id sales.ID) string { return "report:" + id.String() + "/own" }

// receivedWord begins what came in, in a day's summary.
const receivedWord = "回款 "

// DaySummary is what a person did on a day, in words: "拜访 4,推进 2 单,新增承诺 3". Nothing is left to say as it is.
func DaySummary(c sales.DayCount) string {
	var parts []string
	add := func(n int, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	switch {
	case c.Planned > 0:
		parts = append(parts, fmt.Sprintf("拜访 %d(计划 %d)", c.Visits, c.Planned))
	default:
		add(c.Visits, "拜访 %d")
	}
	add(c.Joint, "陪访 %d")
	add(c.Forward, "推进 %d 单")
	add(c.Backward, "倒退 %d 单")
	add(c.Promises, "新增承诺 %d")
	if c.Received > 0 {
		parts = append(parts, receivedWord+c.Received.Short())
	}
	add(c.TodosDone, "办完待办 %d")
	add(c.Contracts, "提交合同 %d")
	add(c.Complaints, "投诉 %d")
	add(c.AfterSales, "售后 %d")
	add(c.Samples, "样品 %d")
	add(c.Competitors, "竞品 %d")
	add(c.Trainings, "培训反馈 %d")
	add(c.Expenses, "费用 %d 笔")
	if len(parts) == 0 {
		return "还没有记录"
	}
	return strings.Join(parts, ",")
}

// TaskLine is one thing to do: "绍兴市立医院 寄样(3月12日 周四)", "推进 宁波妇保院:方案提交 9 天没动".
func TaskLine(t sales.Task, today sales.Day) string {
	if t.Deal != nil {
		line := "推进 " + t.Customer + ":" + t.Deal.StageName() + " " + InStage(*t.Deal, today)
		if t.Days > sales.StuckDays {
			line += "没动"
		}
		return line
	}
	line := strings.TrimSpace(t.Customer + " " + clip(t.Todo.Text, 30))
	switch {
	case t.Days > 0:
		return line + "(过期 " + strconv.Itoa(t.Days) + " 天)"
	case t.Todo.DueOn.IsZero():
		return line
	case t.Todo.DueOn == today:
		return line + "(今天到期)"
	}
	return line + "(" + t.Todo.DueOn.Chinese() + ")"
}

// PlanLines are the things to do next, numbered, a line each.
func PlanLines(tasks []sales.Task, today sales.Day) string {
	lines := make([]string, len(tasks))
	for i, t := range tasks {
		lines[i] = strconv.Itoa(i+1) + ". " + TaskLine(t, today)
	}
	return strings.Join(lines, "\n")
}

// tasksHead stands over the things to do next in a report.
const tasksHead = "明天最该做:\n"

// maxNextPlans bounds the planned visits that a report names.
const maxNextPlans = 6

// NextDay is what a report says of the next workday: what is best done, and which visits are planned.
func NextDay(f sales.DayFacts, today sales.Day) string {
	tasks := PlanLines(f.Tasks, today)
	if tasks != "" {
		tasks = tasksHead + tasks + "\n"
	}
	day := f.Next.ChineseFrom(today)
	if len(f.Plans) == 0 {
		word, _, _ := strings.Cut(day, " ")
		return tasks + day + "还没排拜访,排就发:计划 " + word + " 上午 客户"
	}
	var names []string
	for i, p := range f.Plans {
		if i == maxNextPlans {
			names = append(names, fmt.Sprintf("等 %d 家", len(f.Plans)))
			break
		}
		names = append(names, strings.TrimSpace(p.When()+" "+PlanName(p, f.Customer)))
	}
	return tasks + day + "排了 " + strconv.Itoa(len(f.Plans)) + " 家:" + strings.Join(names, "、")
}

// Report is a daily report with what its card needs. Late is when it can still be handed in until.
type Report struct {
	Report sales.DailyReport
	Today  sales.Day
	Who    string
	Late   time.Time
	// Skipped says that the person put it off.
	Skipped bool
	// OnTime is false for one handed in after the capture (补报).
	OnTime bool
	Now    time.Time
}

// ReportPrompt is the card of a report that is filled in and waits for one tap.
func ReportPrompt(v Report) cards.Card {
	c := reportCard(v)
	c.Status += " · 填好了"
	c.Input = &cards.Input{Key: "extra", Placeholder: "补一句(可不填)"}
	act := func(verb string) cards.Action {
		return cards.Action{Verb: verb, Record: int64(v.Report.ID), Version: v.Report.Version, Arg: v.Report.Day.String()}
	}
	word := ""
	if v.Report.Day != v.Today {
		word = "昨天 "
	}
	c.Buttons = []cards.Button{
		{Text: "提交", Style: cards.Primary, Typed: "日报 " + word + "提交", Action: act("report.submit")},
		{Text: "补一句", Typed: "日报 " + word + "要补的话", Action: act("report.extra")},
	}
	if v.Skipped {
		c.Status, c.Note = strings.TrimSuffix(c.Status, "填好了")+"先放着", "好,"+sales.FormatTime(v.Late, v.Now)+" 前都能补。"
		return c
	}
	c.Buttons = append(c.Buttons, cards.Button{Text: "明天再说", Typed: "日报 明天再说", Action: act("report.skip")})
	if strings.Contains(v.Report.Summary, receivedWord) {
		day := v.Report.Day.String()
		c.Buttons = append(c.Buttons, RowsButton("看回款", "paid,me,"+day+","+day, strings.TrimSpace("明细 回款 我 "+map[bool]string{true: "今天", false: "昨天"}[v.Report.Day == v.Today])))
	}
	return c
}

// ReportDone is the card of a report that was handed in.
func ReportDone(v Report) cards.Card {
	c := reportCard(v)
	c.Level = cards.OK
	c.Closed = ReportState(v) + " · " + v.Who + " " + sales.FormatTime(v.Report.SubmittedAt.Time, v.Now)
	return c
}

// ReportState is what became of a report: 已提交 or 已补报.
func ReportState(v Report) string {
	if v.OnTime {
		return "已提交"
	}
	return "已补报"
}

func reportCard(v Report) cards.Card {
	when := "今天"
	if v.Report.Day != v.Today {
		when = "当天"
	}
	c := cards.Card{
		Key: ReportKey(v.Report.ID), Title: "日报", Status: v.Report.Day.Chinese(),
	}
	for name, rest := when, v.Report.Summary; rest != ""; name = "还有" {
		var row string
		row, rest = inRow(rest, ",")
		addField(&c, name, row)
	}
	if v.Report.Extra != "" {
		c.Fields = append(c.Fields, cards.Field{Name: "补充", Value: clip(v.Report.Extra, 60)})
	}
	if v.Report.Plan != "" {
		if c.Note = v.Report.Plan; strings.HasPrefix(c.Note, "1. ") { // as it was kept before the visits were named with it
			c.Note = tasksHead + c.Note
		}
	}
	return c
}

// dayEvening is how the evening of a day is called on the day today.
func dayEvening(d, today sales.Day) string {
	switch today.Sub(d) {
	case 0:
		return "今天"
	case 1:
		return "昨晚"
	}
	return d.Chinese()
}

// MorningText is the message to a lead: "昨晚 18:00:8 人 6 人已报,推进 7 单、倒退 1 单。没报:张三、李四。"
func MorningText(f sales.MorningFacts, capture sales.ClockTime, today sales.Day) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s:%d 人 %d 人已报", dayEvening(f.Day, today), capture, len(f.Reps), len(f.Reported))
	switch {
	case f.Forward == 0 && f.Backward == 0:
		b.WriteString(",没有商机变动。")
	case f.Backward == 0:
		fmt.Fprintf(&b, ",推进 %d 单。", f.Forward)
	default:
		fmt.Fprintf(&b, ",推进 %d 单、倒退 %d 单。", f.Forward, f.Backward)
	}
	if len(f.Missing) > 0 {
		b.WriteString("没报:" + names(f.Missing) + "。")
	}
	if len(f.Away) > 0 {
		b.WriteString("不在:" + names(f.Away) + "。")
	}
	if len(f.Late) > 0 {
		b.WriteString("补报:" + names(f.Late) + "。")
	}
	if f.Prompted > 0 {
		fmt.Fprintf(&b, "\n近 5 个工作日准点率 %d%%(%d/%d)。", (f.OnTime*200+f.Prompted)/(2*f.Prompted), f.OnTime, f.Prompted)
	}
	if len(f.Concerns) == 0 {
		b.WriteString("\n没有停太久的商机,也没有过期的承诺。")
	}
	return b.String()
}

// maxNames is how many people are named in one sentence.
const maxNames = 10

func names(people []sales.Person) string {
	var s []string
	for i, p := range people {
		if i == maxNames {
			return strings.Join(s, "、") + " 等 " + strconv.Itoa(len(people)) + " 人"
		}
		s = append(s, p.Name)
	}
	return strings.Join(s, "、")
}

// MorningKey names the card of what a lead should see to on a day.
func MorningKey(person sales.PersonID, day sales.Day) string {
	return "morning:" + person.String() + ":" + day.String() + "/own"
}

// MorningCard is what a lead should see to, each with a button that tells its owner.
func MorningCard(lead sales.PersonID, tasks []sales.Task, name func(sales.PersonID) string, today sales.Day) cards.Card {
	c := cards.Card{
		Key: MorningKey(lead, today), Title: fmt.Sprintf("要你管的 %d 件", len(tasks)), Status: today.Chinese(), Level: cards.Warn,
		Note: "点一下,我去问他本人。",
	}
	for i, t := range tasks {
		owner := name(t.Owner)
		c.Fields = append(c.Fields, cards.Field{Name: clip(owner, cards.MaxFieldName), Value: TaskLine(t, today)})
		a := cards.Action{Verb: "report.nudge"}
		if t.Deal != nil {
			a.Record, a.Arg = int64(t.Deal.ID), "opportunity"
		} else {
			a.Record, a.Arg = int64(t.Todo.ID), "todo"
		}
		c.Buttons = append(c.Buttons, cards.Button{
			Text: clip(strconv.Itoa(i+1)+" 问"+owner, cards.MaxButtonText), Typed: "问一下 " + strconv.Itoa(i+1), Action: a,
		})
	}
	if len(c.Buttons) > 0 {
		c.Buttons[0].Style = cards.Primary
	}
	return c
}

// NudgeText is what the owner of a task hears from their lead.
func NudgeText(lead string, t sales.Task, today sales.Day) string {
	s := lead + "问你:" + TaskLine(t, today) + "。"
	if t.Deal != nil {
		return s + "有进展就回 推进 " + t.Customer + ",丢了回 输单 " + t.Customer + " 原因。"
	}
	return s + "办完回 待办 关掉它,办不完改个日子。"
}

// TeamToday is where a team's reports stand on a day that has not ended.
func TeamToday(reps []sales.Person, summaries map[sales.PersonID]string, states map[sales.PersonID]string, today sales.Day) string {
	done := 0
	for _, p := range reps {
		if states[p.ID] != "" {
			done++
		}
	}
	lines := []string{fmt.Sprintf("今天 %s:%d 人 %d 人已报", today.Chinese(), len(reps), done)}
	for i, p := range reps {
		if i == 20 {
			lines = append(lines, fmt.Sprintf("另有 %d 人没列出。", len(reps)-i))
			break
		}
		state := states[p.ID]
		if state == "" {
			state = "没报"
		}
		lines = append(lines, "· "+p.Name+" "+state+":"+summaries[p.ID])
	}
	return strings.Join(lines, "\n")
}
