package view

import (
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
	Elsewhere
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

// Paper is the contract as any record under approval.
func (v Contract) Paper() Paper {
	return Paper{
		Object: "contract", ID: v.Contract.ID, No: v.Contract.No, Owner: v.Contract.OwnerID, Amount: v.Contract.Amount, Request: v.Request, Customer: v.Customer,
		Fields: []cards.Field{
			{Name: "客户", Value: customerLine(v)},
			{Name: "金额", Value: amountLine(v)},
			{Name: "付款", Value: paymentLine(v)},
			{Name: "交期", Value: deliveryLine(v)},
		},
		Note: contractNote(v), Wait: v.Wait, Now: v.Now, More: v.More, Face: v.Face, Findings: len(v.Findings), Detail: contractTerms(v), Elsewhere: v.Elsewhere,
		Says: v.says(),
	}
}

func contractTerms(v Contract) []string {
	if v.Contract.Terms == "" {
		return nil
	}
	return []string{"原话 " + clip(v.Contract.Terms, 200)}
}

// ContractForRequester is the card of who submitted the contract.
func ContractForRequester(v Contract) cards.Card { return PaperForRequester(v.Paper()) }

// ContractForStep is the card of those who approve in a step: with buttons while it is their turn, else with what they
// decided.
func ContractForStep(v Contract, step int) cards.Card { return PaperForStep(v.Paper(), step) }

// ContractForWatcher is the card of somebody who may see the contract and has no part in it.
func ContractForWatcher(v Contract) cards.Card { return PaperForWatcher(v.Paper()) }

// ContractForGroup is the card a group sees: a rounded amount, no terms.
func ContractForGroup(v Contract) cards.Card { return PaperForGroup(v.Paper()) }

// ContractFaces are all faces of a contract's cards as they should look now.
func ContractFaces(v Contract) []cards.Card {
	v.More, v.Hint = false, ""
	return PaperFaces(v.Paper())
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
		s += "(" + ofList(sales.Percents(d)) + ")"
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
	return sentences(parts...)
}
