package handlers

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicVisitPreview = "visit.preview"

// registerPreview registers 草稿: how a text would be recorded, before it is.
func (a *App) registerPreview(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "草稿", Aliases: []string{"cg", "试记"}, Summary: "先看会怎么记,回 对 才记", Usage: "草稿 客户 联系人 聊了什么",
		Detail: "不确定写得对不对时用:先回你会记成什么,回 对 就记,回 不对 就不记,或者直接重说。", Handle: a.PreviewVisit,
	})
	r.Topic(topicVisitPreview, a.AnswerVisitPreview)
}

// PreviewVisit shows how a text would be filed as a visit, and waits for a yes. A text that was rewritten by the language
// model comes here too; it gives way to whatever the person has begun since.
func (a *App) PreviewVisit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if first, ok := strings.CutPrefix(t.Event.ID, "llm:"); ok && t.Dialogue.Topic != "" && t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		if d, open := openVisitDraft(t); !open || d.EventID != first { // a question about the same text is answered by it
			return bot.Reply{}, nil
		}
	}
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("草稿后面写要记的话。例:草稿 " + strings.TrimPrefix(exampleVisit, "拜访 ")), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	res, err := a.read(ctx, t, tx, t.Args, t.Now)
	if err != nil {
		return bot.Reply{}, err
	}
	groups := byCustomer(res)
	if len(groups) == 0 || !isNamed(groups[0].customer) {
		return bot.Text("没看出是哪家客户,没有记。写上客户名再发一次,简称也可以。"), nil
	}
	d := newVisit(t, t.Args)
	var lines []string
	for _, f := range groups {
		lines = append(lines, f.preview(book))
	}
	dialogue, err := a.ask(t, topicVisitPreview, d)
	if err != nil {
		return bot.Reply{}, err
	}
	lines = append(lines, unclearWords(res.Unclear)...)
	text := "还没记。我的理解:\n" + cutRunes(strings.Join(lines, "\n"), 600) + "\n回 对 就记,回 不对 就不记,也可以直接重说。"
	return bot.Reply{Say: bot.Text(text).Say, Dialogue: dialogue}, nil
}

// preview says in one line what would be recorded.
func (f facts) preview(book *Book) string {
	name := book.Customer(sales.ID(f.customer.ID))
	switch {
	case name == "" && f.customer.NewName != "":
		name = f.customer.NewName + "(新客户)"
	case name == "":
		name = f.customer.Why.Text + "(有几家都像,记的时候再选)"
	}
	parts := []string{name}
	if who := book.Contact(f.contactID()) + f.contact.NewName; who != "" {
		parts = append(parts, who)
	}
	if p := book.ProductNames(f.productIDs()); len(p) > 0 {
		parts = append(parts, strings.Join(p, "、"))
	}
	for _, m := range f.amounts {
		parts = append(parts, view.AmountName(string(m.Role))+m.Why.Text)
	}
	if s, _, _ := f.objection(); s != "" {
		parts = append(parts, "异议 "+s)
	}
	for _, p := range f.promises {
		s := "承诺 " + p.What
		if !p.Due.Start.IsZero() {
			s += " " + sales.DayOf(p.Due.Start).Chinese()
		}
		parts = append(parts, s)
	}
	return strings.Join(append(parts, f.matters...), ";")
}

// AnswerVisitPreview files the text that was shown, or lets it go.
func (a *App) AnswerVisitPreview(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[visitDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	switch {
	case isYes(t.Text), bare(t.Text) == "记", bare(t.Text) == "记下":
		return a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
	case isNo(t.Text), bare(t.Text) == "不对":
		return bot.Reply{Say: bot.Text("好,没有记。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	return bot.Reply{}, bot.ErrNotMine
}

// Answering reports whether a text belongs to the dialogue as it stands: a question of the bot's is open, or the text changes what
// was filed a moment ago. Such a text is not shown to a language model, whatever it says.
func (a *App) Answering(d sales.Dialogue, text string, now time.Time) bool {
	if d.Topic != "" && now.Before(d.ExpiresAt.Time) {
		return true
	}
	text = bare(text)
	if ref, ok := lastFiled(bot.Turn{Dialogue: d, Now: now}); ok {
		switch {
		case ref.Kind == "plan" && (rePlanOff.MatchString(text) || rePlanAgain.MatchString(text)), ref.Kind == "customer" && rePhoneAgain.MatchString(text),
			reAmountAgain.MatchString(text):
			return true
		}
	}
	return slices.ContainsFunc(otherWords, func(w otherWord) bool { return w.re.MatchString(text) })
}

// NotUnderstood reports whether a text said outside of any question says nothing that the parser can use: then a
// language model may be asked. Short texts are left alone.
func (a *App) NotUnderstood(ctx context.Context, text string, person sales.PersonID, in parse.Input) bool {
	if n := utf8.RuneCountInString(text); n < 6 || n > 600 {
		return false
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return false
	}
	in.Text, in.User = text, parse.ID(person)
	return !book.Parser.Parse(in).Understood()
}
