package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salesflow/bot/sim"
	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// wayDeals is how many deals the process is killed over: enough parts to be caught between two of them.
const wayDeals = 3000

// TestKilledInTheMiddleOfAMigrationItGoesOn kills the real process with -9 while it brings deals to another version of their
// pipeline, twice, and counts what the third finds.
func TestKilledInTheMiddleOfAMigrationItGoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	oldDeals(t, dir)
	write, read, err := dialect.OpenSQLite(filepath.Join(dir, "salesflow.db"), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	moved := func() int { return countOf(t, read, "SELECT COUNT(*) FROM way_change_deals WHERE state = 'moved'") }

	p := startProgram(t, dir, testStart)
	p.say(t, sim.DingTalk, "zhengkai", "阶段模板 迁移 标准五阶段")
	waitUntil(t, "the preview", func() bool {
		return countOf(t, read, "SELECT COUNT(*) FROM way_changes WHERE state = 'draft'") == 1
	})
	p.say(t, sim.DingTalk, "zhengkai", "阶段模板 确认")
	seen := 0
	for n := range 2 {
		waitUntil(t, "some deals to move", func() bool { return moved() >= seen+300 })
		p.kill(t)
		if seen = moved(); seen >= wayDeals {
			t.Fatalf("all %d deals were moved before the process was killed", seen)
		}
		t.Logf("killed at %d of %d", seen, wayDeals)
		p = startProgram(t, dir, testStart.Add(time.Duration(n+1)*time.Hour)) // when what the killed one held is free again
	}
	waitUntil(t, "the end of the migration", func() bool { return countOf(t, read, "SELECT COUNT(*) FROM way_changes WHERE state = 'done'") == 1 })
	for query, want := range map[string]int{
		"SELECT moved FROM way_changes":                                                    wayDeals,
		"SELECT kept FROM way_changes":                                                     0,
		"SELECT COUNT(*) FROM way_change_deals WHERE state = 'moved'":                      wayDeals,
		"SELECT COUNT(*) FROM opportunities WHERE pipeline_version = 2":                    wayDeals,
		"SELECT COUNT(*) FROM opportunities WHERE pipeline_version = 1":                    0,
		"SELECT COUNT(*) FROM audit WHERE verb = 'opportunity.migrated'":                   wayDeals,
		"SELECT COUNT(DISTINCT subject_id) FROM audit WHERE verb = 'opportunity.migrated'": wayDeals,
		"SELECT COUNT(*) FROM events WHERE kind = 'opportunity.migrated'":                  wayDeals,
		"SELECT COUNT(*) FROM events WHERE kind = 'pipeline.migrated'":                     1,
	} {
		if got := countOf(t, read, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	p.kill(t)
}

// oldDeals makes a company whose open deals follow a version of the standard pipeline that the configuration has left behind.
func oldDeals(t *testing.T, dir string) {
	t.Helper()
	db := openAt(t, dir)
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := seed(t.Context(), db, demoOrg(t), testStart); err != nil {
		t.Fatal(err)
	}
	old := *sales.Standard
	old.Stages = append([]sales.StageDef(nil), old.Stages...)
	old.Stages[0].Aliases = append([]string{"刚认识"}, old.Stages[0].Aliases...)
	ways, err := db.UsePipelines(t.Context(), []*sales.Pipeline{&old})
	if err != nil {
		t.Fatal(err)
	}
	way := ways.Find(old.Key, 1)
	org, err := db.LoadOrg(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	clock := scheduler.NewStepClock(time.Now, testStart)
	at := sales.At(clock.Now())
	var owner sales.Person
	for _, p := range org.People() {
		if p.Code == "zhoumin" {
			owner = p
		}
	}
	for from := 0; from < wayDeals; from += 500 {
		if _, err := db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			for i := range 500 {
				o := sales.Opportunity{
					ID: tx.NewID(), CustomerID: 1, OwnerID: owner.ID, TeamID: owner.TeamID, Amount: sales.Wan, StageSince: at, CreatedAt: at,
					State: sales.OpportunityOpen, Version: 1,
				}.On(way)
				o.Stage = way.Stages[i%len(way.Stages)].Key
				o.Peak = o.Stage
				tx.CreateOpportunity(o, sales.DayOf(at.Time))
			}
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
	}
}

func countOf(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// process is the program itself, running the demo.
type process struct {
	cmd *exec.Cmd
	url string
}

// startProgram starts it on an address of its own, with its clock at a moment, and waits until it is there.
func startProgram(t *testing.T, dir string, at time.Time) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "demo", "--listen", "127.0.0.1:0", "--data", dir, "--start", at.Format(time.RFC3339))
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // at once when the test ends early; a second time does nothing
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the demo does not start: %v", err)
	}
	_, rest, _ := strings.Cut(line, "http://")
	p.url = "http://" + strings.Fields(rest)[0]
	return p
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // it was killed: that is its error
}

func (p *process) say(t *testing.T, platform, from, text string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"platform": platform, "from": from, "text": text})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/_sim/say", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(fmt.Errorf("say %s: %s", text, res.Status))
	}
}
