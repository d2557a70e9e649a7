package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// FactList is a customer's key fields with when each was confirmed.
func FactList(customer string, facts []sales.Fact, name func(sales.PersonID) string, today sales.Day) string {
	var b strings.Builder
	b.WriteString("**" + customer + "** 关键信息")
	missing := ""
	for _, field := range sales.FactFields {
		f := sales.FactNamed(facts, 0, field)
		if f.Value == "" {
			if missing == "" {
				missing = field.Name()
			}
			b.WriteString("\n· " + field.Name() + ":还不知道")
			continue
		}
		fmt.Fprintf(&b, "\n· %s:%s(%s %s确认)", field.Name(), f.Value, name(f.ConfirmedBy), sales.DayOf(f.ConfirmedAt.Time).ChineseFrom(today))
	}
	if missing != "" {
		b.WriteString("\n补一项:关键信息 " + customer + " " + missing + " …")
	}
	return b.String()
}

// FactKey names the question about one key field.
func FactKey(f sales.Fact) string { return "fact:" + f.ID.String() + "/ask" }

// FactCard asks whether a key field is still true.
func FactCard(f sales.Fact, customer string, name func(sales.PersonID) string, days int) cards.Card {
	c := cards.Card{Key: FactKey(f), Title: "还对吗 · " + customer, Status: f.Field.Name(), Level: cards.Warn}
	addField(&c, "现在记的", f.Value)
	addField(&c, "上次确认", fmt.Sprintf("%d 天前 · %s", days, name(f.ConfirmedBy)))
	c.Note = fmt.Sprintf("%d 天没确认了,你最近跟这家联系过。点一下就行。", days)
	c.Buttons = []cards.Button{
		{
			Text: "仍然有效", Style: cards.Primary, Typed: "关键信息 " + customer + " " + f.Field.Name() + " " + clip(f.Value, 40),
			Action: cards.Action{Verb: "fact.keep", Record: int64(f.ID), Version: f.Version},
		},
		{
			Text: "有变化", Typed: "关键信息 " + customer + " " + f.Field.Name() + " 新的内容",
			Action: cards.Action{Verb: "fact.change", Record: int64(f.ID), Version: f.Version},
		},
	}
	return c
}

// CalibrationKey names a person's card of a calibration.
func CalibrationKey(id sales.ID, person sales.PersonID) string {
	return "calibration:" + id.String() + "/" + person.String()
}

// CalibrationCard asks one side about three facts. It closes when all are answered.
func CalibrationCard(cal sales.Calibration, customer string, side sales.Side, person sales.PersonID, answers []sales.CalibrationAnswer, now time.Time) cards.Card {
	c := cards.Card{Key: CalibrationKey(cal.ID, person), Title: "校准 · " + customer, Status: side.Name() + "来答"}
	open := 0
	for i, q := range cal.Questions {
		at := slices.IndexFunc(answers, func(a sales.CalibrationAnswer) bool { return a.Side == side && a.Field == q.Field })
		value := orUnknown(q.Value)
		if at >= 0 {
			switch said := answers[at].Value; {
			case said == "":
				value += " · 不清楚"
			case said == q.Value:
				value += " · 对"
			default:
				value = clip(said, 24) + "(改)"
			}
		} else {
			open++
			c.Buttons = append(c.Buttons, cards.Button{
				Text: fmt.Sprintf("%d不对", i+1), Typed: fmt.Sprintf("校准 %s %d 新的内容", customer, i+1), Action: cards.Action{Verb: "calibration.differ", Record: int64(cal.ID), Version: cal.Version, Arg: fmt.Sprint(i + 1)},
			})
		}
		addField(&c, fmt.Sprintf("第%d条", i+1), q.Field.Name()+":"+value)
	}
	if open == 0 {
		c.Buttons, c.Closed, c.Level = nil, "已答 · "+sales.FormatMoment(now), cards.OK
		return c
	}
	c.Note = "三件事还对吗?销售、客服、交付各答一遍,不一致的给负责人定。"
	tap := func(verb string) cards.Action {
		return cards.Action{Verb: verb, Record: int64(cal.ID), Version: cal.Version}
	}
	c.Buttons = append([]cards.Button{{Text: "都对", Style: cards.Primary, Typed: "校准 " + customer + " 都对", Action: tap("calibration.agree")}}, c.Buttons...)
	c.Buttons = append(c.Buttons, cards.Button{Text: "不清楚", Typed: "校准 " + customer + " 不清楚", Action: tap("calibration.unknown")})
	return c
}

func orUnknown(s string) string {
	if s == "" {
		return "还不知道"
	}
	return s
}

// ConflictCard shows side by side what the sides say of one fact.
func ConflictCard(cal sales.Calibration, customer string, v sales.Verdict, name func(sales.PersonID) string) cards.Card {
	c := cards.Card{
		Key: "calibration:" + cal.ID.String() + "/" + string(v.Field), Title: "说法不一致 · " + customer, Status: v.Field.Name(), Level: cards.Warn,
	}
	addField(&c, "原来记的", orUnknown(v.Value))
	for _, a := range v.Answers {
		addField(&c, a.Side.Name(), a.Value+" · "+name(a.PersonID))
		b := cards.Button{
			Text: "按" + a.Side.Name() + "的", Typed: "关键信息 " + customer + " " + v.Field.Name() + " " + clip(a.Value, 40),
			Action: cards.Action{Verb: "calibration.choose", Record: int64(cal.ID), Version: cal.Version, Arg: string(v.Field) + "," + string(a.Side)},
		}
		if len(c.Buttons) == 0 {
			b.Style = cards.Primary
		}
		c.Buttons = append(c.Buttons, b)
	}
	c.Note = "以哪个为准?定了就写进客户资料,留下是谁定的。"
	return c
}

// CalibrationText is what the sides said, in words.
func CalibrationText(customer string, cal sales.Calibration, answers []sales.CalibrationAnswer, name func(sales.PersonID) string) string {
	var b strings.Builder
	state := map[string]string{sales.CalibrationOpen: "在收", sales.CalibrationConflict: "有不一致,等负责人定", sales.CalibrationClosed: "已结束"}[cal.State]
	fmt.Fprintf(&b, "**%s** %s 校准 · %s", customer, cal.Month, state)
	for _, v := range cal.Verdicts(answers) {
		b.WriteString("\n· " + v.Field.Name() + ":" + orUnknown(v.Value))
		for _, a := range v.Answers {
			b.WriteString("\n   " + a.Side.Name() + " " + name(a.PersonID) + ":" + a.Value)
		}
		if v.Conflict {
			b.WriteString(" 🟡")
		}
	}
	return b.String()
}
