package main

import (
	"slices"
	"testing"
	"time"

	"salesflow/configs"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
)

func packed(t *testing.T) []ruleText {
	t.Helper()
	files, err := configs.RulePack()
	if err != nil {
		t.Fatal(err)
	}
	list, err := rulesIn(files)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestThePackSaysWhatTheConfigurationSays(t *testing.T) {
	t.Parallel()
	usual := packed(t)
	if got := fitted(usual, configs.Default().Rules); !slices.Equal(got, usual) {
		t.Error("an empty configuration changes the pack")
	}
	r := configs.Default().Rules
	r.Approval.RemindAfter = []time.Duration{4 * time.Hour, 90 * time.Minute}
	r.Sample.FeedbackAfter = 72 * time.Hour
	r.Service.AcceptWithin = 4 * time.Hour
	r.ScanPhoto = time.Hour
	r.Leads.RemindAfter, r.Leads.EscalateAfter, r.Leads.ContactWithin = time.Hour, 3*time.Hour, 18*time.Hour
	r.Customers.FreshAfter, r.Customers.AskPerDay, r.Customers.CalibrationDay, r.Customers.CalibrationClasses = 60*24*time.Hour, 5, 10, []string{"KA"}
	list := fitted(usual, r)
	read, err := understood(list, subject.New(subject.All()).Schema(), docNames(t))
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	for _, x := range read {
		words[x.Name] = x.Words()
	}
	for name, want := range map[string]string{
		"审批提醒":   "合同的轮到时间过了 4小时、90分钟,并且 合同的状态是 待审批\n就 推送给当前审批人(卡片 审批单)",
		"样品问反馈":  "样品停在已送达超过 72小时,还没人处理\n就 推送给负责人(卡片 问反馈)",
		"投诉没人受理": "投诉停在待受理超过 4个工作小时,还没人处理\n就 推送给客服(卡片 受理),并推送给负责人的主管\"{记录人}记的{事项}({客户})等了 {已等},还没人受理。已再催客服。\"(只发文字)",
		"线索没接": "线索的分配时间过了 1个工作小时,并且 线索的状态是 待接\n就 推送给负责人(卡片 线索)\n再过 2个工作小时还没处理,就 推送给负责人的主管(卡片 线索没人管)\n" +
			"再过 3个工作小时还没处理,就 推送给销售总监(卡片 线索没人管)\n点了我来处理,4个工作小时没结果接着催",
		"重点客户每月校准": "每个工作日 10:30,对每个客户,并且 客户的级别是 KA 之一,并且 客户的在公海为 否,并且 今天 ≥ 月初 + 9天,并且 (客户的上次校准日没填 或 客户的上次校准日 < 月初)\n" +
			"就 发起校准\n每人每天最多 5 条,多的第二天再说",
	} {
		if words[name] != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, words[name], want)
		}
	}
	r.ScanPhoto, r.Sample.FeedbackAfter = 0, 0
	off := fitted(usual, r)
	for _, name := range []string{"扫码要照片", "样品问反馈"} {
		if i := slices.IndexFunc(off, func(w ruleText) bool { return w.Name == name }); i < 0 || !off[i].off {
			t.Errorf("%s is on, though its time is 0", name)
		}
	}
	if rules.Cycle(read, subject.New(subject.All()).Schema()) != nil {
		t.Error("rules of the pack start each other")
	}
}
