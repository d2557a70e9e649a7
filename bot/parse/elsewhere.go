package parse

// namesSomebodyElse reports that the message names a person of another of the sender's customers and nobody of the record's, so that it
// is no change of that record: 没约上朱主任,改到下周四, said behind a visit of 李芳 at another place.
func (m *message) namesSomebodyElse(rec *Record) bool {
	own := m.x.ownedBy(m.user)
	if len(own) > 2000 || len(m.r) > 200 {
		return false
	}
	elsewhere := false
	for i := range m.r {
		if m.used[i] {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if n.i != i || n.surname == "" || m.notPerson(n) {
				continue
			}
			if len(m.fitting(n, rec.Customer)) > 0 {
				return false
			}
			elsewhere = elsewhere || m.ofAny(n, own)
		}
	}
	return elsewhere
}

func (m *message) ofAny(n mention, customers []ID) bool {
	for _, id := range customers {
		if len(m.fitting(n, id)) > 0 {
			return true
		}
	}
	return false
}
