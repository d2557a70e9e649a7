package rules

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"salesflow/store/sales"
)

var operators = []struct {
	op    Op
	words []string
}{
	{OpAtLeast, []string{">=", "≥", "大于等于", "不低于", "不少于", "不小于", "至少"}},
	{OpAtMost, []string{"<=", "≤", "小于等于", "不超过", "不高于", "不大于", "至多"}},
	{OpUnequal, []string{"!=", "≠", "<>", "不等于", "不是"}},
	{OpEqual, []string{"==", "=", "等于", "是", "为"}},
	{OpMore, []string{">", "大于", "超过", "高于", "晚于", "多于"}},
	{OpLess, []string{"<", "小于", "低于", "早于", "少于", "不到"}},
	{OpContains, []string{"包含", "含有", "含"}},
	{OpIn, []string{"属于", "在"}},
	{OpFilled, []string{"不为空", "已填", "有值"}},
	{OpEmpty, []string{"为空", "没填", "未填", "没有填"}},
}

// or reads alternatives. Mixing 且 and 或 needs brackets, since people read such sentences either way.
func (p *parser) expr() (Expr, bool) {
	if p.depth++; p.depth > maxDepth {
		p.fail("括号套得太深", "拆成两条规则")
		return nil, false
	}
	defer func() { p.depth-- }()
	first, ok := p.operand()
	if !ok {
		return nil, false
	}
	args, op := []Expr{first}, Op("")
	for {
		from := p.pos
		next := p.maybe("且", "并且", "或", "或者")
		if next == "" {
			break
		}
		o := OpAnd
		if strings.HasPrefix(next, "或") {
			o = OpOr
		}
		if op != "" && o != op {
			p.pos = from
			p.fail("\"且\"和\"或\"混着写,分不清先后", "用括号标出先后,例如 (甲 或 乙) 且 丙")
			return nil, false
		}
		arg, ok := p.operand()
		if !ok {
			return nil, false
		}
		op, args = o, append(args, arg)
	}
	if op == "" {
		return first, true
	}
	return Operation{op, args}, true
}

// operand reads one condition: brackets, a negation or a comparison.
func (p *parser) operand() (Expr, bool) {
	p.blanks()
	if p.maybe("非", "并非") != "" {
		if p.depth++; p.depth > maxDepth {
			p.fail("\"非\"写得太多,看不清是不是", "去掉成对的 非")
			return nil, false
		}
		e, ok := p.operand()
		p.depth--
		return Operation{OpNot, []Expr{e}}, ok
	}
	if p.bracketed() {
		p.maybe("(")
		e, ok := p.expr()
		if !ok {
			return nil, false
		}
		if p.word(")") == "" {
			return nil, false
		}
		return e, true
	}
	return p.comparison()
}

// bracketed reports whether a bracket opens conditions rather than an amount.
func (p *parser) bracketed() bool {
	p.blanks()
	return p.pos < len(p.text) && p.text[p.pos] == '('
}

func (p *parser) comparison() (Expr, bool) {
	left, ok := p.sum()
	if !ok {
		return nil, false
	}
	if f, isField := left.(FieldOf); isField && f.Field.Type == Bool && !p.operatorAhead() {
		return Operation{OpEqual, []Expr{left, Literal{yes, "是"}}}, true
	}
	from := p.pos
	op, ok := p.operator()
	if !ok {
		return nil, false
	}
	switch op {
	case OpEmpty, OpFilled:
		return Operation{op, []Expr{left}}, true
	case OpIn:
		return p.list(left)
	}
	at := p.pos
	right, ok := p.value(left)
	if !ok {
		p.unread(left, at)
		return nil, false
	}
	if !fits(op, typeOf(left), typeOf(right)) {
		p.pos = from
		return nil, p.unfit(op, left, right)
	}
	return Operation{op, []Expr{left, right}}, true
}

// unread reports a value that begins as one and was not understood: 五十完.
func (p *parser) unread(left Expr, at int) {
	for at < len(p.text) && unicode.IsSpace(p.text[at]) {
		at++
	}
	if p.wrong != nil || at >= len(p.text) || !strings.ContainsRune(digitSigns+chineseSigns, p.text[at]) || example(typeOf(left)) == "" {
		return
	}
	end := p.run(at, digitSigns+chineseSigns)
	if p.far > end+1 {
		return // it went on well behind the value
	}
	p.pos = at
	p.fail("这个值看不懂", example(typeOf(left)))
	if end < len(p.text) && typeOf(left) == Money && strings.ContainsRune("完玩碗w", p.text[end]) { // what a keyboard makes of 万
		p.wrong.with, p.wrong.instead = string(p.raw[at:end+1]), string(p.raw[at:end])+"万"
	}
}

// unfit reports types that cannot be compared.
func (p *parser) unfit(op Op, left, right Expr) bool {
	l, r := typeOf(left), typeOf(right)
	if l != r {
		p.fail(l.String()+"不能和"+r.String()+"比", example(l))
	} else {
		p.fail(l.String()+"不能用 "+string(op)+" 比", "可以写 = 或 ≠")
	}
	return false
}

func example(t Type) string {
	switch t {
	case Money:
		return "金额写成 5万 或 ¥50000"
	case Percent:
		return "百分比写成 30%"
	case Number:
		return "数字写成 3"
	case Date:
		return "日期写成 2026-03-31,或 今天"
	case Duration:
		return "时长写成 48小时"
	case Text:
		return "文字加引号,例如 \"设备\""
	}
	return ""
}

func (p *parser) operatorAhead() bool {
	from, far, wanted, known := p.pos, p.far, p.wanted, p.known
	_, ok := p.operator()
	p.pos, p.far, p.wanted, p.known = from, far, wanted, known
	return ok
}

func (p *parser) operator() (Op, bool) {
	var words []string
	for _, o := range operators {
		words = append(words, o.words...)
	}
	w := p.maybe(words...)
	if w == "" {
		for _, o := range []string{"=", ">", "<", "包含", "为空"} {
			p.miss(o)
		}
	}
	for _, o := range operators {
		if w != "" && slices.Contains(o.words, w) {
			return o.op, true
		}
	}
	return "", false
}

// list reads the members of 属于: (A、B) or A、B.
func (p *parser) list(left Expr) (Expr, bool) {
	args := []Expr{left}
	open := p.maybe("(") != ""
	for {
		from := p.pos
		v, ok := p.value(left)
		if !ok {
			return nil, false
		}
		if !fits(OpIn, typeOf(left), typeOf(v)) {
			p.pos = from
			return nil, p.unfit(OpIn, left, v)
		}
		args = append(args, v)
		if p.maybe("、", ",", "或") == "" {
			break
		}
	}
	if open && p.word(")") == "" {
		return nil, false
	}
	return Operation{OpIn, args}, true
}

// sum reads terms with + and -, product one with *.
func (p *parser) sum() (Expr, bool) {
	left, ok := p.product()
	for ok {
		from := p.pos
		w := p.maybe("+", "加", "-", "减")
		if w == "" {
			return left, true
		}
		op := OpPlus
		if w == "-" || w == "减" {
			op = OpMinus
		}
		var right Expr
		if right, ok = p.product(); !ok {
			return nil, false
		}
		if !fits(op, typeOf(left), typeOf(right)) {
			p.pos = from
			p.fail(typeOf(left).String()+"和"+typeOf(right).String()+"不能加减", "")
			return nil, false
		}
		left = Operation{op, []Expr{left, right}}
	}
	return nil, false
}

func (p *parser) product() (Expr, bool) {
	left, ok := p.term()
	for ok {
		from := p.pos
		if p.maybe("*", "×", "乘以", "的") == "" {
			return left, true
		}
		var right Expr
		if right, ok = p.term(); !ok {
			return nil, false
		}
		if !fits(OpTimes, typeOf(left), typeOf(right)) {
			p.pos = from
			p.fail(typeOf(left).String()+"和"+typeOf(right).String()+"不能相乘", "")
			return nil, false
		}
		left = Operation{OpTimes, []Expr{left, right}}
	}
	return nil, false
}

func (p *parser) term() (Expr, bool) {
	if e, ok := p.fieldOf(); ok {
		return e, true
	}
	return p.plain()
}

// plain reads a literal that needs no field to be understood.
func (p *parser) plain() (Expr, bool) {
	from := p.pos
	if p.maybe("今天", "今日", "当天") != "" {
		return Today{}, true
	}
	if p.maybe("月初", "本月1号") != "" {
		return MonthStart{}, true
	}
	if v, ok := p.share(); ok { // before 百分 is taken for minutes
		return Literal{v, strings.TrimSpace(string(p.text[from:p.pos]))}, true
	}
	if d, ok := p.date(); ok {
		return Literal{Value{Type: Date, Day: d}, d.String()}, true
	}
	if s, ok := p.span(); ok {
		return Literal{Value{Type: Duration, N: int64(s.natural().Seconds())}, s.String()}, true
	}
	if v, ok := p.literal(); ok {
		return Literal{v, strings.TrimSpace(string(p.text[from:p.pos]))}, true
	}
	if t, ok := p.quoted(); ok {
		return Literal{Value{Type: Text, S: t}, "\"" + t + "\""}, true
	}
	return nil, false
}

// value reads what a field is compared with: an option of its own, with or without quotation marks, or any term. A bare
// number beside money is an amount in yuan.
func (p *parser) value(left Expr) (Expr, bool) {
	f, isField := left.(FieldOf)
	if isField && f.Field.Type == Enum {
		return p.option(f.Field)
	}
	if isField && f.Field.Type == Bool {
		switch p.word("是", "真", "否", "假") {
		case "是", "真":
			return Literal{yes, "是"}, true
		case "否", "假":
			return Literal{no, "否"}, true
		}
		return nil, false
	}
	if isField && f.Field.Type == Text { // a person's name needs no quotation marks
		if n := p.maybe(keys(p.names.People)...); n != "" {
			return Literal{Value{Type: Text, S: n}, n}, true
		}
	}
	right, ok := p.sum()
	if l, isLiteral := right.(Literal); ok && isLiteral {
		return suited(l, typeOf(left)), true
	}
	if !ok && typeOf(left) == Text {
		p.bareText()
	}
	return right, ok
}

// bareText reports a text that lacks its quotation marks.
func (p *parser) bareText() {
	p.blanks()
	i := p.pos
	for i < len(p.text) && !unicode.IsSpace(p.text[i]) && !strings.ContainsRune("()、,;\"", p.text[i]) {
		i++
	}
	if word := string(p.raw[p.pos:i]); word != "" {
		p.fail("文字要加引号", "写成 \""+word+"\"")
		p.wrong.with, p.wrong.instead = word, "\""+word+"\""
	}
}

// suited gives a bare number the unit of what it is compared with.
func suited(l Literal, t Type) Expr {
	switch {
	case l.Value.Type == Number && t == Money:
		l.Value.Type, l.Words = Money, l.Words+"元"
	case l.Value.Type == Number && t == Percent:
		l.Value.Type, l.Words = Percent, l.Words+"%"
	}
	return l
}

// option reads one of a field's options.
func (p *parser) option(f *Field) (Expr, bool) {
	p.blanks()
	quote := p.pos < len(p.text) && p.text[p.pos] == '"'
	if quote {
		p.pos++
	}
	o, ok := p.optionName(f)
	if !ok {
		return nil, false
	}
	if quote && p.word("\"") == "" {
		return nil, false
	}
	return Literal{Value{Type: Enum, S: o.Key}, o.Name}, true
}

func (p *parser) optionName(f *Field) (Option, bool) {
	var names []string
	for _, o := range f.Options {
		names = append(append(names, o.Name), o.Aliases...)
	}
	n := p.name(optionNames(f), names)
	for _, o := range f.Options {
		if n != "" && (o.Name == n || slices.Contains(o.Aliases, n)) {
			return o, true
		}
	}
	return Option{}, false
}

// maxNamed bounds how many options an error names.
const maxNamed = 8

func optionNames(f *Field) string {
	var names []string
	for _, o := range f.Options[:min(len(f.Options), maxNamed)] {
		names = append(names, o.Name)
	}
	if len(names) == 0 {
		return f.Name + "的取值"
	}
	return strings.Join(names, "、")
}

// date reads 2026-03-31.
func (p *parser) date() (sales.Day, bool) {
	var d sales.Day
	ok := p.try(func() bool {
		p.blanks()
		if p.pos+10 > len(p.text) {
			return false
		}
		var err error
		if d, err = sales.ParseDay(string(p.text[p.pos : p.pos+10])); err != nil {
			return false
		}
		p.pos += 10
		return true
	})
	return d, ok
}

// decimal writes hundredths without needless zeros.
func decimal(n int64) string {
	s := strconv.FormatInt(n/100, 10)
	if r := n % 100; r != 0 {
		if r < 0 {
			r = -r
		}
		s += strings.TrimRight("."+strconv.Itoa(int(r)/10)+strconv.Itoa(int(r)%10), "0")
	}
	return s
}
