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

// Paper is any record under approval as its cards show it: a contract, a quote, a request for a special price.
type Paper struct {
	// Object is what the record's events, audit rows and buttons begin with: "contract".
	Object   string
	ID       sales.ID
	No       string
	Owner    sales.PersonID // whose it is now
	Amount   sales.Money
	Request  approval.Request
	Customer string
	// Fields are at most four, most important first; the submission and the way of the request follow.
	Fields []cards.Field
	Note   string
	// Findings counts what an approver should look at twice.
	Findings int
	// Detail are further lines of the record told in words.
	Detail []string
	Elsewhere
	// Says is the record in words for whoever reads it outside its cards.
	Says Says
	// Brings is what the approval brings about by itself, Brought what became of that once it was given; empty where nothing is.
	Brings, Brought string
	// Next are the requester's buttons once it is approved.
	Next []cards.Button
	Wait approval.Wait
	Now  time.Time
	// More shows the second row of buttons; Face tells this face from the one before, so that a repeated 更多 is not
	// taken for the same tap.
	More bool
	Face int64
}

// PaperKey names one of a record's cards: "requester", "group" or "watch".
func PaperKey(object string, id sales.ID, who string) string {
	return object + ":" + id.String() + "/" + who
}

// PaperStepKey names the card of those who approve in a step, from 0.
func PaperStepKey(object string, id sales.ID, step int) string {
	return PaperKey(object, id, "step:"+strconv.Itoa(step+1))
}

// PaperForRequester is the card of who submitted the record.
func PaperForRequester(v Paper) cards.Card {
	c := paperCard(v, PaperKey(v.Object, v.ID, "requester"))
	switch v.Request.State {
	case approval.Pending:
		c.Status = "等 " + v.Request.NextText()
		if at := v.Request.NudgedAt; !at.IsZero() {
			c.Note = "已催办 " + sales.FormatMoment(at.Time) + "。 " + c.Note
		}
		c.Buttons = []cards.Button{
			v.button("催办", "nudge", cards.Primary), v.button("详情", "detail", cards.Normal), v.button("撤回", "withdraw", cards.Danger),
		}
		v.placed(&c, true)
	case approval.Returned:
		c.Level = cards.Warn
		c.Buttons = []cards.Button{
			v.button("重新提交", "resubmit", cards.Primary), v.button("详情", "detail", cards.Normal), v.button("撤回", "withdraw", cards.Danger),
		}
	case approval.Approved:
		if len(v.Next) > 0 {
			c.Status, c.Closed, c.Buttons = c.Closed, "", v.Next
		}
	}
	return c
}

// PaperForStep is the card of those who approve in a step: with buttons while it is their turn, else with what they
// decided.
func PaperForStep(v Paper, step int) cards.Card {
	c := paperCard(v, PaperStepKey(v.Object, v.ID, step))
	r := v.Request
	if r.State != approval.Pending || step != r.Step {
		if c.Closed == "" && step < len(r.Steps) {
			c.Closed = stepClosed(r, step)
		}
		return c
	}
	c.Title, c.Status, c.Level = r.Kind.Noun()+"待审批 · "+v.No, "等你处理", cards.Warn
	if handedOn(r.Steps[step]) { // some who hold this card have nothing to do any more
		c.Status = "等 " + r.NextText()
		if left := leftToSign(r); left != "" {
			c.Status = left
		}
	}
	if r.Placed() != "" {
		v.placed(&c, false)
		return c
	}
	var only []int64
	for _, p := range append(r.Turn(), r.Deputies()...) {
		only = append(only, int64(p.ID))
	}
	if v.More {
		c.Status = "更多"
		c.Buttons = []cards.Button{
			v.button("转交", "transfer", cards.Primary), v.button("加签", "addsign", cards.Normal), v.button("详情", "detail", cards.Normal),
			v.button("附件", "files", cards.Normal), v.button("返回", "more", cards.Normal),
		}
	} else {
		c.Buttons = []cards.Button{
			v.button("同意", "approve", cards.Primary), v.button("退回修改", "sendback", cards.Normal), v.button("驳回", "reject", cards.Danger),
			v.button("更多", "more", cards.Normal),
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

// leftToSign names those who have yet to sign a step that others have signed: the card is the same for all of them, and whoever is
// named knows that it waits for him. It is empty for other steps.
func leftToSign(r approval.Request) string {
	signed := false
	for _, a := range r.Steps[r.Step].Approvers {
		if a.AddedBy != 0 || a.State == approval.ApproverTransferred {
			return "" // who was asked to sign is named with the place he signs for
		}
		signed = signed || a.State == approval.ApproverApproved
	}
	var names []string
	for _, p := range r.Turn() {
		names = append(names, p.Name)
	}
	if !signed || len(names) == 0 {
		return ""
	}
	return "还差 " + strings.Join(names, "、") + " 签"
}

// PaperForWatcher is the card of somebody who may see the record and has no part in it.
func PaperForWatcher(v Paper) cards.Card {
	c := paperCard(v, PaperKey(v.Object, v.ID, "watch"))
	if v.Request.State == approval.Pending {
		c.Status = "等 " + v.Request.NextText()
		c.Buttons = []cards.Button{v.button("催办", "nudge", cards.Primary), v.button("详情", "detail", cards.Normal)}
		v.placed(&c, true)
	}
	return c
}

// PaperForGroup is the card a group sees: a rounded amount, no terms.
func PaperForGroup(v Paper) cards.Card {
	c := paperCard(v, PaperKey(v.Object, v.ID, "group"))
	c.Fields = []cards.Field{
		{Name: "客户", Value: v.Customer},
		{Name: "金额", Value: v.Amount.Rounded()},
		{Name: "提交", Value: submittedLine(v)},
	}
	if v.Amount == 0 { // not a record of money
		c.Fields = append(c.Fields[:1], c.Fields[2])
	}
	c.Fields = appendPath(c.Fields, v.Request)
	c.Note = "详情请单聊我。"
	if v.Request.State == approval.Pending {
		c.Status = "等 " + v.Request.NextText()
		c.Buttons = []cards.Button{v.button("催办", "nudge", cards.Primary), v.button("撤回", "withdraw", cards.Danger)}
		v.placed(&c, true)
	}
	return c
}

// PaperFaces are all faces of a record's cards as they should look now.
func PaperFaces(v Paper) []cards.Card {
	v.More = false
	faces := []cards.Card{PaperForRequester(v), PaperForGroup(v), PaperForWatcher(v)}
	for i := range v.Request.Steps {
		faces = append(faces, PaperForStep(v, i))
	}
	return faces
}

// typedForms are the chat messages that do what a button does.
var typedForms = map[string]string{
	"approve": "同意", "sendback": "退回", "reject": "驳回", "transfer": "转交", "addsign": "加签", "nudge": "催办", "withdraw": "撤回",
	"resubmit": "重新提交", "files": "附件",
}

func (v Paper) button(text, verb string, style cards.Style) cards.Button {
	word, ok := typedForms[verb]
	if !ok { // the record's own card
		word = v.Request.Kind.Noun()
	}
	typed := word + " " + v.No
	switch verb {
	case "sendback", "reject":
		typed += " 原因"
	case "transfer", "addsign":
		typed += " 姓名"
	}
	a := cards.Action{Verb: v.Object + "." + verb, Record: int64(v.ID), Version: v.Request.Version}
	if v.Face > 0 {
		a.Arg = strconv.FormatInt(v.Face, 10)
	}
	if verb == "more" {
		a.Arg = "open," + a.Arg
		if v.More {
			a.Arg = "close" + strings.TrimPrefix(a.Arg, "open")
		}
	}
	return cards.Button{Text: text, Style: style, Typed: typed, Action: a}
}

// paperCard is what every card of a record shows.
func paperCard(v Paper, key string) cards.Card {
	word, closed, level := standing(v.Request)
	c := cards.Card{
		Key: key, Title: word + " · " + v.No, Level: level, Closed: closed,
		Fields: append(append([]cards.Field(nil), v.Fields...), cards.Field{Name: "提交", Value: submittedLine(v)}), Note: v.Note,
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
		return noun + "已通过" + r.Steps[r.Step-1].Post(), "", cards.Plain
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
	var last *approval.Approver // who ended the step: those asked to sign before did not
	for i, a := range r.Steps[step].Approvers {
		if a.State == approval.ApproverApproved && (last == nil || !a.At.Before(last.At.Time)) {
			last = &r.Steps[step].Approvers[i]
		}
	}
	if last == nil {
		return "还没到这一步"
	}
	name := last.Name
	if last.By != 0 {
		name = last.ByName + "(代 " + last.Name + ")"
	}
	return "已通过" + r.Steps[step].Post() + " · " + name + " " + sales.FormatMoment(last.At.Time)
}

func submittedLine(v Paper) string {
	if v.Request.State == approval.Pending { // short enough for one line of a phone, so without the time of day
		_, month, day := sales.DayOf(v.Request.RoundSince.Time).Date()
		return fmt.Sprintf("%s %d月%d日,%s", v.Request.RequesterName, month, day, v.Wait)
	}
	return v.Request.RequesterName + " " + sales.FormatMoment(v.Request.RoundSince.Time)
}

// PaperDetail is everything about a record in words: terms, paper, and who did what when.
func PaperDetail(v Paper) string {
	var b strings.Builder
	word, _, _ := standing(v.Request)
	b.WriteString("**" + word + " · " + v.No + "**")
	for _, f := range paperCard(v, "").Fields {
		b.WriteString("\n" + f.Name + " " + f.Value)
	}
	for _, line := range v.Detail {
		b.WriteString("\n" + line)
	}
	b.WriteString("\n" + v.Note)
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
