package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Rule is what is shown of a rule: the version that is looked at, read back in words.
type Rule struct {
	sales.Rule
	// Shown is the version that is looked at, Versions how many there are.
	Shown, Versions int
	// Words are the rule in words, a line each: when, then the steps.
	Words []string
	// Broken says why the text cannot be read any more; then Words is empty.
	Broken string
	// Warnings are what is allowed and probably not meant.
	Warnings []string
	// Fired is how often it fired in the last RuleDays days, and when last.
	Fired  int
	LastAt sales.Instant
	// By and At are who wrote the shown version, and when.
	By string
	At sales.Instant
	// Until is when it is on again by itself; zero when it is not paused.
	Until sales.Instant
	// Editor is true for those who may change it.
	Editor bool
	Now    time.Time
}

// RuleDays is over how many days it is said how often rules fired.
const RuleDays = 30

// RuleKey names the card of a rule.
func RuleKey(id sales.ID) string { return "rule:" + id.String() }

// Waiting reports whether the shown version waits to be switched on.
func (v Rule) Waiting() bool { return v.State == sales.RuleDraft || v.Shown != v.N }

// RuleCard is one rule: what it says, whether it is on, how often it fired.
func RuleCard(v Rule) cards.Card {
	c := cards.Card{Key: RuleKey(v.ID), Title: clip("规则 · "+v.Name, cards.MaxTitle-8), Status: v.status()}
	switch {
	case v.Broken != "":
		c.Level = cards.Alert
	case len(v.Warnings) > 0 || v.Waiting():
		c.Level = cards.Warn
	case v.State == sales.RuleOn:
		c.Level = cards.OK
	}
	for i, line := range v.Words {
		if name, value := ruleLine(i, line); len(c.Fields) < cards.MaxFields-1 {
			c.Fields = append(c.Fields, cards.Field{Name: name, Value: value})
		}
	}
	if v.Broken == "" && v.State != sales.RuleDraft {
		addField(&c, "近30天", v.firedText())
	}
	c.Note = v.note()
	if v.Editor {
		c.Buttons = v.buttons()
	}
	return c
}

// ruleLine is a line of the words as a field.
func ruleLine(i int, line string) (name, value string) {
	for _, w := range []struct{ prefix, name string }{{"就 ", "就"}, {"紧急:", "紧急"}, {"点了我来处理,", "认领后"}} {
		if rest, ok := strings.CutPrefix(line, w.prefix); ok {
			return w.name, rest
		}
	}
	switch {
	case i == 0:
		return "当", line
	case strings.HasPrefix(line, "再过 "):
		return "然后", line
	}
	return "期限", line
}

func (v Rule) status() string {
	switch {
	case v.Broken != "":
		return "读不懂了,没在跑"
	case v.State == sales.RuleDraft:
		return "草稿"
	case v.Shown > v.N:
		return fmt.Sprintf("第 %d 版待启用", v.Shown)
	case v.Shown != v.N:
		return fmt.Sprintf("第 %d 版(旧)", v.Shown)
	case v.State == sales.RuleOff:
		return v.off()
	}
	return "在用"
}

// off says for how long a rule is off.
func (v Rule) off() string {
	if v.Until.IsZero() {
		return "停用"
	}
	return "停到 " + sales.FormatMoment(v.Until.Time)
}

func (v Rule) firedText() string {
	if v.Fired == 0 {
		return "没触发过"
	}
	return fmt.Sprintf("触发 %d 次,最近 %s", v.Fired, sales.FormatTime(v.LastAt.Time, v.Now))
}

func (v Rule) note() string {
	switch {
	case v.Broken != "":
		return v.Broken + "。改好再启用。"
	case len(v.Warnings) > 0:
		return "留意:" + strings.Join(v.Warnings, ";") + "。"
	case v.State == sales.RuleDraft:
		return "看看是不是这个意思。可以先试跑,启用了才生效。"
	case v.Shown > v.N:
		return "现在跑的还是上一版,启用了才换。"
	}
	return ""
}

func (v Rule) buttons() []cards.Button {
	button := func(text, verb, typed string, style cards.Style) cards.Button {
		return cards.Button{Text: text, Style: style, Typed: typed + " " + v.Name, Action: cards.Action{
			Verb: verb, Record: int64(v.ID), Version: v.Version, Arg: fmt.Sprint(v.Shown),
		}}
	}
	try, edit := button("试跑", "rule.try", "试跑", cards.Normal), button("修改", "rule.edit", "规则 修改", cards.Normal)
	on := button("启用", "rule.on", "规则 启用", cards.Primary)
	versions := button("版本", "rule.versions", "规则 版本", cards.Normal)
	switch {
	case v.Broken != "":
		return []cards.Button{edit, versions}
	case v.Waiting():
		return []cards.Button{on, try, edit, button("放弃", "rule.drop", "规则 放弃", cards.Danger)}
	case v.State == sales.RuleOff:
		return []cards.Button{on, try, edit, versions}
	}
	try.Style = cards.Primary
	return []cards.Button{try, edit, versions, button("停用", "rule.off", "规则 停用", cards.Danger)}
}

// RuleProblem is a rule that was not understood: where, why, and the whole text mended where that is certain.
func RuleProblem(key, where, what, fix, whole string) cards.Card {
	c := cards.Card{Key: key, Title: "规则有一处没看懂", Status: where, Level: cards.Warn}
	addField(&c, "问题", what)
	addField(&c, "怎么改", fix)
	if whole != "" {
		c.Note = "改好是这样,要这个意思就点 用这句:\n" + whole
		c.Buttons = []cards.Button{{
			Text: "用这句", Style: cards.Primary, Typed: "用这句", Action: cards.Action{Verb: "rule.mend"},
		}}
		return c
	}
	c.Note = "改好整条再发一次。能写什么:规则 字段"
	return c
}

// rulePage is how many rules one list shows.
const rulePage = 20

// RuleList lists rules with their state and how often each fired; page counts from 1.
func RuleList(list []Rule, page int, editor bool) string {
	if len(list) == 0 {
		if editor {
			return "还没有规则。写一条:新规则 当 合同 进入 待审批 超过 48小时 则 推送 法务主管"
		}
		return "还没有规则。"
	}
	count := map[string]int{}
	for _, v := range list {
		count[v.State]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**规则** %d 条在用", count[sales.RuleOn])
	if n := count[sales.RuleOff]; n > 0 {
		fmt.Fprintf(&b, ",%d 条停用", n)
	}
	if n := count[sales.RuleDraft]; n > 0 {
		fmt.Fprintf(&b, ",%d 条草稿", n)
	}
	pages := (len(list) + rulePage - 1) / rulePage
	page = max(1, min(page, pages))
	shown := list[(page-1)*rulePage : min(page*rulePage, len(list))]
	for _, v := range shown {
		b.WriteString("\n· " + v.Name + ":")
		switch {
		case v.Broken != "":
			b.WriteString("读不懂了,没在跑")
		case v.State == sales.RuleDraft:
			b.WriteString("草稿")
		case v.State == sales.RuleOff:
			b.WriteString(v.off())
		case v.Fired == 0:
			b.WriteString("近 30 天没触发")
		default:
			b.WriteString("近 30 天" + v.firedText())
		}
	}
	b.WriteString("\n看一条:规则 " + shown[0].Name)
	if page < pages {
		fmt.Fprintf(&b, "。下一页:规则 第%d页", page+1)
	}
	return b.String()
}

// RuleVersionList lists the versions of a rule, the newest first.
func RuleVersionList(r sales.Rule, list []sales.RuleVersion, name func(sales.PersonID) string, now time.Time) string {
	const most = 12
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** 有 %d 版", r.Name, len(list))
	for _, v := range list[:min(len(list), most)] {
		who := name(v.Author)
		if who == "" {
			who = "系统"
		}
		fmt.Fprintf(&b, "\n%d. %s · %s", v.N, sales.FormatTime(v.At.Time, now), who)
		if v.Note != "" {
			b.WriteString(" · " + clip(v.Note, 30))
		}
		if v.N == r.N && r.State != sales.RuleDraft {
			b.WriteString("(现在用的)")
		}
	}
	if len(list) > most {
		fmt.Fprintf(&b, "\n… 更早还有 %d 版", len(list)-most)
	}
	if len(list) > 1 {
		fmt.Fprintf(&b, "\n看差别:规则 对比 %s %d %d。退回去:规则 恢复 %s %d", r.Name, list[1].N, list[0].N, r.Name, list[1].N)
	}
	return b.String()
}

// RuleTrialLine is one time a rule would have fired.
type RuleTrialLine struct {
	At    time.Time
	About string
	To    []string
}

// RuleTrialText says what a rule would have done: how often, about what, to whom. cut is true when the count is at least this.
func RuleTrialText(name string, days, count, people int, cut bool, lines []RuleTrialLine) string {
	const most = 10
	if count == 0 {
		return fmt.Sprintf("试跑 %s:近 %d 天一次也不会触发。没有发出任何消息。", name, days)
	}
	var b strings.Builder
	at := ""
	if cut {
		at = "至少"
	}
	fmt.Fprintf(&b, "试跑 %s:近 %d 天%s会触发 %d 次", name, days, at, count)
	if people > 0 {
		fmt.Fprintf(&b, ",推给 %d 人", people)
	}
	b.WriteString("。没有真的发出。")
	for _, l := range lines[:min(len(lines), most)] {
		b.WriteString("\n· " + sales.FormatMoment(l.At) + " " + l.About)
		if len(l.To) > 0 {
			b.WriteString(" → " + strings.Join(l.To[:min(len(l.To), 4)], "、"))
			if len(l.To) > 4 {
				fmt.Fprintf(&b, " 等 %d 人", len(l.To))
			}
		} else {
			b.WriteString(" → 没有人收得到")
		}
	}
	if count > min(len(lines), most) {
		fmt.Fprintf(&b, "\n… 另有 %d 次", count-min(len(lines), most))
	}
	return b.String()
}

// RuleTrialTodays says which fields a dry run had to take as they are now, since no trail tells what they were then; empty for none.
func RuleTrialTodays(fields []string) string {
	const most = 6
	if len(fields) == 0 {
		return ""
	}
	list := strings.Join(fields[:min(len(fields), most)], "、")
	if len(fields) > most {
		list += fmt.Sprintf(" 等 %d 个", len(fields))
	}
	return "\n" + list + " 按现在的值算,当时的值没有留痕。"
}
