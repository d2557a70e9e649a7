package rules

import (
	"slices"
	"strings"
)

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
	for _, read := range []func() bool{p.happens, p.enters, p.fieldEnters, p.leaves, p.repeats, p.runs, p.silent, p.reaches, p.changes} {
		if p.try(read) {
			return true
		}
		if p.wrong != nil {
			return false
		}
		*t = Trigger{Object: t.Object}
	}
	p.overdue()
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
	p.maybe("状态", ".状态", "阶段", ".阶段")
	how := p.word("进入", "变成", "变为", "转为", "停在", "处于", "到了")
	if how == "" && p.dot() {
		return false // a field
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
		return p.lasting()
	}
	return how != "" && how != "停在" && how != "处于"
}

// lasting reads what may stand behind how long a state lasts.
func (p *parser) lasting() bool {
	p.maybe("以上")
	if !p.cases() {
		return false
	}
	p.leaveOut(&p.rule.Trigger.Present)
	return true
}

// fieldEnters reads a field of choices that has a value, and for how long: ERP没接单 超过 1小时, 电子票 停在 开票中 超过 1天.
func (p *parser) fieldEnters() bool {
	t := &p.rule.Trigger
	p.dot()
	f, ok := p.fieldName(t.Object)
	if !ok || f.Type != Enum || f.State {
		return false
	}
	how := p.word("进入", "变成", "变为", "停在", "处于")
	o, ok := p.optionName(f)
	if !ok {
		return false
	}
	t.Kind, t.Field, t.State = Enters, f, o
	if p.word("超过", "满", "达", "已") != "" {
		if t.Span, ok = p.span(); !ok {
			return false
		}
		return p.told(f) && p.lasting()
	}
	return how == "进入" && p.told(f)
}

// happens reads what can happen to a record: 发货 被拦.
func (p *parser) happens() bool {
	t := &p.rule.Trigger
	var words []string
	for _, d := range t.Object.Deeds {
		words = append(append(words, d.Word), d.Aliases...)
	}
	if len(words) == 0 {
		return false
	}
	w := p.name("发生的事", words)
	for i, d := range t.Object.Deeds {
		if w == "" || d.Word != w && !slices.Contains(d.Aliases, w) {
			continue
		}
		t.Kind, t.Deed = Happens, &t.Object.Deeds[i]
		if to := p.schema.Object(d.Of); to != nil {
			t.Object = to
		}
		return true
	}
	return false
}

// cases reads (金额 > 100万 时 24小时;客户.级别 = KA 时 36小时) behind a span.
func (p *parser) cases() bool {
	if p.maybe("(") == "" {
		return true
	}
	for {
		e, ok := p.expr()
		if !ok || p.word("时为", "时", "就是") == "" {
			return false
		}
		s, ok := p.span()
		if !ok {
			return false
		}
		if p.rule.Trigger.Cases = append(p.rule.Trigger.Cases, Case{e, s}); len(p.rule.Trigger.Cases) > 5 {
			p.fail("期限分得太细", "一条规则最多分 5 种")
			return false
		}
		if p.maybe(";", ",") == "" {
			return p.word(")") != ""
		}
	}
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

// silent reads 超过 90天 没有 拜访, and 没有 拜访 超过 90天.
func (p *parser) silent() bool {
	t := &p.rule.Trigger
	if p.try(func() bool {
		if p.maybe("没有", "没", "未", "无") == "" {
			return false
		}
		t.Activity = p.activity()
		if t.Activity == nil || p.word("超过", "已经", "已", "满", "达") == "" {
			return false
		}
		s, ok := p.span()
		t.Kind, t.Span = Silent, s
		p.leaveOut(&t.Present)
		return ok
	}) {
		return true
	}
	p.maybe("超过", "已经", "已", "满", "连着")
	s, ok := p.span()
	if !ok {
		return false
	}
	p.leaveOut(&t.Present)
	if p.word("没有", "没", "未", "无") == "" {
		return false
	}
	t.Kind, t.Span = Silent, s
	t.Activity = p.activity()
	if t.Activity == nil || !p.sensible(s) {
		return false
	}
	p.leaveOut(&t.Present)
	return true
}

// sensible refuses 合同 超过 48小时 没审批, which means a state, and 回款 超过 30天 没有 回款, which means the customer's.
func (p *parser) sensible(s Span) bool {
	t := &p.rule.Trigger
	if f := t.Object.StateField(); f != nil && slices.Contains(append([]string{t.Activity.Name}, t.Activity.Aliases...), "审批") {
		for _, o := range f.Options {
			if strings.HasPrefix(o.Name, "待") && strings.HasSuffix(o.Name, "审批") {
				p.fail("没审批说的是状态,不是没有一种记录", "写成 当 "+t.Object.Name+" 进入 "+o.Name+" 超过 "+s.String()+" 且 未处理 则 …")
				return false
			}
		}
	}
	if t.Activity == t.Object {
		p.fail(t.Object.Name+"说没有"+t.Object.Name+",说不通", "多久没有要写是谁的,例如 当 客户 超过 "+s.String()+" 没有 "+t.Object.Name+" 则 …")
		return false
	}
	return true
}

// overdue explains 发票 逾期 30天: which date has passed must be said.
func (p *parser) overdue() {
	o := p.rule.Trigger.Object
	from := p.pos
	p.blanks()
	word := p.maybe("逾期", "过期", "超期", "到期")
	p.pos = from
	if word == "" || p.wrong != nil {
		return
	}
	var dates []string
	for _, f := range o.Fields {
		if f.Type == Date && (strings.Contains(f.Name, "期") || strings.Contains(f.Name, "应付") || strings.Contains(f.Name, "承诺")) {
			dates = append(dates, f.Name)
		}
	}
	if len(dates) == 0 {
		return
	}
	best := dates[0]
	for _, d := range dates {
		if strings.Contains(d, "应付") {
			best = d
		}
	}
	how := " 过后 30天"
	if word == "到期" {
		how = " 前 30天"
	}
	p.fail(word+"要说清楚是哪个日子", "写成 当 "+o.Name+"."+best+how+" 则 …。能写的日子:"+strings.Join(dates, "、"))
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
	from := p.pos
	p.leaveOut(&t.Present)
	switch p.word("没有", "没", "未", "无", "都有", "有", "登记") {
	case "":
		return false
	case "没有", "没", "未", "无":
		t.Not = true
	}
	t.Activity = p.activity()
	if t.Activity != nil && p.leaveOut(&t.Present) {
		from = p.pos
	}
	if t.Present && !t.Not {
		p.pos = from
		p.fail("连续几天都有 数的是有"+t.Activity.Name+"的日子,请假不影响", "去掉 请假不算")
		return false
	}
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
		return p.occasions(-1)
	case "过后", "之后", "后", "逾期", "超过":
		sign = 1
	default:
		sign = -1
	}
	if f.Type != Date {
		p.notWhen(f)
		return false
	}
	s, ok := p.span()
	if s.N *= sign; ok && sign < 0 && s.Unit == WorkingHours {
		p.fail("提前多久不能按工作小时算", "写成 前 2小时 或 前 1个工作日")
		return false
	}
	t.Kind, t.Field, t.Span = Reaches, f, s
	return ok && p.occasions(sign)
}

// notWhen reports a condition that stands where a rule says when: 当 合同金额 超过 50万.
func (p *parser) notWhen(f *Field) {
	o := p.rule.Trigger.Object
	when := "当 每个工作日 9:00 对每个 " + o.Name
	if st := o.StateField(); st != nil && len(st.Options) > 0 {
		when = "当 " + o.Name + " 进入 " + st.Options[0].Name
	}
	value := map[Type]string{Money: " > 50万", Percent: " > 30%", Number: " > 3", Enum: " = " + optionNames(f)}[f.Type]
	if f.Type == Enum && len(f.Options) > 0 {
		value = " = " + f.Options[0].Name
	}
	p.fail(f.Name+"不是日期,是条件", "先写什么时候看,条件跟在 且 后面:"+when+" 且 "+f.Name+value+" 则 …")
}

// maxOccasions bounds how many spans a date can have.
const maxOccasions = 6

// occasions reads what may follow the first span of a date: 、30天、7天、当天 9:00.
func (p *parser) occasions(sign int) bool {
	t := &p.rule.Trigger
	for p.try(func() bool {
		if p.maybe("、") == "" {
			return false
		}
		if p.maybe("当天") != "" {
			t.More = append(t.More, Span{Unit: Days})
			return true
		}
		s, ok := p.span()
		s.N *= sign
		if ok {
			t.More = append(t.More, s)
		}
		return ok
	}) {
		if len(t.More) >= maxOccasions {
			p.fail("一条规则提醒的日子太多", "一条规则最多写 6 个日子")
			return false
		}
	}
	at := &Schedule{}
	if !p.try(func() bool { return p.clock(at) }) {
		return p.wrong == nil
	}
	if t.Field.Exact {
		p.fail(t.Field.Name+"本来就有几点几分", "去掉后面的几点")
		return false
	}
	t.Clock = &Clock{at.Hour, at.Minute}
	return true
}

// changes reads .金额 变化 and .级别 变为 C.
func (p *parser) changes() bool {
	t := &p.rule.Trigger
	p.dot()
	f, ok := p.fieldName(t.Object)
	if !ok {
		return false
	}
	t.Kind, t.Field = Changes, f
	if p.maybe("变化", "变了", "改变", "有变化", "被改", "被修改", "改动") != "" {
		return p.told(f)
	}
	p.miss("变化")
	if p.word("变为", "变成", "改为", "改成", "升为", "降为") == "" {
		return false
	}
	e, ok := p.value(FieldOf{Field: f})
	if !ok {
		return false
	}
	l, isLiteral := e.(Literal)
	if !isLiteral || l.Value.Type != f.Type {
		p.fail(f.Name+"要写"+f.Type.String(), example(f.Type))
		return false
	}
	if f.Type == Enum {
		t.To = &l.Value
	} else { // that it has the value now is looked at with the record
		p.rule.If = Operation{OpEqual, []Expr{FieldOf{Field: f}, l}}
	}
	return p.told(f)
}

// told refuses a field whose changes nobody tells of.
func (p *parser) told(f *Field) bool {
	if f.Told {
		return true
	}
	names := p.rule.Trigger.Object.told()
	fix := "能看到变化的:" + strings.Join(names, "、")
	if len(names) == 0 {
		fix = "换成定时来看,例如 当 每个工作日 9:00 对每个 " + p.rule.Trigger.Object.Name + " 且 …"
	}
	p.fail(f.Name+"什么时候变了看不到", fix)
	return false
}
