package handlers

import (
	"strings"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// facts is what one message says of one customer: the frames about it, joined.
type facts struct {
	customer   parse.CustomerRef
	contact    parse.ContactRef
	products   []parse.ProductRef
	amounts    []parse.Amount
	promises   []parse.Promise
	objections []parse.Objection
	needs      []parse.Need
	stage      parse.StageRef
	discount   parse.Rate
	when       parse.When
	phone      string
	other      bool // something more special was said (payment, complaint, sample …)
	notMet     bool
	whys       []string
}

// byCustomer joins frames about the same customer, in the order in which customers are first named. A frame that names
// none belongs to the one before.
func byCustomer(frames []parse.Frame) []facts {
	var out []facts
	for _, f := range frames {
		if f.Kind == parse.KindQuery || f.Kind == parse.KindCorrection {
			continue
		}
		i := len(out) - 1
		named := f.Customer.ID != 0 || f.Customer.NewName != "" || len(f.Customer.Candidates) > 0
		if i < 0 || named && !sameCustomer(out[i].customer, f.Customer) {
			out = append(out, facts{customer: f.Customer})
			i = len(out) - 1
		}
		out[i].add(f)
	}
	return out
}

func sameCustomer(a, b parse.CustomerRef) bool {
	return a.ID == b.ID && a.NewName == b.NewName && len(a.Candidates) == len(b.Candidates)
}

func (f *facts) add(g parse.Frame) {
	if f.contact.ID == 0 && f.contact.NewName == "" && len(f.contact.Candidates) == 0 {
		f.contact = g.Contact
	}
	f.products = append(f.products, g.Products...)
	f.amounts = append(f.amounts, g.Amounts...)
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
	if f.phone == "" {
		f.phone = g.Phone.Value
	}
	f.other = f.other || g.Kind != parse.KindVisit && g.Kind != parse.KindPromise
	f.notMet = f.notMet || g.NotMet
	if g.Why.Text != "" {
		f.whys = append(f.whys, g.Why.Text)
	}
}

// fill puts what was picked in answers in the place of what was unclear.
func (f *facts) fill(d visitDraft) {
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

// empty reports whether nothing but names was said.
func (f facts) empty() bool {
	return len(f.products)+len(f.amounts)+len(f.promises)+len(f.objections)+len(f.needs) == 0 &&
		f.stage.Stage == "" && f.discount.Percent == "" && !f.other && !f.notMet
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
		s = append(s, n.Text)
	}
	return cutRunes(strings.Join(s, ";"), 200)
}

var objectionNames = map[parse.ObjectionType]string{
	parse.ObjectPrice: "嫌贵", parse.ObjectBudget: "预算不够", parse.ObjectDelivery: "嫌交期长", parse.ObjectQuality: "担心质量",
	parse.ObjectService: "担心服务",
}

// objection is the objections in words, and the first one's type and percent.
func (f facts) objection() (text, kind, percent string) {
	var parts []string
	for _, o := range f.objections {
		s := o.Text
		if s == "" {
			s = objectionNames[o.Type]
		}
		if o.Percent != "" && !strings.Contains(s, o.Percent) {
			s += " " + o.Percent + "%"
		}
		parts = append(parts, s)
	}
	if len(f.objections) > 0 {
		kind, percent = string(f.objections[0].Type), f.objections[0].Percent
	}
	return cutRunes(strings.Join(parts, ";"), 200), kind, percent
}

// amount is the first exact amount and what it is. A range is left to the words of the message: no figure is invented.
func (f facts) amount() (sales.Money, string) {
	for _, a := range f.amounts {
		if a.Exact() && !a.Inferred && (a.Currency == "" || a.Currency == "CNY") {
			return sales.Money(a.Value), string(a.Role)
		}
	}
	return 0, ""
}

// opportunity is the open opportunity the message is about: the person's own first, the one with a product named first.
func (f facts) opportunity(open []sales.Opportunity, person sales.PersonID, book *Book) (sales.Opportunity, bool) {
	best, score := sales.Opportunity{}, -1
	line := book.Line(f.productIDs())
	for _, o := range open {
		s := 0
		if o.OwnerID == person {
			s += 2
		}
		if line != "" && o.Line == line {
			s++
		}
		if s > score {
			best, score = o, s
		}
	}
	return best, score >= 0
}

var stageOf = map[parse.Stage]sales.Stage{
	parse.StageLead: sales.StageContact, parse.StageContact: sales.StageContact, parse.StageNeed: sales.StageNeed,
	parse.StageProposal: sales.StageProposal, parse.StageNegotiation: sales.StageNegotiation,
	parse.StageSigning: sales.StageContract, parse.StageWon: sales.StageWon, parse.StageLost: sales.StageLost,
}

// suggest is the stage the message speaks for, when it lies ahead of the present one: the one said, else price talk
// after a proposal means negotiation.
func (f facts) suggest(now sales.Stage) sales.Stage {
	s := stageOf[f.stage.Stage]
	if s == "" && now == sales.StageProposal {
		for _, o := range f.objections {
			if o.Type == parse.ObjectPrice || o.Type == parse.ObjectBudget {
				s = sales.StageNegotiation
			}
		}
		if f.discount.Percent != "" {
			s = sales.StageNegotiation
		}
	}
	if s == sales.StageLost || s.Index() > now.Index() {
		return s
	}
	return ""
}

// reasons say which words gave which field.
func (f facts) reasons() sales.List[sales.Reason] {
	var out sales.List[sales.Reason]
	add := func(field string, w parse.Why) {
		if w.Text != "" {
			out = append(out, sales.Reason{Field: field, Words: cutRunes(w.Text, 60)})
		}
	}
	add("客户", f.customer.Why)
	add("联系人", f.contact.Why)
	for _, p := range f.products {
		add("产品", p.Why)
	}
	for _, o := range f.objections {
		add("异议", o.Why)
	}
	for _, p := range f.promises {
		add("承诺", p.Why)
		add("日期", p.Due.Why)
	}
	for _, m := range f.amounts {
		add("金额", m.Why)
	}
	add("阶段", f.stage.Why)
	return out
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
	var best sales.ID
	for id, c := range b.Customers {
		if c.OwnerID == p && (best == 0 || id < best) {
			best = id
		}
	}
	if best == 0 {
		return "", ""
	}
	first := sales.ID(0)
	for id, c := range b.Contacts {
		if c.CustomerID == best && (first == 0 || id < first) {
			first = id
		}
	}
	return b.Customers[best].Name, b.Contacts[first].Name
}
