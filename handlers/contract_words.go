package handlers

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// contractWords are the terms of a contract as one message says them; -1 is "not said".
type contractWords struct {
	Amount                              sales.Money
	Prepay, Payment, Delivery, Discount int
	rest                                string // what is left: customer and products
	amountUnclear, anythingIn           bool
}

const (
	wordNumber  = `[0-9.零〇一二两三四五六七八九十百半]+`
	wordPercent = `(?:百分之` + wordNumber + `|` + wordNumber + `\s*(?:%|%|个点|成))`
	paymentBase = `(?:余款|尾款|剩余款项|货款)?(?:在|于)?(?:验收|到货|货到|收货|发货|交货|安装调试|安装)?(?:合格|完成)?[之以]?`
	wordSpan    = wordNumber + `\s*(?:个?工作日|个自然日|天|日|个?月|周|个星期)`
)

var (
	reSpaces   = regexp.MustCompile(`[\s,,、;;。::]+`)
	rePrepay   = regexp.MustCompile(`(?:预付款?|首付款?|定金)[\s::]*(` + wordPercent + `)|(` + wordPercent + `)\s*的?(?:预付款?|首付款?|定金)`)
	reNoPrepay = regexp.MustCompile(`无预付款?|零预付|不预付|没有预付款?|货到付款|预付款?\s*0(?:%|%)?`)
	reFull     = regexp.MustCompile(`全款预付|预付全款|款到发货|全额预付`)
	rePayment  = regexp.MustCompile(paymentBase + `(?:账期|月结|回款期|付款期|付款)[\s::]*(` + wordSpan + `)(?:内|之内|以内)?(?:付清|结清|付)?|` +
		paymentBase + `后\s*(` + wordSpan + `)(?:内|之内|以内)?(?:付清|付款|结清|付)?|` +
		`(?:余款|尾款)\s*(` + wordSpan + `)(?:内|之内|以内|后)?(?:付清|付款|结清|付)?|` +
		paymentBase + `\s*(` + wordSpan + `)(?:内|之内|以内|的)?(?:账期|付清|付款|结清|月结)`)
	reDelivery  = regexp.MustCompile(`(?:交期|交货期|交付期|交货|交付|供货期|工期)[\s::]*(` + wordSpan + `)(?:内|之内|以内)?|(` + wordSpan + `)(?:内|之内|以内)?(?:交货|交付|到货|发货|供货)`)
	reDiscount  = regexp.MustCompile(`(?:打|标准价|折扣|按)?[\s::]*(` + wordNumber + `\s*折)`)
	reLabelled  = regexp.MustCompile(`(?:合同金额|合同总额|合同额|总金额|总价|总额|金额)(?:为|是|改成|改为)?[\s::]*([¥¥]?[0-9零一二两三四五六七八九十百千万亿.,,]+(?:块|元|亿元|万元)?(?:整)?)`)
	reBareMoney = regexp.MustCompile(`(?:^|\s)([0-9][0-9,]{3,}(?:\.[0-9]{1,2})?)(?:\s|$)`)
	reFiller    = regexp.MustCompile(`(?:改成|改为|改到|调整为|调整到|降到|延长到|缩短到)`)
)

// readContractWords reads the terms of a contract. What it understood is taken out of the text.
func readContractWords(text string) contractWords {
	w := contractWords{Prepay: -1, Payment: -1, Delivery: -1, Discount: -1}
	s := reFiller.ReplaceAllString(strings.ReplaceAll(text, "%", "%"), " ")
	take := func(re *regexp.Regexp, use func(string) bool) {
		m := re.FindStringSubmatchIndex(s)
		if m == nil {
			return
		}
		value := s[m[0]:m[1]]
		for g := 2; g+1 < len(m); g += 2 {
			if m[g] >= 0 {
				value = s[m[g]:m[g+1]]
				break
			}
		}
		if use(value) {
			s = s[:m[0]] + " " + s[m[1]:]
			w.anythingIn = true
		}
	}
	take(reFull, func(string) bool { w.Prepay, w.Payment = 100, 0; return true })
	take(reNoPrepay, func(v string) bool {
		w.Prepay = 0
		if v == "货到付款" {
			w.Payment = 0
		}
		return true
	})
	take(rePrepay, func(v string) bool { return wholePercent(v, &w.Prepay) })
	take(reDelivery, func(v string) bool { return wholeDays(v, &w.Delivery) })
	take(rePayment, func(v string) bool { return wholeDays(v, &w.Payment) })
	take(reDiscount, func(v string) bool { return wholePercent(v, &w.Discount) })
	w.takeAmount(&s)
	w.rest = strings.TrimSpace(reSpaces.ReplaceAllString(s, " "))
	return w
}

// takeAmount reads the one amount that is left: labelled, with a unit, or a bare figure of four digits and more.
func (w *contractWords) takeAmount(s *string) {
	for _, re := range []*regexp.Regexp{reLabelled, reBareMoney} {
		m := re.FindStringSubmatchIndex(*s)
		if m == nil {
			continue
		}
		if a, ok := parse.Money((*s)[m[2]:m[3]]); ok && a.Exact() && w.setAmount(a) {
			*s = (*s)[:m[0]] + " " + (*s)[m[1]:]
			return
		}
	}
	a, ok := parse.Money(*s)
	switch {
	case !ok:
	case !a.Exact() || a.Approx || !w.setAmount(a):
		w.amountUnclear = true
	default:
		if i := strings.Index(*s, a.Why.Text); a.Why.Text != "" && i >= 0 {
			*s = (*s)[:i] + " " + (*s)[i+len(a.Why.Text):]
		}
	}
}

func (w *contractWords) setAmount(a parse.Amount) bool {
	if a.Currency != "" && a.Currency != "CNY" || a.Value <= 0 || sales.Money(a.Value) > sales.MaxMoney {
		return false
	}
	w.Amount, w.anythingIn = sales.Money(a.Value), true
	return true
}

func wholePercent(v string, to *int) bool {
	p, ok := parse.Percent(v)
	if !ok {
		return false
	}
	n, err := strconv.Atoi(p)
	if err != nil || n < 0 || n > 100 {
		return false
	}
	*to = n
	return true
}

func wholeDays(v string, to *int) bool {
	seconds, ok := parse.Duration(v)
	if !ok || seconds < 0 || seconds > 3660*86400 {
		return false
	}
	*to = int(seconds / 86400)
	return true
}

// namesIn finds the customer and the products a text names. The parser's answer goes first; for a text that is nothing
// but names, which it may take for nothing, the names of the book are looked for as they are written.
func (b *Book) namesIn(in parse.Input) (parse.CustomerRef, []sales.ID) {
	var customer parse.CustomerRef
	var f facts
	for _, frame := range b.Parser.Parse(in).Frames {
		if c := frame.Customer; customer.ID == 0 && len(customer.Candidates) == 0 && (c.ID != 0 || len(c.Candidates) > 0 || c.NewName != "") {
			customer = c
		}
		f.add(frame)
	}
	products := f.productIDs()
	if customer.ID == 0 && len(customer.Candidates) == 0 {
		if id := b.customerWritten(in.Text); id != 0 {
			customer = parse.CustomerRef{ID: parse.ID(id)}
		}
	}
	if len(products) == 0 {
		products = b.productsWritten(in.Text)
	}
	return customer, products
}

// customerWritten is the customer with the longest name or alias that stands in the text.
func (b *Book) customerWritten(text string) sales.ID {
	var best sales.ID
	length := 0
	for id, c := range b.Customers {
		for _, n := range append([]string{c.Name}, c.Aliases...) {
			if l := utf8.RuneCountInString(n); l >= 3 && (l > length || l == length && id < best) && strings.Contains(text, n) {
				best, length = id, l
			}
		}
	}
	return best
}

// productsWritten are the products whose name or alias stands in the text, the longest names first, at most ten.
func (b *Book) productsWritten(text string) []sales.ID {
	var out []sales.ID
	for len(out) < 10 {
		var best sales.ID
		word := ""
		for id, p := range b.Products {
			for _, n := range append([]string{p.Name}, p.Aliases...) {
				if utf8.RuneCountInString(n) >= 2 && (len(n) > len(word) || len(n) == len(word) && id < best) && strings.Contains(text, n) {
					best, word = id, n
				}
			}
		}
		if best == 0 {
			break
		}
		text = strings.ReplaceAll(text, word, " ")
		out = append(out, best)
	}
	return out
}

// discountOf computes the discount from list prices: the amount against the sum of one of each product. It says nothing
// when a price is unknown or the figures do not fit one of each.
func (b *Book) discountOf(products []sales.ID, amount sales.Money) int {
	var list sales.Money
	for _, id := range products {
		p := b.Products[id]
		if p.ListPrice <= 0 {
			return -1
		}
		list += p.ListPrice
	}
	if list <= 0 || amount > list || amount < list/2 {
		return -1
	}
	return int((int64(amount)*100 + int64(list)/2) / int64(list))
}
