package dingtalk

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"salesflow/bot"
	"salesflow/cards"
)

var frameTime = time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)

func wire(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDecodeMessage(t *testing.T) {
	t.Parallel()
	single := bot.Event{
		Platform: Platform, ID: "dingrobot:msgA==", At: time.UnixMilli(1690362101894).UTC(), From: "manager123", Name: "张三",
		Chat: bot.Chat{Platform: Platform, ID: "manager123"},
		Route: bot.Route{
			Webhook: "https://oapi.dingtalk.com/robot/sendBySession?session=abc", Until: time.UnixMilli(1690367502152).UTC(),
		},
	}
	with := func(change func(*bot.Event)) bot.Event {
		ev := single
		change(&ev)
		return ev
	}
	ref := func(code, kind, name string) bot.FileRef {
		return bot.FileRef{Ref: `{"code":"` + code + `","robot":"dingrobot"}`, Kind: kind, Name: name}
	}
	for _, c := range []struct {
		name, file string
		want       bot.Event
	}{
		{"群里@机器人,前面有空格", "text_group.json", with(func(e *bot.Event) {
			e.Kind, e.Text, e.ChatName = bot.Said, "拜访 华为 张总", "华东大区"
			e.Chat = bot.Chat{Platform: Platform, ID: "cidX==", Group: true}
		})},
		{"图文", "rich.json", with(func(e *bot.Event) {
			e.Kind, e.Text = bot.Said, "王主任名片\n在这"
			e.Files = []bot.FileRef{ref("pic1", "image", ""), ref("pic2", "image", "")}
		})},
		{"只有图片的图文", "rich_pictures.json", with(func(e *bot.Event) {
			e.Kind, e.Files = bot.Sent, []bot.FileRef{ref("pic1", "image", "")}
		})},
		{"图片", "picture.json", with(func(e *bot.Event) {
			e.Kind, e.Files = bot.Sent, []bot.FileRef{ref("pic1", "image", "")}
		})},
		{"语音带识别", "audio.json", with(func(e *bot.Event) {
			e.Kind, e.Text, e.Files = bot.Said, "今天拜访了绍兴市立医院", []bot.FileRef{ref("voice1", "voice", "")}
		})},
		{"语音没听出来", "audio_silent.json", with(func(e *bot.Event) {
			e.Kind, e.Files = bot.Sent, []bot.FileRef{ref("voice1", "voice", "")}
			e.Files[0].Silent = true
		})},
		{"视频", "video.json", with(func(e *bot.Event) {
			e.Kind, e.Files = bot.Sent, []bot.FileRef{ref("video1", "video", "")}
		})},
		{"文件", "file.json", with(func(e *bot.Event) {
			e.Kind, e.Files = bot.Sent, []bot.FileRef{ref("file1", "file", "报价.xlsx")}
		})},
		{"公司外的人", "outsider.json", with(func(e *bot.Event) {
			e.Kind, e.Text, e.ChatName = bot.Said, "你好", "华东大区"
			e.From = outsider + bot.UserID(digest("$:LWCP_v1:$abc")[:24])
			e.Chat = bot.Chat{Platform: Platform, ID: "cidX==", Group: true}
			e.Trouble = "sender without account: outside the company, or the bot's version is not published"
		})},
		{"超出推送额度", "over_quota.json", with(func(e *bot.Event) {
			e.Kind, e.Trouble = bot.Said, "over quota: message without text 20001"
		})},
		{"数字当字符串发来", "numbers.json", with(func(e *bot.Event) { e.Kind, e.Text = bot.Said, "12万" })},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ignored, err := decodeMessage(wire(t, c.file), "dingrobot", frameTime)
			if err != nil || ignored != "" {
				t.Fatal(ignored, err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDecodeMessageIgnores(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"unknown type":    wire(t, "unknown.json"),
		"no id":           `{"senderStaffId":"a","msgtype":"text","text":{"content":"x"}}`,
		"no sender":       `{"msgId":"a","msgtype":"text","text":{"content":"x"}}`,
		"picture of none": `{"msgId":"a","senderStaffId":"a","msgtype":"picture","content":{}}`,
		"content of text": `{"msgId":"a","senderStaffId":"a","msgtype":"richText","content":"x"}`,
	} {
		if ev, ignored, err := decodeMessage(data, "r", frameTime); ignored == "" || err != nil || ev.ID != "" {
			t.Errorf("%s: %+v %q %v", name, ev, ignored, err)
		}
	}
	for name, data := range map[string]string{"no JSON": "拜访", "array": "[]", "huge": `{"msgId":"` + strings.Repeat("x", maxFrame) + `"}`} {
		if _, _, err := decodeMessage(data, "r", frameTime); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestIdentityFitsTheInbox(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("m", 500)
	data := func(id string) string {
		return `{"msgId":"` + id + `","senderStaffId":"a","msgtype":"text","text":{"content":"x"}}`
	}
	a, _, _ := decodeMessage(data(long+"1"), "r", frameTime)
	b, _, _ := decodeMessage(data(long+"2"), "r", frameTime)
	if len(a.ID) > bot.MaxEventID || a.ID == b.ID {
		t.Errorf("%s and %s", a.ID, b.ID)
	}
}

func tapData(t *testing.T, space, spaceID string, params map[string]any) string {
	t.Helper()
	content, err := json.Marshal(map[string]any{"cardPrivateData": map[string]any{"actionIds": []string{"b1"}, "params": params}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(map[string]any{
		"type": "actionCallback", "outTrackId": "sf3z", "userId": "manager123", "userIdType": 1, "spaceType": space, "spaceId": spaceID,
		"content": string(content),
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDecodeTap(t *testing.T) {
	t.Parallel()
	action := cards.Action{Verb: "contract.approve", Record: 18, Version: 3}.Encode()
	single := bot.Chat{Platform: Platform, ID: "manager123"}
	inGroup := bot.Chat{Platform: Platform, ID: "cidX==", Group: true}
	for _, c := range []struct {
		name, space, id string
		chat            bot.Chat
	}{
		{"group", "IM_GROUP", "cidX==", inGroup},
		{"group in small letters", "im_group", "cidX==", inGroup},
		{"group by the look of its id", "IM", "cidX==", inGroup},
		{"single", "IM_ROBOT", "manager123", single},
		{"single with a conversation id", "IM_ROBOT", "cidX==", single},
		{"single by the look of its id", "IM", "manager123", single},
		{"nothing said", "", "", single},
	} {
		ev, ignored, err := decodeTap(tapData(t, c.space, c.id, map[string]any{"action": action}), "", frameTime)
		if err != nil || ignored != "" || ev.Chat != c.chat || ev.Tap.Action != action || ev.Kind != bot.Tapped || ev.At != frameTime {
			t.Errorf("%s: %+v %+v %q %v", c.name, ev, ev.Tap, ignored, err)
		}
	}
}

func TestTapIdentity(t *testing.T) {
	t.Parallel()
	action := func(version int64) string { return cards.Action{Verb: "a.b", Record: 1, Version: version}.Encode() }
	id := func(params map[string]any) string {
		ev, _, err := decodeTap(tapData(t, "IM_ROBOT", "manager123", params), "", frameTime)
		if err != nil {
			t.Fatal(err)
		}
		return ev.ID
	}
	first := id(map[string]any{"action": action(3)})
	if got := id(map[string]any{"action": action(3), "other": 1}); got != first {
		t.Errorf("the same tap is %s and %s", first, got)
	}
	for name, params := range map[string]map[string]any{
		"next version": {"action": action(4)},
		"a reason":     {"action": action(3), "input": "太贵", "input_key": "reason"},
	} {
		if id(params) == first {
			t.Errorf("%s: same identity", name)
		}
	}
}

func TestTapOfWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	ev, ignored, err := decodeTap(tapData(t, "IM_ROBOT", "u", map[string]any{"action": "accept"}), "", frameTime)
	if err != nil || ignored != "" || ev.Tap.Action != "accept" {
		t.Errorf("a foreign action reaches the router, which explains: %+v %q %v", ev.Tap, ignored, err)
	}
	for _, data := range []string{`{"outTrackId":"x"}`, `{"userId":"x"}`} {
		if _, ignored, _ := decodeTap(data, "", frameTime); ignored == "" {
			t.Errorf("%s is an event", data)
		}
	}
	// Some payloads carry the content as "value", or not as a string.
	for _, key := range []string{"value", "content"} {
		data := `{"outTrackId":"x","userId":"u","` + key + `":{"cardPrivateData":{"params":{"action":"a.b|1|1|"}}}}`
		if ev, _, err := decodeTap(data, "", frameTime); err != nil || ev.Tap.Action != "a.b|1|1|" {
			t.Errorf("%s: %+v %v", key, ev.Tap, err)
		}
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"报价.xlsx": "报价.xlsx", "../../etc/passwd": "passwd", `C:\a\b.doc`: "b.doc", "..": "", "": "", "a\x00b\n.pdf": "ab.pdf",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	if got := fileName(strings.Repeat("汉", 100)); len(got) > maxName || !utf8.ValidString(got) {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzDecodeMessage(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, data string) {
		ev, ignored, err := decodeMessage(data, "r", frameTime)
		sound(t, ev, ignored, err)
	})
}

func FuzzDecodeTap(f *testing.F) {
	f.Add(`{"outTrackId":"x","userId":"u","content":"{\"cardPrivateData\":{\"params\":{\"action\":\"a.b|1|1|\",\"input\":{\"reason\":\"x\"}}}}"}`)
	f.Add(`{"outTrackId":1,"userId":2,"spaceType":3,"spaceId":"cid","value":{}}`)
	f.Fuzz(func(t *testing.T, data string) {
		ev, ignored, err := decodeTap(data, "", frameTime)
		sound(t, ev, ignored, err)
	})
}

// sound is what holds of every decoded frame: an event that the inbox takes and that survives being kept as JSON, or a
// reason why there is none.
func sound(t *testing.T, ev bot.Event, ignored string, err error) {
	t.Helper()
	if err != nil || ignored != "" {
		return
	}
	if ev.ID == "" || len(ev.ID) > bot.MaxEventID || ev.From == "" || ev.Kind == "" || ev.Chat.ID == "" || ev.At.IsZero() ||
		len(ev.Files) > maxFiles {
		t.Fatalf("event %+v", ev)
	}
	b, jsonErr := json.Marshal(ev)
	var back bot.Event
	if jsonErr != nil || json.Unmarshal(b, &back) != nil || back.ID != ev.ID || back.Text != ev.Text {
		t.Fatalf("event does not survive: %s", b)
	}
}

func TestAnotherCompanysAccountIsAStranger(t *testing.T) {
	t.Parallel()
	const frame = `{"conversationId":"cid1","conversationType":"2","chatbotCorpId":"dingours","senderCorpId":"%s","senderStaffId":"liqiang","senderId":"$:LWCP_v1:$x","senderNick":"李强","msgId":"m1","msgtype":"text","text":{"content":"待办"},"createAt":1757557800000}`
	for corp, known := range map[string]bool{"dingours": true, "": true, "dingother": false} {
		ev, ignored, err := decodeMessage(fmt.Sprintf(frame, corp), "r", frameTime)
		if err != nil || ignored != "" || (ev.From == "liqiang") != known {
			t.Errorf("from %q: sender %q, %q, %v", corp, ev.From, ignored, err)
		}
	}
	tap := tapData(t, "IM_ROBOT", "liqiang", map[string]any{"action": "a.b|1|1|"})
	tap = strings.Replace(tap, `{`, `{"corpId":"dingother",`, 1)
	if _, ignored, err := decodeTap(tap, "dingours", frameTime); ignored == "" || err != nil {
		t.Errorf("a tap in another company is taken: %q, %v", ignored, err)
	}
	if _, ignored, err := decodeTap(tap, "dingother", frameTime); ignored != "" || err != nil {
		t.Errorf("a tap in our company is ignored: %q, %v", ignored, err)
	}
}
