package subject

import (
	"slices"
	"strings"
)

// Told are the columns, by subject kind, whose changes the store writes into events. Fields of other columns can be asked for
// in conditions, but no rule can begin with their change.
var Told = map[string][]string{
	"absence":       {"person_id", "kind", "from_at", "until_at", "deputy_id", "state"},
	"agreement":     {"owner_id", "customer_id", "revision", "state"},
	"application":   {"owner_id", "customer_id", "amount", "state", "effect_state"},
	"authorisation": {"customer_id", "until", "state"},
	"companion":     {"person_id", "state"},
	"contract": {
		"owner_id", "customer_id", "amount", "prepay_percent", "payment_days", "delivery_days", "discount_percent", "state", "turn_at",
	},
	"custom_record": {"kind", "person_id", "customer_id", "state"},
	"customer":      {"owner_id", "class", "industry", "city", "phone", "uscc"},
	"filing":        {"kind", "person_id", "customer_id", "amount", "sentiment", "urgent", "sent_on", "delivered_on", "handler_id", "state"},
	"import":        {"state"},
	"invoice":       {"owner_id", "customer_id", "amount", "open_amount", "due_on", "promised_on", "state"},
	"lead":          {"owner_id", "level", "quality", "state", "assigned_at", "accepted_at"},
	"opportunity":   {"owner_id", "customer_id", "amount", "stage", "expected_on", "state"},
	"payment":       {"owner_id", "customer_id", "contract_id", "amount", "left_amount", "state"},
	"plan":          {"person_id", "customer_id", "day", "due_at", "state"},
	"quote":         {"owner_id", "customer_id", "amount", "valid_until", "state"},
	"report":        {"person_id", "day", "state"},
	"request":       {"requester_id", "amount", "state", "round", "step"},
	"scan":          {"customer_id", "person_id"},
	"setup":         {"kind", "person_id"},
	"shipment":      {"owner_id", "customer_id", "promised_on", "state"},
	"statement":     {"owner_id", "customer_id", "month_on", "closing", "theirs", "difference", "state", "mail_trouble"},
	"todo":          {"owner_id", "customer_id", "due_on", "state"},
	"visit":         {"person_id", "customer_id", "amount", "state"},
	"workorder":     {"owner_id", "customer_id", "amount", "margin", "urgent", "priority", "need_on", "state"},
	"worktask":      {"owner_id", "due_at", "state"},
}

// Watched is the plain column behind a field, without the arithmetic of its unit: "100 * NULLIF(prepay_percent, -1)" is
// prepay_percent. What is made of other tables is no column.
func (f Field) Watched() string {
	if f.Tells != "" {
		return f.Tells
	}
	c := strings.TrimPrefix(f.Column, "100 * ")
	if inner, ok := strings.CutPrefix(c, "NULLIF("); ok {
		c, _, _ = strings.Cut(inner, ",")
	}
	if strings.ContainsAny(c, " (") {
		return ""
	}
	return c
}

// Watched is the plain column behind the field of a key, "" when there is none.
func (o *Object) Watched(key string) string {
	for _, f := range o.Fields {
		if f.Key == key {
			return f.Watched()
		}
	}
	return ""
}

// staying are the columns that a record keeps as it was made.
var staying = []string{
	"no", "kind", "created_at", "submitted_at", "filed_at", "about_kind", "about_title", "topic", "source", "campaign", "company",
	"CASE rule WHEN '' THEN 0 ELSE 1 END",
}

// Stays reports whether the field of a key never changes: what it is now it always was.
func (o *Object) Stays(key string) bool { return slices.Contains(staying, o.ColumnOf(key)) }
