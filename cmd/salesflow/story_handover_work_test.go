package main

import (
	"context"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// workNotes are what was said about a work order.
func (w world) workNotes(t *testing.T, order sales.ID) (out []sales.WorkNote) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.WorkNotesOf(ctx, order, 50)
		return err
	})
	return out
}

func TestWorkOrdersAndTasksAreHandedOverWithTheirHistory(t *testing.T) {
	t.Parallel()
	onBothWithMakers(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, next, lead, admin := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("王芳").Skip(), s.As("郑凯").Skip()
		engineer, second := s.As("方远").Skip(), s.As("顾涛").Skip()
		openWork(t, rep, "主轴套", "")
		engineer.ExpectCard("技术评审 · GD2026-001", "方远 待接单")
		engineer.Say("批注 GD2026-001 公差 偏严")
		engineer.ExpectText("记下了")

		// The engineer's task goes to a colleague; the remark stays the engineer's.
		admin.Say("交接 方远 给 顾涛")
		preview := admin.ExpectCard("交接清单", "方远 → 顾涛", "工单任务 1")
		preview.Click("全部交接")
		preview.ExpectUpdate("确认交接").Click("确认交接")
		s.Settle()
		s.At(onDay(11, 10, 5))
		second.ExpectText("方远的工作交给你了", "先办这些", "GD2026-001 主轴套 技术评审", "接单 GD2026-001")
		order, tasks := w.workOrder(t, "GD2026-001")
		if tasks[0].OwnerID != w.person(t, "gutao").ID || tasks[0].DueAt.IsZero() {
			t.Errorf("the task is %+v", tasks[0])
		}
		var authors []sales.PersonID
		for _, n := range w.workNotes(t, order.ID) {
			authors = append(authors, n.PersonID)
		}
		if len(authors) != 2 || authors[0] != w.person(t, "fangyuan").ID || authors[1] != w.person(t, "gutao").ID {
			t.Errorf("notes are by %v", authors)
		}
		engineer.Say("完成 GD2026-001 可以做")
		engineer.ExpectText("在顾涛那里")
		second.Say("接单 GD2026-001")
		second.ExpectText("接下了")
		second.Say("完成 GD2026-001 可以做,两次装夹")
		second.ExpectText("已完成")

		// The rep's orders go with the book, the agreement that waits for legal among them, and come back.
		for name, say := range map[string]string{"钱进": "料三天到", "石垒": "排 4月12日"} {
			s.As(name).Skip().Say("完成 GD2026-001 " + say).ExpectText("已完成")
		}
		s.As("严明").Skip().Say("完成 GD2026-001 全检").ExpectText("都办完了")
		rep.Say("技术协议 GD2026-001").ExpectCard("技术协议 JX2026-001")
		rep.Say("送审 JX2026-001").ExpectCard("技术协议待审批")
		lead.Say("交接 周敏 给 李强")
		preview = lead.ExpectCard("交接清单", "周敏 → 李强", "工单 1")
		preview.Click("全部交接")
		preview.ExpectUpdate("确认交接").Click("确认交接")
		s.Settle()
		s.At(onDay(11, 10, 10))
		next.ExpectText("周敏的工作交给你了", "工单 1")
		next.Say("工单 GD2026-001").ExpectCard("工单 GD2026-001", "协议审批中")
		legal := s.As("赵磊").Skip()
		legal.Say("退回 JX2026-001 检验标准写全")
		next.ExpectText("JX2026-001", "退回修改", "检验标准写全")
		lead.Say("撤销交接 周敏").ExpectText("正在撤销")
		s.Settle()
		s.At(onDay(11, 10, 15))
		rep.ExpectText("交接已撤销")
		rep.Say("重新提交 JX2026-001 检验标准 全检").ExpectCard("技术协议待审批 · JX2026-001")
		if order, _ = w.workOrder(t, "GD2026-001"); order.OwnerID != w.person(t, "zhoumin").ID {
			t.Errorf("the order is %d's", order.OwnerID)
		}
	})
}
