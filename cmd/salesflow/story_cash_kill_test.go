package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
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
	n := killedAmid(t, self, dir, now)
	t.Logf("killed after %d of %d rows", n, killRows)
	w, s = at(now.Add(5 * time.Minute))
	s.FastForward(2 * sheetLease) // the claim of whoever was killed runs out
	s.Settle()
	waitLong(t, "the rest of the import", func() bool { n, _ := killed(t, dir); return n == killRows })
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
func killedAmid(t *testing.T, self, dir string, now time.Time) int64 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "demo", "--listen", addr, "--data", dir, "--start", now.Format(time.RFC3339))
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	defer kill()
	waitLong(t, "the process", func() bool {
		res, err := http.Get("http://" + addr + "/healthz")
		if err != nil {
			return false
		}
		return res.Body.Close() == nil && res.StatusCode == http.StatusOK
	})
	res, err := http.Post("http://"+addr+"/_sim/say", "application/json", strings.NewReader(`{"platform":"wecom","from":"wutong","text":"导入 好的"}`))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("say it: %v, %+v", err, res)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	var n int64
	waitLong(t, "some rows", func() bool { n, _ = killed(t, dir); return n > 0 })
	kill()
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

// waitLong waits for another process, which a busy machine lets wait.
func waitLong(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(2 * time.Minute)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
