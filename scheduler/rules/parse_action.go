package rules

import (
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
)

// steps reads 则 … 再过 24小时 则 ….
func (p *parser) steps() bool {
	p.maybe(",", ";")
	if p.word("则", "就", "那么") == "" {
		return false
	}
	for {
		var st Step
		if n := len(p.rule.Steps); n > 0 {
			s, ok := p.span()
			if !ok {
				return false
			}
			st.After = s
			if p.misplaced() {
				return false
			}
			p.maybe("后", "还没处理", "仍未处理", "未处理")
			p.maybe(",")
			if p.round(s) {
				return p.wrong == nil
			}
			if p.word("则", "就") == "" {
				return false
			}
		}
		if !p.actions(&st) || !p.again(&st) {
			return false
		}
		p.rule.Steps = append(p.rule.Steps, st)
		if !p.try(func() bool { p.word(";", ",", "."); return p.maybe("再过", "再等", "过", "又过") != "" }) {
			return true
		}
	}
}

func (p *parser) actions(st *Step) bool {
	for {
		if p.maybe("紧急", "立即") != "" {
			p.rule.Urgent = true
		}
		a, ok := p.action()
		if !ok {
			return false
		}
		if st.Actions = append(st.Actions, a); len(st.Actions) > 10 {
			p.fail("一步里的动作太多", "一步最多 10 个动作")
			return false
		}
		if p.maybe("并", "并且", "同时", "和") != "" {
			continue
		}
		from := p.pos
		if w := p.maybe("且", "而且", "以及", "、"); w != "" && p.doAhead() {
			p.pos = from
			p.blanks()
			p.fail("动作之间用 并 接", "写成 "+"并 创建待办 这样的")
			p.wrong.with, p.wrong.instead = w, "并"
			return false
		}
		p.pos = from
		return true
	}
}

var doWords = []struct {
	do    Do
	words []string
}{
	{Push, []string{"推送给", "推送", "通知", "提醒", "告诉", "抄送给", "抄送"}},
	{Todo, []string{"创建待办", "建待办", "生成待办"}},
	{Set, []string{"修改", "改", "设置"}},
	{Mail, []string{"发邮件给", "发邮件", "邮件通知"}},
	{SMS, []string{"发短信给", "发短信", "短信通知"}},
	{Webhook, []string{"调用"}},
	{Approve, []string{"发起审批"}},
	{Material, []string{"发资料", "推送资料"}},
	{Task, []string{"转任务给", "转任务", "派任务给", "派任务"}},
	{Calibrate, []string{"发起校准"}},
}

func (p *parser) action() (Action, bool) {
	var words []string
	for _, d := range doWords {
		words = append(words, d.words...)
	}
	w := p.word(words...)
	if w == "" {
		return Action{}, false
	}
	i := slices.IndexFunc(doWords, func(d struct {
		do    Do
		words []string
	},
	) bool {
		return slices.Contains(d.words, w)
	})
	a := Action{Do: doWords[i].do}
	var ok bool
	switch a.Do {
	case Push:
		p.maybe("给")
		ok = p.recipients(&a) && p.message(&a) && p.face(&a) && p.buttons(&a)
	case Mail, SMS:
		p.maybe("给")
		ok = p.recipients(&a) && p.message(&a)
	case Todo:
		ok = (p.maybe("给") == "" || p.recipients(&a)) && p.message(&a) && p.within(&a)
	case Task:
		p.maybe("给")
		ok = p.recipients(&a) && p.message(&a) && p.within(&a)
	case Set:
		ok = p.set(&a)
	case Calibrate:
		if ok = p.rule.Trigger.Object.Key == ObjectCustomer; !ok {
			p.fail("校准的是客户的关键信息", "换成 当 … 对每个 客户 则 发起校准")
		}
	case Webhook:
		a.Target, ok = p.target("接口名", p.names.Webhooks)
	case Approve:
		ok = p.approval(&a) && p.message(&a) && p.consent(&a)
	case Material:
		if a.Target, ok = p.target("资料名", p.names.Materials); ok && p.word("给") != "" {
			ok = p.recipients(&a)
		}
	}
	return a, ok
}

// ownTopic is what may stand where an approval is asked for, as errors say it.
const ownTopic = "\"自己起的事由\""

// maxTopic bounds what an approval is asked for, in characters.
const maxTopic = 20

// approval reads what an approval is asked for: a word that is known, or one of the company's own in quotation marks.
func (p *parser) approval(a *Action) bool {
	p.blanks()
	if p.pos < len(p.text) && p.text[p.pos] == '"' {
		from := p.pos
		t, ok := p.quoted()
		if n := len([]rune(t)); !ok || n == 0 || n > maxTopic {
			p.pos = from
			p.fail("审批的事由要在 1 到 20 个字之间,两边加引号", "例如 发起审批 \"超期发货\"")
			return false
		}
		a.Target = t
		return true
	}
	a.Target = p.name("审批的事由", p.names.Approvals)
	if a.Target == "" {
		p.miss(ownTopic)
	}
	return a.Target != ""
}

// consent takes an optional 通过后放行, 通过后 修改 级别 为 KA.
func (p *parser) consent(a *Action) bool {
	if !p.try(func() bool {
		p.maybe(",", "(")
		return p.maybe("审批通过后", "通过后", "通过了就", "批准后", "批了就", "同意后") != ""
	}) {
		return true
	}
	o := p.rule.Trigger.Object
	if p.maybe("修改", "改", "设置", "把") != "" {
		if writable(o)[0] == "没有" {
			return p.noGrant(o)
		}
		var set Action
		if !p.set(&set) {
			return false
		}
		a.Consent = &Consent{Field: set.Field, Value: set.Value}
		p.maybe(")")
		return true
	}
	if len(o.Grants) == 0 {
		return p.noGrant(o)
	}
	var words []string
	for _, g := range o.Grants {
		words = append(append(words, g.Name), g.Aliases...)
	}
	p.miss("修改")
	n := p.name("通过后做的事", words)
	for i, g := range o.Grants {
		if n != "" && (g.Name == n || slices.Contains(g.Aliases, n)) {
			a.Consent = &Consent{Grant: &o.Grants[i]}
		}
	}
	p.maybe(")")
	return a.Consent != nil
}

// noGrant says what an approval about an object can bring about.
func (p *parser) noGrant(o *Object) bool {
	fix := "去掉 通过后,批完由人照办"
	if w := writable(o); w[0] != "没有" {
		fix = "写成 通过后 修改 " + w[0] + " 为 …,或者去掉 通过后"
	}
	for i := range p.schema.Objects {
		if other := &p.schema.Objects[i]; len(other.Grants) > 0 && p.ahead(other.Grants[0].Name) {
			fix = other.Grants[0].Name + "的是" + other.Name + ",例如 当 " + other.Name + " " + firstDeed(other) + " 则 发起审批 …"
			break
		}
	}
	p.fail(o.Name+"的审批通过后没有能自动办的事", fix)
	return false
}

// firstDeed is something that happens to records of an object, for an example.
func firstDeed(o *Object) string {
	if len(o.Deeds) > 0 {
		return o.Deeds[0].Word
	}
	return "…"
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// target reads a name, with or without quotation marks.
func (p *parser) target(what string, names []string) (string, bool) {
	p.blanks()
	quote := p.pos < len(p.text) && p.text[p.pos] == '"'
	if quote {
		p.pos++
	}
	if len(names) == 0 {
		p.fail("还没有配置任何"+what, "先请管理员在配置里加上")
		return "", false
	}
	n := p.name(what, names)
	if n == "" || quote && p.word("\"") == "" {
		return "", false
	}
	return n, true
}

// message takes an optional text.
func (p *parser) message(a *Action) bool {
	p.blanks()
	if p.pos >= len(p.text) || p.text[p.pos] != '"' {
		return true
	}
	from := p.pos
	t, ok := p.quoted()
	if !ok {
		p.fail("引号没有配对", "文字两边都加引号")
		return false
	}
	if n := len([]rune(t)); n == 0 || n > 200 {
		p.pos = from
		p.fail("文字要在 1 到 200 个字之间", "")
		return false
	}
	a.Text = t
	return p.parts(a, from)
}

// within takes an optional 3天内.
func (p *parser) within(a *Action) bool {
	p.maybe(",", "限")
	return p.try(func() bool {
		s, ok := p.span()
		if !ok || p.word("内", "之内", "以内") == "" {
			return false
		}
		a.Within = s
		return true
	}) || p.wrong == nil
}

// set reads 客户.级别 为 B.
func (p *parser) set(a *Action) bool {
	e, ok := p.fieldOf()
	if !ok {
		return false
	}
	f := e.(FieldOf)
	if f.Via != nil || !f.Field.Writable {
		p.fail(f.Field.Name+"不能由规则修改", "规则能改的:"+strings.Join(writable(p.rule.Trigger.Object), "、"))
		return false
	}
	if p.word("为", "成", "=") == "" {
		return false
	}
	at := p.pos
	v, ok := p.value(f)
	l, isLiteral := v.(Literal)
	if ok && !isLiteral {
		p.pos = at
		p.fail("这里只能写一个定下来的值", example(f.Field.Type))
	}
	if !ok || !isLiteral {
		return false
	}
	if l.Value.Type != f.Field.Type {
		p.fail(f.Field.Name+"要写"+f.Field.Type.String(), example(f.Field.Type))
		return false
	}
	a.Field, a.Value = f.Field, l.Value
	return true
}

func writable(o *Object) []string {
	var out []string
	for _, f := range o.Fields {
		if f.Writable {
			out = append(out, f.Name)
		}
	}
	if len(out) == 0 {
		return []string{"没有"}
	}
	return out
}

// recipients reads 法务主管、销售总监.
func (p *parser) recipients(a *Action) bool {
	for {
		r, ok := p.recipient()
		if !ok {
			return false
		}
		if !slices.Contains(a.To, r) {
			a.To = append(a.To, r)
		}
		if len(a.To) > 20 {
			p.fail("一次通知的人太多", "一个动作最多写 20 个")
			return false
		}
		if !p.try(func() bool {
			w := p.maybe("、", ",", "和", "及", "以及")
			return w != "" && (w == "、" || !p.doAhead())
		}) {
			return true
		}
	}
}

// doAhead reports whether an action comes next, so that 和 joins actions and not people.
func (p *parser) doAhead() bool {
	var words []string
	for _, d := range doWords {
		words = append(words, d.words...)
	}
	return p.ahead(append(words, "再过", "每", "最多", "紧急", "认领", "到2", "到 2", "有效到", "从2", "从 2", "自2", "自 2")...)
}

func (p *parser) recipient() (Recipient, bool) {
	if r, ok := p.group(); ok || p.wrong != nil {
		return r, ok
	}
	p.recipientNames()
	from := p.pos
	n := p.name("谁", p.who)
	if n == "" {
		p.nobody()
		return Recipient{}, false
	}
	r := p.whom[n]
	if r.Kind == ToPerson && len(p.names.People[n]) > 1 {
		p.pos = from
		p.fail("叫"+n+"的不止一个", "换成角色,例如 法务主管")
		return Recipient{}, false
	}
	for p.maybe("的主管", "的上级", "的领导") != "" {
		if r.Superiors++; r.Superiors > 5 {
			p.fail("上级最多往上 5 层", "")
			return Recipient{}, false
		}
		r.Name += "的主管"
	}
	return r, true
}

// nobody reports a word that stands where somebody is named and is nobody's name nor like one.
func (p *parser) nobody() {
	p.blanks()
	i := p.pos
	for i < len(p.text) && i-p.pos < 12 && unicode.Is(unicode.Han, p.text[i]) {
		i++
	}
	word := string(p.text[p.pos:i])
	if strings.HasPrefix(word, "他") || strings.HasPrefix(word, "她") || strings.HasPrefix(word, "其") {
		p.fail("不知道"+word+"说的是谁", "写清楚是谁的,例如 当前审批人的主管、负责人的主管")
		return
	}
	if len([]rune(word)) < 2 || strings.ContainsAny(word, "并则就再") || len(p.names.Roles) == 0 {
		return
	}
	relation := false
	for i := range p.schema.Objects {
		relation = relation || slices.ContainsFunc(p.schema.Objects[i].Relations, func(r Relation) bool { return r.Name == word })
	}
	if o := p.rule.Trigger.Object; relation && o != nil {
		fix := "写角色、人名" + relations(o)
		if o.Key == ObjectCompany {
			fix = "要逐条看就写 对每个,例如 当 每天 9:00 对每个 客户 则 推送 负责人;全公司一次就推给角色或人"
		}
		p.fail("这里没有"+word, fix)
		return
	}
	if slices.ContainsFunc(p.who, func(n string) bool { return alike(n, word) }) {
		return // a slip, which the repair finds
	}
	roles := slices.DeleteFunc([]string{"销售总监", "法务主管", "主管", "财务"}, func(n string) bool { return p.names.Roles[n] == "" })
	roles = append(roles, keys(p.names.Roles)...)
	slices.SortStableFunc(roles, func(a, b string) int { return unlike(a, word) - unlike(b, word) })
	roles = slices.Compact(roles)
	p.fail("没有叫"+word+"的同事,也没有这个角色", "角色写 "+strings.Join(roles[:min(len(roles), 4)], "、")+" 这样的,人写全名"+relations(p.rule.Trigger.Object))
}

// unlike is how far a role is from a word; those that share nothing with it are all the same.
func unlike(name, word string) int {
	if !strings.ContainsAny(name, word) {
		return 100
	}
	return levenshtein.ComputeDistance(name, word)
}

// alike reports whether a word is a name but for a slip.
func alike(name, word string) bool {
	d := levenshtein.ComputeDistance(name, word)
	n, m := len([]rune(name)), len([]rune(word))
	return d == 1 && (n > 2 || n == m) || d == 2 && n > 4
}

// relations are those whom a rule about an object can name by what they are to it.
func relations(o *Object) string {
	if o == nil || len(o.Relations) == 0 {
		return ""
	}
	names := make([]string, len(o.Relations))
	for i, r := range o.Relations {
		names[i] = r.Name
	}
	return ",或 " + strings.Join(names, "、")
}

// recipientNames makes the words for people and roles, once: a large company has thousands.
func (p *parser) recipientNames() {
	if p.whom != nil {
		return
	}
	p.whom = make(map[string]Recipient, len(p.names.Roles)+len(p.names.People))
	for n, role := range p.names.Roles {
		p.whom[n] = Recipient{Kind: ToRole, Key: role, Name: n}
	}
	for _, n := range p.names.Rosters {
		r := Recipient{Kind: ToRoster, Key: n, Name: "值班(" + n + ")"}
		p.whom[r.Name], p.whom[n+"值班"] = r, r
	}
	for n, ids := range p.names.People {
		p.whom[n] = Recipient{Kind: ToPerson, Name: n, Person: ids[0]}
	}
	if o := p.rule.Trigger.Object; o != nil {
		for _, r := range o.Relations {
			p.whom[r.Name] = Recipient{Kind: ToRelation, Key: r.Key, Name: r.Name}
		}
	}
	p.who = keys(p.whom)
}

func (p *parser) group() (Recipient, bool) {
	var r Recipient
	ok := p.try(func() bool {
		if p.maybe("群聊", "群") == "" {
			return false
		}
		n, ok := p.target("群", p.names.Groups)
		r = Recipient{Kind: ToGroup, Key: n, Name: "群\"" + n + "\""}
		return ok
	})
	return r, ok
}
