package parse

import "slices"

// Parse understands one message. It never fails: what is not understood is left out.
func (p Parser) Parse(in Input) Result {
	m := p.newMessage(in)
	if len(m.r) == 0 || p.Index == nil {
		return Result{}
	}
	m.read()
	if f, ok := m.correction(); ok {
		return m.answer([]Frame{f})
	}
	if f, ok := m.query(); ok {
		return m.answer([]Frame{f})
	}
	var frames []Frame
	for _, part := range m.partsOf() {
		f := m.frame(part)
		if f.said() {
			frames = append(frames, f)
		}
	}
	return m.answer(frames)
}

// read runs the recognisers, the surest first: each takes its runes out of the text for the next.
func (m *message) read() {
	m.literals()
	m.findCustomers()
	m.findProducts()
	m.codes()
	m.split()
	rest := m.rest()
	m.findTimes(rest)
	m.findNumbers(rest)
}

// said reports whether a frame says anything of business.
func (f Frame) said() bool {
	return f.Customer.ID != 0 || f.Customer.NewName != "" || len(f.Customer.Candidates) > 0 || f.Contract.No != "" ||
		len(f.Products) > 0 && f.Kind != KindVisit || len(f.Promises) > 0 || len(f.Amounts) > 0 && f.Kind != KindVisit ||
		f.Kind == KindQuery || f.Kind == KindCorrection || len(f.Products) > 0 && (len(f.Needs) > 0 || len(f.Objections) > 0)
}

// answer adds the one question that must be answered first.
func (m *message) answer(frames []Frame) Result {
	r := Result{Frames: frames}
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
		case f.Customer.ID == 0 && f.Customer.NewName == "" && f.Kind != KindQuery && f.Kind != KindCorrection && f.Kind != KindPromise:
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
