package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"salesflow/store"
	"salesflow/store/aggregate"
	"salesflow/store/sales"
)

// size is how much of everything a database has.
type size struct {
	database                                               string
	customers, contacts, visits, opportunities, dues, reps int
	contracts, quotes, orders, devices, filings            int
}

// fill makes the data of a size in an empty database. People, customers and contacts go through the store; the rest is
// loaded as files, as it would be from an older system. The same sizes give the same data.
func (w *world) fill(ctx context.Context, s size) error {
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	d := &data{size: s, today: sales.DayOf(w.now), rng: rand.New(rand.NewPCG(7, 7))}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"people", func(ctx context.Context) error { return d.people(ctx, db) }},
		{"customers", func(ctx context.Context) error { return d.master(ctx, db) }},
		{"visits", func(ctx context.Context) error { return w.load(ctx, s, "visits", visitColumns, d.visit, s.visits) }},
		{"todos", func(ctx context.Context) error { return w.load(ctx, s, "todos", todoColumns, d.todo, s.visits) }},
		{"dues", func(ctx context.Context) error { return w.load(ctx, s, "dues", dueColumns, d.due, s.dues) }},
		{"opportunities", func(ctx context.Context) error {
			return w.load(ctx, s, "opportunities", opportunityColumns, d.opportunity, s.opportunities)
		}},
		{"stages", func(ctx context.Context) error {
			return w.load(ctx, s, "stage_entries", entryColumns, d.entries, s.opportunities)
		}},
		{"contracts, invoices, payments", func(ctx context.Context) error { return w.cash(ctx, s, d) }},
		{"facts", func(ctx context.Context) error { return w.facts(ctx, s, d) }},
		{"quotes, work orders, records", func(ctx context.Context) error { return w.papers(ctx, s, d) }},
		{"incidents", func(ctx context.Context) error { return w.incidents(ctx, s, d) }},
		{"filings, trace, events, pushes", func(ctx context.Context) error { return w.trail(ctx, s, d) }},
		{"sums", func(ctx context.Context) error { return w.sums(ctx, s) }},
		{"check", func(ctx context.Context) error { return w.checkCash(ctx, s) }},
	} {
		begun := time.Now()
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %s in %s\n", s.database, step.name, time.Since(begun).Round(100*time.Millisecond))
	}
	return nil
}

// sums makes the aggregates of what was loaded, and lets the server look at its tables once.
func (w *world) sums(ctx context.Context, s size) error {
	q, err := w.connect(s.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	if err := aggregate.Rebuild(ctx, q); err != nil {
		return err
	}
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.MarkAligned(ctx); err != nil {
		return err
	}
	for _, table := range strings.Fields("visits todos dues opportunities stage_entries customers contacts contracts requests shipments invoices payments " +
		"payment_refs allocations contract_cash receivable_days cash_days quotes work_orders work_tasks custom_records custom_values incidents incident_steps " +
		"customer_facts customer_billing statements erp_orders filings audit events outbox pushes") {
		if _, err := q.ExecContext(ctx, "ANALYZE TABLE "+table); err != nil {
			return fmt.Errorf("analyze %s: %w", table, err)
		}
	}
	return nil
}

// load fills a table with n records, each of as many lines as line makes of it, through LOAD DATA LOCAL INFILE.
func (w *world) load(ctx context.Context, s size, table, columns string, line func(b []byte, i int) []byte, n int) error {
	q, err := w.connect(s.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	r, out := io.Pipe()
	name := s.database + "." + table
	mysql.RegisterReaderHandler(name, func() io.Reader { return r })
	defer mysql.DeregisterReaderHandler(name)
	lines := make(chan int64, 1)
	go func() {
		var b []byte
		var err error
		var count int64
		defer func() { lines <- count }()
		for i := 0; i < n && err == nil; i++ {
			from := len(b)
			b = line(b, i)
			count += int64(bytes.Count(b[from:], []byte{'\n'})) // those within texts are escaped
			if len(b) > 1<<16 {
				_, err = out.Write(b)
				b = b[:0]
			}
		}
		if err == nil {
			_, err = out.Write(b)
		}
		_ = out.CloseWithError(err)
	}()
	// Into an empty table and without these checks MariaDB sorts each index by itself and writes it once.
	if _, err := q.ExecContext(ctx, "SET unique_checks = 0, foreign_key_checks = 0"); err != nil {
		return err
	}
	res, err := q.ExecContext(ctx, "LOAD DATA LOCAL INFILE 'Reader::"+name+"' INTO TABLE "+table+" CHARACTER SET utf8mb4 ("+columns+")")
	_ = r.CloseWithError(io.ErrClosedPipe)
	if err != nil {
		return fmt.Errorf("load %s (the server needs local_infile): %w", table, err)
	}
	if err := wholly(res, <-lines); err != nil {
		return fmt.Errorf("load %s: %w", table, err)
	}
	return nil
}

// wholly says when the server dropped rows, which it does in silence where two have one key.
func wholly(res sql.Result, lines int64) error {
	n, err := res.RowsAffected()
	if err == nil && n != lines {
		err = fmt.Errorf("%d of %d rows are there", n, lines)
	}
	return err
}

// data makes records, each from its number alone.
type data struct {
	size
	today     sales.Day
	rng       *rand.Rand
	persons   []sales.PersonID
	teams     []sales.ID
	customer  []sales.ID
	names     []string
	productID []sales.ID
	director  sales.PersonID
	finance   sales.PersonID
	works     sales.PersonID // who does the tasks of work orders
}

const repsOfTeam = 10

// people makes reps in teams of ten with a lead each, and a director.
func (d *data) people(ctx context.Context, db *store.DB) error {
	_, err := db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		put := func(code, name string, team sales.ID, roles ...sales.Role) sales.PersonID {
			p := sales.Person{ID: sales.PersonID(tx.NewID()), Code: code, Name: name, Roles: roles, TeamID: team, Active: true}
			tx.PutPerson(p)
			tx.LinkIdentity(sales.Identity{Platform: "wecom", UserID: code, PersonID: p.ID, LinkedAt: sales.At(d.today.Start())})
			return p.ID
		}
		root := sales.Team{ID: tx.NewID(), Code: "sales", Name: "销售部", Region: "华东"}
		d.director = put("director", "陈总监", root.ID, sales.RoleDirector)
		root.LeadID = d.director
		tx.PutTeam(root)
		d.finance = put("finance", "何会计", root.ID, sales.RoleFinance)
		d.works = put("works", "方工", root.ID, sales.RoleDelivery, sales.RolePurchasing, sales.RoleProduction, sales.RoleQuality)
		put("admin", "管理员", root.ID, sales.RoleAdmin)
		put("legal", "法务", root.ID, sales.RoleLegal)
		for i := range d.reps {
			if i%repsOfTeam == 0 {
				n := i / repsOfTeam
				t := sales.Team{ID: tx.NewID(), Code: fmt.Sprintf("team%02d", n), Name: fmt.Sprintf("第%d组", n+1), Region: "华东", ParentID: root.ID}
				t.LeadID = put(fmt.Sprintf("lead%02d", n), fmt.Sprintf("组长%02d", n), t.ID, sales.RoleLead)
				tx.PutTeam(t)
				d.teams = append(d.teams, t.ID)
			}
			d.persons = append(d.persons, put(fmt.Sprintf("rep%03d", i), fmt.Sprintf("销售%03d", i), d.teams[i/repsOfTeam], sales.RoleRep))
		}
		for i, name := range []string{"生化分析仪", "血球仪", "移液器", "离心机"} {
			p := sales.Product{ID: tx.NewID(), Code: fmt.Sprintf("P%02d", i), Name: name, Line: lines[i%len(lines)], ListPrice: 26 * sales.Wan}
			d.productID = append(d.productID, p.ID)
			tx.PutProduct(p)
		}
		return nil
	}})
	return err
}

var (
	lines    = []string{"检验", "耗材", "设备"}
	cities   = strings.Fields("绍兴 杭州 宁波 温州 嘉兴 湖州 金华 台州 丽水 衢州 舟山 苏州 无锡 常州 南通 扬州 镇江 泰州 徐州 盐城 合肥 芜湖 蚌埠 安庆 福州 厦门 泉州 南昌 赣州 济南 青岛 烟台 武汉 宜昌 长沙 株洲 广州 佛山 东莞 珠海")
	brands   = strings.Split("安博晨达恒飞高广海和宏华辉汇佳健金锦京凯康科乐立联龙美明诺鹏普启瑞盛泰天通万威信兴旭亚扬益永宇远正智中卓", "")
	business = strings.Fields("医院 精密机械 生物科技 食品 教育装备 检验中心 电子 仪器")
	surnames = strings.Split("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "")
	given    = strings.Split("建国志强文静晓东丽华海燕春梅", "")
)

// master makes customers and their contacts through the store, a few hundred in a transaction.
func (d *data) master(ctx context.Context, db *store.DB) error {
	seen := make(map[string]bool, d.customers)
	for len(d.customer) < d.customers {
		_, err := db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			for range min(500, d.customers-len(d.customer)) {
				d.putCustomer(tx, seen)
			}
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *data) putCustomer(tx *store.Tx, seen map[string]bool) {
	pick := func(list []string) string { return list[d.rng.IntN(len(list))] }
	name := ""
	for name == "" || seen[name] {
		name = pick(cities) + pick(brands) + pick(brands) + pick(business)
	}
	seen[name] = true
	i := len(d.customer)
	at := sales.At(d.today.AddDays(-700).Start())
	c := sales.Customer{
		ID: tx.NewID(), Code: fmt.Sprintf("C%06d", i), Name: name, City: name[:6], USCC: usccOf(i), OwnerID: d.persons[i%d.reps],
		TeamID: d.teams[i%d.reps/repsOfTeam], CreatedBy: d.persons[i%d.reps], CreatedAt: at, Version: 1,
	}
	d.customer, d.names = append(d.customer, c.ID), append(d.names, name)
	tx.CreateCustomer(c)
	for k := range d.contacts*(i+1)/d.customers - d.contacts*i/d.customers {
		tx.CreateContact(sales.Contact{
			ID: tx.NewID(), Code: fmt.Sprintf("K%06d-%d", i, k), CustomerID: c.ID, Title: []string{"主任", "经理", "科长", "院长"}[k%4],
			Name: pick(surnames) + pick(given) + pick(given), CreatedAt: at, Version: 1,
		})
	}
}
