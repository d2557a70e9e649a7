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
	// Warn says that nobody in its way may bring about what it is for; empty where somebody may.
	Warn string
	Now  time.Time
	Face int64
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
	p.Brings, p.Brought = applicationBrings(x), x.EffectNote
	switch {
	case p.Brought != "":
		p.Fields = append(p.Fields, cards.Field{Name: "结果", Value: clip(p.Brought, 60)})
	case p.Brings != "":
		p.Fields = append(p.Fields, cards.Field{Name: "通过后", Value: clip(p.Brings, 60)})
	}
	p.Says = v.says()
	p.Note = applicationNote(v)
	if x.Body != "" {
		p.Detail = append(p.Detail, "说明 "+x.Body)
	}
	if x.Rule != "" {
		p.Detail = append(p.Detail, "规则\""+x.Rule+"\"发起")
	}
	return p
}

// applicationBrings says what the approval of an application brings about: 放行 HT2026-001 的货, 级别改成 KA.
func applicationBrings(x sales.Application) string {
	if x.Effect.Do != sales.EffectRelease {
		return x.Effect.Words()
	}
	title := strings.TrimSpace(strings.TrimPrefix(x.AboutTitle, "合同 "))
	no, _, _ := strings.Cut(title, " ")
	return "放行 " + no + " 的货"
}

// says is an application in words, for who reads it outside its cards.
func (v Application) says() Says {
	x := v.Application
	s := Says{Lines: [][2]string{{"事由", x.Topic}}, Terms: x.Body}
	for _, l := range [][2]string{{"关于", x.AboutTitle}, {"理由", x.Body}, {"通过后", applicationBrings(x)}, {"规则", x.Rule}} {
		if l[1] != "" {
			s.Lines = append(s.Lines, l)
		}
	}
	return s
}

func applicationNote(v Application) string {
	var parts []string
	if v.Warn != "" {
		parts = append(parts, v.Warn)
	}
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
	return sentences(parts...)
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
