package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"salesflow/store/dialect"
)

// Limits of what a set-up may look like.
const (
	maxSkew   = 2 * time.Second
	storeWait = 10 * time.Second
)

// database looks at the database without changing it, but for a table made and dropped at once.
func (k *checkup) database(ctx context.Context) []finding {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if k.cfg.MySQL.DSN == "" {
		return k.embedded()
	}
	db, err := dialect.OpenMySQL(k.cfg.MySQL.DSN.Reveal(), 1)
	if err != nil {
		return []finding{bad("mysql.dsn 读不懂", "写成 user:password@tcp(host:3306)/salesflow")}
	}
	defer db.Close()
	var version, now string
	if err := db.QueryRowContext(ctx, "SELECT VERSION(), DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%d %H:%i:%s.%f')").Scan(&version, &now); err != nil {
		return []finding{bad("连不上数据库:"+cause(err), "检查 mysql.dsn 的地址、用户、密码、库名,和到 3306 端口的网络")}
	}
	out := []finding{databaseVersion(version), k.skew(now)}
	return append(out, databaseCharset(ctx, db), databaseRights(ctx, db))
}

// embedded looks at the folder of the embedded database.
func (k *checkup) embedded() []finding {
	if err := os.MkdirAll(k.cfg.DataDir, 0o700); err != nil {
		return []finding{bad("data_dir 建不了:"+cause(err), "换一个有写权限的目录")}
	}
	f, err := os.CreateTemp(k.cfg.DataDir, ".check-*")
	if err != nil {
		return []finding{bad("data_dir 不能写:"+cause(err), "把目录 "+k.cfg.DataDir+" 的属主改成运行 salesflow 的用户")}
	}
	_ = f.Close()
	_ = os.Remove(f.Name()) // an empty file left behind harms nobody
	return []finding{
		ok("内置数据库,目录 " + k.cfg.DataDir + " 可写"),
		notice("内置数据库只能跑一个副本", "要多副本或备机,配 mysql.dsn 和 redis.addrs"),
	}
}

var versionForm = regexp.MustCompile(`(\d+)\.(\d+)\.\d+`)

// databaseVersion knows MySQL from 8.0, MariaDB from 10.6 and TiDB.
func databaseVersion(version string) finding {
	if strings.Contains(version, "TiDB") {
		return ok("数据库 " + version)
	}
	m := versionForm.FindStringSubmatch(version)
	if m == nil {
		return notice("没认出数据库版本 "+version, "用 MySQL 8.0、MariaDB 10.6 或更新的")
	}
	major, _ := strconv.Atoi(m[1]) // digits, by the form
	minor, _ := strconv.Atoi(m[2])
	least, name := [2]int{8, 0}, "MySQL"
	if strings.Contains(version, "MariaDB") {
		least, name = [2]int{10, 6}, "MariaDB"
	}
	if major < least[0] || major == least[0] && minor < least[1] {
		return bad(name+" "+m[0]+" 太旧", fmt.Sprintf("升到 %s %d.%d 或更新", name, least[0], least[1]))
	}
	return ok("数据库 " + name + " " + m[0])
}

func (k *checkup) skew(now string) finding {
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999999", now, time.UTC)
	if err != nil {
		return notice("没读懂数据库的时间 "+now, "检查数据库")
	}
	skew := k.now().Sub(at).Abs()
	if skew > maxSkew {
		return bad(fmt.Sprintf("和数据库的时钟差 %s", skew.Round(100*time.Millisecond)), "两台机器都开 NTP 对时(chronyc sources)")
	}
	return ok("和数据库的时钟一致")
}

// databaseCharset looks at the schema's default. Our tables name their own, so another one only matters to other tools.
func databaseCharset(ctx context.Context, db *sql.DB) finding {
	var charset string
	err := db.QueryRowContext(ctx, "SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()").Scan(&charset)
	switch {
	case err != nil:
		return notice("没读到库的字符集:"+cause(err), "给用户 SELECT 权限")
	case charset != "utf8mb4":
		return notice("库的默认字符集是 "+charset+",我们的表自带 utf8mb4,不影响使用", "ALTER DATABASE … CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	}
	return ok("字符集 utf8mb4")
}

// databaseRights makes a table, uses it and drops it: what the grants say is not always what they do.
func databaseRights(ctx context.Context, db *sql.DB) finding {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails
	table := "salesflow_check_" + hex.EncodeToString(b)
	steps := []string{
		"CREATE TABLE " + table + " (id INT NOT NULL PRIMARY KEY)",
		"CREATE INDEX " + table + "_id ON " + table + " (id)",
		"ALTER TABLE " + table + " ADD COLUMN note INT NULL",
		"INSERT INTO " + table + " (id) VALUES (1)",
		"UPDATE " + table + " SET note = 1 WHERE id = 1",
		"DELETE FROM " + table + " WHERE id = 1",
		"DROP TABLE " + table,
	}
	for _, q := range steps {
		if _, err := db.ExecContext(ctx, q); err != nil {
			_, _ = db.ExecContext(ctx, "DROP TABLE IF EXISTS "+table) // what is left of a failed try
			verb, _, _ := strings.Cut(q, " ")
			return bad("数据库用户没有 "+verb+" 权限:"+cause(err), "GRANT ALL ON 库名.* TO '用户'@'%'")
		}
	}
	return ok("建表、改表、读写权限都有")
}

// redis looks at Redis.
func (k *checkup) redis(ctx context.Context) []finding {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	if len(k.cfg.Redis.Addrs) == 0 {
		f := notice("内置 Redis,只能跑一个副本", "要多副本,配 redis.addrs")
		if k.cfg.MySQL.DSN == "" {
			f.state = good
		}
		return []finding{f}
	}
	client, closer, err := openRedis(ctx, k.cfg.Redis)
	if err != nil {
		return []finding{bad("连不上 Redis:"+cause(err), "检查 redis.addrs、password、tls,和到 6379 端口的网络")}
	}
	defer func() { _ = closer() }() // only looked at
	start := k.now()
	if err := client.Ping(ctx).Err(); err != nil {
		return []finding{bad("Redis 不应答:"+cause(err), "检查 redis.addrs、password、tls;哨兵要填 redis.master_name")}
	}
	took := k.now().Sub(start)
	if took > 50*time.Millisecond {
		return []finding{notice(fmt.Sprintf("Redis 应答要 %s,偏慢", took.Round(time.Millisecond)), "放到同一个机房")}
	}
	return []finding{ok("Redis 可用")}
}

// public looks at the address by which phones and the platform reach us.
func (k *checkup) public(ctx context.Context) []finding {
	if k.cfg.PublicURL == "" {
		return []finding{notice("没配 public_url:企业微信的回调地址不知道,上传页和卡片里的链接没有",
			"public_url 填手机能打开的地址,如 https://bot.example.com,由网关转到 "+k.cfg.Listen)}
	}
	u, err := url.Parse(k.cfg.PublicURL)
	if err != nil {
		return []finding{bad("public_url 不是地址", "写成 https://bot.example.com")}
	}
	var out []finding
	if ip, err := netip.ParseAddr(u.Hostname()); u.Hostname() == "localhost" || err == nil && (ip.IsLoopback() || ip.IsPrivate()) {
		out = append(out, notice("public_url 是内网地址,手机在外面打不开", "换成公网域名"))
	}
	if u.Scheme != "https" {
		out = append(out, notice("public_url 不是 https,链接里的凭据路上会被看到", "在网关上配证书,改成 https://"))
	}
	return append(out, k.reach(ctx))
}

// reach asks for our own health through the public address.
func (k *checkup) reach(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	fix := "serve 没在运行时这是正常的;在运行就检查网关是否把 " + k.cfg.PublicURL + " 转到 " + k.cfg.Listen
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(k.cfg.PublicURL, "/")+"/healthz", nil)
	if err != nil {
		return bad("public_url 不是地址", "写成 https://bot.example.com")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return notice("从这台机器访问不到 "+k.cfg.PublicURL, fix)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16))
	if err != nil || resp.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != "ok" {
		return notice(k.cfg.PublicURL+"/healthz 应答的不是 salesflow", fix)
	}
	return ok("经 " + k.cfg.PublicURL + " 能访问到 serve")
}

// cause is an error in one short line.
func cause(err error) string {
	s := strings.Join(strings.Fields(err.Error()), " ")
	if r := []rune(s); len(r) > 160 {
		s = string(r[:160]) + "…"
	}
	return s
}
