package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// ProductCard is one product: what it costs, how low it may go, whether it may still be sold.
func ProductCard(p sales.Product, owner string, today sales.Day, group bool) cards.Card {
	c := cards.Card{Key: "product:" + p.ID.String(), Title: clip(p.Name, 30), Status: p.Line}
	add := func(name, value string) {
		if value != "" && len(c.Fields) < cards.MaxFields {
			c.Fields = append(c.Fields, cards.Field{Name: name, Value: value})
		}
	}
	add("型号", strings.TrimSpace(p.Model))
	switch {
	case group:
	case p.ListPrice > 0:
		price := p.ListPrice.String()
		if p.Unit != "" {
			price += " / " + p.Unit
		}
		if p.FloorPercent > 0 {
			price += fmt.Sprintf(",低于 %s要特批", discount(p.FloorPercent))
		}
		add("标准价", price)
	}
	add("注册证", p.CertNo)
	if !p.CertUntil.IsZero() {
		value := p.CertUntil.ChineseFrom(today)
		switch days := p.CertUntil.Sub(today); {
		case days < 0:
			c.Level, c.Status = cards.Alert, "注册证已过期"
		case days <= sales.CertificateSoon:
			c.Level, c.Status = cards.Warn, "注册证快到期"
		}
		add("有效期", value)
	}
	add("适用", p.Industries)
	add("负责人", owner)
	if len(c.Fields) == 0 {
		add("产品", p.Name)
	}
	if p.Talk != "" {
		c.Note = "话术:" + clip(p.Talk, 80)
	}
	if group {
		c.Note = strings.TrimSpace(c.Note + " 价格单聊我。")
	}
	if len(p.Files) > 0 {
		c.Buttons = []cards.Button{{
			Text: fmt.Sprintf("要资料(%d)", len(p.Files)), Typed: "产品资料 " + p.Name,
			Action: cards.Action{Verb: "product.files", Record: int64(p.ID)},
		}}
	}
	return c
}

// discount is a percentage as a discount: 85 is 8.5 折.
func discount(percent int) string {
	if percent%10 == 0 {
		return fmt.Sprintf("%d 折", percent/10)
	}
	return fmt.Sprintf("%d.%d 折", percent/10, percent%10)
}

// ProductList is all products by product line.
func ProductList(list []sales.Product) string {
	if len(list) == 0 {
		return "还没有产品。管理员发 导入 产品 拿模板。"
	}
	var lines []string
	of := map[string][]string{}
	for _, p := range list {
		line := p.Line
		if line == "" {
			line = "其他"
		}
		if of[line] == nil {
			lines = append(lines, line)
		}
		of[line] = append(of[line], p.Name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**产品** %d 个", len(list))
	for _, l := range lines {
		names := of[l]
		b.WriteString("\n" + l + ":" + strings.Join(names[:min(len(names), 12)], "、"))
		if len(names) > 12 {
			fmt.Fprintf(&b, " 等 %d 个", len(names))
		}
	}
	return b.String() + "\n看一个:产品 " + list[0].Name
}

// AuthorisationCard is a letter of authorisation that was just kept.
func AuthorisationCard(l sales.Authorisation, customer, product string, today sales.Day) cards.Card {
	c := cards.Card{
		Key: "authorisation:" + l.ID.String(), Title: "授权书已记", Status: l.No, Level: cards.OK,
		Fields: []cards.Field{{Name: "客户", Value: customer}, {Name: "产品", Value: product}, {Name: "到期", Value: l.Until.ChineseFrom(today)}},
		Note:   "到期前 90、30、7 天和当天提醒。",
	}
	if l.FileID != 0 {
		c.Fields = append(c.Fields, cards.Field{Name: "扫描件", Value: "已存"})
	}
	return c
}

// AuthorisationList is a customer's letters in words.
func AuthorisationList(customer string, list []sales.Authorisation, products map[sales.ID]string, today sales.Day) string {
	if len(list) == 0 {
		return customer + "没有有效的授权书。新记:授权 " + customer + " 产品 到 2026-12-31 编号 SQ2026-001"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** 授权书 %d 份", customer, len(list))
	for _, l := range list {
		mark := ""
		switch days := l.Until.Sub(today); {
		case days < 0:
			mark = " 🔴 已过期"
		case days <= sales.AuthorisationSoon:
			mark = " 🟡"
		}
		fmt.Fprintf(&b, "\n%s · %s · 到 %s%s", products[l.ProductID], l.No, l.Until.ChineseFrom(today), mark)
	}
	return b.String()
}
