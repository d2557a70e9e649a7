package view

import (
	"fmt"

	"salesflow/cards"
	"salesflow/store/sales"
)

// DealList is the checklist of a deal's customer (合规清单).
type DealList struct {
	Deal     sales.Opportunity
	Customer string
	Class    string
	Progress sales.ListProgress
	// Notes are what legal wrote, with who.
	Notes []string
	Group bool
}

// ListKey names the card of a deal's checklist.
func ListKey(deal sales.ID, group bool) string {
	if group {
		return "deal.list:" + deal.String() + "/group"
	}
	return "deal.list:" + deal.String() + "/own"
}

// DealListCard shows how far a checklist is, with a button for each paper and step that is missing.
func DealListCard(v DealList) cards.Card {
	all, open := len(v.Progress.Items), v.Progress.Open()
	c := cards.Card{Key: ListKey(v.Deal.ID, v.Group), Title: fmt.Sprintf("合规清单 %d/%d", all-len(open), all), Status: v.Customer}
	if v.Class != "" {
		c.Status += " · " + v.Class
	}
	if all == 0 {
		c.Title, c.Note = "合规清单", "这一类客户没有合规清单。"
		if v.Class == "" {
			c.Note = "这家客户还没定级,清单按级别来。定级发:分级 " + v.Customer + " KA"
		}
		return c
	}
	for _, s := range v.Progress.Items {
		mark := "✓"
		if !s.Done() {
			mark = "差"
		}
		c.Fields = append(c.Fields, cards.Field{Name: clip(s.Say, cards.MaxFieldName), Value: fmt.Sprintf("%s %d/%d", mark, s.Has, s.Min)})
	}
	for _, s := range open {
		if how := howToList(s, v.Customer); how != "" {
			c.Note += how + "\n"
		}
		if (s.Count == sales.CountDocument || s.Count == sales.CountNode) && len(c.Buttons) < maxFill {
			typed := "合规清单 " + v.Customer + " " + s.Name
			c.Buttons = append(c.Buttons, cards.Button{
				Text: clip("补"+s.Say, cards.MaxButtonText), Style: primaryFirst(len(c.Buttons)), Typed: typed,
				Action: cards.Action{Verb: "deal.list", Record: int64(v.Deal.ID), Version: v.Deal.Version, Arg: s.Count + ":" + s.Name},
			})
		}
	}
	if len(open) == 0 {
		c.Level, c.Note = cards.OK, "都齐了。"
	}
	if !v.Group {
		for _, n := range v.Notes {
			c.Note += "\n" + n
		}
	}
	return c
}

func howToList(s sales.ListState, customer string) string {
	switch s.Count {
	case sales.CountNeeds, sales.CountPains, sales.CountObjections, sales.CountVisits:
		return s.Say + ":记拜访时写上,拜访 " + customer + " 聊了什么。"
	case sales.CountContacts:
		return s.Say + ":决策链 " + customer + " 姓名 角色。"
	case sales.CountLegal:
		return s.Say + ":让法务发 法务意见 " + customer + " 内容。"
	}
	return ""
}
