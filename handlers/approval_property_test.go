package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// chaos is a company in which anything is done in any order.
type chaos struct {
	*bench
	rnd  *rand.Rand
	nos  []string
	seen map[string]approval.Request
	last func() // the last event, to be delivered again
	deed string
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func newChaos(t *testing.T, seed uint64) *chaos {
	t.Helper()
	amount := func(m sales.Money) approval.Condition {
		return approval.When{Text: "金额 > " + m.Short(), If: func(f approval.Facts) bool { return f.Amount > m }}
	}
	role := func(r sales.Role) approval.Source {
		return approval.Source{Kind: approval.FromRole, Key: string(r), Name: r.Name()}
	}
	rnd := rand.New(rand.NewPCG(seed, seed))
	modes := []approval.SignMode{approval.AllOf, approval.AnyOf, approval.EachOf, approval.InOrder}
	roles := []sales.Role{sales.RoleLegal, sales.RoleFinance, sales.RoleDirector, sales.RoleLegalHead}
	steps := func() []approval.StepPolicy {
		out := []approval.StepPolicy{{
			RoleName: "会签", Mode: pick(rnd, modes...), Sources: []approval.Source{role(sales.RoleLegal), role(sales.RoleFinance)},
		}}
		for i := range rnd.IntN(3) {
			r := pick(rnd, roles...)
			one := approval.StepPolicy{Role: string(r), RoleName: r.Name() + fmt.Sprint(i), Mode: pick(rnd, modes...)}
			if rnd.IntN(3) == 0 {
				one.When = amount(120 * sales.Wan)
			}
			out = append(out, one)
		}
		return append(out, approval.StepPolicy{
			RoleName: "主管", Mode: approval.AnyOf, Sources: []approval.Source{{Kind: approval.FromSuperior, Name: "主管", Up: 1}},
		})
	}
	flow := func(name string, k approval.Kind, when approval.Condition) approval.Flow {
		return approval.Flow{Name: name, When: when, Policy: approval.Policy{
			Name: name, Kind: k, Fallback: "legal_head", Steps: steps(), Repeat: pick(rnd, approval.RepeatAuto, approval.RepeatAsk),
			Self: pick(rnd, approval.SelfSuperior, approval.SelfSkip, approval.SelfAllow),
		}}
	}
	w := newBench(t, func(s *handlers.Settings) {
		s.Flows = []approval.Flow{flow("大额", approval.Contract, amount(100*sales.Wan)), flow("特价", approval.SpecialPrice, nil)}
	})
	c := &chaos{bench: w, rnd: rnd, seen: map[string]approval.Request{}}
	w.say(zhoumin, filing).say(zhoumin, "无附件")
	w.say(liqiang, "提交合同 宁波市立医院 生化分析仪 90万 40%预付 余款验收后30天").say(liqiang, "无附件")
	w.say(zhoumin, "报价 绍兴市立医院 生化分析仪 1台 单价120万")
	w.say(liqiang, "特价申请 宁波市立医院 生化分析仪 1台 单价100万 理由 竞品降价")
	c.nos = []string{"HT2026-001", "HT2026-002", "BJ2026-001", "TJ2026-001"}
	return c
}

func (c *chaos) request(no string) (approval.Request, string) {
	if object(no) == "quote" {
		q := read(c.bench, func(ctx context.Context, tx *store.Tx) (sales.Quote, error) { return tx.QuoteByNo(ctx, no) })
		r := read(c.bench, func(ctx context.Context, tx *store.Tx) (approval.Request, error) {
			return tx.RequestByID(ctx, q.RequestID)
		})
		return r, q.State
	}
	k, r := c.contract(no)
	return r, k.State
}

func object(no string) string {
	if strings.HasPrefix(no, "HT") {
		return "contract"
	}
	return "quote"
}

// gone reports whether somebody has left.
func (c *chaos) gone(p sales.PersonID) bool {
	who, _ := c.org.Person(p)
	return !who.Active
}

// traced checks that the trace says what the record's own log says, line by line.
func (c *chaos) traced(t *testing.T, no string, r approval.Request) {
	t.Helper()
	rows := read(c.bench, func(ctx context.Context, tx *store.Tx) ([]sales.AuditEntry, error) {
		return tx.DeedsOf(ctx, object(no), r.Record, 1000)
	})
	var said []string
	for _, row := range rows {
		for _, ch := range row.Changes {
			if ch.Field == evidence.FieldEntry {
				said = append(said, ch.New)
			}
		}
	}
	var logged []string
	for _, e := range r.Log {
		ch, err := evidence.Change(evidence.FieldEntry, e)
		if err != nil {
			t.Fatal(err)
		}
		logged = append(logged, ch.New)
	}
	if !slices.Equal(said, logged) {
		t.Fatalf("%s: the trace and the log disagree after: %s\n%s\n%s", no, c.deed, strings.Join(said, "\n"), strings.Join(logged, "\n"))
	}
}

// someone is often somebody whose turn it is.
func (c *chaos) someone(r approval.Request) sales.PersonID {
	turn := slices.DeleteFunc(append(r.Turn(), r.Deputies()...), func(x approval.Person) bool { return c.gone(x.ID) })
	if len(turn) > 0 && c.rnd.IntN(3) > 0 {
		return pick(c.rnd, turn...).ID
	}
	for {
		if p := pick(c.rnd, zhoumin, liqiang, wangfang, zhaolei, sunjing, chengang, wutong, hezong); !c.gone(p) {
			return p
		}
	}
}

func (c *chaos) sayAs(p sales.PersonID, text string) {
	c.deed = c.org.Name(p) + " says " + text
	c.say(p, text)
	c.last = func() { c.events--; c.say(p, text) }
}

// step does one thing.
func (c *chaos) step() {
	no := pick(c.rnd, c.nos...)
	r, _ := c.request(no)
	p := c.someone(r)
	other := pick(c.rnd, "孙静", "王芳", "吴桐", "李强", "何总", "赵磊")
	switch c.rnd.IntN(20) {
	case 0, 1, 2:
		c.sayAs(p, "同意 "+no)
	case 3:
		c.sayAs(p, "退回 "+no+" 改一下账期")
	case 4:
		c.sayAs(p, pick(c.rnd, "驳回 "+no+" 价格太低", "撤回 "+no))
	case 5:
		c.sayAs(r.Requester, "重新提交 "+no+pick(c.rnd, " 账期改成45天", " 金额改成150万", ""))
	case 6:
		c.sayAs(p, "转交 "+no+" "+other)
	case 7:
		c.sayAs(p, "加签 "+no+" "+other+pick(c.rnd, "", " 之后"))
	case 8:
		c.sayAs(p, pick(c.rnd, "催办 ", "抄送 ")+no+" "+other)
	case 9:
		c.sayAs(pick(c.rnd, hezong, chengang, wangfang), "委托 "+other+" 今天到"+pick(c.rnd, "明天", "后天"))
	case 10:
		c.sayAs(pick(c.rnd, hezong, chengang, wangfang), pick(c.rnd, "取消委托", "取消请假", "请假 今天到明天 代理 "+other))
	case 11, 12:
		c.deed = "time passes"
		c.last = nil
		c.advance(time.Duration(1+c.rnd.IntN(30)) * time.Hour)
	case 13:
		c.deed = "restart"
		c.router = bot.Router[handlers.Tx]{}
		c.app.Register(&c.router)
	case 14:
		if c.last != nil {
			c.deed = "delivered again: " + c.deed
			c.last()
		}
	case 15:
		c.sayAs(p, "审批")
	case 16:
		c.sayAs(p, "同意 "+strings.Join(c.nos, " ")+" X9 都可以")
	case 17:
		if who := pick(c.rnd, zhaolei, wutong, sunjing); c.rnd.IntN(8) == 0 {
			c.deed = c.org.Name(who) + " leaves"
			c.last = nil
			c.leave(who)
		}
	default:
		c.tapSomething(p, r)
	}
}

// tapSomething taps a button of a card of the request that the person holds, perhaps an old one.
func (c *chaos) tapSomething(p sales.PersonID, r approval.Request) {
	for _, card := range read(c.bench, func(ctx context.Context, tx *store.Tx) ([]bot.LiveCard, error) {
		return tx.LiveCards(ctx, object(r.No)+":"+r.Record.String()+"/")
	}) {
		if !slices.Contains(card.Users, bot.UserID(fmt.Sprint("u", p))) || len(card.Face.Buttons) == 0 {
			continue
		}
		b := pick(c.rnd, card.Face.Buttons...)
		c.deed = c.org.Name(p) + " taps " + b.Text + " of " + r.No
		c.tapFace(p, card, b.Text, pick(c.rnd, "price", "say"))
		c.last = func() { c.events--; c.tapFace(p, card, b.Text) }
		return
	}
}

// check looks at everything that must always hold.
func (c *chaos) check(t *testing.T) {
	t.Helper()
	for _, no := range c.nos {
		r, state := c.request(no)
		before, known := c.seen[no]
		switch {
		case known && before.Version > r.Version:
			t.Fatalf("%s went back from version %d to %d after: %s", no, before.Version, r.Version, c.deed)
		case known && (len(r.Log) < len(before.Log) || fmt.Sprint(r.Log[:len(before.Log)]) != fmt.Sprint(before.Log)):
			t.Fatalf("the log of %s was rewritten after: %s", no, c.deed)
		case known && before.State.Final() && r.State != before.State:
			t.Fatalf("%s was %s and is %s after: %s", no, before.State, r.State, c.deed)
		case known && strings.HasPrefix(c.deed, "delivered again") && r.Version != before.Version:
			t.Fatalf("%s changed by a repeated delivery: %s", no, c.deed)
		}
		ends := 0
		for _, e := range r.Log {
			if e.Verb == approval.VerbReject || e.Verb == approval.VerbWithdraw {
				ends++
			}
		}
		if ends > 1 || ends == 1 && r.State == approval.Approved {
			t.Fatalf("%s has two decisions after: %s\n%+v", no, c.deed, r.Log)
		}
		if want := map[approval.State]string{
			approval.Pending: sales.ContractPending, approval.Returned: sales.ContractReturned, approval.Approved: sales.ContractApproved,
			approval.Rejected: sales.ContractRejected, approval.Withdrawn: sales.ContractWithdrawn,
		}[r.State]; state != want && state != sales.QuoteContracted {
			t.Fatalf("%s is %s, its request %s after: %s", no, state, r.State, c.deed)
		}
		c.someoneDecides(t, no, r)
		if !known || r.Version != before.Version {
			c.traced(t, no, r)
		}
		c.seen[no] = r
	}
}

// someoneDecides checks that a request that is not decided waits for somebody who finds it in their list.
func (c *chaos) someoneDecides(t *testing.T, no string, r approval.Request) {
	t.Helper()
	turn := r.Turn()
	if r.State == approval.Pending && len(turn) == 0 || r.State != approval.Pending && len(turn) > 0 {
		t.Fatalf("%s is %s and waits for %v after: %s", no, r.State, turn, c.deed)
	}
	for _, p := range people {
		waits := slices.ContainsFunc(append(turn, r.Deputies()...), func(q approval.Person) bool { return q.ID == p.ID })
		listed := slices.ContainsFunc(read(c.bench, func(ctx context.Context, tx *store.Tx) ([]approval.Request, error) {
			return tx.PendingRequests(ctx, p.ID, 50)
		}), func(q approval.Request) bool { return q.ID == r.ID })
		if waits != listed {
			t.Fatalf("%s waits for %s: %v, but their list says %v after: %s", no, p.Name, waits, listed, c.deed)
		}
	}
}

func TestNoOrderOfEventsLosesOrDoublesADecision(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := newChaos(t, seed+1)
			for range 60 {
				c.step()
				c.check(t)
			}
			// Whoever has it can always end it.
			nobody := map[string]bool{}
			for range 40 {
				for _, no := range c.nos {
					r, _ := c.request(no)
					if slices.ContainsFunc(r.Turn(), func(x approval.Person) bool { return c.gone(x.ID) }) {
						c.sayAs(r.Requester, "留言 "+no+" 等着签")
						r, _ = c.request(no)
					}
					if turn := r.Turn(); len(turn) > 0 {
						if c.gone(turn[0].ID) {
							t.Fatalf("%s waits for %s, who has left", no, turn[0].Name)
						}
						c.sayAs(turn[0].ID, "同意 "+no)
						c.check(t)
					} else if r.State == approval.Returned {
						c.sayAs(r.Requester, "重新提交 "+no)
						c.check(t)
						for _, m := range c.new { // so many have left that nobody holds a step: they and the administrators are told
							nobody[no] = nobody[no] || m.who == r.Requester && strings.Contains(show(m), "现在没有人能审")
						}
					}
				}
			}
			for _, no := range c.nos {
				if r, _ := c.request(no); !r.State.Final() && !nobody[no] {
					t.Errorf("%s never ends: %s, waits for %s", no, r.State, r.NextText())
				}
			}
		})
	}
}
