package dingtalk_test

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"salesflow/bot/sim"
	"salesflow/bot/sim/dingtalk"
)

func TestOpenConnection(t *testing.T) {
	t.Parallel()
	w := start(t)
	body := func(change object) object {
		b := object{"clientId": clientID, "clientSecret": secret, "subscriptions": everything}
		maps.Copy(b, change)
		return b
	}
	w.post("/v1.0/gateway/connections/open", body(object{"clientSecret": "wrong"})).refused(401, "authFailed")
	w.post("/v1.0/gateway/connections/open", body(object{"subscriptions": nil})).
		refused(400, "invalidParameter.subscriptions")
	// Only the topic * can be subscribed for events.
	w.post("/v1.0/gateway/connections/open", body(object{"subscriptions": []object{{"type": "EVENT", "topic": "chat"}}})).
		refused(400, "invalidParameter.subscriptions")
}

func TestTicketWorksOnceAndFor90Seconds(t *testing.T) {
	t.Parallel()
	w := start(t)
	dial := func(endpoint, ticket string) int {
		t.Helper()
		ws, resp, err := websocket.DefaultDialer.Dial(endpoint+"?ticket="+ticket, nil)
		if err == nil {
			t.Cleanup(func() { _ = ws.Close() })
		}
		if resp == nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	endpoint, ticket := w.open(everything...)
	_, late := w.open(everything...)
	w.clock.advance(89 * time.Second)
	if got := dial(endpoint, ticket); got != 101 {
		t.Errorf("after 89 s: %d", got)
	}
	if got := dial(endpoint, ticket); got != 401 {
		t.Errorf("second use: %d", got)
	}
	w.clock.advance(time.Second)
	if got := dial(endpoint, late); got != 401 {
		t.Errorf("after 90 s: %d", got)
	}
}

// TestBotMessageFrame: the frame is the documented one to the field; header values and data are strings.
func TestBotMessageFrame(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	id := w.say("chengang", group, "拜访 华为")
	f := bot.next()
	keys := slices.Sorted(maps.Keys(f.Headers))
	if d := cmp.Diff([]string{"appId", "connectionId", "contentType", "messageId", "time", "topic"}, keys); d != "" {
		t.Error(d)
	}
	if f.SpecVersion != "1.0" || f.Type != "CALLBACK" || f.Headers["time"] != "1773194400000" ||
		f.Headers["topic"] != "/v1.0/im/bot/messages/get" {
		t.Errorf("frame = %+v", f)
	}
	var got object
	if err := json.Unmarshal([]byte(f.Data), &got); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"senderId", "chatbotUserId"} {
		if !regexp.MustCompile(`^\$:LWCP_v1:\$.{32}$`).MatchString(got[k].(string)) {
			t.Errorf("%s = %v, must be opaque", k, got[k])
		}
	}
	want := object{
		"conversationId": group, "conversationType": "2", "conversationTitle": "华东一组", "chatbotCorpId": "dingcorp",
		"chatbotUserId": got["chatbotUserId"], "msgId": id, "senderNick": "陈刚", "senderStaffId": "chengang",
		"senderId": got["senderId"], "senderCorpId": "dingcorp", "isAdmin": true, "isInAtList": true,
		"atUsers":        []any{object{"dingtalkId": got["chatbotUserId"]}},
		"sessionWebhook": got["sessionWebhook"], "sessionWebhookExpiredTime": 1773194400000.0 + 5400000,
		"createAt": 1773194400000.0, "robotCode": clientID, "msgtype": "text", "text": object{"content": " 拜访 华为"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestGroupMessageWithoutMentionStaysInTheGroup(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.connect()
	if _, err := w.Say(context.Background(), sim.Say{From: "liqiang", Chat: group, Text: "中午吃什么"}); err != nil {
		t.Fatal(err)
	}
	if len(w.Acks()) != 0 || len(w.inbox("chengang")) != 1 || len(w.inbox("zhaolei")) != 0 {
		t.Error("the message is not with the members alone")
	}
}

func TestRepeatedEventKeepsItsMsgID(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	say := func(s interface {
		Say(context.Context, sim.Say) (string, error)
	}, text string,
	) string {
		t.Helper()
		id, err := s.Say(context.Background(), sim.Say{From: "liqiang", Text: text, EventID: "e1"})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := say(w, "回款 华为 3万")
	a := bot.next()
	bot.ack(a, 200, "")
	second := say(w, "回款 华为 3万")
	b := bot.next()
	if first != second || a.Data != b.Data || a.Headers["messageId"] == b.Headers["messageId"] {
		t.Errorf("not a redelivery:\n%+v\n%+v", a, b)
	}
	if n := len(w.inbox("liqiang")); n != 1 {
		t.Errorf("the phone shows it %d times", n)
	}
	if after := say(start(t), "回款 华为 3万"); after != first {
		t.Error("another run of the simulator gives the same event another identity")
	}
}

func TestMessageWithoutConnectionIsLost(t *testing.T) {
	t.Parallel()
	w := start(t)
	id := w.say("liqiang", "", "在吗")
	w.connect(dingtalk.Subscription{Type: "EVENT", Topic: "*"}) // not the bot's topic
	w.say("liqiang", "", "还是不在")
	lost := w.Lost()
	if len(lost) != 2 || lost[0].Identity != id || len(w.Acks()) != 0 {
		t.Errorf("lost = %+v", lost)
	}
}

// TestOneOfSeveralConnections: each push goes to one connection; a second process steals messages.
func TestOneOfSeveralConnections(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.connect()
	w.connect()
	for range 40 {
		w.say("liqiang", "", "分给谁")
	}
	byConn := map[string]int{}
	for _, a := range w.Acks() {
		byConn[a.Connection]++
	}
	if len(byConn) != 2 || len(w.Acks()) != 40 {
		t.Errorf("pushes per connection: %v", byConn)
	}
}

func TestRedeliverFault(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	w.fault(sim.Fault{Kind: sim.Redeliver, Count: 1})
	w.say("liqiang", "", "一")
	a := bot.next()
	bot.ack(a, 200, "")
	b := bot.next()
	bot.ack(b, 200, "")
	if a.Data != b.Data || a.Headers["messageId"] == b.Headers["messageId"] {
		t.Errorf("not a redelivery:\n%+v\n%+v", a, b)
	}
	w.say("liqiang", "", "二")
	bot.ack(bot.next(), 200, "")
	w.wait("all acknowledgements", func() bool {
		for _, a := range w.Acks() {
			if !a.Acked {
				return false
			}
		}
		return true
	})
	if n := len(w.Acks()); n != 3 {
		t.Errorf("%d pushes, want 3", n)
	}
}

func (w *world) fault(f sim.Fault) {
	w.t.Helper()
	if err := w.Fault(f); err != nil {
		w.t.Fatal(err)
	}
}

func TestLostAckOfABotMessageBringsItAgain(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	w.fault(sim.Fault{Kind: sim.LostAck})
	w.say("liqiang", "", "一")
	a := bot.next()
	bot.ack(a, 200, "")
	b := bot.next()
	bot.ack(b, 200, "")
	w.wait("the second acknowledgement", func() bool { return w.Acks()[1].Acked })
	if acks := w.Acks(); a.Data != b.Data || !acks[0].Lost || acks[0].Acked || acks[1].Code != 200 {
		t.Errorf("acks = %+v", acks)
	}
}

func TestLostAckOfACardLeavesItsFace(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.CardAckLimit = 50 * time.Millisecond })
	bot := w.connect()
	w.deliver("c", "IM_ROBOT.chengang", vars{"status": "待审批", "b1_text": "同意"})
	w.fault(sim.Fault{Kind: sim.LostAck})
	if err := w.click("chengang", "同意"); err != nil {
		t.Fatal(err)
	}
	bot.ack(bot.next(), 200, `{"response":{"cardData":{"cardParamMap":{"status":"已同意"}}}}`)
	w.wait("the limit", func() bool { c, _ := w.CardState("c"); return w.Acks()[0].Lost && c.Waiting == 0 })
	if w.last("chengang").Card.Status != "待审批" {
		t.Error("a lost answer changed the card")
	}
}

func TestBotMessageRetryWhenSwitchedOn(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.BotRetry = time.Millisecond; o.EventAttempts = 2 })
	bot := w.connect()
	w.say("liqiang", "", "一")
	if a, b := bot.next(), bot.next(); a.Data != b.Data {
		t.Error("not the same message")
	}
}

func TestEventUntilItIsTaken(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.EventRetry = 20 * time.Millisecond; o.EventAttempts = 4 })
	bot := w.connect()
	id := w.Event(context.Background(), "user_leave_org", object{"userId": []string{"liqiang"}})
	first := bot.next()
	bot.ack(first, 200, `{"status":"LATER"}`)
	second := bot.next() // not acknowledged in time
	third := bot.next()
	bot.ack(third, 200, `{"status":"SUCCESS"}`)
	w.wait("the good acknowledgement", func() bool { return len(w.Acks()) >= 3 && w.Acks()[2].Acked }) // a slow one may be overtaken by a fourth
	ids := map[string]bool{}
	for _, f := range []frame{first, second, third} {
		ids[f.Headers["messageId"]] = true
		if f.Type != "EVENT" || f.Headers["topic"] != "*" || f.Headers["eventId"] != id ||
			f.Headers["eventType"] != "user_leave_org" || f.Headers["eventCorpId"] != "dingcorp" ||
			f.Headers["eventBornTime"] != "1773194400000" || f.Data != first.Data {
			t.Errorf("frame = %+v", f)
		}
	}
	if len(ids) != 3 {
		t.Error("a redelivery needs a new messageId")
	}
}

func TestPingMustBeEchoed(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.PingInterval = time.Second })
	bot := w.connect()
	f := bot.next()
	if f.Type != "SYSTEM" || f.Headers["topic"] != "ping" || f.Data == "" {
		t.Errorf("frame = %+v", f)
	}
	bot.ack(f, 200, f.Data)
	if g := bot.next(); g.Data == f.Data {
		t.Error("a ping repeats its opaque value")
	}
	w.wait("the end of a silent connection", func() bool { return len(w.Connections()) == 0 })
}

func TestDisconnectFrameThenSilenceThenEnd(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	w.fault(sim.Fault{Kind: dingtalk.Disconnect})
	w.say("liqiang", "", "没人听")
	f := bot.next()
	if f.Type != "SYSTEM" || f.Headers["topic"] != "disconnect" || f.Data != `{"reason":"connection is expired"}` {
		t.Errorf("frame = %+v", f)
	}
	if _, _, err := bot.ws.ReadMessage(); err == nil {
		t.Error("something was pushed after the disconnect frame")
	}
	if len(w.Lost()) != 1 {
		t.Errorf("lost = %+v", w.Lost())
	}
	w.connect()
	w.say("liqiang", "", "又在了")
	if len(w.Lost()) != 1 {
		t.Error("the new connection gets nothing")
	}
}

func TestDropStream(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	w.fault(sim.Fault{Kind: sim.DropStream})
	if _, _, err := bot.ws.ReadMessage(); err == nil {
		t.Error("the socket is alive")
	}
	if len(w.Connections()) != 0 {
		t.Error("a cut connection is listed")
	}
}

func TestAckOfNothingIsIgnored(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	bot.ack(frame{Headers: map[string]string{"messageId": "made up"}}, 200, "")
	if err := bot.ws.WriteMessage(websocket.TextMessage, []byte("not JSON")); err != nil {
		t.Fatal(err)
	}
	w.say("liqiang", "", "还好吗")
	f := bot.next()
	bot.ack(f, 200, `{"response":null}`)
	bot.ack(f, 500, "")
	w.wait("the acknowledgement", func() bool { return w.Acks()[0].Acked && len(w.Violations()) == 1 })
	if w.Acks()[0].Code != 200 {
		t.Error("the second acknowledgement counts")
	}
}
