package view

import (
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// CustomRecord is a record of a type a company made up, as one person may see it.
type CustomRecord struct {
	Record sales.CustomRecord
	Type   string
	// State says that it was made just now, or is gone.
	State    string
	Viewer   sales.PersonID
	Customer string
	Author   string
	// Fields are the values this person may know.
	Fields []cards.Field
	Today  sales.Day
	// Own says that the viewer may take it back, Edit that they may correct it.
	Own, Edit bool
}

// CustomRecordCard is the card of such a record. What a card cannot hold as fields stands in its note.
func CustomRecordCard(v CustomRecord) cards.Card {
	r := v.Record
	c := cards.Card{Key: "record:" + r.ID.String() + "/" + v.Viewer.String(), Title: v.Type + " " + r.No, Status: clip(v.Customer, 24)}
	WithCustom(&c, v.Fields)
	note := v.Author + " " + r.Day.ChineseFrom(v.Today) + "记"
	c.Note = strings.TrimSpace(strings.Join([]string{c.Note, note}, "\n"))
	if r.State == sales.CustomUndone {
		c.Title, c.Note, c.Closed = v.Type+"已撤销", "", v.State
		return c
	}
	if v.State != "" {
		c.Title, c.Level = v.Type+v.State+" "+r.No, cards.OK
	}
	if v.Edit {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "修改", Typed: v.Type + " " + r.No + " 字段 值", Action: cards.Action{Verb: "record.edit", Record: int64(r.ID), Version: r.Version},
		})
	}
	if v.Own {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "撤销", Style: cards.Danger, Typed: v.Type + " " + r.No + " 撤销", Action: cards.Action{Verb: "record.undo", Record: int64(r.ID), Version: r.Version},
		})
	}
	return c
}

// WithCustom adds values of custom fields to a card: as fields while there is room, the others in front of its note.
func WithCustom(c *cards.Card, fields []cards.Field) {
	c.Fields = append([]cards.Field(nil), c.Fields...)
	var rest []string
	for _, f := range fields {
		value := clip(f.Value, 60)
		if len(c.Fields) < cards.MaxFields && len([]rune(f.Name)) <= 8 {
			c.Fields = append(c.Fields, cards.Field{Name: f.Name, Value: value})
			continue
		}
		rest = append(rest, f.Name+" "+value)
	}
	if len(rest) > 0 {
		c.Note = strings.TrimSpace(strings.Join(rest, ";") + "\n" + c.Note)
	}
}
