package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"salesflow/bot"
	"salesflow/store/audit"
	"salesflow/store/sales"
)

// seal puts new audit rows into the Merkle log.
func (p *program) seal(ctx context.Context) error {
	_, err := p.db.AuditLog().Seal(ctx)
	return err
}

// prune forgets plumbing rows and publishes the day's checkpoint of the audit log outside the database: in a file, and in
// the admins' chats, so that nobody can rewrite the log together with its root.
func (p *program) prune(ctx context.Context) error {
	_, err := p.db.Prune(ctx)
	return errors.Join(err, p.publish(ctx))
}

func (p *program) publish(ctx context.Context) error {
	signer, verifier, err := auditKeys(p.cfg.DataDir)
	if err != nil {
		return err
	}
	signed, err := p.db.AuditLog().Publish(ctx, signer)
	if err != nil || len(signed) == 0 {
		return err
	}
	f, err := os.OpenFile(filepath.Join(p.cfg.DataDir, auditCheckpointsFile), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	_, werr := f.Write(append(signed, '\n'))
	if err := errors.Join(werr, f.Close()); err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	tree, err := audit.OpenCheckpoint(signed, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	var admins []sales.PersonID
	for _, a := range org.WithRole(sales.RoleAdmin) {
		admins = append(admins, a.ID)
	}
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
