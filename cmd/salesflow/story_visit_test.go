package main

import (
	"context"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

const firstVisit = "拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样"

func TestAVisitIsFiledFromOneMessage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		card := rep.ExpectCard("拜访已记录", "绍兴市立医院", "王", "全自动生化分析仪", "30%", "3月17日 周二(6天后)")
		card.ExpectButtons("补需求", "修改", "撤销")
		rep.ExpectNothingElse()

		v := w.lastVisit(t, "zhoumin")
		if v.Day.String() != "2026-03-11" || v.ObjectionType != "price" || v.ObjectionPercent != "30" {
			t.Errorf("visit row = %+v", v)
		}
		todos := w.todos(t, "zhoumin")
		if len(todos) != 1 || todos[0].DueOn.String() != "2026-03-17" || todos[0].State != sales.TodoOpen {
			t.Errorf("to-dos = %+v", todos)
		}
	})
}

func TestAVisitIsFiledFromAGroup(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		group := s.As("周敏").In("华东一组").Skip()
		group.Say(firstVisit)
		card := group.ExpectCard("拜访已记录", "绍兴市立医院", "3月17日")
		card.Without("嫌贵", "30%")
		if v := w.lastVisit(t, "zhoumin"); v.ObjectionPercent != "30" {
			t.Errorf("the objection is not in the record: %+v", v)
		}
	})
}

func TestAnUnclearCustomerIsAskedFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("林夏").Skip()
		rep.Say("拜访 市立医院 介绍离心机,周五前发报价")
		card := rep.ExpectCard("是哪家", "绍兴市立医院", "宁波市立医院", "都不是")
		card.Click("绍兴市立医院")
		rep.ExpectCard("拜访已记录", "绍兴市立医院", "3月13日 周五")
		card.ExpectUpdate("已选").ExpectNoButtons()
	})
}

func TestADraftSurvivesARestart(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			inDir := func(o *demoOptions) { o.data = dir }
			w := newWorld(t, platform, inDir)
			s := bottest.New(t, w)
			rep := s.As("林夏").Skip()
			rep.Say("拜访 市立医院 介绍离心机,周五前发报价")
			rep.ExpectCard("是哪家")
			s.Settle()
			if err := w.demo.close(); err != nil {
				t.Fatal(err)
			}
			w = newWorld(t, platform, inDir)
			rep = bottest.New(t, w).As("林夏")
			rep.Say("1")
			rep.ExpectCard("拜访已记录", "市立医院", "3月13日 周五")
		})
	}
}

func TestAMissingFieldIsOneQuestion(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立医院 王主任")
		rep.ExpectText("聊了什么")
		rep.Say("看了离心机,想要报价,周五前发")
		rep.ExpectCard("拜访已记录", "绍兴市立医院", "离心机", "3月13日 周五")
		rep.ExpectNothingElse()
	})
}

func TestAVisitIsUndoneAndCorrected(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		card := rep.ExpectCard("拜访已记录")
		rep.Say("修改 日期改到下周四")
		rep.ExpectText("已改", "3月17日", "3月19日")
		card = card.ExpectUpdate("3月19日 周四")
		card.Click("修改")
		rep.ExpectText("改哪里")
		rep.Say("金额改成18万")
		rep.ExpectText("已改", "18万")
		card = card.ExpectUpdate("18万")
		changes := w.audit(t, "visit", w.lastVisit(t, "zhoumin").ID)
		if !holdsChange(changes, "金额", "", "18万") {
			t.Errorf("old and new value are not in the trace: %+v", changes)
		}
		card.Click("撤销")
		card.ExpectUpdate("拜访已撤销").ExpectNoButtons()
		if v := w.lastVisit(t, "zhoumin"); v.State != sales.VisitUndone {
			t.Errorf("visit = %+v", v)
		}
		if todos := w.todos(t, "zhoumin"); len(todos) != 0 {
			t.Errorf("to-dos of an undone visit stay open: %+v", todos)
		}
		rep.Say("撤销")
		rep.ExpectText("没有可以撤销的")
	})
}

func TestAMessageDeliveredThreeTimesIsOneRecord(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		for range 3 {
			rep.SayAgain("same-event", firstVisit)
		}
		rep.ExpectCard("拜访已记录")
		rep.ExpectNothingElse()
		if n := len(w.visits(t, "zhoumin")); n != 1 {
			t.Errorf("%d visits from one message", n)
		}
	})
}

func holdsChange(entries []sales.AuditEntry, field, old, now string) bool {
	for _, e := range entries {
		for _, c := range e.Changes {
			if c.Field == field && (old == "" || c.Old == old) && c.New == now {
				return true
			}
		}
	}
	return false
}

// view reads the store as a test sees it.
func (w world) view(t *testing.T, read func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := w.program.db.View(t.Context(), read); err != nil {
		t.Fatal(err)
	}
}

func (w world) person(t *testing.T, code string) sales.Person {
	t.Helper()
	org, err := w.program.books.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range org.People() {
		if p.Code == code {
			return p
		}
	}
	t.Fatalf("no person %s", code)
	return sales.Person{}
}

// visits are a person's visits, the newest first, the undone ones included.
func (w world) visits(t *testing.T, code string) (out []sales.Visit) {
	t.Helper()
	p := w.person(t, code)
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.VisitsOf(ctx, p.ID, 100)
		return err
	})
	return out
}

func (w world) lastVisit(t *testing.T, code string) sales.Visit {
	t.Helper()
	vs := w.visits(t, code)
	if len(vs) == 0 {
		t.Fatalf("%s has filed nothing", code)
	}
	return vs[0]
}

func (w world) todos(t *testing.T, code string) (out []sales.Todo) {
	t.Helper()
	p := w.person(t, code)
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.OpenTodos(ctx, p.ID, 50)
		return err
	})
	return out
}

func (w world) audit(t *testing.T, kind string, id sales.ID) (out []sales.AuditEntry) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.AuditOf(ctx, kind, id, 50)
		return err
	})
	return out
}
