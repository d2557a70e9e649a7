package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is one of the servers.
type process struct {
	name string
	url  string // of its callback
	cmd  *exec.Cmd
	log  *os.File
	took time.Duration // from exec to ready
}

func (p *process) pid() string { return strconv.Itoa(p.cmd.Process.Pid) }

// start starts a server and waits until ready answers, whatever it answers with below 500.
func (w *world) start(ctx context.Context, name, url, ready string, args ...string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(w.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(w.o.bin, args[0]), args[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{name: name, url: url, cmd: cmd, log: log}
	w.running = append(w.running, p)
	for time.Since(begun) < time.Minute {
		if resp, err := http.Get(ready); err == nil { //nolint:noctx // on loopback, at once
			_ = resp.Body.Close()
			if resp.StatusCode < http.StatusInternalServerError {
				p.took = time.Since(begun)
				return p, nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s is not ready; see %s", name, log.Name())
}

func (p *process) stop() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		_ = p.cmd.Wait() // how it ended does not matter
		_ = p.log.Close()
	}
}

func (w *world) startBare(ctx context.Context) (*process, error) {
	dsn, err := w.dsn(bareDB)
	if err != nil {
		return nil, err
	}
	return w.start(ctx, "barego", "http://"+w.bare+"/wecom", "http://"+w.bare+"/",
		"barego", "-addr", w.bare, "-dsn", dsn, "-api", "http://"+w.api)
}

// startFlow starts salesflow; an empty database is the embedded store.
func (w *world) startFlow(ctx context.Context, database string) (*process, error) {
	dsn := ""
	if database != "" {
		var err error
		if dsn, err = w.dsn(database); err != nil {
			return nil, err
		}
	}
	name := "salesflow-" + database
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
organisation: {file: org.yaml}
log: {level: warn}
`, w.flow, name, dsn, w.api)
	file := filepath.Join(w.dir, name+".yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return w.start(ctx, name, "http://"+w.flow+"/wecom/callback", "http://"+w.flow+"/readyz", "salesflow", "serve", "--config", file)
}

// result is what the load generator says of one run.
type result struct {
	OK      int     `json:"ok"`
	Errors  int     `json:"errors"`
	RPS     float64 `json:"rps"`
	P50     float64 `json:"p50"`
	P99     float64 `json:"p99"`
	CPU     float64 `json:"server_cpu_ms_per_1000"`
	DBCPU   float64 `json:"db_cpu_ms_per_1000"`
	RSS     float64 `json:"server_rss_mib"`
	Peak    float64 `json:"server_peak_mib"`
	Other   float64 `json:"other_cpu_s"`
	Wall    float64 `json:"wall_s"`
	Answers int     `json:"answers"`
}

// load runs the load generator against a server.
func (w *world) load(ctx context.Context, p *process, args ...string) (result, error) {
	cpu := "server=" + p.pid()
	if db := w.databasePID(ctx); db != "" {
		cpu += ",db=" + db
	}
	args = append([]string{
		"-url", p.url, "-api", w.api, "-text", w.o.text, "-customers", filepath.Join(w.dir, "customers.txt"),
		"-reps", strconv.Itoa(reps), "-cpu", cpu, "-tag", p.name,
	}, args...)
	cmd := exec.CommandContext(ctx, filepath.Join(w.o.bin, "wecomload"), args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return result{}, fmt.Errorf("load on %s: %w", p.name, err)
	}
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("read the load generator's result: %w", err)
	}
	fmt.Fprint(os.Stderr, string(out))
	if r.Errors > 0 {
		return r, errors.New("errors under load: " + strings.TrimSpace(string(out)))
	}
	return r, nil
}
