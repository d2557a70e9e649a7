package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// ReasonOptions are the reasons offered with 退回 and 驳回 where a card has no line to write on. The first is what the
// platform sends when nothing was chosen: then the bot asks.
var ReasonOptions = []cards.Option{
	{ID: "say", Text: "点了按钮再写"},
	{ID: "payment", Text: "账期超过制度"},
	{ID: "prepay", Text: "预付比例太低"},
	{ID: "price", Text: "价格太低"},
	{ID: "delivery", Text: "交期做不到"},
	{ID: "clause", Text: "条款有风险"},
	{ID: "paper", Text: "附件缺失或不清楚"},
}

// ReasonText is the reason that was chosen or typed on a card; empty when there is none.
func ReasonText(input string) string {
	for i, o := range ReasonOptions {
		if o.ID == input {
			if i == 0 {
				return ""
			}
			return o.Text
		}
	}
	return strings.TrimSpace(input)
}

// TypedReason is ReasonText without the listed ones: a list always has something chosen, which says nothing of a tap
// that needs no reason.
func TypedReason(input string) string {
	for _, o := range ReasonOptions {
		if o.ID == input {
			return ""
		}
	}
	return strings.TrimSpace(input)
}

var entryWords = map[approval.Verb]string{
	approval.VerbSubmit: "提交", approval.VerbApprove: "同意", approval.VerbReject: "驳回", approval.VerbSendBack: "退回修改",
	approval.VerbResubmit: "重新提交", approval.VerbTransfer: "转交给", approval.VerbAddApprover: "加签", approval.VerbNudge: "催办",
	approval.VerbWithdraw: "撤回", approval.VerbComment: "留言", approval.VerbAuto: "自动通过", approval.VerbSkip: "跳过",
}

// EntryText is one line of a request's log: "3月11日 12:20 赵磊 同意:可以".
func EntryText(e approval.Entry) string {
	s := sales.FormatMoment(e.At.Time)
	if e.ActorName != "" {
		s += " " + e.ActorName
	}
	if e.ForName != "" {
		s += "(代 " + e.ForName + ")"
	}
	s += " " + entryWords[e.Verb]
	if e.TargetName != "" {
		s += " " + e.TargetName
	}
	if e.Comment != "" {
		s += ":" + clip(e.Comment, 60)
	}
	return s
}

// ApprovalLine is one request that waits.
type ApprovalLine struct {
	Request approval.Request
	Wait    approval.Wait
}

// ApprovalList is what waits for a person, in words. In a group the amounts are left out of the titles.
func ApprovalList(lines []ApprovalLine, more bool) string {
	if len(lines) == 0 {
		return "没有等你审批的。"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "等你审批 %d 份", len(lines))
	if more {
		b.WriteString("(只列最早的)")
	}
	for i, l := range lines {
		fmt.Fprintf(&b, "\n%d. %s · %s · %s · %s", i+1, l.Request.No, l.Request.Title, l.Request.RequesterName, l.Wait)
		if l.Wait.Over {
			b.WriteString(" 🔴")
		}
	}
	no := lines[0].Request.No
	b.WriteString("\n回 合同 " + no + " 看卡片,回 同意 " + no + " 就批,几份一起批把编号都写上。")
	return b.String()
}

// ContractList is a person's newest contracts in words.
func ContractList(contracts []sales.Contract, customer func(sales.ID) string, group bool, now time.Time) string {
	if len(contracts) == 0 {
		return "还没有合同。提交:提交合同 绍兴市立医院 生化分析仪 128万 30%预付 交期45天"
	}
	var b strings.Builder
	b.WriteString("最近的合同")
	for _, c := range contracts {
		money := c.Amount.Short()
		if group {
			money = c.Amount.Rounded()
		}
		fmt.Fprintf(&b, "\n%s · %s · %s · ", c.No, customer(c.CustomerID), money)
		if c.RequestID == 0 {
			b.WriteString("之前已签")
			continue
		}
		b.WriteString(contractStates[c.State] + " · " + sales.FormatTime(c.CreatedAt.Time, now))
	}
	b.WriteString("\n看一份:合同 " + contracts[0].No)
	return b.String()
}

// SignedContract is a contract that was signed before the bot came, in words.
func SignedContract(c sales.Contract, customer, owner string, group bool) string {
	money := c.Amount.String()
	if group {
		money = c.Amount.Rounded()
	}
	s := "**合同 " + c.No + "** · 之前已签\n客户 " + customer + "\n金额 " + money
	if owner != "" {
		s += "\n负责人 " + owner
	}
	return s
}

var contractStates = map[string]string{
	sales.ContractPending: "待审批", sales.ContractReturned: "已退回修改", sales.ContractApproved: "已通过",
	sales.ContractRejected: "已驳回", sales.ContractWithdrawn: "已撤回",
}

// ContractDraft is a contract that waits for its paper.
type ContractDraft struct {
	Key      string
	Contract sales.Contract
	Customer string
	Products []string
	Files    []string
	Findings []sales.Finding
	// Upload is the address of the one-time upload page, empty when there is none.
	Upload string
	// At names the draft in its buttons.
	At int64
}

// ContractDraftCard asks for the contract's paper, the last thing before it is submitted.
func ContractDraftCard(d ContractDraft) cards.Card {
	v := Contract{Contract: d.Contract, Customer: d.Customer, Findings: d.Findings}
	c := cards.Card{
		Key: d.Key, Title: "合同草稿", Status: d.Customer,
		Fields: []cards.Field{
			{Name: "产品", Value: orDash(strings.Join(d.Products, "、"))},
			{Name: "金额", Value: amountLine(v)},
			{Name: "付款", Value: paymentLine(v)},
			{Name: "交期", Value: deliveryLine(v)},
		},
	}
	tap := func(arg string) cards.Action {
		return cards.Action{Verb: "contract.draft", Version: d.At, Arg: arg}
	}
	submit := cards.Button{Text: "无附件提交", Typed: "无附件", Action: tap("submit")}
	switch {
	case len(d.Files) > 0:
		c.Fields = append(c.Fields, cards.Field{Name: "附件", Value: strings.Join(d.Files, "、")})
		c.Note = "对的话点提交;要改直接说,例:账期改成45天。"
		submit.Text, submit.Typed, submit.Style = "提交", "提交", cards.Primary
	case d.Upload != "":
		c.Note = "点 上传附件 传合同,传完就提交。要改直接说,例:账期改成45天。"
		c.Buttons = append(c.Buttons, cards.Button{Text: "上传附件", Style: cards.Primary, URL: d.Upload})
	default:
		c.Note = "把合同文件发给我就提交,没有就点 无附件提交。要改直接说,例:账期改成45天。"
	}
	c.Buttons = append(c.Buttons, submit, cards.Button{Text: "不提交了", Style: cards.Danger, Typed: "取消", Action: tap("drop")})
	return c
}

// ContractDraftClosed is a draft's card after its end.
func ContractDraftClosed(key, customer, closed string) cards.Card {
	return cards.Card{Key: key, Title: "合同草稿", Status: customer, Closed: closed}
}

func orDash(s string) string {
	if s == "" {
		return "没写"
	}
	return s
}
