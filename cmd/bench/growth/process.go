package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// process is salesflow on one of the databases.
type process struct {
	cmd  *exec.Cmd
	log  *os.File
	took time.Duration // from exec to ready
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) stop() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		_ = p.cmd.Wait() // how it ended does not matter
		_ = p.log.Close()
	}
}

// serve starts salesflow and waits until it is ready. The people are in the database already.
func (w *world) serve(ctx context.Context, database string, args ...string) (*process, error) {
	return w.serveWith(ctx, database, "", args...)
}

// serveWith adds lines to the configuration.
func (w *world) serveWith(ctx context.Context, database, more string, args ...string) (*process, error) {
	dsn, err := w.dsn(database)
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(`listen: %s
data_dir: %s
mysql: {dsn: %q}
wecom:
  corp_id: wwbench0000000001
  agent_id: 1000002
  secret: benchsecret
  token: benchtoken
  encoding_aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG
  api_base: http://%s
  per_member_limit: -1
log: {level: warn}
%s`, w.flow, filepath.Join(w.dir, database), dsn, w.api, more)
	file := filepath.Join(w.dir, database+".yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(w.dir, database+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(w.o.bin, "salesflow"), append([]string{"serve", "--config", file}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start salesflow: %w", err)
	}
	p := &process{cmd: cmd, log: log}
	for time.Since(begun) < time.Minute {
		if resp, err := http.Get("http://" + w.flow + "/readyz"); err == nil { //nolint:noctx // on loopback, at once
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				p.took = time.Since(begun)
				return p, nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("salesflow is not ready; see %s (keep it with -work)", log.Name())
}

// result is what the load generator says of one run.
type result struct {
	OK     int     `json:"ok"`
	Errors int     `json:"errors"`
	RPS    float64 `json:"rps"`
	P50    float64 `json:"p50"`
	P99    float64 `json:"p99"`
	CPU    float64 `json:"server_cpu_ms_per_1000"`
	DBCPU  float64 `json:"db_cpu_ms_per_1000"`
}

// post runs the load generator against salesflow.
func (w *world) post(ctx context.Context, p *process, args ...string) (result, error) {
	db, err := w.databasePID(ctx)
	if err != nil {
		return result{}, err
	}
	args = append([]string{
		"-url", "http://" + w.flow + "/wecom/callback", "-api", w.api, "-reps", strconv.Itoa(w.o.reps),
		"-cpu", fmt.Sprintf("server=%d,db=%d", p.pid(), db),
	}, args...)
	cmd := exec.CommandContext(ctx, filepath.Join(w.o.bin, "wecomload"), args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return result{}, fmt.Errorf("load: %w", err)
	}
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("read the load generator's result: %w", err)
	}
	if r.Errors > 0 {
		return r, fmt.Errorf("errors under load: %s", out)
	}
	return r, nil
}
