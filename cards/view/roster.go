package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Duty is what is shown of a roster (值班): the turn that runs and those that come.
type Duty struct {
	Roster sales.Roster
	Shifts []DutyShift
	Swaps  []sales.RosterSwap
	Name   func(sales.PersonID) string
	// By is who wrote it last.
	By  string
	Now time.Time
}

// DutyShift is one turn. Present is who takes it, which is somebody else than was planned while that one is away: Why says so.
type DutyShift struct {
	sales.Shift
	Present sales.PersonID
	Why     string
}

// Duties are all rosters.
type Duties struct {
	List []Duty
	Now  time.Time
}

// DutyKey names the card of a roster.
func DutyKey(id sales.ID) string { return "roster:" + id.String() }

// DutyList is who is on duty now and next by each roster.
func DutyList(v Duties) cards.Card {
	c := cards.Card{Key: "rosters", Title: "值班表"}
	for _, d := range v.List {
		if len(c.Fields) == cards.MaxFields {
			break
		}
		c.Fields = append(c.Fields, cards.Field{Name: d.Roster.Name, Value: d.now()})
	}
	if more := len(v.List) - len(c.Fields); more > 0 {
		var names []string
		for _, d := range v.List[len(c.Fields):] {
			names = append(names, d.Roster.Name)
		}
		c.Note = fmt.Sprintf("还有 %d 个:%s。", more, clip(strings.Join(names, "、"), 100))
	}
	c.Note += "看一个发:值班 " + v.List[0].Roster.Name
	return c
}

// now is the turn that runs and the one after it, in words.
func (d Duty) now() string {
	if len(d.Shifts) == 0 || d.Shifts[0].Present == 0 {
		return "没有人"
	}
	s := d.Shifts[0]
	out := d.who(s) + ",到 " + sales.UntilText(s.Until, d.Now)
	if len(d.Shifts) > 1 {
		out += ";接着 " + d.who(d.Shifts[1])
	}
	return out
}

// who takes a turn, and why it is not who was planned.
func (d Duty) who(s DutyShift) string {
	out := d.Name(s.Present)
	switch {
	case s.Why != "":
		out += "(" + s.Why + ")"
	case s.Swap != 0:
		out += "(替班)"
	}
	return out
}

// DutyCard is one roster: who is on duty, who follows, the replacements.
func DutyCard(d Duty) cards.Card {
	c := cards.Card{Key: DutyKey(d.Roster.ID), Title: clip("值班 · "+d.Roster.Name, cards.MaxTitle-8)}
	var order []string
	for _, p := range d.Roster.People {
		order = append(order, d.Name(p))
	}
	for i, s := range d.Shifts {
		switch i {
		case 0:
			c.Fields = append(c.Fields, cards.Field{Name: "现在", Value: d.who(s) + ",到 " + sales.UntilText(s.Until, d.Now)})
		case 1:
			c.Fields = append(c.Fields, cards.Field{Name: "接着", Value: d.who(s) + "," + sales.FormatTime(s.From, d.Now) + " 起"})
		default: // a row each: WeCom cuts a row after 30 characters, and says it again below
			c.Fields = append(c.Fields, cards.Field{Name: "再往后", Value: d.who(s) + "," + sales.FormatTime(s.From, d.Now) + " 起"})
		}
	}
	c.Fields = append(c.Fields, cards.Field{Name: "轮换", Value: clip(strings.Join(order, "、"), 120) + "," + d.Roster.Rhythm()})
	var swaps []string
	for i, s := range d.Swaps {
		if s.State == sales.RosterOn {
			swaps = append(swaps, strconv.Itoa(i+1)+". "+d.Name(s.PersonID)+" "+s.Span())
		}
	}
	if len(swaps) > 0 {
		c.Fields = append(c.Fields, cards.Field{Name: "替班", Value: clip(strings.Join(swaps, ";"), 200)})
	}
	c.Note = "替一次发:值班 替班 " + d.Roster.Name + " 明天 姓名"
	if d.Roster.Source == sales.RuleFile {
		c.Note += "。排班写在配置里。"
	}
	return c
}
