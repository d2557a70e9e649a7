package dingtalk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot/sim"
	"salesflow/bot/sim/dingtalk"
)

// TestBusyHour: people write and tap, the bot answers and sends, phones look, all at once; every push is acknowledged
// once and every answer is applied.
func TestBusyHour(t *testing.T) {
	t.Parallel()
	const writers, each = 6, 25
	w := start(t, func(o *dingtalk.Options) { o.CardAckLimit = time.Minute })
	bot := w.connect()
	w.deliver("c", "IM_GROUP."+group, vars{"b1_text": "赞", "b1_action": "like"})
	card := w.last("chengang").ID

	var people sync.WaitGroup
	for i := range writers {
		people.Go(func() {
			for j := range each {
				if _, err := w.Say(context.Background(), sim.Say{From: "liqiang", Text: fmt.Sprintf("%d-%d", i, j)}); err != nil {
					t.Error(err)
				}
				if err := w.Click(context.Background(), sim.Click{From: "chengang", MessageID: card, Button: "赞"}); err != nil {
					t.Error(err)
				}
				w.Inbox("liqiang", "*", 0)
				w.Acks()
			}
		})
	}
	people.Go(func() {
		for range each {
			w.send("zhaolei", "sampleText", object{"content": "好"}).ok()
		}
	})
	for range 2 * writers * each {
		f := bot.next()
		if strings.HasSuffix(f.Headers["topic"], "/callback") {
			bot.ack(f, 200, `{"response":{"cardUpdateOptions":{"updateCardDataByKey":true},"cardData":{"cardParamMap":{"status":"`+
				f.Headers["messageId"]+`"}}}}`)
			continue
		}
		bot.ack(f, 200, `{"response":null}`)
	}
	people.Wait()
	w.wait("all acknowledgements", func() bool {
		for _, a := range w.Acks() {
			if !a.Acked {
				return false
			}
		}
		return true
	})
	c, _ := w.CardState("c")
	if len(w.Acks()) != 2*writers*each || c.Updates != writers*each || c.Waiting != 0 {
		t.Errorf("%d pushes, card %+v", len(w.Acks()), c)
	}
	if got := w.last("chengang"); got.Version != 1+writers*each || got.Card.Status == "" {
		t.Errorf("the card on the phone is %+v", got)
	}
	if got := len(w.inbox("zhaolei")); got != each {
		t.Errorf("%d messages, want %d", got, each)
	}
}

// TestCloseUnderWay: closing in the middle of everything ends every goroutine (TestMain counts them) and refuses the rest.
func TestCloseUnderWay(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) {
		o.PingInterval, o.EventRetry, o.BotRetry, o.ConnectionLife = time.Millisecond, time.Millisecond, time.Hour, time.Hour
	})
	bot := w.connect()
	w.connect()
	w.deliver("c", "IM_ROBOT.chengang", vars{"b1_text": "同意"})
	if err := w.click("chengang", "同意"); err != nil {
		t.Fatal(err)
	}
	w.say("liqiang", "", "没人答")
	w.Event(context.Background(), "check_in", object{})
	w.fault(sim.Fault{Kind: dingtalk.Disconnect})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, _, err := bot.ws.ReadMessage(); err != nil {
			break
		}
	}
	if _, err := w.Say(context.Background(), sim.Say{From: "liqiang", Text: "还在吗"}); err == nil {
		t.Error("a closed simulator takes messages")
	}
}

func TestConnectionIsRecycled(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.ConnectionLife = 10 * time.Millisecond })
	endpoint, ticket := w.open(everything...)
	bot := w.dial(endpoint, ticket)
	if f := bot.next(); f.Headers["topic"] != "disconnect" {
		t.Errorf("frame = %+v", f)
	}
}

func TestAddressesAreThoseOfTheOptions(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *dingtalk.Options) { o.BaseURL = "https://sim.example/dingtalk/" })
	if endpoint, _ := w.open(everything...); endpoint != "wss://sim.example/dingtalk/connect" {
		t.Errorf("endpoint = %s", endpoint)
	}
	w = start(t, func(o *dingtalk.Options) { o.StreamURL = "wss://stream.example/connect" })
	if endpoint, _ := w.open(everything...); endpoint != "wss://stream.example/connect" {
		t.Errorf("endpoint = %s", endpoint)
	}
}
