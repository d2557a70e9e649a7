package handlers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// quoteItem is what a message says of one product.
type quoteItem struct {
	product sales.ID
	qty     int64 // hundredths, 0: not said
	unit    string
	price   sales.Money // of one, 0: not said
	total   sales.Money // of the line, 0: not said
	bare    sales.Money // an amount that is one or the other
	percent sales.Percent
}

// quoteWords is what a message says of a quote.
type quoteWords struct {
	customer parse.CustomerRef
	items    []quoteItem
	percent  sales.Percent // of the list price, for every line
	valid    int           // days
	until    sales.Day
	reason   string
}

const quoteUnits = `台|套|盒|个|件|箱|支|瓶|包|人份|测试|吨|公斤|kg|平方米|平米|平方|立方米|立方|米|把|张|次|批|条|组|部|块(?:板|儿)?|份|桶|袋|罐|根|卷|副|双|辆|片|颗|粒|株|棵|斤|升|千克|克|亩|捆|扎|打|对|扇|樘|座|台套|只|节|架|间|路|点位`

var (
	reQuoteQty   = regexp.MustCompile(`(?:^|[^\d.])(\d{1,7}(?:\.\d{1,2})?|[一二两三四五六七八九十]{1,3})\s*(` + quoteUnits + `)`)
	reQuoteMoney = `([¥￥]?\d[\d,]*(?:\.\d+)?\s*(?:亿|千万|百万|万|千|w|W|k|K)?\d?\s*(?:元|块钱?)?)`
	reQuotePrice = regexp.MustCompile(`(?:单价|每(?:` + quoteUnits + `)|一(?:台|套|盒|个|件|箱|支|瓶)|@)\s*(?:改成|改为|降到|[为是:：])?\s*` + reQuoteMoney)
	reQuoteEach  = regexp.MustCompile(`(?:^|[\s,，、;；:：])` + reQuoteMoney + `\s*(?:一|每|/|／)\s*(?:` + quoteUnits + `)`)
	reQuotePlain = regexp.MustCompile(`(?:^|[\s,，、;；:：])(\d{1,9}(?:\.\d{1,2})?)(?:[\s,，、;；。]|$)`)
	reQuoteTotal = regexp.MustCompile(`(?:总价|合计|总共|一共|共)\s*(?:改成|改为|降到|[为是:：])?\s*` + reQuoteMoney)
	reQuoteBare  = regexp.MustCompile(`(?:^|[\s,，、;；:：为])([¥￥]\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?\s*(?:亿|千万|百万|万|千|w|W|k|K)\d?(?:元|块)?|\d[\d,]*(?:\.\d+)?\s*(?:元|块))`)
	reQuoteOff   = regexp.MustCompile(`(\d{1,2}(?:\.\d)?)\s*折`)
	reQuoteDays  = regexp.MustCompile(`有效期?\s*(?:为|是|[:：])?\s*(\d{1,3}|[一二两三四五六七八九十百]{1,5})\s*(天|个?月|周|个?星期)`)
	reQuoteUntil = regexp.MustCompile(`有效期?\s*(?:到|至)\s*([^\s,，;；]+)`)
	reQuoteWhy   = regexp.MustCompile(`(?:理由|原因|因为)\s*(?:是|[:：])?\s*(.+)$`)
)

// quoteMoney reads an amount; a bare number is in yuan.
func quoteMoney(s string) sales.Money {
	s = strings.ReplaceAll(strings.TrimSpace(s), " ", "")
	if strings.Trim(s, "0123456789.,") == "" {
		s += "元"
	}
	m, err := sales.ParseMoney(s)
	if err != nil || m <= 0 {
		return 0
	}
	return m
}

// quotePercent reads 9折, 8.5折, 85折 as hundredths of a percent of the list price; 0 for none.
func quotePercent(s string) sales.Percent {
	m := reQuoteOff.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	f, err := strconv.ParseFloat(m[1], 64)
	if err != nil || f <= 0 || f > 100 {
		return 0
	}
	if f <= 10 {
		f *= 10
	}
	return sales.Percent(f*100 + 0.5)
}

// quoteDays is a period in days: 15 天, 两周, 一个月. A month has thirty.
func quoteDays(number, unit string) int {
	number, _ = parse.Number(number)
	n, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return 0
	case strings.HasSuffix(unit, "月"):
		return 30 * n
	case unit != "天":
		return 7 * n
	}
	return n
}

// readQuote reads what a message says of a quote: each product with the quantity and price behind it.
func (a *App) readQuote(t bot.Turn, book *Book, text string) quoteWords {
	var w quoteWords
	if m := reQuoteWhy.FindStringSubmatchIndex(text); m != nil {
		w.reason, text = cutRunes(bare(text[m[2]:m[3]]), 200), text[:m[0]]
	}
	if m := reQuoteDays.FindStringSubmatchIndex(text); m != nil {
		w.valid = quoteDays(text[m[2]:m[3]], text[m[4]:m[5]])
		text = text[:m[0]] + " " + text[m[1]:]
	}
	in := parse.Input{Text: text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)}
	if m := reQuoteUntil.FindStringSubmatchIndex(text); m != nil {
		if d, ok := parse.Date(text[m[2]:m[3]], in.Now, parse.TenseFuture, book.Parser.Calendar); ok {
			w.until = sales.DayOf(d.Start)
			text = text[:m[0]] + " " + text[m[1]:]
			in.Text = text
		}
	}
	d := book.Parser.Deal(in)
	w.customer = d.Customer
	type place struct {
		id sales.ID
		at int
	}
	var places []place
	for _, ref := range d.Products {
		id := sales.ID(ref.ID)
		if id == 0 || slices.ContainsFunc(places, func(p place) bool { return p.id == id }) {
			continue
		}
		at := ref.Why.Start
		if at < 0 || at > len(text) || !strings.Contains(text[at:], ref.Why.Text) {
			at = max(strings.Index(text, ref.Why.Text), 0)
		}
		places = append(places, place{id, at})
	}
	slices.SortFunc(places, func(x, y place) int { return x.at - y.at })
	for i, p := range places {
		from, to := p.at, len(text)
		if i == 0 {
			from = 0
		}
		if i+1 < len(places) {
			to = places[i+1].at
		}
		item := readItem(text[from:to], book.Products[p.id].Unit)
		item.product = p.id
		w.items = append(w.items, item)
	}
	if w.percent = quotePercent(inFigures(text)); len(w.items) == 0 {
		item := readItem(text, "")
		if item.price > 0 || item.total > 0 || item.bare > 0 || item.qty > 0 {
			w.items = []quoteItem{item}
		}
	}
	return w
}

// readItem reads what stands behind a product, whose unit counts as one whatever it is.
func readItem(s, unit string) quoteItem {
	var x quoteItem
	s = inFigures(strings.ReplaceAll(s, "一次性", " "))
	for _, price := range []*regexp.Regexp{reQuotePrice, reQuoteEach} {
		if m := price.FindStringSubmatchIndex(s); m != nil && x.price == 0 {
			x.price = quoteMoney(s[m[2]:m[3]])
			s = s[:m[0]] + " " + s[m[1]:]
		}
	}
	if m := reQuoteTotal.FindStringSubmatchIndex(s); m != nil {
		x.total = quoteMoney(s[m[2]:m[3]])
		s = s[:m[0]] + " " + s[m[1]:]
	}
	m := reQuoteQty.FindStringSubmatchIndex(s)
	if m == nil && unit != "" {
		own := regexp.MustCompile(`(?:^|[^\d.])(\d{1,7}(?:\.\d{1,2})?|[一二两三四五六七八九十]{1,3})\s*(` + regexp.QuoteMeta(unit) + `)`)
		m = own.FindStringSubmatchIndex(s)
	}
	if m != nil {
		x.unit = s[m[4]:m[5]]
		if f, err := strconv.ParseFloat(s[m[2]:m[3]], 64); err == nil {
			x.qty = int64(f*100 + 0.5)
		} else {
			x.qty = int64(max(ordinal(s[m[2]:m[3]]), 0)) * 100
		}
		s = s[:m[2]] + " " + s[m[5]:]
	}
	x.percent = quotePercent(s)
	if x.price != 0 || x.total != 0 {
		return x
	}
	if m := reQuoteBare.FindStringSubmatch(s); m != nil {
		x.bare = quoteMoney(m[1])
	} else if found := reQuotePlain.FindAllStringSubmatch(s, -1); x.qty > 0 && x.percent == 0 && len(found) > 0 { // 50把 610
		x.bare = quoteMoney(found[len(found)-1][1])
	}
	return x
}

// line is the quote's line of an item; ask is what must be known before, empty when nothing is.
func (x quoteItem) line(p sales.Product, all sales.Percent, bareIs string) (l sales.QuoteLine, ask string) {
	l = sales.QuoteLine{
		Product: p.ID, Name: p.Name, Unit: x.unit, Line: p.Line, Qty: x.qty, Price: x.price, List: p.ListPrice,
		Floor: sales.FloorPrice(p.ListPrice, p.FloorPercent),
	}
	if l.Qty == 0 {
		l.Qty = 100
	}
	if l.Unit == "" {
		l.Unit = p.Unit
	}
	total := x.total
	if x.bare > 0 {
		if bareIs == "" {
			bareIs = likelierPrice(x.bare, l)
		}
		switch bareIs {
		case "unit":
			l.Price = x.bare
		case "total":
			total = x.bare
		default:
			return l, p.Name + " " + x.bare.Short() + " 是单价还是总价?回 单价 或 总价。"
		}
	}
	if total > 0 && l.Price == 0 {
		price, exact := sales.UnitPrice(total, l.Qty)
		if !exact {
			return l, p.Name + " 总价 " + total.Short() + " 除以 " + l.QtyText() + " 除不尽。回单价,例:单价 " + (price + 1).Short()
		}
		l.Price = price
	}
	if percent := max(x.percent, all); l.Price == 0 && percent > 0 && l.List > 0 {
		l.Price = l.List.Percent(percent)
	}
	if l.Price == 0 && l.List > 0 && x.percent == 0 && all == 0 {
		l.Price = l.List
	}
	if l.Price == 0 {
		return l, p.Name + " 单价多少?回 18万 这样的数。"
	}
	return l, ""
}

// likelierPrice says whether an amount without a word is the price of one or of the whole line: it is "unit" for one piece
// or without a list price to go by that speaks for the total, "" when both are as likely.
func likelierPrice(m sales.Money, l sales.QuoteLine) string {
	if l.Qty == 100 {
		return "unit"
	}
	if l.List <= 0 {
		return ""
	}
	near := func(price sales.Money) bool { return price >= l.List*6/10 && price <= l.List*11/10 }
	one, _ := sales.UnitPrice(m, l.Qty)
	switch unit, total := near(m), near(one); {
	case unit && !total:
		return "unit"
	case total && !unit:
		return "total"
	}
	return ""
}
