package bed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver of MariaDB
	"github.com/redis/go-redis/v9"
)

func random(n int) int { return rand.IntN(n) }

// find is the first of the programs that exists.
func find(names ...string) (string, error) {
	for _, n := range names {
		for _, dir := range []string{"", "/usr/sbin/"} {
			if path, err := exec.LookPath(dir + n); err == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("none of %v is installed", names)
}

// MariaDB is a server of one's own, which may be killed.
type MariaDB struct {
	dir, addr, bin, user string
	proc                 *Process
}

// NewMariaDB makes and starts a server in dir. Every commit is written to the disk.
func NewMariaDB(ctx context.Context, dir string) (*MariaDB, error) {
	bin, err := find("mariadbd", "mysqld")
	if err != nil {
		return nil, err
	}
	install, err := find("mariadb-install-db", "mysql_install_db")
	if err != nil {
		return nil, err
	}
	u, err := user.Current()
	if err != nil {
		return nil, err
	}
	m := &MariaDB{dir: dir, bin: bin, user: u.Username}
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o700); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, install, "--no-defaults", "--tmpdir="+dir+"/tmp", "--user="+m.user, "--datadir="+dir+"/mysql",
		"--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("mariadb-install-db: %w: %s", err, out)
	}
	const grants = "CREATE USER IF NOT EXISTS 'salesflow'@'%' IDENTIFIED BY 'salesflow';\nGRANT ALL ON *.* TO 'salesflow'@'%';\n"
	if err := os.WriteFile(filepath.Join(dir, "init.sql"), []byte(grants), 0o644); err != nil { //nolint:gosec // no secret
		return nil, err
	}
	for range 5 {
		if m.addr, err = freeAddress(); err != nil {
			return nil, err
		}
		if err = m.Start(ctx); err == nil {
			return m, nil
		}
	}
	return nil, err
}

// Start starts the server and returns when it answers.
func (m *MariaDB) Start(ctx context.Context) (err error) {
	_, port, _ := net.SplitHostPort(m.addr)
	m.proc, err = spawn(m.dir, "mariadb", nil, m.bin, "--no-defaults", "--user="+m.user, "--datadir="+m.dir+"/mysql", "--tmpdir="+m.dir+"/tmp",
		"--socket="+m.dir+"/mysql.sock", "--pid-file="+m.dir+"/mysqld.pid", "--bind-address=127.0.0.1", "--port="+port, "--skip-name-resolve",
		"--skip-log-bin", "--innodb-buffer-pool-size=128M", "--innodb-log-file-size=48M", "--innodb-flush-log-at-trx-commit=1",
		"--innodb-lock-wait-timeout=5", "--max-connections=300", "--performance-schema=OFF", "--init-file="+m.dir+"/init.sql")
	if err != nil {
		return err
	}
	db, err := sql.Open("mysql", m.DSN(""))
	if err != nil {
		return err
	}
	defer db.Close()
	return until(ctx, time.Minute, "MariaDB to answer", func(ctx context.Context) error {
		if !m.proc.Alive() {
			return fmt.Errorf("%w; see %s/mariadb.log", errEnded, m.dir)
		}
		return db.PingContext(ctx)
	})
}

// Stop shuts the server down in order.
func (m *MariaDB) Stop() error { return m.proc.Stop(30 * time.Second) }

// Kill is kill -9.
func (m *MariaDB) Kill() { m.proc.Kill() }

// Freeze makes it hang: connections stay, nothing answers. Thaw ends that.
func (m *MariaDB) Freeze() { m.proc.Freeze() }

// Thaw ends Freeze.
func (m *MariaDB) Thaw() { m.proc.Thaw() }

// DSN names a database of the server.
func (m *MariaDB) DSN(database string) string {
	return "salesflow:salesflow@tcp(" + m.addr + ")/" + database
}

// Redis is a server of one's own.
type Redis struct {
	Addr     string
	dir, bin string
	proc     *Process
}

// NewRedis starts a server in dir. It keeps nothing on disk.
func NewRedis(ctx context.Context, dir string) (*Redis, error) {
	bin, err := find("redis-server")
	if err != nil {
		return nil, err
	}
	r := &Redis{dir: dir, bin: bin}
	for range 5 {
		if r.Addr, err = freeAddress(); err != nil {
			return nil, err
		}
		if err = r.Start(ctx); err == nil {
			return r, nil
		}
	}
	return nil, err
}

// Start starts the server, empty.
func (r *Redis) Start(ctx context.Context) (err error) {
	_, port, _ := net.SplitHostPort(r.Addr)
	r.proc, err = spawn(r.dir, "redis", nil, r.bin, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.dir)
	if err != nil {
		return err
	}
	c := redis.NewClient(&redis.Options{Addr: r.Addr})
	defer c.Close()
	return until(ctx, 20*time.Second, "Redis to answer", func(ctx context.Context) error {
		if !r.proc.Alive() {
			return fmt.Errorf("%w; see %s/redis.log", errEnded, r.dir)
		}
		return c.Ping(ctx).Err()
	})
}

// Kill is kill -9; everything in it is gone.
func (r *Redis) Kill() { r.proc.Kill() }

var errEnded = errors.New("the program has ended")

// until asks again and again until ok gives nil, ctx ends, or patience does.
func until(ctx context.Context, patience time.Duration, what string, ok func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	var last error
	for {
		if last = ok(ctx); last == nil {
			return nil
		}
		if errors.Is(last, errEnded) {
			return last
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s: %w", what, last)
		}
	}
}
