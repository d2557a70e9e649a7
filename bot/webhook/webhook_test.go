package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/webhook"
	"salesflow/bot/webhook/hooktest"
)

const secret = "0123456789abcdef"

type clock struct{ t time.Time }

func (c *clock) Now() time.Time { return c.t }

func event(id bot.UserID) bot.Delivery {
	return bot.Delivery{ID: 5, Platform: bot.ViaHook, Users: []bot.UserID{id}, Out: bot.Outgoing{Hook: &bot.Hook{
		ID: "77", Event: "contract.approved", At: time.Unix(1773201600, 0), SubjectKind: "contract", SubjectID: 9223372036854775807, PersonID: 3, Data: []byte(`{"no":"HT2026-018"}`),
	}}}
}

func TestAnEventArrivesSignedAndOnce(t *testing.T) {
	t.Parallel()
	c := &clock{time.Unix(1773201700, 0)}
	r := hooktest.New(t, secret, c.Now)
	s := webhook.New(webhook.Options{Targets: map[string]webhook.Target{"erp": {URL: r.URL(), Secret: secret}}, Now: c.Now})
	for range 2 {
		if _, err := s.Send(t.Context(), event("erp")); err != nil {
			t.Fatal(err)
		}
	}
	got := r.Got("")
	if len(got) != 1 || got[0].ID != "77" || got[0].Subject.ID != "9223372036854775807" || string(got[0].Data) != `{"no":"HT2026-018"}` {
		t.Fatalf("got %+v", got)
	}
	late := webhook.New(webhook.Options{Targets: map[string]webhook.Target{"erp": {URL: r.URL(), Secret: secret}}, Now: func() time.Time { return c.t.Add(-time.Hour) }})
	if _, err := late.Send(t.Context(), event("erp")); bot.SendFailure(err).Reason != bot.BadToken {
		t.Errorf("an hour-old request: %v", err)
	}
	if _, err := s.Send(t.Context(), event("other")); bot.SendFailure(err).Reason != bot.NoRecipient {
		t.Errorf("a target nobody configured: %v", err)
	}
}

func TestARedirectLeadsNowhere(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer inside.Close()
	away := httptest.NewServer(http.RedirectHandler(inside.URL, http.StatusTemporaryRedirect))
	defer away.Close()
	s := webhook.New(webhook.Options{Targets: map[string]webhook.Target{"x": {URL: away.URL, Secret: secret}}, Now: (&clock{time.Unix(1773201700, 0)}).Now})
	_, err := s.Send(t.Context(), event("x"))
	if f := bot.SendFailure(err); f.Reason != bot.Rejected || f.Retry || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("%v", err)
	}
}

func TestATargetThatIsDownIsLeftAlone(t *testing.T) {
	t.Parallel()
	c := &clock{time.Unix(1773201700, 0)}
	r := hooktest.New(t, secret, c.Now)
	r.Answer(http.StatusInternalServerError)
	s := webhook.New(webhook.Options{Targets: map[string]webhook.Target{"erp": {URL: r.URL(), Secret: secret}}, Now: c.Now})
	for range 20 {
		if _, err := s.Send(t.Context(), event("erp")); !bot.SendFailure(err).Retry {
			t.Fatalf("%v", err)
		}
	}
	if r.Asked() != 5 {
		t.Errorf("asked %d times in a row", r.Asked())
	}
	r.Answer(0)
	c.t = c.t.Add(2 * time.Minute)
	if _, err := s.Send(t.Context(), event("erp")); err != nil || len(r.Got("contract.approved")) != 1 {
		t.Errorf("after the rest: %v", err)
	}
}

func TestWhatATargetWants(t *testing.T) {
	t.Parallel()
	s := webhook.New(webhook.Options{Targets: map[string]webhook.Target{
		"all": {Events: []string{"*"}}, "contracts": {Events: []string{"contract.*"}}, "one": {Events: []string{"visit.filed", "contract.approved"}}, "none": {},
	}})
	for kind, want := range map[string]string{"contract.approved": "all,contracts,one", "contract.rejected": "all,contracts", "contractor.x": "all", "visit.filed": "all,one"} {
		if got := strings.Join(s.For(kind), ","); got != want {
			t.Errorf("%s goes to %s, want %s", kind, got, want)
		}
	}
}
