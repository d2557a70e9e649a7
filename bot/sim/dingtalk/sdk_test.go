package dingtalk_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/card"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/chatbot"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/client"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/payload"

	"salesflow/bot/sim"
)

// TestSDKClient lets DingTalk's own client do what a bot does: take a message, answer it, and put a new face on a card.
func TestSDKClient(t *testing.T) {
	w := start(t)
	got := make(chan *chatbot.BotCallbackDataModel, 10)
	clicks := make(chan *card.CardRequest, 10)
	events := make(chan string, 10)

	cli := client.NewStreamClient(
		client.WithAppCredential(client.NewAppCredentialConfig(clientID, secret)),
		client.WithOpenApiHost(w.url),
	)
	cli.RegisterChatBotCallbackRouter(func(_ context.Context, m *chatbot.BotCallbackDataModel) ([]byte, error) {
		got <- m
		if m.Text.Content == "坏" {
			return nil, errors.New("boom")
		}
		return nil, nil
	})
	cli.RegisterCardCallbackRouter(func(_ context.Context, r *card.CardRequest) (*card.CardResponse, error) {
		clicks <- r
		return &card.CardResponse{
			CardUpdateOptions: &card.CardUpdateOptions{UpdateCardDataByKey: true, UpdatePrivateDataByKey: true},
			CardData:          &card.CardDataDto{CardParamMap: map[string]string{"status": "已同意", "closed": "已由 陈刚 同意"}},
		}, nil
	})
	cli.RegisterAllEventRouter(func(_ context.Context, f *payload.DataFrame) (*payload.DataFrameResponse, error) {
		events <- f.GetHeader("eventType")
		r := payload.NewSuccessDataFrameResponse()
		return r, r.SetJson(map[string]string{"status": "SUCCESS"})
	})
	if err := cli.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer cli.Close()

	id := w.say("liqiang", "", "拜访华为张总")
	m := <-got
	if m.MsgId != id || m.Text.Content != "拜访华为张总" || m.SenderStaffId != "liqiang" || m.ConversationType != "1" ||
		m.RobotCode != clientID {
		t.Errorf("message = %+v", m)
	}
	w.say("liqiang", "", "坏")
	<-got
	w.wait("both acknowledgements", func() bool {
		a := w.Acks()
		return len(a) == 2 && a[0].Code == 200 && a[1].Code == 500
	})

	w.do("POST", strings.TrimPrefix(m.SessionWebhook, w.url), object{
		"msgtype": "text", "text": object{"content": "记下了"},
	}).ok()
	if last := w.last("liqiang"); last.Text != "记下了" || last.From != "" {
		t.Errorf("the reply on the phone is %+v", last)
	}

	w.deliver("c1", "IM_ROBOT.chengang", vars{
		"title": "合同审批", "status": "待审批", "b1_text": "同意", "b1_action": "approve:1:1",
	})
	if err := w.Click(context.Background(), sim.Click{From: "chengang", MessageID: w.last("chengang").ID, Button: "同意"}); err != nil {
		t.Fatal(err)
	}
	r := <-clicks
	if r.UserId != "chengang" || r.OutTrackId != "c1" || r.GetActionString("action") != "approve:1:1" ||
		len(r.CardActionData.CardPrivateData.ActionIdList) != 1 || r.CardActionData.CardPrivateData.ActionIdList[0] != "b1" {
		t.Errorf("callback = %+v", r)
	}
	w.wait("the new face", func() bool { return w.last("chengang").Version == 2 })
	if c := w.last("chengang").Card; c.Status != "已同意" || len(c.Buttons) != 1 || c.Buttons[0].Enabled {
		t.Errorf("face = %+v", c)
	}

	w.Event(context.Background(), "bpms_instance_change", map[string]string{"processInstanceId": "p1"})
	if kind := <-events; kind != "bpms_instance_change" {
		t.Errorf("event = %s", kind)
	}
}
