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

// Part is a piece of an action's text: words, or a field's value.
type Part struct {
	Words string
	Field *FieldOf
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
		inner := &parser{scanner: newScanner(name), schema: p.schema, names: p.names, rule: Rule{Trigger: Trigger{Object: p.rule.Trigger.Object}}}
		e, ok := inner.fieldOf()
		if inner.blanks(); !ok || inner.pos < len(inner.text) {
			p.pos = from
			p.fail("文字里的 {"+name+"} 不是"+p.rule.Trigger.Object.Name+"的字段", fieldFix(inner, p.rule.Trigger.Object))
			return false
		}
		f := e.(FieldOf)
		a.Parts = append(a.Parts, Part{Field: &f})
		rest = behind
	}
	return true
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

// Say is the action's text about a record: each field as people write its value.
func (a Action) Say(r Record) string {
	var b strings.Builder
	for _, part := range a.Parts {
		if part.Field == nil {
			b.WriteString(part.Words)
			continue
		}
		b.WriteString(part.Field.Field.Show(r.Value(part.Field.Via, part.Field.Field)))
	}
	return b.String()
}
