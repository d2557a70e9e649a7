package rules

import (
	"slices"
	"strings"
	"time"
)

// parser reads one rule.
type parser struct {
	*scanner
	schema *Schema
	names  Names
	rule   Rule
	depth  int
	wrong  *Problem // a problem of meaning, which outweighs those of form
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
	p.maybe(",", "时")
	for p.word("且", "并且", "而且") != "" {
		if !p.condition() {
			return false
		}
		p.maybe(",")
	}
	return p.steps() && p.end() && p.sound()
}

// title reads 规则 合同48小时: in a line of its own.
func (p *parser) title() {
	p.try(func() bool {
		if p.maybe("规则") == "" {
			return false
		}
		i := p.pos
		for i < len(p.text) && !strings.ContainsRune("\n:,", p.text[i]) {
			i++
		}
		name := strings.Trim(string(p.text[p.pos:i]), " \"")
		if i == len(p.text) || name == "" || len([]rune(name)) > 30 {
			return false
		}
		p.rule.Name, p.pos = name, i+1
		return true
	})
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
	}
	if p.word("没有", "未", "没", "无") == "" {
		return false
	}
	if u.Activity = p.activity(); u.Activity == nil {
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

// trigger reads what starts the rule.
func (p *parser) trigger() bool {
	t := &p.rule.Trigger
	if p.try(p.schedule) {
		return true
	}
	if p.try(func() bool { return p.word("登记", "新建", "有新的", "新增", "有") != "" && p.filed() }) {
		return true
	}
	if p.try(func() bool { return p.word("距", "距离", "离") != "" && p.objectOf() && p.reaches() }) {
		return true
	}
	if !p.objectOf() {
		return false
	}
	for _, read := range []func() bool{p.enters, p.leaves, p.repeats, p.runs, p.silent, p.reaches, p.changes} {
		if p.try(read) {
			return true
		}
		if p.wrong != nil {
			return false
		}
		*t = Trigger{Object: t.Object}
	}
	return false
}

func (p *parser) objectOf() bool {
	p.rule.Trigger.Object = p.objectNamed()
	return p.rule.Trigger.Object != nil
}

func (p *parser) filed() bool {
	p.rule.Trigger.Kind = Files
	p.rule.Trigger.Object = p.activity()
	return p.rule.Trigger.Object != nil
}

// enters reads 进入 待审批 超过 48小时.
func (p *parser) enters() bool {
	t := &p.rule.Trigger
	f := t.Object.StateField()
	if f == nil {
		return false
	}
	p.maybe("状态", ".状态", "阶段")
	how := p.word("进入", "变成", "变为", "转为", "停在", "处于", "到了")
	if how == "" {
		return false
	}
	o, ok := p.optionName(f)
	if !ok {
		return false
	}
	t.Kind, t.State = Enters, o
	p.maybe("状态", "阶段")
	if p.word("超过", "满", "达", "已") != "" {
		if t.Span, ok = p.span(); !ok {
			return false
		}
		p.maybe("以上")
		return true
	}
	return how != "停在" && how != "处于"
}

func (p *parser) leaves() bool {
	t := &p.rule.Trigger
	f := t.Object.StateField()
	if f == nil || p.word("离开", "不再是") == "" {
		return false
	}
	o, ok := p.optionName(f)
	t.Kind, t.State = Leaves, o
	p.maybe("状态", "阶段")
	return ok
}

// silent reads 超过 90天 没有 拜访.
func (p *parser) silent() bool {
	t := &p.rule.Trigger
	p.maybe("超过", "已经", "已", "满", "连着")
	s, ok := p.span()
	if !ok || p.word("没有", "没", "未", "无") == "" {
		return false
	}
	t.Kind, t.Span = Silent, s
	t.Activity = p.activity()
	return t.Activity != nil
}

// runs reads 连续 3个工作日 没有 拜访, 连续 3天 登记 投诉.
func (p *parser) runs() bool {
	t := &p.rule.Trigger
	if p.word("连续", "接连") == "" {
		return false
	}
	s, ok := p.span()
	if !ok {
		return false
	}
	if s.Unit != Days && s.Unit != Workdays {
		p.fail("连续只能按天或工作日算", "例如 连续 3个工作日 没有 拜访")
		return false
	}
	t.Kind, t.Span = Runs, s
	switch p.word("没有", "没", "未", "无", "都有", "有", "登记") {
	case "":
		return false
	case "没有", "没", "未", "无":
		t.Not = true
	}
	t.Activity = p.activity()
	return t.Activity != nil
}

// repeats reads 30天内 3次 投诉.
func (p *parser) repeats() bool {
	t := &p.rule.Trigger
	s, ok := p.span()
	if !ok || p.word("内", "之内", "以内") == "" {
		return false
	}
	p.maybe("有", "出现", "发生", "登记", "达到")
	n, ok := p.number()
	if !ok || p.word("次", "起", "个", "笔", "条") == "" {
		return false
	}
	p.maybe("以上", "及以上")
	if n < 1 || n > 100 {
		p.fail("次数要在 1 到 100 之间", "")
		return false
	}
	t.Kind, t.Span, t.Times = Repeats, s, n
	t.Activity = p.activity()
	return t.Activity != nil
}

// reaches reads .到期日 前 60天, .到期日 过后 30天.
func (p *parser) reaches() bool {
	t := &p.rule.Trigger
	p.dot()
	f, ok := p.fieldName(t.Object)
	if !ok {
		return false
	}
	sign := 0
	switch p.maybe("过后", "之后", "后", "逾期", "超过", "前", "之前", "还有", "不到", "只剩") {
	case "":
		s, ok := p.span() // 距 合同.到期日 60天
		if !ok || f.Type != Date {
			return false
		}
		s.N = -s.N
		t.Kind, t.Field, t.Span = Reaches, f, s
		return true
	case "过后", "之后", "后", "逾期", "超过":
		sign = 1
	default:
		sign = -1
	}
	if f.Type != Date {
		p.fail(f.Name+"不是日期", "前和后只能跟在日期后面")
		return false
	}
	s, ok := p.span()
	s.N *= sign
	t.Kind, t.Field, t.Span = Reaches, f, s
	return ok
}

// changes reads .金额 变化.
func (p *parser) changes() bool {
	t := &p.rule.Trigger
	p.dot()
	f, ok := p.fieldName(t.Object)
	t.Kind, t.Field = Changes, f
	return ok && p.word("变化", "变了", "改变", "有变化", "被改", "被修改", "改动") != ""
}

var weekdays = map[string]time.Weekday{
	"每周一": time.Monday, "每周二": time.Tuesday, "每周三": time.Wednesday, "每周四": time.Thursday, "每周五": time.Friday, "每周六": time.Saturday,
	"每周日": time.Sunday, "每周天": time.Sunday, "每星期一": time.Monday, "每星期五": time.Friday,
}

// schedule reads 每个工作日 17:00 对每个 商机.
func (p *parser) schedule() bool {
	t, s := &p.rule.Trigger, &Schedule{}
	words := []string{"每天", "每日", "每个工作日", "每工作日", "每月"}
	for w := range weekdays {
		words = append(words, w)
	}
	slices.Sort(words)
	switch w := p.word(words...); w {
	case "":
		return false
	case "每天", "每日":
		s.Every = EveryDay
	case "每个工作日", "每工作日":
		s.Every = EveryWorkday
	case "每月":
		n, ok := p.number()
		if !ok || n < 1 || n > 31 || p.word("号", "日") == "" {
			return false
		}
		s.Every, s.MonthDay = EveryMonth, n
	default:
		s.Every, s.Weekday = EveryWeek, weekdays[w]
	}
	if !p.clock(s) {
		return false
	}
	t.Kind, t.Schedule = Scheduled, s
	p.maybe(",")
	if p.word("对每个", "对每家", "对每位", "对每份", "每个", "检查每个", "对所有", "检查") == "" {
		return false
	}
	return p.objectOf()
}

func (p *parser) clock(s *Schedule) bool {
	part := p.maybe("上午", "早上", "下午", "晚上")
	h, ok := p.number()
	if !ok || h > 23 {
		return false
	}
	switch p.word(":", "点", "时") {
	case "":
		return false
	case ":":
		if s.Minute, ok = p.number(); !ok {
			return false
		}
	default:
		if p.maybe("半") != "" {
			s.Minute = 30
		} else if m, ok := p.number(); ok {
			s.Minute = m
			p.maybe("分")
		}
	}
	if (part == "下午" || part == "晚上") && h < 12 {
		h += 12
	}
	s.Hour = h
	return s.Minute < 60
}

// sound checks what grammar alone cannot.
func (p *parser) sound() bool {
	for i, st := range p.rule.Steps {
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
