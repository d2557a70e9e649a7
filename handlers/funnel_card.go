package handlers

import (
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxParts is how many parts get a button, beside the ways to cut otherwise and back.
const maxParts = 3

// funnelCard is the card to look further with; false when there is nothing further.
func (a *App) funnelCard(t bot.Turn, res funnelNumbers) (cards.Card, bool) {
	q := res.ask
	stage, average := res.view.Way.At(1), 0
	if i, ok := res.view.Steps.Worst(); ok {
		stage, average = res.view.Steps[i].Stage, res.view.Steps[i].Average
	}
	var segments []view.FunnelSegment
	for _, s := range sales.Segments(res.view.Way, res.parts, stage, average) {
		next, name := q.into(t, res.partsBy, s)
		if len(segments) == maxParts || name == "" || res.partsBy == "line" && !severalLines(res.parts) {
			continue
		}
		typed := "漏斗 " + name
		if res.partsBy == "line" {
			typed = "漏斗 " + res.who.name + " " + name
		}
		seg := view.FunnelSegment{
			Segment: s, Name: name, Typed: typed + " " + strings.ReplaceAll(q.period.Name, "–", "到"),
			Action: cards.Action{Verb: "funnel.drill", Arg: next.arg()},
		}
		if fits(seg.Action) {
			segments = append(segments, seg)
		}
	}
	var back *cards.Button
	if up, ok := q.up(); ok {
		back = &cards.Button{Text: "返回", Action: cards.Action{Verb: "funnel.drill", Arg: up.arg()}, Typed: "漏斗"}
	}
	if len(segments) == 0 && back == nil {
		return cards.Card{}, false
	}
	card := view.FunnelCard(view.FunnelKey(t.Person.ID, t.InGroup()), res.view, segments)
	if byLine := q; res.lines && q.by == "" {
		byLine.by = "line"
		card.Buttons = append(card.Buttons, cards.Button{
			Text: "按产品线", Typed: "漏斗 " + res.who.name, Action: cards.Action{Verb: "funnel.drill", Arg: byLine.arg()},
		})
	}
	if rows, ok := q.rows(t, res); ok && len(card.Buttons) < cards.MaxButtons-1 {
		card.Buttons = append(card.Buttons, rows)
	}
	if back != nil {
		card.Buttons = append(card.Buttons, *back)
	}
	return card, true
}

// rows leads from the funnel of one person or the company to its deals.
func (q funnelAsk) rows(t bot.Turn, res funnelNumbers) (cards.Button, bool) {
	token, word := "", res.who.name
	switch scope := res.who.scope; {
	case t.InGroup() || q.line != "":
	case scope.All:
		token, word = "all", "公司"
	case len(scope.Persons) == 1:
		token = "p" + scope.Persons[0].String()
	}
	if token == "" {
		return cards.Button{}, false
	}
	from, to := q.period.From.String(), q.period.Whole().String()
	return view.RowsButton("看是哪几单", "funnel,"+token+","+from+","+to, "明细 漏斗 "+word+" "+strings.ReplaceAll(q.period.Name, "–", "到")), true
}

// fits reports whether an action can be carried by a button and read back.
func fits(a cards.Action) bool {
	return len(a.Encode()) <= cards.MaxAction && !strings.Contains(a.Arg, "|")
}

// into is the ask for one part of a funnel, and the part's name; empty when it cannot be looked into.
func (q funnelAsk) into(t bot.Turn, by string, s sales.Segment) (funnelAsk, string) {
	next := q
	next.by = ""
	token, name := "", ""
	switch by {
	case "line":
		next.line = s.Line
		return next, s.Line
	case "team":
		team, _ := t.Org.Team(s.Team)
		token, name = "t:"+s.Team.String(), team.Name
	case "person":
		token, name = "p:"+s.Person.String(), t.Org.Name(s.Person)
	}
	if len(q.path) >= maxPath {
		return next, ""
	}
	next.path = append(append([]string(nil), q.path...), token)
	return next, name
}

// up is the ask one level up; false at the top.
func (q funnelAsk) up() (funnelAsk, bool) {
	switch {
	case q.by != "":
		q.by = ""
	case q.line != "":
		q.line = ""
	case len(q.path) > 1:
		q.path = q.path[:len(q.path)-1]
	default:
		return q, false
	}
	return q, true
}
