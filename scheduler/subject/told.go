package subject

import "strings"

// Told are the columns, by subject kind, whose changes the store writes into events. Fields of other columns can be asked for
// in conditions, but no rule can begin with their change.
var Told = map[string][]string{
	"absence":       {"person_id", "kind", "from_at", "until_at", "deputy_id", "state"},
	"authorisation": {"customer_id", "until", "state"},
	"contract": {
		"owner_id", "customer_id", "amount", "prepay_percent", "payment_days", "delivery_days", "discount_percent", "state",
	},
	"custom_record": {"kind", "person_id", "customer_id", "state"},
	"customer":      {"owner_id", "class", "industry", "city", "phone", "uscc"},
	"filing":        {"kind", "person_id", "customer_id", "amount", "sentiment", "urgent", "sent_on", "delivered_on", "handler_id", "state"},
	"invoice":       {"owner_id", "customer_id", "amount", "open_amount", "due_on", "promised_on", "state"},
	"lead":          {"owner_id", "level", "quality", "state"},
	"opportunity":   {"owner_id", "customer_id", "amount", "stage", "expected_on", "state"},
	"payment":       {"owner_id", "customer_id", "contract_id", "amount", "left_amount", "state"},
	"plan":          {"person_id", "customer_id", "day", "state"},
	"quote":         {"owner_id", "customer_id", "amount", "valid_until", "state"},
	"report":        {"person_id", "day", "state"},
	"shipment":      {"owner_id", "customer_id", "promised_on", "state"},
	"statement":     {"owner_id", "customer_id", "month_on", "closing", "difference", "state"},
	"todo":          {"owner_id", "customer_id", "due_on", "state"},
	"visit":         {"person_id", "customer_id", "amount", "state"},
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
