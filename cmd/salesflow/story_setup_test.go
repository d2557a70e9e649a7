package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/httpapi"
	"salesflow/bot/sim"
	"salesflow/bot/sim/page/browser"
	"salesflow/configs"
	"salesflow/store/sales"
)

// withSetup gives a company fields of its own and two pipelines.
func withSetup(t *testing.T) func(c *configs.Config) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fields.yaml")
	if err := os.WriteFile(file, []byte(storyFields), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *configs.Config) {
		c.Fields.File = file
		c.Pipelines = configs.Pipelines{Use: []string{"standard", "medical"}}
	}
}

func setupWorld(t *testing.T, platform string, change ...func(*demoOptions)) world {
	t.Helper()
	with := withSetup(t)
	return newWorld(t, platform, append([]func(*demoOptions){func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) { everybody(c, org); with(c) }
	}}, change...)...)
}

// TestAnAdministratorChangesStagesFieldsAndPeopleByChat goes through a change of each, what is refused, and the way back.
func TestAnAdministratorChangesStagesFieldsAndPeopleByChat(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := setupWorld(t, platform)
			s := bottest.New(t, w)
			rep, admin := s.As("周敏").Skip(), s.As("郑凯").Skip()
			rep.Say("商机 绍兴市立医院 生化分析仪 医疗流程 60万")
			rep.ExpectCard("商机已建", "线索")
			stages(t, s, rep, admin)
			customFields(t, rep, admin)
			staff(t, s, w, rep, admin)
		})
	}
}

func stages(t *testing.T, s *bottest.Story, rep, admin *bottest.Phone) {
	t.Helper()
	rep.Say("阶段模板 改 医疗流程 报价 一般停 9天")
	rep.ExpectText("没有这个权限")
	admin.Say("阶段模板 改 医疗流程 报价 一般停 很久")
	admin.ExpectText("一般停多久没看懂", "5天")
	admin.Say("阶段模板 改 医疗流程 报价 机会 140%")
	admin.ExpectText("成交机会写 0% 到 100%")
	admin.Say("阶段模板 改 医疗流程 报价 进来要 预算:商机.颜色 > 3")
	admin.ExpectText("预算的条件没看懂", "颜色")
	admin.Say("阶段模板 改 医疗流程 报价 名字 方案")
	admin.ExpectText("已经是 方案 的名字")
	admin.Say("阶段模板 改 医疗流程 报价 名字 报价确认\n一般停 9天\n进来要 大单:商机.金额 > 5000万")
	admin.ExpectText("改好了", "名字 报价 → 报价确认", "→ 9天", "大单:商机.金额 > 5000万", "新单按 v2 走", "1 单还按旧版", "阶段模板 迁移 医疗流程")
	// What is under way goes on as it began, what is new goes the new way, under the old word, too.
	rep.Say("商机 宁波市立医院 低速离心机 医疗流程 60万")
	rep.Skip()
	admin.Say("阶段模板")
	admin.ExpectText("医疗流程 v2(在用)", "报价确认", "医疗流程 v1(旧版) 1 单")
	admin.Say("阶段模板 迁移 医疗流程")
	admin.ExpectCard("迁移预览", "要换 1 单").Click("确认迁移")
	s.Settle()
	admin.Skip()
	rep.Say("推进 绍兴市立医院 报价")
	rep.ExpectCard("还不能推进", "报价确认", "大单")
	admin.Say("阶段模板 历史 医疗流程 报价")
	admin.ExpectText("改过 1 次", "郑凯", "名字 报价 → 报价确认")
	admin.Say("阶段模板 退回 报价确认")
	admin.ExpectText("改好了", "名字 报价确认 → 报价", "新单按 v3 走")
	admin.Say("阶段模板 改 报价 一般停 不限;")
	admin.ExpectText("一般停", "不限")
}

func customFields(t *testing.T, rep, admin *bottest.Phone) {
	t.Helper()
	rep.Say("字段 改 商机 预算来源 必填 是")
	rep.ExpectText("要管理员", "郑凯")
	admin.Say("字段 改 商机 预算来源 选项 财政")
	admin.ExpectText("选项写 2 到 30 个")
	admin.Say("字段 改 商机 预算来源 名字 金额")
	admin.ExpectText("这样改配置里通不过")
	admin.Say("新规则 规则 自筹提醒\n当 商机.预算来源 变为 自筹 则 推送 负责人")
	admin.ExpectCard("自筹提醒").Click("启用")
	admin.Skip()
	admin.Say("字段 改 商机 预算来源 选项 财政、专项债")
	admin.ExpectText("规则 自筹提醒 用着")
	admin.Say("字段 改 商机 预算来源 选项 财政、自筹、专项债\n名字 资金来源")
	admin.ExpectText("改好了", "名字 预算来源 → 资金来源", "财政、自筹、专项债", "以前填的 设备贷 留着")
	rep.Say("填 商机 绍兴市立 资金来源 专项债")
	rep.ExpectText("资金来源:专项债")
	rep.Say("填 商机 绍兴市立 预算来源 设备贷") // the old word still works, the old answer does not
	rep.ExpectText("资金来源", "专项债")
	admin.Say("字段 退回 商机 资金来源 0")
	admin.ExpectText("资金来源 → 预算来源", "财政、自筹、设备贷")
	rep.Say("字段 商机")
	rep.ExpectText("预算来源", "财政、自筹、设备贷")
}

func staff(t *testing.T, s *bottest.Story, w world, rep, admin *bottest.Phone) {
	t.Helper()
	rep.Say("人员 李强 角色 总经理")
	rep.ExpectText("没有这个权限")
	admin.Say("人员 李强 角色 船长")
	admin.ExpectText("没有角色", "船长", "销售总监")
	admin.Say("人员 郑凯 角色 总经理")
	admin.ExpectText("自己的角色要别的管理员改")
	admin.Say("人员 郑凯 离职")
	admin.ExpectText("自己的离职要别的管理员记")
	admin.Say("人员 王芳 上级 王芳")
	admin.ExpectText("不能是自己")
	admin.Say("人员 李强 角色 销售、主管")
	admin.ExpectText("改好了", "角色 销售 → 销售、主管")
	if p := w.person(t, "liqiang"); !p.Has(sales.RoleLead) {
		t.Errorf("李强 has the roles %v", p.Roles)
	}
	admin.Say("人员 李强 离职")
	admin.ExpectText("在职 是 → 否", "交接 李强 给 谁")
	if org, err := w.program.books.Org(t.Context()); err != nil || len(org.ByName("李强")) > 0 {
		t.Errorf("李强 is still here (%v)", err)
	}
	admin.Skip()
	admin.Say("人员 退回 李强")
	admin.ExpectText("在职 否 → 是")
	admin.Say("团队 华东一组 负责人 李强")
	admin.ExpectText("负责人 王芳 → 李强")
	admin.Say("团队 华东一组 历史")
	admin.ExpectText("改过 1 次", "王芳 → 李强")
	if n := w.audited(t, "person.setup"); n != 3 {
		t.Errorf("the trace has %d changes of people", n)
	}
	s.Settle()
}

// TestWhatAnAdministratorSetSurvivesARestart changes one of each and starts the product again on the same files.
func TestWhatAnAdministratorSetSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inDir := func(o *demoOptions) { o.data = dir }
	w := setupWorld(t, sim.WeCom, inDir)
	s := bottest.New(t, w)
	admin := s.As("郑凯").Skip()
	for _, say := range []string{
		"阶段模板 改 医疗流程 报价 一般停 9天", "字段 改 商机 预算来源 选项 财政、自筹、专项债", "人员 李强 角色 主管", "团队 华东一组 区域 浙江",
	} {
		admin.Say(say)
		admin.ExpectText("改好了")
	}
	s.Settle()
	now := w.Now()
	if err := w.demo.close(); err != nil {
		t.Fatal(err)
	}
	w = setupWorld(t, sim.WeCom, inDir, func(o *demoOptions) { o.start = now })
	s = bottest.New(t, w)
	admin = s.As("郑凯").Skip()
	way := w.program.app.Pipelines.Find("medical", 0)
	if d, _ := way.Def("medical.quote"); way.Version != 2 || d.Benchmark != 9*86400 {
		t.Errorf("version %d, %d s", way.Version, d.Benchmark)
	}
	if f, _ := w.program.app.Custom.Field("opportunity", "source"); len(f.Options) != 3 || f.Options[2] != "专项债" {
		t.Errorf("the answers are %q", f.Options)
	}
	if p := w.person(t, "liqiang"); len(p.Roles) != 1 || p.Roles[0] != sales.RoleLead {
		t.Errorf("the roles are %v", p.Roles)
	}
	admin.Say("人员 退回 李强 0")
	admin.ExpectText("角色 主管 → 销售")
	admin.Say("团队")
	admin.ExpectText("浙江")
}

// TestSettingsReachEveryReplicaAtOnce writes through one replica and asks the others.
func TestSettingsReachEveryReplicaAtOnce(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers, withSetup(t))
	for i, p := range r.org.People {
		if p.ID == "liqiang" {
			r.org.People[i].Roles = append(slices.Clone(p.Roles), "admin")
		}
	}
	r.boot("")
	r.boot("")
	s := bottest.New(t, r.world)
	admin := s.As("郑凯").Skip()
	for i, say := range []string{"9天", "11天", "13天", "7天"} { // each goes to the other replica than the one before
		admin.Say("阶段模板 改 医疗流程 报价 一般停 " + say)
		admin.ExpectText("改好了", "→ "+say, "v"+string(rune('2'+i)))
		admin.Say("字段 改 商机 预算来源 选项 财政、自筹、第" + say)
		admin.ExpectText("第" + say)
	}
	for i, p := range r.live {
		if _, err := p.books.Org(t.Context()); err != nil {
			t.Fatal(err)
		}
		way := p.app.Pipelines.Find("medical", 0)
		d, _ := way.Def("medical.quote")
		f, _ := p.app.Custom.Field("opportunity", "source")
		if way.Version != 5 || d.Benchmark != 7*86400 || f.Options[2] != "第7天" {
			t.Errorf("replica %d has version %d, %d s, %q", i, way.Version, d.Benchmark, f.Options)
		}
	}
	// Two administrators at the same moment, each on a replica of their own, on the same stage and on another: all of it counts.
	org, err := r.live[0].books.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	admins := org.WithRole(sales.RoleAdmin)
	if len(admins) != 2 {
		t.Fatalf("%d administrators", len(admins))
	}
	var all sync.WaitGroup
	for i, p := range slices.Clone(r.live) {
		for n := range 4 {
			all.Go(func() {
				stage, set := "stage:medical.quote", map[string]string{"chance": fmt.Sprintf("%d%%", 10+n)}
				if i == 1 {
					stage, set = "stage:medical.solution", map[string]string{"benchmark": fmt.Sprintf("%d天", 40+n)}
				}
				number := sales.ID(1000*(i+1) + n)
				if err := (adminDeeds{p}).Do(t.Context(), admins[i].ID, number, httpapi.Deed{Do: "setup", Record: stage, Values: set}); err != nil {
					t.Errorf("%s: %v", stage, err)
				}
			})
		}
	}
	all.Wait()
	for i, p := range r.live {
		if _, err := p.books.Org(t.Context()); err != nil {
			t.Fatal(err)
		}
		way := p.app.Pipelines.Find("medical", 0)
		quote, _ := way.Def("medical.quote")
		proposal, _ := way.Def("medical.solution")
		if way.Version != 13 || quote.Benchmark != 7*86400 || quote.Chance < 10 || quote.Chance > 13 || proposal.Benchmark < 40*86400 || proposal.Benchmark > 43*86400 {
			t.Errorf("replica %d: version %d, %+v, %+v", i, way.Version, quote, proposal)
		}
	}
}

var reOnce = regexp.MustCompile(`name="once" value="([A-Za-z0-9_-]+)"`)

func postForm(t *testing.T, address string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b := make([]byte, 20_000)
	n, _ := res.Body.Read(b) // enough of it to look for words
	return res.StatusCode, string(b[:n])
}

// TestTheAdminsPageChangesStagesFieldsAndPeople works the page on a phone and on a desktop, and tries what it must refuse.
func TestTheAdminsPageChangesStagesFieldsAndPeople(t *testing.T) {
	t.Parallel()
	w := setupWorld(t, "")
	s := bottest.New(t, w)
	rep, admin := s.As("周敏").Skip(), s.As("郑凯").Skip()
	rep.Say("商机 绍兴市立医院 生化分析仪 医疗流程 60万")
	rep.ExpectCard("商机已建")
	page := ownPage(t, w, admin, "管理")
	edit := func(tab, what string) string { return page + "?f=" + tab + "&e=" + url.QueryEscape(what) }
	b := browser.Start(t)
	shots := os.Getenv("SALESFLOW_TEST_SHOTS")
	look := func(name string, width int) {
		t.Helper()
		var wide bool
		b.Eval("document.documentElement.scrollWidth > window.innerWidth", &wide)
		var flaws []string
		b.Eval(accessible, &flaws)
		if wide || len(flaws) > 0 {
			t.Errorf("%s at %d px: wide %v, %q", name, width, wide, flaws)
		}
		if shots != "" {
			b.Screenshot(filepath.Join(shots, name+".png"))
		}
	}
	const save = "li.wide form button"
	// A stage, on a phone: from the list to its page, changed, shown, told in the chat.
	b.Size(390, 844)
	b.Open(page + "?f=stages")
	b.WaitText("ul", "改 医疗流程 报价")
	look("stages-phone", 390)
	b.Open(edit("stages", "stage:medical.quote"))
	b.WaitText("h1", "改 医疗流程 报价")
	look("stage-phone", 390)
	b.Type(`input[name="set.benchmark"]`, "9天")
	b.Type(`textarea[name="set.enter"]`, "大单:商机.金额 > 50万")
	b.Click(save)
	admin.ExpectText("改好了", "→ 9天", "大单:商机.金额 > 50万")
	b.Open(edit("stages", "stage:medical.quote"))
	b.WaitText("ul", "第 1 次", "→ 9天", "1 单还按旧版走")
	look("stage-changed-phone", 390)
	b.Click(`button[aria-label^="看迁移预览"]`)
	admin.ExpectCard("迁移预览", "要换 1 单")
	// A field and a person, on a desktop.
	b.Size(1280, 844)
	b.Open(edit("fields", "field:opportunity.source"))
	b.WaitText("h1", "改 商机 预算来源")
	look("field-desktop", 1280)
	b.Choose(`select[name="set.required"]`, "是")
	b.Click(save)
	admin.ExpectText("必填 否 → 是")
	b.Open(edit("people", "person:liqiang"))
	b.WaitText("h1", "改 李强")
	look("person-desktop", 1280)
	b.Choose(`select[name="set.team"]`, "销售管理部")
	b.Click(save)
	admin.ExpectText("团队 华东一组 → 销售管理部")
	b.Open(edit("people", "person:liqiang"))
	b.Click(`button[aria-label^="退回到第 1 次之前"]`)
	admin.ExpectText("销售管理部 → 华东一组")
	b.Open(edit("people", "person:liqiang"))
	b.WaitText("ul", "第 2 次", "销售管理部 → 华东一组")
	if problems := b.Problems(); len(problems) > 0 {
		t.Errorf("the pages complained: %q", problems)
	}
	refusedForms(t, w, admin, edit)
}

// refusedForms tries a form that was sent before, one of nobody's, one changed on the way, and one of somebody who is no
// administrator any more.
func refusedForms(t *testing.T, w world, admin *bottest.Phone, edit func(tab, what string) string) {
	t.Helper()
	address := edit("people", "person:liqiang")
	once := func() string {
		_, body := fetchPage(t, address)
		return reOnce.FindStringSubmatch(body)[1]
	}
	form := func(once, record string, set ...string) url.Values {
		v := url.Values{"once": {once}, "do": {"setup"}, "record": {record}}
		for i := 0; i+1 < len(set); i += 2 {
			v.Set("set."+set[i], set[i+1])
		}
		return v
	}
	token := once()
	before := w.audited(t, "person.setup")
	for range 2 { // the second time it is done already
		if status, _ := postForm(t, address, form(token, "person:liqiang", "manager", "王芳")); status != http.StatusSeeOther {
			t.Errorf("status %d", status)
		}
	}
	admin.ExpectText("上级", "王芳")
	if n := w.audited(t, "person.setup") - before; n != 1 {
		t.Errorf("sent twice, done %d times", n)
	}
	for name, c := range map[string]struct {
		form   url.Values
		status int
		words  string
	}{
		"no token":           {form("", "person:liqiang", "roles", "总经理"), http.StatusForbidden, "没有改动"},
		"the page's own":     {form(strings.Split(strings.TrimPrefix(address, "http://"), "/")[3], "person:liqiang", "roles", "总经理"), http.StatusForbidden, "没有改动"},
		"somebody unknown":   {form(once(), "person:nobody", "roles", "总经理"), http.StatusUnprocessableEntity, "按钮已失效"},
		"themself":           {form(once(), "person:zhengkai", "roles", "总经理"), http.StatusUnprocessableEntity, "自己的角色"},
		"what is wrong":      {form(once(), "person:liqiang", "roles", "船长"), http.StatusUnprocessableEntity, "没有角色"},
		"another kind":       {form(once(), "company:1", "roles", "总经理"), http.StatusUnprocessableEntity, "按钮已失效"},
		"an unknown setting": {form(once(), "person:liqiang", "password", "x"), http.StatusSeeOther, ""},
		"a long value":       {form(once(), "person:liqiang", "roles", strings.Repeat("长", 6000)), http.StatusBadRequest, "太长"},
	} {
		status, body := postForm(t, address, c.form)
		if status != c.status || !strings.Contains(body, c.words) {
			t.Errorf("%s: status %d, %.200q", name, status, body)
		}
	}
	if p := w.person(t, "liqiang"); p.Has(sales.RoleGM) || p.Has(sales.RoleAdmin) {
		t.Errorf("李强 is %v", p.Roles)
	}
}
