package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicFilingEdit = "filing.edit"

func (a *App) registerFilingEdit(r *bot.Router[Tx]) {
	r.Action("filing.edit", a.StartFilingEdit)
	r.Action("filing.undo", a.UndoFiling)
	r.Action("filing.sample", a.TapSample)
	r.Topic(topicFilingEdit, a.AnswerFilingEdit)
}

// ownFiling reads a filing that only its author may change.
func (a *App) ownFiling(ctx context.Context, t bot.Turn, tx Tx, id sales.ID) (sales.Filing, error) {
	f, err := tx.FilingByID(ctx, id)
	if err != nil {
		return f, err
	}
	if f.PersonID != t.Person.ID {
		return f, sales.Errorf(sales.Forbidden, "这条"+f.Kind.Name()+"是"+t.Org.Name(f.PersonID)+"记的,只有本人能改。")
	}
	return f, nil
}

// UndoFiling takes a filing back by its button (撤销).
func (a *App) UndoFiling(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, err := a.ownFiling(ctx, t, tx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoFiling(ctx, t, tx, f)
}

func (a *App) undoFiling(ctx context.Context, t bot.Turn, tx Tx, f sales.Filing) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	name := strings.TrimSpace(book.Customer(f.CustomerID) + " " + view.FilingHead(f))
	refuse := func(why string) (bot.Reply, error) {
		return bot.Reply{Say: bot.Text(why).Say, Faces: a.filingFaces(t, book, f)}, nil
	}
	switch {
	case f.State == sales.FilingUndone:
		return refuse(name + "这条已经撤销过了,没有再改动。")
	case f.HandlerID != 0:
		return refuse(name + "已由" + t.Org.Name(f.HandlerID) + "受理,撤不了。找" + t.Org.Name(f.HandlerID) + "办结,或发 修改 内容改成要说的话。")
	case t.Now.Sub(f.FiledAt.Time) > a.Settings.UndoFor:
		return refuse(name + "这条是 " + sales.FormatTime(f.FiledAt.Time, t.Now) + " 记的,超过 " + sales.Waited(a.Settings.UndoFor) + "不能撤销了。可以改:修改 内容改成要说的话。")
	}
	old := f.State
	f.State = sales.FilingUndone
	reply, err := a.saveFiling(ctx, t, tx, book, &f, "filing.undo", sales.Change{Field: "状态", Old: sales.FilingStateName(old), New: "已撤销"})
	if err != nil {
		return bot.Reply{}, err
	}
	tx.CancelDue("", "filing", f.ID, "undone")
	if err := a.untouch(ctx, tx, book, f.CustomerID, f.ID, f.FiledAt); err != nil {
		return bot.Reply{}, err
	}
	todos, err := tx.TodosBySource(ctx, "filing", f.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, todo := range todos {
		if todo.State == sales.TodoOpen {
			reply = reply.And(a.endTodo(t, tx, todo, sales.TodoCancelled))
		}
	}
	if t.Event.Kind != bot.Tapped {
		reply.Say = append(bot.Text("已撤销:"+name+"。").Say, reply.Say...)
	}
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, "filing", f.ID)
	reply.Dialogue = d
	return reply, nil
}

// StartFilingEdit asks what to correct (修改).
func (a *App) StartFilingEdit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, err := a.ownFiling(ctx, t, tx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.startFilingEdit(t, f)
}

func (a *App) startFilingEdit(t bot.Turn, f sales.Filing) (bot.Reply, error) {
	if f.State == sales.FilingUndone {
		return bot.Text("这条已经撤销,改不了。直接重新发一条就行。"), nil
	}
	dialogue, err := a.ask(t, topicFilingEdit, filingRef{ID: f.ID})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text("改哪里?直接说。" + filingEditExample(f.Kind)).Say, Dialogue: dialogue}, nil
}

func filingEditExample(k sales.FilingKind) string {
	switch k {
	case sales.FilingExpense:
		return "例:金额改成50 / 类别改成招待 / 事由改成请王主任吃饭 / 客户改成绍兴第二医院 / 日期改成昨天"
	case sales.FilingCompetitor:
		return "例:竞品改成罗博 / 金额改成98万 / 内容改成要说的话 / 客户改成绍兴第二医院"
	case sales.FilingSample:
		return "例:产品改成离心机 / 数量改成3盒 / 单号改成SF123456789012 / 客户改成绍兴第二医院"
	case sales.FilingTraining:
		return "例:人数改成20 / 反馈改成一般 / 内容改成要说的话"
	}
	return "例:问题改成质量 / 内容改成要说的话 / 联系人改成李主任 / 客户改成绍兴第二医院"
}

// AnswerFilingEdit takes the answer to "what is to be corrected".
func (a *App) AnswerFilingEdit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[filingRef](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,不改了。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	f, err := a.ownFiling(ctx, t, tx, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if _, _, ok := fieldChange(t.Text); !ok {
		if news, err := a.isNews(ctx, t, tx); err != nil || news {
			return bot.Reply{}, firstErr(err, bot.ErrNotMine)
		}
	}
	return a.editFiling(ctx, t, tx, f, t.Text)
}

// reField is a change of a named field: 金额改成50, 把类别换成招待, 内容:…
var reField = regexp.MustCompile(`^(?:刚才那条|这条|把|将|的)*\s*(金额|价格|报价|竞品价|类别|事由|内容|客户|联系人|产品|数量|竞品|对手|问题|项目|服务|人数|反馈|单号|日期|时间)\s*(?:改成|改为|改到|换成|应该是|更正为|是|改|[:：])\s*(.+)$`)

// fieldChange is the field and the new value that a correction names.
func fieldChange(text string) (field, value string, ok bool) {
	m := reField.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", "", false
	}
	return m[1], bare(m[2]), true
}

// editFiling puts a field of a filing right, keeps the old value in the trace, and redraws its cards.
func (a *App) editFiling(ctx context.Context, t bot.Turn, tx Tx, f sales.Filing, text string) (bot.Reply, error) {
	if f.State == sales.FilingUndone {
		return bot.Text("这条已经撤销,改不了。直接重新发一条就行。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	field, value, ok := fieldChange(text)
	if !ok {
		if m, err := sales.ParseMoney(bare(text)); err == nil && m > 0 && (f.Kind == sales.FilingExpense || f.Kind == sales.FilingCompetitor) {
			field, value, ok = "金额", bare(text), true
		}
	}
	if !ok || value == "" {
		return bot.Text("没看懂要改什么:" + quoted(bare(text), "") + "。" + filingEditExample(f.Kind)), nil
	}
	change, refusal := a.changeFiling(t, tx, book, &f, field, value)
	if refusal != "" {
		return bot.Text(refusal + filingEditExample(f.Kind)), nil
	}
	said := change.Field + " " + orNone(change.Old) + " → " + change.New
	f.Reasons = setReason(f.Reasons, change.Field, cutRunes(value, 30))
	reply, err := a.saveFiling(ctx, t, tx, book, &f, "filing.correct", change)
	if err != nil {
		return bot.Reply{}, err
	}
	group := ""
	if t.InGroup() && (change.Field == "金额" || f.Kind == sales.FilingCompetitor) {
		group = change.Field
	}
	v := a.filingFaces(t, book, f, "已改 "+said+"("+sales.FormatTime(t.Now, t.Now)+")")
	reply.Faces = v
	if group != "" {
		said = group
	}
	reply.Say = append(bot.Text("已改:"+strings.TrimSpace(book.Customer(f.CustomerID)+" "+f.Kind.Name())+" "+said+"。").Say, reply.Say...)
	if f.HandlerID != 0 && f.HandlerID != t.Person.ID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{f.HandlerID}, Subject: "filing:" + f.ID.String(), Slot: "changed:" + t.Event.ID, Kind: bot.DeliverPush, Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "改了你受理的" + view.FilingHead(f) + "(" + book.Customer(f.CustomerID) + "):" + said + "。"},
		})
	}
	d := t.Dialogue
	if d.Topic == topicFilingEdit {
		d = *closeTopic(d)
	}
	reply.Dialogue = &d
	return reply, nil
}

// changeFiling makes one change, or says why it cannot.
func (a *App) changeFiling(t bot.Turn, tx Tx, book *Book, f *sales.Filing, field, value string) (sales.Change, string) {
	in := parse.Input{Text: value, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)}
	ch := sales.Change{Field: field, New: cutRunes(value, 60)}
	text := func(to *string, most int) (sales.Change, string) {
		ch.Old, *to = cutRunes(*to, 60), cutRunes(value, most)
		return ch, ""
	}
	switch field {
	case "金额", "价格", "报价", "竞品价":
		return changeAmount(f, ch, value)
	case "类别", "问题", "项目", "服务":
		return changeTopic(f, ch, value)
	case "事由", "内容":
		return text(&f.Text, 1000)
	case "竞品", "对手":
		ch.Field = "竞品"
		return text(&f.Party, 60)
	case "数量":
		switch {
		case f.Kind == sales.FilingExpense || f.Kind == sales.FilingTraining:
			return ch, f.Kind.Name() + "没有数量。"
		case !counts(slotQuantity, value):
			return ch, "数量要 1 到 9999:" + quoted(value, "") + "不行。"
		}
		return text(&f.Quantity, 30)
	case "单号":
		return text(&f.Tracking, 40)
	case "客户":
		id, _, why := a.customerIn(t, book, value)
		if id == 0 {
			return ch, why
		}
		ch.Old, ch.New, f.CustomerID = book.Customer(f.CustomerID), book.Customer(id), id
		tx.TouchCustomer(id, f.FiledAt)
	case "联系人":
		ch.Old, f.ContactID, f.ContactName = book.Contact(f.ContactID)+f.ContactName, 0, cutRunes(value, 30)
	case "产品":
		id, ok := productByWord(book, value)
		if !ok {
			return ch, "没认出产品:" + quoted(value, "") + "。"
		}
		ch.Old, ch.New, f.Products = strings.Join(book.ProductNames(f.Products), "、"), book.Products[id].Name, sales.List[sales.ID]{id}
	case "人数":
		n := ordinal(strings.TrimSuffix(value, "人"))
		if n <= 0 || n > 9999 {
			return ch, "人数要一个数:" + quoted(value, "") + "。"
		}
		ch.Old, f.People = orNone(viewPeople(f.People)), n
	case "反馈":
		return changeSentiment(f, ch, value)
	case "日期", "时间":
		w, ok := parse.Date(value, in.Now, parse.TensePast, book.Parser.Calendar)
		if !ok || sales.DayOf(w.Start).After(t.Today) || t.Today.Sub(sales.DayOf(w.Start)) > 366 {
			return ch, "日期要今天或以前、一年以内的:" + quoted(value, "") + "。"
		}
		ch.Old, f.Day = f.Day.Chinese(), sales.DayOf(w.Start)
		ch.New = f.Day.Chinese()
	}
	return ch, ""
}

func changeAmount(f *sales.Filing, ch sales.Change, value string) (sales.Change, string) {
	m, err := sales.ParseMoney(value)
	switch most := filingMost(f.Kind); {
	case err != nil || m <= 0:
		return ch, "金额要一个数:" + quoted(value, "") + "没看懂。"
	case most == 0:
		return ch, f.Kind.Name() + "没有金额。"
	case m > most:
		return ch, m.Short() + "太大了,看看是不是多打了。"
	}
	ch.Field, ch.Old, ch.New, f.Amount = "金额", f.Amount.Short(), m.Short(), m
	return ch, ""
}

func changeSentiment(f *sales.Filing, ch sales.Change, value string) (sales.Change, string) {
	s := sentimentOf(value)
	if value == "好" {
		s = sales.SentimentGood
	}
	if s == "" {
		return ch, "反馈写 好、一般 或 不好。"
	}
	ch.Old, ch.New, f.Sentiment = sales.SentimentName(f.Sentiment), sales.SentimentName(s), s
	return ch, ""
}

// filingMost is how large the amount of a kind may be; 0 for a kind that has none.
func filingMost(k sales.FilingKind) sales.Money {
	switch k {
	case sales.FilingExpense:
		return maxSpent
	case sales.FilingCompetitor:
		return maxDealt - 1
	}
	return 0
}

func viewPeople(n int) string {
	if n == 0 {
		return ""
	}
	return quantityText(parse.Quantity{Value: sales.ID(n).String(), Unit: "人"})
}

func changeTopic(f *sales.Filing, ch sales.Change, value string) (sales.Change, string) {
	ch.Old = sales.TopicName(f.Kind, f.Topic)
	topic := topicOf(f.Kind, value)
	var names []string
	for _, x := range sales.Topics(f.Kind) {
		names = append(names, x.Name)
		if x.Name == value {
			topic = x.ID
		}
	}
	if topic == "" {
		return ch, "能选:" + strings.Join(names, "、") + "。"
	}
	f.Topic, ch.New = topic, sales.TopicName(f.Kind, topic)
	return ch, ""
}
