package handlers

import (
	"context"
	"regexp"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

var (
	// reShort is a correction that names no field: 刚才那条改成54, 改成23.
	reShort = regexp.MustCompile(`^(?:刚才|刚刚|上面|上一)?(?:那|这)?(?:一)?(?:条|个|笔)?(?:的)?(?:写错了|错了|记错了)?[,，\s]*(?:改成|改为|应该是)\s*(\S+)$`)
	// reRemember asks to be reminded of something: 下周三记得给张主任打电话, 提醒我周五前交发票.
	reRemember = regexp.MustCompile(`^(.{0,12}?)(?:提醒我一下|提醒我|提醒一下|别忘了|别忘记|记得)[,，\s]*(.{2,60})$`)
)

// reEarlier names a record of before in a correction: 昨天那条, 刚才绍兴市立的.
var reEarlier = regexp.MustCompile(`^(?:刚才|刚刚|上一|今天|昨天|前天|上?上?(?:周|星期)[一二三四五六日天]|\d{1,2}月\d{1,2}[日号]).{0,12}(?:那|这|的|一)(?:条|次|个|笔)(?:的|拜访|记录|费用)*$`)

// isEarlier reports whether a text corrects a record of before, whatever question is open.
func isEarlier(text string) bool {
	m := reTarget.FindStringSubmatch(bare(text))
	return m != nil && reEarlier.MatchString(bare(m[1]))
}

// unlessEarlier keeps the answer to a question from being a correction of another record.
func unlessEarlier(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		if isEarlier(t.Text) {
			return bot.Reply{}, bot.ErrNotMine
		}
		return next(ctx, t, tx)
	}
}

// shortFor is for how long after something was filed a bare amount corrects it.
const shortFor = 30 * time.Minute

// shortCorrection takes a correction that is a bare amount as that of the record filed last; ok is false when it is none.
func (a *App) shortCorrection(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	if m := reTarget.FindStringSubmatch(bare(t.Text)); m != nil && isEarlier(t.Text) && !strings.HasPrefix(m[1], "刚") {
		if reply, ok, err := a.changeNamed(ctx, t, tx, "edit", m[1], m[2]); ok || err != nil {
			return reply, true, err
		}
	}
	m := reShort.FindStringSubmatch(bare(t.Text))
	if m == nil {
		return bot.Reply{}, false, nil
	}
	if amount, err := sales.ParseMoney(m[1]); err != nil || amount <= 0 {
		return bot.Reply{}, false, nil //nolint:nilerr // no amount: others may know what to do with it
	}
	amount, _ := sales.ParseMoney(m[1]) // read above
	ref, err := a.meantByAmount(ctx, t, tx, amount)
	if err != nil || ref.ID == 0 {
		return bot.Reply{}, false, err
	}
	reply, err := a.changeRecord(ctx, t, tx, "edit", "金额改成"+m[1], ref)
	return reply, true, err
}

// meantByAmount is the record whose amount is put right by a bare one: the one filed last, or where that has none an earlier one of
// the last half hour whose amount is about the same. There is none where nothing was filed lately.
func (a *App) meantByAmount(ctx context.Context, t bot.Turn, tx Tx, amount sales.Money) (sales.Ref, error) {
	var newest sales.Ref
	for _, ref := range t.Dialogue.Last {
		if ref.Kind != "visit" && ref.Kind != "filing" || t.Now.Sub(ref.At.Time) > shortFor {
			continue
		}
		was, err := filedAmount(ctx, tx, ref)
		if err != nil {
			return sales.Ref{}, err
		}
		switch {
		case newest.ID == 0 && was != 0:
			return ref, nil
		case newest.ID == 0:
			newest = ref
		case was > 0 && amount <= 2*was && was <= 2*amount:
			return ref, nil
		}
	}
	return newest, nil
}

// filedAmount is the amount of a visit or a filing that stands, 0 for none.
func filedAmount(ctx context.Context, tx Tx, ref sales.Ref) (sales.Money, error) {
	if ref.Kind == "visit" {
		v, err := tx.VisitByID(ctx, ref.ID)
		if v.State != sales.VisitFiled {
			v.Amount = 0
		}
		return v.Amount, ignoreMissing(err)
	}
	f, err := tx.FilingByID(ctx, ref.ID)
	if f.State == sales.FilingUndone {
		f.Amount = 0
	}
	return f.Amount, ignoreMissing(err)
}

// freeTodo takes what a person wants to be reminded of as a to-do of their own: nothing happened at the customer, so it is no
// visit. It needs a day; ok is false without one, and where more is told.
func (a *App) freeTodo(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	m := reRemember.FindStringSubmatch(bare(t.Text))
	if m == nil || strings.ContainsAny(t.Text, "\n;；。?？吗") {
		return bot.Reply{}, false, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	w, ok := dueWords(t, book, m[1]+m[2])
	if !ok {
		return bot.Reply{}, false, nil
	}
	day := sales.DayOf(w.Start)
	if day.Before(t.Today) || day.Sub(t.Today) > 366 {
		return bot.Reply{}, false, nil
	}
	customer, _, _ := a.customerIn(t, book, m[1]+m[2])
	text := strings.TrimLeft(strings.TrimSpace(m[2]), "要去")
	if todoDate.MatchString(text) {
		text = strings.TrimSpace(todoDate.ReplaceAllString(text, ""))
	}
	todo := sales.Todo{
		ID: tx.NewID(), OwnerID: t.Person.ID, CustomerID: customer, SourceKind: "own", Text: cutRunes(orElse(text, m[2]), 60),
		State: sales.TodoOpen, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
	}
	a.setDue(&todo, w)
	said := "记到待办:" + todo.Text
	if customer != 0 {
		said += " · " + book.Customer(customer)
	}
	reply := bot.Text(said + "。" + todo.DueText(t.Today) + ",到时提醒你。").And(a.openTodo(t, tx, todo))
	audit(tx, t, "todo.create", "todo", todo.ID)
	emit(tx, t, "todo.created", "todo", todo.ID)
	reply.Dialogue = remember(closeTopic(t.Dialogue), "todo", todo.ID, t.Now)
	return reply, true, nil
}

// todoDate is a day at the head of what is to be done, which the to-do has as its date.
var todoDate = regexp.MustCompile(`^(?:今天|明天|后天|大后天|(?:下下?|这|本)?(?:周|星期|礼拜)[一二三四五六日天]|\d{1,2}月\d{1,2}[日号]|\d{1,2}[日号])(?:上午|下午|早上|晚上|中午)?(?:\d{1,2}点半?|\d{1,2}:\d{2})?(?:之?前)?[,，\s]*`)
