package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"salesflow/bot/bottest"
)

const contractFiling = "提交合同 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后60天 交期45天"

func TestAContractGoesThroughItsApprovers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		rep.Say(contractFiling)
		draft := rep.ExpectCard("合同草稿", "绍兴市立医院", "1,280,000")
		draft.Click("无附件")
		draft.ExpectUpdate("已提交")
		mine := rep.ExpectCard("合同待审批", "法务 赵磊")
		card := legal.ExpectCard("合同待审批", "等你处理", "1,280,000", "制度上限 45 天", "法务 赵磊 → 销售总监 陈刚")
		card.ExpectButtons("同意", "退回修改", "驳回", "更多")
		card.Click("更多")
		card = card.ExpectUpdate("转交", "加签")
		card.Click("返回")
		card = card.ExpectUpdate("等你处理")
		card.Click("同意")
		card.ExpectUpdate("已通过法务").ExpectNoButtons()
		mine.ExpectUpdate("已通过法务", "销售总监 陈刚")
		second := director.ExpectCard("等你处理")
		second.Click("同意")
		second.ExpectUpdate("已通过", "陈刚").ExpectNoButtons()
		rep.ExpectText("全部通过", "陈刚")
		legal.ExpectCard("已通过 · 陈刚").ExpectNoButtons()
		legal.ExpectNothingElse()
	})
}

func TestARejectionNeedsItsReason(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		card := legal.ExpectCard("等你处理")
		card.Click("驳回")
		legal.ExpectText("为什么驳回")
		legal.Say("账期太长")
		legal.ExpectText("已驳回")
		card.ExpectUpdate("合同已驳回", "账期太长").ExpectNoButtons()
		rep.ExpectText("赵磊", "驳回", "账期太长")
		legal.Say("同意 1")
		legal.ExpectText("已由 赵磊", "驳回")
	})
}

func TestFortyEightHoursReachTheLegalHead(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, legal, head, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip(), s.As("陈刚").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		legal.ExpectCard("等你处理")
		s.FastForward(49 * time.Hour)
		legal.ExpectCard("提醒", "24 小时")
		push := head.ExpectCard("合同超时未审", "绍兴市立医院", "卡在 法务 赵磊")
		director.ExpectCard("合同超时未审")
		push.Click("我来处理")
		push = push.ExpectUpdate("孙静", "没结果再提醒")
		head.Say("为什么催我")
		head.ExpectText("合同48小时", "自然小时", "孙静", "已发出")
		push.Click("催办")
		legal.ExpectCard("孙静催你看一下").Click("同意")
		head.ExpectCard("卡在 销售总监 陈刚")
	})
}

func TestAFileInTheChatSubmitsTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "dingtalk")
	s := bottest.New(t, w)
	rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
	rep.Say(contractFiling)
	rep.ExpectCard("合同草稿")
	rep.Send("采购合同.pdf", []byte("%PDF-1.4 contract"))
	rep.ExpectCard("合同待审批", "采购合同.pdf")
	legal.ExpectCard("等你处理", "采购合同.pdf")
	s.FastForward(time.Minute)
	legal.Say("附件 1")
	legal.ExpectText("采购合同.pdf")
}

func TestTheUploadPageSubmitsTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "wecom")
	s := bottest.New(t, w)
	rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
	rep.Say(contractFiling)
	link := ""
	for _, b := range rep.ExpectCard("合同草稿", "上传附件").Card.Buttons {
		if b.URL != "" {
			link = b.URL
		}
	}
	if got := upload(t, link, "采购合同.pdf"); got != http.StatusOK {
		t.Fatalf("the page answered %d", got)
	}
	rep.ExpectCard("合同待审批", "采购合同.pdf")
	legal.ExpectCard("等你处理", "采购合同.pdf")
	if got := upload(t, link, "又一份.pdf"); got != http.StatusNotFound {
		t.Errorf("the link works twice: %d", got)
	}
	legal.Say("附件 1")
	legal.ExpectText("采购合同.pdf")
}

// upload sends a file through the page behind a link.
func upload(t *testing.T, link, name string) int {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte("%PDF-1.4 contract")); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link, &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}
