package rules

import (
	"slices"
	"strings"
)

// Describe says in Chinese what can be written about an object, or, when the word names none, which objects there are.
func Describe(s *Schema, word string) string {
	for i := range s.Objects {
		if o := &s.Objects[i]; o.Name == word || slices.Contains(o.Aliases, word) {
			return o.describe(s)
		}
	}
	var out, filed []string
	for _, o := range s.Objects {
		if o.Key == ObjectCompany {
			continue
		}
		if o.Filed {
			filed = append(filed, o.Name)
		}
		out = append(out, o.Name)
	}
	head := "能写规则的:" + strings.Join(out, "、") + "。"
	if word != "" {
		head = "没有\"" + cut(word, 10) + "\"。" + head
	}
	return head + "\n能写 登记 和 没有 的:" + strings.Join(filed, "、") + "。\n看一种:规则 字段 " + s.Objects[0].Name
}

func (o *Object) describe(s *Schema) string {
	lines := []string{"**" + o.Name + "** 能这样写:"}
	if f := o.StateField(); f != nil {
		lines = append(lines, "状态:"+options(f)+"(例 当 "+o.Name+" 进入 "+f.Options[0].Name+" 超过 24小时)")
	}
	for _, f := range o.Fields {
		if f.State {
			continue
		}
		line := "· " + f.Name + ":" + f.Type.String()
		switch {
		case f.Ref != "" && s.Object(f.Ref) != nil:
			line = "· " + f.Name + ":它的字段也能写,例如 " + f.Name + "." + firstField(s.Object(f.Ref))
		case f.Type == Enum:
			line = "· " + f.Name + ":" + options(&f)
		}
		if f.Writable {
			line += ",规则能改"
		}
		lines = append(lines, line)
	}
	if told := o.told(); len(told) > 0 {
		lines = append(lines, "能写 变化 的:"+strings.Join(told, "、"))
	}
	if len(o.Deeds) > 0 {
		var words []string
		for _, d := range o.Deeds {
			words = append(words, d.Word)
		}
		lines = append(lines, "会发生的:"+strings.Join(words, "、")+"(例 当 "+o.Name+" "+words[0]+" 则 …)")
	}
	if len(o.Relations) > 0 {
		var names []string
		for _, r := range o.Relations {
			names = append(names, r.Name)
		}
		lines = append(lines, "能推给:"+strings.Join(names, "、")+",后面都能加 的主管;也能写角色、人名、群\"名字\"")
	}
	if len(o.Cards) > 0 {
		var names []string
		for _, c := range o.Cards {
			names = append(names, c.Name)
		}
		lines = append(lines, "现成的卡片:"+strings.Join(names, "、")+"(例 推送 "+firstRelation(o)+" 卡片 "+names[0]+")")
	}
	if len(o.Grants) > 0 {
		var names []string
		for _, g := range o.Grants {
			names = append(names, g.Name)
		}
		lines = append(lines, "审批通过后能:"+strings.Join(names, "、")+"(例 发起审批 超期发货 \"先发货\" 通过后"+names[0]+")")
	}
	if o.Filed {
		lines = append(lines, "能写 登记 "+o.Name+"、超过 30天 没有 "+o.Name)
	}
	return strings.Join(lines, "\n")
}

// told are the fields whose changes are told.
func (o *Object) told() []string {
	var out []string
	for _, f := range o.Fields {
		if f.Told && !f.State {
			out = append(out, f.Name)
		}
	}
	return out
}

// options lists the values of a field.
func options(f *Field) string {
	var names []string
	for _, o := range f.Options {
		names = append(names, o.Name)
	}
	return strings.Join(names, "、")
}

func firstRelation(o *Object) string {
	if len(o.Relations) > 0 {
		return o.Relations[0].Name
	}
	return "销售总监"
}

func firstField(o *Object) string {
	for _, f := range o.Fields {
		if f.Name != "名称" && !f.State {
			return f.Name
		}
	}
	return "名称"
}
