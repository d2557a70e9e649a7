package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-sql-driver/mysql"
)

const (
	reps   = 200
	bareDB = "salesflow_bench_bare"
	flowDB = "salesflow_bench_flow"
)

// world is what the measurements share.
type world struct {
	o       options
	dir     string
	db      *sql.DB
	flush   string // innodb_flush_log_at_trx_commit as it was
	bare    string // the addresses of the yardstick, salesflow and the API
	flow    string
	api     string
	running []*process
}

// newWorld makes the databases and the organisation. Every commit is written to the disk, as in production.
func newWorld(ctx context.Context, o options) (_ *world, err error) {
	w := &world{o: o, dir: o.keep}
	if w.dir == "" {
		if w.dir, err = os.MkdirTemp("", "salesflow-bench"); err != nil {
			return nil, err
		}
	}
	for _, addr := range []*string{&w.bare, &w.flow, &w.api} {
		if *addr, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	if w.db, err = sql.Open("mysql", o.dsn); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := w.db.QueryRowContext(ctx, "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit").Scan(&w.flush); err != nil {
		return nil, fmt.Errorf("ask the database: %w", err)
	}
	for _, q := range []string{
		"SET GLOBAL innodb_flush_log_at_trx_commit = 1",
		"DROP DATABASE IF EXISTS " + bareDB, "DROP DATABASE IF EXISTS " + flowDB,
		"CREATE DATABASE " + bareDB, "CREATE DATABASE " + flowDB,
	} {
		if _, err := w.db.ExecContext(ctx, q); err != nil {
			return nil, fmt.Errorf("%s: %w", q, err)
		}
	}
	if err := w.organisation(); err != nil {
		return nil, err
	}
	return w, nil
}

// freeAddress is a loopback address nobody listens on now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

func (w *world) close() {
	for _, p := range w.running {
		p.stop()
	}
	for _, q := range []string{
		"DROP DATABASE IF EXISTS " + bareDB, "DROP DATABASE IF EXISTS " + flowDB,
		"SET GLOBAL innodb_flush_log_at_trx_commit = " + w.flush,
	} {
		if _, err := w.db.Exec(q); err != nil { //nolint:noctx // clearing up after an interrupt, too
			fmt.Fprintln(os.Stderr, "rounds:", q, err)
		}
	}
	_ = w.db.Close()
	if w.o.keep == "" {
		_ = os.RemoveAll(w.dir)
	}
}

// databasePID is the server's process when it runs on this machine, for its CPU time; 0 when it cannot be told.
func (w *world) databasePID(ctx context.Context) string {
	var file string
	if w.db.QueryRowContext(ctx, "SELECT @@GLOBAL.pid_file").Scan(&file) != nil {
		return ""
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func (w *world) dsn(database string) (string, error) {
	cfg, err := mysql.ParseDSN(w.o.dsn)
	if err != nil {
		return "", fmt.Errorf("read DSN: %w", err)
	}
	cfg.DBName = database
	return cfg.FormatDSN(), nil
}

// organisation writes a company of reps with a lead, legal, a director and an admin, and its customers.
func (w *world) organisation() error {
	var b strings.Builder
	b.WriteString("company: 压测公司\nteams:\n  - {id: sales, name: 销售部, region: 华东, lead: lead}\npeople:\n")
	for _, role := range []string{"lead", "legal", "legal_head", "director", "finance", "admin"} {
		fmt.Fprintf(&b, "  - {id: %s, name: 同事%s, roles: [%[1]s], team: sales, platforms: {wecom: %[1]s}}\n", role, role)
	}
	owners := map[string]string{}
	for i := range reps {
		fmt.Fprintf(&b, "  - {id: rep%03d, name: 销售%03[1]d, roles: [rep], team: sales, platforms: {wecom: rep%03[1]d}}\n", i)
		owners[fmt.Sprintf("U%03d", i)] = fmt.Sprintf("rep%03d", i)
	}
	o, err := json.Marshal(owners)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "master:\n  file: master.json\n  owners: %s\n  default_owner: rep000\n", o)
	if err := os.WriteFile(filepath.Join(w.dir, "org.yaml"), []byte(b.String()), 0o600); err != nil {
		return err
	}
	master, names := customers(w.o.customers)
	if err := os.WriteFile(filepath.Join(w.dir, "customers.txt"), []byte(strings.Join(names, "\n")), 0o600); err != nil {
		return err
	}
	m, err := json.Marshal(master)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, "master.json"), m, 0o600)
}

type customer struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Owner string `json:"owner"`
	City  string `json:"city"`
}

type contact struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Name     string `json:"name"`
	Title    string `json:"title"`
}

type product struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	ListPrice string `json:"list_price"`
}

type master struct {
	Customers []customer `json:"customers"`
	Contacts  []contact  `json:"contacts"`
	Products  []product  `json:"products"`
}

var (
	cities   = strings.Fields("绍兴 杭州 宁波 温州 嘉兴 湖州 金华 台州 丽水 衢州 舟山 苏州 无锡 常州 南通 扬州 镇江 泰州 徐州 盐城 合肥 芜湖 蚌埠 安庆 福州 厦门 泉州 南昌 赣州 济南 青岛 烟台 武汉 宜昌 长沙 株洲 广州 佛山 东莞 珠海")
	brands   = strings.Split("安博晨达恒飞高广海和宏华辉汇佳健金锦京凯康科乐立联龙美明诺鹏普启瑞盛泰天通万威信兴旭亚扬益永宇远正智中卓", "")
	business = strings.Fields("医院 精密机械 生物科技 食品 教育装备 检验中心 电子 仪器")
)

// customers makes master data with a contact for each customer, always the same for a number.
func customers(n int) (master, []string) {
	rng := rand.New(rand.NewPCG(7, 7))
	m := master{Products: []product{{ID: "P01", Name: "生化分析仪", ListPrice: "260000"}, {ID: "P02", Name: "血球仪", ListPrice: "88000"}}}
	seen := map[string]bool{}
	var names []string
	for len(names) < n {
		city := cities[rng.IntN(len(cities))]
		name := city + brands[rng.IntN(len(brands))] + brands[rng.IntN(len(brands))] + business[rng.IntN(len(business))]
		if seen[name] {
			continue
		}
		seen[name] = true
		id := fmt.Sprintf("C%05d", len(names))
		m.Customers = append(m.Customers, customer{ID: id, Name: name, City: city, Owner: fmt.Sprintf("U%03d", len(names)%reps)})
		m.Contacts = append(m.Contacts, contact{ID: "K" + id, Customer: id, Name: "王建国", Title: "主任"})
		names = append(names, name)
	}
	return m, names
}
