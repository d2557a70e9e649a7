package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func delivery(slot string) bot.Delivery {
	return bot.Delivery{
		Subject: "contract:1", Kind: bot.DeliverPush, Slot: slot, Recipient: "wecom:u:zhoumin", Platform: "wecom",
		Users: []bot.UserID{"zhoumin"}, Out: bot.Outgoing{Text: "合同等你审批"},
	}
}

func claim(t *testing.T, db *store.DB, now time.Time) []bot.Delivery {
	t.Helper()
	ds, err := db.ClaimDeliveries(context.Background(), now, 100)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func finish(t *testing.T, db *store.DB, outcomes ...bot.Outcome) {
	t.Helper()
	if err := db.FinishDeliveries(context.Background(), outcomes); err != nil {
		t.Fatal(err)
	}
}

func TestADeliveryIsQueuedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		var wg sync.WaitGroup
		var mu sync.Mutex
		queued := 0
		for range 8 {
			wg.Go(func() {
				res, err := db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
					tx.AddDelivery(delivery("48h"), time.Time{})
					tx.AddDelivery(delivery("48h"), time.Time{})
					return nil
				}})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				queued += len(res.Deliveries)
			})
		}
		wg.Wait()
		if queued != 1 {
			t.Errorf("handed out %d times", queued)
		}
	})
}

func TestAClaimedDeliveryIsNobodyElsesUntilItsLeaseEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		res := storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.AddDelivery(delivery("a"), time.Time{})
			tx.AddDelivery(delivery("b"), time.Time{})
			tx.AddDelivery(delivery("held"), w.Clock.Now().Add(8*time.Hour))
			return nil
		})
		if len(res.Deliveries) != 2 {
			t.Fatalf("%d deliveries to send at once, want 2", len(res.Deliveries))
		}
		if got := claim(t, db, w.Clock.Now()); len(got) != 0 {
			t.Errorf("claimed %v while being sent", got)
		}
		finish(t, db, bot.Outcome{ID: res.Deliveries[0].ID, State: bot.DeliverySent, Attempts: 1, Receipt: bot.Receipt{Message: "m1"}})
		w.Clock.Advance(2 * time.Minute) // the process died with b on its way
		got := claim(t, db, w.Clock.Now())
		if len(got) != 1 || got[0].ID != res.Deliveries[1].ID || !got[0].Retry || got[0].Out.Text != "合同等你审批" || got[0].Users[0] != "zhoumin" {
			t.Fatalf("left behind: %+v", got)
		}
		finish(t, db, bot.Outcome{
			ID: got[0].ID, State: bot.DeliveryRetry, Attempts: 2, NextAt: w.Clock.Now().Add(time.Minute), Reason: string(bot.Down),
		})
		if got := claim(t, db, w.Clock.Now()); len(got) != 0 {
			t.Errorf("claimed %v before it may be tried again", got)
		}
		w.Clock.Advance(time.Minute)
		if got := claim(t, db, w.Clock.Now()); len(got) != 1 || got[0].Attempts != 2 {
			t.Errorf("to be tried again: %+v", got)
		}
		w.Clock.Advance(8 * time.Hour)
		if got := claim(t, db, w.Clock.Now()); len(got) != 2 || got[1].Slot != "held" && got[0].Slot != "held" {
			t.Errorf("what waited for the morning: %+v", got)
		}
		counts, err := db.DeliveryCounts(context.Background())
		if err != nil || counts[bot.DeliverySending] != 2 {
			t.Errorf("counts %v, %v", counts, err)
		}
	})
}

func TestTwoReplicasNeverClaimTheSame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Options.Mine = func(bot.Platform, string) bool { return true }
		handles := []*store.DB{w.Open(), nil}
		handles[1] = handles[0]
		if w.Name == "mariadb" {
			handles[1] = w.Open()
		}
		const n = 300
		storetest.Do(t, handles[0], func(_ context.Context, tx *store.Tx) error {
			for i := range n {
				tx.AddDelivery(delivery(sales.ID(i).String()), w.Clock.Now().Add(time.Second))
				tx.Schedule(sales.Due{Kind: "todo.due", SubjectKind: "todo", SubjectID: sales.ID(i), Slot: "1", DueAt: sales.At(w.Clock.Now())})
			}
			return nil
		})
		w.Clock.Advance(time.Minute)
		var mu sync.Mutex
		sent, decided := map[sales.ID]int{}, map[sales.ID]int{}
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for range 12 {
					ds, err := handles[i%2].ClaimDeliveries(context.Background(), w.Clock.Now(), 30)
					if err != nil {
						t.Error(err)
					}
					due, err := handles[i%2].ClaimDues(context.Background(), w.Clock.Now(), time.Minute, 30)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					for _, d := range ds {
						sent[d.ID]++
					}
					for _, d := range due {
						decided[d.ID]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for what, seen := range map[string]map[sales.ID]int{"deliveries": sent, "dues": decided} {
			for id, times := range seen {
				if times > 1 {
					t.Errorf("%s: %d claimed %d times", what, id, times)
				}
			}
			if len(seen) != n {
				t.Errorf("%d %s claimed, want %d", len(seen), what, n)
			}
		}
	})
}

func TestChannelsOfOthersAreLeftToThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		holds := false
		w.Options.Mine = func(_ bot.Platform, via string) bool { return via != "robot" || holds }
		db := w.Open()
		res := storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for i := range 150 {
				d := delivery(sales.ID(i).String())
				d.Chat.Via = "robot"
				tx.AddDelivery(d, time.Time{})
			}
			tx.AddDelivery(delivery("app"), w.Clock.Now().Add(time.Second))
			return nil
		})
		if len(res.Deliveries) != 0 {
			t.Errorf("%d deliveries through a socket that is another's", len(res.Deliveries))
		}
		w.Clock.Advance(time.Minute)
		if got := claim(t, db, w.Clock.Now()); len(got) != 1 || got[0].Slot != "app" {
			t.Errorf("claimed %d behind the others' queue, want the one of ours", len(got))
		}
		holds = true
		if got := claim(t, db, w.Clock.Now()); len(got) != 100 {
			t.Errorf("claimed %d after taking the socket over", len(got))
		}
	})
}

func TestCardsChangeOneFaceAfterTheOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		org := sales.NewOrg(1, []sales.Person{{ID: 5, Active: true}}, nil, []sales.Identity{{Platform: "wecom", UserID: "zhoumin", PersonID: 5}})
		post := func(slot string, reply bot.Reply) store.Result {
			return storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				_, err := bot.Poster{}.Post(ctx, tx, org, w.Clock.Now(), bot.Origin{}, reply)
				return err
			})
		}
		card := cards.Card{Key: "contract:1", Title: "合同", Status: "待审批"}
		say := bot.Reply{Say: []bot.Say{{To: []sales.PersonID{5}, Subject: "contract:1", Slot: "1", Out: bot.Outgoing{Card: &card}}}}
		first := post("1", say)
		if len(first.Deliveries) != 1 {
			t.Fatalf("%d deliveries", len(first.Deliveries))
		}
		id := first.Deliveries[0].CardID
		if again := post("1", say); len(again.Deliveries) != 0 {
			t.Error("the same card went out twice")
		}
		finish(t, db, bot.Outcome{ID: first.Deliveries[0].ID, State: bot.DeliverySent, CardID: id, Receipt: bot.Receipt{Ref: "ref1", Code: "c"}})
		live, err := db.LiveCard(context.Background(), id)
		if err != nil || live.State != bot.CardLive || live.Receipt.Ref != "ref1" || live.Face.Status != "待审批" {
			t.Fatalf("live card %+v, %v; it must outlive a repeated sending", live, err)
		}
		var wg sync.WaitGroup
		for _, status := range []string{"已通过", "已退回", "已驳回"} {
			wg.Go(func() {
				face := card
				face.Status = status
				post("", bot.Reply{Faces: []cards.Card{face}})
			})
		}
		wg.Wait()
		live, err = db.LiveCard(context.Background(), id)
		if err != nil || live.Version != 4 || live.Receipt.Ref != "ref1" {
			t.Errorf("card after three changes at once: %+v, %v", live, err)
		}
		if _, err := db.LiveCard(context.Background(), 99); sales.KindOf(err) != sales.NotFound {
			t.Errorf("a card that is not there: %v", err)
		}
	})
}

func TestACardLeftBehindIsSentAsItStands(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		org := sales.NewOrg(1, []sales.Person{{ID: 5, Active: true}}, nil, []sales.Identity{{Platform: "wecom", UserID: "zhoumin", PersonID: 5}})
		post := func(reply bot.Reply) store.Result {
			return storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				_, err := bot.Poster{}.Post(ctx, tx, org, w.Clock.Now(), bot.Origin{}, reply)
				return err
			})
		}
		card := cards.Card{Key: "contract:1", Title: "合同", Status: "待审批", Buttons: []cards.Button{{Text: "通过"}}}
		first := post(bot.Reply{Say: []bot.Say{{To: []sales.PersonID{5}, Subject: "contract:1", Slot: "1", Out: bot.Outgoing{Card: &card}}}})
		if len(first.Deliveries) != 1 || first.Deliveries[0].Out.Card == nil || first.Deliveries[0].Out.Card.Status != "待审批" {
			t.Fatalf("handed to the process that wrote it: %+v", first.Deliveries)
		}
		// The process died before it sent anything; meanwhile the contract was approved.
		done := card
		done.Status, done.Buttons = "已通过", nil
		post(bot.Reply{Faces: []cards.Card{done}})
		w.Clock.Advance(time.Hour)
		var sent *cards.Card
		for _, d := range claim(t, db, w.Clock.Now()) {
			if d.Kind != bot.DeliverUpdate {
				sent = d.Out.Card
			}
		}
		if sent == nil || sent.Title != "合同" || sent.Status != "已通过" || len(sent.Buttons) != 0 {
			t.Errorf("the card left behind goes out as %+v, want the face it has by now", sent)
		}
	})
}
