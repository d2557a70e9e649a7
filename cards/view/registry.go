package view

import (
	"salesflow/cards"
	"salesflow/store/sales"
)

// What a person can take over from the registry.
const (
	RegistryUSCC = "uscc"
	RegistryName = "name"
	RegistryKeep = "keep"
)

// Registry is what the business registry says of a customer of ours.
type Registry struct {
	Check    sales.RegistryCheck
	Customer sales.Customer
	Company  sales.Company
}

// RegistryCard lays the registry's answer beside what we have; nothing is changed before somebody taps.
func RegistryCard(v Registry) cards.Card {
	c := cards.Card{Key: "registry:" + v.Check.ID.String(), Title: "工商核对", Status: clip(v.Customer.Name, 24)}
	if !v.Company.Found {
		c.Level, c.Note = cards.Warn, "登记里没有这家。名称写全称,或先补信用代码,再查一次。"
		return c
	}
	add := func(name, value string) {
		if value != "" && len(c.Fields) < cards.MaxFields {
			c.Fields = append(c.Fields, cards.Field{Name: name, Value: clip(value, 80)})
		}
	}
	add("登记名", v.Company.Name)
	add("信用代码", v.Company.USCC)
	add("状态", v.Company.Status)
	add("地址", v.Company.Address)
	add("成立", v.Company.Since)
	differs, fill := v.Company.Compare(v.Customer)
	button := func(text, arg, typed string, style cards.Style) {
		c.Buttons = append(c.Buttons, cards.Button{Text: text, Style: style, Typed: typed, Action: cards.Action{
			Verb: "registry.apply", Record: int64(v.Check.ID), Version: v.Customer.Version, Arg: arg,
		}})
	}
	for _, d := range differs {
		c.Level = cards.Warn
		c.Note += d.Field + "对不上:我们写 " + clip(d.Ours, 30) + ",登记是 " + clip(d.Their, 30) + "。"
		if d.Field == "名称" {
			button("名称按登记", RegistryName, "补资料 "+v.Customer.Name+" 名称 "+d.Their, cards.Normal)
		} else {
			button("代码按登记", RegistryUSCC, "补资料 "+v.Customer.Name+" 信用代码 "+d.Their, cards.Normal)
		}
	}
	if fill && len(differs) == 0 {
		c.Note = "信用代码还空着。"
		button("填上代码", RegistryUSCC, "补资料 "+v.Customer.Name+" 信用代码 "+v.Company.USCC, cards.Primary)
	}
	if v.Company.Gone() {
		c.Level = cards.Alert
		c.Note = "登记状态是 " + clip(v.Company.Status, 20) + ",签约前先核实。" + c.Note
	}
	if len(c.Buttons) > 0 {
		button("不改", RegistryKeep, "取消", cards.Normal)
	} else if c.Note == "" {
		c.Level, c.Closed = cards.OK, "都对得上"
	}
	return c
}
