package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/bot/dingtalk"
	"salesflow/bot/wecom"
	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// The rhythm of reading the platforms' directories.
const (
	syncHour, syncMinute = 3, 30 // at night, in China
	syncRetry            = 15 * time.Minute
	// syncDebounce collects the platform's hints: a reorganisation sends hundreds of them.
	syncDebounce = time.Minute
	// syncTimeout bounds one reading; a large company takes a call for each department.
	syncTimeout = 10 * time.Minute
	syncLease   = "directory.sync"
	// syncBatch is how many people one transaction writes.
	syncBatch = 200
)

// directorySync keeps people, teams and accounts as the platforms' directories have them: at start, each night, and soon
// after a platform says that something has changed. Of several replicas one does it at a time.
type directorySync struct {
	p *program
	// file are the codes of the people and teams of the organisation file, which outranks the directories.
	file map[string]bool
	hint chan struct{}
}

func newDirectorySync(p *program, org configs.Org) *directorySync {
	s := &directorySync{p: p, file: map[string]bool{}, hint: make(chan struct{}, 1)}
	for _, one := range org.People {
		s.file[one.ID] = true
	}
	for _, team := range org.Teams {
		s.file[team.ID] = true
	}
	return s
}

// watch takes the platforms' hints that their directory has changed. To be called before events are taken.
func (s *directorySync) watch(front *bot.Front[handlers.Tx]) {
	observe := front.Observe
	front.Observe = func(ev bot.Event, outcome string, d time.Duration) {
		if observe != nil {
			observe(ev, outcome, d)
		}
		if ev.Kind != bot.Changed {
			return
		}
		select {
		case s.hint <- struct{}{}:
		default: // one is waiting already
		}
	}
}

// run reads the directories until ctx ends.
func (s *directorySync) run(ctx context.Context) error {
	ctx = s.p.log.WithContext(ctx)
	for ctx.Err() == nil {
		now := s.p.clock.Now()
		next := nextSync(now)
		if err := s.once(ctx); err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("read directories")
			next = now.Add(syncRetry)
		}
		s.rest(ctx, next)
	}
	return nil
}

// nextSync is the next night's moment.
func nextSync(now time.Time) time.Time {
	day := sales.DayOf(now)
	if at := day.At(syncHour, syncMinute); at.After(now) {
		return at
	}
	return day.AddDays(1).At(syncHour, syncMinute)
}

// rest waits for the next moment, or a while after the first hint.
func (s *directorySync) rest(ctx context.Context, next time.Time) {
	wait := time.NewTimer(next.Sub(s.p.clock.Now()))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return
	case <-wait.C:
		return
	case <-s.hint:
	}
	calm := time.NewTimer(syncDebounce)
	defer calm.Stop()
	select {
	case <-ctx.Done():
	case <-calm.C:
	}
	select { // hints of the meantime are answered by the same reading
	case <-s.hint:
	default:
	}
}

// once reads the directories and writes what has changed.
func (s *directorySync) once(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	mine, err := s.p.db.Lease(ctx, syncLease, s.p.db.Holder(), syncTimeout)
	if err != nil || !mine {
		return err
	}
	defer func() { _ = s.p.db.ReleaseLease(context.WithoutCancel(ctx), syncLease, s.p.db.Holder()) }() // it runs out by itself
	dirs, err := s.read(ctx)
	if err != nil {
		return err
	}
	org, err := s.p.books.Org(ctx)
	if err != nil {
		return err
	}
	set, err := s.p.db.AllSetups(ctx)
	if err != nil {
		return err
	}
	plan, err := planSync(org, s.file, set, dirs, sales.At(s.p.clock.Now()), func() (sales.ID, error) { return s.p.db.NewID(ctx) })
	if err != nil {
		return err
	}
	if err := s.write(ctx, plan); err != nil {
		return err
	}
	zerolog.Ctx(ctx).Info().Int("teams", len(plan.teams)).Int("people", len(plan.people)).Int("accounts", len(plan.accounts)).
		Int("left", plan.left).Msg("directories read")
	if len(plan.people) == 0 {
		return nil
	}
	return s.p.ensureRhythm(ctx)
}

// read reads the directory of each platform. If one cannot be read nothing is done: who is missing there is not known.
func (s *directorySync) read(ctx context.Context) ([]directory, error) {
	var out []directory
	var errs []error
	if a := s.p.adapters.wecom; a != nil {
		d, err := a.Directory(ctx)
		if err != nil {
			errs = append(errs, fmt.Errorf("WeCom directory: %w", err))
		}
		out = append(out, wecomDirectory(d))
	}
	if a := s.p.adapters.dingtalk; a != nil {
		d, err := a.Directory(ctx)
		if err != nil {
			errs = append(errs, fmt.Errorf("DingTalk directory: %w", err))
		}
		out = append(out, dingtalkDirectory(d))
	}
	return out, errors.Join(errs...)
}

// write writes a plan: teams first, then people with their accounts and their line of the trace.
func (s *directorySync) write(ctx context.Context, plan syncPlan) error {
	do := func(fn func(tx *store.Tx)) error {
		_, err := s.p.db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error { fn(tx); return nil }})
		return err
	}
	for from := 0; from < len(plan.teams); from += syncBatch {
		batch := plan.teams[from:min(from+syncBatch, len(plan.teams))]
		if err := do(func(tx *store.Tx) {
			for _, t := range batch {
				tx.PutTeam(t)
			}
		}); err != nil {
			return fmt.Errorf("write teams: %w", err)
		}
	}
	for from := 0; from < len(plan.people); from += syncBatch {
		batch := plan.people[from:min(from+syncBatch, len(plan.people))]
		if err := do(func(tx *store.Tx) {
			for _, c := range batch {
				tx.PutPerson(c.person)
				tx.Audit(sales.AuditEntry{Verb: c.verb, SubjectKind: "person", SubjectID: sales.ID(c.person.ID), Changes: c.changes})
			}
		}); err != nil {
			return fmt.Errorf("write people: %w", err)
		}
	}
	for from := 0; from < len(plan.accounts); from += syncBatch {
		batch := plan.accounts[from:min(from+syncBatch, len(plan.accounts))]
		if err := do(func(tx *store.Tx) {
			for _, a := range batch {
				tx.LinkIdentity(a)
			}
		}); err != nil {
			return fmt.Errorf("write accounts: %w", err)
		}
	}
	return nil
}

// wecomDirectory is WeCom's directory in our words.
func wecomDirectory(d wecom.Directory) directory {
	out := directory{platform: string(wecom.Platform)}
	for _, dep := range d.Departments {
		t := directoryTeam{id: fmt.Sprint(dep.ID), name: dep.Name, parent: fmt.Sprint(dep.Parent), root: dep.ID == rootTeam}
		for _, l := range dep.Leaders {
			t.leaders = append(t.leaders, string(l))
		}
		out.teams = append(out.teams, t)
	}
	for _, m := range d.Members {
		if m.Status == wecom.MemberLeft || m.Status == wecom.MemberDisabled {
			continue
		}
		one := directoryMember{account: string(m.ID), name: m.Name, team: fmt.Sprint(m.Main)}
		if m.Main == 0 && len(m.Departments) > 0 {
			one.team = fmt.Sprint(m.Departments[0])
		}
		for _, id := range m.Leads {
			one.leads = append(one.leads, fmt.Sprint(id))
		}
		if len(m.DirectLeaders) > 0 {
			one.manager = string(m.DirectLeaders[0])
		}
		out.members = append(out.members, one)
	}
	return out
}

// dingtalkDirectory is DingTalk's directory in our words.
func dingtalkDirectory(d dingtalk.Directory) directory {
	out := directory{platform: string(dingtalk.Platform)}
	for _, dep := range d.Departments {
		out.teams = append(out.teams, directoryTeam{
			id: fmt.Sprint(dep.ID), name: dep.Name, parent: fmt.Sprint(dep.Parent), root: dep.ID == rootTeam,
		})
	}
	for _, m := range d.Members {
		one := directoryMember{account: string(m.ID), union: m.UnionID, name: m.Name, phone: plainPhone(m.Mobile), manager: string(m.Manager)}
		if len(m.Departments) > 0 {
			one.team = fmt.Sprint(m.Departments[0])
		}
		for _, id := range m.Leads {
			one.leads = append(one.leads, fmt.Sprint(id))
		}
		out.members = append(out.members, one)
	}
	return out
}

// plainPhone is a number as ours are written, empty when it is none.
func plainPhone(raw string) string {
	p, err := sales.ParsePhone(raw)
	if err != nil {
		return ""
	}
	return string(p)
}
