package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// A sheet that can be made in a minute only, when what it is about has been sealed, does not hold up the clock until then.
func TestTheClockDoesNotWaitForWhatIsAhead(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, _ *bottest.Story, w world) {
		w.patience = time.Hour
		s := bottest.New(t, w)
		rep := s.As("周敏").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		s.As("赵磊").ExpectCard("等你处理").Click("同意")
		s.As("陈刚").ExpectCard("等你处理").Click("同意")
		rep.ExpectText("全部通过")
		rep.Say("审批单 HT2026-001")
		rep.ExpectText("审批单在做")
		ctx, cancel := context.WithTimeout(t.Context(), storyPatience)
		defer cancel()
		if err := w.settle(ctx); err != nil {
			t.Fatalf("settle: %v", err)
		}
		s.FastForward(2 * time.Minute)
		rep.ExpectText("审批单-HT2026-001.pdf")
	})
}
