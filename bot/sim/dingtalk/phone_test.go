package dingtalk_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/bot/sim"
	"salesflow/bot/sim/dingtalk"
)

var png = []byte("\x89PNG\r\n\x1a\n0000")

func TestCompanyIsThatOfDingTalk(t *testing.T) {
	t.Parallel()
	c := start(t).Company()
	if len(c.People) != 3 || len(c.Chats) != 1 || c.Chats[0].ID != group {
		t.Errorf("company = %+v", c)
	}
}

func TestPhoneRefuses(t *testing.T) {
	t.Parallel()
	w := start(t)
	tests := []struct {
		name string
		say  sim.Say
		want error
	}{
		{"不认识的人", sim.Say{From: "zhoumin", Text: "在"}, dingtalk.ErrUnknownPerson},
		{"没有的群", sim.Say{From: "liqiang", Chat: "wr1", Text: "在"}, dingtalk.ErrUnknownChat},
		{"不在群里", sim.Say{From: "zhaolei", Chat: group, Text: "在"}, dingtalk.ErrNotMember},
		{"空消息", sim.Say{From: "liqiang", Text: " \n"}, dingtalk.ErrEmpty},
		{"太长", sim.Say{From: "liqiang", Text: strings.Repeat("长", 7000)}, dingtalk.ErrTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := w.Say(context.Background(), tt.say); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestSendFile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		up      sim.Upload
		msgtype string
		keys    []string
	}{
		{"图片", sim.Upload{Name: "店头.PNG", Data: png}, "picture", []string{"downloadCode", "pictureDownloadCode"}},
		{"语音带识别", sim.Upload{Name: "a.amr", Data: []byte("x"), Recognition: "拜访华为"}, "audio", []string{"downloadCode", "duration", "recognition"}},
		{"表格", sim.Upload{Name: `C:\客户.xlsx`, Data: []byte("x")}, "file", []string{"downloadCode", "fileId", "fileName", "spaceId"}},
		{"视频", sim.Upload{Name: "v.mp4", Data: []byte("x")}, "video", []string{"downloadCode", "duration", "videoType"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			bot := w.connect()
			tt.up.From = "liqiang"
			if _, err := w.Send(context.Background(), tt.up); err != nil {
				t.Fatal(err)
			}
			var m struct {
				Msgtype string
				Content map[string]any
			}
			if err := json.Unmarshal([]byte(bot.next().Data), &m); err != nil {
				t.Fatal(err)
			}
			keys := []string{}
			for k := range m.Content {
				keys = append(keys, k)
			}
			if d := cmp.Diff(tt.keys, sorted(keys)); m.Msgtype != tt.msgtype || d != "" {
				t.Errorf("msgtype %s %s", m.Msgtype, d)
			}
			if f := w.last("liqiang").File; f == nil || strings.ContainsAny(f.Name, `\/`) {
				t.Errorf("the phone shows the file %+v", f)
			}
			w.download(m.Content["downloadCode"].(string), tt.up.Data)
		})
	}
}

// download fetches a file as the bot does and expects the link to die after a while.
func (w *world) download(code string, want []byte) {
	w.t.Helper()
	a := w.post("/v1.0/robot/messageFiles/download", object{"robotCode": clientID, "downloadCode": code}).ok()
	path := strings.TrimPrefix(a["downloadUrl"].(string), w.url)
	if r := w.call("GET", path, http.Header{}, nil); r.status != 200 || string(r.raw) != string(want) {
		w.t.Errorf("download = %d %q", r.status, r.raw)
	}
	w.clock.advance(time.Hour)
	if r := w.call("GET", path, http.Header{}, nil); r.status != http.StatusForbidden {
		w.t.Errorf("after an hour the link answers %d", r.status)
	}
}

func TestFilesInAGroup(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	for _, u := range []sim.Upload{
		{From: "liqiang", Chat: group, Name: "a.amr", Data: []byte("x"), Recognition: "拜访"},
		{From: "liqiang", Chat: group, Name: "a.xlsx", Data: []byte("x")},
	} {
		if _, err := w.Send(context.Background(), u); !errors.Is(err, dingtalk.ErrNotInGroup) {
			t.Errorf("%s: %v", u.Name, err)
		}
	}
	if _, err := w.Send(context.Background(), sim.Upload{From: "liqiang", Chat: group, Name: "a.png", Data: png}); err != nil {
		t.Fatal(err)
	}
	if f := bot.next(); !strings.Contains(f.Data, `"msgtype":"richText"`) || !strings.Contains(f.Data, `"type":"picture"`) {
		t.Errorf("data = %s", f.Data)
	}
}

func TestSessionWebhook(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.WebhookPerMinute = 4 })
	bot := w.connect()
	w.say("liqiang", group, "签单了")
	var m struct{ SessionWebhook string }
	if err := json.Unmarshal([]byte(bot.next().Data), &m); err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(m.SessionWebhook, w.url)
	reply := func(body object) reply { t.Helper(); return w.do("POST", path, body) }

	reply(object{"msgtype": "markdown", "markdown": object{"title": "喜报", "text": "**恭喜**"}}).ok()
	if msg := w.last("chengang"); msg.Kind != "markdown" || msg.Text != "**恭喜**" || msg.Chat != group {
		t.Errorf("message = %+v", msg)
	}
	reply(object{"msgtype": "actionCard", "actionCard": object{
		"title": "看板", "text": "本月", "btns": []object{{"title": "打开", "actionURL": "https://x.example"}},
	}}).ok()
	if c := w.last("chengang").Card; c == nil || c.Buttons[0].URL != "https://x.example" || !c.Buttons[0].Enabled {
		t.Errorf("card = %+v", c)
	}
	reply(object{"msgtype": "text", "text": object{"content": strings.Repeat("长", 6700)}}).errcode(460101, "")
	reply(object{"msgtype": "video"}).errcode(400101, "")
	reply(object{"msgtype": "text", "text": object{"content": "太快"}}).errcode(130101, "")
	w.clock.advance(89 * time.Minute)
	reply(object{"msgtype": "text", "text": object{"content": "还在"}}).ok()
	w.clock.advance(time.Minute)
	reply(object{"msgtype": "text", "text": object{"content": "过期"}}).errcode(300005, "")
}

func TestPicturesInMarkdown(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.upload("image", "漏斗.png", png).ok()["media_id"].(string)
	if !strings.HasPrefix(id, "@lAL") {
		t.Errorf("media_id = %s", id)
	}
	w.send("liqiang", "sampleMarkdown", object{"title": "漏斗", "text": "本月 ![漏斗](" + id + ") ![](@gone)"}).ok()
	text := w.last("liqiang").Text
	_, rest, _ := strings.Cut(text, "](")
	url, _, _ := strings.Cut(rest, ")")
	if r := w.call("GET", url, http.Header{}, nil); r.status != 200 || string(r.raw) != string(png) {
		t.Errorf("%s: the picture answers %d", text, r.status)
	}
	if !strings.Contains(text, "![](@gone)") || len(w.Violations()) != 1 {
		t.Errorf("an unknown picture: %s, %v", text, w.Violations())
	}
	if r := w.call("GET", "/media/"+id, http.Header{}, nil); r.status != http.StatusNotFound {
		t.Error("a media_id works as an address")
	}

	w.send("liqiang", "sampleImageMsg", object{"photoURL": id}).ok()
	if m := w.last("liqiang"); m.Kind != "image" || m.File.URL != url {
		t.Errorf("image = %+v", m)
	}
	w.send("liqiang", "sampleImageMsg", object{"photoURL": "@nothing"}).refused(400, "invalidParameter.msgParam.invalid")
}

func TestUploadedPageIsNotShownAsOne(t *testing.T) {
	t.Parallel()
	w := start(t)
	_, err := w.Send(context.Background(), sim.Upload{From: "liqiang", Name: "x.png", Data: []byte("<html><script>alert(1)</script>")})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(w.url + w.last("liqiang").File.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if ct := resp.Header.Get("Content-Type"); ct != "application/octet-stream" {
		t.Errorf("served as %s", ct)
	}
}

func TestInboxCursor(t *testing.T) {
	t.Parallel()
	w := start(t)
	changed := w.Changed()
	w.say("liqiang", "", "单聊")
	<-changed
	w.say("liqiang", group, "群聊")
	w.deliver("c", "IM_ROBOT.liqiang", vars{"title": "卡片"})
	single, cursor := w.Inbox("liqiang", "", 0)
	if len(single) != 2 || single[0].Text != "单聊" || single[0].From != "liqiang" || single[1].Card.Title != "卡片" {
		t.Errorf("single chat = %+v", single)
	}
	if inGroup, _ := w.Inbox("chengang", group, 0); len(inGroup) != 1 {
		t.Errorf("group = %+v", inGroup)
	}
	if again, next := w.Inbox("liqiang", "*", cursor); len(again) != 0 || next != cursor {
		t.Errorf("nothing new, but %+v", again)
	}
	w.do("PUT", "/v1.0/card/instances", object{"outTrackId": "c", "cardData": object{"cardParamMap": vars{"title": "新"}}}).ok()
	again, _ := w.Inbox("liqiang", "*", cursor)
	if len(again) != 1 || again[0].ID != single[1].ID || again[0].Version != 2 || again[0].Card.Title != "新" {
		t.Errorf("the changed card comes as %+v", again)
	}
}
