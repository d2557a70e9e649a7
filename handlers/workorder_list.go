package handlers

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// makerRoles are the roles that have tasks in any family's plan, in the order of the plans.
func (a *App) makerRoles() []sales.Role {
	var out []sales.Role
	for _, f := range a.Settings.Work.Plan.Families {
		for _, s := range f.Steps {
			if !slices.Contains(out, s.Role) {
				out = append(out, s.Role)
			}
		}
	}
	return out
}

// WorkQueue lists what waits for a role, the first to be done first (工单队列).
func (a *App) WorkQueue(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	all := a.makerRoles()
	var roles []sales.Role
	for _, r := range all {
		if t.Person.Has(r) {
			roles = append(roles, r)
		}
	}
	title := "工单队列 · 我的"
	if len(roles) > 0 {
		title = "工单队列 · " + roles[0].Name()
	}
	if said := bare(t.Args); said != "" {
		i := slices.IndexFunc(all, func(r sales.Role) bool {
			return r.Name() == strings.TrimSuffix(said, "部") || r == sales.RoleDelivery && strings.HasPrefix(said, "工程") || string(r) == said
		})
		if i < 0 {
			var names []string
			for _, r := range all {
				names = append(names, r.Name())
			}
			return bot.Text("没有这个队列:" + quoted(said, "") + "。有:" + strings.Join(names, "、") + "。"), nil
		}
		if scope := t.Org.ScopeOf(t.Person); !t.Person.Has(all[i]) && !scope.All && len(t.Org.Led(t.Person.ID)) == 0 {
			return bot.Reply{}, sales.Errorf(sales.Forbidden, all[i].Name()+"的队列,"+all[i].Name()+"和主管以上能看。发 工单 看你自己的工单。")
		}
		roles, title = []sales.Role{all[i]}, "工单队列 · "+all[i].Name()
	} else if t.Org.ScopeOf(t.Person).All && len(roles) == 0 {
		roles, title = all, "工单队列 · 全部"
	}
	tasks, err := tx.WorkQueue(ctx, roles, t.Person.ID, 60)
	if err != nil {
		return bot.Reply{}, err
	}
	var ids []sales.ID
	for _, x := range tasks {
		if !slices.Contains(ids, x.OrderID) {
			ids = append(ids, x.OrderID)
		}
	}
	orders, err := tx.WorkOrdersByIDs(ctx, ids)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	of := map[sales.ID]sales.WorkOrder{}
	for _, o := range orders {
		of[o.ID] = o
	}
	var lines []view.QueueLine
	for _, x := range tasks {
		o := of[x.OrderID]
		lines = append(lines, view.QueueLine{Task: x, Order: o, Customer: book.Customer(o.CustomerID), Money: seesPrices(t, o)})
	}
	return bot.Text(view.WorkQueue(title, lines, t.Org.Name, t.Now)), nil
}

// WorkStats tells how long work orders took, in working time (工单统计): of the rep's own and those below, of all for those
// who make the things.
func (a *App) WorkStats(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	from, until, period := workPeriod(bare(t.Args), t.Today)
	scope := t.Org.ScopeOf(t.Person)
	scope.All = scope.All || t.Person.Has(a.makerRoles()...)
	orders, err := tx.WorkOrdersReady(ctx, scope, sales.At(from), sales.At(until), 2000)
	if err != nil {
		return bot.Reply{}, err
	}
	var tasks []sales.WorkTask
	for part := range slices.Chunk(orders, 200) {
		ids := make([]sales.ID, len(part))
		for i, o := range part {
			ids[i] = o.ID
		}
		more, err := tx.WorkTasksOf(ctx, ids...)
		if err != nil {
			return bot.Reply{}, err
		}
		tasks = append(tasks, more...)
	}
	target := a.Settings.Work.Plan.Target
	var spans []time.Duration
	all := view.WorkStat{Name: "全部"}
	for _, o := range orders {
		d := a.Calendar.WorkingBetween(o.SubmittedAt.Time, o.ReadyAt.Time)
		if spans = append(spans, d); d > target {
			all.Late++
		}
	}
	all.Count = len(spans)
	all.Average, all.Median = sales.AverageAndMedian(spans)
	stages := a.workStats(t, tasks, func(x sales.WorkTask) string { return x.Name })
	roles := a.workStats(t, tasks, func(x sales.WorkTask) string { return x.Role.Name() })
	return bot.Text(view.WorkStats(period, all, target, stages, roles)), nil
}

// workStats groups done tasks by a name, in the order in which the names come first.
func (a *App) workStats(t bot.Turn, tasks []sales.WorkTask, name func(sales.WorkTask) string) []view.WorkStat {
	spans, late := map[string][]time.Duration{}, map[string]int{}
	var names []string
	for _, x := range tasks {
		if x.State != sales.TaskDone {
			continue
		}
		n := name(x)
		if _, ok := spans[n]; !ok {
			names = append(names, n)
		}
		d := x.Took(a.Calendar.Of(t.Org, x.OwnerID))
		if spans[n] = append(spans[n], d); d > time.Duration(x.Hours)*time.Hour {
			late[n]++
		}
	}
	var out []view.WorkStat
	for _, n := range names {
		s := view.WorkStat{Name: n, Count: len(spans[n]), Late: late[n]}
		s.Average, s.Median = sales.AverageAndMedian(spans[n])
		out = append(out, s)
	}
	return out
}

// workPeriod reads 本月, 上月, 本年; the last 90 days without a word.
func workPeriod(said string, today sales.Day) (from, until time.Time, name string) {
	month := sales.FirstOf(today)
	switch said {
	case "本月", "这个月":
		return month.Start(), today.AddDays(1).Start(), "本月"
	case "上月", "上个月":
		return month.AddMonths(-1).Start(), month.Start(), "上月"
	case "今年", "本年":
		return sales.NewDay(today.Year(), 1, 1).Start(), today.AddDays(1).Start(), "今年"
	}
	return today.AddDays(-89).Start(), today.AddDays(1).Start(), "近 90 天"
}

// drawingTypes are the names' ends of what can be a drawing, beside pictures.
var drawingTypes = []string{".pdf", ".dwg", ".dxf", ".step", ".stp", ".igs", ".iges", ".x_t", ".sldprt", ".png", ".jpg", ".jpeg", ".zip", ".docx", ".xlsx"}

// workFile takes a file that is sent while an order is filled in, a task is finished, or just after an order was looked at;
// false when it is none of a work order's.
func (a *App) workFile(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	id, task := sales.ID(0), sales.ID(0)
	open := t.Now.Before(t.Dialogue.ExpiresAt.Time)
	last := t.Dialogue.Last
	switch {
	case len(t.Event.Files) == 0 || t.Event.Files[0].Kind == "voice" || t.Event.Files[0].Kind == "video":
		return bot.Reply{}, false, nil
	case open && t.Dialogue.Topic == topicWork:
		d, err := draft[workDraft](t)
		if err != nil {
			return bot.Reply{}, false, err
		}
		id = d.Order
	case open && t.Dialogue.Topic == topicWorkSay:
		d, err := draft[workSay](t)
		if err != nil || d.Verb != "finish" {
			return bot.Reply{}, false, err
		}
		id, task = d.Order, d.Task
	case open && t.Dialogue.Topic != "":
		return bot.Reply{}, false, nil
	case len(last) > 0 && last[0].Kind == "workorder" && t.Now.Sub(last[0].At.Time) < attachFor:
		id = last[0].ID
	default:
		return bot.Reply{}, false, nil
	}
	o, err := tx.WorkOrderByID(ctx, id)
	if err != nil {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	w, err := a.loadWork(ctx, tx, o)
	if err != nil {
		return bot.Reply{}, false, err
	}
	own := slices.IndexFunc(w.tasks, func(x sales.WorkTask) bool {
		return x.OwnerID == t.Person.ID && x.Running() && (task == 0 || x.ID == task)
	})
	switch {
	case own >= 0 && !(ownsWork(t, o) && t.Dialogue.Topic == topicWork):
		reply, err := a.taskFiles(t, tx, w, own)
		return reply, true, err
	case ownsWork(t, o) && o.Open():
		reply, err := a.drawings(ctx, t, tx, w)
		return reply, true, err
	}
	return bot.Reply{}, false, nil
}

// taskFiles adds what was sent to a task's result.
func (a *App) taskFiles(t bot.Turn, tx Tx, w *work, i int) (bot.Reply, error) {
	x := &w.tasks[i]
	if len(x.Files)+len(t.Event.Files) > sales.MaxWorkDrawings {
		return bot.Text("一项任务最多附 " + itoa(sales.MaxWorkDrawings) + " 个文件,这次的没有收。"), nil
	}
	files := a.takeFiles(t, tx)
	for _, f := range files {
		x.Files = append(slices.Clone(x.Files), f.ID)
	}
	w.dirty[i] = true
	names := fileNames(files)
	w.note(tx, t, sales.NoteComment, x.ID, "", "附了 "+names)
	w.happened(tx, t, "attached", x, sales.Change{Field: "附件", New: names})
	return a.finishTurn(t, tx, w, bot.Text("附在 "+w.o.No+" 的"+x.Name+"上了:"+names+"。办完发:完成 "+w.o.No+" 结论")), nil
}

// drawings adds what was sent to an order: a file of the same name is its next version.
func (a *App) drawings(ctx context.Context, t bot.Turn, tx Tx, w *work) (bot.Reply, error) {
	refs := t.Event.Files
	if len(w.o.Drawings)+len(refs) > sales.MaxWorkDrawings {
		return bot.Text("一张工单最多留 " + itoa(sales.MaxWorkDrawings) + " 版图纸,这次的没有收。"), nil
	}
	for _, ref := range refs {
		if name := fileName(ref); name == "附件" { // a platform that tells the name later
			continue
		}
		if ref.Kind != "image" && !slices.Contains(drawingTypes, strings.ToLower(path.Ext(fileName(ref)))) {
			return bot.Text(cutRunes(fileName(ref), 30) + " 不像图纸,没有收。发图片、PDF 或 CAD 文件(dwg、dxf、step)。"), nil
		}
	}
	var changes []sales.Change
	for _, ref := range refs[:min(len(refs), maxContractFiles)] {
		name := ""
		switch fileName(ref) {
		case kindNames["image"]:
			name = "图纸照片.jpg"
		case "附件":
			name = "图纸"
		}
		f := a.newFile(t, tx, ref, name)
		d := w.o.Draw(sales.Drawing{File: f.ID, Name: f.Name, By: t.Person.ID, At: sales.At(t.Now)})
		changes = append(changes, sales.Change{Field: "图纸", New: d.Name + " V" + itoa(d.Version)})
	}
	w.changed, w.all = true, true
	w.happened(tx, t, "drawn", nil, changes...)
	return a.afterChange(ctx, t, tx, w, changes, "")
}
