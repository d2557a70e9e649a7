package main

import (
	"context"
	"fmt"
	"time"

	"salesflow/bot"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

const (
	// nativeWait is how long a look that was begun is left to whoever began it.
	nativeWait = time.Minute
	// nativeGrace is how long a platform may take to show an approval whose creation is in doubt; nativeSlack is how far
	// its clock may differ from ours.
	nativeGrace = 2 * time.Minute
	nativeSlack = 10 * time.Minute
	// maxNativeTries is how often creating is tried, maxNativeNews how many decisions one look does.
	maxNativeTries = 12
	maxNativeNews  = 200
	// scarcePoll is the least time between two looks once four fifths of a month's budget are used.
	scarcePoll = 8 * time.Hour
)

// keepNative creates approvals on the platforms, follows what happens to them, and asks about them now and then, until ctx
// ends.
func (p *program) keepNative(ctx context.Context) error {
	beat := time.NewTicker(500 * time.Millisecond)
	defer beat.Stop()
	for {
		if err := p.workNative(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Msg("native approvals")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
		}
	}
}

// workNative looks at the approvals whose time has come.
func (p *program) workNative(ctx context.Context) error {
	p.turns.natives.Lock()
	defer p.turns.natives.Unlock()
	for {
		n, ok, err := p.db.ClaimNative(ctx, p.clock.Now(), nativeWait)
		if err != nil || !ok {
			return err
		}
		if err := p.lookAtNative(ctx, n); err != nil {
			if ctx.Err() != nil {
				return err
			}
			p.log.Warn().Err(err).Str("native", n.ID.String()).Str("state", n.State).Int("attempts", n.Attempts).Msg("native approval")
		}
	}
}

// office is the platform of a native approval, as the bot asks it.
func (p *program) office(platform string) (bot.Approvals, error) {
	one, ok := p.pump.Senders[bot.Platform(platform)].(bot.Approvals)
	if !ok {
		return nil, fmt.Errorf("platform %s has no approvals of its own here", platform)
	}
	return one, nil
}

func (p *program) lookAtNative(ctx context.Context, n sales.NativeApproval) error {
	office, err := p.office(n.Platform)
	if err != nil {
		return err
	}
	switch {
	case n.State == sales.NativeWithdrawing && n.Ref == "" && n.BegunAt.IsZero():
		return p.native(ctx, func(ctx context.Context, t bot.Turn, tx *store.Tx) (bot.Reply, error) {
			return p.app.NativeNeverBegan(ctx, t, tx, n.ID)
		})
	case n.Ref == "" && n.BegunAt.IsZero():
		return p.createNative(ctx, office, n)
	case n.Ref == "":
		return p.findNative(ctx, office, n)
	case n.State == sales.NativeWithdrawing:
		if err := p.withdrawNative(ctx, office, n); err != nil {
			p.log.Warn().Err(err).Str("native", n.ID.String()).Msg("withdraw native approval") // its state says what became of it
		}
	}
	return p.followNative(ctx, office, n)
}

// native does a unit of work about a native approval and sends what it says.
func (p *program) native(ctx context.Context, work func(ctx context.Context, t bot.Turn, tx *store.Tx) (bot.Reply, error)) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now := p.clock.Now()
		return work(ctx, bot.Turn{Now: now, Today: sales.DayOf(now), Org: org}, tx)
	})
}

// change reads a native approval anew and changes it.
func (p *program) changeNative(ctx context.Context, id sales.ID, change func(n *sales.NativeApproval)) error {
	return p.do(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.NativeByID(ctx, id)
		if err != nil || n.Ended() {
			return err
		}
		change(&n)
		tx.UpdateNative(n)
		return nil
	})
}

func (p *program) form(ctx context.Context, n sales.NativeApproval) (f bot.NativeForm, err error) {
	org, err := p.books.Org(ctx)
	if err != nil {
		return f, err
	}
	now := p.clock.Now()
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		f, err = p.app.NativeForm(ctx, bot.Turn{Now: now, Today: sales.DayOf(now), Org: org}, tx, n)
		return err
	})
	return f, err
}

// createNative creates an approval. That it was tried is written down first: whatever goes wrong after that, it is looked
// for before it is tried again.
func (p *program) createNative(ctx context.Context, office bot.Approvals, n sales.NativeApproval) error {
	f, err := p.form(ctx, n)
	if msg := sales.Message(err); msg != "" {
		return p.failNative(ctx, n, msg)
	}
	if err != nil {
		return err
	}
	begun := p.clock.Now()
	if err := p.changeNative(ctx, n.ID, func(now *sales.NativeApproval) {
		now.BegunAt, now.NextAt = sales.At(begun), sales.At(begun.Add(nativeGrace))
		if now.State == sales.NativeWanted {
			now.State = sales.NativeUnsure
		}
	}); err != nil {
		return err
	}
	ref, err := office.CreateApproval(ctx, f)
	if err == nil {
		return p.nativeCreated(ctx, n, ref)
	}
	return p.notCreated(ctx, n, err)
}

// notCreated decides what follows a failed creation: a refusal that will not change ends it, another is tried again after
// a while, and one of unknown outcome is looked for.
func (p *program) notCreated(ctx context.Context, n sales.NativeApproval, cause error) error {
	e := bot.SendFailure(cause)
	doubt := e.Reason == bot.Unsure || e.Reason == bot.Down
	if !doubt && (!e.Retry || n.Attempts >= maxNativeTries) {
		p.log.Error().Err(cause).Str("native", n.ID.String()).Msg("native approval cannot be created")
		return p.failNative(ctx, n, string(e.Reason)+": "+e.Err.Error())
	}
	if doubt {
		return cause
	}
	wait := max(e.After, min(time.Duration(n.Attempts)*time.Minute, time.Hour))
	err := p.changeNative(ctx, n.ID, func(now *sales.NativeApproval) {
		now.BegunAt, now.NextAt = sales.Instant{}, sales.At(p.clock.Now().Add(wait))
		if now.State == sales.NativeUnsure {
			now.State = sales.NativeWanted
		}
	})
	if err != nil {
		return err
	}
	return cause
}

func (p *program) nativeCreated(ctx context.Context, n sales.NativeApproval, ref string) error {
	return p.native(ctx, func(ctx context.Context, t bot.Turn, tx *store.Tx) (bot.Reply, error) {
		now, err := tx.NativeByID(ctx, n.ID)
		if err != nil || now.Ended() || now.Ref != "" {
			return bot.Reply{}, err
		}
		now.Ref, now.Attempts = ref, 0
		// It is looked at once if it was withdrawn meanwhile, if a callback came before its reference was known, and if it was found
		// only later: whatever happened to it until now was told of an approval nobody knew.
		known := n.BegunAt.IsZero() && now.NextAt.After(t.Now)
		now.NextAt = sales.At(t.Now)
		if now.State == sales.NativeUnsure {
			now.State = sales.NativeOpen
			if known {
				now.NextAt = sales.At(now.NextLook(p.cfg.Rules.Approval.NativePoll, t.Now))
			}
		}
		return p.app.NativeCreated(ctx, t, tx, now)
	})
}

func (p *program) failNative(ctx context.Context, n sales.NativeApproval, why string) error {
	return p.native(ctx, func(ctx context.Context, t bot.Turn, tx *store.Tx) (bot.Reply, error) {
		now, err := tx.NativeByID(ctx, n.ID)
		if err != nil || now.Ended() {
			return bot.Reply{}, err
		}
		return p.app.NativeFailed(ctx, t, tx, now, why)
	})
}

// findNative looks for an approval whose creation is in doubt. When it has not shown up after nativeGrace it was not
// created, and is tried again.
func (p *program) findNative(ctx context.Context, office bot.Approvals, n sales.NativeApproval) error {
	f, err := p.form(ctx, n)
	if err != nil {
		return err
	}
	now := p.clock.Now()
	ref, err := office.FindApproval(ctx, bot.NativeSearch{
		Template: n.Template, Creator: f.Creator, Since: n.BegunAt.Add(-nativeSlack), Until: now.Add(nativeSlack),
		Control: n.Form.Fields["no"], Mark: n.Mark,
	})
	if err != nil {
		return err
	}
	if ref != "" {
		return p.nativeCreated(ctx, n, ref)
	}
	if n.Attempts >= maxNativeTries {
		return p.failNative(ctx, n, "试了多次都没建成")
	}
	return p.changeNative(ctx, n.ID, func(row *sales.NativeApproval) {
		if now.Sub(n.BegunAt.Time) < nativeGrace {
			row.NextAt = sales.At(n.BegunAt.Add(nativeGrace))
			return
		}
		row.BegunAt, row.NextAt = sales.Instant{}, sales.At(now)
		if row.State == sales.NativeUnsure {
			row.State = sales.NativeWanted
		}
	})
}

func (p *program) withdrawNative(ctx context.Context, office bot.Approvals, n sales.NativeApproval) error {
	f, err := p.form(ctx, n)
	if err != nil {
		return err
	}
	return office.WithdrawApproval(ctx, n.Ref, f.Creator, n.Reason)
}

// followNative reads an approval and does what has happened to it, one thing a transaction.
func (p *program) followNative(ctx context.Context, office bot.Approvals, n sales.NativeApproval) error {
	st, err := office.ApprovalState(ctx, n.Ref)
	if err != nil {
		e := bot.SendFailure(err)
		if e.Reason == bot.Rejected && n.Attempts >= maxNativeTries { // somebody deleted it, or the form
			return p.failNative(ctx, n, "平台上查不到这张审批了")
		}
		wait := max(e.After, p.cfg.Rules.Approval.NativePoll)
		if cerr := p.changeNative(ctx, n.ID, func(row *sales.NativeApproval) {
			if row.NextAt.Equal(n.NextAt.Time) { // else woken by a callback meanwhile
				row.NextAt = sales.At(p.clock.Now().Add(wait))
			}
		}); cerr != nil {
			return cerr
		}
		return err
	}
	for range maxNativeNews {
		more := false
		err := p.native(ctx, func(ctx context.Context, t bot.Turn, tx *store.Tx) (reply bot.Reply, err error) {
			reply, more, err = p.app.FollowNative(ctx, t, tx, n.ID, st)
			return reply, err
		})
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	return p.restNative(ctx, n)
}

// nativePoll is how soon an open approval is asked about: where the month's budget of calls runs out, only now and then, since
// callbacks cost nothing.
func (p *program) nativePoll(ctx context.Context, platform string) time.Duration {
	poll := p.cfg.Rules.Approval.NativePoll
	if platform == configs.PlaceDingTalk {
		if u := p.usage(ctx); u.Limit > 0 && u.Used*5 >= u.Limit*4 {
			return max(poll, scarcePoll)
		}
	}
	return poll
}

// restNative says when an open approval is looked at next, unless something has happened to it since it was claimed.
func (p *program) restNative(ctx context.Context, n sales.NativeApproval) error {
	return p.changeNative(ctx, n.ID, func(row *sales.NativeApproval) {
		row.Attempts = 0
		if !row.NextAt.Equal(n.NextAt.Time) { // woken by a callback meanwhile
			return
		}
		row.NextAt = sales.At(row.NextLook(p.nativePoll(ctx, n.Platform), p.clock.Now()))
		row.Quiet++
		if row.State == sales.NativeWithdrawing {
			row.NextAt = sales.At(p.clock.Now().Add(nativeWait))
		}
	})
}
