package wecom_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sebdah/goldie/v2"

	"salesflow/bot"
	"salesflow/bot/wecom"
)

// ours are the names the adapter makes up; media are the platform's.
var ours = regexp.MustCompile(`sf_[A-Z2-7]{26}|MEDIA[0-9a-f]{48}`)

// What leaves for the platform, byte for byte.
func TestBodiesOnTheWire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	w.send(text("已记录。3月17日(周二)前寄样,到时提醒你。", "ZhouMin", "wangfang"))
	w.send(text("**本周** 推进 7 单 比上周 +2", "ZhouMin"))
	again := text("催一下 A&B", "ZhouMin")
	again.Retry = true
	w.send(again)
	r := w.send(card(18, contract, "sunjing"))
	if _, err := w.adapter.Update(w.Context(), card(18, decided, "sunjing"), r); err != nil {
		t.Fatal(err)
	}
	w.files[6] = []byte("a,b,c,d,e")
	f := to("ZhouMin")
	f.Out.File = &bot.File{ID: 6, Name: "明细.csv"}
	w.send(f)
	hook := bot.Delivery{Chat: bot.Chat{ID: "华东一组", Group: true}, Out: bot.Outgoing{Card: &decided}}
	w.send(hook)
	w.say("ZhouMin", group, "漏斗")
	ev := w.event(1)
	w.send(reply(ev, bot.Outgoing{Text: "本周推进 7 单"}))
	d := reply(ev, bot.Outgoing{Card: &contract})
	d.CardID = 19
	w.send(d)

	var got bytes.Buffer
	for _, c := range w.sim.Sends() {
		if c.API == "gettoken" || c.API == "ws:aibot_subscribe" {
			continue
		}
		if strings.Contains(c.Body, `\u`) {
			t.Errorf("the platform refuses escapes: %s", c.Body)
		}
		body := ours.ReplaceAllString(c.Body, "…")
		if r.Code != "" {
			body = strings.ReplaceAll(body, r.Code, "CODE")
		}
		var pretty bytes.Buffer
		if json.Indent(&pretty, []byte(body), "", "  ") != nil {
			pretty.Reset()
			pretty.WriteString(body)
		}
		got.WriteString(c.API + "\n" + pretty.String() + "\n\n")
	}
	goldie.New(t, goldie.WithNameSuffix("")).Assert(t, "outgoing.golden.txt", got.Bytes())
}

func TestThePaceOfOneReceiver(t *testing.T) {
	t.Parallel()
	c := &clock{now: start}
	p := wecom.NewPacer(c.Now, 3, 5)
	for _, step := range []struct {
		name    string
		advance time.Duration
		to      []string
		n       int
		waits   bool
	}{
		{"the first three go", 0, []string{"u:a"}, 3, false},
		{"the fourth waits", 0, []string{"u:a"}, 1, true},
		{"another does not", 0, []string{"u:b"}, 1, false},
		{"together they wait for the slower", 0, []string{"u:b", "u:a"}, 1, true},
		{"what waited did not count", 0, []string{"u:b"}, 2, false},
		{"not yet after a minute: clocks and lines differ", time.Minute, []string{"u:a"}, 1, true},
		{"then it goes", time.Second, []string{"u:a"}, 2, false},
		{"the hour's limit", 2 * time.Minute, []string{"u:a"}, 1, true},
		{"more than a window holds goes alone", 2 * time.Hour, []string{"u:a"}, 50, false},
	} {
		c.advance(step.advance)
		wait, err := p.Take(t.Context(), step.to, step.n)
		if err != nil || wait > 0 != step.waits {
			t.Errorf("%s: wait %v, %v", step.name, wait, err)
		}
	}
	free := wecom.NewPacer(c.Now, -1, 5)
	if wait, err := free.Take(t.Context(), []string{"u:a"}, 1000); wait != 0 || err != nil {
		t.Errorf("without limits: wait %v, %v", wait, err)
	}
}

func TestAPacersWaitIsEnough(t *testing.T) {
	t.Parallel()
	c := &clock{now: start}
	p := wecom.NewPacer(c.Now, 30, 1000)
	for sent := 0; sent < 1500; {
		wait, err := p.Take(t.Context(), []string{"u:a"}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if wait == 0 {
			sent++
			continue
		}
		c.advance(wait)
		if again, _ := p.Take(t.Context(), []string{"u:a"}, 1); again != 0 {
			t.Fatalf("told to wait %v, then %v more", wait, again)
		}
		sent++
	}
}

// watcher notes what is observed.
type watcher struct {
	mu   sync.Mutex
	seen map[string]int
}

func (o *watcher) Observe(api string, reason bot.Reason, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen[api+" "+string(reason)]++
}

func TestEveryCallIsObserved(t *testing.T) {
	t.Parallel()
	o := &watcher{seen: map[string]int{}}
	w := newWorld(t, func(opt *wecom.Options) { opt.Observer = o })
	w.send(text("一", "ZhouMin"))
	_, _ = w.adapter.Send(w.Context(), text("二", "Nobody"))
	for _, want := range []string{"gettoken ", "message/send ", "message/send recipient"} {
		if o.seen[want] != 1 {
			t.Errorf("%q was seen %d times: %v", want, o.seen[want], o.seen)
		}
	}
}
