package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// Kinds of tasks. A kind is never renamed: tasks of it may wait in Redis.
const (
	taskDueRun      = "due:run"      // decide one due row now
	taskDueSweep    = "due:sweep"    // claim due rows of the next minute
	taskOutboxSweep = "outbox:sweep" // send what was missed
	taskInboxWork   = "inbox:work"   // do events that wait
	taskFileFetch   = "file:fetch"   // fetch attachments that wait
	taskMediaLook   = "media:look"   // look at pictures and clips that have arrived
	taskAuditSeal   = "audit:seal"   // seal new audit rows
	taskOrgSync     = "org:sync"     // read the platforms' directories
	taskPrune       = "prune:run"    // forget plumbing rows
)

// duePayload names the due row of a task.
type duePayload struct {
	ID sales.ID `json:"id"`
}

// jobs is the asynq half of the program: the queue, its workers and the clock that wakes the sweeps.
type jobs struct {
	client    *asynq.Client
	server    *asynq.Server
	periodic  *asynq.Scheduler
	inspector *asynq.Inspector
	mux       *asynq.ServeMux
	speed     float64 // of the program's clock beside Redis's
}

// newJobs makes the asynq parts on a Redis client. poll is how often an idle worker looks for a task.
func newJobs(rdb redis.UniversalClient, log zerolog.Logger, poll time.Duration, speed float64) *jobs {
	adapter := asynqLog{log}
	return &jobs{
		client: asynq.NewClientFromRedisClient(rdb),
		server: asynq.NewServerFromRedisClient(rdb, asynq.Config{
			Concurrency: 16, TaskCheckInterval: poll, Logger: adapter, LogLevel: asynq.WarnLevel,
			BaseContext: func() context.Context { return log.WithContext(context.Background()) },
			ErrorHandler: asynq.ErrorHandlerFunc(func(_ context.Context, t *asynq.Task, err error) {
				log.Error().Err(err).Str("task", t.Type()).Msg("task failed")
			}),
		}),
		periodic: asynq.NewSchedulerFromRedisClient(rdb, &asynq.SchedulerOpts{
			Location: sales.Shanghai, Logger: adapter, LogLevel: asynq.ErrorLevel,
		}),
		inspector: asynq.NewInspectorFromRedisClient(rdb),
		mux:       asynq.NewServeMux(),
		speed:     cmp.Or(speed, 1),
	}
}

// handle registers the work of a kind of task.
func (j *jobs) handle(kind string, do func(ctx context.Context, payload []byte) error) {
	j.mux.HandleFunc(kind, func(ctx context.Context, t *asynq.Task) error { return do(ctx, t.Payload()) })
}

// every enqueues a task again and again; with several replicas one of them does it each time. The span is of the
// program's clock, but never less than a second of the real one.
func (j *jobs) every(span time.Duration, kind string) error {
	span = max(time.Duration(float64(span)/j.speed), time.Second)
	return j.register("@every "+span.String(), kind, max(span*4/5, time.Second))
}

// daily enqueues a task at midnight, and with a clock for trials each of its days.
func (j *jobs) daily(kind string) error {
	if j.speed > 1 {
		return j.every(24*time.Hour, kind)
	}
	return j.register("@daily", kind, time.Hour)
}

func (j *jobs) register(spec, kind string, span time.Duration) error {
	_, err := j.periodic.Register(spec, asynq.NewTask(kind, nil), asynq.MaxRetry(0), asynq.Unique(span), asynq.Timeout(time.Minute))
	if err != nil {
		return fmt.Errorf("schedule %s: %w", kind, err)
	}
	return nil
}

// enqueueDue makes a due row an immediate task. The id carries moment and attempt, so that neither a row put off nor one
// tried again is blocked by its own earlier task.
func (j *jobs) enqueueDue(ctx context.Context, d sales.Due) error {
	payload, err := json.Marshal(duePayload{d.ID})
	if err != nil {
		return fmt.Errorf("encode due: %w", err)
	}
	id := fmt.Sprintf("due:%d:%s:%d:%d", d.ID, d.Slot, d.DueAt.UnixMicro(), d.Attempts)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err = j.client.EnqueueContext(ctx, asynq.NewTask(taskDueRun, payload), asynq.TaskID(id), asynq.MaxRetry(0), asynq.Timeout(time.Minute))
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	return err
}

// start starts workers and periodic tasks.
func (j *jobs) start() error {
	if err := j.server.Start(j.mux); err != nil {
		return fmt.Errorf("start workers: %w", err)
	}
	if err := j.periodic.Start(); err != nil {
		return fmt.Errorf("start periodic tasks: %w", err)
	}
	return nil
}

// stop lets running tasks end and starts no others.
func (j *jobs) stop() {
	j.periodic.Shutdown()
	j.server.Shutdown()
}

// asynqLog writes asynq's own log lines to ours.
type asynqLog struct{ log zerolog.Logger }

func (l asynqLog) Debug(args ...any) { l.log.Debug().Msg(fmt.Sprint(args...)) }
func (l asynqLog) Info(args ...any)  { l.log.Debug().Msg(fmt.Sprint(args...)) }
func (l asynqLog) Warn(args ...any)  { l.log.Warn().Msg(fmt.Sprint(args...)) }

// Error drops asynq's complaint that it may not close a Redis client it shares: we close it.
func (l asynqLog) Error(args ...any) {
	if msg := fmt.Sprint(args...); !strings.Contains(msg, "redis connection is shared") {
		l.log.Error().Msg(msg)
	}
}

func (l asynqLog) Fatal(args ...any) { l.log.Error().Msg(fmt.Sprint(args...)) }
