package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/audit"
	"salesflow/store/dialect"
)

// sealAll seals what was traced, publishes a checkpoint and keeps it beside the database, as serve does.
func sealAll(t *testing.T, dir string) {
	t.Helper()
	clock := scheduler.NewStepClock(time.Now, testStart.Add(2*audit.Lag))
	db, err := store.Open(context.Background(), store.Options{DataDir: dir, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.AuditLog().Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	signer, _, err := auditKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := db.AuditLog().Publish(context.Background(), signer)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, auditCheckpointsFile), append(signed, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tamper changes the database behind the program's back.
func tamper(t *testing.T, dir, query string) {
	t.Helper()
	write, read, err := dialect.OpenSQLite(filepath.Join(dir, "salesflow.db"), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	if _, err := write.ExecContext(context.Background(), query); err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointsAreReadOneByOne(t *testing.T) {
	t.Parallel()
	one := "go.sum database tree\n7\nabc=\n\n— salesflow-audit xyz\n"
	two := strings.Replace(one, "7", "12", 1)
	path := filepath.Join(t.TempDir(), "checkpoints.txt")
	if err := os.WriteFile(path, []byte(one+"\n"+two+"\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readCheckpoints(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || string(got[0]) != one || string(got[1]) != two {
		t.Errorf("read %q", got)
	}
}
