package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

var (
	reAwayWords = regexp.MustCompile(`^(.{0,16}?)(请假|休假|年假|调休|病假|事假|婚假|产假|丧假|出差)(.{0,24})$`)
	// reLeaveOf is leave with its length or kind in the middle: 请半天假, 休两天年假.
	reLeaveOf = regexp.MustCompile(`(?:请|休)(个?半天|半日|一?个?[一二两三四五六七八九十]{1,3}天|\d{1,3}天|个)(?:的)?(事|病|年|婚|产|丧)?假`)
	// reOwnWords is what may stand before 请假 of one's own.
	reOwnWords = regexp.MustCompile(`^(?:我|想|要|得|需要|准备|打算|开始|可能|应该|会|再|请|休|从|因为|由于|因|家里有点?事|家里|有点?事|身体|不太?舒服|生病了?|病了|发烧了?|感冒了?|临时|,|，|的|\s)*$`)
	reSick     = regexp.MustCompile(`^(?:我)?(?:今天|明天)?(?:身体)?(?:有点)?(?:不太?舒服|生病了?|病了|发烧了?|感冒了?|拉肚子了?)[,，\s]*(今天|明天|后天)?(?:想|要|得|就|先)?(?:不来|不上班|不去公司|休息|在家休息|歇)(?:了|一天|吧)*$`)
	reBack     = regexp.MustCompile(`^(?:我)?(?:已经)?(?:提前)?(?:回来|回公司|到公司|上班|复工|销假|回来上班|出差回来)了$`)
	reWhoAway  = regexp.MustCompile(`^(?:今天|明天|现在|这周|本周)?(?:都)?(?:有)?谁(?:今天|明天|现在|这周|本周)?(?:不在|请假|出差|休假|没来)(?:了|呢|吗)*$`)
	reIsAway   = regexp.MustCompile(`^(.{2,4}?)(?:今天|明天|现在|这周|本周)?(?:在不在|在吗|在公司吗|不在吗|请假了?吗|请假了?没有?|出差了?吗|出差了?没有?|请假到什么时候|什么时候回来)$`)
	reHalfDay  = regexp.MustCompile(`半天|半日`)
	reFillers  = regexp.MustCompile(`^(?:休息?|请|开始|从|的|个|假|一下|[,，、\s])*$`)
	reTillOnly = regexp.MustCompile(`^(?:一直)?(?:休息?|请)?(?:到|至)\s*(.+)$`)
)

// freeLeave takes that the person is away (明天请半天假, 下周出差去杭州). Somebody else's leave is nothing to keep: of a colleague it says
// who can tell, of a customer's people it leaves the words to others.
func (a *App) freeLeave(ctx context.Context, t bot.Turn, tx Tx, book *Book) (bot.Reply, bool, error) {
	text := leaveText(t.Text)
	m := reAwayWords.FindStringSubmatch(text)
	if m == nil || isQuestion(text) {
		return bot.Reply{}, false, nil
	}
	if who := colleagueIn(t, m[1]); who != "" && !strings.Contains(m[1], "代理") && !strings.Contains(m[1], "找") {
		return otherLeave(who), true, nil
	}
	if !isOwnLeave(m[1]) {
		return bot.Reply{}, false, nil
	}
	kind := sales.AbsenceLeave
	if m[2] == "出差" {
		kind = sales.AbsenceTrip
	}
	said := strings.TrimSpace(m[1] + " " + m[3])
	if which := halfOf(said); which != "" {
		return bot.Text(which), true, nil
	}
	w, ok := readAway(t, book, strings.TrimPrefix(said, "我"))
	if !ok {
		return bot.Reply{}, false, nil
	}
	reply, err := a.keepAbsence(ctx, t, tx, kind, w)
	return reply, true, err
}

// leaveText is a text with its 请半天假 as 请假 半天.
func leaveText(text string) string {
	text = bare(text)
	if m := reLeaveOf.FindStringSubmatch(text); m != nil {
		text = strings.Replace(text, m[0], "请假 "+strings.TrimPrefix(m[1], "个")+" ", 1)
	}
	return text
}

// isOwnLeave reports whether what stands before 请假 names nobody but the speaker.
func isOwnLeave(before string) bool {
	return reOwnWords.MatchString(withoutDay(reDays.ReplaceAllString(reUntil.ReplaceAllString(before, " "), " ")))
}

// ownLeave reports whether a text says that the speaker will be away.
func ownLeave(text string) bool {
	m := reAwayWords.FindStringSubmatch(leaveText(text))
	return m != nil && !isQuestion(text) && isOwnLeave(m[1])
}

// halfOf asks which half of a day is meant; "" when it is said, or a whole day is.
func halfOf(text string) string {
	if !reHalfDay.MatchString(text) || rePartOut.MatchString(text) {
		return ""
	}
	day := strings.TrimSpace(reDayAnywhere.FindString(text))
	return "上午还是下午?发 请假 " + orElse(day, "明天") + "上午 或 请假 " + orElse(day, "明天") + "下午。"
}

// colleagueIn is the other colleague whose full name a text holds; "" for none.
func colleagueIn(t bot.Turn, text string) string {
	for _, p := range t.Org.People() {
		if p.Active && p.Name != "" && p.ID != t.Person.ID && strings.Contains(text, p.Name) {
			return p.Name
		}
	}
	return ""
}

func otherLeave(who string) bot.Reply {
	return bot.Text("请假要" + who + "本人发,这里没有记。让他发:请假 明天到周五。公司的请假审批接上了,批了也会自动记。")
}

// awayTalk takes what is said about who is away without a command's word.
func (s colloquial) awayTalk(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	if m := reSick.FindStringSubmatch(text); m != nil {
		reply, err := s.as(ctx, t, tx, "请假 "+orElse(m[1], "今天"))
		return reply, true, err
	}
	if reBack.MatchString(text) {
		list, err := s.ownAbsences(ctx, t, tx)
		if err != nil || len(list) == 0 || !list[0].Covers(t.Now) {
			return bot.Reply{}, false, err
		}
		reply, err := s.cancelAbsence(ctx, t, tx, list[0])
		return reply, true, err
	}
	if !leads(t) {
		return bot.Reply{}, false, nil
	}
	m := reIsAway.FindStringSubmatch(text)
	if reWhoAway.MatchString(text) || m != nil && len(t.Org.ByName(m[1])) == 1 {
		reply, err := s.as(ctx, t, tx, "团队请假")
		return reply, true, err
	}
	return bot.Reply{}, false, nil
}

// plansMeanwhile says which visits are planned for days on which the person will be on leave; "" for none.
func (a *App) plansMeanwhile(ctx context.Context, t bot.Turn, tx Tx, book *Book, x sales.Absence) (string, error) {
	if x.Kind != sales.AbsenceLeave {
		return "", nil
	}
	plans, err := tx.Plans(ctx, sales.Only(x.PersonID), later(x.FirstDay(), t.Today), x.LastDay())
	if err != nil || len(plans) == 0 {
		return "", err
	}
	sortPlans(plans)
	var lines []string
	for _, p := range plans[:min(len(plans), 5)] {
		name := book.Customer(p.CustomerID)
		lines = append(lines, p.Day.ChineseFrom(t.Today)+" "+orElse(name, p.CustomerName))
	}
	return "这几天还排着:" + strings.Join(lines, "、") + "。改期发 改计划 客户 周五,不去发 取消计划 客户。", nil
}

// deputyAway says that who stands in is away, too; "" when they are there.
func deputyAway(ctx context.Context, t bot.Turn, tx Tx, x sales.Absence) (string, error) {
	if x.DeputyID == 0 {
		return "", nil
	}
	list, err := tx.Absences(ctx, sales.Only(x.DeputyID), x.From, x.Until)
	if err != nil || len(list) == 0 {
		return "", err
	}
	to := "到时急事还找你"
	if list[0].DeputyID != 0 && list[0].DeputyID != x.PersonID {
		to = "那几天转给他的代理人" + t.Org.Name(list[0].DeputyID)
	}
	return "留意:" + t.Org.Name(x.DeputyID) + list[0].Span() + "也不在," + to + "。换人发:代理 名字。", nil
}
