package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite"

	"salesflow/store"
	"salesflow/store/audit"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func trace(t *testing.T, db *store.DB, n int) []sales.ID {
	t.Helper()
	var ids []sales.ID
	storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
		ids = nil
		for i := range n {
			id := tx.NewID()
			ids = append(ids, id)
			tx.Audit(sales.AuditEntry{
				ID: id, PersonID: 5, EventID: "m1", Verb: "visit.correct", SubjectKind: "visit", SubjectID: sales.ID(i),
				Changes: sales.List[sales.Change]{{Field: "金额", Old: "180万", New: "18万"}},
			})
		}
		return nil
	})
	return ids
}

// exec runs statements behind the program's back.
func exec(t *testing.T, w *storetest.World, statements string) {
	t.Helper()
	driver, dsn := "mysql", w.Options.DSN
	if dsn == "" {
		driver, dsn = "sqlite", filepath.Join(w.Options.DataDir, "salesflow.db")
	}
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

func seal(t *testing.T, l *audit.Log, want int) {
	t.Helper()
	n, err := l.Seal(context.Background())
	if err != nil || n != want {
		t.Fatalf("sealed %d rows, want %d: %v", n, want, err)
	}
}

func keys(t *testing.T) (note.Signer, note.Verifier) {
	t.Helper()
	signer, verifier, _, err := audit.Keys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

func TestRowsAreSealedAndProved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		l := db.AuditLog()
		ctx := context.Background()
		signer, verifier := keys(t)
		first := trace(t, db, 700)
		seal(t, l, 0) // too young: a transaction with an older id may still be under way
		w.Clock.Advance(2 * time.Minute)
		seal(t, l, 700)
		old, err := l.Publish(ctx, signer)
		if err != nil {
			t.Fatal(err)
		}
		trace(t, db, 13)
		w.Clock.Advance(2 * time.Minute)
		seal(t, l, 13)
		seal(t, l, 0)
		proof, err := l.Prove(ctx, []sales.ID{first[321], first[7]}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := l.Prove(ctx, []sales.ID{first[7], first[321]}, signer); err != nil || !cmp.Equal(again, proof) {
			t.Errorf("the same rows have another proof: %v", err)
		}
		if _, err := proof.Check(note.VerifierList(verifier)); err != nil {
			t.Errorf("proof of two rows: %v", err)
		}
		if e, err := proof.Rows[1].Entry(); err != nil || e.ID != first[321] || e.Changes[0].New != "18万" {
			t.Errorf("the proved row is %+v, %v", e, err)
		}
		proof.Rows[0].Sealed = bytes.Replace(proof.Rows[0].Sealed, []byte("18万"), []byte("19万"), 1)
		if _, err := proof.Check(note.VerifierList(verifier)); err == nil {
			t.Error("the proof holds for another amount")
		}
		rep, err := l.Verify(ctx, [][]byte{old}, verifier)
		if err != nil || !rep.OK() || rep.Rows != 713 || rep.Checkpoints != 2 {
			t.Errorf("an untouched log: %+v, %v", rep, err)
		}
	})
}

func TestALateRowIsSealedToo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		l := db.AuditLog()
		early, err := db.NewID(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Second)
		trace(t, db, 5)
		w.Clock.Advance(2 * time.Minute)
		seal(t, l, 5)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { // its id was made before theirs
			tx.Audit(sales.AuditEntry{ID: early, Verb: "visit.file"})
			return nil
		})
		seal(t, l, 1)
		rep, err := l.Verify(context.Background(), nil)
		if err != nil || !rep.OK() || rep.Rows != 6 {
			t.Errorf("%+v, %v", rep, err)
		}
	})
}

func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		tamper func(ids []sales.ID) string
		where  int // the row that is blamed, -1: the log
	}{
		{"a row is changed", func(ids []sales.ID) string {
			return fmt.Sprintf("UPDATE audit SET person_id = 6 WHERE id = %d", ids[3])
		}, 3},
		{"a row is removed", func(ids []sales.ID) string { return fmt.Sprintf("DELETE FROM audit WHERE id = %d", ids[4]) }, 4},
		{"a row is slipped in", func(ids []sales.ID) string {
			return fmt.Sprintf("INSERT INTO audit SELECT id - 100, at, person_id, event_id, verb, subject_kind, subject_id, changes FROM audit WHERE id = %d", ids[5])
		}, -2},
		{"a row is slipped in with its leaf", func(ids []sales.ID) string {
			return fmt.Sprintf("INSERT INTO audit SELECT id - 100, at, person_id, event_id, verb, subject_kind, subject_id, changes FROM audit WHERE id = %d;"+
				"INSERT INTO audit_leaves SELECT seq + 7, audit_id - 100, hash FROM audit_leaves WHERE seq = 3", ids[3])
		}, -3},
		{"an amount is changed in the text", func(ids []sales.ID) string {
			return fmt.Sprintf("UPDATE audit SET changes = replace(changes, '18万', '19万') WHERE id = %d", ids[7])
		}, 7},
		{"two rows are swapped", func(ids []sales.ID) string {
			return fmt.Sprintf("UPDATE audit_leaves SET audit_id = -1 WHERE audit_id = %[1]d; UPDATE audit_leaves SET audit_id = %[1]d WHERE audit_id = %[2]d;"+
				"UPDATE audit_leaves SET audit_id = %[2]d WHERE audit_id = -1", ids[1], ids[2])
		}, 2},
		{"a leaf is removed", func(ids []sales.ID) string {
			return fmt.Sprintf("DELETE FROM audit_leaves WHERE audit_id = %d", ids[2])
		}, -1},
		{"a stored hash is changed", func([]sales.ID) string {
			return "UPDATE audit_hashes SET hash = zeroblob(32) WHERE seq = 2"
		}, -1},
		{"the end is cut off", func(ids []sales.ID) string {
			return fmt.Sprintf("DELETE FROM audit_leaves WHERE audit_id = %d; DELETE FROM audit WHERE id = %d", ids[9], ids[9])
		}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := storetest.SQLite(t)
			db := w.Open()
			l := db.AuditLog()
			signer, verifier := keys(t)
			ids := trace(t, db, 10)
			w.Clock.Advance(2 * time.Hour)
			seal(t, l, 10)
			checkpoint, err := l.Publish(context.Background(), signer)
			if err != nil {
				t.Fatal(err)
			}
			exec(t, w, tt.tamper(ids))
			rep, err := l.Verify(context.Background(), [][]byte{checkpoint}, verifier)
			if err != nil || rep.OK() {
				t.Fatalf("not found: %+v, %v", rep, err)
			}
			want := sales.ID(0)
			switch {
			case tt.where >= 0:
				want = ids[tt.where]
			case tt.where == -2:
				want = ids[5] - 100
			case tt.where == -3:
				want = ids[3] - 100
			}
			if rep.Findings[0].ID != want {
				t.Errorf("blamed %+v, want row %d", rep.Findings, want)
			}
		})
	}
}

func TestACheckpointOfAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	w := storetest.SQLite(t)
	db := w.Open()
	l := db.AuditLog()
	trace(t, db, 3)
	w.Clock.Advance(2 * time.Minute)
	seal(t, l, 3)
	other, _, _, err := audit.Keys(bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Publish(context.Background(), other); err != nil {
		t.Fatal(err)
	}
	_, verifier := keys(t)
	rep, err := l.Verify(context.Background(), nil, verifier)
	if err != nil || rep.OK() {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestSealingFindsRowsThatCameAnHourLate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		l := db.AuditLog()
		late, err := db.NewID(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(30 * time.Minute)
		trace(t, db, 1500)
		w.Clock.Advance(2 * time.Minute)
		seal(t, l, 1500)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { // by a replica whose clock is behind
			tx.Audit(sales.AuditEntry{ID: late, Verb: "visit.file"})
			return nil
		})
		seal(t, l, 0)
		w.Clock.Advance(11 * time.Minute)
		seal(t, l, 1)
		if rep, err := l.Verify(context.Background(), nil); err != nil || !rep.OK() || rep.Rows != 1501 {
			t.Errorf("%+v, %v", rep, err)
		}
	})
}

func TestRowsAreRetiredAndTheLogStaysWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		l := db.AuditLog()
		ctx := context.Background()
		signer, verifier := keys(t)
		trace(t, db, 1200)
		w.Clock.Advance(2 * time.Minute)
		seal(t, l, 1200)
		old, err := l.Publish(ctx, signer)
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(3 * audit.MinKeep)
		ids := trace(t, db, 5)
		w.Clock.Advance(2 * time.Minute)
		entry := func(e sales.AuditEntry) error {
			storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { tx.Audit(e); return nil })
			return nil
		}
		if _, err := l.Retire(ctx, time.Hour, entry); err == nil {
			t.Error("rows of the last hour could be retired")
		}
		if n, err := l.Retire(ctx, 2*audit.MinKeep, entry); err != nil || n != 1200 {
			t.Fatalf("retired %d rows: %v", n, err)
		}
		w.Clock.Advance(2 * time.Minute)
		seal(t, l, 6)
		rep, err := l.Verify(ctx, [][]byte{old}, verifier)
		if err != nil || !rep.OK() || rep.Rows != 1206 || rep.Retired != 1200 {
			t.Errorf("%+v, %v", rep, err)
		}
		// Somebody else's removal is not covered by it.
		exec(t, w, fmt.Sprintf("DELETE FROM audit WHERE id = %d", ids[2]))
		if rep, err := l.Verify(ctx, nil, verifier); err != nil || rep.OK() {
			t.Errorf("%+v, %v", rep, err)
		}
	})
}
