package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/configs"
)

func TestAPartOfACustomerHasItsOwnOwner(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, other := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("李强").Skip()
		rep.Say("科室 绍兴市立医院 检验科 王主任")
		rep.ExpectText("已加", "检验科", "王建国")
		rep.Say("分管 绍兴市立医院 检验科 李强")
		rep.ExpectText("没有这个权限")
		other.Say("客户 绍兴市立医院")
		other.ExpectText("周敏的客户")
		lead.Say("分管 绍兴市立医院 骨科 李强")
		lead.ExpectText("没看懂", "骨科", "检验科")
		lead.Say("分管 绍兴市立医院 工业品 李强")
		lead.ExpectText("工业品 归李强")
		other.ExpectText("王芳", "绍兴市立医院", "工业品", "分管")
		// Rights follow, and "my customer" has one meaning for each line.
		other.Say("客户 绍兴市立医院")
		other.ExpectCard("绍兴市立医院", "周敏", "工业品 李强")
		other.Say("我的客户 工业品")
		other.ExpectText("绍兴市立医院(只管工业品)")
		rep.Say("我的客户 工业品")
		rep.ExpectText("你的客户 · 工业品").Without("绍兴市立医院")
		rep.Say("架构 绍兴市立医院")
		rep.ExpectText("负责人 周敏", "检验科", "王建国", "产品线:工业品 李强")
		lead.Say("分管 绍兴市立医院 检验科 李强")
		lead.ExpectText("检验科 归李强")
		other.ExpectText("检验科", "分管")
		// A visit to that department is told to who has it.
		newcomer := s.As("林夏").Skip()
		newcomer.Say("拜访 绍兴市立医院 王建国 看了离心机,嫌贵,下周二前寄样")
		newcomer.ExpectCard("拜访已记录")
		other.ExpectText("林夏去了", "绍兴市立医院")
		if n := w.count(t, "周敏", "林夏去了"); n != 0 {
			t.Errorf("who does not have the department hears of the visit")
		}
		lead.Say("分管 绍兴市立医院 工业品 取消")
		lead.ExpectText("不再单独分管", "归周敏")
		rep.Say("我的客户 火星线")
		rep.ExpectText("没有产品线", "火星线")
	})
}

func TestDepartmentsComeFromTheMasterFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "wecom", func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) {
			everybody(c, org)
			for i, m := range org.Master.Customers {
				if m.Name == "绍兴市立医院" {
					org.Master.Customers[i].Class, org.Master.Customers[i].Tags = "A", []string{"三甲"}
					org.Master.Customers[i].Parts = []configs.CustomerPart{{Name: "检验科", Head: "K001", Owner: "liqiang"}, {Name: "骨科"}}
					org.Master.Customers[i].Lines = map[string]string{"耗材": "linxia"}
				}
			}
		}
	})
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say("架构 绍兴市立医院")
	rep.ExpectText("负责人 周敏", "检验科", "→ 李强", "骨科 → 周敏", "耗材 林夏")
	rep.Say("客户 绍兴市立医院")
	rep.ExpectCard("A类", "三甲")
	newcomer := s.As("林夏").Skip()
	newcomer.Say("我的客户 耗材")
	newcomer.ExpectText("绍兴市立医院(只管耗材)")
	newcomer.Say("我的客户 诊断设备")
	newcomer.ExpectText("还没有")
}
