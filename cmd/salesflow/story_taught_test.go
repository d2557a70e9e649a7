package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"salesflow/bot/bottest"
)

// taught is a person who types only what the bot showed them: what stands on their phone word for word, or a form that 帮助 of
// the command shows, with things of their own in its place.
type taught struct {
	*bottest.Phone
	t     *testing.T
	w     world
	name  string
	all   string // what 帮助 全部 said
	forms map[string][]string
}

// learner opens the chat and reads 帮助 and 帮助 全部.
func learner(t *testing.T, s *bottest.Story, w world, name string) *taught {
	t.Helper()
	p := &taught{Phone: s.As(name).Skip(), t: t, w: w, name: name, forms: map[string][]string{}}
	p.Phone.Say("帮助")
	p.ExpectText("你常用的", "帮助 全部")
	p.Phone.Say("帮助 全部")
	p.ExpectText("能用的指令")
	p.all = p.read()
	return p
}

// read is everything on the phone, 帮助 included, without line breaks that a platform adds.
func (p *taught) read() string {
	var b strings.Builder
	for _, m := range p.w.shown(p.t, p.name) {
		b.WriteString(strings.ReplaceAll(bottest.Plain(m), "  \n", "\n") + "\n")
	}
	return b.String()
}

// Do types a command after having looked it up.
func (p *taught) Do(text string) *bottest.Phone {
	p.t.Helper()
	word, _, _ := strings.Cut(text, " ")
	if !regexp.MustCompile(`[、\s]` + regexp.QuoteMeta(word) + `(、|\s|$)`).MatchString(p.all) {
		p.t.Fatalf("帮助 全部 does not show %s the command %s", p.name, word)
	}
	if p.forms[word] == nil {
		p.Skip()
		p.Phone.Say("帮助 " + word)
		deep := strings.ReplaceAll(bottest.Plain(p.ExpectText("**"+word+"**", "写法:"+word).Message), "  \n", "\n")
		p.forms[word] = formsIn(word, deep)
	}
	if !strings.Contains(p.read(), text) && !slices.ContainsFunc(p.forms[word], func(form string) bool { return follows(text, form) }) {
		p.t.Fatalf("%s was never shown how to write %q; 帮助 %s shows\n%s", p.name, text, word, strings.Join(p.forms[word], "\n"))
	}
	return p.Phone.Say(text)
}

// formsIn are the ways of writing a command that its 帮助 shows: in its usage, in what is said about it, and as example.
func formsIn(word, help string) []string {
	var out []string
	for _, part := range regexp.MustCompile(`[:。;,\n]|写法:| / `).Split(help, -1) {
		if part = strings.TrimSpace(part); part == word || strings.HasPrefix(part, word+" ") {
			out = append(out, part)
		}
	}
	for _, line := range strings.Split(help, "\n") { // an example holds commas of its own
		if example, ok := strings.CutPrefix(line, "试试:"); ok {
			out = append(out, strings.TrimSpace(example))
		}
		if usage, ok := strings.CutPrefix(line, "写法:"); ok {
			out = append(out, strings.Split(strings.TrimSpace(usage), " / ")...)
		}
	}
	return out
}

// what a word of a command stands for; the first that fits. What fits none is words of one's own.
var kindsOfWords = []struct {
	kind string
	re   *regexp.Regexp
}{
	{"number", regexp.MustCompile(`^[A-Z]{2,4}\d{4}-\d{3}$`)},
	{"prepayment", regexp.MustCompile(`^(预付|\d+%预付)$`)},
	{"days", regexp.MustCompile(`^(账期|交期)(\d+天)?$`)},
	{"money", regexp.MustCompile(`^(金额|单价|(单价)?\d+(\.\d+)?(万|元))$`)},
	{"quantity", regexp.MustCompile(`^(数量|\d+(台|箱|件))$`)},
	{"customer", regexp.MustCompile(`^(客户|绍兴市立医院|绍兴市立|恒大紧固件)$`)},
	{"pipeline", regexp.MustCompile(`流程$`)},
	{"stage", regexp.MustCompile(`^(初步接触|需求确认|方案提交|价格谈判|合同签署|打样|试产评估|批量交付)$`)},
	{"product", regexp.MustCompile(`^(产品名?|(全自动)?生化分析仪|六角螺栓M8|主轴套)$`)},
	{"of", regexp.MustCompile(`^(我的|本月|上月|华东一组|预计签约|下月底签|明天上午|昨天)$`)},
}

func kindOf(word string) string {
	for _, k := range kindsOfWords {
		if k.re.MatchString(word) {
			return k.kind
		}
	}
	return "words"
}

// follows reports whether a text is written in a form: the same command, and what stands behind it stands there in the form's
// order. Words of one's own may be more than one.
func follows(text, form string) bool {
	said, shown := strings.Fields(strings.ReplaceAll(text, ",", " ")), strings.Fields(strings.ReplaceAll(form, ",", " "))
	if len(shown) == 0 || said[0] != shown[0] {
		return false
	}
	at := 1
	for i, word := range said[1:] {
		kind := kindOf(word)
		if i > 0 && kind == "words" && kindOf(said[i]) == "words" {
			continue
		}
		for at < len(shown) && kindOf(shown[at]) != kind {
			at++
		}
		if at == len(shown) {
			return false
		}
		at++
	}
	return true
}

func TestWhatWasNotShownIsNotKnown(t *testing.T) {
	t.Parallel()
	help := "**发货** 记一次发货\n写法:发货 HT2026-018 10台 单号 SF1234567890 后天送到\n合同号或客户。要先发由总监 放行。\n试试:发货 HT2026-001 1台"
	forms := formsIn("发货", help)
	for text, want := range map[string]bool{
		"发货 HT2026-002 3台": true, "发货 HT2026-002": true, "发货 3台 HT2026-002": false, "发货 HT2026-002 45万": false, "发货 绍兴市立医院": false,
		"发货 HT2026-002 3台 单号 SF9 明天送到": true,
	} {
		if got := slices.ContainsFunc(forms, func(f string) bool { return follows(text, f) }); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
