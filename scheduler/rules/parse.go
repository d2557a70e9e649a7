package rules

import (
	"slices"
	"strings"
	"unicode"

	"salesflow/store/sales"
)

// parser reads one rule.
type parser struct {
	*scanner
	schema *Schema
	names  Names
	rule   Rule
	depth  int
	ifAt   int      // where the conditions begin
	wrong  *Problem // a problem of meaning, which outweighs those of form
	whom   map[string]Recipient
	who    []string // the names of whom
}

// fail reports a problem of meaning at the present place. The first counts.
func (p *parser) fail(msg, fix string) {
	if p.wrong == nil {
		p.wrong = p.place(p.pos)
		p.wrong.Msg, p.wrong.Fix = msg, fix
	}
}

// Parse reads one rule. The error is a *Problem.
func Parse(text string, schema *Schema, names Names) (Rule, error) {
	p := &parser{scanner: newScanner(text), schema: schema, names: names}
	if len(p.text) > maxSource {
		return Rule{}, &Problem{Line: 1, Column: maxSource, Msg: "太长了", Fix: "一条规则最多 2000 个字,拆成几条"}
	}
	p.rule.Source = strings.TrimSpace(text)
	if p.read() && p.wrong == nil {
		return p.rule, nil
	}
	if p.wrong != nil {
		return Rule{}, p.wrong
	}
	return Rule{}, p.problem()
}

func (p *parser) read() bool {
	p.title()
	if p.word("当", "如果", "每当") == "" || !p.trigger() {
		return false
	}
	if p.misplaced() {
		return false
	}
	p.maybe(",", "时")
	for p.word("且", "并且", "而且") != "" {
		p.blanks()
		if p.ifAt == 0 {
			p.ifAt = p.pos
		}
		if !p.condition() || p.misplaced() {
			return false
		}
		p.maybe(",")
	}
	return p.steps() && p.riders() && (p.end() || p.unquoted()) && p.sound()
}

// unquoted reports words behind whom a push goes to that lack their quotation marks: 推送 销售总监 看报表. It is never true.
func (p *parser) unquoted() bool {
	last := p.rule.Steps[len(p.rule.Steps)-1]
	a := last.Actions[len(last.Actions)-1]
	p.blanks()
	if p.wrong != nil || a.Text != "" || a.Do == Set || p.pos >= len(p.text) || p.far > p.pos+1 || !unicode.Is(unicode.Han, p.text[p.pos]) {
		return false
	}
	i := p.pos
	for i < len(p.text) && !strings.ContainsRune(";\"\n", p.text[i]) {
		i++
	}
	word := strings.TrimSpace(string(p.raw[p.pos:i]))
	if len([]rune(word)) < 3 || !unicode.IsSpace(p.text[p.pos-1]) {
		return false
	}
	p.fail("要说的话加引号", "写成 \""+cut(word, 20)+"\"")
	p.wrong.with, p.wrong.instead = word, "\""+word+"\""
	return false
}

// title reads 规则 合同48小时: in a line of its own, or 合同48小时: before 当.
func (p *parser) title() {
	p.try(func() bool {
		ends, named := ":\n", p.maybe("规则") != ""
		switch {
		case named:
			ends += ","
		case p.opens():
			return false
		}
		i := p.pos
		for i < len(p.text) && !strings.ContainsRune(ends, p.text[i]) {
			i++
		}
		name := strings.Trim(string(p.text[p.pos:i]), " \"")
		if i == len(p.text) || name == "" || len([]rune(name)) > 30 {
			return false
		}
		if p.pos = i + 1; !named && !p.opens() {
			return false
		}
		p.rule.Name = name
		return true
	})
}

// opens reports whether a rule begins here, and reads nothing of it.
func (p *parser) opens() bool {
	from := p.pos
	defer func() { p.pos = from }()
	return p.maybe("当", "如果", "每当") != ""
}

// condition reads what stands after a 且 before 则.
func (p *parser) condition() bool {
	if p.try(p.unless) {
		return true
	}
	if p.wrong != nil {
		return false
	}
	e, ok := p.alternative()
	if !ok {
		return false
	}
	switch old := p.rule.If.(type) {
	case nil:
		p.rule.If = e
	case Operation:
		if old.Op == OpAnd {
			p.rule.If = Operation{OpAnd, append(slices.Clone(old.Args), e)}
			return true
		}
		p.rule.If = Operation{OpAnd, []Expr{old, e}}
	default:
		p.rule.If = Operation{OpAnd, []Expr{old, e}}
	}
	return true
}

// alternative reads one condition of the list of 且, which may be alternatives when it stands alone.
func (p *parser) alternative() (Expr, bool) {
	first, ok := p.operand()
	if !ok {
		return nil, false
	}
	args := []Expr{first}
	for {
		from := p.pos
		if p.word("或", "或者") == "" {
			break
		}
		next, ok := p.operand()
		if !ok {
			return nil, false
		}
		if args = append(args, next); p.rule.If != nil || p.ahead("且", "并且") {
			p.pos = from
			p.fail("\"且\"和\"或\"混着写,分不清先后", "用括号标出先后,例如 (甲 或 乙) 且 丙")
			return nil, false
		}
	}
	if len(args) == 1 {
		return first, true
	}
	return Operation{OpOr, args}, true
}

// ahead reports whether one of words comes next.
func (p *parser) ahead(words ...string) bool {
	from, far, wanted := p.pos, p.far, p.wanted
	w := p.word(words...)
	p.pos, p.far, p.wanted = from, far, wanted
	return w != ""
}

// unless reads 未处理 and 24小时内 没有 拜访.
func (p *parser) unless() bool {
	var u Unless
	if p.word("未处理", "没有处理", "没处理", "无人处理", "没人处理") != "" {
		p.rule.Unless = append(p.rule.Unless, u)
		return true
	}
	if s, ok := p.span(); ok {
		if p.word("内", "之内", "以内") == "" {
			return false
		}
		u.Within = s
		p.leaveOut(&u.Present)
	}
	if p.word("没有", "未", "没", "无") == "" {
		return false
	}
	if p.ahead("变成", "变为", "进入", "离开") && p.rule.Trigger.Object.StateField() != nil {
		p.fail("\"没有\"后面要跟一种记录,例如 拜访", "要看状态就写在前面,例如 当 "+p.rule.Trigger.Object.Name+" 进入 "+
			p.rule.Trigger.Object.StateField().Options[0].Name+" 超过 24小时")
		return false
	}
	if u.Activity = p.activity(); u.Activity == nil {
		return false
	}
	if from := p.pos; p.leaveOut(&u.Present) && u.Within.IsZero() {
		p.pos = from
		p.fail("请假不算 要有多长时间才能算", "写成 且 2个工作日内 没有 "+u.Activity.Name+" 请假不算")
		return false
	}
	p.rule.Unless = append(p.rule.Unless, u)
	return true
}

// object reads the name of an object.
func (p *parser) objectNamed() *Object { return p.oneOf("对象", func(*Object) bool { return true }) }

// activity reads the name of something that is filed.
func (p *parser) activity() *Object {
	p.maybe("登记", "新的", "新")
	o := p.oneOf("记录", func(o *Object) bool { return o.Filed })
	p.maybe("记录")
	return o
}

func (p *parser) oneOf(what string, want func(*Object) bool) *Object {
	var names []string
	for i := range p.schema.Objects {
		if o := &p.schema.Objects[i]; want(o) {
			names = append(append(names, o.Name), o.Aliases...)
		}
	}
	n := p.name(what, names)
	for i := range p.schema.Objects {
		if o := &p.schema.Objects[i]; n != "" && want(o) && (o.Name == n || slices.Contains(o.Aliases, n)) {
			return o
		}
	}
	return nil
}

// sound checks what grammar alone cannot.
func (p *parser) sound() bool {
	if Impossible(p.rule.If) {
		p.pos = p.ifAt
		p.fail("这些条件不可能同时成立", "看看是不是写反了大于和小于,或者要用 或")
		return false
	}
	if p.rule.PerDay > 0 && !p.rule.Trigger.Daily() {
		p.fail("每人每天最多 只能写在每天看一遍的规则里", "换成 当 每个工作日 9:30 对每个 "+p.rule.Trigger.Object.Name+" 且 …")
		return false
	}
	told := false
	for i, st := range p.rule.Steps {
		for _, a := range st.Actions {
			if told = told || len(a.To) > 0; a.Do == Todo && !told {
				p.fail("待办没有说给谁", "写成 创建待办 给 负责人,或者前面先写 推送 谁")
				return false
			}
		}
		if i > 0 && st.After.IsZero() {
			p.fail("后一步没有写多久之后", "例如 再过 24小时 则 推送 总经理")
			return false
		}
	}
	if len(p.rule.Steps) > 8 {
		p.fail("步骤太多", "一条规则最多 8 步")
		return false
	}
	return true
}

// riders reads what follows the steps: 认领 4小时 有效;到 2026-12-31 止;紧急.
func (p *parser) riders() bool {
	for {
		from := p.pos
		p.maybe(";", ",", ".")
		switch p.maybe("紧急", "认领有效", "认领", "到", "有效到", "从", "自", "每人每天最多", "每人一天最多", "静默时段不补", "静默时段不补发", "全部重复", "重复") {
		case "":
			p.pos = from
			return true
		case "紧急":
			p.rule.Urgent = true
		case "全部重复", "重复":
			if !p.rounds() {
				return false
			}
		case "静默时段不补", "静默时段不补发":
			p.rule.NowOnly = true
		case "每人每天最多", "每人一天最多":
			n, ok := p.number()
			if !ok || p.word("条", "件", "次") == "" {
				return false
			}
			if p.rule.PerDay = n; n < 1 || n > 100 {
				p.fail("每人每天的条数要在 1 到 100 之间", "例如 每人每天最多 3条")
				return false
			}
		case "认领", "认领有效":
			p.maybe("有效", "后", "期")
			s, ok := p.span()
			if !ok {
				return false
			}
			p.rule.Ack = s
			p.maybe("有效", "没结果再催", "没结果接着催", "内有效")
		case "到", "有效到":
			d, ok := p.day()
			if !ok {
				return false
			}
			p.rule.Until = d
			p.maybe("止", "为止", "停")
		default:
			d, ok := p.day()
			if !ok {
				return false
			}
			p.rule.From = d
			p.maybe("起", "开始")
		}
		if u := p.rule.Until; !u.IsZero() && u.Before(p.rule.From) {
			p.fail("结束的日子早于开始的日子", "先写 从 2026-01-01 起,再写 到 2026-12-31 止")
			return false
		}
	}
}

// day reads a date, which is wanted here.
func (p *parser) day() (sales.Day, bool) {
	d, ok := p.date()
	if !ok {
		p.miss("2026-12-31 这样的日期")
	}
	return d, ok
}
