package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"salesflow/bot"
	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// Errors of Do besides those of the work itself.
var (
	// ErrUnknownOutcome says that the connection broke while the transaction was being committed, or that the caller's
	// time was up while it ran: the work may have been done or not. Its event's inbox key tells.
	ErrUnknownOutcome = errors.New("outcome of the transaction is unknown")
	// ErrBehind says that an earlier event of the same sender waits in the inbox: this one should wait behind it.
	ErrBehind = &sales.Error{Kind: sales.Unavailable, Msg: "前一条还没处理完,稍等。"}
	// ErrClosed says that the store is closing; nothing was done.
	ErrClosed = &sales.Error{Kind: sales.Unavailable, Msg: "系统正在重启,过一会儿再发一次。"}
)

// errConflict says that another transaction changed what this one was made from.
var errConflict = errors.New("conflict with another transaction")

// maxTries is how often a unit of work is tried when others are in its way.
const maxTries = 3

// PanicError is a panic of a unit of work, with the stack of where it happened.
type PanicError struct {
	Value any
	Stack []byte
}

// Error leaves the value out unless it is the runtime's own: it may quote what a person wrote.
func (e *PanicError) Error() string {
	if r, ok := e.Value.(runtime.Error); ok {
		return "panic: " + r.Error()
	}
	return fmt.Sprintf("panic: %T", e.Value)
}

// Work is a unit of work: all of it happens or nothing.
type Work struct {
	// Platform and EventID are the identity of the event that causes it; with an empty EventID it has none, as the work of
	// the scheduler.
	Platform bot.Platform
	EventID  string
	// Person is locked for the length of the work, 0 locks nobody.
	Person sales.PersonID
	// Event gives the inbox row its time and sender.
	Event bot.Event
	// Fn reads and writes through tx. It may be called again on fresh state, so it must have no other effect.
	Fn func(ctx context.Context, tx *Tx) error
	// Meanwhile, which may be nil, is called by Do while the work waits for its transaction. Whether it succeeds does not
	// matter here, not even when it panics.
	Meanwhile func()
	// Rides says that the work is in no hurry: it goes with the next transaction others make, and has one of its own only
	// when none comes within rideTime.
	Rides bool
}

// Result is what a unit of work that was committed leaves to be done at once.
type Result struct {
	// Duplicate is true when the event was done or parked before: Fn was not called and nothing happened.
	Duplicate bool
	// Deliveries were queued by the work and are claimed by this process for Options.SendLease.
	Deliveries []bot.Delivery
	// Dues were scheduled by the work. The id of one that existed before is not its row's.
	Dues []sales.Due
	// Batch is how many units shared the transaction.
	Batch int
}

// Do does a unit of work. Units that wait at the same moment are committed together; one that fails does not touch the
// others. When somebody else was faster it is tried again on the new state, three times in all; after that the error is
// a Conflict. An error of Fn is returned as it is, and nothing of its work has happened.
func (db *DB) Do(ctx context.Context, w Work) (Result, error) {
	c := &call{ctx: ctx, work: w, done: make(chan struct{}), orphan: db.opts.Late}
	if w.EventID != "" {
		c.key = eventKey(w.Platform, w.EventID)
	}
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if !db.queue.add(c) {
		return Result{}, ErrClosed
	}
	if w.Meanwhile != nil {
		meanwhile(w.Meanwhile)
	}
	select {
	case <-c.done:
		return c.result, c.err
	case <-ctx.Done():
		if c.state.CompareAndSwap(callWaiting, callWithdrawn) {
			return Result{}, fmt.Errorf("wait for a transaction: %w", ctx.Err())
		}
		if c.state.CompareAndSwap(callRunning, callLeft) {
			return Result{}, fmt.Errorf("%w: %w", ErrUnknownOutcome, ctx.Err())
		}
		<-c.done // it was ready at the same moment
		return c.result, c.err
	}
}

func meanwhile(f func()) {
	defer func() { _ = recover() }() // whoever needs what it makes sees the panic again
	f()
}

// View runs f with a Tx that only reads, outside the group commit.
func (db *DB) View(ctx context.Context, f func(ctx context.Context, tx *Tx) error) error {
	q, err := db.r.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = q.Rollback() }() // it has changed nothing
	tx := newTx(&unit{db: db, ctx: ctx, q: q}, Work{})
	if err := f(ctx, tx); err != nil {
		return err
	}
	if tx.dirty() {
		return errors.New("write in a view")
	}
	return nil
}

// commitLoop takes what waits and commits it, until the store closes.
func (db *DB) commitLoop() {
	for {
		batch := db.queue.take()
		if batch == nil {
			return
		}
		db.commitBatch(batch)
		db.queue.release(batch)
	}
}

// commitBatch finishes every call of a batch: all together, and on a conflict one by one. Calls that touch what an
// earlier one of the batch changes wait for the next transaction.
func (db *DB) commitBatch(batch []*call) {
	for len(batch) > 0 {
		later, err := db.attempt(batch)
		switch {
		case err == nil:
			batch = later
		case len(batch) == 1 || errors.Is(err, ErrUnknownOutcome):
			if errors.Is(err, ErrUnknownOutcome) {
				for _, c := range batch {
					c.finish(Result{}, err)
				}
				return
			}
			db.commitAlone(batch[0], err)
			return
		default:
			for _, c := range batch {
				db.commitAlone(c, nil)
			}
			return
		}
	}
}

// commitAlone commits one call; err is that of a first try that has been made.
func (db *DB) commitAlone(c *call, err error) {
	tries := 0
	if err != nil {
		tries = 1
	}
	for ; tries < maxTries && (err == nil || repeatable(err)); tries++ {
		if _, err = db.attempt([]*call{c}); err == nil {
			return
		}
	}
	c.finish(Result{}, finalError(err))
}

// repeatable reports whether a transaction that failed with err, and certainly had no effect, may do better next time.
func repeatable(err error) bool {
	return !errors.Is(err, ErrUnknownOutcome) &&
		(errors.Is(err, errConflict) || dialect.Duplicate(err) || dialect.Busy(err) || dialect.Lost(err))
}

func finalError(err error) error {
	switch {
	case errors.Is(err, ErrUnknownOutcome):
		return err
	case errors.Is(err, errConflict) || dialect.Duplicate(err) || dialect.Busy(err):
		return &sales.Error{Kind: sales.Conflict, Msg: "刚才有人同时在改,再试一次。", Err: err}
	case dialect.Lost(err):
		return &sales.Error{Kind: sales.Unavailable, Msg: "系统暂时连不上数据库,过一会儿再试。", Err: err}
	case dialect.TooLong(err):
		return &sales.Error{Kind: sales.Invalid, Msg: "内容太长或数字太大,改短一点再发。", Err: err}
	}
	return err
}

// outcome is what a call gets once its transaction is committed.
type outcome struct {
	call   *call
	result Result
	err    error
}

// attempt makes one transaction of the calls. Calls are finished only when it is committed; those returned have to be
// tried in another one.
func (db *DB) attempt(calls []*call) (later []*call, err error) {
	ctx, cancel := context.WithTimeout(db.base, db.opts.BatchTimeout)
	defer cancel()
	if err := db.holdNode(ctx); err != nil {
		return nil, err
	}
	s, err := db.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	u := &unit{db: db, ctx: ctx, q: s, s: s}
	if err := u.lock(calls); err != nil {
		return nil, err
	}
	var done []outcome
	var txs []*Tx
	touched := map[string]struct{}{}
	outs, all := u.runAll(calls)
	if u.broken != nil {
		return nil, u.broken
	}
	for i, c := range calls {
		tx := all[i]
		if tx != nil && tx.overlaps(touched) {
			later = append(later, c)
			continue
		}
		if tx != nil {
			txs = append(txs, tx)
		}
		done = append(done, outs[i])
	}
	if err := u.flush(txs); err != nil {
		return nil, err
	}
	if err := s.commit(ctx); err != nil {
		return nil, err
	}
	u.publish(done, txs, len(calls)-len(later))
	return later, nil
}

// commitError tells a commit that the server refused, which had no effect, from one whose answer never came.
func commitError(err error) error {
	if err == nil || dialect.Refused(err) {
		return err
	}
	return fmt.Errorf("%w: commit: %w", ErrUnknownOutcome, err)
}

// run calls the work of c and keeps its writes. The Tx is nil when there is nothing to write.
func (u *unit) run(c *call) (outcome, *Tx) {
	out := outcome{call: c}
	if state := u.inbox[c.key]; c.key != "" && state != "" && state != inboxPending {
		out.result.Duplicate = true
		return out, nil
	}
	if u.overtakes(c) {
		out.err = ErrBehind
		return out, nil
	}
	if err := c.ctx.Err(); err != nil {
		out.err = err
		return out, nil
	}
	tx := newTx(u, c.work)
	tx.call = c
	if out.err = protect(c, tx); out.err != nil {
		return out, nil
	}
	if c.key != "" {
		u.inboxDone(tx, c)
	}
	return out, tx
}

// overtakes reports whether a new event of the call is later than one of its sender that waits in the inbox, or of the same moment:
// then the one that came first waits there.
func (u *unit) overtakes(c *call) bool {
	if c.key == "" || u.inbox[c.key] != "" {
		return false
	}
	since, ok := u.waiting[senderKey(c.work.Event)]
	return ok && !since.After(c.work.Event.At)
}

func protect(c *call, tx *Tx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return c.work.Fn(c.ctx, tx)
}

func (u *unit) publish(done []outcome, txs []*Tx, size int) {
	of := make(map[*call]*Tx, len(txs))
	for _, tx := range txs {
		of[tx.call] = tx
	}
	for _, out := range done {
		if tx := of[out.call]; tx != nil {
			out.result.Deliveries = tx.claimed
			out.result.Dues = tx.scheduled
		}
		out.result.Batch = size
		out.call.finish(out.result, out.err)
	}
}
