package handlers_test

import (
	"context"
	"fmt"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
)

// closings are what is known of closed months: the figures each was closed with, of those that are closed now.
func (c *till) closings() map[sales.Day]sales.Closing {
	return read(c.bench, func(ctx context.Context, tx *store.Tx) (map[sales.Day]sales.Closing, error) {
		b, err := tx.Books(ctx, false)
		if err != nil {
			return nil, err
		}
		list, err := tx.Closings(ctx, sales.Day{}, 100)
		out := map[sales.Day]sales.Closing{}
		for _, x := range list { // the newest first
			if _, known := out[x.MonthOn]; !known && b.Closed(x.MonthOn) && x.Act == sales.BooksClose {
				out[x.MonthOn] = x
			}
		}
		return out, err
	})
}

// closed holds each closed month against what it was closed with.
func (c *till) closed(seed uint64, n int) int {
	c.t.Helper()
	list := c.closings()
	for month, x := range list {
		sum := read(c.bench, func(ctx context.Context, tx *store.Tx) (sales.CashSum, error) {
			return tx.CashBetween(ctx, sales.Scope{All: true}, month, sales.LastOf(month))
		})
		if sum.Invoiced != x.Invoiced || sum.Credited != x.Credited || sum.Received != x.Received || sum.Invoices != x.Invoices || sum.Payments != x.Payments {
			c.t.Fatalf("seed %d, step %d, after %s: %s was closed with %+v and comes to %+v", seed, n, c.deed, month, x, sum)
		}
	}
	return len(list)
}

// Whatever is done with money, closed and opened months among it: a closed month's sums are those it was closed with, and all sums are
// those of their rows.
func TestAClosedMonthNeverMoves(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := newTill(t, 100+seed)
			held := 0
			for n := range 60 {
				switch c.rnd.IntN(9) {
				case 0:
					c.sayAs(wutong, "关账 "+pick(c.rnd, "1月", "2月", "2月", "3月")+" 确认")
				case 1:
					if c.rnd.IntN(3) == 0 {
						c.sayAs(chengang, "反关账 "+pick(c.rnd, "1月", "2月")+" 漏记一张")
					}
				default:
					c.step()
				}
				c.check(seed, n)
				held += c.closed(seed, n)
			}
			if held == 0 {
				t.Error("no month was ever closed")
			}
		})
	}
}
