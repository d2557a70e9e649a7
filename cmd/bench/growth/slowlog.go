package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// statement is one statement as the server's log of slow statements has it.
type statement struct {
	schema string
	text   string
	took   time.Duration // by the server's clock, without the way there and back
	rows   int           // that the server looked at
}

// shape is the statement without its values.
func (s statement) shape() string {
	text := s.text
	if len(text) > 4000 {
		text = text[:4000]
	}
	return reMany.ReplaceAllString(reValues.ReplaceAllString(text, "?"), "?")
}

// seals reports whether s is one of those by which the trace is sealed, which nobody's asking sets off.
func (s statement) seals() bool { return reSeals.MatchString(s.text) }

var (
	reSeals  = regexp.MustCompile(`INTO audit_(?:leaves|hashes|checkpoints)|MAX\((?:audit_id|seq)\)|JOIN audit_leaves|WHERE a\.id > -?\d+ AND a\.id < -?\d+\s+ORDER`)
	reValues = regexp.MustCompile(`'(?:[^'\\]|\\.|'')*'|-?\b\d+\b`)
	reMany   = regexp.MustCompile(`\?(?:, ?\?)+`)
)

// slowLog makes the server write down every statement, and reads what it wrote. The server's process must be on this machine.
type slowLog struct {
	w      *world
	file   string
	offset int64
	before [][2]string // settings as they were
}

func (w *world) slowLog(ctx context.Context) (*slowLog, error) {
	var dir string
	if err := w.db.QueryRowContext(ctx, "SELECT @@GLOBAL.datadir").Scan(&dir); err != nil {
		return nil, err
	}
	l := &slowLog{w: w, file: filepath.Join(dir, "growth-slow.log")}
	for _, set := range [][2]string{
		{"log_output", "'FILE'"},
		{"slow_query_log_file", "'growth-slow.log'"},
		{"long_query_time", "0"},
		{"min_examined_row_limit", "0"},
		{"log_slow_verbosity", "''"},
		{"slow_query_log", "1"},
	} {
		var was string
		if err := w.db.QueryRowContext(ctx, "SELECT @@GLOBAL."+set[0]).Scan(&was); err != nil {
			return nil, fmt.Errorf("read %s: %w", set[0], err)
		}
		if _, err := strconv.ParseFloat(was, 64); err != nil {
			was = "'" + was + "'"
		}
		if _, err := w.db.ExecContext(ctx, "SET GLOBAL "+set[0]+" = "+set[1]); err != nil {
			return nil, fmt.Errorf("set %s: %w", set[0], err)
		}
		l.before = append([][2]string{{set[0], was}}, l.before...)
	}
	return l, nil
}

func (l *slowLog) close() {
	for _, set := range l.before {
		if _, err := l.w.db.Exec("SET GLOBAL " + set[0] + " = " + set[1]); err != nil { //nolint:noctx // also after an interrupt
			fmt.Fprintln(os.Stderr, "growth: set back", set[0], err)
		}
	}
	_ = os.Remove(l.file)
}

// read gives the statements in a database that were written since the last read. The server writes them after it has answered.
func (l *slowLog) read(database string) ([]statement, error) {
	time.Sleep(settles / 4)
	f, err := os.Open(l.file)
	if err != nil {
		return nil, fmt.Errorf("the server must run on this machine: %w", err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(l.offset, io.SeekStart); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	l.offset += int64(len(b))
	var out []statement
	for _, s := range parseSlowLog(string(b)) {
		if s.schema == database {
			out = append(out, s)
		}
	}
	return out, nil
}

var (
	reSchema    = regexp.MustCompile(`Schema: (\S*)`)
	reQueryTime = regexp.MustCompile(`Query_time: ([0-9.]+)`)
	reExamined  = regexp.MustCompile(`Rows_examined: (\d+)`)
)

// parseSlowLog reads the log: each statement has lines that begin with #, then its text.
func parseSlowLog(log string) []statement {
	var out []statement
	head := false
	for line := range strings.SplitSeq(log, "\n") {
		switch {
		case strings.HasPrefix(line, "# User@Host"):
			out, head = append(out, statement{}), true
		case len(out) == 0:
		case head && strings.HasPrefix(line, "# "):
			s := &out[len(out)-1]
			if m := reSchema.FindStringSubmatch(line); m != nil {
				s.schema = m[1]
			}
			if m := reQueryTime.FindStringSubmatch(line); m != nil {
				seconds, _ := strconv.ParseFloat(m[1], 64)
				s.took = time.Duration(seconds * float64(time.Second))
			}
			if m := reExamined.FindStringSubmatch(line); m != nil {
				s.rows, _ = strconv.Atoi(m[1])
			}
		case strings.HasPrefix(line, "# Time:"), strings.HasPrefix(line, "use ") && strings.HasSuffix(line, ";"), strings.HasPrefix(line, "SET timestamp="):
			head = false
		default:
			head = false
			out[len(out)-1].text += line + "\n"
		}
	}
	return out
}
