package handlers

import (
	"regexp"
	"strconv"
	"strings"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// reSpent is one sum with what it was spent on: "打车45", "请王主任吃饭 320元", "停车费20块".
var reSpent = regexp.MustCompile(`([^\d,，。;；]*?)\s*(?:¥|￥)?(\d{1,7}(?:\.\d{1,2})?)(万)?\s*(元|块钱|块|rmb|RMB)?`)

// reNoSum is a figure that is no sum anybody spent: below zero, or of nine digits and more.
var reNoSum = regexp.MustCompile(`(^|[^0-9A-Za-z])[-－负]\s*\d+(?:\.\d+)?(?:元|块)?|\d{9,}(?:\.\d+)?(?:元|块)?|\d+(?:\.\d+)?[eE]\d+`)

// reNumbered is the number of something, which is no sum either, but says so: 审批单 202603110011.
var reNumbered = regexp.MustCompile(`(?:单|号|码|[Ii][Dd])\s*[=:：]?\s*[A-Za-z]{0,6}-?\d{9,}`)

// expensePieces are the sums of a text, each an expense of its own: "打车45 停车20". One without any sum is one whose
// amount is asked for.
func expensePieces(p piece) []piece {
	if below := belowZero(p.text); below != "" || reNoSum.MatchString(reNumbered.ReplaceAllString(p.text, " ")) { // the amount is asked for
		p.said = said{topic: topicOf(sales.FilingExpense, p.text)}
		p.text = expensePurpose(reNoSum.ReplaceAllString(strings.NewReplacer(orElse(below, " "), " ").Replace(p.text), "$1 "))
		return []piece{p}
	}
	if list := framePieces(p); len(list) > 0 {
		return spentOn(list, p.text, p.facts.customer.Why.Text)
	}
	text := p.text
	for _, w := range []string{p.facts.customer.Why.Text, p.facts.spoken, p.facts.when.Why.Text} {
		if w != "" {
			text = strings.Replace(text, w, " ", 1)
		}
	}
	var out []piece
	for _, m := range reSpent.FindAllStringSubmatch(text, -1) {
		amount, err := sales.ParseMoney(m[2] + m[3])
		if err != nil || amount <= 0 {
			continue
		}
		one := p
		one.text = expensePurpose(m[1])
		if one.text == "" && len(out) > 0 {
			one.text = out[len(out)-1].text
		}
		one.said = said{amount: amount, topic: topicOf(sales.FilingExpense, one.text)}
		out = append(out, one)
	}
	if len(out) == 0 {
		p.text = expensePurpose(text)
		p.said = said{topic: topicOf(sales.FilingExpense, p.text)}
		return []piece{p}
	}
	return spentOn(out[:min(len(out), maxExpenses)], p.text, p.facts.customer.Why.Text)
}

// spentOn gives a single sum the purpose that stands in another clause: 跟潘总吃饭 花了420.
func spentOn(list []piece, text, customer string) []piece {
	if len(list) != 1 || list[0].said.topic != "" && list[0].text != customer {
		return list
	}
	p := &list[0]
	if p.said.topic == "" {
		p.said.topic = topicOf(sales.FilingExpense, text)
	}
	if p.text == "" || p.text == customer {
		before, _, _ := strings.Cut(text, strconv.FormatInt(int64(p.said.amount)/100, 10))
		for _, w := range []string{customer, p.facts.customer.Why.Text, p.facts.spoken} {
			if w != "" {
				before = strings.ReplaceAll(before, w, "")
			}
		}
		p.text = expensePurpose(before)
	}
	return list
}

// maxExpenses bounds the sums of one message.
const maxExpenses = 10

func framePieces(p piece) []piece {
	var out []piece
	for _, g := range p.facts.frames {
		if g.Expense == nil || g.Expense.Amount.Value <= 0 || !g.Expense.Amount.Exact() || len(out) == maxExpenses {
			continue
		}
		one := p
		one.text = g.Expense.Purpose
		if one.text == "" {
			one.text = bare(g.Expense.Why.Text)
		}
		one.said = said{amount: sales.Money(g.Expense.Amount.Value), topic: string(g.Expense.Category)}
		if g.Expense.Category == parse.ExpenseOther || g.Expense.Category == "" {
			one.said.topic = topicOf(sales.FilingExpense, one.text)
		}
		out = append(out, one)
	}
	return out
}

var expenseNoise = strings.NewReplacer("费用", "", "报销", "", "花了", "", "今天", "", "昨天", "", "用了", "", "一共", "", "共", "")

func expensePurpose(s string) string {
	return cutRunes(bare(strings.ReplaceAll(expenseNoise.Replace(bare(s)), " ", "")), 60)
}
