package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

const filing = "提交合同 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后60天 交期45天"

// submitted is a company in which 周敏 has submitted HT2026-001.
func submitted(t *testing.T, change ...func(*handlers.Settings)) (*bench, sales.Contract) {
	t.Helper()
	w := newBench(t, change...)
	w.say(zhoumin, filing).say(zhoumin, "无附件")
	c, _ := w.contract("HT2026-001")
	return w, c
}

func key(c sales.Contract, who string) string { return "contract:" + c.ID.String() + "/" + who }

func TestAContractIsSubmittedAndApproved(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, filing)
	w.expect(zhoumin, "合同草稿 · 绍兴市立医院", "全自动生化分析仪", "¥1,280,000.00(标准价 91 折)", "⚠ 制度上限 45 天", "[上传附件]", "[无附件提交]")
	w.send(zhoumin, "合同扫描件.pdf")
	w.expect(zhoumin, "合同待审批 · HT2026-001 · 等 法务 赵磊", "[催办]", "[撤回]", "合同扫描件.pdf")
	m := w.expect(zhaolei, "合同待审批 · HT2026-001 · 等你处理", "绍兴市立医院(A 类)", "¥1,280,000.00", "30% 预付,余款验收后 60 天 ⚠ 制度上限 45 天",
		"45 天", "周敏", "48 小时内处理", "法务 赵磊 → 销售总监 陈刚", "[同意][退回修改][驳回][更多]")
	if len(m.out.Card.Fields) > 6 || len(m.out.Card.Buttons) > 4 {
		t.Errorf("the card is too full: %d fields, %d buttons", len(m.out.Card.Fields), len(m.out.Card.Buttons))
	}
	w.expectNothing(chengang)

	c, _ := w.contract("HT2026-001")
	if c.PrepayPercent != 30 || c.PaymentDays != 60 || c.DeliveryDays != 45 || c.Amount != 128*sales.Wan || len(c.Files) != 1 {
		t.Errorf("contract = %+v", c)
	}
	w.advance(2*time.Hour).tap(zhaolei, key(c, "step:1"), "同意")
	w.expect(chengang, "HT2026-001 · 等你处理", "[同意]")
	w.expect(zhaolei, "合同已通过法务", "已通过法务 · 赵磊 3月11日 12:00")
	w.expect(zhoumin, "合同已通过法务 · HT2026-001 · 等 销售总监 陈刚")

	w.tap(chengang, key(c, "step:2"), "同意")
	w.expect(zhoumin, "全部通过", "陈刚")
	w.expect(zhoumin, "合同已通过", "已通过 · 陈刚 3月11日 12:00")
	w.expect(zhaolei, "合同已通过 · HT2026-001")
	if c, r := w.contract("HT2026-001"); c.State != sales.ContractApproved || r.State != approval.Approved {
		t.Errorf("contract %s, request %s", c.State, r.State)
	}
	w.advance(100 * time.Hour)
	if len(w.new) > 0 {
		t.Errorf("after the decision was sent:\n%s", w.screen())
	}
}

func TestAMissingCustomerAndAmountAreAskedFor(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, "提交合同 市立医院 30%预付")
	w.expect(zhoumin, "合同是哪家客户的?")
	w.say(zhoumin, "绍兴市立医院").expect(zhoumin, "多少钱")
	w.say(zhoumin, "很多").expect(zhoumin, "金额没看懂")
	w.say(zhoumin, "128万").expect(zhoumin, "合同草稿", "30% 预付")
	w.say(zhoumin, "账期改成45天").expect(zhoumin, "合同草稿", "余款验收后 45 天")
	w.tap(zhoumin, draftKeyOf(w), "无附件提交")
	w.expect(zhaolei, "HT2026-001", "没有附件")
	w.expect(zhoumin, "合同草稿", "已提交 HT2026-001")
}

// draftKeyOf is the key of the draft card that was sent last.
func draftKeyOf(w *bench) string {
	for _, m := range w.new {
		if m.out.Card != nil && strings.HasPrefix(m.out.Card.Key, "draft:") {
			return m.out.Card.Key
		}
	}
	w.t.Fatalf("no draft was shown:\n%s", w.screen())
	return ""
}

func TestADraftCanBeDropped(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, filing)
	face := w.live(zhoumin, draftKeyOf(w))
	w.tapFace(zhoumin, face, "不提交了").expect(zhoumin, "没有提交")
	w.tapFace(zhoumin, face, "无附件提交").expect(zhoumin, "草稿已经不在了")
	w.expectNothing(zhaolei)
}

func TestInAGroupTheContractIsRounded(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.sayInGroup(zhoumin, filing)
	w.expect(0, "草稿发到你的单聊")
	w.expectNothing(0, "128")
	w.expect(zhoumin, "合同草稿", "¥1,280,000.00")
	w.say(zhoumin, "无附件")
	w.expect(0, "HT2026-001", "约130万", "详情请单聊我")
	w.expectNothing(0, "1,280,000")
	w.sayInGroup(zhoumin, "合同 HT2026-001").expect(0, "约130万")
	w.expectNothing(0, "60 天")
}

func TestAFileSentBeforeBelongsToTheNextContract(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.send(zhoumin, `C:\合同\扫描 1.pdf`).expect(zhoumin, "收下了:扫描 1.pdf", "提交合同")
	w.say(zhoumin, filing).expect(zhoumin, "合同草稿", "附件 扫描 1.pdf", "[提交]")
	w.say(zhoumin, "提交").expect(zhaolei, "HT2026-001", "附件:扫描 1.pdf")
	w.send(zhoumin, "补充协议.pdf").expect(zhoumin, "补到 HT2026-001")
	w.expect(zhaolei, "补充", "附件 补充协议.pdf")
	w.expect(zhaolei, "等你处理", "扫描 1.pdf、补充协议.pdf")
	w.say(zhaolei, "附件 HT2026-001").expect(zhaolei, "还没取到")
	w.say(liqiang, "附件 HT2026-001").expect(liqiang, "或者不归你看")
}

func TestTheUploadLinkIsKeptByItsHash(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, filing)
	url := ""
	for _, b := range w.expect(zhoumin, "合同草稿").out.Card.Buttons {
		if b.URL != "" {
			url = b.URL
		}
	}
	token, ok := strings.CutPrefix(url, "https://bot.example.com/u/")
	if !ok || len(token) != 43 {
		t.Fatalf("upload link %q", url)
	}
	who := read(w, func(ctx context.Context, tx *store.Tx) (sales.PersonID, error) {
		p, _, err := tx.TakeUpload(ctx, handlers.UploadHash(token), sales.At(w.Now()))
		return p, err
	})
	if who != zhoumin {
		t.Errorf("the link belongs to %v", who)
	}
}

func TestWhoMaySeeAContract(t *testing.T) {
	t.Parallel()
	w, _ := submitted(t)
	for _, tc := range []struct {
		who  sales.PersonID
		sees bool
	}{{zhoumin, true}, {wangfang, true}, {chengang, true}, {zhaolei, true}, {sunjing, true}, {wutong, true}, {hezong, true}, {liqiang, false}} {
		w.say(tc.who, "合同 HT2026-001")
		if tc.sees {
			w.expect(tc.who, "¥1,280,000.00")
		} else {
			w.expect(tc.who, "或者不归你看")
			w.expectNothing(tc.who, "1,280,000")
		}
	}
	w.say(zhoumin, "合同 1").expect(zhoumin, "HT2026-001", "等 法务 赵磊")
	w.say(zhoumin, "合同 HT2026-099").expect(zhoumin, "没有合同 HT2026-099")
	w.say(zhoumin, "合同 绍兴市立医院").expect(zhoumin, "HT2026-001 · 绍兴市立医院")
	w.say(liqiang, "合同 绍兴市立医院").expect(liqiang, "还没有你能看的合同")
	w.say(zhoumin, "合同").expect(zhoumin, "HT2026-001 · 绍兴市立医院 · 128万 · 待审批")
}

func TestReturnAndResubmitResumesThere(t *testing.T) {
	t.Parallel()
	w, c := submitted(t)
	w.tap(zhaolei, key(c, "step:1"), "同意")
	w.tap(chengang, key(c, "step:2"), "退回修改", "账期改成45天")
	w.expect(zhoumin, "被陈刚退回修改:账期改成45天", "重新提交 HT2026-001")
	w.expect(zhoumin, "合同已退回修改 · HT2026-001", "[重新提交]")
	w.expect(chengang, "已退回修改 · 陈刚")
	w.say(zhoumin, "重新提交 HT2026-001 账期改成45天")
	w.expect(zhoumin, "已重新提交", "账期 60天 → 45天", "销售总监 陈刚")
	w.expect(chengang, "等你处理", "余款验收后 45 天")
	w.expectNothing(zhaolei, "等你处理")
	w.say(chengang, "同意").expect(chengang, "全部通过")
	w.expect(zhoumin, "全部通过")
	if c, r := w.contract(c.No); c.State != sales.ContractApproved || c.PaymentDays != 45 || r.Round != 2 {
		t.Errorf("contract %+v round %d", c, r.Round)
	}
}

func TestResubmitByButtonAsksWhatChanged(t *testing.T) {
	t.Parallel()
	w, c := submitted(t)
	w.say(zhaolei, "退回 HT2026-001 预付提高到40%")
	w.tap(zhoumin, key(c, "requester"), "重新提交").expect(zhoumin, "改了什么")
	w.say(zhoumin, "预付改成40%").expect(zhoumin, "预付 30% → 40%")
	w.expect(zhaolei, "等你处理", "40% 预付")
}

func TestRejectNeedsAReason(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		reject func(w *bench, c sales.Contract)
		want   string
	}{
		{"打字带原因", func(w *bench, c sales.Contract) { w.say(zhaolei, "驳回 HT2026-001 价格太低") }, "价格太低"},
		{"打字不带原因先问", func(w *bench, c sales.Contract) {
			w.say(zhaolei, "驳回 HT2026-001").expect(zhaolei, "为什么驳回")
			w.say(zhaolei, "条款有风险")
		}, "条款有风险"},
		{"卡片上写", func(w *bench, c sales.Contract) { w.tap(zhaolei, key(c, "step:1"), "驳回", "付款条件不行") }, "付款条件不行"},
		{"从列表选", func(w *bench, c sales.Contract) { w.tap(zhaolei, key(c, "step:1"), "驳回", "payment") }, "账期超过制度"},
		{"没选就问", func(w *bench, c sales.Contract) {
			w.tap(zhaolei, key(c, "step:1"), "驳回", "say").expect(zhaolei, "为什么驳回")
			w.say(zhaolei, "交期做不到")
		}, "交期做不到"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w, c := submitted(t)
			tc.reject(w, c)
			w.expect(zhoumin, "被赵磊驳回:"+tc.want)
			w.expect(zhoumin, "合同已驳回", "原因:"+tc.want)
			if c, _ := w.contract(c.No); c.State != sales.ContractRejected {
				t.Errorf("state %s", c.State)
			}
		})
	}
	t.Run("算了就不驳", func(t *testing.T) {
		t.Parallel()
		w, c := submitted(t)
		w.tap(zhaolei, key(c, "step:1"), "驳回").say(zhaolei, "算了").expect(zhaolei, "没有改动")
		if _, r := w.contract(c.No); r.State != approval.Pending {
			t.Errorf("state %s", r.State)
		}
	})
}

func TestTransferAndAddApprover(t *testing.T) {
	t.Parallel()
	w, c := submitted(t)
	w.advance(time.Hour)
	w.tap(zhaolei, key(c, "step:1"), "更多").expect(zhaolei, "[转交][加签][详情][附件][返回]")
	first := w.live(zhaolei, key(c, "step:1"))
	w.tap(zhaolei, key(c, "step:1"), "返回").expect(zhaolei, "[同意]")
	w.tap(zhaolei, key(c, "step:1"), "更多")
	if again := w.live(zhaolei, key(c, "step:1")); again.Face.Buttons[4].Action == first.Face.Buttons[4].Action {
		t.Error("the second 更多 carries the same action and would pass for a repeated tap")
	}
	w.tap(zhaolei, key(c, "step:1"), "转交").expect(zhaolei, "转给谁")
	w.say(zhaolei, "不存在的人").expect(zhaolei, "没有叫")
	w.say(zhaolei, "周敏").expect(zhaolei, "提交人", "不能审自己的")
	w.tap(zhaolei, key(c, "step:1"), "转交").say(zhaolei, "孙静")
	w.expect(sunjing, "HT2026-001", "等 法务 孙静", "[同意]")
	w.say(zhaolei, "同意 HT2026-001").expect(zhaolei, "已转给 孙静")
	w.advance(23*time.Hour + 59*time.Minute).expectNothing(sunjing) // the day begins with whose turn it is
	w.advance(time.Minute).expect(sunjing, "提醒")
	w.say(sunjing, "加签 HT2026-001 王芳 请看价格").expect(wangfang, "等 法务 王芳")
	w.say(wangfang, "同意").expect(sunjing, "等 法务 孙静", "[同意]")
	w.say(sunjing, "同意").expect(chengang, "等你处理")
}

func TestNudgeAtMostEveryFourHours(t *testing.T) {
	t.Parallel()
	w, c := submitted(t)
	w.tap(zhoumin, key(c, "requester"), "催办")
	w.expect(zhaolei, "周敏催你看一下", "[同意]")
	w.expect(zhoumin, "已催办 3月11日 10:00")
	w.advance(time.Hour).say(zhoumin, "催办").expect(zhoumin, "催过", "今天 14:00 后可以再催")
	w.expectNothing(zhaolei)
	w.advance(3*time.Hour).say(zhoumin, "催办 HT2026-001").expect(zhaolei, "周敏催你看一下")
	w.say(liqiang, "催办 HT2026-001").expect(liqiang, "或者不归你看")
	w.say(zhaolei, "同意").expect(chengang, "等你处理")
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	w, c := submitted(t)
	w.say(liqiang, "撤回 HT2026-001").expect(liqiang, "或者不归你看")
	w.tap(zhoumin, key(c, "requester"), "撤回")
	w.expect(zhoumin, "合同已撤回", "已撤回 · 周敏")
	w.expect(zhaolei, "合同已撤回")
	w.say(zhaolei, "同意 HT2026-001").expect(zhaolei, "撤回,不用再处理")
	w.advance(100 * time.Hour)
	if len(w.new) > 0 {
		t.Errorf("after it was withdrawn was sent:\n%s", w.screen())
	}
}

func TestTapsThatChangeNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		tap  func(w *bench, c sales.Contract)
		who  sales.PersonID
		want []string
	}{
		{"再点一次", func(w *bench, c sales.Contract) {
			face := w.live(zhaolei, key(c, "step:1"))
			w.tapFace(zhaolei, face, "同意").tapFace(zhaolei, face, "同意")
		}, zhaolei, []string{"你 今天 10:00 已同意", "现在等 销售总监 陈刚"}},
		{"不归他审", func(w *bench, c sales.Contract) {
			w.tapFace(liqiang, w.live(zhaolei, key(c, "step:1")), "同意")
		}, liqiang, []string{"不归你审", "法务 赵磊"}},
		{"自己不能审自己的", func(w *bench, c sales.Contract) {
			w.tapFace(zhoumin, w.live(zhaolei, key(c, "step:1")), "同意")
		}, zhoumin, []string{"不能自己审"}},
		{"还没轮到", func(w *bench, c sales.Contract) { w.say(chengang, "同意 HT2026-001") }, chengang, []string{"还没轮到你"}},
		{"旧卡片", func(w *bench, c sales.Contract) {
			face := w.live(zhaolei, key(c, "step:1"))
			w.say(zhoumin, "催办").tapFace(zhaolei, face, "驳回", "价格太低")
		}, zhaolei, []string{"卡片旧了", "没有按它办"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w, c := submitted(t)
			tc.tap(w, c)
			w.expect(tc.who, tc.want...)
			if _, r := w.contract(c.No); r.State != approval.Pending {
				t.Errorf("state %s", r.State)
			}
		})
	}
}

func TestApprovalListAndBatch(t *testing.T) {
	t.Parallel()
	w, _ := submitted(t)
	w.say(zhaolei, "审批").expect(zhaolei, "合同待审批 · HT2026-001", "[同意]")
	w.say(chengang, "审批").expect(chengang, "没有等你审批的")
	w.say(liqiang, "提交合同 宁波市立医院 生化分析仪 90万 40%预付").say(liqiang, "无附件")
	w.advance(time.Hour).say(zhaolei, "待审").expect(zhaolei, "等你审批 2 份", "HT2026-001 绍兴市立医院 128万 · 周敏 · 已等 1 小时 · ⚠ 1 处超制度", "HT2026-002", "[同意这 1 份]")
	w.say(zhaolei, "同意").expect(zhaolei, "不止一份")
	w.say(zhaolei, "同意 HT2026-001 HT2026-002 HT2026-077").expect(zhaolei, "已同意:合同 HT2026-001", "已同意:合同 HT2026-002", "没有合同 HT2026-077")
	for i := 1; i <= 2; i++ {
		w.expect(chengang, fmt.Sprintf("HT2026-00%d · 等你处理", i))
	}
}
