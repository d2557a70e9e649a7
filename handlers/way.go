package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DueWayChange moves the next part of a change of pipeline. Its subject is the change.
const DueWayChange = "way_change.run"

// topicWay waits for where the deals of a stage go, or for the last word.
const topicWay = "way_change"

// WayTx reads and writes changes of pipelines.
type WayTx interface {
	CreateWayChange(c sales.WayChange)
	UpdateWayChange(c sales.WayChange)
	WayChangeByID(ctx context.Context, id sales.ID) (sales.WayChange, error)
	// WayChanges lists the newest changes that were confirmed.
	WayChanges(ctx context.Context, limit int) ([]sales.WayChange, error)
	// WayCounts counts the open deals by pipeline, version and stage.
	WayCounts(ctx context.Context) ([]sales.WayCount, error)
}

// wayDraft is a change of pipeline that waits for an answer. Stage is what is asked about, "" for the last word.
type wayDraft struct {
	Change sales.ID    `json:"change"`
	Stage  sales.Stage `json:"stage,omitempty"`
}

func (a *App) registerWays(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "阶段模板", Aliases: []string{"jdmb", "流程模板"}, Summary: "看阶段模板的版本,把旧版的单换到新版",
		Usage: "阶段模板 / 阶段模板 改 医疗流程 报价 一般停 5天 / 阶段模板 迁移 医疗流程",
		Detail: "改名字、一般停、成交机会、进来要、出去要:阶段模板 改 模板 阶段 哪一项 改成什么,条件一行一个,例 预算:商机.金额 > 0。阶段模板 历史 报价 看改过什么," +
			"阶段模板 退回 报价 改回去。每改一次是新的一版,在走的单还按旧版走。阶段的增减在配置里改,重启后成为新版。迁移先给你看哪些单从哪一步换到哪一步,名字对不上的会问你,确认后分批换,7 天内可撤销。" +
			"换到另一个模板:阶段模板 迁移 旧流程 到 新流程。",
		Roles: []sales.Role{sales.RoleAdmin}, Rank: map[sales.Role]int{sales.RoleAdmin: 12}, Handle: a.Ways,
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "阶段模板", nil },
	})
	r.Action("way.map", a.TapWayMap)
	r.Action("way.confirm", a.TapWay)
	r.Action("way.cancel", a.TapWay)
	r.Action("way.undo", a.TapWay)
	r.Topic(topicWay, a.AnswerWay)
}

// Ways lists the pipelines (阶段模板), or begins, confirms, drops or takes back a change.
func (a *App) Ways(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.Join(strings.Fields(bare(t.Args)), " ")
	verb, rest, _ := strings.Cut(args, " ")
	for _, v := range []string{"迁移", "撤销", "确认", "取消"} {
		if after, ok := strings.CutPrefix(args, v); ok {
			verb, rest = v, strings.TrimSpace(after)
		}
	}
	switch word, rest := cutWord(t.Args); word {
	case "改", "历史", "退回":
		if t.InGroup() {
			return bot.Text("阶段模板单聊我改。"), nil
		}
		return a.changeWay(ctx, t, tx, word, rest)
	}
	switch verb {
	case "迁移":
		return a.previewWay(ctx, t, tx, rest)
	case "撤销":
		return a.undoWayNamed(ctx, t, tx, rest)
	case "确认", "取消":
		d, err := draft[wayDraft](t)
		if t.Dialogue.Topic != topicWay || err != nil {
			return bot.Text("没有等你确认的迁移。先发 阶段模板 迁移 模板名。"), nil
		}
		return a.decideWay(ctx, t, tx, d.Change, map[string]string{"确认": "way.confirm", "取消": "way.cancel"}[verb])
	case "":
		return a.listWays(ctx, tx)
	}
	return bot.Text("没看懂" + quoted(args, "") + "。发 阶段模板 看有哪些,阶段模板 迁移 模板名 换到新版。"), nil
}

func (a *App) listWays(ctx context.Context, tx Tx) (bot.Reply, error) {
	counts, err := tx.WayCounts(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	current := a.Pipelines.Current()
	var lines []view.WayLine
	for _, p := range a.Pipelines.All() {
		l := view.WayLine{Way: p}
		for _, c := range current {
			l.Newest = l.Newest || c == p
		}
		for _, n := range counts {
			if n.Pipeline == p.Key && n.Version == p.Version {
				l.Deals += n.Deals
			}
		}
		if l.Newest || l.Deals > 0 {
			lines = append(lines, l)
		}
	}
	return bot.Text(view.WaysText(lines, true)), nil
}

// wayNamed is the newest version of the pipeline a text names, retired ones included; nil for none.
func (a *App) wayNamed(text string) *sales.Pipeline {
	var best *sales.Pipeline
	for _, p := range a.Pipelines.All() {
		if p.Name != "" && strings.Contains(text, p.Name) && (best == nil || len(p.Name) > len(best.Name)) {
			best = p
		}
	}
	if best == nil {
		return nil
	}
	return a.Pipelines.Find(best.Key, 0)
}

// previewWay makes a draft of a change: where the open deals of each old stage go.
func (a *App) previewWay(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, error) {
	source, target, other := strings.Cut(text, "到")
	from, to := a.wayNamed(source), a.wayNamed(source)
	if other {
		to = a.wayNamed(target)
	}
	switch {
	case from == nil || to == nil:
		return bot.Text("没有这个模板。发 阶段模板 看有哪些,再发 阶段模板 迁移 模板名。"), nil
	case to.Retired:
		return bot.Text(to.Name + "已经停用,不能再往上换。换到在用的:阶段模板 迁移 " + from.Name + " 到 " + a.Pipelines.Current()[0].Name), nil
	}
	if running, err := tx.WayChanges(ctx, 20); err != nil {
		return bot.Reply{}, err
	} else {
		for _, c := range running {
			if c.State == sales.WayRunning || c.State == sales.WayUndoing {
				return bot.Text("上一次迁移还没完,完了会告诉发起的人。过一会儿再发。"), nil
			}
		}
	}
	counts, err := a.toBring(ctx, tx, from.Key, to)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(counts) == 0 {
		return bot.Text(from.Name + "没有要换的单,都在最新的 v" + itoa(to.Version) + " 上。"), nil
	}
	c := sales.WayChange{
		ID: tx.NewID(), Pipeline: from.Key, ToPipeline: to.Key, ToVersion: to.Version, State: sales.WayDraft, ByID: t.Person.ID, CreatedAt: sales.At(t.Now), Version: 1,
	}
	for _, p := range a.Pipelines.All() {
		if p.Key != from.Key || p == to {
			continue
		}
		for _, s := range p.Stages {
			if goal := sales.MapStage(p, s.Key, to); goal != "" && c.To(s.Key) == "" {
				c.Stages = append(c.Stages, sales.StagePair{From: s.Key, To: goal})
			}
		}
	}
	tx.CreateWayChange(c)
	return a.askWay(t, c, counts)
}

// toBring counts the open deals that a change to a pipeline is about.
func (a *App) toBring(ctx context.Context, tx Tx, from string, to *sales.Pipeline) ([]sales.WayCount, error) {
	all, err := tx.WayCounts(ctx)
	if err != nil {
		return nil, err
	}
	var out []sales.WayCount
	for _, n := range all {
		if n.Pipeline == from && (from != to.Key || n.Version < to.Version) {
			out = append(out, n)
		}
	}
	return out, nil
}

// askWay asks about the first stage nobody said anything of, else for the last word.
func (a *App) askWay(t bot.Turn, c sales.WayChange, counts []sales.WayCount) (bot.Reply, error) {
	v := view.WayChange{Change: c, Ways: a.Pipelines, Counts: counts, By: t.Person.Name, Now: t.Now}
	d := wayDraft{Change: c.ID}
	card := view.WayChangeCard(v)
	for _, n := range counts {
		if c.To(n.Stage) == "" {
			d.Stage = n.Stage
			card = view.WayAsk(v, a.Pipelines.Find(n.Pipeline, n.Version), n.Stage, n.Deals)
			break
		}
	}
	dialogue, err := a.ask(t, topicWay, d)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Reply{Dialogue: dialogue}
	if t.Card != nil && t.Card.Face.Key == card.Key {
		reply.Faces = []view.Face{card}
	} else {
		reply.Say = bot.ShowCard(card).Say
	}
	return reply, nil
}

// mapWay notes where the deals of a stage go, and goes on.
func (a *App) mapWay(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, from, to sales.Stage) (bot.Reply, error) {
	c, err := tx.WayChangeByID(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	way := a.Pipelines.Find(c.ToPipeline, c.ToVersion)
	if _, ok := way.Def(to); !ok || c.State != sales.WayDraft || c.ByID != t.Person.ID {
		return bot.Text("这一问过期了。重新来:阶段模板 迁移 模板名"), nil
	}
	if c.To(from) == "" {
		c.Stages = append(c.Stages, sales.StagePair{From: from, To: to})
		tx.UpdateWayChange(c)
		c.Version++
	}
	counts, err := a.toBring(ctx, tx, c.Pipeline, way)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.askWay(t, c, counts)
}

// TapWayMap takes a tapped answer to where the deals of a stage go.
func (a *App) TapWayMap(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if !t.Person.Has(sales.RoleAdmin) {
		return bot.Reply{}, notAdmin()
	}
	from, to, _ := strings.Cut(t.Action.Arg, ",")
	return a.mapWay(ctx, t, tx, sales.ID(t.Action.Record), sales.Stage(from), sales.Stage(to))
}

func notAdmin() error { return sales.Errorf(sales.Forbidden, "迁移阶段模板要管理员。") }

// AnswerWay takes a typed answer: a stage, 确认 or 算了.
func (a *App) AnswerWay(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[wayDraft](t)
	if err != nil || !t.Person.Has(sales.RoleAdmin) {
		return bot.Reply{}, bot.ErrNotMine
	}
	word := bare(t.Text)
	switch {
	case word == "算了" || word == "取消" || word == "不迁移":
		return a.decideWay(ctx, t, tx, d.Change, "way.cancel")
	case d.Stage == "" && (word == "确认" || word == "确认迁移" || isYes(t.Text)):
		return a.decideWay(ctx, t, tx, d.Change, "way.confirm")
	case d.Stage == "":
		return bot.Reply{}, bot.ErrNotMine
	}
	c, err := tx.WayChangeByID(ctx, d.Change)
	if err != nil {
		return bot.Reply{}, err
	}
	way := a.Pipelines.Find(c.ToPipeline, c.ToVersion)
	goal, ok := way.Named(word)
	if _, open := way.Def(goal); !ok || !open {
		return bot.Reply{}, bot.ErrNotMine
	}
	return a.mapWay(ctx, t, tx, d.Change, d.Stage, goal)
}

// TapWay confirms, drops or takes back a change by its button.
func (a *App) TapWay(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if !t.Person.Has(sales.RoleAdmin) {
		return bot.Reply{}, notAdmin()
	}
	return a.decideWay(ctx, t, tx, sales.ID(t.Action.Record), t.Action.Verb)
}

// undoWayNamed takes the newest change of a pipeline back.
func (a *App) undoWayNamed(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, error) {
	from := a.wayNamed(text)
	list, err := tx.WayChanges(ctx, 50)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, c := range list {
		if c.State == sales.WayDone && (from == nil && text == "" || from != nil && c.Pipeline == from.Key) {
			return a.decideWay(ctx, t, tx, c.ID, "way.undo")
		}
	}
	return bot.Text("没有可以撤销的迁移。只有 7 天内迁移过的能撤。"), nil
}

// decideWay confirms, drops or takes back a change.
func (a *App) decideWay(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, verb string) (bot.Reply, error) {
	c, err := tx.WayChangeByID(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	counts, err := a.toBring(ctx, tx, c.Pipeline, a.Pipelines.Find(c.ToPipeline, c.ToVersion))
	if err != nil {
		return bot.Reply{}, err
	}
	what := ""
	switch {
	case verb == "way.cancel" && c.State == sales.WayDraft:
		c.State, what = sales.WayCancelled, "pipeline.migration_cancelled"
	case verb == "way.confirm" && c.State == sales.WayDraft:
		for _, n := range counts {
			if c.To(n.Stage) == "" {
				return a.askWay(t, c, counts)
			}
			c.Total += n.Deals
		}
		c.State, what = sales.WayRunning, "pipeline.migration_started"
	case verb == "way.undo" && c.State == sales.WayDone && t.Now.Before(c.UndoUntil()):
		c.State, c.Kept, what = sales.WayUndoing, 0, "pipeline.migration_undoing"
	case verb == "way.undo" && c.State == sales.WayDone:
		return bot.Text("迁移过了 7 天,不能撤销了。要换回去就再迁移一次。"), nil
	default:
		return a.showWay(t, c, counts, "这次迁移已经处理过了。"), nil
	}
	tx.UpdateWayChange(c)
	c.Version++
	audit(tx, t, what, "way_change", c.ID, sales.Change{Field: "商机", New: itoa(c.Total) + " 单"})
	emit(tx, t, what, "way_change", c.ID)
	if c.State != sales.WayCancelled {
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: DueWayChange, SubjectKind: "way_change", SubjectID: c.ID, Slot: c.State, DueAt: sales.At(t.Now), State: sales.DuePending,
		})
	}
	said := map[string]string{sales.WayCancelled: "好,不迁移。", sales.WayRunning: "开始迁移,完了告诉你。", sales.WayUndoing: "开始撤销,完了告诉你。"}[c.State]
	return a.showWay(t, c, counts, said), nil
}

// showWay changes the card of a change; what was typed is answered in words, too.
func (a *App) showWay(t bot.Turn, c sales.WayChange, counts []sales.WayCount, said string) bot.Reply {
	card := view.WayChangeCard(view.WayChange{Change: c, Ways: a.Pipelines, Counts: counts, By: t.Person.Name, Now: t.Now})
	reply := bot.Reply{Faces: []view.Face{card}, Dialogue: closeTopic(t.Dialogue)}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text(said).Say
	}
	return reply
}
