package view

import (
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Menu is a page of a person's menu.
type Menu struct {
	Person      sales.PersonID
	Page, Pages int
	Entries     []MenuEntry
}

// MenuEntry is a command of the menu.
type MenuEntry struct{ Name, Summary string }

// MenuCard is the menu with a button for each entry.
func MenuCard(m Menu) cards.Card {
	c := cards.Card{Key: "menu:" + m.Person.String() + "/own", Title: "菜单"}
	var lines []string
	for _, e := range m.Entries {
		lines = append(lines, e.Name+":"+e.Summary)
		c.Buttons = append(c.Buttons, cards.Button{Text: e.Name, Typed: e.Name, Action: cards.Action{Verb: "menu.run", Version: int64(m.Page), Arg: e.Name}})
	}
	if len(c.Buttons) > 0 {
		c.Buttons[0].Style = cards.Primary
	}
	if m.Pages > 1 {
		c.Buttons = append(c.Buttons, cards.Button{Text: "更多", Typed: "帮助 全部", Action: cards.Action{Verb: "menu.run", Version: int64(m.Page), Arg: "更多"}})
	}
	c.Note = strings.Join(lines, "\n")
	return c
}
