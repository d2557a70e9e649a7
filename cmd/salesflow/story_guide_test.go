package main

import (
	"regexp"
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

// helpLine is one thing of the short help: "· 看一家客户:客户 绍兴市立医院".
var helpLine = regexp.MustCompile(`(?m)^· [^:]+:(.+)$`)

// lost are the beginnings of answers to what was not understood.
var lost = []string{"没看懂", "这个指令", "没处理成功", "用不了", "权限"}

func TestEveryExampleOfTheHelpWorksAsItIs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		s.As("周敏").Say(contractFiling).ExpectCard("合同草稿")
		s.As("周敏").Say("无附件")
		s.As("赵磊").ExpectCard("等你处理")
		for _, name := range []string{"周敏", "林夏", "王芳", "陈刚", "赵磊", "孙静", "吴桐", "郑凯"} {
			phone := s.As(name).Skip()
			phone.Say("帮助")
			help := phone.ExpectText(name, "你常用的")
			examples := helpLine.FindAllStringSubmatch(strings.ReplaceAll(help.Text, "  \n", "\n"), -1)
			if len(examples) == 0 || len(examples) > 5 {
				t.Errorf("%s is shown %d things:\n%s", name, len(examples), help.Text)
			}
			for _, e := range examples {
				phone.Skip()
				phone.Say(strings.TrimSpace(e[1]))
				if got := bottest.Plain(phone.ExpectAny().Message); anyOf(got, lost) {
					t.Errorf("%s sent %q and got:\n%s", name, e[1], got)
				}
			}
		}
	})
}

func TestHelpIsForTheRole(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		for name, words := range map[string][]string{
			"周敏": {"拜访 绍兴市立医院", "提交合同", "待办"}, "王芳": {"漏斗 华东一组", "晨报"}, "赵磊": {"审批", "同意", "退回"}, "陈刚": {"漏斗", "审批"},
		} {
			phone := s.As(name).Skip()
			phone.Say("帮助")
			phone.ExpectText(words...)
		}
		legal := s.As("赵磊").Skip()
		legal.Say("帮助")
		legal.ExpectText("审批").Without("拜访", "提交合同")
		rep := s.As("周敏").Skip()
		rep.Say("帮助 漏斗")
		rep.ExpectText("漏斗", "写法", "试试:漏斗")
		rep.Say("帮助 全部")
		rep.ExpectText("能用的指令", "拜访")
		rep.Skip()
		for _, word := range []string{"延期", "提交合同", "请假"} {
			if w.count(t, "周敏", word) == 0 {
				t.Errorf("%s is not among all commands", word)
			}
		}
		rep.Say("你好")
		rep.ExpectText("在。", "直接说", "发 帮助 看还能做什么")
	})
}

func TestAMistypedCommandSuggests(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		for typed, want := range map[string]string{"漏都": "漏斗", "带办": "待办", "提交和同 绍兴市立医院 28万": "提交合同 绍兴市立医院 28万"} {
			rep.Say(typed)
			rep.ExpectText("是不是", want)
		}
		rep.Say("待办事")
		rep.ExpectText("待办")
		rep.Say("ld")
		rep.ExpectText("本月")
		rep.Say("bf 绍兴市立医院 王主任 聊了离心机,周五前发报价")
		rep.ExpectCard("拜访已记录", "3月13日 周五")
	})
}

func TestAStrangerIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	for platform, other := range map[string]string{sim.WeCom: sim.DingTalk, sim.DingTalk: sim.WeCom} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", func(o *demoOptions) {
				o.change = func(_ *configs.Config, org *configs.Org) { everybodyOn(org, platform) }
				o.strangers = []sim.Person{{ID: "xujie", Name: "许洁", Platform: platform}, {ID: "zhoumin2", Name: "周敏", Platform: other}}
			})
			s := bottest.New(t, w)
			stranger := s.As("许洁").Skip()
			stranger.Say(firstVisit)
			stranger.ExpectText("不认识你", "没有记", "绑定", "管理员", "xujie")
			stranger.Say("帮助")
			stranger.ExpectText("不认识你")
			stranger.Say("绑定 123456")
			stranger.ExpectText("不对或已过期")

			rep, second := s.As("周敏", platform).Skip(), s.As("周敏", other).Skip()
			second.Say("待办")
			second.ExpectText("不认识你")
			rep.Say("绑定")
			code := regexp.MustCompile(`\d{6}`).FindString(rep.ExpectText("绑定码").Text)
			second.Say("绑定 " + code)
			second.ExpectText("周敏", "绑好了")
			second.Say(firstVisit)
			second.ExpectCard("拜访已记录", "绍兴市立医院")
			rep.Say("待办")
			rep.ExpectText("待办 1 条", "寄样")
			stranger.Say("绑定 " + code)
			stranger.ExpectText("不对或已过期")
			if n := len(w.visits(t, "zhoumin")); n != 1 {
				t.Errorf("%d visits, want the one of the second account", n)
			}
		})
	}
}

func anyOf(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
