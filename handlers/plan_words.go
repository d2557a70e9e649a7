package handlers

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// planItem is one visit that a text plans.
type planItem struct {
	day      sales.Day
	at       time.Time // zero when no time was said
	part     string
	customer parse.CustomerRef
	contact  parse.ContactRef
	name     string // as spoken
	purpose  string
	agreed   bool // 约了: the customer agreed to it
}

// maxPlanItems bounds the visits of one message.
const maxPlanItems = 12

// rePart is a part of a day, with a time when one is said.
var rePart = regexp.MustCompile(`(早上|上午|早|中午|下午|晚上|傍晚|晚)?\s*(?:(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:点(?:半|[0-5]?\d分?)?|[:：][0-5]\d))?`)

var partOf = map[string]string{
	"早上": sales.PartMorning, "上午": sales.PartMorning, "早": sales.PartMorning, "中午": sales.PartNoon, "下午": sales.PartAfternoon,
	"晚上": sales.PartEvening, "傍晚": sales.PartEvening, "晚": sales.PartEvening,
}

// reDayWord is a day in a plan.
var reDayWord = regexp.MustCompile(`(?:前天|昨天|今天|明天|后天|大后天|今日|明日|(?:下下|下个|下|这|本)?(?:周|星期|礼拜)[一二三四五六日天]|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[日号])`)

// planWords reads which visits a text plans. A day and a part of the day hold for what follows them until others are said.
func planWords(p parse.Parser, text string, now time.Time, user sales.PersonID) []planItem {
	now = now.In(sales.Shanghai)
	in := parse.Input{Text: text, Now: now, User: parse.ID(user)}
	if items := spokenPlan(p.Plan(in).Items); len(items) > 0 {
		return items
	}
	var out []planItem
	day, part, clock := sales.DayOf(now), "", time.Time{}
	said, turned := false, false // turned: a day or a part of it was said since the last visit
	for _, word := range planTokens(text) {
		if d := reDayWord.FindString(word); d == word {
			if w, ok := parse.Date(d, now, parse.TenseFuture, p.Calendar); ok {
				day, part, clock, said, turned = sales.DayOf(w.Start), "", time.Time{}, true, true
			}
			continue
		}
		if m := rePart.FindStringSubmatch(word); m != nil && m[0] == word && m[0] != "" {
			part, clock = partOf[m[1]], time.Time{}
			if m[2] != "" {
				if w, ok := parse.Moment(day.Chinese()+word, now, parse.TenseFuture, p.Calendar); ok && w.HasTime {
					clock = w.Start
				}
			}
			said, turned = true, true
			continue
		}
		for _, item := range planCustomers(p, in, word) {
			if n := len(out); n > 0 && !turned && item.customer.ID == 0 && len(item.customer.Candidates) == 0 && !reCompany.MatchString(item.name) {
				out[n-1].purpose = cutRunes(strings.TrimSpace(out[n-1].purpose+" "+item.name), 60)
				continue
			}
			item.day, item.part, item.at, turned = day, part, clock, false
			if len(out) < maxPlanItems {
				out = append(out, item)
			}
		}
	}
	if !said && len(out) == 0 {
		return nil
	}
	return out
}

var (
	reNoName  = regexp.MustCompile(`[\[\]<>{}#@*=\\|"` + "`" + `;]|https?:|www\.`)
	reGo      = regexp.MustCompile(`^(我|要|准备|打算|先|再)*(去|拜访|跑|见|到)*`)
	reAndThen = regexp.MustCompile(`^\s*(?:和|跟|与|及|还有|然后|再)(.+)$`)
)

// reAnyone is a word that stands where a customer's name should and names none.
var reAnyone = regexp.MustCompile(`^(?:几家|一家|新|老|那个|这个)*(?:客户|医院|公司|单位|工地|现场|学校|工厂|外面|出差|拜访|跑客户|见客户|家|都|全部|\d+年?)*$`)

// reCompany is the end of the name of a customer that is not known.
var reCompany = regexp.MustCompile(`(医院|公司|厂|集团|中心|学校|大学|学院|中学|小学|门店|超市|诊所|研究院|研究所|局)$`)

// rePartOut finds the parts of days in a plan.
var rePartOut = regexp.MustCompile(`(早上|上午|中午|下午|晚上|傍晚)(\s*(?:\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点(?:半|[0-5]?\d分?)?|[:：][0-5]\d))?`)

// planTokens cuts a plan at blanks and commas, and around its days and parts of days.
func planTokens(text string) []string {
	text = reDayWord.ReplaceAllString(text, " $0 ")
	text = rePartOut.ReplaceAllString(text, " $0 ")
	return strings.FieldsFunc(text, isSeparator)
}

// planCustomers are the customers that a piece of a plan names, with what it says beside them as purpose. A piece without
// one is what for, of the visit before it, or a customer that is not known.
func planCustomers(p parse.Parser, in parse.Input, word string) []planItem {
	word = reGo.ReplaceAllString(word, "")
	if bare(word) == "" {
		return nil
	}
	in.Text = word
	c, _ := p.FindCustomer(in)
	if c.ID == 0 && len(c.Candidates) == 0 {
		if reAnyone.MatchString(bare(word)) {
			return nil
		}
		return []planItem{{name: cutRunes(bare(word), 30)}}
	}
	item := planItem{customer: c, name: c.Why.Text}
	if end := c.Why.End; end > 0 && end <= len(word) {
		if m := reAndThen.FindStringSubmatch(word[end:]); m != nil { // 绍兴市立和诸暨人民
			item.purpose = cutRunes(bare(word[:c.Why.Start]), 60)
			return append([]planItem{item}, planCustomers(p, in, m[1])...)
		}
	}
	item.purpose = cutRunes(bare(textBeside(word, c.Why)), 60)
	return []planItem{item}
}

// spokenPlan is the plan as the parser understood it.
func spokenPlan(items []parse.PlanItem) []planItem {
	var out []planItem
	for _, x := range items[:min(len(items), maxPlanItems)] {
		item := planItem{
			day: sales.DayOf(x.Day), part: string(x.Part), customer: x.Customer, contact: x.Contact,
			name: x.Customer.Why.Text, purpose: cutRunes(x.Purpose, 60),
		}
		if x.HasTime {
			item.at = x.Day
		}
		out = append(out, item)
	}
	return out
}

// maybeName reports whether words may be the name of a customer nobody has filed yet: no markup, no link, not too long.
func maybeName(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= 40 && !reNoName.MatchString(s)
}
