package handlers_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// counter stands between a store and MariaDB and counts what is asked and how much is answered.
type counter struct{ statements, answered atomic.Int64 }

// countOn puts a counter in front of a test's MariaDB.
func countOn(t *testing.T, sw *storetest.World) *counter {
	t.Helper()
	dsn := sw.Options.DSN
	from, to := strings.Index(dsn, "(")+1, strings.Index(dsn, ")")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c, server := &counter{}, dsn[from:to]
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				_ = near.Close()
				continue
			}
			go c.asked(far, near)
			go c.told(near, far)
		}
	}()
	sw.Options.DSN = dsn[:from] + l.Addr().String() + dsn[to:]
	return c
}

// asked hands packets on to the server. A packet is three bytes of length, a number that is 0 where a command begins, and the payload,
// whose first byte is then the command: https://mariadb.com/kb/en/0-packet/.
func (c *counter) asked(server, client net.Conn) {
	defer func() { _ = server.Close() }()
	head := make([]byte, 4)
	for {
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head)&0xffffff)
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		const query, execute = 0x03, 0x17
		if head[3] == 0 && len(body) > 0 && (body[0] == query || body[0] == execute) {
			c.statements.Add(1)
		}
		if _, err := server.Write(append(head[:4:4], body...)); err != nil {
			return
		}
	}
}

func (c *counter) told(client, server net.Conn) {
	defer func() { _ = client.Close() }()
	b := make([]byte, 32<<10)
	for {
		n, err := server.Read(b)
		c.answered.Add(int64(n))
		if _, werr := client.Write(b[:n]); err != nil || werr != nil {
			return
		}
	}
}

// cost is what one thing that somebody does costs the database.
type cost struct {
	statements, bytes int64
	took              time.Duration
}

// wait makes so many contracts wait for legal, as copies of the first.
func (w *bench) wait(from, to int) {
	w.t.Helper()
	c, r := w.contract("HT2026-001")
	for from < to {
		w.write(func(tx *store.Tx) {
			for n := 0; n < 1000 && from < to; n++ {
				from++
				x, q := c, r
				x.ID, q.ID = tx.NewID(), tx.NewID()
				x.No, x.RequestID, x.Version = fmt.Sprintf("HT2026-%03d", from), q.ID, 1
				q.No, q.Title, q.Record, q.Version = x.No, x.No, x.ID, 1
				tx.CreateContract(x)
				tx.CreateRequest(q)
			}
		})
	}
}

// Ten thousand approvals that wait for one person cost a card, the list, a batch and a decision no more than a hundred do.
func TestTenThousandWaitingApprovalsCostNoMore(t *testing.T) {
	t.Parallel()
	sw := storetest.MariaDB(t)
	count := countOn(t, sw)
	w := newBenchOn(t, sw)
	w.say(zhoumin, "提交合同 绍兴市立医院 生化分析仪 135万 40%预付 余款验收后30天").say(zhoumin, "无附件")
	w.expect(zhaolei, "合同待审批")
	w.say(zhaolei, "合同 HT2026-001")
	next := 1
	number := func() string { next++; return fmt.Sprintf("HT2026-%03d", next) }
	asks := []struct {
		name string
		who  sales.PersonID
		text func() string
		want string
	}{
		{"list", zhaolei, func() string { return "审批" }, "HT2026-"},
		{"card", zhaolei, func() string { return "合同 " + number() }, "合同待审批"},
		{"decision", zhaolei, func() string { return "同意 " + number() }, "已同意"},
		{"batch", zhaolei, func() string { return "同意 " + number() + " " + number() + " " + number() }, "已同意"},
		{"nudge", zhoumin, func() string { return "催办 " + number() }, "已催"},
		{"mine", zhoumin, func() string { return "合同" }, "最近的合同"},
		{"of nobody", liqiang, func() string { return "审批" }, "没有等你审批的"},
	}
	measure := func() map[string]cost {
		out := map[string]cost{}
		for _, a := range asks {
			best := cost{took: time.Hour}
			for range 5 {
				text := a.text()
				count.statements.Store(0)
				count.answered.Store(0)
				began := time.Now() // what the database takes, not what the program's clock shows
				w.say(a.who, text)
				took := time.Since(began)
				w.expect(a.who, a.want)
				if took < best.took {
					best = cost{count.statements.Load(), count.answered.Load(), took}
				}
			}
			out[a.name] = best
		}
		return out
	}
	w.wait(1, 100)
	few := measure()
	w.wait(100, 10_000)
	for round := 1; ; round++ { // a machine that has something else to do just then is measured again
		many, slow := measure(), 0
		for _, a := range asks {
			x, y := few[a.name], many[a.name]
			t.Logf("%-10s 100: %3d statements, %6d bytes, %v; 10,000: %3d, %6d, %v", a.name, x.statements, x.bytes, x.took, y.statements, y.bytes, y.took)
			if y.statements > x.statements+1 || y.bytes > x.bytes+x.bytes/2+2000 {
				t.Errorf("%s costs %+v with 10,000 that wait and %+v with 100", a.name, y, x)
			}
			if y.took > 5*x.took+20*time.Millisecond {
				slow++
			}
		}
		if slow == 0 {
			break
		}
		if round == 20 {
			t.Fatalf("%d answers take longer with 10,000 that wait, in each of %d rounds", slow, round)
		}
	}
	if n := read(w, func(ctx context.Context, tx *store.Tx) ([]approval.Request, error) {
		return tx.PendingRequests(ctx, zhaolei, 20)
	}); len(n) != 20 {
		t.Errorf("%d wait", len(n))
	}
}
