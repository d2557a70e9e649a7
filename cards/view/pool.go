package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// PoolLine is one customer of the open pool.
type PoolLine struct {
	Customer sales.Customer
	Since    sales.Instant
	Reason   string
	Last     string
}

// PoolList is the open pool in words. where is the region or place asked for.
func PoolList(where string, lines []PoolLine, total int, more bool, today sales.Day, group bool) string {
	title := "公海"
	if where != "" {
		title += " · " + where
	}
	if len(lines) == 0 {
		if where != "" && total > 0 {
			return fmt.Sprintf("%s现在没有客户,全部公海有 %d 家:发 公海 看。", title, total)
		}
		return title + "现在没有客户。"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d 家", title, len(lines))
	if more {
		fmt.Fprintf(&b, "(公海共 %d 家,只列最近的)", total)
	}
	for i, l := range lines {
		fmt.Fprintf(&b, "\n%d. %s", i+1, l.Customer.Name)
		var extra []string
		if l.Customer.Class != "" {
			extra = append(extra, ClassName(l.Customer.Class))
		}
		if l.Customer.Industry != "" {
			extra = append(extra, l.Customer.Industry)
		}
		if !l.Since.IsZero() {
			extra = append(extra, sales.DayOf(l.Since.Time).ChineseFrom(today)+"起")
		}
		if l.Reason != "" && !group {
			extra = append(extra, clip(l.Reason, 24))
		}
		if l.Last != "" && !group {
			extra = append(extra, "原"+l.Last)
		}
		if len(extra) > 0 {
			b.WriteString(" · " + strings.Join(extra, " · "))
		}
	}
	fmt.Fprintf(&b, "\n领走:领取 1 或 领取 %s", lines[0].Customer.Name)
	return b.String()
}

// TaggedList is the customers that have a tag.
func TaggedList(tag string, found []sales.Customer, name func(sales.PersonID) string) string {
	if len(found) == 0 {
		return "没有带\"" + tag + "\"标签的客户。打标签:标签 客户 " + tag
	}
	var b strings.Builder
	fmt.Fprintf(&b, "标签 %s:%d 家", tag, min(len(found), 20))
	if len(found) > 20 {
		b.WriteString("(只列前 20 家)")
	}
	for i, c := range found[:min(len(found), 20)] {
		fmt.Fprintf(&b, "\n%d. %s · %s", i+1, c.Name, name(c.OwnerID))
	}
	return b.String()
}

// PoolKey names the warning of a customer that is about to go back.
func PoolKey(customer sales.ID) string { return "customer:" + customer.String() + "/pool" }

// PoolWarning tells an owner that a customer is about to go back to the open pool.
func PoolWarning(c sales.Customer, k sales.Keeping, lastDays int, today sales.Day) cards.Card {
	on := sales.DayOf(k.RecallAt.Time)
	last := "没有联系记录"
	if lastDays >= 0 {
		last = fmt.Sprintf("%d 天前", lastDays)
	}
	return cards.Card{
		Key: PoolKey(c.ID), Title: "快回公海 · " + c.Name, Level: cards.Warn,
		Fields: []cards.Field{
			{Name: "回公海", Value: on.ChineseFrom(today)},
			{Name: "原因", Value: k.Why},
			{Name: "上次联系", Value: last},
		},
		Note: "要留就点 我会跟进,或记一次拜访。发 为什么催我 看规则。",
		Buttons: []cards.Button{
			{Text: "我会跟进", Style: cards.Primary, Typed: "拜访 " + c.Name + " …", Action: cards.Action{Verb: "pool.keep", Record: int64(c.ID), Version: 1}},
			{Text: "放回公海", Style: cards.Danger, Typed: "放回公海 " + c.Name + " 原因", Action: cards.Action{Verb: "pool.release", Record: int64(c.ID), Version: 1}},
		},
	}
}
