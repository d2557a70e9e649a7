package view

import (
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Delivery is a promised day with what its card shows.
type Delivery struct {
	Check              sales.DeliveryCheck
	Contract, Customer string
	Today              sales.Day
}

// DeliveryCard shows whether a promised day can be kept, and else which could (交期).
func DeliveryCard(v Delivery) cards.Card {
	d := v.Check
	c := cards.Card{Key: "delivery:" + d.ID.String() + "/own", Title: "交期 · " + v.Contract, Status: v.Customer}
	addField(&c, "货", strings.TrimSpace(strings.Join(d.Products, "、")+" "+sales.QuantityText(d.Quantity, d.Unit)))
	addField(&c, "日期", d.Day.ChineseFrom(v.Today))
	addField(&c, "说明", d.Note)
	switch d.State {
	case sales.DeliveryWaits:
		c.Note = "在查排期,查到了这张卡片会变。"
	case sales.DeliveryOK:
		c.Level, c.Closed = cards.OK, "排得上,可以答应客户"
	case sales.DeliveryFailed:
		c.Level, c.Note = cards.Warn, "排产日历没答上来,这次不拦。跟生产确认一下再答应。"
	default:
		c.Level, c.Note = cards.Alert, "排不上,没改好之前不能发货。"
		for _, day := range d.Alternatives {
			b := cards.Button{Text: strings.Fields(day.Chinese())[0], Typed: "交期 " + v.Contract + " " + day.String(), Action: cards.Action{
				Verb: "delivery.choose", Record: int64(d.ID), Version: d.Version, Arg: day.String(),
			}}
			if len(c.Buttons) == 0 {
				b.Style = cards.Primary
				c.Note += "能排的日子点一个:"
			}
			c.Buttons = append(c.Buttons, b)
		}
	}
	return c
}
