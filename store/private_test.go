package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salesflow/store"
)

func TestTheDatabaseIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil { // as systemd makes it
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "salesflow.db"), nil, 0o644); err != nil { // as an older release left it
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), store.Options{DataDir: dir, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, n := range names {
		info, err := n.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be opened by others: %v", n.Name(), info.Mode())
		}
	}
}

func TestNoErrorOfTheDatabaseTellsItsPassword(t *testing.T) {
	t.Parallel()
	const password = "hunter22hunter22"
	for _, dsn := range []string{
		"u:" + password + "@tcp(127.0.0.1:1)/salesflow", "u:" + password + "@tcp(127.0.0.1:1)", "u:" + password + "@/x?timeout=nonsense",
		"mysql://u:" + password + "@127.0.0.1/x", "u:" + password + "@tcp(127.0.0.1:1/x", "u:" + password + "@unix(/nowhere)/x?tls=none",
	} {
		db, err := store.Open(context.Background(), store.Options{DSN: dsn, Now: time.Now})
		if err == nil {
			_ = db.Close()
			t.Errorf("%s is opened", dsn)
			continue
		}
		if strings.Contains(err.Error(), password) {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
