package dingtalk_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/bot/sim"
	"salesflow/bot/sim/dingtalk"
)

type vars = map[string]string

type object = map[string]any

// request is a valid createAndDeliver for the given spaces.
func request(id, space string, v vars) object {
	return object{
		"cardTemplateId": template, "outTrackId": id, "callbackType": "STREAM", "cardData": object{"cardParamMap": v},
		"openSpaceId":             "dtv1.card//" + space,
		"imGroupOpenSpaceModel":   object{"supportForward": false},
		"imRobotOpenSpaceModel":   object{"supportForward": false},
		"imGroupOpenDeliverModel": object{"robotCode": clientID},
		"imRobotOpenDeliverModel": object{"spaceType": "IM_ROBOT", "robotCode": clientID},
	}
}

func (w *world) deliver(id, space string, v vars) {
	w.t.Helper()
	a := w.post("/v1.0/card/instances/createAndDeliver", request(id, space, v)).ok()
	for _, r := range a["result"].(object)["deliverResults"].([]any) {
		if r.(object)["success"] != true {
			w.t.Fatalf("not delivered: %v", r)
		}
	}
}

func TestCardFace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		vars vars
		want sim.Card
	}{
		{"字段按列表画", vars{
			"title": "拜访", "status": "待确认", "level": "warn", "body": "**客户** 华为", "note": "说错了直接改",
			"fields": `[{"name":"客户","value":"华为"},{"name":"金额","value":"3.5 万"}]`,
		}, sim.Card{
			Title: "拜访", Status: "待确认", Note: "说错了直接改", Buttons: []sim.Button{},
			Fields: []sim.Field{{Name: "客户", Value: "华为"}, {Name: "金额", Value: "3.5 万"}},
		}},
		{"没有列表就读正文，剩下的是备注", vars{"title": "拜访", "body": "**客户** 华为\n\n**下一步** 周五报价\n\n回复 改 可以修改"}, sim.Card{
			Title: "拜访", Note: "回复 改 可以修改", Buttons: []sim.Button{},
			Fields: []sim.Field{{Name: "客户", Value: "华为"}, {Name: "下一步", Value: "周五报价"}},
		}},
		{"按钮、链接和输入框", vars{
			"b1_text": "同意", "b1_style": "primary", "b1_action": "a", "b2_text": "驳回", "b2_show": "false", "b3_text": "看合同",
			"b3_url": "https://bot.example.com/c/1", "input_key": "reason", "input_placeholder": "理由",
		}, sim.Card{
			Fields: []sim.Field{}, Input: &sim.Input{Key: "reason", Placeholder: "理由"}, Buttons: []sim.Button{
				{Text: "同意", Style: "primary", Enabled: true}, {Text: "看合同", URL: "https://bot.example.com/c/1", Enabled: true},
			},
		}},
		{"关闭后只剩灰字", vars{"b1_text": "同意", "input_key": "reason", "closed": "已由 陈刚 同意"}, sim.Card{
			Fields: []sim.Field{}, Buttons: []sim.Button{{Text: "已由 陈刚 同意"}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.deliver("c", "IM_ROBOT.liqiang", tt.vars)
			if d := cmp.Diff(&tt.want, w.last("liqiang").Card); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCardRefusals(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.deliver("taken", "IM_ROBOT.liqiang", vars{"title": "x"})
	long := strings.Repeat("长", 342) // 1026 bytes
	tests := []struct {
		name   string
		change object
		code   string
	}{
		{"没有编号", object{"outTrackId": ""}, "param.outTrackIdEmpty"},
		{"编号过长", object{"outTrackId": strings.Repeat("x", 65)}, "param.invalid"},
		{"编号重复", object{"outTrackId": "taken"}, "param.cardAlreadyExist"},
		{"没有模板", object{"cardTemplateId": ""}, "param.cardTemplateIdEmpty"},
		{"模板不存在", object{"cardTemplateId": "other.schema"}, "param.templateNotExist"},
		{"没有数据", object{"cardData": nil}, "param.cardPublicDataEmpty"},
		{"值不是字符串", object{"cardData": object{"cardParamMap": object{"title": 1}}}, "param.invalid"},
		{"值为空", object{"cardData": object{"cardParamMap": object{"title": nil}}}, "param.invalid"},
		{"值超过1KB", object{"cardData": object{"cardParamMap": vars{"title": long}}}, "param.invalid"},
		{"变量名超过100字节", object{"cardData": object{"cardParamMap": vars{strings.Repeat("k", 101): ""}}}, "param.invalid"},
		{"私有数据超过1KB", object{"privateData": object{"liqiang": object{"cardParamMap": vars{
			"a": strings.Repeat("x", 600), "b": strings.Repeat("x", 600),
		}}}}, "param.invalid"},
		{"私有数据给了不存在的人", object{"privateData": object{"nobody": object{"cardParamMap": vars{"a": "1"}}}}, "param.userIdNotExist"},
		{"小写回调类型", object{"callbackType": "stream"}, "param.invalid"},
		{"HTTP回调没有路由", object{"callbackType": "HTTP"}, "param.invalid"},
		{"没有场域", object{"openSpaceId": ""}, "param.openSpaceIdEmpty"},
		{"场域格式不对", object{"openSpaceId": "IM_ROBOT.liqiang"}, "param.openSpaceIdInvalid"},
		{"缺场域信息", object{"imRobotOpenSpaceModel": nil}, "param.openSpaceModelInvalid"},
		{"缺supportForward", object{"imRobotOpenSpaceModel": object{}}, "param.openSpaceModelInvalid"},
		{"缺投放信息", object{"imRobotOpenDeliverModel": nil}, "param.openDeliverModelEmpty"},
		{"别人的机器人", object{"imRobotOpenDeliverModel": object{"spaceType": "IM_ROBOT", "robotCode": "other"}}, "param.openDeliverModelError"},
		{"群投放没写机器人", object{"openSpaceId": "dtv1.card//IM_GROUP." + group, "imGroupOpenDeliverModel": object{}}, "param.openDeliverModelError"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request("new", "IM_ROBOT.liqiang", vars{"title": "新"})
			maps.Copy(r, tt.change)
			w.post("/v1.0/card/instances/createAndDeliver", r).refused(400, tt.code)
		})
	}
	w.do("PUT", "/v1.0/card/instances", object{"outTrackId": "none"}).refused(400, "param.cardNotExist")
	if got := len(w.inbox("liqiang")); got != 1 {
		t.Errorf("refused cards reached the phone: %d messages", got)
	}
	if c, _ := w.CardState("taken"); c.Public["title"] != "x" {
		t.Errorf("a repeated outTrackId changed the card: %v", c.Public)
	}
}

func TestCardDeliveredPartly(t *testing.T) {
	t.Parallel()
	w := start(t)
	r := request("c", "IM_GROUP."+group+";im_robot.zhaolei;IM_ROBOT.nobody;IM_GROUP.cidOther", vars{"title": "合同"})
	r["imGroupOpenDeliverModel"] = object{"robotCode": clientID, "recipients": []string{"chengang"}}
	a := w.post("/v1.0/card/instances/createAndDeliver", r).ok()
	var got []bool
	for _, x := range a["result"].(object)["deliverResults"].([]any) {
		got = append(got, x.(object)["success"].(bool))
	}
	if d := cmp.Diff([]bool{true, true, false, false}, got); d != "" {
		t.Error(d)
	}
	if len(w.inbox("chengang")) != 1 || len(w.inbox("zhaolei")) != 1 || len(w.inbox("liqiang")) != 0 {
		t.Error("the card is not with the recipient of the group and the single chat alone")
	}
}

func TestCardInTwoSteps(t *testing.T) {
	t.Parallel()
	w := start(t)
	r := request("c", "IM_ROBOT.liqiang", vars{"title": "合同"})
	if a := w.post("/v1.0/card/instances", r).ok(); a["result"] != "c" || len(w.inbox("liqiang")) != 0 {
		t.Errorf("created: %v, inbox %v", a, w.inbox("liqiang"))
	}
	list, ok := w.post("/v1.0/card/instances/deliver", r).ok()["result"].([]any)
	if !ok || len(list) != 1 || list[0].(object)["success"] != true {
		t.Fatalf("result = %v, want a list", list)
	}
	if w.last("liqiang").Card.Title != "合同" {
		t.Error("the card did not arrive")
	}
}

// TestCardUpdate: by key merges, without replaces; private data is for one person; a phone sees a new version only when
// its own face changed.
func TestCardUpdate(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.deliver("c", "IM_GROUP."+group, vars{"title": "合同", "status": "待审批", "b1_text": "同意"})
	put := func(body object) {
		t.Helper()
		body["outTrackId"] = "c"
		w.do("PUT", "/v1.0/card/instances", body).ok()
	}
	byKey := object{"updateCardDataByKey": true, "updatePrivateDataByKey": true}
	put(object{"privateData": object{"liqiang": object{"cardParamMap": vars{"b1_show": "false"}}}, "cardUpdateOptions": byKey})
	if li, chen := w.last("liqiang"), w.last("chengang"); li.Version != 2 || len(li.Card.Buttons) != 0 || chen.Version != 1 ||
		len(chen.Card.Buttons) != 1 {
		t.Errorf("after private data: %+v and %+v", li, chen)
	}
	put(object{"cardData": object{"cardParamMap": vars{"status": "已同意"}}, "cardUpdateOptions": byKey})
	if c := w.last("chengang").Card; c.Title != "合同" || c.Status != "已同意" {
		t.Errorf("by key: %+v", c)
	}
	put(object{"cardData": object{"cardParamMap": vars{"status": "作废"}}})
	if c := w.last("chengang").Card; c.Title != "" || c.Status != "作废" {
		t.Errorf("without options all variables are replaced: %+v", c)
	}
}

func (w *world) click(from, button string) error {
	return w.Click(context.Background(), sim.Click{From: from, MessageID: w.last(from).ID, Button: button})
}

func TestClickRefusedByThePhone(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.deliver("c", "IM_ROBOT.chengang", vars{"title": "合同", "b1_text": "同意", "b2_text": "看", "b2_url": "https://x.example"})
	id := w.last("chengang").ID
	tests := []struct {
		name  string
		click sim.Click
		want  error
	}{
		{"别人的卡片", sim.Click{From: "liqiang", MessageID: id, Button: "同意"}, dingtalk.ErrNoCard},
		{"不认识的人", sim.Click{From: "nobody", MessageID: id, Button: "同意"}, dingtalk.ErrUnknownPerson},
		{"没有的按钮", sim.Click{From: "chengang", MessageID: id, Button: "驳回"}, dingtalk.ErrNoButton},
		{"没有输入框", sim.Click{From: "chengang", MessageID: id, Button: "同意", Input: vars{"reason": "贵"}}, dingtalk.ErrNoInput},
		{"链接只在手机上打开", sim.Click{From: "chengang", MessageID: id, Button: "看"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := w.Click(context.Background(), tt.click); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	if len(w.Acks())+len(w.Lost()) != 0 {
		t.Error("something was called back")
	}
}

func TestCardCallback(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	w.deliver("c", "IM_GROUP."+group, vars{
		"title": "合同", "b1_text": "驳回", "b1_action": "reject:7:2", "input_key": "reason",
	})
	msg := w.last("chengang")
	err := w.Click(context.Background(), sim.Click{
		From: "chengang", MessageID: msg.ID, Button: "驳回", Input: vars{"reason": "账期太长"},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := bot.next()
	var data struct {
		Type, OutTrackID, CorpID, UserID, SpaceType, SpaceID, Content string
	}
	if err := json.Unmarshal([]byte(f.Data), &data); err != nil {
		t.Fatal(err)
	}
	if data.Type != "actionCallback" || data.OutTrackID != "c" || data.UserID != "chengang" || data.SpaceID != group {
		t.Errorf("data = %+v", data)
	}
	want := `{"cardPrivateData":{"actionIds":["b1"],"params":{"action":"reject:7:2","input":{"reason":"账期太长"},"reason":"账期太长"}}}`
	if data.Content != want {
		t.Errorf("content = %s\nwant      %s", data.Content, want)
	}
	bot.ack(f, 200, `{"response":{"cardUpdateOptions":{"updateCardDataByKey":true,"updatePrivateDataByKey":true},
		"cardData":{"cardParamMap":{"status":"已驳回"}},"userPrivateData":{"cardParamMap":{"b1_show":"false"}}}}`)
	w.wait("the new face", func() bool { return w.last("chengang").Version == 2 })
	chen, li := w.last("chengang").Card, w.last("liqiang").Card
	if chen.Status != "已驳回" || len(chen.Buttons) != 0 || li.Status != "已驳回" || len(li.Buttons) != 1 {
		t.Errorf("private data of the one who clicked went elsewhere: %+v, %+v", chen, li)
	}
	if a := w.Acks(); !a[0].Applied || a[0].Late {
		t.Errorf("acknowledgement = %+v", a[0])
	}

	// A second device still shows the button: the old value arrives all the same.
	if err := w.Click(context.Background(), sim.Click{From: "chengang", MessageID: msg.ID, Key: "reject:7:1"}); err != nil {
		t.Fatal(err)
	}
	if f := bot.next(); !strings.Contains(f.Data, "reject:7:1") {
		t.Errorf("stale click = %s", f.Data)
	}
}

func TestCardAcknowledgedTooLate(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.CardAckLimit = time.Millisecond })
	bot := w.connect()
	w.deliver("c", "IM_ROBOT.chengang", vars{"status": "待审批", "b1_text": "同意"})
	if err := w.click("chengang", "同意"); err != nil {
		t.Fatal(err)
	}
	f := bot.next()
	w.wait("the limit", func() bool { c, _ := w.CardState("c"); return c.Waiting == 0 })
	bot.ack(f, 200, `{"response":{"cardData":{"cardParamMap":{"status":"已同意"}}}}`)
	w.wait("the late acknowledgement", func() bool { return w.Acks()[0].Acked })
	if a := w.Acks()[0]; !a.Late || a.Applied || w.last("chengang").Card.Status != "待审批" {
		t.Errorf("a late answer was applied: %+v", a)
	}
}

func TestCardResponseOverTheLimits(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	w.deliver("c", "IM_ROBOT.chengang", vars{"status": "待审批", "b1_text": "同意"})
	if err := w.click("chengang", "同意"); err != nil {
		t.Fatal(err)
	}
	bot.ack(bot.next(), 200, `{"response":{"cardData":{"cardParamMap":{"status":"`+strings.Repeat("x", 1025)+`"}}}}`)
	w.wait("the violation", func() bool { return len(w.Violations()) == 1 })
	if v := w.Violations()[0]; v.Kind != "card_response" || v.Subject != "c" || w.last("chengang").Card.Status != "待审批" {
		t.Errorf("violation = %+v", v)
	}
}

func TestCardUpdatedDuringItsCallback(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	w.deliver("c", "IM_ROBOT.chengang", vars{"b1_text": "同意"})
	if err := w.click("chengang", "同意"); err != nil {
		t.Fatal(err)
	}
	f := bot.next()
	body := object{"outTrackId": "c", "cardData": object{"cardParamMap": vars{"b1_text": "同意"}}}
	w.do("PUT", "/v1.0/card/instances", body).ok()
	if v := w.Violations(); len(v) != 1 || v[0].Kind != "card_update_in_callback" {
		t.Fatalf("violations = %+v", v)
	}
	bot.ack(f, 200, `{"response":null}`)
	w.do("PUT", "/v1.0/card/instances", body).ok()
	if len(w.Violations()) != 1 {
		t.Error("an update after the answer counts as a violation")
	}
}
