package incident

import (
	"fmt"
	"slices"
	"strings"

	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// View is what the card of a level shows.
func (c *Case) View(level int) view.RuleIncident {
	v := view.RuleIncident{
		Incident: c.shown(), Rule: c.Rule.Name, What: c.Rule.Trigger.Words(), Object: c.Rule.Object.Name, Roles: c.roles(),
		AckedBy: c.org.Name(c.AckedBy), Given: c.org.Name(c.GivenTo), Now: c.now, Done: !c.ByState,
	}
	if c.Record != nil {
		v.Title, v.State = c.Record.Title(), c.Record.StateName()
		if c.Rule.Object.Open != nil {
			v.Open = c.Rule.Object.Open(c.Record)
		}
	}
	if v.Title == "" {
		v.Title = c.Rule.Object.Name
	}
	if !c.Since.IsZero() && c.now.After(c.Since.Time) && c.Rule.Trigger.Kind == rules.Enters {
		v.Waited = sales.Waited(c.now.Sub(c.Since.Time))
	}
	if c.once() {
		v.Show = []string{}
	}
	if level >= 1 && level <= len(c.Rule.Steps) {
		for _, a := range c.Rule.Steps[level-1].Actions {
			if a.Do != rules.Push {
				continue
			}
			if v.Text == "" && c.Record != nil {
				v.Text = c.Text(a)
			}
			if v.Text == "" {
				v.Text = a.Text
			}
			for _, b := range a.Buttons {
				v.Show = append(v.Show, string(b))
			}
		}
		v.Told = c.toldBefore(level)
	}
	for at := level - 1; v.Text == "" && at >= 1 && at <= len(c.Rule.Steps); at-- { // what it is about was said at an earlier level
		for _, a := range c.Rule.Steps[at-1].Actions {
			if a.Do == rules.Push && v.Text == "" && c.Record != nil {
				v.Text = c.Text(a)
			}
		}
	}
	return v
}

// maxTold bounds how many people a card names who were told before.
const maxTold = 3

// toldBefore says who was told at earlier levels, and when last; empty when nobody was.
func (c *Case) toldBefore(level int) string {
	var names []string
	var last sales.Instant
	for _, s := range c.Steps {
		if s.What != approval.StepPushed || s.Level >= level || s.Level < 1 || s.At.Before(c.OpenedAt.Time) {
			continue
		}
		if last = s.At; !slices.Contains(names, c.org.Name(s.PersonID)) {
			names = append(names, c.org.Name(s.PersonID))
		}
	}
	if len(names) == 0 {
		return ""
	}
	who := strings.Join(names[:min(len(names), maxTold)], "、")
	if len(names) > maxTold {
		who += fmt.Sprintf(" 等 %d 人", len(names))
	}
	return "提醒过 " + who + "," + sales.FormatMoment(last.Time)
}

// roles are those each level is pushed to, in words.
func (c *Case) roles() []string {
	var out []string
	for i := range c.Rule.Steps {
		out = append(out, c.LevelWords(i+1))
	}
	return out
}

// LevelWords are those a level is pushed to, in words.
func (c *Case) LevelWords(level int) string {
	if level < 1 || level > len(c.Rule.Steps) {
		return ""
	}
	var names []string
	for _, a := range c.Rule.Steps[level-1].Actions {
		if a.Do != rules.Push {
			continue
		}
		for _, to := range a.To {
			names = append(names, to.Name)
		}
	}
	return strings.Join(names, "、")
}

// Story answers 为什么催我.
func (c *Case) Story(delivered []string) string {
	next := ""
	if m := c.Next(); m.Level > 0 {
		next = sales.FormatMoment(m.Due) + " 还没处理就推给 " + c.LevelWords(m.Level)
		if m.Reason == Acked || m.Reason == Snoozed || m.Reason == Quiet {
			next += "(" + m.Reason.Chinese() + ")"
		}
	} else {
		next = m.Reason.Chinese()
	}
	return view.RuleStory(c.View(c.Level), c.Rule.Words(), c.Steps, c.org.Name, delivered, next)
}
