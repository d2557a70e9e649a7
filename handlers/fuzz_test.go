package handlers_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/render"
	"salesflow/store/sales"
)

// renewAfter is after how many inputs the company begins anew.
const renewAfter = 250

// openings bring a person's dialogue to each of the questions the bot asks; what is fuzzed is the answer.
var openings = []string{
	"", "提交合同", "提交合同 绍兴市立医院", "拜访 绍兴第二医院 看了生化分析仪", "新客户", "新客户 杭州第一医院", "新商机", "新商机 绍兴市立医院 生化分析仪", "日报", "修改", "待办", "审批", "漏斗", "绑定",
	"拜访 绍兴市立医院 王主任 嫌贵30%,下周二前寄样", "完成", "催办", "撤销",
}

// steady is what a company that outlives one input of a fuzz target is made with: nothing in it belongs to that input.
type steady struct {
	testing.TB
	dir     string
	cleanup []func()
}

func newSteady(f *testing.F) *steady {
	f.Helper()
	dir, err := os.MkdirTemp("", "salesflow-fuzz-")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &steady{TB: f, dir: dir}
}

func (*steady) Helper()                   {}
func (s *steady) Cleanup(f func())        { s.cleanup = append(s.cleanup, f) }
func (*steady) Fatal(args ...any)         { panic(fmt.Sprint(args...)) }
func (*steady) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (*steady) Error(args ...any)         { panic(fmt.Sprint(args...)) }
func (*steady) Errorf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (s *steady) TempDir() string {
	dir, err := os.MkdirTemp(s.dir, "")
	if err != nil {
		panic(err)
	}
	return dir
}

// renew ends what was there and begins anew.
func (s *steady) renew() (*bench, []sales.ID) {
	for _, f := range s.cleanup {
		f()
	}
	s.cleanup = nil
	if left, err := os.ReadDir(s.dir); err == nil {
		for _, e := range left {
			_ = os.RemoveAll(filepath.Join(s.dir, e.Name()))
		}
	}
	return founded(s)
}

// shelf keeps no picture.
type shelf struct{}

func (shelf) KeepPicture(_ context.Context, id sales.ID, png []byte) (sales.File, error) {
	return sales.File{ID: id, Name: "chart.png", MIME: "image/png", Size: int64(len(png)), State: sales.FileKept, Version: 1}, nil
}

// founded is a company in which something has happened already, and the records that the buttons of its cards name.
func founded(tb testing.TB) (*bench, []sales.ID) {
	tb.Helper()
	w := newBench(tb)
	w.app.Pictures = shelf{}
	records := []sales.ID{shaoxing, ningbo, analyser, sales.ID(zhoumin)}
	note := func(w *bench) {
		for _, m := range w.new {
			if m.out.Card == nil {
				continue
			}
			for _, b := range m.out.Card.Buttons {
				records = append(records, sales.ID(b.Action.Record))
			}
		}
	}
	note(w.say(zhoumin, "拜访 绍兴市立医院 王主任 看了生化分析仪,嫌贵30%,下周二前寄样"))
	note(w.say(zhoumin, "新商机 绍兴市立医院 生化分析仪 128万"))
	note(w.say(zhoumin, "提交合同 绍兴市立医院 128万 账期30天 预付30% 质保10%"))
	note(w.send(zhoumin, "合同.pdf"))
	note(w.say(liqiang, "拜访 宁波市立医院 李主任 想要报价,周五前发"))
	slices.Sort(records)
	return w, slices.Compact(records)
}

// checkTold is what holds of everything that is sent: it can be drawn on both platforms, and no word of anybody's is markup
// in it.
func checkTold(t *testing.T, in string, m told) {
	t.Helper()
	switch {
	case m.out.Card != nil:
		c := *m.out.Card
		if _, err := render.WeCom(c, render.WeComOptions{TaskID: "t"}); err != nil {
			t.Fatalf("%q is answered with a card that WeCom refuses: %v\n%s", in, err, showCard(c))
		}
		if _, err := render.DingTalk(c, render.DingTalkOptions{}); err != nil {
			t.Fatalf("%q is answered with a card that DingTalk refuses: %v\n%s", in, err, showCard(c))
		}
		links := 0
		for _, b := range c.Buttons {
			if b.URL != "" {
				links++
			}
		}
		if out := render.Markdown(c); strings.Count(out, "](") > links || strings.Contains(out, "<") {
			t.Fatalf("%q becomes markup: %s", in, out)
		}
	case m.out.Text != "":
		out, _ := render.Say(m.out.Text, true)
		if strings.TrimSpace(out) == "" {
			t.Fatalf("%q is answered with nothing that can be read: %q", in, m.out.Text)
		}
		if strings.Contains(out, "](") || strings.Contains(out, "<a") || strings.Contains(out, "<@") {
			t.Fatalf("%q becomes markup: %s", in, out)
		}
		if len(out) > 40_000 {
			t.Fatalf("%q is answered with %d bytes", in, len(out))
		}
	case m.out.File == nil && m.out.Todo == nil:
		t.Fatalf("%q is answered with nothing: %+v", in, m.out)
	}
}

// answered checks what came of one event of a person.
func (w *bench) answered(t *testing.T, in string, p sales.PersonID) {
	t.Helper()
	heard := false
	for _, m := range w.new {
		heard = heard || m.who == p || m.who == 0
		checkTold(t, in, m)
	}
	if !heard {
		t.Fatalf("%q is not answered:\n%s", in, w.screen())
	}
}

// FuzzText says any two things, one after the other, to a bot that has asked any of its questions: each is answered, in
// words that can be drawn and hold no markup of anybody's.
func FuzzText(f *testing.F) {
	for i, s := range []string{
		"帮助", "帮助 全部", "客户 绍兴", "拜访 绍兴市立医院 王主任 嫌贵30%,下周二前寄样", "提交合同 绍兴市立医院 128万 账期30天", "同意 HT2026-001", "驳回 HT2026-001 <a href=\"http://evil.example\">x</a>",
		"新客户 [点我](http://evil.example) 13812345678 医疗", "新客户 **粗** 0575-85123456", "' OR 1=1 --", "{{.Secret}}", "]]><x>", "=HYPERLINK(1)", "1", "取消", "是", "99999999999999999999", "改成 3万5",
		"@所有人", "\x00\xff", "👨‍👩‍👧", strings.Repeat("拜访 绍兴市立医院 ", 200), "加签 HT2026-001 李强", "转交 HT2026-001 孙静", "为什么催我", "漏斗 华东 上月", "绑定 123456", "推进 绍兴市立医院 报价", "输单 绍兴市立医院 价格", "%d%s%n", "\u202e拜访",
	} {
		f.Add(s, "1", uint8(i), uint8(i))
		f.Add("1", s, uint8(i*7), uint8(i+1))
	}
	var w *bench
	company := newSteady(f)
	n := 0
	f.Fuzz(func(t *testing.T, first, second string, opening, who uint8) {
		if n%renewAfter == 0 {
			w, _ = company.renew()
		}
		n++
		w.t = t
		defer func() { w.t = company }()
		p := people[int(who)%len(people)].ID
		if open := openings[int(opening)%len(openings)]; open != "" {
			w.say(p, open)
			w.answered(t, open, p)
		}
		w.say(p, first)
		w.answered(t, first, p)
		if who >= 128 {
			w.sayInGroup(p, second)
		} else {
			w.say(p, second)
		}
		w.answered(t, second, p)
	})
}

// FuzzTapped taps any button of any record in any version, with anything typed beside it. It is answered, or shows the
// card as it is.
func FuzzTapped(f *testing.F) {
	company := newSteady(f)
	w, records := company.renew()
	verbs := w.router.Verbs()
	for i := range verbs {
		f.Add(uint8(i), uint8(i), int64(0), int64(1), "", "", uint8(i), uint8(0))
		f.Add(uint8(i), uint8(255), int64(1)<<60, int64(-1), "a,b", "reason", uint8(i+1), uint8(1))
		f.Add(uint8(i), uint8(i+1), int64(0), int64(2), "1", "<a href=x>", uint8(2), uint8(2))
	}
	n := 0
	f.Fuzz(func(t *testing.T, verb, record uint8, id, version int64, arg, typed string, who, chat uint8) {
		if n%renewAfter == 0 {
			w, records = company.renew()
		}
		n++
		w.t = t
		defer func() { w.t = company }()
		if int(record) < len(records) {
			id = int64(records[record])
		}
		a := cards.Action{Verb: verbs[int(verb)%len(verbs)], Record: id, Version: version, Arg: arg}
		p := people[int(who)%len(people)].ID
		ev := bot.Event{Kind: bot.Tapped, Tap: &bot.Tap{Action: a.Encode(), Card: typed}}
		if typed != "" {
			ev.Tap.Input = map[string]string{"reason": typed, typed: arg}
		}
		if chat%3 == 1 {
			ev.Chat = bot.Chat{ID: groupChat, Group: true}
		}
		w.event(p, ev)
		for _, m := range w.new {
			checkTold(t, a.Encode(), m)
		}
		w.say(p, typed)
		w.answered(t, typed, p)
	})
}
