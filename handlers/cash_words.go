package handlers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// cashWords is what a sentence about goods or money says.
type cashWords struct {
	// contract is a contract's number as it was written, docs are numbers of shipments, invoices, payments.
	contract string
	docs     []string
	amount   sales.Money
	quantity int64
	unit     string
	tracking string
	taxNo    string
	bankRef  string
	// day is when it happened, due until when something is to happen, days a term of payment.
	day, due sales.Day
	days     int
	all      bool
	rest     string
	// note is what is kept with it besides, of what another system told.
	note string
	// bad says what is wrong with an amount or quantity that was written and cannot be. Such a number counts as not said, so whoever
	// files one looks here first.
	bad string
}

const cashUnits = "台套|台|套|件|个|箱|盒|吨|公斤|千克|kg|KG|米|支|瓶|桶|批|车|片|张|组|只|条|卷|袋|把|辆|份|本|间|根|双"

var (
	reCashDoc      = regexp.MustCompile(`(?i)\b(FH|FP|HK|TH|HC)-?(\d{4})-(\d{1,7})\b`)
	reCashContract = regexp.MustCompile(`(?i)\b([A-Z]{1,8})-?(\d{4})-(\d{1,6})\b`)
	reTaxNo        = regexp.MustCompile(`(?:发票号码?|票号|税票号?)\s*[:：]?\s*([0-9]{8,20})|\b([0-9]{20})\b`)
	reBankRef      = regexp.MustCompile(`(?:流水号?|交易号|回单号?)\s*[:：]?\s*([A-Za-z0-9_-]{4,64})`)
	reCashTracking = regexp.MustCompile(`(?:快递单号|运单号?|单号|快递)\s*[:：]?\s*([A-Za-z0-9]{6,24})|\b((?i:SF|YT|JD|JT|ZTO|STO|EMS|DB|DPK)[A-Z0-9]{8,18})\b`)
	reTermDays     = regexp.MustCompile(`(?:账期|帐期)\s*(\d{1,3})\s*天|(\d{1,3})\s*天(?:账期|帐期|内付|后付|到期)`)
	reDueWords     = regexp.MustCompile(`(?:到期日?|最晚|最迟|预计)\s*([^\s,，;；]{2,14})|([^\s,，;；]{1,12}?)(?:前|之前)?(?:送到|到货|交货|送达|能到|到期|前付|前打|前回)`)
	reCashMoney    = regexp.MustCompile(`[¥￥]?\s*\d[\d,]*(?:\.\d+)?\s*(?:亿|万|千)(?:\d+(?:\.\d+)?(?:万|千|百)?)?(?:元|块钱|块)?|[¥￥]\s*\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?\s*(?:元|块钱|块)|[一二三四五六七八九十两][一二三四五六七八九十百千两零]*(?:点[一二三四五六七八九零]+)?(?:万|亿)[一二三四五六七八九十百千两零]*(?:元|块钱|块)?`)
	reCashBare     = regexp.MustCompile(`(?:^|[\s,，;；])(-?\d[\d,]{2,}(?:\.\d{1,2})?|-?\d+\.\d{2})(?:$|[\s,，;；。])`)
	reCashQuantity = regexp.MustCompile(`(\d[\d,]*(?:\.\d{1,2})?)\s*(` + cashUnits + `)`)
	// reCashJoined is what stands before a number without a blank and belongs to it: a sign, or digits it would be cut from.
	reCashJoined = regexp.MustCompile(`(?:负|-|\d[\d.]*\.|\d[eE]-?)$`)
	reCashLoose  = regexp.MustCompile(`^-?\d[\d,]*(?:\.\d+)?(?:$|\s)`)
	reAll        = regexp.MustCompile(`全额|全部|全款|全开|剩下的|余款|尾款`)
)

// maxCashText bounds a sentence about goods or money, in runes.
const maxCashText = 400

// readCash takes a sentence apart. What is none of the values stays in rest. tense says whether a bare date is past or to come.
func readCash(t bot.Turn, cal parse.Calendar, text string, tense parse.Tense) cashWords {
	s := cashText{rest: inFigures(narrow(cutRunes(text, maxCashText)))}
	take := s.take
	w := cashWords{all: reAll.MatchString(s.rest)}
	for range 8 {
		take(reCashDoc, func(m []string) bool { w.docs = append(w.docs, docNo(m)); return true })
	}
	take(reCashContract, func(m []string) bool { w.contract = m[0]; return true })
	take(reTaxNo, func(m []string) bool { w.taxNo = m[1] + m[2]; return true })
	take(reBankRef, func(m []string) bool { w.bankRef = m[1]; return true })
	take(reCashTracking, func(m []string) bool { w.tracking = strings.ToUpper(m[1] + m[2]); return true })
	take(reTermDays, func(m []string) bool { w.days, _ = strconv.Atoi(m[1] + m[2]); return true })
	take(reDueWords, func(m []string) bool {
		d, ok := parse.Date(m[1]+m[2], t.Said().In(sales.Shanghai), parse.TenseFuture, cal)
		if ok {
			w.due = sales.DayOf(d.Start)
		}
		return ok
	})
	take(reCashMoney, func(m []string) bool { return w.money(s.joined + m[0]) })
	take(reCashQuantity, func(m []string) bool {
		q, ok := sales.ParseQuantity(s.joined + m[1])
		if !ok {
			w.bad = orElse(w.bad, "数量没看懂:"+quoted(s.joined+m[0], "")+"。要大于 0,最多两位小数,写成 10台 这样。")
			return false
		}
		w.quantity, w.unit = q, m[2]
		return true
	})
	d, ok := parse.Date(s.rest, t.Said().In(sales.Shanghai), tense, cal)
	if ok && !d.Start.IsZero() && d.Why.End <= len(s.rest) && d.Why.End > d.Why.Start {
		w.day = sales.DayOf(d.Start)
		s.cut(d.Why.Start, d.Why.End)
	}
	if w.amount == 0 {
		take(reCashBare, func(m []string) bool { return w.money(m[1]) })
	}
	w.rest = bare(strings.Join(strings.Fields(s.rest), " "))
	return w
}

// cashText is a sentence out of which values are taken. joined is the sign or the digits that stand before the one just found.
type cashText struct{ rest, joined string }

// take hands the first match to use, and cuts it out when use takes it.
func (s *cashText) take(re *regexp.Regexp, use func(m []string) bool) {
	at := re.FindStringSubmatchIndex(s.rest)
	if at == nil {
		return
	}
	m := make([]string, len(at)/2)
	for i := range m {
		if at[2*i] >= 0 {
			m[i] = s.rest[at[2*i]:at[2*i+1]]
		}
	}
	s.joined = strings.Replace(reCashJoined.FindString(s.rest[:at[0]]), "负", "-", 1)
	if use(m) {
		s.cut(at[0], at[1])
	}
}

func (s *cashText) cut(from, to int) { s.rest = s.rest[:from] + " " + s.rest[to:] }

// money reads an amount, or notes why it cannot be one.
func (w *cashWords) money(word string) bool {
	word = strings.ReplaceAll(word, " ", "")
	m, err := sales.ParseMoney(word)
	switch {
	case err != nil:
		w.bad = orElse(w.bad, sales.Message(err))
	case m <= 0:
		w.bad = orElse(w.bad, "金额要大于 0:"+quoted(word, "")+"。")
	default:
		w.amount = m
	}
	return w.amount > 0
}

// loose is a number without a unit that the rest begins with; it may be an amount or a quantity, so it is asked about.
func (w cashWords) loose() string { return strings.TrimSpace(reCashLoose.FindString(w.rest)) }

// unfit says why a sentence cannot be filed as it stands: a number that cannot be, or a day that has not come; "" when it can.
func (w cashWords) unfit(today sales.Day) string {
	if w.bad != "" {
		return w.bad + "没有记。"
	}
	return w.early(today)
}

// early says that what happened cannot have happened on a day to come; "" when it can.
func (w cashWords) early(today sales.Day) string {
	if w.day.After(today) {
		return w.day.ChineseFrom(today) + " 还没到,没有记。到了那天再发,或写今天以前的日子。"
	}
	return ""
}

// docNo is the number of a shipment, invoice or payment in its one spelling.
func docNo(m []string) string {
	n, _ := strconv.Atoi(m[3])
	return fmt.Sprintf("%s%s-%03d", strings.ToUpper(m[1]), m[2], n)
}

// doc is the first number with a prefix, "" for none.
func (w cashWords) doc(prefix string) string {
	for _, d := range w.docs {
		if strings.HasPrefix(d, prefix) {
			return d
		}
	}
	return ""
}

// contractNos are the spellings under which a contract that was written may be kept: as written, and as the bot numbers them.
func (w cashWords) contractNos() []string {
	as := strings.ToUpper(w.contract)
	m := reCashContract.FindStringSubmatch(as)
	if m == nil {
		return []string{as}
	}
	n, _ := strconv.Atoi(m[3])
	return []string{fmt.Sprintf("%s%s-%03d", m[1], m[2], n), as}
}

// narrow writes full-width digits, letters and signs as people with another keyboard do.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			return r - '０' + '0'
		case r == '．':
			return '.'
		case r == '－', r == '—', r == '–':
			return '-'
		}
		return r
	}, s)
}
