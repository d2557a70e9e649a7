package handlers

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// SetupTx reads and writes what an administrator sets up (设置): stages, fields, people and teams beside the files. What it
// changes is in force with the next event that any replica looks at.
type SetupTx interface {
	// AddSetup keeps a change. A number that somebody else took meanwhile makes the turn be repeated.
	AddSetup(c sales.SetupChange)
	// Setups lists the changes of one thing, the oldest first.
	Setups(ctx context.Context, kind, target string) (sales.Setups, error)
	// AddPipeline keeps a new version of a pipeline.
	AddPipeline(p sales.Pipeline) error
	PutPerson(p sales.Person)
	PutTeam(t sales.Team)
}

// SetupFiles is what the configuration says of stages and fields without what was changed since.
type SetupFiles interface {
	// Stage finds a stage, Field a field, as the files have them; false for what they do not have.
	Stage(key sales.Stage) (sales.StageDef, bool)
	Field(object, key string) (sales.CustomField, bool)
	// CheckPipeline and CheckFields are the checks of the configuration. The error is for the operator.
	CheckPipeline(p *sales.Pipeline) error
	CheckFields(fields []sales.CustomField) error
}

// maxSetups bounds how often one thing is changed.
const maxSetups = 400

// setupCommand is the command about a thing, by kind.
var setupCommand = map[string]string{
	sales.SetupStage: "阶段模板", sales.SetupField: "字段", sales.SetupPerson: "人员", sales.SetupTeam: "团队",
}

// Setting is one thing an administrator changes: what of it, and how it was written, by attribute.
type Setting struct {
	Kind, Target string
	// Say is what people call the thing: 医疗流程 报价.
	Say    string
	Values map[string]string
	// Back, above -1, takes the thing back to how it was after that change; 0 is as the files have it.
	Back int
}

// Set changes one thing: the same for the chat and for the admin's page. An error is a *sales.Error that says what is wrong.
func (a *App) Set(ctx context.Context, t bot.Turn, tx Tx, s Setting) (bot.Reply, error) {
	if !t.Person.Has(sales.RoleAdmin) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "改阶段、字段和人员要管理员。找"+orElse(a.adminNames(t), "管理员")+"。")
	}
	if a.Setup == nil {
		return bot.Reply{}, sales.Errorf(sales.Unavailable, "这里改不了设置,改配置文件再重启。")
	}
	history, err := tx.Setups(ctx, s.Kind, s.Target)
	if err != nil {
		return bot.Reply{}, err
	}
	if history.Last() >= maxSetups {
		return bot.Reply{}, sales.Errorf(sales.Conflict, "这一项已经改过 "+itoa(history.Last())+" 次,不能再在聊天和网页里改,改配置文件。")
	}
	if s.Back > history.Last() || s.Back >= 0 && history.Last() == 0 {
		return bot.Reply{}, sales.Errorf(sales.NotFound, "没有第 "+itoa(s.Back)+" 次改动。发 "+setupCommand[s.Kind]+" 历史 "+s.Say+" 看有哪些。")
	}
	switch s.Kind {
	case sales.SetupStage:
		return a.setStage(ctx, t, tx, s, history)
	case sales.SetupField:
		return a.setCustomField(ctx, t, tx, s, history)
	case sales.SetupPerson:
		return a.setPerson(ctx, t, tx, s, history)
	case sales.SetupTeam:
		return a.setTeam(ctx, t, tx, s, history)
	}
	return bot.Reply{}, sales.Errorf(sales.Invalid, "这一项改不了。")
}

func (a *App) adminNames(t bot.Turn) string {
	var names []string
	for _, p := range t.Org.WithRole(sales.RoleAdmin) {
		if len(names) < 3 {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, "、")
}

// setAll gives a thing the new values of items.
func setAll(now sales.Settable, items []sales.SetupItem) error {
	for _, x := range items {
		if err := now.Set(x.Attr, x.New); err != nil {
			return fmt.Errorf("set %s: %w", x.Attr, err)
		}
	}
	return nil
}

// wanted are the items that a setting makes of a thing: what was written, or what it takes to go back.
func (s Setting) wanted(history sales.Setups, now, file sales.Settable, read func(attr, text string) (string, error), order []string) ([]sales.SetupItem, error) {
	var out []sales.SetupItem
	if s.Back >= 0 {
		is, was := history.State(history.Last()), history.State(s.Back)
		for _, attr := range order {
			v, over := was[attr]
			_, differs := is[attr]
			if !over {
				v = file.Setting(attr)
			}
			if (over || differs) && (over != differs || v != now.Setting(attr)) {
				out = append(out, sales.SetupItem{Attr: attr, Old: now.Setting(attr), New: v, Filed: !over})
			}
		}
		return out, nil
	}
	for _, attr := range order {
		text, ok := s.Values[attr]
		if !ok {
			continue
		}
		v, err := read(attr, strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		if v != now.Setting(attr) {
			out = append(out, sales.SetupItem{Attr: attr, Old: now.Setting(attr), New: v})
		}
	}
	return out, nil
}

// keepSetup writes a change with its trace and says it.
func (a *App) keepSetup(t bot.Turn, tx Tx, s Setting, history sales.Setups, items []sales.SetupItem, subjectID sales.ID, show func(attr, value string) string) []sales.Change {
	c := sales.SetupChange{
		ID: tx.NewID(), Kind: s.Kind, Target: s.Target, N: history.Last() + 1, Items: items, PersonID: t.Person.ID, At: sales.At(t.Now), SourceEventID: t.Event.ID, Say: cutRunes(s.Say, 60),
	}
	if s.Back >= 0 {
		c.Note = "退回到第 " + itoa(s.Back) + " 次"
		if s.Back == 0 {
			c.Note = "退回到文件"
		}
	}
	tx.AddSetup(c)
	var changes []sales.Change
	for _, i := range items {
		changes = append(changes, sales.Change{Field: view.SettingName(s.Kind, i.Attr), Old: show(i.Attr, i.Old), New: show(i.Attr, i.New)})
	}
	if subjectID == 0 {
		subjectID = c.ID
	}
	kind := map[string]string{sales.SetupStage: "pipeline", sales.SetupField: "custom_field", sales.SetupPerson: "person", sales.SetupTeam: "team"}[s.Kind]
	audit(tx, t, kind+".setup", kind, subjectID, append([]sales.Change{{Field: "对象", New: s.Say}}, changes...)...)
	emit(tx, t, kind+".setup", kind, subjectID)
	emit(tx, t, "setup.changed", "setup", c.ID) // what rules begin with, whatever was changed
	return changes
}

// setupSaid is what is said of a change, to whoever made it and to the other administrators.
func (a *App) setupSaid(t bot.Turn, s Setting, changes []sales.Change, more string) bot.Reply {
	var lines []string
	for _, c := range changes {
		lines = append(lines, c.Field+" "+orElse(c.Old, "空")+" → "+orElse(c.New, "空"))
	}
	what := s.Say + ":" + strings.Join(lines, ";")
	reply := bot.Text("改好了," + strings.TrimSuffix(what, "。") + "。" + more + "\n改错了发:" + setupCommand[s.Kind] + " 退回 " + s.Say)
	others := t.Org.WhoHas(sales.RoleAdmin, t.Person.ID)
	if len(others) > 0 {
		reply.Say = append(reply.Say, bot.Say{
			To: others, Subject: "setup:" + s.Kind + ":" + s.Target, Kind: bot.DeliverPush, Slot: t.Event.ID, Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "改了设置," + what + "。不对就发:" + setupCommand[s.Kind] + " 退回 " + s.Say},
		})
	}
	return reply
}

// rulesStay refuses a change after which a rule that is on could not be read any more.
func (a *App) rulesStay(ctx context.Context, t bot.Turn, tx Tx, ways []*sales.Pipeline, fields []sales.CustomField) error {
	if a.Rule.Schema == nil {
		return nil
	}
	var types []sales.RecordType
	if a.Custom != nil {
		types = a.Custom.Types
	}
	schema := subject.New(subject.WithCustom(subject.All(ways...), &sales.Custom{Fields: fields, Types: types})).Schema()
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return err
	}
	active, err := tx.ActiveRules(ctx)
	if err != nil {
		return err
	}
	for _, x := range active {
		if _, err := rules.Parse(x.Text, a.Rule.Schema(), names); err != nil {
			continue // it does not run now
		}
		var p *rules.Problem
		if _, err := rules.Parse(x.Text, schema, names); errors.As(err, &p) {
			return sales.Errorf(sales.Conflict, "规则 "+x.Name+" 用着要改掉的这一项("+p.Msg+")。先改规则:规则 修改 "+x.Name+"。")
		}
	}
	return nil
}

// setupHistory lists the changes of a thing (阶段模板 历史 报价).
func (a *App) setupHistory(ctx context.Context, t bot.Turn, tx Tx, s Setting, show func(attr, value string) string) (bot.Reply, error) {
	history, err := tx.Setups(ctx, s.Kind, s.Target)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.SetupHistory(view.SetupOf{
		Kind: s.Kind, Say: s.Say, Command: setupCommand[s.Kind], Changes: history, Name: t.Org.Name, Show: show, Now: t.Now,
	})), nil
}

// backTo cuts the number of a change from the end of a text: 报价 2. Without one it is the change before the newest.
func backTo(ctx context.Context, tx Tx, kind, target, rest string) (int, error) {
	if w := strings.TrimSuffix(strings.TrimPrefix(bare(rest), "第"), "次"); w != "" {
		n, err := strconv.Atoi(strings.TrimSpace(w))
		if err != nil || n < 0 {
			return 0, sales.Errorf(sales.Invalid, "退回到第几次没看懂:"+quoted(rest, "")+"。0 是文件里的样子。")
		}
		return n, nil
	}
	history, err := tx.Setups(ctx, kind, target)
	return max(history.Last()-1, 0), err
}

// ofPast tells whether a verb is about what a thing was before.
func ofPast(verb string) bool { return verb == "历史" || verb == "退回" }

// setupPast shows what was changed of a thing (历史), or goes back to what it was (退回).
func (a *App) setupPast(ctx context.Context, t bot.Turn, tx Tx, s Setting, verb, rest string, show func(attr, value string) string) (bot.Reply, error) {
	if verb == "历史" {
		return a.setupHistory(ctx, t, tx, s, show)
	}
	var err error
	if s.Back, err = backTo(ctx, tx, s.Kind, s.Target, rest); err != nil {
		return bot.Reply{}, err
	}
	return a.Set(ctx, t, tx, s)
}

// askSetting asks what to change of a thing; said is the word that was not understood, can what can be changed.
func askSetting(s Setting, said, can string) bot.Reply {
	unclear := ""
	if said != "" {
		unclear = "没看懂" + quoted(said, "") + "。"
	}
	return bot.Text("改 " + s.Say + " 的什么?" + unclear + can)
}

// ShowSetting shows attributes of a thing as people read them.
func (a *App) ShowSetting(kind, target string, org *sales.Org) func(attr, value string) string {
	switch kind {
	case sales.SetupStage:
		return a.showStage(a.Pipelines.OfStage(sales.Stage(target)))
	case sales.SetupField:
		return view.FieldSetting
	}
	return a.showPerson(org)
}
