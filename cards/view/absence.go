package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Absence is when somebody is away, with the names its card shows.
type Absence struct {
	Absence      sales.Absence
	Name, Deputy string
	Today        sales.Day
	Now          time.Time
}

// AbsenceCard is the card of an absence.
func AbsenceCard(v Absence) cards.Card {
	a := v.Absence
	deputy := v.Deputy
	if deputy == "" {
		deputy = "没有,急事还找你"
	}
	c := cards.Card{
		Key: "absence:" + a.ID.String() + "/own", Title: a.KindName() + "已记", Status: a.Span(), Level: cards.OK,
		Fields: listed(cards.Field{Name: "去哪", Value: a.Place}, cards.Field{Name: "说明", Value: a.Reason}, cards.Field{Name: "代理", Value: deputy}),
		Note:   "期间不催日报和待办," + "回来第一天早上合成一条发你。",
	}
	if a.State == sales.AbsenceCancelled {
		c.Level, c.Note, c.Title, c.Closed = cards.Plain, "", a.KindName()+"已取消", "已取消 · "+sales.FormatTime(v.Now, v.Now)
		return c
	}
	c.Buttons = []cards.Button{{
		Text: "取消", Style: cards.Danger, Typed: "取消请假", Action: cards.Action{Verb: "absence.cancel", Record: int64(a.ID), Version: a.Version},
	}}
	return c
}

// AbsenceText is an absence in a line: "出差 3月11日 周三 到 3月13日 周五 杭州 · 代理 李强".
func AbsenceText(v Absence) string {
	s := strings.Join(strings.Fields(v.Absence.KindName()+" "+v.Absence.Span()+" "+v.Absence.Place), " ")
	if v.Deputy != "" {
		return s + " · 代理 " + v.Deputy
	}
	return s + " · 还没有代理"
}

// AbsenceLine is what the superior and the deputy hear.
func AbsenceLine(v Absence) string { return v.Name + " " + AbsenceText(v) + "。" }

// maxHeldLines bounds what is told at a return.
const maxHeldLines = 20

// HeldText is what came while somebody was away, in one message.
func HeldText(kind string, lines []string) string {
	out := []string{fmt.Sprintf("你%s期间攒下 %d 件:", kind, len(lines))}
	for i, l := range lines {
		if i == maxHeldLines {
			out = append(out, fmt.Sprintf("另有 %d 件没列出。", len(lines)-i))
			break
		}
		out = append(out, fmt.Sprintf("%d. %s", i+1, l))
	}
	return strings.Join(append(out, "发 待办 看没办完的。"), "\n")
}
