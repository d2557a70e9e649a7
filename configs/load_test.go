package configs

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// write puts a configuration file into a folder of its own and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// problemsOf loads text and returns what is wrong with it, the file's folder cut off.
func problemsOf(t *testing.T, text string, environ ...string) []string {
	t.Helper()
	path := write(t, "salesflow.yaml", text)
	_, err := Load(path, environ)
	if err == nil {
		return nil
	}
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("the error is a %T, want Problems", err)
	}
	return strings.Split(strings.ReplaceAll(err.Error(), filepath.Dir(path)+"/", ""), "\n")
}

func TestExampleIsTheDefaultsWrittenOut(t *testing.T) {
	t.Parallel()
	got, err := Load("salesflow.example.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.DataDir = "data" // from ./data beside the file
	want.WeCom.GroupWebhooks = map[string]Secret{}
	want.Redis.Addrs, want.Admin.People = []string{}, []string{}
	want.Rules.Customers.Tags = []string{}
	want.Webhooks, want.Calendar.Regions = map[string]Webhook{}, map[string]string{}
	want.Calendar.Files, want.Calendar.Days = []string{}, []string{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
}

func TestExampleHasEveryKey(t *testing.T) {
	t.Parallel()
	var (
		c Config
		d decoder
	)
	d.decode("example", Example, &c)
	for _, o := range options(configType, "") {
		if _, ok := d.lines[o.path]; !ok {
			t.Errorf("the example file lacks %s", o.path)
		}
	}
}

func TestVariablesAreUnambiguous(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, o := range options(configType, "") {
		names := []string{envName(o.path)}
		if o.typ == secretType {
			names = append(names, envName(o.path)+"_FILE")
		}
		for _, name := range names {
			if seen[name] != "" {
				t.Errorf("%s means both %s and %s", name, seen[name], o.path)
			}
			seen[name] = o.path
		}
	}
}

func TestFileThenEnvironment(t *testing.T) {
	t.Parallel()
	path := write(t, "salesflow.yaml", `
listen: 127.0.0.1:9000
data_dir: var
wecom:
  corp_id: ww0001
  agent_id: "1000002"
  secret: 0123
  token: file
  encoding_aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG
  group_webhooks:
    华东.一组: https://qyapi.example.com/send?key=k1
dingtalk: {client_id: ding1, client_secret: s, agent_id: 42}
rules:
  draft_ttl: 2d
  quiet_hours: {from: 21:00}
organisation:
`)
	got, err := Load(path, []string{
		"SALESFLOW_WECOM_TOKEN=fromEnv",
		"SALESFLOW_WECOM_ROBOT_BOT_ID=bot", "SALESFLOW_WECOM_ROBOT_SECRET=rs",
		"SALESFLOW_REDIS_ADDRS=a:6379, b:6379",
		"SALESFLOW_REDIS_TLS=true",
		"SALESFLOW_RULES_APPROVAL_REMIND_AFTER=12h,1d",
		"SALESFLOW_RULES_DAILY_CAPTURE=18:30",
		"SALESFLOW_LISTEN=", // as compose passes a variable that is not set
		"SALESFLOW_TEST_REDIS_ADDR=other", "SALESFLOW_PORT=tcp://10.0.0.1:80", "SALESFLOW_SERVICE_HOST=10.0.0.1",
		"PATH=/bin",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Listen = "127.0.0.1:9000"
	want.DataDir = filepath.Join(filepath.Dir(path), "var")
	want.WeCom.CorpID, want.WeCom.AgentID = "ww0001", 1000002
	want.WeCom.Secret, want.WeCom.Token = "0123", "fromEnv"
	want.WeCom.EncodingAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	want.WeCom.GroupWebhooks = map[string]Secret{"华东.一组": "https://qyapi.example.com/send?key=k1"}
	want.WeCom.Robot = Robot{BotID: "bot", Secret: "rs"}
	want.DingTalk.ClientID, want.DingTalk.ClientSecret, want.DingTalk.AgentID = "ding1", "s", "42"
	want.DingTalk.RobotCode = "ding1"
	want.Redis.Addrs, want.Redis.TLS = []string{"a:6379", "b:6379"}, true
	want.Rules.DraftTTL = 48 * time.Hour
	want.Rules.QuietHours.From = ClockTime(21, 0)
	want.Rules.Approval.RemindAfter = []time.Duration{12 * time.Hour, 24 * time.Hour}
	want.Rules.Daily.Capture = ClockTime(18, 30)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEverythingWithoutAFile(t *testing.T) {
	t.Parallel()
	got, err := Load("", []string{"SALESFLOW_DATA_DIR=/var/lib/salesflow", "SALESFLOW_WECOM_GROUP_WEBHOOKS=甲=https://h/send?key=1,乙=https://h/send?key=2"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Secret{"甲": "https://h/send?key=1", "乙": "https://h/send?key=2"}
	if diff := cmp.Diff(want, got.WeCom.GroupWebhooks); diff != "" || got.DataDir != "/var/lib/salesflow" {
		t.Errorf("data_dir %q, webhooks -want +got:\n%s", got.DataDir, diff)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	secret := write(t, "client_secret", "from-a-file\n")
	beside := "client_secret: typed"
	config := func(line string) string { return "dingtalk:\n  client_id: d\n  " + line + "\n" }

	path := write(t, "salesflow.yaml", config("client_secret_file: "+secret))
	for name, environ := range map[string][]string{
		"in the file":        nil,
		"in the environment": {"SALESFLOW_DINGTALK_CLIENT_SECRET_FILE=" + secret},
	} {
		got, err := Load(path, environ)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.DingTalk.ClientSecret.Reveal() != "from-a-file" {
			t.Errorf("%s: the secret is not the file's line", name)
		}
	}

	got := problemsOf(t, config(beside+"\n  client_secret_file: "+secret))
	want := []string{"salesflow.yaml:3: dingtalk.client_secret: is set here and by dingtalk.client_secret_file; fix: keep one of the two"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got = problemsOf(t, config(beside), "SALESFLOW_DINGTALK_CLIENT_SECRET=x", "SALESFLOW_DINGTALK_CLIENT_SECRET_FILE="+secret)
	if len(got) != 1 || !strings.Contains(got[0], "environment SALESFLOW_DINGTALK_CLIENT_SECRET_FILE: ") {
		t.Errorf("both variables set: got %q", got)
	}
	got = problemsOf(t, config("client_secret_file: missing"))
	if len(got) != 2 || !strings.Contains(got[0], "its file cannot be read") {
		t.Errorf("missing file: got %q", got)
	}
}

func TestProblemsNameFileLineKeyAndFix(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		yaml    string
		environ []string
		want    []string
	}{
		{
			name: "a typing mistake in a key",
			yaml: "wecom:\n  tokn: abc\nlog:\n  levle: info\n",
			want: []string{
				"salesflow.yaml:2: wecom.tokn: unknown key; fix: did you mean token?",
				"salesflow.yaml:4: log.levle: unknown key; fix: did you mean level?",
			},
		},
		{
			name: "several values at once, in the order of the file",
			yaml: "rules:\n  quiet_hours:\n    from: abends\n  undo_window: 10\nredis:\n  db: viele\n  tls: ja\n",
			want: []string{
				`salesflow.yaml:3: rules.quiet_hours.from: "abends" is not a time of day; fix: write a time of day such as 17:00`,
				`salesflow.yaml:4: rules.undo_window: "10" is not a duration; fix: write a duration such as 48h, 30m or 7d`,
				`salesflow.yaml:6: redis.db: "viele" is not a whole number; fix: write a whole number`,
				`salesflow.yaml:7: redis.tls: "ja" is neither true nor false; fix: write true or false`,
			},
		},
		{
			name: "half an app: each missing key, at the section's line, with where to find it",
			yaml: "listen: :8080\nwecom:\n  corp_id: ww1\n  agent_id: 1\n  secret: s\n  token: t\n",
			want: []string{"salesflow.yaml:2: wecom.encoding_aes_key: is missing: the app needs all of corp_id, agent_id, secret, token, encoding_aes_key; " +
				"fix: copy it from 企业微信管理后台 → 应用管理 → 自建应用 → 接收消息 → 设置API接收 → EncodingAESKey"},
		},
		{
			name: "DingTalk without its secret",
			yaml: "dingtalk:\n  client_id: d\n  card_template_id: abc\n  edition: gold\n",
			want: []string{
				"salesflow.yaml:1: dingtalk.client_secret: is missing; fix: copy Client Secret (原 AppSecret) from 钉钉开发者后台 → 应用开发 → 企业内部应用 → 凭证与基础信息",
				"salesflow.yaml:3: dingtalk.card_template_id: does not end in .schema; fix: copy the whole id from 钉钉开放平台 → 卡片平台 → 模板列表 → 模板ID, or leave it empty for text mode",
				`salesflow.yaml:4: dingtalk.edition: "gold" is not known; fix: use one of standard, professional, exclusive`,
			},
		},
		{
			name: "targets, channels and days of the company",
			yaml: "webhooks:\n  erp: {url: \"ftp://x\", secret: short, events: [Contract]}\nchannels:\n  fallback: [chat, fax]\n  pushes_per_hour: -1\ncalendar:\n  work: \"18:00-09:00\"\n  days: [\"2.5. frei\"]\n",
			want: []string{
				"salesflow.yaml:2: webhooks.erp.url: is not an address; fix: write it in full, e.g. https://bot.example.com",
				"salesflow.yaml:2: webhooks.erp.secret: is shorter than 16 characters; fix: make one with: openssl rand -hex 16",
				`salesflow.yaml:2: webhooks.erp.events[0]: "Contract" is no kind of event; fix: write contract.approved, contract.* or *`,
				`salesflow.yaml:4: channels.fallback[1]: "fax" is not known; fix: use one of chat, sms, mail`,
				"salesflow.yaml:5: channels.pushes_per_hour: -1 is not between 0 and 10000; fix: write a number in that range",
				`salesflow.yaml:7: calendar.work: "18:00-09:00" is no stretch of a day; fix: write it as 09:00-18:00`,
				`salesflow.yaml:8: calendar.days[0]: "2.5. frei" is no day; fix: write 2026-05-02 休 厂庆, or 2026-05-03..2026-05-04 班 盘点 @华东`,
			},
		},
		{
			name: "an element of a list",
			yaml: "rules:\n  approval:\n    contract:\n      - legal\n      - boss\n",
			want: []string{`salesflow.yaml:5: rules.approval.contract[1]: "boss" is not a role; fix: use one of ` + strings.Join(Roles, ", ")},
		},
		{
			name:    "the environment is named where the value came from it",
			yaml:    "redis:\n  addrs: [a:1]\n",
			environ: []string{"SALESFLOW_REDIS_ADDRS=a:1,b", "SALESFLOW_WECOM_TOKN=x"},
			want: []string{
				"environment SALESFLOW_WECOM_TOKN: unknown variable; fix: did you mean SALESFLOW_WECOM_TOKEN?",
				`environment SALESFLOW_REDIS_ADDRS: redis.addrs[1]: "b" is not host:port; fix: write e.g. 127.0.0.1:6379`,
			},
		},
		{
			name: "a key written twice",
			yaml: "data_dir: a\nlisten: :1\ndata_dir: b\n",
			want: []string{"salesflow.yaml:3: data_dir: is written twice, first in line 1; fix: keep one of the two"},
		},
		{
			name: "a value where a section belongs",
			yaml: "otel: http://collector:4318\n",
			want: []string{"salesflow.yaml:1: otel: is a section with keys of its own; fix: put its keys below it, indented: endpoint"},
		},
		{
			name: "not YAML",
			yaml: "listen: :8080\n\tdata_dir: x\n",
			want: []string{"salesflow.yaml:2: not valid YAML: found a tab character that violates indentation; fix: check indentation, colons and quotes around this line"},
		},
		{
			name: "the day's times must not fall into the quiet hours",
			yaml: "rules:\n  daily:\n    morning: 08:00\n",
			want: []string{"salesflow.yaml:3: rules.daily.morning: 08:00 lies in the quiet hours 20:00 to 08:30, so it would wait; fix: choose a time outside them, or change rules.quiet_hours"},
		},
		{
			name: "a reminder after the escalation",
			yaml: "rules:\n  contract_escalation:\n    after: 20h\n",
			want: []string{"salesflow.yaml:1: rules.approval.remind_after[0]: 24h is not before the escalation after 20h; fix: remind earlier or escalate later"},
		},
		{
			name: "a DSN copied from another language",
			yaml: "mysql:\n  dsn: mysql://u:geheim@h/db\n",
			want: []string{"salesflow.yaml:2: mysql.dsn: is a URL, the driver wants its own form; fix: write user:password@tcp(host:3306)/salesflow"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, problemsOf(t, tt.yaml, tt.environ...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestValidateAfterAChange(t *testing.T) {
	t.Parallel()
	c := Default()
	if err := c.Validate(); err != nil {
		t.Fatalf("the defaults: %v", err)
	}
	c.Listen, c.DataDir, c.WeCom.CallbackPath = "nowhere", "", "/healthz"
	c.Admin.Token, c.LLM.URL, c.Mail.SMTP = "short", "http://llm", "mail.example.com"
	c.WeCom.Token, c.WeCom.EncodingAESKey = "with-dash", "too-short"
	c.WeCom.Robot.BotID = "b"
	var ps Problems
	if !errors.As(c.Validate(), &ps) {
		t.Fatal("nothing was reported")
	}
	var got []string
	for _, p := range ps {
		got = append(got, p.Key)
	}
	want := []string{
		"listen", "data_dir", "admin.token", "admin.people", "wecom.callback_path",
		"wecom.corp_id", "wecom.agent_id", "wecom.secret", "wecom.token", "wecom.encoding_aes_key", "wecom.robot.secret",
		"mail.smtp", "mail.from", "llm.model",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// A sender may have a name, in Chinese too; what no mail server takes is named at the start.
func TestASenderOfMailMayHaveAName(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"sales@example.com":              "",
		"华东销售 <sales@example.com>":       "",
		"\"华东(销售)\" <sales@example.com>": "",
		"华东销售":                           "is not a mail address",
		"华东销售 sales@example.com":         "is not a mail address",
		"销售@example.com":                 "other than plain letters",
		"华东销售 <销售@example.com>":          "other than plain letters",
		"sales@示例.cn":                    "other than plain letters",
	} {
		from = strings.ReplaceAll(from, `"`, `\"`)
		got := strings.Join(problemsOf(t, "mail:\n  smtp: smtp://u:p@smtp.example.com:587\n  from: \""+from+"\"\n"), "\n")
		if about := strings.Contains(got, "mail.from"); about != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", from, got, want)
		}
	}
}

func TestProblemsNeverShowSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-very-secret"
	got := strings.Join(problemsOf(t, "wecom:\n  token: ["+secret+"]\n  secret: {a: "+secret+"}\n  encoding_aes_key: "+secret+
		"\n  group_webhooks: {甲: "+secret+"}\nmysql: {dsn: "+secret+"}\nmail: {smtp: "+secret+"}\n",
		"SALESFLOW_WECOM_GROUP_WEBHOOKS="+secret, "SALESFLOW_ADMIN_TOKEN="+secret[:7]), "\n")
	if got == "" || strings.Contains(got, "hunter2") {
		t.Errorf("got %s", got)
	}
}

func TestMissingFile(t *testing.T) {
	t.Parallel()
	_, err := Load("/nonexistent/salesflow.yaml", nil)
	if err == nil || !strings.Contains(err.Error(), "/nonexistent/salesflow.yaml: cannot be read") {
		t.Errorf("got %v", err)
	}
}
