package api

import "time"

// WebhookEvent is what another system is sent (docs/channels.md). What it is made of is told by bot/webhook.
type WebhookEvent struct {
	ID      ID              `json:"id" doc:"the same in X-Salesflow-Id; one that was taken before is answered with 200 and nothing is done"`
	Event   string          `json:"event" doc:"<object>.<what>, as in GET /events, such as contract.approved, invoice.issued, order.signed"`
	At      time.Time       `json:"at" doc:"when it happened"`
	Subject *WebhookSubject `json:"subject,omitempty"`
	Person  ID              `json:"person,omitempty" doc:"who did it; missing for the clock"`
	Data    Custom          `json:"data,omitempty" object:"any" doc:"what changed, of order.signed and order.cancelled a SignedOrder"`
}

// WebhookSubject is the record of an event.
type WebhookSubject struct {
	Kind string `json:"kind" doc:"what it is, as in GET /events"`
	ID   ID     `json:"id"`
}

// SignedOrder is what an ERP is told of a contract that was signed.
type SignedOrder struct {
	Contract      ID             `json:"contract_id" doc:"POST /contracts/{id}/order tells what became of it"`
	No            string         `json:"contract_no"`
	Customer      OrderBuyer     `json:"customer"`
	Products      []OrderProduct `json:"products"`
	AmountFen     int64          `json:"amount_fen" doc:"with tax"`
	TaxRate       string         `json:"tax_rate,omitempty" doc:"such as 13%"`
	PrepayPercent *int           `json:"prepay_percent,omitempty"`
	PaymentDays   *int           `json:"payment_days,omitempty"`
	DeliveryDays  *int           `json:"delivery_days,omitempty"`
	SignedAt      time.Time      `json:"signed_at"`
	Owner         string         `json:"owner_code,omitempty"`
	OwnerName     string         `json:"owner_name"`
}

// OrderBuyer is the customer of an order.
type OrderBuyer struct {
	ID    ID     `json:"id"`
	Code  string `json:"code,omitempty"`
	Name  string `json:"name"`
	USCC  string `json:"uscc,omitempty" doc:"统一社会信用代码"`
	Title string `json:"title,omitempty" doc:"to whom it is billed"`
}

// OrderProduct is a product of an order.
type OrderProduct struct {
	ID   ID     `json:"id"`
	Code string `json:"code,omitempty"`
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`
}

// webhooks describes what is sent to other systems.
func webhooks(named map[string]schema) schema {
	header := func(name, doc, pattern string) schema {
		return schema{"name": name, "in": "header", "required": true, "description": doc, "schema": schema{"type": "string", "pattern": pattern}}
	}
	body := func(r schema) schema { return schema{"application/json": schema{"schema": r}} }
	refTo(typeOf[SignedOrder](), named)
	return schema{"event": schema{"post": schema{
		"operationId": "event", "tags": []string{"webhooks"}, "summary": "Something happened that a target of the configuration's webhooks wants to know",
		"description": "Sent to the target's url. Compute the signature over the bytes as they came and compare it in constant time, refuse a timestamp more than five minutes away, " +
			"keep the ids that were taken for two days. The order is not kept. 408, 425, 429, 5xx, 401, 403, 404 and no answer within 8 seconds are tried again, after 2 s, doubling to half an hour, for more than a day.",
		"security": []schema{},
		"parameters": []schema{
			header("X-Salesflow-Id", "the event's id", reID.String()),
			header("X-Salesflow-Event", "its kind", "^[a-z_]+\\.[a-z_]+$"),
			header("X-Salesflow-Timestamp", "when this attempt was signed, in seconds since 1970", "^[0-9]+$"),
			header("X-Salesflow-Signature", "v1= and the HMAC-SHA256 in hex, under the target's secret, of timestamp, a full stop, id, a full stop, body", "^v1=[0-9a-f]{64}$"),
		},
		"requestBody": schema{"required": true, "content": body(refTo(typeOf[WebhookEvent](), named))},
		"responses":   schema{"200": schema{"description": "taken; so is any other 2xx"}},
	}}}
}
