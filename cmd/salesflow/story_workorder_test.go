package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// withMakers adds a second engineer to those of the demo company who make things.
func withMakers(platform string) func(*demoOptions) {
	return func(o *demoOptions) {
		o.change = func(_ *configs.Config, org *configs.Org) {
			org.People = append(org.People, configs.Person{ID: "gutao", Name: "顾涛", Roles: []string{"delivery"}, Team: org.People[0].Team})
			everybodyOn(org, platform)
		}
	}
}

func onBothWithMakers(t *testing.T, story func(t *testing.T, s *bottest.Story, w world)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, withMakers(platform))
			story(t, bottest.New(t, w), w)
		})
	}
}

// workOrder reads a work order with its tasks by its number.
func (w world) workOrder(t *testing.T, no string) (o sales.WorkOrder, tasks []sales.WorkTask) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if o, err = tx.WorkOrderByNo(ctx, no); err == nil {
			tasks, err = tx.WorkTasksOf(ctx, o.ID)
		}
		return err
	})
	return o, tasks
}

// sending is the chat in which a person can send files: on WeCom that with the robot.
func sending(p *bottest.Phone) *bottest.Phone {
	if p.Platform() == sim.WeCom {
		return p.In("robot")
	}
	return p
}

// drawn is what a drawing is called: WeCom tells the name only with the bytes.
func drawn(p *bottest.Phone) string {
	if p.Platform() == sim.WeCom {
		return "图纸"
	}
	return "主轴套.pdf"
}

const workSheet = "材质 45钢 公差 ±0.02 表面处理 发黑 数量 500 图纸 按样件 交期 4月20日 检验标准 GB/T 1804-m 包装 木箱 用途 机床主轴 年用量 6000 目标价 85元 特殊要求 没有"

// openWork opens a complete work order.
func openWork(t *testing.T, rep *bottest.Phone, title, more string) {
	t.Helper()
	rep.Say("工单 绍兴市立医院 " + title + " " + workSheet + " " + more)
	rep.ExpectCard("工单 GD2026-", "处理中", title)
}

func TestAWorkOrderFromOpeningToTheApprovedAgreement(t *testing.T) {
	t.Parallel()
	onBothWithMakers(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, engineer, buyer := s.As("周敏").Skip(), s.As("方远").Skip(), s.As("钱进").Skip()
		maker, quality, legal := s.As("石垒").Skip(), s.As("严明").Skip(), s.As("赵磊").Skip()
		// Field by field, several in one message, a wrong one, a drawing.
		rep.Say("工单 绍兴市立医院 主轴套 毛利40%")
		rep.ExpectCard("工单 GD2026-001 · 填写中", "绍兴市立医院 · 主轴套", "还缺", "材质?", "毛利 40%")
		rep.Say("材质 45钢 公差 ±0.02 数量 500")
		ask := rep.ExpectCard("3/12", "表面处理?")
		ask.Click("发黑")
		rep.ExpectCard("4/12", "图纸?")
		sending(rep).Send("主轴套.pdf", []byte("%PDF-1.4 one")).ExpectCard("5/12", drawn(rep)+" V1", "交期?")
		rep.Say("越早越好")
		rep.ExpectText("交期没看懂", "4月20日")
		rep.Say("交期4月20日,检验标准 GB/T 1804-m,包装木箱")
		rep.ExpectCard("8/12", "用途?")
		rep.Say("机床主轴")
		rep.ExpectCard("9/12", "年用量?")
		engineer.ExpectNothingElse()
		rep.Say("年用量 6000 目标价 85元 特殊要求 没有")
		rep.ExpectCard("工单 GD2026-001 · 处理中", "12/12", "技术评审 方远待接单", "毛利 40% · 年额 51万")
		// The engineer sees what to make and not what it earns.
		task := engineer.ExpectCard("技术评审 · GD2026-001", "主轴套", "材质 45钢", "方远 待接单").Without("85", "51万", "40%", "目标价")
		task.ExpectButtons("接单", "参数", "转给", "退回")
		task.Click("参数")
		engineer.ExpectText("公差 ±0.02", "数量 500件", "指纹").Without("目标价", "年用量", "毛利")
		engineer.Skip()
		task.Click("接单")
		task.ExpectUpdate("在做").ExpectButtons("完成", "参数", "批注", "退回")
		// Sent back, mended, taken up again.
		engineer.Say("退回 GD2026-001 公差 没写基准")
		engineer.ExpectText("已退回", "计时停着")
		rep.ExpectCard("退回补充", "公差 没写基准").ExpectButtons("已补齐", "参数", "批注", "取消工单")
		s.FastForward(2 * time.Hour)
		rep.Skip()
		rep.Say("工单 GD2026-001 公差 ±0.02 对A基准")
		rep.ExpectCard("处理中")
		engineer.ExpectCard("技术评审", "在做", "周敏补了:公差")
		engineer.Say("批注 GD2026-001 公差 偏严,建议 ±0.03")
		engineer.ExpectText("记下了")
		rep.ExpectText("方远在 GD2026-001", "批注[公差]", "建议 ±0.03")
		engineer.Say("完成 GD2026-001 可以做,两次装夹")
		engineer.ExpectText("已完成", "采购询价 钱进", "生产排期 石垒")
		rep.ExpectText("技术评审完成", "可以做,两次装夹")
		// Two at a time.
		bought := buyer.ExpectCard("采购询价 · GD2026-001", "待接单")
		made := maker.ExpectCard("生产排期 · GD2026-001", "待接单")
		quality.ExpectNothingElse()
		bought.Click("接单")
		buyer.Say("完成 GD2026-001 45钢现货,5天")
		buyer.ExpectText("已完成", "生产排期 石垒")
		made.Click("接单")
		maker.Say("完成 GD2026-001")
		maker.ExpectText("结论?")
		sending(maker).Send("排期.xlsx", []byte("PK one")).ExpectText("附在 GD2026-001 的生产排期上了")
		maker.Say("完成 GD2026-001 12天可交")
		maker.ExpectText("已完成", "质量确认 严明")
		rep.Skip()
		quality.ExpectCard("质量确认 · GD2026-001").Click("接单")
		quality.Say("技术协议 GD2026-001")
		quality.ExpectText("由周敏改")
		rep.Say("技术协议 GD2026-001")
		rep.ExpectText("还没办完", "质量确认 严明")
		quality.Say("完成 GD2026-001 全检可行")
		quality.ExpectText("已完成", "等周敏出技术协议")
		ready := rep.ExpectCard("工单 GD2026-001 · 都办完了", "可以出技术协议了")
		ready.Click("出技术协议")
		rep.ExpectCard("技术协议 JX2026-001 · V1", "草稿", "主轴套", "指纹")
		rep.ExpectText("技术协议 GD2026-001 V1.docx")
		// A second version, compared with the first.
		rep.Say("工单 GD2026-001 包装 托盘")
		s.Settle()
		rep.Skip()
		rep.Say("帮助 送审") // changed since: the step before it
		rep.ExpectText("试试:技术协议 GD2026-001")
		rep.Say("送审 JX2026-001")
		rep.ExpectText("V1 之后又改过", "出新版")
		rep.Say("技术协议 GD2026-001")
		draft := rep.ExpectCard("技术协议 JX2026-001 · V2", "改了 包装")
		rep.Say("技术协议 GD2026-001 对比")
		rep.ExpectText("V1 → V2", "包装 木箱 → 托盘")
		rep.Say("帮助 送审")
		rep.ExpectText("试试:送审 JX2026-001")
		draft.Click("送法务")
		rep.ExpectCard("技术协议待审批 · JX2026-001", "等 法务 赵磊")
		rep.Say("工单 GD2026-001 公差 ±0.05")
		rep.ExpectText("在审批", "不能改")
		legal.ExpectCard("技术协议待审批 · JX2026-001", "等你处理", "V2").Without("85元", "51万")
		legal.Say("附件 JX2026-001")
		legal.ExpectText("技术协议 GD2026-001 V2.docx")
		legal.Say("退回 JX2026-001 验收写到具体抽样")
		legal.ExpectText("已退回", "JX2026-001")
		rep.ExpectText("退回修改", "抽样")
		rep.Skip()
		rep.Say("重新提交 JX2026-001 检验标准 GB/T 1804-m 全检")
		rep.ExpectText("已重新提交", "V3", "赵磊")
		legal.ExpectCard("等你处理", "V3").Click("同意")
		rep.ExpectText("JX2026-001", "全部通过", "锁定")
		o, tasks := w.workOrder(t, "GD2026-001")
		if o.State != sales.WorkDone || o.Revision != 3 || o.Value("包装") != "托盘" || o.Value("检验标准") != "GB/T 1804-m 全检" || o.Priority != 2 {
			t.Errorf("order %+v", o)
		}
		if tasks[0].HeldSeconds != 2*3600 || len(tasks[2].Files) != 1 {
			t.Errorf("tasks %+v", tasks)
		}
		rep.Skip()
		rep.Say("工单 GD2026-001 公差 ±0.05")
		rep.ExpectText("已经批了", "锁定")
		text := w.agreementText(t, o.ID, 3)
		for _, want := range []string{"技术协议", "绍兴市立医院", "主轴套", "±0.02 对A基准", "GB/T 1804-m 全检", "托盘", "2026 年 4 月 20 日", drawn(rep) + " V1"} {
			if !strings.Contains(text, want) {
				t.Errorf("the agreement lacks %s", want)
			}
		}
		if strings.Contains(text, "85.00") || strings.Contains(text, "目标价") || strings.Contains(text, "{") {
			t.Error("the agreement says what only sales may know, or has an open place")
		}
		rep.Say("工单统计 本月")
		rep.ExpectText("1 张", "技术评审 1 项", "采购 1 项", "中位", "17.0 小时")
	})
}

// agreementText is the text of a version's file as it is kept.
func (w world) agreementText(t *testing.T, order sales.ID, revision int) string {
	t.Helper()
	var v sales.AgreementVersion
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.AgreementVersions(ctx, order)
		if err == nil && len(list) >= revision {
			v = list[revision-1]
		}
		return err
	})
	body, _, mime, err := w.program.files.Open(t.Context(), v.FileID)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil || !strings.Contains(mime, "wordprocessingml") {
		t.Fatal(mime, err)
	}
	const maxUnzipped = 1 << 20
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxUnzipped))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheQueueHasHighMarginsFirstAndTheLoadIsShared(t *testing.T) {
	t.Parallel()
	onBothWithMakers(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, engineer, second := s.As("周敏").Skip(), s.As("方远").Skip(), s.As("顾涛").Skip()
		openWork(t, rep, "普通轴", "毛利12% 年用量 10")
		openWork(t, rep, "主轴", "毛利40%")
		openWork(t, rep, "急件轴", "毛利12% 年用量 10 加急")
		openWork(t, rep, "次轴", "毛利25% 年用量 10 交期 4月10日")
		engineer.ExpectCard("GD2026-001")
		second.ExpectCard("GD2026-002")
		engineer.ExpectCard("GD2026-003", "加急")
		second.ExpectCard("GD2026-004")
		engineer.Say("工单队列")
		queue := bottest.Plain(engineer.ExpectText("工单队列 · 交付 · 4 项", "GD2026-001").Without("毛利", "12%").Message)
		last := 0
		for _, no := range []string{"GD2026-002", "GD2026-004", "GD2026-003", "GD2026-001"} {
			at := strings.Index(queue, no)
			if at < last {
				t.Fatalf("%s stands too early:\n%s", no, queue)
			}
			last = at
		}
		// A colleague takes over what nobody has begun; a task is handed on; a stranger does neither.
		second.Say("接单 GD2026-001 技术评审")
		second.ExpectText("接下了", "GD2026-001")
		engineer.ExpectText("顾涛接走了 GD2026-001")
		second.Skip()
		second.Say("转给 GD2026-001 方远 我明天出差")
		second.ExpectText("已转给方远")
		engineer.ExpectCard("技术评审 · GD2026-001", "顾涛转给你的", "明天出差")
		other := s.As("李强").Skip()
		other.Say("工单 GD2026-001")
		other.ExpectText("或者不归你看").Without("普通轴")
		other.Say("取消工单 GD2026-001 不做了")
		other.ExpectText("或者不归你看")
		buyer := s.As("钱进").Skip()
		buyer.Say("完成 GD2026-001 做完了")
		buyer.ExpectText("没有轮到你的任务")
		engineer.Skip()
		engineer.Say("取消工单 GD2026-001 不想做")
		engineer.ExpectText("由周敏改", "批注 GD2026-001")
		rep.Skip()
		rep.Say("取消工单 GD2026-001")
		rep.ExpectText("为什么取消")
		rep.Say("客户不做了")
		rep.ExpectText("已取消", "GD2026-001")
		engineer.ExpectText("GD2026-001", "取消了", "客户不做了")
		engineer.Say("完成 GD2026-001 做完了")
		engineer.ExpectText("取消", "没有改动")
		director := s.As("陈刚").Skip()
		director.Say("工单队列 工程")
		director.ExpectText("3 项", "毛利 40%")
	})
}

func TestAWorkOrderMessageDeliveredTwiceOpensOne(t *testing.T) {
	t.Parallel()
	onBothWithMakers(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, engineer := s.As("周敏").Skip(), s.As("方远").Skip()
		text := "工单 绍兴市立医院 主轴套 " + workSheet
		rep.SayAgain("work-1", text)
		rep.ExpectCard("GD2026-001", "处理中")
		rep.SayAgain("work-1", text)
		s.Settle()
		task := engineer.ExpectCard("GD2026-001", "待接单")
		task.Click("接单")
		task.ExpectUpdate("在做")
		_, tasks := w.workOrder(t, "GD2026-001")
		w.tapAgain(t, "方远", task, "接单", "worktask.accept", tasks[0].ID, tasks[0].Version-1)
		s.Settle()
		if _, after := w.workOrder(t, "GD2026-001"); len(after) != 4 || after[0].Version != tasks[0].Version || after[0].State != sales.TaskAccepted {
			t.Errorf("tasks %+v", after)
		}
		w.view(t, func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.WorkOrdersOf(ctx, sales.Scope{All: true}, 0, 10)
			if len(list) != 1 {
				t.Errorf("%d work orders", len(list))
			}
			return err
		})
	})
}
