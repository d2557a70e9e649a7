package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"salesflow/bot"
	"salesflow/cards/paper"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/audit"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

const (
	pdfType = "application/pdf"
	// maxRecordRows is how many rows of the trace one record proves.
	maxRecordRows = 400
)

// keptEntry is the line of the trace that says which bytes an attachment had when it came.
func keptEntry(f sales.File) sales.AuditEntry {
	return sales.AuditEntry{
		Verb: "file.keep", SubjectKind: "file", SubjectID: f.ID, PersonID: f.PersonID,
		Changes: sales.List[sales.Change]{
			{Field: evidence.FieldName, New: f.Name},
			{Field: evidence.FieldSize, New: strconv.FormatInt(f.Size, 10)},
			{Field: evidence.FieldFile, New: f.SHA256},
		},
	}
}

// story is an approval, where its record's trace stands, and the rows that are its evidence.
type story struct {
	evidence handlers.Evidence
	request  approval.Request
	rows     []sales.AuditEntry
}

func (p *program) storyOf(ctx context.Context, request sales.ID) (s story, err error) {
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		if s.request, err = tx.RequestByID(ctx, request); err != nil {
			return err
		}
		if s.evidence, err = handlers.EvidenceOf(ctx, tx, s.request); err != nil {
			return err
		}
		s.rows = nil
		about := func(kind string, id sales.ID, limit int) error {
			rows, err := tx.DeedsOf(ctx, kind, id, limit)
			for _, r := range rows {
				if evidence.Belongs(r) {
					s.rows = append(s.rows, r)
				}
			}
			return err
		}
		if err := about(s.evidence.Object, s.evidence.ID, maxRecordRows); err != nil {
			return err
		}
		for _, f := range s.evidence.Files {
			if err := about("file", f, 5); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

// recordReady reports whether everything a record is about can have been sealed by now.
func (p *program) recordReady(ctx context.Context, j sales.SheetJob) bool {
	id, err := sales.ParseID(j.Choice)
	if err != nil {
		return true // it fails with a sentence
	}
	s, err := p.storyOf(ctx, id)
	if err != nil {
		return sales.KindOf(err) == sales.NotFound
	}
	young := p.clock.Now().Add(-audit.Lag - time.Second)
	for _, r := range s.rows {
		if r.At.After(young) {
			return false
		}
	}
	return true
}

// makeRecord makes the record of an approval and sends it to whoever asked, if they may see the record now.
func (p *program) makeRecord(ctx context.Context, j sales.SheetJob) error {
	id, err := sales.ParseID(j.Choice)
	if err != nil {
		return p.failSheet(ctx, j, "没找到这份审批。")
	}
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	s, err := p.storyOf(ctx, id)
	if sales.KindOf(err) == sales.NotFound {
		return p.failSheet(ctx, j, "没找到这份审批。")
	}
	if err != nil {
		return err
	}
	by, ok := org.Person(j.PersonID)
	if !ok || !by.Active || !s.evidence.Reads(org, by, s.request) {
		return p.failSheet(ctx, j, s.evidence.No+" 你现在看不了,审批单没有发。")
	}
	rec, err := p.recordOf(ctx, s)
	var data []byte
	if err == nil {
		data, err = paper.Approval(rec)
	}
	if errors.Is(err, evidence.ErrNoFacts) {
		return p.failSheet(ctx, j, s.evidence.No+" 做不了审批单:留痕里没有提交时的内容,是更早的版本提交的,或已过保留期。")
	}
	if err != nil {
		return err
	}
	return p.sendRecord(ctx, j, s.evidence.No, data)
}

// recordOf proves the rows of a story.
func (p *program) recordOf(ctx context.Context, s story) (evidence.Record, error) {
	if len(s.rows) == 0 {
		return evidence.Record{}, evidence.ErrNoFacts
	}
	rec := evidence.Record{Format: evidence.Format}
	var err error
	rec.Evidence, err = p.prove(ctx, s.rows)
	return rec, err
}

// prove makes the evidence of rows of the trace, and keeps its checkpoint outside the database.
func (p *program) prove(ctx context.Context, rows []sales.AuditEntry) (audit.Evidence, error) {
	signer, _, err := auditKeys(p.cfg.DataDir)
	if err != nil {
		return audit.Evidence{}, err
	}
	ids := make([]sales.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	out, err := p.db.AuditLog().Prove(ctx, ids, signer)
	if errors.Is(err, audit.ErrNotSealed) { // the sealer has not come by yet
		if err := p.seal(ctx); err != nil {
			return out, err
		}
		out, err = p.db.AuditLog().Prove(ctx, ids, signer)
	}
	if err != nil {
		return out, err
	}
	return out, p.keepCheckpoint([]byte(out.Checkpoint))
}

func (p *program) sendRecord(ctx context.Context, j sales.SheetJob, no string, data []byte) error {
	text := fmt.Sprintf("%s 的审批单,每一步都带留痕证明。核对:salesflow audit verify --record 审批单-%s.pdf", no, no)
	return p.sendPaper(ctx, j, "审批单-"+no+".pdf", data, bot.Outgoing{Text: text})
}

// sendPaper keeps a PDF that was made and sends it to whoever asked, with a sentence.
func (p *program) sendPaper(ctx context.Context, j sales.SheetJob, name string, data []byte, said bot.Outgoing) error {
	id, err := p.db.NewID(ctx)
	if err != nil {
		return err
	}
	size, sum, err := p.files.keep(ctx, id, bytes.NewReader(data))
	if err != nil {
		return err
	}
	f := sales.File{
		ID: id, Name: name, MIME: pdfType, Size: size, SHA256: sum, State: sales.FileKept,
		PersonID: j.PersonID, CreatedAt: sales.At(p.clock.Now()), Version: 1,
	}
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now, ok, err := p.finishSheet(ctx, tx, j, f)
		if err != nil || !ok {
			return bot.Reply{}, err
		}
		return sayTo(now, bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}, said), nil
	})
}
