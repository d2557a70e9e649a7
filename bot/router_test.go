package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store/sales"
)

// nothing is a transaction of which the handlers here need nothing.
type nothing struct{}

type handler = bot.HandlerFunc[nothing]

// says answers with what it was asked: its name, the command, its arguments.
func says(name string) handler {
	return func(_ context.Context, t bot.Turn, _ nothing) (bot.Reply, error) {
		return bot.Text(strings.TrimRight(name+"|"+t.Command+"|"+t.Args, "|")), nil
	}
}

func fails(err error) handler {
	return func(context.Context, bot.Turn, nothing) (bot.Reply, error) { return bot.Reply{}, err }
}

// newRouter is a router with a few commands of every sort.
func newRouter() *bot.Router[nothing] {
	r := &bot.Router[nothing]{
		Text: says("text"), Sent: says("sent"), Entered: says("entered"), Joined: says("joined"),
		Stranger: says("stranger"), Lost: says("lost"), Troubled: says("troubled"),
	}
	r.Command(bot.Command[nothing]{Name: "拜访", Aliases: []string{"bf"}, Glued: true, Handle: says("visit")})
	r.Command(bot.Command[nothing]{Name: "拜访计划", Handle: says("plan")})
	r.Command(bot.Command[nothing]{Name: "总结", Aliases: []string{"日报", "rb"}, Handle: says("report")})
	r.Command(bot.Command[nothing]{Name: "漏斗", Roles: []sales.Role{sales.RoleDirector, sales.RoleAdmin}, Handle: says("funnel")})
	r.Command(bot.Command[nothing]{Name: "绑定", Strangers: true, Handle: says("link")})
	r.Command(bot.Command[nothing]{Name: "算了", Handle: fails(bot.ErrNotMine)})
	r.Action("visit.undo", says("undo"))
	r.Topic("visit.what", says("topic"))
	r.Topic("nothing", fails(bot.ErrNotMine))
	return r
}

func turn(text string) bot.Turn {
	return bot.Turn{Event: bot.Event{Platform: "wecom", ID: "1", Kind: bot.Said, Text: text}, Now: morning, Person: sales.Person{ID: 7}}
}

// answer is what the router says to a turn.
func answer(t *testing.T, r *bot.Router[nothing], turn bot.Turn) string {
	t.Helper()
	reply, err := r.Dispatch(t.Context(), turn, nothing{})
	if err != nil {
		t.Fatalf("dispatch %q: %v", turn.Event.Text, err)
	}
	if len(reply.Say) == 0 {
		return ""
	}
	return reply.Say[0].Out.Text
}

func TestCommandsAreFound(t *testing.T) {
	t.Parallel()
	r := newRouter()
	tests := []struct{ name, text, want string }{
		{"整条就是指令", "总结", "report|总结"},
		{"空格后是内容", "总结 昨天", "report|总结|昨天"},
		{"全角空格", "总结　昨天", "report|总结|昨天"},
		{"换行", "总结\n第一行\n第二行", "report|总结|第一行\n第二行"},
		{"冒号", "总结：昨天", "report|总结|昨天"},
		{"语音转写带句号", "总结。", "report|总结"},
		{"语音转写带感叹号", "总结！", "report|总结"},
		{"别名", "日报 昨天", "report|总结|昨天"},
		{"斜杠", "/总结 昨天", "report|总结|昨天"},
		{"井号", "#总结", "report|总结"},
		{"全角斜杠", "／总结", "report|总结"},
		{"斜杠后有空格", "/ 总结", "report|总结"},
		{"拼音首字母不分大小写", "RB 昨天", "report|总结|昨天"},
		{"拼音首字母连写不算", "rbc", "text"},
		{"拼音首字母接汉字不算", "rb昨天", "text"},
		{"不可连写的词接汉字不算", "总结会开完了", "text"},
		{"不可连写的词接数字", "总结3月", "report|总结|3月"},
		{"可连写", "拜访绍兴市立医院 王主任", "visit|拜访|绍兴市立医院 王主任"},
		{"可连写的词的拼音不连写", "bf绍兴市立医院", "text"},
		{"长词优先", "拜访计划 下周", "plan|拜访计划|下周"},
		{"长词不成立时退到短词", "拜访计划生育站", "visit|拜访|计划生育站"},
		{"不在开头不算", "今天拜访", "text"},
		{"空", "  ", "lost"},
		{"只有斜杠", "//", "text"},
		{"指令不认这句,当自由文本", "算了 吧", "text"},
		{"零宽字符不妨碍", "\u200b总\ufeff结\u200b 昨天", "report|总结|昨天"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := answer(t, r, turn(tt.text)); got != tt.want {
				t.Errorf("%q is answered by %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestPermissionIsARefusalWithAReason(t *testing.T) {
	t.Parallel()
	r := newRouter()
	u := turn("漏斗")
	got := answer(t, r, u)
	for _, want := range []string{"漏斗", sales.RoleDirector.Name(), sales.RoleAdmin.Name(), "帮助"} {
		if !strings.Contains(got, want) {
			t.Errorf("the refusal %q lacks %q", got, want)
		}
	}
	u.Person.Roles = []sales.Role{sales.RoleAdmin}
	if got := answer(t, r, u); got != "funnel|漏斗" {
		t.Errorf("an admin gets %q", got)
	}
}

func TestAnOpenQuestionTakesTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRouter()
	open := func(topic string, left time.Duration) sales.Dialogue {
		return sales.Dialogue{PersonID: 7, Topic: topic, ExpiresAt: sales.At(morning.Add(left))}
	}
	tests := []struct {
		name     string
		dialogue sales.Dialogue
		text     string
		want     string
	}{
		{"回答归问题", open("visit.what", time.Minute), "看了离心机", "topic"},
		{"指令优先于问题", open("visit.what", time.Minute), "总结", "report|总结"},
		{"指令不认,再问问题", open("visit.what", time.Minute), "算了", "topic"},
		{"过期的问题不再等", open("visit.what", 0), "看了离心机", "text"},
		{"问题不认,当自由文本", open("nothing", time.Minute), "看了离心机", "text"},
		{"没登记的问题,当自由文本", open("old.topic", time.Minute), "看了离心机", "text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := turn(tt.text)
			u.Dialogue = tt.dialogue
			if got := answer(t, r, u); got != tt.want {
				t.Errorf("answered by %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNobodyUnderstandsIt(t *testing.T) {
	t.Parallel()
	r := newRouter()
	r.Text = fails(bot.ErrNotMine)
	if got := answer(t, r, turn("哦")); got != "lost" {
		t.Errorf("answered by %q", got)
	}
	boom := errors.New("boom")
	r.Text = fails(boom)
	if _, err := r.Dispatch(t.Context(), turn("哦"), nothing{}); !errors.Is(err, boom) {
		t.Errorf("err = %v", err)
	}
}

func TestStrangersGetOnlyWhatIsForStrangers(t *testing.T) {
	t.Parallel()
	r := newRouter()
	tests := []struct {
		name string
		ev   bot.Event
		want string
	}{
		{"普通指令", bot.Event{Kind: bot.Said, Text: "拜访 绍兴市立医院"}, "stranger"},
		{"绑定", bot.Event{Kind: bot.Said, Text: "绑定 A1B2"}, "link|绑定|A1B2"},
		{"自由文本", bot.Event{Kind: bot.Said, Text: "你好"}, "stranger"},
		{"点按钮", bot.Event{Kind: bot.Tapped, Tap: &bot.Tap{Action: "visit.undo|1|1|"}}, "stranger"},
		{"发文件", bot.Event{Kind: bot.Sent}, "stranger"},
		{"打开会话", bot.Event{Kind: bot.Entered}, "stranger"},
		{"平台说有问题", bot.Event{Kind: bot.Said, Trouble: "over quota"}, "stranger"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := answer(t, r, bot.Turn{Event: tt.ev, Now: morning}); got != tt.want {
				t.Errorf("answered by %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEveryKindOfEventHasItsHandler(t *testing.T) {
	t.Parallel()
	r := newRouter()
	tests := []struct {
		ev   bot.Event
		want string
	}{
		{bot.Event{Kind: bot.Sent}, "sent"},
		{bot.Event{Kind: bot.Entered}, "entered"},
		{bot.Event{Kind: bot.Joined}, "joined"},
		{bot.Event{Kind: bot.Said, Text: "x", Trouble: "no text"}, "troubled"},
		{bot.Event{Kind: bot.Tapped, Tap: &bot.Tap{Action: cards.Action{Verb: "visit.undo", Record: 9}.Encode()}}, "undo"},
		{bot.Event{Kind: "something new"}, ""},
		{bot.Event{Kind: bot.Tapped}, ""},
	}
	for _, tt := range tests {
		if got := answer(t, r, bot.Turn{Event: tt.ev, Now: morning, Person: sales.Person{ID: 7}}); got != tt.want {
			t.Errorf("%+v is answered by %q, want %q", tt.ev, got, tt.want)
		}
	}
}

func TestATapCarriesItsActionAndInput(t *testing.T) {
	t.Parallel()
	r := &bot.Router[nothing]{}
	var got bot.Turn
	r.Action("contract.approve", func(_ context.Context, t bot.Turn, _ nothing) (bot.Reply, error) {
		got = t
		return bot.Reply{}, nil
	})
	u := turn("")
	u.Event.Kind = bot.Tapped
	u.Event.Tap = &bot.Tap{
		Action: cards.Action{Verb: "contract.approve", Record: 12, Version: 3, Arg: "x"}.Encode(), Input: map[string]string{"reason": "行"},
	}
	answer(t, r, u)
	if want := (cards.Action{Verb: "contract.approve", Record: 12, Version: 3, Arg: "x"}); got.Action != want || got.Input["reason"] != "行" {
		t.Errorf("the handler got %+v %v", got.Action, got.Input)
	}
}

func TestAButtonNobodyKnowsIsExplained(t *testing.T) {
	t.Parallel()
	r := newRouter()
	for _, action := range []string{"", "visit.gone|1|1|", "visit.undo", "visit.undo|-1|1|", "|||", "a.b|1|1|1|1", strings.Repeat("x", 5000)} {
		u := turn("")
		u.Event.Kind, u.Event.Tap = bot.Tapped, &bot.Tap{Action: action}
		if got := answer(t, r, u); !strings.Contains(got, "按钮") || !strings.Contains(got, "帮助") {
			t.Errorf("action %.20q: %q", action, got)
		}
	}
}

func TestATextThatIsTooLongIsNotRead(t *testing.T) {
	t.Parallel()
	r := newRouter()
	fits := "拜访 " + strings.Repeat("x", bot.MaxText-len("拜访 "))
	if got := answer(t, r, turn(fits)); !strings.HasPrefix(got, "visit|") {
		t.Errorf("a text of just the limit: %.40q", got)
	}
	if got := answer(t, r, turn(fits+"x")); !strings.Contains(got, "太长") {
		t.Errorf("a longer one: %.40q", got)
	}
}

func TestRegisteringTwiceIsAWiringMistake(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		register func(r *bot.Router[nothing])
	}{
		{"同名指令", func(r *bot.Router[nothing]) { r.Command(bot.Command[nothing]{Name: "总结"}) }},
		{"别名撞上指令", func(r *bot.Router[nothing]) {
			r.Command(bot.Command[nothing]{Name: "新的", Aliases: []string{"日报"}})
		}},
		{"大小写不同也是同一个词", func(r *bot.Router[nothing]) { r.Command(bot.Command[nothing]{Name: "新的", Aliases: []string{"RB"}}) }},
		{"空词", func(r *bot.Router[nothing]) { r.Command(bot.Command[nothing]{}) }},
		{"按钮", func(r *bot.Router[nothing]) { r.Action("visit.undo", says("")) }},
		{"问题", func(r *bot.Router[nothing]) { r.Topic("visit.what", says("")) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("taken")
				}
			}()
			tt.register(newRouter())
		})
	}
}

func TestCommandsForHelp(t *testing.T) {
	t.Parallel()
	r := newRouter()
	for _, w := range r.Words() {
		if _, ok := r.Find(w); !ok {
			t.Errorf("Find(%q) finds nothing", w)
		}
	}
	if c, ok := r.Find("BF"); !ok || c.Name != "拜访" {
		t.Errorf("Find(BF) = %q, %v", c.Name, ok)
	}
	if _, ok := r.Find("没有"); ok {
		t.Error("Find finds what is not there")
	}
	if got := r.Commands(); len(got) != 6 || got[0].Name != "拜访" {
		t.Errorf("%d commands", len(got))
	}
}

func TestCleanText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"首尾空白", "  拜访 \n", "拜访"},
		{"换行和制表符留着", "a\n\tb", "a\n\tb"},
		{"回车去掉", "a\r\nb", "a\nb"},
		{"不换行空格和全角空格", "a\u00a0b　c", "a b c"},
		{"零宽和方向控制", "\u200ba\u202eb\u2066c\ufeff", "abc"},
		{"控制字符", "a\x00b\x1bc\x7f", "abc"},
		{"不合法的字节", "a\xffb", "ab"},
		{"正常的字不动", "绍兴·王主任（30%）😀", "绍兴·王主任（30%）😀"},
		{"空", "", ""},
	}
	for _, tt := range tests {
		if got := bot.CleanText(tt.in); got != tt.want {
			t.Errorf("%s: CleanText(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestCardReferences(t *testing.T) {
	t.Parallel()
	for _, id := range []sales.ID{1, 35, 36, 1 << 40, 1<<63 - 1} {
		for _, fresh := range []int64{0, 1, 99} {
			if got := bot.CardOf(bot.CardRef(id, fresh)); got != id {
				t.Errorf("CardOf(CardRef(%d, %d)) = %d", id, fresh, got)
			}
		}
	}
	if bot.CardRef(5, 0) == bot.CardRef(5, 2) {
		t.Error("a card sent afresh has the reference of the old one")
	}
	for _, ref := range []string{"", "sf", "sf-1", "x1", "sf-zz-zz", "sf!", "sf" + strings.Repeat("z", 40)} {
		if got := bot.CardOf(ref); got != 0 {
			t.Errorf("CardOf(%q) = %d", ref, got)
		}
	}
}
