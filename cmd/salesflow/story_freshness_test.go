package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/configs"
)

func TestAnOldKeyFieldIsConfirmedByOneTap(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		lead.Say("分级 绍兴市立医院 KA") // so that it stays hers for three months
		lead.ExpectText("KA")
		for _, f := range []string{"预算周期 每年10月报明年的", "技术配置 两台贝克曼", "采购负责人 设备科赵科长"} {
			rep.Say("关键信息 绍兴市立医院 " + f)
			rep.ExpectText("已记")
		}
		rep.Say("关键信息 绍兴市立医院 身高 180")
		rep.ExpectText("没有", "身高", "决策链")
		rep.Say("关键信息 绍兴市立医院")
		rep.ExpectText("预算周期:每年10月报明年的(周敏 今天", "决策链:还不知道")
		s.At(onDay(11, 12, 0).AddDate(0, 0, 91)) // Wednesday, June 10
		budget := rep.ExpectCard("还对吗 · 绍兴市立医院", "预算周期", "每年10月报明年的").ExpectButtons("仍然有效", "有变化")
		tech := rep.ExpectCard("还对吗 · 绍兴市立医院", "技术配置", "两台贝克曼")
		rep.ExpectCard("还对吗 · 绍兴市立医院", "采购负责人")
		rep.Say("为什么催我 绍兴市立医院")
		rep.ExpectText("规则:\"关键信息问一问\"", "今天 - 90天", "每人每天最多 3 条")
		budget.Click("仍然有效")
		budget.ExpectUpdate("仍然有效 · 周敏").ExpectNoButtons()
		tech.Click("有变化")
		rep.ExpectText("技术配置现在是什么")
		rep.Say("去年换成迈瑞了")
		rep.ExpectText("已记", "去年换成迈瑞了", "原来:两台贝克曼")
		rep.Say("关键信息 绍兴市立医院")
		rep.ExpectText("技术配置:去年换成迈瑞了(周敏 今天")
		other := s.As("李强").Skip()
		other.Say("关键信息 绍兴市立医院")
		other.ExpectText("周敏的客户").Without("迈瑞")
	})
}

func TestAKeyCustomerIsCalibrated(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				everybody := o.change
				o.change = func(c *configs.Config, org *configs.Org) {
					org.People = append(org.People,
						configs.Person{ID: "fuwu", Name: "客服小何", Phone: "13800000021", Roles: []string{"service"}, Team: "east1"})
					everybody(c, org)
				}
			})
			s := bottest.New(t, w)
			rep, service, delivery := s.As("周敏").Skip(), s.As("客服小何").Skip(), s.As("方远").Skip()
			rep.Say("分级 绍兴市立医院 A")
			rep.ExpectText("A类")
			for _, f := range []string{"预算周期 每年10月", "技术配置 两台贝克曼", "采购负责人 赵科长"} {
				rep.Say("关键信息 绍兴市立医院 " + f)
				rep.ExpectText("已记")
			}
			s.At(onDay(11, 11, 0)) // past the 5th: at 10:30
			mine := rep.ExpectCard("校准", "绍兴市立医院", "销售来答", "预算周期:每年10月")
			mine.Click("都对")
			mine.ExpectUpdate("已答", "对").ExpectNoButtons()
			theirs := service.ExpectCard("校准", "客服来答")
			theirs.Click("2不对")
			service.ExpectText("技术配置是什么")
			service.Say("换成迈瑞了")
			service.ExpectText("记下了")
			theirs = theirs.ExpectUpdate("换成迈瑞了(改)")
			theirs.Click("都对")
			theirs.ExpectUpdate("已答")
			delivery.ExpectCard("校准", "交付来答")
			delivery.Say("校准 绍兴市立医院 看看")
			delivery.ExpectText("没看懂", "都对")
			delivery.Say("校准 绍兴市立医院 不清楚")
			delivery.ExpectText("记下了")
			conflict := rep.ExpectCard("说法不一致", "绍兴市立医院", "技术配置", "销售 两台贝克曼 · 周敏", "客服 换成迈瑞了 · 客服小何").
				ExpectButtons("按销售的", "按客服的")
			s.As("王芳").ExpectCard("说法不一致", "技术配置")
			conflict.Click("按客服的")
			conflict.ExpectUpdate("按客服:换成迈瑞了 · 周敏").ExpectNoButtons()
			rep.Say("校准 绍兴市立医院")
			rep.ExpectText("2026-03 校准 · 已结束", "客服 客服小何:换成迈瑞了")
			rep.Say("关键信息 绍兴市立医院")
			rep.ExpectText("技术配置:换成迈瑞了(周敏 今天")
		})
	}
}

// Who does not answer in time is not waited for: what the others agree on counts.
func TestACalibrationEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "wecom", func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) {
			org.People = append(org.People, configs.Person{ID: "fuwu", Name: "客服小何", Phone: "13800000021", Roles: []string{"service"}, Team: "east1"})
			everybody(c, org)
		}
	})
	s := bottest.New(t, w)
	rep, service := s.As("周敏").Skip(), s.As("客服小何").Skip()
	rep.Say("分级 绍兴市立医院 A")
	rep.ExpectText("A类")
	rep.Say("关键信息 绍兴市立医院 预算周期 每年10月")
	rep.ExpectText("已记")
	s.At(onDay(11, 11, 0))
	service.ExpectCard("校准", "客服来答", "每年10月", "还不知道")
	service.Say("校准 绍兴市立医院 1 改成每年9月")
	service.ExpectText("记下了")
	s.At(onDay(18, 18, 30)) // five workdays
	rep.Skip()
	rep.Say("校准 绍兴市立医院")
	rep.ExpectText("2026-03 校准 · 已结束", "客服小何:改成每年9月")
	rep.Say("关键信息 绍兴市立医院")
	rep.ExpectText("预算周期:改成每年9月(客服小何")
	service.Say("校准 绍兴市立医院 都对")
	service.ExpectText("没有要答的校准")
}
