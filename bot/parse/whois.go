package parse

// contact finds who is spoken of between from and to, at the customer: whom the words bring in outright, who is named in full,
// whose title is said with his surname, and last who is told by less.
func (m *message) contact(from, to int, customer CustomerRef) ContactRef {
	ids := customer.Candidates
	if customer.ID != 0 {
		ids = []ID{customer.ID}
	}
	if ref := m.broughtIn(from, to, customer, ids); ref.somebody() {
		return ref
	}
	var away ContactRef
	if c, i, j, ok := m.findByName(from, to, ids); ok {
		if e, _, _ := m.titleAt(j); e > 0 && e <= to {
			j = e
		} else if e, _, _ := m.titleAt(j - 1); e > j && e <= to { // 鲍园长 is called 鲍园
			j = e
		}
		m.mark(i, j)
		if away = (ContactRef{ID: c.ID, Why: m.why(i, j)}); !m.goneAt(j) {
			return away
		}
	}
	ref, fresh, away := m.mentioned(from, to, customer, ids, away)
	if ref.somebody() {
		return ref
	}
	if fresh.NewName == "" && customer.known() {
		if fresh = m.hinted(from, to, customer, ids, away); fresh.ID != 0 {
			return fresh
		}
	}
	if fresh.NewName != "" {
		return fresh
	}
	if away.ID != 0 {
		return away
	}
	if ref, ok := m.surnameMisheard(from, to, customer.ID); ok {
		return ref
	}
	if len(ids) > 1 || m.has(from, to, "新来", "新任", "换了", "换成", "新换", "接替", "接任") {
		return ContactRef{} // a title alone does not decide between customers
	}
	return m.byTitle(from, to, ids)
}

// somebody reports that the reference is to one person, of the master data or new, or to several of whom one is meant.
func (r ContactRef) somebody() bool { return r.ID != 0 || r.NewName != "" || len(r.Candidates) > 0 }

// known reports that the customer is one of the master data or a new one.
func (r CustomerRef) known() bool { return r.ID != 0 || r.NewName != "" }

// broughtIn reads whom the words bring in outright: as holder of a post, by somebody else, by a telephone number, by 姓.
func (m *message) broughtIn(from, to int, customer CustomerRef, ids []ID) ContactRef {
	if !customer.known() {
		return ContactRef{}
	}
	old := customer.ID != 0
	for _, read := range []func() ContactRef{
		func() ContactRef { return m.postedNewcomer(from, to, ids) },
		func() ContactRef { return m.appointed(from, to, customer.ID) },
		func() ContactRef {
			if old && m.has(from, to, newPersonCues...) {
				return m.introduced(from, to)
			}
			return ContactRef{}
		},
		func() ContactRef { return m.brought(from, to, ids) },
		func() ContactRef { return m.helperNamed(from, to) },
		func() ContactRef { return m.stoodIn(from, to) },
		func() ContactRef { return m.named(from, to, customer.ID) },
		func() ContactRef { return m.phoneOwner(from, to, ids) },
		func() ContactRef { return m.charged(from, to, ids) },
	} {
		if ref := read(); ref.ID != 0 || ref.NewName != "" {
			return ref
		}
	}
	if !old {
		return ContactRef{}
	}
	if ref := m.surnamed(from, to, ids); ref.ID != 0 || ref.NewName != "" {
		return ref
	}
	return m.justCome(from, to)
}

// mentioned reads the people spoken of by surname and title. away is somebody named who was not there or has left: another one
// comes before him. fresh is somebody unknown, who counts when nobody known is named.
func (m *message) mentioned(from, to int, customer CustomerRef, ids []ID, gone ContactRef) (ref, fresh, away ContactRef) {
	away = gone
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if m.passedOver(n, i, to, customer) {
				continue
			}
			if m.isNew(n) && m.has(max(from, n.i-8), n.i, newPersonCues...) {
				m.mark(n.i, n.j)
				return m.newContact(n), fresh, away
			}
			if ref := m.kinAt(n.j, to); ref.NewName != "" {
				return ref, fresh, away
			}
			if ref, ok := m.known(n, ids); ok {
				m.mark(n.i, n.j)
				if away.ID == 0 && ref.ID != 0 && (m.absentAt(n.j) || m.goneAt(n.j)) {
					away = ref
					continue
				}
				return ref, fresh, away
			}
			if ref := m.standIn(n); away.ID != 0 && ref.NewName != "" {
				m.mark(n.i, n.j)
				return ref, fresh, away
			}
			if fresh.NewName == "" && customer.known() && m.isNew(n) {
				fresh = m.newContact(n)
				m.mark(n.i, n.j)
			}
		}
	}
	return ContactRef{}, fresh, away
}

// passedOver reports that the mention read at i is nobody of the customer's: who is spoken to, who brings us, one of ours.
func (m *message) passedOver(n mention, i, to int, customer CustomerRef) bool {
	if n.surname == "" || n.j > to || n.i != i && !m.used[max(0, n.i-1)] && n.i > i+4 || !m.free(n.i, n.j) {
		return true
	}
	return m.reportedTo(n.i, n.j) || m.any(n.j, "你好", "您好", "早", "好") > 0 && m.blank(0) == n.i ||
		m.bringsUs(n, customer) || m.before(n.i, ourPlaces...) || n.young && m.foreign(n.i, n.j)
}

// hinted reads somebody unknown who is told by less: by a role and a familiar name, by a title and a full name, by where he works.
func (m *message) hinted(from, to int, customer CustomerRef, ids []ID, away ContactRef) ContactRef {
	ref := m.introduced(from, to)
	if ref.NewName == "" {
		ref = m.withRole(from, to)
	}
	if ref.NewName == "" && (customer.NewName != "" || away.ID != 0 || m.has(from, to, "第一次见", "头回见", "头一回见", "初次见", "首次见", "刚认识", "新认识")) {
		ref = m.titledName(from, to)
	}
	if ref.NewName == "" {
		ref = m.apposed(from, to, ids)
	}
	if ref.NewName == "" && ref.ID == 0 {
		ref = m.nicknamed(from, to, customer.ID)
	}
	if ref.NewName == "" && ref.ID == 0 && m.phone.Value != "" && m.phone.Why.Start >= m.off[from] && m.phone.Why.Start < m.off[to] {
		ref = m.reachedAt(from, to)
	}
	return ref
}
