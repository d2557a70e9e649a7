package handlers

import (
	"context"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
)

// at moves the clock to a time of the same day, or of a later one.
func (d *desk) at(day sales.Day, hour, minute int) {
	d.t.Helper()
	d.clock.Advance(day.At(hour, minute).Sub(d.clock.Now()))
}

// wednesday is the day the tests begin on.
var wednesday = sales.NewDay(2026, time.March, 11)

func (d *desk) report(person sales.PersonID, day sales.Day) sales.DailyReport {
	d.t.Helper()
	var rep sales.DailyReport
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		rep, err = tx.ReportOf(ctx, person, day)
		if sales.KindOf(err) == sales.NotFound {
			err = nil
		}
		return err
	})
	return rep
}

func (d *desk) todo(owner sales.PersonID, text string, due sales.Day) sales.Todo {
	d.t.Helper()
	var todo sales.Todo
	d.do(func(_ context.Context, tx *store.Tx) error {
		todo = sales.Todo{
			ID: tx.NewID(), OwnerID: owner, CustomerID: shaoxing, Text: text, DueOn: due, DueAt: sales.At(due.At(18, 0)),
			State: sales.TodoOpen, CreatedAt: sales.At(d.clock.Now()), Version: 1,
		}
		tx.CreateTodo(todo)
		return nil
	})
	return todo
}

// knowCustomers puts the customers of the book into the store too, where reports take names from.
func (d *desk) knowCustomers() {
	d.t.Helper()
	d.do(func(_ context.Context, tx *store.Tx) error {
		for _, c := range testBook().Customers.All() {
			tx.CreateCustomer(c)
		}
		return nil
	})
}

func TestTheReportIsFilledInAndSubmittedWithOneTap(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.knowCustomers()
	d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 9)
	d.say(zhoumin, "拜访 绍兴市立医院 介绍血球分析仪,下周二前寄样")
	d.say(zhoumin, "推进 绍兴市立医院")
	d.todo(zhoumin, "发报价", wednesday.AddDays(1))
	d.at(wednesday, 17, 5)
	r := d.say(zhoumin, "日报")
	expect(t, r, "日报 · 3月11日 周三 · 填好了", "今天 拜访 1,推进 1 单,新增承诺 1", "明天最该做:\n1. 绍兴市立医院 发报价(3月12日 周四)",
		"[提交][补一句][明天再说]")
	if rep := d.report(zhoumin, wednesday); rep.State != sales.ReportPrompted {
		t.Errorf("seen is not handed in: %+v", rep)
	}
	card := cardOf(t, r)
	face := faceOf(t, d.tap(zhoumin, card, "提交"), card.Key)
	if face.Closed != "已提交 · 周敏 今天 17:05" || len(face.Buttons) != 0 {
		t.Errorf("after the tap: %s", cardWords(face))
	}
	rep := d.report(zhoumin, wednesday)
	if rep.State != sales.ReportSubmitted || rep.Summary != "拜访 1,推进 1 单,新增承诺 1" || !strings.Contains(rep.Plan, "发报价") || rep.TeamID != east1 {
		t.Errorf("row %+v", rep)
	}
	d.clock.Advance(time.Minute)
	expect(t, d.tap(zhoumin, card, "提交"), "今天 17:05 交过了", "没有再改动")
	if again := d.report(zhoumin, wednesday); again.Version != rep.Version {
		t.Errorf("a second tap changed it: %+v", again)
	}
	expect(t, d.say(zhoumin, "日报"), "已提交 · 周敏 今天 17:05")
	expect(t, d.tap(liqiang, card, "提交"), "不是你的日报")
}

func TestASentenceIsAddedToTheReport(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.at(wednesday, 17, 0)
	card := cardOf(t, d.say(zhoumin, "rb"))
	expect(t, d.tap(zhoumin, card, "补一句"), "补什么")
	r := d.say(zhoumin, "王主任下周出差")
	expect(t, r, "日报已提交", "补充 王主任下周出差")
	if rep := d.report(zhoumin, wednesday); rep.Extra != "王主任下周出差" || rep.State != sales.ReportSubmitted {
		t.Errorf("row %+v", rep)
	}
	expect(t, d.say(zhoumin, "日报 还有样品到了"), "补上了:还有样品到了")
	if rep := d.report(zhoumin, wednesday); rep.Extra != "王主任下周出差 还有样品到了" || !rep.SubmittedAt.Equal(wednesday.At(17, 0)) {
		t.Errorf("row %+v", rep)
	}

	// Where a card has a line to type in, no question is needed.
	card = cardOf(t, d.say(liqiang, "日报"))
	r = d.turn(liqiang, bot.Event{Kind: bot.Tapped, Tap: &bot.Tap{
		Action: card.Buttons[1].Action.Encode(), Input: map[string]string{"extra": "明天去宁波"},
	}}, &bot.LiveCard{Key: card.Key, Face: card})
	expect(t, r, "已提交 · 李强", "补充 明天去宁波")
	expect(t, d.say(qianliu, "提交日报"), "日报已提交:还没有记录")
}

func TestALateReport(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	friday := wednesday.AddDays(2)
	d.at(friday, 18, 30)
	expect(t, d.say(zhoumin, "日报 提交"), "日报已补报")
	card := cardOf(t, d.say(liqiang, "日报"))
	face := faceOf(t, d.tap(liqiang, card, "明天再说"), card.Key)
	if !strings.Contains(face.Note, "3月16日 12:00 前都能补") || buttons(face) != "[提交][补一句]" {
		t.Errorf("put off: %s", cardWords(face))
	}
	monday := friday.AddDays(3)
	d.at(monday, 9, 0)
	expect(t, d.say(liqiang, "补报 周末整理完了"), "日报已补报")
	if rep := d.report(liqiang, friday); rep.State != sales.ReportSubmitted || rep.Extra != "周末整理完了" {
		t.Errorf("row %+v", rep)
	}
	d.at(monday, 12, 0)
	expect(t, d.say(qianliu, "补报"), "3月13日 周五的日报已经过了补报时间")
	if rep := d.report(qianliu, friday); rep.ID != 0 {
		t.Errorf("handed in too late: %+v", rep)
	}
	expect(t, d.say(liqiang, "日报 昨天 提交"), "3月13日 周五的日报", "交过了")
}

func TestTheLeadSeesTheTeamsDay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "拜访 绍兴市立医院 介绍血球分析仪,客户感兴趣")
	d.say(zhoumin, "日报 提交")
	r := d.say(wangfang, "日报")
	expect(t, r, "2 人 1 人已报", "周敏 已提交:拜访 1", "李强 没报:还没有记录")
	without(t, r, "钱六")
	expect(t, d.say(zhoumin, "晨报"), "晨报:主管", "没有这个权限")
}

func TestTheMorningMessage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.knowCustomers()
	stuck := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 12)
	d.put(liqiang, ningbo, "", 20*sales.Wan, sales.StageNeed, 2)
	d.todo(liqiang, "寄样", wednesday.AddDays(-3))
	d.say(liqiang, "推进 宁波市立医院")
	d.at(wednesday, 17, 30)
	d.say(zhoumin, "日报 提交")
	d.at(wednesday.AddDays(1), 8, 45)
	r := d.say(wangfang, "晨报")
	expect(t, r, "昨晚 18:00:2 人 1 人已报,推进 1 单。没报:李强。", "要你管的 2 件 · 3月12日 周四",
		"李强 绍兴市立医院 寄样(过期 4 天)", "周敏 推进 绍兴市立医院:方案提交 13 天没动", "[1 问李强][2 问周敏]")
	if !hasPicture(r) {
		t.Error("no heat map")
	}
	without(t, r, "准点率")
	card := cardOf(t, r)
	r = d.tap(wangfang, card, "2 问周敏")
	told := ""
	for _, s := range r.Say {
		if len(s.To) == 1 && s.To[0] == zhoumin && s.Push {
			told = s.Out.Text
		}
	}
	if !strings.Contains(told, "王芳问你:推进 绍兴市立医院:方案提交 13 天没动") || !strings.Contains(told, "输单 绍兴市立医院") {
		t.Errorf("told %q", told)
	}
	if face := faceOf(t, r, card.Key); buttons(face) != "[1 问李强]" || !strings.Contains(face.Note, "已问周敏") {
		t.Errorf("face %s", cardWords(face))
	}
	expect(t, d.say(wangfang, "问一下 1"), "已问李强", "寄样")
	expect(t, d.say(wangfang, "问一下 9"), "有 2 件")
	forged := cards.Card{Key: "x", Buttons: []cards.Button{{Text: "问", Action: cards.Action{Verb: "report.nudge", Record: int64(stuck.ID), Arg: "opportunity"}}}}
	expect(t, d.tap(qianliu, forged, "问"), "不在你名下")
	expect(t, d.sayIn(wangfang, "g1", "晨报"), "单聊我")
	expect(t, d.say(chengang, "晨报"), "3 人 1 人已报", "没报:李强、钱六")
}
