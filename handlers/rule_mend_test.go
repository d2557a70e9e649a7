package handlers_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
)

// away says that somebody is on leave for some days from today.
func (w *bench) away(p, deputy sales.PersonID, days int) {
	w.write(func(tx *store.Tx) {
		from := sales.DayOf(w.Now())
		tx.CreateAbsence(sales.Absence{
			ID: tx.NewID(), PersonID: p, Kind: sales.AbsenceLeave, From: sales.At(from.Start()), Until: sales.At(from.AddDays(days).Start()),
			DeputyID: deputy, State: sales.AbsenceActive, CreatedAt: sales.At(w.Now()), Version: 1,
		})
	})
}

func (w *bench) promiseDue(day sales.Day) {
	w.write(func(tx *store.Tx) {
		tx.CreateTodo(sales.Todo{
			ID: tx.NewID(), OwnerID: zhoumin, CustomerID: shaoxing, SourceKind: "visit", Text: "寄样", DueOn: day, State: sales.TodoOpen,
			CreatedAt: sales.At(w.Now()), Version: 1,
		})
	})
}

const overdueRule = "当 待办.到期日 过后 1个工作日 且 状态 = 未完成 则 推送 负责人的主管 \"{内容} 过期\""

// The workday after a Saturday is the Monday, as it is after a Friday: not a day later, and not on the Saturday.
func TestADateOnADayOfRestIsOverOnTheNextWorkday(t *testing.T) {
	t.Parallel()
	for _, due := range []int{13, 14, 15} { // Friday to Sunday
		t.Run(fmt.Sprint("3月", due), func(t *testing.T) {
			t.Parallel()
			w := newBench(t)
			w.rule("过期", overdueRule)
			w.promiseDue(sales.NewDay(2026, time.March, due))
			w.advance(4*day + 22*time.Hour + 40*time.Minute) // Monday 8:40, before the records are looked at
			w.expectNothing(wangfang, "过期")
			w.advance(20 * time.Minute)
			w.expect(wangfang, "寄样 过期")
		})
	}
}

func TestAComplaintTakenBackDoesNotCount(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("又投诉", "当 客户 30天内 2次 投诉 则 推送 负责人的主管 \"{名称} 又投诉\"")
	w.say(zhoumin, "投诉 绍兴市立医院 仪器报错").say(zhoumin, "撤销")
	w.advance(time.Minute)
	w.say(zhoumin, "投诉 绍兴市立医院 仪器报错")
	w.expectNothing(wangfang, "又投诉")
	w.advance(time.Minute)
	w.say(zhoumin, "投诉 绍兴市立医院 又报错").expect(wangfang, "绍兴市立医院 又投诉")
}

// A rule that tells and no more leaves the task it gave with who has it, however often it fires.
func TestATaskStaysUntilItIsDone(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("查一查", "当 客户 30天内 2次 投诉 则 推送 负责人的主管 并 转任务给 主管 \"牵头查 {名称}\" 2个工作日内")
	for range 4 {
		w.say(zhoumin, "投诉 绍兴市立医院 仪器报错").advance(time.Hour)
	}
	list := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.Todo, error) { return tx.OpenTodos(ctx, wangfang, 50) })
	n := 0
	for _, todo := range list {
		if todo.SourceKind == "incident" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d tasks are open: %+v", n, list)
	}
}

func TestDaysOfLeaveAreNoDaysOfSilence(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.write(func(tx *store.Tx) {
		for _, p := range people {
			p.Code = fmt.Sprint("p", p.ID)
			tx.PutPerson(p)
		}
	})
	w.rule("没动静", "当 销售 连续 2个工作日 没有 拜访 则 推送 本人的主管 \"{姓名} 没动静\"")
	w.say(zhoumin, "拜访 绍兴市立医院 看了仪器")
	w.advance(day)
	w.away(zhoumin, 0, 4) // Thursday to Sunday
	w.advance(4 * day)    // Monday
	w.expectNothing(wangfang, "周敏 没动静")
	w.advance(2 * day) // Wednesday: Monday and Tuesday were empty
	w.expect(wangfang, "周敏 没动静")
}

// Who stands in for a deputy who is away has what was pushed: they can take it up.
func TestTheDeputyOfADeputyCanAct(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("投诉", "当 登记 投诉 则 推送 负责人的主管 \"{客户} 投诉\" 按钮 我来处理")
	w.away(wangfang, hezong, 2)
	w.away(hezong, chengang, 2)
	w.say(zhoumin, "投诉 绍兴市立医院 仪器报错").expect(chengang, "绍兴市立医院 投诉")
	w.say(chengang, "我来处理").expect(chengang, "接下了")
}

// A rule that tells and no more tells again each time.
func TestARuleThatFiresAgainIsHeardAgain(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("又投诉", "当 客户 30天内 2次 投诉 则 推送 负责人的主管 \"{名称} 又投诉\"")
	w.say(zhoumin, "投诉 绍兴市立医院 仪器报错").advance(time.Hour)
	for range 3 {
		w.say(zhoumin, "投诉 绍兴市立医院 仪器报错").expect(wangfang, "绍兴市立医院 又投诉")
		w.advance(time.Hour)
	}
}
