package sms_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/sms"
	"salesflow/bot/sms/smstest"
	"salesflow/cards"
)

func client(g *smstest.Gateway) sms.Client {
	return sms.Client{URL: g.URL(), Secret: "0123456789abcdef", Now: func() time.Time { return time.Unix(1773201600, 0) }}
}

func to(phone string, out bot.Outgoing) bot.Delivery {
	return bot.Delivery{ID: 9, Platform: bot.ViaSMS, Users: []bot.UserID{bot.UserID(phone)}, Out: out}
}

func TestAMessageIsSentOnceHoweverOftenItIsAsked(t *testing.T) {
	t.Parallel()
	g := smstest.New(t, "0123456789abcdef")
	card := cards.Card{
		Title: "合同超时未审", Status: "HT2026-018", Fields: []cards.Field{{Name: "已等", Value: "51 小时"}},
		Buttons: []cards.Button{{Text: "详情", URL: "https://x"}, {Text: "同意", Typed: "同意 HT2026-018"}},
	}
	for range 3 {
		if _, err := client(g).Send(t.Context(), to("13800000001", bot.Outgoing{Card: &card})); err != nil {
			t.Fatal(err)
		}
	}
	got := g.Sent()
	if len(got) != 1 || g.Asked() != 3 || got[0].Phone != "13800000001" {
		t.Fatalf("%d sent, asked %d times: %+v", len(got), g.Asked(), got)
	}
	if want := "合同超时未审 · HT2026-018 · 已等 51 小时。到聊天里回:同意 HT2026-018"; got[0].Text != want {
		t.Errorf("%q, want %q", got[0].Text, want)
	}
	other := client(g)
	other.Secret = "someone else"
	if _, err := other.Send(t.Context(), to("13800000001", bot.Outgoing{Text: "x"})); bot.SendFailure(err).Reason != bot.BadToken {
		t.Errorf("a wrong secret: %v", err)
	}
}

func TestAnswersOfTheGateway(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		answer sms.Answer
		reason bot.Reason
		retry  bool
	}{
		{"太快了", http.StatusTooManyRequests, sms.Answer{}, bot.Throttled, true},
		{"坏了", http.StatusBadGateway, sms.Answer{}, bot.Down, true},
		{"不认我们", http.StatusForbidden, sms.Answer{}, bot.BadToken, true},
		{"转走", http.StatusFound, sms.Answer{}, bot.Rejected, false},
		{"空号", http.StatusOK, sms.Answer{Status: "rejected", Reason: "phone"}, bot.NoRecipient, false},
		{"没余额", http.StatusOK, sms.Answer{Status: "rejected", Reason: "quota"}, bot.Quota, true},
		{"内容不行", http.StatusOK, sms.Answer{Status: "rejected", Reason: "spam"}, bot.Rejected, false},
		{"看不懂的应答", http.StatusOK, sms.Answer{Status: "fine"}, bot.Rejected, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := smstest.New(t, "0123456789abcdef")
			g.Answer(tt.status, tt.answer)
			_, err := client(g).Send(t.Context(), to("13800000001", bot.Outgoing{Text: "好"}))
			f := bot.SendFailure(err)
			if err == nil || f.Reason != tt.reason || f.Retry != tt.retry {
				t.Errorf("%v, want %s, %v", err, tt.reason, tt.retry)
			}
			if err != nil && (strings.Contains(err.Error(), "138") || strings.Contains(err.Error(), "好")) {
				t.Errorf("phone or text is told: %v", err)
			}
		})
	}
}

func TestWhatIsTooLongOrNobodysIsNotSent(t *testing.T) {
	t.Parallel()
	g := smstest.New(t, "0123456789abcdef")
	if _, err := client(g).Send(t.Context(), to("一三八", bot.Outgoing{Text: "好"})); bot.SendFailure(err).Reason != bot.NoRecipient {
		t.Errorf("no phone: %v", err)
	}
	if _, err := client(g).Send(t.Context(), to("13800000001", bot.Outgoing{Text: "\x00 \n"})); bot.SendFailure(err).Reason != bot.Rejected {
		t.Errorf("nothing to say: %v", err)
	}
	text := sms.Text(bot.Outgoing{Text: strings.Repeat("很长", 1000)})
	if utf8.RuneCountInString(text) > sms.MaxText {
		t.Errorf("%d characters", utf8.RuneCountInString(text))
	}
	if len(g.Sent()) != 0 {
		t.Error("something was sent")
	}
}
