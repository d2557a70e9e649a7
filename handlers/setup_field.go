package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxSetOptions bounds the answers of a choice, as the configuration does.
const maxSetOptions = 30

var (
	fieldAttrs = []string{sales.SetName, sales.SetRequired, sales.SetOptions}
	fieldWords = map[string]string{
		"名字": sales.SetName, "名称": sales.SetName, "改名": sales.SetName, "叫": sales.SetName, "必填": sales.SetRequired, "选项": sales.SetOptions,
	}
)

// fieldOf finds the field a text begins with: 商机 预算来源 …
func (a *App) fieldOf(text string) (sales.CustomObject, sales.CustomField, string, error) {
	word, rest := cutWord(text)
	o, ok := a.customObject(word)
	if !ok {
		return o, sales.CustomField{}, "", sales.Errorf(sales.NotFound, "没有叫"+quoted(word, "空的")+"的档案。例:字段 改 商机 预算来源 必填 是。")
	}
	name, rest := cutWord(rest)
	for _, f := range a.Custom.Of(o.Key) {
		if name != "" && f.Called(name) {
			return o, f, rest, nil
		}
	}
	return o, sales.CustomField{}, "", sales.Errorf(sales.NotFound, o.Name+"没有字段 "+quoted(name, "(没写)")+"。发 字段 "+o.Name+" 看有哪些。")
}

// changeField does what stands behind 字段 改, 历史 and 退回.
func (a *App) changeField(ctx context.Context, t bot.Turn, tx Tx, verb, text string) (bot.Reply, error) {
	if !t.Person.Has(sales.RoleAdmin) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "改字段要管理员。找"+orElse(a.adminNames(t), "管理员")+"。")
	}
	o, f, rest, err := a.fieldOf(text)
	if err != nil {
		return bot.Reply{}, err
	}
	s := Setting{Kind: sales.SetupField, Target: sales.FieldTarget(f.Object, f.Key), Say: o.Name + " " + f.Name, Back: -1}
	if ofPast(verb) {
		return a.setupPast(ctx, t, tx, s, verb, rest, view.FieldSetting)
	}
	values, said := attrValues(rest, fieldWords)
	if len(values) == 0 {
		return askSetting(s, said, "能改 名字、必填、选项。例:字段 改 "+s.Say+" 必填 是。"), nil
	}
	s.Values = values
	return a.Set(ctx, t, tx, s)
}

// FieldSettings are the attributes of a field as the admin's page shows them: key, name, value. Only a choice has answers.
func (a *App) FieldSettings(object, key string) (say string, out [][3]string, ok bool) {
	f, ok := a.Custom.Field(object, key)
	if !ok {
		return "", nil, false
	}
	for _, attr := range fieldAttrs {
		if attr != sales.SetOptions || f.Type == sales.CustomChoice {
			out = append(out, [3]string{attr, view.SettingName(sales.SetupField, attr), view.FieldSetting(attr, f.Setting(attr))})
		}
	}
	name := object
	for _, o := range a.Custom.Objects() {
		if o.Key == object {
			name = o.Name
		}
	}
	return name + " " + f.Name, out, true
}

// setCustomField changes a custom field's name, whether it must be filled in, and the answers of a choice. What was filled in stays.
func (a *App) setCustomField(ctx context.Context, t bot.Turn, tx Tx, s Setting, history sales.Setups) (bot.Reply, error) {
	object, key, _ := strings.Cut(s.Target, ".")
	fields := slices.Clone(a.Custom.All())
	i := slices.IndexFunc(fields, func(f sales.CustomField) bool { return f.Object == object && f.Key == key })
	file, filed := a.Setup.Field(object, key)
	if i < 0 || !filed {
		return bot.Reply{}, sales.Errorf(sales.NotFound, "这个字段已经不在配置里了。发 字段 看有哪些。")
	}
	f := &fields[i]
	items, err := s.wanted(history, f, &file, func(attr, text string) (string, error) { return readFieldSetting(*f, attr, text) }, fieldAttrs)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(items) == 0 {
		return bot.Text(s.Say + "和现在一样,没有改动。"), nil
	}
	gone := slices.Clone(f.Options)
	if err := setAll(f, items); err != nil {
		return bot.Reply{}, fmt.Errorf("set field %s: %w", s.Target, err)
	}
	for j, other := range fields {
		if j == i || other.Object != f.Object {
			continue
		}
		for _, w := range append([]string{f.Name}, f.Aliases...) {
			if other.Called(w) {
				return bot.Reply{}, sales.Errorf(sales.Conflict, "\""+w+"\"已经是 "+other.Name+" 的名字(或以前的名字)。换一个。")
			}
		}
	}
	if err := a.Setup.CheckFields(fields); err != nil {
		return bot.Reply{}, &sales.Error{Kind: sales.Invalid, Msg: "这样改配置里通不过:" + s.Say + "。名字不能和系统自带的字段一样,写法看 docs/fields.md。", Err: err}
	}
	if err := a.rulesStay(ctx, t, tx, a.Pipelines.Current(), fields); err != nil {
		return bot.Reply{}, err
	}
	changes := a.keepSetup(t, tx, s, history, items, 0, view.FieldSetting)
	more := "马上生效。"
	if gone = slices.DeleteFunc(gone, func(o string) bool { return slices.Contains(f.Options, o) }); len(gone) > 0 {
		more += "以前填的 " + strings.Join(gone, "、") + " 留着,新的不能再选。"
	}
	s.Say = strings.TrimSuffix(s.Say, file.Name) // the name may be another now
	if o, _, ok := a.FieldSettings(object, key); ok {
		s.Say = strings.Fields(o)[0] + " " + f.Name
	}
	return a.setupSaid(t, s, changes, more), nil
}

// readFieldSetting reads an attribute as a person writes it.
func readFieldSetting(f sales.CustomField, attr, text string) (string, error) {
	switch attr {
	case sales.SetName:
		return readSetName(text)
	case sales.SetRequired:
		switch bare(text) {
		case "是", "要", "必填", "1":
			return "1", nil
		case "否", "不", "不用", "不必填", "选填", "0":
			return "0", nil
		}
		return "", sales.Errorf(sales.Invalid, "必填写 是 或 否。")
	case sales.SetOptions:
		if f.Type != sales.CustomChoice {
			return "", sales.Errorf(sales.Invalid, f.Name+"是"+f.Type.Name()+",没有选项可改。")
		}
		var list []string
		for _, o := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n,，、;；", r) }) {
			if o = strings.TrimSpace(o); o != "" && !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
		if n := len(list); n < 2 || n > maxSetOptions {
			return "", sales.Errorf(sales.Invalid, "选项写 2 到 "+itoa(maxSetOptions)+" 个,用顿号分开,例:财政、自筹。")
		}
		for _, o := range list {
			if len([]rune(o)) > maxSetName {
				return "", sales.Errorf(sales.Invalid, "选项最长 20 个字:"+quoted(o, "")+"太长。")
			}
		}
		b, err := json.Marshal(list)
		if err != nil {
			return "", fmt.Errorf("write options: %w", err)
		}
		return string(b), nil
	}
	return "", sales.Errorf(sales.Invalid, "这一项改不了。")
}
