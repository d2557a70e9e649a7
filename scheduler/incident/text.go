package incident

import (
	"context"
	"strconv"
	"strings"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// Text is what an action says about the case's record, as things are at this moment.
func (c *Case) Text(a rules.Action) string {
	if c.Record == nil {
		return a.Text
	}
	return a.Say(c.Record, c)
}

// Waited implements rules.Occasion: since the state began, the last record of its kind, the date, or what happened. Of days it
// counts days.
func (c *Case) Waited() string {
	days := func(since sales.Day) string { return strconv.Itoa(max(c.today().Sub(since), 0)) + " 天" }
	switch t := c.Rule.Trigger; t.Kind {
	case rules.Reaches:
		v := c.Record.Field(t.Field.Key)
		switch {
		case v.None:
		case t.Exact():
			return sales.Waited(c.now.Sub(v.At))
		default:
			return days(v.Day)
		}
	case rules.Silent:
		if t.Daily() && !c.Since.IsZero() { // the day's look opens it as of when the time was over
			back := t.Span
			back.N = -back.N
			return days(sales.DayOf(back.From(c.Since.Time, c.calendar())))
		}
	}
	if c.Since.IsZero() {
		return sales.Waited(c.now.Sub(c.OpenedAt.Time))
	}
	return sales.Waited(max(c.now.Sub(c.Since.Time), time.Duration(0)))
}

// readDuty reads who is on duty by the rosters that the rule's texts name.
func (c *Case) readDuty(ctx context.Context) error {
	for _, st := range c.Rule.Steps {
		for _, a := range st.Actions {
			for _, part := range a.Parts {
				if part.Who == nil || part.Who.Kind != rules.ToRoster {
					continue
				}
				who, _, err := sales.Present(ctx, c.tx, c.org.OnDuty(part.Who.Key, c.now), sales.At(c.now))
				if err != nil {
					return err
				}
				if c.duty == nil {
					c.duty = map[string]sales.PersonID{}
				}
				c.duty[part.Who.Key] = who
			}
		}
	}
	return nil
}

// Who implements rules.Occasion.
func (c *Case) Who(to rules.Recipient) string {
	var people []sales.PersonID
	switch to.Kind {
	case rules.ToRoster:
		if p := c.duty[to.Key]; p != 0 {
			people = []sales.PersonID{p}
		}
	case rules.ToRelation:
		people = c.Record.Persons(to.Key)
	}
	var names []string
	for _, p := range people {
		for range to.Superiors {
			up, ok := c.org.Manager(p)
			if !ok {
				p = 0
				break
			}
			p = up.ID
		}
		if name := c.org.Name(p); p != 0 && name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, "、")
}
