package scheduler

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

const (
	// handoverPart is how many records one transaction of a handover moves.
	handoverPart = 50
	// promptAgain is after how many days a leaver's work is asked about once more.
	promptAgain = 7
)

// HandoverTx is what moving somebody's work needs of one transaction.
type HandoverTx interface {
	HandoverByID(ctx context.Context, id sales.ID) (sales.Handover, error)
	UpdateHandover(h sales.Handover)
	HandoverBatch(ctx context.Context, from sales.PersonID, customers []sales.ID, limit int) (kind string, ids []sales.ID, err error)
	MoveRecords(ctx context.Context, kind string, ids []sales.ID, from sales.PersonID, to sales.Person) error
	AddHandoverItems(items []sales.HandoverItem)
	HandoverItems(ctx context.Context, id sales.ID, kind string, limit int) ([]sales.HandoverItem, error)
	HandoverCounts(ctx context.Context, from sales.PersonID, customers []sales.ID) (sales.HandoverCounts, error)
	LeaversWithWork(ctx context.Context, limit int) ([]sales.PersonID, error)
	OwnedCount(ctx context.Context, person sales.PersonID) (int, error)
	OpenTodos(ctx context.Context, owner sales.PersonID, limit int) ([]sales.Todo, error)
	LeadsOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Lead, error)
	PendingRequests(ctx context.Context, person sales.PersonID, limit int) ([]approval.Request, error)
	UpdateRequest(r approval.Request)
	WorkOrdersByIDs(ctx context.Context, ids []sales.ID) ([]sales.WorkOrder, error)
	WorkTaskByID(ctx context.Context, id sales.ID) (sales.WorkTask, error)
	AddWorkNote(n sales.WorkNote)
}

// HandoverRun moves the next part of a handover, or takes the next part back. Each part is a transaction of its own: after a
// break it goes on with what is left.
func (l Life) HandoverRun(ctx context.Context, m Moment, tx LifeTx, ex EscalationTx) (Decision, error) {
	h, err := tx.HandoverByID(ctx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	switch h.State {
	case sales.HandoverRunning:
		return l.handOver(ctx, m, tx, ex, h)
	case sales.HandoverUndoing:
		return l.takeBack(ctx, m, tx, h)
	}
	return Decision{Reason: "not running: " + h.State}, nil
}

// soon is when the next part is due: at once, by a clock that must not stand still.
func soon(m Moment) time.Time { return m.Now.Add(time.Millisecond) }

func (l Life) handOver(ctx context.Context, m Moment, tx LifeTx, ex EscalationTx, h sales.Handover) (Decision, error) {
	to, ok := m.Org.Person(h.ToID)
	if !ok || !to.Active {
		return l.endHandover(m, tx, h, bot.Reply{Say: []bot.Say{tell("handover:"+h.ID.String(), "stopped", []sales.PersonID{h.ByID},
			bot.Outgoing{Text: m.Org.Name(h.ToID) + "已不在职,交接停在 " + fmt.Sprintf("%d/%d", h.Moved, h.Total) + "。剩下的再交给别人。"})}})
	}
	kind, ids, err := tx.HandoverBatch(ctx, h.FromID, h.Customers, handoverPart)
	if err != nil {
		return Decision{}, err
	}
	if kind != "" {
		if err := tx.MoveRecords(ctx, kind, ids, h.FromID, to); err != nil {
			return Decision{}, err
		}
		items := make([]sales.HandoverItem, len(ids))
		for i, id := range ids {
			items[i] = sales.HandoverItem{HandoverID: h.ID, Kind: kind, RecordID: id}
			if kind == sales.MoveCustomer {
				l.trace(m, tx, "customer.handover", "customer", id, sales.Change{Field: "负责人", Old: m.Org.Name(h.FromID), New: to.Name})
			}
		}
		if err := l.noteWork(ctx, m, tx, kind, ids, h.FromID, to); err != nil {
			return Decision{}, err
		}
		tx.AddHandoverItems(items)
		h.Moved += len(ids)
		tx.UpdateHandover(h)
		h.Version++
		dec := Decision{Reason: fmt.Sprintf("moved %d %s", len(ids), kind), Again: soon(m)}
		if h.Moved/200 != (h.Moved-len(ids))/200 { // the card tells now and then: each change costs a call
			dec.Reply.Faces = []view.Face{view.HandoverCard(l.handoverView(m, h))}
		}
		return dec, nil
	}
	var reply bot.Reply
	if len(h.Customers) == 0 {
		done, moved, err := l.passOn(ctx, m, tx, ex, &h, to)
		if err != nil {
			return Decision{}, err
		}
		h.Moved += moved
		if done.more {
			tx.UpdateHandover(h)
			return Decision{Reason: fmt.Sprintf("passed on %d", moved), Again: soon(m), Reply: done.reply}, nil
		}
		reply = done.reply
	}
	return l.finishHandover(ctx, m, tx, h, to, reply)
}

func (l Life) handoverView(m Moment, h sales.Handover) view.Handover {
	return view.Handover{Handover: h, From: m.Org.Name(h.FromID), To: m.Org.Name(h.ToID), By: m.Org.Name(h.ByID), Now: m.Now}
}

// passed is what passing on approvals and incidents came to; more says that some are left.
type passed struct {
	reply bot.Reply
	more  bool
}

// passOn gives the approvals that wait for somebody, and the incidents they were told of, to the successor.
func (l Life) passOn(ctx context.Context, m Moment, tx LifeTx, ex EscalationTx, h *sales.Handover, to sales.Person) (passed, int, error) {
	var out passed
	rs, err := tx.PendingRequests(ctx, h.FromID, 10)
	if err != nil {
		return out, 0, err
	}
	known, err := tx.HandoverItems(ctx, h.ID, sales.MoveApproval, 1000)
	if err != nil {
		return out, 0, err
	}
	moved := 0
	by, _ := m.Org.Person(h.ByID)
	for _, r := range rs {
		if slices.ContainsFunc(known, func(i sales.HandoverItem) bool { return i.RecordID == r.ID }) {
			continue // it could not be passed on
		}
		if !slices.ContainsFunc(r.Turn(), func(p approval.Person) bool { return p.ID == h.FromID }) {
			if after, done, changed := approval.Stand(r, nil, m.Now); changed { // they only stood in for somebody
				tx.UpdateRequest(after)
				if err := l.traceApproval(ctx, m, ex, r, after, done); err != nil {
					return out, 0, err
				}
			}
			continue
		}
		item := sales.HandoverItem{HandoverID: h.ID, Kind: sales.MoveApproval, RecordID: r.ID}
		actor := approval.Actor{Person: approval.Person{ID: by.ID, Name: by.Name}, ActsFor: []sales.PersonID{h.FromID}, Oversees: true}
		after, done, err := approval.Transfer(r, actor, m.Now, approval.Person{ID: to.ID, Name: to.Name}, "交接:"+m.Org.Name(h.FromID)+" → "+to.Name)
		if err != nil { // to is the requester, or signs already: somebody must choose
			item.Undone = true
			out.reply.Say = append(out.reply.Say, tell("handover:"+h.ID.String(), "approval:"+r.ID.String(), []sales.PersonID{h.ByID},
				bot.Outgoing{Text: r.No + " 等" + m.Org.Name(h.FromID) + "审批,没能转给" + to.Name + ":" + sales.Message(err) + "另找人发:转交 " + r.No + " 姓名"}))
		} else {
			tx.UpdateRequest(after)
			moved++
			if err := l.traceApproval(ctx, m, ex, r, after, done); err != nil {
				return out, 0, err
			}
			say, err := l.approvalCard(ctx, m, ex, after, h)
			if err != nil {
				return out, 0, err
			}
			out.reply.Say = append(out.reply.Say, say...)
		}
		tx.AddHandoverItems([]sales.HandoverItem{item})
		out.more = true
	}
	if out.more {
		return out, moved, nil
	}
	n, err := l.passIncidents(ctx, m, tx, h, to)
	return out, n, err
}

// approvalCard is the approver's card of a contract, for the successor.
func (l Life) approvalCard(ctx context.Context, m Moment, ex EscalationTx, r approval.Request, h *sales.Handover) ([]bot.Say, error) {
	if r.Kind != approval.Contract {
		return l.otherCard(ctx, m, ex, r, h)
	}
	c, err := ex.ContractByID(ctx, r.Record)
	if err != nil {
		return nil, err
	}
	w := waiting{c: c, r: r, wait: approval.Overdue(r, l.Calendar, m.Now)}
	if w.customer, err = ex.CustomerByID(ctx, c.CustomerID); err != nil && sales.KindOf(err) != sales.NotFound {
		return nil, err
	}
	say, err := l.Escalation.stepCard(ctx, m, ex, w, "handover:"+h.ID.String())
	return []bot.Say{say}, err
}

// traceApproval writes what a handover did to an approval into the trace.
func (l Life) traceApproval(ctx context.Context, m Moment, ex EscalationTx, before, after approval.Request, out approval.Outcome) error {
	tx, ok := ex.(DeputyTx)
	if !ok {
		return nil
	}
	v, err := l.deputies().paper(ctx, m, tx, after)
	if err != nil {
		return err
	}
	return traceEntries(m, tx, v, before.State, after.State, out.Entries)
}

// otherCard is the approver's card of what is no contract, for the successor.
func (l Life) otherCard(ctx context.Context, m Moment, ex EscalationTx, r approval.Request, h *sales.Handover) ([]bot.Say, error) {
	tx, ok := ex.(DeputyTx)
	if !ok {
		return nil, nil
	}
	v, err := l.deputies().paper(ctx, m, tx, r)
	if err != nil {
		return nil, err
	}
	card := view.PaperForStep(v, r.Step)
	return []bot.Say{{
		To: r.TurnIDs(), Subject: v.Object + ":" + v.ID.String(), Kind: bot.DeliverPush, Pass: true, Slot: "handover:" + h.ID.String() + ":" + r.ID.String(),
		Out: bot.Outgoing{Card: &card},
	}}, nil
}

// passIncidents notes the successor in every open incident the person was told of.
func (l Life) passIncidents(ctx context.Context, m Moment, tx LifeTx, h *sales.Handover, to sales.Person) (int, error) {
	list, err := tx.IncidentsFor(ctx, h.FromID, 200)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, i := range list {
		if i.State != sales.IncidentOpen || i.Kind == sales.WatchLeaver {
			continue
		}
		w, err := sales.OpenWatch(ctx, tx, i.Kind, i.SubjectKind, i.SubjectID, m.Now)
		if err != nil {
			return 0, err
		}
		w.HandOver(to.ID, "交接:"+m.Org.Name(h.FromID)+" → "+to.Name)
		w.Save()
		tx.AddHandoverItems([]sales.HandoverItem{{HandoverID: h.ID, Kind: sales.MoveIncident, RecordID: i.ID}})
		n++
	}
	return n, nil
}

// finishHandover closes a handover and gives the successor a digest with the urgent first.
func (l Life) finishHandover(ctx context.Context, m Moment, tx LifeTx, h sales.Handover, to sales.Person, reply bot.Reply) (Decision, error) {
	urgent, err := l.urgent(ctx, m, tx, h)
	if err != nil {
		return Decision{}, err
	}
	h.State, h.FinishedAt, h.UndoUntil = sales.HandoverDone, sales.At(m.Now), sales.At(m.Now.Add(l.UndoHandover))
	tx.UpdateHandover(h)
	h.Version++
	l.trace(m, tx, "handover.done", "person", sales.ID(h.FromID), sales.Change{Field: "接手", New: to.Name}, sales.Change{Field: "项", New: fmt.Sprint(h.Moved)})
	v := l.handoverView(m, h)
	subject := "handover:" + h.ID.String()
	reply.Faces = append(reply.Faces, view.HandoverCard(v))
	reply.Say = append([]bot.Say{tell(subject, "digest", []sales.PersonID{to.ID}, bot.Outgoing{Text: view.HandoverDigest(v, urgent)})}, reply.Say...)
	if p, ok := m.Org.Person(h.FromID); ok && p.Active && p.ID != h.ByID {
		reply.Say = append(reply.Say, tell(subject, "from", []sales.PersonID{p.ID}, bot.Outgoing{
			Text: v.By + "把你的工作(" + h.Scope + ")交给了" + to.Name + ":" + h.Counts.String() + "。有没交代的找" + to.Name + "。",
		}))
	}
	return Decision{Reason: fmt.Sprintf("done, %d moved", h.Moved), Reply: reply}, nil
}

// urgent are the things among what was handed over that cannot wait: overdue and due to-dos, leads nobody has contacted,
// approvals.
func (l Life) urgent(ctx context.Context, m Moment, tx LifeTx, h sales.Handover) ([]string, error) {
	moved, err := tx.HandoverItems(ctx, h.ID, sales.MoveTodo, 1000)
	if err != nil {
		return nil, err
	}
	todos, err := tx.OpenTodos(ctx, h.ToID, 100)
	if err != nil {
		return nil, err
	}
	var lines []urgentLine
	for _, t := range todos {
		if t.DueAt.IsZero() || t.DueAt.After(m.Now.Add(72*time.Hour)) || !slices.ContainsFunc(moved, func(i sales.HandoverItem) bool { return i.RecordID == t.ID }) {
			continue
		}
		text := t.Text + "," + t.DueText(m.Today)
		if t.DueAt.Before(m.Now) {
			text = "🔴 " + t.Text + ",已过期 " + sales.Waited(m.Now.Sub(t.DueAt.Time))
		}
		if t.CustomerID != 0 {
			c, err := tx.CustomerByID(ctx, t.CustomerID)
			if err != nil && sales.KindOf(err) != sales.NotFound {
				return nil, err
			}
			text = joinNonEmpty(" ", c.Name, text)
		}
		lines = append(lines, urgentLine{t.DueAt.Time, text})
	}
	leads, err := tx.LeadsOf(ctx, sales.Only(h.ToID), 20)
	if err != nil {
		return nil, err
	}
	items, err := tx.HandoverItems(ctx, h.ID, sales.MoveLead, 1000)
	if err != nil {
		return nil, err
	}
	for _, lead := range leads {
		if lead.State != sales.LeadContacted && slices.ContainsFunc(items, func(i sales.HandoverItem) bool { return i.RecordID == lead.ID }) {
			lines = append(lines, urgentLine{lead.AssignedAt.Time, "线索 " + lead.No + " " + lead.Company + "," + lead.StateName()})
		}
	}
	work, err := l.urgentWork(ctx, m, tx, h)
	if err != nil {
		return nil, err
	}
	lines = append(lines, work...)
	passedOn, err := tx.HandoverItems(ctx, h.ID, sales.MoveApproval, 1000)
	if err != nil || len(passedOn) == 0 {
		return urgentLines(lines), err
	}
	rs, err := tx.PendingRequests(ctx, h.ToID, 20)
	if err != nil {
		return nil, err
	}
	for _, r := range rs {
		if slices.ContainsFunc(passedOn, func(i sales.HandoverItem) bool { return i.RecordID == r.ID }) {
			lines = append(lines, urgentLine{r.StepSince.Time, r.No + " 等你审批," + approval.Overdue(r, l.Calendar, m.Now).String()})
		}
	}
	return urgentLines(lines), nil
}

// urgentLine is one thing that cannot wait, with the moment it is ordered by.
type urgentLine struct {
	at   time.Time
	text string
}

// urgentLines are the six oldest, in words.
func urgentLines(lines []urgentLine) []string {
	slices.SortStableFunc(lines, func(a, b urgentLine) int { return cmp.Compare(a.at.Unix(), b.at.Unix()) })
	var out []string
	for _, x := range lines[:min(len(lines), 6)] {
		out = append(out, x.text)
	}
	return out
}

func (l Life) endHandover(m Moment, tx LifeTx, h sales.Handover, reply bot.Reply) (Decision, error) {
	h.State, h.FinishedAt, h.UndoUntil = sales.HandoverDone, sales.At(m.Now), sales.At(m.Now.Add(l.UndoHandover))
	tx.UpdateHandover(h)
	h.Version++
	reply.Faces = append(reply.Faces, view.HandoverCard(l.handoverView(m, h)))
	return Decision{Reason: "stopped", Reply: reply}, nil
}

// takeBack gives the next part of what a handover moved back, as far as it is still the successor's.
func (l Life) takeBack(ctx context.Context, m Moment, tx LifeTx, h sales.Handover) (Decision, error) {
	from, ok := m.Org.Person(h.FromID)
	if !ok {
		return Decision{Reason: "nobody to give it back to"}, nil
	}
	items, err := tx.HandoverItems(ctx, h.ID, "", handoverPart)
	if err != nil {
		return Decision{}, err
	}
	if len(items) == 0 {
		h.State, h.FinishedAt = sales.HandoverUndone, sales.At(m.Now)
		tx.UpdateHandover(h)
		l.trace(m, tx, "handover.undone", "person", sales.ID(h.FromID))
		subject := "handover:" + h.ID.String()
		text := m.Org.Name(h.FromID) + " → " + m.Org.Name(h.ToID) + " 的交接已撤销,退回 " + fmt.Sprint(h.Moved) + " 项。"
		if h.Counts.Approvals+h.Counts.Incidents > 0 {
			text += "审批和超时事项留在" + m.Org.Name(h.ToID) + "手上。"
		}
		return Decision{Reason: "taken back", Reply: bot.Reply{
			Faces: []view.Face{view.HandoverCard(l.handoverView(m, h))},
			Say:   []bot.Say{tell(subject, "undone", []sales.PersonID{h.ByID, h.ToID, h.FromID}, bot.Outgoing{Text: text})},
		}}, nil
	}
	of := map[string][]sales.ID{}
	for i := range items {
		items[i].Undone = true
		of[items[i].Kind] = append(of[items[i].Kind], items[i].RecordID)
	}
	for kind, ids := range of {
		if err := tx.MoveRecords(ctx, kind, ids, h.ToID, from); err != nil {
			return Decision{}, err
		}
		if kind != sales.MoveApproval && kind != sales.MoveIncident {
			h.Moved += len(ids)
		}
		if err := l.noteWork(ctx, m, tx, kind, ids, h.ToID, from); err != nil {
			return Decision{}, err
		}
		if kind == sales.MoveCustomer {
			for _, id := range ids {
				l.trace(m, tx, "customer.handback", "customer", id, sales.Change{Field: "负责人", Old: m.Org.Name(h.ToID), New: from.Name})
			}
		}
	}
	tx.AddHandoverItems(items)
	tx.UpdateHandover(h)
	return Decision{Reason: fmt.Sprintf("gave back %d", len(items)), Again: soon(m)}, nil
}

func (l Life) deputies() Deputies {
	return Deputies{Calendar: l.Calendar, Clauses: l.Escalation.Clauses}
}

// LeaverScan asks those above to hand over what people who left still have.
func (l Life) LeaverScan(ctx context.Context, m Moment, tx LifeTx) (Decision, error) {
	l.begin(m, tx)
	if d, quiet := l.quiet(m); quiet {
		return d, nil
	}
	left, err := tx.LeaversWithWork(ctx, 50)
	if err != nil {
		return Decision{}, err
	}
	dec, asked := Decision{}, 0
	for _, p := range left {
		if dx, ok := tx.(DeputyTx); ok { // what waits for them waits for somebody who is here
			reply, _, err := l.deputies().look(ctx, m, dx, p)
			if err != nil {
				return Decision{}, err
			}
			dec.Reply = dec.Reply.And(reply)
		}
		w, err := sales.OpenWatch(ctx, tx, sales.WatchLeaver, "person", sales.ID(p), m.Now)
		if err != nil {
			return Decision{}, err
		}
		if w.Open() && m.Now.Sub(w.OpenedAt.Time) < promptAgain*24*time.Hour {
			continue
		}
		counts, err := tx.HandoverCounts(ctx, p, nil)
		if err != nil {
			return Decision{}, err
		}
		successors, err := l.successors(ctx, m, tx, p)
		if err != nil {
			return Decision{}, err
		}
		to := above(m.Org, p)
		w.Resolve(0, "再次提醒")
		w.Push(1, "离职,名下 "+counts.String(), to...)
		w.Save()
		person, _ := m.Org.Person(p)
		asked++
		card := view.LeaverCard(p, person.Name, counts, successors, 1)
		dec.Reply.Say = append(dec.Reply.Say, tell("person:"+p.String(), "left:"+m.Today.String(), to, bot.Outgoing{Card: &card}))
	}
	dec.Reason = fmt.Sprintf("asked about %d of %d", asked, len(left))
	return dec, nil
}

// successors are at most three colleagues of the same team with the fewest customers.
func (l Life) successors(ctx context.Context, m Moment, tx LifeTx, left sales.PersonID) ([]string, error) {
	p, _ := m.Org.Person(left)
	type one struct {
		name string
		n    int
	}
	var list []one
	for _, r := range m.Org.Reps(p.TeamID) {
		if len(list) == 50 {
			break
		}
		n, err := tx.OwnedCount(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, one{r.Name, n})
	}
	slices.SortStableFunc(list, func(a, b one) int { return a.n - b.n })
	var out []string
	for _, o := range list[:min(len(list), 3)] {
		out = append(out, o.name)
	}
	return out, nil
}
