package page_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/card"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/chatbot"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/client"
	"go.uber.org/goleak"

	"salesflow/bot/sim"
	"salesflow/bot/sim/dingtalk"
	"salesflow/bot/sim/page"
	"salesflow/bot/sim/wecom"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(quiet{m}) }

// quiet lets go of idle client connections before goroutines are counted.
type quiet struct{ *testing.M }

func (q quiet) Run() int {
	defer http.DefaultClient.CloseIdleConnections()
	return q.M.Run()
}

var shanghai = time.FixedZone("CST", 8*60*60)

type object = map[string]any

func company() sim.Company {
	return sim.Company{
		People: []sim.Person{
			{ID: "zhoumin", Name: "周敏", Role: "销售", Platform: sim.WeCom, Team: "华东一组"},
			{ID: "liqiang", Name: "李强", Role: "销售", Platform: sim.DingTalk, Team: "华东一组"},
			{ID: "wangfang", Name: "王芳", Role: "主管", Platform: sim.WeCom, Team: "华东一组"},
			{ID: "zhaolei", Name: "赵磊", Role: "法务", Platform: sim.DingTalk, Team: "法务部"},
			{ID: "sunjing", Name: "孙静", Role: "法务主管", Platform: sim.WeCom, Team: "法务部"},
			{ID: "chengang", Name: "陈刚", Role: "销售总监", Platform: sim.DingTalk, Team: "销售管理部"},
			{ID: "wutong", Name: "吴桐", Role: "财务", Platform: sim.WeCom, Team: "财务部"},
			{ID: "linxia", Name: "林夏", Role: "销售", Platform: sim.WeCom, Team: "华东一组"},
			{ID: "zhengkai", Name: "郑凯", Role: "管理员", Platform: sim.DingTalk, Team: "销售管理部"},
		},
		Chats: []sim.Chat{
			{ID: "group_wecom", Platform: sim.WeCom, Name: "华东一组", Members: []string{"zhoumin", "wangfang", "linxia"}},
			{ID: "group_dingtalk", Platform: sim.DingTalk, Name: "华东一组", Members: []string{"liqiang", "chengang"}},
		},
	}
}

// world is the page over both simulators, a clock that stands still, and a small bot behind them.
type world struct {
	*testing.T
	url      string
	wecom    *wecom.Server
	dingtalk *dingtalk.Server
	clock    *clock
	bot      *bot
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: &clock{now: time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai)}}
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	w.url = web.URL
	var err error
	w.wecom, err = wecom.New(wecom.Options{
		Company: company(), Clock: w.clock, BotName: "销售流", PublicURL: w.url + "/_wecom", CallbackURL: w.url + "/callback", NoEnterEvents: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.dingtalk = dingtalk.New(dingtalk.Options{
		Company: company(), Clock: w.clock, BotName: "销售流", BaseURL: w.url + "/_dingtalk",
		ClientID: "ding", ClientSecret: "secret", CorpID: "corp", CardTemplateID: "tpl.schema", PingInterval: -1,
	})
	w.bot = newBot(w)
	w.clock.due = w.bot.remind
	mux.Handle("/_wecom/", http.StripPrefix("/_wecom", w.wecom.Handler()))
	mux.Handle("/_dingtalk/", http.StripPrefix("/_dingtalk", w.dingtalk.Handler()))
	mux.HandleFunc("/callback", w.bot.callback)
	mux.Handle("/", page.New(page.Options{
		Simulators: map[string]sim.Simulator{sim.WeCom: w.wecom, sim.DingTalk: w.dingtalk},
		Prefix:     map[string]string{sim.WeCom: "/_wecom", sim.DingTalk: "/_dingtalk"},
		People:     company().People, Clock: w.clock,
	}))
	stream := w.bot.stream()
	for changed := w.dingtalk.Changed(); len(w.dingtalk.Connections()) == 0; changed = w.dingtalk.Changed() {
		<-changed // what is said before the platform knows the connection is lost
	}
	t.Cleanup(func() {
		w.bot.stop()
		stream.Close()
		_ = w.wecom.Close()
		_ = w.dingtalk.Close()
		web.CloseClientConnections()
		web.Close()
	})
	return w
}

// clock stands still until it is advanced, by the hour.
type clock struct {
	mu  sync.Mutex
	now time.Time
	// gate, when set, holds every hour until something is received from it.
	gate chan struct{}
	due  func(time.Time)
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

func (c *clock) Advance(ctx context.Context, to time.Time) error {
	if to.Before(c.Now()) {
		return fmt.Errorf("时钟不能往回拨")
	}
	for c.Now().Before(to) {
		if c.gate != nil {
			select {
			case <-c.gate:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		c.set(earlier(c.Now().Add(time.Hour), to))
		c.due(c.Now())
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// bot answers on both platforms through their real interfaces: a card to a text, a new face to a tap, a reminder
// 24 hours after the last text.
type bot struct {
	*world
	k       wecom.Credentials
	mu      sync.Mutex
	last    time.Time
	cards   int
	heard   []string
	stopped bool
	work    sync.WaitGroup
}

func newBot(w *world) *bot { return &bot{world: w, k: w.wecom.Credentials()} }

// working runs a piece of the bot's work, unless the test is over.
func (b *bot) working(f func()) {
	b.mu.Lock()
	if b.stopped {
		b.mu.Unlock()
		return
	}
	b.work.Add(1)
	b.mu.Unlock()
	defer b.work.Done()
	f()
}

// stop lets the bot finish what it is at.
func (b *bot) stop() {
	b.mu.Lock()
	b.stopped = true
	b.mu.Unlock()
	b.work.Wait()
}

func (b *bot) hear(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard, b.last = append(b.heard, text), b.clock.Now()
	b.cards++
	return b.cards
}

func (b *bot) remind(now time.Time) {
	b.mu.Lock()
	due := !b.last.IsZero() && now.Sub(b.last) >= 24*time.Hour
	if due {
		b.last = time.Time{}
	}
	b.mu.Unlock()
	if due {
		b.app("message/send", object{"touser": "zhoumin", "msgtype": "text", "agentid": b.k.AgentID, "text": object{"content": "明天要给绍兴市立医院寄样。"}})
	}
}

// app calls WeCom's interface for self-built apps.
func (b *bot) app(api string, body object) object {
	token := b.get("/_wecom/cgi-bin/gettoken?corpid=" + b.k.CorpID + "&corpsecret=" + b.k.Secret)["access_token"].(string)
	return b.post("/_wecom/cgi-bin/"+api+"?access_token="+token, body, nil)
}

func (b *bot) get(path string) object {
	resp, err := http.Get(b.url + path)
	return b.read(resp, err)
}

func (b *bot) post(path string, body any, header http.Header) object {
	raw, err := json.Marshal(body)
	if err != nil {
		b.Error(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.url+path, bytes.NewReader(raw))
	if err != nil {
		b.Error(err)
		return nil
	}
	req.Header = header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	return b.read(resp, err)
}

func (b *bot) read(resp *http.Response, err error) object {
	if err != nil {
		b.Error(err)
		return object{}
	}
	defer resp.Body.Close()
	out := object{}
	raw, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if code, ok := out["errcode"].(float64); err != nil || resp.StatusCode != http.StatusOK || ok && code != 0 {
		b.Errorf("answer %d %s %v", resp.StatusCode, raw, err)
	}
	return out
}

// delivery is what WeCom's callback says.
type delivery struct {
	FromUserName, MsgType, Content, Event, EventKey, TaskID, ResponseCode string
	Task                                                                  string   `xml:"TaskId"`
	Options                                                               []string `xml:"SelectedItems>SelectedItem>OptionIds>OptionId"`
}

func (b *bot) callback(_ http.ResponseWriter, r *http.Request) {
	b.working(func() { b.take(r) })
}

func (b *bot) take(r *http.Request) {
	var sealed struct{ Encrypt string }
	var d delivery
	err := xml.NewDecoder(r.Body).Decode(&sealed)
	if err == nil {
		err = xml.Unmarshal(b.open(sealed.Encrypt), &d)
	}
	if err != nil {
		b.Error(err)
	}
	switch {
	case d.MsgType == "text":
		b.answer(d)
	case d.MsgType == "image":
		b.app("message/send", object{"touser": d.FromUserName, "msgtype": "text", "agentid": b.k.AgentID, "text": object{"content": "名片收到了。"}})
	case d.Event == "template_card_event":
		b.hear("tap " + d.EventKey + " " + strings.Join(d.Options, ","))
		face := b.contract(d.Task)
		face["main_title"] = object{"title": "合同已通过 · HT2026-018"}
		delete(face, "button_selection")
		face["replace_text"] = "已同意"
		b.app("message/update_template_card", object{
			"userids": []string{d.FromUserName}, "agentid": b.k.AgentID, "response_code": d.ResponseCode, "template_card": face,
		})
	}
}

func (b *bot) answer(d delivery) {
	n := b.hear(d.Content)
	message := object{"touser": d.FromUserName, "agentid": b.k.AgentID}
	switch d.Content {
	case "图":
		message["msgtype"], message["image"] = "image", object{"media_id": b.upload()}
	case "排版":
		message["msgtype"] = "markdown"
		message["markdown"] = object{"content": "# 本周\n**拜访 4** <font color=\"warning\">少 1</font>\n- 绍兴市立医院\n> 详见 [漏斗](" + b.url + "/f)\n<script>alert(1)</script>"}
	default:
		message["msgtype"], message["template_card"] = "template_card", b.contract(fmt.Sprintf("task_%d", n))
	}
	b.app("message/send", message)
}

func (b *bot) contract(task string) object {
	return object{
		"card_type": "button_interaction", "task_id": task,
		"main_title": object{"title": "合同待审批 · HT2026-018 · 等你处理"}, "sub_title_text": "付款 60 天,制度上限 45 天",
		"horizontal_content_list": []object{
			{"keyname": "客户", "value": "绍兴市立医院(A类,欠款 0)"},
			{"keyname": "金额", "value": "¥1,280,000.00(标准价 92 折)"},
			{"keyname": "提交", "value": "周敏 · 3月11日 10:02"},
			{"keyname": "流程", "value": "法务 赵磊 → 销售总监 陈刚"},
		},
		"button_selection": object{"question_key": "reason", "title": "理由", "option_list": []object{
			{"id": "price", "text": "价格"}, {"id": "term", "text": "账期"},
		}},
		"button_list": []object{
			{"text": "同意", "style": 1, "key": "approve"},
			{"text": "退回修改", "style": 3, "key": "back"},
			{"text": "驳回", "style": 4, "key": "reject"},
			{"type": 1, "text": "详情", "style": 2, "url": b.url + "/c/42"},
		},
	}
}

func (b *bot) upload() string {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("media", "漏斗.png")
	if err == nil {
		_, err = part.Write(picture())
	}
	if err != nil {
		b.Error(err)
	}
	_ = m.Close()
	token := b.get("/_wecom/cgi-bin/gettoken?corpid=" + b.k.CorpID + "&corpsecret=" + b.k.Secret)["access_token"].(string)
	resp, err := http.Post(b.url+"/_wecom/cgi-bin/media/upload?type=image&access_token="+token, m.FormDataContentType(), &body)
	return b.read(resp, err)["media_id"].(string)
}

// picture is a small chart.
func picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 640, 320))
	for x := range 640 {
		for y := range 320 {
			c := color.RGBA{245, 246, 248, 255}
			if row := y / 80; x > 20+row*60 && x < 620-row*60 && y%80 > 14 {
				c = color.RGBA{43, 111, uint8(214 - row*30), 255}
			}
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// open decrypts a callback: AES-CBC, then random(16), length, message, receive id.
func (b *bot) open(encrypted string) []byte {
	key, err := base64.StdEncoding.DecodeString(b.k.EncodingAESKey + "=")
	if err != nil {
		panic(err)
	}
	sealed, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		panic(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(sealed, sealed)
	return sealed[20 : 20+binary.BigEndian.Uint32(sealed[16:20])]
}

// stream is the bot's DingTalk side.
func (b *bot) stream() *client.StreamClient {
	c := client.NewStreamClient(client.WithAppCredential(client.NewAppCredentialConfig("ding", "secret")), client.WithOpenApiHost(b.url+"/_dingtalk"))
	c.RegisterChatBotCallbackRouter(func(_ context.Context, m *chatbot.BotCallbackDataModel) ([]byte, error) {
		b.working(func() { b.dingAnswer(m) })
		return nil, nil
	})
	c.RegisterCardCallbackRouter(func(_ context.Context, r *card.CardRequest) (*card.CardResponse, error) {
		b.hear("tap " + r.GetActionString("action") + " " + r.GetActionString("reason"))
		return &card.CardResponse{
			CardUpdateOptions: &card.CardUpdateOptions{UpdateCardDataByKey: true},
			CardData:          &card.CardDataDto{CardParamMap: map[string]string{"status": "已通过法务 · 赵磊", "closed": "已由 赵磊 同意"}},
		}, nil
	})
	if err := c.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	return c
}

func (b *bot) dingAnswer(m *chatbot.BotCallbackDataModel) {
	n := b.hear(m.Text.Content)
	if m.ConversationType == "2" {
		b.post(strings.TrimPrefix(m.SessionWebhook, b.url), object{"msgtype": "markdown", "markdown": object{
			"title": "漏斗", "text": "**华东一组** 漏斗\n\n- 线索 40\n- 方案 12\n\n详情请单聊我",
		}}, nil)
		return
	}
	token := b.post("/_dingtalk/v1.0/oauth2/accessToken", object{"appKey": "ding", "appSecret": "secret"}, nil)["accessToken"].(string)
	b.post("/_dingtalk/v1.0/card/instances/createAndDeliver", object{
		"cardTemplateId": "tpl.schema", "outTrackId": fmt.Sprintf("track-%d", n), "callbackType": "STREAM",
		"openSpaceId": "dtv1.card//IM_ROBOT." + m.SenderStaffId, "imRobotOpenSpaceModel": object{"supportForward": false},
		"imRobotOpenDeliverModel": object{"spaceType": "IM_ROBOT", "robotCode": "ding"},
		"cardData": object{"cardParamMap": map[string]string{
			"title": "合同待审批 · HT2026-018", "status": "等你处理", "note": "付款 **60 天**,制度上限 45 天",
			"fields":  `[{"name":"客户","value":"绍兴市立医院(A类)"},{"name":"金额","value":"¥1,280,000.00"}]`,
			"b1_text": "同意", "b1_style": "primary", "b1_action": "approve", "b2_text": "驳回", "b2_style": "danger", "b2_action": "reject",
			"input_key": "reason", "input_placeholder": "理由",
		}},
	}, http.Header{"X-Acs-Dingtalk-Access-Token": {token}})
}

func (b *bot) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.heard...)
}
