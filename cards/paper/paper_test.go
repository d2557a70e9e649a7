package paper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"salesflow/cards/paper"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/audit"
	"salesflow/store/evidence"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// record seals the story of a contract and proves it.
func record(t *testing.T, comment string, lines int) (evidence.Record, note.Verifiers) {
	t.Helper()
	w := storetest.SQLite(t)
	db := w.Open()
	at := sales.At(w.Clock.Now())
	entries := []approval.Entry{
		{At: at, Verb: approval.VerbSubmit, Actor: 1, ActorName: "周敏"},
		{At: at, Verb: approval.VerbSendBack, Actor: 2, ActorName: "赵磊", For: 3, ForName: "孙静", Comment: comment},
	}
	for range lines {
		entries = append(entries, approval.Entry{At: at, Verb: approval.VerbComment, Actor: 2, ActorName: "赵磊", Comment: "客户说月底前定,先按 45 天走"})
	}
	entries = append(entries, approval.Entry{At: at, Verb: approval.VerbApprove, Actor: 4, ActorName: "陈刚"})
	var ids []sales.ID
	storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
		ids = nil
		add := func(kind string, subject sales.ID, changes ...sales.Change) {
			id := tx.NewID()
			ids = append(ids, id)
			tx.Audit(sales.AuditEntry{ID: id, Verb: "contract.x", SubjectKind: kind, SubjectID: subject, Changes: changes})
		}
		facts, err := evidence.Change(evidence.FieldFacts, evidence.Facts{
			No: "HT2026-018", Noun: "合同", Customer: "绍兴市立医院", Products: []string{"全自动生化分析仪"}, Amount: 128 * sales.Wan,
			Requester: "周敏", Path: "法务 赵磊 → 销售总监 陈刚", Lines: [][2]string{{"付款", "30% 预付,余款验收后 60 天"}},
			Files: []evidence.File{{ID: 9, Name: "采购合同.pdf"}},
		})
		if err != nil {
			return err
		}
		add("contract", 7, facts)
		add("file", 9, sales.Change{Field: evidence.FieldFile, New: strings.Repeat("ab", 32)}, sales.Change{Field: evidence.FieldSize, New: "52300"})
		for _, e := range entries {
			line, err := evidence.Change(evidence.FieldEntry, e)
			if err != nil {
				return err
			}
			add("contract", 7, sales.Change{Field: "state", New: "approved"}, line)
		}
		return nil
	})
	w.Clock.Advance(2 * time.Minute)
	log := db.AuditLog()
	if _, err := log.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	signer, verifier, _, err := audit.Keys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	ev, err := log.Prove(t.Context(), ids, signer)
	if err != nil {
		t.Fatal(err)
	}
	return evidence.Record{Format: evidence.Format, Evidence: ev}, note.VerifierList(verifier)
}

func TestAPaperCarriesItsProof(t *testing.T) {
	t.Parallel()
	rec, keys := record(t, "账期改成 45 天,(90% 的客户)\n见制度第 3 条 SUPERCALIFRAGILISTICEXPIALIDOCIOUS-2026 䶮", 0)
	pdf, err := paper.Approval(rec)
	if err != nil {
		t.Fatal(err)
	}
	again, err := paper.Approval(rec)
	if err != nil || !bytes.Equal(pdf, again) {
		t.Errorf("the same record makes another paper: %v", err)
	}
	if len(pdf) > 200<<10 {
		t.Errorf("the paper has %d bytes", len(pdf))
	}
	raw, err := paper.Attached(pdf)
	if err != nil {
		t.Fatal(err)
	}
	got, err := evidence.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := got.Read(keys)
	if err != nil {
		t.Fatal(err)
	}
	if p.No != "HT2026-018" || len(p.Lines) != 3 || p.Lines[1].ForName != "孙静" || p.State != approval.Approved ||
		p.Files[0].SHA256 != strings.Repeat("ab", 32) || p.Files[0].Name != "采购合同.pdf" {
		t.Errorf("the record says %+v", p)
	}
	if made, err := paper.Approval(got); err != nil || !bytes.Equal(made, pdf) {
		t.Errorf("the paper cannot be made again from what it carries: %v", err)
	}
}

func TestALongPaperGoesOnOnFurtherPages(t *testing.T) {
	t.Parallel()
	rec, _ := record(t, strings.Repeat("这一条写得很长", 60), 150)
	pdf, err := paper.Approval(rec)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(pdf, []byte("/Type /Page\n")); n < 3 {
		t.Errorf("%d pages", n)
	}
}

func TestAChangedRecordIsRefused(t *testing.T) {
	t.Parallel()
	rec, keys := record(t, "可以", 0)
	raw, err := rec.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"another amount", "128000000", "228000000"},
		{"another approver", "陈刚", "李强"},
		{"another time", `02:00:00.000000Z`, `03:00:00.000000Z`},
		{"another leaf", `"leaf":1`, `"leaf":0`},
	} {
		changed := bytes.ReplaceAll(raw, []byte(c.old), []byte(c.new))
		if bytes.Equal(changed, raw) {
			t.Errorf("%s: nothing to change", c.name)
			continue
		}
		got, err := evidence.Parse(changed)
		if err == nil {
			_, err = got.Read(keys)
		}
		if err == nil {
			t.Errorf("%s is not noticed", c.name)
		}
	}
	_, other, _, err := audit.Keys(bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rec.Read(note.VerifierList(other)); err == nil {
		t.Error("a checkpoint of somebody else is taken")
	}
}

// FuzzRecord reads anything as a paper: it never panics, and nothing but a proved record is believed.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"format":"salesflow.approval-record/1","checkpoint":"go.sum database tree\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n","rows":[{"leaf":0,"row":{},"path":null}]}`))
	f.Add([]byte("%PDF-1.7\n/Type /EmbeddedFile /Subtype /application#2Fjson /Length 9 stream\n{}"))
	_, verifier, _, err := audit.Keys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if raw, err := paper.Attached(data); err == nil {
			data = raw
		}
		rec, err := evidence.Parse(data)
		if err != nil {
			return
		}
		if _, err := rec.Read(note.VerifierList(verifier)); err == nil && !json.Valid(data) {
			t.Fatal("believed what is no record")
		}
	})
}
