package view

import (
	"fmt"
	"strings"

	"salesflow/store/sales"
)

// MyCustomers is what a person is in charge of, in words.
func MyCustomers(list []sales.MyCustomer, line string, more bool, today sales.Day) string {
	title := "你的客户"
	if line != "" {
		title += " · " + line
	}
	if len(list) == 0 {
		return title + ":还没有。发 公海 看能领的,或 新客户 名称 电话 行业。"
	}
	var b strings.Builder
	names := map[string]bool{}
	for _, c := range list {
		names[c.Name] = true
	}
	if more { // how many there are in all is not known here, so none is claimed
		fmt.Fprintf(&b, "%s,最久没联系的 %d 家", title, len(names))
	} else {
		fmt.Fprintf(&b, "%s %d 家", title, len(names))
	}
	for i, c := range list {
		fmt.Fprintf(&b, "\n%d. %s", i+1, c.Name)
		var scope []string
		for _, s := range []string{c.Part, c.Line} {
			if s != "" {
				scope = append(scope, s)
			}
		}
		if len(scope) > 0 {
			b.WriteString("(只管" + strings.Join(scope, " · ") + ")")
		}
		if c.Class != "" {
			b.WriteString(" · " + ClassName(c.Class))
		}
		if c.LastContactAt.IsZero() {
			b.WriteString(" · 没联系过")
		} else {
			b.WriteString(" · " + lastSeen(today.Sub(sales.DayOf(c.LastContactAt.Time))))
		}
	}
	b.WriteString("\n看一家:客户 " + list[0].Name)
	return b.String()
}

func lastSeen(days int) string {
	if days <= 0 {
		return "今天联系过"
	}
	return fmt.Sprintf("%d 天没联系", days)
}

// Structure is a customer's parts with who heads them there and who has them here.
type Structure struct {
	Customer, Owner string
	Parts           []StructureLine
	Lines           []string
}

// StructureLine is one part.
type StructureLine struct {
	Part, Head, Owner string
	People            []string
}

// StructureText is a customer's structure in words.
func StructureText(s Structure) string {
	var b strings.Builder
	b.WriteString("**" + s.Customer + "**")
	if s.Owner != "" {
		b.WriteString(" · 负责人 " + s.Owner)
	}
	if len(s.Parts)+len(s.Lines) == 0 {
		return b.String() + "\n还没有科室。加一个:科室 " + s.Customer + " 检验科 王主任"
	}
	for _, p := range s.Parts {
		b.WriteString("\n· " + p.Part)
		if p.Head != "" {
			b.WriteString(" · " + p.Head)
		}
		if len(p.People) > 0 {
			b.WriteString(" · " + strings.Join(p.People, "、"))
		}
		if p.Owner != "" {
			b.WriteString(" → " + p.Owner)
		}
	}
	if len(s.Lines) > 0 {
		b.WriteString("\n产品线:" + strings.Join(s.Lines, "、"))
	}
	return b.String()
}
