package view

import (
	"fmt"
	"strconv"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// DealBlocked is a move that a gate holds up, with what is missing.
type DealBlocked struct {
	Deal     sales.Opportunity
	Customer string
	Target   sales.Stage
	Missing  []sales.Gate
	// Override says that the reader may let it pass, Who else may.
	Override bool
	Who      string
	// Hint is what one answers now, "" when several things are missing.
	Hint string
}

// GateKey names the card of a blocked move; each person has their own.
func GateKey(deal sales.ID, person sales.PersonID) string {
	return "deal.gate:" + deal.String() + "/" + person.String()
}

// maxFill is how many missing things get a button.
const maxFill = 4

// DealBlockedCard says what is missing and offers to file it.
func DealBlockedCard(v DealBlocked, person sales.PersonID) cards.Card {
	way := v.Deal.Way
	c := cards.Card{
		Key: GateKey(v.Deal.ID, person), Title: "还不能推进", Status: v.Customer, Level: cards.Warn,
		Fields: []cards.Field{
			{Name: "要去", Value: way.StageName(v.Deal.Stage) + " → " + way.StageName(v.Target)},
			{Name: "还差", Value: MissingWords(v.Missing)},
		},
		Note: v.Hint,
	}
	if c.Note == "" {
		c.Note = "补齐就自动推进。"
	}
	for i, g := range v.Missing[:min(len(v.Missing), maxFill)] {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: clip("补"+g.Say, cards.MaxButtonText), Style: primaryFirst(i), Typed: "推进 " + v.Customer,
			Action: cards.Action{Verb: "deal.fill", Record: int64(v.Deal.ID), Version: v.Deal.Version, Arg: string(v.Target) + "," + strconv.Itoa(i)},
		})
	}
	if v.Override {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "破例放行", Style: cards.Danger, Typed: "破例推进 " + v.Customer + " 原因",
			Action: cards.Action{Verb: "deal.override", Record: int64(v.Deal.ID), Version: v.Deal.Version, Arg: string(v.Target)},
		})
	} else if v.Who != "" {
		c.Note += "\n要破例找" + v.Who + "。"
	}
	return c
}

func primaryFirst(i int) cards.Style {
	if i == 0 {
		return cards.Primary
	}
	return ""
}

// MissingWords lists what is missing.
func MissingWords(missing []sales.Gate) string {
	words := make([]string, len(missing))
	for i, g := range missing {
		words[i] = g.Say
		if g.Document != "" {
			words[i] += "(文件)"
		}
	}
	return strings.Join(words, "、")
}

// DealUnblocked is the card of a blocked move when it is over.
func DealUnblocked(deal sales.Opportunity, person sales.PersonID, customer, how string) cards.Card {
	return cards.Card{Key: GateKey(deal.ID, person), Title: "可以推进了", Status: customer, Level: cards.OK, Closed: how}
}

// DealNodes are the steps of a deal's stage.
type DealNodes struct {
	Facts    sales.DealFacts
	Customer string
	Name     func(sales.PersonID) string
	Today    sales.Day
}

// NodesKey names the card of a deal's steps.
func NodesKey(deal sales.ID) string { return "deal.nodes:" + deal.String() }

// DealNodesCard shows the steps of the stage a deal is in, with a button for each that is open.
func DealNodesCard(v DealNodes) cards.Card {
	deal := v.Facts.Deal
	done, all := v.Facts.Progress()
	c := cards.Card{
		Key: NodesKey(deal.ID), Title: deal.StageName() + fmt.Sprintf(" · 节点 %d/%d", done, all), Status: v.Customer, Level: cards.Plain,
	}
	def, _ := deal.Way.Def(deal.Stage)
	for i, n := range def.Nodes { // a name has no room in a label
		c.Fields = append(c.Fields, cards.Field{Name: fmt.Sprintf("第%d项", i+1), Value: n.Name + " · " + v.state(n)})
	}
	for i, n := range v.Facts.OpenNodes() {
		if i == maxFill {
			break
		}
		c.Buttons = append(c.Buttons, cards.Button{
			Text: clip(n.Name, cards.MaxButtonText), Style: primaryFirst(i), Typed: "节点 " + v.Customer + " " + n.Name,
			Action: cards.Action{Verb: "deal.node", Record: int64(deal.ID), Arg: n.Key},
		})
	}
	switch {
	case all == 0:
		c.Note = deal.StageName() + "没有要打勾的节点。"
	case done == all:
		c.Level, c.Note = cards.OK, "这一步的节点都齐了,可以推进。"
		c.Buttons = append(c.Buttons, advanceButton(Opportunity{Opportunity: deal, Customer: v.Customer}))
	default:
		c.Note = "完成一项点一下,带文件的接着把文件发来。"
	}
	return c
}

func (v DealNodes) state(n sales.Node) string {
	for _, s := range v.Facts.Done {
		if s.Key == n.Key {
			words := "✓ " + v.Name(s.PersonID) + " " + sales.DayOf(s.DoneAt.Time).ChineseFrom(v.Today)
			if s.FileID != 0 {
				words += " 有文件"
			}
			return words
		}
	}
	if n.Document {
		return "未完成(要文件)"
	}
	return "未完成"
}
