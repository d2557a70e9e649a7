package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	planDay  = `((?:今天|明天|后天|大后天|今日|明日|(?:下下?|这|本)?个?(?:周|星期|礼拜)[一二三四五六日天]?|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[日号])(?:上午|下午|早上|晚上|中午)?)`
	planNoun = `(?:拜访)?(?:计划|安排|行程)`
	moveWord = `(?:改到|改成|改为|改在|挪到|推到|推迟到|延到|延后到|延期到|提前到|换到|调到|顺延到|改|挪|推迟)`
)

// What people say about what they have planned.
var (
	rePlanAsked   = regexp.MustCompile(`^(?:帮我|给我)?(?:看看|看下|看一下|查下|查一下|查查)?我?的?` + planDay + `我?(?:的|都?有(?:什么|啥|哪些)?|都?是(?:什么|啥)?)?` + planNoun + `(?:呢|吗|有哪些|是什么|是啥|怎么样)?$`)
	rePlanAskedOf = regexp.MustCompile(`^(.{2,4}?)` + planDay + `(?:的|都?有(?:什么|啥|哪些)?)?(?:` + planNoun + `|(?:要|会|打算)?(?:去|跑)(?:哪|几|谁|什么|啥).{0,4})(?:呢|吗)?$`)
	rePlanDayOff  = regexp.MustCompile(`^(?:把)?我?的?` + planDay + `的?(?:所有)?(?:` + planNoun + `)?(?:都|全部|全|统统)?(?:取消|不去|不跑|去不了|去不成|跑不了)(?:了|掉|吧)*$`)
	rePlanCancel  = regexp.MustCompile(`^(?:取消|删掉|删除|删)(?:我)?的?` + planDay + `的?(?:所有|全部)?的?` + planNoun + `$`)
	rePlanDayMove = regexp.MustCompile(`^(?:把)?我?的?` + planDay + `的` + planNoun + `(?:都|全部|全)?` + moveWord + `(.{2,12}?)(?:去|再去|吧)?$`)

	// What is said of one customer that is planned; the customer and the day are cut out before.
	rePlanNotGone = regexp.MustCompile(`^(?:我|我们)?(?:今天|早上|上午|下午)?(没去成|没能去|没去上|没去了|没去|没见成|没跑成|没赶上|白跑了?一趟)(?:了)?(?:[,，;；\s]+(.{1,30}))?$`)
	rePlanGiveUp  = regexp.MustCompile(`^(?:我|我们)?(?:临时|先|就)?(?:不去|去不了|去不成|不用去|不跑|取消|来不及去|改天再去|改天去)(?:了|掉|吧)*(?:[,，;；\s]+(.{1,30}))?$`)
	rePlanMoveTo  = regexp.MustCompile(`^(?:把|将)?\s*(?:的)?(?:拜访|计划|那家|行程)?(?:时间)?` + moveWord + `\s*(.{2,14}?)(?:去|再去|吧|了)?$`)
	reDayAnywhere = regexp.MustCompile(planDay + `的?`)
)

// missedBack is how many days a plan that was not made may lie back when somebody says so.
const missedBack = 3

// planTalk takes what is said about plans without a command's word: asked for, cancelled, moved, not made. ok is false for
// anything else, and where nothing of the kind is planned and the words may mean something else.
func (s colloquial) planTalk(ctx context.Context, t bot.Turn, tx Tx, book *Book, text string) (bot.Reply, bool, error) {
	if !strings.ContainsAny(text, "划排程消去跑改挪推延提换调删趟成赶") {
		return bot.Reply{}, false, nil
	}
	st := spokenTurn{s.App, t, book}
	if command := planCommand(st, text); command != "" {
		reply, err := s.as(ctx, t, tx, command)
		return reply, true, err
	}
	if m := rePlanDayMove.FindStringSubmatch(text); m != nil {
		plans, _, err := s.pickPlans(ctx, t, tx, book, m[1])
		if err != nil {
			return bot.Reply{}, true, err
		}
		reply, err := s.movePlans(ctx, t, tx, book, plans, m[2])
		return reply, true, err
	}
	return s.planOfCustomer(ctx, t, tx, book, text)
}

// planCommand is the command that words about a day's plans mean; "" when they mean none.
func planCommand(t spokenTurn, text string) string {
	if m := rePlanAsked.FindStringSubmatch(text); m != nil {
		return "计划 " + m[1]
	}
	if m := rePlanAskedOf.FindStringSubmatch(text); m != nil && t.leads() {
		switch who := t.colleague(m[1]); {
		case who != "" && who != t.Person.Name:
			return "团队计划 " + who + " " + m[2]
		case m[1] == "团队" || m[1] == "大家" || m[1] == "他们":
			return "团队计划 " + m[2]
		}
	}
	for _, re := range []*regexp.Regexp{rePlanDayOff, rePlanCancel} {
		if m := re.FindStringSubmatch(text); m != nil {
			return "取消计划 " + m[1]
		}
	}
	return ""
}

// wantsElse reports whether a text that stands where the content of a visit is wanted is about the person's own plans or leave instead.
func wantsElse(t spokenTurn) bool {
	text := bare(t.Text)
	return planCommand(t, text) != "" || ownLeave(text) || reSick.MatchString(text) || reBack.MatchString(text)
}

// planOfCustomer takes what is said of a customer who is planned: 绍兴市立改到周五, 周五不去绍兴市立了, 绍兴市立没去成.
func (s colloquial) planOfCustomer(ctx context.Context, t bot.Turn, tx Tx, book *Book, text string) (bot.Reply, bool, error) {
	id, rest, _ := s.customerIn(t, book, text)
	if id != 0 && !saysOfPlan(rest) {
		return bot.Reply{}, false, nil
	}
	plans, err := tx.Plans(ctx, sales.Only(t.Person.ID), t.Today.AddDays(-missedBack), t.Today.AddDays(maxPlanAhead))
	if err != nil {
		return bot.Reply{}, false, err
	}
	sortPlans(plans)
	mine := slices.DeleteFunc(slices.Clone(plans), func(p sales.VisitPlan) bool {
		return p.VisitID != 0 || id != 0 && p.CustomerID != id || id == 0 && (p.CustomerName == "" || !strings.Contains(text, p.CustomerName))
	})
	if id == 0 && len(mine) == 0 {
		if p, word, ok := planCalled(book, plans, text); ok {
			id, rest, mine = p.CustomerID, bare(strings.Replace(text, word, " ", 1)), []sales.VisitPlan{p}
			if !saysOfPlan(rest) {
				return bot.Reply{}, false, nil
			}
		}
	}
	if id == 0 {
		if len(mine) == 0 {
			return bot.Reply{}, false, nil
		}
		if rest = bare(strings.Replace(text, mine[0].CustomerName, " ", 1)); !saysOfPlan(rest) {
			return bot.Reply{}, false, nil
		}
		mine = mine[:1]
	}
	name := book.Customer(id)
	if id == 0 {
		name = mine[0].CustomerName
	}
	if m := rePlanMoveTo.FindStringSubmatch(rest); m != nil {
		return s.moveSpoken(ctx, t, tx, book, comingPlans(mine, t.Today), name, m[1])
	}
	bareRest := withoutDay(rest)
	if m := rePlanNotGone.FindStringSubmatch(bareRest); m != nil {
		return s.missedPlan(ctx, t, tx, book, mine, name, m[2])
	}
	mine = comingPlans(mine, t.Today)
	if day := whenIn(book, rest, t.Now); !day.IsZero() {
		mine = slices.DeleteFunc(mine, func(p sales.VisitPlan) bool { return p.Day != sales.DayOf(day.Start) })
	}
	if len(mine) == 0 {
		return bot.Text("今后的计划里没有" + name + ",没有改动。看排了哪些发 计划。"), true, nil
	}
	reply, err := s.cancelPlans(ctx, t, tx, book, mine[:1])
	return reply, true, err
}

// planCalled is the one plan whose customer a text begins with the first two characters of: 慈溪不去了.
func planCalled(book *Book, plans []sales.VisitPlan, text string) (found sales.VisitPlan, word string, ok bool) {
	r := []rune(strings.TrimPrefix(strings.TrimPrefix(withoutDay(text), "把"), "将"))
	if len(r) < 4 {
		return found, "", false
	}
	word = string(r[:2])
	for _, p := range plans {
		if p.VisitID != 0 || p.CustomerID == 0 || !strings.HasPrefix(book.Customer(p.CustomerID), word) {
			continue
		}
		if ok && p.CustomerID != found.CustomerID {
			return found, "", false
		}
		if !ok {
			found, ok = p, true
		}
	}
	return found, word, ok
}

// saysOfPlan reports whether the words beside a customer's name say what becomes of a plan.
func saysOfPlan(rest string) bool {
	if rePlanMoveTo.MatchString(rest) {
		return true
	}
	rest = withoutDay(rest)
	return rePlanNotGone.MatchString(rest) || rePlanGiveUp.MatchString(rest)
}

// withoutDay is a text without the day at its head or before its verb.
func withoutDay(s string) string { return bare(reDayAnywhere.ReplaceAllString(s, " ")) }

func comingPlans(plans []sales.VisitPlan, today sales.Day) []sales.VisitPlan {
	return slices.DeleteFunc(slices.Clone(plans), func(p sales.VisitPlan) bool { return p.Day.Before(today) })
}

// moveSpoken moves the next planned visit of a customer. ok is false where the words name no time.
func (s colloquial) moveSpoken(ctx context.Context, t bot.Turn, tx Tx, book *Book, plans []sales.VisitPlan, name, words string) (bot.Reply, bool, error) {
	if whenIn(book, words, t.Now).IsZero() && !rePartOut.MatchString(words) {
		return bot.Reply{}, false, nil
	}
	if len(plans) == 0 {
		return bot.Text("今后的计划里没有" + name + ",没有改动。要排就发:计划 " + strings.TrimSpace(words) + " " + name), true, nil
	}
	reply, err := s.movePlan(ctx, t, tx, book, plans[0], words)
	return reply, true, err
}

// missedPlan keeps that a planned visit came to nothing, and asks for another time.
func (s colloquial) missedPlan(_ context.Context, t bot.Turn, tx Tx, book *Book, plans []sales.VisitPlan, name, reason string) (bot.Reply, bool, error) {
	plans = slices.DeleteFunc(plans, func(p sales.VisitPlan) bool { return p.Day.After(t.Today) })
	if len(plans) == 0 {
		return bot.Text("计划里没有排到今天的" + name + ",没有记。拜访记错了发 撤销。"), true, nil
	}
	p := plans[len(plans)-1]
	audit(tx, t, "plan.miss", "plan", p.ID, sales.Change{Field: "没去成", New: orWord(reason, "没写原因")})
	emit(tx, t, "plan.missed", "plan", p.ID)
	return bot.ShowCard(view.PlanMissed(p, book.Customer, reason, t.Today, s.Calendar.NextWorkday(t.Today))), true, nil
}

// movePlans moves all plans of a day by the same words.
func (a *App) movePlans(ctx context.Context, t bot.Turn, tx Tx, book *Book, plans []sales.VisitPlan, words string) (bot.Reply, error) {
	var lines []string
	for _, p := range plans[:min(len(plans), maxPlanItems)] {
		reply, err := a.movePlan(ctx, t, tx, book, p, words)
		if err != nil {
			return bot.Reply{}, err
		}
		for _, s := range reply.Say {
			lines = append(lines, s.Out.Text)
		}
	}
	return bot.Text(strings.Join(lines, "\n")), nil
}
