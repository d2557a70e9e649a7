package dingtalk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/sim"
	peer "salesflow/bot/sim/dingtalk"
	"salesflow/cards"
)

// asked makes a person say something and gives the route of the answer.
func (w *world) asked(chat string) bot.Event {
	w.t.Helper()
	d := newDesk()
	w.listen(d)
	w.say(sim.Say{From: "liqiang", Chat: chat, Text: "今天", MentionBot: true})
	return receive(w.t, "the event", d.events)
}

func answerTo(ev bot.Event, out bot.Outgoing) bot.Delivery {
	d := bot.Delivery{ID: 8, Kind: bot.DeliverReply, Platform: Platform, Chat: ev.Chat, Route: ev.Route, Out: out, CardID: 4713}
	if !ev.Chat.Group {
		d.Users = []bot.UserID{ev.From}
	}
	return d
}

func calls(w *world, api string) int {
	n := 0
	for _, c := range w.Calls() {
		if strings.HasSuffix(c.API, api) {
			n++
		}
	}
	return n
}

func TestAnswerUsesTheReplyAddressWhileItIsGood(t *testing.T) {
	t.Parallel()
	w := start(t)
	ev := w.asked("")
	w.send(answerTo(ev, bot.Outgoing{Text: "已记录"}))
	if m := w.last("liqiang", ""); m.Text != "已记录" || m.Kind != "text" || w.counted() != 0 {
		t.Errorf("phone shows %+v at the cost of %d calls", m, w.counted())
	}
	w.clock.advance(2 * time.Hour)
	w.send(answerTo(ev, bot.Outgoing{Text: "还在"}))
	if m := w.last("liqiang", ""); m.Text != "还在" || w.counted() != 1 {
		t.Errorf("phone shows %+v at the cost of %d calls", m, w.counted())
	}
}

func TestReplyAddressThatStoppedWorkingIsReplaced(t *testing.T) {
	t.Parallel()
	w := start(t, change{peer: func(o *peer.Options) { o.WebhookPerMinute = 1 }})
	ev := w.asked("")
	for i := range 3 {
		w.send(answerTo(ev, bot.Outgoing{Text: fmt.Sprint("第", i, "条")}))
	}
	if n := w.heard("liqiang", ""); n != 3 || w.counted() != 2 {
		t.Errorf("%d messages, %d calls", n, w.counted())
	}
}

func TestReplyAddressElsewhereIsNotUsed(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, address := range []string{
		"http://127.0.0.1:1/robot/sendBySession?session=1", "https://oapi.dingtalk.com.evil.example/x", "https://u@oapi.dingtalk.com/x",
		"http://oapi.dingtalk.com/x", "https://oapi.dingtalk.com:8443/x", "file:///etc/passwd", "https://dingtalk.com@evil.example/",
	} {
		if w.api.replyAddress(address) {
			t.Errorf("%s would be called", address)
		}
	}
	for _, address := range []string{"https://oapi.dingtalk.com/robot/sendBySession?session=1", w.url + "/robot/sendBySession"} {
		if !w.api.replyAddress(address) {
			t.Errorf("%s is refused", address)
		}
	}
}

func TestMarkdownGoesOutAsMarkdown(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.send(toPerson(bot.Outgoing{Text: "**今天** 3 件事\n1. 寄样\n2. 回电\n\n完"}, "liqiang"))
	if m := w.last("liqiang", ""); m.Kind != "markdown" || m.Text != "**今天** 3 件事  \n1. 寄样  \n2. 回电\n\n完" {
		t.Errorf("phone shows %s %q", m.Kind, m.Text)
	}
}

func TestLongTextGoesOutInParts(t *testing.T) {
	t.Parallel()
	w := start(t)
	for name, line := range map[string]string{"汉字": "客户说价格高。", "引号": `"""""""""`} {
		text := strings.Repeat(line+"\n", 4000)
		before := w.heard("liqiang", "")
		w.send(toPerson(bot.Outgoing{Text: text}, "liqiang"))
		list, _ := w.Inbox("liqiang", "", 0)
		var got strings.Builder
		for _, m := range list[before:] {
			got.WriteString(m.Text + "\n")
		}
		if strings.ReplaceAll(got.String(), "\n", "") != strings.ReplaceAll(text, "\n", "") {
			t.Errorf("%s: %d bytes arrived of %d", name, got.Len(), len(text))
		}
	}
}

func TestManyReceiversGoInOneCallOfTwenty(t *testing.T) {
	t.Parallel()
	w := start(t, change{peer: func(o *peer.Options) {
		for i := range 25 {
			o.Company.People = append(o.Company.People, sim.Person{ID: fmt.Sprint("p", i), Name: fmt.Sprint("人", i)})
		}
	}})
	var users []bot.UserID
	for i := range 25 {
		users = append(users, bot.UserID(fmt.Sprint("p", i)))
	}
	r := w.send(toPerson(bot.Outgoing{Text: "明天交日报"}, append(users, "nobody")...))
	if w.counted() != 2 || len(r.Undelivered) != 1 || r.Undelivered[0] != "nobody" || r.Message == "" {
		t.Errorf("%d calls, receipt %+v", w.counted(), r)
	}
	if w.heard("p0", "") != 1 || w.heard("p24", "") != 1 {
		t.Error("not everybody was reached")
	}
}

func TestThrottledReceivers(t *testing.T) {
	t.Parallel()
	w := start(t)
	d := toPerson(bot.Outgoing{Text: "明天交日报"}, "liqiang", "chengang")
	w.fault(peer.FlowControl, 1)
	if r := w.send(d); len(r.Undelivered) != 0 || w.heard("liqiang", "") != 1 {
		t.Errorf("after one more try: %+v", r)
	}
	w.fault(peer.FlowControl, 2)
	if f := w.refused(d, bot.Throttled, true); f.After == 0 {
		t.Error("no pause before the next try")
	}
	w.refused(toPerson(bot.Outgoing{Text: "在吗"}, "nobody"), bot.NoRecipient, false)
}

func TestOutsiderIsAnsweredOnlyByTheReplyAddress(t *testing.T) {
	t.Parallel()
	w := start(t)
	ev := w.asked("")
	d := answerTo(ev, bot.Outgoing{Text: "不认识你"})
	d.Users = []bot.UserID{outsider + "abc"}
	card := approval()
	w.send(d)
	d.Out = bot.Outgoing{Card: &card}
	if r := w.send(d); !r.AsText {
		t.Errorf("receipt %+v", r)
	}
	if w.heard("liqiang", "") != 2 || w.counted() != 0 {
		t.Error("the answer did not arrive")
	}
	d.Route = bot.Route{}
	w.refused(d, bot.NoRecipient, false)
	w.refused(toPerson(bot.Outgoing{Text: "谁"}, system), bot.NoRecipient, false)
	if w.counted() != 0 {
		t.Error("a call was spent on nobody")
	}
}

func TestCardToPeopleAndGroup(t *testing.T) {
	t.Parallel()
	w := start(t)
	card := approval()
	r := w.send(toPerson(bot.Outgoing{Card: &card}, "liqiang", "chengang"))
	if r.Ref != bot.CardRef(4711, 0) || r.AsText || r.Message == "" {
		t.Errorf("receipt %+v", r)
	}
	w.send(toGroup(bot.Outgoing{Card: &card}))
	for _, c := range []*sim.Card{w.last("liqiang", "").Card, w.last("chengang", "").Card, w.last("chengang", group).Card} {
		if c.Title != card.Title || len(c.Buttons) != 2 || c.Buttons[0].Text != "同意" || c.Input == nil {
			t.Errorf("card %+v", c)
		}
	}
	if w.counted() != 2 {
		t.Errorf("%d calls", w.counted())
	}
}

func TestCardForSomeShowsEachTheirButtons(t *testing.T) {
	t.Parallel()
	w := start(t)
	card := approval()
	card.Buttons[0].Only = []int64{2}
	w.send(toPerson(bot.Outgoing{Card: &card}, "liqiang", "chengang"))
	count := func(who string) int { return len(w.last(who, "").Card.Buttons) }
	if count("chengang") != 2 || count("liqiang") != 1 {
		t.Errorf("陈刚 sees %d buttons, 李强 %d", count("chengang"), count("liqiang"))
	}
	card = approval() // for all again: what was said to one alone must not stay
	if _, err := w.Update(context.Background(), toPerson(bot.Outgoing{Card: &card}, "liqiang", "chengang"), bot.Receipt{Ref: bot.CardRef(4711, 0)}); err != nil {
		t.Fatal(err)
	}
	if count("liqiang") != 2 {
		t.Errorf("李强 sees %d buttons", count("liqiang"))
	}
}

func TestCardForSomebodyWhoLeftStillArrives(t *testing.T) {
	t.Parallel()
	w := start(t)
	card := approval()
	card.Buttons[0].Only = []int64{2, 9}
	w.send(toPerson(bot.Outgoing{Card: &card}, "chengang"))
	if c := w.last("chengang", "").Card; len(c.Buttons) != 2 {
		t.Errorf("card %+v", c)
	}
	card.Status = "催办过"
	if _, err := w.Update(context.Background(), toPerson(bot.Outgoing{Card: &card}, "chengang"), bot.Receipt{Ref: bot.CardRef(4711, 0)}); err != nil {
		t.Fatal(err)
	}
	if c := w.last("chengang", "").Card; c.Status != "催办过" || len(c.Buttons) != 2 {
		t.Errorf("card %+v", c)
	}
}

func TestCardSentTwiceIsOneCard(t *testing.T) {
	t.Parallel()
	w := start(t)
	card := approval()
	d := toPerson(bot.Outgoing{Card: &card}, "liqiang")
	w.send(d)
	d.Retry = true
	if r := w.send(d); r.Ref != bot.CardRef(4711, 0) {
		t.Errorf("receipt %+v", r)
	}
	if n := w.heard("liqiang", ""); n != 1 {
		t.Errorf("%d cards", n)
	}
}

func TestCardPartlyDelivered(t *testing.T) {
	t.Parallel()
	w := start(t)
	card := approval()
	if r := w.send(toPerson(bot.Outgoing{Card: &card}, "liqiang", "nobody")); len(r.Undelivered) != 1 || r.Undelivered[0] != "nobody" {
		t.Errorf("receipt %+v", r)
	}
	d := toGroup(bot.Outgoing{Card: &card})
	d.Chat.ID = "cidElsewhere=="
	w.refused(d, bot.NoRecipient, false)
}

func TestCardWithoutTemplateIsText(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{"none": "", "deleted": "other.schema"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, change{adapt: func(o *Options) { o.CardTemplateID = id }})
			card := approval()
			r := w.send(toPerson(bot.Outgoing{Card: &card}, "liqiang"))
			m := w.last("liqiang", "")
			if !r.AsText || r.Ref == "" || m.Kind != "markdown" || !strings.Contains(m.Text, "回复") || !strings.Contains(m.Text, "同意 HT2026-018") {
				t.Errorf("receipt %+v, phone shows %+v", r, m)
			}
			w.send(toGroup(bot.Outgoing{Card: &card}))
			if m := w.last("chengang", group); !strings.Contains(m.Text, "绍兴市立医院") {
				t.Errorf("the group shows %+v", m)
			}
		})
	}
}

func TestUpdateOfAnUnknownCard(t *testing.T) {
	t.Parallel()
	w := start(t)
	_, err := w.Update(context.Background(), toPerson(bot.Outgoing{Card: approved()}, "liqiang"), bot.Receipt{Ref: "sfgone"})
	if f := bot.SendFailure(err); f.Reason != bot.NoUpdate {
		t.Errorf("error = %v", err)
	}
}

func TestExpiredTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	w := start(t)
	d := toPerson(bot.Outgoing{Text: "在吗"}, "liqiang")
	w.send(d)
	w.fault(sim.TokenExpired, 1)
	w.send(d)
	if n := w.heard("liqiang", ""); n != 2 {
		t.Errorf("%d messages", n)
	}
	if n := calls(w, "/v1.0/oauth2/accessToken"); n != 2 {
		t.Errorf("%d tokens were fetched", n)
	}
	w.fault(sim.TokenExpired, 1)
	if _, err := w.Directory(context.Background()); err != nil {
		t.Errorf("old API: %v", err)
	}
}

func TestTokenIsFetchedOnceByAll(t *testing.T) {
	t.Parallel()
	w := start(t)
	failed := make(chan error, 20)
	for range cap(failed) {
		go func() {
			_, err := w.Adapter.Send(context.Background(), toPerson(bot.Outgoing{Text: "在吗"}, "liqiang"))
			failed <- err
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n := calls(w, "/v1.0/oauth2/accessToken"); n != 1 {
		t.Errorf("%d tokens were fetched", n)
	}
}

func TestWrongSecretIsNotTriedAgainAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, change{adapt: func(o *Options) { o.ClientSecret = "wrong" }})
	d := toPerson(bot.Outgoing{Text: "在吗"}, "liqiang")
	w.refused(d, bot.BadToken, true)
	w.refused(d, bot.BadToken, true)
	if n := calls(w, "/v1.0/oauth2/accessToken"); n != 1 {
		t.Errorf("%d tries", n)
	}
	w.clock.advance(secretPause)
	w.refused(d, bot.BadToken, true)
	if n := calls(w, "/v1.0/oauth2/accessToken"); n != 2 {
		t.Errorf("%d tries after the pause", n)
	}
}

func TestFaultsOfThePlatform(t *testing.T) {
	t.Parallel()
	month := 20*24*time.Hour + 14*time.Hour // 11 March, 10:00, to 1 April
	for _, c := range []struct {
		fault string
		card  bool
		want  bot.Reason
		after time.Duration
	}{
		{fault: sim.HTTP5xx, want: bot.Down},
		{fault: sim.RateLimited, want: bot.Throttled, after: time.Second},
		{fault: sim.Quota, want: bot.Quota, after: month},
		{fault: peer.GatewayTimeout, want: bot.Unsure},
		{fault: peer.GatewayTimeout, card: true, want: bot.Down},
		{fault: peer.Blocked, want: bot.Throttled, after: 5 * time.Minute},
	} {
		t.Run(fmt.Sprintf("%s card %v", c.fault, c.card), func(t *testing.T) {
			t.Parallel()
			w := start(t)
			card := approval()
			d := toPerson(bot.Outgoing{Text: "在吗"}, "liqiang")
			w.send(d) // so that the token is there
			if c.card {
				d.Out = bot.Outgoing{Card: &card}
			}
			w.fault(c.fault, 1)
			if f := w.refused(d, c.want, true); f.After < c.after {
				t.Errorf("try again after %v, want %v", f.After, c.after)
			}
			w.clock.advance(quotaPause)
			w.send(d)
		})
	}
}

func TestMissingPermissionNamesIt(t *testing.T) {
	t.Parallel()
	w := start(t, change{peer: func(o *peer.Options) { o.Denied = []string{peer.ScopeRobot} }})
	f := w.refused(toPerson(bot.Outgoing{Text: "在吗"}, "liqiang"), bot.Permission, false)
	if !strings.Contains(f.Error(), peer.ScopeRobot) {
		t.Errorf("error = %v", f)
	}
}

func TestErrorsSayNothingOfWhatWasSent(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.Server.Close()
	w.Adapter.api.http.Transport = broken{}
	ev := bot.Event{From: "liqiang", Chat: bot.Chat{ID: "liqiang"}, Route: bot.Route{Webhook: w.url + "/robot/sendBySession?session=abc", Until: w.clock.Now().Add(time.Hour)}}
	_, err := w.Adapter.Send(context.Background(), answerTo(ev, bot.Outgoing{Text: "绍兴市立医院"}))
	for _, s := range []string{"session", "abc", "绍兴", password} {
		if err == nil || strings.Contains(err.Error(), s) {
			t.Errorf("error = %v", err)
		}
	}
}

func TestMonthUsedUp(t *testing.T) {
	t.Parallel()
	used := 0
	w := start(t, change{adapt: func(o *Options) {
		o.Usage = func(context.Context) Usage { return Usage{Used: used, Limit: 100} }
	}})
	ev := w.asked("")
	card := approval()
	reply, push := answerTo(ev, bot.Outgoing{Card: &card}), toPerson(bot.Outgoing{Card: &card}, "chengang")

	used = 95
	if r := w.send(reply); !r.AsText || w.counted() != 0 {
		t.Errorf("at 95 %% the answer is %+v and cost %d calls", r, w.counted())
	}
	if r := w.send(push); !r.AsText || w.counted() != 1 || w.last("chengang", "").Kind != "markdown" {
		t.Errorf("at 95 %% the push is %+v and cost %d calls", r, w.counted())
	}
	used = 100
	if r := w.send(reply); !r.AsText || w.counted() != 1 {
		t.Errorf("at 100 %% the answer is %+v", r)
	}
	if f := w.refused(push, bot.Quota, true); f.After < 20*24*time.Hour || f.After > 21*24*time.Hour {
		t.Errorf("try again after %v", f.After)
	}
	if w.counted() != 1 {
		t.Error("a call was made with nothing left")
	}
}

func TestQuotaRefusedByThePlatformIsAnsweredByTheReplyAddress(t *testing.T) {
	t.Parallel()
	w := start(t)
	ev := w.asked("")
	card := approval()
	w.fault(sim.Quota, 1)
	if r := w.send(answerTo(ev, bot.Outgoing{Card: &card})); !r.AsText || w.last("liqiang", "").Kind != "markdown" {
		t.Errorf("receipt %+v", r)
	}
	if n := w.counted(); n != 1 {
		t.Fatalf("%d calls", n)
	}
	w.refused(toPerson(bot.Outgoing{Text: "在吗"}, "chengang"), bot.Quota, true)
	if n := w.counted(); n != 1 {
		t.Errorf("a quota just refused was asked for again")
	}
}

func TestOwnRateLimit(t *testing.T) {
	t.Parallel()
	w := start(t, change{adapt: func(o *Options) { o.PerSecond = 2 }})
	for range 2 {
		w.send(toPerson(bot.Outgoing{Text: "在吗"}, "liqiang"))
	}
	// Whoever cannot wait for the next one's turn is told so. On a slow machine a call may end for another reason before, which takes a
	// turn as well.
	for range 50 {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		_, err := w.Adapter.Send(ctx, toPerson(bot.Outgoing{Text: "在吗"}, "liqiang"))
		cancel()
		if err == nil {
			continue
		}
		if f := bot.SendFailure(err); f.Reason == bot.Throttled {
			if !f.Retry {
				t.Error("what came too often may not be tried again")
			}
			return
		}
	}
	t.Error("fifty messages in a row, and none came too often")
}

func TestParamsAreWithinTheLimitOfThePlatform(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("\x01", 30000), strings.Repeat("<&>", 20000), strings.Repeat("汉", 30000)} {
		for _, p := range (note{title: "题", text: text, markdown: true}).parts() {
			_, param := p.sample()
			if len(param) > 15000 || !json.Valid([]byte(param)) {
				t.Errorf("%d bytes", len(param))
			}
		}
	}
}

func TestCardThePlatformDoesNotTakeIsText(t *testing.T) {
	t.Parallel()
	w := start(t, change{peer: func(o *peer.Options) { o.Denied = []string{peer.ScopeCard} }})
	wrong := approval()
	wrong.Buttons = append(wrong.Buttons, cards.Button{Text: "空的"})
	for _, card := range []cards.Card{approval(), wrong} {
		r := w.send(toPerson(bot.Outgoing{Card: &card}, "liqiang"))
		if m := w.last("liqiang", ""); !r.AsText || !strings.Contains(m.Text, "同意 HT2026-018") {
			t.Errorf("receipt %+v, phone shows %+v", r, m)
		}
	}
}
