package main

import (
	"context"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

func TestWorkIsHandedOverAndTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, next := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("李强").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机,今天下午5点前发报价")
		rep.ExpectCard("拜访已记录")
		rep.Say("商机 绍兴市立医院 生化分析仪 50万 下月底签")
		rep.ExpectCard("商机")
		before := w.owned(t, "zhoumin")
		rep.Say("交接 周敏 给 李强")
		rep.ExpectText("没有这个权限")
		lead.Say("交接 周敏 给 赵磊")
		lead.ExpectText("不是销售")
		lead.Say("交接 周敏 给 没这人")
		lead.ExpectText("没有叫")
		lead.Say("交接 周敏 给 李强")
		preview := lead.ExpectCard("交接清单", "周敏 → 李强", "商机 1", "待办 1").ExpectButtons("全部交接", "按客户选", "按地区选", "算了")
		preview.Click("全部交接")
		preview = preview.ExpectUpdate("确认交接").ExpectButtons("确认交接", "算了")
		preview.Click("确认交接")
		s.Settle()
		s.At(onDay(11, 10, 5))
		done := preview.ExpectUpdate("已交接", "撤销")
		next.ExpectText("周敏的工作交给你了", "王芳安排", "先办这些", "绍兴市立医院 发报价")
		rep.ExpectText("王芳把你的工作", "交给了李强")
		if n := w.owned(t, "zhoumin"); n != 0 {
			t.Errorf("%d customers left behind", n)
		}
		next.Say("商机")
		next.ExpectText("绍兴市立医院", "50万")
		if v := w.lastVisit(t, "zhoumin"); v.PersonID != w.person(t, "zhoumin").ID {
			t.Errorf("the visit changed hands: %+v", v)
		}
		s.At(onDay(11, 17, 30))
		if w.count(t, "李强", "提醒", "发报价") == 0 {
			t.Error("the reminder does not reach the successor")
		}
		done.Click("撤销交接")
		s.Settle()
		s.At(onDay(11, 17, 40))
		lead.ExpectCard("交接", "周敏 → 李强", "已撤销").ExpectNoButtons()
		rep.ExpectText("交接已撤销")
		if n := w.owned(t, "zhoumin"); n != before {
			t.Errorf("%d customers are back, of %d", n, before)
		}
	})
}

func TestAPlaceIsHandedOver(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead := s.As("王芳").Skip()
		lead.Say("交接 周敏 给 李强 火星")
		lead.ExpectText("周敏名下没有", "火星")
		lead.Say("确认交接")
		lead.ExpectText("没有等你确认的交接")
		lead.Say("交接 周敏 给 李强 绍兴")
		lead.ExpectCard("确认交接", "范围 绍兴")
		lead.Say("取消交接")
		lead.ExpectText("没有交接")
		lead.Say("交接 周敏 给 李强 绍兴")
		lead.ExpectCard("确认交接", "范围 绍兴")
		lead.Say("确认交接")
		lead.ExpectText("开始交接", "周敏 → 李强")
		s.Settle()
		s.At(onDay(11, 10, 5))
		lead.ExpectCard("已交接", "范围 绍兴")
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID != w.person(t, "liqiang").ID {
			t.Errorf("owner = %d", c.OwnerID)
		}
		if c := w.customer(t, "嘉兴妇幼保健院"); c.OwnerID != w.person(t, "zhoumin").ID {
			t.Errorf("a customer elsewhere went along")
		}
	})
}

func TestALeaversWorkIsAskedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "dingtalk", func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) {
			everybody(c, org)
			for i, p := range org.People {
				if p.ID == "zhoumin" {
					org.People[i].Left = true
				}
			}
		}
	})
	s := bottest.New(t, w)
	lead := s.As("王芳")
	s.At(onDay(11, 10, 30))
	card := lead.ExpectCard("要交接", "周敏已离职", "客户")
	s.At(onDay(13, 10, 30))
	if n := w.count(t, "王芳", "要交接", "周敏已离职"); n != 1 {
		t.Errorf("asked %d times in three days", n)
	}
	lead.Skip()
	card.Click("林夏")
	preview := lead.ExpectCard("交接清单", "周敏(已离职) → 林夏")
	preview.Click("全部交接")
	preview.ExpectUpdate("确认交接").Click("确认交接")
	s.Settle()
	s.At(onDay(13, 10, 40))
	preview.ExpectUpdate("已交接")
	lead.Say("撤销交接 周敏")
	lead.ExpectText("已经离职")
	if n := w.owned(t, "zhoumin"); n != 0 {
		t.Errorf("%d customers left behind", n)
	}
}

func (w world) owned(t *testing.T, code string) (n int) {
	t.Helper()
	org, err := w.program.books.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var p sales.Person
	for _, one := range org.Everybody() {
		if one.Code == code {
			p = one
		}
	}
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		n, err = tx.OwnedCount(ctx, p.ID)
		return err
	})
	return n
}

// leadOwner is the name of who has a lead.
func (w world) leadOwner(t *testing.T, no string) string {
	t.Helper()
	var l sales.Lead
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = tx.LeadByNo(ctx, no)
		return err
	})
	org, err := w.program.books.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return org.Name(l.OwnerID)
}

// lastLeadOf is the number of the newest lead of a company.
func (w world) lastLeadOf(t *testing.T, company string) string {
	t.Helper()
	var list []sales.Lead
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.LeadTwins(ctx, "", sales.ParseName(company).Key)
		return err
	})
	if len(list) == 0 {
		t.Fatalf("no lead of %s", company)
	}
	return list[0].No
}

func TestApprovalsGoToTheSuccessor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head, admin := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip(), s.As("郑凯").Skip()
		file(rep, legal)
		admin.Say("交接 赵磊 给 孙静")
		card := admin.ExpectCard("交接清单", "赵磊 → 孙静", "待审批 1")
		card.Click("全部交接")
		card = card.ExpectUpdate("确认交接")
		card.Click("确认交接")
		s.Settle()
		s.At(onDay(11, 10, 5))
		card.ExpectUpdate("已交接")
		head.ExpectText("赵磊的工作交给你了", "待审批 1", "先办这些", "HT2026-001 等你审批")
		head.ExpectCard("合同待审批", "HT2026-001", "等 法务 孙静")
		legal.Skip()
		legal.Say("同意 HT2026-001")
		legal.ExpectText("已转给 孙静")
		head.Say("同意 HT2026-001")
		head.ExpectText("已同意", "陈刚")
	})
}
