package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"salesflow/bot/parse"
)

// parseCmd is `salesflow parse`: one message a line in, what it says out.
type parseCmd struct {
	Master string `help:"JSON file with customers, contacts, products, users, contracts, competitors." type:"path"`
}

// Run reads standard input.
func (c parseCmd) Run() error {
	var master masterFile
	if c.Master != "" {
		f, err := os.Open(c.Master)
		if err != nil {
			return fmt.Errorf("open master data: %w", err)
		}
		defer f.Close()
		if err := json.NewDecoder(f).Decode(&master); err != nil {
			return fmt.Errorf("read master data %s: %w", c.Master, err)
		}
	}
	return runParse(os.Stdin, os.Stdout, master)
}

type messageLine struct {
	ID      json.RawMessage `json:"id"`
	Text    string          `json:"text"`
	Ref     string          `json:"ref"`
	User    string          `json:"user"`
	Context []contextLine   `json:"context"`
}

type contextLine struct {
	ID       string      `json:"id"`
	Kind     string      `json:"kind"`
	Customer string      `json:"customer"`
	Contact  string      `json:"contact"`
	Amount   json.Number `json:"amount"`
}

// runParse answers each line of in with one line, in order, also a broken one.
func runParse(in io.Reader, out io.Writer, master masterFile) error {
	data, ids := master.data()
	p := parse.Parser{Index: parse.NewIndex(data), Calendar: newHolidays()}
	return eachLine(in, out, func(line []byte) any {
		var l messageLine
		if err := json.Unmarshal(line, &l); err != nil {
			return map[string]any{"id": looseID(line), "error": "not a JSON object with id, text, ref, user", "events": []any{}}
		}
		now, ok := refTime(l.Ref)
		if !ok {
			return map[string]any{"id": l.ID, "error": "ref is not an RFC 3339 time", "events": []any{}}
		}
		r := p.Parse(parse.Input{Text: l.Text, Now: now, User: ids.of[l.User], Context: ids.context(l.Context)})
		answer := map[string]any{"id": l.ID, "events": ids.events(r.Frames)}
		if r.Ask != nil && len(r.Frames) > 0 {
			answer["ask"] = ids.ask(*r.Ask)
		}
		return answer
	})
}

// context turns earlier records into the parser's.
func (t idTable) context(lines []contextLine) parse.Context {
	var c parse.Context
	for _, l := range lines {
		r := parse.Record{ID: l.ID, Kind: parse.Kind(l.Kind), Customer: t.of[l.Customer], Contact: t.of[l.Contact]}
		if a, ok := parse.Money(l.Amount.String()); ok {
			r.Amounts = []int64{a.Value}
		}
		c.Records = append(c.Records, r)
	}
	return c
}

func (t idTable) ask(a parse.Ask) map[string]any {
	v := map[string]any{"field": a.Field, "how": a.How}
	if len(a.Candidates) > 0 {
		v["candidates"] = t.names(a.Candidates)
	}
	return v
}

func (t idTable) events(frames []parse.Frame) []map[string]any {
	out := make([]map[string]any, 0, len(frames))
	for _, f := range frames {
		for _, v := range f.Visits() {
			out = append(out, t.event(v))
		}
		if f.Kind = f.Kind.Nearest(); f.Kind != "" {
			out = append(out, t.event(f))
		}
	}
	return out
}

// event is a frame in the shape of the published message examples.
func (t idTable) event(f parse.Frame) map[string]any {
	e := map[string]any{"kind": f.Kind}
	set := func(k string, v any, given bool) {
		if given {
			e[k] = v
		}
	}
	t.who(e, f)
	var products []string
	for _, p := range f.Products {
		products = append(products, t.name[p.ID])
	}
	set("products", products, len(products) > 0)
	set("contract", f.Contract.No, f.Contract.No != "")
	set("competitor", f.Competitor.Name, f.Competitor.Name != "")
	set("tracking", f.Tracking.Value, f.Tracking.Value != "")
	set("phone", f.Phone.Value, f.Phone.Value != "")
	set("when", whenJSON(f.When), !f.When.IsZero())
	set("stage", f.Stage.Stage.Nearest(), f.Stage.Stage != "")
	set("status", f.Payment, f.Payment != "")
	set("issue", f.Issue, f.Issue != "")
	set("action", f.Sample, f.Sample != "")
	set("sentiment", f.Sentiment, f.Sentiment != "")
	set("met", false, f.NotMet)
	set("discount", f.Discount.Percent, f.Discount.Percent != "")
	t.values(e, f)
	if f.Query != nil {
		set("query", t.query(*f.Query), true)
	}
	if f.Correction != nil {
		set("target", t.target(*f.Correction), true)
	}
	return e
}

func (t idTable) who(e map[string]any, f parse.Frame) {
	switch c := f.Customer; {
	case c.ID != 0:
		e["customer"] = t.name[c.ID]
		if c.Assumed {
			e["customer_assumed"] = true
		}
	case len(c.Candidates) > 0:
		e["customer"], e["customer_candidates"] = nil, t.names(c.Candidates)
	case c.NewName != "":
		e["customer"], e["new_customer"] = nil, c.NewName
	}
	switch c := f.Contact; {
	case c.ID != 0:
		e["contact"] = t.name[c.ID]
	case len(c.Candidates) > 0:
		e["contact"], e["contact_candidates"] = nil, t.names(c.Candidates)
	case c.NewName != "":
		e["contact"], e["new_contact"] = nil, map[string]any{"name": c.NewName, "title": c.NewTitle}
	}
}

func (t idTable) values(e map[string]any, f parse.Frame) {
	var amounts, quantities, promises []map[string]any
	for _, a := range f.Amounts {
		v := amountJSON(a)
		v["role"] = a.Role
		if a.Approx {
			v["approx"] = true
		}
		amounts = append(amounts, v)
	}
	for _, q := range f.Quantities {
		v := map[string]any{"value": q.Value, "unit": q.Unit}
		if q.Of != "" {
			v["of"] = q.Of
		} else if q.Product != 0 {
			v["of"] = t.name[q.Product]
		}
		quantities = append(quantities, v)
	}
	for _, p := range f.Promises {
		v := map[string]any{"who": p.Who, "what": p.What, "due": nil}
		if !p.Due.IsZero() {
			v["due"] = whenJSON(p.Due)
		}
		if !p.Due.From.IsZero() && e["due_window"] == nil {
			e["due_window"] = map[string]any{"from": p.Due.From.Format(time.DateOnly), "to": p.Due.To.Format(time.DateOnly)}
		}
		promises = append(promises, v)
	}
	for k, v := range map[string][]map[string]any{"amounts": amounts, "promises": promises} {
		if len(v) > 0 {
			e[k] = v
		}
	}
	switch len(quantities) {
	case 0:
	case 1:
		if quantities[0]["of"] == nil {
			e["quantity"] = quantities[0]
		}
		e["quantities"] = quantities
	default:
		e["quantities"] = quantities
	}
	if len(f.Objections) > 0 {
		o := f.Objections[0]
		v := map[string]any{"type": o.Type}
		if o.Percent != "" {
			v["percent"] = o.Percent
		}
		e["objection"] = v
	}
	var needs []string
	for _, n := range f.Needs {
		needs = append(needs, n.Text)
	}
	if len(needs) > 0 {
		e["needs"] = needs
	}
}

func (t idTable) query(q parse.Query) map[string]any {
	v := map[string]any{"what": q.What}
	if q.Owner != 0 {
		v["owner"] = t.name[q.Owner]
	}
	if !q.From.IsZero() {
		v["from"], v["to"] = q.From.Format(time.DateOnly), q.To.Format(time.DateOnly)
	}
	return v
}

func (t idTable) target(c parse.Correction) map[string]any {
	v := map[string]any{"record": c.Record, "field": c.Field}
	switch c.Field {
	case parse.FieldRecord:
		v["value"] = "withdrawn"
	case parse.FieldAmount:
		v["value"] = yuan(c.Amount.Value)
	case parse.FieldCustomer:
		v["value"] = t.name[c.Customer.ID]
	case parse.FieldContact:
		v["value"] = t.name[c.Contact.ID]
		if c.Contact.ID == 0 {
			v["value"] = c.Contact.NewName
		}
	case parse.FieldProduct:
		v["value"] = t.name[c.Product.ID]
	case parse.FieldDue:
		v["value"] = whenJSON(c.Due)
	case parse.FieldQuantity:
		v["value"] = c.Quantity.Value
	}
	return v
}

func whenJSON(w parse.When) string {
	if w.HasTime {
		return w.Start.Format(time.RFC3339)
	}
	return w.Start.Format(time.DateOnly)
}
