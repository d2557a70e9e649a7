package rules

import (
	"slices"
	"strings"
)

// maxTimes bounds how often a step is repeated, usualTimes is how often when nothing is said.
const (
	maxTimes   = 30
	usualTimes = 3
)

// again takes an optional ,每 24小时 重复,最多 3次.
func (p *parser) again(st *Step) bool {
	p.try(func() bool {
		p.maybe(",", "并", ";")
		if p.maybe("每隔", "每") == "" {
			return false
		}
		s, ok := p.span()
		if !ok {
			return false
		}
		if p.word("重复", "再来一次", "一次", "再推送", "再提醒") == "" {
			return false
		}
		st.Repeat, st.Times = s, usualTimes
		p.try(func() bool {
			p.maybe(",")
			if p.maybe("最多", "至多", "共", "不超过") == "" {
				return false
			}
			n, ok := p.number()
			if !ok || p.word("次") == "" {
				return false
			}
			if st.Times = n; n < 1 || n > maxTimes {
				p.fail("重复的次数要在 1 到 30 之间", "例如 每 24小时 重复,最多 3次")
			}
			return true
		})
		return true
	})
	if p.wrong == nil && !st.Repeat.IsZero() && st.Repeat.natural() < shortest {
		p.fail("重复得太密", "至少隔 10分钟")
	}
	return p.wrong == nil
}

// maxRounds bounds how often all steps are gone through again.
const maxRounds = 10

// roundWords begin all steps anew.
var roundWords = []string{"从头重复", "从头再来", "从头再走", "从头开始", "从第一步再来", "从第一级再来"}

// round takes 从头重复,最多 2次 behind 再过 24小时; false when a step stands there.
func (p *parser) round(after Span) bool {
	if p.maybe(roundWords...) == "" {
		return false
	}
	p.rule.Rounds, p.rule.RoundAfter = 1, after
	p.try(func() bool {
		p.maybe(",")
		p.maybe("最多", "至多", "共", "不超过")
		n, ok := p.number()
		if !ok || p.word("次", "遍", "轮") == "" {
			return false
		}
		p.rule.Rounds = n
		return true
	})
	p.checkRounds()
	return true
}

// checkRounds checks how often and how soon the steps begin anew.
func (p *parser) checkRounds() {
	switch r := p.rule; {
	case r.Rounds < 1 || r.Rounds > maxRounds:
		p.fail("从头重复的次数要在 1 到 10 之间", "例如 再过 24小时 从头重复,最多 2次")
	case r.RoundAfter.natural() < shortest:
		p.fail("重复得太密", "至少隔 10分钟")
	}
}

// rounds takes 重复 2次 behind all steps: as long after the last one as that came after the one before it.
func (p *parser) rounds() bool {
	n, ok := p.number()
	if !ok || p.word("次", "遍", "轮") == "" {
		return false
	}
	last := p.rule.Steps[len(p.rule.Steps)-1]
	if last.After.IsZero() {
		p.fail("没有写隔多久从头重复", "写成 再过 24小时 从头重复,最多 2次")
		return false
	}
	p.rule.Rounds, p.rule.RoundAfter = n, last.After
	p.checkRounds()
	return p.wrong == nil
}

var buttonNames = []struct {
	button Button
	words  []string // the first is what the card says
}{
	{ButtonAck, []string{"我来处理", "认领"}},
	{ButtonDone, []string{"已处理", "处理完了"}},
	{ButtonSnooze, []string{"稍后提醒", "稍后"}},
	{ButtonHand, []string{"转给他人", "转给同事"}},
	{ButtonOpen, []string{"看详情", "详情"}},
}

// String is what the button says.
func (b Button) String() string {
	for _, n := range buttonNames {
		if n.button == b {
			return n.words[0]
		}
	}
	return ""
}

// buttons takes an optional 按钮 我来处理、稍后提醒.
func (p *parser) buttons(a *Action) bool {
	if p.maybe("带按钮", "按钮") == "" {
		return true
	}
	var words []string
	for _, b := range buttonNames {
		words = append(words, b.words...)
	}
	for {
		n := p.name("按钮的名字", words)
		if n == "" {
			return false
		}
		for _, b := range buttonNames {
			if slices.Contains(b.words, n) && !slices.Contains(a.Buttons, b.button) {
				a.Buttons = append(a.Buttons, b.button)
			}
		}
		if p.maybe("、", ",") == "" {
			return true
		}
	}
}

// face takes an optional 卡片 审批单, the record's own card, or 只发文字.
func (p *parser) face(a *Action) bool {
	if p.maybe("只发文字") != "" {
		if a.Plain = true; a.Text == "" {
			p.fail("只发文字,却没有写文字", "在前面加上,例如 推送 负责人 \"{编号} 到期了\" 只发文字")
			return false
		}
		return true
	}
	if p.maybe("用卡片", "卡片") == "" {
		return true
	}
	o := p.rule.Trigger.Object
	var words []string
	for _, c := range o.Cards {
		words = append(words, c.Name)
	}
	if len(words) == 0 {
		p.fail(o.Name+"没有现成的卡片", "去掉 卡片,写要说的文字,例如 推送 负责人 \"看一下\"")
		return false
	}
	n := p.name("卡片的名字", words)
	for _, c := range o.Cards {
		if n != "" && c.Name == n {
			a.Card, a.CardName = c.Key, c.Name
		}
	}
	return n != ""
}

// Part is a piece of an action's text: words, a field's value, how long it has been (已等), or who somebody is.
type Part struct {
	Words  string
	Field  *FieldOf
	Waited bool
	Who    *Recipient
}

// sinceWord is how long it has been since the occasion, in a text.
const sinceWord = "已等"

// sinceFix says where sinceWord means something, "" where it does about a trigger.
func sinceFix(t Trigger) string {
	switch {
	case t.Kind == Scheduled:
		return "到点看的没有从什么时候算起,写字段,例如 {" + t.Object.Name + "的日期字段}"
	case t.Kind == Runs, t.Kind == Repeats:
		return "几天、几次的规则里写上是几天几次就行"
	case t.Kind == Reaches && t.Span.N < 0:
		return "日子还没到,写 {" + t.Field.Name + "}"
	}
	return ""
}

// parts finds the fields in an action's text: 已欠 {金额},客户 {客户.名称}. from is where the text begins.
func (p *parser) parts(a *Action, from int) bool {
	rest := a.Text
	for rest != "" {
		words, behind, found := strings.Cut(rest, "{")
		if words != "" {
			a.Parts = append(a.Parts, Part{Words: words})
		}
		if !found {
			return true
		}
		name, behind, closed := strings.Cut(behind, "}")
		if !closed {
			p.pos = from
			p.fail("大括号没有配对", "字段名两边都加大括号,例如 {"+p.rule.Trigger.Object.Fields[0].Name+"}")
			return false
		}
		part, ok := p.part(name, from)
		if !ok {
			return false
		}
		a.Parts = append(a.Parts, part)
		rest = behind
	}
	return true
}

// part reads what stands between braces: a field, 已等, or somebody the record knows of (当前审批人).
func (p *parser) part(name string, from int) (Part, bool) {
	o := p.rule.Trigger.Object
	if strings.TrimSpace(name) == sinceWord {
		if fix := sinceFix(p.rule.Trigger); fix != "" {
			p.pos = from
			p.fail("这条规则里没有 {"+sinceWord+"}", fix)
			return Part{}, false
		}
		return Part{Waited: true}, true
	}
	inner := &parser{scanner: newScanner(name), schema: p.schema, names: p.names, rule: Rule{Trigger: Trigger{Object: o}}}
	e, ok := inner.fieldOf()
	if inner.blanks(); ok && inner.pos == len(inner.text) {
		f := e.(FieldOf)
		return Part{Field: &f}, true
	}
	who := &parser{scanner: newScanner(name), schema: p.schema, names: p.names, rule: inner.rule}
	r, ok := who.recipient()
	if who.blanks(); ok && who.pos == len(who.text) && (r.Kind == ToRelation || r.Kind == ToRoster) {
		return Part{Who: &r}, true
	}
	p.pos = from
	p.fail("文字里的 {"+name+"} 不是"+o.Name+"的字段", fieldFix(inner, o))
	return Part{}, false
}

// fieldFix proposes a field for what stands in braces.
func fieldFix(inner *parser, o *Object) string {
	if best, ok := inner.repair(max(inner.far, inner.pos)); ok {
		return "要写的是 " + best + " 吗"
	}
	var names []string
	for _, f := range o.Fields[:min(len(o.Fields), 5)] {
		names = append(names, "{"+f.Name+"}")
	}
	if len(names) == 0 {
		return "去掉大括号"
	}
	return "可以写 " + strings.Join(names, "、")
}

// Occasion knows what a text can say beside the record's fields.
type Occasion interface {
	// Waited is how long it has been since what the rule is about, in words.
	Waited() string
	// Who are the names of those a recipient means for the record; empty when it means nobody.
	Who(to Recipient) string
}

// Say is the action's text about a record: each field as people write its value, as it is now.
func (a Action) Say(r Record, of Occasion) string {
	var b strings.Builder
	for _, part := range a.Parts {
		switch {
		case part.Field != nil:
			b.WriteString(part.Field.Field.Show(r.Value(part.Field.Via, part.Field.Field)))
		case part.Waited:
			b.WriteString(of.Waited())
		case part.Who != nil:
			who := of.Who(*part.Who)
			if who == "" {
				who = "没有人"
			}
			b.WriteString(who)
		default:
			b.WriteString(part.Words)
		}
	}
	return b.String()
}
