package handlers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// Bounds of a roster.
const (
	maxRosterName   = 12
	maxRosterPeople = 30
	maxRosters      = 50
	maxRosterDays   = 56
)

// rosterExample shows how a roster is written.
const rosterExample = "例:值班 法务 赵磊、孙静 每周轮换 周一9点换班"

var (
	reRosterEvery = regexp.MustCompile(`每(?:(天|日)|(周|星期|个星期|礼拜)|(?:隔)?(两|二|三|四|\d{1,2})个?(天|日|周|星期|礼拜))(?:轮换一次|轮换|轮班|轮流|轮一次|一轮|一换|换一次|换)?`)
	reRosterAt    = regexp.MustCompile(`(?:(?:周|星期|礼拜)([一二三四五六日天]))?\s*(早上|上午|中午|下午|晚上)?\s*(?:(\d{1,2}|[一二三四五六七八九十两]{1,3})\s*(?:[:：](\d{2})|[点时](半|\d{1,2}分?)?))?\s*(?:换班|交接班|交接|交班|换人)`)
	reRosterName  = regexp.MustCompile(`^[\p{Han}A-Za-z][\p{Han}A-Za-z0-9]*$`)
	rosterVerbs   = []string{"替班", "取消替班", "删除", "停用", "取消", "全部"}
)

// rosterWords are what a text says of a roster.
type rosterWords struct {
	people []sales.PersonID
	days   int
	// weekday is the day of the week on which turns change, -1 where none was said; hour and minute are when.
	weekday      int
	hour, minute int
}

// ReadRoster reads the roster of a name: who takes turns, how long a turn is and when it changes (赵磊、孙静 每周轮换 周一9点换班). The
// first is on duty at now.
func ReadRoster(org *sales.Org, name, text string, now time.Time) (sales.Roster, error) {
	if err := rosterName(name); err != nil {
		return sales.Roster{}, err
	}
	w, err := readRoster(bot.Turn{Org: org}, text)
	if err != nil {
		return sales.Roster{}, err
	}
	return sales.Roster{
		Name: name, People: w.people, EveryDays: w.days, FirstAt: sales.At(w.begins(now)), Source: sales.RuleFile, State: sales.RosterOn,
	}, nil
}

// begins is when the turn began that runs at a moment, by the words of a roster.
func (w rosterWords) begins(now time.Time) time.Time {
	day := sales.DayOf(now)
	if w.weekday >= 0 {
		day = day.AddDays(-((int(day.Weekday()) - w.weekday + 7) % 7))
	}
	at := day.At(w.hour, w.minute)
	if at.After(now) {
		back := 1
		if w.weekday >= 0 {
			back = 7
		}
		at = day.AddDays(-back).At(w.hour, w.minute)
	}
	return at
}

func readRoster(t bot.Turn, text string) (rosterWords, error) {
	w := rosterWords{weekday: -1, hour: 9}
	rest, said := text, false
	if m := reRosterEvery.FindStringSubmatch(text); m != nil {
		said = true
		switch {
		case m[1] != "":
			w.days = 1
		case m[2] != "":
			w.days, w.weekday = 7, int(time.Monday)
		default:
			n := ordinal(strings.ReplaceAll(m[3], "两", "二"))
			if w.days = n; m[4] != "天" && m[4] != "日" {
				w.days, w.weekday = 7*n, int(time.Monday)
			}
		}
		rest = strings.Replace(rest, m[0], " ", 1)
	}
	if m := reRosterAt.FindStringSubmatch(rest); m != nil {
		if err := w.change(m); err != nil {
			return w, err
		}
		rest = strings.Replace(rest, m[0], " ", 1)
	}
	var err error
	if w.people, err = rosterPeople(t, rest); err != nil {
		return w, err
	}
	switch {
	case !said && len(w.people) > 1:
		return w, sales.Errorf(sales.Invalid, fmt.Sprintf("多久换一次班?%s", rosterExample))
	case !said:
		w.days, w.weekday = 7, int(time.Monday)
	case w.days < 1 || w.days > maxRosterDays:
		return w, sales.Errorf(sales.Invalid, fmt.Sprintf("一班最少一天,最多八周。%s", rosterExample))
	case w.days%7 != 0 && w.weekday >= 0:
		return w, sales.Errorf(sales.Invalid, "不是按周轮的,写不了周几换班。去掉周几,例:值班 客服 张三、李四 每2天轮换 9点换班")
	}
	return w, nil
}

// change reads on which day of the week and when turns change.
func (w *rosterWords) change(m []string) error {
	if m[1] != "" {
		w.weekday = strings.IndexRune("日一二三四五六", []rune(strings.ReplaceAll(m[1], "天", "日"))[0]) / len("日")
	}
	if m[3] == "" {
		return nil
	}
	w.hour = ordinal(strings.ReplaceAll(m[3], "两", "二"))
	switch {
	case m[4] != "":
		w.minute, _ = strconv.Atoi(m[4]) // two digits
	case m[5] == "半":
		w.minute = 30
	case m[5] != "":
		w.minute, _ = strconv.Atoi(strings.TrimSuffix(m[5], "分")) // digits
	}
	if (m[2] == "下午" || m[2] == "晚上") && w.hour < 12 {
		w.hour += 12
	}
	if w.hour > 23 || w.minute > 59 {
		return sales.Errorf(sales.Invalid, fmt.Sprintf("换班的钟点没看懂:%s。写 周一9点换班 这样的。", quoted(strings.TrimSpace(m[0]), "")))
	}
	return nil
}

// rosterPeople reads the people of a roster, in their order.
func rosterPeople(t bot.Turn, text string) ([]sales.PersonID, error) {
	var out []sales.PersonID
	for _, name := range strings.FieldsFunc(strings.NewReplacer("和", " ", "轮换", " ", "轮流", " ", "轮班", " ").Replace(text), isSeparator) {
		if bare(name) == "" {
			continue
		}
		p, err := coworker(t, name)
		if err != nil {
			return nil, err
		}
		for _, had := range out {
			if had == p.ID {
				return nil, sales.Errorf(sales.Invalid, fmt.Sprintf("%s写了两次。一轮里每人写一次。", p.Name))
			}
		}
		out = append(out, p.ID)
	}
	switch {
	case len(out) == 0:
		return nil, sales.Errorf(sales.Invalid, fmt.Sprintf("还没写谁值班。%s", rosterExample))
	case len(out) > maxRosterPeople:
		return nil, sales.Errorf(sales.Invalid, fmt.Sprintf("一个值班表最多 %d 个人,拆成两个。", maxRosterPeople))
	}
	return out, nil
}

// rosterName checks the name of a new roster.
func rosterName(name string) error {
	for _, v := range rosterVerbs {
		if name == v {
			return sales.Errorf(sales.Invalid, fmt.Sprintf("值班表不能叫%s。换个名字,%s", quoted(name, ""), rosterExample))
		}
	}
	if !reRosterName.MatchString(name) || utf8.RuneCountInString(name) > maxRosterName {
		return sales.Errorf(sales.Invalid, fmt.Sprintf("值班表的名字用汉字或字母,最多 %d 个字。%s", maxRosterName, rosterExample))
	}
	return nil
}

// swapWords are what a text says of a replacement: who, and when.
func (a *App) swapWords(t bot.Turn, book *Book, text string) (who sales.Person, from, until time.Time, err error) {
	fields := strings.FieldsFunc(text, isSeparator)
	var when []string
	for _, f := range fields {
		name := strings.TrimPrefix(strings.TrimPrefix(bare(f), "由"), "换")
		if found := t.Org.ByName(strings.TrimSuffix(strings.TrimSuffix(name, "替"), "顶")); len(found) == 1 && who.ID == 0 {
			who = found[0]
			continue
		}
		when = append(when, f)
	}
	said := strings.Join(when, " ")
	switch {
	case who.ID == 0 && said == "":
		return who, from, until, sales.Errorf(sales.Invalid, "谁来替、哪天替?例:值班 替班 法务 明天 孙静")
	case who.ID == 0:
		if w := lastWord(fields); parseWhen(t, book, w) {
			return who, from, until, sales.Errorf(sales.Invalid, "还没写谁来替。例:值班 替班 法务 明天 孙静")
		}
		_, err = coworker(t, lastWord(fields))
		return who, from, until, err
	case said == "":
		return who, from, until, sales.Errorf(sales.Invalid, fmt.Sprintf("%s哪天替?例:值班 替班 法务 明天 %s", who.Name, who.Name))
	}
	w, ok := readAway(bot.Turn{Org: t.Org, Person: t.Person, Now: t.Now, Today: t.Today, Command: "请假"}, book, said)
	if !ok {
		return who, from, until, sales.Errorf(sales.Invalid, fmt.Sprintf("日子没看懂:%s。例:值班 替班 法务 明天到周五 %s", quoted(said, ""), who.Name))
	}
	return who, w.from, w.until, nil
}

func lastWord(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// parseWhen reports whether a word is a day.
func parseWhen(t bot.Turn, book *Book, word string) bool {
	_, ok := parse.Date(word, t.Now.In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar)
	return ok
}
