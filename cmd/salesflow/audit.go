package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/audit"
)

// Files of data_dir that the audit log has outside the database.
const (
	auditKeyFile         = "audit.key"
	auditCheckpointsFile = "audit-checkpoints.txt"
	// maxCheckpoints bounds a file of checkpoints, in bytes: a century of days has less.
	maxCheckpoints = 16 << 20
)

// auditCmd checks the trace (留痕).
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute the audit log and compare it with its checkpoints."`
	Key    auditKeyCmd    `cmd:"" help:"Print the public key of the checkpoints, for whoever is to verify elsewhere."`
}

// auditKeyCmd prints the public half of the installation's own key.
type auditKeyCmd struct {
	Config string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
}

// Run implements the command.
func (c *auditKeyCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config, e.environ)
	if err != nil {
		return err
	}
	seed, err := os.ReadFile(filepath.Join(cfg.DataDir, auditKeyFile))
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("data_dir: 还没有 %s,跑过一天、有了第一个校验点才有", auditKeyFile)
	}
	if err != nil {
		return fmt.Errorf("audit key: %w", err)
	}
	_, _, public, err := audit.Keys(seed)
	if err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, public)
	return nil
}

// auditVerifyCmd recomputes the Merkle log from the audit rows and holds it against every checkpoint there is.
type auditVerifyCmd struct {
	Config      string   `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
	Checkpoints []string `name:"checkpoint" help:"File with checkpoints kept elsewhere; may be given several times." type:"existingfile" placeholder:"FILE"`
	Key         string   `help:"Public key of the checkpoints; without it the one of data_dir." placeholder:"KEY"`
	Record      string   `help:"Check an approval record (审批单, PDF or the JSON inside) instead; needs no database." type:"existingfile" placeholder:"FILE"`
}

// Run implements the command. The error makes the exit code 1.
func (c *auditVerifyCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config, e.environ)
	if err != nil {
		return err
	}
	outside, err := c.outside(cfg.DataDir)
	if err != nil {
		return err
	}
	keys, err := c.keys(cfg.DataDir)
	if err != nil {
		return err
	}
	if c.Record != "" {
		return verifyRecord(e.stdout, c.Record, keys, outside)
	}
	db, err := openExisting(e.ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	rep, err := db.AuditLog().Verify(e.ctx, outside, keys...)
	if err != nil {
		return err
	}
	if len(outside) == 0 {
		fmt.Fprintln(e.stdout, "提醒:没有找到库外的校验点,只能证明库内一致。管理员单聊里每天有一条,用 --checkpoint 带上更稳。")
	}
	return reportAudit(e.stdout, rep)
}

// outside collects the checkpoints kept outside the database.
func (c *auditVerifyCmd) outside(dir string) ([][]byte, error) {
	files := c.Checkpoints
	if own := filepath.Join(dir, auditCheckpointsFile); exists(own) {
		files = append([]string{own}, files...)
	}
	var out [][]byte
	for _, name := range files {
		notes, err := readCheckpoints(name)
		if err != nil {
			return nil, err
		}
		out = append(out, notes...)
	}
	return out, nil
}

// keys are those that sign checkpoints: the one named, or the installation's own.
func (c *auditVerifyCmd) keys(dir string) ([]note.Verifier, error) {
	if c.Key != "" {
		v, err := note.NewVerifier(c.Key)
		if err != nil {
			return nil, fmt.Errorf("--key: %w", err)
		}
		return []note.Verifier{v}, nil
	}
	seed, err := os.ReadFile(filepath.Join(dir, auditKeyFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	_, v, _, err := audit.Keys(seed)
	if err != nil {
		return nil, err
	}
	return []note.Verifier{v}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// openExisting opens the database of a configuration. An embedded one that is not there is an error: an empty new one
// would look fine and be of no use.
func openExisting(ctx context.Context, cfg configs.Config) (*store.DB, error) {
	if cfg.MySQL.DSN == "" {
		if err := openable(cfg.DataDir); err != nil {
			return nil, err
		}
	}
	db, err := store.Open(ctx, storeOptions(cfg))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// openable says whether there is an embedded database in a folder.
func openable(dir string) error {
	if !exists(filepath.Join(dir, "salesflow.db")) {
		return fmt.Errorf("data_dir: no database in %s; name the folder that serve uses, or set mysql.dsn", dir)
	}
	return nil
}

// readCheckpoints reads signed checkpoints that stand one behind the other: each is a text, an empty line, and lines of
// signatures, which begin with a dash.
func readCheckpoints(name string) ([][]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("checkpoints: %w", err)
	}
	defer f.Close()
	var out [][]byte
	var one bytes.Buffer
	signed := false
	lines := bufio.NewScanner(io.LimitReader(f, maxCheckpoints))
	for lines.Scan() {
		line := lines.Text()
		isSignature := strings.HasPrefix(line, "— ")
		if signed && !isSignature {
			out = append(out, bytes.Clone(one.Bytes()))
			one.Reset()
			signed = false
		}
		if one.Len() == 0 && strings.TrimSpace(line) == "" {
			continue
		}
		signed = signed || isSignature
		one.WriteString(line + "\n")
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("checkpoints in %s: %w", name, err)
	}
	if one.Len() > 0 { // an unfinished one is handed on too: Verify says that it is broken
		out = append(out, one.Bytes())
	}
	return out, nil
}

func reportAudit(w io.Writer, rep *audit.Report) error {
	if rep.OK() {
		fmt.Fprintf(w, "✔ 留痕完整:%d 条记录,核对了 %d 个校验点,没有改动。当前 %s\n", rep.Rows, rep.Checkpoints, audit.Short(rep.Tree))
		return nil
	}
	for _, f := range rep.Findings {
		if f.ID == 0 {
			fmt.Fprintf(w, "✘ %s\n", f.What)
			continue
		}
		fmt.Fprintf(w, "✘ 记录 %s:%s\n", f.ID, f.What)
	}
	if more := rep.Faults - len(rep.Findings); more > 0 {
		fmt.Fprintf(w, "… 另有 %d 处\n", more)
	}
	return fmt.Errorf("留痕校验没通过:%d 处不符,%d 条记录里有人动过数据库。先停写、留好备份,再和库外的校验点对", rep.Faults, rep.Rows)
}
