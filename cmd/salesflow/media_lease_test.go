package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

// Who looks at pictures has them to itself however long the recogniser takes for all of them.
func TestPicturesAreLookedAtByOneReplicaHoweverLongItTakes(t *testing.T) {
	t.Parallel()
	const pictures = 6
	var w world
	var mu sync.Mutex
	looked, taken := 0, 0
	sent := make(chan struct{})
	ocr := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		<-sent // so that the others are waiting when the next turn begins
		mu.Lock()
		defer mu.Unlock()
		if other, err := w.program.db.Lease(r.Context(), "media.look", "another replica", mediaLease); err != nil || other {
			taken++
		}
		looked++
		w.clock.Set(w.clock.Now().Add(ocrLimit)) // it takes as long as it may
		_, _ = fmt.Fprintf(rw, `{"text":"迈瑞生化报价 %d8.5万"}`, looked)
	}))
	t.Cleanup(ocr.Close)
	begin := sync.OnceFunc(func() { close(sent) })
	t.Cleanup(begin)
	w = newWorld(t, sim.DingTalk, func(o *demoOptions) {
		o.change = func(c *configs.Config, org *configs.Org) {
			everybodyOn(org, sim.DingTalk)
			c.OCR.URL = ocr.URL
		}
	})
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	for i := range uint8(pictures) {
		rep.Send(fmt.Sprintf("报价单%d.jpg", i), snapshot(t, i+10))
	}
	for range pictures {
		rep.ExpectText("图收下了")
	}
	begin()
	s.Settle()
	mu.Lock()
	defer mu.Unlock()
	if looked != pictures || taken != 0 {
		t.Errorf("%d pictures were looked at, want %d; another replica could begin %d times", looked, pictures, taken)
	}
}
