package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/sales"
)

// maxFetchAttempts is how often an attachment is fetched before its sender is told that it is lost.
const maxFetchAttempts = 6

// fetchLease is how long a replica has the fetching of attachments to itself.
const fetchLease = 2 * time.Minute

// fetchFiles fetches attachments that are known by their platform's reference only: at once after they were sent, and
// again on a beat until it works. One replica does it at a time.
func (p *program) fetchFiles(ctx context.Context) error {
	rows, err := p.wanted(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	ours, err := p.db.Lease(ctx, "file.fetch", p.db.Holder(), fetchLease)
	if err != nil || !ours {
		return err
	}
	for _, f := range rows {
		if err := p.fetchFile(ctx, f); err != nil {
			p.log.Warn().Err(err).Str("file", f.ID.String()).Int("attempts", f.Attempts).Msg("fetch file")
		}
	}
	return p.db.ReleaseLease(ctx, "file.fetch", p.db.Holder())
}

func (p *program) wanted(ctx context.Context) (rows []sales.File, err error) {
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		rows, err = tx.WantedFiles(ctx, 16)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for files to fetch: %w", err)
	}
	return rows, nil
}

func (p *program) fetchFile(ctx context.Context, f sales.File) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cause := p.download(ctx, &f)
	f.Attempts++
	switch {
	case cause == nil:
		f.State = sales.FileKept
	case f.Attempts >= maxFetchAttempts || !bot.SendFailure(cause).Retry || errors.Is(cause, bot.ErrFileTooLarge):
		f.State = sales.FileLost
	}
	_, err := storage{p.books, p.db}.do(ctx, bot.Event{}, 0, func(_ context.Context, tx *store.Tx) error {
		tx.UpdateFile(f)
		if f.State == sales.FileKept {
			tx.Audit(keptEntry(f))
		}
		return nil
	})
	if err == nil && f.State == sales.FileLost {
		err = p.tellLost(ctx, f, cause)
	}
	return errors.Join(cause, err)
}

func (p *program) download(ctx context.Context, f *sales.File) error {
	var local localRef
	if err := json.Unmarshal([]byte(f.Ref), &local); err == nil && local.Local != 0 {
		return p.adopt(ctx, f, local)
	}
	fetcher, ok := p.pump.Senders[bot.Platform(f.Platform)].(bot.Fetcher)
	if !ok {
		return &bot.SendError{Reason: bot.Unsupported, Err: fmt.Errorf("no way to fetch from %s", f.Platform)}
	}
	known := f.Name
	if path.Ext(known) == "" {
		known = ""
	}
	body, name, mime, err := fetcher.Fetch(ctx, bot.FileRef{Ref: f.Ref, Name: known})
	if err != nil {
		return err
	}
	defer body.Close()
	if path.Ext(f.Name) == "" && name != "" { // what we called it before we knew ("附件") opens on no phone
		f.Name = name
	}
	if f.MIME == "" {
		f.MIME = mime
	}
	f.Size, f.SHA256, err = p.files.keep(ctx, f.ID, body)
	return err
}

// adopt takes over a file that came through the upload page.
func (p *program) adopt(ctx context.Context, f *sales.File, local localRef) error {
	body, err := p.files.open(ctx, local.Local)
	if errors.Is(err, errNotHere) {
		return &bot.SendError{Reason: bot.Unsupported, Err: err} // trying again finds nothing either
	}
	if err != nil {
		return fmt.Errorf("open upload: %w", err)
	}
	defer body.Close()
	f.MIME = local.MIME
	f.Size, f.SHA256, err = p.files.keep(ctx, f.ID, body)
	return err
}

// tellLost tells the sender of an attachment that it did not arrive.
func (p *program) tellLost(ctx context.Context, f sales.File, cause error) error {
	p.log.Error().Err(cause).Str("file", f.ID.String()).Msg("file lost")
	name := f.Name
	if name == "" {
		name = "刚才的附件"
	}
	text := name + "没收到,平台上已经取不回来了。重新发一次就行。"
	if errors.Is(cause, bot.ErrFileTooLarge) {
		text = name + "超过 20 MB,收不了。表格拆成几个,文件压缩一下,再发。"
	}
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	now := p.clock.Now()
	done, err := storage{p.books, p.db}.do(ctx, bot.Event{}, 0, func(ctx context.Context, tx *store.Tx) error {
		reply, err := p.app.FileLost(ctx, bot.Turn{Now: now, Today: sales.DayOf(now), Org: org}, tx, f)
		if err != nil {
			return err
		}
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{f.PersonID}, Subject: "file:" + f.ID.String(), Kind: bot.DeliverPush, Slot: "lost",
			Out: bot.Outgoing{Text: text},
		})
		_, err = p.front.Poster.Post(ctx, tx, org, now, bot.Origin{}, reply)
		return err
	})
	if err == nil {
		p.front.Committed(done, 0)
	}
	return err
}

// say queues messages outside a turn of dialogue.
func (p *program) say(ctx context.Context, says ...bot.Say) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	done, err := storage{p.books, p.db}.do(ctx, bot.Event{}, 0, func(ctx context.Context, tx *store.Tx) error {
		_, err := p.front.Poster.Post(ctx, tx, org, p.clock.Now(), bot.Origin{}, bot.Reply{Say: says})
		return err
	})
	if err == nil {
		p.front.Committed(done, 0)
	}
	return err
}
