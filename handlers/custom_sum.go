package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

func (a *App) registerCustomSum(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "汇总", Aliases: []string{"hz", "字段汇总"}, Summary: "把公司自己加的字段加总、数一数", Usage: "汇总 客户 字段 / 汇总 拜访 字段 本月",
		Detail: "数字、金额给合计、平均、最少、最多;单选、是否按选项数有几条。要分开看,后面写 按 加单选字段:汇总 商机 我司份额 按 预算来源。" +
			"拜访、投诉这些有日子的能写期间。只算你看得到的,没填的不算。",
		Example: a.sumExample, Handle: a.SumField,
	})
}

// sumExample names a field that can be added up or counted, else where to see which there are.
func (a *App) sumExample(_ context.Context, t bot.Turn, _ Tx) (string, error) {
	for _, o := range a.Custom.Objects() {
		for _, f := range a.summable(o.Key, t.Person) {
			return "汇总 " + o.Name + " " + f.Name, nil
		}
	}
	return "字段", nil
}

// summable are the fields of a kind of record that a person may know and that can be added up or counted.
func (a *App) summable(object string, p sales.Person) []sales.CustomField {
	if rt, ok := a.Custom.Type(object); ok && !rt.Sees(p) {
		return nil
	}
	return slices.DeleteFunc(a.Custom.SeenOf(object, p), func(f sales.CustomField) bool { return !f.Type.Numeric() && !f.Type.Grouping() })
}

// SumField adds a custom field up over the records a person may see (汇总 设备档案 采购价), or counts records by a choice.
func (a *App) SumField(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	word, rest := cutWord(t.Args)
	o, ok := a.customObject(word)
	if !ok {
		return bot.Text("汇总什么?例:汇总 客户 字段。有字段的:" + a.objectNames(t.Person) + "。"), nil
	}
	if t.InGroup() {
		return bot.Text("汇总单聊我:资料不放群里。"), nil
	}
	fields := a.summable(o.Key, t.Person)
	if len(fields) == 0 {
		return bot.Text(o.Name + "没有能汇总的字段:要数字、金额、百分比、单选或是否。发 字段 " + o.Name + " 看有哪些。"), nil
	}
	name, rest := cutWord(rest)
	at := slices.IndexFunc(fields, func(f sales.CustomField) bool { return f.Called(name) })
	if at < 0 {
		return bot.Text("汇总哪个字段?" + o.Name + "能汇总:" + fieldNames(fields) + "。例:汇总 " + o.Name + " " + fields[0].Name), nil
	}
	f := fields[at]
	q := sales.CustomSumQuery{Object: o.Key, Field: f.Key, Scope: t.Org.ScopeOf(t.Person)}
	if rt, own := a.Custom.Type(o.Key); own && len(rt.See) > 0 {
		q.Scope = sales.Scope{All: true} // roles that are named read all of its records
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	by, rest, problem := groupField(fields, f, rest)
	if problem == "" {
		problem = sumPeriod(t, book, o, rest, &q)
	}
	if problem != "" {
		return bot.Text(problem), nil
	}
	q.By = by.Key
	list, err := tx.CustomSums(ctx, q)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "custom.sum", "person", sales.ID(t.Person.ID), sales.Change{Field: o.Name, New: f.Name})
	return bot.Text(sumText(a.customReader(t, book), o, f, by, q, list)), nil
}

// groupField reads 按 and the choice to count by. A choice is counted by itself.
func groupField(fields []sales.CustomField, f sales.CustomField, said string) (by sales.CustomField, rest, problem string) {
	if f.Type.Grouping() {
		return f, said, ""
	}
	word, rest := cutWord(said)
	name, ok := strings.CutPrefix(word, "按")
	if !ok {
		return sales.CustomField{}, said, ""
	}
	if name == "" {
		name, rest = cutWord(rest)
	}
	var can []sales.CustomField
	for _, g := range fields {
		if g.Type.Grouping() {
			can = append(can, g)
		}
	}
	at := slices.IndexFunc(can, func(g sales.CustomField) bool { return g.Called(name) })
	switch {
	case len(can) == 0:
		return by, rest, "这里没有单选、是否的字段,分不开。"
	case at < 0:
		return by, rest, "按哪个分?能按:" + fieldNames(can) + "。"
	}
	return can[at], rest, ""
}

// sumPeriod reads the period of a sum; what it cannot read is said.
func sumPeriod(t bot.Turn, book *Book, o sales.CustomObject, said string, q *sales.CustomSumQuery) string {
	said = bare(said)
	if said == "" {
		return ""
	}
	if slices.Contains([]string{"customer", "opportunity", "contract"}, o.Key) {
		return o.Name + "算的是现在的,不分期间。发:汇总 " + o.Name + " 字段"
	}
	p, ok := parse.Period(said, t.Now.In(sales.Shanghai), parse.TensePast, book.Parser.Calendar)
	if !ok {
		return "期间没看懂:" + quoted(cutRunes(said, 12), "") + "。写 本月、上季度、3月 这样的。"
	}
	q.From, q.To = sales.DayOf(p.Start), sales.DayOf(p.End.Add(-1)) // the end is exclusive
	return ""
}

func sumText(r CustomReader, o sales.CustomObject, f, by sales.CustomField, q sales.CustomSumQuery, list []sales.CustomSum) string {
	head := o.Name + " " + f.Name
	if !q.From.IsZero() {
		head += "(" + q.From.Chinese() + "到" + q.To.Chinese() + ")"
	}
	if len(list) == 0 {
		return head + ":没有填过的。"
	}
	show := func(n int64) string { return r.Show(f, sales.CustomValue{Filled: true, Num: n}) }
	figures := func(s sales.CustomSum) string {
		parts := []string{itoa(s.N) + " 条"}
		if f.Type == sales.CustomMoney || f.Type == sales.CustomNumber {
			parts = append(parts, "合计 "+show(s.Total))
		}
		if f.Type.Numeric() {
			parts = append(parts, "平均 "+show((s.Total+int64(s.N)/2)/int64(s.N)), "最少 "+show(s.Least), "最多 "+show(s.Most))
		}
		return strings.Join(parts, ",")
	}
	if by.Key == "" {
		return head + ":" + figures(list[0]) + "。没填的不算。"
	}
	all := 0
	for _, s := range list {
		all += s.N
	}
	lines := []string{head + " 共 " + itoa(all) + " 条"}
	if by.Key != f.Key {
		lines[0] += ",按" + by.Name
	}
	for _, s := range list {
		name := "没填" + by.Name
		if s.Filled {
			name = r.Show(by, sales.CustomValue{Filled: true, Text: s.Text, Num: s.Num})
		}
		line := "· " + name + ":" + figures(s)
		if by.Key == f.Key {
			line += "(" + itoa((100*s.N+all/2)/all) + "%)"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
