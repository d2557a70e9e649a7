package view

import (
	"fmt"
	"strconv"
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
	approval.VerbSupplement: "补充", approval.VerbCopy: "抄送", approval.VerbDeputy: "代理",
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
	Request  approval.Request
	Wait     approval.Wait
	Findings int    // clauses or prices outside the company's limits
	For      string // who the reader stands in for; empty: nobody
}

func (l ApprovalLine) marks() string {
	s := ""
	if l.For != "" {
		s += " · 代 " + l.For
	}
	if l.Findings > 0 {
		s += " · ⚠ " + strconv.Itoa(l.Findings) + " 处超制度"
	}
	if l.Wait.Over {
		s += " 🔴"
	}
	return s
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
		fmt.Fprintf(&b, "\n%d. %s · %s · %s · %s%s", i+1, l.Request.No, l.Request.Title, l.Request.RequesterName, l.Wait, l.marks())
	}
	r := lines[0].Request
	b.WriteString("\n回 " + r.Kind.Noun() + " " + r.No + " 看卡片,回 同意 " + r.No + " 就批,几份一起批把编号都写上。")
	return b.String()
}

// batchKey names a person's list of approvals.
func batchKey(p sales.PersonID) string { return "approvals:" + p.String() + "/own" }

// ApprovalBatch is a person's list of approvals as a card, with one button that approves those nothing speaks against;
// false when there are no two lines.
func ApprovalBatch(p sales.PersonID, lines []ApprovalLine, most int, now time.Time) (cards.Card, bool) {
	if len(lines) < 2 {
		return cards.Card{}, false
	}
	c := cards.Card{Key: batchKey(p), Title: "等你审批 " + strconv.Itoa(len(lines)) + " 份", Status: sales.FormatTime(now, now)}
	var refs, nos []string
	for i, l := range lines {
		if i < cards.MaxFields {
			c.Fields = append(c.Fields, cards.Field{
				Name: l.Request.Kind.Noun(), Value: l.Request.No + " " + clip(l.Request.Title, 24) + " · " + l.Request.RequesterName + " · 已等 " +
					sales.Waited(l.Wait.Waited) + l.marks(),
			})
		}
		if l.Findings == 0 && i < cards.MaxFields && len(refs) < most {
			refs, nos = append(refs, batchRef(l.Request)), append(nos, l.Request.No)
		}
	}
	for i, f := range c.Fields {
		c.Fields[i].Name = clip(f.Name, cards.MaxFieldName)
	}
	first := lines[0].Request
	c.Note = "看一份:回 " + first.Kind.Noun() + " " + first.No + "。"
	if len(refs) > 0 {
		together := "没有超制度的 " + strconv.Itoa(len(refs)) + " 份可以一起批,其余单独看。"
		if len(refs) == len(lines) {
			together = "都没有超制度,可以一起批。"
		}
		c.Note = together + c.Note
		c.Buttons = []cards.Button{{
			Text: "同意这 " + strconv.Itoa(len(refs)) + " 份", Style: cards.Primary, Typed: "同意 " + strings.Join(nos, " "),
			Action: cards.Action{Verb: "approval.batch", Arg: strings.Join(refs, ",")},
		}}
	}
	return c, true
}

// batchRef names a request as a list card showed it: id and version.
func batchRef(r approval.Request) string {
	return strconv.FormatInt(int64(r.ID), 36) + "." + strconv.FormatInt(r.Version, 36)
}

// ReadBatchRef reads what a list card's button says of one request.
func ReadBatchRef(s string) (sales.ID, int64, bool) {
	id, version, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(id, 36, 64)
	v, verr := strconv.ParseInt(version, 36, 64)
	return sales.ID(n), v, err == nil && verr == nil && n > 0
}

// ApprovalBatchDone is the list card after its button.
func ApprovalBatchDone(p sales.PersonID, done, left []string, now time.Time) cards.Card {
	c := cards.Card{Key: batchKey(p), Title: "批量审批", Status: "同意 " + strconv.Itoa(len(done)) + " 份", Level: cards.OK}
	if len(done) > 0 {
		c.Fields = append(c.Fields, cards.Field{Name: "已同意", Value: strings.Join(done, "、")})
	}
	if len(left) > 0 {
		c.Fields, c.Level = append(c.Fields, cards.Field{Name: "没批", Value: strings.Join(left, ";")}), cards.Warn
	}
	c.Closed = "批完 · " + sales.FormatMoment(now)
	return c
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
	// Taxed says how an amount without tax became one with it; empty when it was said with tax.
	Taxed string
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
	c.Note = strings.TrimSpace(d.Taxed + " " + c.Note)
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
