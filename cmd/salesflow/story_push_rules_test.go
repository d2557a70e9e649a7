package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// What reminds is a rule: switched off it reminds no more, changed it reminds as it says.
func TestASwitchedOffReminderIsGone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, admin := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("郑凯").Skip()
		admin.Say("规则 扫码要照片")
		admin.ExpectCard("扫码要照片", "30分钟内没有照片", "只发文字")
		admin.Say("规则 停用 扫码要照片")
		admin.ExpectAny()
		rep.Scan(w.code(t, "绍兴市立医院"))
		rep.ExpectCard("扫到了")
		s.FastForward(2 * time.Hour)
		rep.ExpectNothingElse()
		admin.Skip()
		admin.Say("规则 修改 审批提醒").ExpectText("整条发过来")
		admin.Say("当 合同.轮到时间 过后 3小时 且 状态 = 待审批 则 推送 当前审批人 卡片 审批单")
		admin.ExpectCard("审批提醒", "3小时").Click("启用")
		admin.ExpectAny()
		_, card := file(rep, legal)
		card.ExpectButtons("同意", "退回修改", "驳回", "更多")
		s.FastForward(3*time.Hour + time.Minute)
		again := legal.ExpectCard("提醒", "等你处理")
		legal.Say("为什么催我 HT2026-001")
		legal.ExpectText("规则:\"审批提醒\"", "轮到时间过了 3小时", "推送给 赵磊")
		again.Click("同意")
		s.As("陈刚").Skip().ExpectNothingElse()
		s.FastForward(3*time.Hour + time.Minute)
		s.As("陈刚").ExpectCard("提醒", "HT2026-001")
	})
}

// Rows of a release before the rules took reminders over are closed and say nothing.
func TestRowsOfRetiredRemindersSayNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "wecom")
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say("线索 诸暨浣江康复医院 13700001234 转介绍 想看尿液分析仪")
	rep.ExpectText("归你")
	var ids []sales.ID
	kinds := []string{"lead.remind", "lead.escalate", "approval.remind", "scan.photo", "fresh.scan", "product.certificate", "pool.remind", "sample.feedback"}
	if err := w.program.do(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		l, err := tx.LeadByNo(ctx, w.lastLeadOf(t, "诸暨浣江康复医院"))
		if err != nil {
			return err
		}
		ids = nil
		for _, kind := range kinds {
			d := sales.Due{ID: tx.NewID(), Kind: kind, SubjectKind: "lead", SubjectID: l.ID, Slot: "1", DueAt: sales.At(w.program.clock.Now()), State: sales.DuePending}
			tx.Schedule(d)
			ids = append(ids, d.ID)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.FastForward(2 * time.Minute)
	rep.ExpectNothingElse()
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		for i, id := range ids {
			d, err := tx.DueByID(ctx, id)
			if err != nil {
				return err
			}
			if d.State != sales.DueDone {
				t.Errorf("%s is %s: %s", kinds[i], d.State, d.Reason)
			}
		}
		return nil
	})
}

// What waits already when a reminder is switched on is found, too.
func TestASwitchedOnReminderFindsWhatWaits(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, lead := s.As("郑凯").Skip(), s.As("王芳").Skip()
		admin.Say("规则 停用 线索没接")
		admin.ExpectAny()
		lead.Say("线索 绍兴云岭康复医院 13800005678 展会 想要生化仪")
		lead.ExpectText("L1")
		rep := s.As(w.leadOwner(t, "L1"))
		rep.ExpectCard("线索 L1 · 待接")
		s.At(onDay(11, 15, 0))
		rep.ExpectNothingElse()
		admin.Skip()
		admin.Say("规则 启用 线索没接")
		admin.ExpectAny()
		rep.ExpectCard("线索 L1 · 待接", "提醒。已等").Click("接下")
		s.At(onDay(11, 19, 30))
		if n := w.count(t, "王芳", "线索没人接"); n != 0 {
			t.Errorf("what was taken went up %d times", n)
		}
	})
}
