package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"salesflow/bot"
	"salesflow/bot/bottest"
	"salesflow/cards"
	"salesflow/configs"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// onReplicas tells a story with two replicas on MariaDB, and with one on the embedded store.
func onReplicas(t *testing.T, story func(t *testing.T, r *rig, s *bottest.Story), change ...func(*configs.Config)) {
	for name, n := range map[string]int{"embedded": 1, "mariadb": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			also := change
			if n > 1 {
				onServers, _ := onMariaDB(t)
				also = append([]func(*configs.Config){onServers}, change...)
			}
			r := newRig(t, also...)
			for range n {
				r.boot("")
			}
			story(t, r, bottest.New(t, r.world))
		})
	}
}

// atOnce does n things at the same moment, the k-th on the replica whose turn it is.
func (r *rig) atOnce(n int, do func(k int, p *program)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for k := range n {
		p := r.live[k%len(r.live)]
		all.Go(func() {
			<-start
			do(k, p)
		})
	}
	close(start)
	all.Wait()
}

// event has a replica take an event of a person, as the platform would bring it. What is put off is done once the story settles.
func (r *rig) event(t *testing.T, p *program, who sales.Person, ev bot.Event) {
	t.Helper()
	for _, id := range r.world.org(t).Identities(who.ID) {
		ev.Platform, ev.From = bot.Platform(id.Platform), bot.UserID(id.UserID)
	}
	ev.At, ev.Chat = r.Now(), bot.Chat{Platform: ev.Platform}
	if _, err := p.front.Accept(t.Context(), ev); err != nil {
		t.Errorf("%s: %v", ev.ID, err)
	}
}

// A button tapped fifty times at once, each tap an event of its own, decides once.
func TestFiftyTapsDecideOnce(t *testing.T) {
	t.Parallel()
	onReplicas(t, func(t *testing.T, r *rig, s *bottest.Story) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		file(rep, legal)
		c, before := r.contract(t, "HT2026-001")
		who := r.person(t, "zhaolei")
		key := cards.Action{Verb: "contract.approve", Record: int64(c.ID), Version: before.Version}.Encode()
		r.atOnce(50, func(k int, p *program) {
			r.event(t, p, who, bot.Event{ID: fmt.Sprint("tap", k), Kind: bot.Tapped, Tap: &bot.Tap{Action: key, Card: "sfzzz"}})
		})
		decided := func() (n int) {
			_, after := r.contract(t, "HT2026-001")
			for _, e := range after.Log {
				if e.Verb == approval.VerbApprove {
					n++
				}
			}
			return n
		}
		waitUntil(t, "the decision", func() bool { return decided() > 0 }) // a tap that met another may be put off
		s.Settle()
		if n := decided(); n != 1 {
			t.Errorf("decided %d times", n)
		}
	})
}

// One person claims fourteen customers at once, two claim the same twenty times: nobody gets more than a day's share, and one gets it.
func TestClaimsAtOnceKeepToTheLimit(t *testing.T) {
	t.Parallel()
	onReplicas(t, func(t *testing.T, r *rig, s *bottest.Story) {
		owned := func(code string) []sales.Customer { return r.customersOf(t, code) }
		var names []string
		for _, c := range append(owned("liqiang"), owned("zhoumin")...) {
			names = append(names, c.Name)
		}
		if len(names) < 15 {
			t.Fatalf("%d customers", len(names))
		}
		last := names[14]
		names = names[:14]
		free(t, r.world, names...)
		s.Settle()
		most := r.program.cfg.Rules.Pool.ClaimPerDay
		had := len(owned("linxia"))
		who := r.person(t, "linxia")
		r.atOnce(len(names), func(k int, p *program) {
			r.event(t, p, who, bot.Event{ID: fmt.Sprint("claim", k), Kind: bot.Said, Text: "领取 " + names[k]})
		})
		waitUntil(t, "林夏's first", func() bool { return len(owned("linxia")) > had })
		s.Settle()
		if got := len(owned("linxia")) - had; got > most {
			t.Errorf("claimed %d at once, at most %d a day", got, most)
		}
		free(t, r.world, last)
		s.Settle()
		r.atOnce(20, func(k int, p *program) {
			claimer := r.person(t, []string{"zhoumin", "liqiang"}[k%2])
			r.event(t, p, claimer, bot.Event{ID: fmt.Sprint("same", k), Kind: bot.Said, Text: "领取 " + last})
		})
		claims := func() (n int) {
			for _, e := range r.audit(t, "customer", r.customer(t, last).ID) {
				if e.Verb == "customer.claim" {
					n++
				}
			}
			return n
		}
		waitUntil(t, "a claim", func() bool { return claims() > 0 })
		s.Settle()
		if n := claims(); n != 1 {
			t.Errorf("%s was claimed %d times", last, n)
		}
	})
}

// One idempotency key with fifty different requests at once: one is done, and no other gets its answer.
func TestOneKeyDoesOneThing(t *testing.T) {
	t.Parallel()
	onReplicas(t, func(t *testing.T, r *rig, s *bottest.Story) {
		admin := s.As("郑凯").Skip()
		admin.Say("接口令牌 新建 ERP 读写 客户")
		token := reToken.FindString(admin.ExpectText("只显示这一次").Text)
		owner := sales.ID(r.person(t, "zhoumin").ID).String()
		var mu sync.Mutex
		codes := map[int]int{}
		given := map[string]int{}
		r.atOnce(50, func(k int, p *program) {
			c := &apiClient{t: t, mux: p.mux, token: token}
			name := fmt.Sprintf("同钥匙第%d制药有限公司", k)
			code, answer := c.sendAs("one-key-for-all", http.MethodPost, "/customers", fmt.Sprintf(`{"name":%q,"phone":"139%08d","industry":"医疗","owner_id":%q}`, name, k, owner))
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
			if code/100 == 2 {
				given[fmt.Sprint(answer["name"])]++
				if answer["name"] != name {
					t.Errorf("who asked for %s was given %v", name, answer["name"])
				}
			}
		})
		s.Settle()
		made := 0
		for _, c := range r.master(t).Customers {
			if strings.HasPrefix(c.Name, "同钥匙") {
				made++
			}
		}
		if made != 1 || len(given) != 1 {
			t.Errorf("%d customers were made, %v given, answered %v", made, given, codes)
		}
		for code := range codes {
			switch code {
			case http.StatusCreated, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusConflict, http.StatusServiceUnavailable:
			default:
				t.Errorf("answered %v", codes)
			}
		}
	})
}
