package wecom

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot/sim"
)

func (w *world) click(c sim.Click) error {
	w.Helper()
	return w.sim.Click(context.Background(), c)
}

func (w *world) mustClick(c sim.Click) {
	w.Helper()
	if err := w.click(c); err != nil {
		w.Fatal(err)
	}
}

func buttons(c *sim.Card) string {
	var out []string
	for _, b := range c.Buttons {
		out = append(out, fmt.Sprintf("%s:%t", b.Text, b.Enabled))
	}
	return strings.Join(out, " ")
}

func TestCardIsDrawnFromItsWireForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin", contract("contract_42_r1"))))
	got := w.inbox("ZhouMin", "")[0]
	want := sim.Message{
		ID: a.MsgID, At: w.clock.Now(), Kind: "card", Version: 1,
		Card: &sim.Card{
			Title: "合同待审批 · HT2026-018", Status: "等你处理",
			Fields: []sim.Field{{Name: "客户", Value: "绍兴市立医院"}, {Name: "金额", Value: "¥1,280,000.00"}},
			Note:   "付款 60 天，制度上限 45 天",
			Buttons: []sim.Button{
				{Text: "同意", Style: "primary", Enabled: true},
				{Text: "驳回", Style: "danger", Enabled: true},
				{Text: "详情", Style: "secondary", URL: "https://bot.example.com/c/42", Enabled: true},
			},
			Choice: &sim.Choice{Key: "reason", Title: "理由", Options: []sim.Option{{ID: "price", Text: "价格"}, {ID: "term", Text: "账期"}}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("phone shows\n%+v\n%+v, want\n%+v\n%+v", got, got.Card, want, want.Card)
	}
	if a.ResponseCode == "" {
		t.Error("an interactive card has no response_code")
	}
}

func TestNoticeCardsAndTextCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := map[string]any{"type": 1, "url": "https://bot.example.com"}
	a := w.ok(w.call("message/send", cardTo("ZhouMin", map[string]any{
		"card_type": "text_notice", "main_title": map[string]any{"title": "合同超时", "desc": "升级"}, "card_action": link,
		"emphasis_content": map[string]any{"title": "51 小时", "desc": "已等"},
		"quote_area":       map[string]any{"title": "规则", "quote_text": "合同48小时"},
		"jump_list":        []map[string]any{{"type": 1, "title": "看合同", "url": "https://bot.example.com/c"}},
	})))
	if a.ResponseCode != "" {
		t.Error("a notice without action_menu has a response_code")
	}
	got := w.inbox("ZhouMin", "")[0].Card
	if got.Title != "合同超时" || got.Status != "升级" || got.Note != "规则\n合同48小时" || got.Fields[0] != (sim.Field{Name: "已等", Value: "51 小时"}) || got.Buttons[0].Text != "看合同" {
		t.Errorf("drawn as %+v", got)
	}
	w.ok(w.call("message/send", map[string]any{"touser": "ZhouMin", "agentid": defaultAgentID, "msgtype": "textcard", "textcard": map[string]any{
		"title": "周报", "description": `<div class="gray">3月11日</div><div class="highlight">拜访 4 < 计划 5</div>`, "url": "https://bot.example.com/w",
	}}))
	card := w.inbox("ZhouMin", "")[1].Card
	if card.Note != "3月11日\n拜访 4 < 计划 5" || card.Buttons[0].Text != "详情" {
		t.Errorf("textcard drawn as %+v", card)
	}
}

// with copies a card with some members replaced; nil removes one.
func with(card map[string]any, change map[string]any) map[string]any {
	out := maps.Clone(card)
	for k, v := range change {
		if v == nil {
			delete(out, k)
		} else {
			out[k] = v
		}
	}
	return out
}

func repeated(n int, item map[string]any) []map[string]any {
	out := make([]map[string]any, n)
	for i := range out {
		out[i] = maps.Clone(item)
		for _, k := range []string{"key", "id"} {
			if item[k] != nil {
				out[i][k] = fmt.Sprint(item[k], i)
			}
		}
	}
	return out
}

func TestCardLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := contract("t0")
	button, line := map[string]any{"text": "同意", "key": "k"}, map[string]any{"keyname": "客户", "value": "v"}
	option := map[string]any{"id": "o", "text": "价格"}
	selection := func(n int) map[string]any {
		return map[string]any{"question_key": "q", "title": "理由", "option_list": repeated(n, option)}
	}
	title := map[string]any{"title": "表决"}
	vote := map[string]any{
		"card_type": "vote_interaction", "main_title": title, "submit_button": map[string]any{"text": "提交", "key": "s"},
		"checkbox": map[string]any{"question_key": "q", "option_list": repeated(20, option)},
	}
	multi := map[string]any{
		"card_type": "multiple_interaction", "main_title": title, "submit_button": map[string]any{"text": "提交", "key": "s"},
		"select_list": []map[string]any{selection(2)},
	}
	link := map[string]any{"type": 1, "url": "https://x.cn"}
	notice := map[string]any{"card_type": "text_notice", "main_title": title, "card_action": link}
	news := map[string]any{"card_type": "news_notice", "main_title": title, "card_action": link, "card_image": map[string]any{"url": "https://x.cn/i.png"}}
	for i, tc := range []struct {
		name   string
		card   map[string]any
		change map[string]any
		want   int
	}{
		{"six buttons", base, map[string]any{"button_list": repeated(6, button)}, 0},
		{"seven buttons", base, map[string]any{"button_list": repeated(7, button)}, codeParam},
		{"no button", base, map[string]any{"button_list": nil}, codeButtonKey},
		{"button without key", base, map[string]any{"button_list": []map[string]any{{"text": "同意"}}}, codeButtonKey},
		{"button without text", base, map[string]any{"button_list": []map[string]any{{"key": "k"}}}, codeButtonText},
		{"two buttons of one key", base, map[string]any{"button_list": []map[string]any{button, button}}, codeButtonKey},
		{"key of 1024 bytes", base, map[string]any{"button_list": []map[string]any{{"text": "x", "key": strings.Repeat("k", 1024)}}}, 0},
		{"key of 1025 bytes", base, map[string]any{"button_list": []map[string]any{{"text": "x", "key": strings.Repeat("k", 1025)}}}, codeButtonKey},
		{"six lines", base, map[string]any{"horizontal_content_list": repeated(6, line)}, 0},
		{"seven lines", base, map[string]any{"horizontal_content_list": repeated(7, line)}, codeHorizontalSize},
		{"line without name", base, map[string]any{"horizontal_content_list": []map[string]any{{"value": "v"}}}, codeKeyname},
		{"link line without url", base, map[string]any{"horizontal_content_list": []map[string]any{{"type": 1, "keyname": "k"}}}, codeCardURL},
		{"ten options", base, map[string]any{"button_selection": selection(10)}, 0},
		{"eleven options", base, map[string]any{"button_selection": selection(11)}, codeOptionsSize},
		{"no option", base, map[string]any{"button_selection": selection(0)}, codeOptionsSize},
		{"no question key", base, map[string]any{"button_selection": map[string]any{"option_list": repeated(1, option)}}, codeQuestionKey},
		{"option without text", base, map[string]any{"button_selection": map[string]any{"question_key": "q", "option_list": []map[string]any{{"id": "a"}}}}, codeOptionText},
		{"options of one id", base, map[string]any{"button_selection": map[string]any{"question_key": "q", "option_list": []map[string]any{option, option}}}, codeOptionID},
		{"no task_id", base, map[string]any{"task_id": ""}, codeTaskID},
		{"task_id with a dot", base, map[string]any{"task_id": "a.b"}, codeTaskID},
		{"task_id of 129 bytes", base, map[string]any{"task_id": strings.Repeat("t", 129)}, codeTaskID},
		{"no title", base, map[string]any{"main_title": nil}, codeCardTitle},
		{"unknown type", base, map[string]any{"card_type": "form"}, codeCardType},
		{"vote of twenty", vote, nil, 0},
		{"vote of twenty-one", vote, map[string]any{"checkbox": map[string]any{"question_key": "q", "option_list": repeated(21, option)}}, codeOptionsSize},
		{"vote without submit key", vote, map[string]any{"submit_button": map[string]any{"text": "提交"}}, codeSubmitKey},
		{"multi", multi, nil, 0},
		{"multi of four", multi, map[string]any{"select_list": []map[string]any{selection(1), selection(1), selection(1), selection(1)}}, codeSelectSize},
		{"notice", notice, nil, 0},
		{"notice without action", notice, map[string]any{"card_action": nil}, codeCardAction},
		{"notice with action type 0", notice, map[string]any{"card_action": map[string]any{"type": 0}}, codeCardAction},
		{"notice without words", notice, map[string]any{"main_title": nil}, codeCardTitle},
		{"notice with sub_title only", notice, map[string]any{"main_title": nil, "sub_title_text": "x"}, 0},
		{"four jumps", notice, map[string]any{"jump_list": repeated(4, map[string]any{"type": 1, "title": "x", "url": "https://x.cn"})}, codeJumpSize},
		{"menu with one key twice", notice, map[string]any{"action_menu": map[string]any{"action_list": []map[string]any{{"text": "a", "key": "k"}, {"text": "b", "key": "k"}}}}, codeActionKey},
		{"news", news, nil, 0},
		{"news without picture", news, map[string]any{"card_image": nil}, codeCardImage},
		{"news with five lines", news, map[string]any{"vertical_content_list": repeated(5, map[string]any{"title": "x"})}, codeVerticalSize},
	} {
		card := with(tc.card, map[string]any{"task_id": fmt.Sprint("task_", i)})
		if got := w.call("message/send", cardTo("ZhouMin", with(card, tc.change))); got.ErrCode != tc.want {
			t.Errorf("%s: errcode %d, want %d: %s", tc.name, got.ErrCode, tc.want, got.ErrMsg)
		}
	}
}

func TestTaskIDWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.wantCode(w.call("message/send", cardTo("nobody", contract("t1"))), codeAllInvalid)
	w.ok(w.call("message/send", cardTo("ZhouMin", contract("t1"))))
	w.wantCode(w.call("message/send", cardTo("wangfang", contract("t1"))), codeTaskID)
	w.clock.advance(100 * 24 * time.Hour)
	w.token = ""
	w.wantCode(w.call("message/send", cardTo("wangfang", contract("t1"))), codeTaskID)
}

func TestInteractiveCardNeedsCallback(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.sim.SetCallback(""); err != nil {
		t.Fatal(err)
	}
	w.wantCode(w.call("message/send", cardTo("ZhouMin", contract("t1"))), codeNoCallback)
}

func TestTapReachesTheBotWithAnUpdateCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin|wangfang", contract("contract_42_r1"))))
	w.mustClick(sim.Click{From: "wangfang", MessageID: a.MsgID, Button: "驳回", Input: map[string]string{"reason": "账期"}})
	got := w.deliveries(1)[0].xml
	if got.Event != "template_card_event" || got.EventKey != "reject|42|1" || got.Task != "contract_42_r1" ||
		got.CardType != "button_interaction" || got.FromUserName != "wangfang" || got.MsgID != 0 {
		t.Errorf("event %+v", got)
	}
	if len(got.Selected) != 1 || got.Selected[0].QuestionKey != "reason" || !reflect.DeepEqual(got.Selected[0].OptionIDs, []string{"term"}) {
		t.Errorf("selected %+v", got.Selected)
	}

	closed := with(contract(""), map[string]any{"task_id": nil, "replace_text": "已驳回 · 王芳 3月11日 10:00"})
	update := map[string]any{"atall": 1, "agentid": defaultAgentID, "response_code": got.ResponseCode, "template_card": closed}
	w.ok(w.call("message/update_template_card", update))
	for _, who := range []string{"ZhouMin", "wangfang"} {
		m := w.inbox(who, "")
		if len(m) != 1 || m[0].ID != a.MsgID || m[0].Version != 2 || buttons(m[0].Card) != "已驳回 · 王芳 3月11日 10:00:false" || m[0].Card.Choice != nil {
			t.Errorf("%s sees %+v %+v", who, m, m[0].Card)
		}
	}
	var refused Refusal
	if err := w.click(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Button: "同意"}); !errors.As(err, &refused) {
		t.Errorf("a grey card can be tapped: %v", err)
	}
	// A second device that has not caught up.
	w.mustClick(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Key: "approve|42|1"})
	if got := w.deliveries(2)[1].xml; got.EventKey != "approve|42|1" || got.FromUserName != "ZhouMin" {
		t.Errorf("stale tap arrives as %+v", got)
	}
	if err := w.click(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Key: "forged"}); err == nil {
		t.Error("a key that was never on the card can be tapped")
	}
}

func TestResponseCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	update := func(code, who string) answerJSON {
		return w.call("message/update_template_card", map[string]any{
			"userids": []string{who}, "agentid": defaultAgentID, "response_code": code, "button": map[string]any{"replace_name": "已处理"},
		})
	}
	a := w.ok(w.call("message/send", cardTo("ZhouMin|wangfang", contract("t1"))))
	w.mustClick(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Button: "同意"})
	tapped := w.deliveries(1)[0].xml.ResponseCode
	w.ok(update(tapped, "zhoumin"))
	w.wantCode(update(tapped, "wangfang"), codeResponseCode)
	if got := w.inbox("wangfang", "")[0]; got.Version != 1 {
		t.Errorf("an update for one person changed the other's card: %+v", got.Card)
	}
	if got := w.inbox("ZhouMin", "")[0]; buttons(got.Card) != "已处理:false" || got.Card.Fields[0].Value != "绍兴市立医院" {
		t.Errorf("周敏 sees %+v", got.Card)
	}
	// The code of the send is another one, spent by its own first use.
	w.clock.advance(72 * time.Hour)
	w.token = ""
	if got := w.ok(update(a.ResponseCode, "sunjing")); fmt.Sprint(got.InvalidUser) != "[sunjing]" {
		t.Errorf("answer %s", got.raw)
	}
	w.wantCode(update(a.ResponseCode, "wangfang"), codeResponseCode)
	b := w.ok(w.call("message/send", cardTo("ZhouMin", contract("t2"))))
	w.clock.advance(72*time.Hour + time.Second)
	w.token = ""
	w.wantCode(update(b.ResponseCode, "ZhouMin"), codeResponseCode)
	w.wantCode(update("nonsense", "ZhouMin"), codeResponseCode)
	w.violation("response_code")
}

func TestTwoPeopleMayTapBeforeTheUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin|wangfang", contract("t1"))))
	var wg sync.WaitGroup
	for _, who := range []string{"ZhouMin", "wangfang"} {
		wg.Go(func() {
			if err := w.click(sim.Click{From: who, MessageID: a.MsgID, Button: "同意"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := w.deliveries(2)
	if got[0].xml.ResponseCode == got[1].xml.ResponseCode {
		t.Error("two taps share a response_code")
	}
}

func TestPassiveReplyChangesTheTappersCardOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin|wangfang", contract("t1"))))
	w.bot.set(func(int, received) (int, string) {
		return 200, w.bot.seal(`<xml><MsgType><![CDATA[update_template_card]]></MsgType><TemplateCard><CardType>button_interaction</CardType>` +
			`<MainTitle><Title>合同已通过</Title></MainTitle><HorizontalContentList><KeyName>客户</KeyName><Value>绍兴</Value></HorizontalContentList>` +
			`<ButtonList><Text>同意</Text><Key>k</Key></ButtonList><ReplaceText>已通过</ReplaceText></TemplateCard></xml>`)
	})
	w.mustClick(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Button: "同意"})
	w.eventually("card of the tapper changed", func() bool { return w.inbox("ZhouMin", "")[0].Version == 2 })
	got := w.inbox("ZhouMin", "")[0].Card
	if got.Title != "合同已通过" || buttons(got) != "已通过:false" || len(got.Fields) != 1 {
		t.Errorf("tapper sees %+v", got)
	}
	if got := w.inbox("wangfang", "")[0]; got.Version != 1 {
		t.Errorf("the other recipient's card changed: %+v", got)
	}
}

func TestChoosingInListsOfCards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	options := []map[string]any{{"id": "a", "text": "甲", "is_checked": true}, {"id": "b", "text": "乙"}, {"id": "c", "text": "丙"}}
	vote := w.ok(w.call("message/send", cardTo("ZhouMin", map[string]any{
		"card_type": "vote_interaction", "task_id": "v1", "main_title": map[string]any{"title": "陪访谁去"},
		"checkbox":      map[string]any{"question_key": "who", "mode": 1, "option_list": options},
		"submit_button": map[string]any{"text": "提交", "key": "vote"},
	})))
	click := func(button string, in map[string]string) error {
		return w.click(sim.Click{From: "ZhouMin", MessageID: vote.MsgID, Button: button, Input: in})
	}
	if err := click("提交", map[string]string{"who": "b, 丙"}); err != nil {
		t.Fatal(err)
	}
	if err := click("提交", nil); err != nil {
		t.Fatal(err)
	}
	got := w.deliveries(2)
	if ids := got[0].xml.Selected[0].OptionIDs; !reflect.DeepEqual(ids, []string{"b", "c"}) {
		t.Errorf("chosen %v", ids)
	}
	if ids := got[1].xml.Selected[0].OptionIDs; !reflect.DeepEqual(ids, []string{"a"}) {
		t.Errorf("left alone, %v is sent", ids)
	}
	if err := click("提交", map[string]string{"who": "丁"}); err == nil {
		t.Error("an option that is not there can be chosen")
	}
	if err := click("没有", nil); err == nil {
		t.Error("a button that is not there can be tapped")
	}
	if err := w.click(sim.Click{From: "wangfang", MessageID: vote.MsgID, Button: "提交"}); err == nil {
		t.Error("a person who never got the card can tap it")
	}
}

func TestMenuActionIsItsOwnEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin", map[string]any{
		"card_type": "text_notice", "task_id": "n1", "main_title": map[string]any{"title": "日报"},
		"card_action": map[string]any{"type": 1, "url": "https://x.cn"},
		"action_menu": map[string]any{"desc": "更多", "action_list": []map[string]any{{"text": "免打扰", "key": "mute"}}},
	})))
	if a.ResponseCode == "" {
		t.Error("a notice with action_menu has no response_code")
	}
	w.mustClick(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Button: "免打扰"})
	if got := w.deliveries(1)[0].xml; got.Event != "template_card_menu_event" || got.EventKey != "mute" || len(got.Selected) != 0 {
		t.Errorf("event %+v", got)
	}
}

func TestLinkButtonTellsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin", contract("t1"))))
	w.mustClick(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Button: "详情"})
	if got := w.sim.Deliveries(); len(got) != 0 {
		t.Errorf("a link was reported to the bot: %+v", got)
	}
}
