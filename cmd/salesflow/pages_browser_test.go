package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim/page/browser"
	"salesflow/configs"
	"salesflow/store/sales"
)

// ownPage asks the bot for a page and returns its address on this machine.
func ownPage(t *testing.T, w world, p *bottest.Phone, name string) string {
	t.Helper()
	p.Say("网页 " + name)
	link := pageLink.FindString(bottest.Plain(p.ExpectText("只给你看").Message))
	u, err := url.Parse(link)
	if err != nil || link == "" {
		t.Fatalf("no link to %s: %v", name, err)
	}
	return "http://" + w.listener.Addr().String() + u.Path
}

func fetchPage(t *testing.T, address string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// accessible lists what keeps people from using a page: no language, title or one heading, a control without a name or too small to
// hit, text too pale for its ground, something the keyboard does not reach or shows no focus on.
const accessible = `(() => {
	const flaws = [];
	if (!document.documentElement.lang.startsWith('zh')) flaws.push('no language');
	if (!document.title) flaws.push('no title');
	if (document.querySelectorAll('h1').length !== 1) flaws.push('not one h1');
	if (document.querySelectorAll('main').length !== 1) flaws.push('not one main');
	const rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
	const light = c => { const f = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
	const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
	for (const e of document.querySelectorAll('main *')) {
		const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
		if (!own) continue;
		const a = light(rgb(getComputedStyle(e).color)), b = light(ground(e));
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) flaws.push('contrast ' + ratio.toFixed(1) + ' of ' + e.textContent.trim().slice(0, 20));
	}
	const names = new Set();
	for (const e of document.querySelectorAll('a, button, input:not([type=hidden])')) {
		const name = (e.getAttribute('aria-label') || e.textContent || '').trim(), box = e.getBoundingClientRect();
		if (!name) flaws.push('no name on ' + e.outerHTML.slice(0, 60));
		if ((e.tagName === 'BUTTON' || e.className === 'edit') && names.has(name)) flaws.push('two controls are called ' + name);
		names.add(name);
		if (box.height < 24 || box.width < 24) flaws.push(name + ' is ' + box.width + ' by ' + box.height);
		if (e.tabIndex < 0) flaws.push('the keyboard does not reach ' + name);
		e.focus({focusVisible: true});
		if (document.activeElement !== e || getComputedStyle(e).outlineStyle === 'none') flaws.push('no focus on ' + name);
	}
	return flaws;
})()`

// TestPagesOfDealsContractsReceivablesAndAdmin opens the pages on a phone and on a desktop. With SALESFLOW_TEST_SHOTS set to a
// folder it leaves pictures of what it saw.
func TestPagesOfDealsContractsReceivablesAndAdmin(t *testing.T) {
	t.Parallel()
	w := withFields(t, "")
	s := bottest.New(t, w)
	rep, admin, finance := s.As("周敏").Skip(), s.As("郑凯").Skip(), s.As("吴桐").Skip()
	rep.Say("商机 绍兴市立医院 低速离心机 60万")
	rep.ExpectCard("商机已建")
	rep.Say("填 商机 绍兴市立医院 预算来源 财政")
	rep.ExpectText("预算来源:财政")
	rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后30天 交期45天")
	rep.ExpectCard("合同草稿").Click("无附件提交")
	s.Settle()
	rep.Skip()

	pages := map[string]string{
		"deals": ownPage(t, w, rep, "商机"), "contracts": ownPage(t, w, rep, "合同"), "receivables": ownPage(t, w, finance, "应收"),
		"admin": ownPage(t, w, admin, "管理"),
	}
	want := map[string][]string{
		"deals": {"绍兴市立医院", "60万", "初步接触", "预算来源 财政"}, "contracts": {"¥1,280,000.00", "审批中"}, "receivables": {"已开票未回款"},
		"admin": {"合同48小时", "停用"},
	}
	for name, address := range pages {
		status, body := fetchPage(t, address)
		if status != http.StatusOK || len(body) > 60_000 || strings.Contains(body, "<script") {
			t.Errorf("%s: status %d, %d bytes", name, status, len(body))
		}
		for _, word := range want[name] {
			if !strings.Contains(body, word) {
				t.Errorf("%s has no %q", name, word)
			}
		}
	}
	if _, body := fetchPage(t, pages["deals"]+"?q="+url.QueryEscape("不存在")); !strings.Contains(body, "没有找到") {
		t.Error("a search that finds nothing says so")
	}
	if _, body := fetchPage(t, pages["deals"]+"?f=won"); strings.Contains(body, "60万") {
		t.Error("an open deal is among the won ones")
	}
	if _, body := fetchPage(t, pages["admin"]+"?f=fields"); !strings.Contains(body, "预算来源") || !strings.Contains(body, "进价格谈判前要填") {
		t.Error("the fields are not on the admin's page")
	}
	rep.Say("网页 管理")
	rep.ExpectText("要管理员权限")

	b := browser.Start(t)
	for _, tab := range []string{"people", "stages", "fields"} {
		pages["admin-"+tab] = pages["admin"] + "?f=" + tab
	}
	for _, width := range []int{390, 1280} {
		b.Size(width, 844)
		for name, address := range pages {
			b.Open(address)
			b.WaitText("h1", "")
			var wide bool
			b.Eval("document.documentElement.scrollWidth > window.innerWidth", &wide)
			if wide {
				t.Errorf("%s at %d px scrolls sideways", name, width)
			}
			var flaws []string
			b.Eval(accessible, &flaws)
			if len(flaws) > 0 {
				t.Errorf("%s at %d px: %q", name, width, flaws)
			}
			if dir := os.Getenv("SALESFLOW_TEST_SHOTS"); dir != "" {
				b.Screenshot(filepath.Join(dir, fmt.Sprintf("page-%s-%d.png", name, width)))
			}
		}
	}
	// A rule is switched off from the page, as by chat, and once only.
	b.Open(pages["admin"] + "?q=" + url.QueryEscape("合同48小时"))
	b.Click("li form button")
	admin.ExpectAny()
	b.Open(pages["admin"] + "?q=" + url.QueryEscape("合同48小时"))
	b.WaitText("li", "已停用", "启用")
	if r, _ := w.rule(t, "合同48小时"); r.State != sales.RuleOff {
		t.Errorf("the rule is %s", r.State)
	}
	if n := w.audited(t, "rule.off"); n != 1 {
		t.Errorf("the trace has the rule's end %d times", n)
	}
	// By keyboard alone: the search, what was typed, and Enter.
	b.Open(pages["admin"])
	b.Eval(`(() => { document.querySelector('input[name=q]').focus(); return true; })()`, new(bool))
	b.Type("input[name=q]", "合同48小时")
	b.Press("Enter")
	b.WaitText("li", "合同48小时", "启用")
	if problems := b.Problems(); len(problems) > 0 {
		t.Errorf("the pages complained: %q", problems)
	}
}

// TestTheDealsPageMeasuresAStayByItsStage marks what stays longer than its stage is expected to take, and nothing else.
func TestTheDealsPageMeasuresAStayByItsStage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "wecom", func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) {
			everybody(c, org)
			everyWay(c, org)
		}
	})
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say("商机 绍兴市立医院 低速离心机 60万")
	rep.ExpectCard("商机已建")
	rep.Say("推进 绍兴市立医院 方案提交")
	rep.ExpectCard("商机已推进")
	rep.Say("商机 绍兴第二医院 低速离心机 8万")
	rep.ExpectCard("商机已建")
	rep.Say("商机 恒大紧固件 六角螺栓M8 制造流程 5万")
	rep.ExpectCard("商机已建")
	s.FastForward(8 * 24 * time.Hour)
	rep.Skip()
	_, body := fetchPage(t, ownPage(t, w, rep, "商机"))
	for _, line := range []string{
		`<div class="line late">在这一步 8 天(基准 2.1 天)</div>`, `<div class="line">在这一步 8 天</div>`, `<div class="line late">在这一步 8 天(基准 3 天)</div>`,
		`<span class="tags">制造流程 询盘</span>`, `<span class="tags">方案提交</span>`,
	} {
		if !strings.Contains(body, line) {
			t.Errorf("the page has no %s", line)
		}
	}
}
