package handlers

import (
	"context"
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
)

// funnelDesk has a month of history: 周敏 loses much between proposal and negotiation, 李强 does not, and the other team
// is better still.
func funnelDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	const ivd, blood = "体外诊断", "血液检测"
	many := func(n int, owner sales.PersonID, line string, stage sales.Stage, daysAgo int) {
		for range n {
			d.put(owner, shaoxing, line, 10*sales.Wan, stage, daysAgo)
		}
	}
	many(6, zhoumin, ivd, sales.StageProposal, 5)
	many(1, zhoumin, blood, sales.StageContract, 5)
	many(2, liqiang, blood, sales.StageContract, 4)
	many(3, qianliu, ivd, sales.StageContract, 3)
	many(4, zhoumin, ivd, sales.StageNegotiation, 30) // the 9th of February: last month, as far as this one
	many(2, zhoumin, ivd, sales.StageNegotiation, 15) // later last month
	d.do(func(_ context.Context, tx *store.Tx) error {
		tx.PutGroupChat(sales.GroupChat{Platform: "wecom", ChatID: "g1", Name: "华东一组", TeamID: east1})
		tx.PutGroupChat(sales.GroupChat{Platform: "wecom", ChatID: "g2", Name: "闲聊"})
		return nil
	})
	return d
}

func hasPicture(r bot.Reply) bool {
	for _, s := range r.Say {
		if s.Out.File != nil && s.Out.File.Image && s.Out.File.ID != 0 {
			return true
		}
	}
	return false
}

func TestFunnelOfATeam(t *testing.T) {
	t.Parallel()
	d := funnelDesk(t)
	r := d.say(wangfang, "漏斗")
	if !hasPicture(r) {
		t.Error("no picture")
	}
	expect(t, r, "漏斗** · 华东一组 · 本月(3月1日–3月11日)",
		"初步接触 9 个 · 90万(上月同期 4)",
		"价格谈判 3 个 · 30万 · 转化 33%,低于全司 50%(上月同期 4)",
		"变化最大:初步接触 9 个,比上月同期多 5 个。",
		"卡在 方案提交 → 价格谈判:9 个里过了 3 个,转化 33%,低于全司 50%。",
		"先做:停在方案提交的 6 单(60万),逐家约一次面谈",
		"[看周敏][看李强][按产品线]", "周敏 7 个过了 1 个,转化 14%")
	expect(t, d.say(chengang, "ld"), "全司 · 本月", "低于上月同期", "[看华东一组][看华东二组]")
	expect(t, d.say(zhoumin, "漏斗"), "周敏 · 本月", "低于全司 50%", "[看体外诊断][看血液检测]")
}

func TestFunnelScopesAndPeriods(t *testing.T) {
	t.Parallel()
	d := funnelDesk(t)
	for _, tt := range []struct {
		who  sales.PersonID
		text string
		want []string
	}{
		{chengang, "漏斗 华东 本月", []string{"华东 · 本月", "初步接触 12 个"}},
		{chengang, "漏斗 华东一组 上月 体外诊断", []string{"华东一组 体外诊断 · 上月(2月1日–2月28日)", "初步接触 6 个 · 60万\n"}},
		{chengang, "漏斗 周敏 本季度", []string{"周敏 · 本季度(1月1日–3月11日)", "初步接触 13 个"}},
		{chengang, "漏斗华东二组", []string{"华东二组 · 本月", "合同签署 3 个"}},
		{chengang, "漏斗 全司 近30天", []string{"全司", "初步接触 18 个"}},
		{wangfang, "漏斗 我的团队", []string{"华东一组 · 本月"}},
		{wangfang, "漏斗 李强", []string{"李强 · 本月", "初步接触 2 个"}},
		{zhoumin, "漏斗 我的", []string{"周敏 · 本月", "初步接触 7 个"}},
		{zhoumin, "漏斗 周敏 上月", []string{"周敏 · 上月", "初步接触 6 个"}},
		{zhoumin, "漏斗 血液检测", []string{"周敏 血液检测 · 本月", "初步接触 1 个"}},
		{wangfang, "漏斗 华东一组 的 火星", []string{"没看懂\"火星\"", "范围:我的"}},
		{wangfang, "漏斗 下个月", []string{"还没到"}},
	} {
		r := d.say(tt.who, tt.text)
		if said := words(r); !strings.Contains(said, tt.want[0]) {
			t.Errorf("%s: missing %q in:\n%s", tt.text, tt.want[0], said)
			continue
		}
		expect(t, r, tt.want[1:]...)
	}
}

func TestFunnelIsRefusedBeyondOnesScope(t *testing.T) {
	t.Parallel()
	d := funnelDesk(t)
	for _, tt := range []struct {
		who  sales.PersonID
		text string
		want string
	}{
		{wangfang, "漏斗 全公司", "看全公司漏斗需要总监权限。你可以看:漏斗 我的 / 漏斗 华东一组。"},
		{wangfang, "漏斗 华东", "看华东漏斗需要区域总监权限。"},
		{wangfang, "漏斗 华东二组", "看华东二组漏斗需要它的主管或总监权限。"},
		{wangfang, "漏斗 钱六", "看钱六的漏斗需要主管或总监权限。"},
		{zhoumin, "漏斗 华东一组", "需要它的主管或总监权限。你可以看:漏斗 我的。"},
		{zhoumin, "漏斗 李强", "看李强的漏斗需要主管或总监权限。"},
		{zhoumin, "漏斗 团队", "你没有带团队。"},
	} {
		r := d.say(tt.who, tt.text)
		expect(t, r, tt.want)
		without(t, r, "初步接触", "转化")
	}
	// What a button carries is not believed.
	for _, arg := range []string{"all;2026-03-01;2026-03-31;;", "p:104;2026-03-01;2026-03-31;;", "r:华东;2026-03-01;2026-03-31;line;", "t:11>p:104;2026-03-01;2026-03-31;;"} {
		c := cards.Card{Key: "x", Buttons: []cards.Button{{Text: "看", Action: cards.Action{Verb: "funnel.drill", Arg: arg}}}}
		r := d.tap(wangfang, c, "看")
		expect(t, r, "需要")
		without(t, r, "初步接触", "转化")
	}
	for _, arg := range []string{"", "all", ";;;;", "all;2026-03-01;2025-01-01;;", "x:1;2026-03-01;2026-03-31;;", "t:99;2026-03-01;2026-03-31;;", "a>b>c>d>e;2026-03-01;2026-03-31;;"} {
		c := cards.Card{Key: "x", Buttons: []cards.Button{{Text: "看", Action: cards.Action{Verb: "funnel.drill", Arg: arg}}}}
		without(t, d.tap(chengang, c, "看"), "转化")
	}
}

func TestDrillingDownAndBack(t *testing.T) {
	t.Parallel()
	d := funnelDesk(t)
	top := cardOf(t, d.say(chengang, "漏斗"))
	r := d.tap(chengang, top, "看华东一组")
	expect(t, r, "华东一组 · 本月", "低于全司")
	if !hasPicture(r) {
		t.Error("no picture of the team")
	}
	team := faceOf(t, r, top.Key)
	if got := buttons(team); got != "[看周敏][看李强][按产品线][返回]" {
		t.Errorf("team buttons %s", got)
	}
	person := faceOf(t, d.tap(chengang, team, "看周敏"), top.Key)
	if got := buttons(person); got != "[看体外诊断][看血液检测][看是哪几单][返回]" {
		t.Errorf("person buttons %s", got)
	}
	expect(t, d.tap(chengang, person, "看体外诊断"), "周敏 体外诊断 · 本月", "初步接触 6 个")
	back := faceOf(t, d.tap(chengang, person, "返回"), top.Key)
	if buttons(back) != buttons(team) {
		t.Errorf("back at the team: %s", buttons(back))
	}
	byLine := d.tap(chengang, team, "按产品线")
	if hasPicture(byLine) || len(byLine.Say) != 0 {
		t.Errorf("the same numbers again: %s", words(byLine))
	}
	lines := faceOf(t, byLine, top.Key)
	if got := buttons(lines); got != "[看体外诊断][看血液检测][返回]" {
		t.Errorf("line buttons %s", got)
	}
	// A card sent last month still asks for the month it was about.
	d.clock.Advance(30 * 24 * 3600e9)
	expect(t, d.tap(chengang, top, "看华东一组"), "上月(3月1日–3月31日)", "初步接触 9 个")
}

func TestFunnelInAGroup(t *testing.T) {
	t.Parallel()
	d := funnelDesk(t)
	r := d.sayIn(chengang, "g1", "漏斗")
	expect(t, r, "华东一组 · 本月", "约90万", "金额为约数,详情请单聊我")
	without(t, r, "看周敏", "看李强", " 90万")
	expect(t, d.sayIn(wangfang, "g1", "漏斗 华东一组"), "华东一组 · 本月", "约90万")
	r = d.sayIn(zhoumin, "g1", "漏斗")
	expect(t, r, "周敏 · 本月", "约70万")
	without(t, r, "华东一组 ·")
	for text, want := range map[string]string{
		"漏斗 全司": "这个群里只看华东一组的漏斗,别的单聊我", "漏斗 华东二组": "只看华东一组", "漏斗 周敏": "群里不按人看漏斗",
	} {
		r := d.sayIn(chengang, "g1", text)
		expect(t, r, want)
		without(t, r, "转化")
	}
	expect(t, d.sayIn(chengang, "g2", "漏斗"), "没有对应的团队")
}

func TestFunnelWithoutData(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.say(wangfang, "漏斗")
	expect(t, r, "华东一组 本月(3月1日–3月11日)没有新进任何阶段的商机", "漏斗 上月")
	if hasPicture(r) || d.pictures != 0 || len(r.Say) != 1 {
		t.Errorf("said %s", words(r))
	}
}

func TestTheFunnelPictureIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	d := funnelDesk(t)
	d.say(wangfang, "漏斗")
	d.say(wangfang, "漏斗")
	if d.pictures != 2 || len(d.hashes) != 1 {
		t.Errorf("%d pictures, %d different", d.pictures, len(d.hashes))
	}
}
