package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"

	"salesflow/bot"
	"salesflow/cards/paper"
	"salesflow/store"
	"salesflow/store/audit"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// performanceRows are the rows of the trace that prove a record of deliveries and service: the one that says what it says, and
// those of each line.
func (p *program) performanceRows(ctx context.Context, j sales.SheetJob) (rows []sales.AuditEntry, err error) {
	id, err := sales.ParseID(j.Choice)
	if err != nil {
		return nil, sales.Errorf(sales.NotFound, "没找到这份履约证明。")
	}
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		if rows, err = tx.DeedsOf(ctx, "performance", id, 1); err != nil {
			return err
		}
		said, ok := listed(rows)
		if !ok {
			return sales.Errorf(sales.NotFound, "没找到这份履约证明。")
		}
		for _, part := range []struct {
			kind  string
			ids   []sales.ID
			verbs []string
		}{
			{"shipment", idsOf(said.Deliveries, func(d evidence.Delivery) sales.ID { return d.ID }), []string{"shipment.create", "shipment.sign"}},
			{"filing", idsOf(said.Services, func(s evidence.Service) sales.ID { return s.ID }), []string{"filing.file", "filing.accept", "filing.close"}},
		} {
			more, err := tx.DeedsAbout(ctx, part.kind, part.ids, part.verbs, maxRecordRows)
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		return nil
	})
	return rows, err
}

func idsOf[T any](list []T, id func(T) sales.ID) []sales.ID {
	out := make([]sales.ID, len(list))
	for i, x := range list {
		out[i] = id(x)
	}
	return out
}

// listed reads what the row of a record says.
func listed(rows []sales.AuditEntry) (evidence.Performance, bool) {
	if len(rows) == 0 {
		return evidence.Performance{}, false
	}
	return evidence.PerformanceOf(rows[0])
}

// performanceReady reports whether everything a record is about can have been sealed by now.
func (p *program) performanceReady(ctx context.Context, j sales.SheetJob) bool {
	rows, err := p.performanceRows(ctx, j)
	if err != nil {
		return sales.KindOf(err) == sales.NotFound // it fails with a sentence
	}
	young := p.clock.Now().Add(-audit.Lag - time.Second)
	for _, r := range rows {
		if r.At.After(young) {
			return false
		}
	}
	return true
}

// makePerformance makes the record and sends it to whoever asked, if they are still here.
func (p *program) makePerformance(ctx context.Context, j sales.SheetJob) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	rows, err := p.performanceRows(ctx, j)
	by, ok := org.Person(j.PersonID)
	if sales.KindOf(err) == sales.NotFound || err == nil && (!ok || !by.Active) {
		return p.failSheet(ctx, j, "履约证明没有做成,再发一次 履约证明。")
	}
	if err != nil {
		return err
	}
	proofs, err := p.prove(ctx, rows)
	if err != nil {
		return err
	}
	rec := evidence.PerformanceRecord{Format: evidence.PerformanceFormat, Evidence: proofs}
	data, err := paper.Performance(rec)
	if errors.Is(err, evidence.ErrDisagrees) {
		return p.failSheet(ctx, j, "有单子刚改过,和留痕对不上,履约证明没有出。再发一次 履约证明。")
	}
	if err != nil {
		return err
	}
	said, _ := listed(rows)
	text := fmt.Sprintf("履约证明 %s:按期交付 %s;服务 %s。核对:salesflow audit verify --record 履约证明-%s.pdf", said.No, paper.DeliveryLine(said.Sums()),
		paper.ServiceLine(said.Sums(), said.Limit), said.No)
	return p.sendPaper(ctx, j, "履约证明-"+said.No+".pdf", data, bot.Outgoing{Text: text})
}

// verifyPerformance checks a record of deliveries and service by itself.
func verifyPerformance(w io.Writer, name string, raw, pdf []byte, keys []note.Verifier, outside [][]byte) error {
	rec, err := evidence.ParsePerformance(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p, err := rec.Read(note.VerifierList(keys...))
	if err != nil {
		fmt.Fprintf(w, "✘ %v\n", err)
		return fmt.Errorf("%s 没通过:证明和记录对不上,或校验点不是这家公司签的", name)
	}
	if pdf != nil {
		if made, err := paper.Performance(rec); err != nil || !bytes.Equal(made, pdf) {
			return fmt.Errorf("%s 没通过:证明是真的,但纸面和证明不一致", name)
		}
	}
	if err := sayProved(w, name, p.Rows, p.Tree, outside, keys); err != nil {
		return err
	}
	fmt.Fprintf(w, "履约证明 %s · %s · %s 至 %s\n  交付:%s\n  服务:%s\n", p.No, p.Scope, p.From, p.To, paper.DeliveryLine(p.Sums()), paper.ServiceLine(p.Sums(), p.Limit))
	return nil
}
