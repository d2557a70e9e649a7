package handlers

import (
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// facts is what one message says of one customer: the frames about it, joined.
type facts struct {
	customer   parse.CustomerRef
	spoken     string // the words for the customer, where customer holds the full name in their place
	contact    parse.ContactRef
	products   []parse.ProductRef
	amounts    []parse.Amount
	quantities []parse.Quantity
	promises   []parse.Promise
	objections []parse.Objection
	needs      []parse.Need
	stage      parse.StageRef
	discount   parse.Rate
	when       parse.When
	phone      parse.Text
	matters    []string // what else was said: payment, complaint, sample, competitor …
	notMet     bool
	whys       []string
	// ask is the question the parser puts about it, nil for none.
	ask *parse.Ask
	// due and undated are the answer to when something is to be done.
	due      parse.When
	dueWords string
	undated  bool
	// frames are what was joined.
	frames []parse.Frame
	// odd is what is to be said of values that cannot be, and were left out.
	odd []string
}

// paid reports whether money that came in is told: that is a record of its own, whatever is asked.
func (f facts) paid() bool {
	return slices.ContainsFunc(f.frames, func(x parse.Frame) bool { return x.Kind == parse.KindPayment })
}

// byCustomer joins frames about the same customer, in the order in which customers are first named. A frame that names
// none belongs to the one before, the first ones to the one after.
func byCustomer(res parse.Result) []facts {
	var out []facts
	for k, f := range res.Frames {
		if f.Kind == parse.KindQuery || f.Kind == parse.KindCorrection {
			continue
		}
		i := len(out) - 1
		switch at := slices.IndexFunc(out, func(g facts) bool { return sameCustomer(g.customer, f.Customer) }); {
		case i < 0:
			out, i = append(out, facts{customer: f.Customer}), 0
		case !isNamed(f.Customer):
		case at >= 0:
			i = at
		case i == 0 && !isNamed(out[0].customer):
			out[0].customer, out[0].ask = f.Customer, nil
		default:
			out, i = append(out, facts{customer: f.Customer}), i+1
		}
		out[i].add(f)
		if res.Ask != nil && res.Ask.Frame == k {
			out[i].ask = res.Ask
		}
	}
	return out
}

// isNamed reports whether a customer is named at all.
func isNamed(c parse.CustomerRef) bool { return c.ID != 0 || c.NewName != "" || len(c.Candidates) > 0 }

func sameCustomer(a, b parse.CustomerRef) bool {
	return a.ID == b.ID && a.NewName == b.NewName && slices.Equal(a.Candidates, b.Candidates)
}

func (f *facts) add(g parse.Frame) {
	f.frames = append(f.frames, g)
	if f.contact.ID == 0 && f.contact.NewName == "" && len(f.contact.Candidates) == 0 {
		f.contact = g.Contact
	}
	f.products = append(f.products, g.Products...)
	f.amounts = append(f.amounts, g.Amounts...)
	f.quantities = append(f.quantities, g.Quantities...)
	f.promises = append(f.promises, g.Promises...)
	f.objections = append(f.objections, g.Objections...)
	f.needs = append(f.needs, g.Needs...)
	if f.stage.Stage == "" {
		f.stage = g.Stage
	}
	if f.discount.Percent == "" {
		f.discount = g.Discount
	}
	if f.when.IsZero() {
		f.when = g.When
	}
	if f.phone.Value == "" {
		f.phone = g.Phone
	}
	f.matters = append(f.matters, mattersOf(g)...)
	f.notMet = f.notMet || g.NotMet
	if w := strings.TrimSpace(g.Why.Text); w != "" {
		f.whys = append(f.whys, w)
	}
}

// fill puts what was picked and corrected in answers in the place of what was unclear or wrong.
func (f *facts) fill(d visitDraft) {
	for _, c := range d.Fixes {
		f.correct(c)
	}
	if d.Customer != 0 {
		f.customer = parse.CustomerRef{ID: parse.ID(d.Customer), Assumed: d.Assumed, Why: f.customer.Why}
	}
	switch {
	case d.Contact != 0:
		f.contact = parse.ContactRef{ID: parse.ID(d.Contact), Why: f.contact.Why}
	case d.Nobody:
		f.contact.Candidates = nil
	}
}

// correct puts one corrected value in its place.
func (f *facts) correct(c parse.Correction) {
	switch c.Field {
	case parse.FieldCustomer:
		f.customer = c.Customer
	case parse.FieldContact:
		f.contact = c.Contact
	case parse.FieldAmount:
		f.amounts = []parse.Amount{c.Amount}
	case parse.FieldProduct:
		f.products = []parse.ProductRef{c.Product}
	case parse.FieldQuantity:
		f.quantities = []parse.Quantity{c.Quantity}
	case parse.FieldDue:
		if len(f.promises) > 0 {
			f.promises[0].Due = c.Due
		}
	}
}

// empty reports whether nothing but names was said.
func (f facts) empty() bool {
	return len(f.products)+len(f.amounts)+len(f.quantities)+len(f.promises)+len(f.objections)+len(f.needs)+len(f.matters) == 0 &&
		f.stage.Stage == "" && f.phone.Value == "" && !f.notMet
}

// emptyWords say only that there was a visit.
var emptyWords = strings.NewReplacer("拜访", "", "跟进", "", "今天", "", "昨天", "", "前天", "", "上午", "", "下午", "", "刚刚", "", "刚才", "", "刚", "",
	"去了", "", "跑了", "", "见了", "", "见到", "", "找了", "", "去", "", "见", "", "找", "", "了", "", "过", "", "到", "", "在", "", "和", "", "跟", "", "我", "", "的", "")

// bareNames reports whether a text holds nothing but names: nobody can tell what the visit was about.
func (f facts) bareNames() bool {
	if !f.empty() {
		return false
	}
	s := f.words()
	for _, w := range []parse.Why{f.customer.Why, f.contact.Why, f.when.Why} {
		if w.Text != "" {
			s = strings.Replace(s, w.Text, "", 1)
		}
	}
	rest := strings.FieldsFunc(emptyWords.Replace(s), func(r rune) bool { return strings.ContainsRune(punctuation, r) })
	return utf8.RuneCountInString(strings.Join(rest, "")) < 3
}

func (f facts) words() string { return strings.Join(f.whys, " ") }

func (f facts) contactID() sales.ID { return sales.ID(f.contact.ID) }

func (f facts) productIDs() sales.List[sales.ID] {
	var ids sales.List[sales.ID]
	seen := map[parse.ID]bool{}
	for _, p := range f.products {
		if p.ID != 0 && !seen[p.ID] {
			seen[p.ID] = true
			ids = append(ids, sales.ID(p.ID))
		}
	}
	return ids
}

// day is the day of the visit: the one said, when it is not in the future, else today.
func (f facts) day(today sales.Day) sales.Day {
	if f.when.Start.IsZero() {
		return today
	}
	if d := sales.DayOf(f.when.Start); !d.After(today) && today.Sub(d) <= 31 {
		return d
	}
	return today
}

func (f facts) need() string {
	var s []string
	for _, n := range f.needs {
		text := f.unnamed(n.Text)
		if f.phone.Why.Text != "" { // it has a place of its own, where a group does not see it
			text = bare(strings.Replace(strings.Replace(text, f.phone.Why.Text, "", 1), "电话", "", 1))
		}
		s = append(s, text)
	}
	return cutRunes(strings.Join(s, ";"), 200)
}

// unnamed is a part of the message without the command's word and the customer's name, which stand in the card's title.
func (f facts) unnamed(text string) string {
	text = strings.TrimPrefix(text, "拜访 ")
	if first, rest := cutWord(text); rest != "" && kindWord(first) {
		text = rest
	}
	if w := f.customer.Why.Text; w != "" {
		text = afterName(bare(strings.Replace(text, w, "", 1)))
	}
	if first, rest := cutWord(text); rest != "" && kindWord(first) {
		text = rest
	}
	return text
}

var objectionNames = map[parse.ObjectionType]string{
	parse.ObjectPrice: "嫌贵", parse.ObjectBudget: "预算不够", parse.ObjectDelivery: "嫌交期长", parse.ObjectQuality: "担心质量",
	parse.ObjectService: "担心服务",
}

// objection is the objections in words, and the first one's type and percent.
func (f facts) objection() (text, kind, percent string) {
	var parts []string
	for _, o := range f.objections {
		s := f.unnamed(o.Text)
		if s == "" {
			s = objectionNames[o.Type]
		}
		if o.Percent != "" && !strings.Contains(s, o.Percent) {
			s += " " + o.Percent + "%"
		}
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if len(f.objections) > 0 {
		kind, percent = string(f.objections[0].Type), f.objections[0].Percent
	}
	return cutRunes(strings.Join(parts, ";"), 200), kind, percent
}

// mainAmount is the amount a visit is filed with: the first exact one in yuan, else the first of all; -1 for none.
func (f facts) mainAmount() int {
	for i, a := range f.amounts {
		if _, ok := exactYuan(a); ok && !a.Inferred {
			return i
		}
	}
	return slices.IndexFunc(f.amounts, func(a parse.Amount) bool { return !a.Inferred && a.Why.Text != "" })
}

// amount is the exact amount in yuan and what it is. Of a range or another currency only the words are kept, in the
// reasons: no figure is invented.
func (f facts) amount() (sales.Money, string) {
	i := f.mainAmount()
	if i < 0 {
		return 0, ""
	}
	m, _ := exactYuan(f.amounts[i])
	return m, string(f.amounts[i].Role)
}

var stageOf = map[parse.Stage]sales.Stage{
	parse.StageLead: sales.StageContact, parse.StageContact: sales.StageContact, parse.StageNeed: sales.StageNeed,
	parse.StageProposal: sales.StageProposal, parse.StageNegotiation: sales.StageNegotiation,
	parse.StageSigning: sales.StageContract, parse.StageWon: sales.StageWon, parse.StageLost: sales.StageLost,
}

// suggest is the stage the message speaks for, when it lies ahead of the present one: the one said, else price talk
// after a proposal means negotiation.
func (f facts) suggest(o sales.Opportunity) sales.Stage {
	way := o.Way
	s, _ := way.Like(stageOf[f.stage.Stage])
	now, _ := way.Def(o.Stage)
	if s != sales.StageLost && way.Index(s) <= way.Index(o.Stage) && now.Like == sales.StageProposal {
		for _, o := range f.objections {
			if o.Type == parse.ObjectPrice || o.Type == parse.ObjectBudget {
				s, _ = way.Like(sales.StageNegotiation)
			}
		}
		if f.discount.Percent != "" {
			s, _ = way.Like(sales.StageNegotiation)
		}
	}
	if s == sales.StageLost || way.Index(s) > way.Index(o.Stage) {
		return s
	}
	return ""
}

func cutRunes(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// ownCustomer is a customer of the person's own with a contact, for examples.
func (b *Book) ownCustomer(p sales.PersonID) (customer, contact string) {
	find := func() example { return b.lookForExample(p) }
	var x example
	if b.Examples == nil {
		x = find()
	} else {
		x = b.Examples.get(p, find)
	}
	return x.customer, x.contact
}

// exampleCustomer is a customer for an example: one of the person's own where there is one.
func (b *Book) exampleCustomer(p sales.PersonID) string {
	c, _ := b.ownCustomer(p)
	return orElse(c, "绍兴市立医院")
}

func (b *Book) lookForExample(p sales.PersonID) example {
	var best sales.ID
	for id, c := range b.Customers.All() {
		if c.OwnerID == p && (best == 0 || id < best) {
			best = id
		}
	}
	if best == 0 {
		return example{}
	}
	first := sales.ID(0)
	for id, c := range b.Contacts.All() {
		if c.CustomerID == best && (first == 0 || id < first) {
			first = id
		}
	}
	return example{b.Customers.Of(best).Name, b.Contacts.Of(first).Name}
}
