package view

import (
	"fmt"
	"slices"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// GapLine is a difference with who is to look at it.
type GapLine struct {
	sales.Gap
	Who string
	// Own says that it is whoever reads it who is to look at it.
	Own bool
	// Mine says that whoever reads it may say that it was dealt with.
	Mine bool
}

// Align is in what contract, ERP, approval and visits of deals do not go together (三端对齐).
type Align struct {
	Person sales.PersonID
	Scope  string
	Token  string
	// List is a page of those nobody has dealt with, Open how many there are.
	List     []GapLine
	Open     int
	Page     int
	More     bool
	Done     int // dealt with
	Customer func(sales.ID) string
	Today    sales.Day
}

// GapsShown is how many differences one card shows.
const GapsShown = 3

// AlignCard lists differences, each with its owner and a button to say that it was dealt with.
func AlignCard(v Align) cards.Card {
	c := cards.Card{Key: "align:" + v.Person.String() + "/" + v.Token, Title: "对齐 · " + clip(v.Scope, 16), Level: cards.OK}
	if len(v.List) == 0 {
		c.Note = "合同、ERP、单据、拜访都对得上。"
	} else {
		c.Level = cards.Warn
		c.Status = fmt.Sprintf("%d 条对不上", v.Open)
	}
	if v.Done > 0 {
		addField(&c, "处理过", fmt.Sprintf("%d 条", v.Done))
	}
	for k, g := range v.List {
		c.Note += gapLine(v.Page*GapsShown+k+1, g, v.Customer(g.CustomerID)) + "\n"
	}
	if i := slices.IndexFunc(v.List, func(g GapLine) bool { return g.ContractID != 0 }); i >= 0 {
		c.Note += "怎么办:对齐 " + v.List[i].No
	}
	c.Note = strings.TrimSpace(c.Note)
	c.Buttons = gapButtons(v.List, v.Page*GapsShown)
	if v.More {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "后面的", Typed: "对齐 " + v.Scope + fmt.Sprintf(" 第%d页", v.Page+2), Action: cards.Action{Verb: "align.show", Arg: fmt.Sprintf("%s,%d", v.Token, v.Page+1)},
		})
	}
	if v.Page > 0 {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "前面的", Typed: "对齐 " + v.Scope + fmt.Sprintf(" 第%d页", v.Page), Action: cards.Action{Verb: "align.show", Arg: fmt.Sprintf("%s,%d", v.Token, v.Page-1)},
		})
	}
	return c
}

// gapLine is one difference in a line short enough that a card of WeCom shows all of them, 160 characters: what, which, how much,
// and who is to look at it.
func gapLine(k int, g GapLine, customer string) string {
	what, most := g.Amount.Short(), 8
	if g.Theirs > 0 {
		most = 5
		what += "/" + g.Theirs.Short()
		if g.Amount.Short() == g.Theirs.Short() {
			what = g.Amount.String() + "/" + g.Theirs.String()
		}
	}
	return fmt.Sprintf("%d. %s %s→%s", k, g.Title(), joinSpace(g.No, clip(customer, most), what), gapWho(g))
}

func joinSpace(parts ...string) string { return strings.Join(filled(parts), " ") }

// gapWho is who is to look at a difference: 你 for whoever reads it.
func gapWho(g GapLine) string {
	switch {
	case g.Own:
		return "你"
	case g.Who == "":
		return "没人负责"
	}
	return g.Who
}

// explained are differences of which the other side says why.
func explained(kind string) bool {
	switch kind {
	case sales.GapERPRejected, sales.GapQuote, sales.GapNativeLost, sales.GapNativeLate, sales.GapERPExtra:
		return true
	}
	return false
}

// gapLines are differences of one deal, each with since when and what to do about it.
func gapLines(list []GapLine) string {
	var lines []string
	for k, g := range list[:min(len(list), GapsShown)] {
		what := ""
		if g.Theirs > 0 {
			what = " " + g.Amount.String() + "/" + g.Side() + " " + g.Theirs.String()
		}
		line := fmt.Sprintf("%d. %s%s→%s", k+1, g.Title(), what, gapWho(g))
		if g.Note != "" && explained(g.Kind) {
			line += "(" + clip(g.Note, 24) + ")"
		}
		if g.Own {
			line += ":" + g.Advice()
		}
		lines = append(lines, line)
	}
	if len(list) > GapsShown {
		lines = append(lines, fmt.Sprintf("…还有 %d 条", len(list)-GapsShown))
	}
	return strings.Join(lines, "\n")
}

func gapButtons(list []GapLine, from int) []cards.Button {
	var out []cards.Button
	for k, g := range list[:min(len(list), GapsShown)] {
		if !g.Mine {
			continue
		}
		style := cards.Primary
		if len(out) > 0 {
			style = ""
		}
		out = append(out, cards.Button{
			Text: fmt.Sprintf("%d 已处理", from+k+1), Style: style, Typed: "对齐 处理 " + g.No,
			Action: cards.Action{Verb: "align.done", Record: int64(g.ContractID), Arg: g.Key()},
		})
	}
	return out
}

// AlignDeal is one deal as each side has it.
type AlignDeal struct {
	Contract        sales.Contract
	Customer, Owner string
	Approved        string // who has approved it last and when
	// Native is what the platform's own approval says, Quote the quote it was made from.
	Native, Quote    string
	ERP              sales.ERPOrder
	Cash             sales.ContractCash
	Visits, CheckIns int
	LastVisit        sales.Instant
	List             []GapLine
	Done             []string
	Today            sales.Day
	Person           sales.PersonID
}

// AlignDealCard lays contract, approval, ERP and visits of one deal side by side.
func AlignDealCard(v AlignDeal) cards.Card {
	c := cards.Card{Key: "align:" + v.Person.String() + "/" + v.Contract.ID.String(), Title: "对齐 · " + v.Contract.No, Status: v.Customer, Level: cards.OK}
	addField(&c, "合同", joined(v.Contract.Amount.String(), v.Quote))
	addField(&c, "审批", joined(v.Approved, v.Native))
	erp := "没发给 ERP"
	if v.ERP.Version > 0 {
		erp = clip(v.ERP.Text(), 60)
		if v.ERP.Amount > 0 {
			erp += "," + v.ERP.Amount.String()
		}
	}
	addField(&c, "ERP", erp)
	addField(&c, "发货", fmt.Sprintf("发 %d 次,签收 %d 次", v.Cash.Shipped, v.Cash.Signed))
	addField(&c, "开票", v.Cash.Invoiced.String()+",已收 "+v.Cash.Collected().String())
	visits := "签约前没有拜访"
	if v.Visits > 0 {
		visits = fmt.Sprintf("签约前 %d 次,签到 %d 次,最近 %s", v.Visits, v.CheckIns, sales.DayOf(v.LastVisit.Time).Chinese())
	}
	addField(&c, "拜访", visits)
	c.Note = "各边对得上。"
	if len(v.List) > 0 {
		c.Level = cards.Warn
		c.Note = gapLines(v.List)
	}
	if len(v.Done) > 0 {
		c.Note += "\n" + strings.Join(v.Done, "\n")
	}
	c.Buttons = gapButtons(v.List, 0)
	return c
}

// NativeText is what a platform's own approval says: "平台还开着 202603110001".
func NativeText(n sales.NativeApproval) string {
	state := map[string]string{
		sales.NativeWanted: "在建", sales.NativeUnsure: "在建", sales.NativeOpen: "还开着", sales.NativeWithdrawing: "在撤回", sales.NativeDone: "已办结", sales.NativeFailed: "没建成",
	}[n.State]
	return strings.Join(filled([]string{"平台" + state, clip(n.Ref, 40)}), " ")
}
