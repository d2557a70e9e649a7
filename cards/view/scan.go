package view

import (
	"fmt"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Scan is a customer's code that was scanned, with what can be filed at once.
type Scan struct {
	Key      string // of the card: one for each scan
	Customer sales.Customer
	Owner    string // of the customer, empty when it is the scanner's own or nobody's
	Stage    string // of the open opportunity, empty for none
	Promises []string
	Photo    string // until when a photo is expected, in words; empty for not at all
	Version  int64
}

// ScanKinds are what can be filed from a scan: the word a message about it begins with, and the question that is asked.
var ScanKinds = []struct{ Word, Ask string }{
	{"拜访", "见了谁、聊了什么?一句话,语音也行。"},
	{"竞品", "哪家竞品、报多少、动静怎样?一句话。"},
	{"样品", "要什么样品、几份、几号要?"},
	{"售后", "什么设备、什么毛病?"},
	{"投诉", "客户投诉什么?原话就行。"},
	{"费用", "花在什么上、多少钱?"},
}

// ScanCard is what a scan brings: whose code it is and the buttons.
func ScanCard(v Scan) cards.Card {
	c := cards.Card{Key: v.Key, Title: "扫到了 · " + v.Customer.Name, Level: cards.OK}
	if v.Owner != "" {
		c.Fields = append(c.Fields, cards.Field{Name: "负责人", Value: v.Owner})
	}
	if v.Stage != "" {
		c.Fields = append(c.Fields, cards.Field{Name: "商机", Value: v.Stage})
	}
	for i, p := range v.Promises {
		name := "承诺"
		if i > 0 {
			name = ""
		}
		c.Fields = append(c.Fields, cards.Field{Name: name, Value: p})
	}
	c.Note = "记什么?"
	if v.Photo != "" {
		c.Note = "拍张现场照发来(" + v.Photo + "前),然后记:"
	}
	for _, k := range ScanKinds {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: k.Word, Typed: k.Word + " " + v.Customer.Name,
			Action: cards.Action{Verb: "scan.file", Record: int64(v.Customer.ID), Version: v.Version, Arg: k.Word},
		})
	}
	c.Buttons[0].Style = cards.Primary
	return c
}

// PictureText asks whether what was read from a picture belongs to the record it hangs on.
func PictureText(file sales.ID, where, text string, version int64) cards.Card {
	tap := func(arg string) cards.Action {
		return cards.Action{Verb: "media.text", Record: int64(file), Version: version, Arg: arg}
	}
	c := cards.Card{
		Key: fmt.Sprintf("media:%d/text", file), Title: "图里的字读出来了",
		Fields: []cards.Field{{Name: "读到", Value: text}},
		Note:   "是这样就记下来。",
		Buttons: []cards.Button{
			{Text: "记下来", Typed: "记下来", Style: cards.Primary, Action: tap("keep")},
			{Text: "不用", Typed: "不用", Action: tap("drop")},
		},
	}
	if where != "" {
		c.Fields = append([]cards.Field{{Name: "附在", Value: where}}, c.Fields...)
	}
	return c
}
