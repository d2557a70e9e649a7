package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// crowd are people who do things with money at the same moment, through two replicas on one database.
type crowd struct {
	*till
	dbs [2]*store.DB
	// met counts what another was in the way of and was done again, as what waits in the inbox is.
	met, done atomic.Int64
	numbers   atomic.Int64
}

// maxWaits is how often an event is done again: as often as one that waits in the inbox.
const maxWaits = 8

// turn does an event of a person through a replica, as the front does, and again while others are in its way.
func (c *crowd) turn(db *store.DB, p sales.PersonID, ev bot.Event) error {
	ev.Platform, ev.From, ev.At, ev.Chat = "chat", bot.UserID(fmt.Sprint("u", p)), c.Now(), bot.Chat{Platform: "chat"}
	person, _ := c.org.Person(p)
	var err error
	for range maxWaits {
		_, err = db.Do(context.Background(), store.Work{Platform: ev.Platform, EventID: ev.ID, Person: p, Event: ev, Fn: func(ctx context.Context, tx *store.Tx) error {
			t := bot.Turn{Event: ev, Now: ev.At, Today: sales.DayOf(ev.At), Person: person, Org: c.org, Dialogue: tx.Dialogue()}
			reply, err := c.router.Dispatch(ctx, t, tx)
			if msg := sales.Message(err); msg != "" {
				reply, err = bot.Text(msg), nil
			}
			if err != nil {
				return err
			}
			if reply.Dialogue != nil {
				tx.SaveDialogue(*reply.Dialogue)
			}
			_, err = c.poster.Post(ctx, tx, c.org, ev.At, bot.Origin{Event: ev, Person: p}, reply)
			return err
		}})
		var conflict *sales.Error
		if !errors.As(err, &conflict) || conflict.Kind != sales.Conflict {
			break
		}
		c.met.Add(1)
		runtime.Gosched() // the others go first
	}
	if err == nil {
		c.done.Add(1)
	}
	return err
}

func (c *crowd) sum(rnd *rand.Rand) string {
	fen := int64(pick(rnd, 100_00, 50_000, 499_99, 500_00, 500_01, 120_000_00, 30_000_00, 77_777_77)) + c.numbers.Add(1)
	return fmt.Sprintf("%d.%02d元", fen/100, fen%100)
}

// words are something to do, about papers there may or may not be any more.
func (c *crowd) words(rnd *rand.Rand, seen books) string {
	contract := pick(rnd, "HT2026-018", "HT2026-018", "HT2026-019", "HT2026-020")
	fp := pick(rnd, nos(seen.invoices, func(i sales.Invoice) string { return i.No })...)
	hk := pick(rnd, nos(seen.payments, func(p sales.Payment) string { return p.No })...)
	switch rnd.IntN(14) {
	case 0, 1:
		return "开票 " + contract + " " + c.sum(rnd)
	case 2, 3:
		return "回款 " + contract + " " + c.sum(rnd)
	case 4:
		return "回款 绍兴市立医院 " + c.sum(rnd)
	case 5:
		return "红冲 " + fp + " " + c.sum(rnd) + " 退货"
	case 6:
		return "红冲 " + fp + " 开错了"
	case 7, 8:
		return "认款 " + hk + " " + pick(rnd, fp, contract, "绍兴市立医院")
	case 9:
		return "撤销认款 " + hk
	case 10, 11:
		return "撤销"
	case 12:
		return "发货 " + contract + " 1台 5万"
	}
	return "退货 " + contract + " 1台 " + c.sum(rnd) + " 坏了"
}

// merge joins one customer into the other, or takes that back.
func (c *crowd) merge(db *store.DB, id string) error {
	var from, into sales.Customer
	err := db.View(context.Background(), func(ctx context.Context, tx *store.Tx) (err error) {
		if from, err = tx.CustomerByID(ctx, ningbo); err != nil {
			return err
		}
		into, err = tx.CustomerByID(ctx, shaoxing)
		return err
	})
	if sales.KindOf(err) == sales.NotFound && err != nil || err == nil && from.ID != ningbo {
		return c.turn(db, wangfang, bot.Event{ID: id, Kind: bot.Said, Text: "撤销合并"})
	}
	if err != nil {
		return err
	}
	a := cards.Action{Verb: "customer.merge", Record: int64(from.ID), Version: from.Version, Arg: fmt.Sprintf("yes,%s,%d", into.ID, into.Version)}
	return c.turn(db, wangfang, bot.Event{ID: id, Kind: bot.Tapped, Tap: &bot.Tap{Action: a.Encode(), Card: "sfnone"}})
}

// Payments, invoices, credit notes, returns, matches, their undoing and merges of customers from two replicas at once, each event
// delivered to both: afterwards every sum is the sum of its rows, nothing is open below zero, and nothing was given up.
func TestMoneyAddsUpFromTwoReplicasAtOnce(t *testing.T) {
	t.Parallel()
	sw := storetest.MariaDB(t)
	c := &crowd{till: newTillOn(t, sw, 11)}
	c.app.Settings.UnmergeFor = 7 * 24 * time.Hour
	c.dbs = [2]*store.DB{c.db, sw.Open()}
	who := []sales.PersonID{wutong, wutong, zhoumin, zhoumin, liqiang, chengang}
	for round := range 4 {
		seen := c.books()
		var all sync.WaitGroup
		for k, p := range who {
			rnd := rand.New(rand.NewPCG(uint64(round), uint64(k)))
			all.Go(func() {
				for n := range 8 {
					ev := bot.Event{ID: fmt.Sprintf("r%d-%d-%d", round, k, n), Kind: bot.Said, Text: c.words(rnd, seen)}
					var twice sync.WaitGroup
					for _, db := range c.dbs { // each platform's event may reach both
						twice.Go(func() {
							if err := c.turn(db, p, ev); err != nil {
								t.Errorf("%s %q: %v", c.org.Name(p), ev.Text, err)
							}
						})
					}
					twice.Wait()
				}
			})
		}
		all.Go(func() {
			for n := range 3 {
				if err := c.merge(c.dbs[n%2], fmt.Sprintf("m%d-%d", round, n)); err != nil {
					t.Errorf("merge: %v", err)
				}
			}
		})
		all.Wait()
		storetest.Do(t, c.db, func(ctx context.Context, tx *store.Tx) error { // what was filed for the merged one meanwhile
			_, err := tx.FollowMerges(ctx, sales.At(c.Now().Add(-time.Hour)))
			return err
		})
		c.deed = "a round of all at once"
		c.check(11, round)
	}
	b := c.books()
	t.Logf("%d events done, %d met another, %d invoices, %d payments, %d allocations", c.done.Load(), c.met.Load(), len(b.invoices), len(b.payments), len(b.allocations))
	if len(b.invoices) < 12 || len(b.payments) < 12 || len(b.allocations) < 8 {
		t.Errorf("little happened: %d invoices, %d payments, %d allocations", len(b.invoices), len(b.payments), len(b.allocations))
	}
	numbers := map[string]bool{}
	for _, i := range b.invoices {
		if numbers[i.No] {
			t.Errorf("two invoices are %s", i.No)
		}
		numbers[i.No] = true
	}
	for _, p := range b.payments {
		if numbers[p.No] {
			t.Errorf("two payments are %s", p.No)
		}
		numbers[p.No] = true
	}
}

// What was filed of a contract while its customer was merged, and what was paid for it, goes back with it.
func TestMoneyGoesBackWithItsContractWhenAMergeIsTakenBack(t *testing.T) {
	t.Parallel()
	c := newTill(t, 1)
	c.app.Settings.UnmergeFor = 7 * 24 * time.Hour
	c.say(wutong, "开票 HT2026-020 9万")
	first := c.books().invoices[0].No
	var from, into sales.Customer
	read(c.bench, func(ctx context.Context, tx *store.Tx) (_ int, err error) {
		if from, err = tx.CustomerByID(ctx, ningbo); err != nil {
			return 0, err
		}
		into, err = tx.CustomerByID(ctx, shaoxing)
		return 0, err
	})
	a := cards.Action{Verb: "customer.merge", Record: int64(from.ID), Version: from.Version, Arg: fmt.Sprintf("yes,%s,%d", into.ID, into.Version)}
	c.event(wangfang, bot.Event{Kind: bot.Tapped, Tap: &bot.Tap{Action: a.Encode(), Card: "sfnone"}})
	c.say(wutong, "红冲 "+first+" 2万 退货")
	c.say(wutong, "开票 HT2026-020 5万")
	c.say(wutong, "回款 绍兴市立医院 12345.67元")
	c.deed = "merged"
	c.check(1, 0)
	across := c.paymentOf(1234567)
	c.say(wutong, "撤销认款 "+across)
	c.say(wutong, "认款 "+across+" "+first)
	c.say(wangfang, "撤销合并")
	c.expect(wangfang, "还原成两家了")
	c.deed = "taken back"
	c.check(1, 1)
	for _, i := range c.books().invoices {
		if want := map[bool]sales.ID{true: ningbo, false: shaoxing}[i.ContractID == otherContract]; i.CustomerID != want {
			t.Errorf("%s of contract %d is of customer %d", i.No, i.ContractID, i.CustomerID)
		}
	}
}

// meanwhile lets something happen once a piece of work has read what is open.
type meanwhile struct {
	handlers.Tx
	happens func()
}

func (m *meanwhile) OpenPayments(ctx context.Context, customers ...sales.ID) ([]sales.Payment, error) {
	list, err := m.Tx.OpenPayments(ctx, customers...)
	m.happens()
	return list, err
}

// Where a contract stands is not made of an invoice as it was read before another replica changed it.
func TestAContractStandsWhereItsInvoicesAreNow(t *testing.T) {
	t.Parallel()
	sw := storetest.MariaDB(t)
	c := &crowd{till: newTillOn(t, sw, 5)}
	c.dbs = [2]*store.DB{c.db, sw.Open()}
	c.say(wutong, "开票 HT2026-018 5万")
	c.say(wutong, "开票 HT2026-018 3万")
	had := c.books().invoices
	person, _ := c.org.Person(wutong)
	ev := bot.Event{ID: "here", Platform: "chat", Kind: bot.Said, Text: "回款 HT2026-018 1万", At: c.Now(), Chat: bot.Chat{Platform: "chat"}}
	met := 0
	_, err := c.db.Do(t.Context(), store.Work{Platform: "chat", EventID: ev.ID, Person: wutong, Event: ev, Fn: func(ctx context.Context, tx *store.Tx) error {
		there := func() {
			if met++; met > 1 {
				return
			}
			if err := c.turn(c.dbs[1], chengang, bot.Event{ID: "there", Kind: bot.Said, Text: "红冲 FP2026-002 2万 退货"}); err != nil {
				t.Error(err)
			}
		}
		turn := bot.Turn{Event: ev, Now: ev.At, Today: sales.DayOf(ev.At), Person: person, Org: c.org, Dialogue: tx.Dialogue()}
		_, err := c.router.Dispatch(ctx, turn, &meanwhile{tx, there})
		return err
	}})
	if err != nil || met == 0 {
		t.Fatalf("met %d: %v", met, err)
	}
	if got := len(c.books().invoices) - len(had); got != 1 || len(c.books().payments) == 0 {
		t.Fatalf("%d credit notes, want 1", got)
	}
	c.deed = "one paid while the other sent goods back"
	c.check(5, 0)
}
