package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// pastWorkdays is how far back the demo's history goes: about six weeks.
const pastWorkdays = 30

// history gives the demo company a past before start: opportunities that moved through the stages, visits, promises,
// daily reports, captures, and a few to-dos still open. It is the same each time, one transaction, sends nothing, and
// does nothing when there is a past already.
func (p *program) history(ctx context.Context, start time.Time) error {
	book, org, err := p.books.now(ctx)
	if err != nil {
		return err
	}
	_, err = p.db.Do(ctx, store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
		known, err := tx.Funnel(ctx, sales.Scope{All: true}, "", sales.NewDay(2000, 1, 1), sales.NewDay(2999, 1, 1), "")
		if err != nil || len(known) > 0 {
			return err
		}
		return newPast(tx, book, org, p.books.cal, p.app.Settings, start).write()
	}})
	return err
}

// past writes the history. It is made anew for each try of the transaction, so that each is the same.
type past struct {
	tx       *store.Tx
	book     *handlers.Book
	cal      *sales.Calendar
	settings handlers.Settings
	start    time.Time
	rnd      *rand.Rand

	customers map[string]sales.Customer // by code
	products  map[string]sales.ID
	people    map[string]sales.Person
	contacts  map[sales.ID][]sales.Contact // by customer
	own       map[sales.PersonID][]sales.Customer
	deals     []*deal
	todos     []sales.Todo // promises not yet kept on the day that is written
	last      map[sales.ID]time.Time
}

// deal is an opportunity as it is on the day that is written.
type deal struct {
	pastDeal
	o     sales.Opportunity
	stage int // index into steps of the next one
}

func newPast(tx *store.Tx, book *handlers.Book, org *sales.Org, cal *sales.Calendar, s handlers.Settings, start time.Time) *past {
	h := &past{
		tx: tx, book: book, cal: cal, settings: s, start: start, rnd: rand.New(rand.NewPCG(2026, 311)),
		customers: map[string]sales.Customer{}, products: map[string]sales.ID{}, people: map[string]sales.Person{},
		contacts: map[sales.ID][]sales.Contact{}, own: map[sales.PersonID][]sales.Customer{}, last: map[sales.ID]time.Time{},
	}
	for _, c := range book.Customers.All() {
		h.customers[c.Code] = c
		h.own[c.OwnerID] = append(h.own[c.OwnerID], c)
	}
	for _, list := range h.own { // maps have no order, the past must
		slices.SortFunc(list, func(a, b sales.Customer) int { return strings.Compare(a.Code, b.Code) })
	}
	for _, c := range book.Contacts.All() {
		h.contacts[c.CustomerID] = append(h.contacts[c.CustomerID], c)
	}
	for _, list := range h.contacts {
		slices.SortFunc(list, func(a, b sales.Contact) int { return strings.Compare(a.Code, b.Code) })
	}
	for _, p := range book.Products {
		h.products[p.Code] = p.ID
	}
	for _, p := range org.People() {
		h.people[p.Code] = p
	}
	for _, d := range pastDeals {
		if h.people[d.owner].ID != 0 && h.customers[d.customer].ID != 0 {
			h.deals = append(h.deals, &deal{pastDeal: d})
		}
	}
	return h
}

// reporters are those who were in the field, and how many visits they made a day at least; two more are possible.
var reporters = []struct {
	code   string
	visits int
}{{"zhoumin", 2}, {"liqiang", 2}, {"linxia", 1}}

func (h *past) write() error {
	today := sales.DayOf(h.start)
	for n := pastWorkdays; n >= 1; n-- {
		day := h.cal.AddWorkdays(today, -n)
		for _, r := range reporters {
			person := h.people[r.code]
			if person.ID == 0 || day.Before(person.HiredOn) {
				continue
			}
			if err := h.day(person, day, n, r.visits); err != nil {
				return err
			}
		}
	}
	h.openTodos(today)
	for id, at := range h.last {
		h.tx.TouchCustomer(id, sales.At(at))
	}
	h.tx.Audit(sales.AuditEntry{Verb: "history.import", SubjectKind: "demo", At: sales.At(h.start)})
	return nil
}

// dayLog is what a person did on a day, for the report.
type dayLog struct {
	person sales.Person
	day    sales.Day
	at     time.Time // of the last visit
	visits []string
	moves  []string
	made   int
	done   int
}

// day writes one day of one person.
func (h *past) day(person sales.Person, day sales.Day, n, visits int) error {
	log := &dayLog{person: person, day: day, at: day.At(9, 10)}
	seen := map[sales.ID]bool{}
	for _, d := range h.deals {
		if h.people[d.owner].ID != person.ID {
			continue
		}
		switch {
		case d.stage < len(d.steps) && d.steps[d.stage] == n:
			h.advance(log, d)
		case d.lostOn == n && d.lostOn > 0:
			h.lose(log, d)
		default:
			continue
		}
		seen[d.o.CustomerID] = true
	}
	visits += h.rnd.IntN(3)
	for range 20 {
		if len(log.visits) >= visits {
			break
		}
		h.followUp(log, seen)
	}
	h.keepPromises(log)
	h.capture(person, day)
	return h.report(log, n)
}

// next is when the next visit of the day was filed.
func (l *dayLog) next(r *rand.Rand) time.Time {
	l.at = l.at.Add(time.Duration(40+r.IntN(50)) * time.Minute)
	return l.at
}

// stageAt is the stage behind a step's place.
func stageAt(i int) sales.Stage { return sales.Standard.At(i) }

// advance writes the visit by which a deal came into its next stage, and the move.
func (h *past) advance(log *dayLog, d *deal) {
	to, at := stageAt(d.stage), log.next(h.rnd)
	d.stage++
	if to == sales.StageContact {
		c := h.customers[d.customer]
		d.o = sales.Opportunity{
			ID: h.tx.NewID(), CustomerID: c.ID, OwnerID: log.person.ID, TeamID: log.person.TeamID, Amount: sales.Money(d.yuan) * sales.Yuan,
			Stage: to, Peak: to, StageSince: sales.At(at), State: sales.OpportunityOpen, CreatedAt: sales.At(at), Version: 1,
			ExpectedOn: h.cal.AddWorkdays(sales.DayOf(h.start), 5+h.rnd.IntN(40)),
		}
		for _, code := range strings.Fields(d.products) {
			if id := h.products[code]; id != 0 {
				d.o.Products = append(d.o.Products, id)
			}
		}
		d.o.Line = h.book.Line(d.o.Products)
		h.tx.CreateOpportunity(d.o, log.day)
	} else {
		h.move(log, d, to, at)
	}
	v := h.visit(log, d.o.CustomerID, d.o.Products, stageLines[to], at)
	v.OpportunityID = d.o.ID
	industry := industryOf(h.customers[d.customer])
	switch to {
	case sales.StageNeed:
		v.Need = h.pick(needLines[industry])
		v.Text += ",需求:" + v.Need
	case sales.StageProposal, sales.StageNegotiation:
		h.object(&v, industry)
	}
	if to == sales.StageNegotiation {
		v.Amount, v.AmountRole = d.o.Amount, "quote"
		v.Text += ",报价 " + d.o.Amount.Short()
	}
	h.file(log, v, to != sales.StageWon)
}

// move writes a change of stage.
func (h *past) move(log *dayLog, d *deal, to sales.Stage, at time.Time) {
	before := d.o
	d.o.Stage, d.o.StageSince = to, sales.At(at)
	d.o.Peak = d.o.Way.Further(d.o.Peak, to)
	switch to {
	case sales.StageWon:
		d.o.State = sales.OpportunityWon
	case sales.StageLost:
		d.o.State, d.o.LossReason = sales.OpportunityLost, d.why
	}
	h.tx.MoveOpportunity(d.o, before, sales.StageMove{
		ID: h.tx.NewID(), OpportunityID: d.o.ID, PersonID: log.person.ID, TeamID: log.person.TeamID, From: before.Stage, To: to,
		Day: log.day, MovedAt: sales.At(at), Dwell: int64(at.Sub(before.StageSince.Time) / time.Second),
	})
	log.moves = append(log.moves, h.customers[d.customer].Name+" "+before.StageName()+" → "+d.o.Way.StageName(to))
}

func (h *past) lose(log *dayLog, d *deal) {
	at := log.next(h.rnd)
	h.move(log, d, sales.StageLost, at)
	v := h.visit(log, d.o.CustomerID, d.o.Products, stageLines[sales.StageLost], at)
	v.OpportunityID, v.Text = d.o.ID, strings.ReplaceAll(v.Text, "{why}", d.why)
	h.file(log, v, false)
}

// followUp writes a visit that moved nothing: most often to a customer with an open deal, else to another of one's own.
func (h *past) followUp(log *dayLog, seen map[sales.ID]bool) {
	var customer sales.Customer
	var products sales.List[sales.ID]
	var opportunity sales.ID
	lines := careLines
	if open := h.openDeals(log.person.ID, seen); len(open) > 0 && h.rnd.IntN(10) < 7 {
		d := open[h.rnd.IntN(len(open))]
		customer, products, opportunity = h.customers[d.customer], d.o.Products[:1], d.o.ID
		lines = openLines
	} else if list := h.visited(log.person); len(list) > 0 {
		customer = list[h.rnd.IntN(len(list))]
		products = h.productFor(industryOf(customer))
	}
	if customer.ID == 0 || seen[customer.ID] {
		return
	}
	seen[customer.ID] = true
	industry := industryOf(customer)
	v := h.visit(log, customer.ID, products, slices.Concat(lines[industry], lines[""]), log.next(h.rnd))
	v.OpportunityID = opportunity
	if h.rnd.IntN(5) == 0 {
		h.object(&v, industry)
	}
	h.file(log, v, h.rnd.IntN(4) == 0)
}

// visited are the customers a person visits: one's own, and for a newcomer, who has none, those of the colleagues gone
// along with.
func (h *past) visited(p sales.Person) []sales.Customer {
	if own := h.own[p.ID]; len(own) > 0 {
		return own
	}
	return h.own[h.people["liqiang"].ID]
}

func (h *past) openDeals(owner sales.PersonID, seen map[sales.ID]bool) []*deal {
	var out []*deal
	for _, d := range h.deals {
		if d.o.OwnerID == owner && d.o.State == sales.OpportunityOpen && len(d.o.Products) > 0 && !seen[d.o.CustomerID] {
			out = append(out, d)
		}
	}
	return out
}

// productFor is a product for an industry, from the deals of the same.
func (h *past) productFor(industry string) sales.List[sales.ID] {
	var out []sales.ID
	for _, d := range pastDeals {
		if id := h.products[strings.Fields(d.products)[0]]; id != 0 && industryOf(h.customers[d.customer]) == industry {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return nil
	}
	i := h.rnd.IntN(len(out))
	return out[i : i+1]
}

// visit makes a visit with its words.
func (h *past) visit(log *dayLog, customer sales.ID, products sales.List[sales.ID], lines []string, at time.Time) sales.Visit {
	v := sales.Visit{
		ID: h.tx.NewID(), PersonID: log.person.ID, TeamID: log.person.TeamID, CustomerID: customer, Day: log.day,
		FiledAt: sales.At(at), Products: products, State: sales.VisitFiled, Version: 1,
	}
	who := "负责人"
	if list := h.contacts[customer]; len(list) > 0 {
		c := list[h.rnd.IntN(len(list))]
		v.ContactID, who = c.ID, calledBy(c)
	}
	product := "新品"
	if len(products) > 0 {
		product = strings.Join(h.book.ProductNames(products), "和")
	}
	v.Text = strings.NewReplacer("{who}", who, "{p}", product).Replace(h.pick(lines))
	return v
}

// pick chooses a line and fills in its number.
func (h *past) pick(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	line := lines[h.rnd.IntN(len(lines))]
	return strings.ReplaceAll(line, "{n}", strconv.Itoa(10*(1+h.rnd.IntN(6))))
}

func (h *past) object(v *sales.Visit, industry string) {
	list := slices.Concat(pastObjections[""], pastObjections[industry])
	o := list[h.rnd.IntN(len(list))]
	v.Objection = strings.ReplaceAll(o.text, "{r}", rivals[industry])
	v.ObjectionType, v.ObjectionPercent = o.kind, o.percent
	v.Text += ",对方" + v.Objection
}

// file writes a visit, with a promise when one was made.
func (h *past) file(log *dayLog, v sales.Visit, promise bool) {
	name := h.book.Customer(v.CustomerID)
	if promise {
		list := slices.Concat(pastPromises[""], pastPromises[industryOf(h.book.Customers.Of(v.CustomerID))])
		p := list[h.rnd.IntN(len(list))]
		due := h.cal.AddWorkdays(log.day, p.days)
		// What fell due at or after the start would be a to-do of the demo; those are chosen by hand.
		if due.Before(sales.DayOf(h.start)) {
			v.NextOn = due
			v.Text += "," + due.Chinese() + "前" + p.text
			h.todos = append(h.todos, sales.Todo{
				ID: h.tx.NewID(), OwnerID: v.PersonID, CustomerID: v.CustomerID, SourceKind: "visit", SourceID: v.ID, Text: p.text,
				DueOn: due, DueAt: sales.At(h.dueAt(due)), State: sales.TodoDone, CreatedAt: v.FiledAt, Version: 1,
			})
			log.made++
		}
	}
	h.tx.CreateVisit(v)
	if at := v.FiledAt.Time; at.After(h.last[v.CustomerID]) {
		h.last[v.CustomerID] = at
	}
	log.visits = append(log.visits, name+":"+v.Text)
}

func (h *past) dueAt(d sales.Day) time.Time { return d.At(h.settings.DueHour, h.settings.DueMinute) }

// keepPromises closes what was due that day.
func (h *past) keepPromises(log *dayLog) {
	rest := h.todos[:0]
	for _, t := range h.todos {
		if t.OwnerID != log.person.ID || t.DueOn.After(log.day) {
			rest = append(rest, t)
			continue
		}
		t.ClosedAt = sales.At(log.day.At(16, 10+h.rnd.IntN(40)))
		h.tx.CreateTodo(t)
		log.done++
	}
	h.todos = rest
}

// capture keeps where a person's deals stood at the end of the day.
func (h *past) capture(person sales.Person, day sales.Day) {
	of := map[sales.Stage]sales.StageCapture{}
	for _, d := range h.deals {
		if d.o.OwnerID != person.ID || d.o.State != sales.OpportunityOpen {
			continue
		}
		c := of[d.o.Stage]
		of[d.o.Stage] = sales.StageCapture{
			Day: day, PersonID: person.ID, TeamID: person.TeamID, Stage: d.o.Stage, Count: c.Count + 1, Amount: c.Amount + d.o.Amount,
		}
	}
	var list []sales.StageCapture
	for _, s := range sales.Standard.Steps() {
		if c, ok := of[s]; ok {
			list = append(list, c)
		}
	}
	h.tx.PutCaptures(list)
}

// report writes the day's report. A few were never handed in, as it is.
func (h *past) report(log *dayLog, n int) error {
	if len(log.visits) == 0 || n > 1 && h.rnd.IntN(14) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "拜访 %d,推进 %d 单,新增承诺 %d,完成待办 %d。", len(log.visits), len(log.moves), log.made, log.done)
	for _, m := range log.moves {
		b.WriteString("\n" + m)
	}
	sent := log.day.At(17, 2+h.rnd.IntN(50))
	if !sent.Before(h.start) {
		return errors.New("history reaches beyond its start")
	}
	h.tx.PutReport(sales.DailyReport{
		ID: h.tx.NewID(), PersonID: log.person.ID, TeamID: log.person.TeamID, Day: log.day, State: sales.ReportSubmitted,
		Summary: b.String(), Plan: h.plan(log.person), SubmittedAt: sales.At(sent),
	})
	return nil
}

// plan is what a report says of the next day: the deals furthest along.
func (h *past) plan(p sales.Person) string {
	open := h.openDeals(p.ID, nil)
	slices.SortStableFunc(open, func(a, b *deal) int { return b.o.Way.Index(b.o.Stage) - a.o.Way.Index(a.o.Stage) })
	var lines []string
	for i, d := range open[:min(3, len(open))] {
		lines = append(lines, fmt.Sprintf("%d. %s(%s)", i+1, h.customers[d.customer].Name, d.o.StageName()))
	}
	return strings.Join(lines, "\n")
}

// openTodos writes what is still to be done, with its reminders.
func (h *past) openTodos(today sales.Day) {
	for _, t := range h.todos { // due before the start, kept on the last day
		t.ClosedAt = t.DueAt
		h.tx.CreateTodo(t)
	}
	for _, pt := range pastTodos {
		owner, c := h.people[pt.owner], h.customers[pt.customer]
		if owner.ID == 0 || c.ID == 0 {
			continue
		}
		due := h.cal.AddWorkdays(today, pt.in)
		t := sales.Todo{
			ID: h.tx.NewID(), OwnerID: owner.ID, CustomerID: c.ID, SourceKind: "manual", Text: pt.text, DueOn: due,
			DueAt: sales.At(h.dueAt(due)), State: sales.TodoOpen, Version: 1,
			CreatedAt: sales.At(h.cal.PrevWorkday(today).At(15, 30)),
		}
		h.tx.CreateTodo(t)
		h.remind(t, handlers.DueTodoBefore, h.cal.NextAllowed(t.DueAt.Add(-h.settings.RemindBefore)))
		h.remind(t, handlers.DueTodoDue, t.DueAt.Time)
	}
}

// firstReminder keeps the demo's first hours quiet.
const firstReminder = 3 * time.Hour

func (h *past) remind(t sales.Todo, kind string, at time.Time) {
	if at.Sub(h.start) < firstReminder {
		return
	}
	h.tx.Schedule(sales.Due{
		ID: h.tx.NewID(), Kind: kind, SubjectKind: "todo", SubjectID: t.ID, Slot: strconv.Itoa(t.Postponed),
		DueAt: sales.At(at), State: sales.DuePending,
	})
}

// titles are what one calls a contact by, behind the surname.
var titles = []string{"主任", "科长", "院长", "校长", "园长", "店长", "老板", "总监", "部长", "厂长", "处长", "经理", "护士长", "主管"}

// calledBy is how one calls a contact: 王主任, 邹总, else the name.
func calledBy(c sales.Contact) string {
	surname := string([]rune(c.Name)[:min(1, len([]rune(c.Name)))])
	switch {
	case strings.HasSuffix(c.Title, "总经理"), strings.HasSuffix(c.Title, "副总"):
		return surname + "总"
	}
	for _, t := range titles {
		if strings.HasSuffix(c.Title, t) {
			return surname + t
		}
	}
	return c.Name
}
