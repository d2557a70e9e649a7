package main

import (
	"context"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

func TestACustomerIsCreatedFromOneMessage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗")
		rep.ExpectCard("客户已建", "绍兴云岭康复医院", "13800005678", "医疗", "周敏")
		rep.Say("拜访 云岭康复医院 李院长 聊了离心机,周五前发报价")
		rep.ExpectCard("拜访已记录", "绍兴云岭康复医院", "李院长", "低速离心机", "3月13日 周五")
		rep.ExpectNothingElse()
		c := w.customer(t, "绍兴云岭康复医院")
		if c.Phone != "13800005678" || c.Industry != "医疗" || c.City != "绍兴" || c.OwnerID != w.person(t, "zhoumin").ID {
			t.Errorf("customer = %+v", c)
		}
		if v := w.lastVisit(t, "zhoumin"); v.CustomerID != c.ID {
			t.Errorf("the visit is not with the new customer: %+v", v)
		}
	})
}

func TestACustomersFieldsAreAskedForOneByOne(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户")
		rep.ExpectText("全称")
		rep.Say("嘉兴南湖恒通")
		rep.ExpectText("联系电话")
		rep.Say("1234")
		rep.ExpectText("没看懂", "1234", "11 位")
		rep.Say("0573-82345678")
		card := rep.ExpectCard("什么行业").ExpectButtons("医疗", "制造", "快消", "教育", "其他")
		card.Click("医疗")
		rep.ExpectCard("客户已建", "嘉兴南湖恒通", "0573-82345678", "医疗")
		card.ExpectUpdate("已选").ExpectNoButtons()
		rep.ExpectNothingElse()
	})
}

func TestACustomerWeHaveIsNotCreatedTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户 绍兴市立医院 13900001111 医疗")
		rep.ExpectCard("查重", "相同 绍兴市立医院", "你的客户", "不能重复建").Click("就是绍兴市立医院")
		rep.ExpectCard("绍兴市立医院", "负责人 周敏")

		other := s.As("李强").Skip()
		other.Say("新客户 绍兴市立医院 13900001111 医疗")
		mine := other.ExpectCard("查重", "周敏的客户", "不能重复建", "先找周敏")
		mine.Without("13900001111", "王建国").ExpectButtons("不建了")
		other.Say("新建")
		other.ExpectText("不能重复建")
		other.Say("取消")
		other.ExpectText("不建了")
		if n := w.customersNamed(t, "绍兴市立医院"); n != 1 {
			t.Errorf("%d customers of one name", n)
		}
	})
}

func TestACustomerAlikeIsShownMasked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户 嘉兴南湖口腔门诊部 13800005678 医疗")
		rep.ExpectCard("客户已建")
		other := s.As("李强").Skip()
		other.Say("新客户 台州云岭五金 13800005678 制造")
		alike := other.ExpectCard("查重", "同电话", "周敏的客户", "是同一家吗")
		alike.Without("嘉兴南湖口腔门诊部").ExpectButtons("不是,新建", "不建了")
		alike.Click("不是,新建")
		other.ExpectCard("客户已建", "台州云岭五金", "李强")
	})
}

func TestAWrongCreditCodeIsNamed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户 湖州莫干山疗养院 13800007777 医疗 91330000123456789X")
		rep.ExpectText("信用代码", "91330000123456789X", "跳过")
		rep.Say("跳过")
		rep.ExpectCard("客户已建", "湖州莫干山疗养院")
		rep.Say("新客户 湖州长兴疗养院 138000 医疗")
		rep.ExpectText("电话没看懂", "138000")
		rep.Say("13800007778")
		rep.ExpectCard("客户已建", "湖州长兴疗养院", "13800007778")
	})
}

func TestAnUnknownCustomerIsCreatedOnTheWay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("林夏").Skip()
		rep.Say("拜访 诸暨浣江康复医院 赵院长 介绍尿液分析仪,下周三演示")
		rep.ExpectCard("诸暨浣江康复医院", "是新客户吗").Click("不是")
		rep.ExpectText("那是哪家")
		rep.Say("13700001234")
		rep.ExpectText("没看懂")
		rep.Say("诸暨浣江康复医院")
		rep.ExpectCard("诸暨浣江康复医院", "新建吗").Click("新建客户")
		rep.ExpectText("联系电话")
		rep.Say("13700001234")
		rep.ExpectCard("客户已建", "诸暨浣江康复医院", "医疗", "行业按名字记的")
		rep.ExpectCard("拜访已记录", "诸暨浣江康复医院", "赵院长", "3月18日 周三")
	})
}

func (w world) customer(t *testing.T, name string) sales.Customer {
	t.Helper()
	for _, c := range w.master(t).Customers {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no customer %s", name)
	return sales.Customer{}
}

func (w world) customersNamed(t *testing.T, name string) (n int) {
	t.Helper()
	for _, c := range w.master(t).Customers {
		if c.Name == name {
			n++
		}
	}
	return n
}

func (w world) master(t *testing.T) (m store.Master) {
	t.Helper()
	m, err := w.program.db.LoadMaster(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
