package handlers_test

import (
	"strings"
	"testing"

	"salesflow/store/approval"
)

func TestAnApproverWhoHasLeftIsReplaced(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, filing).say(zhoumin, "无附件")
	w.leave(chengang) // the second step's, before it is his turn
	w.say(zhaolei, "同意 HT2026-001")
	w.expect(hezong, "合同待审批", "等 销售总监 何总", "[同意]")
	_, r := w.contract("HT2026-001")
	if last := r.Log[len(r.Log)-1]; last.Verb != approval.VerbTransfer || last.ForName != "陈刚" || last.TargetName != "何总" || !strings.Contains(last.Comment, "已离职") {
		t.Errorf("the log says %+v", last)
	}
	w.say(hezong, "同意 HT2026-001")
	if _, r = w.contract("HT2026-001"); r.State != approval.Approved {
		t.Errorf("it is %s", r.State)
	}
}

func TestAReturnedContractOfWhoHasLeftIsTheSuperiors(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, filing).say(zhoumin, "无附件")
	w.say(zhaolei, "退回 HT2026-001 账期改成45天")
	w.leave(zhoumin)
	w.say(liqiang, "重新提交 HT2026-001 账期改成45天")
	w.expect(liqiang, "或者不归你看")
	w.say(wangfang, "重新提交 HT2026-001 账期改成45天")
	w.expect(wangfang, "已重新提交", "60天 → 45天")
	w.say(wangfang, "撤回 HT2026-001 客户不签了")
	if _, r := w.contract("HT2026-001"); r.State != approval.Withdrawn {
		t.Errorf("it is %s", r.State)
	}
}

func TestSeveralAreApprovedAtOnceWithAWordAndABadNumber(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, filing).say(zhoumin, "无附件")
	w.say(liqiang, "提交合同 宁波市立医院 生化分析仪 90万 40%预付 余款验收后30天").say(liqiang, "无附件")
	w.say(zhaolei, "同意 A1 A2 HT2026-099 X9 价格都核过")
	w.expect(zhaolei, "已同意:合同 HT2026-001", "已同意:合同 HT2026-002", "没有合同 HT2026-099", "看不出 X9 是哪一份")
	for _, no := range []string{"HT2026-001", "HT2026-002"} {
		if _, r := w.contract(no); r.Step != 1 || r.Log[len(r.Log)-1].Comment != "价格都核过" {
			t.Errorf("%s: step %d, %+v", no, r.Step, r.Log)
		}
	}
	w.say(chengang, "同意 A1 30天账期可以")
	if _, r := w.contract("HT2026-001"); r.State != approval.Approved || r.Log[len(r.Log)-1].Comment != "30天账期可以" {
		t.Errorf("a comment that begins with digits: %s, %+v", r.State, r.Log)
	}
	w.say(chengang, "同意 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11")
	w.expect(chengang, "一次最多批 10 份", "一份都没批")
	if _, r := w.contract("HT2026-002"); r.State != approval.Pending {
		t.Errorf("one of too many was approved")
	}
	w.say(chengang, "驳回 HT2026-002 "+strings.Repeat("长", 1000))
	w.expect(chengang, "写了 1000 字,最多 500 字")
	w.say(chengang, "驳回 HT2026-002 "+strings.Repeat("长", 10_000))
	w.expect(chengang, "这条太长了")
	if _, r := w.contract("HT2026-002"); r.State != approval.Pending {
		t.Errorf("decided with a reason that is too long")
	}
}
