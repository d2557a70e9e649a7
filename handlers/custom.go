package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// CustomTx reads and writes custom fields and records of a company's own types.
type CustomTx interface {
	// PutCustom writes the value of a field over the version it was read at; a new one has Version 0.
	PutCustom(v sales.CustomValue)
	// CustomValues lists what is kept of records, values that were taken away included.
	CustomValues(ctx context.Context, records ...sales.ID) ([]sales.CustomValue, error)
	CreateCustomRecord(r sales.CustomRecord)
	UpdateCustomRecord(r sales.CustomRecord)
	CustomRecordByID(ctx context.Context, id sales.ID) (sales.CustomRecord, error)
	CustomRecordByNo(ctx context.Context, no string) (sales.CustomRecord, error)
	// CustomRecords lists filed records, the newest first.
	CustomRecords(ctx context.Context, q sales.CustomFilter) ([]sales.CustomRecord, error)
	// CustomSums adds a field up over records, by the values of another where one is named.
	CustomSums(ctx context.Context, q sales.CustomSumQuery) ([]sales.CustomSum, error)
}

const topicCustom = "custom.ask"

// customDraft is a question about a custom field.
type customDraft struct {
	Object string   `json:"object"`
	Record sales.ID `json:"record"`
	Field  string   `json:"field"`
	// Next are the fields still to be asked for; Kind and Said are a new record of a company's own type, with what was said.
	Next     []string          `json:"next,omitempty"`
	Kind     string            `json:"kind,omitempty"`
	Customer sales.ID          `json:"customer,omitempty"`
	Said     map[string]string `json:"said,omitempty"`
	EventID  string            `json:"event_id,omitempty"`
	At       int64             `json:"at"`
}

func (a *App) registerCustom(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "字段", Aliases: []string{"自定义字段", "字段列表", "zidian"}, Summary: "看公司加了哪些字段和档案", Usage: "字段 / 字段 客户 / 字段 改 商机 预算来源 必填 是",
		Detail: "每个字段的类型、什么时候要填、谁能看谁能改。你看不到的字段这里也没有。管理员能改名字、必填和选项:字段 改 商机 预算来源 选项 财政、自筹;" +
			"字段 历史 商机 预算来源 看改过什么,字段 退回 商机 预算来源 改回去。加字段:管理员改 fields.file 指的文件,写法在 docs/fields.md。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "字段 客户", nil },
		Rank:    map[sales.Role]int{sales.RoleAdmin: 9}, Handle: a.ListFields,
	})
	r.Command(bot.Command[Tx]{
		Name: "填", Aliases: []string{"填字段", "改字段", "tzd"}, Summary: "填公司自己加的字段", Usage: "填 商机 客户 字段 值 / 填 合同 编号 字段 值",
		Detail: "客户、商机、合同、拜访、投诉等都行:填 商机 绍兴市立 预算来源 财政。一次可以写几个字段;只写到客户就列出填了什么、还缺什么;" +
			"值写 清空 就是去掉。" + a.undoSpan() + "内发 撤销 能改回来。发 字段 看有哪些。",
		Example: a.fillExample, Handle: a.FillField,
	})
	r.Topic(topicCustom, a.AnswerCustom)
	r.Action("custom.answer", a.TapCustom)
	a.registerCustomSum(r)
	a.registerRecordTypes(r)
}

func (a *App) fillExample(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	if len(a.Custom.SeenOf("customer", t.Person)) == 0 {
		return "字段", nil
	}
	return a.ownExample("填 客户 %s")(ctx, t, tx)
}

// ListFields lists the kinds of records with custom fields (字段), or the fields of one.
func (a *App) ListFields(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch verb, rest := cutWord(t.Args); verb {
	case "改", "历史", "退回":
		if t.InGroup() {
			return bot.Text("字段单聊我改。"), nil
		}
		return a.changeField(ctx, t, tx, verb, rest)
	}
	word := bare(t.Args)
	if word == "" {
		var b strings.Builder
		for _, o := range a.Custom.Objects() {
			if list := a.fieldsSeen(o.Key, t.Person); len(list) > 0 {
				fmt.Fprintf(&b, "\n%s %d 个:%s", o.Name, len(list), fieldNames(list))
			}
		}
		if b.Len() == 0 {
			return bot.Text("公司还没有加自己的字段。要加,管理员照 docs/fields.md 写一个文件,配到 fields.file。"), nil
		}
		return bot.Text("公司加的字段:" + b.String() + "\n看一类发 字段 客户;填一个发 填 客户 客户名 字段 值。"), nil
	}
	o, ok := a.customObject(word)
	if !ok {
		return bot.Text("没有叫" + quoted(word, "") + "的。能看:" + a.objectNames(t.Person) + "。"), nil
	}
	list := a.fieldsSeen(o.Key, t.Person)
	if len(list) == 0 {
		return bot.Text(o.Name + "没有加字段。"), nil
	}
	lines := append([]string{o.Name + "的字段 " + itoa(len(list)) + " 个:"}, a.FieldLines(o.Key, t.Person)...)
	return bot.Text(strings.Join(lines, "\n")), nil
}

// fieldsSeen are the fields of a kind of record as a person may know them; the admin, who keeps the configuration, knows all.
func (a *App) fieldsSeen(object string, p sales.Person) []sales.CustomField {
	if rt, ok := a.Custom.Type(object); ok && !rt.Sees(p) && !p.Has(sales.RoleAdmin) {
		return nil
	}
	if p.Has(sales.RoleAdmin) {
		return a.Custom.Of(object)
	}
	return a.Custom.SeenOf(object, p)
}

// FieldLines are the fields of a kind of record that a person may know, a line each with type and rights.
func (a *App) FieldLines(object string, p sales.Person) []string {
	var lines []string
	for _, f := range a.fieldsSeen(object, p) {
		lines = append(lines, a.fieldLine(f))
	}
	return lines
}

func fieldNames(list []sales.CustomField) string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.Name
	}
	return strings.Join(names, "、")
}

// fieldLine is one field with its type and rights: "预算来源 · 单选(财政、自筹) · 进价格谈判前要填 · 能改 销售".
func (a *App) fieldLine(f sales.CustomField) string {
	kind := f.Type.Name()
	switch {
	case len(f.Options) > 0:
		kind += "(" + strings.Join(f.Options, "、") + ")"
	case f.Unit != "":
		kind += "(" + f.Unit + ")"
	}
	parts := []string{f.Name, kind}
	if len(f.Aliases) > 0 {
		parts[0] += "(也叫" + strings.Join(f.Aliases, "、") + ")"
	}
	if f.Required {
		parts = append(parts, "必填")
	}
	if f.Stage != "" {
		parts = append(parts, "进"+a.Pipelines.OfStage(f.Stage).StageName(f.Stage)+"前要填")
	}
	if len(f.See) > 0 {
		parts = append(parts, "能看 "+roleNames(f.See))
	}
	if len(f.Edit) > 0 {
		parts = append(parts, "能改 "+roleNames(f.Edit))
	}
	return strings.Join(parts, " · ")
}

func roleNames(list []sales.Role) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.Name()
	}
	return strings.Join(names, "、")
}

// customObject finds a kind of record by its name, or a record type by another word for it.
func (a *App) customObject(word string) (sales.CustomObject, bool) {
	for _, o := range a.Custom.Objects() {
		if word == o.Name || word == o.Key {
			return o, true
		}
	}
	if a.Custom != nil {
		for _, rt := range a.Custom.Types {
			if slices.Contains(rt.Aliases, word) {
				return sales.CustomObject{Key: rt.Key, Name: rt.Name}, true
			}
		}
	}
	return sales.CustomObject{}, false
}

func (a *App) objectNames(p sales.Person) string {
	var names []string
	for _, o := range a.Custom.Objects() {
		if len(a.fieldsSeen(o.Key, p)) > 0 {
			names = append(names, o.Name)
		}
	}
	if len(names) == 0 {
		return "(公司还没有加字段)"
	}
	return strings.Join(names, "、")
}

// customPair is a field with what was said of it.
type customPair struct {
	field sales.CustomField
	text  string
}

func isCustomSeparator(r rune) bool { return strings.ContainsRune(" \t\n,，;；", r) }

// customWord finds the field a word names, with what of its value is joined to it: 型号:AU480.
func customWord(fields []sales.CustomField, w string) (sales.CustomField, string, bool) {
	for _, f := range fields {
		if f.Called(w) {
			return f, "", true
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			rest, ok := strings.CutPrefix(w, name)
			for _, sign := range []string{"改成", "改为", ":", "：", "=", "＝", "是", "为"} {
				if value, cut := strings.CutPrefix(rest, sign); ok && cut {
					return f, value, true
				}
			}
		}
	}
	return sales.CustomField{}, "", false
}

// customPairs parts a text into what stands before the first field, and fields with their values.
func customPairs(fields []sales.CustomField, text string) (head string, pairs []customPair) {
	var before []string
	for _, w := range strings.FieldsFunc(text, isCustomSeparator) {
		if f, value, ok := customWord(fields, w); ok {
			pairs = append(pairs, customPair{f, value})
			continue
		}
		if len(pairs) == 0 {
			before = append(before, w)
			continue
		}
		last := &pairs[len(pairs)-1]
		last.text = strings.TrimSpace(last.text + " " + strings.TrimPrefix(strings.TrimPrefix(w, "改成"), "改为"))
	}
	return strings.Join(before, " "), pairs
}

// customIn takes a command of another kind that names a custom field: 补资料 绍兴市立 预算来源 财政. False when it names none.
func (a *App) customIn(ctx context.Context, t bot.Turn, tx Tx, object string) (bot.Reply, bool, error) {
	fields := a.Custom.SeenOf(object, t.Person)
	if len(fields) == 0 {
		return bot.Reply{}, false, nil
	}
	head, pairs := customPairs(fields, t.Args)
	if len(pairs) == 0 || head == "" {
		return bot.Reply{}, false, nil
	}
	reply, err := a.fillPairs(ctx, t, tx, object, head, pairs)
	return reply, true, err
}

// FillField fills custom fields of a record (填), or shows what is filled in and what is not.
func (a *App) FillField(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	word, rest := cutWord(t.Args)
	o, ok := a.customObject(word)
	if !ok {
		o, rest = sales.CustomObject{Key: "customer", Name: "客户"}, t.Args
	}
	fields := a.Custom.SeenOf(o.Key, t.Person)
	switch {
	case word == "":
		return bot.Text("填哪个?例:填 商机 绍兴市立医院 字段 值。有字段的:" + a.objectNames(t.Person) + "。"), nil
	case len(fields) == 0:
		return bot.Text(o.Name + "没有加字段。有字段的:" + a.objectNames(t.Person) + "。"), nil
	case t.InGroup():
		return bot.Text("填字段单聊我:资料不放群里。"), nil
	}
	head, pairs := customPairs(fields, rest)
	if len(pairs) == 0 {
		if unknown, err := a.unknownField(ctx, t, o.Key, head); err != nil || unknown != "" {
			return bot.Text("没有字段 " + quoted(unknown, "") + "。" + o.Name + "能填:" + fieldNames(fields) + "。"), err
		}
		return a.showFields(ctx, t, tx, o, fields, head)
	}
	return a.fillPairs(ctx, t, tx, o.Key, head, pairs)
}

// unknownField is what stands behind a customer's name and is no field's.
func (a *App) unknownField(ctx context.Context, t bot.Turn, object, head string) (string, error) {
	if head == "" || object == "contract" || subjectOf(object) == "custom_record" {
		return "", nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	id, rest, _ := a.customerIn(t, book, head)
	if id == 0 {
		return "", nil
	}
	return rest, nil
}

// showFields lists the custom fields of a record.
func (a *App) showFields(ctx context.Context, t bot.Turn, tx Tx, o sales.CustomObject, fields []sales.CustomField, head string) (bot.Reply, error) {
	ref, reply, err := a.customTarget(ctx, t, tx, o.Key, head)
	if err != nil || ref.id == 0 {
		return reply, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	values, err := tx.CustomValues(ctx, ref.id)
	if err != nil {
		return bot.Reply{}, err
	}
	r := a.customReader(t, book)
	var filled, open []string
	for _, f := range fields {
		if s := r.Show(f, sales.CustomNamed(values, o.Key, f.Key)); s != "" {
			filled = append(filled, f.Name+" "+s)
		} else {
			open = append(open, f.Name)
		}
	}
	text := ref.name + ":" + strings.Join(filled, ";")
	if len(filled) == 0 {
		text = ref.name + "的字段都还空着"
	}
	if len(open) > 0 {
		text += "。还没填 " + strings.Join(open, "、") + "。填:填 " + o.Name + " " + ref.say + " " + open[0] + " 值"
	}
	audit(tx, t, ref.subject+".read", ref.subject, ref.id)
	return bot.Text(text), nil
}

func (a *App) customReader(t bot.Turn, book *Book) CustomReader {
	return CustomReader{Org: t.Org, Book: book, Now: t.Now, Reader: t.Person.ID}
}

// fillPairs fills fields of the record that head names; one without a value is asked for.
func (a *App) fillPairs(ctx context.Context, t bot.Turn, tx Tx, object, head string, pairs []customPair) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("填字段单聊我:资料不放群里。"), nil
	}
	ref, reply, err := a.customTarget(ctx, t, tx, object, head)
	if err != nil || ref.id == 0 {
		return reply, err
	}
	if len(pairs) == 1 && pairs[0].text == "" {
		if err := a.mayEditField(t, ref, pairs[0].field); err != nil {
			return bot.Reply{}, err
		}
		return a.askCustom(ctx, t, tx, ref.name, customDraft{Object: object, Record: ref.id, Field: pairs[0].field.Key, At: t.Now.Unix()}, "")
	}
	return a.putCustoms(ctx, t, tx, ref, pairs)
}

// putCustoms checks and writes values of one record, all or none.
func (a *App) putCustoms(ctx context.Context, t bot.Turn, tx Tx, ref customRef, pairs []customPair) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	old, err := tx.CustomValues(ctx, ref.id)
	if err != nil {
		return bot.Reply{}, err
	}
	r := a.customReader(t, book)
	var said []string
	var put []sales.CustomValue
	var changes []sales.Change
	for _, p := range pairs {
		if err := a.mayEditField(t, ref, p.field); err != nil {
			return bot.Reply{}, err
		}
		v, err := readOrClear(r, p.field, p.text)
		if err != nil {
			return bot.Reply{}, err
		}
		before := sales.CustomNamed(old, ref.object, p.field.Key)
		v.ID, v.Version, v.RecordID, v.PersonID, v.At = before.ID, before.Version, ref.id, t.Person.ID, sales.At(t.Now)
		was, now := r.Show(p.field, before), r.Show(p.field, v)
		put, changes = append(put, v), append(changes, sales.Change{Field: p.field.Name, Old: was, New: now})
		switch {
		case now == "":
			said = append(said, p.field.Name+"清空了"+orBlank("(原来 ", was)+strings.Repeat(")", min(len(was), 1)))
		case was != "" && was != now:
			said = append(said, p.field.Name+"改成 "+now+"(原来 "+was+")")
		default:
			said = append(said, p.field.Name+":"+now)
		}
	}
	a.writeCustoms(tx, t, ref, old, put, changes)
	return bot.Text("记下了," + ref.name + " " + strings.Join(said, ";") + "。"), nil
}

// readOrClear reads a value; 清空 takes it away.
func readOrClear(r CustomReader, f sales.CustomField, text string) (sales.CustomValue, error) {
	if w := bare(text); w == "清空" || w == "去掉" || w == "删除" {
		if f.Required {
			return sales.CustomValue{}, sales.Errorf(sales.Invalid, f.Name+"是必填的,不能清空。要改就写新的值。")
		}
		return sales.CustomValue{Object: f.Object, Field: f.Key}, nil
	}
	return r.Read(f, text)
}

// writeCustoms writes values with their trace, and tells the rules of each.
func (a *App) writeCustoms(tx Tx, t bot.Turn, ref customRef, old, put []sales.CustomValue, changes []sales.Change) {
	data := sales.EventData{Old: map[string]string{}, New: map[string]string{}}
	for _, v := range put {
		f, _ := a.Custom.Field(v.Object, v.Field)
		key := CustomColumn(v.Field)
		data.Old[key], data.New[key] = sales.CustomNamed(old, v.Object, v.Field).Plain(f), v.Plain(f)
		tx.PutCustom(v)
	}
	audit(tx, t, ref.subject+".field", ref.subject, ref.id, changes...)
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(t.Now), Kind: ref.subject + ".field_set", SubjectKind: ref.subject, SubjectID: ref.id, PersonID: t.Person.ID,
		Data: data.Into(""),
	})
}

// CustomColumn is what a custom field is called in the data of events.
func CustomColumn(field string) string { return "custom." + field }

// mayEditField refuses who may not change a field of a record.
func (a *App) mayEditField(t bot.Turn, ref customRef, f sales.CustomField) error {
	switch {
	case !f.Sees(t.Person):
		return sales.Errorf(sales.NotFound, "没有字段 "+f.Name+"。")
	case !f.Edits(t.Person):
		return sales.Errorf(sales.Forbidden, f.Name+"由"+roleNames(f.Edit)+"填,你能看。")
	case !ref.works && len(f.Edit) == 0:
		return sales.Errorf(sales.Forbidden, ref.name+"是"+orElse(t.Org.Name(ref.owner), "别人")+"的,要改找"+orElse(t.Org.Name(ref.owner), "他")+"或他的主管。")
	}
	return nil
}
