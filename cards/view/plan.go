package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Plan is a person's planned visits of some days.
type Plan struct {
	Key             string
	Plans           []sales.VisitPlan
	From, To, Today sales.Day
	Customer        func(sales.ID) string
	// Done is what was just done ("已排"), Note what should be known about it.
	Done, Note string
}

// PlanKey names the card of a person's plans of some days.
func PlanKey(p sales.PersonID, from, to sales.Day) string {
	return "plan:" + p.String() + ":" + from.String() + ":" + to.String() + "/own"
}

// PlanName is the customer of a planned visit.
func PlanName(p sales.VisitPlan, customer func(sales.ID) string) string {
	if n := customer(p.CustomerID); n != "" {
		return n
	}
	return p.CustomerName
}

// PlanLine is a planned visit with its day: "明天 周四 上午 绍兴市立医院".
func PlanLine(p sales.VisitPlan, customer func(sales.ID) string, today sales.Day) string {
	return strings.Join(strings.Fields(p.Day.ChineseFrom(today)+" "+p.When()+" "+PlanName(p, customer)), " ")
}

// planLine is a planned visit of a day with what became of it: "● 上午 绍兴市立医院(已约) 送样".
func planLine(p sales.VisitPlan, customer func(sales.ID) string, today sales.Day) string {
	mark := "○"
	switch {
	case p.VisitID != 0:
		mark = "●"
	case p.Day.Before(today):
		mark = "○没去"
	}
	name := PlanName(p, customer)
	if p.Appointed {
		name += "(已约)"
	}
	return strings.Join(strings.Fields(mark+" "+p.When()+" "+name+" "+p.Purpose), " ")
}

// PlanCard shows planned visits by day, those of today with a button to check in.
func PlanCard(v Plan) cards.Card {
	c := cards.Card{Key: v.Key, Title: "拜访计划", Status: planSpan(v.From, v.To, v.Today)}
	if v.Done != "" {
		c.Title, c.Level = v.Done, cards.OK
	}
	if len(v.Plans) == 0 {
		c.Note = "没有排。排几家就发:计划 明天 上午 客户 下午 客户"
		return c
	}
	var lines []string
	made := 0
	for i, p := range v.Plans {
		if i == 0 || p.Day != v.Plans[i-1].Day {
			if v.From != v.To {
				lines = append(lines, p.Day.ChineseFrom(v.Today))
			}
		}
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, planLine(p, v.Customer, v.Today)))
		if p.VisitID != 0 {
			made++
		}
	}
	c.Status += fmt.Sprintf(" · %d 家", len(v.Plans))
	if made > 0 || v.From.Before(v.Today) {
		c.Status += fmt.Sprintf(",去了 %d", made)
	}
	c.Note = strings.TrimSpace(strings.Join(lines, "\n") + "\n" + v.Note)
	for i, p := range v.Plans {
		if p.Day != v.Today || p.VisitID != 0 || p.CustomerID == 0 || len(c.Buttons) == 3 {
			continue
		}
		c.Buttons = append(c.Buttons, cards.Button{
			Text: clip("签到"+PlanName(p, v.Customer), cards.MaxButtonText), Typed: "签到 " + PlanName(p, v.Customer),
			Action: cards.Action{Verb: "plan.checkin", Record: int64(p.ID), Version: p.Version},
		})
		if i == 0 {
			c.Buttons[0].Style = cards.Primary
		}
	}
	if len(v.Plans) == 1 {
		p := v.Plans[0]
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "取消", Style: cards.Danger, Typed: "取消计划 1", Action: cards.Action{Verb: "plan.cancel", Record: int64(p.ID), Version: p.Version},
		})
	} else {
		c.Note += "\n改:改计划 1 周五下午。取消:取消计划 1。"
	}
	return c
}

func planSpan(from, to, today sales.Day) string {
	if from == to {
		return from.ChineseFrom(today)
	}
	date := func(d sales.Day) string { return strings.Fields(d.Chinese())[0] }
	return date(from) + "到" + date(to)
}

// PlanAsk asks about an agreed visit that was not begun.
func PlanAsk(p sales.VisitPlan, customer func(sales.ID) string, today sales.Day) cards.Card {
	name := PlanName(p, customer)
	return cards.Card{
		Key: "plan:" + p.ID.String() + "/ask", Title: "约好的到了吗", Status: name, Level: cards.Warn,
		Fields: []cards.Field{{Name: "时间", Value: strings.TrimSpace(p.Day.ChineseFrom(today) + " " + p.When())}},
		Note:   "到了点签到,没去成就改个时间。只问这一次。",
		Buttons: []cards.Button{
			{Text: "签到", Style: cards.Primary, Typed: "签到 " + name, Action: cards.Action{Verb: "plan.checkin", Record: int64(p.ID), Version: p.Version}},
			{Text: "改到明天", Typed: "改计划 " + name + " 明天", Action: cards.Action{Verb: "plan.move", Record: int64(p.ID), Version: p.Version, Arg: "明天"}},
			{Text: "取消", Style: cards.Danger, Typed: "取消计划 " + name, Action: cards.Action{Verb: "plan.cancel", Record: int64(p.ID), Version: p.Version}},
		},
	}
}

// PlanMissed asks for another time of a planned visit that came to nothing; next is the next workday.
func PlanMissed(p sales.VisitPlan, customer func(sales.ID) string, reason string, today, next sales.Day) cards.Card {
	c := PlanAsk(p, customer, today)
	name := PlanName(p, customer)
	c.Title, c.Note = "没去成", "没有记拜访。改个时间,或者取消:改计划 "+name+" 周五下午。"
	if reason != "" {
		c.Fields = append(c.Fields, cards.Field{Name: "原因", Value: clip(reason, 40)})
	}
	when := next.ChineseFrom(today)
	if i := strings.Index(when, " "); i > 0 {
		when = when[:i]
	}
	c.Buttons[1].Text, c.Buttons[1].Typed, c.Buttons[1].Style = "改到"+when, "改计划 "+name+" "+when, cards.Primary
	c.Buttons[1].Action.Arg = when
	c.Buttons = c.Buttons[1:]
	return c
}

// Today is what a rep's morning message is made of.
type Today struct {
	sales.TodayFacts
	// Top are the deals that deserve the day most; without any it is the plan alone.
	Top Top
}

// TopMorning is the token of the deals in a morning message.
const TopMorning = "morning"

// TodayOf is a morning message without deals.
func TodayOf(f sales.TodayFacts) Today { return Today{TodayFacts: f} }

// MorningPlan is the message with which a rep's day begins.
func MorningPlan(v Today) cards.Card {
	c := PlanCard(Plan{Key: PlanKey(v.Person, v.Day, v.Day), Plans: v.Plans, From: v.Day, To: v.Day, Today: v.Day, Customer: v.Customer})
	c.Title = "今天的计划"
	if len(v.Plans) == 0 {
		c.Note = "今天还没排。"
	}
	for _, p := range v.Missed[:min(len(v.Missed), 3)] {
		c.Note += "\n上次没去成:" + PlanName(p, v.Customer)
		if len(c.Buttons) < v.planButtons() {
			c.Buttons = append(c.Buttons, cards.Button{
				Text: clip("今天去"+PlanName(p, v.Customer), cards.MaxButtonText), Typed: "改计划 " + PlanName(p, v.Customer) + " 今天",
				Action: cards.Action{Verb: "plan.move", Record: int64(p.ID), Version: p.Version, Arg: "今天"},
			})
		}
	}
	if v.Before > 0 {
		c.Note += fmt.Sprintf("\n上个工作日计划 %d 家,去了 %d 家。", v.Before, v.Before-len(v.Missed))
	}
	for i, t := range v.Due[:min(len(v.Due), 3)] {
		if i == 0 {
			c.Note += "\n今天到期:"
		}
		c.Note += "\n· " + TaskLine(t, v.Day)
	}
	return withTop(c, v)
}

// planButtons is how many buttons the plan has, so that the deals have some, too.
func (v Today) planButtons() int {
	if len(v.Top.Deals) > 0 {
		return cards.MaxButtons - topRoom
	}
	return cards.MaxButtons - 1
}

// topRoom is how many buttons a morning leaves to the deals.
const topRoom = 3

// withTop puts the deals that deserve the day under the plan: one message, not two.
func withTop(c cards.Card, v Today) cards.Card {
	if len(v.Top.Deals) == 0 {
		return c
	}
	top := v.Top
	top.Key = c.Key
	if len(v.Plans)+len(v.Missed)+len(v.Due) == 0 {
		c.Title = "今天最该推的单"
	}
	c.Status += " · TOP3"
	c.Fields = append(c.Fields, topFields(top)...)
	if top.Done != "" {
		c.Note = top.Done + "\n" + c.Note
	}
	var plan []cards.Button
	for _, b := range c.Buttons {
		if b.Action.Verb != "plan.cancel" && len(plan) < v.planButtons() {
			plan = append(plan, b)
		}
	}
	for i, b := range topButtons(top, cards.MaxButtons-len(plan)) {
		if i == 0 && len(plan) > 0 {
			b.Style = cards.Normal
		}
		plan = append(plan, b)
	}
	c.Buttons = plan
	return c
}

// TeamPlan is what a team has planned.
type TeamPlan struct {
	Plans           []sales.VisitPlan
	From, To, Today sales.Day
	Reps            []sales.Person
	Person          func(sales.PersonID) string
	Customer        func(sales.ID) string
}

// maxTeamLines bounds the lines of a team's plan.
const maxTeamLines = 40

// TeamPlanText is a team's plan by person, with what was made of it.
func TeamPlanText(v TeamPlan) string {
	of, made, all := map[sales.PersonID][]sales.VisitPlan{}, map[sales.PersonID]int{}, 0
	for _, p := range v.Plans {
		of[p.PersonID] = append(of[p.PersonID], p)
		if p.VisitID != 0 {
			made[p.PersonID]++
			all++
		}
	}
	lines := []string{fmt.Sprintf("**团队计划 %s**:%d 家,去了 %d 家", planSpan(v.From, v.To, v.Today), len(v.Plans), all)}
	var none []string
	for _, r := range v.Reps {
		list := of[r.ID]
		if len(list) == 0 {
			none = append(none, r.Name)
			continue
		}
		if len(lines) > maxTeamLines {
			continue
		}
		var names []string
		for i, p := range list {
			if i == 8 {
				names = append(names, fmt.Sprintf("等 %d 家", len(list)))
				break
			}
			line := planLine(p, v.Customer, v.Today)
			if v.From != v.To {
				line = p.Day.Chinese() + " " + line
			}
			names = append(names, line)
		}
		lines = append(lines, fmt.Sprintf("%s %d/%d:%s", r.Name, made[r.ID], len(list), strings.Join(names, "、")))
	}
	if len(none) > 0 {
		lines = append(lines, "没排:"+strings.Join(none[:min(len(none), maxNames)], "、")+fmt.Sprintf("(%d 人)", len(none)))
	}
	return strings.Join(lines, "\n")
}

// TeamPlanLine is a team's plan of today in a sentence: "今天计划 5 家:周敏 3、李强 2。没排:林夏。看细节发 团队计划。".
func TeamPlanLine(plans []sales.VisitPlan, reps []sales.Person) string {
	count := map[sales.PersonID]int{}
	for _, p := range plans {
		count[p.PersonID]++
	}
	var have []string
	var none []sales.Person
	for _, r := range reps {
		if n := count[r.ID]; n == 0 {
			none = append(none, r)
		} else if len(have) < maxNames {
			have = append(have, fmt.Sprintf("%s %d", r.Name, n))
		}
	}
	s := fmt.Sprintf("今天计划 %d 家:%s。", len(plans), strings.Join(have, "、"))
	if len(none) > 0 {
		s += "没排:" + names(none) + "。"
	}
	return s + "看细节发 团队计划。"
}
