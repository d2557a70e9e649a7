package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

var (
	reArrived   = regexp.MustCompile(`^(?:我)?(?:已经|刚|刚刚)?(?:到达|到了|到|已到)(.{2,20})$`)
	reAwayWords = regexp.MustCompile(`^(?:我)?(.{0,12}?)(请假|休假|年假|调休|病假|事假|出差)(.{0,20})$`)
	rePlanWords = regexp.MustCompile(`^(?:我)?(?:打算|准备|计划|安排)?((?:今天|明天|后天|下周|周|星期|上午|下午).*(?:去|拜访|跑).+)$`)
)

// freeWords takes what is said without a command's word and is no news of a customer: an expense, an absence, a plan, an
// answer to a colleague. ok is false for anything else.
func (a *App) freeWords(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	if len([]rune(t.Text)) > 60 || !strings.ContainsAny(t.Text, "到假休差去跑拜访0123456789") {
		return bot.Reply{}, false, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	if m := reArrived.FindStringSubmatch(bare(t.Text)); m != nil {
		if id, rest, _ := a.customerIn(t, book, m[1]); id != 0 && (rest == "" || rest == "了") {
			reply, err := a.fileAs(ctx, t, tx, string(sales.ActionCheckIn), strings.TrimSuffix(m[1], "了"))
			return reply, true, err
		}
	}
	if clauseKind(t.Text) == sales.FilingExpense {
		if id, _, why := a.customerIn(t, book, t.Text); id == 0 && strings.HasPrefix(why, "没找到") {
			reply, err := a.fileAs(ctx, t, tx, string(sales.FilingExpense), t.Text)
			return reply, true, err
		}
	}
	if m := reAwayWords.FindStringSubmatch(bare(t.Text)); m != nil {
		kind := sales.AbsenceLeave
		if m[2] == "出差" {
			kind = sales.AbsenceTrip
		}
		if w, ok := readAway(t, book, strings.TrimSpace(m[1]+" "+m[3])); ok {
			reply, err := a.keepAbsence(ctx, t, tx, kind, w)
			return reply, true, err
		}
	}
	return a.freePlan(ctx, t, tx, book)
}

// freePlan takes a sentence that plans visits on a day to come: 明天上午去绍兴市立,下午跑宁波妇保.
func (a *App) freePlan(ctx context.Context, t bot.Turn, tx Tx, book *Book) (bot.Reply, bool, error) {
	m := rePlanWords.FindStringSubmatch(bare(t.Text))
	if m == nil || strings.Contains(t.Text, "了") || len(segmentsOf(m[1])) > 4 {
		return bot.Reply{}, false, nil
	}
	w, ok := parse.Date(m[1], t.Now.In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar)
	if !ok || !sales.DayOf(w.Start).After(t.Today) {
		return bot.Reply{}, false, nil
	}
	items := planWords(book.Parser, m[1], t.Now, t.Person.ID)
	if len(items) == 0 {
		return bot.Reply{}, false, nil
	}
	for _, x := range items {
		if x.customer.ID == 0 && len(x.customer.Candidates) == 0 {
			return bot.Reply{}, false, nil
		}
	}
	reply, err := a.makePlan(ctx, t, tx, book, planDraft{Text: m[1], At: t.Now, EventID: t.Event.ID}, t.Dialogue)
	return reply, true, err
}

func segmentsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，;；。", r) })
}
