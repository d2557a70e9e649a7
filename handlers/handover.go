package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DueHandoverRun moves the next part of a handover. Its subject is the handover.
const DueHandoverRun = "handover.run"

const (
	topicHandover = "handover.scope"
	// maxHandoverPick bounds how many customers one handover by choice names.
	maxHandoverPick = 2000
)

func (a *App) registerHandover(r *bot.Router[Tx]) {
	above := []sales.Role{sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin}
	r.Command(bot.Command[Tx]{
		Name: "交接", Aliases: []string{"jj", "客户交接"}, Summary: "把一个人的客户和在办的事交给另一个人", Usage: "交接 周敏 给 李强",
		Detail: "先看清单,再选全部、按客户或按地区,确认后才动。客户、商机、待办、在走的合同、待审批、线索、工单和轮到他的工单任务一起过去,历史和原作者不变。\n" +
			"只交一部分:交接 周敏 给 李强 绍兴。" + sales.Waited(a.Settings.UndoHandover) + "内可以撤销:撤销交接 周敏。",
		Roles: above, Rank: map[sales.Role]int{sales.RoleAdmin: 4}, Handle: a.Handover,
		Example: func(_ context.Context, t bot.Turn, _ Tx) (string, error) { return handoverExample(t), nil },
	})
	r.Command(bot.Command[Tx]{
		Name: "撤销交接", Aliases: []string{"cxjj"}, Summary: "撤销刚办的交接", Usage: "撤销交接 周敏", Roles: above, Handle: a.UndoHandover,
	})
	r.Command(bot.Command[Tx]{
		Name: "确认交接", Aliases: []string{"qrjj"}, Summary: "确认刚才看过清单的交接", Usage: "确认交接", Roles: above, Handle: a.typedDraft(a.confirmHandover),
	})
	r.Command(bot.Command[Tx]{
		Name: "取消交接", Aliases: []string{"不交接了"}, Summary: "刚才的交接不要了", Usage: "取消交接", Roles: above, Handle: a.typedDraft(a.cancelHandover),
	})
	r.Action("handover.scope", a.TapHandoverScope)
	r.Action("handover.confirm", a.TapHandoverConfirm)
	r.Action("handover.cancel", a.TapHandoverCancel)
	r.Action("handover.undo", a.TapHandoverUndo)
	r.Action("handover.pick", a.TapHandoverPick)
	r.Topic(topicHandover, a.AnswerHandover)
}

// handoverExample names two of the person's own people.
func handoverExample(t bot.Turn) string {
	var names []string
	for _, p := range t.Org.WithRole(sales.RoleRep) {
		if len(names) < 2 && t.Org.Above(t.Person, p.ID) {
			names = append(names, p.Name)
		}
	}
	if len(names) < 2 {
		return "交接 周敏 给 李强"
	}
	return "交接 " + names[0] + " 给 " + names[1]
}

var handoverForm = regexp.MustCompile(`^\s*(\S+?)\s*(?:交接)?\s*(?:给|交给|→|->)\s*(\S+)\s*(.*)$`)

// member finds anybody by name, former members included: those with the name who are still here come first.
func member(t bot.Turn, name string) (sales.Person, error) {
	name = strings.TrimSuffix(strings.TrimLeft(bare(name), "@＠"), "(已离职)")
	var here, gone []sales.Person
	for _, p := range t.Org.Everybody() {
		switch {
		case p.Name != name:
		case p.Active:
			here = append(here, p)
		default:
			gone = append(gone, p)
		}
	}
	switch {
	case len(here) == 1:
		return here[0], nil
	case len(here) == 0 && len(gone) == 1:
		return gone[0], nil
	case len(here)+len(gone) == 0:
		return sales.Person{}, sales.Errorf(sales.NotFound, "没有叫"+quoted(name, "")+"的人。写全名再发一次。")
	}
	return sales.Person{}, sales.Errorf(sales.Conflict, "叫"+name+"的不止一位,我分不清是谁。让管理员在人员名单里改开。")
}

// Handover previews a handover (交接 周敏 给 李强) and asks how much of it.
func (a *App) Handover(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	m := handoverForm.FindStringSubmatch(t.Args)
	if m == nil {
		return bot.Text("谁交给谁?例:交接 周敏 给 李强。只交一个地方的:交接 周敏 给 李强 绍兴"), nil
	}
	if t.InGroup() {
		return bot.Text("交接请单聊我,名单不在群里发。"), nil
	}
	from, err := member(t, m[1])
	if err != nil {
		return bot.Reply{}, err
	}
	to, err := coworker(t, m[2])
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mayHandOver(t, from, to); err != nil {
		return bot.Reply{}, err
	}
	if running, err := tx.HandoverFrom(ctx, from.ID); err != nil && sales.KindOf(err) != sales.NotFound {
		return bot.Reply{}, err
	} else if err == nil && (running.State == sales.HandoverRunning || running.State == sales.HandoverUndoing) {
		return bot.Text(from.Name + "的上一次交接还在进行(" + itoa(running.Moved) + "/" + itoa(running.Total) + "),完了再来。"), nil
	}
	counts, err := tx.HandoverCounts(ctx, from.ID, nil)
	if err != nil {
		return bot.Reply{}, err
	}
	if counts.Total() == 0 {
		return bot.Text(from.Name + "名下没有在手的客户和事情,不用交接。"), nil
	}
	h := sales.Handover{
		ID: tx.NewID(), FromID: from.ID, ToID: to.ID, ByID: t.Person.ID, Scope: "全部", Counts: counts, Total: counts.Total(),
		State: sales.HandoverDraft, CreatedAt: sales.At(t.Now), Version: 1,
	}
	if where := strings.TrimSpace(m[3]); where != "" {
		if err := a.narrow(ctx, t, tx, &h, where); err != nil {
			return bot.Reply{}, err
		}
		tx.CreateHandover(h)
		return bot.ShowCard(view.HandoverConfirm(a.handoverView(t, h))), nil
	}
	tx.CreateHandover(h)
	return bot.ShowCard(view.HandoverPreview(a.handoverView(t, h))), nil
}

// mayHandOver refuses who is not above both, and a successor who cannot have customers.
func (a *App) mayHandOver(t bot.Turn, from, to sales.Person) error {
	switch {
	case from.ID == to.ID:
		return sales.Errorf(sales.Invalid, "交的和接的是同一个人。")
	case !t.Org.Above(t.Person, from.ID):
		return sales.Errorf(sales.Forbidden, from.Name+"不在你的团队,交接要他的主管、总监或管理员来。")
	case !to.Has(sales.RoleRep, sales.RoleLead) && from.Has(sales.RoleRep):
		return sales.Errorf(sales.Invalid, to.Name+"不是销售,接不了客户。换一位。")
	case !t.Org.Above(t.Person, to.ID) && to.ID != t.Person.ID:
		return sales.Errorf(sales.Forbidden, to.Name+"不在你的团队。跨团队交接要总监或管理员来。")
	}
	return nil
}

func (a *App) handoverView(t bot.Turn, h sales.Handover) view.Handover {
	return view.Handover{Handover: h, From: t.Org.Name(h.FromID), To: t.Org.Name(h.ToID), By: t.Org.Name(h.ByID), Now: t.Now}
}

// narrow restricts a handover to what is named: a region, a city, or customers by name.
func (a *App) narrow(ctx context.Context, t bot.Turn, tx Tx, h *sales.Handover, where string) error {
	owned, err := tx.OwnedCustomers(ctx, h.FromID, 0)
	if err != nil {
		return err
	}
	ids, label, unknown := pickCustomers(owned, where)
	switch {
	case len(unknown) > 0:
		return sales.Errorf(sales.NotFound, t.Org.Name(h.FromID)+"名下没有"+quoted(strings.Join(unknown, "、"), "")+"。写城市、大区,或他的客户名,多家用顿号隔开。")
	case len(ids) == 0:
		return sales.Errorf(sales.NotFound, t.Org.Name(h.FromID)+"在"+quoted(where, "")+"没有客户。")
	case len(ids) > maxHandoverPick:
		return sales.Errorf(sales.Invalid, "一次按地区最多交 "+itoa(maxHandoverPick)+" 家,这里有 "+itoa(len(ids))+" 家。分几个城市交,或选全部。")
	}
	h.Scope, h.Customers = label, ids
	h.Counts, err = tx.HandoverCounts(ctx, h.FromID, ids)
	h.Total = h.Counts.Total()
	return err
}

// pickCustomers finds among a person's customers those a text names: by region, by city, or by name.
func pickCustomers(owned []sales.Customer, where string) (ids []sales.ID, label string, unknown []string) {
	var names []string
	for _, word := range strings.FieldsFunc(where, isSeparator) {
		word = bare(word)
		found := 0
		for _, c := range owned {
			city := strings.TrimRight(word, "省市区县")
			hit := slices.Contains(sales.Regions, word) && sales.RegionOfCustomer(c) == word ||
				c.City == city || c.City == "" && sales.ParseName(c.Name).Place == city ||
				c.Name == word || slices.Contains(c.Aliases, word)
			if hit {
				found++
				if !slices.Contains(ids, c.ID) {
					ids = append(ids, c.ID)
				}
			}
		}
		if found == 0 {
			unknown = append(unknown, word)
		}
		names = append(names, word)
	}
	return ids, cutRunes(strings.Join(names, "、"), 40), unknown
}

// draftHandover reads the handover of a tapped card while it can still be changed by this person.
func (a *App) draftHandover(ctx context.Context, t bot.Turn, tx Tx) (sales.Handover, bot.Reply, error) {
	h, err := tx.HandoverByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return h, bot.Reply{}, err
	}
	switch {
	case h.ByID != t.Person.ID:
		return sales.Handover{}, bot.Text("这次交接是" + t.Org.Name(h.ByID) + "发起的,由他来定。没有改动。"), nil
	case h.State != sales.HandoverDraft:
		return sales.Handover{}, bot.Reply{Faces: []view.Face{view.HandoverCard(a.handoverView(t, h))}}, nil
	case t.Now.Sub(h.CreatedAt.Time) > a.Settings.DraftFor:
		return sales.Handover{}, closeCard(t, "过期了,没有交接"), nil
	}
	return h, bot.Reply{}, nil
}

// TapHandoverScope takes how much is to be handed over.
func (a *App) TapHandoverScope(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	h, reply, err := a.draftHandover(ctx, t, tx)
	if err != nil || h.ID == 0 {
		return reply, err
	}
	if t.Action.Arg == "all" {
		return bot.Reply{Faces: []view.Face{view.HandoverConfirm(a.handoverView(t, h))}}, nil
	}
	owned, err := tx.OwnedCustomers(ctx, h.FromID, 0)
	if err != nil {
		return bot.Reply{}, err
	}
	question := "交哪几家?回客户名,多家用顿号隔开。他的客户:" + customerNames(owned, 15)
	if t.Action.Arg == "region" {
		question = "交哪里的?回城市或大区。他的客户在:" + customerPlaces(owned, 15)
	}
	d, err := a.ask(t, topicHandover, leadAsk{ID: h.ID})
	return bot.Reply{Say: bot.Text(question + "。不交了回 算了。").Say, Dialogue: d}, err
}

func customerNames(list []sales.Customer, most int) string {
	names := make([]string, 0, most)
	for _, c := range list[:min(len(list), most)] {
		names = append(names, c.Name)
	}
	s := strings.Join(names, "、")
	if len(list) > most {
		s += " 等 " + itoa(len(list)) + " 家"
	}
	return s
}

// customerPlaces counts customers by place, the most first.
func customerPlaces(list []sales.Customer, most int) string {
	n := map[string]int{}
	var order []string
	for _, c := range list {
		place := orElse(c.City, sales.ParseName(c.Name).Place)
		if place == "" {
			continue
		}
		if n[place] == 0 {
			order = append(order, place)
		}
		n[place]++
	}
	slices.SortStableFunc(order, func(a, b string) int { return n[b] - n[a] })
	var parts []string
	for _, p := range order[:min(len(order), most)] {
		parts = append(parts, p+" "+itoa(n[p]))
	}
	return strings.Join(parts, "、")
}

// AnswerHandover takes the customers or places to hand over.
func (a *App) AnswerHandover(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, err := draft[leadAsk](t)
	if err != nil {
		return bot.Reply{}, err
	}
	h, err := tx.HandoverByID(ctx, q.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) || h.State != sales.HandoverDraft {
		return bot.Reply{Say: bot.Text("好,没有交接。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if err := a.narrow(ctx, t, tx, &h, t.Text); err != nil {
		return bot.Reply{}, err
	}
	tx.UpdateHandover(h)
	h.Version++
	reply := bot.ShowCard(view.HandoverConfirm(a.handoverView(t, h)))
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

// TapHandoverConfirm begins a handover: it is done in parts, each in a transaction of its own.
func (a *App) TapHandoverConfirm(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	h, reply, err := a.draftHandover(ctx, t, tx)
	if err != nil || h.ID == 0 {
		return reply, err
	}
	return a.confirmHandover(ctx, t, tx, h)
}

// typedDraft does something about the handover the person has previewed last.
func (a *App) typedDraft(do func(ctx context.Context, t bot.Turn, tx Tx, h sales.Handover) (bot.Reply, error)) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		h, err := tx.HandoverDraft(ctx, t.Person.ID)
		if sales.KindOf(err) == sales.NotFound || err == nil && t.Now.Sub(h.CreatedAt.Time) > a.Settings.DraftFor {
			return bot.Text("没有等你确认的交接。先看清单:" + handoverExample(t)), nil
		}
		if err != nil {
			return bot.Reply{}, err
		}
		return do(ctx, t, tx, h)
	}
}

func (a *App) confirmHandover(ctx context.Context, t bot.Turn, tx Tx, h sales.Handover) (bot.Reply, error) {
	from, _ := t.Org.Person(h.FromID)
	to, ok := t.Org.Person(h.ToID)
	if !ok || !to.Active {
		return closeCard(t, t.Org.Name(h.ToID)+"已不在职,没有交接"), nil
	}
	if err := a.mayHandOver(t, from, to); err != nil {
		return bot.Reply{}, err
	}
	h.State = sales.HandoverRunning
	var err error
	if h.Counts, err = tx.HandoverCounts(ctx, h.FromID, h.Customers); err != nil {
		return bot.Reply{}, err
	}
	h.Total = h.Counts.Total()
	tx.UpdateHandover(h)
	h.Version++
	runHandover(tx, h, t)
	audit(tx, t, "handover.start", "person", sales.ID(h.FromID), sales.Change{Field: "接手", New: to.Name},
		sales.Change{Field: "范围", New: h.Scope}, sales.Change{Field: "清单", New: h.Counts.String()})
	emit(tx, t, "handover.started", "person", sales.ID(h.FromID))
	if err := a.endWatch(ctx, t, tx, sales.WatchLeaver, "person", sales.ID(h.FromID), "交接给 "+to.Name); err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Reply{Faces: []view.Face{view.HandoverCard(a.handoverView(t, h))}}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("开始交接:" + t.Org.Name(h.FromID) + " → " + to.Name + "," + h.Counts.String() + "。完了告诉你。").Say
	}
	return reply, nil
}

func runHandover(tx Tx, h sales.Handover, t bot.Turn) {
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: DueHandoverRun, SubjectKind: "handover", SubjectID: h.ID, Slot: h.State, DueAt: sales.At(t.Now), State: sales.DuePending,
	})
}

// TapHandoverCancel drops a handover that was not confirmed.
func (a *App) TapHandoverCancel(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	h, reply, err := a.draftHandover(ctx, t, tx)
	if err != nil || h.ID == 0 {
		return reply, err
	}
	return a.cancelHandover(ctx, t, tx, h)
}

func (a *App) cancelHandover(_ context.Context, t bot.Turn, tx Tx, h sales.Handover) (bot.Reply, error) {
	h.State = sales.HandoverCancelled
	tx.UpdateHandover(h)
	if t.Event.Kind != bot.Tapped {
		return bot.Reply{Say: bot.Text("好,没有交接。").Say, Faces: []view.Face{view.HandoverCard(a.handoverView(t, h))}}, nil
	}
	return closeCard(t, "没有交接"), nil
}

// TapHandoverPick begins the handover of somebody who left, to the colleague on the button.
func (a *App) TapHandoverPick(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	from, ok := t.Org.Person(sales.PersonID(t.Action.Record))
	if !ok {
		return closeCard(t, "没有这个人"), nil
	}
	to, err := coworker(t, t.Action.Arg)
	if err != nil {
		return bot.Reply{}, err
	}
	t.Args = from.Name + " 给 " + to.Name
	return a.Handover(ctx, t, tx)
}

// UndoHandover takes back the newest handover of a person's work (撤销交接 周敏).
func (a *App) UndoHandover(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("撤销谁的交接?例:撤销交接 周敏"), nil
	}
	from, err := member(t, firstWord(t.Args))
	if err != nil {
		return bot.Reply{}, err
	}
	h, err := tx.HandoverFrom(ctx, from.ID)
	if sales.KindOf(err) == sales.NotFound {
		return bot.Text(from.Name + "没有交接过。"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoHandover(ctx, t, tx, h)
}

// TapHandoverUndo takes a handover back by its button.
func (a *App) TapHandoverUndo(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	h, err := tx.HandoverByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoHandover(ctx, t, tx, h)
}

func (a *App) undoHandover(_ context.Context, t bot.Turn, tx Tx, h sales.Handover) (bot.Reply, error) {
	from, _ := t.Org.Person(h.FromID)
	switch {
	case h.ByID != t.Person.ID && !t.Org.Above(t.Person, h.FromID):
		return bot.Text("这次交接由" + t.Org.Name(h.ByID) + "或上级撤销。没有改动。"), nil
	case h.State == sales.HandoverRunning || h.State == sales.HandoverUndoing:
		return bot.Text("还在进行,完了再撤销。"), nil
	case h.State == sales.HandoverUndone:
		return bot.Text("已经撤销过了。"), nil
	case h.State != sales.HandoverDone:
		return bot.Text("这次没有交接,不用撤销。"), nil
	case t.Now.After(h.UndoUntil.Time):
		return bot.Text("过了撤销时间(" + sales.FormatMoment(h.UndoUntil.Time) + ")。要换回来,再交接一次:交接 " + t.Org.Name(h.ToID) + " 给 姓名"), nil
	case !from.Active:
		return bot.Text(from.Name + "已经离职,退回去没人管。要换人:交接 " + t.Org.Name(h.ToID) + " 给 姓名"), nil
	}
	h.State, h.Moved = sales.HandoverUndoing, 0
	tx.UpdateHandover(h)
	h.Version++
	runHandover(tx, h, t)
	audit(tx, t, "handover.undo", "person", sales.ID(h.FromID))
	face := view.HandoverCard(a.handoverView(t, h))
	reply := bot.Reply{Faces: []view.Face{face}}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("正在撤销:" + from.Name + " 给 " + t.Org.Name(h.ToID) + " 的交接。").Say
	}
	return reply, nil
}
