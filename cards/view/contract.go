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

// Contract is a contract and its approval with the names its cards show.
type Contract struct {
	Contract sales.Contract
	Request  approval.Request
	Customer string
	// Class is the customer's class ("A"), empty when it has none.
	Class    string
	Products []string
	Files    []string
	Findings []sales.Finding
	Wait     approval.Wait
	Now      time.Time
	// More shows the second row of buttons; Face tells this face from the one before, so that a repeated 更多 is not
	// taken for the same tap.
	More bool
	Face int64
	// Hint is a sentence that leads the note: who nudged, that it is waiting.
	Hint string
	// Link opens the platform's own approval where the contract is decided; empty when it is decided here, or there is none.
	Link string
}

// Terms are the clauses of a contract as the rules check them. What was not said is zero.
func Terms(c sales.Contract) sales.ContractTerms {
	return sales.ContractTerms{
		Amount: c.Amount, PrepayPercent: sales.Percents(max(c.PrepayPercent, 0)), PaymentDays: max(c.PaymentDays, 0),
		DeliveryDays: max(c.DeliveryDays, 0), DiscountPercent: sales.Percents(max(c.DiscountPercent, 0)),
	}
}

// Findings are the clauses of a contract outside the company's limits. A clause that was not said is not judged.
func Findings(c sales.Contract, l sales.ClauseLimits) []sales.Finding {
	if c.PrepayPercent < 0 {
		l.MinPrepayPercent, l.CreditLimit = 0, 0
	}
	return sales.CheckTerms(Terms(c), l)
}

// ContractKey names one of a contract's cards: "requester", "group" or "watch".
func ContractKey(id sales.ID, who string) string { return "contract:" + id.String() + "/" + who }

// ContractStepKey names the card of those who approve in a step, from 0.
func ContractStepKey(id sales.ID, step int) string {
	return ContractKey(id, "step:"+strconv.Itoa(step+1))
}

// ContractForRequester is the card of who submitted the contract.
func ContractForRequester(v Contract) cards.Card {
	c := contractCard(v, ContractKey(v.Contract.ID, "requester"))
	switch v.Request.State {
	case approval.Pending:
		c.Status = "等 " + v.Request.NextText()
		if at := v.Request.NudgedAt; !at.IsZero() {
			c.Note = "已催办 " + sales.FormatMoment(at.Time) + "。 " + c.Note
		}
		c.Buttons = []cards.Button{
			v.button("催办", "contract.nudge", cards.Primary), v.button("详情", "contract.detail", cards.Normal),
			v.button("撤回", "contract.withdraw", cards.Danger),
		}
		v.placed(&c, true)
	case approval.Returned:
		c.Level = cards.Warn
		c.Buttons = []cards.Button{
			v.button("重新提交", "contract.resubmit", cards.Primary), v.button("详情", "contract.detail", cards.Normal),
			v.button("撤回", "contract.withdraw", cards.Danger),
		}
	}
	return c
}

// ContractForStep is the card of those who approve in a step: with buttons while it is their turn, else with what they
// decided.
func ContractForStep(v Contract, step int) cards.Card {
	c := contractCard(v, ContractStepKey(v.Contract.ID, step))
	r := v.Request
	if r.State != approval.Pending || step != r.Step {
		if c.Closed == "" && step < len(r.Steps) {
			c.Closed = stepClosed(r, step)
		}
		return c
	}
	c.Title, c.Status, c.Level = "合同待审批 · "+v.Contract.No, "等你处理", cards.Warn
	if handedOn(r.Steps[step]) { // some who hold this card have nothing to do any more
		c.Status = "等 " + r.NextText()
	}
	if r.Placed() != "" {
		v.placed(&c, false)
		return c
	}
	var only []int64
	for _, p := range r.Turn() {
		only = append(only, int64(p.ID))
	}
	if v.More {
		c.Status = "更多"
		c.Buttons = []cards.Button{
			v.button("转交", "contract.transfer", cards.Primary), v.button("加签", "contract.addsign", cards.Normal),
			v.button("详情", "contract.detail", cards.Normal), v.button("附件", "contract.files", cards.Normal),
			v.button("返回", "contract.more", cards.Normal),
		}
	} else {
		c.Buttons = []cards.Button{
			v.button("同意", "contract.approve", cards.Primary), v.button("退回修改", "contract.sendback", cards.Normal),
			v.button("驳回", "contract.reject", cards.Danger), v.button("更多", "contract.more", cards.Normal),
		}
		c.Input = &cards.Input{Key: "reason", Placeholder: "退回、驳回写原因"}
		c.Choice = &cards.Choice{Key: "reason", Title: "原因", Options: ReasonOptions}
	}
	for i := range c.Buttons {
		c.Buttons[i].Only = only
	}
	return c
}

// handedOn reports whether a step has been passed on or signed in part.
func handedOn(s approval.Step) bool {
	for _, a := range s.Approvers {
		if a.AddedBy != 0 || a.State == approval.ApproverTransferred || a.State == approval.ApproverApproved {
			return true
		}
	}
	return false
}

// ContractForWatcher is the card of somebody who may see the contract and has no part in it.
func ContractForWatcher(v Contract) cards.Card {
	c := contractCard(v, ContractKey(v.Contract.ID, "watch"))
	if v.Request.State == approval.Pending {
		c.Status = "等 " + v.Request.NextText()
		c.Buttons = []cards.Button{v.button("催办", "contract.nudge", cards.Primary), v.button("详情", "contract.detail", cards.Normal)}
		v.placed(&c, true)
	}
	return c
}

// ContractForGroup is the card a group sees: a rounded amount, no terms.
func ContractForGroup(v Contract) cards.Card {
	c := contractCard(v, ContractKey(v.Contract.ID, "group"))
	c.Fields = []cards.Field{
		{Name: "客户", Value: v.Customer},
		{Name: "金额", Value: v.Contract.Amount.Rounded()},
		{Name: "提交", Value: submittedLine(v)},
	}
	c.Fields = appendPath(c.Fields, v.Request)
	c.Note = "详情请单聊我。"
	if v.Request.State == approval.Pending {
		c.Status = "等 " + v.Request.NextText()
		c.Buttons = []cards.Button{v.button("催办", "contract.nudge", cards.Primary), v.button("撤回", "contract.withdraw", cards.Danger)}
		v.placed(&c, true)
	}
	return c
}

// ContractFaces are all faces of a contract's cards as they should look now.
func ContractFaces(v Contract) []cards.Card {
	v.More, v.Hint = false, ""
	faces := []cards.Card{ContractForRequester(v), ContractForGroup(v), ContractForWatcher(v)}
	for i := range v.Request.Steps {
		faces = append(faces, ContractForStep(v, i))
	}
	return faces
}

// typedForms are the chat messages that do what a button does.
var typedForms = map[string]string{
	"contract.approve": "同意", "contract.sendback": "退回", "contract.reject": "驳回", "contract.transfer": "转交",
	"contract.addsign": "加签", "contract.nudge": "催办", "contract.withdraw": "撤回", "contract.resubmit": "重新提交",
	"contract.detail": "合同", "contract.files": "附件", "contract.more": "合同",
}

func (v Contract) button(text, verb string, style cards.Style) cards.Button {
	typed := typedForms[verb] + " " + v.Contract.No
	switch verb {
	case "contract.sendback", "contract.reject":
		typed += " 原因"
	case "contract.transfer", "contract.addsign":
		typed += " 姓名"
	}
	a := cards.Action{Verb: verb, Record: int64(v.Contract.ID), Version: v.Request.Version}
	if v.Face > 0 {
		a.Arg = strconv.FormatInt(v.Face, 10)
	}
	if verb == "contract.more" {
		a.Arg = "open," + a.Arg
		if v.More {
			a.Arg = "close" + strings.TrimPrefix(a.Arg, "open")
		}
	}
	return cards.Button{Text: text, Style: style, Typed: typed, Action: a}
}

// contractCard is what every card of a contract shows.
func contractCard(v Contract, key string) cards.Card {
	word, closed, level := standing(v.Request)
	c := cards.Card{
		Key: key, Title: word + " · " + v.Contract.No, Level: level, Closed: closed,
		Fields: []cards.Field{
			{Name: "客户", Value: customerLine(v)},
			{Name: "金额", Value: amountLine(v)},
			{Name: "付款", Value: paymentLine(v)},
			{Name: "交期", Value: deliveryLine(v)},
			{Name: "提交", Value: submittedLine(v)},
		},
		Note: contractNote(v),
	}
	c.Fields = appendPath(c.Fields, v.Request)
	if v.Request.State != approval.Pending && v.Request.State != approval.Returned {
		c.Status = v.Customer
	}
	return c
}

// appendPath adds the way of a request; of one that was withdrawn at once none is left.
func appendPath(fields []cards.Field, r approval.Request) []cards.Field {
	if path := r.Path(); path != "" {
		fields = append(fields, cards.Field{Name: "流程", Value: path})
	}
	return fields
}

// standing says where a request stands: the words for the card's title, the line in place of the buttons when nothing
// can be done any more, and the colour.
func standing(r approval.Request) (word, closed string, level cards.Level) {
	last := lastDecision(r)
	by := last.ActorName + " " + sales.FormatMoment(last.At.Time)
	noun := r.Kind.Noun()
	switch r.State {
	case approval.Approved:
		if last.Verb != approval.VerbApprove {
			by = "不用审批 " + sales.FormatMoment(r.DecidedAt.Time)
		}
		return noun + "已通过", "已通过 · " + by, cards.OK
	case approval.Rejected:
		return noun + "已驳回", "已驳回 · " + by, cards.Alert
	case approval.Withdrawn:
		return noun + "已撤回", "已撤回 · " + by, cards.Plain
	case approval.Returned:
		return noun + "已退回修改", "", cards.Warn
	}
	if r.Step > 0 && r.Step <= len(r.Steps) {
		return noun + "已通过" + r.Steps[r.Step-1].RoleName, "", cards.Plain
	}
	return noun + "待审批", "", cards.Plain
}

// lastDecision is the last entry by which somebody decided something.
func lastDecision(r approval.Request) approval.Entry {
	for i := len(r.Log) - 1; i >= 0; i-- {
		switch r.Log[i].Verb {
		case approval.VerbApprove, approval.VerbReject, approval.VerbSendBack, approval.VerbWithdraw:
			return r.Log[i]
		}
	}
	return approval.Entry{}
}

// stepClosed is what stands in place of the buttons on the card of a step that is not at work.
func stepClosed(r approval.Request, step int) string {
	if r.State == approval.Returned {
		last := lastDecision(r)
		return "已退回修改 · " + last.ActorName + " " + sales.FormatMoment(last.At.Time)
	}
	for _, a := range r.Steps[step].Approvers {
		if a.State == approval.ApproverApproved {
			name := a.Name
			if a.By != 0 {
				name = a.ByName
			}
			return "已通过" + r.Steps[step].RoleName + " · " + name + " " + sales.FormatMoment(a.At.Time)
		}
	}
	return "还没到这一步"
}

func customerLine(v Contract) string {
	if v.Class == "" {
		return v.Customer
	}
	return v.Customer + "(" + v.Class + " 类)"
}

// mark is what stands behind a clause that is outside its limit.
func (v Contract) mark(c sales.Clause) string {
	for _, f := range v.Findings {
		if f.Clause == c {
			return " " + f.Mark
		}
	}
	return ""
}

func amountLine(v Contract) string {
	s := v.Contract.Amount.String()
	if d := v.Contract.DiscountPercent; d > 0 && d != 100 {
		s += "(标准价 " + sales.Percents(d).Discount() + ")"
	}
	return s + v.mark(sales.ClauseDiscount) + v.mark(sales.ClauseCredit)
}

func paymentLine(v Contract) string {
	c := v.Contract
	t := Terms(c)
	s := ""
	switch {
	case c.PrepayPercent < 0 && c.PaymentDays < 0:
		s = "没写"
	case c.PaymentDays < 0 && c.PrepayPercent == 0:
		s = "无预付,账期没写"
	case c.PaymentDays < 0 && c.PrepayPercent < 100:
		s = t.PrepayPercent.String() + " 预付,余款账期没写"
	default:
		s = t.PaymentText()
	}
	return s + v.mark(sales.ClausePrepay) + v.mark(sales.ClausePayment)
}

func deliveryLine(v Contract) string {
	if v.Contract.DeliveryDays < 0 {
		return "没写"
	}
	return strconv.Itoa(v.Contract.DeliveryDays) + " 天" + v.mark(sales.ClauseDelivery)
}

func submittedLine(v Contract) string {
	if v.Request.State == approval.Pending { // short enough for one line of a phone, so without the time of day
		_, month, day := sales.DayOf(v.Request.RoundSince.Time).Date()
		return fmt.Sprintf("%s %d月%d日,%s", v.Request.RequesterName, month, day, v.Wait)
	}
	return v.Request.RequesterName + " " + sales.FormatMoment(v.Request.RoundSince.Time)
}

func contractNote(v Contract) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(v.Hint)
	if last := lastDecision(v.Request); last.Comment != "" && (v.Request.State == approval.Rejected || v.Request.State == approval.Returned) {
		add("原因:" + clip(last.Comment, 80) + "。")
	}
	if n := len(v.Findings); n > 0 && v.Request.State == approval.Pending {
		add("有 " + strconv.Itoa(n) + " 处超制度,同意等于破例。")
	}
	if len(v.Products) > 0 {
		add("产品:" + clip(strings.Join(v.Products, "、"), 60) + "。")
	}
	if len(v.Files) > 0 {
		add("附件:" + clip(strings.Join(v.Files, "、"), 60) + "。")
	} else {
		add("没有附件。")
	}
	return strings.Join(parts, " ")
}

// ContractDetail is everything about a contract in words: terms, paper, and who did what when.
func ContractDetail(v Contract) string {
	var b strings.Builder
	word, _, _ := standing(v.Request)
	b.WriteString("**" + word + " · " + v.Contract.No + "**")
	for _, f := range contractCard(v, "").Fields {
		b.WriteString("\n" + f.Name + " " + f.Value)
	}
	if v.Contract.Terms != "" {
		b.WriteString("\n原话 " + clip(v.Contract.Terms, 200))
	}
	b.WriteString("\n" + contractNote(v))
	entries := v.Request.Log
	if n := len(entries); n > 12 {
		b.WriteString("\n…前面还有 " + strconv.Itoa(n-12) + " 条")
		entries = entries[n-12:]
	}
	for _, e := range entries {
		b.WriteString("\n" + EntryText(e))
	}
	return b.String()
}
