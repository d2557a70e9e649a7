package page_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"salesflow/bot/sim/page/browser"
)

// shots is a folder for screenshots of the browser tests; empty takes none.
var shots = os.Getenv("SALESFLOW_TEST_SCREENSHOTS")

func shoot(b *browser.Browser, name string) {
	if shots != "" {
		b.Screenshot(filepath.Join(shots, name+".png"))
	}
}

func at(person, rest string) string { return `[data-phone="` + person + `"] ` + rest }

func TestAnAfternoonAtThePage(t *testing.T) {
	w := start(t)
	b := browser.Start(t)
	b.Open(w.url)
	b.WaitText("[data-clock-now]", "2026年3月11日 周三 10:00")
	shoot(b, "empty-1440")

	b.Type(at("zhoumin", "[data-input]"), "提交合同 绍兴市立医院 128万")
	b.Click(at("zhoumin", "[data-send]"))
	b.WaitText(at("zhoumin", "[data-message]"), "提交合同 绍兴市立医院 128万")
	b.WaitText(at("zhoumin", "[data-message]"), "合同待审批 · HT2026-018", "¥1,280,000.00", "退回修改")
	b.Choose(at("zhoumin", "[data-choice=reason]"), "账期")
	b.Click(at("zhoumin", `[data-button="同意"]`))
	b.WaitText(at("zhoumin", "[data-message]"), "合同已通过", "已同意")
	b.WaitGone(at("zhoumin", `[data-button="同意"]`))
	if said := w.bot.said(); !slices.Contains(said, "tap approve term") {
		t.Errorf("the bot heard %q, want the tap with the option chosen", said)
	}
	b.Type(at("zhoumin", "[data-input]"), "排版")
	b.Press("Enter")
	b.WaitText(at("zhoumin", "[data-message]"), "拜访 4", "少 1", "<script>alert(1)</script>")
	b.Type(at("zhoumin", "[data-input]"), "图")
	b.Press("Enter")
	b.Click(at("zhoumin", "[data-zoom]"))
	b.Wait(`document.querySelector('dialog.zoom img').naturalWidth === 640`)
	b.Click("dialog.zoom button")

	b.Click(at("zhaolei", `[data-chip="待审"]`))
	b.Click(at("zhaolei", "[data-send]"))
	b.Type(at("zhaolei", "[data-card-input=reason]"), "条款可以")
	b.Press("Enter")
	b.Click(at("zhaolei", `[data-button="同意"]`))
	b.WaitText(at("zhaolei", "[data-message]"), "已通过法务 · 赵磊", "已由 赵磊 同意")
	if said := w.bot.said(); !slices.Contains(said, "tap approve 条款可以") || slices.Contains(said, "tap reject 条款可以") {
		t.Errorf("the bot heard %q, want one tap with the reason", said)
	}
	shoot(b, "afternoon-1440")

	b.Click(`[data-advance="49h"]`)
	b.WaitText("[data-clock-now]", "2026年3月13日 周五 11:00")
	b.WaitText(at("zhoumin", "[data-message]"), "明天要给绍兴市立医院寄样。")
	b.Click(`[data-advance="17:00"]`)
	b.WaitText("[data-clock-now]", "3月13日 周五 17:00")
	b.Click(`[data-advance="tomorrow 09:00"]`)
	b.WaitText("[data-clock-now]", "3月14日 周六 09:00")
	shoot(b, "later-1440")
	if p := b.Problems(); len(p) > 0 {
		t.Errorf("the page complained: %q", p)
	}
}

func TestAGroupOnThePage(t *testing.T) {
	w := start(t)
	b := browser.Start(t)
	b.Open(w.url)
	b.Click(at("liqiang", `[data-tab="group_dingtalk"]`))
	b.Click(at("liqiang", "[data-mention]"))
	b.Type(at("liqiang", "[data-input]"), "中午吃什么")
	b.Click(at("liqiang", "[data-send]"))
	b.WaitText(at("liqiang", "[data-message]"), "中午吃什么")
	b.Click(at("liqiang", "[data-mention]"))
	b.Type(at("liqiang", "[data-input]"), "漏斗")
	b.Click(at("liqiang", "[data-send]"))
	b.WaitText(at("liqiang", "[data-message]"), "线索 40")
	if said := w.bot.said(); len(said) != 1 || strings.TrimSpace(said[0]) != "漏斗" {
		t.Errorf("the bot heard %q, want only what mentioned it", said)
	}
	unread := `document.querySelector('[data-phone="chengang"] [data-tab="group_dingtalk"]').classList.contains('unread')`
	b.Wait(unread)
	b.Click(at("chengang", `[data-tab="group_dingtalk"]`))
	b.WaitText(at("chengang", "[data-message]"), "李强", "中午吃什么")
	b.Wait("!" + unread)
	b.Open(w.url + "/?again")
	b.WaitText(at("chengang", "[data-message]"), "中午吃什么")
	b.Wait("!" + unread)
	if p := b.Problems(); len(p) > 0 {
		t.Errorf("the page complained: %q", p)
	}
}

func TestFilesOnThePage(t *testing.T) {
	w := start(t)
	b := browser.Start(t)
	b.Open(w.url)
	dir := t.TempDir()
	card, sheet := filepath.Join(dir, "名片.png"), filepath.Join(dir, "客户.xlsx")
	for name, data := range map[string][]byte{card: picture(), sheet: []byte("PK\x03\x04 a sheet")} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.Upload(at("zhoumin", "[data-file]"), card)
	b.Wait(`document.querySelector('[data-phone="zhoumin"] [data-kind=image] img')?.naturalWidth === 640`)
	b.WaitText(at("zhoumin", "[data-message]"), "名片收到了。")
	b.Upload(at("zhoumin", "[data-file]"), sheet)
	b.WaitText(at("zhoumin", "[data-notice]"), "文件发不到自建应用")
	b.Click(at("zhoumin", `[data-tab="robot"]`))
	b.Upload(at("zhoumin", "[data-file]"), sheet)
	b.WaitText(at("zhoumin", "[data-message]"), "客户.xlsx")
	b.WaitText(at("zhoumin", "[data-notice]"), "")
	b.Wait(`document.querySelector('[data-phone="zhoumin"] [data-notice]').textContent === ''`)
	b.Upload(at("liqiang", "[data-file]"), sheet)
	b.WaitText(at("liqiang", "[data-message]"), "客户.xlsx")
}

func TestTheClockShowsItsWay(t *testing.T) {
	w := start(t)
	w.clock.gate = make(chan struct{})
	b := browser.Start(t)
	b.Open(w.url)
	b.Click(`[data-advance="1h"]`)
	b.WaitText("#clock", "走到 3月11日 周三 11:00")
	b.Wait(`document.querySelector('[data-advance="49h"]').disabled`)
	w.clock.gate <- struct{}{}
	b.WaitText("[data-clock-now]", "周三 11:00")
	b.WaitGone("#clock progress")
	b.Wait(`document.querySelector('[data-set]').value === '2026-03-11T11:00'`)
	b.Eval(`document.querySelector('[data-set]').value = '2026-03-10T09:00'`, nil)
	b.Click("[data-set-button]")
	b.WaitText("[data-clock-notice]", "时钟不能往回拨")
}

func TestThePageComesBack(t *testing.T) {
	w := start(t)
	b := browser.Start(t)
	b.Open(w.url)
	b.Type(at("zhoumin", "[data-input]"), "待办")
	b.Press("Enter")
	b.WaitText(at("zhoumin", "[data-message]"), "合同待审批")
	b.Click(at("zhoumin", `[data-button="同意"]`))
	b.WaitText(at("zhoumin", "[data-message]"), "合同已通过")
	b.Open(w.url + "/?again")
	b.WaitText(at("zhoumin", "[data-message]"), "合同已通过")
	var shown int
	b.Eval(`document.querySelectorAll('[data-phone="zhoumin"] [data-message]').length`, &shown)
	if shown != 2 {
		t.Errorf("after a reload the phone shows %d messages, want 2", shown)
	}
}

func TestAPhoneSizedWindow(t *testing.T) {
	w := start(t)
	b := browser.Start(t)
	b.Size(390, 844)
	b.Open(w.url)
	shoot(b, "empty-390")
	b.Type(at("zhoumin", "[data-input]"), "提交合同 绍兴市立医院 128万")
	b.Click(at("zhoumin", "[data-send]"))
	b.WaitText(at("zhoumin", "[data-message]"), "合同待审批 · HT2026-018")
	shoot(b, "card-390")
	b.Click(`[data-show="3"]`)
	b.Wait(`document.querySelector('[data-show="3"]').getAttribute('aria-current') === 'true'`)
	b.Click(at("zhaolei", `[data-chip="待审"]`))
	b.Click(at("zhaolei", "[data-send]"))
	b.WaitText(at("zhaolei", "[data-message]"), "合同待审批")
	shoot(b, "other-390")
	var wide bool
	b.Eval(`document.documentElement.scrollWidth > 390`, &wide)
	if wide {
		t.Error("the page is wider than the window")
	}
	if p := b.Problems(); len(p) > 0 {
		t.Errorf("the page complained: %q", p)
	}
}
