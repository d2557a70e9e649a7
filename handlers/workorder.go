package handlers

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	topicWork    = "workorder.fill"
	topicWorkSay = "workorder.say"
	exampleWork  = "工单 绍兴市立医院 主轴套"
)

// WorkSettings are how the company works with work orders.
type WorkSettings struct {
	Plan sales.WorkPlan
	// Approver is the role that approves technical agreements.
	Approver string
}

// workDraft is a work order that is being filled in.
type workDraft struct {
	Order sales.ID `json:"order"`
	Field string   `json:"field,omitempty"` // the one that was asked for
}

func (a *App) registerWork(r *bot.Router[Tx]) {
	makers := func(n int) map[sales.Role]int {
		return map[sales.Role]int{sales.RoleDelivery: n + 3, sales.RolePurchasing: n, sales.RoleProduction: n, sales.RoleQuality: n}
	}
	r.Command(bot.Command[Tx]{
		Name: "工单", Aliases: []string{"gd", "协同工单"}, Summary: "开协同工单,看进度", Usage: "工单 客户 产品名 材质 45钢 公差 ±0.02",
		Detail: "参数一句话说几项都行,缺的我一项一项问。图纸直接发图片或文件。齐了自动分给工程、采购、生产、质量。\n" +
			"看一张:工单 GD2026-001;补或改:工单 GD2026-001 公差 ±0.01;毛利和加急:工单 GD2026-001 毛利40% 加急;看参数和图纸:工单 GD2026-001 参数。\n" +
			"接的人后面加编号发:接单 GD2026-001;完成 GD2026-001 可以做,周期12天;退回 GD2026-001 公差 没写基准;转给 GD2026-001 方远 我出差;批注 GD2026-001 公差 偏严。",
		Example: a.workExample, Handle: a.Work,
	})
	r.Command(bot.Command[Tx]{
		Name: "工单队列", Aliases: []string{"gddl", "工单任务"}, Summary: "看等着办的工单任务", Usage: "工单队列 / 工单队列 采购",
		Detail: "你和你部门等着办的,毛利高的、加急的在前,再按客户要货的日子。", Rank: makers(1), Handle: a.WorkQueue,
	})
	r.Command(bot.Command[Tx]{
		Name: "工单统计", Aliases: []string{"gdtj"}, Summary: "工单响应用了多久", Usage: "工单统计 / 工单统计 上月",
		Detail: "从参数齐到都办完,每个环节、每个部门平均和中位用了多少工时,对着目标看。", Rank: makers(6), Handle: a.WorkStats,
	})
	r.Command(bot.Command[Tx]{
		Name: "接单", Aliases: []string{"jiedan"}, Summary: "接下工单里轮到你的任务", Usage: "接单 GD2026-001",
		Detail: "同部门没人接的也能接过来。接了以后:完成 GD2026-001 结论,或 退回 GD2026-001 缺什么。", Rank: makers(2), Handle: a.workCommand("accept", nil),
	})
	r.Command(bot.Command[Tx]{
		Name: "批注", Aliases: []string{"pizhu"}, Summary: "在工单里说一句,都看得到", Usage: "批注 GD2026-001 公差 太严,建议 ±0.05",
		Detail: "以参数名开头就标在那一项上。", Rank: makers(3), Handle: a.workCommand("comment", nil),
	})
	r.Command(bot.Command[Tx]{
		Name: "取消工单", Aliases: []string{"qxgd", "撤销工单"}, Summary: "不做了,撤掉工单", Usage: "取消工单 GD2026-001 客户不做了",
		Handle: a.workCommand("cancel", nil),
	})
	for _, verb := range []string{"detail", "comment", "cancel", "resume", "agreement"} {
		r.Action("workorder."+verb, a.tapOrder(verb))
	}
	r.Action("workorder.pick", a.PickWorkOption)
	for _, verb := range []string{"accept", "finish", "return", "pass"} {
		r.Action("worktask."+verb, a.tapTask(verb))
	}
	r.Topic(topicWork, a.AnswerWork)
	r.Topic(topicWorkSay, a.AnswerWorkSay)
	a.registerAgreement(r)
}

func (a *App) workExample(ctx context.Context, t bot.Turn, _ Tx) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	if c, _ := book.ownCustomer(t.Person.ID); c != "" {
		return "工单 " + c + " 主轴套", nil
	}
	return "工单", nil
}

// work is a work order in a turn: read once, changed in memory, written once.
type work struct {
	o     sales.WorkOrder
	f     sales.WorkFamily
	tasks []sales.WorkTask
	book  *Book

	fresh, changed bool
	dirty, made    map[int]bool // places of tasks
	// moved are the tasks whose cards have changed, all says that what is asked for has.
	moved map[sales.ID]bool
	all   bool
}

func (a *App) loadWork(ctx context.Context, tx Tx, o sales.WorkOrder) (*work, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return nil, err
	}
	tasks, err := tx.WorkTasksOf(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	return &work{o: o, f: a.Settings.Work.Plan.Family(o.Family), tasks: tasks, book: book, dirty: map[int]bool{}, made: map[int]bool{}}, nil
}

// workByID reads a work order with its tasks.
func (a *App) workByID(ctx context.Context, tx Tx, id sales.ID) (*work, error) {
	o, err := tx.WorkOrderByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.loadWork(ctx, tx, o)
}

// save writes what has changed; the versions are those of the rows afterwards.
func (w *work) save(tx Tx) {
	switch {
	case w.fresh:
		w.o.Version = 1
		tx.CreateWorkOrder(w.o)
	case w.changed:
		tx.UpdateWorkOrder(w.o)
		w.o.Version++
	}
	for i := range w.tasks {
		if w.made[i] || w.dirty[i] {
			if w.moved == nil {
				w.moved = map[sales.ID]bool{}
			}
			w.moved[w.tasks[i].ID] = true
		}
		switch {
		case w.made[i]:
			w.tasks[i].Version = 1
			tx.CreateWorkTask(w.tasks[i])
		case w.dirty[i]:
			tx.UpdateWorkTask(w.tasks[i])
			w.tasks[i].Version++
		}
	}
	w.fresh, w.changed, w.dirty, w.made = false, false, map[int]bool{}, map[int]bool{}
}

// involved are those who work on an order: its rep and the owners of its tasks.
func (w *work) involved() []sales.PersonID {
	out := []sales.PersonID{w.o.OwnerID}
	for _, x := range w.tasks {
		if x.OwnerID != 0 && !slices.Contains(out, x.OwnerID) {
			out = append(out, x.OwnerID)
		}
	}
	return out
}

// seesPrices reports whether a person may see prices and margin of an order: its rep, those above, finance.
func seesPrices(t bot.Turn, o sales.WorkOrder) bool {
	return !t.InGroup() && (t.Org.ScopeOf(t.Person).Covers(o.OwnerID) || t.Person.Has(sales.RoleFinance))
}

// mayReadWork refuses who has nothing to do with an order.
func mayReadWork(t bot.Turn, w *work) error {
	if t.Org.ScopeOf(t.Person).Covers(w.o.OwnerID) || sales.SeesContracts(t.Person) || slices.Contains(w.involved(), t.Person.ID) ||
		slices.ContainsFunc(w.f.Steps, func(s sales.WorkStep) bool { return t.Person.Has(s.Role) }) {
		return nil
	}
	return sales.Errorf(sales.Forbidden, sales.NoSuch("工单", w.o.No))
}

// ownsWork reports whether a person may change what an order asks for: its rep and those above.
func ownsWork(t bot.Turn, o sales.WorkOrder) bool { return t.Org.ScopeOf(t.Person).Covers(o.OwnerID) }

func (a *App) mustOwnWork(t bot.Turn, o sales.WorkOrder) error {
	if ownsWork(t, o) {
		return nil
	}
	return sales.Errorf(sales.Forbidden, o.No+" 由"+t.Org.Name(o.OwnerID)+"改。有话说发:批注 "+o.No+" 内容")
}

// workEvent is what an event of a work order carries for the rules.
type workEvent struct {
	Order     sales.ID       `json:"order_id"`
	No        string         `json:"no"`
	Customer  sales.ID       `json:"customer_id"`
	Owner     sales.PersonID `json:"owner_id"`
	State     string         `json:"state"`
	Priority  int            `json:"priority"`
	Urgent    bool           `json:"urgent,omitempty"`
	NeedOn    sales.Day      `json:"need_on,omitzero"`
	Task      string         `json:"task,omitempty"`
	Role      sales.Role     `json:"role,omitempty"`
	TaskOwner sales.PersonID `json:"task_owner_id,omitempty"`
	DueAt     sales.Instant  `json:"due_at,omitzero"`
}

// happened writes trace and event of a work order, of one of its tasks when task is not nil.
func (w *work) happened(tx Tx, t bot.Turn, verb string, task *sales.WorkTask, changes ...sales.Change) {
	kind, id := "workorder", w.o.ID
	e := workEvent{
		Order: w.o.ID, No: w.o.No, Customer: w.o.CustomerID, Owner: w.o.OwnerID, State: w.o.State, Priority: w.o.Priority, Urgent: w.o.Urgent, NeedOn: w.o.NeedOn,
	}
	if task != nil {
		kind, id = "worktask", task.ID
		e.Task, e.Role, e.TaskOwner, e.DueAt = task.Name, task.Role, task.OwnerID, task.DueAt
	}
	audit(tx, t, kind+"."+verb, kind, id, changes...)
	data, err := json.Marshal(e)
	if err != nil {
		data = []byte("{}")
	}
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(t.Now), Kind: kind + "." + verb, SubjectKind: kind, SubjectID: id, PersonID: t.Person.ID, Data: string(data),
	})
}

func (w *work) note(tx Tx, t bot.Turn, kind string, task sales.ID, field, text string) {
	tx.AddWorkNote(sales.WorkNote{
		ID: tx.NewID(), OrderID: w.o.ID, TaskID: task, PersonID: t.Person.ID, Kind: kind, Field: field, Text: cutRunes(text, sales.MaxWorkText),
		CreatedAt: sales.At(t.Now),
	})
}

// workView puts an order together with what its cards show.
func (a *App) workView(t bot.Turn, w *work) view.WorkOrder {
	v := view.WorkOrder{
		Order: w.o, Family: w.f, Tasks: w.tasks, Customer: w.book.Customer(w.o.CustomerID), Who: t.Org.Name, Money: true,
		Target: a.Settings.Work.Plan.Target, Now: t.Now, Today: t.Today,
	}
	if end := w.o.ReadyAt.Time; !w.o.SubmittedAt.IsZero() {
		if end.IsZero() {
			end = t.Now
		}
		v.Used = a.Calendar.WorkingBetween(w.o.SubmittedAt.Time, end)
	}
	return v
}

func workSubject(id sales.ID) string { return "workorder:" + id.String() }

// pushWork sends a card or sentence about an order to people; to the one who acts it is an answer.
func pushWork(t bot.Turn, w *work, slot string, out bot.Outgoing, to ...sales.PersonID) []bot.Say {
	var says []bot.Say
	var others []sales.PersonID
	for _, p := range to {
		who, ok := t.Org.Person(p)
		switch {
		case p == t.Person.ID:
			says = append(says, bot.Say{To: alone(t), Subject: workSubject(w.o.ID), Slot: slot, Out: out})
		case ok && who.Active && !slices.Contains(others, p):
			others = append(others, p)
		}
	}
	if len(others) > 0 {
		slices.Sort(others)
		says = append(says, bot.Say{To: others, Subject: workSubject(w.o.ID), Kind: bot.DeliverPush, Slot: slot, Push: true, Urgent: w.o.Urgent, Out: out})
	}
	return says
}

// slotAt tells messages of different events apart; the same event done again makes the same slot.
func slotAt(t bot.Turn, what string, id sales.ID) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(string(t.Event.Platform) + "/" + t.Event.ID)) // never fails
	return what + ":" + id.String() + ":" + strconv.FormatUint(h.Sum64(), 36)
}

// finishTurn saves an order and adds the new faces of its cards to a reply, but for those that are sent afresh.
func (a *App) finishTurn(t bot.Turn, tx Tx, w *work, reply bot.Reply) bot.Reply {
	w.save(tx)
	v := a.workView(t, w)
	faces := []cards.Card{view.WorkCard(v, true), view.WorkCard(v, false)}
	for _, x := range w.tasks { // a card that is the same is left alone: some platforms can only send it once more
		if x.OwnerID != 0 && (w.all || w.moved[x.ID]) {
			faces = append(faces, view.WorkTaskCard(v, x))
		}
	}
	for _, f := range faces {
		if !sentAfresh(reply, f.Key) {
			reply.Faces = append(reply.Faces, f)
		}
	}
	d := reply.Dialogue
	if d == nil {
		copied := t.Dialogue
		d = &copied
	}
	reply.Dialogue = remember(d, "workorder", w.o.ID, t.Now)
	return reply
}

// Work opens, shows or changes a work order (工单).
func (a *App) Work(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	no, rest := cutWorkNo(t.Args, t.Today)
	if no == "" && rest == "" {
		list, err := tx.WorkOrdersOf(ctx, t.Org.ScopeOf(t.Person), 0, 8)
		if err != nil {
			return bot.Reply{}, err
		}
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.Text(view.WorkList(list, book.Customer, t.Now)), nil
	}
	if no == "" {
		return a.openWork(ctx, t, tx)
	}
	o, err := tx.WorkOrderByNo(ctx, no)
	if err != nil {
		return bot.Reply{}, err
	}
	w, err := a.loadWork(ctx, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayReadWork(t, w); err != nil {
		return bot.Reply{}, err
	}
	switch bare(rest) {
	case "":
		return a.showWork(t, tx, w)
	case "参数", "详情", "图纸":
		return a.workDetail(ctx, t, tx, w)
	case "已补齐", "补齐了", "继续":
		return a.doWork(ctx, t, tx, w, nil, "resume", "")
	}
	return a.fillWork(ctx, t, tx, w, rest, "")
}

func (a *App) showWork(t bot.Turn, tx Tx, w *work) (bot.Reply, error) {
	audit(tx, t, "workorder.read", "workorder", w.o.ID)
	v := a.workView(t, w)
	own := !t.InGroup() && ownsWork(t, w.o)
	dialogue := &t.Dialogue
	if missing := w.f.Missing(w.o); own && w.o.Open() && len(missing) > 0 {
		v.Asked = missing[0]
		var err error
		if v.Link, err = a.drawingLink(t, tx, v.Asked); err != nil {
			return bot.Reply{}, err
		}
		if dialogue, err = a.ask(t, topicWork, workDraft{w.o.ID, v.Asked.Name}); err != nil {
			return bot.Reply{}, err
		}
	}
	reply := bot.ShowCard(view.WorkCard(v, own))
	reply.Dialogue = remember(dialogue, "workorder", w.o.ID, t.Now)
	return reply, nil
}

// openWork opens a work order for a customer with what was said.
func (a *App) openWork(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("开工单请单聊我,价格不放群里。"), nil
	}
	if len([]rune(t.Args)) > 1000 {
		return bot.Text("太长了,先发 工单 客户 产品名,参数分几次说。"), nil
	}
	plan := a.Settings.Work.Plan
	if len(plan.Families) == 0 {
		return bot.Text("还没配产品族,找管理员配 work_orders。"), nil
	}
	book, c, rest, reply, err := a.customerToWorkOn(ctx, t, tx)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	f := plan.Guess(rest, "")
	title := readWork(f, rest, false).head
	if f = plan.Guess(title, ""); title == "" {
		return bot.Text("做什么产品?写在客户后面,例:工单 " + c.Name + " 主轴套"), nil
	}
	words := readWork(f, rest, false)
	title = bare(strings.Replace(words.head, f.Name, "", 1))
	if title == "" {
		title = f.Name
	}
	no, err := a.yearNo(ctx, t, tx, "GD", "workorder")
	if err != nil {
		return bot.Reply{}, err
	}
	w := &work{f: f, book: book, fresh: true, dirty: map[int]bool{}, made: map[int]bool{}}
	w.o = sales.WorkOrder{
		ID: tx.NewID(), No: no, Family: f.Name, Title: cutRunes(title, 40), CustomerID: c.ID, OwnerID: t.Person.ID, TeamID: t.Person.TeamID,
		Margin: -1, State: sales.WorkFilling, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID,
	}
	if w.o.OpportunityID, err = a.openOpportunity(ctx, t, tx, c.ID, ""); err != nil {
		return bot.Reply{}, err
	}
	w.happened(tx, t, "opened", nil, sales.Change{Field: "工单", New: no + " " + w.o.Title})
	tx.TouchCustomer(c.ID, sales.At(t.Now))
	for _, ref := range t.Dialogue.Last { // drawings sent just before belong to it
		if ref.Kind == "file" && t.Now.Sub(ref.At.Time) < attachFor && len(w.o.Drawings) < sales.MaxWorkDrawings {
			file, err := tx.FileByID(ctx, ref.ID)
			if err != nil {
				return bot.Reply{}, err
			}
			w.o.Draw(sales.Drawing{File: file.ID, Name: file.Name, By: t.Person.ID, At: sales.At(t.Now)})
		}
	}
	return a.takeWords(ctx, t, tx, w, words)
}
