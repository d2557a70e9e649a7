package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

func TestTwoCustomersAreMergedAndParted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗")
		rep.ExpectCard("客户已建")
		rep.Say("拜访 绍兴云岭康复医院 李院长 聊了离心机,周五前发报价")
		rep.ExpectCard("拜访已记录")
		old := w.customer(t, "绍兴云岭康复医院")
		target := w.customer(t, "绍兴市立医院")

		rep.Say("合并 绍兴云岭康复医院 到 绍兴市立医院")
		ask := rep.ExpectCard("合并客户", "等你确认", "并掉 绍兴云岭康复医院 · 周敏 · 拜访 1", "留下 绍兴市立医院 · 周敏", "名字不像").ExpectButtons("合并", "反过来", "不合了")
		ask.Click("合并")
		rep.ExpectText("合好了", "绍兴云岭康复医院并到绍兴市立医院", "撤销合并")
		ask.ExpectUpdate("已选").ExpectNoButtons()
		w.tapAgain(t, "周敏", ask, "合并", "customer.merge", old.ID, 1, "turn", target.ID.String(), "1")
		rep.ExpectText("已经合过了")

		rep.Say("拜访 云岭康复医院 聊了离心机的保修")
		rep.ExpectCard("拜访已记录", "绍兴市立医院")
		if v := w.lastVisit(t, "zhoumin"); v.CustomerID != target.ID {
			t.Errorf("the visit is with %d, want %d", v.CustomerID, target.ID)
		}
		for _, todo := range w.todos(t, "zhoumin") {
			if todo.CustomerID != target.ID {
				t.Errorf("a to-do stayed behind: %+v", todo)
			}
		}
		rep.Say("撤销合并")
		rep.ExpectText("还原成两家")
		if c := w.customer(t, "绍兴云岭康复医院"); c.ID != old.ID || c.Phone != old.Phone {
			t.Errorf("parted as %+v", c)
		}
		moved := 0
		for _, v := range w.visits(t, "zhoumin") {
			if v.CustomerID == old.ID {
				moved++
			}
		}
		if moved != 1 {
			t.Errorf("%d visits went back, want 1", moved)
		}
		rep.Say("客户 绍兴云岭康复医院")
		rep.ExpectCard("绍兴云岭康复医院", "13800005678")
		rep.Say("撤销合并")
		rep.ExpectText("没有能还原的合并")
	})
}

func TestWhoMayMerge(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		mine, theirs := w.customersOf(t, "zhoumin")[0], w.customersOf(t, "liqiang")[0]
		rep := s.As("周敏").Skip()
		rep.Say("合并 " + theirs.Name + " 到 " + mine.Name)
		rep.ExpectText("李强的客户", "主管或管理员")
		rep.ExpectNothingElse()
		lead, other := s.As("王芳").Skip(), s.As("李强").Skip()
		lead.Say("合并 " + theirs.Name + " 到 " + mine.Name)
		lead.ExpectCard("合并客户", theirs.Name).Click("合并")
		lead.ExpectText("合好了")
		other.ExpectText("王芳把"+theirs.Name+"并到了"+mine.Name, "负责人 周敏")
		s.FastForward(8 * 24 * time.Hour)
		lead.Say("撤销合并 " + theirs.Name)
		lead.ExpectText("没有能还原的合并")
	})
}

func TestTwoLegalPersonsAreNotMerged(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		list := w.customersOf(t, "zhoumin")
		codes := []string{"91330602MA288T9Y6J", "91110000600037341L"}
		for i, code := range codes {
			if _, err := sales.ParseUSCC(code); err != nil {
				t.Fatalf("%s: %v", code, err)
			}
			rep.Say("补资料 " + list[i].Name + " 信用代码 " + code)
			rep.ExpectText("记下了")
		}
		rep.Say("合并 " + list[0].Name + " 到 " + list[1].Name)
		rep.ExpectText("信用代码不同", "两个法人", "不能合")
	})
}

// A customer that is parted after its owner handed everything over goes to the successor with the other, not back to who left.
func TestPartedAfterAHandover(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, next := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("李强").Skip()
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗")
		rep.ExpectCard("客户已建")
		rep.Say("合并 绍兴云岭康复医院 到 绍兴市立医院")
		rep.ExpectCard("合并客户").Click("合并")
		rep.ExpectText("合好了")
		lead.Say("交接 周敏 给 李强")
		preview := lead.ExpectCard("交接清单")
		preview.Click("全部交接")
		preview = preview.ExpectUpdate("确认交接")
		preview.Click("确认交接")
		s.Settle()
		s.At(onDay(11, 10, 5))
		preview.ExpectUpdate("已交接")
		next.Skip()
		next.Say("拜访 绍兴市立医院 王主任 看了离心机")
		next.ExpectCard("拜访已记录")
		lead.Say("撤销合并 绍兴云岭康复医院")
		lead.ExpectText("还原成两家", "周敏的客户已经交出去了", "绍兴云岭康复医院归李强")
		if c := w.customer(t, "绍兴云岭康复医院"); c.OwnerID != w.person(t, "liqiang").ID {
			t.Errorf("it went to %d", c.OwnerID)
		}
		if v := w.lastVisit(t, "liqiang"); v.CustomerID != w.customer(t, "绍兴市立医院").ID {
			t.Error("what was filed since is not where it was filed")
		}
	})
}
