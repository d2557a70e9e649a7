// Package bot is the chat vocabulary and the road of one message: an Event comes in from an adapter, is accepted
// durably (Intake), routed to a handler inside one transaction (Router), and what the handler says leaves as Deliveries
// through the outbox (Pump) and an adapter's Sender.
//
// It knows cards and the people of package sales. It must not know a platform's wire format, SQL or configuration.
package bot
