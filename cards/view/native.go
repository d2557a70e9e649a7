package view

import (
	"slices"

	"salesflow/cards"
)

// Elsewhere is what the cards of a record must know of the platform's own approval in which it is decided.
type Elsewhere struct {
	// Link opens it; empty when the record is decided here, or the platform's approval is not made yet.
	Link string
	// WithdrawThere says that only its creator can take it back, there.
	WithdrawThere bool
}

// placed makes a card of a record that is decided in a platform's own approval read-only: where to decide, and with a
// link where there is one. keep says that what can be done here nevertheless stays, such as 催办.
func (v Paper) placed(c *cards.Card, keep bool) {
	name := v.Request.Placed()
	if name == "" {
		return
	}
	var buttons []cards.Button
	if v.Link != "" {
		buttons = append(buttons, cards.Button{Text: "去" + name + "审批", Style: cards.Primary, URL: v.Link})
	}
	if keep {
		rest := c.Buttons
		if v.WithdrawThere {
			rest = slices.DeleteFunc(slices.Clone(rest), func(b cards.Button) bool { return b.Action.Verb == v.Object+".withdraw" })
		}
		c.Buttons = append(buttons, rest...)
	} else {
		c.Buttons = append(buttons, v.button("详情", "detail", cards.Normal), v.button("附件", "files", cards.Normal))
	}
	c.Note = "在" + name + "审批里办,办完这里自动更新。 " + c.Note
}
