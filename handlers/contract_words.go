package handlers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// contractWords is what one message says of a contract; -1 is "not said".
type contractWords struct {
	Amount                              sales.Money
	Prepay, Payment, Delivery, Discount int
	Customer                            parse.CustomerRef
	Products                            []sales.ID
	// Rest is what was understood as none of these, Unclear says that an amount was meant but is no one figure.
	Rest    string
	Unclear bool
	// Below is the words of an amount that is less than nothing, or nothing.
	Below string
}

// flatTerms are terms said in a word that stands for figures: the percent paid ahead and the days of credit.
var flatTerms = []struct {
	form            *regexp.Regexp
	prepay, payment int
}{
	{regexp.MustCompile(`全款预付|预付全款|全额预付|全款|款到发货|先款后货`), 100, 0},
	{regexp.MustCompile(`货到付款`), 0, 0},
	{regexp.MustCompile(`无预付款?|零预付|不用?预付|没有?预付款?`), 0, -1},
}

var (
	// contractForms puts what is said in a change of terms, and terms with two names, the way the parser reads them.
	contractForms = strings.NewReplacer("改成", " ", "改为", " ", "改到", " ", "调整为", " ", "调整到", " ", "降到", " ", "提高到", " ",
		"延长到", " ", "缩短到", " ", "月结", "账期", "交货后", "到货后", "交付后", "到货后")
	reBareMoney = regexp.MustCompile(`(?:^|[\s,，、;；])[¥￥]?([0-9][0-9,]{3,}(?:\.[0-9]{1,2})?)(?:$|[\s,，、;；。])`)
)

// readContract reads what a message says of a contract: the parser's reading, with the terms that stand for figures and
// an amount without a unit, which in a contract is yuan.
func readContract(p parse.Parser, in parse.Input) contractWords {
	w := contractWords{Prepay: -1, Payment: -1, Delivery: -1, Discount: -1}
	in.Text = contractForms.Replace(in.Text)
	w.Below = noSum(in.Text)
	in.Text = sumsInFigures(in.Text)
	for _, t := range flatTerms {
		if at := t.form.FindStringIndex(in.Text); at != nil {
			w.Prepay, w.Payment = t.prepay, t.payment
			in.Text = in.Text[:at[0]] + " " + in.Text[at[1]:]
			break
		}
	}
	d := p.Deal(in)
	w.Customer, w.Rest = d.Customer, d.Notes
	for _, ref := range d.Products {
		if ref.ID != 0 && !slices.Contains(w.Products, sales.ID(ref.ID)) {
			w.Products = append(w.Products, sales.ID(ref.ID))
		}
	}
	wholePercent(d.Prepay, &w.Prepay)
	wholePercent(d.Discount, &w.Discount)
	wholeDays(d.TermDays, &w.Payment)
	wholeDays(d.DeliveryDays, &w.Delivery)
	if w.Unclear = w.Below != ""; !w.Unclear {
		w.takeAmount(d.Amount, in.Text)
	}
	return w
}

// takeAmount takes the one exact amount in yuan, or a bare figure of four digits and more.
func (w *contractWords) takeAmount(a parse.Amount, text string) {
	said := a.Value != 0 || !a.Exact()
	if !said {
		m := reBareMoney.FindStringSubmatch(text)
		if m == nil {
			return
		}
		if a, said = parse.Money(m[1]); !said {
			return
		}
		w.Rest = bare(strings.Replace(w.Rest, strings.ReplaceAll(m[1], ",", ""), "", 1))
	}
	if money, ok := exactYuan(a); ok && !a.Approx {
		w.Amount = money
		return
	}
	w.Unclear = true
}

// exactYuan is an amount that is one figure, in yuan, and not beyond what is kept.
func exactYuan(a parse.Amount) (sales.Money, bool) {
	if !a.Exact() || a.Currency != "" && a.Currency != "CNY" || a.Value <= 0 || sales.Money(a.Value) > sales.MaxMoney {
		return 0, false
	}
	return sales.Money(a.Value), true
}

// anything reports whether the message says anything of the terms.
func (w contractWords) anything() bool {
	return w.Amount != 0 || w.Prepay >= 0 || w.Payment >= 0 || w.Delivery >= 0 || w.Discount >= 0
}

func wholePercent(r parse.Rate, to *int) {
	if n, err := strconv.Atoi(r.Percent); err == nil && n >= 0 && n <= 100 {
		*to = n
	}
}

// wholeDays takes a number of days of up to ten years.
func wholeDays(d parse.Days, to *int) {
	if d.Why.Text != "" && d.N >= 0 && d.N <= 3660 {
		*to = d.N
	}
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
