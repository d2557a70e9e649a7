package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"salesflow/bot/bottest"
	"salesflow/cards/paper"
	"salesflow/store"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// proved keeps a paper, has it verified as audit verify does, and gives what that says.
func (w world) proved(t *testing.T, pdf []byte) (said, name string, by note.Verifier) {
	t.Helper()
	_, by, err := auditKeys(w.program.cfg.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := verifyRecord(&out, name, []note.Verifier{by}, nil); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return out.String(), name, by
}

// lastPaper is the newest file that was made for a person.
func (w world) lastPaper(t *testing.T, name string) (out []byte) {
	t.Helper()
	org, err := w.program.books.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	person := org.ByName(name)[0]
	var job sales.SheetJob
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		jobs, err := tx.SheetJobsOf(ctx, person.ID, 1)
		if err == nil && len(jobs) > 0 {
			job = jobs[0]
		}
		return err
	})
	if out, err = os.ReadFile(w.program.files.path(job.ResultID)); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnApprovalRecordIsHandedOutAndProves(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		_, card := file(rep, legal)
		card.Click("同意")
		director.ExpectCard("等你处理")
		director.Say("同意 HT2026-001 账期下次谈")
		director.ExpectText("全部通过")
		stranger := s.As("李强").Skip()
		stranger.Say("审批单 HT2026-001")
		stranger.ExpectText("或者不归你看").Without("128")
		legal.Skip()
		legal.Say("审批单 HT2026-001")
		legal.ExpectText("审批单在做", "一分钟")
		s.FastForward(2 * time.Minute)
		legal.ExpectText("[file", "审批单-HT2026-001.pdf")
		legal.ExpectText("留痕证明", "--record")
		first := w.lastPaper(t, "赵磊")
		rep.Skip()
		rep.Say("审批单 HT2026-001")
		rep.ExpectText("审批单在做")
		s.FastForward(2 * time.Minute)
		rep.ExpectText("审批单-HT2026-001.pdf")
		if again := w.lastPaper(t, "周敏"); !bytes.Equal(first, again) {
			t.Error("the same state makes another paper for another person")
		}
		said, name, verifier := w.proved(t, first)
		for _, want := range []string{"绍兴市立医院", "¥1,280,000.00", "周敏 提交", "赵磊 同意", "陈刚 同意:账期下次谈"} {
			if !strings.Contains(said, want) {
				t.Errorf("the record does not say %q:\n%s", want, said)
			}
		}
		// Elsewhere, with the public key and nothing else of ours.
		code, key := command(t, w.program.cfg.DataDir, "audit", "key")
		if code != 0 {
			t.Fatalf("audit key: %s", key)
		}
		if code, said := command(t, t.TempDir(), "audit", "verify", "--record", name, "--key", strings.TrimSpace(key)); code != 0 || !strings.Contains(said, "签名有效") {
			t.Errorf("audit verify --record: %s", said)
		}
		if code, said := command(t, t.TempDir(), "audit", "verify", "--record", name); code == 0 {
			t.Errorf("verified without a key: %s", said)
		}
		if n := countAudit(t, w, "contract.record"); n != 2 {
			t.Errorf("%d readings are in the trace, want 2", n)
		}
		raw, err := paper.Attached(first)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := evidence.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		// A paper that says something else than its proof.
		forged := bytes.Replace(first, []byte("/Title <FEFF"), []byte("/Title <FEFE"), 1)
		if err := os.WriteFile(name, forged, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := verifyRecord(io.Discard, name, []note.Verifier{verifier}, nil); err == nil || len(rec.Rows) == 0 {
			t.Error("a changed paper passes")
		}
	})
}

func countAudit(t *testing.T, w world, verb string) int {
	t.Helper()
	n, err := w.program.db.CountAudit(t.Context(), verb)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAttachmentsAreProvedByTheirHash(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		at := rep
		if rep.Platform() == "wecom" {
			at = rep.In("robot")
		}
		at.Send("采购合同.pdf", []byte("%PDF-1.4 contract"))
		at.ExpectCard("合同")
		if rep.Platform() != "wecom" {
			rep.Say("提交")
		}
		legal.ExpectCard("等你处理")
		s.FastForward(2 * time.Minute) // the paper is fetched in the background
		legal.Say("审批单 HT2026-001")
		legal.ExpectText("审批单在做")
		s.FastForward(2 * time.Minute)
		legal.ExpectText("审批单-HT2026-001.pdf")
		raw, err := paper.Attached(w.lastPaper(t, "赵磊"))
		if err != nil {
			t.Fatal(err)
		}
		rec, err := evidence.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		p, err := rec.Read(nil)
		if err != nil || len(p.Files) != 1 || p.Files[0].Name != "采购合同.pdf" || len(p.Files[0].SHA256) != 64 {
			t.Errorf("the attachment in the record: %+v, %v", p.Files, err)
		}
	})
}
