package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/bot"
	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// Options say which database to open and how.
type Options struct {
	// DSN is a MySQL DSN in the Go driver's notation; empty is the embedded SQLite file in DataDir.
	DSN     string
	DataDir string
	// Now is the program's clock.
	Now func() time.Time
	// Holder names this process in leases; it must differ from every other's. Empty: random.
	Holder string
	// Mine says whether this process may send through a platform's channel now. Deliveries for which it is false are
	// queued for whoever may. nil: every channel.
	Mine func(platform bot.Platform, via string) bool
	// Committers is how many transactions may be under way at once on MySQL, 2 when 0. SQLite has one.
	Committers int
	// Conns is the size of the connection pool, 24 when 0.
	Conns int
	// SendLease is how long a claimed delivery is left to its sender, 1 minute when 0.
	SendLease time.Duration
	// Late is told what a unit of work leaves to be done at once that was committed after whoever asked for it had stopped waiting:
	// its deliveries are claimed, and nobody else would send them until that lapses. It must not block. nil: they wait.
	Late func(Result)
	// BatchTimeout ends a transaction that hangs, 10 s when 0.
	BatchTimeout time.Duration
	// PushLimit is how many pushes one person gets by themselves within an hour, 0 for any number; what is more goes into
	// a digest. Hold gives the moment until which a push must wait; nil: none must.
	PushLimit int
	Hold      func(at time.Time) time.Time
	// Hooks are the targets that an event of a kind is sent to (webhooks); nil: none.
	Hooks func(kind string) []string
}

// DB is the store. It may be used by any number of goroutines.
type DB struct {
	w, r    *sqlx.DB // one pool on MySQL; on SQLite one connection that writes and a pool that reads
	c       *sqlx.DB // MySQL: the connections of the group commit
	dialect dialect.Dialect
	opts    Options
	ids     idSource
	node    node
	queue   *queue
	texts   sync.Pool // of *[]byte, the text of a session's statements
	series  series
	crew    *crew
	mended  atomic.Int64 // when mendClock looked last, in ns
	ways    atomic.Pointer[sales.Pipelines]

	base    context.Context
	stop    context.CancelFunc
	workers sync.WaitGroup // the committers
	hands   sync.WaitGroup // the crew
	closing sync.Once
}

// Open opens the database and checks that it answers. Close it in the end. The schema is Migrate's business.
func Open(ctx context.Context, opts Options) (*DB, error) {
	if opts.Now == nil {
		return nil, errors.New("store: Options.Now is missing")
	}
	defaults(&opts)
	db := &DB{opts: opts, ids: idSource{now: opts.Now}, queue: newQueue()}
	db.series.given = map[string]int64{}
	db.node.busy = make(chan struct{}, 1)
	if err := db.connect(); err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		_ = db.closePools()
		return nil, err
	}
	db.base, db.stop = context.WithCancel(context.WithoutCancel(ctx))
	committers := opts.Committers
	if db.dialect == dialect.SQLite {
		committers = 1
	}
	db.crew = newCrew(maxBatch/2, func(f func()) { db.hands.Go(f) })
	for range committers {
		db.workers.Go(db.commitLoop)
	}
	return db, nil
}

func defaults(o *Options) {
	if o.Committers <= 0 {
		o.Committers = 2
	}
	if o.Conns <= 0 {
		o.Conns = 24
	}
	if o.SendLease <= 0 {
		o.SendLease = time.Minute
	}
	if o.BatchTimeout <= 0 {
		o.BatchTimeout = 10 * time.Second
	}
	if o.Mine == nil {
		o.Mine = func(bot.Platform, string) bool { return true }
	}
	if o.Holder == "" {
		b := make([]byte, 8)
		_, _ = rand.Read(b) // never fails
		o.Holder = hex.EncodeToString(b)
	}
}

func (db *DB) connect() error {
	if db.opts.DSN != "" {
		pool, err := dialect.OpenMySQL(db.opts.DSN, db.opts.Conns)
		if err != nil {
			return err
		}
		db.dialect = dialect.MySQL
		batch, err := dialect.OpenMySQLBatch(db.opts.DSN, db.opts.Committers)
		if err != nil {
			return errors.Join(err, pool.Close())
		}
		db.w, db.c = sqlx.NewDb(pool, "mysql"), sqlx.NewDb(batch, "mysql")
		db.r = db.w
		return nil
	}
	if err := os.MkdirAll(db.opts.DataDir, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	if err := private(filepath.Join(db.opts.DataDir, "salesflow.db")); err != nil {
		return err
	}
	write, read, err := dialect.OpenSQLite(filepath.Join(db.opts.DataDir, "salesflow.db"), 4)
	if err != nil {
		return err
	}
	db.dialect = dialect.SQLite
	db.w, db.r = sqlx.NewDb(write, "sqlite"), sqlx.NewDb(read, "sqlite")
	return nil
}

// private makes the file of the embedded database before SQLite does, for its owner alone; the files beside it take over
// what it may. A folder that was there already may be open to others (systemd's is), and so may a file of an older release.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make database file: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("make database file: %w", err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		// Another's file is for its owner to close.
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("make database file: %w", err)
		}
	}
	return nil
}

// Ping checks that the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.w.PingContext(ctx); err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	return nil
}

// Close lets units of work that have begun finish, gives the node number back and closes the connections. Units that
// still wait are refused with ErrClosed.
func (db *DB) Close() error {
	var err error
	db.closing.Do(func() {
		db.queue.close()
		db.workers.Wait()
		db.crew.dismiss()
		db.hands.Wait()
		ctx, cancel := context.WithTimeout(db.base, 3*time.Second)
		db.releaseNode(ctx)
		cancel()
		db.stop()
		err = db.closePools()
	})
	return err
}

func (db *DB) closePools() error {
	err := db.w.Close()
	if db.r != db.w {
		err = errors.Join(err, db.r.Close())
	}
	if db.c != nil {
		err = errors.Join(err, db.c.Close())
	}
	return err
}

// Holder is the name of this process in leases.
func (db *DB) Holder() string { return db.opts.Holder }

func (db *DB) now() time.Time { return db.opts.Now() }

// write runs f in a transaction of its own, outside the group commit: for the plumbing (claims, leases, counters) that
// has no person. It is repeated when another transaction was in the way. f is called anew each time.
func (db *DB) write(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	for try := 1; ; try++ {
		err := db.writeOnce(ctx, f)
		if err == nil || try == maxTries || !dialect.Busy(err) || ctx.Err() != nil {
			return err
		}
	}
}

func (db *DB) writeOnce(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, err := db.w.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // says ErrTxDone after a commit
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
