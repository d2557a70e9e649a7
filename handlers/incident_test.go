package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

func (w *bench) incident(c sales.Contract) sales.Incident {
	w.t.Helper()
	return read(w, func(ctx context.Context, tx *store.Tx) (sales.Incident, error) {
		list, err := tx.IncidentsAbout(ctx, "contract", c.ID, 1)
		if err != nil || len(list) == 0 {
			return sales.Incident{}, err
		}
		return list[0], nil
	})
}

func level(i sales.Incident, n string) string { return "incident:" + i.ID.String() + "/level:" + n }

// overdue is a company in which HT2026-001, submitted on Wednesday at 10:00, has waited for 49 hours.
func overdue(t *testing.T, change ...func(*handlers.Settings)) (*bench, sales.Contract, sales.Incident) {
	t.Helper()
	w, c := submitted(t, change...)
	w.advance(24 * time.Hour).advance(25 * time.Hour)
	return w, c, w.incident(c)
}

func TestTheReminderComesAfterADay(t *testing.T) {
	t.Parallel()
	w, _ := submitted(t)
	w.advance(23*time.Hour + 59*time.Minute)
	w.expectNothing(zhaolei)
	w.advance(time.Minute)
	w.expect(zhaolei, "HT2026-001 · 等你处理", "提醒:已等 24 小时", "[同意]")
	w.expectNothing(zhoumin)
	w.expectNothing(sunjing)
	w.say(zhaolei, "同意").advance(23 * time.Hour)
	w.expectNothing(chengang, "提醒")
	w.advance(time.Hour).expect(chengang, "提醒")
	w.expectNothing(zhaolei, "提醒")
}

func TestFortyEightHoursEscalate(t *testing.T) {
	t.Parallel()
	w, c, i := overdue(t)
	for _, p := range []sales.PersonID{sunjing, chengang} {
		m := w.expect(p, "🔴 合同超时未审 · HT2026-001 · 绍兴市立医院 128万", "48 小时", "卡在 法务 赵磊", "提醒 1 次,还没处理",
			"规则\"合同48小时\"", "[我来处理][催办赵磊][转给他人][2小时后再提醒]")
		if !m.hold.IsZero() {
			t.Errorf("held until %s", m.hold)
		}
		w.expect(p, "to-do 处理超时合同 HT2026-001 done=false")
	}
	w.expectNothing(hezong)
	if i.Level != 1 || i.State != sales.IncidentOpen {
		t.Errorf("incident = %+v", i)
	}
	w.say(sunjing, "为什么催我").expect(sunjing, "规则:\"合同48小时\"", "自然小时", "计时:3月11日 10:00 起", "卡在:法务 赵磊",
		"推送给 孙静", "推送给 陈刚", "接下来:3月16日 08:30 还没处理就推给 总经理")
	w.say(zhoumin, "谁在处理 HT2026-001").expect(zhoumin, "在 法务 赵磊 手上", "超时 1 小时", "已升级到第 1 级,推给了孙静、陈刚")

	w.tap(zhaolei, key(c, "step:1"), "同意")
	w.expect(sunjing, "卡在 销售总监 陈刚")
	w.tap(chengang, key(c, "step:2"), "同意")
	w.expect(sunjing, "合同超时已处理 · HT2026-001", "已通过 · 陈刚")
	w.expect(sunjing, "to-do 处理超时合同 HT2026-001 done=true")
	w.advance(100 * time.Hour)
	if len(w.new) > 0 {
		t.Errorf("after the decision was sent:\n%s", w.screen())
	}
	w.say(sunjing, "我来处理 HT2026-001").expect(sunjing, "已结束:已通过 · 陈刚", "没有再改动")
}

func TestNothingEscalatesWhenDecidedInTime(t *testing.T) {
	t.Parallel()
	w, _ := submitted(t)
	w.advance(47*time.Hour).say(zhaolei, "退回 HT2026-001 账期改成45天").advance(200 * time.Hour)
	if len(w.new) > 0 {
		t.Errorf("while it was with its requester was sent:\n%s", w.screen())
	}
	w.say(zhoumin, "重新提交 HT2026-001 账期改成45天") // Saturday a week later: the clock begins anew
	w.advance(47 * time.Hour).expectNothing(sunjing)
}

func TestTheNextLevelHearsOfItADayLater(t *testing.T) {
	t.Parallel()
	w, _, i := overdue(t)
	w.advance(23 * time.Hour).expectNothing(hezong)
	w.advance(72*time.Hour).expect(hezong, "🔴 合同超时未审", "推给总经理") // Monday morning: rest days are quiet
	w.expect(sunjing, "🔴 合同超时未审")
	if i = read(w, func(ctx context.Context, tx *store.Tx) (sales.Incident, error) { return tx.IncidentByID(ctx, i.ID) }); i.Level != 2 {
		t.Errorf("level %d", i.Level)
	}
	w.advance(100 * time.Hour)
	w.expectNothing(hezong)
	w.expectNothing(sunjing)
}

func TestAnAcknowledgementHoldsTheNextLevelUntilItLapses(t *testing.T) {
	t.Parallel()
	quick := func() (*bench, sales.Contract) {
		w := newBench(t)
		w.rewrite("合同48小时", "当 合同 进入 待审批 超过 48小时 且 未处理 则 推送 法务主管、销售总监 并 创建待办;再过 1小时 则 推送 总经理 并 创建待办\n认领 3小时 有效")
		w.say(zhoumin, filing).say(zhoumin, "无附件")
		c, _ := w.contract("HT2026-001")
		return w, c
	}
	w, _ := quick() // nobody took it up: told on Friday at 10:00, the next level at 11:00
	w.advance(24*time.Hour).advance(25*time.Hour).expect(hezong, "🔴")

	w, c := quick()
	w.advance(48 * time.Hour)
	i := w.incident(c)
	w.tap(sunjing, level(i, "1"), "我来处理")
	w.expect(sunjing, "孙静,到 3月13日 13:00 没结果再提醒")
	w.expect(chengang, "孙静,到 3月13日 13:00 没结果再提醒")
	w.tap(chengang, level(i, "1"), "我来处理").expect(chengang, "孙静 今天 10:00 已接下")
	w.say(sunjing, "谁在处理 HT2026-001").expect(sunjing, "孙静 今天 10:00 说了 我来处理")
	w.advance(2 * time.Hour).expectNothing(hezong)
	w.advance(time.Hour).expect(hezong, "🔴 合同超时未审")
}

func TestSnoozeComesAgainAndHasABound(t *testing.T) {
	t.Parallel()
	w, c, i := overdue(t)
	w.tap(sunjing, level(i, "1"), "2小时后再提醒").expect(sunjing, "稍后 3月13日 13:00 再提醒")
	w.advance(119 * time.Minute).expectNothing(sunjing)
	w.advance(time.Minute).expect(sunjing, "🔴 合同超时未审", "[我来处理]")
	w.expectNothing(sunjing, "to-do") // it has one already
	for range 2 {
		w.say(sunjing, "稍后 "+c.No).expect(sunjing, "再提醒:HT2026-001")
	}
	w.say(sunjing, "稍后 "+c.No).expect(sunjing, "已经推后 3 次")
}

func TestWhoWasToldMayPassItOn(t *testing.T) {
	t.Parallel()
	w, c, i := overdue(t)
	w.tap(sunjing, level(i, "1"), "催办赵磊").expect(zhaolei, "孙静催你看一下")
	w.tap(sunjing, level(i, "1"), "催办赵磊").expect(sunjing, "催过 法务 赵磊")
	w.tap(sunjing, level(i, "1"), "转给他人").expect(sunjing, "卡在 法务 赵磊,转给谁审")
	w.say(sunjing, "孙静").expect(sunjing, "已转交给孙静", "现在等 法务 孙静")
	w.say(sunjing, "同意 "+c.No).expect(chengang, "等你处理")
	_, r := w.contract(c.No)
	if e := r.Log[len(r.Log)-2]; e.Verb != approval.VerbTransfer || e.Actor != sunjing || e.For != zhaolei {
		t.Errorf("the log hides who passed it on for whom: %+v", e)
	}
	w.say(wangfang, "转交 "+c.No+" 李强").expect(wangfang, "不归你审")
	w.say(liqiang, "我来处理 "+c.No).expect(liqiang, "没有推给你,推给了孙静、陈刚")
}

func TestWhoItIsStuckWithIsRemindedNotAccused(t *testing.T) {
	t.Parallel()
	w, c := submitted(t)
	w.say(zhaolei, "同意").advance(49 * time.Hour)
	w.expect(sunjing, "🔴", "卡在 销售总监 陈刚")
	w.expectNothing(chengang, "🔴")
	w.expect(chengang, "等你处理", "[同意]")
	i := w.incident(c)
	steps := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.IncidentStep, error) {
		return tx.IncidentSteps(ctx, i.ID)
	})
	var story []string
	for _, s := range steps {
		story = append(story, s.What)
	}
	if got := strings.Join(story, " "); got != "opened held pushed" {
		t.Errorf("the story is %q", got)
	}
}

func TestQuietHoursHoldTheEscalation(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.advance(9 * time.Hour) // Wednesday 19:00 + 48 h is Friday 19:00; an hour later is quiet
	w.advance(90 * time.Minute)
	w.say(zhoumin, filing).say(zhoumin, "无附件") // 20:30
	w.advance(50 * time.Hour)                  // until Friday 22:30
	w.expectNothing(sunjing)
	w.advance(58*time.Hour + 1*time.Minute) // Monday 8:31
	w.expect(sunjing, "🔴 合同超时未审")
}
