package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Shipment is a shipment or return with what its card shows.
type Shipment struct {
	Shipment           sales.Shipment
	Contract, Customer string
	By                 string
	// Money is false for those who deliver: they see goods, not amounts. Watch marks the card of who is told besides.
	Money, Watch bool
	Now          time.Time
}

// ShipmentKey names a shipment's card: its author's, or that of who was told.
func ShipmentKey(id sales.ID, watch bool) string { return cashKey("shipment", id, watch) }

func cashKey(kind string, id sales.ID, watch bool) string {
	if watch {
		return kind + ":" + id.String() + "/watch"
	}
	return kind + ":" + id.String() + "/own"
}

// ShipmentCard is the card of goods on their way, received, or come back.
func ShipmentCard(v Shipment) cards.Card {
	s := v.Shipment
	c := cards.Card{Key: ShipmentKey(s.ID, v.Watch), Title: "发货 " + s.No + " · " + s.StateName(), Status: v.Customer, Level: cards.Plain}
	if s.Kind == sales.ShipmentReturn {
		c.Title, c.Level = "退货 "+s.No+" · "+s.StateName(), cards.Warn
	}
	addField(&c, "合同", v.Contract)
	addField(&c, "数量", sales.QuantityText(s.Quantity, s.Unit))
	if v.Money {
		addField(&c, "货值", MoneyOrNothing(s.Amount))
	}
	addField(&c, "单号", s.Tracking)
	addField(&c, "原因", s.Reason)
	today := sales.DayOf(v.Now)
	switch {
	case !s.SignedOn.IsZero():
		addField(&c, "签收", strings.TrimSpace(s.SignedOn.Chinese()+" "+s.Receiver))
	case !s.PromisedOn.IsZero():
		addField(&c, "应到", s.PromisedOn.ChineseFrom(today))
	}
	addField(&c, "记录", v.By+" · "+s.ShippedOn.Chinese())
	undo := cards.Button{Text: "撤销", Style: cards.Danger, Typed: "撤销", Action: cards.Action{Verb: "shipment.undo", Record: int64(s.ID), Version: s.Version}}
	chain := cards.Button{Text: "合同进度", Typed: "合同进度 " + v.Contract, Action: cards.Action{Verb: "chain.show", Record: int64(s.ContractID)}}
	switch s.State {
	case sales.ShipmentShipped:
		c.Note = "客户收到后点一下签收,财务马上开票。"
		c.Buttons = []cards.Button{{
			Text: "签收", Style: cards.Primary, Typed: "签收 " + s.No, Action: cards.Action{Verb: "shipment.sign", Record: int64(s.ID), Version: s.Version},
		}, chain}
		if !v.Watch {
			c.Buttons = append(c.Buttons, undo)
		}
	case sales.ShipmentSigned:
		c.Level = cards.OK
		c.Buttons = []cards.Button{chain}
	case sales.ShipmentReturned:
		c.Buttons = []cards.Button{chain}
		if !v.Watch {
			c.Buttons = append(c.Buttons, undo)
		}
	default:
		c.Closed = "已撤销 · " + sales.FormatMoment(v.Now)
	}
	return c
}

// MoneyOrNothing is an amount in full, empty for none.
func MoneyOrNothing(m sales.Money) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

// Signed is a shipment that was signed for, as finance is told.
type Signed struct {
	Shipment        sales.Shipment
	Contract        sales.Contract
	Cash            sales.ContractCash
	Customer, Owner string
	Now             time.Time
}

// SignedForFinance tells finance at once that goods were received and what is to be invoiced.
func SignedForFinance(v Signed) cards.Card {
	s := v.Shipment
	c := cards.Card{Key: "shipment:" + s.ID.String() + "/finance", Title: "已签收,待开票 · " + v.Contract.No, Status: v.Customer, Level: cards.Warn}
	addField(&c, "签收", strings.TrimSpace(s.SignedOn.Chinese()+" "+s.Receiver+" "+sales.QuantityText(s.Quantity, s.Unit)))
	addField(&c, "合同", v.Contract.Amount.String())
	addField(&c, "已开票", v.Cash.Invoiced.String())
	addField(&c, "还能开", (v.Contract.Amount - v.Cash.Invoiced).String())
	if v.Cash.Prepaid > 0 {
		addField(&c, "预付", v.Cash.Prepaid.String())
	}
	addField(&c, "销售", v.Owner)
	c.Note = "开好票记一笔,预付自动冲上。"
	rest := v.Contract.Amount - v.Cash.Invoiced
	c.Buttons = []cards.Button{
		{
			Text: "全开", Style: cards.Primary, Typed: "开票 " + v.Contract.No + " 全开",
			Action: cards.Action{Verb: "invoice.amount", Record: int64(v.Contract.ID), Version: v.Cash.Version, Arg: fmt.Sprint(int64(rest))},
		},
		{Text: "合同进度", Typed: "合同进度 " + v.Contract.No, Action: cards.Action{Verb: "chain.show", Record: int64(v.Contract.ID)}},
	}
	if s.Amount > 0 && s.Amount < rest {
		part := c.Buttons[0]
		part.Text, part.Typed, part.Style = "按货值开", "开票 "+v.Contract.No+" "+s.Amount.Short(), cards.Normal
		part.Action.Arg = fmt.Sprint(int64(s.Amount))
		c.Buttons = []cards.Button{c.Buttons[0], part, c.Buttons[1]}
	}
	return c
}

// GoodsLine is what was shipped and came back, in one line: "发 2 次 10台,签收 1 次,退 2台".
func GoodsLine(list []sales.Shipment) string {
	out, back := map[string]int64{}, map[string]int64{}
	var units []string
	n, signed := 0, 0
	for _, s := range list {
		if !s.Counts() {
			continue
		}
		if _, ok := out[s.Unit]; !ok {
			units = append(units, s.Unit)
			out[s.Unit] += 0
		}
		if s.Kind == sales.ShipmentReturn {
			back[s.Unit] += s.Quantity
			continue
		}
		n++
		out[s.Unit] += s.Quantity
		if s.State == sales.ShipmentSigned {
			signed++
		}
	}
	if n == 0 {
		return "还没发"
	}
	line := fmt.Sprintf("发 %d 次", n)
	for _, u := range units {
		line += strings.TrimRight(" "+sales.QuantityText(out[u], u), " ")
	}
	line += fmt.Sprintf(",签收 %d 次", signed)
	for _, u := range units {
		if back[u] > 0 {
			line += ",退 " + sales.QuantityText(back[u], u)
		}
	}
	return line
}

// maxRows bounds the rows behind a figure.
const maxRows = 30

// ShipmentRows are the shipments behind a contract's figure.
func ShipmentRows(no string, list []sales.Shipment, money bool) string {
	if len(list) == 0 {
		return no + " 还没发过货。"
	}
	lines := []string{"**" + no + " 发货**"}
	for _, s := range list[max(len(list)-maxRows, 0):] {
		parts := []string{s.No, s.StateName(), sales.QuantityText(s.Quantity, s.Unit)}
		if money {
			parts = append(parts, MoneyOrNothing(s.Amount))
		}
		parts = append(parts, s.ShippedOn.Chinese()+map[bool]string{true: " 退", false: " 发"}[s.Kind == sales.ShipmentReturn])
		if !s.SignedOn.IsZero() {
			parts = append(parts, s.SignedOn.Chinese()+" 签收 "+s.Receiver)
		}
		lines = append(lines, strings.Join(filled(append(parts, s.Tracking, s.Reason)), " · "))
	}
	return strings.Join(lines, "\n")
}

// filled are the parts that say something.
func filled(parts []string) []string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
