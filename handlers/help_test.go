package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/store/sales"
)

// everyone are the people of the tests, by name.
func everyone(t *testing.T, test func(t *testing.T, w *bench, p sales.Person)) {
	for _, p := range people {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			test(t, newBench(t), p)
		})
	}
}

// told is the one thing a person was just told.
func (w *bench) told(p sales.PersonID) string {
	w.t.Helper()
	if len(w.new) != 1 || w.new[0].who != p {
		w.t.Fatalf("sent was:\n%s", w.screen())
	}
	return show(w.new[0])
}

func TestHelpFitsTheRole(t *testing.T) {
	t.Parallel()
	everyone(t, func(t *testing.T, w *bench, p sales.Person) {
		w.say(p.ID, "帮助")
		got := w.told(p.ID)
		lines := strings.Count(got, "\n· ")
		if lines < 2 || lines > 5 {
			t.Errorf("%d lines of help:\n%s", lines, got)
		}
		if !strings.Contains(got, p.Name+",你常用的") || !strings.Contains(got, "帮助 全部") {
			t.Errorf("help:\n%s", got)
		}
	})
}

// What help shows works when it is sent as it stands: that is what it is for.
func TestTheExamplesOfHelpWork(t *testing.T) {
	t.Parallel()
	everyone(t, func(t *testing.T, w *bench, p sales.Person) {
		w.say(p.ID, "帮助")
		for line := range strings.Lines(w.told(p.ID)) {
			example, ok := strings.CutPrefix(strings.TrimSpace(line), "· ")
			if !ok {
				continue
			}
			_, example, _ = strings.Cut(example, ":")
			first, _, _ := strings.Cut(example, " / ")
			w.say(p.ID, first)
			for _, m := range w.new {
				if text := show(m); m.who == p.ID && (strings.Contains(text, "没看懂") || strings.Contains(text, "没有\"") || strings.Contains(text, "权限")) {
					t.Errorf("%q, which help shows %s, is answered:\n%s", first, p.Name, text)
				}
			}
			if len(w.new) == 0 {
				t.Errorf("%q, which help shows %s, is not answered", first, p.Name)
			}
		}
	})
}

func TestAllCommandsAreTheOnesThatMayBeUsed(t *testing.T) {
	t.Parallel()
	everyone(t, func(t *testing.T, w *bench, p sales.Person) {
		w.say(p.ID, "帮助 全部")
		got := w.told(p.ID)
		listing := map[string]bool{}
		for _, line := range strings.Split(got, "\n") {
			if _, names, ok := strings.Cut(line, "** "); ok {
				for _, name := range strings.Split(names, "、") {
					listing[name] = true
				}
			}
		}
		for _, c := range w.router.Commands() {
			may := len(c.Roles) == 0 || slices.ContainsFunc(c.Roles, func(r sales.Role) bool { return p.Has(r) })
			if listed := listing[c.Name]; listed != may {
				t.Errorf("%s is listed: %v, may be used: %v", c.Name, listed, may)
			}
		}
	})
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	for _, c := range w.router.Commands() {
		if c.Summary == "" || c.Usage == "" {
			t.Errorf("%s has no help", c.Name)
		}
		for _, word := range append([]string{c.Name}, c.Aliases...) {
			w.say(zhoumin, "帮助 "+word)
			if got := w.told(zhoumin); word != "?" && word != "？" && !strings.Contains(got, "**"+c.Name+"**") {
				t.Errorf("帮助 %s:\n%s", word, got)
			}
			if banned := strings.IndexAny(w.told(zhoumin), "您亲！!"); banned >= 0 {
				t.Errorf("帮助 %s does not speak as we do:\n%s", word, w.told(zhoumin))
			}
		}
	}
}

func TestHelpForWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, "帮助 拜放")
	w.expect(zhoumin, "拜放", "帮助 拜访")
	w.say(zhoumin, "帮助 天气预报")
	w.expect(zhoumin, "天气预报", "帮助 全部")
	w.say(zhoumin, "帮助 "+strings.Repeat("长", 500))
	if got := w.told(zhoumin); len([]rune(got)) > 100 {
		t.Errorf("a long word comes back whole:\n%s", got)
	}
	w.say(zhoumin, "帮助。") // as a transcript writes it
	w.expect(zhoumin, "周敏,你常用的")
}

func TestSmallTalk(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	for _, hello := range []string{"你好", "在吗?", "早上好", "hi"} {
		w.say(zhoumin, hello).expect(zhoumin, "在。", "拜访")
	}
	for _, thanks := range []string{"谢谢", "好的", "收到。", "ok"} {
		if got := w.say(zhoumin, thanks).told(zhoumin); got != "好。" {
			t.Errorf("%s is answered %q", thanks, got)
		}
	}
}

func TestAMistypedCommandIsSuggested(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, "提交和同 绍兴市立医院")
	w.expect(zhoumin, "提交和同", "提交合同 绍兴市立医院")
	w.say(zhoumin, "/漏都")
	for _, m := range w.new {
		if text := show(m); strings.Contains(text, "拜访已记录") {
			t.Errorf("a mistyped command was filed:\n%s", text)
		}
	}
}

func TestANewcomerIsGreetedOnce(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.event(zhoumin, bot.Event{Kind: bot.Entered})
	w.expect(zhoumin, "我是销售流", "周敏,先试一句", "· 记一次拜访:拜访 ", "还能做什么发 帮助")
	w.event(zhoumin, bot.Event{Kind: bot.Entered})
	w.expectNothing(zhoumin)
}

// On WeCom the greeting comes when the chat is opened; where nothing tells that, the first 帮助 says who answers.
func TestTheFirstHelpSaysWhoAnswersOnce(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, "帮助")
	w.expect(zhoumin, "我是销售流", "周敏,你常用的")
	w.event(zhoumin, bot.Event{Kind: bot.Entered})
	w.expectNothing(zhoumin)
	w.say(zhoumin, "帮助")
	if got := w.told(zhoumin); !strings.Contains(got, "周敏,你常用的") || strings.Contains(got, "我是销售流") {
		t.Errorf("introduced itself twice:\n%s", got)
	}
}

func TestAStrangerLearnsWhatToDo(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	ev := bot.Event{Platform: "chat", ID: "s1", Kind: bot.Said, From: "u99", Name: "小李", Text: "拜访 绍兴市立医院", Chat: bot.Chat{Platform: "chat"}}
	reply, err := w.router.Dispatch(t.Context(), bot.Turn{Event: ev, Now: w.Now(), Org: w.org}, nil)
	if err != nil || len(reply.Say) != 1 {
		t.Fatalf("%+v, %v", reply, err)
	}
	if got := reply.Say[0].Out.Text; !holds(got, []string{"小李", "没有记", "绑定", "管理员", "u99"}) || strings.Contains(got, "绍兴") {
		t.Errorf("told:\n%s", got)
	}
}

func TestABrokenMessageIsAdmitted(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.event(zhoumin, bot.Event{Kind: bot.Said, Trouble: "over quota"})
	w.expect(zhoumin, "没传过来", "再发一次")
}
