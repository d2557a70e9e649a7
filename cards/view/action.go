package view

import (
	"slices"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

func (v Visit) action(a sales.VisitAction) (sales.ActionRow, bool) {
	i := slices.IndexFunc(v.Actions, func(r sales.ActionRow) bool { return r.Action == a })
	if i < 0 {
		return sales.ActionRow{}, false
	}
	return v.Actions[i], true
}

// actionLine is which of the six actions are done: "●预约 ●签到 ●需求 ○演示 ○异议 ●承诺". An appointment and a check-in that were
// not made are left out: they cannot be made up for.
func actionLine(v Visit) string {
	if len(v.Actions) == 0 {
		return ""
	}
	var parts []string
	for _, a := range sales.VisitActions {
		row, ok := v.action(a)
		switch {
		case ok && row.State == sales.ActionNone:
			parts = append(parts, "●无"+a.Name())
		case ok:
			parts = append(parts, "●"+a.Name())
		case a != sales.ActionAppointment && a != sales.ActionCheckIn:
			parts = append(parts, "○"+a.Name())
		}
	}
	return strings.Join(parts, " ")
}

// nextAction is the first action that is still to be filed; empty when all are, or when nothing is known of them.
func nextAction(v Visit) sales.VisitAction {
	if len(v.Actions) == 0 || v.Group {
		return ""
	}
	for _, a := range sales.VisitActions[2:] {
		if _, ok := v.action(a); !ok {
			return a
		}
	}
	return ""
}

// ActionAsk is the card that reminds of an action that was not filed in time.
func ActionAsk(v Visit, action sales.VisitAction, since time.Duration) cards.Card {
	c := VisitFiled(v)
	c.Title, c.Level = action.Name()+"还没记", cards.Warn
	c.Note = actionLine(v) + "\n签到 " + sales.Waited(since) + "了,记一句" + action.Name() + ",没有就点补" + action.Name() + "再选没有。只提醒这一次。"
	c.Buttons = []cards.Button{{
		Text: "补" + action.Name(), Style: cards.Primary, Typed: action.Name() + " " + v.Customer,
		Action: cards.Action{Verb: "visit.next", Record: int64(v.Visit.ID), Version: v.Visit.Version, Arg: string(action)},
	}}
	return c
}
