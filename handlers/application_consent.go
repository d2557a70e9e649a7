package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// What people write to ask that something follows by itself: 通过后放行, 批了就把级别改成 A, 通过后授信定为 200万.
var (
	reConsent = regexp.MustCompile(`[,,;;。]?\s*(?:审批通过后|通过后|通过了就|批准后|批了就|同意后)\s*(?:自动)?\s*` +
		`(放行|先发货|(?:把)?(?:修改|改)?\s*级别\s*(?:改成|改为|调到|调成|升到|升为|降到|降为|定为|成|为)\s*[A-Za-z]{1,2}类?|授信(?:提高|提|调|定|改)?(?:到|为|成)?\s*[0-9零一二三四五六七八九十百千万亿两.,¥]*元?)`)
	reClassTo  = regexp.MustCompile(`[,,;;。]?\s*(?:把)?(?:修改|改)?\s*(?:客户)?级别\s*(?:改成|改为|调到|调成|升到|升为|降到|降为|定为|成|为)\s*([A-Za-z]{1,2})类?`)
	reCreditTo = regexp.MustCompile(`授信(?:额度)?(?:提高|提|调|定|改)?(?:到|为|成)?\s*([0-9零一二三四五六七八九十百千万亿两.,¥]+元?)`)
)

// cutConsent takes out of what was said that something shall follow from the approval; asked is empty where nobody said so.
func cutConsent(text string) (asked sales.Effect, rest string) {
	at := reConsent.FindStringSubmatchIndex(text)
	if at == nil {
		return asked, text
	}
	said := text[at[2]:at[3]]
	rest = strings.TrimSpace(strings.TrimSpace(text[:at[0]]) + " " + strings.TrimSpace(text[at[1]:]))
	switch {
	case strings.HasPrefix(said, "授信"):
		asked = sales.Effect{Do: sales.EffectCredit}
		if m := reCreditTo.FindStringSubmatch(said); m != nil && quoteMoney(m[1]) > 0 {
			asked = sales.CreditEffect(quoteMoney(m[1]))
		}
	case strings.Contains(said, "级别"):
		m := reClassTo.FindStringSubmatch(said)
		if m == nil || sales.ParseClass(m[1]) == "" {
			return sales.Effect{}, text
		}
		asked = sales.ClassEffect(sales.ParseClass(m[1]))
	default:
		asked = sales.Effect{Do: sales.EffectRelease}
	}
	return asked, rest
}

// effectRule is what the company lets follow from the approval of an application for a topic about a kind of record.
func (a *App) effectRule(topic, about string) (sales.EffectRule, bool) {
	for _, r := range a.Settings.Effects {
		if kind, _ := r.Effect.About(); r.Topic == topic && kind == about {
			return r, true
		}
	}
	return sales.EffectRule{}, false
}

// topics are what is asked for, the company's own first, longer ones before those they begin with.
func (a *App) topics() []string {
	var out []string
	for _, r := range a.Settings.Effects {
		out = append(out, r.Topic)
	}
	out = append(out, sales.ApplicationTopics...)
	slices.SortStableFunc(out, func(x, y string) int { return len(y) - len(x) })
	return out
}

// What of an effect is missing, so that the next answer is taken for it.
const (
	lacksClass  = "class"
	lacksCredit = "credit"
)

// chooseEffect gives an application the effect the company lets follow from its approval, with the value its author says. lacks says
// what is still to be asked, refused why what was asked for does not go.
func (a *App) chooseEffect(x sales.Application, asked sales.Effect) (_ sales.Application, lacks, refused string) {
	rule, ok := a.effectRule(x.Topic, x.AboutKind)
	switch {
	case !ok && asked.IsZero():
		return x, "", ""
	case !ok || !asked.IsZero() && (asked.Do != rule.Effect.Do || !rule.Open() && rule.Effect.To != asked.To):
		return x, "", a.noEffect(x, asked, rule)
	}
	x.Effect = rule.Effect
	if !rule.Open() {
		return x, "", ""
	}
	switch rule.Effect.Do {
	case sales.EffectSet:
		if m := reClassTo.FindStringSubmatchIndex(x.Body); asked.To == "" && m != nil {
			asked.To = sales.ParseClass(x.Body[m[2]:m[3]])
			x.Body = bare(strings.TrimSpace(x.Body[:m[0]] + " " + x.Body[m[1]:]))
		}
		if asked.To == "" {
			return x, lacksClass, ""
		}
		x.Effect = sales.ClassEffect(asked.To)
	case sales.EffectCredit:
		limit := max(x.Amount, asked.Limit())
		if m := reCreditTo.FindStringSubmatch(x.Body); limit == 0 && m != nil {
			limit = quoteMoney(m[1])
		}
		if limit == 0 {
			return x, lacksCredit, ""
		}
		x.Effect, x.Amount = sales.CreditEffect(limit), limit
	}
	return x, "", ""
}

// noEffect refuses what somebody wants to follow by itself, with what to send instead.
func (a *App) noEffect(x sales.Application, asked sales.Effect, rule sales.EffectRule) string {
	words := asked.Words()
	if asked.Do == sales.EffectCredit {
		words = "改授信"
	}
	text := "\"" + x.Topic + "\"批了以后自动" + words + ",公司没有定。"
	if !rule.Effect.IsZero() {
		text = "\"" + x.Topic + "\"批了以后是" + rule.Words() + ",不是" + words + "。"
	}
	var known []string
	for _, r := range a.Settings.Effects {
		_, noun := r.Effect.About()
		known = append(known, r.Topic+"("+noun+")"+r.Words())
	}
	if len(known) > 0 {
		text += "能自动办的:" + strings.Join(known, ";") + "。"
	}
	about := x.AboutTitle
	for _, noun := range []string{"合同 ", "客户 "} {
		about = strings.TrimPrefix(about, noun)
	}
	if x.AboutKind != "customer" {
		about, _, _ = strings.Cut(about, " ")
	}
	return text + "批完由人照办的话,发:" + strings.Join(strings.Fields("审批申请 "+about+" "+x.Topic+" "+x.Body), " ")
}

// lacking asks for the value of an effect.
func lackingText(x sales.Application, lacks string) string {
	if lacks == lacksClass {
		return x.AboutTitle + "的级别批完改成什么?回 KA、A、B 或 C。不提了回 算了。"
	}
	return x.AboutTitle + "的授信批完定为多少?回 200万 这样的数。不提了回 算了。"
}

// filled puts the answer to what an effect lacked into what was said.
func (d applicationDraft) filled(said string) string {
	switch {
	case d.Lacks == lacksClass && sales.ParseClass(said) != "":
		return d.Text + " 级别改成 " + sales.ParseClass(said)
	case d.Lacks == lacksCredit && quoteMoney(said) > 0:
		return d.Text + " 金额 " + said
	}
	return d.Text + " " + said
}

// mayBring reports whether somebody may bring about by themselves what an application is for.
func (a *App) mayBring(ctx context.Context, t bot.Turn, tx Tx, x sales.Application) (func(sales.PersonID) bool, error) {
	has := func(roles ...sales.Role) func(sales.PersonID) bool {
		return func(id sales.PersonID) bool {
			p, ok := t.Org.Person(id)
			return ok && p.Has(roles...)
		}
	}
	switch x.Effect.Do {
	case sales.EffectRelease:
		return has(releasers...), nil
	case sales.EffectCredit:
		return has(creditors...), nil
	case sales.EffectSet:
		book, err := a.Names.Book(ctx)
		if err != nil {
			return nil, err
		}
		c, err := tx.CustomerByID(ctx, x.AboutID)
		if err != nil {
			return nil, err
		}
		return func(id sales.PersonID) bool {
			p, ok := t.Org.Person(id)
			as := t
			as.Person = p
			return ok && a.mayWorkOn(as, book, c) == nil && (x.Effect.To != "KA" && c.Class != "KA" || leads(as))
		}, nil
	}
	return func(sales.PersonID) bool { return false }, nil
}

// whoMay says in words who may bring an effect about.
func whoMay(e sales.Effect) string {
	switch e.Do {
	case sales.EffectRelease, sales.EffectCredit:
		return "财务或总监"
	}
	return "客户负责人或他的主管"
}

// bringer is the last of those who approved an application who may bring about what it is for; who stood in for such a one may, too.
// 0 when there is none.
func bringer(r approval.Request, may func(sales.PersonID) bool) sales.PersonID {
	for i := len(r.Log) - 1; i >= 0; i-- {
		e := r.Log[i]
		if e.Verb == approval.VerbApprove && e.Actor != 0 && (may(e.Actor) || e.For != 0 && may(e.For)) {
			return e.Actor
		}
	}
	return 0
}

// unable warns while an application is decided that nobody in its way may bring about what it is for; empty where somebody may.
func (a *App) unable(ctx context.Context, t bot.Turn, tx Tx, x sales.Application, r approval.Request) (string, error) {
	if x.Effect.IsZero() || r.State != approval.Pending || byRule(x) {
		return "", nil
	}
	may, err := a.mayBring(ctx, t, tx, x)
	if sales.KindOf(err) == sales.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for _, s := range r.Steps {
		for _, p := range s.Approvers {
			if may(p.Person) {
				return "", nil
			}
		}
	}
	return "审批的人里没有能" + effectVerb(x.Effect) + "的,批完不会自动办,要找" + whoMay(x.Effect) + "。", nil
}

// byRule reports whether an application's effect stands in a rule, whose author may change the field.
func byRule(x sales.Application) bool { return x.Rule != "" && x.Effect.Do == sales.EffectSet }

func effectVerb(e sales.Effect) string {
	switch e.Do {
	case sales.EffectRelease:
		return "放行"
	case sales.EffectCredit:
		return "定授信"
	}
	return "改" + e.Name
}
