package store

// The queries whose plans are tested.
var Plans = map[string]struct {
	Query string
	Args  int
	Index string
}{
	"due rows":   {claimableDues, 4, "dues_due"},
	"deliveries": {"SELECT id, platform, via FROM outbox WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", 2, "outbox_wake"},
	"events":     {claimablePending, 3, "inbox_state"},
}
