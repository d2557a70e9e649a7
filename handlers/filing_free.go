package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

var (
	reArrived   = regexp.MustCompile(`^(?:我)?(?:已经|刚|刚刚)?(?:到达|到了|到|已到)(.{2,20})$`)
	rePlanWords = regexp.MustCompile(`^(?:我)?(?:打算|准备|计划|安排)?((?:今天|明天|后天|大后天|明早|明晚|下|本周|这周|周|星期|礼拜|上午|下午|\d{1,2}月\d{1,2}|\d{1,2}[日号]).*(?:去|拜访|跑).+)$`)
)

// freeWords takes what is said without a command's word and is no news of a customer: an expense, an absence, a plan, an
// answer to a colleague. ok is false for anything else.
func (a *App) freeWords(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	if len([]rune(t.Text)) > 60 || !strings.ContainsAny(t.Text, "到假休差去跑拜访约0123456789") {
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
	if reply, ok, err := a.freeLeave(ctx, t, tx, book); ok || err != nil {
		return reply, ok, err
	}
	return a.freePlan(ctx, t, tx, book)
}

// freePlan takes a sentence that plans visits on a day to come: 明天上午去绍兴市立,下午跑宁波妇保. An appointment (约了) is one, too.
func (a *App) freePlan(ctx context.Context, t bot.Turn, tx Tx, book *Book) (bot.Reply, bool, error) {
	text := bare(t.Text)
	agreed := reAgreed.MatchString(text)
	if agreed {
		text = reAgreed.ReplaceAllString(text, "去")
	}
	m := rePlanWords.FindStringSubmatch(text)
	if m == nil || strings.Contains(text, "了") || isQuestion(text) || len(segmentsOf(m[1])) > 4 {
		return bot.Reply{}, false, nil
	}
	w, ok := parse.Date(m[1], t.Now.In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar)
	if !ok || !sales.DayOf(w.Start).After(t.Today) {
		return bot.Reply{}, false, nil
	}
	items := spokenPlan(book.Parser.Plan(parse.Input{Text: m[1], Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)}).Items)
	if len(items) == 0 || slices.ContainsFunc(items, func(x planItem) bool {
		return x.customer.ID == 0 && len(x.customer.Candidates) == 0 && !reInstitution.MatchString(x.customer.NewName)
	}) {
		return bot.Reply{}, false, nil
	}
	reply, err := a.makePlan(ctx, t, tx, book, planDraft{Text: m[1], At: t.Now, EventID: t.Event.ID, Agreed: agreed}, t.Dialogue)
	return reply, true, err
}

// reInstitution is a name that says what it is, in full or in its short form.
var reInstitution = regexp.MustCompile(`.{2}(?:医院|公司|厂|集团|中心|学校|大学|学院|中学|小学|门店|超市|诊所|门诊部?|研究院|研究所|局|妇保院?|妇幼|[一二三四五六七八九]院|人医|中医院?|疾控|实小|[一二三四五]中|职高|职院|五金|机械|商贸|便利店|批发部|商行)$`)

// reAgreed says that a customer agreed to a visit.
var reAgreed = regexp.MustCompile(`(?:跟|和)?(?:已经)?约(?:好|上|到|定)?了(?:跟|和)?`)

func segmentsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，;；。", r) })
}
