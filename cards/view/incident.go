package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Incident is an incident of a contract that waits too long, with what its cards show.
type Incident struct {
	Incident sales.Incident
	Contract sales.Contract
	Request  approval.Request
	Customer string
	Wait     approval.Wait
	// Roles are the roles a level is pushed to, in words: "法务主管、销售总监".
	Roles []string
	// Rule is the name of the rule behind it; After is its limit, Impact what is at stake, Done what has been done about it.
	Rule  string
	After time.Duration
	// Words are the rule in words where it is not the company's usual one, whose limit After is.
	Words        string
	Impact, Done string
	AckedBy      string
	Now          time.Time
}

// IncidentKey names the card of a level of an incident, from 1.
func IncidentKey(id sales.ID, level int) string {
	return "incident:" + id.String() + "/level:" + strconv.Itoa(level)
}

// rule is how the rule behind the incident is called.
func (v Incident) rule() string {
	if v.Rule != "" {
		return v.Rule
	}
	return RuleName(v.After)
}

// RuleName is how the rule of a limit is called: "合同48小时".
func RuleName(after time.Duration) string {
	return "合同" + strconv.Itoa(int(after/time.Hour)) + "小时"
}

// underWay adds who deals with an incident, or until when it is put off.
func underWay(c *cards.Card, i sales.Incident, ackedBy string, now time.Time) {
	switch {
	case ackedBy != "" && i.AckUntil.After(now):
		c.Fields = append(c.Fields, cards.Field{Name: "在处理", Value: ackedBy + ",到 " + sales.FormatMoment(i.AckUntil.Time) + " 没结果再提醒"})
		c.Level = cards.Warn
	case i.SnoozedUntil.After(now):
		c.Fields = append(c.Fields, cards.Field{Name: "稍后", Value: sales.FormatMoment(i.SnoozedUntil.Time) + " 再提醒"})
	}
}

// whyMe says by which rule, and as what, people of a level were pushed to.
func whyMe(rule string, roles []string, level int) string {
	role := ""
	if level >= 1 && level <= len(roles) && roles[level-1] != "" {
		role = ",推给" + roles[level-1]
	}
	return "为什么推给我:规则\"" + rule + "\"" + role + "。发 为什么催我 看全部。"
}

// IncidentCard is the card of those a level was pushed to.
func IncidentCard(v Incident, level int) cards.Card {
	i := v.Incident
	c := cards.Card{
		Key: IncidentKey(i.ID, level), Title: "🔴 合同超时未审 · " + v.Contract.No,
		Status: v.Customer + " " + v.Contract.Amount.Short(), Level: cards.Alert,
	}
	if i.State != sales.IncidentOpen {
		c.Title, c.Level = "合同超时已处理 · "+v.Contract.No, cards.OK
		c.Closed = i.Resolution + " · " + sales.FormatMoment(i.ResolvedAt.Time)
		return c
	}
	add := func(name, value string) {
		if value != "" {
			c.Fields = append(c.Fields, cards.Field{Name: name, Value: value})
		}
	}
	add("已等", strings.TrimPrefix(v.Wait.String(), "已等 ")+",卡在 "+v.Request.NextText())
	add("影响", v.Impact)
	add("已做", v.Done)
	underWay(&c, i, v.AckedBy, v.Now)
	c.Note = whyMe(v.rule(), v.Roles, level)
	no := v.Contract.No
	tap := func(verb string) cards.Action {
		return cards.Action{Verb: verb, Record: int64(i.ID), Version: i.Version}
	}
	c.Buttons = []cards.Button{
		{Text: "我来处理", Style: cards.Primary, Typed: "我来处理 " + no, Action: tap("incident.ack")},
		{Text: nudgeText(v.Request), Typed: "催办 " + no, Action: tap("incident.nudge")},
		{Text: "转给他人", Typed: "转交 " + no + " 姓名", Action: tap("incident.transfer")},
		{Text: "2小时后再提醒", Typed: "稍后 " + no, Action: tap("incident.snooze")},
	}
	return c
}

func nudgeText(r approval.Request) string {
	if turn := r.Turn(); len(turn) == 1 {
		return "催办" + clip(turn[0].Name, 6)
	}
	return "催办"
}

// IncidentFaces are the faces of all levels that were pushed.
func IncidentFaces(v Incident) []cards.Card {
	var out []cards.Card
	for level := 1; level <= v.Incident.Level; level++ {
		out = append(out, IncidentCard(v, level))
	}
	return out
}

// notYet ends what was done about a wait that goes on.
const notYet = ",还没处理"

// IncidentDone says what has been done about a wait, from the due rows and the request's log: "已提醒 1 次,催办 2 次".
func IncidentDone(r approval.Request, reminders int) string {
	nudges := 0
	for _, e := range r.Log {
		if e.Verb == approval.VerbNudge && !e.At.Before(r.RoundSince.Time) {
			nudges++
		}
	}
	var parts []string
	if reminders > 0 {
		parts = append(parts, fmt.Sprintf("提醒 %d 次", reminders))
	}
	if nudges > 0 {
		parts = append(parts, fmt.Sprintf("催办 %d 次", nudges))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ",") + notYet
}

// IncidentImpact says what is at stake: when the customer is to sign.
func IncidentImpact(o sales.Opportunity, today sales.Day) string {
	if o.ID == 0 || o.ExpectedOn.IsZero() {
		return ""
	}
	return "预计 " + o.ExpectedOn.ChineseFrom(today) + "签约"
}

// stepActed is a level of a rule that did what concerns nobody: it changed a field, called an interface.
const stepActed = "acted"

// stepRound is that all levels were in vain and begin anew.
const stepRound = "round"

var stepWords = map[string]string{
	approval.StepOpened: "超时,开始升级", approval.StepPushed: "推送给", approval.StepHeld: "没有推送",
	approval.StepUnreachable: "没有能推送的人", stepActed: "办了:", stepRound: "到头没人处理,从头再来", approval.StepAcked: "说了 我来处理:", approval.StepSnoozed: "要求稍后再提醒:",
	approval.StepNudged: "催办:", approval.StepHandedOver: "转给他人:", approval.StepResolved: "结束:",
}

// IncidentStory answers 为什么催我 and 谁在处理: the rule, the clock, what happened, who is next.
func IncidentStory(v Incident, steps []sales.IncidentStep, name func(sales.PersonID) string, delivered []string, next string) string {
	var b strings.Builder
	clock := "自然小时"
	if v.Request.Rules.Clock == approval.Working {
		clock = "工作时间"
	}
	fmt.Fprintf(&b, "%s · %s %s", v.Contract.No, v.Customer, v.Contract.Amount.Short())
	wait := v.Wait.String()
	if v.Words != "" {
		fmt.Fprintf(&b, "\n规则:\"%s\"\n%s", v.rule(), v.Words)
		wait = "已等 " + sales.Waited(v.Wait.Waited)
	} else {
		fmt.Fprintf(&b, "\n规则:\"%s\",审批超过 %s(%s)没处理就升级", v.rule(), sales.Waited(v.After), clock)
	}
	if v.Request.State == approval.Pending {
		fmt.Fprintf(&b, "\n计时:%s 起,%s", sales.FormatMoment(v.Wait.Since), wait)
		fmt.Fprintf(&b, "\n卡在:%s", v.Request.NextText())
	} else {
		word, _, _ := standing(v.Request)
		fmt.Fprintf(&b, "\n现在:%s", word)
	}
	if v.Done != "" {
		done := v.Done
		if v.Request.State != approval.Pending {
			done = strings.TrimSuffix(done, notYet)
		}
		b.WriteString("\n已做:" + done)
	}
	if n := len(steps); n > 15 {
		fmt.Fprintf(&b, "\n…前面还有 %d 条", n-15)
		steps = steps[n-15:]
	}
	for _, s := range steps {
		b.WriteString("\n" + stepText(s, name))
	}
	if len(delivered) > 0 {
		b.WriteString("\n送达:" + strings.Join(delivered, ";"))
	}
	if next != "" {
		b.WriteString("\n接下来:" + next)
	}
	return b.String()
}

func stepText(s sales.IncidentStep, name func(sales.PersonID) string) string {
	line := sales.FormatMoment(s.At.Time) + " "
	who := name(s.PersonID)
	switch s.What {
	case approval.StepPushed:
		line += "第 " + strconv.Itoa(s.Level) + " 级推送给 " + who
	case approval.StepOpened, approval.StepHeld, approval.StepUnreachable, approval.StepResolved, stepActed, stepRound:
		line += stepWords[s.What]
	default:
		line += who + " " + stepWords[s.What]
	}
	if s.Note != "" {
		line = strings.TrimSuffix(line, ":") + ":" + s.Note
	}
	return line
}
