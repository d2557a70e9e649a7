package view

import (
	"strconv"
	"strings"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// DelegationList is what a person has delegated, in words.
func DelegationList(list []sales.Delegation, name func(sales.PersonID) string) string {
	if len(list) == 0 {
		return "没有委托。请人代审发:委托 孙静 明天到周五"
	}
	var b strings.Builder
	b.WriteString("审批委托")
	for i, d := range list {
		what := "全部审批"
		if len(d.Kinds) > 0 {
			var kinds []string
			for _, k := range d.Kinds {
				kinds = append(kinds, approval.Kind(k).Noun())
			}
			what = strings.Join(kinds, "、")
		}
		b.WriteString("\n" + strconv.Itoa(i+1) + ". " + name(d.DeputyID) + " · " + d.Span() + " · " + what)
	}
	b.WriteString("\n收回发:取消委托 1")
	return b.String()
}
