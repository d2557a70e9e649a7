package parse

import "slices"

// Parse understands one message. It never fails: what is not understood is left out.
func (p Parser) Parse(in Input) Result {
	m := p.newMessage(in)
	if len(m.r) == 0 || p.Index == nil {
		return Result{}
	}
	m.read()
	if f, ok := m.planFrame(); ok {
		r := m.answer([]Frame{f})
		for k, it := range f.Plan {
			if r.Ask == nil && len(it.Customer.Candidates) > 0 {
				r.Ask = &Ask{Field: AskCustomer, How: AskWhich, Candidates: m.ownFirst(it.Customer.Candidates), Why: f.Plan[k].Customer.Why}
			}
		}
		return r
	}
	if f, ok := m.correction(); ok {
		return m.answer([]Frame{f})
	}
	if f, ok := m.query(); ok {
		return m.answer([]Frame{f})
	}
	if l, ok := m.leave(); ok {
		return m.answer([]Frame{{Kind: KindLeave, Leave: &l, Why: l.Why}})
	}
	if frames := m.spent(); len(frames) > 0 {
		return m.answer(frames)
	}
	parts := m.facts(m.partsOf())
	frames := make([]Frame, len(parts))
	for k := len(parts) - 1; k >= 0; k-- {
		frames[k] = m.frame(parts[k])
		if k+1 < len(parts) && parts[k].hit != parts[k+1].hit && !parts[k].apart && m.joined(parts[k], parts[k+1]) {
			frames[k].share(frames[k+1])
		}
	}
	for k := 1; k < len(parts); k++ {
		if c := frames[k].Contact; parts[k].hit != nil && parts[k].hit == parts[k-1].hit && c.ID == 0 && c.NewName == "" && len(c.Candidates) == 0 {
			frames[k].Contact = frames[k-1].Contact
		}
	}
	m.inheritDay(parts, frames)
	m.inheritGoods(frames)
	m.shareHead(parts, frames)
	return m.answer(merged(frames))
}

// read runs the recognisers, the surest first: each takes its runes out of the text for the next.
func (m *message) read() {
	m.literals()
	m.findCustomers()
	m.namedInstead()
	m.personHits()
	m.findProducts()
	m.codes()
	m.split()
	rest := m.rest()
	m.houses(&rest)
	m.findTimes(rest)
	if m.resplit() {
		m.findTimes(rest)
	}
	m.findNumbers(rest)
	m.formerGoods()
	m.mended()
	m.reckoned(rest)
	m.findUnclear(rest)
	m.findNewNames()
	m.findCompanions()
}

// joined reports that two customers are named in one breath: 启明星和新东南都要.
func (m *message) joined(a, b part) bool {
	j := m.any(m.blank(a.hit.j), "和", "跟", "与", "、", "及", "还有")
	return j > 0 && m.blank(j) == b.hit.i || m.blank(a.hit.j) == b.hit.i && b.hit.j > b.hit.i && m.any(b.hit.j, "都", "全都", "两家", "也都", "各") > 0
}

// share takes over from g what a frame that is only a name does not say itself.
func (f *Frame) share(g Frame) {
	f.Kind = g.Kind
	if len(f.Products) == 0 {
		f.Products = g.Products
	}
	if len(f.Needs) == 0 {
		f.Needs = g.Needs
	}
	if len(f.Promises) == 0 {
		f.Promises = g.Promises
	}
	if len(f.Objections) == 0 {
		f.Objections = g.Objections
	}
	if f.When.IsZero() {
		f.When = g.When
	}
}

// merged drops frames that say nothing and joins those of the same kind about the same customer.
func merged(frames []Frame) []Frame {
	var out []Frame
	for _, f := range frames {
		if !f.said() {
			continue
		}
		k := slices.IndexFunc(out, func(g Frame) bool {
			return g.Kind == f.Kind && g.Customer.ID != 0 && g.Customer.ID == f.Customer.ID && (f.Contact.ID == 0 || g.Contact.ID == 0 || f.Contact.ID == g.Contact.ID)
		})
		if k < 0 {
			out = append(out, f)
			continue
		}
		g := &out[k]
		for _, p := range f.Products {
			if !slices.ContainsFunc(g.Products, func(q ProductRef) bool { return q.ID == p.ID }) {
				g.Products = append(g.Products, p)
			}
		}
		g.Amounts = append(g.Amounts, f.Amounts...)
		g.Quantities = append(g.Quantities, f.Quantities...)
		g.Promises = append(g.Promises, f.Promises...)
		g.Objections = append(g.Objections, f.Objections...)
		g.Needs = append(g.Needs, f.Needs...)
		if g.Contact.ID == 0 && g.Contact.NewName == "" && len(g.Contact.Candidates) == 0 {
			g.Contact = f.Contact
		}
		if g.When.IsZero() {
			g.When = f.When
		}
	}
	return out
}

// said reports whether a frame says anything of business.
func (f Frame) said() bool {
	return f.Customer.ID != 0 || f.Customer.NewName != "" || len(f.Customer.Candidates) > 0 || f.Contract.No != "" ||
		len(f.Products) > 0 && f.Kind != KindVisit || len(f.Promises) > 0 || len(f.Amounts) > 0 && f.Kind != KindVisit ||
		f.Kind == KindQuery || f.Kind == KindCorrection || f.Kind == KindPlan || f.Kind == KindLeave || f.Kind == KindExpense || len(f.Products) > 0 && (len(f.Needs) > 0 || len(f.Objections) > 0 || len(f.Quantities) > 0)
}

// answer adds the one question that must be answered first.
func (m *message) answer(frames []Frame) Result {
	r := Result{Frames: frames, Unclear: placed(m.unclear, frames)}
	for k, f := range frames {
		switch {
		case f.Correction != nil && f.Correction.Record == "":
			r.Ask = &Ask{Field: AskRecord, How: AskMissing, Frame: k, Why: f.Why}
		case f.Correction != nil && len(f.Correction.Customer.Candidates) > 0:
			r.Ask = &Ask{Field: AskCustomer, How: AskWhich, Frame: k, Candidates: f.Correction.Customer.Candidates, Why: f.Correction.Customer.Why}
		case f.Correction != nil && len(f.Correction.Contact.Candidates) > 0:
			r.Ask = &Ask{Field: AskContact, How: AskWhich, Frame: k, Candidates: f.Correction.Contact.Candidates, Why: f.Correction.Contact.Why}
		case len(f.Customer.Candidates) > 0:
			r.Ask = &Ask{Field: AskCustomer, How: AskWhich, Frame: k, Candidates: m.ownFirst(f.Customer.Candidates), Why: f.Customer.Why}
		case len(f.Contact.Candidates) > 0:
			r.Ask = &Ask{Field: AskContact, How: AskWhich, Frame: k, Candidates: f.Contact.Candidates, Why: f.Contact.Why}
		case f.Customer.NewName != "" && f.Customer.Fuzzy:
			r.Ask = &Ask{Field: AskCustomer, How: AskConfirm, Frame: k, Why: f.Customer.Why}
		case f.Customer.ID == 0 && f.Customer.NewName == "" && f.Kind != KindQuery && f.Kind != KindCorrection && f.Kind != KindPromise && f.Kind != KindPlan && f.Kind != KindLeave && f.Kind != KindExpense:
			r.Ask = &Ask{Field: AskCustomer, How: AskMissing, Frame: k, Why: f.Why}
		default:
			continue
		}
		return r
	}
	return r
}

// ownFirst puts the sender's own customers first.
func (m *message) ownFirst(ids []ID) []ID {
	out := slices.Clone(ids)
	slices.SortStableFunc(out, func(a, b ID) int {
		x, y := m.x.owns(m.user, a), m.x.owns(m.user, b)
		switch {
		case x && !y:
			return -1
		case y && !x:
			return 1
		}
		return 0
	})
	return out
}
