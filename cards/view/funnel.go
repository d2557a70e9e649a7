package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Funnel is a funnel with what its words need.
type Funnel struct {
	// Way is the pipeline it is of.
	Way *sales.Pipeline
	// Others are the names of pipelines that have deals of their own.
	Others []string
	Steps  sales.Funnel
	Scope  string
	Period sales.Period
	// Prev names the earlier period, "" when there is none. Average is whose conversion the steps are measured against.
	Prev, Average string
	// Standing is where open opportunities stand now, by stage.
	Standing []sales.StageCapture
	Group    bool
	// Dwells are how long deals stayed in the stages before they went on.
	Dwells []sales.DwellSum
}

// Subtitle names scope and period: "华东一组 · 本月(3月1日–3月11日)".
func (v Funnel) Subtitle() string {
	return v.Scope + " · " + v.Period.Long()
}

// FunnelText says three sentences, what changed most, where it is stuck and what to do, and under them the numbers of the picture.
func FunnelText(v Funnel) string {
	var b strings.Builder
	b.WriteString("**漏斗** · " + v.Subtitle())
	for _, s := range []string{changedMost(v), stuckWhere(v), whatToDo(v)} {
		if s != "" {
			b.WriteString("\n" + s)
		}
	}
	for _, s := range v.Steps {
		fmt.Fprintf(&b, "\n%s %d 个", v.Way.StageName(s.Stage), s.Entered)
		if m := money(s.Amount, v.Group); m != "" {
			b.WriteString(" · " + m)
		}
		if s.Conversion != sales.NoPercent {
			b.WriteString(" · " + conversionWords(s, v.Average))
		}
		if v.Prev != "" {
			b.WriteString("(" + v.Prev + " " + strconv.Itoa(s.Prev) + ")")
		}
	}
	if line := standingLine(v); line != "" {
		b.WriteString("\n" + line)
	}
	if line := dwellLine(v); line != "" {
		b.WriteString("\n" + line)
	}
	if len(v.Others) > 0 {
		b.WriteString("\n另有" + strings.Join(v.Others, "、") + "的单,看就发:漏斗 " + v.Others[0] + "。")
	}
	if v.Group {
		b.WriteString("\n金额为约数,详情请单聊我。")
	}
	return b.String()
}

// conversionWords sets a conversion beside the average: "转化 19%,低于全司 32%".
func conversionWords(s sales.FunnelStep, average string) string {
	words := fmt.Sprintf("转化 %d%%", s.Conversion)
	switch {
	case s.Average == sales.NoPercent || average == "":
		return words
	case s.Conversion < s.Average:
		return fmt.Sprintf("%s,低于%s %d%%", words, average, s.Average)
	case s.Conversion > s.Average:
		return fmt.Sprintf("%s,高于%s %d%%", words, average, s.Average)
	}
	return words + ",与" + average + "持平"
}

func standingOf(v Funnel, stage sales.Stage) (count int, amount sales.Money) {
	for _, c := range v.Standing {
		if c.Stage == stage {
			count, amount = count+c.Count, amount+c.Amount
		}
	}
	return count, amount
}

// standingLine says where open opportunities stand now.
func standingLine(v Funnel) string {
	var parts []string
	all, sum := 0, sales.Money(0)
	for _, s := range v.Way.Steps() {
		if n, m := standingOf(v, s); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", v.Way.StageName(s), n))
			all, sum = all+n, sum+m
		}
	}
	if all == 0 {
		return ""
	}
	line := fmt.Sprintf("现在在手 %d 单", all)
	if m := money(sum, v.Group); m != "" {
		line += " " + m
	}
	return line + ":" + strings.Join(parts, "、") + "。"
}

// dwellLine says how long deals take from stage to stage, beside the benchmark: "方案提交→价格谈判 2.4 天(基准 2.1 天)".
func dwellLine(v Funnel) string {
	steps := v.Way.Steps()
	var parts []string
	for i, stage := range steps[:len(steps)-1] {
		median, _ := sales.MedianDwell(v.Dwells, stage)
		if median <= 0 {
			continue
		}
		s := v.Way.StageName(stage) + "→" + v.Way.StageName(steps[i+1]) + " " + sales.DaysText(median)
		if def, _ := v.Way.Def(stage); def.Benchmark > 0 {
			benchmark := time.Duration(def.Benchmark) * time.Second
			s += "(基准 " + sales.DaysText(benchmark) + ")"
			if median > benchmark {
				s += "🟡"
			}
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return ""
	}
	return "公司停留中位:" + strings.Join(parts, "、") + "。"
}

func changedMost(v Funnel) string {
	if v.Prev == "" {
		return ""
	}
	i, ok := v.Steps.Moved()
	if !ok {
		return "和" + v.Prev + "比,各阶段数量没变。"
	}
	s, word := v.Steps[i], "多"
	diff := s.Entered - s.Prev
	if diff < 0 {
		word, diff = "少", -diff
	}
	return fmt.Sprintf("变化最大:%s %d 个,比%s%s %d 个。", v.Way.StageName(s.Stage), s.Entered, v.Prev, word, diff)
}

func stuckWhere(v Funnel) string {
	i, ok := v.Steps.Worst()
	if !ok {
		if v.Average == "" {
			return ""
		}
		return "没有哪一步的转化低于" + v.Average + "。"
	}
	s := v.Steps[i]
	return fmt.Sprintf("卡在 %s → %s:%d 个里过了 %d 个,转化 %d%%,低于%s %d%%。",
		v.Way.StageName(v.Steps[i-1].Stage), v.Way.StageName(s.Stage), v.Steps[i-1].Entered, s.Entered, s.Conversion, v.Average, s.Average)
}

// advice is what helps where too few come into a stage.
var advice = map[sales.Stage]string{
	sales.StageNeed:        "逐家约关键人,把预算和决策人问清",
	sales.StageProposal:    "需求清楚的这周把方案交出去",
	sales.StageNegotiation: "逐家约一次面谈,把价格顾虑当面问清",
	sales.StageContract:    "先把付款和交期两条对齐,能签的提交合同",
	sales.StageWon:         "盯合同审批和客户盖章,卡住的当天催",
}

// adviceFor is the advice for the standard stage a pipeline's own resembles.
func adviceFor(v Funnel, stage sales.Stage) string {
	if d, ok := v.Way.Def(stage); ok {
		if words := advice[d.Like]; words != "" {
			return words
		}
		return "逐单问清还差什么才能进" + d.Name
	}
	return advice[sales.StageWon]
}

func whatToDo(v Funnel) string {
	i, ok := v.Steps.Worst()
	if !ok {
		last := v.Way.At(len(v.Way.Steps()) - 2)
		if n, _ := standingOf(v, last); n > 0 {
			return fmt.Sprintf("先做:%s里的 %d 单,盯到签完。", v.Way.StageName(last), n)
		}
		return "先做:往漏斗口补新商机,发 商机 客户 产品 金额。"
	}
	before := v.Steps[i-1].Stage
	s := "先做:"
	if n, m := standingOf(v, before); n > 0 {
		s += fmt.Sprintf("停在%s的 %d 单", v.Way.StageName(before), n)
		if amount := money(m, v.Group); amount != "" {
			s += "(" + amount + ")"
		}
		s += ","
	}
	return s + adviceFor(v, v.Steps[i].Stage) + "。"
}

// FunnelSegment is one part of a funnel to look into.
type FunnelSegment struct {
	sales.Segment
	Name   string
	Action cards.Action
	Typed  string
}

// FunnelKey names the card under a person's funnel.
func FunnelKey(person sales.PersonID, group bool) string {
	if group {
		return "funnel:" + person.String() + "/group"
	}
	return "funnel:" + person.String() + "/own"
}

// FunnelCard offers the parts of a funnel, the worst first.
func FunnelCard(key string, v Funnel, segments []FunnelSegment) cards.Card {
	c := cards.Card{Key: key, Title: "漏斗", Status: v.Scope + " · " + v.Period.Name}
	i, stuck := v.Steps.Worst()
	for n, s := range segments {
		if n == 4 {
			break
		}
		value := fmt.Sprintf("%d 个", s.After)
		if stuck && s.Conversion != sales.NoPercent {
			value = fmt.Sprintf("%d 个过了 %d 个,转化 %d%%", s.Before, s.After, s.Conversion)
		}
		c.Fields = append(c.Fields, cards.Field{Name: clip(s.Name, cards.MaxFieldName), Value: value})
		b := cards.Button{Text: clip("看"+s.Name, cards.MaxButtonText), Typed: s.Typed, Action: s.Action}
		if n == 0 {
			b.Style = cards.Primary
		}
		c.Buttons = append(c.Buttons, b)
	}
	switch {
	case len(segments) == 0:
		c.Note = "到底了,没有再往下的。"
	case stuck:
		c.Note = fmt.Sprintf("%s → %s:比%s低得最多的在前。", v.Way.StageName(v.Steps[i-1].Stage), v.Way.StageName(v.Steps[i].Stage), v.Average)
	default:
		c.Note = "往下看一层。"
	}
	return c
}

// FunnelNothing says that there is nothing to draw.
func FunnelNothing(scope string, p sales.Period) string {
	if p.Future() {
		return p.Name + "还没到,没有漏斗可看。"
	}
	return scope + " " + p.Long() + "没有新进任何阶段的商机。换个时间看看:漏斗 上月。"
}
