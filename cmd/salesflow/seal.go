package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/audit"
	"salesflow/store/sales"
)

// sealing is the one sealer of a process.
type sealing struct {
	mu  sync.Mutex
	log *audit.Log
	// published is the day whose checkpoint went out.
	published sales.Day
}

const (
	// sealEvery is how often new audit rows are sealed, sealLease how long a replica is the one that does it.
	sealEvery = 10 * time.Second
	sealLease = 2 * time.Minute
	sealName  = "audit.seal"
)

// seal puts new audit rows into the Merkle log. Another sealer in between is no failure: it sealed the same rows.
func (p *program) seal(ctx context.Context) error {
	p.sealing.mu.Lock()
	defer p.sealing.mu.Unlock()
	if p.sealing.log == nil {
		p.sealing.log = p.db.AuditLog()
	}
	_, err := p.sealing.log.Seal(ctx)
	if errors.Is(err, audit.ErrOtherSealer) {
		_, err = p.sealing.log.Seal(ctx)
	}
	return err
}

// keepSealed seals new audit rows until ctx ends, and publishes each day's checkpoint. One of the replicas does it at a
// time. It needs the database only: what proves the trace must not wait for the queue.
func (p *program) keepSealed(ctx context.Context) error {
	beat := time.NewTicker(sealEvery)
	defer beat.Stop()
	for {
		if err := p.sealAsOne(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Msg("seal the trace")
		}
		select {
		case <-ctx.Done():
			_ = p.db.ReleaseLease(context.WithoutCancel(ctx), sealName, p.db.Holder()) // it runs out by itself
			return nil
		case <-beat.C:
		}
	}
}

func (p *program) sealAsOne(ctx context.Context) error {
	ours, err := p.db.Lease(ctx, sealName, p.db.Holder(), sealLease)
	if err != nil || !ours {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sealLease-sealEvery)
	defer cancel()
	if err := p.seal(ctx); err != nil {
		return err
	}
	today := sales.DayOf(p.clock.Now())
	if p.sealing.published.IsZero() { // just started: what was missed while nobody ran follows at once, the first one tomorrow
		last, err := p.db.AuditLog().LastPublished(ctx)
		if err != nil {
			return err
		}
		p.sealing.published = today
		if !last.IsZero() {
			p.sealing.published = sales.DayOf(last)
		}
	}
	if p.sealing.published == today {
		return nil
	}
	if err := p.publish(ctx); err != nil { // what went out today already does not go out again
		return err
	}
	p.sealing.published = today
	return nil
}

// keepCheckpoint appends a checkpoint to the file outside the database, unless it is there.
func (p *program) keepCheckpoint(signed []byte) error {
	p.sealing.mu.Lock()
	defer p.sealing.mu.Unlock()
	path := filepath.Join(p.cfg.DataDir, auditCheckpointsFile)
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	if bytes.Contains(have, signed) {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	_, werr := f.Write(append(signed, '\n'))
	if err := errors.Join(werr, f.Close()); err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	return nil
}

// prune forgets plumbing rows, marks contracts in which nothing differs any more, counts completeness anew, and forgets rows of the
// trace that are older than they are to be kept.
func (p *program) prune(ctx context.Context) error {
	_, err := p.db.Prune(ctx)
	_, marked := p.db.MarkAligned(ctx)
	n, recounted := p.db.RecountCompleteness(ctx)
	if n > 0 {
		p.log.Info().Int("wrong", n).Msg("completeness was counted anew")
	}
	return errors.Join(err, marked, recounted, p.retire(ctx))
}

// retire removes rows of the trace older than audit.keep. What is removed is said in the trace itself.
func (p *program) retire(ctx context.Context) error {
	keep := p.cfg.Audit.Keep
	if keep == 0 {
		return nil
	}
	n, err := p.db.AuditLog().Retire(ctx, keep, func(e sales.AuditEntry) error {
		return p.do(ctx, func(_ context.Context, tx *store.Tx) error { tx.Audit(e); return nil })
	})
	if n > 0 {
		p.log.Info().Int("rows", n).Msg("old rows of the trace were retired")
	}
	return err
}

// publish keeps the day's checkpoint of the audit log outside the database: in a file, and in the admins' chats, so that
// nobody can rewrite the log together with its root.
func (p *program) publish(ctx context.Context) error {
	signer, verifier, err := auditKeys(p.cfg.DataDir)
	if err != nil {
		return err
	}
	signed, err := p.db.AuditLog().Publish(ctx, signer)
	if err != nil || len(signed) == 0 {
		return err
	}
	if err := p.keepCheckpoint(signed); err != nil {
		return err
	}
	tree, err := audit.OpenCheckpoint(signed, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	admins := org.WhoHas(sales.RoleAdmin)
	if len(admins) == 0 {
		return nil
	}
	return p.say(ctx, bot.Say{
		To: admins, Subject: "audit", Kind: bot.DeliverPush, Slot: sales.DayOf(p.clock.Now()).String(), Push: true,
		Out: bot.Outgoing{Text: "留痕校验点:" + audit.Short(tree) + "。存好这一行,以后可核对有没有人改过记录。"},
	})
}

// auditKeys reads the key the checkpoints are signed with, and makes one the first time.
func auditKeys(dir string) (note.Signer, note.Verifier, error) {
	path := filepath.Join(dir, auditKeyFile)
	seed, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if seed, err = secret(32); err == nil {
			err = os.WriteFile(path, seed, 0o600)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("audit key: %w", err)
	}
	signer, verifier, _, err := audit.Keys(seed)
	return signer, verifier, err
}
