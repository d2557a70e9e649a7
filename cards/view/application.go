package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Application is an application with its approval and the names its cards show (审批申请).
type Application struct {
	Application sales.Application
	Request     approval.Request
	Customer    string
	Files       []string
	Wait        approval.Wait
	Now         time.Time
	Face        int64
}

// Paper is the application as any record under approval.
func (v Application) Paper() Paper {
	x := v.Application
	p := Paper{
		Object: "application", ID: x.ID, No: x.No, Amount: x.Amount, Request: v.Request, Customer: v.Customer, Wait: v.Wait, Now: v.Now, Face: v.Face,
	}
	p.Fields = append(p.Fields, cards.Field{Name: "事由", Value: x.Topic})
	if x.AboutTitle != "" {
		p.Fields = append(p.Fields, cards.Field{Name: "关于", Value: clip(x.AboutTitle, 60)})
	}
	if v.Customer != "" && !strings.Contains(x.AboutTitle, v.Customer) {
		p.Fields = append(p.Fields, cards.Field{Name: "客户", Value: v.Customer})
	}
	if x.Amount > 0 {
		p.Fields = append(p.Fields, cards.Field{Name: "金额", Value: x.Amount.String()})
	}
	p.Note = applicationNote(v)
	if x.Body != "" {
		p.Detail = append(p.Detail, "说明 "+x.Body)
	}
	if x.Rule != "" {
		p.Detail = append(p.Detail, "规则\""+x.Rule+"\"发起")
	}
	return p
}

func applicationNote(v Application) string {
	var parts []string
	if last := lastDecision(v.Request); last.Comment != "" && (v.Request.State == approval.Rejected || v.Request.State == approval.Returned) {
		parts = append(parts, "原因:"+clip(last.Comment, 80)+"。")
	}
	if v.Application.Body != "" {
		parts = append(parts, clip(strings.TrimRight(v.Application.Body, "。"), 100)+"。")
	}
	if v.Application.Rule != "" {
		parts = append(parts, "规则\""+v.Application.Rule+"\"发起。")
	}
	if len(v.Files) > 0 {
		parts = append(parts, "附件:"+clip(strings.Join(v.Files, "、"), 60)+"。")
	}
	return strings.Join(parts, " ")
}

var applicationStates = map[string]string{
	sales.ContractPending: "待审批", sales.ContractReturned: "已退回修改", sales.ContractApproved: "已通过", sales.ContractRejected: "已驳回",
	sales.ContractWithdrawn: "已撤回",
}

// ApplicationList is a person's newest applications in words.
func ApplicationList(list []sales.Application, now time.Time) string {
	if len(list) == 0 {
		return "还没有审批申请。提一份:审批申请 绍兴市立医院 延长账期 客户月底才结账"
	}
	var b strings.Builder
	b.WriteString("最近的审批申请")
	for _, x := range list {
		fmt.Fprintf(&b, "\n%s · %s", x.No, x.Topic)
		if x.AboutTitle != "" {
			b.WriteString(" · " + clip(x.AboutTitle, 30))
		}
		fmt.Fprintf(&b, " · %s · %s", applicationStates[x.State], sales.FormatTime(x.CreatedAt.Time, now))
	}
	b.WriteString("\n看一份:审批申请 " + list[0].No)
	return b.String()
}
