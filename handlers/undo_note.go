package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// refChange is the kind of a reference to a change of a record that exists, beside those to what was filed.
const refChange = "change"

// maxBack bounds what is kept to take one change back, in bytes, and maxUndoRows how many rows of it. A change that is larger is
// named, but not taken back by itself.
const (
	maxBack     = 4000
	maxUndoRows = 12
)

// change is what a person changed last, with the rows as they were: what 撤销 puts back.
type change struct {
	Verb        string         `json:"verb"`
	SubjectKind string         `json:"kind"`
	SubjectID   sales.ID       `json:"id"`
	Changes     []sales.Change `json:"changes,omitempty"`
	Rows        []undoRow      `json:"rows,omitempty"`
	// More are further records of the same kind that the same turn made.
	More []sales.ID `json:"more,omitempty"`
}

// undoRow is one row before a change. Version is what the change made of it; 0 where rows have none.
type undoRow struct {
	Kind    string          `json:"k"`
	Version int64           `json:"v,omitempty"`
	Was     json.RawMessage `json:"was"`
}

// undoTag is a tag of a customer before a change.
type undoTag struct {
	Customer sales.ID `json:"c"`
	Tag      string   `json:"t"`
	Had      bool     `json:"had,omitempty"`
}

// undoMoved is open work of a customer that went from one person to another.
type undoMoved struct {
	Customer sales.ID       `json:"c"`
	From     sales.PersonID `json:"from"`
	To       sales.PersonID `json:"to"`
}

// undoMade is a contact that was not there before, undoPart a department.
type (
	undoMade sales.Contact
	undoPart sales.CustomerPart
)

// undoable are the verbs of the trace whose rows can be put back as they were, nothing else having followed from them.
var undoable = []string{
	"customer.class", "customer.tag", "customer.claim", "customer.release", "customer.assign", "customer.detail", "customer.change",
	"customer.registry", "customer.in_charge", "customer.part", "contact.change", "contact.create", "contact.merge", "fact.change", "todo.done", "todo.postpone",
	"lead.invalid", "lead.grade", "plan.cancel", "plan.move", "report.submit", "report.extend",
	"roster.set", "roster.drop", "roster.swap", "roster.unswap",
	"customer.field", "opportunity.field", "contract.field", "visit.field", "filing.field", "custom_record.field",
}

// besides are verbs that change something about a record and do not make it: what is taken back after them is not the record.
var besides = []string{"invoice.promise"}

// harmless are ends of verbs that change nothing a person could want back.
var harmless = []string{
	".read", ".code", ".scan", ".ask", ".export", ".nudge", ".receive", ".files", ".picture", ".pictures", ".complete", ".keep",
	".confirm", ".text", ".skip", ".watch", ".list", ".rows", ".readers", ".try", ".blocked",
}

// noted is a transaction that remembers what is changed in it.
type noted struct {
	Tx
	verbs []sales.AuditEntry
	rows  []any
	// made are the contracts and opportunities written for the first time with the words they came from, linked the numbers
	// of approvals by the record they were linked to.
	made map[sales.Ref]string
	// customers are those of the contracts, opportunities and payments made.
	customers map[sales.ID]sales.ID
	linked    map[sales.Ref][]string
	// custom are the values of custom fields that were written, fresh the records that were made.
	custom []sales.CustomValue
	fresh  []fresh
}

// CreateContract notes the contract.
func (n *noted) CreateContract(c sales.Contract) {
	n.make(sales.Ref{Kind: "contract", ID: c.ID}, c.Terms)
	n.customers[c.ID] = c.CustomerID
	n.fresh = append(n.fresh, fresh{"contract", c.ID, func(*Book) string { return "合同 " + c.No }})
	n.Tx.CreateContract(c)
}

// CreateOpportunity notes the opportunity.
func (n *noted) CreateOpportunity(o sales.Opportunity, day sales.Day) {
	n.make(sales.Ref{Kind: "opportunity", ID: o.ID}, "")
	n.customers[o.ID] = o.CustomerID
	n.fresh = append(n.fresh, fresh{"opportunity", o.ID, func(b *Book) string { return b.Customer(o.CustomerID) + "这单" }})
	n.Tx.CreateOpportunity(o, day)
}

// CreatePayment notes whose payment it is.
func (n *noted) CreatePayment(p sales.Payment) {
	if n.customers == nil {
		n.customers = map[sales.ID]sales.ID{}
	}
	n.customers[p.ID] = p.CustomerID
	n.Tx.CreatePayment(p)
}

// CreateFiling notes the filing.
func (n *noted) CreateFiling(f sales.Filing) {
	n.make(sales.Ref{Kind: "filing", ID: f.ID}, "")
	n.fresh = append(n.fresh, fresh{string(f.Kind), f.ID, func(b *Book) string { return strings.TrimSpace(b.Customer(f.CustomerID) + "这条" + f.Kind.Name()) }})
	n.Tx.CreateFiling(f)
}

func (n *noted) make(ref sales.Ref, words string) {
	if n.made == nil {
		n.made = map[sales.Ref]string{}
	}
	if n.customers == nil {
		n.customers = map[sales.ID]sales.ID{}
	}
	n.made[ref] = words
}

// LinkApproval notes the number.
func (n *noted) LinkApproval(l sales.ApprovalLink) {
	if n.linked == nil {
		n.linked = map[sales.Ref][]string{}
	}
	ref := sales.Ref{Kind: l.SubjectKind, ID: l.SubjectID}
	n.linked[ref] = append(n.linked[ref], l.Number)
	n.Tx.LinkApproval(l)
}

// Audit notes what was done.
func (n *noted) Audit(e sales.AuditEntry) {
	n.verbs = append(n.verbs, e)
	n.Tx.Audit(e)
}

func (n *noted) note(row any) {
	if len(n.rows) <= maxUndoRows {
		n.rows = append(n.rows, row)
	}
}

// UpdateCustomer notes the change.
func (n *noted) UpdateCustomer(c sales.Customer) { n.note(c); n.Tx.UpdateCustomer(c) }

// PutKeeping notes the change.
func (n *noted) PutKeeping(k sales.Keeping) { n.note(k); n.Tx.PutKeeping(k) }

// AddTag notes the change.
func (n *noted) AddTag(customer sales.ID, tag string, by sales.PersonID, at sales.Instant) {
	n.note(undoTag{Customer: customer, Tag: tag})
	n.Tx.AddTag(customer, tag, by, at)
}

// RemoveTag notes the change.
func (n *noted) RemoveTag(customer sales.ID, tag string) {
	n.note(undoTag{Customer: customer, Tag: tag, Had: true})
	n.Tx.RemoveTag(customer, tag)
}

// PutDetail notes the change.
func (n *noted) PutDetail(d sales.Detail) { n.note(d); n.Tx.PutDetail(d) }

// PutFact notes the change.
func (n *noted) PutFact(f sales.Fact) { n.note(f); n.Tx.PutFact(f) }

// MergeContact notes the change of both contacts.
func (n *noted) MergeContact(m sales.ContactMerge, from, into sales.Contact) {
	n.note(from)
	n.note(into)
	n.Tx.MergeContact(m, from, into)
}

// CreateContact notes the contact.
func (n *noted) CreateContact(c sales.Contact) { n.note(undoMade(c)); n.Tx.CreateContact(c) }

// CreatePart notes the department.
func (n *noted) CreatePart(p sales.CustomerPart) { n.note(undoPart(p)); n.Tx.CreatePart(p) }

// PutReport notes the change.
func (n *noted) PutReport(r sales.DailyReport) { n.note(r); n.Tx.PutReport(r) }

// UpdateContact notes the change.
func (n *noted) UpdateContact(c sales.Contact) { n.note(c); n.Tx.UpdateContact(c) }

// SetContactRole notes the change.
func (n *noted) SetContactRole(r sales.ContactRole) { n.note(r); n.Tx.SetContactRole(r) }

// SetCustomerOwner notes the change.
func (n *noted) SetCustomerOwner(o sales.CustomerOwner) { n.note(o); n.Tx.SetCustomerOwner(o) }

// UpdatePart notes the change.
func (n *noted) UpdatePart(p sales.CustomerPart) { n.note(p); n.Tx.UpdatePart(p) }

// UpdateTodo notes the change.
func (n *noted) UpdateTodo(todo sales.Todo) { n.note(todo); n.Tx.UpdateTodo(todo) }

// UpdatePlan notes the change.
func (n *noted) UpdatePlan(p sales.VisitPlan) { n.note(p); n.Tx.UpdatePlan(p) }

// UpdateLead notes the change.
func (n *noted) UpdateLead(l sales.Lead) { n.note(l); n.Tx.UpdateLead(l) }

// CreateRoster notes the roster.
func (n *noted) CreateRoster(r sales.Roster) { n.note(undoRoster(r)); n.Tx.CreateRoster(r) }

// UpdateRoster notes the change.
func (n *noted) UpdateRoster(r sales.Roster) { n.note(r); n.Tx.UpdateRoster(r) }

// CreateRosterSwap notes the replacement.
func (n *noted) CreateRosterSwap(s sales.RosterSwap) { n.note(undoSwap(s)); n.Tx.CreateRosterSwap(s) }

// UpdateRosterSwap notes the change.
func (n *noted) UpdateRosterSwap(s sales.RosterSwap) { n.note(s); n.Tx.UpdateRosterSwap(s) }

// MoveOwned notes the change.
func (n *noted) MoveOwned(ctx context.Context, customer sales.ID, from sales.PersonID, to sales.Person) error {
	n.note(undoMoved{customer, from, to.ID})
	return n.Tx.MoveOwned(ctx, customer, from, to)
}

// what is the deed of a turn that a person would want to take back: the first one that changed something.
func (n *noted) what() (sales.AuditEntry, bool) {
	for _, e := range n.verbs {
		if strings.Contains(e.Verb, "undo") || strings.HasSuffix(e.Verb, "unmerge") {
			return sales.AuditEntry{}, false
		}
	}
	for _, e := range n.verbs {
		if !slices.ContainsFunc(harmless, func(end string) bool { return strings.HasSuffix(e.Verb, end) }) {
			return e, true
		}
	}
	return sales.AuditEntry{}, false
}

// noteChange remembers what a turn changed beside what it filed, so that 撤销 means the last thing a person did and never an
// older one. It wraps every handler: what is added later is remembered too.
func (a *App) noteChange(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		n := &noted{Tx: tx}
		reply, err := next(ctx, t, n)
		if err != nil {
			return reply, err
		}
		if reply, err = a.showApprovals(ctx, t, n, reply); err != nil {
			return reply, err
		}
		if reply, err = a.customOn(ctx, t, n, reply); err != nil {
			return reply, err
		}
		e, ok := n.what()
		d := t.Dialogue
		if reply.Dialogue != nil {
			d = *reply.Dialogue
		}
		if !ok || remembered(d, t, n.verbs) {
			return reply, nil
		}
		c := change{Verb: e.Verb, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID, Changes: e.Changes}
		if c.Verb == "lead.create" {
			c.More = madeToo(n.verbs, e)
		}
		if last := n.verbs[len(n.verbs)-1]; strings.HasPrefix(e.Verb, "contact.") && last.Verb == "customer.part" {
			c.Verb, c.SubjectKind, c.SubjectID, c.Changes = last.Verb, last.SubjectKind, last.SubjectID, last.Changes // with its head
		}
		if slices.Contains(undoable, c.Verb) && len(n.rows) <= maxUndoRows {
			if c.Rows, err = before(ctx, tx, n.rows); err != nil {
				return reply, err
			}
		}
		back, err := json.Marshal(c)
		if err == nil && len(back) > maxBack {
			c.Rows, c.Changes = nil, nil
			back, err = json.Marshal(c)
		}
		if err != nil {
			return reply, fmt.Errorf("keep what was changed: %w", err)
		}
		remember(&d, refChange, tx.NewID(), t.Now)
		d.Last[0].Back = string(back)
		reply.Dialogue = &d
		return reply, nil
	}
}

// madeToo are the further records that were made with the first.
func madeToo(done []sales.AuditEntry, first sales.AuditEntry) []sales.ID {
	var out []sales.ID
	for _, e := range done {
		if e.Verb == first.Verb && e.SubjectID != first.SubjectID {
			out = append(out, e.SubjectID)
		}
	}
	return out
}

// remembered reports whether a turn remembered or forgot a record itself, or did something to the one remembered last.
func remembered(d sales.Dialogue, t bot.Turn, done []sales.AuditEntry) bool {
	if len(d.Last) < len(t.Dialogue.Last) {
		return true
	}
	if len(d.Last) == 0 {
		return false
	}
	now := d.Last[0]
	if len(t.Dialogue.Last) == 0 || now.Kind != t.Dialogue.Last[0].Kind || now.ID != t.Dialogue.Last[0].ID {
		return true
	}
	return slices.ContainsFunc(done, func(e sales.AuditEntry) bool {
		return now.Kind == e.SubjectKind && now.ID == e.SubjectID && !slices.Contains(undoable, e.Verb) && !slices.Contains(besides, e.Verb)
	})
}

// changes reports whether a reference is to a change of a record.
func changes(ref sales.Ref, kind string, id sales.ID) bool {
	var c change
	err := json.Unmarshal([]byte(ref.Back), &c)
	return err == nil && c.SubjectKind == kind && c.SubjectID == id
}

// before reads the rows as they are in the store: writes are done after the turn, so these are what the turn began with.
// Nothing comes back when one of them cannot be put back.
func before(ctx context.Context, tx Tx, rows []any) ([]undoRow, error) {
	var out []undoRow
	for _, row := range rows {
		kind, version, was, err := rowBefore(ctx, tx, row)
		if err != nil || kind == "" {
			return nil, err
		}
		b, err := json.Marshal(was)
		if err != nil {
			return nil, fmt.Errorf("keep %s: %w", kind, err)
		}
		out = append(out, undoRow{Kind: kind, Version: version, Was: b})
	}
	return out, nil
}

// rowBefore is a row as it was before it was written as row, and the version that it has afterwards.
func rowBefore(ctx context.Context, tx Tx, row any) (kind string, version int64, was any, err error) {
	switch x := row.(type) {
	case sales.Customer:
		was, err = tx.CustomerByID(ctx, x.ID)
		return "customer", x.Version + 1, was, err
	case sales.Keeping:
		c, err := tx.CustomerByID(ctx, x.CustomerID)
		if err != nil {
			return "", 0, nil, err
		}
		was, err = tx.KeepingOf(ctx, c)
		return "keeping", x.Version + 1, was, err
	case undoTag, undoMoved:
		if _, ok := x.(undoMoved); ok {
			return "moved", 0, x, nil
		}
		return "tag", 0, x, nil
	case sales.Detail:
		details, err := tx.Details(ctx, x.CustomerID)
		old := sales.Detail{CustomerID: x.CustomerID, Field: x.Field}
		if i := slices.IndexFunc(details, func(d sales.Detail) bool { return d.Field == x.Field }); i >= 0 {
			old = details[i]
		}
		return "detail", x.Version + 1, old, err
	case sales.CustomValue:
		values, err := tx.CustomValues(ctx, x.RecordID)
		old := sales.CustomNamed(values, x.Object, x.Field)
		old.RecordID = x.RecordID
		return "custom", x.Version + 1, old, err
	case sales.Fact:
		facts, err := tx.FactsOf(ctx, x.CustomerID)
		return "fact", x.Version + 1, sales.FactNamed(facts, x.CustomerID, x.Field), err
	case sales.Todo:
		was, err = tx.TodoByID(ctx, x.ID)
		return "todo", x.Version + 1, was, err
	case sales.VisitPlan:
		was, err = tx.PlanByID(ctx, x.ID)
		return "plan", x.Version + 1, was, err
	case sales.Lead:
		was, err = tx.LeadByID(ctx, x.ID)
		return "lead", x.Version + 1, was, err
	}
	if kind, version, was, err, ok := rosterRowBefore(ctx, tx, row); ok {
		return kind, version, was, err
	}
	return contactRowBefore(ctx, tx, row)
}

// contactRowBefore does the same for contacts, departments and who is in charge of them.
func contactRowBefore(ctx context.Context, tx Tx, row any) (kind string, version int64, was any, err error) {
	switch x := row.(type) {
	case undoMade:
		return "made", 1, sales.Contact(x), nil
	case undoPart:
		return "newpart", x.Version, sales.CustomerPart(x), nil
	case sales.DailyReport:
		was, err := tx.ReportOf(ctx, x.PersonID, x.Day)
		if sales.KindOf(err) == sales.NotFound && err != nil { // nothing was prompted yet: as if it had been
			x.State, x.Extra, x.SubmittedAt = sales.ReportPrompted, "", sales.Instant{}
			return "report", 1, x, nil
		}
		return "report", x.Version + 1, was, err
	case sales.Contact:
		was, err = tx.ContactByID(ctx, x.ID)
		return "contact", x.Version + 1, was, err
	case sales.ContactRole:
		roles, err := tx.ContactRoles(ctx, x.CustomerID)
		i := slices.IndexFunc(roles, func(r sales.ContactRole) bool { return r.ContactID == x.ContactID })
		if err != nil || i < 0 {
			return "role", 0, sales.ContactRole{ContactID: x.ContactID, CustomerID: x.CustomerID}, err
		}
		return "role", 0, roles[i], nil
	case sales.CustomerOwner:
		owners, err := tx.CustomerOwners(ctx, x.CustomerID)
		i := slices.IndexFunc(owners, func(o sales.CustomerOwner) bool { return o.PartID == x.PartID && o.Line == x.Line })
		if err != nil || i < 0 {
			return "owner", 0, sales.CustomerOwner{CustomerID: x.CustomerID, PartID: x.PartID, Line: x.Line}, err
		}
		return "owner", 0, owners[i], nil
	case sales.CustomerPart:
		parts, err := tx.PartsByCustomer(ctx, x.CustomerID)
		i := slices.IndexFunc(parts, func(p sales.CustomerPart) bool { return p.ID == x.ID })
		if err != nil || i < 0 {
			return "", 0, nil, err
		}
		return "part", x.Version + 1, parts[i], nil
	}
	return "", 0, nil, nil
}
