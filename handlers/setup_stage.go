package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// Bounds of what is set, those of the configuration.
const (
	maxSetName  = 20
	maxSetGates = 20
	maxSetSpan  = 1000 * 86400
)

// stageAttrs are what can be set of a stage, in the order in which it is done; stageWords are the words for them.
var (
	stageAttrs = []string{sales.SetName, sales.SetBenchmark, sales.SetChance, sales.SetEnter, sales.SetLeave}
	stageWords = map[string]string{
		"名字": sales.SetName, "名称": sales.SetName, "改名": sales.SetName, "叫": sales.SetName,
		"一般停": sales.SetBenchmark, "基准": sales.SetBenchmark, "基准天数": sales.SetBenchmark, "停留": sales.SetBenchmark,
		"成交机会": sales.SetChance, "机会": sales.SetChance, "胜率": sales.SetChance,
		"进来要": sales.SetEnter, "进入条件": sales.SetEnter, "准入": sales.SetEnter,
		"出去要": sales.SetLeave, "离开条件": sales.SetLeave, "推进条件": sales.SetLeave,
	}
)

// attrValues reads "一般停 5天" and further lines of that form; a line that begins with no word for an attribute belongs to the
// one before. said is the first word that is none.
func attrValues(text string, words map[string]string) (values map[string]string, said string) {
	values = map[string]string{}
	last := ""
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		attr, rest := "", ""
		for w, key := range words {
			after, ok := strings.CutPrefix(line, w)
			after = strings.TrimLeft(after, " \t:：")
			if ok && (attr == "" || len(line)-len(after) > len(line)-len(rest)) {
				attr, rest = key, after
			}
		}
		switch {
		case attr != "":
			values[attr], last = rest, attr
		case last != "":
			values[last] += "\n" + line
		default:
			word, _ := cutWord(line)
			return nil, word
		}
	}
	return values, ""
}

// stageNamed finds the stage a text begins with, of the pipelines in use, with or without the pipeline's name before it.
func (a *App) stageNamed(text string) (way *sales.Pipeline, def sales.StageDef, rest string, err error) {
	text = strings.TrimSpace(text)
	named := a.Pipelines.Current()
	for _, p := range a.Pipelines.Current() {
		if after, ok := strings.CutPrefix(text, p.Name); ok && p.Name != "" {
			named, text = []*sales.Pipeline{p}, strings.TrimSpace(after)
			break
		}
	}
	size := 0
	var twice []string
	for _, p := range named {
		for _, d := range p.Stages {
			for _, w := range append([]string{d.Name, string(d.Key)}, d.Aliases...) {
				after, ok := strings.CutPrefix(text, w)
				if w == "" || !ok || after != "" && !isSeparator([]rune(after)[0]) {
					continue
				}
				switch {
				case len(w) > size:
					way, def, rest, size, twice = p, d, after, len(w), []string{p.Name + " " + d.Name}
				case len(w) == size && def.Key != d.Key:
					twice = append(twice, p.Name+" "+d.Name)
				}
			}
		}
	}
	switch {
	case way == nil:
		return nil, def, "", sales.Errorf(sales.NotFound, "没有这个阶段:"+quoted(bare(text), "")+"。发 阶段模板 看有哪些,例:阶段模板 改 "+a.Pipelines.Current()[0].Name+" "+a.Pipelines.Current()[0].Stages[0].Name+" 一般停 5天。")
	case len(twice) > 1:
		return nil, def, "", sales.Errorf(sales.Conflict, "不止一个模板有这个阶段:"+strings.Join(twice, "、")+"。把模板名写在前面。")
	}
	return way, def, strings.TrimLeft(rest, " \t,，"), nil
}

// changeWay does what stands behind 阶段模板 改, 历史 and 退回.
func (a *App) changeWay(ctx context.Context, t bot.Turn, tx Tx, verb, text string) (bot.Reply, error) {
	way, def, rest, err := a.stageNamed(text)
	if err != nil {
		return bot.Reply{}, err
	}
	s := Setting{Kind: sales.SetupStage, Target: string(def.Key), Say: way.Name + " " + def.Name, Back: -1}
	if ofPast(verb) {
		return a.setupPast(ctx, t, tx, s, verb, rest, a.showStage(way))
	}
	values, said := attrValues(rest, stageWords)
	if len(values) == 0 {
		return askSetting(s, said, "能改 名字、一般停、成交机会、进来要、出去要。例:阶段模板 改 "+s.Say+" 一般停 5天。"), nil
	}
	s.Values = values
	return a.Set(ctx, t, tx, s)
}

// showStage shows attributes of a stage of a pipeline.
func (a *App) showStage(way *sales.Pipeline) func(attr, value string) string {
	return func(attr, value string) string {
		return view.StageSetting(attr, value, way, func(key string) string {
			if f, ok := a.Custom.Field("opportunity", key); ok {
				return f.Name
			}
			return key
		})
	}
}

// StageSettings are the attributes of a stage as the admin's page shows them: key, name, value.
func (a *App) StageSettings(key sales.Stage) (say string, out [][3]string, ok bool) {
	way := a.Pipelines.OfStage(key)
	def, ok := way.Def(key)
	if !ok || way.Retired {
		return "", nil, false
	}
	for _, attr := range stageAttrs {
		out = append(out, [3]string{attr, view.SettingName(sales.SetupStage, attr), a.showStage(way)(attr, def.Setting(attr))})
	}
	return way.Name + " " + def.Name, out, true
}

// setStage changes a stage: its pipeline becomes a version more, which new deals follow.
func (a *App) setStage(ctx context.Context, t bot.Turn, tx Tx, s Setting, history sales.Setups) (bot.Reply, error) {
	key := sales.Stage(s.Target)
	way := a.Pipelines.OfStage(key)
	i := slices.IndexFunc(way.Stages, func(d sales.StageDef) bool { return d.Key == key })
	file, filed := a.Setup.Stage(key)
	if i < 0 || way.Retired || !filed {
		return bot.Reply{}, sales.Errorf(sales.NotFound, "这个阶段已经不在用了。发 阶段模板 看有哪些。")
	}
	next := *way
	next.Stages = slices.Clone(way.Stages)
	d := &next.Stages[i]
	read := func(attr, text string) (string, error) { return a.readStage(attr, text, way) }
	items, err := s.wanted(history, d, &file, read, stageAttrs)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(items) == 0 {
		return bot.Text(s.Say + "和现在一样,没有改动。"), nil
	}
	if err := setAll(d, items); err != nil {
		return bot.Reply{}, fmt.Errorf("set stage %s: %w", key, err)
	}
	next.Version = a.Pipelines.Find(way.Key, 0).Version + 1
	if err := a.checkWay(ctx, t, tx, &next, d); err != nil {
		return bot.Reply{}, err
	}
	changes := a.keepSetup(t, tx, s, history, items, 0, a.showStage(&next))
	if err := tx.AddPipeline(next); err != nil {
		return bot.Reply{}, err
	}
	s.Say = next.Name + " " + d.Name
	counts, err := a.toBring(ctx, tx, way.Key, &next)
	if err != nil {
		return bot.Reply{}, err
	}
	deals := 0
	for _, n := range counts {
		deals += n.Deals
	}
	more := "新单按 v" + itoa(next.Version) + " 走。"
	if deals > 0 {
		more += "在走的 " + itoa(deals) + " 单还按旧版,要一起换先看预览:阶段模板 迁移 " + next.Name
	}
	return a.setupSaid(t, s, changes, more), nil
}

// checkWay refuses a pipeline that the configuration would refuse, or that a rule in force could not live with.
func (a *App) checkWay(ctx context.Context, t bot.Turn, tx Tx, next *sales.Pipeline, d *sales.StageDef) error {
	for _, other := range next.Stages {
		if other.Key == d.Key {
			continue
		}
		for _, w := range append([]string{other.Name}, other.Aliases...) {
			if w == d.Name || slices.Contains(d.Aliases, w) {
				return sales.Errorf(sales.Conflict, "\""+w+"\"已经是 "+other.Name+" 的名字(或以前的名字)。换一个。")
			}
		}
	}
	if err := a.Setup.CheckPipeline(next); err != nil {
		return &sales.Error{Kind: sales.Invalid, Msg: "这样改配置里通不过:" + next.Name + " " + d.Name + "。看 docs/pipeline.md 里的写法。", Err: err}
	}
	ways := a.Pipelines.Current()
	for i, w := range ways {
		if w.Key == next.Key {
			ways[i] = next
		}
	}
	return a.rulesStay(ctx, t, tx, ways, a.Custom.All())
}

// readStage reads an attribute as a person writes it.
func (a *App) readStage(attr, text string, way *sales.Pipeline) (string, error) {
	switch attr {
	case sales.SetName:
		return readSetName(text)
	case sales.SetBenchmark:
		if w := bare(text); w == "不限" || w == "没有" || w == "0" || w == "" {
			return "0", nil
		}
		n, ok := parse.Duration(text)
		if !ok || n <= 0 || n > maxSetSpan {
			return "", sales.Errorf(sales.Invalid, "一般停多久没看懂:"+quoted(text, "")+"。写 5天、36小时,不管就写 不限。")
		}
		return strconv.FormatInt(n, 10), nil
	case sales.SetChance:
		p, ok := parse.Percent(text)
		if !ok {
			p, ok = parse.Number(text)
		}
		n, err := strconv.Atoi(p)
		if !ok || err != nil || n < 0 || n > 100 {
			return "", sales.Errorf(sales.Invalid, "成交机会写 0% 到 100% 的整数,例 40%。")
		}
		return itoa(n), nil
	case sales.SetEnter, sales.SetLeave:
		return a.readGates(text, way)
	}
	return "", sales.Errorf(sales.Invalid, "这一项改不了。")
}

// readSetName reads a name for a stage or field.
func readSetName(text string) (string, error) {
	name := bare(text)
	if n := len([]rune(name)); n == 0 || n > maxSetName || strings.ContainsAny(name, " \t\n,，、;；:：=().。+-*/<>\"'`|") {
		return "", sales.Errorf(sales.Invalid, "名字写 1 到 20 个字,不带空格和标点:"+quoted(name, "空的")+" 不行。")
	}
	return name, nil
}

// readGates reads the gates of a stage, one a line: 预算范围:商机.金额 > 0. 没有 is none.
func (a *App) readGates(text string, way *sales.Pipeline) (string, error) {
	list := []sales.Gate{}
	if w := bare(text); w != "没有" && w != "无" && w != "不要" {
		for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' || r == '；' }) {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			g, err := a.readGate(line, way)
			if err != nil {
				return "", err
			}
			list = append(list, g)
		}
	}
	if len(list) > maxSetGates {
		return "", sales.Errorf(sales.Invalid, "条件最多 "+itoa(maxSetGates)+" 条。")
	}
	if len(list) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write gates: %w", err)
	}
	return string(b), nil
}

// readGate reads one gate: what is missing, a colon, and what must be so.
func (a *App) readGate(line string, way *sales.Pipeline) (sales.Gate, error) {
	i := strings.IndexAny(line, ":：")
	if i <= 0 {
		return sales.Gate{}, sales.Errorf(sales.Invalid, "条件"+quoted(line, "")+"没看懂。这样写:预算范围:商机.金额 > 0,或 图纸:文件 图纸、报告:节点 检测报告、来源:字段 预算来源、资料:合规清单。")
	}
	say := strings.TrimSpace(line[:i])
	what := strings.TrimSpace(strings.TrimLeft(line[i:], ":："))
	g := sales.Gate{Say: say}
	if n := len([]rune(say)); n == 0 || n > maxSetName {
		return g, sales.Errorf(sales.Invalid, "条件的名字写 1 到 20 个字:"+quoted(say, "空的")+" 不行。")
	}
	word, rest := cutWord(what)
	switch word {
	case "文件":
		if n := len([]rune(rest)); n == 0 || n > maxSetName {
			return g, sales.Errorf(sales.Invalid, say+"要哪个文件?例:"+say+":文件 图纸。")
		}
		g.Document = rest
	case "节点":
		g.Node = nodeKey(way, rest)
		if g.Node == "" {
			return g, sales.Errorf(sales.NotFound, way.Name+"没有节点 "+quoted(rest, "")+"。节点在配置文件里加。")
		}
	case "字段":
		f, ok := a.dealField(rest)
		if !ok {
			return g, sales.Errorf(sales.NotFound, "商机没有字段 "+quoted(rest, "")+"。发 字段 商机 看有哪些。")
		}
		g.Field = f.Key
	case "合规清单", "清单":
		g.Checklist = true
	default:
		g.When = what
		_, err := rules.DealCondition(what, a.Custom.Of("opportunity")...)
		var p *rules.Problem
		switch {
		case errors.As(err, &p):
			return g, sales.Errorf(sales.Invalid, say+"的条件没看懂,第 "+itoa(p.Column)+" 个字"+quoted(p.Near, "")+":"+p.Msg+"。"+orBlank("", p.Fix)+"。例:商机.金额 > 50万。")
		case err != nil || len([]rune(what)) > 300:
			return g, sales.Errorf(sales.Invalid, say+"的条件没有问到商机的任何一项。例:商机.金额 > 50万。")
		}
	}
	return g, nil
}

func nodeKey(way *sales.Pipeline, word string) string {
	for _, s := range way.Stages {
		for _, n := range s.Nodes {
			if word != "" && (n.Name == word || n.Key == word) {
				return n.Key
			}
		}
	}
	return ""
}

func (a *App) dealField(word string) (sales.CustomField, bool) {
	for _, f := range a.Custom.Of("opportunity") {
		if word != "" && f.Called(word) {
			return f, true
		}
	}
	return sales.CustomField{}, false
}
