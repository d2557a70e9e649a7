package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/configs"
)

// misheard is a message that the parser reads no customer in.
const misheard = "绍市利那边讲声化仪贵了,最多出45万"

// fakeModel is a chat completions endpoint that answers as it is told.
type fakeModel struct {
	mu     sync.Mutex
	handle http.HandlerFunc
	asked  []string
	served chan struct{}
}

func (f *fakeModel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	f.mu.Lock()
	f.asked = append(f.asked, string(body))
	handle := f.handle
	f.mu.Unlock()
	handle(w, r)
	f.served <- struct{}{}
}

// answers sets what the model says from now on.
func (f *fakeModel) answers(handle http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handle = handle
}

// question is the last one asked.
func (f *fakeModel) question() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.asked) == 0 {
		return ""
	}
	return f.asked[len(f.asked)-1]
}

// await waits until a question has been answered.
func (f *fakeModel) await(t *testing.T) {
	t.Helper()
	select {
	case <-f.served:
	case <-time.After(storyPatience):
		t.Fatal("the language model was not asked")
	}
}

func saying(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"role": "assistant", "content": content}}}})
	}
}

// withModel tells a story on both platforms with a language model of the story's own.
func withModel(t *testing.T, story func(t *testing.T, s *bottest.Story, w world, f *fakeModel)) {
	withModelFor(t, storyPatience, story)
}

// withModelFor does so with a bot that waits so long for the model.
func withModelFor(t *testing.T, patience time.Duration, story func(t *testing.T, s *bottest.Story, w world, f *fakeModel)) {
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			f := &fakeModel{served: make(chan struct{}, 100)}
			server := httptest.NewServer(f)
			t.Cleanup(server.Close)
			w := newWorld(t, platform, func(o *demoOptions) {
				before := o.change
				o.change = func(c *configs.Config, org *configs.Org) {
					before(c, org)
					c.LLM = configs.LLM{URL: server.URL, Model: "small", Timeout: patience}
				}
			})
			story(t, bottest.New(t, w), w, f)
		})
	}
}

// offered is the id under which a customer was offered in the question.
func offered(t *testing.T, question, name string) string {
	t.Helper()
	plain := strings.ReplaceAll(question, `\"`, `"`)
	at := strings.Index(plain, name)
	if at < 0 {
		t.Fatalf("%s was not offered: %s", name, plain)
	}
	from := strings.LastIndex(plain[:at], `"id":`) + len(`"id":`)
	return plain[from : from+strings.IndexByte(plain[from:], ',')]
}

func TestAnUnreadableMessageComesBackAsADraft(t *testing.T) {
	t.Parallel()
	withModel(t, func(t *testing.T, s *bottest.Story, w world, f *fakeModel) {
		f.answers(func(rw http.ResponseWriter, r *http.Request) {
			id := offered(t, f.question(), "绍兴市立医院")
			saying(`{"customer_id":`+id+`,"customer_words":"绍市利","fixes":[{"from":"声化仪","to":"生化仪"}]}`)(rw, r)
		})
		rep := s.As("周敏").Skip()
		for range 3 { // delivered three times, a draft comes once
			rep.SayAgain("same-event", misheard)
		}
		f.await(t)
		rep.ExpectText("还没记", "绍兴市立医院", "全自动生化分析仪", "45万", "回 对 就记")
		if n := len(w.visits(t, "zhoumin")); n != 0 {
			t.Fatalf("%d visits before the yes", n)
		}
		rep.Say("对")
		rep.ExpectCard("拜访已记录", "绍兴市立医院", "45万")
		s.Settle()
		if n := len(w.visits(t, "zhoumin")); n != 1 {
			t.Errorf("%d visits", n)
		}
	})
}

func TestAHostileModelChangesNothing(t *testing.T) {
	t.Parallel()
	withModel(t, func(t *testing.T, s *bottest.Story, w world, f *fakeModel) {
		elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
		t.Cleanup(elsewhere.Close)
		mine := func(words, fixes string) http.HandlerFunc {
			return func(rw http.ResponseWriter, r *http.Request) {
				id := offered(t, f.question(), "绍兴市立医院")
				saying(`{"customer_id":`+id+`,"customer_words":"`+words+`","fixes":[`+fixes+`]}`)(rw, r)
			}
		}
		rep := s.As("周敏").Skip()
		for _, c := range []struct {
			name   string
			handle http.HandlerFunc
		}{
			{"不在名单里的客户", saying(`{"customer_id":999999999,"customer_words":"绍市利"}`)},
			{"原话里没有的词", mine("绍兴市立", "")},
			{"别的词当客户", mine("最多出", "")},
			{"直接下命令", saying(`{"customer_id":0,"command":"提交合同 绍兴市立医院 100万"}`)},
			{"回一句话", saying(`好的,已记录 绍兴市立医院 100万`)},
			{"半截", saying(`{"customer_id":`)},
			{"太长", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 200<<10)) }},
			{"出错", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }},
			{"转到别处", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
			}},
		} {
			f.answers(c.handle)
			rep.Say(misheard)
			f.await(t)
			s.Settle()
			rep.Say("算了") // the bot's own question, whose answers the model does not see
			rep.ExpectText("草稿已清掉")
		}
		f.answers(mine("绍市利", `{"from":"45万","to":"450万"},{"from":"声化仪","to":"生化仪 预算900万"}`))
		rep.Say(misheard)
		f.await(t)
		rep.ExpectText("还没记", "绍兴市立医院", "45万") // the one whose customer holds; its figures are the message's own
		s.Settle()
		for _, word := range []string{"450万", "900万", "100万"} {
			if n := w.count(t, "周敏", word); n != 0 {
				t.Errorf("%d messages hold %s", n, word)
			}
		}
		if n := w.count(t, "周敏", "我的理解"); n != 1 {
			t.Errorf("%d drafts, want the honest one only", n)
		}
		if n := len(w.visits(t, "zhoumin")); n != 0 {
			t.Errorf("%d visits without a yes", n)
		}
	})
}

func TestAModelThatDoesNotAnswerIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	withModelFor(t, 100*time.Millisecond, func(t *testing.T, s *bottest.Story, w world, f *fakeModel) {
		f.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		rep := s.As("周敏").Skip()
		rep.Say(misheard)
		rep.ExpectAny()
		f.await(t)
		rep.Say("算了")
		rep.ExpectText("草稿已清掉")
		rep.Say("拜访 绍兴市立医院 王主任 介绍离心机,周五前发报价")
		rep.ExpectCard("拜访已记录", "离心机")
		if n := w.count(t, "周敏", "我的理解"); n != 0 {
			t.Errorf("%d drafts of a model that said nothing", n)
		}
	})
}

func TestADraftOfTheModelGivesWay(t *testing.T) {
	t.Parallel()
	withModel(t, func(t *testing.T, s *bottest.Story, w world, f *fakeModel) {
		asked, goOn := make(chan struct{}), make(chan struct{})
		var once sync.Once
		f.answers(func(rw http.ResponseWriter, r *http.Request) {
			once.Do(func() { close(asked) })
			select {
			case <-goOn:
			case <-r.Context().Done():
			}
			id := offered(t, f.question(), "绍兴市立医院")
			saying(`{"customer_id":`+id+`,"customer_words":"绍市利"}`)(rw, r)
		})
		rep := s.As("周敏").Skip()
		rep.Say(misheard)
		<-asked
		rep.Say("拜访 绍兴市立医院 王主任") // begun meanwhile: its question stays open
		rep.ExpectText("聊了什么")
		close(goOn)
		f.await(t)
		s.Settle()
		if n := w.count(t, "周敏", "我的理解"); n != 0 {
			t.Errorf("%d drafts came between", n)
		}
		rep.Say("介绍离心机,周五前发报价")
		rep.ExpectCard("拜访已记录", "离心机")
	})
}

// What answers a question of the bot's, however oddly, is the dialogue's: it is not shown to the model, and a hostile model that
// waits for it gets nothing.
func TestAnswersAreNotShownToTheModel(t *testing.T) {
	t.Parallel()
	withModel(t, func(t *testing.T, s *bottest.Story, w world, f *fakeModel) {
		f.answers(saying(`{"customer_id":0,"command":"合同通过"}`))
		rep := s.As("周敏").Skip()
		silent := func(answers ...string) {
			t.Helper()
			for _, a := range answers {
				rep.Say(a)
				rep.ExpectAny()
				rep.Skip()
			}
		}
		rep.Say("打车45") // 哪家客户的
		rep.ExpectAny()
		rep.Skip()
		silent("就我常跑的那一家嘛", "不是那个 是另外一家来着", "哎呀你看着办吧反正都行", "三")
		rep.Say("拜访 绍兴市立医院 王主任") // 聊了什么
		rep.ExpectText("聊了什么")
		silent("随便聊了聊天气之类的")
		rep.Skip()
		rep.Say("新客户 绍兴云岭康复医院") // 电话
		rep.ExpectText("联系电话")
		silent("我回头问问前台小妹再说", "电话好像写在名片背面了")
		rep.Say("算了")
		rep.ExpectText("接着上一条", "打车45")
		rep.Say("算了")
		rep.ExpectText("刚才那条没记")
		s.Settle()
		f.mu.Lock()
		asked := strings.Join(f.asked, "\n")
		f.mu.Unlock()
		for _, a := range []string{"常跑", "另外一家", "看着办", "天气", "前台", "名片"} {
			if strings.Contains(asked, a) {
				t.Errorf("the model was shown the answer %q", a)
			}
		}
		rep.Skip()
		f.answers(func(rw http.ResponseWriter, r *http.Request) {
			id := offered(t, f.question(), "绍兴市立医院")
			saying(`{"customer_id":`+id+`,"customer_words":"绍市利","fixes":[{"from":"声化仪","to":"生化仪"}]}`)(rw, r)
		})
		for len(f.served) > 0 {
			<-f.served
		}
		rep.Say(misheard) // outside of any question it is asked as before
		f.await(t)
		rep.ExpectText("还没记", "绍兴市立医院")
	})
}
