package store

// The queries whose plans are tested.
var Plans = map[string]struct {
	Query string
	Args  int
	Index string
}{
	"due rows":   {claimableDues, 3, "dues_due"},
	"deliveries": {"SELECT id, platform, via FROM outbox WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", 2, "outbox_wake"},
	"events":     {claimablePending, 2, "inbox_state"},
}

// LeftOut lists the columns of each table that a statement may leave out.
func LeftOut() map[string][]string {
	out := map[string][]string{}
	for _, t := range []*table{inbox, outbox, cardTable, todos, visits} {
		for _, i := range t.lean {
			out[t.name] = append(out[t.name], t.columns[i])
		}
	}
	return out
}
