package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"salesflow/configs"
	"salesflow/store/sales"
)

// checkTimeout bounds all the checks of the command together.
const checkTimeout = 90 * time.Second

// checkCmd looks at the whole set-up and says what is wrong and what to click.
type checkCmd struct {
	Config string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
	SendTo string `help:"Send a test message to this account (wecom:zhangsan, dingtalk:1234; without the platform, on each)." placeholder:"USERID"`
}

// state is how a finding stands.
type state int

const (
	good    state = iota
	warning       // works, but should be known
	broken        // must be mended
)

var marks = map[state]string{good: "✔", warning: "!", broken: "✘"}

// finding is one line of the table: what was found, and how to mend it.
type finding struct {
	state state
	what  string
	fix   string
}

func ok(what string) finding          { return finding{good, what, ""} }
func bad(what, fix string) finding    { return finding{broken, what, fix} }
func notice(what, fix string) finding { return finding{warning, what, fix} }

// checkSection is a part of the table.
type checkSection struct {
	name     string
	findings []finding
}

// Run implements the command: exit code 1 when something must be mended. A configuration that cannot be read ends it;
// everything else is looked at however much is wrong.
func (c *checkCmd) Run(e *env) error {
	ctx, cancel := context.WithTimeout(e.ctx, checkTimeout)
	defer cancel()
	cfg, err := configs.Load(c.Config, e.environ)
	if err != nil {
		return printCheck(e.stdout, []checkSection{{"配置", problems(err)}})
	}
	org, orgFindings := checkOrganisation(cfg)
	k := &checkup{cfg: cfg, org: org, sendTo: c.SendTo, now: time.Now}
	sections := []checkSection{
		{"配置", []finding{ok("配置读得懂,没有矛盾")}},
		{"组织", orgFindings},
		{"数据库", k.database(ctx)},
		{"Redis", k.redis(ctx)},
		{"外网地址", k.public(ctx)},
		{"节假日", k.holidays()},
		{"渠道", k.channels(ctx)},
		{"规则", k.rules()},
	}
	sections = append(sections, k.platforms(ctx)...)
	return printCheck(e.stdout, sections)
}

// printCheck prints the table. The error says how much is to be mended.
func printCheck(w io.Writer, sections []checkSection) error {
	count := map[state]int{}
	for _, s := range sections {
		fmt.Fprintln(w, s.name)
		for _, f := range s.findings {
			count[f.state]++
			fmt.Fprintf(w, "  %s %s\n", marks[f.state], f.what)
			if f.fix != "" && f.state != good {
				fmt.Fprintf(w, "    怎么改:%s\n", f.fix)
			}
		}
	}
	if n := count[broken]; n > 0 {
		return fmt.Errorf("有 %d 处要改,改完再跑一次 salesflow check", n)
	}
	if n := count[warning]; n > 0 {
		fmt.Fprintf(w, "可以用了,另有 %d 处要留意。\n", n)
		return nil
	}
	fmt.Fprintln(w, "都好了,可以 salesflow serve。")
	return nil
}

// problems are those of a file as findings.
func problems(err error) []finding {
	var ps configs.Problems
	if !errors.As(err, &ps) {
		return []finding{bad(err.Error(), "")}
	}
	var out []finding
	for _, p := range ps {
		fix := p.Fix
		p.Fix = ""
		out = append(out, bad(p.String(), fix))
	}
	return out
}

// checkOrganisation reads the organisation file and looks whether the rules find their people in it.
func checkOrganisation(cfg configs.Config) (configs.Org, []finding) {
	if cfg.Organisation.File == "" {
		return configs.Org{}, []finding{notice("没有组织文件:人员从平台通讯录同步,审批角色(法务、总监)没有人",
			"写一个 org.yaml,在 organisation.file 里填它的路径;样子见 configs/demo/org.yaml")}
	}
	org, err := configs.LoadOrg(cfg.Organisation.File, os.ReadFile)
	if err != nil {
		return configs.Org{}, problems(err)
	}
	out := []finding{ok(fmt.Sprintf("组织文件:%d 人,%d 个团队,%d 家客户", len(org.People), len(org.Teams), len(org.Master.Customers)))}
	if err := cfg.CheckOrg(org); err != nil {
		return org, append(out, problems(err)...)
	}
	out = append(out, ok("审批和升级要的角色都有人"))
	if len(org.WithRole("admin")) == 0 {
		out = append(out, notice("没有管理员:出了故障没人收到通知", "在组织文件里给一个人加角色 admin"))
	}
	for _, p := range org.People {
		if len(p.Platforms) == 0 {
			out = append(out, notice(p.Name+"没有平台账号,收不到消息", "在组织文件里给他写 platforms: {wecom: 账号}"))
		}
	}
	return org, out
}

// checkup is what the checks need.
type checkup struct {
	cfg    configs.Config
	org    configs.Org
	sendTo string
	now    func() time.Time
}

// holidays looks whether this year's and the next year's are known. The next year's are published in November.
func (k *checkup) holidays() []finding {
	cal, err := calendar(k.cfg)
	if err != nil {
		return []finding{bad("工作日历用不了:"+messageOf(err), "改 rules.quiet_hours")}
	}
	day := sales.DayOf(k.now())
	year, month, _ := day.Date()
	var out []finding
	if cal.KnownYear(year) {
		out = append(out, ok(fmt.Sprintf("%d 年的节假日和调休已知", year)))
	} else {
		out = append(out, bad(fmt.Sprintf("不知道 %d 年的节假日,只按周末算", year), "升级到新版本"))
	}
	switch {
	case cal.KnownYear(year + 1):
		out = append(out, ok(fmt.Sprintf("%d 年的节假日和调休已知", year+1)))
	case month >= time.November:
		out = append(out, notice(fmt.Sprintf("还不知道 %d 年的节假日,1 月起只按周末算", year+1), "国务院一般 11 月公布,公布后升级到新版本"))
	}
	return out
}

// target is the account a test message goes to on a platform, "" for none. An account of the organisation file is on the
// platforms it says, any other on each.
func (k *checkup) target(platform string) string {
	if p, user, found := strings.Cut(k.sendTo, ":"); found && slices.Contains(configs.Platforms, p) {
		if p != platform {
			return ""
		}
		return user
	}
	known := false
	for _, p := range k.org.People {
		for at, account := range p.Platforms {
			if !strings.EqualFold(account, k.sendTo) {
				continue
			}
			if at == platform {
				return account
			}
			known = true
		}
	}
	if known {
		return ""
	}
	return k.sendTo
}
