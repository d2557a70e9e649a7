package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// fillDraft is a customer whose missing fields are being asked for.
type fillDraft struct {
	Customer sales.ID `json:"customer"`
	Field    string   `json:"field"`
	Skipped  []string `json:"skipped,omitempty"`
	At       int64    `json:"at"`
}

const topicFill = "customer.fill"

func (a *App) registerFill(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "补资料", Aliases: []string{"改资料", "bzl"}, Summary: "补客户资料,一次一问", Usage: "补资料 客户 / 补资料 客户 字段 值",
		Detail: "缺什么问什么,有按钮就点。直接改一项:补资料 绍兴市立医院 预算范围 50万到80万。能改:名称、电话、行业、" + detailNames() +
			"。补齐了,给你推荐适合这家的产品和话术。",
		Example: a.ownExample("补资料 %s"),
		Rank:    map[sales.Role]int{sales.RoleRep: 8}, Handle: a.FillCustomer,
	})
	r.Command(bot.Command[Tx]{
		Name: "客户完整度", Aliases: []string{"完整度", "资料完整度", "khwzd"}, Summary: "谁的客户缺什么资料", Usage: "客户完整度",
		Detail:  "按人看:客户多少、补齐多少、最缺什么。销售看自己的,主管看本组的。后面带名字看一个人:客户完整度 周敏。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "客户完整度", nil },
		Rank:    map[sales.Role]int{sales.RoleLead: 7}, Handle: a.ShowCompleteness,
	})
	r.Topic(topicFill, a.AnswerFill)
	r.Action("customer.fill", a.TapFill)
}

func detailNames() string {
	names := make([]string, len(sales.DetailFields))
	for i, f := range sales.DetailFields {
		names[i] = f.Name
	}
	return strings.Join(names, "、")
}

// Fields of the customer itself that can be changed beside its details.
const (
	fieldName     = "name"
	fieldPhone    = "phone"
	fieldIndustry = "industry"
)

var baseFields = map[string]string{
	"名称": fieldName, "客户名称": fieldName, "全称": fieldName, "改名": fieldName, "电话": fieldPhone, "联系电话": fieldPhone, "手机": fieldPhone,
	"行业": fieldIndustry, "所属行业": fieldIndustry,
}

// FillCustomer asks for what is missing of a customer, or changes one field of it (补资料).
func (a *App) FillCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if reply, ok, err := a.customIn(ctx, t, tx, "customer"); ok || err != nil {
		return reply, err
	}
	name, field, value := cutField(t.Args)
	if name == "" {
		return a.fillNext(ctx, t, tx)
	}
	c, reply, err := a.customerToChange(ctx, t, tx, name)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	switch {
	case field == "":
		return a.askNext(ctx, t, tx, c, fillDraft{Customer: c.ID, At: t.Now.Unix()})
	case value == "":
		return a.askField(ctx, t, tx, c, fillDraft{Customer: c.ID, Field: field, At: t.Now.Unix()})
	}
	return a.setField(ctx, t, tx, c, fillDraft{Customer: c.ID, Field: field, At: t.Now.Unix()}, value)
}

// cutField parts "客户 字段 值" where a known field stands; without one all is the customer.
func cutField(args string) (name, field, value string) {
	words := strings.FieldsFunc(args, isSeparator)
	for i, w := range words {
		key, ok := baseFields[w]
		if f, known := sales.Detailed(w); known && !ok {
			key, ok = f.Key, true
		}
		if ok && i > 0 {
			_, rest, _ := strings.Cut(args, w)
			return strings.Join(words[:i], " "), key, strings.TrimLeftFunc(rest, isSeparator)
		}
	}
	return strings.Join(words, " "), "", ""
}

// customerToChange finds a customer that the person may change; the zero customer when the reply says why not.
func (a *App) customerToChange(ctx context.Context, t bot.Turn, tx Tx, words string) (sales.Customer, bot.Reply, error) {
	id, reply, err := a.findCustomer(ctx, t, words)
	if err != nil || id == 0 {
		return sales.Customer{}, reply, err
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return sales.Customer{}, bot.Reply{}, err
	}
	if refused := a.mayFill(ctx, t, c); refused != "" {
		return sales.Customer{}, bot.Text(refused), nil
	}
	return c, bot.Reply{}, nil
}

// mayFill says why the person may not change a customer's details; empty when they may.
func (a *App) mayFill(ctx context.Context, t bot.Turn, c sales.Customer) string {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "现在查不到客户名册,过一会儿再试。"
	}
	return sales.Message(a.mayWorkOn(t, book, c))
}

// fillNext goes on with the person's customer that lacks something and was contacted last.
func (a *App) fillNext(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := tx.IncompleteCustomers(ctx, sales.Only(t.Person.ID), a.Settings.CustomerFields, 1)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(list) == 0 {
		return bot.Text("你的客户资料都齐了。要改一项:补资料 客户 字段 值。"), nil
	}
	return a.askNext(ctx, t, tx, list[0], fillDraft{Customer: list[0].ID, At: t.Now.Unix()})
}

// askNext asks for the next field that is missing and was not skipped.
func (a *App) askNext(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, d fillDraft) (bot.Reply, error) {
	details, err := tx.Details(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lacking := sales.Lacking(c, details, a.Settings.CustomerFields)
	for _, f := range lacking {
		if !slices.Contains(d.Skipped, f.Key) {
			d.Field = f.Key
			return a.askField(ctx, t, tx, c, d)
		}
	}
	reply := bot.Reply{Dialogue: closeTopic(t.Dialogue)}
	if len(lacking) == 0 {
		done, err := a.unlocked(ctx, t, tx, c)
		done.Dialogue = reply.Dialogue
		return done, err
	}
	names := make([]string, len(lacking))
	for i, f := range lacking {
		names[i] = f.Name
	}
	reply.Say = bot.Text("先到这。" + c.Name + "还缺 " + strings.Join(names, "、") + ",问到了发:补资料 " + c.Name).Say
	return reply, nil
}

// askField asks for one field with one question and buttons.
func (a *App) askField(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, d fillDraft) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("补资料单聊我:客户资料不放群里。"), nil
	}
	dialogue, err := a.ask(t, topicFill, d)
	if err != nil {
		return bot.Reply{}, err
	}
	f, ok := sales.Detailed(d.Field)
	if !ok {
		what := map[string]string{fieldName: "全称改成什么?", fieldPhone: "电话改成多少?", fieldIndustry: "行业改成什么?"}[d.Field]
		reply := bot.Text(c.Name + what)
		reply.Dialogue = dialogue
		return reply, nil
	}
	details, err := tx.Details(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lacking := len(sales.Lacking(c, details, a.Settings.CustomerFields))
	card := view.FillQuestion(view.Fill{
		Key: fillKey(t, d), Customer: c.Name, Field: f, Old: sales.DetailOf(c, details, f.Key),
		Done: len(a.Settings.CustomerFields) - lacking, Of: len(a.Settings.CustomerFields), Record: c.ID, At: d.At,
	})
	reply := bot.ShowCard(card)
	reply.Dialogue = dialogue
	return reply, nil
}

// fillKey names the card of one question: each has its own, so that the answered one stays as it was.
func fillKey(t bot.Turn, d fillDraft) string {
	return pickKey(t, fmt.Sprintf("fill-%d-%s", d.At, d.Field))
}

// AnswerFill takes the typed answer to a question about a customer's field.
func (a *App) AnswerFill(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[fillDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	w := bare(t.Text)
	switch w {
	case "先到这", "不补了", "取消", "算了", "停":
		return bot.Reply{Say: bot.Text("好,先到这。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	c, err := tx.CustomerByID(ctx, d.Customer)
	if err != nil {
		return bot.Reply{}, err
	}
	if refused := a.mayFill(ctx, t, c); refused != "" { // it went to somebody else meanwhile
		return bot.Reply{Say: bot.Text(refused).Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if w == "跳过" || w == "不知道" || w == "不清楚" || w == "下一个" || isNo(w) {
		d.Skipped = append(d.Skipped, d.Field)
		return a.askNext(ctx, t, tx, c, d)
	}
	if news, err := a.isNews(ctx, t, tx); err != nil || news {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	if d.Field == sales.FieldUSCC && hanRunes(t.Text) > 1 { // no code: something else is said, and the question stays open
		return bot.Reply{}, bot.ErrNotMine
	}
	value := t.Text
	if f, ok := sales.Detailed(d.Field); ok {
		if n := ordinal(t.Text); n >= 1 && n <= len(view.FillOptions(f)) {
			value = view.FillOptions(f)[n-1]
		}
	}
	return a.setField(ctx, t, tx, c, d, value)
}

func hanRunes(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// TapFill takes a tapped answer to such a question.
func (a *App) TapFill(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, err := tx.CustomerByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	field, value, _ := strings.Cut(t.Action.Arg, ",")
	if field == "begin" {
		if refused := a.mayFill(ctx, t, c); refused != "" {
			return bot.Text(refused), nil
		}
		return a.askNext(ctx, t, tx, c, fillDraft{Customer: c.ID, At: t.Now.Unix()})
	}
	d, err := draft[fillDraft](t)
	if t.Dialogue.Topic != topicFill || err != nil || d.At != t.Action.Version || d.Field != field || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return passPick(t, bot.Text("这一问过期了,没有改动。要补发:补资料 "+c.Name)), nil
	}
	if refused := a.mayFill(ctx, t, c); refused != "" {
		return closePick(t, bot.Reply{Say: bot.Text(refused).Say, Dialogue: closeTopic(t.Dialogue)}), nil
	}
	var reply bot.Reply
	switch value {
	case view.FillSkip:
		d.Skipped = append(d.Skipped, d.Field)
		reply, err = a.askNext(ctx, t, tx, c, d)
	case view.FillStop:
		reply = bot.Reply{Say: bot.Text("好,先到这。").Say, Dialogue: closeTopic(t.Dialogue)}
	default:
		reply, err = a.setField(ctx, t, tx, c, d, value)
	}
	return closePick(t, reply), err
}

// setField checks and writes one field, and goes on to the next that is missing.
func (a *App) setField(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, d fillDraft, text string) (bot.Reply, error) {
	f, ok := sales.Detailed(d.Field)
	if !ok {
		return a.setBase(ctx, t, tx, c, d.Field, text)
	}
	value, err := f.Value(text)
	if err != nil {
		if sales.KindOf(err) != sales.Invalid || t.Dialogue.Topic != topicFill {
			return bot.Reply{}, err
		}
		return bot.Text(sales.Message(err) + "不清楚就回 跳过。"), nil // the question stays open
	}
	details, err := tx.Details(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	old := sales.DetailOf(c, details, f.Key)
	if f.Key == sales.FieldUSCC {
		if refused, err := a.taken(ctx, t, tx, c, value, "", ""); err != nil || refused != "" {
			return bot.Text(refused), err
		}
	}
	before := len(sales.Lacking(c, details, a.Settings.CustomerFields))
	details = putField(t, tx, &c, details, f.Key, value)
	audit(tx, t, "customer.detail", "customer", c.ID, sales.Change{Field: f.Name, Old: old, New: value})
	emit(tx, t, "customer.detail", "customer", c.ID)
	lacking := sales.Lacking(c, details, a.Settings.CustomerFields)
	said := f.Name + ":" + value + "。"
	if old != "" && old != value {
		said = f.Name + "改成 " + value + "(原来 " + old + ")。"
	}
	reply := bot.Text("记下了," + said)
	if len(lacking) == 0 {
		reply.Dialogue = closeTopic(t.Dialogue)
		if before == 0 {
			return reply, nil
		}
		done, err := a.unlocked(ctx, t, tx, c)
		return reply.And(done), err
	}
	if t.Dialogue.Topic != topicFill && t.Command != "" { // one field was set by hand: no interview follows
		reply.Say[0].Out.Text += fmt.Sprintf("还缺 %d 项,补:补资料 %s", len(lacking), c.Name)
		return reply, nil
	}
	for _, next := range lacking {
		if !slices.Contains(d.Skipped, next.Key) {
			d.Field = next.Key
			return a.askAfter(t, c, d, next, lacking, said)
		}
	}
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

// putField writes the value of a field to where it is kept, and returns the details with it.
func putField(t bot.Turn, tx Tx, c *sales.Customer, details []sales.Detail, key, value string) []sales.Detail {
	switch key {
	case sales.FieldUSCC:
		c.USCC = value
		tx.UpdateCustomer(*c)
		return details
	case sales.FieldCity:
		c.City = value
		tx.UpdateCustomer(*c)
		return details
	}
	d := sales.Detail{CustomerID: c.ID, Field: key}
	if i := slices.IndexFunc(details, func(x sales.Detail) bool { return x.Field == key }); i >= 0 {
		d = details[i]
		details = slices.Delete(details, i, i+1)
	}
	d.Value, d.ConfirmedAt, d.ConfirmedBy = value, sales.At(t.Now), t.Person.ID
	tx.PutDetail(d)
	return append(details, d)
}

// askAfter asks for the next field when one was just taken, which the store does not show yet.
func (a *App) askAfter(t bot.Turn, c sales.Customer, d fillDraft, f sales.DetailField, lacking []sales.DetailField, said string) (bot.Reply, error) {
	dialogue, err := a.ask(t, topicFill, d)
	if err != nil {
		return bot.Reply{}, err
	}
	card := view.FillQuestion(view.Fill{
		Key: fillKey(t, d), Customer: c.Name, Field: f, Said: said, Done: len(a.Settings.CustomerFields) - len(lacking),
		Of: len(a.Settings.CustomerFields), Record: c.ID, At: d.At,
	})
	reply := bot.ShowCard(card)
	reply.Dialogue = dialogue
	return reply, nil
}

// setBase changes name, phone or industry, after looking whether another customer has them.
func (a *App) setBase(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, field, text string) (bot.Reply, error) {
	text = cutRunes(strings.Join(strings.Fields(text), " "), 60)
	old, name := "", ""
	switch field {
	case fieldPhone:
		p, err := sales.ParsePhone(text)
		if err != nil {
			return bot.Reply{}, err
		}
		if refused, err := a.taken(ctx, t, tx, c, "", string(p), ""); err != nil || refused != "" {
			return bot.Text(refused), err
		}
		name, old, text, c.Phone = "电话", c.Phone, string(p), string(p)
	case fieldIndustry:
		name, old, c.Industry = "行业", c.Industry, cutRunes(text, 20)
	default:
		if sales.ParseName(text).Core == "" {
			return bot.Text("名称没有字。写营业执照上的全称。"), nil
		}
		if refused, err := a.taken(ctx, t, tx, c, "", "", text); err != nil || refused != "" {
			return bot.Text(refused), err
		}
		if !slices.Contains(c.Aliases, c.Name) && text != c.Name {
			c.Aliases = append(slices.Clone(c.Aliases), c.Name) // people go on calling it so
		}
		name, old, c.Name = "名称", c.Name, text
	}
	tx.UpdateCustomer(c)
	audit(tx, t, "customer.change", "customer", c.ID, sales.Change{Field: name, Old: old, New: text})
	emit(tx, t, "customer.changed", "customer", c.ID)
	reply := bot.Text(fmt.Sprintf("%s的%s改成 %s(原来 %s)。", c.Name, name, text, old))
	if t.Dialogue.Topic == topicFill {
		reply.Dialogue = closeTopic(t.Dialogue)
	}
	return reply, nil
}

// taken says which other customer has the same code, phone or name; empty when none has. One that is somebody else's is masked.
func (a *App) taken(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, uscc, phone, name string) (string, error) {
	hits, err := tx.DuplicateCustomers(ctx, uscc, phone, name, 5)
	if err != nil {
		return "", err
	}
	for _, h := range hits {
		what := ""
		switch {
		case h.ID == c.ID:
			continue
		case uscc != "" && h.USCC == uscc:
			what = "信用代码"
		case phone != "" && h.Phone == phone:
			what = "电话"
		case name != "" && h.NameKey == sales.ParseName(name).Key:
			what = "名称"
		default:
			continue
		}
		owner := t.Org.Name(h.OwnerID)
		if t.Org.ScopeOf(t.Person).Covers(h.OwnerID) || h.OwnerID == 0 {
			return fmt.Sprintf("%s和%s的一样,没有改。是同一家就发:合并 %s 到 %s", what, h.Name, c.Name, h.Name), nil
		}
		return fmt.Sprintf("%s和%s的客户%s一样,没有改。先找%s对一下。", what, owner, sales.MaskName(h.Name), owner), nil
	}
	return "", nil
}
