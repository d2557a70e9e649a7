package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Answers to a question about a field other than a value.
const (
	FillSkip = "=skip"
	FillStop = "=stop"
)

// Fill is a question about one field of a customer.
type Fill struct {
	Key, Customer string
	Field         sales.DetailField
	// Old is the value it has, Said what was just taken down.
	Old, Said string
	Done, Of  int
	Record    sales.ID
	At        int64
}

// FillOptions are the answers offered for a field, as many as fit beside the two ways out.
func FillOptions(f sales.DetailField) []string {
	return f.Options[:min(len(f.Options), cards.MaxButtons-2)]
}

// FillQuestion asks for one field: the likely answers as buttons, any other typed.
func FillQuestion(v Fill) cards.Card {
	ask := v.Field.Ask
	c := cards.Card{Key: v.Key, Title: clip(v.Customer, cards.MaxTitle-12), Status: fmt.Sprintf("资料 %d/%d", v.Done, v.Of)}
	if strings.HasPrefix(ask, "的") || strings.HasPrefix(ask, "在") {
		ask = "这家" + ask
	}
	c.Note = v.Said + ask
	if v.Said != "" {
		c.Note = "记下了," + v.Said + ask
	}
	if len(v.Field.Options) == 0 {
		c.Note += "例:" + v.Field.Example
	} else {
		c.Note += "别的就直接打字。"
	}
	if v.Old != "" {
		c.Fields = append(c.Fields, cards.Field{Name: "现在", Value: clip(v.Old, 60)})
	}
	tap := func(arg string) cards.Action {
		return cards.Action{Verb: "customer.fill", Record: int64(v.Record), Version: v.At, Arg: v.Field.Key + "," + arg}
	}
	for i, o := range FillOptions(v.Field) {
		c.Buttons = append(c.Buttons, cards.Button{Text: clip(o, cards.MaxButtonText), Typed: fmt.Sprint(i + 1), Action: tap(o)})
	}
	c.Buttons = append(c.Buttons, cards.Button{Text: "跳过", Typed: "跳过", Action: tap(FillSkip)}, cards.Button{Text: "先到这", Typed: "先到这", Action: tap(FillStop)})
	return c
}

// MaxRecommended is how many products are recommended to a customer.
const MaxRecommended = 3

// Recommendation is the card that a complete customer brings: products for its industry, each with a line to say.
func Recommendation(c sales.Customer, products []sales.Product) cards.Card {
	card := cards.Card{
		Key: "customer:" + c.ID.String() + "/recommend", Title: "资料齐了", Status: clip(c.Name, 24), Level: cards.OK,
		Note: "下次去可以提一句。记拜访:拜访 " + c.Name + " 联系人 聊了什么",
	}
	for i, p := range products[:min(len(products), MaxRecommended)] {
		value := p.Name
		if p.Talk != "" {
			value += ":" + clip(p.Talk, 60)
		}
		card.Fields = append(card.Fields, cards.Field{Name: fmt.Sprintf("推荐%d", i+1), Value: value})
	}
	return card
}

// CustomerDetails is what is known of a customer beside its name and phone.
type CustomerDetails struct {
	Customer    sales.Customer
	Details     []sales.Detail
	Lacking     []sales.DetailField
	Of          int
	Recommended []sales.Product
	Letters     []sales.Authorisation
	Products    map[sales.ID]string
	Today       sales.Day
}

// CustomerDetailsText is that in lines that follow a customer's page.
func CustomerDetailsText(v CustomerDetails) string {
	var b strings.Builder
	var known []string
	for _, f := range sales.DetailFields {
		if s := sales.DetailOf(v.Customer, v.Details, f.Key); s != "" {
			known = append(known, f.Name+" "+clip(s, 30))
		}
	}
	if len(known) > 0 {
		b.WriteString("\n" + strings.Join(known, " · "))
	}
	if len(v.Lacking) > 0 {
		fmt.Fprintf(&b, "\n资料 %d/%d,缺 %s。补:补资料 %s", v.Of-len(v.Lacking), v.Of, fieldNames(v.Lacking), v.Customer.Name)
	}
	for _, p := range v.Recommended {
		b.WriteString("\n推荐 " + p.Name)
		if p.Talk != "" {
			b.WriteString(":" + clip(p.Talk, 60))
		}
	}
	for _, l := range v.Letters {
		fmt.Fprintf(&b, "\n授权书 %s 到 %s", v.Products[l.ProductID], l.Until.ChineseFrom(v.Today))
	}
	return b.String()
}

func fieldNames(list []sales.DetailField) string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Name
	}
	return strings.Join(names, "、")
}

// CompletenessRow is one person's customers.
type CompletenessRow struct {
	Name string
	sales.Completeness
}

// LackingCustomer is a customer and what it lacks.
type LackingCustomer struct {
	Name  string
	Lacks []sales.DetailField
}

// CompletenessList is whose customers lack what.
type CompletenessList struct {
	Fields    []string
	Rows      []CompletenessRow
	Customers []LackingCustomer
	Group     bool
}

// maxCompleteness bounds the list; who leads more people asks for one by name.
const maxCompleteness = 20

// CompletenessText is the list in words, the least complete first.
func CompletenessText(v CompletenessList) string {
	slices.SortStableFunc(v.Rows, func(a, b CompletenessRow) int {
		return cmp.Compare(a.Complete*max(b.Total, 1), b.Complete*max(a.Total, 1))
	})
	total, complete := 0, 0
	for _, r := range v.Rows {
		total, complete = total+r.Total, complete+r.Complete
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**客户完整度** %d 家,资料齐 %d 家(%d%%)", total, complete, percent(complete, total))
	for i, r := range v.Rows {
		if i == maxCompleteness {
			fmt.Fprintf(&b, "\n还有 %d 人,后面带名字单看。", len(v.Rows)-i)
			break
		}
		fmt.Fprintf(&b, "\n%s:%d 家,齐 %d 家", r.Name, r.Total, r.Complete)
		if s := worst(r.Completeness, v.Fields); s != "" {
			b.WriteString(",缺 " + s)
		}
	}
	for _, c := range v.Customers {
		b.WriteString("\n· " + c.Name + ":缺 " + fieldNames(c.Lacks))
	}
	if len(v.Customers) > 0 {
		b.WriteString("\n补:补资料 " + v.Customers[0].Name)
	} else if len(v.Rows) > 1 {
		b.WriteString("\n单看一个人:客户完整度 " + v.Rows[0].Name)
	}
	return b.String()
}

// worst names the three fields that are missing most.
func worst(c sales.Completeness, fields []string) string {
	var list []sales.DetailField
	for _, f := range sales.DetailFields {
		if slices.Contains(fields, f.Key) && c.Lacks[f.Key] > 0 {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b sales.DetailField) int { return cmp.Compare(c.Lacks[b.Key], c.Lacks[a.Key]) })
	var out []string
	for _, f := range list[:min(len(list), 3)] {
		out = append(out, fmt.Sprintf("%s %d", f.Name, c.Lacks[f.Key]))
	}
	return strings.Join(out, "、")
}

func percent(n, of int) int {
	if of == 0 {
		return 0
	}
	return n * 100 / of
}
