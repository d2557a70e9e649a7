package handlers

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// helpLines is how many things the short help shows, greetLines the first greeting.
const (
	helpLines  = 5
	greetLines = 2
)

// whoIAm is the first line anybody reads.
const whoIAm = "我是销售流:你在聊天里说一句,我记成销售记录,到点提醒该提醒的人。"

type helper struct {
	app    *App
	router *bot.Router[Tx]
}

func (a *App) registerHelp(r *bot.Router[Tx]) {
	h := helper{a, r}
	r.Command(bot.Command[Tx]{
		Name: "帮助", Aliases: []string{"help", "bz", "?", "？", "怎么用"}, Summary: "看你能做什么", Usage: "帮助 / 帮助 漏斗 / 帮助 流程 / 帮助 全部",
		Handle: h.Help,
	})
	r.Command(bot.Command[Tx]{Name: "菜单", Aliases: []string{"cd", "menu"}, Summary: "点按钮记录和查看", Usage: "菜单", Handle: h.Menu})
	r.Action("menu.run", h.TapMenu)
	r.Entered, r.Joined, r.Stranger, r.Lost, r.Troubled = h.Entered, h.Joined, h.Stranger, h.Lost, h.Troubled
	r.Action("card.closed", h.Closed)
}

// Help shows five things for this person with examples of their own, or one command in depth.
func (h helper) Help(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	word := strings.TrimSpace(t.Args)
	if word == "" {
		s, err := h.short(ctx, t, tx)
		if err != nil || t.Dialogue.Greeted {
			return bot.Text(s), err
		}
		d := t.Dialogue // not every platform tells that a chat was opened
		d.Greeted = true
		return bot.Reply{Say: bot.Text(whoIAm + "\n" + s).Say, Dialogue: &d}, nil
	}
	if word == "全部" || word == "所有" {
		return bot.Text(h.all(t.Person)), nil
	}
	if word == "流程" || reJourney.MatchString(word) {
		return h.journey(t.Person), nil
	}
	if first, rest, _ := strings.Cut(word, " "); (first == "全部" || first == "所有") && strings.TrimSpace(rest) != "" {
		return bot.Text(h.theme(t.Person, strings.TrimSpace(rest))), nil
	}
	c, ok := h.router.Find(word)
	if !ok {
		if best, ok := parse.Suggest(word, h.names(t.Person)); ok {
			return bot.Text("没有\"" + cutRunes(word, 10) + "\"。要看的是 帮助 " + best + " 吗?"), nil
		}
		return bot.Text("没有\"" + cutRunes(word, 10) + "\"。发 帮助 看常用的,发 帮助 全部 看所有的。"), nil
	}
	return h.deep(ctx, t, tx, c)
}

func (h helper) deep(ctx context.Context, t bot.Turn, tx Tx, c bot.Command[Tx]) (bot.Reply, error) {
	lines := []string{"**" + c.Name + "** " + c.Summary, "写法:" + c.Usage}
	if c.Detail != "" {
		lines = append(lines, h.app.fillDetail(c.Detail))
	}
	e, err := h.example(ctx, t, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	if e != "" {
		lines = append(lines, "试试:"+e)
	}
	if len(c.Roles) > 0 && !t.Person.Has(c.Roles...) {
		lines = append(lines, "你现在的角色用不了这一项。")
	}
	return bot.Text(strings.Join(lines, "\n")), nil
}

// What stands in a command's detail for the pipelines deals go now, which an administrator may change: all stages, and how another
// pipeline than the first is named.
const (
	stagesInHelp = "{阶段}"
	wayInHelp    = "{流程}"
)

// undoSpan is for how long 撤销 works, in words.
func (a *App) undoSpan() string { return sales.Waited(a.Settings.UndoFor) }

// nudgeLimit says how often 催办 is let through.
func (a *App) nudgeLimit() string {
	switch every := a.Settings.Approval.NudgeEvery; {
	case every < 0:
		return ""
	case every == 0:
		return "4 小时内只催一次。"
	default:
		return sales.Waited(every) + "内只催一次。"
	}
}

// fillDetail is a command's detail as it is now.
func (a *App) fillDetail(detail string) string {
	if !strings.Contains(detail, "{") {
		return detail
	}
	ways := a.Pipelines.Current()
	stages, other := make([]string, len(ways)), ""
	for i, w := range ways {
		names := make([]string, len(w.Stages))
		for k, s := range w.Stages {
			names[k] = s.Name
		}
		stages[i] = strings.Join(names, "、")
		if len(ways) > 1 {
			stages[i] = "\n" + w.Name + ":" + strings.Join(names, " → ")
		}
	}
	if len(ways) > 1 {
		other = "走别的流程就带上流程名,例:商机 绍兴市立医院 生化分析仪 " + ways[1].Name + " 50万 下月底签;各流程的阶段看 帮助 推进。"
	}
	return strings.NewReplacer(stagesInHelp, strings.Join(stages, ""), wayInHelp, other).Replace(detail)
}

// short is the help of a role.
func (h helper) short(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	lines, err := h.useful(ctx, t, tx, helpLines)
	if err != nil {
		return "", err
	}
	return t.Person.Name + ",你常用的:\n" + strings.Join(append(lines, "单看一项:帮助 "+h.firstName(t.Person)+"。全部:帮助 全部。"), "\n"), nil
}

// useful are the commands with the lowest rank for any of the person's roles, a line each with an example, at most so many.
func (h helper) useful(ctx context.Context, t bot.Turn, tx Tx, most int) ([]string, error) {
	type ranked struct {
		rank int
		c    bot.Command[Tx]
	}
	var list []ranked
	for _, c := range h.router.Commands() {
		best := 0
		for _, role := range t.Person.Roles {
			if r := c.Rank[role]; r > 0 && (best == 0 || r < best) {
				best = r
			}
		}
		if best > 0 && (len(c.Roles) == 0 || t.Person.Has(c.Roles...)) {
			list = append(list, ranked{best, c})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return a.rank - b.rank })
	var lines []string
	for _, l := range list[:min(len(list), most)] {
		form, _, _ := strings.Cut(l.c.Usage, " / ")
		if l.c.Example != nil {
			e, err := l.c.Example(ctx, t, tx)
			if err != nil {
				return nil, err
			}
			if e != "" {
				form = e
			}
		}
		lines = append(lines, "· "+l.c.Summary+":"+form)
	}
	return lines, nil
}

func (h helper) firstName(p sales.Person) string {
	best, rank := "拜访", 0
	for _, c := range h.router.Commands() {
		for _, role := range p.Roles {
			if r := c.Rank[role]; r > 0 && (rank == 0 || r < rank) {
				best, rank = c.Name, r
			}
		}
	}
	return best
}

func (h helper) names(p sales.Person) []string {
	var names []string
	for _, c := range h.router.Commands() {
		if len(c.Roles) == 0 || p.Has(c.Roles...) {
			names = append(names, c.Name)
		}
	}
	return names
}

// Entered greets a person who opens the chat, once.
func (h helper) Entered(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.Dialogue.Greeted {
		return bot.Reply{}, nil
	}
	lines, err := h.useful(ctx, t, tx, greetLines)
	if err != nil {
		return bot.Reply{}, err
	}
	d := t.Dialogue
	d.Greeted = true
	return bot.Reply{
		Say:      bot.Text(whoIAm + "\n" + t.Person.Name + ",先试一句:\n" + strings.Join(lines, "\n") + "\n还能做什么发 帮助。").Say,
		Dialogue: &d,
	}, nil
}

// Joined greets a group.
func (h helper) Joined(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	tx.PutGroupChat(sales.GroupChat{
		Platform: string(t.Event.Platform), ChatID: string(t.Event.Chat.ID), Name: t.Event.ChatName, TeamID: t.Person.TeamID,
		SeenAt: sales.At(t.Now),
	})
	return bot.Text("大家好,我是销售流。@我 加一句拜访就能记录,发 漏斗 看团队进度。涉及金额和客户细节的请单聊我。"), nil
}

// Stranger tells a person the bot does not know what to do.
func (h helper) Stranger(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.Event.Kind == bot.Tapped || t.Event.Kind == bot.Changed {
		return bot.Reply{}, nil
	}
	name := cutRunes(t.Event.Name, 20)
	if name == "" {
		name = "你好"
	}
	return bot.Text(name + ",我还不认识你,这条没有记。\n已经在另一个平台用我:在那边发 绑定 拿 6 位码,再到这里发 绑定 加 6 位码。\n" +
		"还没用过:请管理员把你加进人员名单,账号是 " + cutRunes(string(t.Event.From), 64) + "。"), nil
}

// Lost answers a text nobody could use: with the command that was probably meant, else with where help is.
func (h helper) Lost(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch strings.Trim(t.Text, " 。.,，!！~～?？") {
	case "你好", "您好", "hi", "hello", "Hi", "Hello", "在吗", "在不在", "在么", "早", "早上好", "下午好", "晚上好":
		return h.hello(ctx, t, tx)
	case "谢谢", "多谢", "辛苦了", "收到", "好", "好的", "嗯", "嗯嗯", "ok", "OK", "知道了", "明白", "算了", "不用了", "没事":
		return bot.Text("好。"), nil
	}
	if utf8.RuneCountInString(t.Text) <= 20 && reJourney.MatchString(t.Text) {
		return h.journey(t.Person), nil
	}
	if asks(t.Text) {
		return bot.Text(h.nearest(t)), nil
	}
	word, rest, _ := strings.Cut(strings.TrimLeft(t.Text, "/#"), " ")
	if best, ok := parse.Suggest(word, h.names(t.Person)); ok && best != word {
		s := strings.TrimSpace(best + " " + cutRunes(rest, 40))
		return bot.Text("没有\"" + cutRunes(word, 10) + "\"这个指令。是不是:" + s), nil
	}
	open := openQuestion(t)
	if open == "" { // a question that waits is not put aside for words that nobody could use
		if reply, ok, err := h.app.offerToAdd(ctx, t, tx); ok || err != nil {
			return reply, err
		}
	}
	if strings.Contains(t.Text, "http://") || strings.Contains(t.Text, "https://") {
		return bot.Text("链接我打不开,没有记。要记的话说哪家、什么事。"), nil
	}
	e, err := h.app.visitExample(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if open != "" {
		return bot.Text("没看懂,这条没有记。还等你回:" + open + " 不要了回 取消。"), nil
	}
	if !t.Person.Has(sales.RoleRep) {
		return bot.Text("没看懂,这条没有记。发 帮助 看能做什么。"), nil
	}
	return bot.Text("没看懂,这条没有记。记拜访要有客户名,例:" + e + "\n发 帮助 看还能做什么。"), nil
}

// hello answers a greeting: at first with what can be done, then only with how to begin.
func (h helper) hello(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if !t.Dialogue.Greeted || !t.Person.Has(sales.RoleRep) {
		short, err := h.short(ctx, t, tx)
		d := t.Dialogue
		d.Greeted = true
		return bot.Reply{Say: bot.Text("在。\n" + short).Say, Dialogue: &d}, err
	}
	e, err := h.app.visitExample(ctx, t, tx)
	return bot.Text("在。要记什么直接说,例:" + e + "\n发 帮助 看还能做什么。"), err
}

// openQuestion is what a draft of a record or a customer waits for, in words; empty when nothing is open.
func openQuestion(t bot.Turn) string {
	if !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return ""
	}
	switch t.Dialogue.Topic {
	case topicContract:
		return openContract(t)
	case topicDeal, topicQuote, topicApplication:
		return openPaper(t)
	case topicCustomer:
		d, err := draft[customerDraft](t)
		what := map[string]string{"phone": "联系电话", "industry": "行业", "name": "全称", "uscc": "信用代码"}[d.Asking]
		if err != nil || what == "" {
			return ""
		}
		return d.Name + "的" + what + "。"
	}
	d, open := openVisitDraft(t)
	switch {
	case !open || d.Text == "":
		return ""
	case d.Question != "":
		return d.Question
	case t.Dialogue.Topic == topicVisitCustomer:
		return "\"" + cutRunes(d.Text, 20) + "\"是哪家客户?"
	case t.Dialogue.Topic == topicVisitContent:
		return "\"" + cutRunes(d.Text, 20) + "\"聊了什么?"
	}
	return ""
}

// openContract is what a contract's draft waits for.
func openContract(t bot.Turn) string {
	d, err := draft[contractDraft](t)
	if err != nil {
		return ""
	}
	what := map[string]string{
		askingText: "哪家客户,多少钱,什么条件。", askingCustomer: "合同是哪家客户的。", askingAmount: "合同多少钱。", askingFile: "传合同文件,或回 无附件 就提交。",
	}[d.Asking]
	return "合同草稿 " + cutRunes(d.Text, 20) + ":" + what
}

// openPaper is what the draft of a deal, a quote or an application was begun with.
func openPaper(t bot.Turn) string {
	switch t.Dialogue.Topic {
	case topicDeal:
		if d, err := draft[dealDraft](t); err == nil && d.Text != "" {
			return "\"" + cutRunes(d.Text, 20) + "\"上面那一问。"
		}
	case topicQuote:
		if d, err := draft[quoteDraft](t); err == nil && d.Text != "" {
			return "\"报价 " + cutRunes(d.Text, 20) + "\"上面那一问。"
		}
	case topicApplication:
		if d, err := draft[applicationDraft](t); err == nil && d.Text != "" {
			return "\"审批申请 " + cutRunes(d.Text, 20) + "\"上面那一问。"
		}
	}
	return ""
}

// orSuggest keeps a mistyped command with a customer behind it (提交和同 绍兴市立医院) from being filed as a visit. Words of two
// characters are left alone: too many of them are words of their own (代办, 拜会).
func (h helper) orSuggest(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		word, rest, _ := strings.Cut(t.Text, " ")
		if utf8.RuneCountInString(word) >= 3 && rest != "" {
			if _, ok := parse.Suggest(word, h.names(t.Person)); ok {
				return h.Lost(ctx, t, tx)
			}
		}
		return next(ctx, t, tx)
	}
}

// Troubled answers a message that the platform delivered without its content, and tells the admins, once a day.
func (h helper) Troubled(_ context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	reply := bot.Text("刚才那条没传过来,平台那边出了状况,没有记。过一会儿再发一次。")
	admins := t.Org.WhoHas(sales.RoleAdmin)
	if len(admins) > 0 {
		reply.Say = append(reply.Say, bot.Say{
			To: admins, Subject: "trouble:" + string(t.Event.Platform), Kind: bot.DeliverPush, Slot: t.Today.String(), Push: true,
			Out: bot.Outgoing{Text: "平台送来的消息不完整:" + cutRunes(t.Event.Trouble, 120) + "。多半是调用量用完了,去开发者后台看用量。"},
		})
	}
	return reply, nil
}

// Closed answers a tap on a card that is closed.
func (h helper) Closed(context.Context, bot.Turn, Tx) (bot.Reply, error) {
	return bot.Text("这张卡片已经处理完了,没有改动。"), nil
}
