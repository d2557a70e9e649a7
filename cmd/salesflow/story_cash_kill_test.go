package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
)

// killRows is how many entries the bank's file has: some batches, so that the process dies between two of them.
const killRows = 4000

// A process that is killed with -9 in the middle of an import leaves no half: what it wrote is whole, and whoever comes next writes the
// rest, each entry once.
func TestAnImportThatIsKilledLeavesNoHalf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(now time.Time) (world, *bottest.Story) {
		w := newWorld(t, sim.WeCom, func(o *demoOptions) { o.data, o.start = dir, now })
		return w, bottest.New(t, w)
	}
	w, s := at(storyStart)
	finance := s.As("吴桐").Skip()
	sendSheet(finance, w, "流水.csv", killFile())
	s.Settle()
	finance.ExpectCard("导入回款", fmt.Sprintf("可导入 %d 行", killRows))
	now := w.Now()
	if err := w.demo.close(); err != nil {
		t.Fatal(err)
	}
	n := killedAmid(t, dir, now)
	t.Logf("killed after %d of %d rows", n, killRows)
	w, s = at(now.Add(5 * time.Minute))
	s.FastForward(2 * sheetLease) // the claim of whoever was killed runs out
	s.Settle()
	waitUntil(t, "the rest of the import", func() bool { n, _ := killed(t, dir); return n == killRows })
	finance = s.As("吴桐")
	finance.Skip()
	sendSheet(finance, w, "流水.csv", killFile())
	s.Settle()
	finance.ExpectCard("导入回款", fmt.Sprintf("已有 %d 行", killRows), "没有要导的")
	if n, sum := killed(t, dir); n != killRows || sum != killSum {
		t.Errorf("%d entries of %d fen in all, want %d of %d", n, sum, killRows, killSum)
	}
	m := w.money(t)
	if m.payments < killRows || m.left != m.received {
		t.Errorf("the books say %+v", m)
	}
}

// killSum is what the entries come to, in fen.
const killSum = int64(killRows) * (killRows + 1) / 2 * 100

func killFile() []byte {
	var b bytes.Buffer
	b.WriteString("到账日期,付款方,到账金额,流水号\n")
	for k := range killRows {
		fmt.Fprintf(&b, "2026-03-10,散户%d,%d.00,KILL%05d\n", k, k+1, k)
	}
	return b.Bytes()
}

// killedAmid starts the program as a process of its own, has it import, kills it in the middle, and returns how many rows it wrote.
func killedAmid(t *testing.T, dir string, now time.Time) int64 {
	t.Helper()
	p := startProgram(t, dir, now)
	p.say(t, sim.WeCom, "wutong", "导入 好的")
	var n int64
	waitUntil(t, "some rows", func() bool { n, _ = killed(t, dir); return n > 0 })
	p.kill(t)
	n, _ = killed(t, dir)
	if n%sheetBatch != 0 {
		t.Errorf("%d rows are half a batch", n)
	}
	return n
}

// killed counts the entries of the file in the embedded store, and what they come to.
func killed(t *testing.T, dir string) (n, sum int64) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "salesflow.db")+"?_pragma=query_only(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.QueryRowContext(context.Background(), "SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM payments WHERE bank_ref LIKE 'KILL%'").Scan(&n, &sum)
	if err != nil {
		t.Fatal(err)
	}
	return n, sum
}
